package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"mingbai/fixtures"
	"mingbai/ledger"
	"mingbai/ledger/postgres"
	"mingbai/search"
)

// onTop stages and certifies a row more for one entry in step, and tells how many and the last of them.
func (w *world) onTop(c fixtures.Crowd, step int) (no int64, rows int, last fixtures.Resident) {
	w.t.Helper()
	o, places := w.office(), ledger.NewGazetteer(fixtures.Regions())
	no, err := w.db.Import(w.t.Context(), postgres.Upload{
		Fund: "TG01", Period: "2026", FileName: "TG01.xlsx", SHA256: [32]byte{1}, Sealed: []byte("f"), RuleVersion: "r", By: "li", Note: "已核对",
	}, iter.Seq2[ledger.StagedRow, error](func(yield func(ledger.StagedRow, error) bool) {
		for i := 0; i < c.Entries; i += step {
			if i%40 == 39 { // as a person's second village: nobody comes twice
				continue
			}
			rows, last = rows+1, c.At(i)
			id, _ := ledger.ParseID(last.ID)
			if !yield(o.stage(ledger.Row{
				Line: rows, Sheet: "清册", SheetRow: rows + 3, Town: last.Town.Name, Village: last.Village.Name, Group: last.Group,
				Head: ledger.Party{Name: last.Name, ID: id}, Amount: 100,
			}, places), nil) {
				return
			}
		}
	}))
	w.must(err)
	w.must(w.db.Certify(w.t.Context(), no, "wang", "r"))
	return no, rows, last
}

// published makes rows more public while the site runs, and tells when the last is found.
func (w *world) published(c fixtures.Crowd) {
	t, ctx := w.t, w.t.Context()
	t.Helper()
	no, rows, last := w.onTop(c, max(c.Entries/100_000, 1))
	w.serve()
	anyone, index := w.engine(), w.indexOnly()
	found := func(e *search.Engine) bool {
		hits, err := e.People(ctx, ledger.PeopleQuery{Name: last.Name, Places: []string{last.Village.Code}, Funds: []string{"TG01"}, Years: []int{2026}, PerPage: 20})
		return err == nil && hits.Total > 0
	}
	began := time.Now()
	w.must(w.db.Publish(ctx, no, "wang"))
	committed := time.Since(began)
	bySearch := w.eventually("the last row to be found", time.Minute, func() bool { return found(anyone) })
	byIndex := w.eventually("the last row to be in the index", 20*time.Minute, func() bool { return found(index) })
	t.Logf("%d rows published in %v (%.0f rows/s); the last is found %v after, at first by the books; by the index %v after (%.0f entries/s)", rows,
		committed.Round(time.Millisecond), float64(rows)/committed.Seconds(), bySearch.Round(time.Millisecond), byIndex.Round(time.Millisecond), float64(rows)/byIndex.Seconds())
}

// recording is all that was sent to the indexes, in order.
type recording struct {
	sent  []sending
	bytes int64
}

type sending struct{ kind, to, file string } // people, documents, where the body is kept

// record lets an engine work through a proxy that keeps what is sent.
func (w *world) record(books search.Books, work func(*search.Engine) error) *recording {
	w.t.Helper()
	r, dir := &recording{}, w.t.TempDir()
	meili, err := url.Parse(w.meil)
	w.must(err)
	var mu sync.Mutex
	proxy := httputil.NewSingleHostReverseProxy(meili)
	site := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, req *http.Request) {
		if parts := strings.SplitN(req.URL.Path, "/", 4); req.Method == http.MethodPost && len(parts) == 4 && (parts[3] == "documents" || parts[3] == "documents/delete-batch") {
			body, err := io.ReadAll(req.Body)
			if err != nil {
				http.Error(rw, "", http.StatusBadGateway)
				return
			}
			req.Body = io.NopCloser(bytes.NewReader(body))
			kind, _, _ := strings.Cut(parts[2], "_")
			mu.Lock()
			s := sending{kind, parts[3], filepath.Join(dir, fmt.Sprintf("%05d", len(r.sent)))}
			r.sent, r.bytes = append(r.sent, s), r.bytes+int64(len(body))
			mu.Unlock()
			if err := os.WriteFile(s.file, body, 0o600); err != nil {
				http.Error(rw, "", http.StatusBadGateway)
				return
			}
		}
		proxy.ServeHTTP(rw, req)
	}))
	defer site.Close()
	e, err := search.New(search.Config{URL: site.URL, Key: w.key, County: fixtures.County}, books)
	w.must(err)
	w.must(work(e))
	return r
}

// recordReindex rebuilds the index and keeps what is sent.
func (w *world) recordReindex() *recording {
	w.t.Helper()
	return w.record(w.db, func(e *search.Engine) error { return e.Reindex(w.t.Context(), nil) })
}

// rawTime is how long Meilisearch takes to be sent the same bodies, one after the other, into indexes of the same settings.
func (w *world) rawTime(r *recording) time.Duration {
	w.t.Helper()
	began := time.Now()
	w.rawIndexes()
	w.sendRaw(r)
	took := time.Since(began)
	w.dropRaw()
	return took
}

var rawKinds = []string{"people", "lookup", "catalogue"}

// rawIndexes makes empty ones with the settings of the living.
func (w *world) rawIndexes() {
	w.t.Helper()
	for _, kind := range rawKinds {
		var settings json.RawMessage
		w.meili(http.MethodGet, "/indexes/"+kind+"_"+fixtures.County+"_"+w.generation()+"/settings", nil, &settings)
		w.await(w.task(http.MethodPost, "/indexes", fmt.Appendf(nil, `{"uid":"raw_%s","primaryKey":"id"}`, kind)))
		w.await(w.task(http.MethodPatch, "/indexes/raw_"+kind+"/settings", settings))
	}
}

// sendRaw sends what was recorded without waiting in between, and waits for the end.
func (w *world) sendRaw(r *recording) {
	w.t.Helper()
	last := map[string]int64{}
	for _, s := range r.sent {
		body, err := os.ReadFile(s.file)
		w.must(err)
		last[s.kind] = w.task(http.MethodPost, "/indexes/raw_"+s.kind+"/"+s.to, body)
	}
	for _, task := range last {
		w.await(task)
	}
}

func (w *world) dropRaw() {
	w.t.Helper()
	for _, kind := range rawKinds {
		w.await(w.task(http.MethodDelete, "/indexes/raw_"+kind, nil))
	}
}

func (w *world) task(method, path string, body []byte) int64 {
	w.t.Helper()
	var task struct {
		UID int64 `json:"taskUid"`
	}
	w.meili(method, path, body, &task)
	return task.UID
}

// await waits for a task that must succeed.
func (w *world) await(uid int64) {
	w.t.Helper()
	var task struct{ Status string }
	w.eventually("a task of Meilisearch's", time.Hour, func() bool {
		w.meili(http.MethodGet, fmt.Sprintf("/tasks/%d", uid), nil, &task)
		return task.Status != "enqueued" && task.Status != "processing"
	})
	if task.Status != "succeeded" {
		w.t.Fatalf("a task of Meilisearch's %s", task.Status)
	}
}

// meili asks Meilisearch itself.
func (w *world) meili(method, path string, body []byte, answer any) {
	w.t.Helper()
	req, err := http.NewRequestWithContext(w.t.Context(), method, w.meil+path, bytes.NewReader(body))
	w.must(err)
	req.Header.Set("Authorization", "Bearer "+w.key)
	req.Header.Set("Content-Type", "application/json")
	if strings.HasSuffix(path, "/documents") {
		req.Header.Set("Content-Type", "application/x-ndjson")
	}
	res, err := http.DefaultClient.Do(req)
	w.must(err)
	defer res.Body.Close()
	if res.StatusCode >= 300 {
		w.t.Fatalf("%s %s: %s", method, path, res.Status)
	}
	w.must(json.NewDecoder(res.Body).Decode(answer))
}

// rebuilt measures a rebuild by the program, in a process of its own, between two of the same documents sent raw; while it
// runs, searches are held against what the books plainly say.
func (w *world) rebuilt(c fixtures.Crowd) {
	t := w.t
	t.Helper()
	r := w.recordReindex()
	before := w.rawTime(r)
	plain, stop := w.plain(), make(chan struct{})
	told := make(chan swapTale, 1)
	go func() { told <- w.searchUntil(stop, plain, namesOf(c, 1000)) }()
	began, first := time.Now(), w.generation()
	cmd := w.program("reindex")
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	took := time.Since(began)
	time.Sleep(time.Second) // searches after the swap, too
	close(stop)
	tale := <-told
	if err != nil {
		t.Fatalf("reindex: %v\n%s", err, tail(out.String(), 1000))
	}
	if w.generation() == first {
		t.Error("no new generation lives")
	}
	after := w.rawTime(r)
	raw := (before + after) / 2
	peak := memoryOf(cmd)
	t.Logf("reindex of %d documents (%d MB) in %v; the same sent raw %v and %v: ratio %.2f (bar 2.0); peak memory of the program %s, its processor time %v",
		len(plain.ids), r.bytes>>20, took.Round(time.Millisecond), before.Round(time.Millisecond), after.Round(time.Millisecond), took.Seconds()/raw.Seconds(),
		peak, cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime())
	t.Logf("searches meanwhile: %d, bad answers %d, errors %d; p50 %v, p99 %v", tale.asked, tale.bad, tale.failed, tale.p50.Round(10*time.Microsecond), tale.p99.Round(10*time.Microsecond))
	if tale.asked == 0 || tale.bad+tale.failed > 0 {
		t.Errorf("of %d searches through the swap %d were answered wrong and %d not at all", tale.asked, tale.bad, tale.failed)
	}
}

// memoryOf is the most that a program took which has ended.
func memoryOf(cmd *exec.Cmd) string {
	if u, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok && runtime.GOOS == "linux" {
		return fmt.Sprintf("%d MB", u.Maxrss/1024)
	}
	return "unknown"
}

func (w *world) generation() string {
	w.t.Helper()
	state, err := w.db.IndexState(w.t.Context())
	w.must(err)
	return state.Generation
}

// swapTale is what a loop of searches saw.
type swapTale struct {
	asked, bad, failed int
	p50, p99           time.Duration
}

// searchUntil asks for one name after the other, and compares each whole answer.
func (w *world) searchUntil(stop <-chan struct{}, plain *plainBooks, names []askedName) (s swapTale) {
	e := everyone{w: w, plain: plain}
	engine := w.engine()
	typed, keys := modesAsked[0].questions(names)
	exact, near := plain.answers(ledger.NameExact, keys), plain.answers(ledger.NameNear, keys)
	var took []time.Duration
	for i := 0; ; i = (i + 1) % len(typed) {
		select {
		case <-stop:
			slices.Sort(took)
			if len(took) > 0 {
				s.p50, s.p99 = took[len(took)/2], took[len(took)*99/100]
			}
			return s
		case <-time.After(20 * time.Millisecond): // the rebuild is to be measured, not this
		}
		q, want := ledger.PeopleQuery{Name: typed[i], PerPage: 1000}, exact[i]
		if i%2 == 0 {
			q.Mode, q.Alike, want = ledger.NameNear, search.Alike(search.Normalise(typed[i])), near[i]
		}
		ids, first, err := e.pages(engine, q)
		s.asked++
		took = append(took, first)
		if err != nil {
			s.failed++
			continue
		}
		if misses, extras, ordered := e.compare(ids, want); misses+extras > 0 || !ordered {
			s.bad++
		}
	}
}

// grown compares a county with one ten times as large: the same names are asked by turns, so that both have the same weather.
func (w *world) grown(small *world, c fixtures.Crowd) {
	t := w.t
	t.Helper()
	client := &http.Client{}
	counties := [2]*world{small, w}
	var engines [2]*search.Engine
	var sites [2]string
	for i, county := range counties {
		engines[i], sites[i] = county.indexOnly(), county.serve("127.0.0.1")
	}
	hits := [2]map[string][]ledger.PersonRef{{}, {}} // of a name, in all tiers
	type way struct {
		name string
		ask  func(i int, name string) (shown int, err error) // people
	}
	ways := []way{
		{"the very name, references", func(i int, name string) (int, error) {
			hits, err := engines[i].People(t.Context(), ledger.PeopleQuery{Name: name, PerPage: 20})
			return len(hits.Refs), err
		}},
		{"every way, references", func(i int, name string) (int, error) {
			tiers, err := engines[i].Tiers(t.Context(), name, ledger.PeopleQuery{PerPage: 20})
			return len(refsOf(tiers)), err
		}},
		{"every way, with the people's rows", func(i int, name string) (int, error) {
			tiers, err := engines[i].Tiers(t.Context(), name, ledger.PeopleQuery{PerPage: 5})
			if err != nil {
				return 0, err
			}
			hits[i][name] = refsOf(tiers)
			people, err := counties[i].db.PeopleByRefs(t.Context(), hits[i][name])
			return len(people), err
		}},
		{"their rows alone", func(i int, name string) (int, error) {
			people, err := counties[i].db.PeopleByRefs(t.Context(), hits[i][name])
			return len(people), err
		}},
		{"the page", func(i int, name string) (int, error) {
			req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, sites[i]+"/people?q="+url.QueryEscape(name), nil)
			if err != nil {
				return 0, err
			}
			res, err := client.Do(req)
			if err != nil {
				return 0, err
			}
			defer res.Body.Close()
			page, err := io.ReadAll(res.Body)
			if err == nil && res.StatusCode != http.StatusOK {
				err = fmt.Errorf("the page answered %s", res.Status)
			}
			return bytes.Count(page, []byte(`class="where"`)), err
		}},
	}
	for mode := ledger.NameExact; mode <= ledger.NameNear; mode++ {
		ways = append(ways, way{"tier " + strconv.Itoa(int(mode)) + ", references", func(i int, name string) (int, error) {
			tiers, err := engines[i].Tiers(t.Context(), name, ledger.PeopleQuery{PerPage: 5}, mode)
			return len(refsOf(tiers)), err
		}})
	}
	names := namesOf(c, 1000)
	for _, way := range ways {
		took, shown := [2][]time.Duration{make([]time.Duration, len(names)), make([]time.Duration, len(names))}, [2][]int{make([]int, len(names)), make([]int, len(names))}
		for n, name := range names {
			for _, i := range []int{n % 2, 1 - n%2} {
				began := time.Now()
				people, err := way.ask(i, name.typed)
				took[i][n], shown[i][n] = time.Since(began), people
				w.must(err)
			}
		}
		tell := func(which string, chosen func(n int) bool) {
			var some [2][]time.Duration
			var people [2]int
			for n := range names {
				for i := range some {
					if chosen(n) {
						some[i], people[i] = append(some[i], took[i][n]), people[i]+shown[i][n]
					}
				}
			}
			count := len(some[0])
			if count == 0 {
				return
			}
			slices.Sort(some[0])
			slices.Sort(some[1])
			half, most := [2]time.Duration{some[0][count/2], some[1][count/2]}, [2]time.Duration{some[0][count*99/100], some[1][count*99/100]}
			t.Logf("%-34s %s: p50 %v → %v (%.2f times, bar 1.5), p99 %v → %v; people shown %.1f → %.1f", way.name, which, half[0].Round(10*time.Microsecond),
				half[1].Round(10*time.Microsecond), half[1].Seconds()/half[0].Seconds(), most[0].Round(10*time.Microsecond), most[1].Round(10*time.Microsecond),
				float64(people[0])/float64(count), float64(people[1])/float64(count))
		}
		tell("all names", func(int) bool { return true })
		same := 0
		for n := range names {
			if shown[0][n] == shown[1][n] {
				same++
			}
		}
		tell(fmt.Sprintf("%d with as many people in both", same), func(n int) bool { return shown[0][n] == shown[1][n] })
	}
}

func refsOf(tiers []ledger.PeopleTier) (refs []ledger.PersonRef) {
	for _, tier := range tiers {
		refs = append(refs, tier.Refs...)
	}
	return refs
}
