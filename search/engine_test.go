package search_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"mingbai/fixtures/services"
	"mingbai/ledger"
	"mingbai/search"
	"mingbai/search/searchtest"
)

// One Meilisearch for all tests; tests that stop or wipe it do not run in parallel with others.
var server *services.Services

func TestMain(m *testing.M) {
	s, err := services.Start(context.Background(), services.Options{Fast: true, Only: services.Meilisearch})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	server = s
	code := m.Run()
	if err := s.Stop(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func config() search.Config {
	return search.Config{URL: server.MeiliURL(), Key: server.MeiliKey(), County: "990121"}
}

// setup gives an Engine with books, indexed.
func setup(t *testing.T, people ...searchtest.Person) (*search.Engine, *memory, []ledger.PersonRef) {
	t.Helper()
	m := newMemory()
	refs := m.load(people)
	e := engine(t, config(), m)
	must(t, e.Reindex(t.Context(), nil))
	return e, m, refs
}

func engine(t *testing.T, c search.Config, b search.Books) *search.Engine {
	t.Helper()
	e, err := search.New(c, b)
	must(t, err)
	return e
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func named(n int, name string) searchtest.Person {
	return searchtest.Person{
		Name: name, VillageCode: searchtest.Willow, Token: bytes.Repeat([]byte{byte(n)}, 32), Funds: []string{"F01"}, Years: []int{2025},
	}
}

// found counts who is found by an exact name, and tells whether the books were asked.
func found(t *testing.T, e *search.Engine, m *memory, name string) (n int, byBooks bool) {
	t.Helper()
	before := m.answers()
	hits, err := e.People(t.Context(), ledger.PeopleQuery{Name: name, PerPage: 10})
	must(t, err)
	return hits.Total, m.answers() != before
}

func expect(t *testing.T, e *search.Engine, m *memory, name string, n int, byBooks bool) {
	t.Helper()
	if got, books := found(t, e, m, name); got != n || books != byBooks {
		t.Errorf("%s: found %d (by the books: %v), want %d (%v)", name, got, books, n, byBooks)
	}
}

func verified(t *testing.T, e *search.Engine) []string {
	t.Helper()
	report, err := e.Verify(t.Context(), false, nil)
	must(t, err)
	var s []string
	for _, d := range report.Found {
		index, _, _ := strings.Cut(d.Index, "_")
		s = append(s, strings.TrimSpace(fmt.Sprintf("%s %s %s %s", index, d.What, d.ID, strings.Join(d.Fields, " "))))
	}
	return s
}

// by hand asks Meilisearch directly and waits for the task, if it is one.
func byHand(t *testing.T, method, path, body string) []byte {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, server.MeiliURL()+path, strings.NewReader(body))
	must(t, err)
	r.Header.Set("Authorization", "Bearer "+server.MeiliKey())
	r.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(r)
	must(t, err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	must(t, err)
	if resp.StatusCode >= 300 {
		t.Fatalf("%s %s: %s", method, path, text)
	}
	var task struct {
		TaskUID *int64
		Status  string
	}
	if json.Unmarshal(text, &task) != nil || task.TaskUID == nil {
		return text
	}
	for {
		must(t, json.Unmarshal(byHand(t, "GET", fmt.Sprintf("/tasks/%d", *task.TaskUID), ""), &task))
		switch task.Status {
		case "succeeded":
			return text
		case "failed":
			t.Fatalf("%s %s failed", method, path)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func TestConformanceIndex(t *testing.T) {
	searchtest.Conformance(t, func(t *testing.T, people []searchtest.Person) (searchtest.Finder, []ledger.PersonRef) {
		e, m, refs := setup(t, people...)
		return indexOnly{t, e, m}, refs
	})
}

// The outbox must lead to the same index as a rebuild.
func TestConformanceDrained(t *testing.T) {
	searchtest.Conformance(t, func(t *testing.T, people []searchtest.Person) (searchtest.Finder, []ledger.PersonRef) {
		e, m, _ := setup(t)
		gone := m.publish(named(1, "来了又走"))
		refs := m.publish(people...)
		m.withdraw(gone[0])
		if n, err := e.Drain(t.Context()); err != nil || n != len(people)+2 {
			t.Fatalf("drained %d: %v", n, err)
		}
		if d := verified(t, e); d != nil {
			t.Fatal(d)
		}
		return indexOnly{t, e, m}, refs
	})
}

// The suite's own expectations, against plain reading.
func TestConformanceMemory(t *testing.T) {
	searchtest.Conformance(t, func(t *testing.T, people []searchtest.Person) (searchtest.Finder, []ledger.PersonRef) {
		m := newMemory()
		return m, m.load(people)
	})
}

func TestNoIndexConfigured(t *testing.T) {
	m := newMemory()
	m.load([]searchtest.Person{named(1, "张三")})
	e := engine(t, search.Config{}, m)
	m.live = "0123abcd"
	m.publish(named(2, "李四"))
	expect(t, e, m, "張三", 1, true)
	if n, err := e.Drain(t.Context()); n != 1 || err != nil || m.live != "" {
		t.Errorf("drained %d, %v, live %q: an index that is no longer kept must not live", n, err, m.live)
	}
	must(t, e.Heal(t.Context()))
	if e.Reindex(t.Context(), nil) == nil {
		t.Error("nothing to reindex into")
	}
	if s := e.Status(t.Context()); s.Configured || s.Answering != "books" {
		t.Errorf("%+v", s)
	}
}

func TestBehind(t *testing.T) {
	e, m, _ := setup(t, named(1, "张三"))
	expect(t, e, m, "张三", 1, false)
	m.publish(named(2, "张三"))
	expect(t, e, m, "张三", 2, true)
	if s := e.Status(t.Context()); !s.Behind || s.Answering != "books" || s.People != 1 {
		t.Errorf("%+v", s)
	}
	_, err := e.Drain(t.Context())
	must(t, err)
	expect(t, e, m, "张三", 2, false)
	if s := e.Status(t.Context()); s.Behind || s.Answering != "index" || s.People != 2 || s.Lookups != 2 || s.Generation != m.live {
		t.Errorf("%+v", s)
	}
}

// One stretch may hold both who comes and who leaves.
func TestComingAndLeaving(t *testing.T) {
	e, m, refs := setup(t, named(1, "张三"), named(2, "李四"))
	m.publish(named(3, "王五"))
	m.withdraw(refs[0])
	m.publish(named(4, "赵六"))
	m.withdraw(refs[1])
	_, err := e.Drain(t.Context())
	must(t, err)
	if d := verified(t, e); d != nil {
		t.Error(d)
	}
	expect(t, e, m, "张三", 0, false)
	expect(t, e, m, "赵六", 1, false)
}

func TestStopAndStart(t *testing.T) {
	var log bytes.Buffer
	c := config()
	c.Log = slog.New(slog.NewTextHandler(&log, nil))
	m := newMemory()
	m.load([]searchtest.Person{named(1, "张三")})
	e := engine(t, c, m)
	must(t, e.Reindex(t.Context(), nil))

	must(t, server.StopMeili())
	for range 3 {
		expect(t, e, m, "张三", 1, true)
	}
	if _, err := e.Lookup(t.Context(), named(1, "").Token, "张三"); err != nil {
		t.Error(err)
	}
	began := time.Now()
	for range 1000 {
		found(t, e, m, "张三")
	}
	if took := time.Since(began); took > 500*time.Millisecond {
		t.Errorf("a dead index cost 1000 searches %v", took)
	}
	m.publish(named(2, "李四"))
	if _, err := e.Drain(t.Context()); !errors.Is(err, ledger.ErrUnavailable) {
		t.Errorf("drain without Meilisearch: %v", err)
	}
	if err := e.Heal(t.Context()); !errors.Is(err, ledger.ErrUnavailable) {
		t.Errorf("heal without Meilisearch: %v", err)
	}
	if _, err := e.Verify(t.Context(), false, nil); !errors.Is(err, ledger.ErrUnavailable) {
		t.Errorf("verify without Meilisearch: %v", err)
	}
	if s := e.Status(t.Context()); s.Reachable || s.Answering != "books" || s.LastError == "" {
		t.Errorf("%+v", s)
	}

	must(t, server.StartMeili(t.Context()))
	live := m.live
	must(t, e.Heal(t.Context()))
	if m.live != live {
		t.Error("a restart is no reason to rebuild")
	}
	_, err := e.Drain(t.Context())
	must(t, err)
	expect(t, e, m, "李四", 1, false)
	if strings.Contains(log.String(), "张三") || strings.Contains(log.String(), "李四") || strings.Count(log.String(), "WARN") != 1 {
		t.Errorf("log: %s", log.String())
	}
}

func TestWiped(t *testing.T) {
	e, m, _ := setup(t, named(1, "张三"))
	must(t, server.WipeMeili(t.Context()))
	expect(t, e, m, "张三", 1, true)
	if d := verified(t, e); !slices.Equal(d, []string{"people no index", "lookup no index", "catalogue no index"}) {
		t.Errorf("verify after a wipe: %v", d)
	}
	m.publish(named(2, "李四"))
	if _, err := e.Drain(t.Context()); !errors.Is(err, search.ErrNoIndex) {
		t.Errorf("drain after a wipe: %v", err)
	}
	must(t, e.Heal(t.Context()))
	_, err := e.Drain(t.Context())
	must(t, err)
	if d := verified(t, e); d != nil {
		t.Errorf("verify after healing: %v", d)
	}
	expect(t, e, m, "张三", 1, false)
	live := m.live
	must(t, e.Heal(t.Context()))
	if m.live != live {
		t.Error("healed a healthy index")
	}
}

// A Meilisearch that belongs to somebody else, or that made an index up under our name, must never be believed.
func TestForeign(t *testing.T) {
	_, _, _ = setup(t, named(1, "别家的张三"))
	m := newMemory()
	m.load([]searchtest.Person{named(2, "张三")})
	m.live, m.marks = "feedbeef", []string{"a", "b", "c"}
	e := engine(t, config(), m)
	expect(t, e, m, "张三", 1, true)
	expect(t, e, m, "别家的张三", 0, true)

	byHand(t, "POST", "/indexes/people_990121_feedbeef/documents", `[{"id":"`+strings.Repeat("a", 32)+`-0","name_key":"张三"}]`)
	byHand(t, "POST", "/indexes/lookup_990121_feedbeef/documents", `[{"id":"`+strings.Repeat("a", 32)+`"}]`)
	byHand(t, "POST", "/indexes/catalogue_990121_feedbeef/documents", `[{"id":"`+strings.Repeat("a", 32)+`"}]`)
	expect(t, e, m, "张三", 1, true)
	if d := verified(t, e); !slices.Equal(d, []string{"people settings", "lookup settings", "catalogue settings"}) {
		t.Errorf("made up: %v", d)
	}
	must(t, e.Heal(t.Context()))
	expect(t, e, m, "张三", 1, false)
	if d := verified(t, e); d != nil {
		t.Errorf("after healing: %v", d)
	}
}

// Two processes see the same trouble; the second finds it mended once it has the lock.
func TestHealedByAnother(t *testing.T) {
	m := newMemory()
	m.load([]searchtest.Person{named(1, "张三")})
	first, second := engine(t, config(), m), engine(t, config(), m)
	var live string
	m.waiting = func() {
		must(t, second.Heal(t.Context()))
		live = m.live
	}
	must(t, first.Heal(t.Context()))
	if live == "" || m.live != live {
		t.Errorf("rebuilt twice: %q, then %q", live, m.live)
	}
	m.live = ""
	m.building.Lock()
	defer m.building.Unlock()
	if err := first.Heal(t.Context()); err != nil || m.live != "" {
		t.Errorf("another process is at it, which is no error: %v", err)
	}
}

// Whatever a hand does to the index, it is not believed from that moment on, and it is mended.
func TestTouched(t *testing.T) {
	m := newMemory()
	refs := m.load([]searchtest.Person{named(1, "张三"), named(2, "李四"), named(3, "张三丰")})
	c := config()
	e := engine(t, c, m)
	must(t, e.Heal(t.Context())) // there is none yet
	expect(t, e, m, "张三", 1, false)

	for _, c := range []struct {
		what               string
		method, path, body string
		rebuilt            bool
	}{
		{"another order", "PATCH", "/indexes/people_990121_%s/settings", `{"rankingRules":["id:desc"]}`, true},
		{"fewer at most", "PATCH", "/indexes/people_990121_%s/settings", `{"pagination":{"maxTotalHits":1}}`, true},
		{"one of each", "PATCH", "/indexes/people_990121_%s/settings", `{"distinctAttribute":"place_codes"}`, true},
		{"a word for another", "PATCH", "/indexes/people_990121_%s/settings", `{"synonyms":{"a":["b"]}}`, false},
		{"another index's", "PATCH", "/indexes/catalogue_990121_%s/settings", `{"prefixSearch":"indexingTime"}`, true},
		{"emptied", "DELETE", "/indexes/people_990121_%s/documents", "", false},
		{"one less", "DELETE", "/indexes/people_990121_%s/documents/" + refs[1].String(), "", false},
		{"a lookup less", "DELETE", "/indexes/lookup_990121_%s/documents/" + refs[1].Person, "", false},
		{"one more", "POST", "/indexes/people_990121_%s/documents", `[{"id":"` + strings.Repeat("0a", 16) + `-0","name_key":"张三"}]`, false},
		{"not there", "DELETE", "/indexes/lookup_990121_%s", "", true},
	} {
		live := m.live
		byHand(t, c.method, fmt.Sprintf(c.path, live), c.body)
		var hits [3]ledger.PeopleHits
		for i, q := range []ledger.PeopleQuery{{Name: "张三", PerPage: 5}, {Name: "三", Mode: ledger.NameContains, PerPage: 5}, {Name: "李四", PerPage: 5}} {
			var err error
			hits[i], err = e.People(t.Context(), q)
			must(t, err)
		}
		if hits[0].Total != 1 || hits[1].Total != 2 || hits[2].Total != 1 {
			t.Errorf("%s: wrong answers: %v", c.what, hits)
		}
		if p, err := e.Lookup(t.Context(), named(2, "").Token, "李四"); err != nil || p != refs[1].Person {
			t.Errorf("%s: lookup: %q, %v", c.what, p, err)
		}
		must(t, e.Heal(t.Context()))
		if (m.live != live) != c.rebuilt {
			t.Errorf("%s: rebuilt: %v, want %v", c.what, m.live != live, c.rebuilt)
		}
		if d := verified(t, e); d != nil {
			t.Errorf("%s: %v", c.what, d)
		}
		expect(t, e, m, "李四", 1, false)
	}
}

// A count that is off without anybody's hand, by a fault of our own, is noticed, too.
func TestHealCount(t *testing.T) {
	m := newMemory()
	refs := m.load([]searchtest.Person{named(1, "张三"), named(2, "李四")})
	c := config()
	c.CountEvery = time.Nanosecond
	e := engine(t, c, m)
	must(t, e.Heal(t.Context()))
	live := m.live
	byHand(t, "DELETE", "/indexes/people_990121_"+live+"/documents/"+refs[1].String(), "")
	var index struct{ UpdatedAt string }
	must(t, json.Unmarshal(byHand(t, "GET", "/indexes/people_990121_"+live, ""), &index))
	m.marks = append([]string{index.UpdatedAt}, m.marks[1:]...)
	must(t, e.Heal(t.Context()))
	must(t, e.Heal(t.Context()))
	if m.live == live {
		t.Error("not healed")
	}
	if d := verified(t, e); d != nil {
		t.Error(d)
	}
}

func TestVerifyNamesWhatWasTamperedWith(t *testing.T) {
	e, m, refs := setup(t, named(1, "张三"), named(2, "李四"), named(3, "王五"), named(4, "赵六"))
	if d := verified(t, e); d != nil {
		t.Fatalf("untouched: %v", d)
	}
	inPeople, inLookup := "/indexes/people_990121_"+m.live+"/documents", "/indexes/lookup_990121_"+m.live+"/documents"
	stranger := strings.Repeat("02f", 10) + "aa"
	byHand(t, "DELETE", inPeople+"/"+refs[0].String(), "")
	byHand(t, "PUT", inPeople, `[{"id":"`+refs[1].String()+`","name_key":"李五"}]`)
	byHand(t, "PUT", inPeople, `[{"id":"`+refs[2].String()+`","id_number":"990121"}]`) // a field that must not be there
	byHand(t, "POST", inPeople, `[{"id":"`+stranger+`-0"},{"id":"AAA"},{"id":7}]`)
	byHand(t, "DELETE", inLookup+"/"+refs[3].Person, "")
	byHand(t, "PUT", inLookup, `[{"id":"`+refs[0].Person+`","id_token":"00"}]`)
	byHand(t, "POST", inLookup, `[{"id":"`+stranger+`"}]`)
	want := []string{
		"lookup different " + refs[0].Person + " id_token", "lookup extra " + stranger, "lookup missing " + refs[3].Person,
		"people different " + refs[1].String() + " name_key", "people different " + refs[2].String() + " unknown",
		"people extra " + stranger + "-0", "people extra 7", "people extra AAA", "people missing " + refs[0].String(),
	}
	got := verified(t, e)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	expect(t, e, m, "张三", 1, true)
	r, err := e.Verify(t.Context(), true, nil)
	must(t, err)
	if len(r.Found) != len(want) || r.Mended != len(want) || len(r.Left) != 0 {
		t.Errorf("repaired: %d found, %d mended, %v left", len(r.Found), r.Mended, r.Left)
	}
	if d := verified(t, e); d != nil {
		t.Errorf("after the repair: %v", d)
	}
	expect(t, e, m, "张三", 1, false)
}

func TestBadDocumentIsIsolated(t *testing.T) {
	e, m, _ := setup(t)
	var all []searchtest.Person
	for i := range 200 {
		all = append(all, named(i, "钱"+string(rune('一'+i))))
	}
	m.publish(all...)
	m.mu.Lock()
	bad := ledger.PeopleEntry{Ref: ledger.PersonRef{Person: "坏 id"}, Forms: search.Forms("坏人"), FundCodes: []string{"F01"}}
	m.people["坏 id-0"], m.outbox[100_000] = bad, "坏 id-0"
	m.mu.Unlock()

	n, err := e.Drain(t.Context())
	if err != nil || n != 201 {
		t.Fatalf("drained %d, %v", n, err)
	}
	want := []string{"people 坏 id-0 invalid_document_id"}
	if got := faults(m); !slices.Equal(got, want) {
		t.Errorf("faults %v, want %v", got, want)
	}
	if s := e.Status(t.Context()); s.People != 200 || s.Lookups != 200 || !s.Behind || s.Answering != "books" {
		t.Errorf("the others are in, the books answer: %+v", s)
	}
	expect(t, e, m, "钱"+string(rune('一'+7)), 1, true)
	must(t, e.Reindex(t.Context(), nil))
	if got := faults(m); !slices.Equal(got, want) {
		t.Errorf("after a rebuild: faults %v, want %v", got, want)
	}
	if d := verified(t, e); !slices.Equal(d, []string{"people missing 坏 id-0"}) {
		t.Errorf("verify: %v", d)
	}
	for range 2 { // nothing ails it but that
		live := m.live
		must(t, e.Heal(t.Context()))
		if m.live != live {
			t.Error("a refused document is no reason to rebuild")
		}
	}
	m.withdraw(bad.Ref)
	_, err = e.Drain(t.Context())
	must(t, err)
	if got := faults(m); got != nil {
		t.Errorf("the document is gone, the fault is not: %v", got)
	}
	expect(t, e, m, "钱"+string(rune('一'+7)), 1, false)
}

func faults(m *memory) (s []string) {
	all, _ := m.IndexFaults(context.Background(), m.live)
	for _, f := range all {
		s = append(s, f.Index+" "+f.Document+" "+f.Code)
	}
	return s
}

// Searches while the index is rebuilt and swapped are all answered, right, and by the index.
func TestSwapUnderLoad(t *testing.T) {
	e, m, _ := setup(t, named(1, "张三"), named(2, "张三丰"))
	ctx, stop := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	n := 0
	wg.Go(func() {
		for ctx.Err() == nil {
			n++
			hits, err := e.People(t.Context(), ledger.PeopleQuery{Name: "张三", Mode: ledger.NameContains, PerPage: 5})
			if err != nil || hits.Total != 2 {
				t.Errorf("search %d during the swap: %v, %v", n, hits, err)
			}
		}
	})
	var done []int
	var old []string
	for range 3 {
		old = append(old, m.live)
		must(t, e.Reindex(t.Context(), func(n int) { done = append(done, n) }))
	}
	stop()
	wg.Wait()
	if m.answers() != 0 || n < 10 || !slices.Equal(done, []int{2, 4, 4, 2, 4, 4, 2, 4, 4}) {
		t.Errorf("%d searches, the books were asked %d times, progress %v", n, m.answers(), done)
	}
	indexes := string(byHand(t, "GET", "/indexes?limit=1000", ""))
	if !strings.Contains(indexes, m.live) {
		t.Error("the living generation is not there")
	}
	for _, generation := range old {
		if strings.Contains(indexes, generation) {
			t.Errorf("generation %s was left behind", generation)
		}
	}
}

// A search whose generation was dropped on its way reads the new one.
func TestGenerationDroppedOnTheWay(t *testing.T) {
	e, m, _ := setup(t, named(1, "张三"))
	m.stale = "00000000"
	expect(t, e, m, "张三", 1, false)
}

// A change that comes while a stretch is sent stays in the outbox.
func TestLockAndLateChange(t *testing.T) {
	e, m, _ := setup(t)
	m.publish(named(1, "张三"))
	m.betweens = func() {
		m.betweens = nil
		if _, err := e.Drain(t.Context()); !errors.Is(err, ledger.ErrConflict) {
			t.Errorf("two drains at once: %v", err)
		}
		if err := e.Heal(t.Context()); err != nil {
			t.Errorf("heal during a drain: %v", err)
		}
		m.publish(named(2, "李四"))
	}
	n, err := e.Drain(t.Context())
	if err != nil || n != 2 {
		t.Errorf("drained %d, %v", n, err)
	}
	expect(t, e, m, "李四", 1, false)
}

// A search that takes too long is answered by the books, and a caller who leaves says nothing about the index.
func TestSlow(t *testing.T) {
	slow := make(chan struct{})
	var requests atomic.Int32
	proxy := http.Server{Addr: "127.0.0.1:0", Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		requests.Add(1)
		<-slow
	})}
	url := serve(t, &proxy)
	t.Cleanup(func() { close(slow) })
	m := newMemory()
	m.load([]searchtest.Person{named(1, "张三")})
	m.live, m.marks = "feedbeef", []string{"a", "b", "c"}
	e := engine(t, search.Config{URL: url, County: "990121", HTTPTimeout: 50 * time.Millisecond}, m)
	gone, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	_, _ = e.People(gone, ledger.PeopleQuery{Name: "张三"})
	began := time.Now()
	for range 100 {
		expect(t, e, m, "张三", 1, true)
	}
	if took := time.Since(began); took > 500*time.Millisecond || requests.Load() != 2 {
		t.Errorf("took %v, %d requests; want one by who left and one by the first who stayed", took, requests.Load())
	}
	if s := e.Status(t.Context()); s.Reachable {
		t.Errorf("%+v", s)
	}
}

func serve(t *testing.T, s *http.Server) string {
	t.Helper()
	l, err := net.Listen("tcp", s.Addr)
	must(t, err)
	go func() { _ = s.Serve(l) }()
	t.Cleanup(func() { s.Close() })
	return "http://" + l.Addr().String()
}
