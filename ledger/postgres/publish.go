package postgres

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"mingbai/ledger"
)

// Publish makes a certified batch public: its rows become payments, the tallies, the audit line, the search outbox and
// the job that drains it are written — in one transaction, so all of it or nothing.
func (db *DB) Publish(ctx context.Context, no int64, by string) error {
	return db.PublishAll(ctx, []int64{no}, by)
}

// PublishAll publishes several batches, or none of them.
func (db *DB) PublishAll(ctx context.Context, nos []int64, by string) error {
	return db.write(ctx, func(tx pgx.Tx) error { return db.publish(ctx, tx, nos, by) })
}

func (db *DB) publish(ctx context.Context, tx pgx.Tx, nos []int64, by string) error {
	var done, grown []ledger.Batch // grown: since the planner last knew
	for _, no := range inOrder(nos) {
		b, err := db.step(ctx, tx, no, ledger.Published, by, ledger.ActPublish)
		if err != nil {
			return err
		}
		if err := db.enter(ctx, tx, b, by); err != nil {
			return err
		}
		done, grown = append(done, b), append(grown, b)
		if fresh, err := db.freshenStatistics(ctx, tx, grown, doubled); err != nil {
			return err
		} else if fresh {
			grown = nil
		}
	}
	if err := db.tallyYears(ctx, tx, done...); err != nil {
		return err
	}
	if _, err := db.freshenStatistics(ctx, tx, grown, byATenth); err != nil {
		return err
	}
	// The audit chain's lock is taken last.
	for _, b := range done {
		if err := db.record(ctx, tx, by, "batch.publish", object(b.No),
			map[string]any{"fund": b.Fund, "period": b.Period, "rows": b.Rows, "total_fen": b.Total}); err != nil {
			return err
		}
	}
	return nil
}

// inOrder is a set of batches in the order of their numbers, each once: two acts on many never wait for each other.
func inOrder(nos []int64) []int64 { return slices.Compact(slices.Sorted(slices.Values(nos))) }

// enter lets the rows of one certified batch into the books. The year's people and the audit line are the caller's.
func (db *DB) enter(ctx context.Context, tx pgx.Tx, b ledger.Batch, by string) error {
	if err := db.staysCertified(ctx, tx, b); err != nil {
		return err
	}
	refuse := db.refuseClashes
	if b.Kind != ledger.Subsidy {
		refuse = db.refuseRecordClashes
	}
	if err := refuse(ctx, tx, b.No); err != nil {
		return &ledger.Error{
			Kind: ledger.KindConflict, Rule: "XB-01", Message: fmt.Sprintf("批次%d：%v，请退回本批次，走更正并写明原因", b.No, err),
		}
	}
	if err := db.note(ctx, tx, ledger.ActPublished, b, 0, b.Reason); err != nil {
		return err
	}
	for _, move := range db.entering(b.Kind) {
		if err := move(ctx, tx, b); err != nil {
			return err
		}
	}
	if err := db.dropStaged(ctx, tx, b.No); err != nil {
		return err
	}
	if err := db.markPublished(ctx, tx, b, by); err != nil {
		return err
	}
	return db.tellIndex(ctx, tx, b)
}

// staysCertified counts the staged rows again, and then digests them: what is published is what was certified (XB-05).
func (db *DB) staysCertified(ctx context.Context, tx pgx.Tx, b ledger.Batch) error {
	args := pgx.NamedArgs{"county": db.county, "no": b.No}
	t, err := first(ctx, tx, pgx.RowToStructByPos[ledger.Tally], `
		select count(*)::int, coalesce(sum(amount_fen), 0)::bigint from staged where county = @county and batch_no = @no`, args)
	if err != nil {
		return err
	}
	if t.Rows != b.Rows || t.Total != b.Total {
		return ledger.Refuse(ledger.KindConflict, "XB-05",
			"批次%d复核时是%d行、%s元，现在是%d行、%s元，请退回后重新导入", b.No, b.Rows, b.Total, t.Rows, t.Total)
	}
	same, err := one[bool](ctx, tx, `
		select certified_digest = staged_digest(county, batch_no) from batch where county = @county and batch_no = @no`, args)
	if err == nil && !same {
		err = ledger.Refuse(ledger.KindConflict, "XB-05", "批次%d复核之后，有行的内容变了（行数和合计没有变），请退回后重新导入", b.No)
	}
	return err
}

// enterPeople adds the people whom the books do not know yet.
func (db *DB) enterPeople(ctx context.Context, tx pgx.Tx, b ledger.Batch) error {
	_, err := exec(ctx, tx, `
		with named as (
			select who, id_token, id_sealed, name, name_key, name_py
			from staged_row where county = @county and batch_no = @no
			union all
			select who, id_token, id_sealed, name, name_key, name_py
			from staged_party where county = @county and batch_no = @no
		)
		insert into person (county, who, id_token, id_sealed, name, name_key, name_py)
		select distinct on (who, name_key) @county, who, id_token, id_sealed, name, name_key, name_py
		from named n
		-- The conflict alone would do, but only after the grams of everybody's name were made and thrown away.
		where not exists (select from person p where p.county = @county and p.who = n.who and p.name_key = n.name_key)
		order by who, name_key
		on conflict (county, who, name_key) do nothing`,
		pgx.NamedArgs{"county": db.county, "no": b.No})
	return err
}

func (db *DB) enterPayments(ctx context.Context, tx pgx.Tx, b ledger.Batch) error {
	n, err := exec(ctx, tx, `
		insert into payment (county, year, batch_no, line, fund, period, person_id, paid_for, village_code, village, grp,
			basis, basis_unit, standard, amount_fen, paid_on, status, sheet, sheet_row)
		select s.county, @year, s.batch_no, s.line, @fund, @period, p.person_id, s.paid_for, s.village_code, s.village, s.grp,
			s.basis, s.basis_unit, s.standard, s.amount_fen, s.paid_on, s.status, s.sheet, s.sheet_row
		from staged_row s
		join person p on p.county = s.county and p.who = s.who and p.name_key = s.name_key
		where s.county = @county and s.batch_no = @no`,
		pgx.NamedArgs{
			"county": db.county, "no": b.No, "year": b.Period.Year(), "fund": b.Fund, "period": string(b.Period),
		})
	if err == nil && n != int64(b.Rows) {
		err = fmt.Errorf("batch %d: %d rows certified, %d entered", b.No, b.Rows, n)
	}
	return err
}

func (db *DB) enterParties(ctx context.Context, tx pgx.Tx, b ledger.Batch) error {
	_, err := exec(ctx, tx, `
		insert into payment_party (county, year, batch_no, line, role, person_id)
		select s.county, @year, s.batch_no, s.line, s.role, p.person_id
		from staged_party s
		join person p on p.county = s.county and p.who = s.who and p.name_key = s.name_key
		where s.county = @county and s.batch_no = @no`,
		pgx.NamedArgs{"county": db.county, "no": b.No, "year": b.Period.Year()})
	return err
}

// How much a table must have grown for the planner to be told.
const (
	byATenth = 10
	doubled  = 1
)

// freshenStatistics lets the planner know of batches that made their table grow by one part in parts, or more. Without, the
// first minute after a great publication — when everybody looks — runs on plans made for an empty table; and so would every
// batch of a set but the first, whose people are looked for among those of all before.
func (db *DB) freshenStatistics(ctx context.Context, tx pgx.Tx, batches []ledger.Batch, parts int64) (fresh bool, err error) {
	grown, beside := map[string]int{}, map[string]string{}
	for _, b := range batches {
		table := fmt.Sprintf("payment_%d", b.Period.Year())
		beside[table] = "person, payment_party, region, village_tally"
		if k := recordKinds[b.Kind]; k != nil {
			table = k.table
			beside[table] = "record, record_tally"
		}
		grown[table] += b.Rows
	}
	for table, n := range grown {
		known, err := one[int64](ctx, tx, `select reltuples::bigint from pg_class where oid = to_regclass(@table)`,
			pgx.NamedArgs{"table": table})
		if err != nil {
			return fresh, err
		}
		if int64(n)*parts < known {
			continue
		}
		if _, err := exec(ctx, tx, `analyze batch, fund, `+beside[table]+`, `+table, nil); err != nil {
			return fresh, err
		}
		fresh = true
	}
	return fresh, nil
}

func (db *DB) markPublished(ctx context.Context, tx pgx.Tx, b ledger.Batch, by string) error {
	fund, err := first(ctx, tx, pgx.RowToStructByPos[ledger.Fund],
		`select `+fundColumns+` from fund f where f.county = @county and f.code = @fund for share`,
		pgx.NamedArgs{"county": db.county, "fund": b.Fund})
	if err != nil {
		return err
	}
	from := db.today()
	var until *time.Time
	if fund.PublicDays > 0 {
		last := from.AddDate(0, 0, fund.PublicDays-1) // the first day counts
		until = &last
	}
	_, err = exec(ctx, tx, `
		update batch set state = 'published', published_by = @by, published_at = @now, public_from = @from,
			public_until = @until, indexed = @indexed
		where county = @county and batch_no = @no`,
		pgx.NamedArgs{
			"county": db.county, "no": b.No, "by": by, "now": db.now(), "from": from, "until": until,
			"indexed": fund.Disclosure == ledger.DisclosePublic,
		})
	return err
}

// Withdraw takes a published batch back with a reason. Rows stay in the books, inactive.
func (db *DB) Withdraw(ctx context.Context, no int64, by, reason string) error {
	return db.write(ctx, func(tx pgx.Tx) error { return db.withdraw(ctx, tx, no, by, reason, nil) })
}

func (db *DB) withdraw(ctx context.Context, tx pgx.Tx, no int64, by, reason string, asked *ledger.ActRequest) error {
	if reason == "" {
		return ledger.Errorf(ledger.KindInvalid, "撤回批次%d要写明原因（--reason）", no)
	}
	b, err := db.step(ctx, tx, no, ledger.Withdrawn, by, ledger.ActWithdraw)
	if err != nil {
		return err
	}
	args := pgx.NamedArgs{
		"county": db.county, "no": no, "by": by, "now": db.now(), "reason": reason,
	}
	if err := db.note(ctx, tx, ledger.ActWithdrawn, b, 0, reason); err != nil {
		return err
	}
	if err := db.endRows(ctx, tx, b); err != nil {
		return err
	}
	if _, err := exec(ctx, tx, `
		update batch set state = 'withdrawn', ended_by = @by, ended_at = @now, end_reason = @reason, indexed = false
		where county = @county and batch_no = @no`, args); err != nil {
		return err
	}
	if err := db.restoreOld(ctx, tx, b); err != nil {
		return err
	}
	if err := db.tallyBatch(ctx, tx, b); err != nil {
		return err
	}
	if err := db.tellIndex(ctx, tx, b); err != nil {
		return err
	}
	return db.record(ctx, tx, by, "batch.withdraw", object(no), why(reason, asked))
}

// why is the audit log's detail of what was done to the public: the reason, and who asked for it where another did.
func why(reason string, asked *ledger.ActRequest) map[string]any {
	detail := map[string]any{"reason": reason}
	if asked != nil {
		detail["request"], detail["asked_by"] = asked.No, asked.AskedBy
	}
	return detail
}

// tallyBatch counts the batch's active rows by village, and the year's people, anew.
func (db *DB) tallyBatch(ctx context.Context, tx pgx.Tx, b ledger.Batch) error {
	if b.Kind != ledger.Subsidy {
		return db.tallyRecords(ctx, tx, b)
	}
	if err := db.tallyVillages(ctx, tx, b); err != nil {
		return err
	}
	return db.tallyYears(ctx, tx, b)
}

func (db *DB) tallyVillages(ctx context.Context, tx pgx.Tx, b ledger.Batch) error {
	args := pgx.NamedArgs{"county": db.county, "no": b.No, "year": b.Period.Year(), "fund": b.Fund}
	if err := execAll(ctx, tx, args,
		`delete from village_tally where county = @county and year = @year and fund = @fund and batch_no = @no`,
		`insert into village_tally (county, year, fund, batch_no, village_code, village, row_count, people, total_fen)
		 select county, year, fund, batch_no, village_code, case when village_code = '' then village else '' end,
			count(*), count(distinct person_id), sum(amount_fen)
		 from payment where county = @county and year = @year and batch_no = @no and active
		 group by 1, 2, 3, 4, 5, 6`,
	); err != nil {
		return err
	}
	return db.keepVillageSpans(ctx, tx, args)
}

// tallyYears counts the people of the batches' years anew, each year once: it reads all rows of the year.
func (db *DB) tallyYears(ctx context.Context, tx pgx.Tx, batches ...ledger.Batch) error {
	counted := map[int]bool{}
	for _, b := range batches {
		year := b.Period.Year()
		if b.Kind != ledger.Subsidy || counted[year] {
			continue
		}
		counted[year] = true
		if _, err := exec(ctx, tx, `
			insert into year_tally (county, year, people, changed_at)
			select @county, @year, count(distinct person_id), @now from payment where county = @county and year = @year and active
			on conflict (county, year) do update set people = excluded.people, changed_at = excluded.changed_at`,
			pgx.NamedArgs{"county": db.county, "year": year, "now": db.now()}); err != nil {
			return err
		}
	}
	return nil
}
