package inquiry

import (
	"slices"
	"time"

	"mingbai/ledger"
)

// Event is an act that was done. A case is the sum of its events; nothing else is kept of it.
type Event struct {
	Seq      int // from 1 without gaps, per case
	At       time.Time
	By       Actor
	Act      Act
	From, To State
	Facts
	Slip  Slip // given by it
	Turns []Turn
	Moved []Moved // what a change of the calendar did
}

// Case is where an inquiry stands. It holds no text and nothing of who sent it.
type Case struct {
	Seq      int // of the last event
	State    State
	Kind     Kind
	Track    Track
	Channel  Channel
	Slip     Slip
	Received time.Time
	Last     time.Time // of the last event
	Against  Against

	Proposed    Facts // the registration that waits for a second signature
	RegisterBy  string
	Direct      bool // the desk answers itself
	Lead        int64
	Assist      []int64
	Investigate bool
	NeedsSender bool // the departments may ask for the sender's identity

	Clarified, Returned, Extended, Contested, WasReopened, ExOfficio bool // what happens once

	AskedBy    string // who asked last for a refusal, a return or an extension
	AskedDays  int    // of an extension that waits
	Ground     Ground
	RefusedBy  []string // heads that refused it
	Main       Slip     // the case that it goes with
	Accepted   bool     // 信访: it was taken on
	Order      Order
	Noticed    bool // discipline has told the sender that it took the case
	PublicCopy Hash

	Rounds []Round
	Clocks []Clock
}

// Order is a 督办 order that stands: somebody must say by a day what is being done, beside the case's own clocks. A supervisor's
// is answered and then lifted by a supervisor, who may order again instead; the system's own ends with the answer.
type Order struct {
	Stands   bool
	By       string // login; empty: the system
	Days     int    // workdays for the answer; 0: the usual time
	Answered bool
}

// Waits says whether an answer is owed.
func (o Order) Waits() bool { return o.Stands && !o.Answered }

// Round is one way to a reply: the first, and one more each time the case begins anew.
type Round struct {
	Began, Ended time.Time // Ended is zero while a reply is owed
	Drafters     []string  // all who wrote any version
	Answer       Hash      // the last draft
	Approved     Hash
	Reviewer     string
	Rating       Rating
}

// Fold is the case that events make.
func Fold(events []Event) (Case, error) {
	var c Case
	var err error
	for _, e := range events {
		if c, err = c.Then(e); err != nil {
			return Case{}, err
		}
	}
	return c, nil
}

// Then is the case after one more event. It refuses an event that does not follow, and leaves c as it was.
func (c Case) Then(e Event) (Case, error) {
	rule, found := ruleFor(e.Act, e.From)
	if !found || e.Seq != c.Seq+1 || e.From != c.State || e.To != rule.target(e.From) || e.At.Before(c.Last) {
		return c, ledger.Errorf(ledger.KindConflict, "%s：第%d条记录接不上前面的记录，请核对审计记录", c.title(), e.Seq)
	}
	// What may be written to is copied: the case before stays as it was.
	c.Rounds, c.Clocks = slices.Clone(c.Rounds), slices.Clone(c.Clocks)
	c.Seq, c.State, c.Last = e.Seq, e.To, e.At
	switch was, is := e.From.Open(), e.To.Open(); {
	case !was && is:
		c.Rounds = append(c.Rounds, Round{Began: e.At})
	case was && !is:
		c.round().Ended = e.At
		c.Proposed, c.RegisterBy, c.AskedDays, c.Order = Facts{}, "", 0, Order{}
	}
	if record := records[e.Act]; record != nil {
		record(&c, e)
	}
	for _, t := range e.Turns {
		if !c.turn(t, e.At) {
			return c, ledger.Errorf(ledger.KindConflict, "%s：第%d条记录里的计时接不上，请核对审计记录", c.title(), e.Seq)
		}
	}
	return c, nil
}

// records are what acts leave in the case, beside state, rounds and clocks.
var records = map[Act]func(*Case, Event){
	Send: func(c *Case, e Event) { c.Kind, c.Channel, c.Received, c.Track = e.Kind, e.Channel, e.At, Ordinary },
	Register: func(c *Case, e Event) {
		c.Proposed, c.RegisterBy = e.Facts, e.By.Login
	},
	Countersign: func(c *Case, e Event) {
		c.Kind, c.Track, c.Against = c.Proposed.Kind, c.Proposed.Track, c.Proposed.Against
		c.Proposed, c.RegisterBy = Facts{}, ""
		if c.Slip == (Slip{}) {
			c.Slip = e.Slip
		}
	},
	AskClarify:     func(c *Case, _ Event) { c.Clarified = true },
	ProposeRefusal: func(c *Case, e Event) { c.AskedBy, c.Ground = e.By.Login, e.Ground },
	Refuse:         func(c *Case, e Event) { c.RefusedBy = append(slices.Clone(c.RefusedBy), e.By.Login) },
	DenyRefusal:    func(c *Case, _ Event) { c.Ground = "" },
	Contest:        func(c *Case, _ Event) { c.Contested, c.Ground = true, "" },
	Merge:          func(c *Case, e Event) { c.Main, c.Accepted = e.Main, true }, // it is answered with its main case
	Split:          func(c *Case, _ Event) { c.Main = Slip{} },
	Carry: func(c *Case, e Event) {
		r := c.round()
		r.Drafters, r.Answer, r.Approved, r.Reviewer = slices.Clone(e.Drafters), e.Answer, e.Answer, e.Reviewer
	},
	TakeDirect: func(c *Case, e Event) {
		c.Direct, c.Lead, c.Assist, c.Investigate, c.Accepted, c.NeedsSender = true, 0, nil, e.Investigate, true, false
	},
	Forward: func(c *Case, e Event) {
		c.Direct, c.Lead, c.Assist, c.Investigate, c.Accepted = false, e.Lead, slices.Clone(e.Assist), e.Investigate, true
		c.NeedsSender = e.NeedsIdentity != ""
	},
	AskReturn:     func(c *Case, e Event) { c.AskedBy, c.Returned = e.By.Login, true },
	GrantReturn:   func(c *Case, _ Event) { c.Lead, c.Assist, c.NeedsSender = 0, nil, false },
	AskExtension:  func(c *Case, e Event) { c.AskedBy, c.AskedDays, c.Extended = e.By.Login, e.Days, true },
	Extend:        func(c *Case, _ Event) { c.AskedDays = 0 },
	DenyExtension: func(c *Case, _ Event) { c.AskedDays = 0 },
	Draft:         draft,
	Redraft:       draft,
	Approve:       func(c *Case, e Event) { r := c.round(); r.Approved, r.Reviewer = e.Answer, e.By.Login },
	Publish:       func(c *Case, e Event) { c.PublicCopy = e.Public },
	Rate:          func(c *Case, e Event) { c.round().Rating = e.Rating },
	Reopen: func(c *Case, _ Event) {
		c.WasReopened, c.PublicCopy = true, ""
		c.Rounds[len(c.Rounds)-2].Rating = Not // the round that the reply ended; the new one is last
	},
	GoOn: func(c *Case, _ Event) {
		c.ExOfficio, c.Main, c.Direct, c.Lead, c.Assist, c.NeedsSender = true, Slip{}, false, 0, nil, false
	},
	Acknowledge: func(c *Case, _ Event) { c.Noticed = true },
	Supervise:   func(c *Case, e Event) { c.Order = Order{Stands: true, By: e.By.Login, Days: e.Days} },
	Respond: func(c *Case, _ Event) {
		if c.Order.Answered = true; c.Order.By == "" {
			c.Order = Order{}
		}
	},
	Lift: func(c *Case, _ Event) { c.Order = Order{} },
}

func draft(c *Case, e Event) {
	r := c.round()
	r.Answer = e.Answer
	if !in(r.Drafters, e.By.Login) {
		r.Drafters = append(slices.Clone(r.Drafters), e.By.Login)
	}
	c.AskedDays = 0
}

// round is the last one, for writing. Every case that an event made has one: the first event opens it.
func (c *Case) round() *Round { return &c.Rounds[len(c.Rounds)-1] }

// Round is the last one; the zero Round for a case that does not exist yet.
func (c Case) Round() Round {
	if len(c.Rounds) == 0 {
		return Round{}
	}
	return *c.round()
}

// Stands says whether a text is the answer that was approved. A text that was touched after that is nobody's answer.
func (c Case) Stands(text string) bool { return HashOf(text) == c.Round().Approved }

// title is the case in messages.
func (c Case) title() string {
	if c.Slip == (Slip{}) {
		return "这件来件（还没有处理笺号）"
	}
	return "处理笺" + c.Slip.String()
}
