package search

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"mingbai/ledger"
)

// ErrNoIndex says that Meilisearch lacks the living index. Heal builds it again.
var ErrNoIndex = &ledger.Error{Kind: ledger.KindUnavailable, Message: "检索索引不存在，正在等待重建"}

// ErrTouched says that the living index is not as it was left. Heal compares and mends it.
var ErrTouched = &ledger.Error{Kind: ledger.KindUnavailable, Message: "检索索引被别处改动过，正在等待核对", Cause: errTouched}

const stretch = 10_000 // outbox entries read at once

// Drain brings the index up to the outbox and empties it. What Meilisearch refuses is kept as faults, and while there are
// any the books go on answering; everything else goes in.
func (e *Engine) Drain(ctx context.Context) (n int, err error) {
	err = e.books.WithIndexLock(ctx, func(ctx context.Context) error {
		if e.client == nil {
			n, err = e.discard(ctx)
			return err
		}
		if err := e.untouched(ctx); err != nil {
			if errors.Is(err, errTouched) {
				return ErrTouched
			}
			return err
		}
		n, err = e.drain(ctx)
		return err
	})
	return n, e.noted(err)
}

func (e *Engine) drain(ctx context.Context) (n int, err error) {
	state, err := e.books.IndexState(ctx)
	if err != nil {
		return 0, err
	}
	generation := state.Generation
	// Sending to an index that is not there would make one up.
	if _, err := e.counts(ctx, generation); err != nil {
		return 0, err
	}
	for {
		c, err := e.books.PendingIndex(ctx, stretch)
		if err != nil || len(c.Seqs) == 0 {
			return n, err
		}
		done, err := e.apply(ctx, generation, c)
		if err != nil {
			return n, err
		}
		if done.Marks, err = e.marks(ctx, generation); err != nil {
			return n, err
		}
		if err := e.books.DoneIndex(ctx, done); err != nil {
			return n, err
		}
		n += len(c.Seqs)
		e.flow.add(len(c.Seqs))
		e.health.stick("")
	}
}

// discard empties the outbox where there is no index. An index of earlier days would then be out of date without anybody
// knowing, so first no index lives any more.
func (e *Engine) discard(ctx context.Context) (n int, err error) {
	if state, err := e.books.IndexState(ctx); err != nil {
		return 0, err
	} else if state.Generation != "" {
		if err := e.books.SwitchIndex(ctx, "", nil); err != nil {
			return 0, err
		}
	}
	for {
		c, err := e.books.PendingIndex(ctx, stretch)
		if err != nil || len(c.Seqs) == 0 {
			return n, err
		}
		if err := e.books.DoneIndex(ctx, ledger.IndexDone{Seqs: c.Seqs}); err != nil {
			return n, err
		}
		n += len(c.Seqs)
	}
}

// apply brings a generation to what a stretch says, one index after the other, so that there are never more tasks under way
// than one writer allows itself. It tells what was refused, and what was refused once and is in now.
func (e *Engine) apply(ctx context.Context, generation string, c ledger.IndexChanges) (done ledger.IndexDone, err error) {
	known, err := e.books.IndexFaults(ctx, generation)
	if err != nil {
		return done, err
	}
	done.Seqs = c.Seqs
	w := e.writer(people, generation)
	l := e.writer(lookups, generation)
	// A task of Meilisearch either adds or removes. A stretch names every document once, so that what stays goes first and
	// what goes follows in one task, instead of the two by turns in hundreds.
	for _, leaving := range []bool{false, true} {
		for _, p := range c.People {
			if (len(p.FundCodes) == 0) == leaving {
				if err := w.change(ctx, p.Ref.String(), "", personOf(p), leaving); err != nil {
					return done, err
				}
			}
		}
	}
	if err := w.finish(ctx); err != nil {
		return done, err
	}
	for _, leaving := range []bool{false, true} {
		for _, p := range c.Lookups {
			if p.Live != leaving {
				if err := l.change(ctx, p.Person, "", lookupOf(p), leaving); err != nil {
					return done, err
				}
			}
		}
	}
	if err := l.finish(ctx); err != nil {
		return done, err
	}
	inCatalogue, err := e.applyCatalogue(ctx, generation, c)
	if err != nil {
		return done, err
	}
	done.Faults = slices.Concat(w.refused, l.refused, inCatalogue)
	done.Mended = mended(known, done.Faults, c)
	e.tellFaults(done.Faults)
	return done, nil
}

// mended are the faults known of documents that a stretch names and that were not refused again.
func mended(known, refused []ledger.IndexFault, c ledger.IndexChanges) (mended []ledger.IndexFault) {
	for _, f := range known {
		named := slices.Contains(c.Funds, f.Fund)
		switch f.Index {
		case people:
			named = slices.ContainsFunc(c.People, func(p ledger.PeopleEntry) bool { return p.Ref.String() == f.Document })
		case lookups:
			named = slices.ContainsFunc(c.Lookups, func(l ledger.LookupEntry) bool { return l.Person == f.Document })
		}
		again := slices.ContainsFunc(refused, func(g ledger.IndexFault) bool { return f.Index == g.Index && f.Document == g.Document })
		if named && !again {
			mended = append(mended, f)
		}
	}
	return mended
}

// tellFaults names refused documents in the log.
func (e *Engine) tellFaults(faults []ledger.IndexFault) {
	for i, f := range faults {
		if i == 10 {
			e.config.Log.Warn("还有文档未被索引收下", "数", len(faults)-i)
			return
		}
		e.config.Log.Warn("索引不收一份文档，由账簿直接回答", "索引", f.Index, "文档", f.Document, "原因", f.Code)
	}
}

func (e *Engine) writer(kind, generation string) *writer {
	return &writer{client: e.client, kind: kind, uid: e.uid(kind, generation)}
}

// noted keeps an error of Meilisearch's for Status, and tells by its kind whether trying again may help.
func (e *Engine) noted(err error) error {
	if ours, ok := err.(*ledger.Error); ok && ours != ErrNoIndex && ours != ErrTouched {
		return err // the books', or noted already
	}
	var f *fault
	var r *Refusal
	if !errors.As(err, &f) && !errors.As(err, &r) && !errors.Is(err, ErrNoIndex) && !errors.Is(err, ErrTouched) {
		return err
	}
	e.failed(err)
	if isAway(err) {
		e.breaker.seen(err)
		return &ledger.Error{Kind: ledger.KindUnavailable, Message: "检索服务不可用", Cause: err}
	}
	if r != nil {
		e.health.stick(r.Code)
		return &ledger.Error{Kind: ledger.KindUnavailable, Message: "检索服务写不进去（" + r.Code + "）", Cause: err}
	}
	return err
}

// flow counts what goes from the outbox into the index, to tell how fast.
type flow struct {
	mu    sync.Mutex
	total int
	last  []portion // of the last minute
}

type portion struct {
	at time.Time
	n  int
}

func (f *flow) add(n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.total += n
	f.last = append(f.last, portion{time.Now(), n})
	f.forget()
}

func (f *flow) forget() {
	for len(f.last) > 0 && time.Since(f.last[0].at) > time.Minute {
		f.last = f.last[1:]
	}
}

// read answers how many changes went in since the process began, and how many in the last minute.
func (f *flow) read() (total, lastMinute int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.forget()
	for _, p := range f.last {
		lastMinute += p.n
	}
	return f.total, lastMinute
}
