package postgres_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"mingbai/ledger"
)

// replayed tells from the audit chain alone which batches stood at an instant: the last that was done to each is no withdrawal.
const replayed = `
	with done as (
		select distinct on (object) split_part(object, '/', 2)::bigint as batch_no, action from audit
		where county = $1 and at < $2 and action in ('batch.publish', 'batch.withdraw', 'batch.revert') order by object, seq desc),
	stood as (select batch_no from done where action <> 'batch.withdraw')`

const rowStood = `not exists (select from audit a where a.county = $1 and a.at < $2 and a.action = 'row.withdraw'
	and a.object = 'batch/' || p.batch_no || '/line/' || p.line)`

// Forty acts in two hundred days; on fifty days chosen by lot the books as of that day are what a replay of the audit chain
// over the rows makes them.
func TestBooksAsOfAnyDay(t *testing.T) {
	t.Parallel()
	b := desk(t)
	lot := rand.New(rand.NewPCG(7, 11))
	first := b.now
	var payments, tables []int64
	people := 0
	for range 40 {
		b.now = b.now.Add(time.Duration(lot.IntN(10*24)) * time.Hour)
		kind, batches := ledger.Subsidy, &payments
		if lot.IntN(2) == 0 {
			kind, batches = ledger.Allocation, &tables
		}
		var old int64
		if len(*batches) > 0 {
			old = (*batches)[lot.IntN(len(*batches))]
		}
		act := lot.IntN(8)
		switch {
		case old == 0 || act < 2:
			if kind == ledger.Allocation {
				*batches = append(*batches, b.publishRecords(kind, "2025", someRecords(lot, len(tables)*10)...))
				break
			}
			var rows []ledger.StagedRow
			for i := range 2 + lot.IntN(3) {
				people++
				rows = append(rows, row(i+1, fmt.Sprintf("人%d", people), fmt.Sprintf("p%d", people), []string{willow, bridge}[lot.IntN(2)], "1", ledger.Fen(lot.IntN(1000)+1)))
			}
			*batches = append(*batches, b.publish("GD", "2025", rows...))
		case act < 4:
			if no := b.tryCorrection(lot, kind, old); no != 0 {
				*batches = append(*batches, no)
			}
		case act < 5:
			b.allowRefusal(b.Withdraw(t.Context(), old, "zhao", "重核"))
		case act < 7:
			b.allowRefusal(b.Revert(t.Context(), old, "zhao", "无误"))
		default:
			b.allowRefusal(b.WithdrawRow(t.Context(), old, "", 4+lot.IntN(2), "zhao", "此行有误"))
		}
	}
	b.whole()

	c, err := pgx.Connect(t.Context(), b.url)
	b.must(err)
	defer c.Close(t.Context())
	days := int(b.now.Sub(first).Hours()/24) + 2
	differ := 0
	for range 50 {
		day := ledger.DateOf(first).AddDate(0, 0, lot.IntN(days)-1)
		end := time.Date(day.Year(), day.Month(), day.Day()+1, 0, 0, 0, 0, ledger.Shanghai)
		want := map[string]ledger.Tally{}
		rows, err := c.Query(t.Context(), replayed+`
			select p.village_code, count(*)::int, sum(p.amount_fen)::bigint from payment p
			where p.county = $1 and p.fund = 'GD' and p.year = 2025 and p.batch_no in (select batch_no from stood) and `+rowStood+`
				and not exists (select from correction x where x.county = $1 and x.old_batch = p.batch_no and x.old_line = p.line
					and x.batch_no in (select batch_no from stood))
			group by 1`, b.County(), end)
		b.must(err)
		var code string
		var tally ledger.Tally
		_, err = pgx.ForEachRow(rows, []any{&code, &tally.Rows, &tally.Total}, func() error {
			want[code] = tally
			return nil
		})
		b.must(err)
		got := map[string]ledger.Tally{}
		page, err := b.FundPageOn(t.Context(), "GD", 2025, day)
		if ledger.KindOf(err) != ledger.KindNotFound { // nothing was published by then
			b.must(err)
		}
		for _, town := range page.Towns {
			for _, v := range town.Villages {
				got[v.Code] = v.Tally
			}
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: villages %v, the audit chain says %v", day.Format(time.DateOnly), got, want)
		}

		var records ledger.Tally
		b.must(c.QueryRow(t.Context(), replayed+`
			select count(*)::int, coalesce(sum(p.amount_fen) filter (where p.depth = 0), 0)::bigint from record p
			where p.county = $1 and p.fund = 'allocation' and p.year = 2025 and p.batch_no in (select batch_no from stood) and `+rowStood+`
				and not exists (select from batch x where x.county = $1 and x.corrects = p.batch_no and x.batch_no in (select batch_no from stood))`,
			b.County(), end).Scan(&records.Rows, &records.Total))
		then, err := b.EditionOn(t.Context(), day)
		b.must(err)
		table, err := b.RecordPage(t.Context(), ledger.RecordQuery{Fund: "allocation", Year: 2025, PerPage: 100, Then: &then})
		if ledger.KindOf(err) != ledger.KindNotFound {
			b.must(err)
		}
		if table.All != records {
			t.Errorf("%s: table %v, the audit chain says %v", day.Format(time.DateOnly), table.All, records)
		}
		if len(want) > 0 && records.Rows > 0 {
			differ++
		}
	}
	if differ < 20 {
		t.Errorf("only %d of 50 days had anything to compare", differ)
	}
}

func someRecords(lot *rand.Rand, first int) (rows []string) {
	for i := range 2 + lot.IntN(3) {
		rows = append(rows, fmt.Sprintf("unit_name=单位%d project_name=项目%d amount=%d", first+i, first+i, lot.IntN(1000)+1))
	}
	return rows
}

// tryCorrection corrects an old batch with the same rows in other amounts, where its state allows; 0 where not.
func (b *books) tryCorrection(lot *rand.Rand, kind ledger.FundKind, old int64) int64 {
	b.t.Helper()
	batch, err := b.Batch(b.t.Context(), old)
	b.must(err)
	u := upload(batch.Fund, "2025")
	u.Corrects, u.Reason = old, "更正"
	var no int64
	if kind == ledger.Allocation {
		no, err = b.ImportRecords(b.t.Context(), u, records(kind, someRecords(lot, int(old)*10+1000)...))
	} else {
		c, err := pgx.Connect(b.t.Context(), b.url)
		b.must(err)
		defer c.Close(b.t.Context())
		found, err := c.Query(b.t.Context(), `
			select n.name, p.village_code from payment p join person n using (county, person_id)
			where p.batch_no = $1 and p.active order by p.line limit 1`, old)
		b.must(err)
		var name, village string
		var rows []ledger.StagedRow
		_, err = pgx.ForEachRow(found, []any{&name, &village}, func() error {
			rows = append(rows, row(1, name, "p"+name[len("人"):], village, "1", ledger.Fen(lot.IntN(1000)+1)))
			return nil
		})
		b.must(err)
		if len(rows) == 0 {
			return 0
		}
		no, err = b.Import(b.t.Context(), u, seq(rows))
		b.allowRefusal(err)
		if err != nil {
			return 0
		}
	}
	if err != nil {
		b.allowRefusal(err)
		return 0
	}
	b.explain(no)
	b.must(b.Certify(b.t.Context(), no, "zhao", "r1"))
	if err := b.Publish(b.t.Context(), no, "zhao"); err != nil {
		b.allowRefusal(err)
		return 0
	}
	return no
}

// allowRefusal passes over an act that the batch's state does not allow.
func (b *books) allowRefusal(err error) {
	b.t.Helper()
	if err != nil && ledger.KindOf(err) == ledger.KindInternal {
		b.t.Fatal(err)
	}
}

// A fund that names nobody has no days before, and what was taken back is not shown again.
func TestAsOfShowsNoMoreThanToday(t *testing.T) {
	t.Parallel()
	b := desk(t)
	b.publish("DB", "2025", row(1, "甲", "a", willow, "1", 100))
	day := ledger.DateOf(b.now)
	if _, err := b.FundPageOn(t.Context(), "DB", 2025, day); ledger.KindOf(err) != ledger.KindInvalid {
		t.Errorf("a closed fund as of a day: %v", err)
	}
	post := b.publishRecords(ledger.Post, "2025", "unit_name=县水利局 person_name=张三", "unit_name=县水利局 person_name=李四")
	table := b.publishRecords(ledger.Allocation, "2025", "unit_name=甲局 project_name=路 amount=5", "unit_name=乙局 project_name=桥 amount=6")
	then, err := b.EditionOn(t.Context(), day)
	b.must(err)
	b.now = b.now.AddDate(0, 0, 2)
	b.must(b.WithdrawRow(t.Context(), post, "", 4, "zhao", "调离"))
	b.must(b.WithdrawRow(t.Context(), table, "", 4, "zhao", "写错"))
	for _, kind := range []ledger.FundKind{ledger.Post, ledger.Allocation} {
		page, err := b.RecordPage(t.Context(), ledger.RecordQuery{Fund: string(kind), PerPage: 10, Then: &then})
		b.must(err)
		if page.All.Rows != 2 || len(page.Rows) != 1 || page.Hidden != 1 || len(page.Taken) != 0 {
			t.Errorf("%s: counted %d, shown %d, hidden %d, taken back by then %d", kind, page.All.Rows, len(page.Rows), page.Hidden, len(page.Taken))
		}
	}
	b.now = b.now.AddDate(0, 0, 60) // past the period of 30 days
	if page, err := b.RecordPage(t.Context(), ledger.RecordQuery{Fund: "post", PerPage: 10, Then: &then}); err != nil || len(page.Rows) != 0 || page.Open {
		t.Errorf("people shown after their period: %d, %v", len(page.Rows), err)
	}
}
