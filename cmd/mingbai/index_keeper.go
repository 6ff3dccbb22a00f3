package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"mingbai/ledger"
	"mingbai/ledger/postgres"
	"mingbai/search"
)

// healEvery is how often the index is looked after; a wiped Meilisearch is noticed within it.
const healEvery = 2 * time.Second

// indexKeeper looks after the index, and does to it what the office asks for.
type indexKeeper struct {
	*postgres.DB
	engine *search.Engine
	log    *slog.Logger
}

// Care is what the operator's page shows.
func (k indexKeeper) Care(ctx context.Context) (search.Care, error) { return k.engine.Care(ctx) }

// keep heals the index for as long as the site runs. Trouble is said once when it comes and once when it goes.
func (k indexKeeper) keep(ctx context.Context) error {
	tick := time.NewTicker(healEvery)
	defer tick.Stop()
	trouble := ""
	for {
		if err := k.TurnDay(ctx); err != nil && ctx.Err() == nil {
			k.log.Warn("零点后没有核对公示期，一分钟内再试", "原因", err)
		}
		err := k.engine.Heal(ctx)
		switch now := fmt.Sprint(err); {
		case ctx.Err() != nil:
			return nil
		case err == nil && trouble != "":
			k.log.Info("索引已恢复")
			trouble = ""
		case err != nil && now != trouble && !errors.Is(err, ledger.ErrConflict):
			k.log.Warn("索引有问题，由账库直接回答查询", "原因", err)
			trouble = now
		}
		k.engine.Watch(ctx)
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// drain is the job that empties the outbox.
func (k indexKeeper) drain(ctx context.Context) error {
	n, err := k.engine.Drain(ctx)
	if n > 0 {
		k.log.Info("索引已更新", "变动", n)
	}
	return err
}

// run does what an officer asked for.
func (k indexKeeper) run(ctx context.Context, no int64) error {
	act, err := k.StartIndexRun(ctx, no)
	if errors.Is(err, ledger.ErrNotFound) {
		return nil // ended already
	}
	if err != nil {
		return err
	}
	_, err = k.act(ctx, ledger.IndexRun{No: no, Act: act}, nil)
	return err
}

// act does something to the whole index and notes how it went. ledger.ErrConflict, when another is at it, is no end.
func (k indexKeeper) act(ctx context.Context, r ledger.IndexRun, told func(int)) (report search.Report, err error) {
	last := time.Now()
	step := func(n int) {
		r.Documents = n
		if told != nil {
			told(n)
		}
		if time.Since(last) > time.Second {
			last = time.Now()
			_ = k.StepIndexRun(ctx, r.No, n) // the end tells it anyway
		}
	}
	if r.Act == ledger.IndexRebuild {
		err = k.engine.Reindex(ctx, step)
	} else {
		report, err = k.engine.Verify(ctx, r.Act == ledger.IndexRepair, step)
		r.Documents, r.Differences, r.Mended = report.Compared, len(report.Found), report.Mended
		for _, d := range report.Found[:min(len(report.Found), foundShown)] {
			r.Found = append(r.Found, inWords(d))
		}
	}
	if errors.Is(err, ledger.ErrConflict) {
		return report, err
	}
	if err != nil {
		r.Trouble = troubleOf(err)
	}
	return report, errors.Join(err, k.EndIndexRun(context.WithoutCancel(ctx), r))
}

// foundShown is how many differences are kept for the page; the command line prints all.
const foundShown = 20

// troubleOf is why an act did not end well. Errors of search name no person.
func troubleOf(err error) string {
	var e *ledger.Error
	switch {
	case errors.Is(err, context.Canceled):
		return "中断了"
	case errors.As(err, &e):
		return e.Message
	}
	return err.Error()
}

// asked does an act that the command line asks for, patiently.
func (k indexKeeper) asked(ctx context.Context, act ledger.IndexAct, step func(int)) (report search.Report, err error) {
	no, err := k.BeginIndexRun(ctx, act)
	if err != nil {
		return report, err
	}
	err = patiently(ctx, func() (err error) {
		report, err = k.act(ctx, ledger.IndexRun{No: no, Act: act}, step)
		return err
	})
	if errors.Is(err, ledger.ErrConflict) {
		err = errors.Join(err, k.EndIndexRun(ctx, ledger.IndexRun{No: no, Trouble: troubleOf(err)}))
	}
	return report, err
}
