package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"mingbai/ledger"
)

const batchColumns = `b.batch_no, b.fund, b.period, b.state, b.file_name, b.file_sha256, b.rule_version, b.row_count,
	b.total_fen, b.stated_fen, b.uploaded_by, b.uploaded_at, coalesce(b.certified_by, ''), coalesce(b.published_by, ''),
	b.published_at, b.public_from, b.public_until, b.ended_at, coalesce(b.end_reason, ''),
	coalesce(b.corrects, 0), coalesce(b.correct_reason, ''), b.mapping, b.revision,
	(select f.kind from fund f where f.county = b.county and f.code = b.fund)`

func scanBatch(row pgx.CollectableRow) (b ledger.Batch, err error) {
	var sha []byte
	var published, from, until, ended *time.Time
	var stated *int64
	err = row.Scan(&b.No, &b.Fund, &b.Period, &b.State, &b.FileName, &sha, &b.RuleVersion, &b.Rows,
		&b.Total, &stated, &b.UploadedBy, &b.UploadedAt, &b.CertifiedBy, &b.PublishedBy,
		&published, &from, &until, &ended, &b.EndReason, &b.Corrects, &b.Reason, &b.Mapping, &b.Revision, &b.Kind)
	copy(b.SHA256[:], sha)
	b.StatedTotal = (*ledger.Fen)(stated)
	b.PublishedAt, b.PublicFrom, b.PublicUntil, b.EndedAt = orZero(published), orZero(from), orZero(until), orZero(ended)
	return b, err
}

func orZero(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return *t
}

// Batch is a batch by its number.
func (db *DB) Batch(ctx context.Context, no int64) (ledger.Batch, error) {
	return db.batch(ctx, db.pool, no, "")
}

// BatchOfFile is the newest batch of a file, by the file's sha256, whatever its state; ErrNotFound when it never came.
func (db *DB) BatchOfFile(ctx context.Context, sha [32]byte) (ledger.Batch, error) {
	return first(ctx, db.pool, scanBatch,
		`select `+batchColumns+` from batch b where b.county = @county and b.file_sha256 = @sha order by b.batch_no desc limit 1`,
		pgx.NamedArgs{"county": db.county, "sha": sha[:]})
}

// forChange locks a batch's row against other acts, and not against rows that refer to it: an import of a correction holds
// such a reference while it waits for the books' lock.
const forChange = "for no key update of b"

// batch reads a batch; lock is "" or forChange.
func (db *DB) batch(ctx context.Context, q querier, no int64, lock string) (ledger.Batch, error) {
	b, err := first(ctx, q, scanBatch,
		`select `+batchColumns+` from batch b where b.county = @county and b.batch_no = @no `+lock,
		pgx.NamedArgs{"county": db.county, "no": no})
	if errors.Is(err, ledger.ErrNotFound) {
		return b, ledger.Errorf(ledger.KindNotFound, "没有批次%d", no)
	}
	return b, err
}

// step locks a batch for a step of its life, or refuses with a message that says where it stands.
func (db *DB) step(ctx context.Context, tx pgx.Tx, no int64, next ledger.State, by string, act ledger.Action) (ledger.Batch, error) {
	b, err := db.hold(ctx, tx, no, by, act)
	if err == nil && !b.State.MayBecome(next) {
		err = ledger.Errorf(ledger.KindConflict, "批次%d现在是“%s”，不能变为“%s”。%s", no, b.State.Name(), next.Name(), remedy(b.State, next))
	}
	return b, err
}

// hold locks a batch for an officer who may do the act to it.
func (db *DB) hold(ctx context.Context, tx pgx.Tx, no int64, by string, act ledger.Action) (ledger.Batch, error) {
	o, err := db.officerFor(ctx, tx, by, act)
	if err != nil {
		return ledger.Batch{}, err
	}
	// The books' lock comes before the row's, in every act, so that two acts never wait for each other in a circle.
	if err := db.lockFor(ctx, tx, lockBooks); err != nil {
		return ledger.Batch{}, err
	}
	b, err := db.batch(ctx, tx, no, forChange)
	if err != nil {
		return b, err
	}
	return b, db.mayOnBatch(ctx, tx, o, act, b)
}

func remedy(now, next ledger.State) string {
	switch {
	case now == next:
		return "这一步已经做过，无需再做"
	case now == ledger.Parsed && next != ledger.Withdrawn:
		return "文件里有必须改的问题，请改好后重新上传到这个批次"
	case now == ledger.Rejected && next != ledger.Withdrawn:
		return "请上传改好的文件，接着这个批次"
	case next == ledger.Published && now == ledger.Checked:
		return "请先由另一人复核"
	case next == ledger.Rejected && now == ledger.Published:
		return "已公开的批次请用撤回"
	case next == ledger.Withdrawn:
		return "只有已公开的批次可以撤回；未公开的请用退回"
	}
	return "请核对批次号"
}

// Certify binds a second person's approval to the file's hash, the rule version, the mapping, the row count, the total and
// every row. rules is the version in force: a batch checked under other rules must be checked again (XB-04).
func (db *DB) Certify(ctx context.Context, no int64, by, rules string) error {
	return db.CertifyAll(ctx, []int64{no}, by, rules)
}

// CertifyAll certifies several batches, or none of them.
func (db *DB) CertifyAll(ctx context.Context, nos []int64, by, rules string) error {
	return db.write(ctx, func(tx pgx.Tx) error { return db.certifyEach(ctx, tx, nos, by, rules) })
}

func (db *DB) certifyEach(ctx context.Context, tx pgx.Tx, nos []int64, by, rules string) error {
	var done []ledger.Batch
	for _, no := range inOrder(nos) {
		b, err := db.certify(ctx, tx, no, 0, by, rules)
		if err != nil {
			return err
		}
		done = append(done, b)
	}
	return db.recordCertified(ctx, tx, by, done...)
}

// CertifySeen certifies the revision that the certifier has looked at, and no other.
func (db *DB) CertifySeen(ctx context.Context, no int64, revision int, by, rules string) error {
	return db.write(ctx, func(tx pgx.Tx) error {
		b, err := db.certify(ctx, tx, no, revision, by, rules)
		if err != nil {
			return err
		}
		return db.recordCertified(ctx, tx, by, b)
	})
}

// stillSeen refuses a judgement of a revision that another has replaced; 0 is whichever stands.
func stillSeen(b ledger.Batch, revision int) error {
	if revision != 0 && revision != b.Revision {
		return ledger.Errorf(ledger.KindConflict, "批次%d刚刚换成了第%d稿，您看的是第%d稿。请重新看过再定", b.No, b.Revision, revision)
	}
	return nil
}

func (db *DB) certify(ctx context.Context, tx pgx.Tx, no int64, revision int, by, rules string) (ledger.Batch, error) {
	b, err := db.step(ctx, tx, no, ledger.Certified, by, ledger.ActCertify)
	if err != nil {
		return b, err
	}
	if err := stillSeen(b, revision); err != nil {
		return b, err
	}
	if err := db.notOwnWork(ctx, tx, b, by); err != nil {
		return b, err
	}
	if b.RuleVersion != rules {
		return b, ledger.Refuse(ledger.KindConflict, "XB-04", "批次%d校验之后，校验规则已更新（规则或词典有变），请把原文件重新导入到这个批次（import --batch %d）", no, no)
	}
	if err := db.sameMapping(ctx, tx, b); err != nil {
		return b, err
	}
	if err := db.allExplained(ctx, tx, b); err != nil {
		return b, err
	}
	if _, err := exec(ctx, tx, `
		update batch set state = 'certified', certified_by = @by, certified_at = @now, certified_sha256 = file_sha256,
			certified_rules = rule_version, certified_mapping = mapping, certified_rows = row_count, certified_fen = total_fen,
			certified_digest = staged_digest(county, batch_no)
		where county = @county and batch_no = @no`,
		pgx.NamedArgs{"county": db.county, "no": no, "by": by, "now": db.now()}); err != nil {
		return b, err
	}
	return b, db.learnMapping(ctx, tx, b)
}

// recordCertified writes certificates into the audit log, whose lock is taken last.
func (db *DB) recordCertified(ctx context.Context, tx pgx.Tx, by string, batches ...ledger.Batch) error {
	for _, b := range batches {
		digest, err := one[[]byte](ctx, tx, `select certified_digest from batch where county = @county and batch_no = @no`,
			pgx.NamedArgs{"county": db.county, "no": b.No})
		if err != nil {
			return err
		}
		if err := db.record(ctx, tx, by, "batch.certify", object(b.No), map[string]any{
			"sha256": fmt.Sprintf("%x", b.SHA256), "rules": b.RuleVersion, "mapping": b.Mapping, "revision": b.Revision,
			"rows": b.Rows, "total_fen": b.Total, "digest": fmt.Sprintf("%x", digest),
		}); err != nil {
			return err
		}
	}
	return nil
}

// Reject sends back a batch that is not yet published, with a reason. Its staged rows go; file and reason stay, and a mended
// file may go on with it.
func (db *DB) Reject(ctx context.Context, no int64, by, reason string) error {
	return db.RejectSeen(ctx, no, 0, by, reason)
}

// RejectSeen sends back the revision that the certifier has looked at, and no other; 0 is whichever stands.
func (db *DB) RejectSeen(ctx context.Context, no int64, revision int, by, reason string) error {
	if reason == "" {
		return ledger.Errorf(ledger.KindInvalid, "退回批次%d要写明原因（--reason）", no)
	}
	return db.write(ctx, func(tx pgx.Tx) error {
		act := ledger.ActReject
		if b, err := db.batch(ctx, tx, no, ""); err == nil && b.UploadedBy == by {
			act = ledger.ActTakeBack // a clerk may take back what is still theirs
		}
		b, err := db.step(ctx, tx, no, ledger.Rejected, by, act)
		if err != nil {
			return err
		}
		if err := stillSeen(b, revision); err != nil {
			return err
		}
		args := pgx.NamedArgs{"county": db.county, "no": no, "by": by, "now": db.now(), "reason": reason}
		if err := db.dropStaged(ctx, tx, no); err != nil {
			return err
		}
		if _, err := exec(ctx, tx, `
			update batch set state = 'rejected', ended_by = @by, ended_at = @now, end_reason = @reason
			where county = @county and batch_no = @no`, args); err != nil {
			return err
		}
		if err := db.endRevision(ctx, tx, no, ledger.SentBack, by, reason); err != nil {
			return err
		}
		if err := db.unlearnMapping(ctx, tx, no); err != nil {
			return err
		}
		return db.record(ctx, tx, by, "batch.reject", object(no), map[string]string{"reason": reason})
	})
}

// stagedTables hold what waits for certification, under the number of its batch.
var stagedTables = []string{"staged_party", "staged_record", "staged_row"}

func (db *DB) dropStaged(ctx context.Context, tx pgx.Tx, no int64) error {
	for _, table := range stagedTables {
		if _, err := exec(ctx, tx, `delete from `+table+` where county = @county and batch_no = @no`,
			pgx.NamedArgs{"county": db.county, "no": no}); err != nil {
			return err
		}
	}
	return nil
}

func object(no int64) string { return fmt.Sprintf("batch/%d", no) }
