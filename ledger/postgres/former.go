package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"mingbai/ledger"
)

// addFormer fills in what payments said before they were corrected, the newest first: a correction may be corrected again.
func (db *DB) addFormer(ctx context.Context, q querier, payments []ledger.Payment) error {
	if len(payments) == 0 {
		return nil
	}
	at := make(map[[2]int64]int, len(payments))
	var years, lines []int
	var batches []int64
	for i, p := range payments {
		at[[2]int64{p.Batch, int64(p.Line)}] = i
		years, batches, lines = append(years, p.Period.Year()), append(batches, p.Batch), append(lines, p.Line)
	}
	type found struct {
		batch int64
		line  int64
		ledger.Former
	}
	list, err := all(ctx, q, func(row pgx.CollectableRow) (f found, err error) {
		err = row.Scan(&f.batch, &f.line, &f.Batch, &f.Line, &f.Amount, &f.Basis, &f.BasisUnit, &f.Standard, &f.FileName, &f.Sheet, &f.SheetRow, &f.At, &f.Reason)
		return f, err
	}, `
		with recursive former as (
			select k.batch_no, k.line, k.year, c.old_batch, c.old_line, n.published_at, n.correct_reason, 1 as step
			from unnest(@years::int[], @batches::bigint[], @lines::int[]) as k (year, batch_no, line)
			join correction c on c.county = @county and c.batch_no = k.batch_no and c.line = k.line
			join batch n on n.county = c.county and n.batch_no = c.batch_no and n.state in ('published', 'superseded')
			union all
			select f.batch_no, f.line, f.year, c.old_batch, c.old_line, n.published_at, n.correct_reason, f.step + 1
			from former f
			join correction c on c.county = @county and c.batch_no = f.old_batch and c.line = f.old_line
			join batch n on n.county = c.county and n.batch_no = c.batch_no and n.state in ('published', 'superseded'))
		select f.batch_no, f.line, p.batch_no, p.line, p.amount_fen, p.basis, p.basis_unit, p.standard, b.file_name, p.sheet, p.sheet_row,
			f.published_at, coalesce(f.correct_reason, '')
		from former f
		join payment p on p.county = @county and p.year = f.year and p.batch_no = f.old_batch and p.line = f.old_line
		join batch b on b.county = @county and b.batch_no = p.batch_no
		order by f.step`,
		pgx.NamedArgs{"county": db.county, "years": years, "batches": batches, "lines": lines})
	for _, f := range list {
		p := &payments[at[[2]int64{f.batch, f.line}]]
		p.Former = append(p.Former, f.Former)
	}
	return err
}
