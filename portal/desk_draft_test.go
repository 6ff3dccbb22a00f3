package portal

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"mingbai/ledger"
	"mingbai/ledger/enclosure"
	"mingbai/ledger/inquiry"
)

// inHand takes a case to where duty writes its answer.
func (s *officeSite) inHand(id string) {
	s.t.Helper()
	s.does("duty", id, inquiry.Deed{Act: inquiry.Register, Facts: inquiry.Facts{Kind: inquiry.Complaint, Track: inquiry.Ordinary}})
	s.does("duty2", id, inquiry.Deed{Act: inquiry.Countersign})
	s.does("duty", id, inquiry.Deed{Act: inquiry.TakeDirect})
}

func (s *officeSite) answeredPublicly(id, answer string, c inquiry.Copy) {
	s.t.Helper()
	s.answered(id, answer)
	s.does("head", id, inquiry.Deed{Act: inquiry.Publish, Copy: c, Minded: true})
}

// Templates are kept by duty and the head, and by nobody else; a name is taken once, and what is refused is not lost.
func TestTemplatesAreKept(t *testing.T) {
	t.Parallel()
	s := deskSite(t)
	s.enter("duty")
	saves := func(pairs ...string) answer { return s.sends("/office/desk/templates", s.token(), pairs) }
	s.goes(saves("name", "面积核对", "kind", "complaint", "text", "您反映的【项目】已核实：【核实情况】。"), "/office/desk/templates?said=saved")
	a := saves("name", "面积核对", "text", "另一段话<b>")
	s.status(a, http.StatusUnprocessableEntity)
	s.says(a, "#fault", "已经有")
	if !strings.Contains(a.text("#text-0"), "另一段话<b>") || len(a.all("main b")) > 0 {
		t.Error("what was written is lost, or runs")
	}
	checkWhole(t, a)
	s.enter("head")
	page := s.get("/office/desk/templates")
	no := page.attr("input[name=no]", "value")
	s.goes(saves("no", no, "name", "面积核对二", "kind", "", "text", "改过"), "/office/desk/templates?said=saved")
	s.says(s.get("/office/desk/templates"), "main", "面积核对二（各类）")
	s.goes(saves("no", no, "remove", "1"), "/office/desk/templates?said=saved")
	if a := s.get("/office/desk/templates"); len(a.all("main form")) != 1 {
		t.Error("the template is still there")
	}
	s.status(saves("no", no, "remove", "1"), http.StatusNotFound)
	if n := s.lines("action like 'template.%'"); n != 3 {
		t.Errorf("%d lines of audit, want 3", n)
	}
	s.enter("handler")
	s.status(s.get("/office/desk/templates"), http.StatusForbidden)
}

// A draft begins with a template or an earlier answer, is kept for its drafter alone beyond a session, and goes for review whole.
func TestADraftIsWrittenWithHelp(t *testing.T) {
	t.Parallel()
	s := deskSite(t)
	s.must(s.desk.SaveTemplate(t.Context(), "duty", inquiry.Template{Name: "核对", Text: "您反映的“【标题】”已核实：【核实情况】。见【处理笺号】。"}))
	s.must(s.desk.SaveTemplate(t.Context(), "duty", inquiry.Template{Name: "只给咨询", Kind: inquiry.Question, Text: "x"}))
	s.answeredPublicly(s.caseOf(s.sendsOne(filed("subject", "没发到卡上"))), "一", inquiry.Copy{Title: "补贴没有发到卡上", Question: "没收到。", Answer: "请核对卡号。"})
	s.answeredPublicly(s.caseOf(s.sendsOne(filed("subject", "面积"))), "二", inquiry.Copy{Title: "补贴少了怎么办", Question: "补贴少了一亩。", Answer: "请申请重新丈量。"})
	id := s.caseOf(s.sendsOne(filed()))
	s.inHand(id)
	s.enter("duty")
	page := s.get("/office/desk/case/" + id)
	if options := page.text("select[name=template]"); !strings.Contains(options, "核对") || strings.Contains(options, "只给咨询") {
		t.Errorf("templates offered: %q", options)
	}
	if first := page.text("form details.act summary"); !strings.HasPrefix(first, "补贴少了怎么办") {
		t.Errorf("the likest answer is not the first: %q", first)
	}
	no := page.attr("select[name=template] option", "value")
	a := s.fillsOld(page, id, "draft", "use", "1", "template", no, "proposed", "开头的话")
	s.status(a, http.StatusOK)
	checkWhole(t, a)
	written := a.text("textarea[name=proposed]")
	if !strings.Contains(written, "开头的话") || !strings.Contains(written, "“补贴少了”已核实：【核实情况】。见2025-000003。") {
		t.Errorf("begun with %q", written)
	}
	a = s.fillsOld(page, id, "draft", "proposed", written)
	s.status(a, http.StatusUnprocessableEntity)
	s.says(a, "#fault", "还有没填的空：【核实情况】")
	a = s.fillsOld(page, id, "draft", "find", "1", "words", "发到卡", "proposed", "留着")
	s.says(a, "form", "补贴没有发到卡上")
	if found := a.all("form details.act"); len(found) != 1 || a.text("textarea[name=proposed]") != "留着" {
		t.Errorf("%d answers found by words, the draft is %q", len(found), a.text("textarea[name=proposed]"))
	}
	a = s.fillsOld(page, id, "draft", "from", a.attr("button[name=from]", "value"), "proposed", "")
	if got := a.text("textarea[name=proposed]"); got != "请核对卡号。" {
		t.Errorf("copied %q", got)
	}

	s.goes(s.fillsOld(page, id, "draft", "keep", "1", "proposed", "写了一半的秘密草稿"), "/office/desk/case/"+id+"?said=kept")
	s.become("") // the session ends
	s.enter("duty")
	page = s.get("/office/desk/case/" + id)
	if got := page.text("textarea[name=proposed]"); got != "写了一半的秘密草稿" {
		t.Errorf("after a session's end the draft is %q", got)
	}
	s.says(page, "form", "草稿保存于")
	for _, other := range []string{"duty2", "head", "auditor"} {
		s.enter(other)
		if a := s.get("/office/desk/case/" + id); strings.Contains(a.body, "秘密草稿") {
			t.Errorf("%s sees another's draft", other)
		}
	}
	s.enter("head")
	a = s.fillsOld(page, id, "draft", "keep", "1", "proposed", "不是我的")
	s.status(a, http.StatusConflict)
	var plain int
	s.must(s.sql.QueryRow(t.Context(), `select count(*) from inquiry_draft d where position('秘密草稿'::bytea in d.sealed) > 0 or d::text like '%秘密%'`).Scan(&plain))
	if plain > 0 {
		t.Error("the draft lies in the clear")
	}
	s.done(s.fills("duty", id, "draft", "proposed", "写完了"), id)
	s.must(s.sql.QueryRow(t.Context(), `select count(*) from inquiry_draft`).Scan(&plain))
	if plain != 0 {
		t.Errorf("%d drafts are kept after they were sent", plain)
	}
	s.does("head", id, inquiry.Deed{Act: inquiry.Approve, Facts: inquiry.Facts{Answer: inquiry.HashOf("写完了")}})
}

// What a sealed case's drafter had saved goes to discipline with it: the desk's key opens it no more.
func TestADraftGoesWithASealedCase(t *testing.T) {
	t.Parallel()
	s := deskSite(t)
	id := s.caseOf(s.sendsOne(filed()))
	s.inHand(id)
	s.must(s.desk.SaveDraft(t.Context(), "duty", id, "半篇"))
	s.does("duty2", id, inquiry.Deed{Act: inquiry.Seal})
	var key string
	s.must(s.sql.QueryRow(t.Context(), `select key from inquiry_draft`).Scan(&key))
	if key != "discipline" {
		t.Errorf("the draft lies under the key of %s", key)
	}
	if err := s.desk.SaveDraft(t.Context(), "duty", id, "再写"); ledger.KindOf(err) != ledger.KindNotFound {
		t.Errorf("saved to a sealed case: %v", err)
	}
	if _, err := s.sql.Exec(t.Context(), `delete from inquiry_draft`); err == nil {
		t.Error("what went to discipline can be taken away")
	}
}

// What leaks is told with its place to whoever reviews and publishes, and to nobody who could guess a sender by it.
func TestLeaksAreToldWhereTheyStand(t *testing.T) {
	t.Parallel()
	s := deskSite(t)
	letter := docOf(t, `<w:p><w:r><w:t>地块面积3.2亩</w:t></w:r></w:p>`)
	id := s.caseOf(s.sendsOne(filed(), sentFile{"我家的地.docx", letter}, sentFile{"证.pdf", plainPDF}, sentFile{"地.jpg", phonePhoto(t, 80, 60, 6)}))
	s.inHand(id)
	s.does("duty", id, inquiry.Deed{Act: inquiry.Draft, Proposed: "第一行。\n张三丰家3.2亩。"})
	s.enter("head")
	s.says(s.get("/office/desk/case/"+id), "#hide", "拟答复第2行第1字：来件人的姓名")
	s.enter("duty")
	page := s.get("/office/desk/case/" + id)
	if len(page.all("#hide")) > 0 {
		t.Error("who drafts is told what would leak, and could guess a name by it")
	}
	// A drafter who asks to look at a public copy, name by name, learns nothing.
	a := s.fillsOld(page, id, "publish", "look", "1", "title", "张三丰", "question", "张三丰", "answer", "李四")
	if strings.Contains(a.body, "来件人的姓名") || len(a.all("#leaks")) > 0 {
		t.Error("a drafter may try names")
	}
	s.does("head", id, inquiry.Deed{Act: inquiry.Approve, Facts: inquiry.Facts{Answer: inquiry.HashOf("第一行。\n张三丰家3.2亩。")}})

	s.enter("head")
	page = s.get("/office/desk/case/" + id)
	files := map[string]string{}
	for _, label := range page.all("input[name=enclose]") {
		for _, attr := range label.Attr {
			if attr.Key == "value" {
				files[page.text("label[for='publish-enclose-"+attr.Val+"']")] = attr.Val
			}
		}
	}
	if len(files) != 3 {
		t.Fatalf("attachments offered: %v", files)
	}
	copied := []string{"title", "面积核对", "question", "有村民反映面积少登记，见《我家的地》。", "answer", "写信的人是王作者。"}
	a = s.fillsOld(page, id, "publish", append([]string{"look", "1", "enclose", files["证.pdf"]}, copied...)...)
	s.says(a, "#leaks", "附件1“证.pdf”：PDF", "不能公开", "问题第1行第14字：附件的文件名", "答复第1行第6字：附件里记着的作者或单位", "请看清")
	s.says(a, "#diff", "标题", "问", "答")
	a = s.fillsOld(page, id, "publish", append([]string{"enclose", files["我家的地.docx"], "enclose", files["地.jpg"]}, copied...)...)
	s.status(a, http.StatusUnprocessableEntity)
	s.says(a, "#fault", "要看清的内容", "图片里的字")
	if len(a.all("input[name=minded]")) != 1 || len(a.all("input[name=enclose][checked]")) != 2 {
		t.Error("what was chosen is lost, or it cannot be minded")
	}
	s.done(s.fillsOld(page, id, "publish", append([]string{"minded", "1", "enclose", files["我家的地.docx"], "enclose", files["地.jpg"]}, copied...)...), id)

	a = s.get("/answers/1")
	s.says(a, "main", "附件1.docx", "附件2.jpg")
	if strings.Contains(a.body, ".pdf") {
		t.Error("the sender's own name of a file is shown")
	}
	public := s.get("/answers/1/files/1")
	s.status(public, http.StatusOK)
	if marks := enclosure.Marks("docx", []byte(public.body)); len(marks) > 0 || strings.Contains(public.body, "王作者") {
		t.Errorf("the public copy tells of its author: %q", marks)
	}
	if !strings.Contains(public.Header.Get("Content-Disposition"), "attachment") || !strings.Contains(public.Header.Get("Content-Security-Policy"), "sandbox") {
		t.Errorf("handed over as %v", public.Header)
	}
	if photo := s.get("/answers/1/files/2"); exifOf([]byte(photo.body)) != nil || bytes.Contains([]byte(photo.body), []byte("SECRET")) {
		t.Error("the public photo has EXIF")
	}
	for _, path := range []string{"/answers/1/files/3", "/answers/1/files/x", "/answers/2/files/1"} {
		s.status(s.get(path), http.StatusNotFound)
	}
	// It goes when the answer goes.
	s.must(s.desk.CitizenAct(t.Context(), id, inquiry.Deed{Act: inquiry.Rate, Facts: inquiry.Facts{Rating: inquiry.Not}, Seen: s.seen(id)}))
	s.must(s.desk.CitizenAct(t.Context(), id, inquiry.Deed{Act: inquiry.Reopen, Facts: inquiry.Facts{Text: "不对"}, Seen: s.seen(id)}))
	s.status(s.get("/answers/1/files/1"), http.StatusNotFound)
}

func (s *officeSite) seen(id string) string {
	s.t.Helper()
	tr, err := s.desk.Track(s.t.Context(), id)
	s.must(err)
	return tr.Seen
}

// docOf is a letter that tells who wrote it.
func docOf(t testing.TB, body string) []byte {
	return packed(t, "[Content_Types].xml", `<Types><Override PartName="/docProps/core.xml" ContentType="x"/></Types>`,
		"docProps/core.xml", `<cp:coreProperties xmlns:cp="c" xmlns:dc="d"><dc:creator>王作者</dc:creator></cp:coreProperties>`,
		"word/document.xml", `<w:document xmlns:w="w"><w:body>`+body+`</w:body></w:document>`)
}
