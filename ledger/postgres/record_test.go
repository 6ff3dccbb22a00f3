package postgres_test

import (
	"errors"
	"fmt"
	"iter"
	"strings"
	"testing"
	"time"

	"mingbai/ledger"
	"mingbai/ledger/postgres"
)

// desk is a set of books with a public fund of each kind, its code the kind.
func desk(t *testing.T) *books {
	t.Helper()
	b := setup(t)
	for _, kind := range []ledger.FundKind{
		ledger.Allocation, ledger.Transfer, ledger.Project, ledger.Budget, ledger.Agency, ledger.Post,
	} {
		b.must(b.SaveFund(t.Context(), "test", ledger.Fund{Code: string(kind), Name: kind.Name(), Kind: kind, Disclosure: ledger.DisclosePublic, PublicDays: 30}))
	}
	return b
}

// record is a row of a kind from words like unit_name=县水利局 amount=100: fen, numbers, quantities and dates by the field.
func record(kind ledger.FundKind, line int, words string) ledger.StagedRecord {
	r := ledger.Record{
		Kind: kind, Line: line, Sheet: "Sheet1", SheetRow: line + 3, Text: map[string]string{}, Money: map[string]ledger.Fen{},
		Count: map[string]int64{}, Quantities: map[string]ledger.Quantity{}, Dates: map[string]time.Time{},
	}
	for _, word := range strings.Fields(words) {
		field, value, _ := strings.Cut(word, "=")
		var n int64
		fmt.Sscan(value, &n)
		switch {
		case strings.HasSuffix(field, "_on"):
			r.Dates[field], _ = time.Parse(time.DateOnly, value)
		case strings.Contains(" amount total basic project ", " "+field+" "):
			r.Money[field] = ledger.Fen(n)
		case field == "authorised" || field == "actual":
			r.Count[field] = n
		case field == "area_mu" || field == "standard":
			r.Quantities[field] = ledger.Quantity(n)
		case field == "depth":
			r.Depth = int(n)
		case field == "section":
			r.Section = value
		default:
			r.Text[field] = value
		}
	}
	return ledger.StagedRecord{Record: r, Key: r.Key(func(s string) string { return s })}
}

func records(kind ledger.FundKind, rows ...string) iter.Seq2[ledger.StagedRecord, error] {
	return func(yield func(ledger.StagedRecord, error) bool) {
		for i, words := range rows {
			if !yield(record(kind, i+1, words), nil) {
				return
			}
		}
	}
}

func (b *books) uploadRecords(kind ledger.FundKind, period string, rows ...string) int64 {
	b.t.Helper()
	no, err := b.ImportRecords(b.t.Context(), upload(string(kind), period), records(kind, rows...))
	b.must(err)
	return no
}

func (b *books) approve(no int64) int64 {
	b.t.Helper()
	b.explain(no)
	b.must(b.Certify(b.t.Context(), no, "zhao", "r1"))
	b.must(b.Publish(b.t.Context(), no, "zhao"))
	return no
}

func (b *books) publishRecords(kind ledger.FundKind, period string, rows ...string) int64 {
	b.t.Helper()
	return b.approve(b.uploadRecords(kind, period, rows...))
}

func (b *books) page(kind ledger.FundKind) ledger.RecordPage {
	b.t.Helper()
	page, err := b.RecordPage(b.t.Context(), ledger.RecordQuery{Fund: string(kind), PerPage: 10})
	b.must(err)
	return page
}

// What goes in comes out: every field of every kind, and the totals over all rows.
func TestEveryKindGoesTheWholeRoad(t *testing.T) {
	t.Parallel()
	b := desk(t)
	for _, c := range []struct {
		kind  ledger.FundKind
		rows  []string
		total ledger.Fen
		sums  map[string]int64
	}{
		{ledger.Allocation, []string{
			"unit_name=县水利局 project_code=0990 project_name=水渠 place=柳门口村 content=渠道2公里 document=清财农〔2025〕3号 amount=500 area_mu=125000 standard=40000",
			"unit_name=柳门镇 amount=200",
		}, 700, nil},
		{ledger.Transfer, []string{"unit_name=柳门镇 amount=300", "unit_name=石桥镇 amount=-100"}, 200, nil},
		{ledger.Project, []string{
			"project_code=01 project_name=道路 place=石桥村 unit_name=交通局 amount=900 stage1_on=2025-01-10 stage1_evidence=照片 stage2_on=2025-02-01",
			"project_name=水渠 stage1_on=2025-01-12",
		}, 900, map[string]int64{"stage1_on": 0}},
		{ledger.Budget, []string{
			"unit_name=财政局 subject_code=201 subject_name=一般公共服务 total=300 basic=200 project=100",
			"unit_name=财政局 subject_code=20106 subject_name=财政事务 total=300 basic=200 project=100 depth=1",
		}, 300, map[string]int64{"basic": 200, "project": 100}},
		{ledger.Agency, []string{
			"agency_code=001 agency_name=财政局 level=正科级 authorised=42 actual=40 section=财政系统", "agency_name=收付中心 authorised=12 actual=13 depth=1",
		}, 0, map[string]int64{"authorised": 54, "actual": 53}},
		{ledger.Post, []string{
			"unit_name=财政局 person_name=张三 sex=男 post_title=股长 rank=会计师 establishment_kind=行政编制 entered_on=2001-07-01 entry_channel=考录 status=在编",
			"unit_name=水利局 person_name=李四 post_title=科员",
		}, 0, nil},
	} {
		no := b.uploadRecords(c.kind, "2025", c.rows...)
		waiting, err := b.Batch(t.Context(), no)
		b.must(err)
		if waiting.Kind != c.kind || waiting.Rows != len(c.rows) || waiting.Total != c.total {
			t.Errorf("%s: waiting %+v", c.kind, waiting)
		}
		b.whole()
		b.approve(no)
		b.whole()
		page := b.page(c.kind)
		if page.All != (ledger.Tally{Rows: len(c.rows), Total: c.total}) || !page.Open || page.Shown != len(c.rows) {
			t.Errorf("%s: %+v", c.kind, page)
		}
		for field, want := range c.sums {
			if page.Sums[field] != want {
				t.Errorf("%s: %s comes to %d, want %d", c.kind, field, page.Sums[field], want)
			}
		}
		for i, words := range c.rows {
			want, got := record(c.kind, i+1, words).Record, page.Rows[i]
			if fmt.Sprint(want) != fmt.Sprint(got.Record) || got.Batch != no || got.FileName == "" {
				t.Errorf("%s: row %d\n%+v\n%+v", c.kind, i, want, got)
			}
		}
	}
	if page := b.page(ledger.Project); page.Said["stage1_on"] != 2 || page.Said["stage2_on"] != 1 || page.Said["stage3_on"] != 0 {
		t.Errorf("stages %v", page.Said)
	}
	var stages int
	b.must(conn(b).QueryRow(t.Context(), `select count(*) from project_stage where active`).Scan(&stages))
	if stages != 3 {
		t.Errorf("%d stages", stages)
	}
	funds, err := b.Funds(t.Context())
	b.must(err)
	for _, f := range funds {
		if f.Kind != ledger.Subsidy && (f.Year != 2025 || f.Rows != 2) {
			t.Errorf("the list of funds says of %s: %+v", f.Code, f.Tally)
		}
	}
}

func TestTheSameRowIsNotPublishedTwice(t *testing.T) {
	t.Parallel()
	b := desk(t)
	kind := ledger.Allocation
	first := b.uploadRecords(kind, "2025", "unit_name=甲局 project_name=路 amount=1", "unit_name=乙局 project_name=桥 amount=2")
	second := b.uploadRecords(kind, "2025", "unit_name=丙局 amount=3", "unit_name=乙局 project_name=桥 amount=4")
	b.approve(first)
	_, err := b.ImportRecords(t.Context(), upload(string(kind), "2025"), records(kind, "unit_name=甲局 project_name=路 amount=9"))
	var clash *postgres.ClashError
	if !errors.As(err, &clash) || clash.Total != 1 || clash.Clashes[0] != (postgres.Clash{Sheet: "Sheet1", Row: 4, Batch: first}) {
		t.Errorf("an import of what is public: %v", err)
	}
	// Imported before the other was public: publication finds it.
	b.must(b.Certify(t.Context(), second, "zhao", "r1"))
	var e *ledger.Error
	if err := b.Publish(t.Context(), second, "zhao"); !errors.As(err, &e) || e.Rule != "XB-01" {
		t.Errorf("publishing a second time: %v", err)
	}
	b.publishRecords(kind, "2024", "unit_name=甲局 project_name=路 amount=9")
	b.must(b.Withdraw(t.Context(), first, "zhao", "有误"))
	b.must(b.Publish(t.Context(), second, "zhao"))
	if err := b.Revert(t.Context(), first, "zhao", "无误"); !errors.As(err, &e) || e.Rule != "XB-01" {
		t.Errorf("reverting beside a second: %v", err)
	}
	b.whole()
}

func TestACorrectionOfRecordsReplacesTheBatch(t *testing.T) {
	t.Parallel()
	b := desk(t)
	ctx := t.Context()
	kind := ledger.Agency
	old := b.publishRecords(kind, "2025", "agency_name=财政局 authorised=42 actual=40", "agency_name=水利局 authorised=30 actual=30")
	correct := func(rows ...string) int64 {
		u := upload(string(kind), "2025")
		u.Corrects, u.Reason = old, "编制调整"
		no, err := b.ImportRecords(ctx, u, records(kind, rows...))
		b.must(err)
		return no
	}
	fix, other := correct("agency_name=财政局 authorised=42 actual=41"), correct("agency_name=审计局 authorised=9 actual=9")
	c, err := b.Compare(ctx, fix)
	b.must(err)
	if c.Now.Rows != 1 || c.Last != "" {
		t.Errorf("compared: %+v", c)
	}
	b.approve(fix)
	b.whole()
	page := b.page(kind)
	if page.All.Rows != 1 || page.Sums["actual"] != 41 || b.state(old) != ledger.Superseded {
		t.Errorf("after the correction: %+v, %s", page, b.state(old))
	}
	if p := page.Batches; len(p) != 2 || !p[0].Corrected || p[0].EndReason != "编制调整" || p[1].Corrects != old || p[1].Reason != "编制调整" {
		t.Errorf("batches: %+v", p)
	}
	// The other correction's target is gone.
	b.must(b.Certify(ctx, other, "zhao", "r1"))
	if err := b.Publish(ctx, other, "zhao"); ledger.KindOf(err) != ledger.KindConflict {
		t.Errorf("a second correction: %v", err)
	}
	b.must(b.Withdraw(ctx, fix, "zhao", "更正有误"))
	b.whole()
	if page := b.page(kind); page.All.Rows != 2 || b.state(old) != ledger.Published {
		t.Errorf("after the correction's withdrawal: %+v", page)
	}
	b.must(b.Revert(ctx, fix, "zhao", "更正无误"))
	b.whole()
	if page := b.page(kind); page.All.Rows != 1 || b.state(old) != ledger.Superseded {
		t.Errorf("after its return: %+v", page)
	}
	// While it was away, another took its place: the first may not come back beside it.
	b.must(b.Withdraw(ctx, fix, "zhao", "更正有误"))
	b.must(b.Publish(ctx, other, "zhao"))
	if err := b.Revert(ctx, fix, "zhao", "x"); ledger.KindOf(err) != ledger.KindConflict {
		t.Errorf("two corrections of one batch: %v", err)
	}
	b.whole()
}

func TestOneRecordIsWithdrawn(t *testing.T) {
	t.Parallel()
	b := desk(t)
	ctx := t.Context()
	no := b.publishRecords(ledger.Transfer, "2025", "unit_name=柳门镇 amount=300", "unit_name=石桥镇 amount=100")
	b.must(b.WithdrawRow(ctx, no, "", 5, "zhao", "重复列支"))
	b.whole()
	page := b.page(ledger.Transfer)
	if page.All != (ledger.Tally{Rows: 1, Total: 300}) || len(page.Rows) != 1 || len(page.Taken) != 1 || page.Taken[0].Reason != "重复列支" {
		t.Errorf("%+v", page)
	}
	b.must(b.Withdraw(ctx, no, "zhao", "重核"))
	b.must(b.Revert(ctx, no, "zhao", "无误"))
	if page := b.page(ledger.Transfer); page.All.Rows != 1 {
		t.Errorf("reverting brought the single row back: %+v", page)
	}
	b.whole()
}

func TestRecordsAreComparedWithTheLastPeriod(t *testing.T) {
	t.Parallel()
	b := desk(t)
	kind := ledger.Project
	b.publishRecords(kind, "2024", "project_name=路 amount=100 stage1_on=2024-01-01", "project_name=桥 amount=200 stage1_on=2024-01-01", "project_name=渠 amount=300 stage1_on=2024-01-01")
	no := b.uploadRecords(kind, "2025", "project_name=路 amount=100 stage1_on=2025-01-01", "project_name=桥 amount=900 stage1_on=2024-01-01", "project_name=塘 amount=50 stage1_on=2025-01-01")
	for _, state := range []string{"waiting", "published"} {
		c, err := b.Compare(t.Context(), no)
		b.must(err)
		if c.Kind != kind || c.Last != "2024" || c.Now != (ledger.Tally{Rows: 3, Total: 1050}) || c.Before.Total != 600 ||
			c.Added != 1 || c.Gone != 1 || c.Changed != 2 {
			t.Errorf("%s: %+v", state, c)
		}
		if len(c.Records) != 4 || c.Records[0].Key != "桥" || *c.Records[0].Now != 900 || !c.Records[1].Gone {
			t.Errorf("%s: %+v", state, c.Records)
		}
		if f := c.Findings(); len(f) != 1 || f[0].Message != "与上期相比总额变化+75%" {
			t.Errorf("%s: %+v", state, f)
		}
		if state == "waiting" {
			b.approve(no)
		}
	}
}

func TestRecordsAreFinal(t *testing.T) {
	t.Parallel()
	b := desk(t)
	b.publishRecords(ledger.Post, "2025", "person_name=张三 unit_name=财政局")
	for _, sql := range []string{
		`update record set amount_fen = 1`, `update record set key = 'x'`, `delete from record`, `update post set person_name = '李四'`, `delete from post`,
	} {
		if _, err := conn(b).Exec(t.Context(), sql); err == nil || !strings.Contains(err.Error(), "append-only") {
			t.Errorf("%s: %v", sql, err)
		}
	}
	f, err := b.Fund(t.Context(), "post")
	b.must(err)
	f.Kind = ledger.Agency
	if err := b.SaveFund(t.Context(), "test", f); ledger.KindOf(err) != ledger.KindConflict {
		t.Errorf("a fund with batches took another kind: %v", err)
	}
	if _, err := b.ImportRecords(t.Context(), upload("GD", "2025"), records(ledger.Post, "person_name=张三")); ledger.KindOf(err) != ledger.KindInvalid {
		t.Errorf("records in a subsidy fund: %v", err)
	}
	b.whole()
}

func TestVerifyCountsRecords(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ sql, says string }{
		"a changed amount": {`alter table record disable trigger user; update record set amount_fen = 101`, "复核1行、100分，账上1行、101分"},
		"lost fields":      {`alter table allocation disable trigger user; delete from allocation`, "1行没有内容"},
		"a changed tally":  {`update record_tally set total_fen = 5`, "合计表记1行、5分"},
		"a row revived":    {`update batch set state = 'withdrawn', ended_by = 'li', ended_at = now(), end_reason = 'x'`, "仍有1行有效"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := desk(t)
			b.publishRecords(ledger.Allocation, "2025", "unit_name=甲局 amount=100")
			b.whole()
			_, err := conn(b).Exec(t.Context(), c.sql)
			b.must(err)
			found, err := b.Verify(t.Context(), mac)
			b.must(err)
			if !strings.Contains(fmt.Sprint(found), c.says) {
				t.Errorf("verify says %v, want %q", found, c.says)
			}
		})
	}
}

// What a policy or a past period closes leaves the page; the totals stay.
func TestClosedRecordsAreCountedNotShown(t *testing.T) {
	t.Parallel()
	b := desk(t)
	b.publishRecords(ledger.Post, "2025", "person_name=张三 unit_name=财政局", "person_name=李四 unit_name=水利局", "person_name=王五 unit_name=财政局")
	page := b.page(ledger.Post)
	if len(page.Groups) != 2 || page.Groups[0] != (ledger.RecordGroup{Name: "财政局", Tally: ledger.Tally{Rows: 2}}) || page.Rows[1].Text["person_name"] != "王五" {
		t.Errorf("by unit: %+v %+v", page.Groups, page.Rows)
	}
	one, err := b.RecordPage(t.Context(), ledger.RecordQuery{Fund: "post", Group: "财政局", Page: 2, PerPage: 1})
	b.must(err)
	if one.Shown != 2 || len(one.Rows) != 1 || one.Rows[0].Text["person_name"] != "王五" || one.All.Rows != 3 {
		t.Errorf("the second page of one unit: %+v", one)
	}
	if _, err := b.RecordPage(t.Context(), ledger.RecordQuery{Fund: "post", Group: "没有这单位", PerPage: 1}); !errors.Is(err, ledger.ErrNotFound) {
		t.Errorf("no such unit: %v", err)
	}
	b.now = b.now.AddDate(0, 0, 31)
	if page := b.page(ledger.Post); page.Open || len(page.Rows) != 0 || len(page.Groups) != 0 || page.All.Rows != 3 {
		t.Errorf("after the period: %+v", page)
	}
	if _, err := b.RecordPage(t.Context(), ledger.RecordQuery{Fund: "GD", PerPage: 1}); !errors.Is(err, ledger.ErrNotFound) {
		t.Errorf("a subsidy: %v", err)
	}
}

// Everybody looks in the first minute: the page of a county's whole staff must not run on plans made for an empty table.
func TestAWholeCountysStaffIsShownAtOnce(t *testing.T) {
	t.Parallel()
	b := desk(t)
	var rows []string
	for i := range 11_482 {
		rows = append(rows, fmt.Sprintf("unit_name=单位%d person_name=张%d post_title=科员 establishment_kind=行政编制", i/33, i))
	}
	b.publishRecords(ledger.Post, "2025", rows...)
	page := b.page(ledger.Post) // longer than the statement timeout otherwise
	if page.Shown != len(rows) || len(page.Groups) != 348 || len(page.Rows) != 10 {
		t.Errorf("%d shown of %d units", page.Shown, len(page.Groups))
	}
	b.whole()
}
