package ingest

import (
	"fmt"

	"mingbai/ingest/sheet"
	"mingbai/ingest/sheet/sheettest"
	"mingbai/ledger"
)

// withSecond puts another sheet beside the first, of the same header and other people.
func withSecond(name string, change func(s *sheettest.Sheet)) func(*workbook) {
	return func(b *workbook) {
		s := layout2()
		s.Name = name
		for i, row := range []int{4, 5, 6} {
			s.Set(5, row, string([]rune("子丑寅")[i])+"某某")
			s.Set(6, row, idOf(50+i))
			s.Set(3, row, name)
		}
		if change != nil {
			change(&s)
		}
		b.pages = append(b.pages, &page{Sheet: s})
	}
}

func hideRows(rows ...int) func(*workbook) { return func(b *workbook) { b.pages[0].hiddenRows = rows } }

func hideCols(first, last int) func(*workbook) {
	return func(b *workbook) { b.pages[0].hiddenCols = []sheet.Span{{First: first, Last: last}} }
}

func sheetNamed(name string) func(*workbook) { return func(b *workbook) { b.pages[0].Name = name } }

func title(text string) func(*workbook) { return set("A1", text) }

func blank(*workbook) {}

// villagesOf is a county that lists a town with these villages.
func villagesOf(names ...string) Codes {
	c := Codes{Regions: []ledger.Region{{Code: "990121", Name: "清泉县"}, {Code: "990121001", Parent: "990121", Name: "柳门镇"}}}
	for i, name := range names {
		c.Regions = append(c.Regions, ledger.Region{Code: fmt.Sprintf("990121001%03d", i+1), Parent: "990121001", Name: name})
	}
	return c
}

var sheetSeeds = []seeds{
	{"SHT-01", "", nil, []seeded{
		{"hidden sheet with rows", "-", func(b *workbook) { withSecond("李庄村", nil)(b); b.pages[1].Hidden = true }, Options{}},
		{"hidden sheet of one cell", "-", func(b *workbook) {
			b.pages = append(b.pages, &page{Sheet: sheettest.Sheet{Name: "x", Hidden: true, Rows: [][]any{{"a"}}}})
		}, Options{}},
		{"hidden sheet before the list", "-", func(b *workbook) {
			withSecond("李庄村", nil)(b)
			b.pages[0].Hidden = true
		}, Options{}},
		{"hidden sheet without a cell", "", func(b *workbook) {
			b.pages = append(b.pages, &page{Sheet: sheettest.Sheet{Name: "x", Hidden: true}})
		}, Options{}},
		{"second sheet that is seen", "", withSecond("李庄村", nil), Options{}},
		{"hidden rows in a sheet that is seen", "", hideRows(5), Options{}},
	}},
	{"SHT-02", "", nil, []seeded{
		{"one hidden row", "A5", hideRows(5), Options{}},
		{"a run is one finding", "A4", hideRows(4, 5, 6), Options{}},
		{"two runs", "A4 A6", hideRows(4, 6), Options{}},
		{"hidden amount", "I2", hideCols(9, 9), Options{}},
		{"hidden columns, the last of them without a label", "F2", hideCols(6, 8), Options{}},
		{"hidden total", "", hideRows(3), Options{}},
		{"hidden blank row and footer", "", hideRows(7, 8), Options{}},
		{"hidden columns beside the table", "", hideCols(12, 20), Options{}},
		{"hidden numbering and remarks", "", func(b *workbook) {
			b.pages[0].hiddenCols = []sheet.Span{{First: 1, Last: 1}, {First: 10, Last: 10}}
		}, Options{}},
		{"hidden title", "", hideRows(1), Options{}},
	}},
	{"SHT-03", "", nil, []seeded{
		{"header only", "-", func(b *workbook) { b.pages[0].Sheet.Rows = b.pages[0].Sheet.Rows[:2] }, Options{}},
		{"total only", "-", func(b *workbook) { b.pages[0].Sheet.Rows = b.pages[0].Sheet.Rows[:3] }, Options{}},
		{"numbered form", "-", func(b *workbook) {
			b.pages[0].Sheet.Rows = append(b.pages[0].Sheet.Rows[:2], []any{1}, []any{2})
		}, Options{}},
		{"one row", "", func(b *workbook) { b.pages[0].Sheet.Rows = b.pages[0].Sheet.Rows[:4] }, Options{}},
		{"empty sheet beside a list", "", func(b *workbook) {
			b.pages = append(b.pages, &page{Sheet: sheettest.Sheet{Name: "Sheet2"}})
		}, Options{}},
		{"form beside a list", "", withSecond("李庄村", func(s *sheettest.Sheet) { s.Rows = s.Rows[:2] }), Options{}},
	}},
	{"SHT-04", "", nil, []seeded{
		{"amount of another name", "A2", withSecond("李庄村", func(s *sheettest.Sheet) { s.Set(9, 2, "补贴金额(元)") }), Options{}},
		{"a column less", "A2", withSecond("李庄村", func(s *sheettest.Sheet) { dropColumn(s, 4) }), Options{}},
		{"a column more", "A2", withSecond("李庄村", func(s *sheettest.Sheet) { s.Set(10, 2, "发放日期") }), Options{}},
		{"another unit", "A2", withSecond("李庄村", func(s *sheettest.Sheet) { s.Set(9, 2, "应打卡发放资金(万元)") }), Options{}},
		{"blanks and stars in labels", "", withSecond("李庄村", func(s *sheettest.Sheet) { s.Set(5, 2, "姓名*"); s.Set(2, 2, "乡镇") }), Options{}},
		{"header a row lower", "", withSecond("李庄村", func(s *sheettest.Sheet) {
			s.Rows = append([][]any{s.Rows[0], nil}, s.Rows[1:]...)
			s.Merges = nil
		}), Options{}},
		{"no remarks", "", withSecond("李庄村", func(s *sheettest.Sheet) { dropColumn(s, 10) }), Options{}},
	}},
	{"SHT-05", "", nil, []seeded{
		{"another village", "C4", sheetNamed("李庄村"), Options{}},
		{"one row of another village", "C5", set("C5", "李庄村"), Options{}},
		{"name without the word village, known to the county", "C4", sheetNamed("李庄"), Options{Codes: villagesOf("张庄村", "李庄")}},
		{"village with its number", "", sheetNamed("张庄村(1)"), Options{}},
		{"village's committee", "", set("C4", "张庄村委会", "C5", "张庄"), Options{}},
		{"name that is no village", "", sheetNamed("Sheet1"), Options{}},
		{"name of all villages", "", sheetNamed("各村"), Options{}},
	}},
	{"SHT-06", "", nil, []seeded{
		{"summary last", "-", func(b *workbook) { b.pages = append(b.pages, &page{Sheet: summarySheet("汇总")}) }, Options{}},
		{"summary first", "-", func(b *workbook) { b.pages = append([]*page{{Sheet: summarySheet("汇总")}}, b.pages...) }, Options{}},
		{"summary called Sheet2", "-", func(b *workbook) { b.pages = append(b.pages, &page{Sheet: summarySheet("Sheet2")}) }, Options{}},
		{"second list", "", withSecond("李庄村", nil), Options{}},
		{"list called a summary", "", sheetNamed("汇总"), Options{}},
		{"page of instructions", "", func(b *workbook) {
			b.pages = append(b.pages, &page{Sheet: sheettest.Sheet{Name: "说明", Rows: [][]any{{"填表说明"}}}})
		}, Options{}},
	}},
	{"HDR-01", "", nil, []seeded{
		{"no header", "-", func(b *workbook) { b.pages[0].Sheet.Rows, b.pages[0].Merges = b.pages[0].Sheet.Rows[3:6], nil }, Options{}},
		{"header in English", "-", set("A2", "No", "B2", "Town", "C2", "Vill", "D2", "Grp", "E2", "Name", "F2", "Nr", "G2", "Mu", "H2", "Std", "I2", "Sum", "J2", "Rem"), Options{}},
		{"header too low", "-", func(b *workbook) {
			b.pages[0].Sheet.Rows = append([][]any{{"一", "二", "三"}}, append(make([][]any, 20), b.pages[0].Sheet.Rows...)...)
			b.pages[0].Merges = nil
		}, Options{}},
		{"header in row 20", "", func(b *workbook) {
			b.pages[0].Sheet.Rows = append(make([][]any, 18), b.pages[0].Sheet.Rows...)
			b.pages[0].Merges = nil
		}, Options{}},
		{"no title", "", func(b *workbook) { b.pages[0].Sheet.Rows[0] = nil }, Options{}},
		{"cover beside a list", "", func(b *workbook) {
			b.pages = append([]*page{{Sheet: sheettest.Sheet{Name: "封面", Rows: [][]any{{"封面"}, {"二〇二五年"}}}}}, b.pages...)
		}, Options{}},
	}},
	{"HDR-02", "", nil, []seeded{
		{"no name", "A2", func(b *workbook) { dropColumn(&b.pages[0].Sheet, 5) }, Options{}},
		{"no number", "A2", func(b *workbook) { dropColumn(&b.pages[0].Sheet, 6) }, Options{}},
		{"no village", "A2", func(b *workbook) { dropColumn(&b.pages[0].Sheet, 3); b.pages[0].Name = "x" }, Options{}},
		{"wrong kind", "A2 A2 A2", nil, Options{Kind: "agency"}},
		{"village in the sheet's name", "", func(b *workbook) { dropColumn(&b.pages[0].Sheet, 3) }, Options{}},
		{"amount said by hand", "", set("I2", "本次"), Options{Map: map[string]string{"本次": "amount"}, Unit: "yuan"}},
		{"payee instead of householder", "", set("E2", "领款人"), Options{}},
	}},
	{"HDR-03", "", nil, []seeded{
		{"two amounts", "J2", set("J2", "补贴金额(元)"), Options{}},
		{"two numbers", "J2", set("J2", "身份证号码"), Options{}},
		{"two names", "J2", set("J2", "户主姓名"), Options{}},
		{"due and real", "", set("H2", "实发金额(元)"), Options{}},
		{"settled by hand", "", set("J2", "补贴金额(元)"), Options{Map: map[string]string{"应打卡发放资金": "amount"}}},
		{"settled by letter", "", set("J2", "补贴金额(元)"), Options{Map: map[string]string{"J": ""}}},
		{"area of two kinds", "", set("J2", "补贴面积(亩)"), Options{}},
	}},
	{"HDR-04", "", nil, []seeded{
		{"unknown label", "J2", set("J2", "地块编码"), Options{}},
		{"two unknown labels", "G2 J2", set("J2", "地块编码", "G2", "作物"), Options{}},
		{"label with a word of the dictionary in it", "J2", set("J2", "金额说明"), Options{}},
		{"taught by the county", "", set("J2", "地块编码"), Options{Dictionary: "known plot: 地块编码\n"}},
		{"left out by hand", "", set("J2", "地块编码"), Options{Map: map[string]string{"J": ""}}},
		{"remarks of another name", "", set("J2", "说 明"), Options{}},
	}},
	{"HDR-05", "", nil, []seeded{
		{"no unit", "I2", set("I2", "应打卡发放资金"), Options{}},
		{"title against header", "I2", title("一览表（单位：万元）"), Options{}},
		{"both in the title", "I2", func(b *workbook) { b.set("A1", "一览表（单位：元、万元）", "I2", "应打卡发放资金") }, Options{}},
		{"by hand", "", set("I2", "应打卡发放资金"), Options{Unit: "yuan"}},
		{"in the title", "", func(b *workbook) { b.set("A1", "一览表（单位：元）", "I2", "应打卡发放资金") }, Options{}},
		{"body called 元氏", "", title("单位：元氏县财政局"), Options{}},
		{"standard in another unit", "", set("H2", "每亩补助资金(万元)"), Options{}},
	}},
	{"HDR-06", "", nil, []seeded{
		{"another year", "A1", nil, Options{Year: 2024}},
		{"another town", "A1", title("清泉县柳门镇2025年补贴发放表"), Options{Town: "石桥镇"}},
		{"another fund", "A1", nil, Options{FundName: "农机购置与应用补贴"}},
		{"year in Chinese numerals", "A1", title("二〇二三年种粮补贴发放表"), Options{Year: 2025}},
		{"same year", "", nil, Options{Year: 2025, FundName: "实际种粮农民一次性补贴"}},
		{"year of the document", "", title("财农〔2024〕12号种粮补贴发放表"), Options{Year: 2025}},
		{"two years, one of them the batch's", "", title("2024—2025年种粮补贴发放表"), Options{Year: 2025}},
		{"town without its word", "", title("清泉县柳门镇补贴发放表"), Options{Town: "柳门"}},
		{"fund in short", "", title("2025年耕地补贴发放清册"), Options{FundName: "耕地地力保护补贴"}},
		{"nothing said", "", title("发放表"), Options{Year: 2025, Town: "柳门镇", FundName: "耕地地力保护补贴"}},
	}},
	{"HDR-07", "", nil, []seeded{
		{"account", "J2", set("J2", "一卡通账号"), Options{}},
		{"phone", "J2", set("J2", "联系电话"), Options{}},
		{"illness", "J2", set("J2", "残疾等级"), Options{}},
		{"group", "", nil, Options{}},
		{"number of people", "", set("J2", "人数(人)"), Options{}},
		{"remarks", "", blank, Options{}},
	}},
}

func summarySheet(name string) sheettest.Sheet {
	return sheettest.Sheet{Name: name, Rows: [][]any{
		{"各村汇总表"},
		{"序号", "村", "户数", "补贴金额(元)"},
		{1, "张庄村", 3, num("150")},
		{"合计", nil, 3, num("150")},
	}}
}
