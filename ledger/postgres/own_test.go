package postgres_test

import (
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"mingbai/ledger"
)

func TestALookupNeedsBothNumberAndName(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ctx := t.Context()
	shared := row(2, "李四", "id-li", bridge, "2组", 5000)
	shared.People[ledger.Payee] = party("李小四", "id-son")
	shared.People[ledger.Beneficiary] = party("李小四", "id-son")
	lone := row(3, "李四", "id-li", bridge, "2组", 300)
	lone.People[ledger.Beneficiary] = party("李老四", "id-father")
	old := b.publish("GD", "2024", row(1, "张三", "id-zhang", willow, "1组", 104086), shared, lone)
	b.correct(old, "GD", "2024", row(1, "张三", "id-zhang", willow, "1组", 99000))
	b.publish("DB", "2025", row(1, "张三", "id-zhang", willow, "1组", 700))
	b.publish("GD", "2025", row(1, "张叁", "id-zhang", willow, "1组", 50))
	b.publish("GE", "2025", row(1, "王五", "id-wang", willow, "1组", 800))

	for _, who := range [][2]string{{"id-zhang", "张三"}, {"id-li", "李四"}, {"id-son", "李小四"}, {"id-father", "李老四"}} {
		book, err := b.LookUp(ctx, token(who[0]), who[1])
		b.must(err)
		same, err := b.OwnBook(ctx, book.Person)
		if err != nil || len(book.Person) != 32 || !reflect.DeepEqual(book, same) {
			t.Errorf("%s by number and by reference: %+v; %+v, %v", who[1], book, same, err)
		}
		var own, related ledger.Tally
		for _, p := range book.Payments {
			sum := &related
			if p.Role == ledger.Householder {
				sum = &own
			}
			if p.Ended.IsZero() {
				sum.Rows++
				sum.Total += p.Amount
			}
		}
		if own != book.Own || related != book.Related {
			t.Errorf("%s: %+v and %+v, but the rows are %+v and %+v", who[1], book.Own, book.Related, own, related)
		}
	}
	for _, wrong := range [][2]string{{"id-zhang", "李四"}, {"id-li", "张三"}, {"nobody", "张三"}, {"id-wang", "王五"}} {
		if book, err := b.LookUp(ctx, token(wrong[0]), wrong[1]); !errors.Is(err, ledger.ErrNotFound) || len(book.Payments) > 0 {
			t.Errorf("LookUp(%v) = %+v, %v", wrong, book, err)
		}
	}

	zhang := b.book("id-zhang", "张三")
	years := []ledger.YearTally{{Year: 2025, Tally: ledger.Tally{Rows: 1, Total: 700}}, {Year: 2024, Tally: ledger.Tally{Rows: 1, Total: 99000}}}
	if !reflect.DeepEqual(zhang.Years, years) || zhang.OtherNames != 1 || len(zhang.Payments) != 3 {
		t.Errorf("张三: %+v", zhang)
	}
	for _, p := range zhang.Payments {
		if said := len(p.Former) == 1 && p.Former[0].Amount == 104086; said != (p.Amount == 99000) {
			t.Errorf("%v said before: %+v", p.Amount, p.Former)
		}
	}
	family := []ledger.FamilyTally{
		{Partner: ledger.Partner{Role: ledger.Payee, Name: "李小四"}, Tally: ledger.Tally{Rows: 1, Total: 5000}},
		{Partner: ledger.Partner{Role: ledger.Beneficiary, Name: "李小四"}, Tally: ledger.Tally{Rows: 1, Total: 5000}},
		{Partner: ledger.Partner{Role: ledger.Beneficiary, Name: "李老四"}, Tally: ledger.Tally{Rows: 1, Total: 300}},
	}
	if li := b.book("id-li", "李四"); !reflect.DeepEqual(li.Family, family) || len(li.Payments[0].With) != 2 || len(li.Payments[1].With) != 1 {
		t.Errorf("李四's family: %+v; %+v", li.Family, li.Payments)
	}
	if son := b.book("id-son", "李小四"); len(son.Payments) != 1 || son.Payments[0].Name != "李四" || son.Family != nil {
		t.Errorf("the son's book: %+v", son)
	}
}

// What comes between the statements that a lookup sends together is seen by none of them.
func TestStatementsSentTogetherSeeOneMoment(t *testing.T) {
	t.Parallel()
	b := setup(t)
	const count = `select count(*)::int from officer where county = $1`
	var before, meanwhile, after int
	var together pgx.Batch
	together.Queue(count, b.County()).QueryRow(func(r pgx.Row) error { return r.Scan(&before) })
	together.Queue(`select pg_sleep(0.5)`).Exec(func(pgconn.CommandTag) error { return nil })
	together.Queue(count, b.County()).QueryRow(func(r pgx.Row) error { return r.Scan(&meanwhile) })
	done := make(chan error)
	go func() { done <- b.Quick().SendBatch(t.Context(), &together).Close() }()
	time.Sleep(200 * time.Millisecond)
	b.must(b.SaveOfficer(t.Context(), "test", ledger.Officer{Login: "new", Name: "new", Roles: []ledger.OfficeRole{ledger.RoleClerk}}))
	b.must(<-done)
	b.must(b.Quick().QueryRow(t.Context(), count, b.County()).Scan(&after))
	if meanwhile != before || after != before+1 {
		t.Errorf("%d officers, then %d in the same batch, %d after it", before, meanwhile, after)
	}
}
