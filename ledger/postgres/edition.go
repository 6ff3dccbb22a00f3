package postgres

import (
	"context"
	"errors"
	"math"
	"time"

	"github.com/jackc/pgx/v5"

	"mingbai/ledger"
)

// note writes an act on the published books down as the next edition. It comes before what the act changes, for spans are
// kept by the newest edition's number; the caller holds the books' lock.
func (db *DB) note(ctx context.Context, tx pgx.Tx, act ledger.ActSort, b ledger.Batch, line int, reason string) error {
	_, err := exec(ctx, tx, `
		insert into publication_log (county, seq, at, act, fund, year, batch_no, line, reason)
		select @county, coalesce(max(seq), 0) + 1, @now, @act, @fund, @year, nullif(@no::bigint, 0), nullif(@line::int, 0), @reason
		from publication_log where county = @county`,
		pgx.NamedArgs{
			"county": db.county, "now": db.now(), "act": string(act), "fund": b.Fund, "year": b.Period.Year(), "no": b.No,
			"line": line, "reason": reason,
		})
	return err
}

// noteFunds runs a change of funds' own descriptions and makes an edition of each that it did change.
func (db *DB) noteFunds(ctx context.Context, tx pgx.Tx, change func(tx pgx.Tx) error) error {
	if err := db.lockFor(ctx, tx, lockBooks); err != nil {
		return err
	}
	args := pgx.NamedArgs{"county": db.county}
	before, err := one[int64](ctx, tx, `select coalesce(max(seq), 0) from code_history where county = @county and list = 'fund'`, args)
	if err != nil {
		return err
	}
	if err := change(tx); err != nil {
		return err
	}
	args["before"] = before
	codes, err := all(ctx, tx, pgx.RowTo[string], `
		select distinct code from code_history where county = @county and list = 'fund' and seq > @before order by code`, args)
	if err != nil {
		return err
	}
	for _, code := range codes {
		if err := db.note(ctx, tx, ledger.ActFundChanged, ledger.Batch{Fund: code}, 0, ""); err != nil {
			return err
		}
	}
	return nil
}

const newestEdition = `(select max(seq) from publication_log where county = @county)`

// keepVillageSpans ends the spans of a batch's villages that no longer say what the tally says, and begins those that do.
func (db *DB) keepVillageSpans(ctx context.Context, tx pgx.Tx, args pgx.NamedArgs) error {
	return execAll(ctx, tx, args, `
		update village_span s set to_seq = `+newestEdition+`
		where s.county = @county and s.year = @year and s.fund = @fund and s.batch_no = @no and s.to_seq is null and not exists (
			select from village_tally t
			where (t.county, t.year, t.fund, t.batch_no, t.village_code, t.village, t.row_count, t.people, t.total_fen)
				= (s.county, s.year, s.fund, s.batch_no, s.village_code, s.village, s.row_count, s.people, s.total_fen))`, `
		insert into village_span (county, year, fund, batch_no, village_code, village, row_count, people, total_fen, from_seq)
		select county, year, fund, batch_no, village_code, village, row_count, people, total_fen, `+newestEdition+`
		from village_tally where county = @county and year = @year and fund = @fund and batch_no = @no
		on conflict (county, fund, year, batch_no, village_code, village) where to_seq is null do nothing`)
}

// keepRecordSpans does the same for a batch's records.
func (db *DB) keepRecordSpans(ctx context.Context, tx pgx.Tx, args pgx.NamedArgs) error {
	return execAll(ctx, tx, args, `
		update record_span s set to_seq = `+newestEdition+`
		from record r
		where s.county = @county and s.year = @year and s.batch_no = @no and s.to_seq is null and not r.active
			and (r.county, r.year, r.batch_no, r.line) = (s.county, s.year, s.batch_no, s.line)`, `
		insert into record_span (county, year, batch_no, line, from_seq)
		select county, year, batch_no, line, `+newestEdition+`
		from record where county = @county and year = @year and batch_no = @no and active
		on conflict (county, year, batch_no, line) where to_seq is null do nothing`)
}

// execAll runs statements with the same arguments, one after the other.
func execAll(ctx context.Context, q querier, args pgx.NamedArgs, statements ...string) error {
	for _, sql := range statements {
		if _, err := exec(ctx, q, sql, args); err != nil {
			return err
		}
	}
	return nil
}

// seqOf is the number by which queries ask for an edition: past every number for the books as they are.
func seqOf(then *ledger.Edition) int64 {
	if then == nil {
		return math.MaxInt64
	}
	return then.No
}

// heldThen says in SQL whether a span t held at edition @then.
const heldThen = `t.from_seq <= @then and (t.to_seq is null or t.to_seq > @then)`

// counted says in SQL whether record p counts, or did then.
func counted(then *ledger.Edition) string {
	if then == nil {
		return `p.active`
	}
	return `exists (select from record_span t where t.county = p.county and t.year = p.year and t.batch_no = p.batch_no and t.line = p.line and ` + heldThen + `)`
}

// shown says in SQL whether record p may be seen today, of those that counted then. What was taken back since was taken back
// for a reason and is not shown again; what was corrected is. Of people nothing is shown but what is public today.
func shown(k *recordKind, then *ledger.Edition) string {
	if then == nil || k.people {
		return isPublic + ` and ` + counted(then)
	}
	return counted(then) + ` and f.disclosure = 'public' and b.public_from <= @today and (b.public_until is null or b.public_until >= @today)
		and b.state in ('published', 'superseded')
		and not exists (select from row_withdrawal w where w.county = p.county and w.batch_no = p.batch_no and w.line = p.line)`
}

// publicationsThen tells the batches of @fund in @year as they stood at edition @then: ended by a withdrawal not taken back
// by then, or by a correction of all that they held.
func (db *DB) publicationsThen(ctx context.Context, q querier, args pgx.NamedArgs) ([]ledger.Publication, error) {
	return all(ctx, q, scanPublication, `
		with told as (
			select distinct on (l.batch_no) l.batch_no, l.act, l.at, l.reason
			from publication_log l
			where l.county = @county and l.fund = @fund and l.year = @year and l.seq <= @then and l.act in ('publish', 'withdraw', 'revert')
			order by l.batch_no, l.seq desc),
		stood as (
			select b.county, b.batch_no, b.fund, b.period, b.row_count, b.total_fen, b.published_at, b.file_name, b.corrects, b.correct_reason, b.uploaded_at,
				coalesce(c.at, case when t.act = 'withdraw' then t.at end) as ended_at,
				coalesce(c.correct_reason, case when t.act = 'withdraw' then t.reason end) as end_reason,
				case when c.at is null then 'published' else 'superseded' end as state
			from told t
			join batch b on b.county = @county and b.batch_no = t.batch_no
			left join lateral (
				select o.at, n.correct_reason from told o join batch n on n.county = @county and n.batch_no = o.batch_no
				where n.corrects = b.batch_no and o.act <> 'withdraw' and t.act <> 'withdraw'
					and not exists (select from village_span t where t.county = @county and t.fund = @fund and t.year = @year and t.batch_no = b.batch_no and `+heldThen+`)
					and not exists (select from record_span t where t.county = @county and t.year = @year and t.batch_no = b.batch_no and `+heldThen+`)
				order by o.batch_no desc limit 1) c on true)
		select `+publicationColumns+` from stood b join fund f on f.county = b.county and f.code = b.fund order by b.batch_no`, args)
}

// FundPageOn is what is open of a fund of subsidies as the books stood at the end of a day. Only a fund that names everybody
// has days before: of others the difference between two days would be a household.
func (db *DB) FundPageOn(ctx context.Context, code string, year int, day time.Time) (page ledger.FundPage, err error) {
	fund, err := db.Fund(ctx, code)
	if err != nil {
		return page, err
	}
	if fund.Disclosure != ledger.DisclosePublic {
		return page, ledger.Errorf(ledger.KindInvalid, "“%s”只公开今天的合计，不提供往日的账目：两天相减，会露出个别人家的数", fund.Name)
	}
	then, err := db.EditionOn(ctx, day)
	if err != nil {
		return page, err
	}
	return db.fundPage(ctx, code, year, &then)
}

func scanEdition(row pgx.CollectableRow) (e ledger.Edition, err error) {
	err = row.Scan(&e.No, &e.At)
	return e, err
}

// Edition is the newest state of the published books; the zero one while nothing was published.
func (db *DB) Edition(ctx context.Context) (ledger.Edition, error) {
	return db.edition(ctx, db.pool, `true`, nil)
}

// EditionOn is the state of the published books at the end of a day, or now where that has not come.
func (db *DB) EditionOn(ctx context.Context, day time.Time) (ledger.Edition, error) {
	return db.editionOn(ctx, db.pool, day)
}

func (db *DB) editionOn(ctx context.Context, q querier, day time.Time) (ledger.Edition, error) {
	y, m, d := day.Date()
	return db.edition(ctx, q, `at < @end`, pgx.NamedArgs{"end": time.Date(y, m, d+1, 0, 0, 0, 0, ledger.Shanghai)})
}

// EditionNo is an edition by its number; ErrNotFound when it has not come.
func (db *DB) EditionNo(ctx context.Context, no int64) (ledger.Edition, error) {
	e, err := db.edition(ctx, db.pool, `seq = @no`, pgx.NamedArgs{"no": no})
	if err == nil && e.No == 0 {
		err = ledger.ErrNotFound
	}
	return e, err
}

func (db *DB) edition(ctx context.Context, q querier, where string, args pgx.NamedArgs) (ledger.Edition, error) {
	if args == nil {
		args = pgx.NamedArgs{}
	}
	args["county"] = db.county
	e, err := first(ctx, q, scanEdition, `
		select seq, at from publication_log where county = @county and `+where+` order by seq desc limit 1`, args)
	if errors.Is(err, ledger.ErrNotFound) {
		return ledger.Edition{}, nil
	}
	return e, err
}

// PublicActs are the newest n acts on the published books, before an edition (0: from the newest on).
func (db *DB) PublicActs(ctx context.Context, before int64, n int) ([]ledger.PublicAct, error) {
	return all(ctx, db.pool, func(row pgx.CollectableRow) (a ledger.PublicAct, err error) {
		err = row.Scan(&a.No, &a.At, &a.Act, &a.Fund, &a.FundName, &a.Kind, &a.Year, &a.Batch, &a.Period, &a.Rows, &a.Total, &a.Closed, &a.Corrects, &a.Reason)
		return a, err
	}, `
		select l.seq, l.at, l.act, l.fund, f.name, f.kind, l.year, coalesce(l.batch_no, 0), coalesce(b.period, ''),
			case when f.disclosure = 'public' then coalesce(b.row_count, 0) else 0 end,
			case when f.disclosure = 'public' then coalesce(b.total_fen, 0) else 0 end, f.disclosure <> 'public',
			coalesce(b.corrects, 0), l.reason
		from publication_log l
		join fund f on f.county = l.county and f.code = l.fund
		left join batch b on b.county = l.county and b.batch_no = l.batch_no
		where l.county = @county and (@before = 0 or l.seq < @before) order by l.seq desc limit @n`,
		pgx.NamedArgs{"county": db.county, "before": before, "n": n})
}

// PublicCounter grows with every act that may have changed a public page: pages made under one number may be kept until the
// next, or the day, for disclosure periods end with a day. The condition is that of the index audit_public.
func (db *DB) PublicCounter(ctx context.Context) (int64, error) {
	return one[int64](ctx, db.pool, `
		select coalesce(max(seq), 0) from audit where county = @county and action not like all
			('{login.%,logout.%,password.%,factor.%,officer.%,rows.%,file.%,finding.%,sample.%,mapping.%,audit.%,batch.import,batch.submit,batch.certify,batch.reject,request.ask,request.take_back}')`,
		pgx.NamedArgs{"county": db.county})
}
