package sheet_test

import (
	"bytes"
	"context"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"mingbai/ingest/sheet"
	"mingbai/ingest/sheet/sheettest"
)

func TestCopyAndReport(t *testing.T) {
	in := sheettest.Write(t, sheettest.Sheet{Name: "表", Rows: [][]any{
		{"姓名", "金额", "日期"}, {"=1+1", sheettest.Num("990121197001010010"), sheettest.Date("45717")}, {"_x005F_x0041_<&\">", true, "@x"},
	}, Merges: []string{"A1:B1"}}, sheettest.Sheet{Name: "旧", Hidden: true, Rows: [][]any{{"x"}}})
	list := sheet.List{
		Summary:  [][2]string{{"文件", "=cmd"}},
		Findings: []sheet.Finding{must("A", "表", "B1"), {Rule: "B", Level: sheet.PleaseCheck, Sheet: "表", Cell: "D9", Message: "=HYPERLINK(1)", Fix: "+1", Value: "-2"}},
	}
	var out, report bytes.Buffer
	if err := sheet.Copy(context.Background(), &out, open(t, in), list); err != nil {
		t.Fatal(err)
	}
	readsAlike(t, in, out.Bytes())
	f := excel(t, out.Bytes())
	if got := check[[]excelize.MergeCell](t)(f.GetMergeCells("表")); len(got) != 1 || check[bool](t)(f.GetSheetVisible("旧")) {
		t.Errorf("merges %v, or the hidden sheet shows", got)
	}
	if got := slices.Sorted(maps.Keys(commentsOf(t, out.Bytes(), "表"))); !slices.Equal(got, []string{"A1", "D9"}) {
		t.Errorf("comments %v", got)
	}
	if err := sheet.WriteReport(&report, list); err != nil {
		t.Fatal(err)
	}
	r := excel(t, report.Bytes())
	if got := r.GetSheetList(); !slices.Equal(got, []string{"概要", sheet.ListSheet}) {
		t.Errorf("sheets %v", got)
	}
	rows := check[[][]string](t)(r.GetRows(sheet.ListSheet))
	if want := []string{"B", "请核对", "表", "D9", "-2", "=HYPERLINK(1)", "+1"}; len(rows) != 3 || !slices.Equal(rows[2], want) {
		t.Errorf("list %v", rows)
	}
	for _, cell := range []string{"E3", "F3", "G3"} {
		if check[string](t)(r.GetCellFormula(sheet.ListSheet, cell)) != "" || check[excelize.CellType](t)(r.GetCellType(sheet.ListSheet, cell)) != excelize.CellTypeInlineString {
			t.Errorf("%s is no text", cell)
		}
	}
	if strings.Contains(partOf(t, report.Bytes(), "xl/worksheets/mingbai1.xml"), "<f>") {
		t.Error("a formula")
	}
}
