package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"mingbai/ledger"
)

// rowKey names a row of a batch.
type rowKey struct {
	batch int64
	line  int
}

// addFormer fills in what payments said before they were corrected.
func (db *DB) addFormer(ctx context.Context, q querier, payments []ledger.Payment) error {
	if len(payments) == 0 {
		return nil
	}
	var years, lines []int
	var batches []int64
	for _, p := range payments {
		years, batches, lines = append(years, p.Period.Year()), append(batches, p.Batch), append(lines, p.Line)
	}
	rows, err := q.Query(ctx, `with recursive `+formerOf(`select * from unnest(@years::int[], @batches::bigint[], @lines::int[])`),
		pgx.NamedArgs{"county": db.county, "years": years, "batches": batches, "lines": lines})
	if err != nil {
		return ours(err)
	}
	return ours(readFormer(rows, payments))
}

// formerOf selects what rows said before they were corrected, the newest first: a correction may be corrected again. It
// continues a `with recursive`; rows are given by year, batch and line.
func formerOf(rows string) string {
	return `
		former as (
			select k.batch_no, k.line, k.year, c.old_batch, c.old_line, n.published_at, n.correct_reason, 1 as step
			from (` + rows + `) as k (year, batch_no, line)
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
		order by f.step`
}

// readFormer puts them beside the payments that say it now.
func readFormer(rows pgx.Rows, payments []ledger.Payment) error {
	at := make(map[rowKey]*ledger.Payment, len(payments))
	for i := range payments {
		at[rowKey{payments[i].Batch, payments[i].Line}] = &payments[i]
	}
	var now rowKey
	var f ledger.Former
	_, err := pgx.ForEachRow(rows, []any{
		&now.batch, &now.line, &f.Batch, &f.Line, &f.Amount, &f.Basis, &f.BasisUnit, &f.Standard, &f.FileName, &f.Sheet, &f.SheetRow, &f.At, &f.Reason,
	}, func() error {
		if p := at[now]; p != nil { // not of a fund that is closed to everybody
			p.Former = append(p.Former, f)
		}
		return nil
	})
	return err
}
