package main

import (
	"strings"
	"syscall"
	"testing"
	"time"

	"mingbai/fixtures"
	"mingbai/ledger"
	"mingbai/ledger/postgres"
)

// A reindex that is killed goes on where it was, in another process, and takes in what was published and withdrawn meanwhile.
func TestReindexGoesOnAfterAKill(t *testing.T) {
	w := newWorld(t)
	path, truth := w.book(fixtures.One{Layout: fixtures.LayoutCard, Rows: 200, Seed: 21})
	first := w.publish(path, truth.Books[0])
	// The rebuild stops for long enough, when people are in and somebody could look themselves up.
	_, err := w.sql().Exec(t.Context(), `
		create function dawdle() returns trigger language plpgsql as $$ begin perform pg_sleep(30); return new; end $$;
		create trigger dawdle before insert on index_build_part for each row when (new.index_name = 'lookup') execute function dawdle()`)
	w.must(err)
	reindex := w.program("reindex")
	w.must(reindex.Start())
	w.eventually("people to be in", 20*time.Second, func() bool {
		b, err := w.db.IndexBuild(t.Context())
		w.must(err)
		return b.Part("people").Complete
	})
	w.must(reindex.Process.Signal(syscall.SIGKILL))
	_ = reindex.Wait()
	_, err = w.sql().Exec(t.Context(), `drop trigger dawdle on index_build_part`)
	w.must(err)

	w.ok("withdraw", first, "--as", "wang", "--reason", "试验撤回")
	path, truth = w.book(fixtures.One{Layout: fixtures.LayoutCard, Rows: 150, Seed: 22})
	w.publish(path, truth.Books[0])
	code, _, errs := w.run("reindex")
	if code != exitFine || !strings.Contains(errs, "接着上次中断的重建：已有") {
		t.Errorf("reindex after the kill: exit %d, %s", code, errs)
	}
	w.ok("verify")
	if s := w.engine().Status(t.Context()); s.Answering != "index" || s.People == 0 {
		t.Errorf("%+v", s)
	}
	if b, err := w.db.IndexBuild(t.Context()); err != nil || b.Generation != "" {
		t.Errorf("a build is left: %+v, %v", b, err)
	}
}

// What leaves the outbox while a generation is filled is kept for it; a document that is refused makes the books answer, is
// tried again after a pause that grows, and is forgotten when it is taken.
func TestTheBooksRememberWhatTheIndexLacks(t *testing.T) {
	clock := time.Date(2026, 5, 1, 10, 0, 0, 0, time.UTC)
	w := newWorld(t)
	path, truth := w.book(fixtures.One{Layout: fixtures.LayoutCard, Rows: 40, Seed: 23})
	w.publish(path, truth.Books[0])
	db, err := postgres.Open(t.Context(), w.url, fixtures.County, postgres.Options{Now: func() time.Time { return clock }})
	w.must(err)
	t.Cleanup(db.Close)
	ctx := t.Context()

	w.must(db.SwitchIndex(ctx, "00000001", []string{"a"}))
	w.must(db.BeginIndexBuild(ctx, "00000002"))
	c, err := db.PendingIndex(ctx, 0, 1000)
	w.must(err)
	person := c.People[0].Ref
	refused := ledger.IndexFault{Index: "people", Document: person.String(), Code: "invalid_document_fields"}
	w.must(db.DoneIndex(ctx, ledger.IndexDone{Seqs: c.Seqs, Marks: []string{"b"}, Faults: []ledger.IndexFault{refused}}))
	if kept, err := db.PendingIndexBuild(ctx, 0, 1000); err != nil || len(kept.Seqs) != len(c.Seqs) || len(kept.People) != len(c.People) {
		t.Errorf("%d of %d changes were kept for the build, %v", len(kept.Seqs), len(c.Seqs), err)
	}
	state := func() ledger.IndexState {
		s, err := db.IndexState(ctx)
		w.must(err)
		return s
	}
	if s := state(); !s.Behind || s.Generation != "00000001" || strings.Join(s.Marks, "") != "b" {
		t.Errorf("with a refused document: %+v", s)
	}

	for tries, pause := 1, time.Minute; tries <= 3; tries, pause = tries+1, 2*pause {
		clock = clock.Add(pause - time.Second)
		w.must(db.RetryIndexFaults(ctx))
		if lag, err := db.IndexLag(ctx); err != nil || lag.Pending != 0 {
			t.Fatalf("try %d: %+v before its time, %v", tries, lag, err)
		}
		clock = clock.Add(time.Second)
		w.must(db.RetryIndexFaults(ctx))
		w.must(db.RetryIndexFaults(ctx)) // asked for once
		again, err := db.PendingIndex(ctx, 0, 1000)
		w.must(err)
		if len(again.People) != 1 || again.People[0].Ref != person || len(again.Lookups) != 1 {
			t.Fatalf("try %d: %+v", tries, again)
		}
		done := ledger.IndexDone{Seqs: again.Seqs, Faults: []ledger.IndexFault{refused}}
		if tries == 3 {
			done.Faults, done.Mended = nil, []ledger.IndexFault{refused}
		}
		w.must(db.DoneIndex(ctx, done))
		if all, err := db.IndexFaults(ctx, "00000001"); err != nil || (tries < 3 && (len(all) != 1 || all[0].Tries != tries+1)) || tries == 3 && len(all) != 0 {
			t.Fatalf("try %d: faults %+v, %v", tries, all, err)
		}
	}
	if s := state(); s.Behind {
		t.Errorf("mended: %+v", s)
	}
	w.must(db.KeepIndexFaults(ctx, "00000002", []ledger.IndexFault{refused}, nil))
	if state().Behind {
		t.Error("what the next generation would not take makes the living one behind")
	}
	w.must(db.SwitchIndex(ctx, "00000002", []string{"c"}))
	if b, err := db.IndexBuild(ctx); !state().Behind || err != nil || b.Generation != "" {
		t.Errorf("after the swap: %+v, %+v, %v", state(), b, err)
	}
}
