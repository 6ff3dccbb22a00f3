package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mingbai/fixtures"
	"mingbai/ingest"
	"mingbai/ledger"
	"mingbai/ledger/postgres"
	"mingbai/ledger/postgres/testdb"
	"mingbai/search"
)

const benchRows = 50_000

// BenchmarkRoad takes one workbook of 50,000 rows from file to found, and tells each step as a ratio to reading it.
// Everything is measured in one run on the same machine; compare ratios, not seconds.
func BenchmarkRoad(b *testing.B) {
	w := benchWorld(b)
	path := filepath.Join(w.dir, "清册.xlsx")
	f, err := os.Create(path)
	w.must(err)
	truth, err := fixtures.WriteOne(f, fixtures.One{Layout: fixtures.LayoutCard, Rows: benchRows, Seed: 5})
	w.must(err)
	w.must(f.Close())
	content, err := os.ReadFile(path)
	w.must(err)
	engine := w.engine()
	w.must(engine.Reindex(b.Context(), nil))
	for b.Loop() {
		check := took(func() {
			r, err := ingest.Check(b.Context(), path, bytes.NewReader(content), int64(len(content)), ingest.Options{Kind: ledger.Subsidy}, nil)
			if err != nil || ledger.Blocks(r.Findings) {
				b.Fatal(err, r.Findings)
			}
		})
		var no int64
		imported := took(func() {
			o := w.office()
			no, _, _, err = o.Import(b.Context(), job{Path: path, Fund: "GD01", Period: "2025", By: "li", Note: "已核对"})
			w.must(err)
		})
		w.must(w.db.Certify(b.Context(), no, "wang", ingest.RuleVersion()))
		published := took(func() { w.must(w.db.Publish(b.Context(), no, "wang")) })
		found := took(func() {
			_, err := engine.Drain(b.Context())
			w.must(err)
		})
		rate := func(d time.Duration) string { return fmt.Sprintf("%.0f rows/s", benchRows/d.Seconds()) }
		b.Logf("check %s (1.00); import %s (%.2f of check's time); publish %s (%.2f); index %s (%.2f)", rate(check), rate(imported),
			imported.Seconds()/check.Seconds(), rate(published), published.Seconds()/check.Seconds(), rate(found), found.Seconds()/check.Seconds())
		b.ReportMetric(imported.Seconds()/check.Seconds(), "import/check")
		b.ReportMetric(published.Seconds()/check.Seconds(), "publish/check")
		w.must(w.db.Withdraw(b.Context(), no, "wang", "下一轮"))
		_, err := engine.Drain(b.Context())
		w.must(err)
	}
	_ = truth
}

// BenchmarkAnswers tells how much of Meilisearch's and PostgreSQL's own speed is left in ours.
func BenchmarkAnswers(b *testing.B) {
	w := benchWorld(b)
	path := filepath.Join(w.dir, "清册.xlsx")
	f, err := os.Create(path)
	w.must(err)
	truth, err := fixtures.WriteOne(f, fixtures.One{Layout: fixtures.LayoutList, Rows: 20_000, Seed: 5})
	w.must(err)
	w.must(f.Close())
	engine, keys := w.engine(), w.keys()
	o := w.office()
	no, _, _, err := o.Import(b.Context(), job{Path: path, Fund: truth.Books[0].Fund, Period: truth.Books[0].Period, By: "li", Note: "已核对"})
	w.must(err)
	w.must(w.db.Certify(b.Context(), no, "wang", ingest.RuleVersion()))
	w.must(w.db.Publish(b.Context(), no, "wang"))
	w.must(engine.Reindex(b.Context(), nil))
	_, err = engine.Drain(b.Context())
	w.must(err)
	state, err := w.db.IndexState(b.Context())
	w.must(err)
	type asked struct {
		name  string
		token []byte
	}
	var people []asked
	for _, p := range truth.People[:2000] {
		id, _ := ledger.ParseID(p.ID)
		people = append(people, asked{search.Normalise(p.Name), keys.Token(id)})
	}
	client := &http.Client{Transport: &http.Transport{DisableCompression: true}}
	each := func(what string, ask func(asked)) time.Duration {
		for _, p := range people[:200] {
			ask(p) // warm
		}
		d := took(func() {
			for _, p := range people {
				ask(p)
			}
		}) / time.Duration(len(people))
		b.Logf("%-34s %v", what, d)
		return d
	}
	for b.Loop() {
		raw := each("Meilisearch itself, a name", func(p asked) {
			body := fmt.Sprintf(`{"q":"","filter":"name_key = \"%s\"","hitsPerPage":20,"page":1,"sort":["id:asc"]}`, p.name)
			req, _ := http.NewRequestWithContext(b.Context(), "POST", w.meil+"/indexes/people_990121_"+state.Generation+"/search", strings.NewReader(body))
			req.Header.Set("Authorization", "Bearer "+w.key)
			req.Header.Set("Content-Type", "application/json")
			res, err := client.Do(req)
			w.must(err)
			if res.StatusCode != http.StatusOK {
				b.Fatal(res.Status)
			}
			io.Copy(io.Discard, res.Body)
			res.Body.Close()
		})
		each("where the index stands", func(asked) {
			_, err := w.db.IndexState(b.Context())
			w.must(err)
		})
		each("a name, the references alone", func(p asked) {
			_, err := engine.People(b.Context(), ledger.PeopleQuery{Name: p.name, PerPage: 20})
			w.must(err)
		})
		each("a name in every way, references", func(p asked) {
			_, err := engine.Tiers(b.Context(), p.name, ledger.PeopleQuery{PerPage: 20})
			w.must(err)
		})
		ours := each("a name, with the people's payments", func(p asked) {
			hits, err := engine.People(b.Context(), ledger.PeopleQuery{Name: p.name, PerPage: 20})
			w.must(err)
			_, err = w.db.PeopleByRefs(b.Context(), hits.Refs)
			w.must(err)
		})
		books := each("the same from the books alone", func(p asked) {
			hits, err := w.db.FindPeople(b.Context(), ledger.PeopleQuery{Name: p.name, PerPage: 20})
			w.must(err)
			_, err = w.db.PeopleByRefs(b.Context(), hits.Refs)
			w.must(err)
		})
		own := each("a name and number, the whole book", func(p asked) {
			person, err := engine.Lookup(b.Context(), p.token, p.name)
			w.must(err)
			_, err = w.db.OwnBook(b.Context(), person)
			w.must(err)
		})
		b.ReportMetric(raw.Seconds()/ours.Seconds(), "of-Meilisearch")
		b.ReportMetric(books.Seconds()/ours.Seconds(), "books/index")
		b.ReportMetric(float64(own.Microseconds()), "µs/lookup")
	}
}

func took(f func()) time.Duration {
	start := time.Now()
	f()
	return time.Since(start)
}

// benchWorld is newWorld for a benchmark.
func benchWorld(b *testing.B) *world {
	b.Helper()
	w := &world{t: b, dir: b.TempDir(), meil: testdb.Services().MeiliURL(), key: testdb.Services().MeiliKey()}
	w.db, w.url = testdb.New(b, postgres.Options{})
	keys := filepath.Join(w.dir, "keys.json")
	w.must(os.WriteFile(keys, ledger.NewKeyFile(), 0o600))
	w.founded()
	return w
}
