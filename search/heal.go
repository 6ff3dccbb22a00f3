package search

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"mingbai/ledger"
)

// What may ail the living index.
const (
	ailMissing  = "missing"  // it is not there: emptied, another's, or never built
	ailSettings = "settings" // it is not set up as it should be
	ailTouched  = "touched"  // it was changed by another hand, or is an older copy
	ailCount    = "count"    // it holds another number of documents than the books
)

var ailments = map[string]string{
	ailMissing: "索引不存在", ailSettings: "索引的设置被改动", ailTouched: "索引被别处改动过", ailCount: "索引的文档数与账不符",
}

// Heal looks whether the living index is there and sound, and mends it when it is not: it is compared and what differs is put
// right, or it is built anew. It goes on with a rebuild that was interrupted, and drains what no job drains. It is meant to be
// called every few seconds: when all is well it costs some small requests. After a rebuild that failed it rests, up to ten
// minutes.
func (e *Engine) Heal(ctx context.Context) error {
	if e.client == nil {
		return nil
	}
	began := time.Now()
	err := e.reach(ctx)
	quick := time.Since(began) <= slowCall/2
	why := ""
	if err == nil {
		why, err = e.ailment(ctx)
	}
	if err == nil && quick {
		e.breaker.seen(nil)
	}
	if err == nil && why == "" {
		return e.noted(e.goOn(ctx))
	}
	if err != nil || !e.health.rested() {
		return e.noted(err)
	}
	if why == ailTouched {
		why, err = e.mendTouched(ctx)
	}
	if err == nil && why != "" {
		err = e.books.WithBuildLock(ctx, func(ctx context.Context) error {
			// Another process may have healed it before we had the lock.
			if why, err := e.ailment(ctx); err != nil || why == "" {
				return err
			}
			e.config.Log.Warn("检索索引有问题，开始重建", "原因", why)
			e.journal.add(ailments[why] + "，开始重建")
			return e.rebuild(ctx, nil)
		})
	}
	if errors.Is(err, ledger.ErrConflict) {
		return nil // another process is at it
	}
	e.health.healed(err)
	return e.noted(err)
}

// mendTouched compares the living index and puts right what differs. What is too much for that, it answers as an ailment.
func (e *Engine) mendTouched(ctx context.Context) (why string, err error) {
	err = e.books.WithIndexLock(ctx, func(ctx context.Context) error {
		if why, err = e.ailment(ctx); err != nil || why != ailTouched {
			return err
		}
		e.config.Log.Warn("检索索引被别处改动过，开始核对", "原因", why)
		e.journal.add(ailments[ailTouched] + "，开始核对")
		r, err := e.verify(ctx, true, nil)
		if err != nil {
			return err
		}
		why = ""
		switch {
		case r.Whole():
			why = ailSettings
		case len(r.Left) > 0:
			why = ailCount
		}
		e.config.Log.Info("检索索引已核对", "不符", len(r.Found), "已修", r.Mended)
		e.journal.add(fmt.Sprintf("核对完毕：%d处不符，修好%d处", len(r.Found), r.Mended))
		return nil
	})
	return why, err
}

// goOn does what was left undone.
func (e *Engine) goOn(ctx context.Context) error {
	if !e.health.rested() {
		return nil
	}
	build, err := e.Interrupted(ctx)
	if err == nil && build.Generation != "" {
		err = e.books.WithBuildLock(ctx, func(ctx context.Context) error {
			if build, err = e.Interrupted(ctx); err != nil || build.Generation == "" {
				return err
			}
			e.journal.add("重建曾中断，接着做")
			return e.rebuild(ctx, nil)
		})
		if errors.Is(err, ledger.ErrConflict) { // it is not interrupted; somebody is at it
			err = nil
		} else {
			e.health.healed(err)
		}
	}
	if err != nil {
		return err
	}
	lag, err := e.books.IndexLag(ctx)
	if err != nil || lag.Pending == 0 || time.Since(lag.Oldest) < lateAfter {
		return err
	}
	if _, err = e.Drain(ctx); errors.Is(err, ledger.ErrConflict) {
		return nil
	}
	return err
}

// lateAfter is when a change on the outbox is old enough to doubt that a job will drain it: jobs die, too.
const lateAfter = 5 * time.Second

// ailment says what is wrong with the living index; "" when nothing is.
func (e *Engine) ailment(ctx context.Context) (string, error) {
	if err := e.reach(ctx); err != nil {
		return "", err
	}
	// The marks before the state: between the two they may fall behind it, which the state then tells.
	state, err := e.books.IndexState(ctx)
	if err != nil {
		return "", err
	}
	generation := state.Generation
	held, err := e.counts(ctx, generation)
	if errors.Is(err, ErrNoIndex) {
		return ailMissing, nil
	}
	if err != nil {
		return "", err
	}
	for _, k := range e.kinds() {
		if ok, err := e.client.hasSettings(ctx, e.uid(k.name, generation), k.settings); err != nil || !ok {
			return ailSettings, err
		}
	}
	marks, err := e.marks(ctx, generation)
	if err != nil {
		return "", err
	}
	if !slices.Equal(marks, state.Marks) {
		return ailTouched, nil
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
		for _, err := range k.all(ctx, "") {
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
		return ailCount, nil
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

func (h *health) healed(err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if err == nil {
		h.pause, h.rest, h.off = 0, time.Time{}, false
		return
	}
	h.pause = min(max(h.pause*2, 5*time.Second), 10*time.Minute)
	h.rest = time.Now().Add(h.pause)
}
