package portal

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/altcha-org/altcha-lib-go"

	"mingbai/portal/budget"
)

// thief is somebody with some addresses, or a kiosk's cookies, who takes all that is to be had in simulated time: whole lists of
// villages first, then names page by page, with a fresh browser for each; and, if he pays, every challenge solved.
type thief struct {
	site    *officeSite
	pays    bool
	cookies map[string]string // of a kiosk; else none are kept
	next    int
	names   map[string]bool // whom he has
	times   []time.Time     // of each new name
	solved  int             // challenges, by what they cost
	asked   int
}

var shownName = regexp.MustCompile(`class="what">([^<]+)<|<th scope="row">([^<]+)</th>`)

// ask asks once and answers how long to wait: 0 when something was had.
func (h *thief) ask(address, path string) time.Duration {
	for range 4 {
		h.asked++
		r := httptest.NewRequest(http.MethodGet, path, nil)
		r.Header.Set("X-Forwarded-For", address)
		for name, value := range h.cookies {
			r.AddCookie(&http.Cookie{Name: name, Value: value})
		}
		res, err := h.site.server.App().Test(r, -1)
		h.site.must(err)
		body, err := io.ReadAll(res.Body)
		h.site.must(err)
		res.Body.Close()
		if res.StatusCode == http.StatusOK {
			for _, m := range shownName.FindAllStringSubmatch(string(body), -1) {
				if name := m[1] + m[2]; !h.names[name] {
					h.names[name] = true
					h.times = append(h.times, h.site.now)
				}
			}
			return 0
		}
		if wait, err := strconv.Atoi(res.Header.Get("Retry-After")); err == nil {
			return time.Duration(wait) * time.Second
		}
		if !h.pays {
			return 30 * time.Minute
		}
		h.pay(address, string(body))
	}
	return 5 * time.Minute
}

var proofData = regexp.MustCompile(`data-(challenge|salt|algorithm|signature|most)="([^"]*)"`)

func (h *thief) pay(address, body string) {
	data := map[string]string{}
	for _, m := range proofData.FindAllStringSubmatch(body, -1) {
		data[m[1]] = strings.NewReplacer("&amp;", "&", "&#43;", "+").Replace(m[2])
	}
	most, _ := strconv.Atoi(data["most"])
	h.solved += most / int(h.site.server.config.Harvest.Work)
	found, err := altcha.SolveChallenge(data["challenge"], data["salt"], altcha.SHA256, most, 0, nil)
	if err != nil || found == nil {
		h.site.t.Fatalf("not solved: %v %v", err, data)
	}
	payload := fmt.Sprintf(`{"algorithm":"SHA-256","challenge":%q,"number":%d,"salt":%q,"signature":%q}`, data["challenge"], found.Number, data["salt"], data["signature"])
	form := url.Values{"back": {"/people"}, "proof": {base64Of(payload)}}
	r := httptest.NewRequest(http.MethodPost, "/challenge", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("X-Forwarded-For", address)
	for name, value := range h.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	res, err := h.site.server.App().Test(r, -1)
	h.site.must(err)
	if res.StatusCode != http.StatusSeeOther {
		h.site.t.Fatalf("a solved challenge is answered %d", res.StatusCode)
	}
}

// take goes on for so long with so many addresses.
func (h *thief) take(addresses int, length time.Duration) {
	start := h.site.now
	ready := make([]time.Time, addresses)
	for i := range ready {
		ready[i] = start
	}
	refused := 0 // one after the other
	for {
		soonest := 0
		for i, at := range ready {
			if at.Before(ready[soonest]) {
				soonest = i
			}
		}
		if ready[soonest].Sub(start) >= length {
			h.site.now = start.Add(length)
			return
		}
		h.site.now = ready[soonest]
		address := fmt.Sprintf("198.51.%d.%d", soonest/250, soonest%250)
		h.next++
		wait := h.ask(address, fmt.Sprintf("/funds/NB-01/2025/villages/990121%06d", 100000+h.next))
		if wait > 0 { // what is too much as a list may be little enough as a page
			wait = h.ask(address, search("查"+chineseNumber(h.next)))
		}
		ready[soonest] = h.site.now.Add(max(wait, time.Second))
		if refused++; wait == 0 {
			refused = 0
		}
		if refused >= 3 { // it is not this address: the others need not try
			for i := range ready {
				ready[i] = h.site.now.Add(wait + time.Duration(i)*time.Second)
			}
			refused = 0
		}
	}
}

func chineseNumber(n int) string {
	return strings.NewReplacer("0", "零", "1", "一", "2", "二", "3", "三", "4", "四", "5", "五", "6", "六", "7", "七", "8", "八", "9", "九").Replace(strconv.Itoa(n))
}

// within is the most that he had in any stretch of time.
func (h *thief) within(length time.Duration) (most int) {
	from := 0
	for i, at := range h.times {
		for at.Sub(h.times[from]) >= length {
			from++
		}
		most = max(most, i-from+1)
	}
	return most
}

// How much of the county somebody gets who asks without end, with the budgets as they are set.
func TestHowMuchAPatientThiefGets(t *testing.T) {
	t.Parallel()
	rules := budget.Defaults
	for _, c := range []struct {
		name      string
		addresses int
		pays      bool
		kiosk     bool
		hour, day int // the budget
	}{
		{"one address, no challenge solved", 1, false, false, rules.Address.Hour.Free, rules.Address.Day.Free},
		{"one address, challenges solved", 1, true, false, rules.Address.Hour.Most, rules.Address.Day.Most},
		{"100 addresses, no challenge solved", 100, false, false, rules.Total.Hour.Free, rules.Total.Day.Free},
		{"100 addresses, challenges solved", 100, true, false, rules.Total.Hour.Most, rules.Total.Day.Most},
		{"a kiosk's key, no challenge solved", 1, false, true, rules.Kiosk.Hour.Free, rules.Kiosk.Day.Free},
		{"a kiosk's key, challenges solved", 1, true, true, rules.Kiosk.Hour.Most, rules.Kiosk.Day.Most},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := setupCrowd(t, rules, func(c *Config) { c.Harvest.Work = 50 })
			s.server.books.(*crowd).rows = 400
			h := &thief{site: s, pays: c.pays, names: map[string]bool{}}
			if c.kiosk {
				key := s.register("大厅1号机")
				s.cookies = map[string]string{}
				s.goes(s.useKey(key), "/kiosk/register")
				h.cookies = map[string]string{"mingbai-kiosk": s.cookies["mingbai-kiosk"]}
			}
			h.take(c.addresses, time.Hour)
			first, paid := len(h.names), h.solved
			s.server.flushHarvest(t.Context())
			h.take(c.addresses, 23*time.Hour)
			hour, day := h.within(time.Hour), h.within(24*time.Hour)
			t.Logf("%-36s first hour %6d, any hour %6d (budget %6d); day %6d (budget %6d); challenges solved %3d in the first hour, %4d in the day; %d questions",
				c.name, first, hour, c.hour, day, c.day, paid, h.solved, h.asked)
			if hour > c.hour || day > c.day {
				t.Errorf("more than the budget: %d of %d in an hour, %d of %d in a day", hour, c.hour, day, c.day)
			}
			if day < c.day*8/10 {
				t.Errorf("the thief is too stupid to prove anything: %d of %d", day, c.day)
			}
		})
	}
}

// What a challenge costs whoever solves it by a program of his own.
func TestWhatAChallengeCosts(t *testing.T) {
	t.Parallel()
	s := setup(t)
	work, took, tries := s.server.config.Harvest.Work, time.Duration(0), 0
	for range 3 {
		challenge, err := altcha.CreateChallenge(altcha.ChallengeOptions{HMACKey: "key", MaxNumber: work})
		if err != nil {
			t.Fatal(err)
		}
		found, err := altcha.SolveChallenge(challenge.Challenge, challenge.Salt, altcha.SHA256, int(work), 0, nil)
		if err != nil || found == nil {
			t.Fatal(err)
		}
		took, tries = took+found.Took, tries+found.Number
	}
	perSecond := float64(tries) / took.Seconds()
	each := float64(work) / 2 / perSecond
	t.Logf("%.0f hashes/s here: %.2f s for a challenge of %d hashes on average; %.0f s for the %d that open a day's whole total",
		perSecond, each, work/2, each*float64(budget.Defaults.Total.Day.Most/budget.Defaults.Grant), budget.Defaults.Total.Day.Most/budget.Defaults.Grant)
}
