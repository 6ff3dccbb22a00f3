package portal

import (
	"encoding/hex"
	"errors"
	"html/template"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/altcha-org/altcha-lib-go"
	"github.com/gofiber/fiber/v2"

	"mingbai/ledger"
	"mingbai/portal/budget"
)

// challengeLife is how long somebody may take: fetching one's glasses included.
const challengeLife = 20 * time.Minute

// challengePage asks for a proof that somebody reads, and goes back to what was asked. With JavaScript the browser works it
// out by itself; without, a picture or a question in words is answered.
type challengePage struct {
	Frame
	Back   string // path and query
	Wrong  bool   // the answer before was
	Proof  altcha.Challenge
	Ticket string
	Image  template.URL
	Asked  string // the question in words
}

func (challengePage) view() string { return "pages/challenge" }

// waitPage asks for patience.
type waitPage struct {
	Frame
	Until    string
	Together bool // everybody's budget, not this visitor's
}

func (waitPage) view() string { return "pages/wait" }

// showSpent shows what can be done about a budget that is used up.
func (s *Server) showSpent(c *fiber.Ctx, e *spent) error {
	if e.Answer == budget.Challenge {
		return s.showChallenge(c, c.OriginalURL(), e.Short, false)
	}
	p := waitPage{Frame: s.frame("请过一会儿再看"), Until: roomAt(e.Until), Together: e.Kind == ledger.BucketTotal}
	p.NoIndex = true
	return s.show(c, http.StatusTooManyRequests, p)
}

// terms are what a challenge opens, for whom, and until when. They are signed with it.
type terms struct {
	visitor budget.Key
	grant   int
	until   time.Time
}

func (t terms) String() string {
	return url.Values{"for": {hex.EncodeToString([]byte(t.visitor))}, "grant": {strconv.Itoa(t.grant)}, "until": {strconv.FormatInt(t.until.Unix(), 10)}}.Encode()
}

func termsOf(v url.Values) (t terms) {
	visitor, _ := hex.DecodeString(v.Get("for"))
	grant, _ := strconv.Atoi(v.Get("grant"))
	until, _ := strconv.ParseInt(v.Get("until"), 10, 64)
	return terms{budget.Key(visitor), grant, time.Unix(until, 0)}
}

// showChallenge makes a challenge for as many people as the page needs, and not fewer than the rule opens at once. It costs
// so much more the more it opens.
func (s *Server) showChallenge(c *fiber.Ctx, back string, short int, wrong bool) error {
	unit := s.meter.Rules().Grant
	times := max(1, (short+unit-1)/unit)
	t := terms{s.principal(c), times * unit, s.config.Harvest.Now().Add(challengeLife)}
	params, _ := url.ParseQuery(t.String())
	proof, err := altcha.CreateChallenge(altcha.ChallengeOptions{HMACKey: s.proofKey(), MaxNumber: s.config.Harvest.Work * int64(times), Params: params})
	if err != nil {
		return err
	}
	p := challengePage{Frame: s.frame("核对一下，接着看"), Back: back, Wrong: wrong, Proof: proof}
	if p.Ticket, p.Image, p.Asked, err = s.newTicket(t); err != nil {
		return err
	}
	p.NoIndex = true
	return s.show(c, http.StatusTooManyRequests, p)
}

func (s *Server) proofKey() string { return hex.EncodeToString(s.mark("proof of work", "")) }

// challengeForm is what the page sends back.
type challengeForm struct {
	Back    string `form:"back"`
	Proof   string `form:"proof"`
	Ticket  string `form:"ticket"`
	Picture string `form:"picture"`
	Answer  string `form:"answer"`
}

// challenge takes an answer, once, and opens more.
func (s *Server) challenge(c *fiber.Ctx) error {
	var form challengeForm
	if c.BodyParser(&form) != nil {
		return errForm
	}
	back, err := wayBack(form.Back)
	if err != nil {
		return err
	}
	t, mark, right := s.proven(form.Proof)
	if form.Proof == "" {
		t, mark, right = s.answered(form)
	}
	left := t.until.Sub(s.config.Harvest.Now())
	if mark == nil || left < 0 || left > challengeLife || t.visitor != s.principal(c) {
		return s.showChallenge(c, back, 0, true)
	}
	fresh, err := s.meter.Once(c.UserContext(), mark, t.until)
	if err != nil {
		return err
	}
	if !right || !fresh {
		return s.showChallenge(c, back, t.grant, true)
	}
	if err := s.meter.Grant(c.UserContext(), s.buckets(c, true), t.grant); err != nil {
		return err
	}
	return c.Redirect(back, http.StatusSeeOther)
}

// proven checks a proof of work. A forged one has no mark.
func (s *Server) proven(payload string) (t terms, mark []byte, right bool) {
	if ok, err := altcha.VerifySolutionSafe(payload, s.proofKey(), false); err != nil || !ok {
		return t, nil, false
	}
	p, err := proofIn(payload)
	if err != nil {
		return t, nil, false
	}
	return termsOf(altcha.ExtractParams(p)), s.mark("proof used", p.Challenge)[:16], true
}

var errElsewhere = ledger.Errorf(ledger.KindInvalid, "要回到的地址不对，请从首页再查。")

// wayBack is a path of our own that shows people; nothing else is gone back to.
func wayBack(text string) (string, error) {
	u, err := url.Parse(text)
	if err != nil || u.IsAbs() || u.Host != "" || u.Opaque != "" || strings.ContainsAny(text, "\\\r\n") {
		return "", errElsewhere
	}
	for _, prefix := range []string{"/people", "/funds/", "/kiosk/people"} {
		if strings.HasPrefix(u.Path, prefix) {
			return u.RequestURI(), nil
		}
	}
	return "", errElsewhere
}

// toBack meets a browser that reloads the address of an answered challenge.
func (s *Server) toBack(c *fiber.Ctx) error { return c.Redirect("/", http.StatusSeeOther) }

func asSpent(err error) (*spent, bool) {
	var e *spent
	ok := errors.As(err, &e)
	return e, ok
}
