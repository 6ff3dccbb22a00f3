package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
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

// CheckUpload is the job that checks one received file. It is inserted with the file.
type CheckUpload struct {
	Set int64 `json:"set"`
	N   int   `json:"n"`
}

// Kind names the job in River's table.
func (CheckUpload) Kind() string { return "check_upload" }

// InsertOpts keep checks from holding up the index, and give a file that fails for the machine's sake a few tries.
func (CheckUpload) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: uploadQueue, MaxAttempts: uploadTries}
}

const (
	uploadQueue = "upload"
	deskQueue   = "desk"
	uploadTries = 5
)

// ResumeUploads is the periodic job that looks for received files which nobody checks any more.
type ResumeUploads struct{}

// Kind names the job in River's table.
func (ResumeUploads) Kind() string { return "resume_uploads" }

// RemindDesk is the periodic job that sends the inquiry desk's reminders. It asks the books what is due, each time anew: no clock
// of its own is lost with a server.
type RemindDesk struct{}

// Kind names the job in River's table.
func (RemindDesk) Kind() string { return "remind_desk" }

// InsertOpts keep reminders out of the way of others. One that fails is not tried again: a minute later there is the next.
func (RemindDesk) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: deskQueue, MaxAttempts: 1}
}

// A drain that finds another writer at work waits for busyWait; one that finds the index away waits twice as long each time,
// up to longestWait. Whoever looks after the index drains it when it is back.
const (
	busyWait    = 2 * time.Second
	longestWait = time.Minute
)

// Tasks are what the jobs do outside the books.
type Tasks struct {
	Drain func(context.Context) error                   // empties the outbox into the index
	Index func(context.Context, int64) error            // does what an officer asked for, by the run's number
	Check func(context.Context, ledger.UploadRef) error // checks a received file; nil: uploads wait for another server
	Desk  *Inquiries                                    // whose deadlines are watched; nil: by another server
}

// Work runs the county's jobs until ctx ends.
func (db *DB) Work(ctx context.Context, log *slog.Logger, tasks Tasks) error {
	check := tasks.Check
	workers := river.NewWorkers()
	workIndex(workers, tasks.Index)
	river.AddWorker(workers, river.WorkFunc(func(ctx context.Context, job *river.Job[DrainIndex]) error {
		switch err := tasks.Drain(ctx); {
		case err == nil:
			return nil
		case errors.Is(err, ledger.ErrConflict):
			return river.JobSnooze(busyWait)
		case errors.Is(err, ledger.ErrUnavailable):
			return river.JobSnooze(growing(job.Metadata))
		default:
			return err
		}
	}))
	river.AddWorker(workers, river.WorkFunc(func(ctx context.Context, _ *river.Job[SweepIndex]) error {
		n, err := db.SweepDisclosure(ctx)
		if n > 0 {
			log.Info("公示期开始或期满，已通知索引", "批次数", n)
		}
		return errors.Join(err, db.RetryIndexFaults(ctx), db.CloseIndexRuns(ctx))
	}))
	river.AddWorker(workers, river.WorkFunc(func(ctx context.Context, _ *river.Job[SweepAccounts]) error { return db.SweepAccounts(ctx) }))
	db.workPlans(workers)
	queues := map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: 2}, indexQueue: {MaxWorkers: 1}}
	if tasks.Desk != nil {
		queues[deskQueue] = river.QueueConfig{MaxWorkers: 1}
		if tasks.Desk.gateway != nil {
			queues[messageQueue] = river.QueueConfig{MaxWorkers: 1}
			tasks.Desk.workMessages(workers, log)
		}
		river.AddWorker(workers, river.WorkFunc(func(ctx context.Context, _ *river.Job[RemindDesk]) error {
			n, err := tasks.Desk.Remind(ctx)
			if n > 0 {
				log.Info("已发出督办通知", "条数", n)
			}
			return err
		}))
	}
	if check != nil {
		queues[uploadQueue] = river.QueueConfig{MaxWorkers: runtime.NumCPU(), FetchCooldown: 10 * time.Millisecond}
		river.AddWorker(workers, river.WorkFunc(func(ctx context.Context, job *river.Job[CheckUpload]) error {
			return db.tryUpload(ctx, ledger.UploadRef(job.Args), job.Attempt >= job.MaxAttempts, check)
		}))
		river.AddWorker(workers, river.WorkFunc(func(ctx context.Context, _ *river.Job[ResumeUploads]) error { return db.ResumeUploads(ctx) }))
		if err := db.ResumeUploads(ctx); err != nil {
			return err
		}
	}
	client, err := river.NewClient(riverpgxv5.New(db.pool), &river.Config{
		Queues:     queues,
		Workers:    workers,
		JobTimeout: time.Hour, // a whole county's outbox may take minutes
		// River's own words are for its maintainers; what matters here is what fails.
		Logger: slog.New(levelAbove{log.Handler(), slog.LevelWarn}),
		PeriodicJobs: append(deskJobs(tasks.Desk), []*river.PeriodicJob{
			river.NewPeriodicJob(river.PeriodicInterval(time.Minute),
				func() (river.JobArgs, *river.InsertOpts) { return SweepIndex{}, nil },
				&river.PeriodicJobOpts{RunOnStart: true}),
			river.NewPeriodicJob(river.PeriodicInterval(time.Minute),
				func() (river.JobArgs, *river.InsertOpts) { return PublishPlanned{}, nil },
				&river.PeriodicJobOpts{RunOnStart: true}),
			river.NewPeriodicJob(river.PeriodicInterval(time.Hour),
				func() (river.JobArgs, *river.InsertOpts) { return SweepAccounts{}, nil },
				&river.PeriodicJobOpts{RunOnStart: true}),
			river.NewPeriodicJob(river.PeriodicInterval(20*time.Second),
				func() (river.JobArgs, *river.InsertOpts) { return ResumeUploads{}, nil }, nil),
		}...),
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

// deskJobs are what the inquiry desk has done for it as time passes.
func deskJobs(desk *Inquiries) []*river.PeriodicJob {
	if desk == nil {
		return nil
	}
	return []*river.PeriodicJob{river.NewPeriodicJob(river.PeriodicInterval(time.Minute),
		func() (river.JobArgs, *river.InsertOpts) { return RemindDesk{}, nil },
		&river.PeriodicJobOpts{RunOnStart: true})}
}

// growing is how long a job rests that was snoozed before.
func growing(metadata []byte) time.Duration {
	var snoozed struct {
		Times int `json:"snoozes"`
	}
	_ = json.Unmarshal(metadata, &snoozed) // River's own
	return min(busyWait<<min(snoozed.Times, 10), longestWait)
}

// levelAbove lets only serious records through.
type levelAbove struct {
	slog.Handler
	level slog.Level
}

func (h levelAbove) Enabled(_ context.Context, l slog.Level) bool { return l >= h.level }
