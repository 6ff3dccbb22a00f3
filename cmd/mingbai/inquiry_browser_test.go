package main

import (
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"mingbai/fixtures"
	"mingbai/ledger"
	"mingbai/ledger/inquiry"
	"mingbai/ledger/postgres"
)

// deskOf opens the inquiry desk's books of a world, with two duty staff, a head and a handler beside its officers.
func deskOf(w *world) *postgres.Inquiries {
	w.t.Helper()
	keys, err := ledger.LoadKeys(filepath.Join(w.dir, "keys.json"), false)
	w.must(err)
	desk, err := postgres.NewInquiries(w.db, keys, inquiry.Periods{})
	w.must(err)
	section, err := w.db.SaveDepartment(w.t.Context(), "console", ledger.Department{Name: "农业农村股", Kind: ledger.Section, Funds: []string{"GD01"}})
	w.must(err)
	for _, o := range []ledger.Officer{
		{Login: "duty1", Name: "值班甲", Roles: []ledger.OfficeRole{ledger.RoleDuty}},
		{Login: "duty2", Name: "值班乙", Roles: []ledger.OfficeRole{ledger.RoleDuty}},
		{Login: "farm", Name: "承办员", Roles: []ledger.OfficeRole{ledger.RoleHandler}, Department: section},
		{Login: "head1", Name: "审核甲", Roles: []ledger.OfficeRole{ledger.RoleHead}},
		{Login: "head2", Name: "审核乙", Roles: []ledger.OfficeRole{ledger.RoleHead}},
	} {
		w.must(w.db.SaveOfficer(w.t.Context(), "console", o))
	}
	return desk
}

func caseActs(w *world, desk *postgres.Inquiries, id string) func(login string, d inquiry.Deed) {
	return func(login string, d inquiry.Deed) {
		w.t.Helper()
		tr, err := desk.Track(w.t.Context(), id)
		w.must(err)
		if d.Seen = tr.Seen; d.Text == "" {
			d.Text = "按规定办理"
		}
		w.must(desk.Act(w.t.Context(), login, id, d))
	}
}

var codeShape = regexp.MustCompile(`[2-9A-HJ-NP-Z]{4}(-[2-9A-HJ-NP-Z]{4}){3}`)

// A citizen in a real browser, JavaScript switched off: asks about a row that she sees, keeps the code, follows her case, rates it.
func TestACitizenAsksAboutARow(t *testing.T) {
	w := newWorld(t)
	path, truth := w.book(fixtures.One{Layout: 1, Rows: 30, Seed: 5})
	w.publish(path, truth.Books[0])
	desk := deskOf(w)
	site := w.serve()
	she := truth.People[0]
	looks := screens
	if os.Getenv("MINGBAI_SHOTS") != "" { // the large edition is looked at, too
		for _, s := range screens {
			s.name += "-elder"
			looks = append(looks, s)
		}
	}
	for _, screen := range looks {
		t.Run(screen.name, func(t *testing.T) {
			f := openBrowser(t, screen.name, screen.width, screen.height)
			if strings.HasSuffix(screen.name, "-elder") {
				_, err := chromedp.Call(f.ctx, network.SetCookie, network.SetCookieParams{Name: "mingbai-elder", Value: "1", URL: site})
				w.must(err)
			}
			f.visit(site + "/")
			f.fill("name", she.Name).fill("id_number", she.ID).press("main form button")
			f.open()
			f.shot("ask-1-row")
			f.press(".why a.button")
			f.see("您是哪一种", "投诉")
			f.fits()
			f.shot("ask-2-kind")
			f.press(".choices li:nth-child(4) a")
			f.see("先选交给谁", "密封交给纪检")
			f.fits()
			f.shot("ask-2a-report")
			f.visit(site + "/ask?kind=complaint&row=" + rowIn(f))
			f.fits()
			f.shot("ask-3-form")
			f.fill("subject", "面积好像少了").fill("phone", "13800001111")
			f.do(chromedp.SendKeys("#text", "我家三亩二，表上是三亩一。\n请查一查。"))
			f.press("main form button")
			f.see("已经收到您的投诉", "只显示这一次")
			f.fits()
			f.shot("ask-4-receipt")
			code := codeShape.FindString(regexp.MustCompile(`\s+`).ReplaceAllString(textOf(f, ".trackcode"), "-"))
			id, err := desk.CaseOfCode(t.Context(), code)
			w.must(err)
			act := caseActs(w, desk, id)
			act("duty1", inquiry.Deed{Act: inquiry.Register, Facts: inquiry.Facts{Kind: inquiry.Complaint, Track: inquiry.Ordinary}})
			act("duty2", inquiry.Deed{Act: inquiry.Countersign})
			act("duty1", inquiry.Deed{Act: inquiry.Forward, Facts: inquiry.Facts{Lead: 1}})
			act("farm", inquiry.Deed{Act: inquiry.Sign})
			f.visit(site + "/track")
			f.fits()
			f.shot("ask-5-track-form")
			f.fill("code", "ABCD-EFGH-JKLM-NPQR").press("main form button")
			f.see("没有打开")
			f.shot("ask-5a-wrong")
			f.fill("code", code).press("main form button")
			f.see("现在：承办中", "农业农村股", "期限", "转给承办部门办理")
			f.do(chromedp.Click("details.days summary"))
			f.fits()
			f.shot("ask-6-track")
			f.unsee(code)
			act("farm", inquiry.Deed{Act: inquiry.Draft, Proposed: "已到村里重新丈量，您家是3.2亩，少登记0.1亩。\n差额8.39元下月随批次补发。"})
			act("head1", inquiry.Deed{Act: inquiry.Approve, Facts: inquiry.Facts{Answer: inquiry.HashOf("已到村里重新丈量，您家是3.2亩，少登记0.1亩。\n差额8.39元下月随批次补发。")}})
			act("head1", inquiry.Deed{Act: inquiry.Publish, Copy: inquiry.Copy{Title: "耕地面积少登记怎么办", Question: "有村民反映自家面积少登记0.1亩。", Answer: "已重新丈量并更正，差额下月补发。觉得面积不对的，可以带土地证到村里核对。", Disclosed: "/funds"}})
			f.visit(site + "/track")
			f.fill("code", code).press("main form button")
			f.see("现在：已公开", "补发", "请评价")
			f.fits()
			f.shot("ask-7-answered")
			f.press(".rates button:nth-of-type(3)")
			f.see("已收到您的评价")
			f.shot("ask-8-rated")
			f.visit(site + "/answers")
			f.see("耕地面积少登记怎么办")
			f.fits()
			f.shot("ask-9-answers")
			f.press("ul.ledger a.line")
			f.see("有村民反映", "点这里看")
			f.fits()
			f.shot("ask-9a-answer")
			f.visit(site + "/people?q=" + url.QueryEscape("面积少登记"))
			f.see("公开答复", "耕地面积少登记怎么办")
			f.fits()
			f.shot("ask-9c-found")
			f.visit(site + "/wall")
			f.fits()
			f.shot("ask-9b-wall")
		})
	}
}

// rowIn is the row that the page's links are about.
func rowIn(f *farmer) string {
	f.t.Helper()
	href, err := chromedp.Run(f.ctx, chromedp.Evaluate[string](`document.querySelector("main a[href*='row=']").href.split("row=")[1]`))
	if err != nil {
		f.t.Fatal(err)
	}
	return href
}

func textOf(f *farmer, selector string) string {
	f.t.Helper()
	s, err := chromedp.Run(f.ctx, chromedp.Text(selector))
	if err != nil {
		f.t.Fatal(err)
	}
	return s
}
