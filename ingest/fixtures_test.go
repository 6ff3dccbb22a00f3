package ingest

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mingbai/ingest/sheet/sheettest"
	"mingbai/ledger"
)

var update = flag.Bool("update", false, "write the golden files anew")

// idOf makes the n-th ID number of the fictional county 990121, with a right check digit.
func idOf(n int) string {
	s := fmt.Sprintf("9901211970%02d%02d%03d", n/28%12+1, n%28+1, n%1000)
	return s + string(ledger.IDCheckDigit(s))
}

// layout1 is a 一卡通清册: two header rows with merged groups, three people to a row.
func layout1() sheettest.Sheet {
	row := func(n int, group string, amount any) []any {
		holder, id := "户主"+group+string([]rune("甲乙丙丁")[n]), idOf(n)
		return []any{
			n, holder, id, "收款" + string([]rune("甲乙丙丁")[n]), idOf(100 + n), "6228000000000000" + fmt.Sprint(100+n), "农商行",
			"张庄村", group, "享受" + string([]rune("甲乙丙丁")[n]), idOf(200 + n), "1390000000" + fmt.Sprint(n), 40 + n,
			nil, amount, sheettest.Date("45741"), nil,
		}
	}
	s := sheettest.Sheet{Name: "清册", Rows: [][]any{
		{"清泉县柳门镇2025年耕地地力保护补贴一卡通发放清册"},
		{"填报单位：柳门镇财政所", nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, "单位：元"},
		{
			"序号", "户主信息", nil, "收款人信息", nil, nil, nil, "补贴对象信息", nil, nil, nil, nil, nil, "发放信息", nil, nil, "备注",
		},
		{
			nil, "户主姓名", "户主身份证号", "姓名", "身份证号码", "银行账号", "开户\n银行", "村(居)委会", "村(居)民\n小组", "享受人", "享受人身份证号", "联系电话", "年龄",
			"补贴标准\n（元/亩）", "补贴金额*", "填报日期", nil,
		},
		row(1, "一组", sheettest.Num("1040.8600000000001")),
		row(2, "一组", sheettest.Num("500")),
		row(3, "二组", "６２５.5"),
		{"合  计", nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, sheettest.Num("2166.36")},
		{"制表人：", nil, nil, "审核人：", nil, nil, nil, nil, "（盖章）"},
	}, Merges: []string{"A1:Q1", "A3:A4", "Q3:Q4", "B3:C3", "D3:G3", "H3:M3", "N3:P3", "N5:N7"}}
	s.Set(14, 5, sheettest.Num("83.94"))
	s.Set(2, 6, "户主 乙")
	s.Set(3, 6, " "+strings.ToLower(idOf(2)))
	return s
}

// layout2 is a 发放一览表 by household: one header row with blanks inside labels, the total first, the standard merged.
func layout2() sheettest.Sheet {
	row := func(n int, area, amount string) []any {
		return []any{n, "柳门镇", "张庄村", "一组", string([]rune("甲乙丙丁")[n]) + "某某", idOf(n), sheettest.Num(area), nil, sheettest.Num(amount), nil}
	}
	s := sheettest.Sheet{Name: "张庄村", Rows: [][]any{
		{"清 泉 县2025年实际种粮农民\n一次性补贴资金发放一览表"},
		{"序号", "乡 镇", "村", "组", "姓  名", "身份证号", "粮食种植面积(亩)", "每亩补助资金(元)", "应打卡发放资金(元)", "备注"},
		{"合计", nil, nil, nil, nil, nil, sheettest.Num("15"), nil, sheettest.Num("150"), nil},
		row(1, "4.5", "45"),
		row(2, "2.5", "25"),
		row(3, "8", "80"),
		{nil, nil, nil, nil, nil, nil, nil, nil, nil, nil},
		{"说明：以上数据来自村级核查。"},
	}, Merges: []string{"A1:J1", "H4:H6"}}
	s.Set(8, 4, sheettest.Num("10"))
	s.Set(10, 5, "两户合计，已核对")
	return s
}

// read runs Check over a workbook of these sheets and gives the emitted rows.
func read(t testing.TB, o Options, sheets ...sheettest.Sheet) (Report, []ledger.Row) {
	t.Helper()
	return readBytes(t, "清册.xlsx", sheettest.Write(t, sheets...), o)
}

func readBytes(t testing.TB, name string, content []byte, o Options) (Report, []ledger.Row) {
	t.Helper()
	var rows []ledger.Row
	o.Records = func(ledger.Record) error { return nil }
	report, err := Check(context.Background(), name, bytes.NewReader(content), int64(len(content)), o,
		func(r ledger.Row) error { rows = append(rows, r); return nil })
	if err != nil {
		t.Fatal(err)
	}
	return report, rows
}

// describe writes a report for a reader's eye.
func describe(r Report, rows []ledger.Row) string {
	var b strings.Builder
	for _, s := range r.Sheets {
		fmt.Fprintf(&b, "sheet %s (%s) 「%s」 unit=%s header=%v data=%d–%d rows=%d total=%v", s.Name, s.State, s.Title, s.Unit,
			s.HeaderRows, s.FirstRow, s.LastRow, s.Rows, s.Total)
		if s.StatedTotal != nil {
			fmt.Fprintf(&b, " stated=%v", *s.StatedTotal)
		}
		b.WriteString("\n")
		for _, c := range s.Columns {
			fmt.Fprintf(&b, "  %-4s %s → %s\n", c.Cell, c.Label, c.Field)
		}
	}
	for _, r := range rows {
		fmt.Fprintf(&b, "row %d %s!%d %s/%s/%s head=%s payee=%s beneficiary=%s basis=%v%s standard=%v amount=%v paid=%s %s\n",
			r.Line, r.Sheet, r.SheetRow, r.Town, r.Village, r.Group, party(r.Head), party(r.Payee), party(r.Beneficiary),
			r.Basis, r.BasisUnit, r.Standard, r.Amount, r.PaidOn.Format("2006-01-02"), r.Status.Name())
	}
	for _, f := range r.Findings {
		fmt.Fprintf(&b, "%s %s %s!%s %s｜%s\n", f.Severity, f.Rule, f.Sheet, f.Cell, f.Message, f.Fix)
	}
	return b.String()
}

// describeRecords writes the rows of the other kinds, their fields in order.
func describeRecords(records []ledger.Record) string {
	var b strings.Builder
	for _, r := range records {
		fmt.Fprintf(&b, "%s %d %s!%d", r.Kind, r.Line, r.Sheet, r.SheetRow)
		if r.Section != "" {
			fmt.Fprintf(&b, " 【%s】", r.Section)
		}
		if r.Depth > 0 {
			fmt.Fprintf(&b, " depth=%d", r.Depth)
		}
		for _, field := range kinds[r.Kind].fields {
			if v, ok := r.Text[field]; ok {
				fmt.Fprintf(&b, " %s=%s", field, v)
			}
			if v, ok := r.Money[field]; ok {
				fmt.Fprintf(&b, " %s=%v元", field, v)
			}
			if v, ok := r.Count[field]; ok {
				fmt.Fprintf(&b, " %s=%d", field, v)
			}
			if v, ok := r.Quantities[field]; ok {
				fmt.Fprintf(&b, " %s=%s", field, v.Short())
			}
			if v, ok := r.Dates[field]; ok {
				fmt.Fprintf(&b, " %s=%s", field, v.Format("2006-01-02"))
			}
		}
		b.WriteString("\n")
	}
	return b.String()
}

// party shows a name and whether a number came along: numbers themselves never appear, not even in goldens.
func party(p ledger.Party) string { return p.Name + p.ID.String() }

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; run the test with -update and look at the change.\ngot:\n%s\nwant:\n%s", path, got, want)
	}
}
