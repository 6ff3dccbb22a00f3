package portal

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"mingbai/ledger"
	"mingbai/ledger/inquiry"
)

// fills does an act by the form that a slip shows for it: only what may be done has one.
func (s *officeSite) fills(login, id, act string, pairs ...string) answer {
	s.t.Helper()
	s.enter(login)
	page := s.get("/office/desk/case/" + id)
	s.status(page, http.StatusOK)
	checkWhole(s.t, page)
	if len(page.all("input[name=act][value='"+act+"']")) != 1 {
		s.t.Fatalf("%s sees no form for %s: %s", login, act, page.text("main"))
	}
	return s.fillsOld(page, id, act, pairs...)
}

// fillsOld sends an act's form of a page that was opened before.
func (s *officeSite) fillsOld(page answer, id, act string, pairs ...string) answer {
	s.t.Helper()
	fields := []string{"act", act, "seen", page.attr("input[name=seen]", "value")}
	if hash := page.attr("input[name=hash]", "value"); hash != "" {
		fields = append(fields, "hash", hash)
	}
	return s.sends("/office/desk/case/"+id, s.token(), append(fields, pairs...))
}

func (s *officeSite) done(a answer, id string) {
	s.t.Helper()
	s.goes(a, "/office/desk/case/"+id+"?said=done")
}

func deskSite(t *testing.T, change ...func(*Config)) *officeSite {
	s := setupOffice(t, change...)
	s.add("duty2", ledger.RoleDuty)
	s.add("head2", ledger.RoleHead)
	s.must(s.accounts.SaveOfficer(t.Context(), "test", ledger.Officer{Login: "handler", Name: "承办员", Roles: []ledger.OfficeRole{ledger.RoleHandler}, Department: s.department}))
	return s
}

// The four people's road by the forms of the pages alone.
func TestTheDesksRoad(t *testing.T) {
	t.Parallel()
	s := deskSite(t)
	code := s.sendsOne(filed())
	id := s.caseOf(code)
	dep := s.path(":id")
	s.done(s.fills("duty", id, "register", "kind", "complaint", "track", "ordinary"), id)
	s.enter("duty")
	if page := s.get("/office/desk/case/" + id); len(page.all("input[value=countersign]")) != 0 {
		t.Error("who registered is offered the second signature")
	}
	s.done(s.fills("duty2", id, "countersign"), id)
	s.done(s.fills("duty", id, "forward", "lead", dep), id)
	s.done(s.fills("handler", id, "return.ask", "text", "不是本所的事"), id)
	s.done(s.fills("head", id, "return.grant", "text", "同意"), id)
	s.done(s.fills("duty2", id, "forward", "lead", dep), id)
	s.done(s.fills("handler", id, "sign"), id)
	s.done(s.fills("handler", id, "draft", "proposed", "第一稿"), id)
	s.done(s.fills("head", id, "sendback", "text", "写清依据"), id)
	s.done(s.fills("handler", id, "draft", "proposed", "张三丰家少登记0.1亩，差额下月补发。"), id)

	// An edit after the head opened the page, and one after the approval, are both told: nothing is done.
	s.enter("head")
	opened := s.get("/office/desk/case/" + id)
	s.says(opened, "main", "第一稿", "少登记0.1亩")
	s.says(opened, "#clocks", "全程", "审核", "2025年6月", "没有超期", "是怎么算出来的", "第10天，24时到期")
	s.done(s.fills("handler", id, "redraft", "proposed", "张三丰家少登记0.1亩，差额8.39元下月补发。"), id)
	s.enter("head")
	a := s.fillsOld(opened, id, "approve")
	s.status(a, http.StatusConflict)
	s.says(a, "#fault", "有了变化")
	s.enter("handler")
	stale := s.get("/office/desk/case/" + id)
	s.done(s.fills("head", id, "approve"), id)
	s.enter("handler")
	a = s.fillsOld(stale, id, "redraft", "proposed", "又改了")
	s.status(a, http.StatusConflict)
	s.says(s.tracks(code), "main", "8.39元")

	// The public copy is looked at first, and what leaks is not let through.
	s.enter("head")
	page := s.get("/office/desk/case/" + id)
	leaky := []string{"title", "面积核对", "question", "张 三丰反映面积少了，电话１３８００００１１１１。", "answer", "已更正，见处理笺2025-000001。"}
	a = s.fillsOld(page, id, "publish", append([]string{"look", "1"}, leaky...)...)
	s.status(a, http.StatusOK)
	s.says(a, "main", "来件人的姓名", "来件人的电话", "处理笺号", "和原文的差别")
	a = s.fillsOld(page, id, "publish", leaky...)
	s.status(a, http.StatusUnprocessableEntity)
	if a.attr("input[name=title]", "value") != "面积核对" {
		t.Error("what was written is lost")
	}
	s.done(s.fillsOld(page, id, "publish", "title", "面积核对", "question", "有村民反映面积少登记。", "answer", "已更正。"), id)
	s.says(s.get("/answers"), "main", "面积核对")
	if a := s.get("/api/v1/answers"); !strings.Contains(a.body, "面积核对") || !strings.Contains(a.body, `"total":1,`) {
		t.Errorf("the API answers %s", a.body)
	}

	rated := s.acts(s.tracks(code), map[string]string{"act": "rate", "rating": "not"})
	s.says(s.acts(rated, map[string]string{"act": "reopen", "text": "还不对"}), "main", "重办")
	s.done(s.fills("duty", id, "direct"), id)
	s.done(s.fills("duty", id, "draft", "proposed", "第二轮答复"), id)
	a = s.fills("head", id, "approve")
	s.status(a, http.StatusForbidden)
	s.says(a, "#fault", "上一轮的审核人")
	s.done(s.fills("head2", id, "approve"), id)
	s.now = s.now.AddDate(0, 0, 20)
	if n, err := s.desk.WakeInquiries(t.Context()); err != nil || n != 1 {
		t.Errorf("woken %d, %v", n, err)
	}
	s.says(s.tracks(code), "main", "办结", "第二轮答复")
	if found, err := s.desk.VerifyInquiries(t.Context()); err != nil || len(found) > 0 {
		t.Errorf("verify %v, %v", found, err)
	}
}

// Who drafted finds no button to approve, and the books refuse the form that is sent all the same.
func TestADrafterCannotApprove(t *testing.T) {
	t.Parallel()
	s := deskSite(t)
	s.must(s.accounts.SaveOfficer(t.Context(), "test", ledger.Officer{Login: "duty", Name: "两职", Roles: []ledger.OfficeRole{ledger.RoleDuty, ledger.RoleHead}}))
	secret, err := s.accounts.GiveSecondFactor(t.Context(), "test", "duty")
	s.must(err)
	s.secrets["duty"] = secret
	id := s.caseOf(s.sendsOne(filed()))
	s.does("duty", id, inquiry.Deed{Act: inquiry.Register, Facts: inquiry.Facts{Kind: inquiry.Complaint, Track: inquiry.Ordinary}})
	s.does("duty2", id, inquiry.Deed{Act: inquiry.Countersign})
	s.does("duty", id, inquiry.Deed{Act: inquiry.TakeDirect})
	s.does("duty", id, inquiry.Deed{Act: inquiry.Draft, Proposed: "答复"})
	s.enter("duty")
	page := s.get("/office/desk/case/" + id)
	if len(page.all("input[value=approve]")) != 0 {
		t.Error("the drafter is offered the approval")
	}
	a := s.fillsOld(page, id, "approve", "hash", string(inquiry.HashOf("答复")))
	s.status(a, http.StatusForbidden)
	s.says(a, "#fault", "起草过")
}

// The conflict block: a department that is complained of is neither offered nor taken, and sees nothing.
func TestWhoIsComplainedOf(t *testing.T) {
	t.Parallel()
	s := deskSite(t)
	id := s.caseOf(s.sendsOne(filed()))
	dep := s.path(":id")
	s.done(s.fills("duty", id, "register", "kind", "complaint", "track", "ordinary", "against", dep, "persons", "supervisor"), id)
	s.done(s.fills("duty2", id, "countersign"), id)
	s.enter("duty")
	page := s.get("/office/desk/case/" + id)
	if len(page.all("select[name=lead] option[value='"+dep+"']")) != 0 {
		t.Error("the department complained of is offered")
	}
	a := s.fillsOld(page, id, "forward", "lead", dep)
	s.status(a, http.StatusForbidden)
	s.says(a, "#fault", "被投诉的部门")
	for _, login := range []string{"handler", "supervisor"} {
		s.enter(login)
		s.status(s.get("/office/desk/case/"+id), http.StatusNotFound)
		if a := s.get("/office/desk?tab=all"); strings.Contains(a.body, "补贴少了") {
			t.Errorf("%s, complained of, sees it in the list", login)
		}
	}
}

// A sealed report is invisible to the desk by page, URL, slip, search and count, and by the attachment's address.
func TestASealedReportOnThePages(t *testing.T) {
	t.Parallel()
	s := deskSite(t)
	code := s.sendsOne(filed("kind", "report", "to", "discipline", "subject", "密封的举报"), sentFile{"证据.pdf", plainPDF})
	id := s.caseOf(code)
	tr, err := s.desk.Track(t.Context(), id)
	s.must(err)
	s.says(s.tracks(code), "main", "已移送纪检", "纪检监察机关")
	for _, role := range ledger.OfficeRoles {
		login := string(role)
		s.enter(login)
		if !strings.Contains("duty handler head supervisor auditor discipline", login) {
			continue
		}
		for _, path := range []string{"/office/desk", "/office/desk?tab=all", "/office/desk?tab=register", "/office", "/office/desk/days"} {
			a := s.get(path)
			if strings.Contains(a.body, "密封的举报") || strings.Contains(a.body, id) {
				t.Errorf("%s sees it on %s", login, path)
			}
		}
		if a := s.get("/office/desk?tab=all"); !strings.Contains(a.text("main"), "没有。") {
			t.Errorf("%s: the list tells it: %s", login, a.text("main"))
		}
		want := http.StatusNotFound
		if role == ledger.RoleDiscipline {
			want = http.StatusOK
		}
		for _, path := range []string{"/office/desk/case/" + id, "/office/desk/case/" + id + "/files/" + tr.Files[0].ID} {
			a := s.get(path)
			s.status(a, want)
			if want == http.StatusNotFound && a.settled() != s.get("/office/desk/case/nosuchcase").settled() {
				t.Errorf("%s: %s is answered otherwise than a case that does not exist", login, path)
			}
		}
		sealed := s.get("/office/desk/sealed")
		if seen := strings.Contains(sealed.body, "密封的举报"); seen != (role == ledger.RoleDiscipline) {
			t.Errorf("%s sees the sealed list: %v", login, seen)
		}
	}
	s.enter("discipline")
	s.done(s.fills("discipline", id, "acknowledge", "text", "已受理"), id)
	s.says(s.tracks(code), "main", "纪检监察机关告知受理")
	if log := s.logged.String(); strings.Contains(log, id) || strings.Contains(log, "密封的举报") {
		t.Error("the log names it")
	}
}

// The sender shows on the one answer to a stated purpose.
func TestTheSenderShowsOnce(t *testing.T) {
	t.Parallel()
	s := deskSite(t)
	id := s.caseOf(s.sendsOne(filed()))
	s.enter("duty")
	if a := s.get("/office/desk/case/" + id); strings.Contains(a.body, "张三丰") || strings.Contains(a.body, "13800001111") {
		t.Error("the sender shows unasked")
	}
	s.status(s.post("/office/desk/case/"+id+"/sender", "purpose", ""), http.StatusUnprocessableEntity)
	a := s.post("/office/desk/case/"+id+"/sender", "purpose", "电话核对")
	s.says(a, "main", "张三丰", "13800001111")
	if a := s.get("/office/desk/case/" + id); strings.Contains(a.body, "张三丰") {
		t.Error("the sender shows again")
	}
	if n := s.lines("action = 'inquiry.sender'"); n != 1 {
		t.Errorf("%d sights written down", n)
	}
}

func TestAFileIsHandedOverToBeKept(t *testing.T) {
	t.Parallel()
	s := deskSite(t)
	id := s.caseOf(s.sendsOne(filed(), sentFile{"证明 材料.pdf", plainPDF}))
	tr, err := s.desk.Track(t.Context(), id)
	s.must(err)
	s.enter("duty")
	a := s.get("/office/desk/case/" + id + "/files/" + tr.Files[0].ID)
	s.status(a, http.StatusOK)
	for name, want := range map[string]string{
		"Content-Disposition": "attachment", "X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox", "Content-Type": "application/pdf",
	} {
		if !strings.Contains(a.Header.Get(name), want) {
			t.Errorf("%s: %q", name, a.Header.Get(name))
		}
	}
	if a.body != string(plainPDF) {
		t.Error("not the file that was sent")
	}
}

// What comes by telephone is written down by duty, and the code is told once.
func TestDutyEntersWhatComesByTelephone(t *testing.T) {
	t.Parallel()
	s := deskSite(t)
	s.enter("duty")
	a := s.sends("/office/desk/enter", s.token(), []string{"channel", "phone", "kind", "question", "subject", "什么时候发", "text", "问今年的什么时候发"})
	s.status(a, http.StatusOK)
	checkWhole(t, a)
	code := strings.Join(strings.Fields(a.text(".trackcode")), "-")
	s.says(s.tracks(code), "main", "什么时候发", "待登记")
	s.enter("head")
	s.status(s.sends("/office/desk/enter", s.token(), []string{"channel", "phone", "kind", "question", "subject", "x", "text", "x"}), http.StatusForbidden)
}

func TestDiff(t *testing.T) {
	t.Parallel()
	text := func(parts []diffPart) string {
		var b strings.Builder
		for _, p := range parts {
			switch {
			case p.Out:
				b.WriteString("-" + p.Text + "-")
			case p.New:
				b.WriteString("+" + p.Text + "+")
			default:
				b.WriteString(p.Text)
			}
		}
		return b.String()
	}
	for _, c := range [][3]string{
		{"张三丰家少了", "某村民家少了", "-张三丰-+某村民+家少了"}, {"甲乙", "甲乙", "甲乙"}, {"", "甲", "+甲+"}, {"甲", "", "-甲-"}, {"", "", ""},
	} {
		if got := text(diff(c[0], c[1])); got != c[2] {
			t.Errorf("%q to %q: %q, want %q", c[0], c[1], got, c[2])
		}
	}
	began := time.Now()
	diff(strings.Repeat("甲乙丙", 800), strings.Repeat("丙乙甲", 800))
	t.Logf("two texts of 2400 characters took %v", time.Since(began))
}
