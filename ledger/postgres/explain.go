package postgres

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"mingbai/ledger"
)

const findingColumns = `f.rule, f.severity, f.sheet, f.cell, f.message, f.fix, coalesce(encode(f.row_digest, 'hex'), ''), f.reason, coalesce(f.reason_by, ''), f.reason_at, f.carried`

func scanFinding(row pgx.CollectableRow) (f ledger.KeptFinding, err error) {
	var at *time.Time
	err = row.Scan(&f.Rule, &f.Severity, &f.Sheet, &f.Cell, &f.Message, &f.Fix, &f.Row, &f.Reason, &f.By, &at, &f.Carried)
	f.At = orZero(at)
	return f, err
}

// Findings are what the rules saw in a batch's present file, in the file's order.
func (db *DB) Findings(ctx context.Context, no int64) ([]ledger.KeptFinding, error) {
	if _, err := db.Batch(ctx, no); err != nil {
		return nil, err
	}
	return all(ctx, db.pool, scanFinding, `
		select `+findingColumns+` from batch_finding f where f.county = @county and f.batch_no = @no order by f.seq`,
		pgx.NamedArgs{"county": db.county, "no": no})
}

// Explain writes a clerk's reason beside the chosen warnings that have none; one that is named by its place may be written
// anew. It answers how many; none to explain at all is no fault. reason must have been looked at for personal data.
func (db *DB) Explain(ctx context.Context, no int64, by, reason string, choice ledger.FindingChoice) (int, error) {
	return db.giveReason(ctx, no, by, reason, choice, ledger.ActUpload, ledger.Warn)
}

// Accept writes a certifier's reason for taking numbers as they are that fail their own check. It answers how many.
func (db *DB) Accept(ctx context.Context, no int64, by, reason string, choice ledger.FindingChoice) (int, error) {
	if choice.Rule != ledger.AcceptableRule {
		return 0, ledger.Errorf(ledger.KindInvalid, "规则%s的问题不能由复核人接受，只能改好后重新上传；可以接受的只有%s", choice.Rule, ledger.AcceptableRule)
	}
	return db.giveReason(ctx, no, by, reason, choice, ledger.ActCertify, ledger.Fatal)
}

func (db *DB) giveReason(ctx context.Context, no int64, by, reason string, choice ledger.FindingChoice, act ledger.Action, severity ledger.Severity) (n int, err error) {
	if strings.TrimSpace(reason) == "" {
		return 0, ledger.Errorf(ledger.KindInvalid, "批次%d：请写明原因（--reason）", no)
	}
	err = db.write(ctx, func(tx pgx.Tx) error {
		b, err := db.hold(ctx, tx, no, by, act)
		if err != nil {
			return err
		}
		if b.State != ledger.Checked && b.State != ledger.Parsed {
			return ledger.Errorf(ledger.KindConflict, "批次%d现在是“%s”，只有复核之前可以补写原因", no, b.State.Name())
		}
		if severity == ledger.Fatal {
			if err := db.notOwnWork(ctx, tx, b, by); err != nil {
				return err
			}
		}
		given, err := exec(ctx, tx, `
			update batch_finding set reason = @reason, reason_by = @by, reason_at = @now, carried = false
			where county = @county and batch_no = @no and severity = @severity and (severity = 'W' or cell <> '')
				and (@rule = '' or rule = @rule) and (@place = '' or sheet || '!' || cell = @place) and (reason = '' or @place <> '')`,
			pgx.NamedArgs{
				"county": db.county, "no": no, "severity": string(severity), "reason": reason, "by": by, "now": db.now(),
				"rule": choice.Rule, "place": choice.Place,
			})
		if err != nil {
			return err
		}
		switch {
		case given == 0 && choice == ledger.FindingChoice{}: // all are explained: as it should be
			return nil
		case given == 0:
			return ledger.Errorf(ledger.KindNotFound, "批次%d里没有这样一条还要写原因的结果；全部结果用 mingbai findings %d 查看", no, no)
		}
		n = int(given)
		// The place is not told: a sheet's name is the clerk's own words.
		return db.record(ctx, tx, by, map[ledger.Severity]string{ledger.Warn: "finding.explain", ledger.Fatal: "finding.accept"}[severity], object(no),
			map[string]any{"rule": choice.Rule, "count": n, "reason": reason})
	})
	return n, err
}

// notOwnWork refuses a certifier who uploaded any revision of the batch (XB-05).
func (db *DB) notOwnWork(ctx context.Context, tx pgx.Tx, b ledger.Batch, by string) error {
	own, err := one[bool](ctx, tx, `
		select exists (select from batch_revision where county = @county and batch_no = @no and uploaded_by = @by)`,
		pgx.NamedArgs{"county": db.county, "no": b.No, "by": by})
	if err != nil {
		return err
	}
	if own {
		return ledger.Refuse(ledger.KindDenied, "XB-05", "批次%d的文件由“%s”上传过，复核人不能是上传人，请换人复核", b.No, by)
	}
	return nil
}

// allExplained refuses to certify while a finding has no reason, and names the first of them.
func (db *DB) allExplained(ctx context.Context, tx pgx.Tx, b ledger.Batch) error {
	open, err := all(ctx, tx, scanFinding, `
		select `+findingColumns+` from batch_finding f
		where f.county = @county and f.batch_no = @no and f.severity in ('F', 'W') and f.reason = '' order by f.seq`,
		pgx.NamedArgs{"county": db.county, "no": b.No})
	if err != nil || len(open) == 0 {
		return err
	}
	var said []string
	for _, kind := range []struct {
		severity ledger.Severity
		what     string
	}{
		{ledger.Warn, "%d条“请核对”没有写明原因（%s），请经办人补写：mingbai explain %d --as 账号 --reason 原因"},
		{ledger.Fatal, "%d条证号校验不通过（%s），核对原件后由复核人注明理由：mingbai accept %d --as 账号 --rule CEL-03 --reason 理由"},
	} {
		if n, first := placesOf(open, kind.severity); n > 0 {
			said = append(said, fmt.Sprintf(kind.what, n, first, b.No))
		}
	}
	return ledger.Errorf(ledger.KindConflict, "批次%d还不能复核：%s", b.No, strings.Join(said, "；"))
}

// fewPlaces is how many findings a refusal names.
const fewPlaces = 3

func placesOf(found []ledger.KeptFinding, severity ledger.Severity) (n int, first string) {
	var places []string
	for _, f := range found {
		if f.Severity != severity {
			continue
		}
		if n++; n <= fewPlaces {
			places = append(places, strings.TrimLeft(f.Sheet+"!"+f.Cell+" "+f.Rule, "! "))
		}
	}
	if n > fewPlaces {
		places = append(places, "……")
	}
	return n, strings.Join(places, "、")
}
