package postgres

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"mingbai/ledger"
)

// mayMend refuses a file that cannot go on with the batch it names, before it is read. It locks nothing: takeOver looks again.
func (db *DB) mayMend(ctx context.Context, tx pgx.Tx, u Upload) error {
	if u.Batch == 0 {
		return nil
	}
	b, err := db.batch(ctx, tx, u.Batch, "")
	if err != nil {
		return err
	}
	if !b.State.MayBeMended() {
		return ledger.Errorf(ledger.KindConflict, "批次%d现在是“%s”，不能换文件。%s", b.No, b.State.Name(), mendRemedy(b.State))
	}
	if b.Fund != u.Fund || b.Period != u.Period || b.Corrects != u.Corrects {
		return ledger.Errorf(ledger.KindInvalid, "批次%d是“%s”%s的批次，换文件不能换项目、期间或更正对象。请另行导入", b.No, b.Fund, b.Period.Name())
	}
	return nil
}

func mendRemedy(now ledger.State) string {
	if now == ledger.Certified {
		return "请复核人先退回"
	}
	return "已公开的请走更正"
}

// orKept runs the staging of a file. Where a blocked file is kept, what was staged before it showed is undone alone.
func orKept(ctx context.Context, tx pgx.Tx, u Upload, staging func(pgx.Tx) error) (blocked bool, err error) {
	if u.KeepBlocked == nil {
		return false, staging(tx)
	}
	err = pgx.BeginFunc(ctx, tx, staging) // a savepoint
	if err != nil && u.KeepBlocked(err) {
		return true, nil
	}
	return false, err
}

// takeOver lets a staged file take the place of the file that it mends: rows go under the older batch's number, and the
// batch that held them is gone before anybody saw it. Only now is the older batch locked: reading a file takes long, and
// the books' lock holds up every other act. It answers the number under which the file goes on.
func (db *DB) takeOver(ctx context.Context, tx pgx.Tx, staged int64, u *Upload) (int64, error) {
	if u.Batch == 0 {
		return staged, nil
	}
	if err := db.lockFor(ctx, tx, lockBooks); err != nil {
		return 0, err
	}
	b, err := db.batch(ctx, tx, u.Batch, forChange)
	if err != nil {
		return 0, err
	}
	if err := db.mayMend(ctx, tx, *u); err != nil {
		return 0, err
	}
	if u.given, err = db.givenReasons(ctx, tx, b.No); err != nil {
		return 0, err
	}
	if err := db.endRevision(ctx, tx, b.No, ledger.Replaced, u.By, ""); err != nil {
		return 0, err
	}
	if err := db.dropStaged(ctx, tx, b.No); err != nil {
		return 0, err
	}
	args := pgx.NamedArgs{
		"county": db.county, "no": b.No, "staged": staged, "sha": u.SHA256[:], "file": u.FileName, "rules": u.RuleVersion,
		"by": u.By, "now": db.now(),
	}
	for _, table := range stagedTables {
		if _, err := exec(ctx, tx, `update `+table+` set batch_no = @no where county = @county and batch_no = @staged`, args); err != nil {
			return 0, err
		}
	}
	for _, sql := range []string{
		`delete from batch where county = @county and batch_no = @staged`,
		`delete from batch_finding where county = @county and batch_no = @no`,
		`update batch set state = 'parsed', revision = revision + 1, file_sha256 = @sha, file_name = @file, rule_version = @rules,
			uploaded_by = @by, uploaded_at = @now, certified_by = null, certified_at = null, certified_sha256 = null,
			certified_rules = null, certified_mapping = null, certified_rows = null, certified_fen = null, certified_digest = null,
			ended_by = null, ended_at = null, end_reason = null, submitted_at = null, submitted_by = null
		 where county = @county and batch_no = @no`,
	} {
		if _, err := exec(ctx, tx, sql, args); err != nil {
			return 0, err
		}
	}
	return b.No, nil
}

// keepRevision writes a file that has been read into its batch's history. The very file again, with the same result by the
// same rules, is nothing new (FILE-06); after a change of rules, dictionary, mapping or code lists it is a re-check.
func (db *DB) keepRevision(ctx context.Context, tx pgx.Tx, no int64) (revision int, err error) {
	result, err := db.resultOf(ctx, tx, no)
	if err != nil {
		return 0, err
	}
	args := pgx.NamedArgs{"county": db.county, "no": no, "result": result}
	revision, err = one[int](ctx, tx, `
		insert into batch_revision (county, batch_no, revision, file_sha256, file_name, rule_version, mapping, row_count, total_fen,
			fatal, warnings, informs, result, uploaded_by, uploaded_at)
		select b.county, b.batch_no, b.revision, b.file_sha256, b.file_name, b.rule_version, b.mapping, b.row_count, b.total_fen,
			f.f, f.w, f.i, @result, b.uploaded_by, b.uploaded_at
		from batch b
		cross join (
			select count(*) filter (where severity = 'F') as f, count(*) filter (where severity = 'W') as w,
				count(*) filter (where severity = 'I') as i
			from batch_finding where county = @county and batch_no = @no) f
		where b.county = @county and b.batch_no = @no
		returning revision`, args)
	if err != nil {
		return 0, err
	}
	same, err := one[bool](ctx, tx, `
		select exists (
			select from batch_revision n
			join batch_revision o on o.county = n.county and o.batch_no = n.batch_no and o.revision = n.revision - 1
				and o.file_sha256 = n.file_sha256 and o.rule_version = n.rule_version and o.mapping = n.mapping and o.result = n.result
			where n.county = @county and n.batch_no = @no and n.revision = @revision)`,
		pgx.NamedArgs{"county": db.county, "no": no, "revision": revision})
	if err != nil {
		return 0, err
	}
	if same {
		return 0, ledger.Refuse(ledger.KindConflict, "FILE-06", "与批次%d现在的文件是同一个，校验结果也一样，无需重传；请上传改好的文件", no)
	}
	return revision, nil
}

// resultOf digests what checking a batch's present file came to.
func (db *DB) resultOf(ctx context.Context, tx pgx.Tx, no int64) (string, error) {
	args := pgx.NamedArgs{"county": db.county, "no": no}
	h := sha256.New()
	counted, err := one[string](ctx, tx, `
		select format('%s %s %s %s', count(*), sum(amount_fen), count(*) filter (where village_code = ''),
			(select sum(hashtextextended(key || fields::text, line)) from staged_record where county = @county and batch_no = @no))
		from staged_row where county = @county and batch_no = @no`, args)
	if err != nil {
		return "", err
	}
	fmt.Fprintln(h, counted)
	found, err := all(ctx, tx, scanFinding, `
		select `+findingColumns+` from batch_finding f where f.county = @county and f.batch_no = @no order by f.seq`, args)
	if err != nil {
		return "", err
	}
	for _, f := range found {
		fmt.Fprintf(h, "%q\n", []string{string(f.Severity), f.Rule, f.Sheet, f.Cell, f.Message})
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// endRevision says how a batch's present revision ended, unless that is said already.
func (db *DB) endRevision(ctx context.Context, tx pgx.Tx, no int64, how ledger.Ending, by, opinion string) error {
	_, err := exec(ctx, tx, `
		update batch_revision r set ended = @how, opinion = nullif(@opinion, ''), ended_by = @by, ended_at = @now
		from batch b
		where b.county = @county and b.batch_no = @no and r.county = b.county and r.batch_no = b.batch_no
			and r.revision = b.revision and r.ended is null`,
		pgx.NamedArgs{"county": db.county, "no": no, "how": string(how), "opinion": opinion, "by": by, "now": db.now()})
	return err
}

// Revisions are the files that a batch went through, the present one last.
func (db *DB) Revisions(ctx context.Context, no int64) ([]ledger.Revision, error) {
	found, err := all(ctx, db.pool, func(row pgx.CollectableRow) (r ledger.Revision, err error) {
		var ended *time.Time
		err = row.Scan(&r.Revision, &r.FileName, &r.SHA256, &r.RuleVersion, &r.Mapping, &r.Rows, &r.Total, &r.Fatal, &r.Warnings,
			&r.Informs, &r.UploadedBy, &r.UploadedAt, &r.Ended, &r.Opinion, &r.EndedBy, &ended)
		r.EndedAt = orZero(ended)
		return r, err
	}, `
		select revision, file_name, encode(file_sha256, 'hex'), rule_version, mapping, row_count, total_fen, fatal, warnings,
			informs, uploaded_by, uploaded_at, coalesce(ended, ''), coalesce(opinion, ''), coalesce(ended_by, ''), ended_at
		from batch_revision where county = @county and batch_no = @no order by revision`,
		pgx.NamedArgs{"county": db.county, "no": no})
	if err == nil && len(found) == 0 {
		err = ledger.Errorf(ledger.KindNotFound, "没有批次%d", no)
	}
	return found, err
}
