package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"mingbai/ledger"
)

// entering is what publication does with a batch's rows, in order. The year's people are counted once, when all are in.
func (db *DB) entering(kind ledger.FundKind) []func(context.Context, pgx.Tx, ledger.Batch) error {
	if kind == ledger.Subsidy {
		return []func(context.Context, pgx.Tx, ledger.Batch) error{
			db.supersede, db.enterPeople, db.enterPayments, db.enterParties, db.tallyVillages,
		}
	}
	return []func(context.Context, pgx.Tx, ledger.Batch) error{
		db.supersedeBatch, db.enterRecords, db.enterFields, db.tallyRecords,
	}
}

// supersedeBatch ends the whole batch that a correction replaces: tables of these kinds are made anew as a whole.
func (db *DB) supersedeBatch(ctx context.Context, tx pgx.Tx, b ledger.Batch) error {
	if b.Corrects == 0 {
		return nil
	}
	if err := db.endOld(ctx, tx, b); err != nil {
		return err
	}
	return db.settleOld(ctx, tx, b)
}

// endOld makes every row of the batch that b replaces cease to count. Another may have taken its place meanwhile.
func (db *DB) endOld(ctx context.Context, tx pgx.Tx, b ledger.Batch) error {
	old, err := db.batch(ctx, tx, b.Corrects, "for update")
	if err != nil {
		return err
	}
	if old.State != ledger.Published {
		return ledger.Refuse(ledger.KindConflict, "XB-02", "要更正的批次%d现在“%s”，批次%d不能再更正它。请核对后另行导入", old.No, old.State.Name(), b.No)
	}
	return db.endRows(ctx, tx, old)
}

// endRows makes every row of a batch cease to count.
func (db *DB) endRows(ctx context.Context, tx pgx.Tx, b ledger.Batch) error {
	_, err := exec(ctx, tx, `
		update `+rowTable(b.Kind)+` set active = false where county = @county and year = @year and batch_no = @no and active`,
		pgx.NamedArgs{"county": db.county, "no": b.No, "year": b.Period.Year()})
	return err
}

// reviveRecords lets a batch's records count again, but for those withdrawn singly. It is refused where another batch has
// published the same meanwhile.
func (db *DB) reviveRecords(ctx context.Context, tx pgx.Tx, b ledger.Batch) error {
	args := pgx.NamedArgs{"county": db.county, "no": b.No, "year": b.Period.Year()}
	clash, err := one[int](ctx, tx, `
		select count(*)::int from record p
		where p.county = @county and p.year = @year and p.batch_no = @no and exists (
			select from record q where q.county = p.county and q.fund = p.fund and q.period = p.period and q.key = p.key
				and q.active and q.batch_no <> p.batch_no)`, args)
	if err != nil {
		return err
	}
	if clash > 0 {
		return ledger.Refuse(ledger.KindConflict, "XB-01", "有%d行已在别的批次公开，不能恢复；请先撤回那些批次", clash)
	}
	_, err = exec(ctx, tx, `
		update record p set active = true where p.county = @county and p.year = @year and p.batch_no = @no and `+comesBack, args)
	return err
}

// reviveOld lets the batch that b replaced count again, when b is withdrawn.
func (db *DB) reviveOld(ctx context.Context, tx pgx.Tx, b ledger.Batch) error {
	old, err := db.batch(ctx, tx, b.Corrects, "for update")
	if err != nil {
		return err
	}
	if old.State != ledger.Superseded {
		return nil
	}
	if err := db.reviveRecords(ctx, tx, old); err != nil {
		return err
	}
	return db.settleOld(ctx, tx, b)
}

func (db *DB) enterRecords(ctx context.Context, tx pgx.Tx, b ledger.Batch) error {
	return db.enterAll(ctx, tx, b, `
		insert into record (county, year, batch_no, line, fund, period, section, depth, key, amount_fen, sheet, sheet_row)
		select s.county, @year, s.batch_no, s.line, @fund, @period, s.section, s.depth, s.key, s.amount_fen, s.sheet, s.sheet_row`)
}

// enterFields fills the table of the batch's kind.
func (db *DB) enterFields(ctx context.Context, tx pgx.Tx, b ledger.Batch) error {
	k := recordKinds[b.Kind]
	return db.enterAll(ctx, tx, b, `
		insert into `+k.table+` (county, year, batch_no, line, `+k.names("")+`)
		select s.county, @year, s.batch_no, s.line, `+k.unpacked())
}

// enterAll moves every staged row by an insert, or fails.
func (db *DB) enterAll(ctx context.Context, tx pgx.Tx, b ledger.Batch, insert string) error {
	n, err := exec(ctx, tx, insert+` from staged_record s where s.county = @county and s.batch_no = @no`, pgx.NamedArgs{
		"county": db.county, "no": b.No, "year": b.Period.Year(), "fund": b.Fund, "period": string(b.Period),
	})
	if err == nil && n != int64(b.Rows) {
		err = fmt.Errorf("batch %d: %d rows certified, %d entered", b.No, b.Rows, n)
	}
	return err
}

// tallyRecords counts the batch's active records anew.
func (db *DB) tallyRecords(ctx context.Context, tx pgx.Tx, b ledger.Batch) error {
	args := pgx.NamedArgs{"county": db.county, "no": b.No, "year": b.Period.Year(), "fund": b.Fund}
	if err := execAll(ctx, tx, args,
		`delete from record_tally where county = @county and year = @year and fund = @fund and batch_no = @no`,
		`insert into record_tally (county, year, fund, batch_no, row_count, total_fen)
		 select @county, @year, @fund, @no, count(*), coalesce(sum(amount_fen) filter (where depth = 0), 0)
		 from record where county = @county and year = @year and batch_no = @no and active having count(*) > 0`,
	); err != nil {
		return err
	}
	return db.keepRecordSpans(ctx, tx, args)
}
