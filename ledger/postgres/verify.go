package postgres

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"mingbai/ledger"
)

// checks compare what was counted when the books changed with a count of all rows now. Each answers a sentence per fault.
var checks = []string{
	// A published batch has exactly the rows and the sum that were certified, active or superseded since.
	`select format('批次%s：复核%s行、%s分，账上%s行、%s分', b.batch_no, b.certified_rows, b.certified_fen, t.n, t.fen)
	 from batch b
	 cross join lateral (select count(*) as n, coalesce(sum(p.amount_fen), 0) as fen from book_row p
		where p.county = b.county and p.year = b.year and p.batch_no = b.batch_no) t
	 where b.county = @county and b.state in ('published', 'superseded', 'withdrawn')
		and (b.certified_rows, b.certified_fen) is distinct from (t.n, t.fen)`,
	// A batch that is not published has no row in the books.
	`select format('批次%s：状态是%s，却有%s行入账', b.batch_no, b.state, count(*))
	 from batch b join book_row p on p.county = b.county and p.year = b.year and p.batch_no = b.batch_no
	 where b.county = @county and b.state not in ('published', 'superseded', 'withdrawn') group by b.batch_no, b.state`,
	// A withdrawn batch has no active row.
	`select format('批次%s：已撤回或更正，仍有%s行有效', b.batch_no, count(*))
	 from batch b join book_row p on p.county = b.county and p.year = b.year and p.batch_no = b.batch_no and p.active
	 where b.county = @county and b.state in ('withdrawn', 'superseded') group by b.batch_no`,
	// A row that a correction replaces does not count beside it.
	`select format('批次%s第%s条已由批次%s更正，两条却同时有效', c.old_batch, c.old_line, c.batch_no)
	 from correction c
	 join batch b on b.county = c.county and b.batch_no = c.batch_no and b.state = 'published'
	 join payment o on o.county = c.county and o.year = b.year and o.batch_no = c.old_batch and o.line = c.old_line
	 join payment n on n.county = c.county and n.year = b.year and n.batch_no = c.batch_no and n.line = c.line
	 where c.county = @county and o.active and n.active`,
	// A waiting batch has the rows that were checked; a published one has none left waiting.
	`select format('批次%s：登记%s行、%s分，暂存%s行、%s分', b.batch_no, b.row_count, b.total_fen, t.n, t.fen)
	 from batch b
	 cross join lateral (select count(*) as n, coalesce(sum(s.amount_fen), 0) as fen from staged s
		where s.county = b.county and s.batch_no = b.batch_no) t
	 where b.county = @county and case when b.state in ('checked', 'certified')
		then (b.row_count, b.total_fen) is distinct from (t.n, t.fen) else t.n > 0 end`,
	// A certified batch waits with the very rows that were certified.
	`select format('批次%s：复核之后，暂存的行被改动过', b.batch_no)
	 from batch b
	 cross join lateral (select count(*) as n, coalesce(sum(s.amount_fen), 0) as fen from staged s
		where s.county = b.county and s.batch_no = b.batch_no) t
	 where b.county = @county and b.state = 'certified' and (b.row_count, b.total_fen) = (t.n, t.fen)
		and b.certified_digest is distinct from staged_digest(b.county, b.batch_no)`,
	// What was done to the public at a request was decided by another than asked, and the log tells it.
	`select format('申请%s：已同意，审计日志里没有记录', r.request_no)
	 from act_request r
	 where r.county = @county and r.decision = 'granted' and not exists (
		select from audit a where a.county = r.county and a.actor = r.decided_by and a.actor <> r.asked_by
			and a.action = 'request.grant' and a.object = 'request/' || r.request_no)`,
	// No publication without its line in the audit log.
	`select format('批次%s：已公开，审计日志里没有公开记录', b.batch_no)
	 from batch b
	 where b.county = @county and b.state in ('published', 'superseded', 'withdrawn') and not exists (
		select from audit a where a.county = b.county and a.action = 'batch.publish' and a.object = 'batch/' || b.batch_no)`,
	// The tallies are the rows.
	`with rows as (
		select year, fund, batch_no, village_code, case when village_code = '' then village else '' end as village,
			count(*) as n, sum(amount_fen) as fen
		from payment where county = @county and active group by 1, 2, 3, 4, 5)
	 select format('批次%s %s村：合计表记%s行、%s分，明细%s行、%s分', batch_no, village_code || village, t.row_count, t.total_fen, r.n, r.fen)
	 from rows r full join (select * from village_tally where county = @county) t using (year, fund, batch_no, village_code, village)
	 where (t.row_count, t.total_fen) is distinct from (r.n, r.fen)`,
	`with rows as (
		select year, fund, batch_no, count(*) as n, coalesce(sum(amount_fen) filter (where depth = 0), 0) as fen
		from record where county = @county and active group by 1, 2, 3)
	 select format('批次%s：合计表记%s行、%s分，明细%s行、%s分', batch_no, t.row_count, t.total_fen, r.n, r.fen)
	 from rows r full join (select * from record_tally where county = @county) t using (year, fund, batch_no)
	 where (t.row_count, t.total_fen) is distinct from (r.n, r.fen)`,
	// What is told of other days ends today in what counts.
	`with spans as (select * from village_span where county = @county and to_seq is null)
	 select format('批次%s %s村：今天的账与历史记录不符', batch_no, village_code || village)
	 from (select * from village_tally where county = @county) t full join spans s using (year, fund, batch_no, village_code, village)
	 where (t.row_count, t.people, t.total_fen) is distinct from (s.row_count, s.people, s.total_fen)`,
	`select format('批次%s：%s行今天是否有效，与历史记录不符', batch_no, count(*))
	 from record r full join (select county, year, batch_no, line, true as open from record_span where to_seq is null) s using (county, year, batch_no, line)
	 where county = @county and coalesce(r.active, false) <> coalesce(s.open, false) group by batch_no`,
	// The log of publications has every act that the audit chain has, in its order.
	`with acts as (
		select row_number() over (order by seq) as n, split_part(object, '/', 2) as batch, replace(split_part(action, '.', 2), '_', ' ') as act
		from audit where county = @county and action in ('batch.publish', 'batch.withdraw', 'batch.revert', 'row.withdraw')),
	 log as (
		select row_number() over (order by seq) as n, batch_no::text as batch, replace(replace(act, '_row', ''), '_', ' ') as act
		from publication_log where county = @county and act <> 'fund')
	 select format('公开记录第%s条与审计日志不符', n) from acts full join log using (n)
	 where (acts.batch, acts.act) is distinct from (log.batch, log.act)`,
	// No two batches say the same (XB-01).
	`select format('批次%s与批次%s有%s行重复公开', p.batch_no, q.batch_no, count(*))
	 from record p join record q on q.county = p.county and q.fund = p.fund and q.period = p.period and q.key = p.key
	 	and q.active and q.batch_no > p.batch_no
	 where p.county = @county and p.active group by p.batch_no, q.batch_no`,
	`with rows as (select year, count(distinct person_id) as n from payment where county = @county and active group by year)
	 select format('%s年：人数表记%s人，明细%s人', year, t.people, r.n)
	 from rows r full join (select * from year_tally where county = @county) t using (year)
	 where coalesce(t.people, 0) <> coalesce(r.n, 0)`,
}

// Verify counts all rows anew and walks the audit chain, whose days mac has signed. It answers every difference; none means
// the books are whole.
func (db *DB) Verify(ctx context.Context, mac func(text string) []byte) ([]ledger.Difference, error) {
	var found []ledger.Difference
	for _, sql := range append(slices.Clone(checks), fieldsCheck()) {
		err := db.write(ctx, func(tx pgx.Tx) error {
			sentences, err := all(ctx, tx, pgx.RowTo[string], sql, pgx.NamedArgs{"county": db.county})
			for _, s := range sentences {
				found = append(found, ledger.Difference{Where: "books", What: s})
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	broken, _, err := db.VerifyAudit(ctx, mac)
	return append(found, broken...), err
}

// fieldsCheck: every record has its row in the table of its kind.
func fieldsCheck() string {
	var parts []string
	for _, kind := range slices.Sorted(maps.Keys(recordKinds)) {
		parts = append(parts, fmt.Sprintf(`
			select format('批次%%s：%%s行没有内容', r.batch_no, count(*))
			from record r left join %s d using (county, year, batch_no, line)
			where county = @county and d.county is null
				and r.fund in (select code from fund where county = @county and kind = '%s')
			group by r.batch_no`, recordKinds[kind].table, kind))
	}
	return strings.Join(parts, " union all ")
}
