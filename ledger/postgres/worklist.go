package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"mingbai/ledger"
)

// Parts of the conditions below. A batch lies in an officer's scope when its fund does and every town of its rows, as mayOnBatch says
// for one batch; a notice when its own town does.
const (
	fundMine   = `(@all_funds or b.fund = any (@funds))`
	rowsMine   = `(@all_towns or not exists (select from staged_row s where s.county = b.county and s.batch_no = b.batch_no and left(s.village_code, 9) <> all (@towns)))`
	talliesOf  = `from village_tally t where t.county = b.county and t.year = b.year and t.batch_no = b.batch_no`
	townMine   = `t.village_code <> '' and (@all_towns or left(t.village_code, 9) = any (@towns))`
	postingOf  = `board_posting p where p.county = t.county and p.batch_no = t.batch_no and p.village_code = t.village_code`
	unhung     = `(select count(*)::int ` + talliesOf + ` and ` + townMine + ` and not exists (select from ` + postingOf + `))`
	overstayed = `(select count(*)::int ` + talliesOf + ` and ` + townMine + ` and exists (select from ` + postingOf + ` and p.taken_on is null))`
	openOf     = `from batch_finding x where x.county = b.county and x.batch_no = b.batch_no and x.reason = ''`
	ofOthers   = `not exists (select from batch_revision r where r.county = b.county and r.batch_no = b.batch_no and r.uploaded_by = @by)`
	listOpen   = `f.disclosure = 'public' and b.state = 'published' and (b.public_until is null or b.public_until >= @today)`
)

// waiting is the table of what waits for whom: the act that it takes, and which batches (b) of which funds (f) they are.
var waiting = []struct {
	kind           ledger.WorkKind
	act            ledger.Action
	where          string
	since, n, note string
}{
	{
		ledger.WorkMend, ledger.ActUpload, `b.uploaded_by = @by and (b.state = 'parsed' or b.state = 'checked' and exists (select ` + openOf + ` and x.severity = 'W'))`,
		inShanghai(`b.uploaded_at`), `(select count(*)::int ` + openOf + ` and x.severity in ('F', 'W'))`, `''`,
	},
	{
		ledger.WorkBack, ledger.ActUpload, `b.uploaded_by = @by and b.state = 'rejected' and b.ended_by <> @by`,
		inShanghai(`b.ended_at`), `0`, `coalesce(b.end_reason, '')`,
	},
	{ledger.WorkCertify, ledger.ActCertify, `b.state = 'checked' and ` + fundMine + ` and ` + rowsMine + ` and ` + ofOthers + `
		and not exists (select ` + openOf + ` and x.severity = 'W')`, inShanghai(`b.uploaded_at`), `0`, `''`},
	{ledger.WorkPublish, ledger.ActPublish, `b.state = 'certified' and ` + fundMine + ` and ` + rowsMine, inShanghai(`b.certified_at`), `0`, `''`},
	{
		ledger.WorkHang, ledger.ActPostNotice, listOpen + ` and ` + fundMine + ` and b.published_at < @now::timestamptz - make_interval(days => @hang_within::int) and ` + unhung + ` > 0`,
		inShanghai(`b.published_at`), unhung, `''`,
	},
	{
		ledger.WorkTake, ledger.ActPostNotice, `f.disclosure = 'public' and b.state = 'published' and b.public_until < @today and ` + fundMine + ` and ` + overstayed + ` > 0`,
		`b.public_until`, overstayed, `''`,
	},
	{ledger.WorkEnding, ledger.ActSeeBatches, listOpen + ` and ` + fundMine + ` and b.public_until <= @today::date + @ending_soon::int
		and (@all_towns or exists (select ` + talliesOf + ` and ` + townMine + `))`, `b.public_until`, `0`, `''`},
}

// inShanghai is the SQL of a moment's date.
func inShanghai(moment string) string { return `(` + moment + ` at time zone 'Asia/Shanghai')::date` }

// WorkList is what waits for an officer, the oldest few of each kind; kinds of which nothing waits are left out.
func (db *DB) WorkList(ctx context.Context, by string, few int) (list []ledger.Work, err error) {
	o, err := db.officer(ctx, db.pool, by)
	if err != nil {
		return nil, err
	}
	for _, w := range waiting {
		scope := o.Scope
		switch o.ReachOf(w.act) {
		case ledger.ReachNone:
			continue
		case ledger.ReachCounty:
			scope = ledger.WholeCounty
		}
		work := ledger.Work{Kind: w.kind}
		work.Items, err = all(ctx, db.pool, func(row pgx.CollectableRow) (i ledger.WorkItem, err error) {
			err = row.Scan(&work.Count, &i.Batch, &i.FundName, &i.Period, &i.Since, &i.Days, &i.N, &i.Note)
			return i, err
		}, `
			select count(*) over ()::int, b.batch_no, f.name, b.period, `+w.since+`, @today::date - `+w.since+`, `+w.n+`, `+w.note+`
			from batch b join fund f on f.county = b.county and f.code = b.fund
			where b.county = @county and `+w.where+`
			order by `+w.since+`, b.batch_no limit @few`, pgx.NamedArgs{
			"county": db.county, "by": by, "few": few, "now": db.now(), "today": db.today(),
			"hang_within": ledger.HangWithin, "ending_soon": ledger.EndingSoon,
			"all_funds": scope.Funds.All, "funds": orEmpty(scope.Funds.Codes), "all_towns": scope.Towns.All, "towns": orEmpty(scope.Towns.Codes),
		})
		if err != nil {
			return nil, err
		}
		if work.Count > 0 {
			list = append(list, work)
		}
	}
	return list, nil
}
