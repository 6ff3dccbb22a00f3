package postgres

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/jackc/pgx/v5"

	"mingbai/ledger"
)

// twoPeriods are the rows paid for in the period of batch @no and in the last period of its fund before. This
// period is what counts already, less what the batch corrects, and the batch itself while it waits.
const twoPeriods = `
	with b as (select * from batch where county = @county and batch_no = @no),
	last as (
		select max(o.period) as period from batch o, b
		where o.county = @county and o.fund = b.fund and o.period < b.period and length(o.period) = length(b.period)
			and o.state in ('published', 'superseded')),
	waiting as (select s.* from staged_row s, b where s.county = @county and s.batch_no = @no),
	now as (
		select coalesce(w.paid_for, w.who) as who, w.name, w.village_code, w.village, w.grp, w.amount_fen from waiting w
		union all
		select coalesce(p.paid_for, n.who), n.name, p.village_code, p.village, p.grp, p.amount_fen
		from payment p
		join b on p.county = b.county and p.year = b.year and p.fund = b.fund and p.period = b.period
		join person n on n.county = p.county and n.person_id = p.person_id
		where p.active and not exists (select from waiting w where b.corrects = p.batch_no and w.old_line = p.line)),
	before as (
		select coalesce(p.paid_for, n.who) as who, n.name, p.village_code, p.village, p.grp, p.amount_fen
		from payment p
		join b on p.county = b.county and p.fund = b.fund
		join last on p.period = last.period
		join person n on n.county = p.county and n.person_id = p.person_id
		where p.active and p.year = left(last.period, 4)::int)`

// Compare holds a batch, waiting or published, against the last period of its fund.
func (db *DB) Compare(ctx context.Context, no int64) (c ledger.Comparison, err error) {
	err = pgx.BeginTxFunc(ctx, db.pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `set local statement_timeout = 0`); err != nil {
			return err
		}
		b, err := db.batch(ctx, tx, no, "")
		if err != nil {
			return err
		}
		c.Batch, c.Kind, c.Period = no, b.Kind, b.Period
		args := pgx.NamedArgs{"county": db.county, "no": no, "most": ledger.MaxChanges}
		if b.Kind != ledger.Subsidy {
			return db.compareRecords(ctx, tx, args, &c)
		}
		if err := db.compareTotals(ctx, tx, args, &c); err != nil || c.Last == "" {
			return err
		}
		villages, err := db.villages(ctx, tx, args)
		if err != nil {
			return err
		}
		for _, v := range villages {
			if v.Now != v.Before {
				c.Villages = append(c.Villages, v.VillageChange)
			}
		}
		slices.SortStableFunc(c.Villages, func(v, w ledger.VillageChange) int { return cmp.Compare(w.Difference(), v.Difference()) })
		return db.comparePeople(ctx, tx, args, &c)
	})
	return c, ours(err)
}

func (db *DB) compareTotals(ctx context.Context, tx pgx.Tx, args pgx.NamedArgs, c *ledger.Comparison) error {
	var last *ledger.Period
	_, err := first(ctx, tx, func(row pgx.CollectableRow) (struct{}, error) {
		return struct{}{}, row.Scan(&last, &c.Now.Rows, &c.Now.Total, &c.Before.Rows, &c.Before.Total)
	}, twoPeriods+`
		select (select period from last), (select count(*) from now)::int, (select coalesce(sum(amount_fen), 0) from now)::bigint,
			(select count(*) from before)::int, (select coalesce(sum(amount_fen), 0) from before)::bigint`, args)
	if last != nil {
		c.Last = *last
	}
	return err
}

// villageInBatch is a village in two periods; the batch at hand may have rows of it.
type villageInBatch struct {
	ledger.VillageChange
	mine bool
}

// villages are all that either period pays, by code; those without one by the name that the sheets give.
func (db *DB) villages(ctx context.Context, tx pgx.Tx, args pgx.NamedArgs) ([]villageInBatch, error) {
	return all(ctx, tx, func(row pgx.CollectableRow) (v villageInBatch, err error) {
		err = row.Scan(&v.Code, &v.Town, &v.Name, &v.Now.Rows, &v.Now.Total, &v.Before.Rows, &v.Before.Total, &v.mine)
		return v, err
	}, twoPeriods+`,
		v as (
			select village_code, case when village_code = '' then village else '' end as village,
				count(*) filter (where t = 'n') as n, coalesce(sum(amount_fen) filter (where t = 'n'), 0) as fen,
				count(*) filter (where t = 'b') as n0, coalesce(sum(amount_fen) filter (where t = 'b'), 0) as fen0
			from (select 'n' as t, * from now union all select 'b', * from before) x
			group by 1, 2)
		select v.village_code, coalesce(town.name, ''), coalesce(r.name, v.village), v.n::int, v.fen::bigint, v.n0::int, v.fen0::bigint,
			exists (select from waiting w where w.village_code = v.village_code and (v.village = '' or v.village = w.village))
		from v
		left join region r on r.county = @county and r.code = v.village_code
		left join region town on town.county = @county and town.code = r.parent
		order by v.village_code, v.village`, args)
}

func (db *DB) comparePeople(ctx context.Context, tx pgx.Tx, args pgx.NamedArgs, c *ledger.Comparison) error {
	const people = twoPeriods + `,
		n as (select who, max(name) as name, max(village) as village, max(grp) as grp, sum(amount_fen) as fen from now group by who),
		o as (select who, max(name) as name, max(village) as village, max(grp) as grp, sum(amount_fen) as fen from before group by who),
		d as (select coalesce(n.name, o.name) as name, coalesce(n.village, o.village) as village, coalesce(n.grp, o.grp) as grp, n.fen, o.fen as fen0
			from n full join o using (who) where n.fen is distinct from o.fen)`
	_, err := first(ctx, tx, func(row pgx.CollectableRow) (struct{}, error) {
		return struct{}{}, row.Scan(&c.Added, &c.Gone, &c.Changed)
	}, people+`
		select count(*) filter (where fen0 is null)::int, count(*) filter (where fen is null)::int,
			count(*) filter (where fen is not null and fen0 is not null)::int from d`, args)
	if err != nil && !errors.Is(err, ledger.ErrNotFound) {
		return err
	}
	c.People, err = all(ctx, tx, func(row pgx.CollectableRow) (p ledger.PersonChange, err error) {
		err = row.Scan(&p.Name, &p.Village, &p.Group, &p.Now, &p.Before)
		return p, err
	}, people+`
		select name, village, grp, fen::bigint, fen0::bigint from d
		order by abs(coalesce(fen, 0) - coalesce(fen0, 0)) desc, village, name limit @most`, args)
	return err
}
