package ingest

import (
	"mingbai/ingest/sheet/sheettest"
	"mingbai/ledger"
)

func numberOf(first17 string) string { return first17 + string(ledger.IDCheckDigit(first17)) }

// unnumbered is the list without a single ID number that could be compared: all are masked.
func unnumbered() *workbook {
	b := goodList()
	b.set("F4", "990121********0011", "F5", "990121********0012", "F6", "990121********0013")
	return b
}

// withAccounts is the list with an account for each household.
func withAccounts() *workbook {
	b := goodList()
	b.set("J2", "银行账号", "J4", "6228480000000000011", "J5", "6228480000000000012", "J6", "6228480000000000013")
	return b
}

var crossSeeds = []seeds{
	{"XR-01", "", nil, []seeded{
		{"wrong total", "I3", set("I3", num("151.5")), Options{}},
		{"row left out", "I3", set("A5", nil, "B5", nil, "C5", nil, "D5", nil, "E5", nil, "F5", nil, "G5", nil, "I5", nil, "J5", nil), Options{}},
		{"wrong total last", "I7", set("A7", "总计", "I7", num("140")), Options{}},
		{"total of noise", "", set("I3", num("150.00000000000003")), Options{}},
		{"totals of sections", "", func(b *workbook) { *b = *bookOf(layout2()); sectionTotals(&b.pages[0].Sheet) }, Options{}},
		{"an amount that cannot be read", "", set("I5", "若干"), Options{}},
	}},
	{"XR-02", "", sixRows, []seeded{
		{"wrong subtotal", "I5", set("I5", num("31")), Options{}},
		{"wrong subtotal of the second group", "I8", set("I8", num("80")), Options{}},
		{"row added below", "I8", set("I7", num("55"), "I9", num("125")), Options{}},
		{"right", "", nil, Options{}},
		{"subtotal of both groups", "", set("I8", num("120")), Options{}},
		{"subtotals above their rows", "", func(b *workbook) {
			r := b.pages[0].Sheet.Rows
			b.pages[0].Sheet.Rows = [][]any{r[0], r[1], r[4], r[2], r[3], r[7], r[5], r[6], r[8]}
		}, Options{}},
		{"an amount that cannot be read", "", set("I3", "若干"), Options{}},
	}},
	{"XR-03", "", nil, []seeded{
		{"wrong amount", "I5", set("I5", num("26")), Options{}},
		{"a fen and more", "I5", set("I5", num("25.02")), Options{}},
		{"wrong area", "I6", set("G6", num("9")), Options{}},
		{"by a fen", "", set("I5", num("25.01")), Options{}},
		{"whole yuan", "", set("G5", num("2.46"), "I5", num("25")), Options{}},
		{"half a yuan", "", set("G5", num("2.45"), "I5", num("25")), Options{}},
		{"no area", "", set("G5", nil, "I5", num("99")), Options{}},
		{"standard by the month", "", set("H2", "每月补助标准(元)", "I5", num("300")), Options{Map: map[string]string{"H": "standard"}}},
		{"standard by another thing", "", set("H2", "补贴标准(元/人)", "I5", num("99")), Options{}},
	}},
	{"XR-04", "", nil, []seeded{
		{"twice", "F6", set("E6", "乙某某", "F6", idOf(1)), Options{}},
		{"in full width", "F6", set("E6", "乙某某", "F6", fullWidth(idOf(1))), Options{}},
		{"three times", "F5 F6", set("F5", idOf(1), "F6", idOf(1)), Options{}},
		{"in another sheet", "F5", withSecond("李庄村", func(s *sheettest.Sheet) { s.Set(6, 5, idOf(2)) }), Options{}},
		{"payee of three", "", set("J2", "收款人身份证号", "J4", idOf(7), "J5", idOf(7), "J6", idOf(7)), Options{}},
		{"masked", "", set("F4", "990121********0011", "F5", "990121********0011"), Options{}},
		{"members of one household", "", func(b *workbook) {
			b.set("H2", "享受人", "J2", "享受人身份证号", "E5", "乙某某", "F5", idOf(1), "H4", "乙某某", "J4", idOf(1), "H5", "乙小某", "J5", idOf(60), "H6", "丁某某", "J6", idOf(3))
			b.pages[0].Merges = nil
		}, Options{}},
	}},
	{"XR-05", "", nil, []seeded{
		{"another name", "F6", set("F6", idOf(1)), Options{}},
		{"payee with the number of a householder", "J5", func(b *workbook) {
			b.set("H2", "收款人", "J2", "收款人身份证号", "H4", "乙某某", "J4", idOf(1), "H5", "丁某", "J5", idOf(1), "H6", "丁某某", "J6", idOf(3))
			b.pages[0].Merges = nil
		}, Options{}},
		{"in another sheet", "F5", withSecond("李庄村", func(s *sheettest.Sheet) { s.Set(6, 5, idOf(2)) }), Options{}},
		{"blanks", "", set("E6", "乙 某　某", "F6", idOf(1)), Options{}},
		{"dots", "", set("E4", "阿依·古丽", "E6", "阿依•古丽", "F6", idOf(1)), Options{}},
		{"without a dot", "", set("E4", "阿依·古丽", "E6", "阿依古丽", "F6", idOf(1)), Options{}},
		{"no name", "", set("E6", nil, "F6", idOf(1)), Options{}},
	}},
	{"XR-06", "", withAccounts, []seeded{
		{"two households", "J4", set("J6", "6228480000000000011"), Options{}},
		{"with blanks", "J5", set("J6", "6228 4800 0000 0000 012"), Options{}},
		{"three households", "J4", set("J5", "6228480000000000011", "J6", "6228480000000000011"), Options{}},
		{"one household twice", "", set("J5", "6228480000000000011", "E5", "乙某某", "F5", idOf(1)), Options{}},
		{"masked", "", set("J4", "6228****0001", "J5", "6228****0001"), Options{}},
		{"none", "", set("J4", "无", "J5", "无", "J6", nil), Options{}},
	}},
	{"XR-07", "", unnumbered, []seeded{
		{"same name and amount", "E6", set("E6", "乙某某", "I6", num("45")), Options{}},
		{"blank in the name", "E6", set("E6", "乙 某某", "I6", num("45")), Options{}},
		{"village written otherwise", "E6", set("E6", "乙某某", "I6", num("45"), "C6", "张庄"), Options{}},
		{"another amount", "", set("E6", "乙某某"), Options{}},
		{"another village", "", set("E6", "乙某某", "I6", num("45"), "C6", "李庄村"), Options{}},
		{"with a number", "", set("E6", "乙某某", "I6", num("45"), "F4", idOf(1), "F6", idOf(3)), Options{}},
	}},
}
