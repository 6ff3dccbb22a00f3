package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"mingbai/fixtures"
	"mingbai/ledger"
	"mingbai/ledger/postgres"
	"mingbai/search"
)

// faultMatrix in the environment makes the matrix long: more people, and each fault lasts. make fault-matrix sets it.
const faultMatrix = "MINGBAI_FAULT_MATRIX"

// faulty is a county under a steady loop of searches, with a Meilisearch to which things happen.
type faulty struct {
	*world
	meili  *ownMeili
	proxy  *delayer
	engine *search.Engine
	keeper indexKeeper
	cases  []faultCase
	lasts  time.Duration // each fault

	mu   sync.Mutex
	took []time.Duration
	bad  []string
}

// faultCase is a question with its right answer, as the books gave it.
type faultCase struct {
	ask  func(context.Context, *search.Engine) (string, error)
	want string
}

// Whatever happens to Meilisearch, answers to the public stay right; the operator is told; it heals, or goes on as soon as it
// can; and verify is clean at the end.
func TestTheFaultMatrix(t *testing.T) {
	m := newMatrix(t)
	for _, f := range []struct {
		name  string
		fault func()
		mend  func() // nil: it heals by itself
		says  string // the operator's page, meanwhile
	}{
		{"killed", m.meili.kill, func() { m.meili.start(0) }, "检索服务不可用"},
		{"frozen (SIGSTOP)", func() { m.meili.signal(syscall.SIGSTOP) }, func() { m.meili.signal(syscall.SIGCONT) }, "检索服务不可用"},
		{"slowed (each answer 400 ms late)", func() { m.proxy.turn(m.meili.addr, 400*time.Millisecond) }, func() { m.proxy.turn(m.meili.addr, 0) }, "太慢|不回答"},
		{"out of disk", m.fillDisk, func() {
			m.meili.kill()
			m.meili.start(0)
		}, "写不进去"},
		{"wiped", m.wipe, nil, "索引不存在"},
		{"replaced by another's data under our names", m.replace, nil, "被别处改动过"},
		{"settings changed by hand", func() {
			m.meili.do("PATCH", "/indexes/"+m.uid("people")+"/settings", `{"pagination":{"maxTotalHits":1},"distinctAttribute":"place_codes"}`)
		}, nil, "索引的设置被改动"},
		{"documents changed by hand", func() {
			m.meili.do("POST", "/indexes/"+m.uid("people")+"/documents/delete", `{"filter":"years IN [2024, 2025, 2026]"}`)
		}, nil, "被别处改动过"},
	} {
		m.reset()
		began := time.Now()
		f.fault()
		seen := m.until("the keeper to notice: "+f.name, func(c search.Care) bool {
			says := func(text string) bool {
				return slices.ContainsFunc(strings.Split(f.says, "|"), func(one string) bool { return strings.Contains(text, one) })
			}
			return says(c.Why) || slices.ContainsFunc(c.Events, func(e search.Event) bool { return e.At.After(began) && says(e.What) })
		})
		time.Sleep(max(0, m.lasts-time.Since(began)))
		c := m.care()
		why := c.Why
		if c.LastErrAt.After(began) {
			why += " (" + c.LastError + ")"
		}
		if f.mend != nil {
			f.mend()
		}
		healed := m.until("to heal: "+f.name, func(c search.Care) bool { return c.Answering == "index" })
		time.Sleep(200 * time.Millisecond) // the index answers again
		rate, p99, slowest, bad := m.figures(time.Since(began))
		t.Logf("%-42s noticed in %5.1fs, healed in %5.1fs; %6.0f answers/s, p99 %6.1f ms, slowest %6.1f ms, %d bad; the page: %s",
			f.name, seen.Seconds(), healed.Seconds(), rate, ms(p99), ms(slowest), len(bad), why)
		if len(bad) > 0 {
			t.Errorf("%s: %d bad answers, the first: %s", f.name, len(bad), bad[0])
		}
		var r search.Report
		err := patiently(t.Context(), func() (err error) { // the keeper may still be comparing
			r, err = m.engine.Verify(t.Context(), false, nil)
			return err
		})
		if err != nil || len(r.Found) > 0 {
			t.Errorf("%s: verify: %d differences, %v", f.name, len(r.Found), err)
		}
	}
	for _, e := range slices.Backward(m.care().Events) {
		t.Log(e.At.Format("15:04:05.0"), e.What)
	}
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

func newMatrix(t *testing.T) *faulty {
	m := &faulty{world: newWorld(t), lasts: 1500 * time.Millisecond}
	rows := 300
	if os.Getenv(faultMatrix) != "" {
		rows, m.lasts = 20_000, 20*time.Second
	}
	m.meili = newMeili(t, filepath.Join(m.dir, "meili"))
	m.proxy = newDelayer(t, m.meili.addr)
	m.meil, m.key = m.proxy.url(), m.meili.key
	path, truth := m.book(fixtures.One{Layout: fixtures.LayoutCard, Rows: rows, Seed: 31})
	m.publish(path, truth.Books[0])
	m.ok("reindex")

	log := slog.New(slog.NewTextHandler(&m.log, nil))
	db, err := postgres.Open(t.Context(), m.url, fixtures.County, postgres.Options{})
	m.must(err)
	t.Cleanup(db.Close)
	m.engine, err = search.New(search.Config{URL: m.meil, Key: m.key, County: fixtures.County, Log: log}, db)
	m.must(err)
	m.keeper = indexKeeper{db, m.engine, log}
	m.cases = m.questions(truth, db)

	ctx, stop := context.WithCancel(context.Background())
	var group sync.WaitGroup
	group.Go(func() {
		_ = db.Work(ctx, log, postgres.Tasks{Drain: m.keeper.drain, Index: m.keeper.run, Check: func(context.Context, ledger.UploadRef) error { return nil }})
	})
	group.Go(func() { _ = m.keeper.keep(ctx) })
	for range 3 {
		group.Go(func() { m.loop(ctx) })
	}
	t.Cleanup(func() {
		stop()
		group.Wait()
		if log := m.log.String(); strings.Contains(log, truth.People[0].Name) {
			t.Error("a name in the log")
		}
		if t.Failed() {
			t.Log(tail(m.log.String(), 3000))
		}
	})
	m.until("the index to answer", func(c search.Care) bool { return c.Answering == "index" })
	return m
}

// questions are all ways to ask, with the answers of the books.
func (m *faulty) questions(truth *fixtures.Truth, db *postgres.DB) (all []faultCase) {
	books, err := search.New(search.Config{}, db)
	m.must(err)
	keys := m.keys()
	for _, p := range truth.People[:50] {
		id, _ := ledger.ParseID(p.ID)
		for _, ask := range []func(context.Context, *search.Engine) (string, error){
			func(ctx context.Context, e *search.Engine) (string, error) {
				tiers, err := e.Tiers(ctx, p.Name, ledger.PeopleQuery{PerPage: 20})
				return fmt.Sprint(tiers), err
			},
			func(ctx context.Context, e *search.Engine) (string, error) {
				hits, err := e.People(ctx, ledger.PeopleQuery{Name: string([]rune(p.Name)[:1]), Mode: ledger.NameContains, PerPage: 20})
				return fmt.Sprint(hits), err
			},
			func(ctx context.Context, e *search.Engine) (string, error) {
				person, err := e.Lookup(ctx, keys.Token(id), p.Name)
				return person, err
			},
			func(ctx context.Context, e *search.Engine) (string, error) {
				a, err := e.Ask(ctx, ledger.Question{Catalogue: ledger.CatalogueQuery{Any: [][]string{{"补贴"}}, Most: 20}})
				return fmt.Sprint(a.Catalogue), err
			},
		} {
			want, err := ask(m.t.Context(), books)
			m.must(err)
			all = append(all, faultCase{ask, want})
		}
	}
	return all
}

// loop asks as a public would: not faster than an answer every 2 ms, so that the machine is left to the index, too.
func (m *faulty) loop(ctx context.Context) {
	for ctx.Err() == nil {
		c := m.cases[rand.IntN(len(m.cases))]
		began := time.Now()
		got, err := c.ask(ctx, m.engine)
		took := time.Since(began)
		if ctx.Err() != nil {
			return
		}
		m.mu.Lock()
		m.took = append(m.took, took)
		if err != nil || got != c.want {
			m.bad = append(m.bad, fmt.Sprintf("%.100s, %v; want %.100s", got, err, c.want))
		}
		m.mu.Unlock()
		time.Sleep(2 * time.Millisecond)
	}
}

func (m *faulty) reset() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.took, m.bad = nil, nil
}

func (m *faulty) figures(over time.Duration) (rate float64, p99, slowest time.Duration, bad []string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	slices.Sort(m.took)
	n := len(m.took)
	return float64(n) / over.Seconds(), m.took[n*99/100], m.took[n-1], slices.Clone(m.bad)
}

func (m *faulty) care() search.Care {
	m.t.Helper()
	c, err := m.engine.Care(m.t.Context())
	m.must(err)
	return c
}

func (m *faulty) until(what string, ok func(search.Care) bool) time.Duration {
	m.t.Helper()
	return m.eventually(what, time.Minute, func() bool { return ok(m.care()) })
}

func (m *faulty) uid(kind string) string {
	return kind + "_" + fixtures.County + "_" + m.care().Generation
}

// fillDisk leaves no room for a file to grow, and gives the index something to write.
func (m *faulty) fillDisk() {
	largest := int64(0)
	_ = filepath.WalkDir(m.meili.dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			if info, err := d.Info(); err == nil {
				largest = max(largest, info.Size())
			}
		}
		return nil
	})
	m.meili.kill()
	m.meili.start(int(largest>>10) + 4)
	tx, err := m.sql().Begin(m.t.Context())
	m.must(err)
	_, err = tx.Exec(m.t.Context(), `
		insert into search_outbox (county, person_id, village_code) select distinct county, person_id, village_code from payment`)
	m.must(errors.Join(err, tx.Commit(m.t.Context())))
}

func (m *faulty) wipe() {
	m.meili.kill()
	m.must(os.RemoveAll(m.meili.dir))
	m.meili.start(0)
}

// replace puts another Meilisearch in its place, with the same key and indexes of the same names and settings, which hold
// other people: a copy of ours that somebody worked on.
func (m *faulty) replace() {
	uid := m.uid("people")
	dir := filepath.Join(m.dir, "other")
	m.meili.kill()
	out, err := exec.Command("cp", "-r", m.meili.dir, dir).CombinedOutput()
	if err != nil {
		m.t.Fatalf("%v: %s", err, out)
	}
	other := newMeili(m.t, dir)
	other.do("DELETE", "/indexes/"+uid+"/documents", "")
	other.do("POST", "/indexes/"+uid+"/documents", `[{"id":"`+strings.Repeat("0b", 16)+`-990121102201","name_key":"张三","name_parts":["张","三","张三"],"name_py_keys":[],"name_near":[],"place_codes":[],"fund_codes":[],"years":[],"fund_years":[]}]`)
	m.meili = other
	m.proxy.turn(other.addr, 0)
}
