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

// Reindex builds a new generation beside the living one from the books and puts it in its place. What changes meanwhile goes
// into the living one as ever, and into the new one before it takes its place. A rebuild that was interrupted goes on where it
// was. progress, which may be nil, is told how many documents are in.
func (e *Engine) Reindex(ctx context.Context, progress func(done int)) error {
	if e.client == nil {
		return ledger.Errorf(ledger.KindInvalid, "没有配置检索服务（MINGBAI_MEILI_URL）")
	}
	return e.noted(e.books.WithBuildLock(ctx, func(ctx context.Context) error { return e.rebuild(ctx, progress) }))
}

// Interrupted tells of a rebuild that was begun and not ended; the zero value when there is none.
func (e *Engine) Interrupted(ctx context.Context) (ledger.IndexBuild, error) {
	state, err := e.books.IndexState(ctx)
	if err != nil {
		return ledger.IndexBuild{}, err
	}
	b, err := e.books.IndexBuild(ctx)
	if state.Generation != "" && b.Generation != successor(state.Generation) {
		b = ledger.IndexBuild{}
	}
	return b, err
}

func (e *Engine) rebuild(ctx context.Context, progress func(done int)) (err error) {
	began := time.Now()
	state, err := e.books.IndexState(ctx)
	if err != nil {
		return err
	}
	old := state.Generation
	build, err := e.books.IndexBuild(ctx)
	if err != nil {
		return err
	}
	if next := successor(old); state.Generation == "" && build.Generation != "" {
		// The first generation's name is random: what was begun under one goes on.
	} else if build.Generation != next {
		if err := e.drop(ctx, next); err != nil { // what a rebuild that died has left
			return err
		}
		build = ledger.IndexBuild{Generation: next}
		if err := e.books.BeginIndexBuild(ctx, next); err != nil {
			return err
		}
	} else {
		e.config.Log.Info("接着重建检索索引", "代", next, "已有文档", build.Documents())
	}
	next := build.Generation
	n, err := e.fill(ctx, build, progress)
	if err != nil {
		return err
	}
	if err := e.catchUp(ctx, next); err != nil {
		return err
	}
	if err := e.swap(ctx, next); err != nil {
		return err
	}
	e.config.Log.Info("检索索引已重建", "代", next, "文档", n, "用时", time.Since(began).Round(time.Millisecond))
	e.journal.add(fmt.Sprintf("索引已重建：%d份文档，用时%.0f秒", n, time.Since(began).Seconds()))
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

// swap lets a generation live. Nobody writes meanwhile: what is on the outbox then is behind, and goes into the new one; what
// left it is caught up.
func (e *Engine) swap(ctx context.Context, next string) error {
	for pause := 10 * time.Millisecond; ; pause = min(2*pause, time.Second) {
		err := e.books.WithIndexLock(ctx, func(ctx context.Context) error {
			if err := e.catchUp(ctx, next); err != nil {
				return err
			}
			marks, err := e.marks(ctx, next)
			if err != nil {
				return err
			}
			return e.books.SwitchIndex(ctx, next, marks)
		})
		if !errors.Is(err, ledger.ErrConflict) {
			return err
		}
		select { // a drain is at work; it ends
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
	}
}

// catchUp tells a generation what changed since it was begun.
func (e *Engine) catchUp(ctx context.Context, generation string) error {
	_, err := stream{e, generation, e.books.PendingIndexBuild, func(ctx context.Context, done ledger.IndexDone) error {
		return e.books.DoneIndexBuild(ctx, generation, done)
	}}.run(ctx)
	return err
}

// fill makes all indexes of a generation, each from where it was left.
func (e *Engine) fill(ctx context.Context, build ledger.IndexBuild, progress func(done int)) (done int, err error) {
	for _, k := range e.kinds() {
		before := done
		part := build.Part(k.name)
		n, err := e.fillOne(ctx, build.Generation, k, part, func(n int) {
			if progress != nil {
				progress(before + n)
			}
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

// fillOne makes one index, or goes on with it, and sees that everything is in it.
func (e *Engine) fillOne(ctx context.Context, generation string, k kind, part ledger.IndexPart, progress func(done int)) (int, error) {
	uid := e.uid(k.name, generation)
	resumed := part.Documents > 0
	if resumed {
		// Meilisearch may have lost it meanwhile, or never had it.
		ok, err := e.client.hasSettings(ctx, uid, k.settings)
		if err != nil && !hasCode(err, codeNoIndex) {
			return 0, err
		}
		if !ok {
			resumed, part = false, ledger.IndexPart{Index: k.name}
			if err := e.books.SaveIndexBuild(ctx, part); err != nil {
				return 0, err
			}
		}
	}
	if part.Complete { // and counted then; catching up may have changed it since
		return part.Documents, nil
	}
	if !resumed {
		if err := e.client.drop(ctx, uid); err != nil { // half made
			return 0, err
		}
		if err := e.client.create(ctx, uid, k.settings); err != nil {
			return 0, err
		}
	}
	w := e.writer(k.name, generation)
	w.confirmed = func(last string, n int, refused []ledger.IndexFault) error {
		part.Last, part.Documents = last, part.Documents+n
		progress(part.Documents)
		if len(refused) > 0 {
			e.tellFaults(refused)
			if err := e.books.KeepIndexFaults(ctx, generation, refused, nil); err != nil {
				return err
			}
		}
		return e.books.SaveIndexBuild(ctx, part)
	}
	for d, err := range k.all(ctx, part.Last) {
		if err == nil {
			err = w.put(ctx, d.id, d.fund, d.document)
		}
		if err != nil {
			return 0, err
		}
	}
	if err := w.finish(ctx); err != nil {
		return 0, err
	}
	part.Complete = true
	if err := e.books.SaveIndexBuild(ctx, part); err != nil {
		return 0, err
	}
	return part.Documents, e.holds(ctx, uid, part.Documents, !resumed)
}

// holds makes sure that an index holds what was sent to it. One that was gone on with may hold more: what was on its way when
// the first attempt died, and has left the books since; catching up takes it out.
func (e *Engine) holds(ctx context.Context, uid string, want int, exactly bool) error {
	n, err := e.client.count(ctx, uid)
	if err != nil || n == want || !exactly && n > want {
		return err
	}
	// Then none of it can be relied on: the next rebuild begins anew.
	err = fmt.Errorf("search: %d documents were sent to %s, it holds %d", want, uid, n)
	return errors.Join(err, e.books.DropIndexBuild(ctx))
}

// counts are the documents in each index of a generation; ErrNoIndex when one is missing.
func (e *Engine) counts(ctx context.Context, generation string) (held []int, err error) {
	if generation == "" {
		return nil, ErrNoIndex
	}
	for _, name := range kindNames {
		n, err := e.client.count(ctx, e.uid(name, generation))
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
	for _, name := range kindNames {
		err = errors.Join(err, e.client.drop(ctx, e.uid(name, generation)))
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
