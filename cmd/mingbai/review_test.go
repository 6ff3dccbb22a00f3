package main

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"mingbai/fixtures"
)

// A certifier's day in a real browser without JavaScript, on a phone and at a desk: what waits, the review, the certificate,
// the publication and how far it is, a row taken back by two people. MINGBAI_SHOTS names a folder to leave pictures in.
func TestACertifiersDay(t *testing.T) {
	w := newWorld(t)
	a := w.accounts()
	secrets := map[string]string{}
	w.ok("user", "add", "zhou", "--name", "周复核", "--role", "certifier")
	for _, login := range []string{"wang", "zhou", "li"} {
		w.must(a.SetPassword(t.Context(), "test", login, "warm kettle, cold well", false))
		secret, err := a.GiveSecondFactor(t.Context(), "test", login)
		w.must(err)
		secrets[login] = secret
	}
	last, _ := w.book(fixtures.One{Rows: 60, Seed: 1, Year: 2024})
	w.publish(last, fixtures.Book{Fund: "GD01", Period: "2024"})
	site := w.serve()
	enter := func(f *farmer, login string) {
		f.visit(site + "/office/login")
		f.fill("login", login).fill("password", "warm kettle, cold well").press("main form button")
		_, err := w.sql().Exec(t.Context(), `update officer set totp_step = 0`) // each code opens once, and half a minute is long
		w.must(err)
		f.fill("code", code(t, secrets[login])).press("main form button.main")
	}
	for i, screen := range []struct {
		name          string
		width, height int64
	}{{"phone", 390, 844}, {"desktop", 1280, 900}} {
		t.Run(screen.name, func(t *testing.T) {
			year := 2025 + i
			period := strconv.Itoa(year)
			path, truth := w.book(fixtures.One{Rows: 60, Seed: uint64(2 + i), Year: year})
			no := w.ok("import", path, "--fund", "GD01", "--period", period, "--as", "li", "--note", "已逐条核对")
			f := openBrowser(t, screen.name, screen.width, screen.height)
			shot := func(step string) { t.Helper(); f.fits(); f.shot("review-" + step) }
			enter(f, "li") // who uploaded it
			f.visit(site + "/office/batches/" + no + "/review")
			f.see("不能复核它", "王复核（wang）", "周复核（zhou）")
			shot("1-own")
			f.press(".who button")

			enter(f, "wang")
			f.visit(site + "/office/review")
			f.see("等您复核（1）", "只差复核")
			shot("2-desk")
			f.press("main tbody th a")
			f.see("账目相符", "随机抽出", "与上期相比", "复核通过")
			f.unsee(truth.People[0].ID, truth.People[0].ID[6:14])
			shot("3-review")
			f.press(`main a[href$="/changes"]`)
			f.see("差额")
			shot("4-changes")
			f.visit(site + "/office/batches/" + no + "/review")
			f.press(`main form[action$="/return"] button`)
			f.see("退回要写明意见")
			shot("5-opinion")
			f.press(`main form[action$="/certify"] button`)
			f.see("已复核", "什么时候公开")
			shot("6-certified")
			f.press(`main form[action$="/publish"] button`)
			f.see("公开进度")
			shot("7-progress")
			w.eventually("publication", 20*time.Second, func() bool {
				f.visit(site + "/office/batches/" + no + "/progress")
				return strings.Contains(f.text(), "都已通知检索")
			})
			shot("8-done")
			f.visit(site + "/office/batches/" + no + "/rows")
			f.see("撤回这一行", "共 60 行，都有效")
			shot("9-rows")
			f.press(`main a[href*="line="]`)
			f.see("申请撤回一行")
			f.do(chromedp.SendKeys("#reason", "重复登记，已与村里核对"))
			shot("10-ask")
			f.press("main form button.main")
			f.see("这是您提的", "周复核（zhou）")
			shot("11-asked")
			f.press(".who button")

			enter(f, "zhou")
			f.visit(site + "/office/review")
			f.see("等您决定的申请（1）")
			shot("12-desk")
			f.visit(site + "/office/requests")
			f.press("main tbody th a")
			f.see("同意，马上办", "重复登记")
			shot("13-decide")
			f.press("main form button.main")
			f.see("同意（zhou")
			f.visit(site + "/office/requests")
			f.see("待决定（0）")
			shot("14-requests")
			f.visit(site + "/office/batches/" + no + "/rows")
			f.see("已撤回：重复登记")
			shot("15-withdrawn")
			f.press(".who button")
		})
	}
	w.ok("verify")
}
