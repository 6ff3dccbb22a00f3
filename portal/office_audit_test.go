package portal

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"mingbai/ledger"
)

func TestAnAuditorReadsFiltersAndTakesAway(t *testing.T) {
	t.Parallel()
	s := setupOffice(t)
	no := s.publishGrain()
	s.enter("auditor")
	a := s.get("/office/audit")
	s.status(a, http.StatusOK)
	checkWhole(t, a)
	s.says(a, "tbody", "公开了批次1", "复核员 certifier", "行数 3，合计 3,122.58 元", "输对密码")
	s.says(a, "main", "还没有封存过每日摘要")
	if got := s.get("/office/audit?object=batch/1&actor=certifier&from=2025-06-03&until=2025-06-03"); len(got.all("tbody tr")) != 2 ||
		got.attr("option[selected]", "value") != "certifier" || got.attr("input[name=from]", "value") != "2025-06-03" {
		t.Errorf("%d lines of the certifier: %s", len(got.all("tbody tr")), got.text("tbody"))
	}
	s.says(s.get("/office/audit?until=2025-06-02"), "tbody", "没有这样的记录")
	a = s.get("/office/audit?from=gestern")
	s.status(a, http.StatusUnprocessableEntity)
	s.says(a, "#from-wrong", "日期不对")
	s.status(s.get("/office/audit?before=x"), http.StatusNotFound)

	for range auditLines {
		s.must(s.accounts.Refused(t.Context(), "clerk", ledger.ActPublish, fmt.Sprintf("batch/%d", no)))
	}
	first := s.get("/office/audit?action=refused")
	if n := len(first.all("tbody tr")); n != auditLines || first.attr("a[rel=next]", "href") != "" {
		t.Errorf("%d lines of %d on a page, next %q", n, auditLines, first.attr("a[rel=next]", "href"))
	}
	s.says(first, "tbody", "想打开或办理批次1，没有权限，被拒绝", "事项 公开批次")
	next := s.get(s.get("/office/audit").attr("a[rel=next]", "href"))
	if n := len(next.all("tbody tr")); n == 0 || next.attr("nav.pager a", "href") != "/office/audit" {
		t.Errorf("%d lines on the second page", n)
	}

	s.must(s.accounts.Refused(t.Context(), "clerk", ledger.ActPublish, "=cmd()"))
	csv := s.post("/office/audit/export", "action", "refused", "as", "csv")
	if n := strings.Count(csv.body, "\r\n"); !strings.HasPrefix(csv.body, "\ufeff序号,") || n != auditLines+2 || !strings.Contains(csv.body, ",'=cmd(),") {
		t.Errorf("%d lines: %.300s", n, csv.body)
	}
	if xlsx := s.post("/office/audit/export", "object", "batch/1", "as", "xlsx"); !strings.HasPrefix(xlsx.body, "PK") ||
		!strings.Contains(xlsx.Header.Get("Content-Disposition"), ".xlsx") {
		t.Errorf("%v", xlsx.Header)
	}
	if s.lines("action = 'audit.export' and actor = 'auditor'") != 2 {
		t.Error("the exports are not written down")
	}
	s.status(s.post("/office/audit/export", "from", "gestern"), http.StatusBadRequest)
	_, err := s.sql.Exec(t.Context(), `alter table audit disable trigger all; update audit set actor = 'nobody' where seq = (select max(seq) from audit)`)
	s.must(err)
	s.says(s.get("/office/audit"), "main [role=alert]", "1 条与自己的摘要不符")
}

func TestHarmless(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"": "", "=1+1": "'=1+1", "@x": "'@x", "-1": "'-1", "\tx": "'\tx", "张三": "张三", "＝1": "'＝1"} {
		if got := harmless(text); got != want {
			t.Errorf("%q becomes %q", text, got)
		}
	}
}
