package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"mingbai/ledger"
)

// PublishPlanned is the job that publishes what is due: at once when somebody orders it, and every minute.
type PublishPlanned struct{}

// Kind names the job in River's table.
func (PublishPlanned) Kind() string { return "publish_planned" }

// farthestPlan bounds a mistyped year.
const farthestPlan = 366 * 24 * time.Hour

// PlanPublication orders the publication of a certified batch: at a time, or now where that is zero. A job does it, for a great
// batch takes longer than anybody waits for a page.
func (db *DB) PlanPublication(ctx context.Context, no int64, by string, at time.Time) error {
	return db.write(ctx, func(tx pgx.Tx) error {
		b, err := db.step(ctx, tx, no, ledger.Published, by, ledger.ActPublish)
		if err != nil {
			return err
		}
		if b.State != ledger.Certified { // a withdrawn one may become published, too, but by a revival
			return ledger.Errorf(ledger.KindConflict, "批次%d现在是“%s”，不能公开", no, b.State.Name())
		}
		now := db.now()
		switch {
		case at.IsZero():
			at = now
		case at.Before(now):
			return ledger.Errorf(ledger.KindInvalid, "这个公开时间已经过去了，请改选以后的时间，或选“现在”")
		case at.Sub(now) > farthestPlan:
			return ledger.Errorf(ledger.KindInvalid, "公开时间太远了，最多安排到一年以内")
		}
		if open, err := db.plan(ctx, tx, no); err != nil {
			return err
		} else if open != nil && open.Ended == "" {
			return ledger.Errorf(ledger.KindConflict, "批次%d已由“%s”安排在%s公开，要改先取消", no, open.By, open.At.In(ledger.Shanghai).Format("2006年1月2日15:04"))
		}
		if _, err := exec(ctx, tx, `
			insert into planned_publication (county, batch_no, at, by, made_at, digest)
			select county, batch_no, @at, @by, @now, certified_digest from batch where county = @county and batch_no = @no`,
			pgx.NamedArgs{"county": db.county, "no": no, "at": at, "by": by, "now": now}); err != nil {
			return err
		}
		if !at.After(now) {
			if _, err := db.queue.InsertTx(ctx, tx, PublishPlanned{}, nil); err != nil {
				return err
			}
		}
		return db.record(ctx, tx, by, "publication.plan", object(no), map[string]any{"at": at.UTC().Truncate(time.Second)})
	})
}

// CancelPublication takes back the order. It waits for a publication that is under way, and then finds it done.
func (db *DB) CancelPublication(ctx context.Context, no int64, by string) error {
	return db.write(ctx, func(tx pgx.Tx) error {
		b, err := db.hold(ctx, tx, no, by, ledger.ActPublish)
		if err != nil {
			return err
		}
		n, err := exec(ctx, tx, `
			update planned_publication set ended = 'cancelled', ended_at = @now
			where county = @county and batch_no = @no and ended is null`,
			pgx.NamedArgs{"county": db.county, "no": no, "now": db.now()})
		if err != nil {
			return err
		}
		if n == 0 {
			return ledger.Errorf(ledger.KindConflict, "批次%d现在是“%s”，没有等着公开的安排", no, b.State.Name())
		}
		return db.record(ctx, tx, by, "publication.cancel", object(no), struct{}{})
	})
}

// PublishDue publishes every planned batch whose time has come. It answers how many. Run twice, or by two processes, it does no
// harm: each looks under the books' lock whether the plan still stands.
func (db *DB) PublishDue(ctx context.Context) (n int, err error) {
	type due struct{ Plan, Batch int64 }
	list, err := all(ctx, db.pool, pgx.RowToStructByPos[due], `
		select plan_no, batch_no from planned_publication where county = @county and ended is null and at <= @now order by at, plan_no`,
		pgx.NamedArgs{"county": db.county, "now": db.now()})
	if err != nil {
		return 0, err
	}
	var away []error
	for _, d := range list {
		done, err := db.publishPlanned(ctx, d.Plan, d.Batch)
		if done {
			n++
		}
		away = append(away, err)
	}
	return n, errors.Join(away...)
}

// publishPlanned publishes one batch by its plan. What the books refuse ends the plan, with what they said; what is away today
// may be there in a minute.
func (db *DB) publishPlanned(ctx context.Context, plan, no int64) (done bool, err error) {
	args := pgx.NamedArgs{"county": db.county, "plan": plan, "no": no, "now": db.now()}
	var by string
	err = db.write(ctx, func(tx pgx.Tx) error {
		if err := db.lockFor(ctx, tx, lockBooks); err != nil {
			return err
		}
		stands, err := first(ctx, tx, func(row pgx.CollectableRow) (same bool, err error) {
			err = row.Scan(&by, &same)
			return same, err
		}, `
			select p.by, (p.digest = b.certified_digest) is true
			from planned_publication p join batch b on b.county = p.county and b.batch_no = p.batch_no
			where p.county = @county and p.plan_no = @plan and p.ended is null`, args)
		if errors.Is(err, ledger.ErrNotFound) {
			return nil // another was faster, or it was cancelled
		}
		if err != nil {
			return err
		}
		if !stands {
			return ledger.Errorf(ledger.KindConflict, "批次%d在安排公开之后变了", no)
		}
		done = true
		return db.publish(ctx, tx, []int64{no}, by)
	})
	if err == nil {
		return done, nil
	}
	var ours *ledger.Error
	if !errors.As(err, &ours) || ours.Kind == ledger.KindUnavailable || ours.Kind == ledger.KindInternal {
		return false, err
	}
	args["said"] = ours.Message
	return false, db.write(ctx, func(tx pgx.Tx) error {
		n, err := exec(ctx, tx, `
			update planned_publication set ended = 'failed', ended_at = @now, said = @said
			where county = @county and plan_no = @plan and ended is null`, args)
		if err != nil || n == 0 {
			return err
		}
		return db.record(ctx, tx, by, "publication.fail", object(no), map[string]string{"said": ours.Message})
	})
}

const planColumns = `p.at, p.by, coalesce(p.ended, ''), p.ended_at, p.said`

func scanPlan(row pgx.CollectableRow) (p ledger.Plan, err error) {
	var ended *time.Time
	err = row.Scan(&p.At, &p.By, &p.Ended, &ended, &p.Said)
	p.EndedAt = orZero(ended)
	return p, err
}

// plan is a batch's open plan, or the last that it had; nil when there never was one.
func (db *DB) plan(ctx context.Context, q querier, no int64) (*ledger.Plan, error) {
	found, err := all(ctx, q, scanPlan, `
		select `+planColumns+` from planned_publication p where p.county = @county and p.batch_no = @no
		order by p.ended is null desc, p.plan_no desc limit 1`, pgx.NamedArgs{"county": db.county, "no": no})
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return &found[0], nil
}

// openPlans are the plans that wait, by batch.
func (db *DB) openPlans(ctx context.Context) (map[int64]*ledger.Plan, error) {
	plans := map[int64]*ledger.Plan{}
	_, err := all(ctx, db.pool, func(row pgx.CollectableRow) (no int64, err error) {
		p := ledger.Plan{}
		err = row.Scan(&no, &p.At, &p.By, &p.Said)
		plans[no] = &p
		return no, err
	}, `select p.batch_no, p.at, p.by, p.said from planned_publication p where p.county = @county and p.ended is null`,
		pgx.NamedArgs{"county": db.county})
	return plans, err
}

// Progress is how far a batch has come on its way to the public.
func (db *DB) Progress(ctx context.Context, login string, no int64) (p ledger.Progress, err error) {
	err = db.write(ctx, func(tx pgx.Tx) error {
		b, _, err := db.batchFor(ctx, tx, login, no, ledger.ActSeeBatches)
		if err != nil {
			return err
		}
		p.Batch = b
		if p.Plan, err = db.plan(ctx, tx, no); err != nil {
			return err
		}
		p.Due = p.Plan != nil && p.Plan.Ended == "" && !p.Plan.At.After(db.now())
		_, err = first(ctx, tx, func(row pgx.CollectableRow) (struct{}, error) {
			return struct{}{}, row.Scan(&p.FundName, &p.Disclosure, &p.RowsEntered, &p.People, &p.Unindexed)
		}, `
			with who as (
				select distinct person_id from payment where county = @county and year = @year and batch_no = @no
				union
				select person_id from payment_party where county = @county and year = @year and batch_no = @no)
			select f.name, f.disclosure,
				(select count(*) from book_row r where r.county = @county and r.year = @year and r.batch_no = @no)::int,
				(select count(*) from who)::int,
				(select count(distinct o.person_id) from search_outbox o join who using (person_id) where o.county = @county)::int
			from fund f where f.county = @county and f.code = @fund`,
			pgx.NamedArgs{"county": db.county, "no": no, "year": b.Period.Year(), "fund": b.Fund})
		return err
	})
	return p, err
}

// workPlans adds the job to those that Work runs.
func (db *DB) workPlans(workers *river.Workers) {
	river.AddWorker(workers, river.WorkFunc(func(ctx context.Context, _ *river.Job[PublishPlanned]) error {
		_, err := db.PublishDue(ctx)
		return err
	}))
}
