package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"mingbai/fixtures"
	"mingbai/ledger"
	"mingbai/ledger/postgres"
	"mingbai/search"
)

// catchUp in the environment is how many entries the county has to whose index a publication is told; `make catch-up` sets it.
const catchUp = "MINGBAI_CATCH_UP"

// TestCatchUp tells how long the index takes for what was published, where the time goes, and how long Meilisearch itself
// takes for the same bodies, sent one after the other to indexes of the same content.
func TestCatchUp(t *testing.T) {
	entries, _ := strconv.Atoi(os.Getenv(catchUp))
	if entries == 0 {
		t.Skip("only by make catch-up: it takes minutes")
	}
	w := newOwnWorld(t)
	c := w.settled(entries)
	w.rawIndexes()
	w.sendRaw(w.recordReindex())
	no, rows, last := w.onTop(c, max(c.Entries/100_000, 1))
	w.must(w.db.Publish(t.Context(), no, "wang"))
	books, changes := &timedBooks{DB: w.db}, 0
	began := time.Now()
	r := w.record(books, func(e *search.Engine) (err error) {
		changes, err = e.Drain(t.Context())
		return err
	})
	took := time.Since(began)
	began = time.Now()
	w.sendRaw(r)
	raw := time.Since(began)
	t.Logf("%d rows on top of %d entries: %d changes are in the index after %v (%.0f/s), in %d tasks of %.1f MB; the same sent raw %v: ratio %.2f", rows, entries,
		changes, took.Round(time.Millisecond), float64(changes)/took.Seconds(), len(r.sent), float64(r.bytes)/(1<<20), raw.Round(time.Millisecond), took.Seconds()/raw.Seconds())
	t.Logf("of it reading the books %v, taking off the outbox %v", books.read.Round(time.Millisecond), books.done.Round(time.Millisecond))
	w.dropRaw()
	w.peak("verify")
	gone := fmt.Appendf(nil, `{"filter":"fund_years = \"TG01@2026\" AND place_codes = \"%s\""}`, last.Village.Code)
	w.await(w.task(http.MethodPost, "/indexes/people_"+fixtures.County+"_"+w.generation()+"/documents/delete", gone))
	w.peak("verify", "--repair")
}

// peak runs the program by itself and tells how much memory it took at most.
func (w *world) peak(args ...string) {
	w.t.Helper()
	cmd, began := w.program(args...), time.Now()
	out, err := cmd.CombinedOutput()
	if err != nil {
		w.t.Fatalf("mingbai %s: %v\n%s", strings.Join(args, " "), err, tail(string(out), 1000))
	}
	w.t.Logf("%s took %v and %s: %s", strings.Join(args, " "), time.Since(began).Round(time.Millisecond), memoryOf(cmd), tail(string(out), 120))
}

// timedBooks tell how long the books took over the outbox.
type timedBooks struct {
	*postgres.DB
	read, done time.Duration
}

func (b *timedBooks) PendingIndex(ctx context.Context, after int64, limit int) (ledger.IndexChanges, error) {
	began := time.Now()
	defer func() { b.read += time.Since(began) }()
	return b.DB.PendingIndex(ctx, after, limit)
}

func (b *timedBooks) DoneIndex(ctx context.Context, done ledger.IndexDone) error {
	began := time.Now()
	defer func() { b.done += time.Since(began) }()
	return b.DB.DoneIndex(ctx, done)
}
