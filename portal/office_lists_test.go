package portal

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"mingbai/ingest"
	"mingbai/ledger"
	"mingbai/ledger/postgres"
)

// plainLists reads workbooks in this process: package portal does not know package apart.
type plainLists struct{ *postgres.DB }

func (plainLists) Table(ctx context.Context, content []byte) ([]ingest.TableRow, error) {
	return ingest.ReadTable(ctx, bytes.NewReader(content), int64(len(content)))
}

func TestListsAreKeptInTheOffice(t *testing.T) {
	t.Parallel()
	s := setupOffice(t)
	s.enter("admin")
	a := s.get("/office/lists")
	checkWhole(t, a)
	s.says(a, "tbody", "行政区划", "资金项目", "工程项目", "没有启用核对")
	const units = "/office/lists/unit_name"
	for says, form := range map[string][]string{
		"名称：要填写":  {"v1", " "},
		"名称：太长了":  {"v1", strings.Repeat("局", 401)},
		"里面有身份证号": {"v1", "某局 990121195503124515"},
	} {
		a := s.post(units+"/line", form...)
		s.status(a, http.StatusUnprocessableEntity)
		s.says(a, "[role=alert]", says)
		checkWhole(t, a)
	}
	s.goes(s.post(units+"/line", "v1", "县农业农村局", "v2", "旧名农业局"), units+"?said=saved")
	a = s.post(units+"/line", "v1", "县农业农村局")
	s.status(a, http.StatusUnprocessableEntity)
	s.says(a, "#v1-wrong", "已经有了")
	a = s.get(units)
	checkWhole(t, a)
	s.says(a, "tbody", "县农业农村局", "旧名农业局")
	line := a.attr("tbody a", "href")
	a = s.get(line)
	checkWhole(t, a)
	if a.attr("#v1", "value") != "县农业农村局" || len(a.all("#v1[readonly]")) != 1 {
		t.Error("the key can be changed")
	}
	s.goes(s.post(units+"/line", "key", "县农业农村局", "v1", "别的", "v2", "改过"), units+"?said=saved")
	s.goes(s.post(units+"/retire", "key", "县农业农村局", "retired", "1"), units+"?said=saved")
	s.says(s.get(units), "tbody", "还是空的")
	s.says(s.get(units+"?retired=1"), ".off", "县农业农村局（停用）", "改过")
	s.says(s.get(line), "main", "已停用", "保存并恢复")
	a = s.get(units + "/history?code=" + url.QueryEscape("县农业农村局"))
	checkWhole(t, a)
	s.says(a, "tbody", "停用", "备注：“旧名农业局”改为“改过”", "新增", "admin")
	s.goes(s.post(units+"/held", "held", "1"), units+"?said=saved")
	s.says(s.get("/office/lists"), "tbody", "正在用来核对清册")
	for _, path := range []string{"/office/lists/nothing", units + "/line?key=nobody"} {
		s.status(s.get(path), http.StatusNotFound)
	}
	s.status(s.post("/office/lists/region/held", "held", "1"), http.StatusNotFound)
	s.status(s.post(units+"/retire"), http.StatusNotFound)

	for i := range listLines + 1 {
		s.must(s.db.SaveCodes(t.Context(), "admin", ledger.CodeLists[2], []ledger.CodeLine{{Values: []string{fmt.Sprintf("单位%02d", i), ""}}}))
	}
	a = s.get(units)
	if len(a.all("tbody tr")) != listLines || len(s.get(a.attr("a[rel=next]", "href")).all("tbody tr")) != 1 {
		t.Errorf("%d lines on the first page", len(a.all("tbody tr")))
	}
	s.says(s.get(units+"?words="+url.QueryEscape("单位07")), "main", "共 1 条")

	s.says(s.post("/office/lists/fund/line", "v1", "a b", "v2", "x", "v3", "subsidy", "v9", "public", "v10", "x"), "[role=alert]", "公开天数：要写整数")
	s.says(s.post("/office/lists/region/line", "v1", "990122101", "v2", "别县"), "[role=alert]", "不是本县的")
	s.says(s.post("/office/lists/region/line", "v1", "990121999201", "v2", "孤村"), "[role=alert]", "不在名录里")
	s.says(s.post("/office/lists/dictionary/line", "v1", "本次下拨", "v2", "subsidy", "v3", "field", "v4", "nothing"), "[role=alert]", "没有字段")
	s.goes(s.post("/office/lists/dictionary/line", "v1", "本次下拨", "v2", "subsidy", "v3", "field", "v4", "amount"), "/office/lists/dictionary?said=saved")
	s.says(s.get("/office/lists/dictionary"), "tbody", "本次下拨", "到户补贴", "导入", "amount")
}

func (s *officeSite) book(rows ...[]string) []byte {
	s.t.Helper()
	var b bytes.Buffer
	s.must(ingest.WriteTable(s.t.Context(), &b, "表", nil, slices.Values(rows)))
	return b.Bytes()
}

func TestAListIsTakenOutAndBroughtBack(t *testing.T) {
	t.Parallel()
	s := setupOffice(t)
	s.enter("admin")
	const regions = "/office/lists/region"
	out := s.get(regions + "/export")
	rows, err := ingest.ReadTable(t.Context(), strings.NewReader(out.body), int64(len(out.body)))
	s.must(err)
	if len(rows) != 6 || rows[0].Texts[0] != "代码" || rows[1].Texts[1] != "清泉县" {
		t.Fatalf("the export holds %v", rows)
	}
	head := []string{"代码", "名称"}
	bring := func(rows ...[]string) answer {
		return s.attach(regions+"/import", "file", "区划.xlsx", s.book(rows...))
	}
	for says, a := range map[string]answer{
		"请选择要导入的文件":  s.attach(regions+"/import", "file", "", nil),
		"第1行：列名应依次是": bring([]string{"名称", "代码"}),
		"没有数据行":      bring(head),
		"C2：比列名多出一格": bring(head, []string{"990121102", "柳河镇", "x"}),
		"文件读不出来":     s.attach(regions+"/import", "file", "区划.xlsx", []byte("PK\x03\x04 nothing")),
	} {
		s.status(a, http.StatusUnprocessableEntity)
		s.says(a, "#file-wrong", says)
		checkWhole(t, a)
	}
	a := bring(head, []string{"990121102", "柳河镇"}, []string{"990121103", "石桥镇"}, []string{"990121104", "新镇"}, []string{"99012", "错"}, []string{"990121104", "再来"})
	s.status(a, http.StatusOK)
	checkWhole(t, a)
	s.says(a, "main", "新增 1 条，修改 1 条，1 条没有变化，2 条有问题", "A5 代码：应为6、9或12位数字", "A6 代码：和第4行重复", "名称：“石桥乡”改为“石桥镇”")
	if len(a.all("form[action$=save]")) != 0 {
		t.Error("what has faults can be saved")
	}
	a = bring(head, []string{"990121103", "石桥镇"}, []string{"990121104", "新镇"})
	id := a.attr("input[name=id]", "value")
	if r, _ := s.db.Regions(t.Context()); len(r) != 5 {
		t.Errorf("%d regions before anything was saved", len(r))
	}
	s.goes(s.post(regions+"/import/save", "id", id), regions+"?said=saved")
	s.says(s.get(regions), "tbody", "石桥镇", "新镇")
	s.status(s.post(regions+"/import/save", "id", id), http.StatusNotFound)
	s.says(bring(head, []string{"990121103", "石桥镇"}), ".notice-line", "没有要保存的")
	back := s.get("/office/lists/fund/export")
	s.says(s.attach("/office/lists/fund/import", "file", "项目.xlsx", []byte(back.body)), "main", "1 条没有变化")
}
