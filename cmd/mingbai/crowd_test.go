package main

import (
	"crypto/sha256"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"mingbai/fixtures"
	"mingbai/ledger"
	"mingbai/ledger/postgres"
	"mingbai/search"
)

// settle makes a county with so many public entries of a person in a village by the books' own road, rows staged, certified
// and published batch by batch; only the workbooks are left out. One batch is staged while the one before is published. The
// outbox is full afterwards, as after any publication: see indexed.
func (w *world) settle(entries int) fixtures.Crowd {
	w.t.Helper()
	c := fixtures.Crowd{Entries: entries, Seed: 1}
	o, places, began, rows := w.office(), ledger.NewGazetteer(fixtures.Regions()), time.Now(), 0
	staged, failed := make(chan int64, 1), make(chan error, 1)
	go func() {
		defer close(staged)
		for n := range c.Batches() {
			no, err := w.db.Import(w.t.Context(), crowdUpload(c, n), crowdRows(c, n, o, places))
			if err != nil {
				failed <- err
				return
			}
			staged <- no
		}
	}()
	for no := range staged {
		w.must(w.db.Certify(w.t.Context(), no, "wang", "r"))
		w.must(w.db.Publish(w.t.Context(), no, "wang"))
		b, err := w.db.Batch(w.t.Context(), no)
		w.must(err)
		rows += b.Rows
	}
	select {
	case err := <-failed:
		w.t.Fatal(err)
	default:
	}
	took := time.Since(began)
	w.t.Logf("a county of %d entries and %d payments settled in %v (%.0f rows/s)", entries, rows, took.Round(time.Millisecond), float64(rows)/took.Seconds())
	return c
}

// settled is a county settled and indexed, or the same kept from an earlier run.
func (w *world) settled(entries int) fixtures.Crowd {
	w.t.Helper()
	note := filepath.Join(w.dir, fmt.Sprintf("settled-%d", entries))
	if !w.founded() {
		if !exists(note) {
			w.t.Fatalf("%s keeps another county, or half of one: name another folder", w.dir)
		}
		return fixtures.Crowd{Entries: entries, Seed: 1}
	}
	c := w.settle(entries)
	w.indexed()
	w.must(os.WriteFile(note, nil, 0o600))
	return c
}

func crowdUpload(c fixtures.Crowd, n int) postgres.Upload {
	b := c.Batches()[n]
	return postgres.Upload{
		Fund: b.Fund, Period: ledger.Period(strconv.Itoa(b.Year)), FileName: b.Fund + strconv.Itoa(b.Year) + ".xlsx",
		SHA256: sha256.Sum256(fmt.Append(nil, "crowd", c, n)), Sealed: []byte("f"), RuleVersion: "r", By: "li", Note: "已核对",
	}
}

// crowdRows are the rows of the nth batch, village by village, as the office stages them.
func crowdRows(c fixtures.Crowd, n int, o *office, places *ledger.Gazetteer) iter.Seq2[ledger.StagedRow, error] {
	const standard = 839_400
	paid := time.Date(2025, 6, 18, 0, 0, 0, 0, ledger.Shanghai)
	return func(yield func(ledger.StagedRow, error) bool) {
		line := 0
		for i := range c.Len() {
			if !c.In(i, n) {
				continue
			}
			line++
			r := c.At(i)
			id, _ := ledger.ParseID(r.ID)
			amount, _ := r.Area.Times(standard)
			if !yield(o.stage(ledger.Row{
				Line: line, Sheet: "清册", SheetRow: line + 3, Town: r.Town.Name, Village: r.Village.Name, Group: r.Group,
				Head: ledger.Party{Name: r.Name, ID: id}, Basis: r.Area, BasisUnit: "亩", Standard: standard, Amount: amount,
				PaidOn: paid, Status: ledger.Paid,
			}, places), nil) {
				return
			}
		}
	}
}

// indexed builds the index of a settled county. The outbox is emptied before, and not drained: a new index holds all that it
// names.
func (w *world) indexed() *search.Engine {
	w.t.Helper()
	_, err := w.sql().Exec(w.t.Context(), `truncate search_outbox`)
	w.must(err)
	e, began := w.engine(), time.Now()
	w.must(e.Reindex(w.t.Context(), nil))
	s := e.Status(w.t.Context())
	took := time.Since(began)
	w.t.Logf("index of %d people and %d lookups built in %v (%.0f documents/s)", s.People, s.Lookups, took.Round(time.Millisecond),
		float64(s.People+s.Lookups)/took.Seconds())
	return e
}
