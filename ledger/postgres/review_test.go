package postgres_test

import (
	"slices"
	"testing"

	"mingbai/ledger"
)

// What a certifier sees is tied out to the fen: the sheet's own words, and what published allocations hand out under the
// fund's document.
func TestAReviewTiesOutToTheAllocation(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ctx := t.Context()
	b.must(b.SaveFund(ctx, "test", ledger.Fund{
		Code: "GD", Name: "资金GD", Kind: ledger.Subsidy, Disclosure: ledger.DisclosePublic, PublicDays: 30, Document: "清农〔2025〕1号《实施方案》",
	}))
	b.must(b.SaveFund(ctx, "test", ledger.Fund{Code: "FP", Name: "分配", Kind: ledger.Allocation, Disclosure: ledger.DisclosePublic}))
	allot := func(period string, rows ...string) int64 {
		u := upload("FP", period)
		no, err := b.ImportRecords(ctx, u, records(ledger.Allocation, rows...))
		b.must(err)
		return b.approve(no)
	}
	allotted := allot("2025", "unit_name=甲镇 project_name=补贴 document=清农〔2025〕1号 amount=250", "unit_name=乙镇 project_name=补贴 document=清农〔2025〕1号 amount=150",
		"unit_name=丙镇 project_name=修路 document=清农〔2025〕9号 amount=7000")
	allot("2024", "unit_name=甲镇 project_name=补贴 document=清农〔2025〕1号 amount=99") // another period
	b.publish("GD", "2025", row(1, "张三", "id", willow, "1组", 100))

	u := upload("GD", "2025")
	handed, stated := ledger.Fen(300), ledger.Fen(299)
	u.DocumentTotal, u.StatedTotal = func() *ledger.Fen { return &handed }, func() *ledger.Fen { return &stated }
	no, err := b.Import(ctx, u, seq([]ledger.StagedRow{row(1, "李四", "id2", willow, "1组", 300)}))
	b.must(err)
	r, err := b.Review(ctx, "zhao", no)
	b.must(err)
	if *r.Handed != 300 || *r.StatedTotal != 299 || r.Counted != (ledger.Tally{Rows: 1, Total: 300}) || r.Allocated == nil || *r.Allocated != 400 ||
		!slices.Equal(r.AllocatedBy, []int64{allotted}) || r.InPeriod != (ledger.Tally{Rows: 2, Total: 400}) {
		t.Errorf("the review %+v, allocated %v", r, r.Allocated)
	}
	if !slices.Equal(r.Uploaders, []string{"li"}) || len(r.Certifiers) != 1 || r.Certifiers[0].Login != "zhao" {
		t.Errorf("uploaded by %v, to certify %v", r.Uploaders, r.Certifiers)
	}
	sample, err := b.Sample(ctx, "zhao", allotted, false) // of another kind, and published
	if err != nil || len(sample.Rows) != 3 || sample.Rows[0].Name != "甲镇 · 补贴 · 清农〔2025〕1号" {
		t.Errorf("the sample %+v, %v", sample, err)
	}
	rows, err := b.BatchRows(ctx, "zhao", ledger.BatchRowsQuery{Batch: allotted, Page: 1, PerPage: 2})
	if err != nil || rows.Found != 3 || rows.Live.Total != 7400 || len(rows.Rows) != 2 {
		t.Errorf("the rows %+v, %v", rows, err)
	}
	desk, err := b.Waiting(ctx, "zhao")
	if err != nil || len(desk) != 1 || desk[0].No != no || desk[0].Own || desk[0].OpenWarn != 0 {
		t.Errorf("the desk %+v, %v", desk, err)
	}
	if desk, err := b.Waiting(ctx, "li"); err != nil || len(desk) != 1 || !desk[0].Own {
		t.Errorf("the uploader's desk %+v, %v", desk, err)
	}
	b.whole()
}
