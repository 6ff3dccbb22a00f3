package portal

import (
	"bytes"
	"encoding/csv"
	"net/http"
	"strings"
	"testing"
	"time"

	"mingbai/ingest"
	"mingbai/ledger"
	"mingbai/ledger/inquiry"
)

// routed takes a case to where somebody works on it.
func (s *officeSite) routed(id string) {
	s.t.Helper()
	s.does("duty", id, inquiry.Deed{Act: inquiry.Register, Facts: inquiry.Facts{Kind: inquiry.Complaint, Track: inquiry.Ordinary}})
	s.does("duty2", id, inquiry.Deed{Act: inquiry.Countersign})
	s.does("duty", id, inquiry.Deed{Act: inquiry.TakeDirect})
}

// The papers of a case: each when its time has come, numbered by the slip, and those that leave the office without a name.
func TestThePapersOfACase(t *testing.T) {
	t.Parallel()
	s := deskSite(t)
	id := s.caseOf(s.sendsOne(filed("subject", "张三丰家补贴少了", "text", "我叫张三丰，电话13800001111")))
	paper := func(p inquiry.Paper) string { return "/office/desk/case/" + id + "/papers/" + string(p) }
	s.enter("duty")
	for _, p := range []inquiry.Paper{inquiry.AcceptPaper, inquiry.RefusalPaper, inquiry.FeedbackPaper} {
		s.status(s.get(paper(p)), http.StatusConflict)
	}
	s.status(s.get(paper("nothing")), http.StatusNotFound)
	s.routed(id)
	s.enter("duty")
	if a := s.get("/office/desk/case/" + id); a.text(".papers") != "文书：处理笺 受理通知单" {
		t.Errorf("the case leads to %q", a.text(".papers"))
	}
	accept := s.get(paper(inquiry.AcceptPaper))
	checkWhole(t, accept)
	s.says(accept, ".paper", "清泉县财政局受理通知单", "编号：2025-000001", "来件人家补贴少了", "办理期限")
	for _, secret := range []string{"张三丰", "13800001111", "值班员"} {
		if strings.Contains(accept.text(".paper"), secret) {
			t.Errorf("%s stands on a paper that leaves the office", secret)
		}
	}
	s.does("duty", id, inquiry.Deed{Act: inquiry.Draft, Proposed: "核对过了，差额下月补发。"})
	s.does("head", id, inquiry.Deed{Act: inquiry.Approve, Facts: inquiry.Facts{Answer: inquiry.HashOf("核对过了，差额下月补发。")}})
	s.enter("duty")
	slip := s.get(paper(inquiry.SlipPaper))
	checkWhole(t, slip)
	s.says(slip, ".paper", "财政局处理笺", "2025-000001", "我叫张三丰", "会签登记", "拟答复：核对过了，差额下月补发。", "审核同意", "审核员（审核）", "值班员（值班）")
	s.says(s.get(paper(inquiry.FeedbackPaper)), ".paper", "满意情况反馈单", "□ 满意", "签名：")

	// A name goes onto one for whom it is released, on that answer alone.
	s.status(s.post(paper(inquiry.FeedbackPaper), "purpose", ""), http.StatusUnprocessableEntity)
	s.says(s.post(paper(inquiry.FeedbackPaper), "purpose", "邮寄反馈单"), ".paper", "张三丰（13800001111）：")
	if a := s.get(paper(inquiry.FeedbackPaper)); strings.Contains(a.body, "张三丰") {
		t.Error("the name stays on the paper")
	}
	s.status(s.post(paper(inquiry.SlipPaper), "purpose", "x"), http.StatusNotFound)
	if made, seen := s.lines("action = 'inquiry.paper'"), s.lines("action = 'inquiry.sender'"); made != 6 || seen != 1 {
		t.Errorf("%d papers and %d sights written down", made, seen)
	}
	// Who may not know of the case has no paper of it.
	s.enter("handler")
	s.status(s.get(paper(inquiry.SlipPaper)), http.StatusNotFound)
}

// A refusal names its ground, the right place and the way to contest it.
func TestThePaperOfARefusal(t *testing.T) {
	t.Parallel()
	s := deskSite(t)
	id := s.caseOf(s.sendsOne(filed()))
	s.does("duty", id, inquiry.Deed{Act: inquiry.Register, Facts: inquiry.Facts{Kind: inquiry.Complaint, Track: inquiry.Ordinary}})
	s.does("duty2", id, inquiry.Deed{Act: inquiry.Countersign})
	s.does("duty", id, inquiry.Deed{Act: inquiry.ProposeRefusal, Facts: inquiry.Facts{Ground: "court", Right: "县人民法院", Text: "已经起诉"}})
	s.does("head", id, inquiry.Deed{Act: inquiry.Refuse})
	s.enter("head")
	a := s.get("/office/desk/case/" + id + "/papers/refusal")
	checkWhole(t, a)
	s.says(a, ".paper", "不予受理告知书", "2025-000001", "诉讼", "已经起诉", "县人民法院反映", "提出一次", "2025年6月3日")
}

// A case that went to discipline is in no register, and the desk gets no paper of it; discipline does, and that is written down
// without saying which.
func TestSealedCasesAreOnNoPaperOfTheDesk(t *testing.T) {
	t.Parallel()
	s := deskSite(t)
	sealed := s.caseOf(s.sendsOne(filed("kind", "report", "to", "discipline", "subject", "密封的举报")))
	moved := s.caseOf(s.sendsOne(filed("subject", "后来移送的")))
	s.routed(moved)
	s.does("duty", moved, inquiry.Deed{Act: inquiry.Seal})
	s.sendsOne(filed("subject", "留下的"))
	for _, login := range []string{"duty", "head", "supervisor", "auditor", "discipline"} {
		s.enter(login)
		a := s.get("/office/desk/register?month=2025-06")
		s.says(a, "main", "共 1 件", "留下的")
		for _, path := range []string{"/office/desk/register?month=2025-06&as=xlsx", "/office/desk/cases.xlsx", "/office/desk/cases.xlsx?tab=all"} {
			if rows := s.workbook(path); len(rows) != 2 || rows[1].Texts[5] != "留下的" {
				t.Errorf("%s takes away %v by %s", login, rows, path)
			}
		}
		for _, id := range []string{sealed, moved} {
			want := http.StatusNotFound
			if login == "discipline" {
				want = http.StatusOK
			}
			s.status(s.get("/office/desk/case/"+id+"/papers/slip"), want)
		}
	}
	if n := s.lines("action = 'inquiry.paper' and object = 'inquiry'"); n != 2 {
		t.Errorf("%d lines of audit for discipline's papers", n)
	}
}

func (s *officeSite) workbook(path string) []ingest.TableRow {
	s.t.Helper()
	a := s.get(path)
	s.status(a, http.StatusOK)
	rows, err := ingest.ReadTable(s.t.Context(), strings.NewReader(a.body), int64(len(a.body)))
	s.must(err)
	return rows
}

// The register of a day has its two signatures.
func TestTheRegistersSignatures(t *testing.T) {
	t.Parallel()
	s := deskSite(t)
	id := s.caseOf(s.sendsOne(filed()))
	s.routed(id)
	s.now = s.now.AddDate(0, 0, 1)
	day := time.Date(2025, 6, 3, 0, 0, 0, 0, time.UTC)
	s.must(s.desk.SignDay(t.Context(), "duty", day, "一件投诉"))
	s.must(s.desk.SignDay(t.Context(), "duty2", day, ""))
	s.enter("supervisor")
	a := s.get("/office/desk/register?day=2025-06-03")
	checkWhole(t, a)
	s.says(a, ".register", "2025年6月3日", "2025-000001", "补贴少了", "来件 1 件", "备注：一件投诉")
	if signs := a.text(".register .day"); strings.Count(signs, "值班员 ") != 2 || strings.Contains(signs, "＿") {
		t.Errorf("signed %q", signs)
	}
	s.says(s.get("/office/desk/register?month=2025-06"), ".register", "2025年6月4日 来件 0 件", "＿＿＿")
	s.status(s.get("/office/desk/register?month=2025-13"), http.StatusBadRequest)
	if n := s.lines("action = 'inquiry.export'"); n != 0 {
		t.Errorf("%d exports written down", n)
	}
	s.workbook("/office/desk/register?day=2025-06-03&as=xlsx")
	if n := s.lines("action = 'inquiry.export' and object = 'inquiry/register'"); n != 1 {
		t.Errorf("%d exports written down", n)
	}
}

var formulas = []string{"=1+1", "+1", "-1", "@SUM(1)", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠1", " =1", "\u200b=1", "\u3000＝cmd|' /C calc'!A0"}

// No text of a register or of a csv is one that a spreadsheet would run, in whatever field it was written.
func TestNoTextOfARegisterIsAFormula(t *testing.T) {
	t.Parallel()
	s := deskSite(t)
	ctx := t.Context()
	evil := ledger.Fund{Code: "EV", Name: "=HYPERLINK(\"http://x\")", Kind: ledger.Subsidy, Disclosure: ledger.DisclosePublic}
	s.must(s.db.SaveFund(ctx, "test", evil))
	s.must(s.db.SaveRegions(ctx, "test", []ledger.Region{{Code: "990121102299", Parent: "990121102", Name: "@村"}}))
	dep, err := s.db.SaveDepartment(ctx, "test", ledger.Department{Name: "+1+1所", Kind: ledger.Section, Funds: []string{"EV"}})
	s.must(err)
	for _, login := range []string{"duty", "duty2"} {
		s.must(s.accounts.SaveOfficer(ctx, "test", ledger.Officer{Login: login, Name: "-" + login, Roles: []ledger.OfficeRole{ledger.RoleDuty}}))
	}
	for _, text := range formulas {
		_, code, err := s.desk.Send(ctx, inquiry.Filing{
			Kind: inquiry.Complaint, Channel: inquiry.Web, Subject: text, Text: text, Name: text, Fund: "EV", Village: "990121102299",
		})
		s.must(err)
		id := s.caseOf(code)
		s.does("duty", id, inquiry.Deed{Act: inquiry.Register, Facts: inquiry.Facts{Kind: inquiry.Complaint, Track: inquiry.Ordinary}})
		s.does("duty2", id, inquiry.Deed{Act: inquiry.Countersign})
		s.does("duty", id, inquiry.Deed{Act: inquiry.Forward, Facts: inquiry.Facts{Lead: dep}})
	}
	s.enter("duty")
	for _, path := range []string{"/office/desk/register?month=2025-06&as=xlsx", "/office/desk/cases.xlsx?tab=all"} {
		a := s.get(path)
		s.status(a, http.StatusOK)
		rows, err := ingest.ReadTable(ctx, strings.NewReader(a.body), int64(len(a.body)))
		s.must(err)
		if len(rows) != len(formulas)+1 {
			t.Fatalf("%s: %d rows", path, len(rows))
		}
		for i, row := range rows[1:] {
			for j, text := range row.Texts {
				if runs(text) {
					t.Errorf("%s: row %d column %s says %q", path, i+1, registerHead[j], text)
				}
			}
			for _, j := range []int{5, 6, 7, 8, 9, 10} { // all that somebody may have named
				if !strings.HasPrefix(row.Texts[j], "'") {
					t.Errorf("%s: row %d column %s says %q, and it was not neutralised", path, i+1, registerHead[j], row.Texts[j])
				}
			}
		}
	}
	// The other exports go the same way: a list's table, and the open data's csv and what changed in it.
	var rows [][]string
	for _, text := range formulas {
		rows = append(rows, []string{text})
	}
	column := ledger.DataTable{Columns: []ledger.DataColumn{{Name: "文字", Sort: ledger.DataText}}}
	for _, file := range [][]byte{table{head: []string{"文字"}, rows: rows}.csv(), dataCSV(column, nil, rows)} {
		back, err := csv.NewReader(bytes.NewReader(file)).ReadAll()
		s.must(err)
		if len(back) != len(formulas)+1 {
			t.Fatalf("%d rows came back", len(back))
		}
		for _, row := range back[1:] {
			if runs(row[0]) {
				t.Errorf("a csv says %q", row[0])
			}
		}
	}
}

// runs says whether a spreadsheet may take a text for a formula.
func runs(text string) bool {
	return strings.HasPrefix(text, "\t") || strings.HasPrefix(text, "\r") || strings.HasPrefix(text, "\n") ||
		strings.IndexAny(strings.TrimLeft(text, " \u200b\u3000"), "=+-@＝＋－＠") == 0
}
