package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"mingbai/fixtures"
	"mingbai/ingest"
	"mingbai/ledger"
)

// sheet writes a workbook of one sheet; the first row is the header.
func (w *world) sheet(name string, rows ...[]string) string {
	w.t.Helper()
	path := filepath.Join(w.dir, name)
	f, err := os.Create(path)
	w.must(err)
	wb := fixtures.NewWorkbook(f, fixtures.WorkbookOptions{Sheets: []fixtures.SheetInfo{{Name: "Sheet1"}}, Shared: true})
	page := wb.Sheet(nil, 0)
	for _, r := range rows {
		cells := make([]fixtures.Cell, len(r))
		for i, text := range r {
			cells[i] = fixtures.Text(text, fixtures.StyleText)
		}
		page.Row(cells...)
	}
	w.must(wb.Close())
	w.must(f.Close())
	return path
}

func testID(n int) string {
	first := fmt.Sprintf("99012119620304%03d", n)
	return first + string(ledger.IDCheckDigit(first))
}

var listHeader = []string{"姓名", "身份证号", "村", "补贴金额(元)"}

func fund(period string, more ...string) []string {
	return append([]string{"--fund", "GD01", "--period", period, "--as", "li"}, more...)
}

func (w *world) imported(path string, flags ...string) string {
	w.t.Helper()
	return w.ok(append([]string{"import", path}, flags...)...)
}

func (w *world) take(no string) {
	w.t.Helper()
	w.ok("certify", no, "--as", "wang")
	w.ok("publish", no, "--as", "wang")
}

func TestWarningsWantWords(t *testing.T) {
	w := newWorld(t)
	path := w.sheet("清册.xlsx", listHeader, []string{"张A", testID(1), "东门社区", "100"}, []string{"李四B", testID(2), "东门社区", "0"})
	w.refused("CEL-11", append([]string{"import", path}, fund("2025", "--note", "电话13912345678问过")...)...)
	no := w.imported(path, fund("2025")...)
	w.refused("3条“请核对”没有写明原因（Sheet1!A2 CEL-05、Sheet1!A3 CEL-05、Sheet1!D3 CEL-08）", "certify", no, "--as", "wang")
	w.refused("疑似含身份证号", "explain", no, "--as", "li", "--reason", "证号"+testID(1)+"核对过")
	w.ok("explain", no, "--as", "li", "--cell", "Sheet1!D3", "--reason", "本期暂停发放")
	w.ok("explain", no, "--as", "li", "--rule", "CEL-05", "--reason", "与户口簿一致")
	var kept struct {
		Findings []ledger.KeptFinding `json:"findings"`
	}
	w.must(json.Unmarshal([]byte(w.ok("findings", no, "--json")), &kept))
	reasons := map[string]string{}
	for _, f := range kept.Findings {
		reasons[f.Cell] = f.Reason + f.By
	}
	if reasons["A2"] != "与户口簿一致li" || reasons["D3"] != "本期暂停发放li" {
		t.Errorf("findings: %v", reasons)
	}
	if out := w.ok("findings", no); !strings.Contains(out, "W CEL-08  Sheet1!D3") || !strings.Contains(out, "li：本期暂停发放") {
		t.Errorf("findings:\n%s", out)
	}
	w.take(no)
	w.refused("复核之前", "explain", no, "--as", "li", "--reason", "晚了")
}

// A number that fails its own check is stopped, unless a certifier has seen the card; then its holder finds the money by
// typing it as it is.
func TestASpecialNumberIsAccepted(t *testing.T) {
	w := newWorld(t)
	special := testID(1)[:17] + "0"
	if special == testID(1) {
		special = testID(1)[:17] + "1"
	}
	w.refused("XR-01", append([]string{"import", w.sheet("两错.xlsx", listHeader, []string{"张三", special, "东门社区", "100"},
		[]string{"合计", "", "", "90"})}, fund("2025")...)...)
	path := w.sheet("特殊.xlsx", listHeader, []string{"张三", special, "东门社区", "100"}, []string{"李四", testID(2), "东门社区", "50"})
	if code, out, _ := w.run("check", path); code != exitFindings || !strings.Contains(out, "F CEL-03  Sheet1!B2") {
		t.Errorf("check: exit %d\n%s", code, out)
	}
	no := w.imported(path, fund("2025")...)
	w.refused("1条证号校验不通过（Sheet1!B2 CEL-03）", "certify", no, "--as", "wang")
	w.ok("user", "add", "wu", "--name", "吴经办", "--role", "clerk")
	w.refused("没有“复核”权限", "accept", no, "--as", "wu", "--rule", "CEL-03", "--reason", "x")
	w.refused("只能改好后重新上传", "accept", no, "--as", "wang", "--rule", "XR-01", "--reason", "x")
	w.ok("accept", no, "--as", "wang", "--rule", "CEL-03", "--cell", "Sheet1!B2", "--reason", "与身份证原件一致，公安已确认")
	w.take(no)
	if out := w.ok("lookup", "--name", "张三", "--id", special); !strings.Contains(out, "100.00元") {
		t.Errorf("lookup:\n%s", out)
	}
	b := newBrowser(t, w.serve())
	if code, page := b.lookup("张三", special); code != 200 || !strings.Contains(page, "100.00") || strings.Contains(page, special) {
		t.Errorf("the holder's page: %d\n%.600s", code, page)
	}
	if code, page := b.lookup("张三", testID(1)); code != 200 || !strings.Contains(page, "没有查到") {
		t.Errorf("the number as it should have been: %d", code)
	}
	if dump := w.dump(); strings.Contains(dump, special) || strings.Contains(dump, special[6:14]) {
		t.Error("the special number stands in the books")
	}
}

func TestColumnsNamedOnceAreRemembered(t *testing.T) {
	w := newWorld(t)
	header := []string{"乡亲", "身份证号", "庄子", "本次下拨(元)"}
	book := func(year int) string {
		return w.sheet(fmt.Sprintf("%d.xlsx", year), header, []string{"张三", testID(1), "东门社区", fmt.Sprint(year - 2000)})
	}
	hand := []string{"--map", "乡亲=head_name", "--map", "C=village", "--map", "本次下拨=amount"}
	first := w.imported(book(2021), fund("2021", hand...)...)
	w.refused("HDR-0", append([]string{"import", book(2022)}, fund("2022")...)...) // not yet certified: not learnt
	w.take(first)
	second := w.imported(book(2022), fund("2022")...)
	var kept struct {
		Findings []ledger.KeptFinding `json:"findings"`
	}
	w.must(json.Unmarshal([]byte(w.ok("findings", second, "--json")), &kept))
	if !slices.ContainsFunc(kept.Findings, func(f ledger.KeptFinding) bool {
		return f.Rule == "HDR-08" && f.Severity == ledger.Inform && strings.HasPrefix(f.Message, "采用了上次的列对应：“乡亲”作为户主姓名")
	}) {
		t.Errorf("not told: %+v", kept.Findings)
	}
	w.take(second)
	if out := w.ok("search", "张三"); !strings.Contains(out, "张三") {
		t.Errorf("search:\n%s", out)
	}

	third := w.imported(book(2023), fund("2023")...)
	list := w.ok("mapping", "list")
	signature, _, _ := strings.Cut(list, " ")
	if !strings.Contains(list, "第4列 本次下拨 = amount  批次"+first) {
		t.Errorf("mapping list:\n%s", list)
	}
	w.ok("mapping", "forget", signature, "--as", "li")
	w.refused("XB-04", "certify", third, "--as", "wang") // what it was read by no longer holds
	var r struct {
		Batch  int64         `json:"batch"`
		Report ingest.Report `json:"report"`
	}
	_, out, _ := w.run("import", book(2023), "--batch", third, "--as", "li", "--json")
	w.must(json.Unmarshal([]byte(out), &r))
	if r.Batch != 0 || !ledger.Blocks(r.Report.Findings) {
		t.Errorf("without its mapping: %+v", r)
	}
	w.imported(book(2023), append([]string{"--batch", third, "--as", "li"}, hand...)...)
	w.take(third)
	if out := w.ok("mapping", "list", "--json"); !strings.Contains(out, `"batch":`+third) {
		t.Errorf("learnt again:\n%s", out)
	}
	w.ok("reindex")
	w.ok("verify")
}

func TestTheCountysOwnWords(t *testing.T) {
	w := newWorld(t)
	w.ok("user", "add", "guan", "--name", "管理", "--role", "admin")
	path := w.sheet("清册.xlsx", []string{"姓名", "身份证号", "村", "补贴金额(元)", "附记"}, []string{"张三", testID(1), "东门社区", "100", "新户"})
	no := w.imported(path, fund("2025", "--note", "附记不用导入")...)
	add := func(label string, flags ...string) []string {
		return append([]string{"dictionary", "add", label, "--as", "guan"}, flags...)
	}
	w.refused("没有这一类表格", add("附记", "--kind", "lottery", "--use", "known", "--field", "note")...)
	w.refused("没有字段", add("附记", "--kind", "subsidy", "--field", "remark")...)
	w.refused("不予公开", add("手机号", "--kind", "subsidy", "--field", "group")...)
	w.refused("没有“管理”权限", "dictionary", "add", "附记", "--as", "li", "--kind", "subsidy", "--use", "known", "--field", "note")
	w.ok(add("附记", "--kind", "subsidy", "--use", "known", "--field", "note")...)

	w.refused("XB-04", "certify", no, "--as", "wang")
	if again := w.imported(path, "--batch", no, "--as", "li"); again != no {
		t.Errorf("the re-check is batch %s, not %s", again, no)
	}
	w.refused("FILE-06", "import", path, "--batch", no, "--as", "li") // now nothing is new
	w.take(no)

	words := filepath.Join(w.dir, "词典.txt")
	w.must(os.WriteFile(words, []byte(w.ok("dictionary", "list")+"\n"), 0o600))
	var with, without ingest.Report
	w.must(json.Unmarshal([]byte(w.ok("check", path, "--json", "--dictionary", words)), &with))
	w.must(json.Unmarshal([]byte(w.ok("check", path, "--json")), &without))
	told := func(r ingest.Report) bool {
		return slices.ContainsFunc(r.Findings, func(f ledger.Finding) bool { return f.Rule == "HDR-04" })
	}
	if told(with) || !told(without) || with.Rules == without.Rules {
		t.Errorf("with the county's words %+v, without %+v", with.Findings, without.Findings)
	}
	if batch, err := w.db.Batch(t.Context(), 1); err != nil || batch.RuleVersion != with.Rules {
		t.Errorf("the batch was checked by %s, the file says %s (%v)", batch.RuleVersion, with.Rules, err)
	}
	w.must(os.WriteFile(words, []byte("field amount 金额"), 0o600))
	w.refused("词典第1行", "check", path, "--dictionary", words)
	w.ok("dictionary", "remove", "附记", "--kind", "subsidy", "--as", "guan")
	if out := w.ok("dictionary", "list", "--all"); !strings.Contains(out, "guan 去掉") || w.ok("dictionary", "list") != "" {
		t.Errorf("the history of words:\n%s", out)
	}
}

func TestAMendedWorkbookGoesOnWithItsBatch(t *testing.T) {
	w := newWorld(t)
	w.ok("user", "add", "wu", "--name", "吴经办", "--role", "clerk,certifier")
	good := func(name, amount string) string {
		return w.sheet(name, listHeader, []string{"张三", testID(1), "东门社区", amount}, []string{"合计", "", "", "100"})
	}
	bad := good("错.xlsx", "90")
	before := w.census()
	w.refused("账库没有变化", append([]string{"import", bad}, fund("2025")...)...)
	if after := w.census(); after != before {
		t.Errorf("the books changed:\n%s\n%s", before, after)
	}
	code, out, errs := w.run(append([]string{"import", bad}, fund("2025", "--keep")...)...)
	no := strings.TrimSpace(out[strings.LastIndex(strings.TrimSpace(out), "\n")+1:])
	if code != exitFindings || !strings.Contains(errs, "已留在批次"+no) || !strings.Contains(out, "XR-01") {
		t.Fatalf("--keep: exit %d\n%s%s", code, out, errs)
	}
	w.refused("改好后重新上传", "certify", no, "--as", "wang")
	if again := w.imported(good("对.xlsx", "100"), "--batch", no, "--as", "wu"); again != no {
		t.Errorf("the mended file is batch %s, not %s", again, no)
	}
	w.refused("复核人不能是上传人", "certify", no, "--as", "li") // of the first revision
	w.refused("复核人不能是上传人", "certify", no, "--as", "wu")
	w.ok("certify", no, "--as", "wang")
	w.ok("reject", no, "--as", "wang", "--reason", "村名再核一下")
	w.imported(w.sheet("再改.xlsx", listHeader, []string{"张三", testID(1), "东门社区", "100"}), "--batch", no, "--as", "li")
	w.take(no)
	var history struct {
		Revisions []ledger.Revision `json:"revisions"`
	}
	w.must(json.Unmarshal([]byte(w.ok("history", no, "--json")), &history))
	if r := history.Revisions; len(r) != 3 || r[0].Fatal != 1 || r[0].Ended != ledger.Replaced || r[1].Opinion != "村名再核一下" || r[2].Ended != "" {
		t.Errorf("history: %+v", history)
	}
	if out := w.ok("history", no); !strings.Contains(out, "第2稿") || !strings.Contains(out, "wang 退回：村名再核一下") {
		t.Errorf("history:\n%s", out)
	}
	w.refused("没有批次", "history", "999")
	for _, args := range [][]string{
		{"import", bad, "--as", "li"},
		{"import", bad, "--as", "li", "--fund", "GD01"},
		{"import", bad, "--as", "li", "--batch", no, "--fund", "GD01", "--period", "2025"},
	} {
		if code, _, errs := w.run(args...); code != exitUsage || !strings.Contains(errs, "用法不对") {
			t.Errorf("%v: exit %d, %s", args, code, errs)
		}
	}
	w.ok("reindex")
	w.ok("verify")
}
