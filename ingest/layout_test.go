package ingest

import (
	"testing"

	"mingbai/ingest/sheet/sheettest"
	"mingbai/ledger"
)

func TestLayouts(t *testing.T) {
	village := func(name string, from int) sheettest.Sheet {
		return sheettest.Sheet{Name: name, Rows: [][]any{
			{"柳门镇2025年春耕补贴发放表（万元）"},
			{"编号", "姓名", "身份证号码", "人数（人）", "补贴标准(元/人)", "实发金额", "应发金额", "发放状态", "打卡日期"},
			{1, "阿依 · 古丽", idOf(from), 3, "200元", sheettest.Num("0.06"), sheettest.Num("0.06"), "发放成功", "2025年3月1日"},
			{2, "欧阳某", idOf(from + 1), 2, "200元", sheettest.Num("4.0000000000000001E-2"), sheettest.Num("0.05"), "退回", sheettest.Num("20250302")},
			{"编号", "姓名", "身份证号码", "人数（人）", "补贴标准(元/人)", "实发金额", "应发金额", "发放状态", "打卡日期"},
			{3, "单某", idOf(from + 2), 1, "200元", "0.02万元", nil, "暂缓", nil},
			{4},
		}}
	}
	for name, sheets := range map[string][]sheettest.Sheet{
		"layout1":           {layout1()},
		"layout2":           {layout2()},
		"sheet-per-village": {village("张庄村", 1), village("李庄村", 11), {Name: "Sheet3"}, {Name: "旧表", Hidden: true, Rows: [][]any{{"a"}, {"b"}}}},
	} {
		t.Run(name, func(t *testing.T) {
			report, rows := read(t, Options{}, sheets...)
			golden(t, name, describe(report, rows))
			if ledger.Blocks(report.Findings) {
				t.Error("a good workbook is blocked")
			}
		})
	}
}
