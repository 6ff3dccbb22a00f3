package portal

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"mingbai/ledger"
	"mingbai/ledger/inquiry"
)

const browserWords = "Mozilla/5.0 (Linux; Android 9; FARMERPHONE)"

type sentFile struct {
	name    string
	content []byte
}

// brings sends a form as a citizen's browser does, with the files.
func (s *site) brings(path string, fields map[string]string, files ...sentFile) answer {
	s.t.Helper()
	s.get("/ask")
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	field := func(name, value string) {
		if err := form.WriteField(name, value); err != nil {
			s.t.Fatal(err)
		}
	}
	if fields[tokenField] == "" {
		field(tokenField, s.cookies["mingbai"])
	}
	for name, value := range fields {
		field(name, value)
	}
	for _, f := range files {
		part, err := form.CreateFormFile("files", f.name)
		if err != nil {
			s.t.Fatal(err)
		}
		_, _ = part.Write(f.content)
	}
	_ = form.Close()
	r := httptest.NewRequest(http.MethodPost, path, &body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	r.Header.Set("User-Agent", browserWords)
	r.Header.Set("X-Forwarded-For", "203.0.113.77")
	return s.do(r)
}

func filed(change ...string) map[string]string {
	f := map[string]string{
		"kind": "complaint", "to": "desk", "subject": "补贴少了", "text": "我家少发了一亩", "name": "张三丰", "phone": "13800001111",
	}
	for i := 0; i < len(change); i += 2 {
		f[change[i]] = change[i+1]
	}
	return f
}

// sendsOne sends a case and answers its code.
func (s *officeSite) sendsOne(fields map[string]string, files ...sentFile) string {
	s.t.Helper()
	a := s.brings("/ask", fields, files...)
	s.status(a, http.StatusOK)
	checkWhole(s.t, a)
	return strings.Join(strings.Fields(a.text("p.trackcode")), "-")
}

func (s *site) tracks(code string) answer {
	s.t.Helper()
	s.get("/track")
	return s.send("/track", url.Values{tokenField: {s.cookies["mingbai"]}, "code": {code}})
}

func (s *officeSite) caseOf(code string) string {
	s.t.Helper()
	id, err := s.desk.CaseOfCode(s.t.Context(), code)
	s.must(err)
	return id
}

// acts does a citizen's act by the first form of a tracking page.
func (s *site) acts(page answer, fields map[string]string, files ...sentFile) answer {
	s.t.Helper()
	for _, name := range []string{"ticket", "seen"} {
		fields[name] = page.attr("input[name="+name+"]", "value")
	}
	return s.brings("/track/act", fields, files...)
}

// does is an act of the office at the books.
func (s *officeSite) does(login, id string, d inquiry.Deed) {
	s.t.Helper()
	tr, err := s.desk.Track(s.t.Context(), id)
	s.must(err)
	d.Seen = tr.Seen
	if d.Text == "" {
		d.Text = "理由"
	}
	s.must(s.desk.Act(s.t.Context(), login, id, d))
}

func (s *officeSite) answered(id, text string) {
	s.t.Helper()
	if _, err := s.accounts.Officer(s.t.Context(), "duty2"); err != nil {
		s.add("duty2", ledger.RoleDuty)
	}
	s.does("duty", id, inquiry.Deed{Act: inquiry.Register, Facts: inquiry.Facts{Kind: inquiry.Complaint, Track: inquiry.Ordinary}})
	s.does("duty2", id, inquiry.Deed{Act: inquiry.Countersign})
	s.does("duty", id, inquiry.Deed{Act: inquiry.TakeDirect})
	s.does("duty", id, inquiry.Deed{Act: inquiry.Draft, Proposed: text})
	s.does("head", id, inquiry.Deed{Act: inquiry.Approve, Facts: inquiry.Facts{Answer: inquiry.HashOf(text)}})
}

// A citizen's whole road without a script: sent, asked to clarify, answered, rated, reopened.
func TestACitizensRoad(t *testing.T) {
	t.Parallel()
	s := setupOffice(t)
	s.add("duty2", ledger.RoleDuty)
	s.says(s.get("/ask"), "main", "咨询", "投诉", "建议", "举报", "点题公开")
	s.says(s.get("/ask?kind=report"), "main", "先选交给谁", "密封交给纪检")
	if a := s.get("/ask?kind=report"); len(a.all("form[action='/ask']")) != 0 {
		t.Error("a report may be written before it is chosen to whom it goes")
	}
	code := s.sendsOne(filed())
	id := s.caseOf(code)
	a := s.tracks(strings.ToLower(code))
	s.status(a, http.StatusOK)
	checkWhole(t, a)
	s.says(a, "main", "补贴少了", "待登记", "财政局值班室", "您提交了来件")
	s.does("duty", id, inquiry.Deed{Act: inquiry.Register, Facts: inquiry.Facts{Kind: inquiry.Complaint, Track: inquiry.Ordinary}})
	s.does("duty2", id, inquiry.Deed{Act: inquiry.Countersign})
	s.does("duty", id, inquiry.Deed{Act: inquiry.AskClarify, Facts: inquiry.Facts{Text: "请补土地证照片"}})
	a = s.tracks(code)
	s.says(a, "main", "请您补正：请补土地证照片", "为什么是这一天", "期限")
	a = s.acts(a, map[string]string{"act": "clarify", "text": "见附件"}, sentFile{"证.jpg", phonePhoto(t, 400, 300, 6)})
	s.status(a, http.StatusOK)
	s.says(a, "main", "已收到您补正的内容", "已登记", "见附件", "证.jpg")
	s.does("duty", id, inquiry.Deed{Act: inquiry.TakeDirect})
	s.does("duty", id, inquiry.Deed{Act: inquiry.Draft, Proposed: "核对了，补发83.94元"})
	if a := s.tracks(code); strings.Contains(a.body, "补发") {
		t.Error("the citizen sees a draft")
	}
	s.does("head", id, inquiry.Deed{Act: inquiry.Approve, Facts: inquiry.Facts{Answer: inquiry.HashOf("核对了，补发83.94元")}})
	page := s.tracks(code)
	s.says(page, "main", "补发83.94元", "请评价")
	// A mail scanner follows every link and opens every address; it rates nothing.
	for _, path := range []string{"/track/act?act=rate&rating=satisfied", "/track?code=" + code, "/track"} {
		s.get(path)
	}
	if tr, _ := s.desk.Track(t.Context(), id); tr.Case.Round().Rating != "" || tr.Case.State != inquiry.Answered {
		t.Errorf("a GET changed the case: %+v", tr.Case.Round())
	}
	rated := s.acts(page, map[string]string{"act": "rate", "rating": "not"})
	s.says(rated, "main", "已收到您的评价", "不满意")
	again := s.acts(page, map[string]string{"act": "rate", "rating": "satisfied"})
	s.status(again, http.StatusConflict)
	a = s.acts(rated, map[string]string{"act": "reopen", "text": "面积还是不对"})
	s.says(a, "main", "重新办理", "重办", "面积还是不对")
	found, err := s.desk.VerifyInquiries(t.Context())
	if err != nil || len(found) > 0 {
		t.Errorf("verify %v, %v", found, err)
	}
}

// A refusal is told with its ground and the right channel, and contested once.
func TestARefusalIsContested(t *testing.T) {
	t.Parallel()
	s := setupOffice(t)
	s.add("duty2", ledger.RoleDuty)
	code := s.sendsOne(filed())
	id := s.caseOf(code)
	s.does("duty", id, inquiry.Deed{Act: inquiry.Register, Facts: inquiry.Facts{Kind: inquiry.Complaint, Track: inquiry.Ordinary}})
	s.does("duty2", id, inquiry.Deed{Act: inquiry.Countersign})
	s.does("duty", id, inquiry.Deed{Act: inquiry.ProposeRefusal, Facts: inquiry.Facts{Ground: "court", Right: "县人民法院"}})
	s.does("head", id, inquiry.Deed{Act: inquiry.Refuse})
	a := s.tracks(code)
	s.says(a, "main", "不予受理", "诉讼、仲裁", "县人民法院", "有异议")
	a = s.acts(a, map[string]string{"act": "contest", "text": "没有起诉过"})
	s.says(a, "main", "已收到您的异议", "没有起诉过")
	withdrawn := s.acts(a, map[string]string{"act": "withdraw"})
	s.says(withdrawn, "main", "已经撤回")
}

// Wrong, unknown and expired codes have one answer, to the letter.
func TestCodesThatOpenNothingAreAlike(t *testing.T) {
	t.Parallel()
	s := setupOffice(t)
	expired := s.sendsOne(filed())
	page := s.tracks(expired)
	s.acts(page, map[string]string{"act": "withdraw"})
	s.now = s.now.AddDate(1, 1, 0)
	var first answer
	took := map[string]time.Duration{}
	for i, code := range []string{"ABCD-EFGH-JKLM-NPQR", expired, "x", "", strings.Repeat("码", 60), "' or 1=1 --"} {
		began := time.Now()
		a := s.tracks(code)
		took[code] = time.Since(began)
		s.status(a, http.StatusNotFound)
		if i == 0 {
			first = a
			continue
		}
		if a.settled() != first.settled() {
			t.Errorf("%q has another answer:\n%s", code, a.body)
		}
	}
	t.Logf("took %v", took)
}

// The code stands on the receipt and nowhere else: in no address, no log, no later page; of the browser nothing is kept.
func TestTheCodeIsShownOnce(t *testing.T) {
	t.Parallel()
	s := setupOffice(t)
	a := s.brings("/ask", filed())
	code := strings.Join(strings.Fields(a.text("p.trackcode")), "-")
	if len(code) != 19 || a.Header.Get("Location") != "" || a.Header.Get("Cache-Control") != "no-store" {
		t.Fatalf("receipt: code %q, headers %v", code, a.Header)
	}
	if strings.Contains(a.text("svg"), code) || len(a.all(".qr svg path")) == 0 {
		t.Error("the QR is no picture")
	}
	s.answered(s.caseOf(code), "答复")
	page := s.tracks(code)
	page = s.acts(page, map[string]string{"act": "rate", "rating": "not"})
	bare := strings.ReplaceAll(code, "-", "")
	for _, where := range []string{page.body, s.logged.String()} {
		if strings.Contains(where, code) || strings.Contains(where, bare) || strings.Contains(strings.ToUpper(where), bare) {
			t.Error("the code is on the tracking page or in the log")
		}
	}
	for _, secret := range []string{"张三丰", "13800001111", "我家少发", "203.0.113.77", "FARMERPHONE"} {
		if strings.Contains(s.logged.String(), secret) {
			t.Errorf("the log has %q", secret)
		}
	}
	tables := []string{"river_job"}
	rows, err := s.sql.Query(t.Context(), `select table_name from information_schema.tables where table_name like 'inquiry%' or table_name = 'audit'`)
	s.must(err)
	for rows.Next() {
		var name string
		s.must(rows.Scan(&name))
		tables = append(tables, name)
	}
	for _, table := range tables {
		for _, secret := range []string{"FARMERPHONE", "Android", "203.0.113.77", "0.0.0.0", code, bare} {
			var n int
			s.must(s.sql.QueryRow(t.Context(), `select count(*) from `+table+` x where x::text ilike $1`, "%"+secret+"%").Scan(&n))
			if n > 0 {
				t.Errorf("%s holds %q", table, secret)
			}
		}
	}
}

// What people write is text on every page, whatever it looks like.
func TestHTMLInEveryFieldIsEscaped(t *testing.T) {
	t.Parallel()
	s := setupOffice(t)
	s.add("duty2", ledger.RoleDuty)
	evil := func(n int) string {
		return fmt.Sprintf(`<script>alert(%d)</script><img src=x onerror=alert(%d)>`, n, n)
	}
	code := s.sendsOne(filed("subject", `<script>alert(1)</script>`, "text", evil(2), "name", `<b>3`), sentFile{`<img src=x>"4.pdf`, []byte("%PDF-1.4\nx\n%%EOF\n")})
	id := s.caseOf(code)
	s.does("duty", id, inquiry.Deed{Act: inquiry.Register, Facts: inquiry.Facts{Kind: inquiry.Complaint, Track: inquiry.Ordinary}})
	s.does("duty2", id, inquiry.Deed{Act: inquiry.Countersign})
	s.does("duty", id, inquiry.Deed{Act: inquiry.AskClarify, Facts: inquiry.Facts{Text: evil(5)}})
	page := s.acts(s.tracks(code), map[string]string{"act": "clarify", "text": evil(6)})
	s.does("duty", id, inquiry.Deed{Act: inquiry.TakeDirect})
	s.does("duty", id, inquiry.Deed{Act: inquiry.Draft, Proposed: evil(7)})
	s.does("head", id, inquiry.Deed{Act: inquiry.Approve, Facts: inquiry.Facts{Answer: inquiry.HashOf(evil(7))}})
	s.does("head", id, inquiry.Deed{Act: inquiry.Publish, Copy: inquiry.Copy{Title: evil(8), Question: evil(9), Answer: evil(10), Disclosed: "/funds"}})
	pages := []answer{page, s.tracks(code), s.get("/answers"), s.get("/answers/1"), s.get("/answers?text=" + url.QueryEscape(evil(11))), s.brings("/ask", filed("subject", "", "text", evil(12), "name", evil(13)))}
	for i, a := range pages {
		if len(a.all("script:not([src])"))+len(a.all("img[onerror]"))+len(a.all("img[src=x]"))+len(a.all("main b")) > 0 {
			t.Errorf("page %d runs what was written:\n%s", i, a.body)
		}
	}
	s.says(pages[3], "main", "alert(9)", "alert(10)")
	if slices.ContainsFunc(pages[3:4], func(a answer) bool { return a.attr(".note a", "href") != "/funds" }) {
		t.Error("what was disclosed is no link")
	}
}

// A case begins at a published row's line; what is not there is left out.
func TestAFormBeginsAtARow(t *testing.T) {
	t.Parallel()
	s := setupOffice(t)
	for _, row := range []string{"2025-1-1", "x", "1-2", "-1-2-3", "2025-999999999999-1"} {
		a := s.get("/ask?kind=complaint&row=" + row)
		s.status(a, http.StatusOK)
		if a.attr("input[name=row]", "value") != "" {
			t.Errorf("%s: a row that is not there is asked about", row)
		}
	}
	s.status(s.brings("/ask", filed("row", "2025-1-1", "fund", "没有")), http.StatusOK)
}

// The wall lists what was opened on request, with the way there; a request that opened nothing is among the answers alone.
func TestTheWallShowsWhatWasOpened(t *testing.T) {
	t.Parallel()
	s := deskSite(t)
	for _, topic := range [][2]string{{"公开修路的账", "/funds/" + grain.Code}, {"公开别人的存款", ""}} {
		id := s.caseOf(s.sendsOne(filed("kind", "request", "subject", topic[0])))
		s.does("duty", id, inquiry.Deed{Act: inquiry.Register, Facts: inquiry.Facts{Kind: inquiry.Request, Track: inquiry.Ordinary}})
		s.does("duty2", id, inquiry.Deed{Act: inquiry.Countersign})
		s.does("duty", id, inquiry.Deed{Act: inquiry.TakeDirect})
		s.does("duty", id, inquiry.Deed{Act: inquiry.Draft, Proposed: "答"})
		s.does("head", id, inquiry.Deed{Act: inquiry.Approve, Facts: inquiry.Facts{Answer: inquiry.HashOf("答")}})
		s.does("head", id, inquiry.Deed{Act: inquiry.Publish, Copy: inquiry.Copy{Title: topic[0], Question: "能不能公开", Answer: "见答复", Disclosed: topic[1]}})
	}
	a := s.get("/wall")
	checkWhole(t, a)
	s.says(a, "main", "共 1 件", "公开修路的账", "2025年6月3日点题", "看公开的内容")
	if strings.Contains(a.body, "公开别人的存款") || a.attr(".wall a.main", "href") != "/funds/"+grain.Code {
		t.Errorf("the wall shows %s", a.text("main"))
	}
	s.says(s.get("/answers?kind=request"), "main", "共 2 件", "公开别人的存款")
	if !strings.Contains(s.get("/sitemap.xml").body, "/wall</loc>") {
		t.Error("the sitemap does not lead to the wall")
	}
}
