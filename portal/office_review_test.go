package portal

import (
	"context"
	"crypto/sha256"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"mingbai/ledger"
	"mingbai/ledger/postgres"
)

// reviewBooks are the books with the test's own rules in force.
type reviewBooks struct{ *postgres.DB }

func (r reviewBooks) CertifySeen(ctx context.Context, no int64, revision int, by string) error {
	return r.DB.CertifySeen(ctx, no, revision, by, "r1")
}

const (
	ourVillage   = "990121102203"
	theirVillage = "990121103201"
)

// upload brings a batch of some rows of one village, as an officer; findings are what the rules saw.
func (s *officeSite) upload(by, period, village string, mends int64, findings []ledger.Finding, amounts ...ledger.Fen) int64 {
	s.t.Helper()
	content := fmt.Sprint(by, period, village, mends, amounts, s.now.UnixNano())
	no, err := s.db.Import(s.t.Context(), postgres.Upload{
		Fund: grain.Code, Period: ledger.Period(period), FileName: "柳河镇清册.xlsx", SHA256: sha256.Sum256([]byte(content)), Size: 4, Sealed: []byte("file"),
		RuleVersion: "r1", By: by, Batch: mends, Findings: func() []ledger.Finding { return findings }, Note: "已核对",
		StatedTotal: func() *ledger.Fen {
			var sum ledger.Fen
			for _, a := range amounts {
				sum += a
			}
			return &sum
		},
	}, func(yield func(ledger.StagedRow, error) bool) {
		for i, fen := range amounts {
			name := "张" + string([]rune("一二三四")[i])
			token := sha256.Sum256([]byte(village + name))
			row := ledger.StagedRow{
				Row: ledger.Row{
					Line: i + 1, Sheet: "Sheet1", SheetRow: i + 4, Village: "赵家湾村", Group: "3", Amount: fen, Basis: 124000, BasisUnit: "亩",
					Standard: 839400, Status: ledger.Paid,
				},
				VillageCode: village,
				People: map[ledger.Role]ledger.StagedParty{ledger.Householder: {
					Name: name, Forms: ledger.NameForms{Key: name}, Token: token[:], Sealed: []byte("sealed"),
				}},
			}
			if !yield(row, nil) {
				return
			}
		}
	})
	s.must(err)
	return no
}

func (s *officeSite) state(no int64) ledger.State {
	s.t.Helper()
	b, err := s.db.Batch(s.t.Context(), no)
	s.must(err)
	return b.State
}

func atBatch(no int64, rest string) string {
	return "/office/batches/" + strconv.FormatInt(no, 10) + rest
}

// second makes another certifier, so that two may meet.
func (s *officeSite) second() { s.add("zhou", ledger.RoleCertifier) }

// The whole road in the office: desk, review, sample, certify, publish, progress, rows; then a row and the batch are taken
// back by two people, and the batch comes back.
func TestACertifiersRoad(t *testing.T) {
	t.Parallel()
	s := setupOffice(t)
	s.second()
	old := s.upload("clerk", "2024", ourVillage, 0, nil, 100, 200, 300)
	s.must(s.db.CertifyAll(t.Context(), []int64{old}, "certifier", "r1"))
	s.must(s.db.PublishAll(t.Context(), []int64{old}, "certifier"))
	no := s.upload("clerk", "2025", ourVillage, 0, nil, 100, 250, 300, 400)

	s.enter("certifier")
	s.says(s.get("/office/review"), "main", "等您复核（1）", fmt.Sprintf("%d · %s", no, grain.Name), "只差复核")
	a := s.get(atBatch(no, "/review"))
	s.status(a, http.StatusOK)
	checkWhole(t, a)
	checkHeaders(t, a)
	s.says(a, "main", "柳河镇清册.xlsx", "第 1 稿", "10.50", "共 4 笔", "表头没有写下达金额", "账目相符", "上期（2024年）", "新增 1 人，减少 0 人，金额变化 1 人",
		"+4.00", "赵家湾村 · 3组", "从 4 行里随机抽出 4 行", "公开名单", "公示365天")
	drawn := s.lines("action = 'sample.draw'")
	s.get(atBatch(no, "/review"))
	if drawn != 1 || s.lines("action = 'sample.draw'") != 1 {
		t.Error("looking again drew again")
	}
	s.goes(s.post(atBatch(no, "/review/sample")), atBatch(no, "/review?said=drawn#sample"))
	s.says(s.get(atBatch(no, "/review")), "main", "第 2 次抽")
	s.says(s.get(atBatch(no, "/review/changes")), "main", "张四", "没有", "+4.00", "+0.50")
	s.status(s.get(atBatch(no, "/review/changes?page=9")), http.StatusNotFound)

	a = s.post(atBatch(no, "/review/return"), "revision", "1", "opinion", " ")
	s.status(a, http.StatusUnprocessableEntity)
	s.says(a, "#opinion-wrong", "退回要写明意见")
	s.status(s.post(atBatch(no, "/review/certify")), http.StatusBadRequest)
	s.goes(s.post(atBatch(no, "/review/certify"), "revision", "1"), atBatch(no, "/review?said=certified#publish"))
	a = s.get(atBatch(no, "/review"))
	s.says(a, "main", "已复核", "什么时候公开")
	for says, form := range map[string][]string{
		"或者写明哪一天": {"when", "at", "date", "2025-13-01", "time", "09:00"}, "选“现在”": {"when", "later"},
		"已经过去了": {"when", "at", "date", "2025-06-01", "time", "09:00"}, "时间太远": {"when", "at", "date", "2035-06-01", "time", "09:00"},
	} {
		a := s.post(atBatch(no, "/publish"), form...)
		s.status(a, http.StatusUnprocessableEntity)
		s.says(a, "#when-wrong", says)
	}
	s.goes(s.post(atBatch(no, "/publish"), "when", "at", "date", "2025-06-04", "time", "09:00"), atBatch(no, "/progress"))
	s.says(s.get(atBatch(no, "/progress")), "main", "这个批次已复核", "安排在 2025年6月4日 09:00")
	s.says(s.get("/office/review"), "main", "6月4日 09:00 公开")
	a = s.post(atBatch(no, "/publish"), "when", "now")
	s.status(a, http.StatusUnprocessableEntity)
	s.says(a, "#when-wrong", "已由“certifier”安排")
	s.goes(s.post(atBatch(no, "/publish/cancel")), atBatch(no, "/review?said=cancelled#publish"))
	s.goes(s.post(atBatch(no, "/publish"), "when", "now"), atBatch(no, "/progress"))
	if n, err := s.db.PublishDue(t.Context()); n != 1 || err != nil {
		t.Fatalf("%d published, %v", n, err)
	}
	a = s.get(atBatch(no, "/progress"))
	s.says(a, "main", "4 行一次入账", "4 人里还有 4 人等着通知检索")
	if a.Header.Get("Refresh") == "" {
		t.Error("the page does not look again")
	}
	checkWhole(t, a)

	a = s.get(atBatch(no, "/rows"))
	checkWhole(t, a)
	s.says(a, "main", "共 4 行，都有效，合计 10.50 元", "撤回这一行", "Sheet1 第 4 行", "张一")
	if s.lines("action = 'rows.see' and object = 'batch/"+strconv.FormatInt(no, 10)+"'") != 1 {
		t.Error("the sight is not written down once")
	}
	s.says(s.get(atBatch(no, "/rows?name=张四")), "main", "共 1 行，都有效，合计 4.00 元")
	s.status(s.get(atBatch(no, "/rows?name=990121195503124515")), http.StatusBadRequest)
	s.says(s.get(atBatch(no, "/ask?act=withdraw&line=2")), "main", "申请撤回一行")
	s.status(s.get(atBatch(no, "/ask?act=burn")), http.StatusNotFound)
	a = s.post(atBatch(no, "/ask"), "act", "withdraw", "line", "2")
	s.says(a, "#reason-wrong", "请写明原因")
	s.goes(s.post(atBatch(no, "/ask"), "act", "withdraw", "line", "2", "reason", "重复登记"), "/office/requests/1?said=asked")
	a = s.get("/office/requests/1")
	checkWhole(t, a)
	s.says(a, "main", "张二", "这是您提的", "zhou")
	s.status(s.post("/office/requests/1", "decision", "granted"), http.StatusForbidden)
	s.says(s.get(atBatch(no, "/rows")), "main", "申请 1 待决定")
	a = s.post(atBatch(no, "/ask"), "act", "withdraw", "line", "2", "reason", "再来")
	s.says(a, "#reason-wrong", "申请1还在等决定")

	s.enter("zhou")
	s.says(s.get("/office/review"), "main", "等您决定的申请（1）", "重复登记")
	a = s.post("/office/requests/1", "decision", "refused")
	s.status(a, http.StatusUnprocessableEntity)
	s.says(a, "#opinion-wrong", "不同意要写明意见")
	s.goes(s.post("/office/requests/1", "decision", "granted"), "/office/requests/1?said=decided")
	s.says(s.get("/office/requests/1"), "main", "同意", "zhou", "已不算数")
	s.says(s.get(atBatch(no, "/rows")), ".off", "已撤回：重复登记")
	s.says(s.get(atBatch(no, "/rows")), "main", "共 4 行，其中 3 行有效，合计 8.00 元")

	s.enter("clerk") // a clerk asks, too
	s.says(s.get(atBatch(no, "/rows")), "main", "更正这一行")
	s.goes(s.post(atBatch(no, "/ask"), "act", "withdraw", "reason", "整批作废"), "/office/requests/2?said=asked")
	s.goes(s.post("/office/requests/2/takeback"), "/office/requests/2?said=decided")
	s.goes(s.post(atBatch(no, "/ask"), "act", "withdraw", "reason", "整批作废"), "/office/requests/3?said=asked")
	s.enter("zhou")
	s.status(s.post("/office/requests/3/takeback"), http.StatusForbidden)
	s.goes(s.post("/office/requests/3", "decision", "granted"), "/office/requests/3?said=decided")
	if s.state(no) != ledger.Withdrawn {
		t.Errorf("the batch is %s", s.state(no))
	}
	s.goes(s.post(atBatch(no, "/ask"), "act", "revert", "reason", "查明无误"), "/office/requests/4?said=asked")
	s.enter("certifier")
	s.goes(s.post("/office/requests/4", "decision", "granted"), "/office/requests/4?said=decided")
	if s.state(no) != ledger.Published {
		t.Errorf("the batch is %s", s.state(no))
	}
	s.says(s.get("/office/requests"), "main", "待决定（0）", "申请人收回", "同意")
	for _, path := range []string{"/office/review", "/office/requests", atBatch(no, "/review")} {
		a := s.get(path)
		checkWhole(t, a)
		checkHeaders(t, a)
		if forms := len(a.all("form[method=post]")); forms == 0 || forms != len(a.all("form[method=post] input[name=csrf_token][value='"+s.token()+"']")) {
			t.Errorf("%s: a form without its token", path)
		}
	}
	s.whole()
}

func (s *officeSite) whole() {
	s.t.Helper()
	found, err := s.db.Verify(s.t.Context(), func(text string) []byte { return []byte(text) })
	s.must(err)
	for _, d := range found {
		s.t.Errorf("verify: %s: %s", d.Where, d.What)
	}
}

// The same person uploading and certifying: the page has no button and says who may, and the form that is sent all the same
// is refused. The database's own refusal is tested where it is (TestTheDatabaseGuardsItself).
func TestThePageAndTheHandlerRefuseTheUploader(t *testing.T) {
	t.Parallel()
	s := setupOffice(t)
	s.second()
	s.must(s.accounts.ChangeOfficer(t.Context(), "test", ledger.Officer{
		Login: "certifier", Name: "两样都能做", Roles: []ledger.OfficeRole{ledger.RoleClerk, ledger.RoleCertifier},
	}))
	special := []ledger.Finding{{Rule: "CEL-03", Severity: ledger.Fatal, Sheet: "Sheet1", Cell: "E4", Message: "校验不通过", Fix: "核对原件"}}
	no := s.upload("certifier", "2025", ourVillage, 0, nil, 100)
	mended := s.upload("clerk", "2025", ourVillage, no, special, 100, 200) // the first revision is another's, and still counts
	if mended != no {
		t.Fatal("not the same batch")
	}
	s.enter("certifier")
	a := s.get(atBatch(no, "/review"))
	s.says(a, "main", "您上传过这个批次的文件，不能复核它", "复核员（zhou）")
	if len(a.all("form[action$='/certify']"))+len(a.all("form[action$='/accept'] button")) != 0 || strings.Contains(a.text(".note"), "certifier") {
		t.Error("there is a button, or the uploader is told to certify")
	}
	s.says(s.get("/office/review"), "main", "现在不能由您复核（1）", "您上传过它，要换人复核")
	a = s.post(atBatch(no, "/review/accept"), "place", "Sheet1!E4", "reason", "看过")
	s.status(a, http.StatusForbidden)
	a = s.post(atBatch(no, "/review/certify"), "revision", "2")
	s.status(a, http.StatusForbidden)
	s.says(a, "main", "复核人不能是上传人")
	if s.state(no) != ledger.Checked {
		t.Errorf("it is %s", s.state(no))
	}

	s.enter("zhou")
	a = s.get(atBatch(no, "/review"))
	s.says(a, "main", "1 个证号校验不通过", "还不能复核")
	if len(a.all("form[action$='/certify']")) != 0 {
		t.Error("a button although a number is not accepted")
	}
	s.says(s.post(atBatch(no, "/review/accept"), "place", "Sheet1!E4"), "#accept-wrong", "请写明接受的理由")
	s.says(s.post(atBatch(no, "/review/accept"), "reason", "看过"), "#accept-wrong", "请勾选")
	s.goes(s.post(atBatch(no, "/review/accept"), "place", "Sheet1!E4", "reason", "与原件一致"), atBatch(no, "/review?said=accepted"))
	a = s.post(atBatch(no, "/review/certify"), "revision", "1")
	s.status(a, http.StatusUnprocessableEntity)
	s.says(a, "main [role=alert]", "刚刚换成了第2稿，您看的是第1稿")
	s.goes(s.post(atBatch(no, "/review/certify"), "revision", "2"), atBatch(no, "/review?said=certified#publish"))
	s.goes(s.post(atBatch(no, "/review/return"), "revision", "2", "opinion", "村名再核"), atBatch(no, "/review?said=returned"))
	s.says(s.get(atBatch(no, "/review")), "main", "已退回", "村名再核")
	s.whole()
}

// Another town's batch by its address, by a form's field and by a request's number: refused, and written down.
func TestAnotherTownsBatchIsRefusedAndAudited(t *testing.T) {
	t.Parallel()
	s := setupOffice(t)
	s.second()
	ctx := t.Context()
	s.must(s.accounts.ChangeOfficer(ctx, "test", ledger.Officer{
		Login: "zhou", Name: "镇复核", Roles: []ledger.OfficeRole{ledger.RoleCertifier}, Department: s.department,
	}))
	s.must(s.accounts.ChangeOfficer(ctx, "test", ledger.Officer{
		Login: "target", Name: "镇经办", Roles: []ledger.OfficeRole{ledger.RoleClerk}, Department: s.department,
	}))
	waiting := s.upload("clerk", "2025", theirVillage, 0, nil, 100)
	ready := s.upload("clerk", "2024", theirVillage, 0, nil, 100)
	s.must(s.db.Certify(ctx, ready, "certifier", "r1"))
	public := s.upload("clerk", "2023", theirVillage, 0, nil, 100)
	s.must(s.db.Certify(ctx, public, "certifier", "r1"))
	s.must(s.db.Publish(ctx, public, "certifier"))
	request, err := s.db.AskAct(ctx, ledger.ActRequest{Act: ledger.ActWithdraw, Batch: public, Reason: "错", AskedBy: "clerk"})
	s.must(err)
	asked := "/office/requests/" + strconv.FormatInt(request, 10)
	tries := 0
	for login, list := range map[string][][]string{
		"zhou": {
			{"GET", atBatch(waiting, "/review")},
			{"GET", atBatch(waiting, "/review/changes")},
			{"GET", atBatch(public, "/progress")},
			{"GET", atBatch(public, "/rows")},
			{"GET", atBatch(public, "/ask?act=withdraw")},
			{"GET", asked},
			{"POST", atBatch(waiting, "/review/sample")},
			{"POST", atBatch(waiting, "/review/certify"), "revision", "1"},
			{"POST", atBatch(waiting, "/review/accept"), "place", "Sheet1!E4", "reason", "看过"},
			{"POST", atBatch(waiting, "/review/return"), "revision", "1", "opinion", "退"},
			{"POST", atBatch(ready, "/publish"), "when", "now"},
			{"POST", atBatch(ready, "/publish/cancel")},
			{"POST", atBatch(public, "/ask"), "act", "withdraw", "reason", "错"},
			{"POST", atBatch(public, "/ask"), "act", "withdraw", "line", "1", "reason", "错"},
			{"POST", asked, "decision", "granted"},
			{"POST", asked, "decision", "refused", "opinion", "不"},
		},
		"target": {
			{"GET", atBatch(public, "/progress")},
			{"GET", atBatch(public, "/rows")},
			{"GET", atBatch(public, "/rows?name=张")},
			{"GET", asked},
			{"POST", atBatch(public, "/ask"), "act", "withdraw", "reason", "错"},
		},
	} {
		s.enter(login)
		for _, try := range list {
			tries++
			before, all := s.lines("action = 'refused' and actor = '"+login+"'"), s.lines("true")
			a := s.knockWith(try)
			if a.StatusCode != http.StatusForbidden || s.lines("action = 'refused' and actor = '"+login+"'") != before+1 || s.lines("true") != all+1 {
				t.Errorf("%s %s: %d, %d lines of audit", login, try, a.StatusCode, s.lines("true")-all)
			}
		}
	}
	t.Logf("%d tries", tries)
	s.enter("zhou")
	for _, path := range []string{"/office/review", "/office/requests"} {
		if a := s.get(path); strings.Contains(a.text("main"), grain.Name) {
			t.Errorf("%s lists another town's", path)
		}
	}
	s.status(s.post(asked+"/takeback"), http.StatusForbidden)
	if s.state(waiting) != ledger.Checked || s.state(ready) != ledger.Certified || s.state(public) != ledger.Published {
		t.Error("something has changed")
	}
	s.whole()
}

func (s *officeSite) knockWith(try []string) answer {
	if try[0] == http.MethodGet {
		return s.get(try[1])
	}
	return s.post(try[1], try[2:]...)
}

// A plan that fails says why, and a plan whose batch was sent back is void.
func TestAPlanSaysWhatBecameOfIt(t *testing.T) {
	t.Parallel()
	s := setupOffice(t)
	ctx := t.Context()
	no := s.upload("clerk", "2025", ourVillage, 0, nil, 100)
	s.must(s.db.Certify(ctx, no, "certifier", "r1"))
	s.enter("certifier")
	s.goes(s.post(atBatch(no, "/publish"), "when", "at", "date", "2025-06-04", "time", "09:00"), atBatch(no, "/progress"))
	_, err := s.sql.Exec(ctx, `update staged_row set name = '别人' where batch_no = $1`, no)
	s.must(err)
	s.now = s.now.Add(24 * time.Hour)
	if n, err := s.db.PublishDue(ctx); n != 0 || err != nil {
		t.Fatalf("%d published, %v", n, err)
	}
	s.enter("certifier")
	s.says(s.get(atBatch(no, "/progress")), "main", "没有公开成", "有行的内容变了")
	_, err = s.sql.Exec(ctx, `update staged_row set name = '张一' where batch_no = $1`, no)
	s.must(err)
	s.goes(s.post(atBatch(no, "/publish"), "when", "at", "date", "2025-07-04", "time", "09:00"), atBatch(no, "/progress"))
	s.goes(s.post(atBatch(no, "/review/return"), "revision", "1", "opinion", "再核"), atBatch(no, "/review?said=returned"))
	s.says(s.get(atBatch(no, "/progress")), "main", "原来的安排作废")
	s.whole()
}
