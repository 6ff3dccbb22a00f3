package main

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"mingbai/fixtures"
	"mingbai/ledger"
	"mingbai/search"
)

// The catalogue is found alike in index and books, follows what is published and withdrawn, and leads to pages that are there.
func TestTheCatalogueFollowsTheBooks(t *testing.T) {
	w := newWorld(t)
	truth, _, numbers := w.publishTables()
	index, books := w.engine(), w.enginelessly()
	w.must(index.Reindex(t.Context(), nil))
	_, err := index.Drain(t.Context())
	w.must(err)
	w.ok("verify")
	titles := func() (all []string) {
		for e, err := range w.db.AllCatalogue(t.Context(), "") {
			w.must(err)
			all = append(all, e.Title)
		}
		return all
	}
	before := titles()
	if len(before) < 50 {
		t.Fatalf("%d entries", len(before))
	}
	site := w.serve()
	alike := func() (found int) {
		for _, title := range slices.Concat(before, []string{"农业农村局", "农田", "补贴", "身份证", "查无此物"}) {
			q := ledger.Question{Catalogue: ledger.CatalogueQuery{Any: [][]string{{title}}, Most: 5}}
			a, err := index.Ask(t.Context(), q)
			w.must(err)
			b, err := books.Ask(t.Context(), q)
			w.must(err)
			if !slices.Equal(a.Catalogue.IDs, b.Catalogue.IDs) || a.Catalogue.Total != b.Catalogue.Total {
				t.Errorf("%s: the index has %v, the books %v", title, a.Catalogue, b.Catalogue)
			}
			found += a.Catalogue.Total
		}
		return found
	}
	all := alike()
	if entries, err := w.db.CatalogueByIDs(t.Context(), nil); err != nil || entries != nil {
		t.Error("nothing asked, something answered")
	}
	code, page := get(t, site+"/people?q="+url.QueryEscape("农业农村局"))
	if code != 200 || !strings.Contains(page, "shelf-agency") && !strings.Contains(page, "shelf-unit") {
		t.Errorf("no agency on the page: %d", code)
	}
	// Of posts the units are in the catalogue, and nobody who holds one.
	var staff int
	w.must(w.sql().QueryRow(t.Context(), `select count(*) from post where person_name = any($1)`, before).Scan(&staff))
	if staff > 0 {
		t.Errorf("%d of the staff are in the catalogue", staff)
	}
	for _, table := range truth.Tables {
		w.ok("withdraw", numbers[table.File], "--as", "wang", "--reason", "试验")
	}
	_, err = index.Drain(t.Context())
	if err != nil && ledger.KindOf(err) != ledger.KindConflict { // the site's own job may be at it
		t.Fatal(err)
	}
	w.ok("verify")
	if left := alike(); left >= all || len(titles()) >= len(before) {
		t.Errorf("after all was withdrawn %d of %d are found", left, all)
	}
}

// enginelessly is an engine that only the books answer.
func (w *world) enginelessly() *search.Engine {
	w.t.Helper()
	e, err := search.New(search.Config{}, w.db)
	w.must(err)
	return e
}

// A person whose funds are all closed is found by no question in any tier, and a page about them is, word for word, the
// page about somebody who does not exist.
func TestNothingTellsTheClosedFromTheMissing(t *testing.T) {
	w := newWorld(t)
	dir := w.dir + "/county"
	w.ok("gen", "--out", dir, "--households", "300")
	truth, err := fixtures.ReadTruth(dir + "/" + fixtures.TruthFile)
	w.must(err)
	const open = "TG01" // the only fund with public lists, so that many are closed
	_, err = w.sql().Exec(t.Context(), `update fund set disclosure = 'self' where code <> $1`, open)
	w.must(err)
	for _, b := range truth.Books {
		w.publish(dir+"/"+b.File, b)
	}
	site, names := w.serve(), map[string]bool{}
	isOpen := map[string]bool{}
	for _, p := range truth.People {
		names[search.Normalise(p.Name)] = true
		for _, pay := range p.Payments {
			if truth.Books[pay.Book].Fund == open {
				isOpen[search.Normalise(p.Name)] = true
			}
		}
	}
	tried := 0
	for _, p := range truth.People {
		key := search.Normalise(p.Name)
		if isOpen[key] || len([]rune(key)) != 3 || tried >= 8 {
			continue
		}
		tried++
		// Somebody of as many characters whom nobody bears, near nobody.
		nobody := "龘靐齉"
		for _, rest := range []string{"", " " + p.Village, " 2025", " 粮补", " " + p.Village + " 2024 农村低保金"} {
			_, closed := get(t, site+"/people?q="+url.QueryEscape(p.Name+rest))
			_, missing := get(t, site+"/people?q="+url.QueryEscape(nobody+rest))
			strip := func(page, name string) string {
				page = strings.ReplaceAll(page, url.QueryEscape(name), "NAME")
				return strings.ReplaceAll(strings.ReplaceAll(page, url.QueryEscape(search.Normalise(name)), "NAME"), name, "NAME")
			}
			// Others of a like name may be public, and rightly found; then that person alone must not be.
			if !strings.Contains(closed, `id="tier-`) && strip(closed, p.Name) != strip(missing, nobody) {
				t.Errorf("the pages differ for %q and nobody", rest)
			}
			if strings.Contains(closed, `id="tier-exact"`) {
				t.Errorf("somebody who is closed is found by %q", rest)
			}
			if strings.Contains(closed, `class="what">`+p.Name+`<`) {
				t.Errorf("their name is shown to %q", rest)
			}
		}
	}
	if tried == 0 {
		t.Fatal("nobody in the sample is paid from closed funds alone")
	}
	_, words := get(t, site+"/words.json")
	for name := range names {
		if strings.Contains(words, `"`+name+`"`) {
			t.Error("a person among the suggestions")
		}
	}
	if log := w.log.String(); slices.ContainsFunc(truth.People[:50], func(p fixtures.Household) bool { return len([]rune(p.Name)) > 2 && strings.Contains(log, p.Name) }) {
		t.Error("a name in the log")
	}
}
