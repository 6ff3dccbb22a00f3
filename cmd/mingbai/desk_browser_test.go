package main

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"mingbai/fixtures"
	"mingbai/ledger"
	"mingbai/ledger/inquiry"
	"mingbai/ledger/postgres"
)

// people are the officers of the desk, with their sessions; one browser is theirs in turn.
type people struct {
	*farmer
	w        *world
	site     string
	sessions map[string]string
}

// be gives the browser an officer's session. A browser takes a moment to send what a page has set.
func (p *people) be(login string) {
	p.t.Helper()
	for range 10 {
		p.visit(p.site + "/healthz")
		if _, err := chromedp.Run(p.ctx, chromedp.Evaluate[string](fmt.Sprintf("document.cookie = 'mingbai-office=%s; path=/'", p.sessions[login]))); err != nil {
			p.t.Fatal(err)
		}
		p.visit(p.site + "/office/account")
		if textOf(p.farmer, ".who span") == login {
			return
		}
	}
	p.t.Fatalf("the browser does not become %s", login)
}

// does fills an act's form on the slip and sends it; what stands closed is opened first.
func (p *people) does(login, id, act string, pairs ...string) {
	p.t.Helper()
	p.be(login)
	p.visit(p.site + "/office/desk/case/" + id)
	p.send(act, "button:not([name])", pairs...)
}

func (p *people) send(act, button string, pairs ...string) {
	p.t.Helper()
	form := fmt.Sprintf(`form:has(input[name=act][value="%s"])`, act)
	js := "document.querySelectorAll('details').forEach(d => d.open = true);"
	for i := 0; i < len(pairs); i += 2 {
		js += fmt.Sprintf("{let i = document.querySelector(%q); if (i.type == 'checkbox') i.checked = true; else i.value = %q}", form+" [name="+pairs[i]+"]", pairs[i+1])
	}
	if _, err := chromedp.Run(p.ctx, chromedp.Evaluate[string](js+"''")); err != nil {
		p.t.Fatalf("%s: %v", act, err)
	}
	p.press(form + " " + button)
}

// shots takes a page in three sizes.
func (p *people) shots(step string) {
	p.t.Helper()
	for _, s := range screens {
		p.do(chromedp.EmulateViewport(s.width, s.height))
		p.name = s.name
		p.fits()
		p.shot(step)
	}
	p.name = "desktop"
	p.do(chromedp.EmulateViewport(1280, 900))
}

// Four people and a citizen in a real browser without JavaScript: a complaint about a published row is registered and
// countersigned, forwarded, returned once, forwarded again, drafted, sent back once, approved, redacted, published, rated 不满意,
// reopened with another reviewer and closed. Then a sealed report, of which the desk learns nothing.
func TestFourPeopleAtTheDesk(t *testing.T) {
	w := newWorld(t)
	path, truth := w.book(fixtures.One{Layout: fixtures.LayoutList, Rows: 20, Seed: 6})
	w.publish(path, truth.Books[0])
	desk := deskOf(w)
	site := w.serve()
	town, err := w.db.SaveDepartment(t.Context(), "console", ledger.Department{Name: "城关镇财政所", Kind: ledger.Town, Towns: []string{"990121101"}})
	w.must(err)
	p := &people{farmer: openBrowser(t, "desktop", 1280, 900), w: w, site: site, sessions: map[string]string{}}
	for login, o := range map[string]ledger.Officer{
		"duty1": {Roles: []ledger.OfficeRole{ledger.RoleDuty}},
		"duty2": {Roles: []ledger.OfficeRole{ledger.RoleDuty}},
		"farm":  {Roles: []ledger.OfficeRole{ledger.RoleHandler}, Department: 1},
		"town":  {Roles: []ledger.OfficeRole{ledger.RoleHandler}, Department: town},
		"head1": {Roles: []ledger.OfficeRole{ledger.RoleHead}},
		"head2": {Roles: []ledger.OfficeRole{ledger.RoleHead}},
		"disc":  {Roles: []ledger.OfficeRole{ledger.RoleDiscipline}},
		"audit": {Roles: []ledger.OfficeRole{ledger.RoleAuditor}},
	} {
		d := w.newDesk(site, login, o.Department, o.Roles...)
		at, err := url.Parse(site)
		w.must(err)
		for _, c := range d.http.Jar.Cookies(at) {
			if c.Name == "mingbai-office" {
				p.sessions[login] = c.Value
			}
		}
	}
	she := truth.People[0]
	p.visit(site + "/")
	p.fill("name", she.Name).fill("id_number", she.ID).press("main form button")
	p.visit(site + "/ask?kind=complaint&row=" + rowIn(p.farmer))
	p.fill("subject", "面积好像少了").fill("name", she.Name).fill("phone", "13800001111")
	p.do(chromedp.SendKeys("#text", "我叫"+she.Name+"，家里三亩二，表上是三亩一。"))
	p.press("main form button")
	code := codeShape.FindString(regexp.MustCompile(`\s+`).ReplaceAllString(textOf(p.farmer, ".trackcode"), "-"))
	id, err := desk.CaseOfCode(t.Context(), code)
	w.must(err)

	p.be("duty1")
	p.visit(site + "/office/desk/templates")
	p.do(chromedp.SendKeys("#name-0", "面积核对"), chromedp.SendKeys("#text-0", "您反映的“【标题】”，【核实情况】"))
	p.press("main form button")
	p.see("面积核对（各类）")
	p.shots("desk-0-templates")
	p.visit(site + "/office/desk")
	p.see("面积好像少了", "待登记", "按时")
	p.shots("desk-1-queue")
	p.visit(site + "/office/desk/case/" + id)
	p.shots("desk-2-register")
	p.send("register", "button", "kind", "complaint")
	p.does("duty2", id, "countersign")
	p.see("2026-000001")
	p.be("duty1")
	p.visit(site + "/office/desk/case/" + id)
	p.shots("desk-3-forward")
	p.send("forward", "button", "lead", fmt.Sprint(town))
	p.does("town", id, "return.ask", "text", "面积由农业农村股核定")
	p.does("head1", id, "return.grant", "text", "同意")
	p.does("duty1", id, "forward", "lead", "1")
	p.be("town")
	p.visit(site + "/office/desk?tab=all")
	p.unsee("面积好像少了")
	p.does("farm", id, "sign")
	p.unsee(she.Name+"</", "13800001111")
	p.be("farm")
	p.visit(site + "/office/desk/case/" + id)
	p.send("draft", "[name=use]")
	if text, err := chromedp.Run(p.ctx, chromedp.Value("#draft-proposed")); err != nil || text != "您反映的“面积好像少了”，【核实情况】" {
		t.Errorf("the template gives %q, %v", text, err)
	}
	p.send("draft", "[name=keep]", "proposed", "查过了")
	p.see("草稿已保存")
	p.shots("desk-3a-draft")
	p.does("farm", id, "draft", "proposed", "查过了。")
	p.does("head1", id, "sendback", "text", "写清怎么查的、什么时候补发")
	answer := she.Name + "：已到村里重新丈量，您家是3.2亩，少登记0.1亩，差额8.39元下月补发。"
	p.does("farm", id, "draft", "proposed", answer)
	p.be("head1")
	p.visit(site + "/office/desk/case/" + id)
	p.see("差额8.39元", "审核同意")
	p.shots("desk-4-review")
	p.send("approve", "button")
	p.see("已答复")
	p.send("publish", "[name=look]")
	p.see("来件人的姓名", "不能公开，请改掉")
	p.shots("desk-5-leak")
	p.send("publish", "[name=look]", "question", "有村民反映家里三亩二，表上是三亩一。", "answer", "已到村里重新丈量，少登记0.1亩，差额8.39元下月补发。", "title", "面积少登记怎么补")
	p.see("没有发现", "和原文的差别")
	p.shots("desk-6-copy")
	p.send("publish", "button:not([name])")
	p.see("已公开")
	p.visit(site + "/")
	p.fill("name", she.Name).fill("id_number", she.ID).press("main form button")
	p.open()
	p.see("有人问过这一笔")

	p.visit(site + "/track")
	p.fill("code", code).press("main form button")
	p.press(".rates button:nth-of-type(3)")
	if _, err := chromedp.Run(p.ctx, chromedp.Evaluate[string]("document.querySelectorAll('details').forEach(d => d.open = true); ''")); err != nil {
		t.Fatal(err)
	}
	p.do(chromedp.SendKeys("#again", "还是少半亩"))
	p.press(`form:has(input[value="reopen"]) button`)
	p.see("重办")
	p.visit(site + "/answers")
	p.unsee("面积少登记怎么补")
	p.does("duty1", id, "direct")
	p.does("duty1", id, "draft", "proposed", "县里复量，是3.2亩，没有再少。")
	p.does("head1", id, "approve")
	p.see("上一轮的审核人")
	p.does("head2", id, "approve")
	p.see("已答复", "第2轮")
	p.shots("desk-7-second")
	p.closes(desk, id, code)

	p.visit(site + "/ask?kind=report&to=discipline")
	p.fill("subject", "有人冒领")
	p.do(chromedp.SendKeys("#text", "密封内容"))
	p.press("main form button")
	p.see("密封")
	p.sealed("有人冒领", "密封内容")
	p.be("disc")
	p.visit(site + "/office/desk/sealed")
	p.see("有人冒领")
	p.shots("desk-8-sealed")
	p.visit(site + "/office/desk/days")
	p.shots("desk-9-days")
	for _, secret := range []string{code, "13800001111", "有人冒领", "密封内容"} {
		if strings.Contains(w.log.String(), secret) {
			t.Errorf("the server's log tells %q", secret)
		}
	}
}

// closes lets twenty days pass over an answered case, and holds what its pages then say against the books.
func (p *people) closes(desk *postgres.Inquiries, id, code string) {
	p.t.Helper()
	w, ctx := p.w, p.t.Context()
	keys, err := ledger.LoadKeys(filepath.Join(w.dir, "keys.json"), false)
	w.must(err)
	db, err := postgres.Open(ctx, w.url, fixtures.County, postgres.Options{Now: func() time.Time { return time.Now().AddDate(0, 0, 20) }})
	w.must(err)
	defer db.Close()
	later, err := postgres.NewInquiries(db, keys, inquiry.Periods{})
	w.must(err)
	if n, err := later.WakeInquiries(ctx); err != nil || n != 1 {
		p.t.Fatalf("%d cases closed, %v", n, err)
	}
	p.visit(p.site + "/track")
	p.fill("code", code).press("main form button")
	p.see("现在：办结", "县里复量")
	p.be("head2")
	p.visit(p.site + "/office/desk/case/" + id)
	p.see("2026-000001", "办结", "第2轮", "同意退单", "退回修改", "评价：不满意", "不满意，要求重办")
	p.shots("desk-7a-closed")
	steps, err := chromedp.Run(p.ctx, chromedp.Evaluate[int]("document.querySelectorAll('ol.course > li').length"))
	w.must(err)
	if n := w.count(`select count(*) from inquiry_event where id = $1`, id); steps != n {
		p.t.Errorf("the slip shows %d steps, the books have %d", steps, n)
	}
	p.visit(p.site + "/office/desk?tab=all")
	p.listed(w.count(`select count(*) from desk_inquiry`))
	if slips := w.count(`select count(*) from inquiry where (slip_year, slip_no) = (2026, 1)`); slips != 1 {
		p.t.Errorf("%d cases with the slip's number", slips)
	}
	today := ledger.DateOf(time.Now())
	days, err := desk.Days(ctx, today, today)
	w.must(err)
	if n := w.count(`select count(*) from desk_inquiry where received_at > now() - interval '1 hour'`); len(days) != 1 || days[0].Received != n {
		p.t.Errorf("the register has %+v, the books %d", days, n)
	}
	d, err := desk.Dossier(ctx, "head2", id)
	w.must(err)
	if len(d.Case.Rounds) != 2 || d.Case.Rounds[0].Reviewer != "head1" || d.Case.Rounds[1].Reviewer != "head2" || d.Case.Rounds[0].Rating != inquiry.Not {
		p.t.Errorf("rounds %+v", d.Case.Rounds)
	}
	if n := w.count(`select count(*) from inquiry_round where id = $1 and reviewer <> all (drafters)`, id); n != 2 {
		p.t.Errorf("%d rounds with another reviewer, want both", n)
	}
	if found, err := desk.VerifyInquiries(ctx); err != nil || len(found) > 0 {
		p.t.Errorf("verify %v, %v", found, err)
	}
}

// listed holds how many cases the queue on the screen has.
func (p *people) listed(want int) {
	p.t.Helper()
	n, err := chromedp.Run(p.ctx, chromedp.Evaluate[int]("document.querySelectorAll('table.queue th a').length"))
	if p.w.must(err); n != want {
		p.t.Errorf("%s lists %d cases, the books have %d", p.address(), n, want)
	}
}

// sealed holds that nobody but discipline learns of a sealed report: by page, address, slip, search, count or export.
func (p *people) sealed(secrets ...string) {
	p.t.Helper()
	var id string
	p.w.must(p.w.sql().QueryRow(p.t.Context(), `select id from inquiry where sealed`).Scan(&id))
	open := p.w.count(`select count(*) from inquiry where not sealed`)
	for _, login := range []string{"duty1", "head1", "farm", "audit"} {
		p.be(login)
		for _, path := range []string{"/office", "/office/desk?tab=all", "/office/desk", "/office/desk/days", "/office/audit", "/answers?text=" + url.QueryEscape("冒领")} {
			p.visit(p.site + path)
			p.unsee(append(secrets, id)...)
		}
		p.visit(p.site + "/office/desk?tab=all")
		if login != "farm" { // a department sees its own alone
			p.listed(open)
		}
		p.visit(p.site + "/office/desk/case/nosuchcaseatall")
		none := strings.ReplaceAll(p.text(), "nosuchcaseatall", "")
		p.visit(p.site + "/office/desk/case/" + id)
		if one := strings.ReplaceAll(p.text(), id, ""); reference.ReplaceAllString(one, "") != reference.ReplaceAllString(none, "") {
			p.t.Errorf("%s: the sealed case's address says %q, one of no case %q", login, one, none)
		}
		for _, path := range []string{"/api/v1/answers", "/data/catalog.jsonld", "/feed.atom", "/office/audit/export"} {
			got := p.fetched(login, path)
			for _, secret := range append(secrets, id) {
				if strings.Contains(got, secret) {
					p.t.Errorf("%s: %s tells of the sealed case", login, path)
				}
			}
		}
	}
}

// fetched is what an officer's session is answered to, where a browser would keep a file. An export is asked for by a form.
func (p *people) fetched(login, path string) string {
	p.t.Helper()
	ask := func(method, path, form string) string {
		r, err := http.NewRequestWithContext(p.t.Context(), method, p.site+path, strings.NewReader(form))
		p.w.must(err)
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.AddCookie(&http.Cookie{Name: "mingbai-office", Value: p.sessions[login]})
		answer, err := http.DefaultClient.Do(r)
		p.w.must(err)
		defer answer.Body.Close()
		body, err := io.ReadAll(answer.Body)
		p.w.must(err)
		body = unpackedBook(p.t, body)
		if login == "audit" && method == http.MethodPost && (answer.StatusCode != http.StatusOK || !strings.Contains(string(body), "inquiry/")) {
			p.t.Errorf("the export: %d, %.200s", answer.StatusCode, body)
		}
		return string(body)
	}
	if !strings.HasSuffix(path, "/export") {
		return ask(http.MethodGet, path, "")
	}
	token := regexp.MustCompile(`name="csrf_token" value="([^"]+)"`).FindStringSubmatch(ask(http.MethodGet, "/office/account", ""))
	if token == nil {
		p.t.Fatalf("%s has no form", login)
	}
	return ask(http.MethodPost, path, url.Values{"csrf_token": {token[1]}}.Encode())
}

// unpackedBook is a workbook's parts one after another; anything else is as it is.
func unpackedBook(t *testing.T, content []byte) []byte {
	t.Helper()
	book, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return content
	}
	var all []byte
	for _, f := range book.File {
		part, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(part)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, text...)
	}
	return all
}

// reference is the number under which a page's fault stands in the log.
var reference = regexp.MustCompile(`[0-9A-Za-z]{8,}`)
