package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"mingbai/ledger"
)

// Words are the county's regions, funds and agencies.
func (db *DB) Words(ctx context.Context) (w ledger.Words, err error) {
	if w.Regions, err = db.Regions(ctx); err != nil {
		return w, err
	}
	args := pgx.NamedArgs{"county": db.county, "today": db.today()}
	if w.Funds, err = all(ctx, db.pool, pgx.RowToStructByPos[ledger.Fund],
		`select `+fundColumns+` from fund f where f.county = @county order by f.kind, f.code`, args); err != nil {
		return w, err
	}
	w.Agencies, err = all(ctx, db.pool, pgx.RowTo[string], `
		select distinct d.agency_name
		from record p join agency d using (county, year, batch_no, line) `+joinBatchFund+`
		where p.county = @county and `+isPublic+` order by d.agency_name`, args)
	return w, err
}

// OpenLists are the lists of villages that are open today, the newest first. They are counted over all their rows.
func (db *DB) OpenLists(ctx context.Context, q ledger.ListQuery) ([]ledger.OpenList, error) {
	return all(ctx, db.pool, pgx.RowToStructByPos[ledger.OpenList], `
		select t.fund, f.name, t.year, t.village_code, coalesce(town.name, ''), v.name, sum(t.row_count)::int, sum(t.total_fen)::bigint
		from village_tally t
		join batch b on b.county = t.county and b.batch_no = t.batch_no
		join fund f on f.county = t.county and f.code = t.fund
		join region v on v.county = t.county and v.code = t.village_code
		left join region town on town.county = t.county and town.code = v.parent
		where t.county = @county and f.disclosure = 'public' and b.public_from <= @today
			and (b.public_until is null or b.public_until >= @today)
			and (cardinality(@places::text[]) = 0 or t.village_code = any(@places) or left(t.village_code, 9) = any(@places))
			and (cardinality(@funds::text[]) = 0 or t.fund = any(@funds))
			and (cardinality(@years::int[]) = 0 or t.year = any(@years))
		group by t.fund, f.name, t.year, t.village_code, town.name, v.name
		order by t.year desc, t.village_code, t.fund limit @most`,
		pgx.NamedArgs{
			"county": db.county, "today": db.today(), "most": q.Most,
			"places": append([]string{}, q.Places...), "funds": append([]string{}, q.Funds...), "years": append([]int{}, q.Years...),
		})
}
