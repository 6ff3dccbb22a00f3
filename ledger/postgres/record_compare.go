package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"mingbai/ledger"
)

// twoRecordPeriods are the records of the period of batch @no and of the last period of its fund before, as twoPeriods are
// for payments; a correction stands for the whole batch that it replaces. Rows of one key are taken together.
func (k *recordKind) twoRecordPeriods() string {
	return fmt.Sprintf(`
	with b as (select * from batch where county = @county and batch_no = @no),
	last as (
		select max(o.period) as period from batch o, b
		where o.county = @county and o.fund = b.fund and o.period < b.period and length(o.period) = length(b.period)
			and o.state in ('published', 'superseded')),
	waiting as (select s.* from staged_record s, b where s.county = @county and s.batch_no = @no),
	now as (
		select w.key, w.section, w.depth, w.amount_fen, w.fields from waiting w
		union all
		select p.key, p.section, p.depth, p.amount_fen, %[1]s
		from record p join %[2]s d using (county, year, batch_no, line)
		join b on p.county = b.county and p.year = b.year and p.fund = b.fund and p.period = b.period
		where p.active and not (p.batch_no = coalesce(b.corrects, 0) and exists (select from waiting))),
	before as (
		select p.key, p.section, p.depth, p.amount_fen, %[1]s as fields
		from record p join %[2]s d using (county, year, batch_no, line)
		join b on p.county = b.county and p.fund = b.fund
		join last on p.period = last.period
		where p.active),
	n as (select key, max(section) as section, sum(amount_fen) as fen, jsonb_agg(fields order by fields) as fields from now group by key),
	o as (select key, max(section) as section, sum(amount_fen) as fen, jsonb_agg(fields order by fields) as fields from before group by key),
	d as (
		select key, coalesce(n.section, o.section) as section, o.key is null as added, n.key is null as gone, n.fen, o.fen as fen0
		from n full join o using (key)
		where (n.fen, n.fields) is distinct from (o.fen, o.fields))`, k.packed(), k.table)
}

func (db *DB) compareRecords(ctx context.Context, tx pgx.Tx, args pgx.NamedArgs, c *ledger.Comparison) error {
	periods := recordKinds[c.Kind].twoRecordPeriods()
	var last *ledger.Period
	_, err := first(ctx, tx, func(row pgx.CollectableRow) (struct{}, error) {
		return struct{}{}, row.Scan(&last, &c.Now.Rows, &c.Now.Total, &c.Before.Rows, &c.Before.Total, &c.Added, &c.Gone, &c.Changed)
	}, periods+`
		select (select period from last), (select count(*) from now)::int,
			(select coalesce(sum(amount_fen) filter (where depth = 0), 0) from now)::bigint,
			(select count(*) from before)::int, (select coalesce(sum(amount_fen) filter (where depth = 0), 0) from before)::bigint,
			count(*) filter (where added)::int, count(*) filter (where gone)::int, count(*) filter (where not added and not gone)::int
		from d`, args)
	if err != nil {
		return err
	}
	if last == nil {
		c.Added, c.Gone, c.Changed = 0, 0, 0
		return nil
	}
	c.Last = *last
	c.Records, err = all(ctx, tx, func(row pgx.CollectableRow) (r ledger.RecordChange, err error) {
		err = row.Scan(&r.Key, &r.Section, &r.Added, &r.Gone, &r.Now, &r.Before)
		return r, err
	}, periods+`
		select key, section, added, gone, fen::bigint, fen0::bigint from d
		order by abs(coalesce(fen, 0) - coalesce(fen0, 0)) desc, gone, added, key limit @most`, args)
	return err
}
