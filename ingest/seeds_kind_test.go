package ingest

import (
	"mingbai/ingest/sheet/sheettest"
)

// allocationList is layout 3 with what the document hands down in its second row.
func allocationList() *workbook {
	return bookOf(sheettest.Sheet{Name: "Sheet1", Rows: [][]any{
		{"清泉县2025年衔接推进乡村振兴专项资金分配表"},
		{"清财农〔2025〕12号下达资金500万元", nil, nil, nil, nil, "单位：万元"},
		{"序号", "项目名称", "建设地点", "建设内容", "投资规模", "责任单位"},
		{1, "张庄村道路硬化", "张庄村", "硬化道路3.2公里", num("320.5"), "柳门镇人民政府"},
		{2, "李庄村水渠", "李庄村", "修建水渠1500米", num("179.5"), "县水利局"},
		{"合计", nil, nil, nil, num("500"), nil},
	}})
}

// agencyList is layout 6: subtotals by system, towns indented.
func agencyList() *workbook {
	return bookOf(sheettest.Sheet{Name: "机构", Rows: [][]any{
		{"清泉县机构编制情况表"},
		{"单位编码", "单位名称", "级别", "核定编制", "实有人数", "超编/空编"},
		{"001", "县委办公室", "正科级", 30, 28, -2},
		{"002", "县委组织部", "正科级", 20, 20, 0},
		{nil, "党委系统小计", nil, 50, 48, nil},
		{"101", "  柳门镇人民政府", "正科级", 60, 58, -2},
		{"102", "  石桥镇人民政府", "正科级", 50, 50, 0},
		{nil, "乡镇小计", nil, 110, 108, nil},
		{nil, "合计", nil, 160, 156, nil},
	}})
}

func roster() *workbook {
	return bookOf(sheettest.Sheet{Name: "实名制", Rows: [][]any{
		{"清泉县机关事业单位人员实名制名册"},
		{"序号", "单位名称", "姓名", "性别", "身份证号", "出生日期", "职务", "编制类别", "进入时间"},
		{1, "县财政局", "王某某", "男", idOf(1), "1970-01-02", "局长", "行政编制", "199607"},
		{2, "县财政局", "李某某", "女", idOf(2), "1970-01-03", "股长", "行政编制", "2001-07-01"},
		{3, "县水利局", "张某某", "男", idOf(3), "1970-01-04", "科员", "事业编制", num("201009")},
	}})
}

func budgetList() *workbook {
	return bookOf(sheettest.Sheet{Name: "预算", Rows: [][]any{
		{"清泉县财政局2025年部门预算支出表"},
		{nil, nil, nil, nil, "单位：万元"},
		{"科目编码", "科目名称", "合计", "基本支出", "项目支出"},
		{"201", "一般公共服务支出", num("300"), num("200"), num("100")},
		{"20106", "  财政事务", num("300"), num("200"), num("100")},
		{"2010601", "    行政运行", num("200"), num("200"), nil},
		{"2010602", "    一般行政管理事务", num("100"), nil, num("100")},
		{"合计", nil, num("300"), num("200"), num("100")},
	}})
}

var kindSeeds = []seeds{
	{"XR-08", "allocation", allocationList, []seeded{
		{"document hands down more", "E6", set("A2", "清财农〔2025〕12号下达资金600万元"), Options{}},
		{"in yuan", "E6", set("A2", "下达资金5,000,001元"), Options{}},
		{"said with the batch", "E6", nil, Options{Document: 400_000_000}},
		{"no total stated", "A2", set("A2", "下达资金600万元", "A6", nil, "E6", nil), Options{}},
		{"neither total nor line", "E3", set("A2", nil, "A6", nil, "E6", nil), Options{Document: 400_000_000}},
		{"a total that is wrong itself", "A2", set("A2", "下达资金600万元", "E6", num("600")), Options{}},
		{"equal", "", nil, Options{}},
		{"equal in yuan", "", set("A2", "本次下达5000000.00元"), Options{}},
		{"no document", "", set("A2", "清财农〔2025〕12号"), Options{}},
		{"an amount that cannot be read", "", set("A2", "下达资金600万元", "E4", "若干"), Options{}},
	}},
	{"XR-09", "agency", agencyList, []seeded{
		{"more than authorised", "E3", set("E3", 31), Options{}},
		{"two bodies", "E4 E6", set("E4", 21, "E6", 61), Options{}},
		{"none authorised", "E7", set("D7", 0), Options{}},
		{"person in two units", "E5", func(b *workbook) { *b = *roster(); b.set("E5", idOf(1), "C5", "王某某") }, Options{}},
		{"equal", "", nil, Options{}},
		{"not filled in", "", set("D3", nil), Options{}},
		{"subtotal of more", "", set("E8", 111), Options{}},
		{"person twice in one unit", "", func(b *workbook) { *b = *roster(); b.set("E4", idOf(1), "C4", "王某某") }, Options{Kind: "post"}},
	}},
	{"XR-02", "budget", budgetList, []seeded{
		{"parts of a subject", "C5", set("C7", num("90")), Options{}},
		{"parts in another column", "D5", set("D6", num("190")), Options{}},
		{"subject above", "C4", set("C4", num("310"), "C8", num("310")), Options{}},
		{"right", "", nil, Options{}},
		{"subject without parts", "", set("A8", "208", "B8", "社会保障", "C8", num("50")), Options{}},
		{"subtotals of an agency table", "", func(b *workbook) { *b = *agencyList() }, Options{Kind: "agency"}},
	}},
}
