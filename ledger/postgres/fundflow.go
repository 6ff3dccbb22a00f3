package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"mingbai/ledger"
)

// fundFlow fills in what stands around a year's total: what the documents hand down, what did not reach its household, and
// what the other years came to.
func (db *DB) fundFlow(ctx context.Context, args pgx.NamedArgs, page *ledger.FundPage) (err error) {
	if page.Handed, err = db.handed(ctx, db.pool, args, page.Batches); err != nil {
		return err
	}
	if page.Then == nil { // rows keep no record of when their status was another
		if page.Unpaid, err = first(ctx, db.pool, scanTally, `
			select count(*)::int, coalesce(sum(amount_fen), 0)::bigint from payment
			where county = @county and fund = @fund and year = @year and active and status in ('returned', 'withheld')`, args); err != nil {
			return err
		}
	}
	page.ByYear, err = all(ctx, db.pool, scanYearTally, `
		select t.year, sum(t.row_count)::int, sum(t.total_fen)::bigint from village_span t
		where t.county = @county and t.fund = @fund and `+heldThen+` group by t.year order by t.year desc`, args)
	return err
}

// handed is what the documents of the batches that count hand down in all; nil unless every one of them says.
func (db *DB) handed(ctx context.Context, q querier, args pgx.NamedArgs, batches []ledger.Publication) (*ledger.Fen, error) {
	args["alive"] = alive(batches)
	fen, err := one[*int64](ctx, q, `
		select case when count(*) = count(document_fen) then sum(document_fen)::bigint end
		from batch where county = @county and batch_no = any(@alive)`, args)
	return (*ledger.Fen)(fen), err
}

// recordYears are what the years of a fund of records came to.
func (db *DB) recordYears(ctx context.Context, tx pgx.Tx, _ *recordKind, args pgx.NamedArgs, page *ledger.RecordPage) (err error) {
	if page.Then != nil {
		return nil
	}
	page.ByYear, err = all(ctx, tx, scanYearTally, `
		select year, sum(row_count)::int, sum(total_fen)::bigint from record_tally
		where county = @county and fund = @fund group by year order by year desc`, args)
	return err
}

func scanTally(row pgx.CollectableRow) (t ledger.Tally, err error) {
	err = row.Scan(&t.Rows, &t.Total)
	return t, err
}

func scanYearTally(row pgx.CollectableRow) (t ledger.YearTally, err error) {
	err = row.Scan(&t.Year, &t.Rows, &t.Total)
	return t, err
}
