package postgres_test

import (
	"errors"
	"strings"
	"testing"

	"mingbai/ledger"
	"mingbai/ledger/postgres"
)

func TestAPublishedBatchIsFoundAndAddsUp(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ctx := t.Context()
	r := row(2, "李四", "id-li", bridge, "2组", 5000)
	r.People[ledger.Payee] = party("李小四", "id-son")
	r.People[ledger.Beneficiary] = r.People[ledger.Householder] // nobody else: not kept twice
	no := b.publish("GD", "2025", row(1, "张三", "id-zhang", willow, "1组", 104086), r, row(3, "张三", "", bridge, "3组", 700))

	own, err := b.FindOwn(ctx, token("id-zhang"), "张三")
	b.must(err)
	book, err := b.OwnBook(ctx, own)
	b.must(err)
	if book.Own != (ledger.Tally{Rows: 1, Total: 104086}) || len(book.Payments) != 1 || book.Payments[0].Batch != no || book.Payments[0].SheetRow != 4 {
		t.Errorf("张三's book: %+v", book)
	}
	son, err := b.FindOwn(ctx, token("id-son"), "李小四")
	b.must(err)
	book, err = b.OwnBook(ctx, son)
	b.must(err)
	if book.Own.Rows != 0 || book.Related != (ledger.Tally{Rows: 1, Total: 5000}) || book.Payments[0].Role != ledger.Payee || book.Payments[0].Name != "李四" {
		t.Errorf("the payee's book: %+v", book)
	}
	for _, wrong := range [][2]string{{"id-zhang", "李四"}, {"id-li", "张三"}, {"nobody", "张三"}} {
		if _, err := b.FindOwn(ctx, token(wrong[0]), wrong[1]); !errors.Is(err, ledger.ErrNotFound) {
			t.Errorf("FindOwn(%v) = %v", wrong, err)
		}
	}
	hits, err := b.FindPeople(ctx, ledger.PeopleQuery{Name: "张三", PerPage: 10})
	b.must(err)
	found, err := b.PeopleByRefs(ctx, hits.Refs)
	b.must(err)
	if hits.Total != 2 || len(found) != 2 {
		t.Fatalf("张三 found %d times: %+v", hits.Total, found)
	}
	for _, p := range found {
		if p.TownName != "柳门镇" || p.Rows != 1 || p.Group == "" || len(p.FundNames) != 1 {
			t.Errorf("found %+v", p)
		}
	}
	if hits, _ := b.FindPeople(ctx, ledger.PeopleQuery{Name: "李小四", PerPage: 10}); hits.Total != 0 {
		t.Error("a payee who is not householder stands in the public search")
	}
	fig, err := b.YearFigures(ctx, 0)
	b.must(err)
	if fig.Year != 2025 || fig.Tally != (ledger.Tally{Rows: 3, Total: 109786}) || fig.People != 3 || fig.Villages != 2 || fig.Funds != 1 {
		t.Errorf("figures %+v", fig)
	}
	page, err := b.FundPage(ctx, "GD", 0)
	b.must(err)
	if !page.ListOpen || page.County.Total != 109786 || len(page.Towns) != 1 || len(page.Towns[0].Villages) != 2 || page.Towns[0].Total != 109786 {
		t.Errorf("fund page %+v", page)
	}
	list, err := b.VillageList(ctx, "GD", 2025, bridge)
	b.must(err)
	if list.Total != 5700 || len(list.Payments) != 2 || list.VillageName != "石桥村" {
		t.Errorf("list %+v", list)
	}
	b.whole()
}

func TestActsAreRefusedOutOfTurn(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ctx := t.Context()
	no := b.upload("GD", "2025", row(1, "张三", "id", willow, "1组", 100))
	refused := func(what string, err error, kind ledger.Kind, words string) {
		t.Helper()
		if ledger.KindOf(err) != kind || !strings.Contains(ledger.MessageOf(err), words) {
			t.Errorf("%s: %v", what, err)
		}
		b.whole()
	}
	refused("publish before certify", b.Publish(ctx, no, "zhao"), ledger.KindConflict, "请先由另一人复核")
	refused("certify by uploader", b.Certify(ctx, no, "li", "r1"), ledger.KindDenied, "复核人不能是上传人")
	refused("certify by a clerk", b.Certify(ctx, no, "sun", "r1"), ledger.KindDenied, "没有“复核”权限")
	refused("certify by nobody", b.Certify(ctx, no, "ghost", "r1"), ledger.KindDenied, "没有账号")
	refused("certify under new rules", b.Certify(ctx, no, "zhao", "r2"), ledger.KindConflict, "校验规则已更新")
	refused("no such batch", b.Certify(ctx, no+100, "zhao", "r1"), ledger.KindNotFound, "没有批次")
	b.must(b.Certify(ctx, no, "zhao", "r1"))
	refused("certify twice", b.Certify(ctx, no, "zhao", "r1"), ledger.KindConflict, "已经做过")
	b.must(b.Publish(ctx, no, "zhao"))
	refused("publish twice", b.Publish(ctx, no, "zhao"), ledger.KindConflict, "已经做过")
	refused("reject a published one", b.Reject(ctx, no, "zhao", "x"), ledger.KindConflict, "请用撤回")
	refused("withdraw without reason", b.Withdraw(ctx, no, "zhao", ""), ledger.KindInvalid, "写明原因")
	_, err := b.Import(ctx, upload("GD", "2025"), seq([]ledger.StagedRow{row(1, "张三", "id", willow, "1组", 100)}))
	var clash *postgres.ClashError
	if !errors.As(err, &clash) || clash.Total != 1 || clash.Clashes[0] != (postgres.Clash{Sheet: "Sheet1", Row: 4, Batch: no}) {
		t.Errorf("a second payment of the same fund and period: %v", err)
	}
	b.whole()
}

// A householder may stand once for each member of the family, and each member once.
func TestAFamilyStandsOncePerMember(t *testing.T) {
	t.Parallel()
	b := setup(t)
	member := func(line int, who string) ledger.StagedRow {
		r := row(line, "张三", "id-head", willow, "1组", 100)
		r.People[ledger.Beneficiary] = party("家人"+who, who)
		return r
	}
	b.publish("GD", "2025", member(1, "wife"), member(2, "son"))
	own, err := b.FindOwn(t.Context(), token("id-head"), "张三")
	b.must(err)
	if book, err := b.OwnBook(t.Context(), own); err != nil || book.Own.Rows != 2 {
		t.Errorf("the householder's book: %+v, %v", book, err)
	}
	_, err = b.Import(t.Context(), upload("GD", "2025"), seq([]ledger.StagedRow{member(1, "daughter"), member(2, "son")}))
	var clash *postgres.ClashError
	if !errors.As(err, &clash) || clash.Total != 1 || clash.Clashes[0].Row != 5 {
		t.Errorf("the son a second time: %v", err)
	}
	b.whole()
}

// Two batches with the same person can both wait; the second publication is the one to refuse.
func TestTheSecondOfTwoClashingBatchesIsRefused(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ctx := t.Context()
	one := b.upload("GD", "2025", row(1, "张三", "id", willow, "1组", 100))
	two := b.upload("GD", "2025", row(1, "张三", "id", willow, "1组", 200))
	for _, no := range []int64{one, two} {
		b.must(b.Certify(ctx, no, "zhao", "r1"))
	}
	b.must(b.Publish(ctx, one, "zhao"))
	err := b.Publish(ctx, two, "zhao")
	var e *ledger.Error
	if !errors.As(err, &e) || e.Rule != "XB-01" || e.Kind != ledger.KindConflict {
		t.Errorf("second publication: %v", err)
	}
	b.whole()
}

func TestAnImportThatFailsLeavesNothing(t *testing.T) {
	t.Parallel()
	b := setup(t)
	broken := errors.New("row 2 cannot be read")
	_, err := b.Import(t.Context(), upload("GD", "2025"), func(yield func(ledger.StagedRow, error) bool) {
		if yield(row(1, "张三", "id", willow, "1组", 100), nil) {
			yield(ledger.StagedRow{}, broken)
		}
	})
	if !errors.Is(err, broken) {
		t.Errorf("import: %v", err)
	}
	for _, table := range []string{"batch", "file", "staged_row"} {
		if n := count(b, table); n != 0 {
			t.Errorf("%d rows in %s", n, table)
		}
	}
}

func TestWithdrawalTakesRowsOffEverythingButTheBooks(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ctx := t.Context()
	no := b.publish("GD", "2025", row(1, "张三", "id", willow, "1组", 100))
	b.must(b.Withdraw(ctx, no, "zhao", "名单有误"))
	if hits, _ := b.FindPeople(ctx, ledger.PeopleQuery{Name: "张三", PerPage: 10}); hits.Total != 0 {
		t.Error("still in the search")
	}
	own, err := b.FindOwn(ctx, token("id"), "张三")
	b.must(err)
	book, err := b.OwnBook(ctx, own)
	b.must(err)
	if book.Own.Rows != 0 || len(book.Payments) != 1 || book.Payments[0].Ended.IsZero() || book.Payments[0].EndReason != "名单有误" {
		t.Errorf("she is told what became of her line, and it counts no more: %+v", book)
	}
	page, err := b.FundPage(ctx, "GD", 2025)
	if err != nil || page.County.Rows != 0 || len(page.Batches) != 1 {
		t.Errorf("a year of which nothing counts any more still says why: %+v, %v", page, err)
	}
	if _, err := b.FundPage(ctx, "GD", 2023); ledger.KindOf(err) != ledger.KindNotFound {
		t.Errorf("a year in which nothing was published: %v", err)
	}
	if n := count(b, "payment"); n != 1 {
		t.Errorf("%d payments kept", n)
	}
	b.whole()
	b.publish("GD", "2025", row(1, "张三", "id", willow, "1组", 90)) // and may be paid rightly now
	page, err = b.FundPage(ctx, "GD", 2025)
	b.must(err)
	if len(page.Batches) != 2 || page.Batches[0].EndReason != "名单有误" || page.Batches[0].EndedAt.IsZero() || !page.Batches[1].EndedAt.IsZero() {
		t.Errorf("the withdrawn batch is said on the fund's page: %+v", page.Batches)
	}
	b.whole()
}

func TestDisclosurePolicies(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ctx := t.Context()
	b.publish("GD", "2025", row(1, "公开", "p", willow, "1组", 100))
	b.publish("DB", "2025", row(1, "本人", "s", willow, "1组", 200))
	b.publish("GE", "2025", row(1, "合计", "a", willow, "1组", 400))
	for _, c := range []struct {
		name, who    string
		search, self bool
	}{{"公开", "p", true, true}, {"本人", "s", false, true}, {"合计", "a", false, false}} {
		hits, err := b.FindPeople(ctx, ledger.PeopleQuery{Name: c.name, PerPage: 10})
		b.must(err)
		if (hits.Total > 0) != c.search {
			t.Errorf("%s in the search: %d", c.name, hits.Total)
		}
		if _, err := b.FindOwn(ctx, token(c.who), c.name); (err == nil) != c.self {
			t.Errorf("%s in the lookup: %v", c.name, err)
		}
	}
	for fund, open := range map[string]bool{"GD": true, "DB": false, "GE": false} {
		if _, err := b.VillageList(ctx, fund, 2025, willow); (err == nil) != open {
			t.Errorf("list of %s: %v", fund, err)
		}
		if page, err := b.FundPage(ctx, fund, 2025); err != nil || page.County.Rows != 1 || page.ListOpen != open {
			t.Errorf("totals of %s stay open: %+v, %v", fund, page, err)
		}
	}
	news, err := b.Newest(ctx, 5)
	b.must(err)
	for _, n := range news {
		if open := n.Fund == "GD"; n.Closed == open || (n.Rows == 1) != open || (n.Total > 0) != open {
			t.Errorf("news of %s tell %d rows, %v", n.Fund, n.Rows, n.Total)
		}
	}
	if fig, _ := b.YearFigures(ctx, 2025); fig.Total != 700 {
		t.Errorf("figures count every policy: %+v", fig)
	}
}

func TestRowsLeaveWhenTheirPeriodEnds(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ctx := t.Context()
	b.publish("GD", "2025", row(1, "张三", "id", willow, "1组", 100))
	drainAll(b)
	b.must(b.SwitchIndex(ctx, "00000001", []string{"a"}))
	behind := func() bool {
		s, err := b.IndexState(ctx)
		b.must(err)
		return s.Behind
	}
	found := func() bool {
		hits, err := b.FindPeople(ctx, ledger.PeopleQuery{Name: "张三", PerPage: 10})
		b.must(err)
		return hits.Total == 1
	}
	b.now = b.now.AddDate(0, 0, 29) // published on day 1, so this is day 30
	if n, _ := b.SweepDisclosure(ctx); !found() || n != 0 || behind() {
		t.Error("gone before the period's end")
	}
	b.now = b.now.AddDate(0, 0, 1)
	if found() {
		t.Error("public after the period's end")
	}
	if !behind() {
		t.Error("the index is believed though nobody has told it whose period ended")
	}
	if n, err := b.SweepDisclosure(ctx); n != 1 || err != nil {
		t.Fatalf("sweep: %d, %v", n, err)
	}
	changes, err := b.PendingIndex(ctx, 0, 10)
	b.must(err)
	if len(changes.People) != 1 || len(changes.People[0].FundCodes) != 0 || !changes.Lookups[0].Live {
		t.Errorf("the index is to forget the person and keep the lookup: %+v", changes)
	}
	drainAll(b)
	if behind() {
		t.Error("the index is not believed though it was told")
	}
	if n, _ := b.SweepDisclosure(ctx); n != 0 {
		t.Error("a second sweep found something")
	}
	b.whole()
}

func drainAll(b *books) {
	b.t.Helper()
	for {
		c, err := b.PendingIndex(b.t.Context(), 0, 100)
		b.must(err)
		if len(c.Seqs) == 0 {
			return
		}
		b.must(b.DoneIndex(b.t.Context(), ledger.IndexDone{Seqs: c.Seqs}))
	}
}
