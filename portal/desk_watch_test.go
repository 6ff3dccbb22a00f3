package portal

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"mingbai/ledger"
	"mingbai/ledger/inquiry"
)

// The board shows what is late and who has it; a supervisor orders by a day, the department answers, the supervisor lifts the order.
func TestTheBoardAndItsOrders(t *testing.T) {
	t.Parallel()
	s := deskSite(t) // Tuesday, 3 June 2025
	s.enter("supervisor")
	s.says(s.get("/office/desk/watch"), "main", "没有超期、快到期或督办中的来件", "共 0 件")
	id := s.caseOf(s.sendsOne(filed("subject", "面积不对")))
	sealed := s.caseOf(s.sendsOne(filed("subject", "有人冒领")))
	dep := s.path(":id")
	s.done(s.fills("duty", id, "register", "kind", "complaint", "track", "ordinary"), id)
	s.done(s.fills("duty2", id, "countersign"), id)
	s.done(s.fills("duty", id, "forward", "lead", dep), id)
	s.now = time.Date(2025, 6, 9, 10, 0, 0, 0, ledger.Shanghai) // the signature was due on Wednesday, 4 June

	s.enter("supervisor")
	page := s.get("/office/desk/watch")
	checkWhole(t, page)
	s.says(page, "main", "面积不对", "有人冒领", "超期 3 个工作日", "柳河镇财政所", "共 2 件")
	s.says(s.get("/office/desk/watch?department="+dep), "main", "面积不对", "共 1 件")
	s.says(s.get("/office/desk/watch?department=0&part=late"), "main", "有人冒领", "共 1 件")
	s.says(s.get("/office/desk/watch?part=ordered"), "main", "共 0 件")
	s.status(s.get("/office/desk/watch?part=nonsense"), http.StatusBadRequest)

	// A report goes to discipline: the board has never heard of it.
	s.does("duty", sealed, inquiry.Deed{Act: inquiry.Seal, Facts: inquiry.Facts{Text: "涉嫌违纪"}})
	s.enter("supervisor")
	if a := s.get("/office/desk/watch"); strings.Contains(a.body, "有人冒领") || strings.Contains(a.body, sealed) {
		t.Error("the board shows what went to discipline")
	} else {
		s.says(a, "main", "共 1 件")
	}

	for _, until := range []string{"2025-06-09", "2025-06-14", "2026-01-05"} { // today, a Saturday, too far
		a := s.fills("supervisor", id, "supervise", "text", "请马上签收", "until", until)
		s.status(a, http.StatusUnprocessableEntity)
		s.says(a, "#fault", "限期回复的日期")
	}
	s.done(s.fills("supervisor", id, "supervise", "text", "请马上签收，说明为什么迟了", "until", "2025-06-11"), id)
	s.says(s.get("/office/desk/watch?part=ordered"), "main", "等回复", "6月11日 24时")
	s.enter("handler")
	s.says(s.get("/office/desk"), "main", "督办中")
	s.done(s.fills("handler", id, "respond", "text", "人手不够，今天签收"), id)
	s.says(s.get("/office/desk/case/"+id), "main", "督办已回复")
	s.enter("supervisor")
	s.says(s.get("/office/desk/watch?part=ordered"), "main", "已回复，等解除")
	s.done(s.fills("supervisor", id, "lift", "text", "同意"), id)
	paper := s.get("/office/desk/case/" + id + "/orders")
	checkWhole(t, paper)
	s.says(paper, "main", "请马上签收", "2025年6月11日", "人手不够", "同意", "督查员")
	s.says(s.get("/office/desk/watch?part=ordered"), "main", "共 0 件")
	s.enter("duty")
	s.status(s.get("/office/desk/watch"), http.StatusForbidden)
	s.status(s.get("/office/desk/case/"+sealed+"/orders"), http.StatusNotFound)
	if found, err := s.desk.VerifyInquiries(t.Context()); err != nil || len(found) > 0 {
		t.Errorf("verify %v, %v", found, err)
	}
}

// The board has as many pages as it takes, and each case stands on one of them.
func TestTheBoardsPages(t *testing.T) {
	t.Parallel()
	s := deskSite(t)
	for n := range perDeskPage + 3 {
		_, _, err := s.desk.Send(t.Context(), inquiry.Filing{Kind: inquiry.Question, Channel: inquiry.Web, Subject: fmt.Sprintf("第%03d件", n), Text: "问一问"})
		s.must(err)
	}
	s.now = s.now.AddDate(0, 0, 7)
	s.enter("head")
	seen := ""
	for path, pages := "/office/desk/watch", 0; path != ""; pages++ {
		a := s.get(path)
		seen += a.text("main")
		if path = a.attr("nav.pager a[rel=next]", "href"); pages > 1 {
			t.Fatal("more pages than two")
		}
	}
	for n := range perDeskPage + 3 {
		if strings.Count(seen, fmt.Sprintf("第%03d件", n)) != 1 {
			t.Errorf("case %d is not on one page", n)
		}
	}
}
