package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"mingbai/ledger"
)

// TargetError refuses a correction some of whose rows replace nothing (XB-02); at most 200 are listed, Total counts all.
type TargetError struct {
	Rows  []Clash // Batch is the batch that was to be corrected
	Total int
}

func (e *TargetError) Error() string {
	return fmt.Sprintf("批次%d里没有要更正的行（%d处）", e.Rows[0].Batch, e.Total)
}

// mayCorrect refuses a correction of a batch that cannot be corrected by this file (XB-02). It locks nothing: publishing
// looks again.
func (db *DB) mayCorrect(ctx context.Context, tx pgx.Tx, u Upload) error {
	if u.Corrects == 0 {
		return nil
	}
	if u.Reason == "" {
		return ledger.Errorf(ledger.KindInvalid, "更正批次%d要写明原因（--reason）", u.Corrects)
	}
	old, err := db.batch(ctx, tx, u.Corrects, "")
	if errors.Is(err, ledger.ErrNotFound) {
		return ledger.Refuse(ledger.KindNotFound, "XB-02", "要更正的批次%d不存在，请填写原批次号", u.Corrects)
	}
	if err != nil {
		return err
	}
	if old.State != ledger.Published || old.Fund != u.Fund || old.Period != u.Period {
		return ledger.Refuse(ledger.KindConflict, "XB-02", "批次%d是“%s”%s的批次，现在“%s”，不能由这个文件更正。请核对原批次号、项目和期间",
			old.No, old.Fund, old.Period.Name(), old.State.Name())
	}
	return nil
}

// findTargets pairs a correction's rows with the rows that they replace: the same person's, in the batch named. A person
// whom that batch does not pay is no correction but a payment forgotten, and goes into an ordinary batch.
func (db *DB) findTargets(ctx context.Context, tx pgx.Tx, no int64, u Upload) error {
	if u.Corrects == 0 {
		return nil
	}
	args := pgx.NamedArgs{"county": db.county, "no": no, "old": u.Corrects, "year": u.Period.Year()}
	if _, err := exec(ctx, tx, `
		update staged_row s set old_line = p.line
		from payment p
		where s.county = @county and s.batch_no = @no and p.county = @county and p.year = @year
			and p.batch_no = @old and p.active and p.paid_for = s.paid_for`, args); err != nil {
		return err
	}
	type lost struct {
		Clash
		Total int
	}
	found, err := all(ctx, tx, func(row pgx.CollectableRow) (l lost, err error) {
		err = row.Scan(&l.Sheet, &l.Row, &l.Total)
		l.Batch = u.Corrects
		return l, err
	}, `
		select sheet, sheet_row, count(*) over () from staged_row
		where county = @county and batch_no = @no and old_line is null order by line limit 200`, args)
	if err != nil || len(found) == 0 {
		return err
	}
	e := &TargetError{Total: found[0].Total}
	for _, l := range found {
		e.Rows = append(e.Rows, l.Clash)
	}
	return e
}

// keepFindings stores what the rules saw, with the clerk's reason beside each warning.
func (db *DB) keepFindings(ctx context.Context, tx pgx.Tx, no int64, u Upload) error {
	if u.Findings == nil {
		return nil
	}
	return db.insertFindings(ctx, tx, no, 0, u, u.Findings())
}

// insertFindings adds findings after the first n of a batch; the upload's note is the reason for the warnings among them.
func (db *DB) insertFindings(ctx context.Context, tx pgx.Tx, no int64, n int, u Upload, found []ledger.Finding) error {
	var rows [][]any
	for i, f := range found {
		row := []any{db.county, no, n + i + 1, f.Rule, string(f.Severity), f.Sheet, f.Cell, f.Message, f.Fix, "", nil, nil, digestBytes(f.Row), false}
		if f.Severity == ledger.Warn && u.Note != "" {
			row[9], row[10], row[11] = u.Note, u.By, db.now()
		} else if what, ok := explainedBy(f); ok && u.given[what].Reason != "" {
			old := u.given[what] // with who gave it, and when
			row[9], row[10], row[11], row[13] = old.Reason, old.By, old.At, true
		}
		rows = append(rows, row)
	}
	_, err := tx.CopyFrom(ctx, pgx.Identifier{"batch_finding"},
		[]string{"county", "batch_no", "seq", "rule", "severity", "sheet", "cell", "message", "fix", "reason", "reason_by", "reason_at", "row_digest", "carried"},
		pgx.CopyFromRows(rows))
	return err
}

// supersede ends the rows that a correction replaces and notes which replaces which, before the new rows enter. A row that
// no longer counts — corrected or withdrawn since the import — stops the publication.
func (db *DB) supersede(ctx context.Context, tx pgx.Tx, b ledger.Batch) error {
	if b.Corrects == 0 {
		return nil
	}
	args := pgx.NamedArgs{"county": db.county, "no": b.No, "old": b.Corrects, "year": b.Period.Year()}
	n, err := exec(ctx, tx, `
		update payment p set active = false
		from staged_row s
		where s.county = @county and s.batch_no = @no and p.county = @county and p.year = @year
			and p.batch_no = @old and p.line = s.old_line and p.active`, args)
	if err != nil {
		return err
	}
	if n != int64(b.Rows) {
		return ledger.Refuse(ledger.KindConflict, "XB-02", "批次%d里有%d行在导入之后已被更正或撤回，请退回本批次，重新核对", b.Corrects, int64(b.Rows)-n)
	}
	if _, err := exec(ctx, tx, `
		insert into correction (county, batch_no, line, old_batch, old_line)
		select county, batch_no, line, @old, old_line from staged_row where county = @county and batch_no = @no`, args); err != nil {
		return err
	}
	return db.settleOld(ctx, tx, b)
}

// settleOld counts a corrected batch anew and tells the index; without any row left that counts it is superseded.
func (db *DB) settleOld(ctx context.Context, tx pgx.Tx, b ledger.Batch) error {
	old, err := db.batch(ctx, tx, b.Corrects, forChange)
	if err != nil {
		return err
	}
	args := pgx.NamedArgs{"county": db.county, "no": old.No, "year": old.Period.Year(), "now": db.now(), "by": b.CertifiedBy, "reason": b.Reason}
	if _, err := exec(ctx, tx, `
		update batch set state = 'superseded', ended_by = @by, ended_at = @now, end_reason = @reason
		where county = @county and batch_no = @no and state = 'published' and not exists (
			select from `+rowTable(old.Kind)+` where county = @county and year = @year and batch_no = @no and active)`, args); err != nil {
		return err
	}
	if _, err := exec(ctx, tx, `
		update batch set state = 'published', ended_by = null, ended_at = null, end_reason = null
		where county = @county and batch_no = @no and state = 'superseded' and exists (
			select from `+rowTable(old.Kind)+` where county = @county and year = @year and batch_no = @no and active)`, args); err != nil {
		return err
	}
	if err := db.tallyBatch(ctx, tx, old); err != nil {
		return err
	}
	return db.tellIndex(ctx, tx, old)
}

// restoreOld lets the rows that a correction replaced count again, when the correction is withdrawn.
func (db *DB) restoreOld(ctx context.Context, tx pgx.Tx, b ledger.Batch) error {
	if b.Corrects == 0 {
		return nil
	}
	if b.Kind != ledger.Subsidy {
		return db.reviveOld(ctx, tx, b)
	}
	if _, err := exec(ctx, tx, `
		update payment p set active = true
		from correction c
		join batch o on o.county = c.county and o.batch_no = c.old_batch and o.state in ('published', 'superseded')
		where c.county = @county and c.batch_no = @no and p.county = @county and p.year = @year
			and p.batch_no = c.old_batch and p.line = c.old_line
			and not exists (select from row_withdrawal w where w.county = p.county and w.batch_no = p.batch_no and w.line = p.line)`,
		pgx.NamedArgs{"county": db.county, "no": b.No, "year": b.Period.Year()}); err != nil {
		return err
	}
	return db.settleOld(ctx, tx, b)
}

// Revert takes a withdrawal back: the batch's rows count again, but for those that were corrected or withdrawn singly. It
// is refused when somebody in it was paid elsewhere meanwhile.
func (db *DB) Revert(ctx context.Context, no int64, by, reason string) error {
	return db.write(ctx, func(tx pgx.Tx) error { return db.revert(ctx, tx, no, by, reason, nil) })
}

func (db *DB) revert(ctx context.Context, tx pgx.Tx, no int64, by, reason string, asked *ledger.ActRequest) error {
	if reason == "" {
		return ledger.Errorf(ledger.KindInvalid, "恢复批次%d要写明原因（--reason）", no)
	}
	b, err := db.step(ctx, tx, no, ledger.Published, by, ledger.ActRevert)
	if err != nil {
		return err
	}
	if b.State != ledger.Withdrawn {
		return ledger.Errorf(ledger.KindConflict, "批次%d现在是“%s”，只有已撤回的批次可以恢复；更正过的，请撤回更正它的批次", no, b.State.Name())
	}
	if err := db.note(ctx, tx, ledger.ActReverted, b, 0, reason); err != nil {
		return err
	}
	if err := db.endCorrected(ctx, tx, b); err != nil {
		return err
	}
	if err := db.reactivate(ctx, tx, b); err != nil {
		return err
	}
	if _, err := exec(ctx, tx, `
			update batch set state = 'published', ended_by = null, ended_at = null, end_reason = null
			where county = @county and batch_no = @no`, pgx.NamedArgs{"county": db.county, "no": no}); err != nil {
		return err
	}
	if b.Corrects != 0 {
		if err := db.settleOld(ctx, tx, b); err != nil {
			return err
		}
	}
	if err := db.tallyBatch(ctx, tx, b); err != nil {
		return err
	}
	if err := db.tellIndex(ctx, tx, b); err != nil {
		return err
	}
	return db.record(ctx, tx, by, "batch.revert", object(no), why(reason, asked))
}

// comesBack says in SQL whether payment p counts again when its batch does: not what was withdrawn singly or is corrected.
const comesBack = `not exists (select from row_withdrawal w where w.county = p.county and w.batch_no = p.batch_no and w.line = p.line)
	and not exists (select from correction c join batch n on n.county = c.county and n.batch_no = c.batch_no and n.state in ('published', 'superseded')
		where c.county = p.county and c.old_batch = p.batch_no and c.old_line = p.line)`

// endCorrected ends again what a correction replaces, when the correction comes back.
func (db *DB) endCorrected(ctx context.Context, tx pgx.Tx, b ledger.Batch) error {
	switch {
	case b.Corrects == 0:
		return nil
	case b.Kind != ledger.Subsidy:
		return db.endOld(ctx, tx, b)
	}
	_, err := exec(ctx, tx, `
		update payment p set active = false from correction c
		where c.county = @county and c.batch_no = @no and p.county = @county and p.year = @year
			and p.batch_no = c.old_batch and p.line = c.old_line`,
		pgx.NamedArgs{"county": db.county, "no": b.No, "year": b.Period.Year()})
	return err
}

func (db *DB) reactivate(ctx context.Context, tx pgx.Tx, b ledger.Batch) error {
	if b.Kind != ledger.Subsidy {
		return db.reviveRecords(ctx, tx, b)
	}
	args := pgx.NamedArgs{"county": db.county, "no": b.No, "year": b.Period.Year()}
	clash, err := one[int](ctx, tx, `
		select count(*)::int from payment p
		join payment q on q.county = p.county and q.year = p.year and q.fund = p.fund and q.period = p.period and q.paid_for = p.paid_for and q.active
		where p.county = @county and p.year = @year and p.batch_no = @no and `+comesBack, args)
	if err != nil {
		return err
	}
	if clash > 0 {
		return ledger.Refuse(ledger.KindConflict, "XB-01", "有%d行的人已在别的批次公开，不能恢复；请先撤回那些批次", clash)
	}
	_, err = exec(ctx, tx, `
		update payment p set active = true where p.county = @county and p.year = @year and p.batch_no = @no and `+comesBack, args)
	return err
}

// WithdrawRow takes back one published row, named by sheet and row as pages show it; sheet may be empty where the batch has
// one sheet only.
func (db *DB) WithdrawRow(ctx context.Context, no int64, sheet string, row int, by, reason string) error {
	return db.write(ctx, func(tx pgx.Tx) error {
		b, err := db.step(ctx, tx, no, ledger.Withdrawn, by, ledger.ActWithdraw)
		if err != nil {
			return err
		}
		lines, err := all(ctx, tx, pgx.RowTo[int], `
			select line from `+rowTable(b.Kind)+` where county = @county and year = @year and batch_no = @no and sheet_row = @row
				and (@sheet = '' or sheet = @sheet) and active`,
			pgx.NamedArgs{"county": db.county, "no": no, "year": b.Period.Year(), "sheet": sheet, "row": row})
		if err != nil {
			return err
		}
		switch len(lines) {
		case 0:
			return ledger.Refuse(ledger.KindNotFound, "XB-02", "批次%d没有第%d行，或它已经撤回、更正。请核对批次号、工作表和行号", no, row)
		case 1:
			return db.withdrawLine(ctx, tx, no, lines[0], by, reason, nil)
		}
		return ledger.Errorf(ledger.KindInvalid, "批次%d有%d个工作表都有第%d行，请用 --sheet 指明工作表", no, len(lines), row)
	})
}

// withdrawLine takes back one published row, named by its line in the batch.
func (db *DB) withdrawLine(ctx context.Context, tx pgx.Tx, no int64, line int, by, reason string, asked *ledger.ActRequest) error {
	if reason == "" {
		return ledger.Errorf(ledger.KindInvalid, "撤回批次%d的一行要写明原因（--reason）", no)
	}
	b, err := db.step(ctx, tx, no, ledger.Withdrawn, by, ledger.ActWithdraw)
	if err != nil {
		return err
	}
	args := pgx.NamedArgs{
		"county": db.county, "no": no, "year": b.Period.Year(), "line": line, "by": by, "now": db.now(), "reason": reason,
	}
	ended, err := exec(ctx, tx, `
		update `+rowTable(b.Kind)+` set active = false where county = @county and year = @year and batch_no = @no and line = @line and active`, args)
	if err != nil {
		return err
	}
	if ended == 0 {
		return ledger.Refuse(ledger.KindConflict, "XB-02", "批次%d的这一行已经撤回或更正", no)
	}
	if err := db.note(ctx, tx, ledger.ActRowWithdrawn, b, line, reason); err != nil {
		return err
	}
	if _, err := exec(ctx, tx, `
		insert into row_withdrawal (county, batch_no, line, at, by, reason) values (@county, @no, @line, @now, @by, @reason)`, args); err != nil {
		return err
	}
	if err := db.tallyBatch(ctx, tx, b); err != nil {
		return err
	}
	if err := db.tellIndex(ctx, tx, b); err != nil {
		return err
	}
	return db.record(ctx, tx, by, "row.withdraw", fmt.Sprintf("batch/%d/line/%d", no, line), why(reason, asked))
}
