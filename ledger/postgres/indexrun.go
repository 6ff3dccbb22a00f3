package postgres

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"mingbai/ledger"
)

// RunIndex is the job that does to the index what an officer asked for.
type RunIndex struct {
	Run int64 `json:"run"`
}

// Kind names the job in River's table.
func (RunIndex) Kind() string { return "run_index" }

// InsertOpts let these wait for each other and for nothing else.
func (RunIndex) InsertOpts() river.InsertOpts { return river.InsertOpts{Queue: indexQueue} }

const indexQueue = "index"

// AskIndex asks for an act on the index, for an officer who may.
func (db *DB) AskIndex(ctx context.Context, by string, act ledger.IndexAct) error {
	if act.Name() == "" {
		return ledger.Errorf(ledger.KindInvalid, "没有“%s”这一项", act)
	}
	return db.write(ctx, func(tx pgx.Tx) error {
		if _, err := db.officerFor(ctx, tx, by, ledger.ActCareForSearch); err != nil {
			return err
		}
		if err := db.lockFor(ctx, tx, lockRuns); err != nil {
			return err
		}
		waits, err := one[bool](ctx, tx, `
			select exists (select from index_run where county = @county and act = @act and ended_at is null)`,
			pgx.NamedArgs{"county": db.county, "act": act})
		if err != nil {
			return err
		}
		if waits {
			return ledger.Errorf(ledger.KindConflict, "“%s”已经在做，请等它做完", act.Name())
		}
		no, err := db.newIndexRun(ctx, tx, act, &by, nil)
		if err != nil {
			return err
		}
		if err := db.record(ctx, tx, by, "index."+string(act), "index/"+strconv.FormatInt(no, 10), nil); err != nil {
			return err
		}
		_, err = db.queue.InsertTx(ctx, tx, RunIndex{no}, nil)
		return err
	})
}

// BeginIndexRun notes an act that nobody of the office asked for: on the command line.
func (db *DB) BeginIndexRun(ctx context.Context, act ledger.IndexAct) (no int64, err error) {
	now := db.now()
	return db.newIndexRun(ctx, db.pool, act, nil, &now)
}

func (db *DB) newIndexRun(ctx context.Context, q querier, act ledger.IndexAct, by *string, began *time.Time) (int64, error) {
	return one[int64](ctx, q, `
		insert into index_run (county, act, asked_by, asked_at, began_at) values (@county, @act, @by, @now, @began) returning run_no`,
		pgx.NamedArgs{"county": db.county, "act": act, "by": by, "now": db.now(), "began": began})
}

// StartIndexRun notes that an act which was asked for is begun, and answers which.
func (db *DB) StartIndexRun(ctx context.Context, no int64) (ledger.IndexAct, error) {
	return one[ledger.IndexAct](ctx, db.pool, `
		update index_run set began_at = coalesce(began_at, @now) where county = @county and run_no = @no and ended_at is null returning act`,
		pgx.NamedArgs{"county": db.county, "no": no, "now": db.now()})
}

// StepIndexRun notes how far an act is.
func (db *DB) StepIndexRun(ctx context.Context, no int64, documents int) error {
	_, err := exec(ctx, db.pool, `update index_run set documents = @n where county = @county and run_no = @no`,
		pgx.NamedArgs{"county": db.county, "no": no, "n": documents})
	return err
}

// EndIndexRun notes how an act ended.
func (db *DB) EndIndexRun(ctx context.Context, r ledger.IndexRun) error {
	_, err := exec(ctx, db.pool, `
		update index_run set ended_at = @now, documents = @documents, differences = @differences, mended = @mended,
			found = coalesce(@found::text[], '{}'), trouble = @trouble
		where county = @county and run_no = @no`,
		pgx.NamedArgs{
			"county": db.county, "no": r.No, "now": db.now(), "documents": r.Documents, "differences": r.Differences,
			"mended": r.Mended, "found": r.Found, "trouble": r.Trouble,
		})
	return err
}

// IndexRuns are the newest acts on the index.
func (db *DB) IndexRuns(ctx context.Context, limit int) ([]ledger.IndexRun, error) {
	return all(ctx, db.pool, func(row pgx.CollectableRow) (r ledger.IndexRun, err error) {
		var began, ended *time.Time
		err = row.Scan(&r.No, &r.Act, &r.AskedBy, &r.Asked, &began, &ended, &r.Documents, &r.Differences, &r.Mended, &r.Found, &r.Trouble)
		r.Began, r.Ended = orZero(began), orZero(ended)
		return r, err
	}, `
		select run_no, act, coalesce(asked_by, ''), asked_at, began_at, ended_at, documents, differences, mended, found, trouble from index_run
		where county = @county order by run_no desc limit @limit`,
		pgx.NamedArgs{"county": db.county, "limit": limit})
}

// CloseIndexRuns ends the acts whose process died: whoever is at one holds a lock, but for a moment.
func (db *DB) CloseIndexRuns(ctx context.Context) error {
	_, err := exec(ctx, db.pool, `
		update index_run set ended_at = @now, trouble = '中断了'
		where county = @county and ended_at is null and began_at < @now::timestamptz - interval '1 minute' and not exists (
			select from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())
				and classid in (@build, @index) and objid = @county::int)`,
		pgx.NamedArgs{"county": db.county, "now": db.now(), "build": lockBuild, "index": lockIndex})
	return err
}

// workIndex adds the job of what officers ask for. Where another is at it, the job comes again.
func workIndex(workers *river.Workers, run func(context.Context, int64) error) {
	river.AddWorker(workers, river.WorkFunc(func(ctx context.Context, job *river.Job[RunIndex]) error {
		err := run(ctx, job.Args.Run)
		if errors.Is(err, ledger.ErrConflict) {
			return river.JobSnooze(busyWait)
		}
		return err
	}))
}
