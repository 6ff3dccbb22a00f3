package main

import (
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mingbai/fixtures"
	"mingbai/ledger"
)

// publishTable takes a workbook of another kind than subsidy the whole road and answers its batch number.
func (w *world) publishTable(dir string, t fixtures.Table) string {
	w.t.Helper()
	return w.publish(filepath.Join(dir, t.File), fixtures.Book{Fund: t.Fund, Period: t.Period})
}

// tables makes and publishes the sample county's workbooks of other kinds; it answers the truth and batch numbers by file.
func (w *world) publishTables() (*fixtures.Truth, string, map[string]string) {
	w.t.Helper()
	dir := filepath.Join(w.dir, "county")
	w.ok("gen", "--out", dir, "--households", "20")
	truth, err := fixtures.ReadTruth(filepath.Join(dir, fixtures.TruthFile))
	w.must(err)
	numbers := map[string]string{}
	for _, t := range truth.Tables {
		numbers[t.File] = w.publishTable(dir, t)
	}
	return truth, dir, numbers
}

// tableBook writes a one-sheet workbook.
func (w *world) tableBook(name string, rows ...string) string {
	w.t.Helper()
	path := filepath.Join(w.dir, name)
	f, err := os.Create(path)
	w.must(err)
	wb := fixtures.NewWorkbook(f, fixtures.WorkbookOptions{Sheets: []fixtures.SheetInfo{{Name: "Sheet1"}}, Shared: true})
	sheet := wb.Sheet(nil, 0)
	for _, line := range rows {
		var cells []fixtures.Cell
		for _, text := range strings.Split(line, "|") {
			if _, err := ledger.ParseYuan(text); err == nil {
				cells = append(cells, fixtures.Number(text, fixtures.StyleMoney))
			} else {
				cells = append(cells, fixtures.Text(text, fixtures.StyleText))
			}
		}
		sheet.Row(cells...)
	}
	w.must(wb.Close())
	w.must(f.Close())
	return path
}

// Every kind of table goes from the clerk's file to its public page, and what it says there is what the file says.
func TestEveryKindReachesItsPage(t *testing.T) {
	w := newWorld(t)
	truth, _, numbers := w.publishTables()
	site := w.serve()
	kinds := map[ledger.FundKind]bool{}
	for _, table := range truth.Tables {
		kinds[table.Kind] = true
		_, page := get(t, site+"/funds/"+table.Fund+"?year="+string(table.Period))
		if !strings.Contains(page, table.File) || table.Total != 0 && !strings.Contains(page, table.Total.String()+" 元") {
			t.Errorf("the page of %s does not tell %s of %s", table.Fund, table.Total, table.File)
		}
	}
	if len(kinds) != 6 {
		t.Errorf("kinds %v", kinds)
	}
	for path, words := range map[string][]string{
		"/funds":      {"项目公示", "机构编制", "人员编制", "72 人", "11 个单位"},
		"/funds/ZX01": {"优质稻标准化基地", "清泉县农业农村局", "1,265,000.00", "126.5 万元", "文件下达 680 万元，分配 680 万元", "账目相符", "分配表 · 第 5 行"},
		"/funds/ZY01": {"石桥镇", "文号：清财预〔2025〕"},
		"/funds/XM01": {"申报前村级公示", "2025年1月10日", "村务公开栏照片3张", "还没有", "86.4 万元"},
		"/funds/BM01": {"清泉县财政局", "清泉县农业农村局", "2010601", "826.5 万元", "2,033.26 万元"},
		"/funds/BM01?unit=清泉县财政局&year=2025": {"一般公共服务支出"},
		"/funds/BZ01": {"农业技术推广站", "超编 3", "空编 2", "满编", "370 名", "360 人"},
		"/funds/RY01": {"按单位看", "清泉县审计局", "第 1—50 行，共 72 行"},
		"/funds/RY01?find=" + url.QueryEscape(truth.Staff[0].Name):          {"查到“" + truth.Staff[0].Name + "” ", truth.Staff[0].Name},
		"/funds/RY01?find=" + url.QueryEscape(truth.Staff[0].Name+" 没有这个局"): {"没有查到", "看全部"},
		"/funds/BZ01?find=" + url.QueryEscape("农业"):                         {"查到“农业” 2 行", "农业技术推广站"},
		"/funds/XM01?find=" + url.QueryEscape("水利局 渠"):                      {"查到“水利局 渠” 1 行", "沙洲村排灌渠"},
		"/funds/RY01?page=2&year=2025":                                      {"青山镇人民政府", "第 51—72 行"},
	} {
		code, page := get(t, site+path)
		for _, word := range words {
			if code != 200 || !strings.Contains(page, word) {
				t.Errorf("%s: %d, does not say %q", path, code, word)
			}
		}
	}
	if _, page := get(t, site+"/funds/BM01?year=2025&unit=清泉县财政局"); strings.Contains(page, "农林水") {
		t.Error("a unit's page shows another unit")
	}
	for _, path := range []string{"/funds/RY01?page=3", "/funds/RY01?page=x", "/funds/RY01?find=财政&page=9", "/funds/RY01?unit=没有这个单位"} {
		if code, _ := get(t, site+path); code != 404 {
			t.Errorf("%s: %d", path, code)
		}
	}
	if out := w.ok("compare", numbers["乡镇运转转移支付2025（定）.xlsx"]); !strings.Contains(out, "新增0行，减少0行，内容变化12行") {
		t.Errorf("towns in two years:\n%s", out)
	}
	w.ok("reindex")
	w.ok("verify")
}

// A table is corrected as a whole, withdrawn, brought back; each told in the open, none published twice.
func TestTablesAreMendedInTheOpen(t *testing.T) {
	w := newWorld(t)
	head := "单位名称|级别|核定编制|实有人数"
	take := func(no string) string {
		w.ok("certify", no, "--as", "wang")
		w.ok("publish", no, "--as", "wang")
		return no
	}
	imp := func(path, period string, more ...string) []string {
		return append([]string{"import", path, "--fund", "BZ01", "--period", period, "--as", "li", "--note", "已核对"}, more...)
	}
	take(w.ok(imp(w.tableBook("去年.xlsx", head, "县财政局|正科级|40|40"), "2024")...))
	old := take(w.ok(imp(w.tableBook("今年.xlsx", head, "县财政局|正科级|42|40", "县水利局|正科级|30|30"), "2025")...))
	w.refused("Sheet1!A3  第3行已在批次"+old+"公开。走更正并写明原因", imp(w.tableBook("又一份.xlsx", head, "县审计局|正科级|9|9", "县 水利局|正科级|31|30"), "2025")...)

	again := w.tableBook("更正.xlsx", head, "县财政局|正科级|42|41", "县水利局|正科级|30|30")
	w.refused("写明原因", imp(again, "2025", "--corrects", old)...)
	fix := w.ok(imp(again, "2025", "--corrects", old, "--reason", "人数登记有误")...)
	out := w.ok("compare", fix)
	if !strings.Contains(out, "1行 → 2行；新增1行，减少0行，内容变化1行") || !strings.Contains(out, "变化 县财政局") || !strings.Contains(out, "与上期相比行数变化+100%") {
		t.Errorf("compare:\n%s", out)
	}
	var c ledger.Comparison
	w.must(json.Unmarshal([]byte(w.ok("compare", fix, "--json")), &c))
	if c.Kind != ledger.Agency || len(c.Records) != 2 {
		t.Errorf("compare --json: %+v", c)
	}
	take(fix)
	site := w.serve()
	says := func(words ...string) {
		t.Helper()
		_, page := get(t, site+"/funds/BZ01?year=2025")
		for _, word := range words {
			if !strings.Contains(page, word) {
				t.Errorf("the page does not say %q", word)
			}
		}
	}
	says("已更正", "人数登记有误", "更正批次 "+old, "71 人")
	w.ok("withdraw", fix, "--as", "wang", "--reason", "重核")
	says("已撤回", "重核", "70 人")
	w.ok("revert", fix, "--as", "wang", "--reason", "无误")
	says("已更正", "71 人")
	w.ok("withdraw", fix, "--as", "wang", "--reason", "单位撤销", "--row", "3")
	says("第 3 行", "单位撤销", "41 人")
	w.ok("withdraw", fix, "--as", "wang", "--reason", "整批重核", "--sheet", "Sheet1", "--row", "2")
	says("公开过的批次都已撤回")
	w.ok("verify")
}

// A person in two units is seen by the number, which goes no further.
func TestOnePersonInTwoUnitsIsRefused(t *testing.T) {
	w := newWorld(t)
	n := "99012119700412003"
	id := n + string(checkDigit(n))
	book := w.tableBook("花名册.xlsx", "单位名称|姓名|身份证号|出生日期|职务", "县财政局|张三|"+id+"|1970-04-12|科员", "县水利局|张三|"+id+"|1970-04-12|科员")
	before := w.census()
	code, out, errs := w.run("import", book, "--fund", "RY01", "--period", "2025", "--as", "li", "--note", "已核对")
	if code != exitFindings || !strings.Contains(out, "XR-09") || !strings.Contains(out, "是同一人，却在两个单位") || strings.Contains(out+errs, id) || strings.Contains(out+errs, "1970-04-12") {
		t.Errorf("exit %d\n%s%s", code, out, errs)
	}
	hidden := w.tableBook("编码.xlsx", "单位编码|单位名称|核定编制|实有人数", id+" |县财政局|40|40")
	if code, out, errs := w.run("import", hidden, "--fund", "BZ01", "--period", "2025", "--as", "li", "--note", "已核对"); code != exitFindings || !strings.Contains(out, "CEL-11") || strings.Contains(out+errs, id) {
		t.Errorf("a number in a code's column: exit %d\n%s%s", code, out, errs)
	}
	w.refused("HDR", "import", w.tableBook("预算.xlsx", "科目编码|科目名称|合计（元）", "201|公共服务|100"), "--fund", "RY01", "--period", "2025", "--as", "li", "--note", "已核对")
	if after := w.census(); after != before {
		t.Errorf("the books changed:\n%s\n%s", before, after)
	}
}
