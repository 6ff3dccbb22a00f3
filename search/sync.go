package search

import (
	"context"
	"errors"
	"sync"
	"time"

	"mingbai/ledger"
)

// ErrNoIndex says that Meilisearch lacks the living index. Heal builds it again.
var ErrNoIndex = &ledger.Error{Kind: ledger.KindUnavailable, Message: "检索索引不存在，正在等待重建"}

// ErrTouched says that the living index is not as it was left. Heal compares and mends it.
var ErrTouched = &ledger.Error{Kind: ledger.KindUnavailable, Message: "检索索引被别处改动过，正在等待核对", Cause: errTouched}

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
	return stream{e, generation, e.books.PendingIndex, func(ctx context.Context, done ledger.IndexDone) (err error) {
		if done.Marks, err = e.marks(ctx, generation); err != nil {
			return err
		}
		if err := e.books.DoneIndex(ctx, done); err != nil {
			return err
		}
		e.flow.add(len(done.Seqs))
		e.health.stick("")
		return nil
	}}.run(ctx)
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
		c, err := e.books.PendingIndex(ctx, 0, stretch)
		if err != nil || len(c.Seqs) == 0 {
			return n, err
		}
		if err := e.books.DoneIndex(ctx, ledger.IndexDone{Seqs: c.Seqs}); err != nil {
			return n, err
		}
		n += len(c.Seqs)
	}
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
