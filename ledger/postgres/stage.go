package postgres

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/jackc/pgx/v5"

	"mingbai/ledger"
)

// Upload is a clerk's file on its way to become a batch.
type Upload struct {
	Fund        string
	Period      ledger.Period
	FileName    string
	SHA256      [32]byte // of the file as it came
	Size        int64    // in bytes, as it came
	Sealed      []byte   // the whole file under ledger.SealedFilePlace
	RuleVersion string
	By          string // login of the uploader
	Batch       int64  // the batch that this file mends, with the same fund, period and correction; 0 for a new one
	Corrects    int64  // the batch whose rows these replace; 0 for an ordinary batch
	Reason      string // of the correction
	// Asked after the last row: what the sheet itself states, nil for nothing, what the rules saw, and how columns were mapped.
	StatedTotal   func() *ledger.Fen
	DocumentTotal func() *ledger.Fen // what the document hands down in all
	Findings      func() []ledger.Finding
	Mapping       func() (signatures []string, mapped []ledger.ColumnMapping)
	Sheets        func() ([]byte, error) // how the sheets were recognised, as JSON
	Note          string                 // the clerk's reason for the warnings
	// Of is the received file that this is; it becomes done in the very transaction that makes its batch. Its sealed content
	// is in the books already.
	Of ledger.UploadRef
	// KeepBlocked says whether the error that rows ended with is about the file, and is among Findings now: the file is then
	// kept with its findings, without rows, so that a mended one goes on with its batch. Nil: such a file leaves no trace.
	KeepBlocked func(error) bool

	given map[explained]ledger.KeptFinding // reasons of the file that this one mends
}

// Clash is a staged row whose person was already paid from the same fund for the same period (XB-01).
type Clash struct {
	Sheet string
	Row   int // in the sheet
	Batch int64
}

// ClashError refuses an import because of clashes; at most 200 are listed, Total counts all.
type ClashError struct {
	Clashes []Clash
	Total   int
}

func (e *ClashError) Error() string {
	return fmt.Sprintf("有%d行已在其他批次公开（如批次%d）", e.Total, e.Clashes[0].Batch)
}

// Import stores the file and its rows as a checked batch, or nothing at all: an error from rows (a fatal finding that came
// late, a broken file) undoes everything, unless Upload.KeepBlocked keeps the file. It answers the batch's number.
func (db *DB) Import(ctx context.Context, u Upload, rows iter.Seq2[ledger.StagedRow, error]) (int64, error) {
	return db.importFile(ctx, u, func(tx pgx.Tx, no int64) error {
		if err := db.stage(ctx, tx, no, rows); err != nil {
			return err
		}
		if err := db.findTargets(ctx, tx, no, u); err != nil {
			return err
		}
		return db.refuseClashes(ctx, tx, no)
	})
}

// importFile opens a batch for a file, lets stage fill it, and closes it, in the place of the file that it mends if it does.
func (db *DB) importFile(ctx context.Context, u Upload, stage func(tx pgx.Tx, no int64) error) (no int64, err error) {
	err = db.write(ctx, func(tx pgx.Tx) error {
		if err := db.claimUpload(ctx, tx, u.Of); err != nil {
			return err
		}
		o, err := db.officerFor(ctx, tx, u.By, ledger.ActUpload)
		if err != nil {
			return err
		}
		if err := mayOn(o, ledger.ActUpload, ledger.Subject{Fund: u.Fund}, "fund/"+u.Fund); err != nil {
			return err
		}
		if err := db.fundInForce(ctx, tx, u.Fund); err != nil {
			return err
		}
		if err := db.mayMend(ctx, tx, u); err != nil {
			return err
		}
		if err := db.mayCorrect(ctx, tx, u); err != nil {
			return err
		}
		if err := db.mayTouch(ctx, tx, o, u); err != nil {
			return err
		}
		no, err = db.openBatch(ctx, tx, u)
		if err != nil {
			return err
		}
		blocked, err := orKept(ctx, tx, u, func(tx pgx.Tx) error { return stage(tx, no) })
		if err != nil {
			return err
		}
		if err := db.mayOnBatch(ctx, tx, o, ledger.ActUpload, ledger.Batch{No: no, Fund: u.Fund, Period: u.Period}); err != nil {
			return err
		}
		if no, err = db.takeOver(ctx, tx, no, &u); err != nil {
			return err
		}
		if err := db.closeStaging(ctx, tx, no, u, blocked); err != nil {
			return err
		}
		return db.uploadDone(ctx, tx, u.Of, no)
	})
	return no, err
}

func (db *DB) openBatch(ctx context.Context, tx pgx.Tx, u Upload) (int64, error) {
	args := pgx.NamedArgs{
		"county": db.county, "sha": u.SHA256[:], "size": u.Size, "content": u.Sealed, "now": db.now(),
		"fund": u.Fund, "period": string(u.Period), "file": u.FileName, "rules": u.RuleVersion, "by": u.By,
		"corrects": u.Corrects, "reason": u.Reason, "batch": u.Batch,
	}
	other, err := one[int64](ctx, tx, `
		select batch_no from batch
		where county = @county and file_sha256 = @sha and batch_no <> @batch and state not in ('rejected', 'withdrawn', 'superseded')`, args)
	if err == nil {
		return 0, ledger.Refuse(ledger.KindConflict, "FILE-06", "与批次%d是同一个文件，无需重传；要改正请走更正", other)
	}
	if !errors.Is(err, ledger.ErrNotFound) {
		return 0, err
	}
	if _, err := exec(ctx, tx, `select ensure_payment_year(@year)`, pgx.NamedArgs{"year": u.Period.Year()}); err != nil {
		return 0, err
	}
	if u.Of == (ledger.UploadRef{}) {
		if err := db.keepFile(ctx, tx, u.SHA256, u.Size, u.Sealed); err != nil {
			return 0, err
		}
	}
	return one[int64](ctx, tx, `
		insert into batch (county, fund, period, state, file_sha256, file_name, rule_version, uploaded_by, uploaded_at,
			corrects, correct_reason)
		values (@county, @fund, @period, case when @batch::bigint = 0 then 'parsed' else 'uploaded' end, @sha, @file, @rules, @by, @now, nullif(@corrects, 0), nullif(@reason, ''))
		returning batch_no`, args)
}

var errRowsBroken = errors.New("rows ended early")

var stagedColumns = []string{
	"county", "batch_no", "line", "sheet", "sheet_row", "village_code", "village", "grp", "name", "name_key", "name_py",
	"who", "id_token", "id_sealed", "paid_for", "basis", "basis_unit", "standard", "amount_fen", "paid_on", "status",
}

var partyColumns = []string{"county", "batch_no", "line", "role", "name", "name_key", "name_py", "who", "id_token", "id_sealed"}

// stage streams the rows in by COPY. Payees and beneficiaries who are the householder are not kept twice; the others are
// few and follow in a second COPY.
func (db *DB) stage(ctx context.Context, tx pgx.Tx, no int64, rows iter.Seq2[ledger.StagedRow, error]) error {
	var parties [][]any
	err := copyRows(ctx, tx, "staged_row", stagedColumns, rows, func(r ledger.StagedRow) []any {
		head := r.People[ledger.Householder]
		for _, role := range []ledger.Role{ledger.Payee, ledger.Beneficiary} {
			if p, ok := r.People[role]; ok && !samePerson(p, head) {
				parties = append(parties, []any{
					db.county, no, r.Line, string(role), p.Name, p.Forms.Key, texts(p.Forms.Pinyin),
					who(p, r), p.Token, p.Sealed,
				})
			}
		}
		return []any{
			db.county, no, r.Line, r.Sheet, r.SheetRow, r.VillageCode, r.Village, r.Group, head.Name, head.Forms.Key,
			texts(head.Forms.Pinyin), who(head, r), head.Token, head.Sealed, paidFor(r), int64(r.Basis), r.BasisUnit, int64(r.Standard),
			int64(r.Amount), date(r.PaidOn), string(r.Status),
		}
	})
	if err != nil {
		return err
	}
	if len(parties) == 0 {
		return nil
	}
	_, err = tx.CopyFrom(ctx, pgx.Identifier{"staged_party"}, partyColumns, pgx.CopyFromRows(parties))
	return err
}

// samePerson: one number, or — where the payee's number is not given — one name.
func samePerson(p, head ledger.StagedParty) bool {
	if p.Token == nil || head.Token == nil {
		return p.Forms.Key == head.Forms.Key
	}
	return string(p.Token) == string(head.Token)
}

// who tells people of one name apart: the number's token, or the place where there is no number.
func who(p ledger.StagedParty, r ledger.StagedRow) []byte {
	if p.Token != nil {
		return p.Token
	}
	village := r.VillageCode
	if village == "" {
		village = r.Village
	}
	return []byte("place:" + village + "/" + r.Group)
}

// paidFor is the token of whom a row is for: nobody is paid twice from one fund for one period (XR-04, XB-01).
func paidFor(r ledger.StagedRow) []byte {
	if p, ok := r.People[ledger.Beneficiary]; ok && p.Token != nil {
		return p.Token
	}
	return r.People[ledger.Householder].Token
}

// texts keeps an empty array from becoming NULL.
func texts(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}

func date(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// refuseClashes looks for rows whose person was already paid (XB-01).
func (db *DB) refuseClashes(ctx context.Context, tx pgx.Tx, no int64) error {
	// The first batch of a period has nothing to clash with: no row is looked at then.
	return clashes(ctx, tx, `
		with b as materialized (
			select * from batch b
			where county = @county and batch_no = @no and exists (
				select from batch o
				where o.county = b.county and o.fund = b.fund and o.period = b.period and o.published_at is not null))
		select s.sheet, s.sheet_row, p.batch_no, count(*) over ()
		from b
		join staged_row s on s.county = b.county and s.batch_no = b.batch_no
		-- Person by person: while a set is entering, the planner knows too little of payment, and would read all of the fund's.
		cross join lateral (
			select batch_no, line from payment
			where county = b.county and year = b.year and fund = b.fund and period = b.period and paid_for = s.paid_for and active
			offset 0) p
		where not (p.batch_no = coalesce(b.corrects, 0) and p.line = coalesce(s.old_line, 0))
		order by s.line limit 200`, pgx.NamedArgs{"county": db.county, "no": no})
}

// clashes makes an error of what a query finds: sheet, row, the other batch, and how many there are in all.
func clashes(ctx context.Context, tx pgx.Tx, sql string, args pgx.NamedArgs) error {
	type clash struct {
		Clash
		Total int
	}
	found, err := all(ctx, tx, func(row pgx.CollectableRow) (c clash, err error) {
		err = row.Scan(&c.Sheet, &c.Row, &c.Batch, &c.Total)
		return c, err
	}, sql, args)
	if err != nil || len(found) == 0 {
		return err
	}
	e := &ClashError{Total: found[0].Total}
	for _, c := range found {
		e.Clashes = append(e.Clashes, c.Clash)
	}
	return e
}

// closeStaging lets the database count what arrived and marks the batch checked, unless its file is blocked.
func (db *DB) closeStaging(ctx context.Context, tx pgx.Tx, no int64, u Upload, blocked bool) error {
	if err := db.keepFindings(ctx, tx, no, u); err != nil {
		return err
	}
	if !blocked {
		if err := db.warnOfSwings(ctx, tx, no, u); err != nil {
			return err
		}
	}
	if err := db.keepMapping(ctx, tx, no, u); err != nil {
		return err
	}
	sheets := []byte("[]")
	if u.Sheets != nil {
		var err error
		if sheets, err = u.Sheets(); err != nil {
			return err
		}
	}
	t, err := first(ctx, tx, pgx.RowToStructByPos[ledger.Tally], `
		update batch b set state = case when @blocked then 'parsed' else 'checked' end, row_count = t.n, total_fen = t.fen,
			stated_fen = @stated, document_fen = @document, sheets = @sheets,
			submitted_at = case when @itself and s.clear then @now::timestamptz end, submitted_by = case when @itself and s.clear then @by end,
			towns = array(
				select left(village_code, 9) from staged_row where county = @county and batch_no = @no
				union
				select '' from staged_record where county = @county and batch_no = @no)
		from (select count(*)::int as n, coalesce(sum(amount_fen), 0)::bigint as fen
		      from staged where county = @county and batch_no = @no) t,
			(select not @blocked and not exists (select from batch_finding
				where county = @county and batch_no = @no and severity = 'W' and reason = '') as clear) s
		where b.county = @county and b.batch_no = @no
		returning b.row_count, b.total_fen`,
		pgx.NamedArgs{
			"county": db.county, "no": no, "stated": asked(u.StatedTotal), "document": asked(u.DocumentTotal), "blocked": blocked,
			"sheets": sheets, "by": u.By, "now": db.now(),
			// What comes through the browser waits for the clerk's word; the command line's import is that word.
			"itself": u.Of == ledger.UploadRef{},
		})
	if err != nil {
		return err
	}
	if t.Rows == 0 && !blocked {
		return ledger.Refuse(ledger.KindInvalid, "SHT-03", "没有找到数据行")
	}
	revision, err := db.keepRevision(ctx, tx, no)
	if err != nil {
		return err
	}
	return db.record(ctx, tx, u.By, "batch.import", object(no), map[string]any{
		"fund": u.Fund, "period": u.Period, "rows": t.Rows, "total_fen": t.Total, "revision": revision, "blocked": blocked,
		"sha256": fmt.Sprintf("%x", u.SHA256), "rules": u.RuleVersion,
	})
}

// asked is an amount that a file may state; nil when nobody asks or it does not.
func asked(total func() *ledger.Fen) *int64 {
	if total == nil {
		return nil
	}
	return (*int64)(total())
}
