package main

import (
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"mingbai/fixtures"
	"mingbai/ledger"
)

// secrets are four people of one village whom the public must not tell from nobody, and one who is public.
type hidden struct {
	open, self, total, ended, gone fixtures.Person
}

// publishHidden makes books in which each is paid in another way.
func (w *world) publishHidden() (h hidden) {
	w.t.Helper()
	person := func(i int, name string) fixtures.Person {
		n := fmt.Sprintf("990121196%d0412003", i)
		return fixtures.Person{Name: name, ID: n + string(checkDigit(n))}
	}
	h = hidden{person(1, "方知远"), person(2, "祁闻笛"), person(3, "骆听松"), person(4, "柏问渠"), person(5, "蔺观澜")}
	publish := func(fund, period string, p fixtures.Person) string {
		file := w.smallBook(fund+period+p.ID[8:9]+".xlsx", []fixtures.Person{p}, "100")
		return w.publish(file, fixtures.Book{Fund: fund, Period: ledger.Period(period)})
	}
	publish("GD01", "2025", h.open)
	publish("DB01", "2025", h.self)
	publish("GE01", "2025", h.total)
	ended := publish("ZL01", "2024", h.ended)
	w.ok("withdraw", publish("GD01", "2024", h.gone), "--as", "wang", "--reason", "试验")
	_, err := w.sql().Exec(w.t.Context(), `update batch set public_from = current_date - 40, public_until = current_date - 1 where batch_no = $1`, ended)
	w.must(err)
	_, err = w.db.SweepDisclosure(w.t.Context())
	w.must(err)
	return h
}

var (
	oneTimeText = regexp.MustCompile(`[0-9a-f]{64}|[2-9A-Z]{4}-[2-9A-Z]{4}`)
	headersOf   = func(h http.Header) string {
		h = h.Clone()
		for _, name := range []string{"Date", "Set-Cookie", "X-RateLimit-Remaining", "X-RateLimit-Reset"} { // of the clock and the count alone
			h.Del(name)
		}
		return fmt.Sprint(h)
	}
)

// fetched is an answer without what differs each time.
type fetched struct {
	status        int
	headers, body string
}

func fetchAs(t *testing.T, c *http.Client, address, name string) fetched {
	t.Helper()
	res, err := c.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	body := oneTimeText.ReplaceAllString(string(b), "")
	body = strings.ReplaceAll(strings.ReplaceAll(body, url.QueryEscape(name), "NAME"), name, "NAME")
	return fetched{res.StatusCode, headersOf(res.Header), body}
}

// From the public pages alone nobody learns whether a name belongs to somebody who is not public: every question about one is
// answered, word for word and header for header, as the same question about nobody.
func TestThePublicSearchGivesNothingAway(t *testing.T) {
	w := newWorld(t)
	h := w.publishHidden()
	site := w.serve("127.0.0.1")
	w.eventually("the index to answer", 20*time.Second, func() bool { return w.engine().Status(t.Context()).Answering == "index" })
	rows, err := w.sql().Query(t.Context(), `
		select n.ref || '-' || p.village_code from person n join payment p using (county, person_id) where n.name <> $1`, h.open.Name)
	w.must(err)
	pages, err := pgx.CollectRows(rows, pgx.RowTo[string])
	w.must(err)
	if len(pages) != 4 {
		t.Fatalf("%d people hidden", len(pages))
	}
	const nobody = "龘靐齉"
	questions := 0
	shapes := []string{ // NAME, FIRST and LAST are filled in
		"q=NAME", "name=NAME", "q=FIRST", "q=LAST", "q=NAME+东门社区", "q=东门社区NAME", "q=NAME+2025+低保", "q=NAME+2024+一次性补贴",
		"q=NAME&tier=exact", "q=NAME&tier=contains", "q=NAME&tier=pinyin", "q=NAME&tier=near", "q=NAME&page=2", "q=NAME&page=5", "q=NAME&page=-1",
		"q=NAME&page=6", "q=NAME&page=99999999999999999999", "q=NAME&tier=exact&page=3",
		"q=NAME&sort=total", "q=NAME&sort=id:desc", "q=NAME&filter=years+%3E+0", "q=NAME&per_page=100000", "q=NAME&limit=1000&offset=0",
		"q=NAME%22", "q=%22NAME%22", "q=%22NAME", "q=“NAME”", "q=NAME%22+OR+name_key+EXISTS+OR+name_key+%3D+%22", "q=NAME%5C%22+OR+id_token+EXISTS",
		"q=NAME%27+or+%271%27%3D%271", "q=NAME%25", "q=NAME*", "q=NAME%00", "q=NAME%0a", "q=NAME%3B--", "q=_NAME", "q=N%CC%81NAME", "q=NAME+NAME",
	}
	client := &http.Client{}
	for _, p := range []fixtures.Person{h.self, h.total, h.ended, h.gone} {
		for _, shape := range shapes {
			ask := func(name string) fetched {
				r := []rune(name)
				query := strings.NewReplacer("NAME", url.QueryEscape(name), "FIRST", url.QueryEscape(string(r[:2])), "LAST", url.QueryEscape(string(r[1:]))).Replace(shape)
				f := fetchAs(t, client, site+"/people?"+query, name)
				for _, part := range []string{string(r[:2]), string(r[1:])} {
					f.body = strings.ReplaceAll(strings.ReplaceAll(f.body, url.QueryEscape(part), "PART"), part, "PART")
				}
				return f
			}
			questions++
			if got, want := ask(p.Name), ask(nobody); got != want {
				t.Errorf("%s: %d, %d bytes about somebody hidden; %d, %d bytes about nobody", shape, got.status, len(got.body), want.status, len(want.body))
			} else if got.status == http.StatusOK && strings.Contains(got.body, `class="what">`+p.Name) {
				t.Errorf("%s: somebody hidden is shown", shape)
			}
		}
	}
	for _, page := range pages {
		got := fetchAs(t, client, site+"/people/"+page, page)
		other := strings.Repeat("a", 32) + page[32:]
		if want := fetchAs(t, client, site+"/people/"+other, other); got != want || got.status != http.StatusNotFound {
			t.Errorf("the page of somebody hidden: %d, of nobody: %d", got.status, want.status)
		}
		questions++
	}
	t.Logf("%d questions about 4 people who are not public, each answered as about nobody", questions)

	shown := fetchAs(t, client, site+"/people?q="+url.QueryEscape(h.open.Name), "-")
	if !strings.Contains(shown.body, `class="what">`+h.open.Name) {
		t.Fatal("not even the public one is found: nothing is proved")
	}
	if !strings.Contains(shown.headers, "Cache-Control:[no-store]") {
		t.Errorf("pages of people may be kept by caches: %s", shown.headers)
	}
	words := fetchAs(t, client, site+"/words.json", "-").body
	documents := w.peopleDocuments()
	for _, p := range []fixtures.Person{h.self, h.total, h.ended, h.gone} {
		if strings.Contains(words, p.Name) || strings.Contains(documents, p.Name) {
			t.Error("somebody hidden is among the suggestions, or in the public's index")
		}
	}
	if strings.Contains(words, h.open.Name) || !strings.Contains(documents, h.open.Name) {
		t.Error("the public one is not in the index, or among the suggestions")
	}
}

// peopleDocuments are those of the indexes that the public's questions are put to.
func (w *world) peopleDocuments() (all string) {
	w.t.Helper()
	for _, d := range strings.SplitAfter(w.documents(), "}") {
		if strings.Contains(d, "name_near") {
			all += d
		}
	}
	return all
}

// Whether a number is somebody's, a name is somebody's, or neither: a lookup that finds nothing answers alike, in the same
// time. The times are printed, for a machine that does other things as well may not be held to them.
func TestALookupTellsNothingByItsTime(t *testing.T) {
	w := newWorld(t)
	h := w.publishHidden()
	site := w.serve("127.0.0.1")
	w.eventually("the index to answer", 20*time.Second, func() bool { return w.engine().Status(t.Context()).Answering == "index" })
	spare := func(i int) string {
		n := fmt.Sprintf("99012119%02d0612%03d", 50+i%40, i%1000)
		return n + string(checkDigit(n))
	}
	kinds := []struct {
		name string
		ask  func(i int) (name, number string)
	}{
		{"known number, wrong name", func(int) (string, string) { return "龘靐齉", h.open.ID }},
		{"known name, wrong number", func(i int) (string, string) { return h.open.Name, spare(i) }},
		{"not public, by name and number", func(int) (string, string) { return h.total.Name, h.total.ID }},
		{"nobody", func(i int) (string, string) { return "龘靐齉", spare(i) }},
	}
	const each = 500
	order := make([]int, 0, each*len(kinds))
	for k := range kinds {
		order = append(order, slices.Repeat([]int{k}, each)...)
	}
	rand.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	times, answers := make([][]float64, len(kinds)), make([]map[fetched]int, len(kinds))
	var mu sync.Mutex
	var wait sync.WaitGroup
	for part := range 3 {
		wait.Go(func() {
			client := &http.Client{Jar: &jar{cookies: map[string]*http.Cookie{}}}
			home := mustGet(t, client, site+"/")
			token := regexp.MustCompile(`name="csrf_token" value="([^"]+)"`).FindStringSubmatch(home)[1]
			for i := part; i < len(order); i += 3 {
				k := order[i]
				name, number := kinds[k].ask(i)
				form := url.Values{"name": {name}, "id_number": {number}, "csrf_token": {token}}
				began := time.Now()
				res, err := client.PostForm(site+"/lookup", form)
				if err != nil {
					t.Error(err)
					return
				}
				b, _ := io.ReadAll(res.Body)
				took := time.Since(began)
				res.Body.Close()
				a := fetched{res.StatusCode, headersOf(res.Header), strings.ReplaceAll(oneTimeText.ReplaceAllString(string(b), ""), name, "NAME")}
				mu.Lock()
				times[k] = append(times[k], took.Seconds()*1000)
				if answers[k] == nil {
					answers[k] = map[fetched]int{}
				}
				answers[k][a]++
				mu.Unlock()
			}
		})
	}
	wait.Wait()
	last := len(kinds) - 1
	if len(answers[last]) != 1 {
		t.Fatalf("nobody is answered in %d ways", len(answers[last]))
	}
	for _, list := range times {
		slices.Sort(list)
	}
	for k, kind := range kinds {
		at := func(q float64) float64 { return times[k][int(q*float64(len(times[k])-1))] }
		d := distance(times[k], times[last])
		t.Logf("%-32s %d lookups: p5 %.2f, median %.2f, p95 %.2f, p99 %.2f ms; Kolmogorov–Smirnov against nobody %.3f (%.3f is chance at 5 in 100)",
			kind.name, len(times[k]), at(.05), at(.5), at(.95), at(.99), d, 1.36*math.Sqrt(2/float64(each)))
		for a := range answers[k] {
			if answers[last][a] == 0 || len(answers[k]) != 1 || a.status != http.StatusOK {
				t.Errorf("%s is answered otherwise than nobody: %d, %d bytes, %s", kind.name, a.status, len(a.body), a.headers)
			}
		}
	}
}

func mustGet(t *testing.T, c *http.Client, address string) string {
	t.Helper()
	res, err := c.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// distance is the greatest between two distributions, each sorted.
func distance(a, b []float64) (most float64) {
	i, j := 0, 0
	for i < len(a) && j < len(b) {
		switch {
		case a[i] < b[j]:
			i++
		case a[i] > b[j]:
			j++
		default:
			i, j = i+1, j+1
		}
		most = max(most, math.Abs(float64(i)/float64(len(a))-float64(j)/float64(len(b))))
	}
	return most
}
