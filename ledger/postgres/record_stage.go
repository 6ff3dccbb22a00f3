package postgres

import (
	"context"
	"iter"

	"github.com/jackc/pgx/v5"

	"mingbai/ledger"
)

// ImportRecords stores a file and its rows of any kind but subsidy as a checked batch, or nothing at all: see Import.
func (db *DB) ImportRecords(ctx context.Context, u Upload, rows iter.Seq2[ledger.StagedRecord, error]) (int64, error) {
	return db.importFile(ctx, u, func(tx pgx.Tx, no int64) error {
		b, err := db.batch(ctx, tx, no, "")
		if err != nil {
			return err
		}
		if err := db.stageRecords(ctx, tx, b, rows); err != nil {
			return err
		}
		return db.refuseRecordClashes(ctx, tx, no)
	})
}

var stagedRecordColumns = []string{
	"county", "batch_no", "line", "sheet", "sheet_row", "section", "depth", "key", "amount_fen", "fields",
}

func (db *DB) stageRecords(ctx context.Context, tx pgx.Tx, b ledger.Batch, rows iter.Seq2[ledger.StagedRecord, error]) error {
	kind := recordKinds[b.Kind]
	if kind == nil {
		return ledger.Errorf(ledger.KindInvalid, "“%s”是%s项目，请用这一类的表", b.Fund, b.Kind.Name())
	}
	return copyRows(ctx, tx, "staged_record", stagedRecordColumns, rows, func(r ledger.StagedRecord) []any {
		return []any{
			db.county, b.No, r.Line, r.Sheet, r.SheetRow, r.Section, r.Depth, r.Key, kind.amount(r.Record), kind.fields(r.Record),
		}
	})
}

// copyRows streams rows into a table by COPY. What rows says is broken comes back as it was said: COPY would send its words
// to the server and lose the error itself.
func copyRows[T any](ctx context.Context, tx pgx.Tx, table string, columns []string, rows iter.Seq2[T, error], values func(T) []any) error {
	next, stop := iter.Pull2(rows)
	defer stop()
	var broken error
	_, err := tx.CopyFrom(ctx, pgx.Identifier{table}, columns, pgx.CopyFromFunc(func() ([]any, error) {
		r, err, ok := next()
		switch {
		case err != nil:
			broken = err
			return nil, errRowsBroken
		case !ok:
			return nil, nil
		}
		return values(r), nil
	}))
	if broken != nil {
		return broken
	}
	return err
}

// refuseRecordClashes looks for rows that another batch of the same fund and period has published (XB-01). A correction
// takes the place of a whole batch, so that batch's rows are no clash.
func (db *DB) refuseRecordClashes(ctx context.Context, tx pgx.Tx, no int64) error {
	return clashes(ctx, tx, `
		select s.sheet, s.sheet_row, min(p.batch_no), count(*) over ()
		from batch b
		join staged_record s on s.county = b.county and s.batch_no = b.batch_no
		join record p on p.county = b.county and p.fund = b.fund and p.period = b.period and p.key = s.key and p.active
			and p.batch_no <> coalesce(b.corrects, 0)
		where b.county = @county and b.batch_no = @no
		group by s.line, s.sheet, s.sheet_row
		order by s.line limit 200`, pgx.NamedArgs{"county": db.county, "no": no})
}
