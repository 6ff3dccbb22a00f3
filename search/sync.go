package search

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"mingbai/ledger"
)

// ErrNoIndex says that Meilisearch lacks the living index. Heal builds it again.
var ErrNoIndex = &ledger.Error{Kind: ledger.KindUnavailable, Message: "检索索引不存在，正在等待重建"}

const stretch = 10_000 // outbox entries read at once

// Drain brings the index up to the outbox and empties it. What Meilisearch rejects stays in the outbox, so that the books
// go on answering, and is named by a Rejected.
func (e *Engine) Drain(ctx context.Context) (n int, err error) {
	err = e.books.WithIndexLock(ctx, func(ctx context.Context) error {
		if e.client == nil {
			n, err = e.discard(ctx)
		} else {
			n, err = e.drain(ctx)
		}
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
	return e.each(ctx, func(c ledger.IndexChanges) error { return e.apply(ctx, generation, c) })
}

// discard empties the outbox where there is no index. An index of earlier days would then be out of date without anybody
// knowing, so first no index lives any more.
func (e *Engine) discard(ctx context.Context) (int, error) {
	if state, err := e.books.IndexState(ctx); err != nil {
		return 0, err
	} else if state.Generation != "" {
		if err := e.books.SwitchIndex(ctx, ""); err != nil {
			return 0, err
		}
	}
	return e.each(ctx, func(ledger.IndexChanges) error { return nil })
}

// each goes through the outbox, stretch by stretch.
func (e *Engine) each(ctx context.Context, apply func(ledger.IndexChanges) error) (n int, err error) {
	for {
		c, err := e.books.PendingIndex(ctx, stretch)
		if err != nil || len(c.Seqs) == 0 {
			return n, err
		}
		if err := apply(c); err != nil {
			return n, err
		}
		if err := e.books.DoneIndex(ctx, c.Seqs); err != nil {
			return n, err
		}
		n += len(c.Seqs)
	}
}

// apply brings all indexes to what a stretch says. A document that is rejected keeps no other from going in.
func (e *Engine) apply(ctx context.Context, generation string, c ledger.IndexChanges) error {
	w := &writer{client: e.client, uid: e.uid(people, generation)}
	l := &writer{client: e.client, uid: e.uid(lookups, generation)}
	// A task of Meilisearch either adds or removes. A stretch names every document once, so that what stays goes first and
	// what goes follows in one task, instead of the two by turns in hundreds.
	for _, leaving := range []bool{false, true} {
		for _, p := range c.People {
			if (len(p.FundCodes) == 0) != leaving {
				continue
			}
			if err := w.change(ctx, p.Ref.String(), personOf(p), leaving); err != nil {
				return err
			}
		}
		for _, p := range c.Lookups {
			if p.Live == leaving {
				continue
			}
			if err := l.change(ctx, p.Person, lookupOf(p), leaving); err != nil {
				return err
			}
		}
	}
	return errors.Join(w.finish(ctx), l.finish(ctx), e.applyCatalogue(ctx, generation, c))
}

// Reindex builds a new generation beside the living one from the books and puts it in its place. progress, which may be
// nil, is told how many documents were sent.
func (e *Engine) Reindex(ctx context.Context, progress func(done int)) error {
	if e.client == nil {
		return ledger.Errorf(ledger.KindInvalid, "没有配置检索服务（MINGBAI_MEILI_URL）")
	}
	return e.noted(e.books.WithIndexLock(ctx, func(ctx context.Context) error { return e.rebuild(ctx, progress) }))
}

func (e *Engine) rebuild(ctx context.Context, progress func(done int)) (err error) {
	began := time.Now()
	state, err := e.books.IndexState(ctx)
	if err != nil {
		return err
	}
	old := state.Generation
	next := successor(old)
	if err := e.drop(ctx, next); err != nil { // what a rebuild that died has left
		return err
	}
	defer func() {
		if err != nil {
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
			defer cancel()
			_ = e.drop(ctx, next) // the next rebuild tries again
		}
	}()
	n, err := e.fill(ctx, next, progress)
	if err != nil {
		return err
	}
	if err := e.books.SwitchIndex(ctx, next); err != nil {
		return err
	}
	e.config.Log.Info("检索索引已重建", "代", next, "文档", n, "用时", time.Since(began).Round(time.Millisecond))
	if old == "" {
		return nil
	}
	// From here on the new generation lives; that the old one could not be dropped does no harm but to the disk. Searches
	// on their way to it find it missing and ask for the new one.
	if err := e.drop(ctx, old); err != nil {
		e.config.Log.Warn("旧索引没有删除", "代", old, "原因", err)
	}
	return nil
}

// fill makes all indexes of a generation. Afterwards they hold exactly as many documents as were sent.
func (e *Engine) fill(ctx context.Context, generation string, progress func(done int)) (done int, err error) {
	for _, k := range e.kinds() {
		before := done
		n, err := e.fillOne(ctx, e.uid(k.name, generation), k.settings, func(w *writer) error {
			for d, err := range k.all(ctx) {
				if err == nil {
					err = w.put(ctx, d.id, d.document)
				}
				if err != nil {
					return err
				}
				report(progress, before+w.sent)
			}
			return nil
		})
		if err != nil {
			return 0, err
		}
		done += n
	}
	if progress != nil {
		progress(done)
	}
	return done, nil
}

// fillOne makes one index, has it written and sees that everything is in it.
func (e *Engine) fillOne(ctx context.Context, uid, settings string, write func(*writer) error) (int, error) {
	if err := e.client.create(ctx, uid, settings); err != nil {
		return 0, err
	}
	w := &writer{client: e.client, uid: uid}
	if err := write(w); err != nil {
		return 0, err
	}
	if err := w.finish(ctx); err != nil {
		return 0, err
	}
	n, err := e.client.count(ctx, uid)
	if err == nil && n != w.sent {
		err = fmt.Errorf("search: %d documents were sent to %s, it holds %d", w.sent, uid, n)
	}
	return n, err
}

func report(progress func(done int), done int) {
	if progress != nil && done%1000 == 0 {
		progress(done)
	}
}

// counts are the documents in each index of a generation; ErrNoIndex when one is missing.
func (e *Engine) counts(ctx context.Context, generation string) (held []int, err error) {
	if generation == "" {
		return nil, ErrNoIndex
	}
	for _, k := range e.kinds() {
		n, err := e.client.count(ctx, e.uid(k.name, generation))
		if hasCode(err, codeNoIndex) {
			return nil, ErrNoIndex
		}
		if err != nil {
			return nil, err
		}
		held = append(held, n)
	}
	return held, nil
}

func (e *Engine) drop(ctx context.Context, generation string) (err error) {
	for _, k := range e.kinds() {
		err = errors.Join(err, e.client.drop(ctx, e.uid(k.name, generation)))
	}
	return err
}

// successor names the generation that follows one; the first is random.
func successor(generation string) string {
	var seed [4]byte
	if generation == "" {
		_, _ = rand.Read(seed[:]) // never fails
		return hex.EncodeToString(seed[:])
	}
	sum := sha256.Sum256([]byte(generation))
	return hex.EncodeToString(sum[:4])
}

// noted keeps an error of Meilisearch's for Status, and tells by its kind whether trying again may help.
func (e *Engine) noted(err error) error {
	var f *fault
	var r *Rejected
	if !errors.As(err, &f) && !errors.As(err, &r) && !errors.Is(err, ErrNoIndex) {
		return err
	}
	e.failed(err)
	if isAway(err) {
		return &ledger.Error{Kind: ledger.KindUnavailable, Message: "检索服务不可用", Cause: err}
	}
	return err
}
