package ingest

import (
	"bytes"
	"testing"

	"mingbai/ingest/sheet/sheettest"
	"mingbai/ledger"
)

// TestLayoutsOfOtherKinds recognises what clerks make beside subsidy lists, by its header alone.
func TestLayoutsOfOtherKinds(t *testing.T) {
	for name, l := range map[string]struct {
		kind   ledger.FundKind
		blocks string // the only rule that may block; empty when none does
		sheets []sheettest.Sheet
	}{
		"layout2-by-town": {ledger.Allocation, "", []sheettest.Sheet{{Name: "Sheet1", Rows: [][]any{
			{"清泉县2021年实际种粮农民一次性补贴资金发放一览表"},
			{"序号", "乡 镇", "粮食种植面积(亩)", "每亩补助资金(元)", "应打卡发放资金(元)", "备注"},
			{1, "柳门镇", num("100.5"), num("10"), num("1005"), nil},
			{2, "石桥镇", num("200"), nil, num("2000"), "含 农场"},
			{"合计", nil, num("300.5"), nil, num("3005"), nil},
		}, Merges: []string{"A1:F1", "D3:D4"}}}},
		"layout3-total-last": {ledger.Allocation, "", []sheettest.Sheet{{Name: "分配表", Rows: [][]any{
			{"2025年市级农业专项资金分配表"},
			{"县区名称", "市级资金\n（万元）", "备注"},
			{"清泉县", num("120.35"), nil},
			{"石\u3000门\u3000区", num("79.65"), nil},
			{"合  计", num("200"), nil},
		}}}},
		"layout3-total-first": {ledger.Allocation, "", []sheettest.Sheet{{Name: "Sheet1", Rows: [][]any{
			{"附件1"},
			{"2025年市级农业专项资金分配表"},
			{nil, "单位：万元"},
			{"县区", "市级资金"},
			{"合计", num("200")},
			{"清泉县", num("120.35")},
			{"石门区", num("79.65")},
		}}}},
		"layout3-projects": {ledger.Allocation, "", []sheettest.Sheet{allocationList().pages[0].Sheet}},
		"layout3-no-unit": {ledger.Allocation, "HDR-05", []sheettest.Sheet{{Name: "Sheet1", Rows: [][]any{
			{"2025年衔接资金项目计划表"},
			{"序号", "项目名称", "建设地点", "建设内容", "投资规模", "责任单位"},
			{"一", "基础设施", nil, nil, num("320"), nil},
			{1, "张庄村道路硬化", "张庄村", "硬化道路", num("320"), "柳门镇"},
			{"二", "产业发展", nil, nil, num("180"), nil},
			{1, "大棚", "李庄村", "新建大棚12座", num("180"), "石桥镇"},
		}}}},
		"layout4-four-header-rows": {ledger.Subsidy, "", []sheettest.Sheet{{Name: "导入模板", Rows: [][]any{
			{"惠农补贴发放\n导入模板"},
			{"（盖章） 单位负责人： 填表人："},
			{"户码*", "基础信息", nil, nil, nil, "补贴", nil, nil},
			{nil, "户主信息", nil, "所在地", nil, "发放", nil, "联系电话"},
			{nil, "户主\n姓名*", "户主身份证号码*", "行政村*", "组名*", "面积", "补贴金额*", nil},
			{nil, nil, nil, nil, nil, "（亩）", "（元）", nil},
			{"001", "甲某某", idOf(1), "张庄村", "一组", num("2"), num("20"), "13900000001 13900000002"},
			{"002", "乙某某", idOf(2), "张庄村", "一组", num("3"), num("30"), "13900000003"},
			{nil, "合计", nil, nil, nil, nil, num("50"), nil},
		}, Merges: []string{"A3:A6", "B3:E3", "F3:H3", "B4:C4", "D4:E4", "F4:G4", "H4:H6", "B5:B6", "C5:C6", "D5:D6", "E5:E6"}}}},
		"layout4-yuan-and-wan": {ledger.Budget, "HDR-05", []sheettest.Sheet{{Name: "Sheet1", Rows: [][]any{
			{"2025年部门预算支出表"},
			{"科目编码", "科目名称", "合计（万元）", "基本支出（元）", "项目支出（元）"},
			{"201", "一般公共服务支出", num("3"), num("20000"), num("10000")},
		}}}},
		"layout5-roster":   {ledger.Post, "", []sheettest.Sheet{roster().pages[0].Sheet}},
		"layout6-agencies": {ledger.Agency, "", []sheettest.Sheet{agencyList().pages[0].Sheet}},
		"layout7-recruits": {ledger.Post, "", []sheettest.Sheet{
			{Name: "教师", Rows: [][]any{
				{"清泉县2025年公开招聘\n拟聘用人员名单（教师）"},
				{"序号", "单位", "职位", "姓名", "性别", "准考证号", "学历", "院校", "备注"},
				{1, "县第一中学", "语文教师", "王某某", "女", num("202501010012345"), "本科", "某师范大学", nil},
				{2, "县第一中学", "数学教师", "李某某", "男", "202501010012346", "本科", "某师范大学", nil},
			}},
			{Name: "卫生", Rows: [][]any{
				{"清泉县2025年公开招聘\n拟聘用人员名单（卫生）"},
				{"序号", "单位", "职位", "姓名", "性别", "准考证号", "学历", "院校", "备注"},
				{1, "县医院", "护士", "张某某", "女", "202502010012345", "大专", "某卫校", nil},
			}},
		}},
		"layout8-budget": {ledger.Budget, "", []sheettest.Sheet{budgetList().pages[0].Sheet}},
		"project-stages": {ledger.Project, "", []sheettest.Sheet{{Name: "公示台账", Rows: [][]any{
			{"清泉县2025年衔接资金项目公示台账"},
			{"序号", "项目编码", "项目名称", "建设地点", "投资规模\n（万元）", "申报前村级公示", nil, "资金到县公开", nil, "县级公示", nil, "到村公示", nil},
			{nil, nil, nil, nil, nil, "公示时间", "佐证材料", "公开时间", "网址", "公示时间", "网址", "公示时间", "公示地点"},
			{1, "0990121001", "张庄村道路硬化", "张庄村", num("32.5"), "2025-01-10", "照片3张", "2025/2/1", "县政府网", sheettest.Date("45717"), nil, nil, nil},
			{2, "0990121002", "李庄村水渠", "李庄村", num("17.5"), "2025年1月12日", nil, nil, nil, nil, nil, nil, nil},
			{"合计", nil, nil, nil, num("50")},
		}, Merges: []string{"F2:G2", "H2:I2", "J2:K2", "L2:M2", "A2:A3", "B2:B3", "C2:C3", "D2:D3", "E2:E3"}}}},
	} {
		t.Run(name, func(t *testing.T) {
			var records []ledger.Record
			var rows []ledger.Row
			content := sheettest.Write(t, l.sheets...)
			report, err := Check(t.Context(), "表.xlsx", bytes.NewReader(content), int64(len(content)),
				Options{Records: func(r ledger.Record) error { records = append(records, r); return nil }},
				func(r ledger.Row) error { rows = append(rows, r); return nil })
			if err != nil {
				t.Fatal(err)
			}
			golden(t, name, "kind "+string(report.Kind)+"\n"+describe(report, rows)+describeRecords(records))
			if report.Kind != l.kind {
				t.Errorf("read as %s", report.Kind)
			}
			for _, f := range report.Findings {
				if f.Severity == ledger.Fatal && f.Rule != l.blocks {
					t.Errorf("blocks: %+v", f)
				}
			}
			if ledger.Blocks(report.Findings) != (l.blocks != "") {
				t.Error("blocked or not, as it should not")
			}
		})
	}
}
