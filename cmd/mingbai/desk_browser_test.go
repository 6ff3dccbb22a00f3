package main

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"mingbai/fixtures"
	"mingbai/ledger"
	"mingbai/ledger/inquiry"
)

// people are the officers of the desk, with their sessions; one browser is theirs in turn.
type people struct {
	*farmer
	w        *world
	site     string
	sessions map[string]string
}

func (p *people) be(login string) {
	p.t.Helper()
	p.visit(p.site + "/healthz")
	if _, err := chromedp.Run(p.ctx, chromedp.Evaluate[string](fmt.Sprintf("document.cookie = 'mingbai-office=%s; path=/'", p.sessions[login]))); err != nil {
		p.t.Fatal(err)
	}
}

// does fills an act's form on the slip and sends it; what stands closed is opened first.
func (p *people) does(login, id, act string, pairs ...string) {
	p.t.Helper()
	p.be(login)
	p.visit(p.site + "/office/desk/case/" + id)
	p.send(act, "button:not([name=look])", pairs...)
}

func (p *people) send(act, button string, pairs ...string) {
	p.t.Helper()
	form := fmt.Sprintf(`form:has(input[name=act][value="%s"])`, act)
	js := "document.querySelectorAll('details').forEach(d => d.open = true);"
	for i := 0; i < len(pairs); i += 2 {
		js += fmt.Sprintf("document.querySelector(%q).value = %q;", form+" [name="+pairs[i]+"]", pairs[i+1])
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
	p.see("来件人的姓名", "不能这样公开")
	p.shots("desk-5-leak")
	p.send("publish", "[name=look]", "question", "有村民反映家里三亩二，表上是三亩一。", "answer", "已到村里重新丈量，少登记0.1亩，差额8.39元下月补发。", "title", "面积少登记怎么补")
	p.see("没有发现", "和原文的差别")
	p.shots("desk-6-copy")
	p.send("publish", "button:not([name=look])")
	p.see("已公开")

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
	if found, err := desk.VerifyInquiries(t.Context()); err != nil || len(found) > 0 {
		t.Errorf("verify %v, %v", found, err)
	}
	d, err := desk.Dossier(t.Context(), "head2", id)
	w.must(err)
	if len(d.Case.Rounds) != 2 || d.Case.Rounds[0].Reviewer != "head1" || d.Case.Rounds[1].Reviewer != "head2" || d.Case.Rounds[0].Rating != inquiry.Not {
		t.Errorf("rounds %+v", d.Case.Rounds)
	}

	p.visit(site + "/ask?kind=report&to=discipline")
	p.fill("subject", "有人冒领")
	p.do(chromedp.SendKeys("#text", "密封内容"))
	p.press("main form button")
	p.see("密封")
	for _, login := range []string{"duty1", "head1", "farm"} {
		p.be(login)
		for _, path := range []string{"/office", "/office/desk?tab=all", "/office/desk"} {
			p.visit(site + path)
			p.unsee("有人冒领", "密封内容")
		}
	}
	p.be("disc")
	p.visit(site + "/office/desk/sealed")
	p.see("有人冒领")
	p.shots("desk-8-sealed")
	p.visit(site + "/office/desk/days")
	p.shots("desk-9-days")
	if strings.Contains(w.log.String(), code) || strings.Contains(w.log.String(), "13800001111") || strings.Contains(w.log.String(), "有人冒领") {
		t.Error("the server's log tells")
	}
}
