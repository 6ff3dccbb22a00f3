package ingest

import (
	"fmt"
	"strings"
	"testing"

	"mingbai/ingest/sheet/sheettest"
	"mingbai/ledger"
)

// wrongCheckDigit makes a number whose last character does not fit.
func wrongCheckDigit(n int) string {
	id := idOf(n)
	if id[17] == '0' {
		return id[:17] + "1"
	}
	return id[:17] + "0"
}

// TestBrokenVariants breaks a good layout-2 sheet in one way each. The rule must point at the very cell, and nothing else
// may block.
func TestBrokenVariants(t *testing.T) {
	num := func(s string) sheettest.Num { return sheettest.Num(s) }
	for _, v := range []struct {
		name     string
		change   func(s *sheettest.Sheet)
		rule     string
		cell     string
		severity ledger.Severity
		says     string // part of the message
	}{
		{"stated total is wrong", func(s *sheettest.Sheet) { s.Set(9, 3, num("151.5")) }, "XR-01", "I3", "F", "合计写151.50元，明细加起来是150.00元，差1.50元"},
		{"an amount is missing from the total", func(s *sheettest.Sheet) { s.Rows = append(s.Rows[:5], s.Rows[6:]...) }, "XR-01", "I3", "F", "差80.00元"},
		{"ID number typed as a number", func(s *sheettest.Sheet) { s.Set(6, 5, num("990121197001010000")) }, "CEL-01", "F5", "F", "第5行身份证号存成了数字"},
		{"ID number stored with an exponent", func(s *sheettest.Sheet) { s.Set(6, 5, num("9.9012119700101E+17")) }, "CEL-01", "F5", "F", ""},
		{"ID number of 17 digits", func(s *sheettest.Sheet) { s.Set(6, 6, idOf(9)[:17]) }, "CEL-02", "F6", "F", "应为18位，现为17位"},
		{"ID number of the first generation", func(s *sheettest.Sheet) { s.Set(6, 6, "990121700101001") }, "CEL-02", "F6", "W", "现为15位"},
		{"wrong check digit", func(s *sheettest.Sheet) { s.Set(6, 6, wrongCheckDigit(9)) }, "CEL-03", "F6", "F", "第6行身份证号校验不通过"},
		{"birth date that never was", func(s *sheettest.Sheet) {
			n := "99012119700230001"
			s.Set(6, 6, n+string(ledger.IDCheckDigit(n)))
		}, "CEL-03", "F6", "F", ""},
		{"masked ID number", func(s *sheettest.Sheet) { s.Set(6, 4, "990121********0011") }, "CEL-12", "F4", "W", "已打码"},
		{"same ID number twice", func(s *sheettest.Sheet) { s.Set(5, 6, "乙某某"); s.Set(6, 6, idOf(1)) }, "XR-04", "F6", "F", "第6行与第4行"},
		{"same ID number twice, once in full width", func(s *sheettest.Sheet) { s.Set(5, 6, "乙某某"); s.Set(6, 6, fullWidth(idOf(1))) }, "XR-04", "F6", "F", ""},
		{"name left empty", func(s *sheettest.Sheet) { s.Set(5, 5, nil) }, "ROW-04", "E5", "F", "第5行“姓名”没有填"},
		{"name of blanks only", func(s *sheettest.Sheet) { s.Set(5, 5, "　\u200b ") }, "ROW-04", "E5", "F", ""},
		{"dash for an ID number", func(s *sheettest.Sheet) { s.Set(6, 5, "－") }, "ROW-04", "F5", "F", "第5行“身份证号”没有填"},
		{"no ID number, and a status that reads like a total", func(s *sheettest.Sheet) {
			s.Set(6, 5, nil)
			s.Set(10, 2, "发放情况")
			s.Set(10, 5, "合计")
		}, "ROW-04", "F5", "F", ""},
		{"no ID number, and a remark on the left that reads like a total", func(s *sheettest.Sheet) {
			s.Set(6, 5, nil)
			s.Set(4, 2, "说明")
			s.Set(4, 5, "两户合计")
		}, "ROW-04", "F5", "F", ""},
		{"village left empty", func(s *sheettest.Sheet) { s.Set(3, 5, nil) }, "ROW-04", "C5", "F", "“村”"},
		{"amount left empty", func(s *sheettest.Sheet) { s.Set(9, 5, nil) }, "ROW-04", "I5", "F", "“应打卡发放资金”"},
		{"amount merged over two rows is not paid twice", func(s *sheettest.Sheet) {
			s.Set(9, 5, nil)
			s.Merges = append(s.Merges, "I4:I5")
		}, "ROW-04", "I5", "F", ""},
		{"amount in words", func(s *sheettest.Sheet) { s.Set(9, 5, "二十五元") }, "CEL-06", "I5", "F", "第5行应打卡发放资金不是金额"},
		{"amount that Excel took for a date", func(s *sheettest.Sheet) { s.Set(9, 5, sheettest.Date("45682")) }, "CEL-06", "I5", "F", ""},
		{"area in words", func(s *sheettest.Sheet) { s.Set(7, 5, "两亩半") }, "CEL-06", "G5", "F", "粮食种植面积不是数字"},
		{"negative amount", func(s *sheettest.Sheet) { s.Set(9, 5, num("-25")); s.Set(9, 3, num("100")) }, "CEL-08", "I5", "F", "第5行应打卡发放资金为负数"},
		{"amount of zero", func(s *sheettest.Sheet) { s.Set(9, 5, num("0")); s.Set(9, 3, num("125")) }, "CEL-08", "I5", "W", "为零"},
		{"three decimals", func(s *sheettest.Sheet) { s.Set(9, 5, num("25.005")) }, "CEL-07", "I5", "F", "超过两位小数"},
		{"three decimals as text", func(s *sheettest.Sheet) { s.Set(9, 5, "25.005") }, "CEL-07", "I5", "F", ""},
		{"no name column", func(s *sheettest.Sheet) { dropColumn(s, 5) }, "HDR-02", "A2", "F", "“户主姓名”"},
		{"no ID column", func(s *sheettest.Sheet) { dropColumn(s, 6) }, "HDR-02", "A2", "F", "“身份证号”"},
		{"no village column and none in title or sheet name", func(s *sheettest.Sheet) {
			dropColumn(s, 3)
			s.Name = "Sheet1"
		}, "HDR-02", "A2", "F", "“村”"},
		{"two amount columns", func(s *sheettest.Sheet) { s.Set(10, 2, "补贴金额(元)") }, "HDR-03", "J2", "F", "“应打卡发放资金”和“补贴金额”都可能是“金额”"},
		{"two ID columns", func(s *sheettest.Sheet) { s.Set(10, 2, "身份证号码") }, "HDR-03", "J2", "F", ""},
		{"unknown column", func(s *sheettest.Sheet) { s.Set(10, 2, "地块编码") }, "HDR-04", "J2", "W", "“地块编码”"},
		{"no unit anywhere", func(s *sheettest.Sheet) { s.Set(9, 2, "应打卡发放资金") }, "HDR-05", "I2", "F", "标题：没有写，表头：没有写"},
		{"title and header disagree on the unit", func(s *sheettest.Sheet) { s.Set(1, 1, "发放一览表（单位：万元）") }, "HDR-05", "I2", "F", "标题：万元，表头：元"},
		{"no header", func(s *sheettest.Sheet) { s.Rows = s.Rows[3:6]; s.Merges = nil }, "HDR-01", "", "F", "没有识别出表头"},
		{"header below row 20", func(s *sheettest.Sheet) {
			s.Rows = append(make([][]any, 19), s.Rows...)
			s.Rows[0] = []any{"一", "二", "三"}
			s.Merges = nil
		}, "HDR-01", "", "F", ""},
		{"header without rows", func(s *sheettest.Sheet) { s.Rows = s.Rows[:2]; s.Merges = nil }, "SHT-03", "", "F", "没有找到数据行"},
		{"header and total without rows", func(s *sheettest.Sheet) { s.Set(9, 3, num("0")); s.Rows = s.Rows[:3]; s.Merges = nil }, "SHT-03", "", "F", ""},
	} {
		t.Run(v.name, func(t *testing.T) {
			s := layout2()
			v.change(&s)
			report, _ := read(t, Options{}, s)
			hits := 0
			for _, f := range report.Findings {
				if f.Rule != v.rule {
					if f.Severity == ledger.Fatal {
						t.Errorf("also blocks: %+v", f)
					}
					continue
				}
				hits++
				if f.Cell != v.cell || f.Severity != v.severity || !strings.Contains(f.Message, v.says) {
					t.Errorf("got %+v", f)
				}
			}
			if hits != 1 {
				t.Errorf("%s seen %d times\n%s", v.rule, hits, describe(report, nil))
			}
		})
	}
}

func dropColumn(s *sheettest.Sheet, col int) {
	for i, row := range s.Rows {
		if len(row) >= col {
			s.Rows[i] = append(append([]any{}, row[:col-1]...), row[col:]...)
		}
	}
	s.Merges = nil
}

func fullWidth(s string) string {
	return strings.Map(func(r rune) rune { return r - '!' + '！' }, s)
}

// A summary by village stands beside the lists and must not be counted twice; alone it is a sheet that lacks people.
func TestASummarySheetIsLeftOut(t *testing.T) {
	summary := sheettest.Sheet{Name: "汇总", Rows: [][]any{
		{"各村汇总表"},
		{"序号", "村", "户数", "补贴金额(元)"},
		{1, "张庄村", 3, sheettest.Num("150")},
		{"合计", nil, 3, sheettest.Num("150")},
	}}
	alone, _ := read(t, Options{}, layout2())
	for name, sheets := range map[string][]sheettest.Sheet{"last": {layout2(), summary}, "first": {summary, layout2()}} {
		report, rows := read(t, Options{}, sheets...)
		if report.Total != alone.Total || report.Rows != alone.Rows || len(rows) != alone.Rows || ledger.Blocks(report.Findings) {
			t.Errorf("summary %s: %s", name, describe(report, nil))
		}
		told := 0
		for _, f := range report.Findings {
			if f.Rule == "SHT-06" && f.Sheet == "汇总" && strings.Contains(f.Message, "未计入") {
				told++
			}
		}
		if told != 1 {
			t.Errorf("summary %s: told %d times", name, told)
		}
	}
	report, rows := read(t, Options{}, summary)
	if len(rows) != 0 || !ledger.Blocks(report.Findings) || !strings.Contains(describe(report, nil), "HDR-02") {
		t.Errorf("a summary alone: %s", describe(report, rows))
	}
}

// TestNearMisses are sheets that look wrong to a careless rule. Nothing may block or warn.
func TestNearMisses(t *testing.T) {
	for name, change := range map[string]func(s *sheettest.Sheet){
		"remark that speaks of a total":       func(s *sheettest.Sheet) { s.Set(10, 6, "合计") },
		"person named like a footer word":     func(s *sheettest.Sheet) { s.Set(5, 6, "日期") },
		"place named like a footer word":      func(s *sheettest.Sheet) { s.Set(1, 6, nil); s.Set(2, 6, "说明") },
		"body named like a unit in the title": func(s *sheettest.Sheet) { s.Set(1, 1, "单位：元氏县财政局"); s.Merges = nil },
		"standard's unit is not the amount's": func(s *sheettest.Sheet) { s.Set(8, 2, "每亩补助资金(万元)") },
		"amount as text with separators":      func(s *sheettest.Sheet) { s.Set(9, 5, "￥25.00元") },
		"amount noise below a millionth":      func(s *sheettest.Sheet) { s.Set(9, 5, sheettest.Num("24.999999999999996")) },
		"check letter in lower case":          func(s *sheettest.Sheet) { s.Set(6, 5, strings.ToLower(idWithX())) },
		"region of the number is not of here": func(s *sheettest.Sheet) {
			s.Set(6, 5, "99999919700101001"+string(ledger.IDCheckDigit("99999919700101001")))
		},
		"numbered row that is not filled in": func(s *sheettest.Sheet) { s.Rows[6] = []any{4} },
		"ID number twice among payees": func(s *sheettest.Sheet) {
			s.Set(10, 2, "收款人身份证号")
			s.Set(10, 4, idOf(7))
			s.Set(10, 5, idOf(7))
			s.Set(10, 6, idOf(7))
		},
		"total of the page and of all": func(s *sheettest.Sheet) {
			s.Rows[6] = []any{nil, "总计", nil, nil, nil, nil, nil, nil, sheettest.Num("150")}
		},
		"totals of sections and of all": sectionTotals,
		"real and due amounts": func(s *sheettest.Sheet) {
			s.Set(8, 2, "实发金额(元)")
			s.Set(9, 2, "应发金额(元)")
			sameAmounts(s)
		},
		"area of contract beside area subsidised": func(s *sheettest.Sheet) { s.Set(10, 2, "补贴面积(亩)"); s.Set(10, 5, sheettest.Num("2.5")) },
		"village only in the sheet's name":        func(s *sheettest.Sheet) { dropColumn(s, 3) },
		"unit only in the title": func(s *sheettest.Sheet) {
			s.Set(9, 2, "应打卡发放资金")
			s.Set(1, 1, "一览表 单位：亩、元/亩、元")
		},
		"header without blanks and line breaks": func(s *sheettest.Sheet) { s.Set(5, 2, "户主\r\n姓　名 ＊"); s.Set(9, 2, "补贴资金\n/元") },
	} {
		t.Run(name, func(t *testing.T) {
			s := layout2()
			change(&s)
			report, rows := read(t, Options{}, s)
			for _, f := range report.Findings {
				if f.Severity != ledger.Inform {
					t.Errorf("%+v", f)
				}
			}
			if len(rows) != 3 || report.Total != 15000 {
				t.Errorf("%d rows, total %v\n%s", len(rows), report.Total, describe(report, rows))
			}
		})
	}
}

func idWithX() string {
	for n := 300; ; n++ {
		if id := idOf(n); id[17] == 'X' {
			return id
		}
	}
}

func sectionTotals(s *sheettest.Sheet) {
	total := func(v string) []any {
		return []any{"一组合计", nil, nil, nil, nil, nil, nil, nil, sheettest.Num(v)}
	}
	r := s.Rows
	s.Rows = [][]any{r[0], r[1], r[3], r[4], total("70"), r[5], total("80"), {"总计", nil, nil, nil, nil, nil, nil, nil, sheettest.Num("150")}}
	s.Merges = nil
}

func sameAmounts(s *sheettest.Sheet) {
	s.Merges = nil
	for i := 2; i < 6; i++ {
		s.Rows[i][7] = s.Rows[i][8]
		s.Rows[i][8] = sheettest.Num("999")
	}
}

func TestUnitByHandSettlesTheQuestion(t *testing.T) {
	s := layout2()
	s.Set(9, 2, "应打卡发放资金")
	report, _ := read(t, Options{Unit: "wan"}, s)
	if ledger.Blocks(report.Findings) || report.Total != 150*1_000_000 || report.Sheets[0].Unit != "wan" {
		t.Errorf("got %s", describe(report, nil))
	}
}

func TestTownTotalsWithoutPersonsAreRefused(t *testing.T) {
	report, rows := read(t, Options{Kind: ledger.Subsidy}, sheettest.Sheet{Name: "Sheet1", Rows: [][]any{
		{"清泉县2021年实际种粮农民一次性补贴资金发放一览表"},
		{"序号", "乡 镇", "粮食种植面积(亩)", "每亩补助资金(元)", "应打卡发放资金(元)", "备注"},
		{1, "柳门镇", 100, 10, 1000, nil},
		{"合计", nil, 100, nil, 1000, nil},
	}})
	missing := map[string]bool{}
	for _, f := range report.Findings {
		if f.Rule == "HDR-02" {
			missing[f.Message] = true
		}
	}
	if len(rows) != 0 || !missing["缺少必填列“户主姓名”"] || !missing["缺少必填列“身份证号”"] || !missing["缺少必填列“村”"] {
		t.Errorf("got %s", describe(report, rows))
	}
}

func TestManyAlikeFindingsSayHowManyAreLeftOut(t *testing.T) {
	s := layout2()
	row := s.Rows[3]
	s.Rows = s.Rows[:2]
	s.Merges = nil
	for range maxAlike + 7 {
		r := append([]any{}, row...)
		r[4] = nil
		r[5] = idOf(len(s.Rows))
		s.Rows = append(s.Rows, r)
	}
	report, _ := read(t, Options{}, s)
	last := report.Findings[len(report.Findings)-1]
	if last.Rule != "ROW-04" || last.Severity != ledger.Fatal || !strings.Contains(last.Message, "还有7处") {
		t.Errorf("got %d findings, last %+v", len(report.Findings), last)
	}
}

// TestNothingPersonalInFindings breaks every row in several ways and looks for any long run of digits, and for names.
func TestNothingPersonalInFindings(t *testing.T) {
	s := layout1()
	s.Set(3, 5, wrongCheckDigit(1))
	s.Set(3, 6, sheettest.Num("990121197001010000"))
	s.Set(3, 7, idOf(3)[:17])
	s.Set(5, 6, idOf(150)+idOf(151))
	s.Set(15, 6, "账号6228000000000000123")
	s.Set(6, 4, "银行账号6228000000000000123")
	s.Set(1, 1, "联系电话13900000001 清册 "+idOf(5))
	s.Merges = append(s.Merges, "B5:B6")
	report, _ := read(t, Options{}, s)
	text := fmt.Sprintf("%+v", report.Findings) + fmt.Sprintf("%+v", report.Sheets[0].Columns) + report.Sheets[0].Title
	if longDigits.MatchString(text) || strings.Contains(text, "户主一组") || strings.Contains(text, "990121") {
		t.Error(text)
	}
	if len(report.Findings) < 8 {
		t.Errorf("the sheet was to be full of faults: %s", describe(report, nil))
	}
}

// TestSameLabelsUnderGroups: messages and reports must tell 姓名 from 姓名.
func TestSameLabelsUnderGroups(t *testing.T) {
	report, rows := read(t, Options{}, sheettest.Sheet{Name: "张庄村", Rows: [][]any{
		{"户主基本信息", nil, "收款人信息", nil, "补贴（元）"},
		{"姓名", "身份证号", "姓名", "身份证号", "金额"},
		{"甲某", idOf(1), "乙某", idOf(2)[:17], 12},
	}, Merges: []string{"A1:B1", "C1:D1"}})
	if len(rows) != 1 || rows[0].Head.Name != "甲某" || rows[0].Payee.Name != "乙某" || rows[0].Amount != 1200 {
		t.Errorf("got %s", describe(report, rows))
	}
	if f := report.Findings[0]; f.Rule != "CEL-02" || f.Cell != "D3" || !strings.Contains(f.Message, "收款人信息/身份证号") {
		t.Errorf("got %+v", f)
	}
	if c := report.Sheets[0].Columns[2]; c.Label != "收款人信息/姓名" || c.Field != "payee_name" || c.Cell != "C2" {
		t.Errorf("got %+v", c)
	}
}

func TestSameNumberInAnotherSheetNamesTheSheet(t *testing.T) {
	other := layout2()
	other.Name = "李庄村"
	report, rows := read(t, Options{}, layout2(), other)
	var twice []ledger.Finding
	for _, f := range report.Findings {
		if f.Rule == "XR-04" {
			twice = append(twice, f)
		}
	}
	if len(twice) != 3 || twice[0].Sheet != "李庄村" || twice[0].Cell != "F4" ||
		twice[0].Message != "第4行与第4行（工作表“张庄村”）是同一个身份证号" {
		t.Errorf("got %+v", twice)
	}
	if len(rows) != 6 || rows[5].Line != 6 {
		t.Errorf("lines do not run on over sheets: %d rows", len(rows))
	}
}
