package postgres

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"mingbai/ledger"
)

// DrainIndex is the job that empties the search outbox. Publications insert it in their own transaction.
type DrainIndex struct{}

// Kind names the job in River's table.
func (DrainIndex) Kind() string { return "drain_index" }

// SweepIndex is the periodic job that lets rows whose disclosure period began or ended enter or leave the index.
type SweepIndex struct{}

// Kind names the job in River's table.
func (SweepIndex) Kind() string { return "sweep_index" }

// SweepAccounts is the periodic job that forgets old tries, sessions and links.
type SweepAccounts struct{}

// Kind names the job in River's table.
func (SweepAccounts) Kind() string { return "sweep_accounts" }

// busyWait is how long a drain waits that finds the index away or another writer at work.
const busyWait = 2 * time.Second

// Work runs the county's jobs until ctx ends. drain empties the outbox into the index.
func (db *DB) Work(ctx context.Context, log *slog.Logger, drain func(context.Context) error) error {
	workers := river.NewWorkers()
	river.AddWorker(workers, river.WorkFunc(func(ctx context.Context, _ *river.Job[DrainIndex]) error {
		switch err := drain(ctx); {
		case err == nil:
			return nil
		case errors.Is(err, ledger.ErrConflict), errors.Is(err, ledger.ErrUnavailable):
			return river.JobSnooze(busyWait)
		default:
			return err
		}
	}))
	river.AddWorker(workers, river.WorkFunc(func(ctx context.Context, _ *river.Job[SweepIndex]) error {
		n, err := db.SweepDisclosure(ctx)
		if n > 0 {
			log.Info("公示期开始或期满，已通知索引", "批次数", n)
		}
		return err
	}))
	river.AddWorker(workers, river.WorkFunc(func(ctx context.Context, _ *river.Job[SweepAccounts]) error { return db.SweepAccounts(ctx) }))
	db.workPlans(workers)
	client, err := river.NewClient(riverpgxv5.New(db.pool), &river.Config{
		Queues:     map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: 2}},
		Workers:    workers,
		JobTimeout: time.Hour, // a whole county's outbox may take minutes
		// River's own words are for its maintainers; what matters here is what fails.
		Logger: slog.New(levelAbove{log.Handler(), slog.LevelWarn}),
		PeriodicJobs: []*river.PeriodicJob{
			river.NewPeriodicJob(river.PeriodicInterval(time.Minute),
				func() (river.JobArgs, *river.InsertOpts) { return SweepIndex{}, nil },
				&river.PeriodicJobOpts{RunOnStart: true}),
			river.NewPeriodicJob(river.PeriodicInterval(time.Minute),
				func() (river.JobArgs, *river.InsertOpts) { return PublishPlanned{}, nil },
				&river.PeriodicJobOpts{RunOnStart: true}),
			river.NewPeriodicJob(river.PeriodicInterval(time.Hour),
				func() (river.JobArgs, *river.InsertOpts) { return SweepAccounts{}, nil },
				&river.PeriodicJobOpts{RunOnStart: true}),
		},
	})
	if err != nil {
		return fmt.Errorf("job workers: %w", err)
	}
	if err := client.Start(context.WithoutCancel(ctx)); err != nil {
		return fmt.Errorf("start job workers: %w", err)
	}
	<-ctx.Done()
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	return client.StopAndCancel(stop)
}

// levelAbove lets only serious records through.
type levelAbove struct {
	slog.Handler
	level slog.Level
}

func (h levelAbove) Enabled(_ context.Context, l slog.Level) bool { return l >= h.level }
