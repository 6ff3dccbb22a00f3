package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"mingbai/ledger"
)

// Review gathers what an officer must look at before judging a batch.
func (db *DB) Review(ctx context.Context, login string, no int64) (r ledger.Review, err error) {
	err = db.write(ctx, func(tx pgx.Tx) error {
		b, _, err := db.batchFor(ctx, tx, login, no, ledger.ActCertify)
		if err != nil {
			return err
		}
		r.Batch = b
		args := pgx.NamedArgs{"county": db.county, "no": no, "year": b.Period.Year(), "fund": b.Fund, "period": string(b.Period)}
		if r.Fund, err = first(ctx, tx, pgx.RowToStructByPos[ledger.Fund],
			`select `+fundColumns+` from fund f where f.county = @county and f.code = @fund`, args); err != nil {
			return err
		}
		var certified *time.Time
		if _, err := first(ctx, tx, func(row pgx.CollectableRow) (struct{}, error) {
			return struct{}{}, row.Scan(&certified, &r.Handed, &r.Counted.Rows, &r.Counted.Total, &r.OpenWarn, &r.OpenFatal, &r.Uploaders)
		}, `
			select b.certified_at, b.document_fen, t.n, t.fen, f.open, f.fatal,
				array(select distinct uploaded_by from batch_revision v where v.county = b.county and v.batch_no = b.batch_no order by 1)
			from batch b
			cross join lateral (
				select count(*)::int as n, coalesce(sum(amount_fen), 0)::bigint as fen from (
					select amount_fen from staged s where s.county = b.county and s.batch_no = b.batch_no
					union all
					select amount_fen from book_row p where p.county = b.county and p.year = b.year and p.batch_no = b.batch_no) x) t
			cross join lateral (`+openFindings+`) f
			where b.county = @county and b.batch_no = @no`, args); err != nil {
			return err
		}
		r.CertifiedAt = orZero(certified)
		if err := db.tieAllocation(ctx, tx, args, &r); err != nil {
			return err
		}
		if r.Plan, err = db.plan(ctx, tx, no); err != nil {
			return err
		}
		r.Certifiers, err = db.whoMay(ctx, tx, ledger.ActCertify, b, r.Uploaders)
		return err
	})
	return r, err
}

// tieAllocation finds what published allocations hand out under the fund's document in the batch's period, and what the
// fund's people get of it: every batch of the period, this one included, less what it corrects. A document is known by its
// number, which the fund names in full (《…》 and all).
func (db *DB) tieAllocation(ctx context.Context, tx pgx.Tx, args pgx.NamedArgs, r *ledger.Review) error {
	if r.Kind != ledger.Subsidy {
		return nil
	}
	var fen *int64
	if _, err := first(ctx, tx, func(row pgx.CollectableRow) (struct{}, error) {
		return struct{}{}, row.Scan(&fen, &r.AllocatedBy)
	}, `
		select sum(p.amount_fen)::bigint, coalesce(array_agg(distinct p.batch_no), '{}')
		from fund f
		join record p on p.county = f.county and p.year = @year and p.period = @period and p.active and p.depth = 0
		join allocation a on a.county = p.county and a.year = p.year and a.batch_no = p.batch_no and a.line = p.line
		where f.county = @county and f.code = @fund and length(a.document) >= 5 and strpos(f.document, a.document) > 0`, args); err != nil {
		return err
	}
	r.Allocated = (*ledger.Fen)(fen)
	var err error
	r.InPeriod, err = first(ctx, tx, pgx.RowToStructByPos[ledger.Tally], `
		with b as (select * from batch where county = @county and batch_no = @no)
		select count(*)::int, coalesce(sum(amount_fen), 0)::bigint from (
			select s.amount_fen from staged_row s where s.county = @county and s.batch_no = @no
			union all
			select p.amount_fen from payment p, b
			where p.county = @county and p.year = @year and p.fund = @fund and p.period = @period and p.active and not exists (
				select from staged_row s where s.county = @county and s.batch_no = @no and p.batch_no = b.corrects and p.line = s.old_line)) x`, args)
	return err
}

// whoMay are the officers who may do an act to a batch, but for those named.
func (db *DB) whoMay(ctx context.Context, q querier, act ledger.Action, b ledger.Batch, but []string) ([]ledger.Officer, error) {
	roles := make([]string, 0, 2)
	for _, r := range ledger.RolesFor(act) {
		roles = append(roles, string(r))
	}
	officers, err := all(ctx, q, func(row pgx.CollectableRow) (o ledger.Officer, err error) {
		into, finish := officerInto(&o)
		err = row.Scan(into...)
		finish()
		return o, err
	}, `select `+officerColumns+` from `+fromOfficer+`
		where o.county = @county and o.disabled_at is null and o.roles && @roles::text[] and o.login <> all (@but::text[])
		order by o.name, o.login`, pgx.NamedArgs{"county": db.county, "roles": roles, "but": texts(but)})
	if err != nil {
		return nil, err
	}
	var may []ledger.Officer
	for _, o := range officers {
		err := db.mayOnBatch(ctx, q, o, act, b)
		var beyond *outOfScope
		switch {
		case err == nil:
			may = append(may, o)
		case !errors.As(err, &beyond):
			return nil, err
		}
	}
	return may, nil
}

// withinScope says in SQL whether batch b lies within an officer's scope: @fundsAll, @funds, @townsAll, @towns. It is
// mayOnBatch for a list, where nobody tried anything. Records are no town's.
const withinScope = `(@fundsAll or b.fund = any (@funds::text[])) and (@townsAll or not exists (
		select from staged_row s where s.county = b.county and s.batch_no = b.batch_no and left(s.village_code, 9) <> all (@towns::text[])
		union all
		select from payment s where s.county = b.county and s.year = b.year and s.batch_no = b.batch_no and left(s.village_code, 9) <> all (@towns::text[])
		union all
		select from fund s where s.county = b.county and s.code = b.fund and s.kind <> 'subsidy'))`

func scopeArgs(o ledger.Officer, act ledger.Action, args pgx.NamedArgs) pgx.NamedArgs {
	whole := o.ReachOf(act) == ledger.ReachCounty
	args["fundsAll"], args["funds"] = whole || o.Scope.Funds.All, texts(o.Scope.Funds.Codes)
	args["townsAll"], args["towns"] = whole || o.Scope.Towns.All, texts(o.Scope.Towns.Codes)
	return args
}

// Waiting lists the batches that an officer could certify or publish: certified ones first, then those that nothing but a
// certifier holds up, the oldest first.
func (db *DB) Waiting(ctx context.Context, login string) (list []ledger.Waiting, err error) {
	o, err := db.officerFor(ctx, db.pool, login, ledger.ActCertify)
	if err != nil {
		return nil, err
	}
	list, err = all(ctx, db.pool, func(row pgx.CollectableRow) (w ledger.Waiting, err error) {
		w.Batch, err = scanBatch(tail{row, []any{&w.FundName, &w.OpenWarn, &w.OpenFatal, &w.Own}})
		return w, err
	}, `
		select `+batchColumns+`, n.name, f.open, f.fatal, exists (
			select from batch_revision v where v.county = b.county and v.batch_no = b.batch_no and v.uploaded_by = @login)
		from batch b
		join fund n on n.county = b.county and n.code = b.fund
		cross join lateral (`+openFindings+`) f
		where b.county = @county and b.state in ('checked', 'certified') and `+withinScope+`
		order by b.state = 'certified' desc, f.open + f.fatal > 0, b.uploaded_at, b.batch_no`,
		scopeArgs(o, ledger.ActCertify, pgx.NamedArgs{"county": db.county, "login": login}))
	if err != nil {
		return nil, err
	}
	plans, err := db.openPlans(ctx)
	for i := range list {
		list[i].Plan = plans[list[i].No]
	}
	return list, err
}

// tail lets a scan of some columns go on into more.
type tail struct {
	pgx.CollectableRow
	more []any
}

func (t tail) Scan(into ...any) error { return t.CollectableRow.Scan(append(into, t.more...)...) }
