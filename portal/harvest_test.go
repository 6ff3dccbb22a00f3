package portal

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/altcha-org/altcha-lib-go"

	"mingbai/ledger"
	"mingbai/portal/budget"
)

// crowd are books with as many people as anybody asks for: 120 of each name, and lists of villages without end.
type crowd struct {
	*fixture
	rows int // of a village's list
	read int // lists
}

func (b *crowd) Ask(ctx context.Context, asked ledger.Question) (a ledger.Answer, err error) {
	h := fnv.New64a()
	h.Write([]byte(asked.Name))
	t := ledger.PeopleTier{Mode: ledger.NameExact, PeopleHits: ledger.PeopleHits{Total: 120}}
	for i := (asked.People.Page - 1) * perPage; i < min(asked.People.Page*perPage, t.Total); i++ {
		t.Refs = append(t.Refs, ledger.PersonRef{Person: fmt.Sprintf("%016x%016x", h.Sum64(), i), Village: villageCode})
	}
	a.Tiers = []ledger.PeopleTier{t}
	a.People, err = b.PeopleByRefs(ctx, t.Refs)
	return a, err
}

func (b *crowd) PeopleByRefs(_ context.Context, refs []ledger.PersonRef) (list []ledger.FoundPerson, err error) {
	for _, r := range refs {
		p := b.found(r)
		p.Name = "人" + r.Person
		list = append(list, p)
	}
	return list, nil
}

func (b *crowd) VillageList(_ context.Context, _ string, year int, village string) (ledger.VillageList, error) {
	b.read++
	l := ledger.VillageList{Fund: grain, Year: year, VillageCode: village, Tally: ledger.Tally{Rows: b.rows}, From: day(2025, 5, 28)}
	for i := range b.rows {
		p := payment(2025, i+1, 100)
		p.Name = "户" + village + strconv.Itoa(i)
		l.Payments = append(l.Payments, p)
	}
	return l, nil
}

// setupCrowd is a site over a crowd, with an office's real books behind it and budgets that a test can use up.
func setupCrowd(t *testing.T, rules budget.Rules, change ...func(*Config)) *officeSite {
	t.Helper()
	var s *officeSite
	s = setupOffice(t, append([]func(*Config){func(c *Config) {
		c.Harvest.Now = func() time.Time { return s.now }
		c.Harvest.Budgets, c.Harvest.Work = rules, 2000
		c.Limits.Browse, c.Limits.Challenge = Limit{Max: 1 << 30}, Limit{Max: 1 << 30}
		c.TrustedProxies = []string{"0.0.0.0"}
	}}, change...)...)
	s.over(&crowd{fixture: newFixture(), rows: 50})
	return s
}

// over puts the site over other books.
func (s *officeSite) over(books *crowd) {
	s.t.Helper()
	var err error
	if s.server, err = New(s.server.config, books, books); err != nil {
		s.t.Fatal(err)
	}
}

func tight() budget.Rules {
	return budget.Rules{
		Device: budget.Rule{Hour: budget.Level{Free: 60, Most: 140}, Day: budget.Level{Free: 200, Most: 300}},
		Grant:  40,
	}
}

func search(name string) string { return "/people?q=" + url.QueryEscape(name) }

// solve works out the proof of work of a challenge's page.
func (a answer) solve(t *testing.T) url.Values {
	t.Helper()
	most, _ := strconv.Atoi(a.attr("#proof", "data-most"))
	challenge, salt := a.attr("#proof", "data-challenge"), a.attr("#proof", "data-salt")
	found, err := altcha.SolveChallenge(challenge, salt, altcha.SHA256, most, 0, nil)
	if err != nil || found == nil {
		t.Fatalf("not solved: %v", err)
	}
	payload, _ := json.Marshal(altcha.Payload{Algorithm: "SHA-256", Challenge: challenge, Number: int64(found.Number), Salt: salt, Signature: a.attr("#proof", "data-signature")})
	return url.Values{"back": {a.attr("input[name=back]", "value")}, "proof": {base64.StdEncoding.EncodeToString(payload)}}
}

func TestPastTheFirstLevelAChallengeStands(t *testing.T) {
	t.Parallel()
	s := setupCrowd(t, tight())
	for _, name := range []string{"张一", "张二", "张三", "张一"} { // the first ones again cost nothing
		if a := s.get(search(name)); a.StatusCode != http.StatusOK && name != "张一" {
			t.Fatalf("%s: %d", name, a.StatusCode)
		}
	}
	path := search("赵家湾村 张四 2025") + "&tier=exact"
	a := s.get(path)
	s.status(a, http.StatusTooManyRequests)
	checkWhole(t, a)
	checkHeaders(t, a)
	s.says(a, "main", "核对", "接着看", "0990-1234567", "不受影响")
	if a.attr("input[name=back]", "value") != path || a.Header.Get("Cache-Control") != "no-store" || strings.Contains(a.text("main"), "人0") {
		t.Errorf("the page leads back to %q, %v", a.attr("input[name=back]", "value"), a.Header)
	}

	proof := a.solve(t)
	back := s.send("/challenge", proof)
	s.goes(back, path)
	s.status(s.get(path), http.StatusOK)
	again := s.send("/challenge", proof)
	s.status(again, http.StatusTooManyRequests) // each opens once
	s.says(again, "[role=alert]", "没有对上")

	s.get(search("张五")) // uses up what was opened
	for name, spoil := range map[string]func(url.Values){
		"forged":        func(v url.Values) { v.Set("proof", base64.StdEncoding.EncodeToString([]byte(`{"number":1}`))) },
		"no base64":     func(v url.Values) { v.Set("proof", "?") },
		"nothing":       func(v url.Values) { v.Set("proof", "") },
		"another place": func(v url.Values) { v.Set("back", "https://elsewhere.example/people") },
		"two slashes":   func(v url.Values) { v.Set("back", "//elsewhere.example/people") },
		"backslash":     func(v url.Values) { v.Set("back", `/\elsewhere.example`) },
		"the office":    func(v url.Values) { v.Set("back", "/office/logout") },
	} {
		v := s.get(search("张六")).solve(t)
		spoil(v)
		if a := s.send("/challenge", v); a.StatusCode == http.StatusSeeOther {
			t.Errorf("%s: led to %s", name, a.Header.Get("Location"))
		}
	}
	late := s.get(search("张六")).solve(t)
	s.now = s.now.Add(challengeLife + time.Second)
	s.status(s.send("/challenge", late), http.StatusTooManyRequests)
	foreign := s.get(search("张六")).solve(t)
	r := httptest.NewRequest(http.MethodPost, "/challenge", strings.NewReader(foreign.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("X-Forwarded-For", "203.0.113.9")
	s.status(s.do(r), http.StatusTooManyRequests)
	s.goes(s.get("/challenge"), "/")
}

var sumAsked = regexp.MustCompile(`(\p{Han}+)(加|减)(\p{Han}+)等于几`)

func (a answer) sum(t *testing.T) int {
	t.Helper()
	m := sumAsked.FindStringSubmatch(a.text("label[for=answer]"))
	if m == nil {
		t.Fatalf("asked %q", a.text("label[for=answer]"))
	}
	x, ok := fromChinese(m[1])
	y, ok2 := fromChinese(m[3])
	if !ok || !ok2 {
		t.Fatalf("asked %q", m)
	}
	if m[2] == "减" {
		return x - y
	}
	return x + y
}

// Without JavaScript, and without seeing the picture, a question in words opens as well; each ticket is tried once.
func TestAChallengeInWords(t *testing.T) {
	t.Parallel()
	s := setupCrowd(t, tight())
	for _, name := range []string{"张一", "张二", "张三"} {
		s.get(search(name))
	}
	send := func(a answer, answer string) answer {
		return s.send("/challenge", url.Values{"back": {a.attr("input[name=back]", "value")}, "ticket": {a.attr("input[name=ticket]", "value")}, "answer": {answer}})
	}
	a := s.get(search("张四"))
	if !strings.HasPrefix(a.attr("img.captcha", "src"), "data:image/png;base64,") || a.attr("img.captcha", "alt") == "" || len(a.all("label[for=picture]")) != 1 {
		t.Error("no picture, or nothing for who cannot see it")
	}
	sum := a.sum(t)
	s.status(send(a, strconv.Itoa(sum+1)), http.StatusTooManyRequests)
	s.status(send(a, strconv.Itoa(sum)), http.StatusTooManyRequests) // that ticket was tried
	a = s.get(search("张四"))
	s.goes(send(a, " "+chinese(a.sum(t))+" "), search("张四"))
	s.status(s.get(search("张四")), http.StatusOK)
	s.get(search("张五")) // uses up what was opened
	forged := s.get(search("张六"))
	ticket := forged.attr("input[name=ticket]", "value")
	for name, text := range map[string]string{
		"more":     strings.Replace(ticket, "grant=40", "grant=4000", 1),
		"no parts": "x", "empty": "", "later": regexp.MustCompile(`until=\d+`).ReplaceAllString(ticket, "until=99999999999"),
	} {
		v := url.Values{"back": {search("张六")}, "ticket": {text}, "answer": {strconv.Itoa(forged.sum(t))}}
		if a := s.send("/challenge", v); a.StatusCode == http.StatusSeeOther {
			t.Errorf("%s: a forged ticket opened", name)
		}
	}
	for typed, want := range map[string]string{"１２": "12", "十二": "12", "二十": "20", " 3 4 ": "34", "二十一": "21", "": "", "x": "", "1234567": ""} {
		if got := typedNumber(typed); got != want {
			t.Errorf("%q is read as %q, want %q", typed, got, want)
		}
	}
}

func TestPastTheSecondLevelOnlyTimeHelps(t *testing.T) {
	t.Parallel()
	s := setupCrowd(t, tight())
	shown := map[string]bool{}
	var a answer
	for i := 0; i < 60; i++ {
		a = s.get(search("李" + chinese(i+1)))
		for _, n := range a.all("li a.line .what") {
			shown[n.FirstChild.Data] = true
		}
		if a.StatusCode == http.StatusTooManyRequests && len(a.all("#proof")) == 0 {
			break
		}
		if a.StatusCode == http.StatusTooManyRequests {
			s.goes(s.send("/challenge", a.solve(t)), search("李"+chinese(i+1)))
		}
	}
	s.status(a, http.StatusTooManyRequests)
	checkWhole(t, a)
	checkHeaders(t, a)
	s.says(a, "main", "以后再看", "0990-1234567", "不受影响")
	if len(shown) != 140 {
		t.Errorf("%d people shown, the budget is 140", len(shown))
	}
	wait, err := strconv.Atoi(a.Header.Get("Retry-After"))
	if err != nil || wait < 3500 || wait > 3905 {
		t.Errorf("Retry-After %q", a.Header.Get("Retry-After"))
	}
	// Nobody's own book is out of reach.
	s.status(s.ask("张三丰", zhangNumber), http.StatusOK)
	s.now = s.now.Add(time.Duration(wait) * time.Second)
	s.status(s.get(search("李一百")), http.StatusOK)
}

// Another process, or this one after a restart, knows what was given.
func TestReplicasShareTheBudget(t *testing.T) {
	t.Parallel()
	s := setupCrowd(t, tight())
	for _, name := range []string{"张一", "张二", "张三"} {
		s.get(search(name))
	}
	s.server.flushHarvest(t.Context())
	books := &crowd{fixture: newFixture(), rows: 50}
	replica, err := New(s.server.config, books, books)
	s.must(err)
	s.server = replica
	s.status(s.get(search("张四")), http.StatusTooManyRequests)
	var rows, plain int
	s.must(s.sql.QueryRow(t.Context(), `select count(*), count(*) filter (where position('0.0.0.0'::bytea in bucket) > 0) from budget_given`).Scan(&rows, &plain))
	if rows != 3 || plain != 0 {
		t.Errorf("%d buckets kept, %d with an address in them; want the browser's, the address's and everybody's", rows, plain)
	}
}

func TestAVillagesListIsWholeAndCounts(t *testing.T) {
	t.Parallel()
	s := setupCrowd(t, tight(), func(c *Config) {
		c.Harvest.Budgets.Address = budget.Rule{Hour: budget.Level{Free: 60, Most: 140}, Day: budget.Level{Free: 200, Most: 300}}
	})
	list := func(fund, village string) answer {
		return s.get("/funds/" + fund + "/2025/villages/" + village)
	}
	a := list("NB-01", villageCode)
	s.status(a, http.StatusOK)
	if n := len(a.all("tbody tr")); n != 50 {
		t.Errorf("%d rows", n)
	}
	s.status(list("NB-02", villageCode), http.StatusOK) // the same people
	if a := list("NB-01", "990121103201"); a.StatusCode != http.StatusTooManyRequests || len(a.all("tbody tr")) > 0 {
		t.Errorf("another village's list: %d", a.StatusCode)
	}
	s.cookies = map[string]string{} // another browser at the same address
	s.status(s.get(search("张一")), http.StatusTooManyRequests)
}

// A list is made once for everybody until the day or the books change, yet each reader is charged for it.
func TestAListIsKeptAndCountsForEach(t *testing.T) {
	t.Parallel()
	var s *officeSite
	s = setupCrowd(t, tight(), func(c *Config) { c.Now = func() time.Time { return s.now } })
	books := &crowd{fixture: newFixture(), rows: 50}
	s.over(books)
	list := func() answer { return s.get("/funds/NB-01/2025/villages/" + villageCode) }
	first := list()
	s.status(first, http.StatusOK)
	mine := s.cookies
	s.cookies = map[string]string{}
	again := list()
	if again.body != first.body || books.read != 1 {
		t.Errorf("read %d times for two readers, alike: %t", books.read, again.body == first.body)
	}
	checkHeaders(t, again)
	if h := again.Header; h.Get("Cache-Control") != "no-store" || h.Get("ETag") != "" || h.Get("X-Robots-Tag") != "noindex" || h.Get("Set-Cookie") == "" {
		t.Errorf("a kept list went out with %v", h)
	}
	s.status(s.get(search("张一")), http.StatusTooManyRequests) // 50 of 60 are used up
	s.cookies = map[string]string{}
	s.status(s.get(search("张一")), http.StatusOK) // 20
	s.status(s.get(search("张二")), http.StatusOK) // 40
	s.status(list(), http.StatusTooManyRequests) // and 50 would be too many, kept or not

	s.cookies = mine
	s.now = s.now.AddDate(0, 0, 1)
	list()
	if books.read != 2 {
		t.Errorf("another day: read %d times, want 2", books.read)
	}
	s.must(s.db.SaveFund(t.Context(), "test", grain))
	list()
	if books.read != 3 {
		t.Errorf("after an act of the office: read %d times, want 3", books.read)
	}
}

func TestHowMuchOfANameASearchTakes(t *testing.T) {
	t.Parallel()
	s := setup(t, func(c *Config) { c.Harvest.NameSearch = "full-name" })
	s.books.hits[ledger.NameContains], s.books.hits[ledger.NameNear] = 50, 50
	a := s.get(search("三丰"))
	if len(a.all("#tier-contains, #tier-near")) != 0 || len(a.all("#tier-exact")) != 1 {
		t.Error("a part of a name finds somebody")
	}
	if a := s.get(search("三丰") + "&tier=contains"); len(a.all("#tier-contains")) != 0 {
		t.Error("a part of a name finds somebody by its own address")
	}
	s.books.hits = nil
	s.says(s.get(search("三丰")), ".lead", "写全姓名")

	s = setup(t, func(c *Config) { c.Harvest.Pages = 2 })
	s.books.hits[ledger.NameExact] = 100
	a = s.get(search("张三丰") + "&tier=exact&page=2")
	s.says(a, "section .note", "加上村名")
	if len(a.all("a[rel=next]")) != 0 {
		t.Error("a way past the last page")
	}
	a = s.get(search("张三丰") + "&tier=exact&page=3")
	s.status(a, http.StatusBadRequest)
	s.says(a, "main", "加上村名")
	s.status(s.get(search("赵家湾村 张三丰")+"&tier=exact&page=3"), http.StatusOK)
	s.status(s.get(search("柳河镇 张三丰")+"&tier=exact&page=3"), http.StatusBadRequest)
	c := setup(t).server.config
	c.Harvest.NameSearch = "one-character"
	if _, err := New(c, newFixture(), newFixture()); err == nil {
		t.Error("started with a policy that there is not")
	}
}

func base64Of(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }
