package search

import (
	"context"
	"errors"
	"time"

	"mingbai/ledger"
)

// Heal looks whether the living index is there and sound, and rebuilds it when it is not. It is meant to be called every
// few seconds: when all is well it costs seven small requests. After a rebuild that failed it rests, up to ten minutes.
func (e *Engine) Heal(ctx context.Context) error {
	if e.client == nil || !e.health.rested() {
		return nil
	}
	why, err := e.ailment(ctx)
	if err == nil {
		e.answered()
	}
	if err != nil || why == "" {
		return e.noted(err)
	}
	err = e.books.WithIndexLock(ctx, func(ctx context.Context) error {
		// Another process may have healed it before we had the lock.
		if why, err = e.ailment(ctx); err != nil || why == "" {
			return err
		}
		e.config.Log.Warn("检索索引有问题，开始重建", "原因", why)
		err := e.rebuild(ctx, nil)
		e.health.rebuilt(err)
		return err
	})
	if errors.Is(err, ledger.ErrConflict) {
		return nil // another process is at it
	}
	return e.noted(err)
}

// ailment says what is wrong with the living index; "" when nothing is.
func (e *Engine) ailment(ctx context.Context) (string, error) {
	if err := e.reach(ctx); err != nil {
		return "", err
	}
	state, err := e.books.IndexState(ctx)
	if err != nil {
		return "", err
	}
	generation := state.Generation
	held, err := e.counts(ctx, generation)
	if errors.Is(err, ErrNoIndex) {
		return "missing", nil
	}
	if err != nil {
		return "", err
	}
	for _, k := range e.kinds() {
		if ok, err := e.client.hasSettings(ctx, e.uid(k.name, generation), k.settings); err != nil || !ok {
			return "settings", err
		}
	}
	return e.miscount(ctx, held)
}

// countEmpty is how often an index that stays empty is held against the books: it may be rightly so, where every fund is
// closed. One that has just become empty is looked at once.
const countEmpty = 10 * time.Second

// miscount compares the number of documents with the books. That reads all the books, so it is done now and then, and
// when an index is empty. Changes may be on their way while it counts: only the second of two counts in a row is believed.
func (e *Engine) miscount(ctx context.Context, held []int) (string, error) {
	if !e.health.countDue(e.config.CountEvery, held) {
		return "", nil
	}
	if state, err := e.books.IndexState(ctx); err != nil || state.Behind {
		return "", err
	}
	off := false
	for i, k := range e.kinds() {
		n := 0
		for _, err := range k.all(ctx) {
			if err != nil {
				return "", err
			}
			n++
		}
		off = off || n != held[i]
	}
	if state, err := e.books.IndexState(ctx); err != nil || state.Behind {
		return "", err
	}
	if e.health.secondTime(off) {
		return "count", nil
	}
	return "", nil
}

func (h *health) countDue(every time.Duration, held []int) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	empty := 0 // a bit for each index
	for i, n := range held {
		if n == 0 {
			empty |= 1 << i
		}
	}
	emptied := empty&^h.empty != 0
	h.empty = empty
	if empty != 0 {
		every = min(every, countEmpty)
	}
	if !h.off && !emptied && time.Since(h.counted) < every {
		return false
	}
	h.counted = time.Now()
	return true
}

func (h *health) secondTime(off bool) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	again := h.off && off
	h.off = off
	return again
}

func (h *health) rested() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return !time.Now().Before(h.rest)
}

func (h *health) rebuilt(err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if err == nil {
		h.pause, h.rest, h.off = 0, time.Time{}, false
		return
	}
	h.pause = min(max(h.pause*2, 5*time.Second), 10*time.Minute)
	h.rest = time.Now().Add(h.pause)
}
