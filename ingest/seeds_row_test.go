package ingest

import (
	"strings"

	"mingbai/ingest/sheet/sheettest"
)

// merge adds merges to the first sheet.
func merge(b *workbook, merges ...string) { b.pages[0].Merges = append(b.pages[0].Merges, merges...) }

// sixRows is the list with two groups of three, each numbered and summed up on its own, and a total.
func sixRows() *workbook {
	b := goodList()
	b.pages[0].Sheet.Rows = b.pages[0].Sheet.Rows[:2]
	b.pages[0].Merges = nil
	row := func(line, n int, group, amount string) {
		at := string(rune('0' + line))
		if line > 9 {
			at = "1" + string(rune('0'+line-10))
		}
		b.set("A"+at, n, "B"+at, "柳门镇", "C"+at, "张庄村", "D"+at, group, "E"+at, string([]rune("甲乙丙丁戊己")[line%6])+"某某",
			"F"+at, idOf(line), "I"+at, num(amount))
	}
	row(3, 1, "一组", "10")
	row(4, 2, "一组", "20")
	b.set("B5", "一组小计", "I5", num("30"))
	row(6, 1, "二组", "40")
	row(7, 2, "二组", "50")
	b.set("B8", "二组小计", "I8", num("90"), "B9", "合计", "I9", num("120"))
	return b
}

var rowSeeds = []seeds{
	{"ROW-01", "", nil, []seeded{
		{"total first", "A3", nil, Options{}},
		{"total last too", "A3 B7", set("B7", "总计", "I7", num("150")), Options{}},
		{"subtotal in the middle", "A3 A7", set("A7", "张庄村小计", "I7", num("150")), Options{}},
		{"remark that speaks of a total", "", set("A3", nil, "I3", nil, "G3", nil, "J6", "合计"), Options{}},
		{"person called 合计", "", set("A3", nil, "I3", nil, "G3", nil, "E6", "合计"), Options{}},
		{"no total", "", func(b *workbook) {
			b.pages[0].Sheet.Rows = append(b.pages[0].Sheet.Rows[:2], b.pages[0].Sheet.Rows[3:]...)
			b.pages[0].Merges = nil
		}, Options{}},
	}},
	{"ROW-02", "", nil, []seeded{
		{"remarks", "A8", nil, Options{}},
		{"who made it", "A8", set("A8", "制表人：", "D8", "审核人："), Options{}},
		{"stamp", "A8", set("A8", "（盖章）  单位负责人：  填表人："), Options{}},
		{"person called 日期", "", set("A8", nil, "E6", "日期"), Options{}},
		{"town called 说明", "", set("A8", nil, "A6", nil, "B6", "说明"), Options{}},
		{"no foot", "", set("A8", nil), Options{}},
	}},
	{"ROW-03", "", nil, []seeded{
		{"one left out", "A6", set("A6", 4), Options{}},
		{"one repeated", "A5", set("A5", 1, "A6", 2), Options{}},
		{"begins anew in the same group", "A6", set("A6", 1), Options{}},
		{"text out of order", "A5", set("A4", "１", "A5", "3", "A6", "4"), Options{}},
		{"begins anew under a subtotal", "", func(b *workbook) { *b = *sixRows(); b.set("D6", "一组", "D7", "一组") }, Options{}},
		{"begins anew in another village", "", set("A6", 1, "C6", "李庄村"), Options{}},
		{"begins at 124", "", set("A4", 124, "A5", 125, "A6", 126), Options{}},
		{"two rows of one household", "", set("A5", 1, "E5", "乙某某", "A6", 2), Options{}},
		{"numbers left out", "", set("A5", nil, "A6", 2), Options{}},
		{"codes under 编号", "", set("A2", "编号", "A4", 20250017, "A5", 20250003, "A6", 20250044), Options{}},
	}},
	{"ROW-04", "", nil, []seeded{
		{"no name", "E5", set("E5", nil), Options{}},
		{"name of blanks", "E5", set("E5", "　\u200b "), Options{}},
		{"dash for a number", "F5", set("F5", "－"), Options{}},
		{"no amount", "I5", set("I5", nil), Options{}},
		{"no village", "C5", set("C5", nil), Options{}},
		{"village of a merged cell", "", func(b *workbook) { b.set("C5", nil, "C6", nil); merge(b, "C4:C6") }, Options{}},
		{"no group", "", set("D5", nil), Options{}},
		{"numbered row that is not filled in", "", set("A7", 4), Options{}},
		{"prepared row with formulas that come to zero", "", set("A7", 4, "I7", calculated("0")), Options{}},
	}},
	{"ROW-05", "", nil, []seeded{
		{"two names", "E5", set("E5", "张三、李四四"), Options{}},
		{"two lines", "E5", set("E5", "王小明\n李小红"), Options{}},
		{"two numbers", "F5", set("F5", idOf(21)+"\n"+idOf(22)), Options{}},
		{"and others", "E5", set("E5", "王小明等三人"), Options{}},
		{"full-width slash", "E5", set("E5", "王小明／李小红"), Options{}},
		{"minority name with a dot", "", set("E5", "阿依·古丽"), Options{}},
		{"name spread by blanks", "", set("E5", "王　小　明"), Options{}},
		{"name broken over two lines", "", set("E5", "张\n三"), Options{}},
		{"compound surname on a line of its own", "", set("E5", "欧阳\n小明"), Options{}},
		{"comma behind the name", "", set("E5", "王小明，"), Options{}},
		{"a name with 等 in it", "", set("E5", "王等弟"), Options{}},
	}},
	{"ROW-06", "", nil, []seeded{
		{"standard merged down", "H4", nil, Options{}},
		{"village merged down", "C4 H4", func(b *workbook) { b.set("C5", nil); merge(b, "C4:C5") }, Options{}},
		{"town and village", "B4 C4 H4", func(b *workbook) { b.set("B5", nil, "C5", nil); merge(b, "B4:B5", "C4:C5") }, Options{}},
		{"merged over columns only", "", func(b *workbook) { b.pages[0].Merges = []string{"A1:J1"}; merge(b, "I4:J4") }, Options{}},
		{"merged header", "", func(b *workbook) { b.pages[0].Merges = []string{"A1:J1"} }, Options{}},
		{"merged amount", "", func(b *workbook) { b.pages[0].Merges = []string{"I4:I5"}; b.set("I5", nil) }, Options{}},
	}},
}

var cellSeeds = []seeds{
	{"CEL-01", "", nil, []seeded{
		{"number", "F5", set("F5", num("990121197001010000")), Options{}},
		{"number with exponent", "F5", set("F5", num("9.9012119700101E+17")), Options{}},
		{"account", "J5", set("J2", "银行账号", "J5", num("6228480000000000000")), Options{}},
		{"text", "", set("F5", idOf(30)), Options{}},
		{"short account", "", set("J2", "银行账号", "J5", num("622848000001")), Options{}},
		{"15 digits", "", set("F5", num("990121700101001")), Options{}},
	}},
	{"CEL-02", "", nil, []seeded{
		{"17", "F6", set("F6", idOf(9)[:17]), Options{}},
		{"19", "F6", set("F6", idOf(9)+"1"), Options{}},
		{"15", "F6", set("F6", "990121700101001"), Options{}},
		{"blanks and apostrophe", "", set("F6", " '"+idOf(9)[:6]+" "+idOf(9)[6:]), Options{}},
		{"full width", "", set("F6", fullWidth(idOf(9))), Options{}},
		{"two people", "", set("F6", idOf(9)+idOf(10)), Options{}},
	}},
	{"CEL-03", "", nil, []seeded{
		{"check digit", "F6", set("F6", wrongCheckDigit(9)), Options{}},
		{"30 February", "F6", set("F6", numberOf("99012119700230001")), Options{}},
		{"letters", "F6", set("F6", idOf(9)[:16]+"AB"), Options{}},
		{"small x", "", set("F6", strings.ToLower(idWithX())), Options{}},
		{"region of nowhere", "", set("F6", numberOf("99999919700101001")), Options{}},
		{"born in 1920", "", set("F6", numberOf("99012119200101001")), Options{}},
	}},
	{"CEL-04", "", nil, []seeded{
		{"blank in a name", "E5", set("E5", "丙 某某"), Options{}},
		{"full-width amount", "I5", set("I5", "２５"), Options{}},
		{"small x", "F5", set("F5", strings.ToLower(idWithX())), Options{}},
		{"number as text", "", set("I5", "25"), Options{}},
		{"blanks in a label", "", set("E2", "姓　 名"), Options{}},
		{"rare character", "", set("E5", "𠮷某"), Options{}},
	}},
	{"CEL-05", "", nil, []seeded{
		{"one character", "E5", set("E5", "丙"), Options{}},
		{"digit", "E5", set("E5", "丙某2"), Options{}},
		{"question mark", "E5", set("E5", "丙?某"), Options{}},
		{"private use", "E5", set("E5", "丙\ue000"), Options{}},
		{"replacement", "E5", set("E5", "丙\ufffd"), Options{}},
		{"Latin", "E5", set("E5", "丙a某"), Options{}},
		{"rare character", "", set("E5", "𠮷某"), Options{}},
		{"compatibility character", "", set("E5", "﨑某"), Options{}},
		{"dot", "", set("E5", "阿依．古丽"), Options{}},
		{"zero", "", set("E5", "丙〇某"), Options{}},
		{"long name", "", set("E5", "买买提江·阿不都热合曼"), Options{}},
	}},
	{"CEL-06", "", nil, []seeded{
		{"words", "I5", set("I5", "二十五元"), Options{}},
		{"date", "I5", set("I5", sheettest.Date("45682")), Options{}},
		{"area in words", "G5", set("G5", "两亩半"), Options{}},
		{"separators", "", set("I5", "￥25.00元"), Options{}},
		{"unit behind", "", set("G5", "2.5亩"), Options{}},
		{"error of a formula", "", set("I5", bad("#REF!")), Options{}},
	}},
	{"CEL-07", "", nil, []seeded{
		{"three decimals", "I5", set("I5", num("25.005")), Options{}},
		{"as text", "I5", set("I5", "25.005"), Options{}},
		{"noise is told too", "I5", set("I5", num("24.999999999999996")), Options{}},
		{"zeros", "", set("I5", num("25.000")), Options{}},
		{"area", "", set("G5", num("2.5000")), Options{}},
		{"wan", "", set("I2", "金额(万元)", "I5", num("0.0025")), Options{}},
	}},
	{"CEL-08", "", nil, []seeded{
		{"negative", "I5", set("I5", num("-25")), Options{}},
		{"full-width minus", "I5", set("I5", "－25"), Options{}},
		{"zero", "I5", set("I5", num("0")), Options{}},
		{"a fen", "", set("I5", num("0.01")), Options{}},
		{"empty", "", set("I5", nil), Options{}},
		{"total of zero", "", set("I3", num("0")), Options{}},
	}},
	{"CEL-09", "", nil, []seeded{
		{"error", "I5", set("I5", bad("#DIV/0!")), Options{}},
		{"no result", "I5", set("I5", sheettest.Formula("G5*H5")), Options{}},
		{"name looked up in vain", "E5", set("E5", bad("#N/A")), Options{}},
		{"total without a result", "I3", set("I3", sheettest.Formula("SUM(I4:I6)")), Options{}},
		{"result", "", set("I5", calculated("25")), Options{}},
		{"in the remarks", "", set("J5", bad("#N/A")), Options{}},
		{"in the account, which is dropped", "", set("J2", "银行账号", "J5", bad("#REF!")), Options{}},
		{"formula that comes to no text", "", set("D5", ""), Options{}},
	}},
	{"CEL-10", "", func() *workbook { b := goodList(); b.set("J2", "发放日期", "J5", nil); return b }, []seeded{
		{"word", "J5", set("J5", "三月"), Options{}},
		{"30 February", "J5", set("J5", "2025-02-30"), Options{}},
		{"before the period", "J5", set("J5", "2024-12-31"), Options{Year: 2025}},
		{"serial of another epoch", "J5", func(b *workbook) { b.date1904 = true; b.set("J5", sheettest.Date("45717")) }, Options{Year: 2025}},
		{"bare number", "J5", set("J5", num("45717")), Options{}},
		{"serial", "", set("J5", sheettest.Date("45717")), Options{Year: 2025}},
		{"serial of 1904", "", func(b *workbook) { b.date1904 = true; b.set("J5", sheettest.Date("44255")) }, Options{Year: 2025}},
		{"paid in the next January", "", set("J5", "2026.1.15"), Options{Year: 2025}},
		{"eight digits", "", set("J5", num("20250301")), Options{Year: 2025}},
		{"empty", "", nil, Options{Year: 2025}},
		{"date that nobody reads", "", set("J2", "填报日期", "J5", "三月"), Options{}},
	}},
	{"CEL-11", "", nil, []seeded{
		{"phone in the remarks", "J5", set("J5", "联系 139 0000 0001"), Options{}},
		{"phone as a number in the group", "D5", set("D5", num("13900000001")), Options{}},
		{"ID number behind a name", "E5", set("E5", "丙某某"+idOf(40)), Options{}},
		{"account in the village", "C5", set("C5", "张庄村6228480000000000001"), Options{}},
		{"full-width landline", "J5", set("J5", "电话０７９５－１２３４５６７"), Options{}},
		{"date", "", set("J5", "2025年03月01日发放"), Options{}},
		{"code of a place", "", set("J5", "990121102003"), Options{}},
		{"amounts", "", set("J5", "应发1234567.89元，实发1234567.80元"), Options{}},
		{"document", "", set("J5", "财农〔2025〕12号"), Options{}},
		{"the number where it belongs", "", nil, Options{}},
	}},
	{"CEL-12", "", nil, []seeded{
		{"stars", "F4", set("F4", "990121********0011"), Options{}},
		{"full-width stars", "F4", set("F4", "990121＊＊＊＊＊＊＊＊0011"), Options{}},
		{"dots", "F4", set("F4", "990121••••••••0011"), Options{}},
		{"whole number", "", nil, Options{}},
		{"star in a label", "", set("F2", "身份证号*"), Options{}},
		{"masked account", "", set("J2", "银行账号", "J4", "6228****0001"), Options{}},
	}},
	{"CEL-13", "", nil, []seeded{
		{"unknown village", "C5", set("C5", "张家庄村"), Options{Codes: villagesOf("张庄村")}},
		{"all rows", "C4 C5 C6", nil, Options{Codes: villagesOf("李庄村")}},
		{"village of the sheet's name", "A1", func(b *workbook) { dropColumn(&b.pages[0].Sheet, 3) }, Options{Codes: villagesOf("李庄村")}},
		{"no list", "", set("C5", "张家庄村"), Options{}},
		{"listed", "", nil, Options{Codes: villagesOf("张庄村")}},
		{"blanks in the village", "", set("C5", "张　庄村"), Options{Codes: villagesOf("张庄村")}},
	}},
}
