package ingest

import (
	"slices"
	"strings"
	"testing"

	"mingbai/ingest/sheet"
	"mingbai/ingest/sheet/sheettest"
)

// TestGroupsOverAHeader: a row of merged groups belongs to the header, though the dictionary knows none of its words; a
// title does not, in however many merged cells it stands over a header of one row.
func TestGroupsOverAHeader(t *testing.T) {
	budget := []any{"科目编码", "科目名称", "合计(万元)", "基本支出", "项目支出"}
	first := []any{"201", "一般公共服务支出", num("300"), num("200"), num("100")}
	for _, c := range []struct {
		name   string
		over   [][]any // rows over the header's lowest
		merges string
		header []int
		title  string
	}{
		{"groups", [][]any{{"清泉县财政局2025年部门预算表"}, {"科目", nil, "支出预算", nil, nil}}, "A1:E1 A2:B2 C2:E2", []int{2, 3}, "清泉县财政局2025年部门预算表"},
		{"groups and no title", [][]any{{"科目", nil, "支出预算", nil, nil}}, "A1:B1 C1:E1", []int{1, 2}, ""},
		{"a single column beside a group", [][]any{{"清泉县财政局2025年部门预算表"}, {"编码", "名称", "支出预算(万元)", nil, nil}}, "A1:E1 C2:E2", []int{2, 3}, "清泉县财政局2025年部门预算表"},
		{"two rows of groups", [][]any{{"部门预算表"}, {"功能分类", nil, "本年", nil, nil}, {"科目", nil, "预算", "其中", nil}}, "A1:E1 A2:B2 C2:E2 A3:B3 D3:E3", []int{2, 3, 4}, "部门预算表"},
		{"groups and nothing merged", [][]any{{"部门预算表"}, {"科目", nil, "支出预算", nil, nil}}, "", []int{2, 3}, "部门预算表"},

		{"title and unit, nothing merged", [][]any{{"部门预算", nil, nil, "单位：万元", nil}}, "", []int{2}, "部门预算"},
		{"body and year, nothing merged", [][]any{{"部门预算表"}, {"清泉县财政局", nil, nil, "2025年", nil}}, "", []int{3}, "部门预算表"},
		{"title and unit side by side", [][]any{{"部门预算表", nil, nil, "单位：万元", nil}}, "A1:C1 D1:E1", []int{2}, "部门预算表"},
		{"body and year", [][]any{{"部门预算表"}, {"清泉县财政局", nil, nil, "2025年", nil}}, "A1:E1 A2:C2 D2:E2", []int{3}, "部门预算表"},
		{"body and date", [][]any{{"部门预算表"}, {"填报单位：清泉县财政局", nil, nil, "2025年6月18日", nil}}, "A1:E1 A2:C2 D2:E2", []int{3}, "部门预算表"},
		{"title in two merged cells", [][]any{{"清泉县2025年部门预算", nil, "支出安排表", nil, nil}}, "A1:B1 C1:E1", []int{2}, "清泉县2025年部门预算"},
		{"number of the annex", [][]any{{"附件3", nil, nil, "部门预算表", nil}}, "A1:C1 D1:E1", []int{2}, "部门预算表"},
		{"seal and signature", [][]any{{"部门预算表"}, {"（盖章）", nil, "单位负责人", nil, nil}}, "A1:E1 A2:B2 C2:E2", []int{3}, "部门预算表"},
		{"a long title", [][]any{{"清泉县二〇二五年度部门支出预算安排", nil, nil, "草案", nil}}, "A1:C1 D1:E1", []int{2}, "清泉县二〇二五年度部门支出预算安排"},
		{"a number in the row", [][]any{{"部门预算", nil, nil, 2025, nil}}, "A1:C1 D1:E1", []int{2}, "部门预算"},
		{"title over all columns", [][]any{{"部门预算"}}, "A1:E1", []int{2}, "部门预算"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := sheettest.Sheet{Name: "Sheet1", Rows: append(slices.Clone(c.over), budget, first), Merges: strings.Fields(c.merges)}
			report, _ := read(t, Options{}, s)
			got := report.Sheets[0]
			if !slices.Equal(got.HeaderRows, c.header) || got.Title != c.title || got.Rows != 1 || report.Kind != "budget" {
				t.Errorf("header %v, title %q\n%s", got.HeaderRows, got.Title, describe(report, nil))
			}
		})
	}
}

// TestTitleUnderAnAnnex: the number of an annex is no title, nor the title's beginning, where 1 and 2025 would be a year 12025.
func TestTitleUnderAnAnnex(t *testing.T) {
	for over, want := range map[string]string{
		"附件1\n2025年部门预算表": "2025年部门预算表",
		"附件：2025年部门预算表":   "2025年部门预算表",
		"附表 3-1 部门预算表":    "部门预算表",
		"附件二\r\n 部门预算表":   "部门预算表",
		"附件1":             "",
		"附表3":             "",
		"附属医院2025年部门预算表":  "附属医院2025年部门预算表",
	} {
		_, title := aboveHeader([]sheet.Row{{Number: 1, Cells: []sheet.Cell{{Row: 1, Col: 1, Kind: sheet.Text, Text: over}}}}, 2)
		if title.Text != want {
			t.Errorf("%q: title %q, want %q", over, title.Text, want)
		}
	}
}
