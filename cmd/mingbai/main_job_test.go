package main

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"mingbai/fixtures"
	"mingbai/ingest"
	"mingbai/ledger"
	"mingbai/search"
)

// A clerk's workbook of 5,000 rows goes in; seconds later everyone in it is found, and what they find adds up.
func TestTheMainJob(t *testing.T) {
	w := newWorld(t)
	w.serve()
	path, truth := w.book(fixtures.One{Layout: fixtures.LayoutCard, Rows: 5000, Seed: 7})
	book := truth.Books[0]

	var r ingest.Report
	w.must(json.Unmarshal([]byte(w.ok("check", path, "--json")), &r))
	if len(r.Sheets) != 1 || r.Rows != 5000 || r.Total != book.Total || r.Sheets[0].StatedTotal == nil || *r.Sheets[0].StatedTotal != book.Total {
		t.Fatalf("check: %d rows, %s of %s, sheets %+v", r.Rows, r.Total, book.Total, r.Sheets)
	}
	no := w.ok("import", path, "--fund", book.Fund, "--period", string(book.Period), "--as", "li")
	w.ok("explain", no, "--as", "li", "--rule", "XR-06", "--reason", "家人代领，已核对户口簿")
	w.ok("certify", no, "--as", "wang")
	start := time.Now()
	w.ok("publish", no, "--as", "wang")
	published := time.Since(start)

	engine := w.engine()
	last := truth.People[len(truth.People)-1]
	// The figure is told, not tested: a few seconds on a quiet machine, more where other tests run beside.
	found := w.eventually("the last person found through Meilisearch", time.Minute, func() bool {
		s := engine.Status(t.Context())
		if s.Behind || s.Answering != "index" {
			return false
		}
		hits, err := engine.People(t.Context(), ledger.PeopleQuery{Name: search.Normalise(last.Name), PerPage: 10})
		w.must(err)
		return hits.Total > 0
	})
	s := engine.Status(t.Context())
	t.Logf("published in %v, found %v later; Meilisearch holds %d people and %d lookups", published, found, s.People, s.Lookups)
	if s.People != 5000 || s.Lookups < 5000 {
		t.Errorf("Meilisearch holds %d people and %d lookups", s.People, s.Lookups)
	}

	keys := w.keys()
	var sum ledger.Fen
	for _, p := range truth.People {
		id, _ := ledger.ParseID(p.ID)
		person, err := engine.Lookup(t.Context(), keys.Token(id), search.Normalise(p.Name))
		if err != nil {
			t.Fatalf("a person of the workbook is not found: %v", err)
		}
		own, err := w.db.OwnBook(t.Context(), person)
		w.must(err)
		sum += own.Own.Total
		if own.OtherNames != 0 {
			t.Errorf("a person stands under two names")
		}
	}
	if sum != book.Total {
		t.Errorf("the lookups of all people come to %s, the workbook's 合计 is %s", sum, book.Total)
	}
	w.ok("verify")
}

func (w *world) engine() *search.Engine {
	w.t.Helper()
	e, err := search.New(search.Config{URL: w.meil, Key: w.key, County: fixtures.County}, w.db)
	w.must(err)
	return e
}

func (w *world) keys() *ledger.Keyring {
	w.t.Helper()
	k, err := (&Config{Data: w.dir}).keyring(false)
	w.must(err)
	return k
}

// Every workbook of the sample county is read whole: rows, total and people as the generator wrote them.
func TestTheSampleCountyIsReadAsWritten(t *testing.T) {
	w := newWorld(t)
	dir := w.dir + "/county"
	w.ok("gen", "--out", dir, "--households", "300")
	truth, err := fixtures.ReadTruth(dir + "/" + fixtures.TruthFile)
	w.must(err)
	for _, b := range truth.Books {
		no := w.publish(dir+"/"+b.File, b)
		if no == "" {
			t.Errorf("%s was not published", b.File)
		}
	}
	w.ok("reindex")
	engine, keys := w.engine(), w.keys()
	for _, p := range truth.People {
		var total ledger.Fen
		rows := 0
		for _, pay := range p.Payments {
			if fund := truth.Books[pay.Book].Fund; fund != "GE01" { // open in totals only
				total += pay.Amount
				rows++
			}
		}
		if rows == 0 {
			continue
		}
		id, _ := ledger.ParseID(p.ID)
		person, err := engine.Lookup(t.Context(), keys.Token(id), search.Normalise(p.Name))
		if err != nil {
			t.Fatalf("a person with %d payments is not found: %v", rows, err)
		}
		book, err := w.db.OwnBook(t.Context(), person)
		w.must(err)
		if book.Own.Rows != rows || book.Own.Total != total {
			t.Errorf("a person has %d payments of %s, the truth is %d of %s", book.Own.Rows, book.Own.Total, rows, total)
		}
		for _, pay := range book.Payments {
			if pay.Role == ledger.Householder && !knows(truth, p, pay) {
				t.Errorf("batch %d %s row %d is not where the generator wrote it", pay.Batch, pay.Sheet, pay.SheetRow)
			}
		}
	}
	w.ok("verify")
}

func knows(t *fixtures.Truth, h fixtures.Household, p ledger.Payment) bool {
	for _, want := range h.Payments {
		b := t.Books[want.Book]
		if b.File == p.FileName && want.Sheet == p.Sheet && want.Row == p.SheetRow && want.Amount == p.Amount &&
			b.Period == p.Period && strings.Contains(p.Village, strings.TrimSuffix(h.Village, "村")) {
			return true
		}
	}
	return false
}
