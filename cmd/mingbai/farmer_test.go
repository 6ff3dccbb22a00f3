package main

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"mingbai/fixtures"
	"mingbai/ledger"
)

// A farmer in a real browser: by name; by name and number; not found; a wrong number; a fund's village list. Once on a phone, once on a
// screen, JavaScript switched off — no page needs it. MINGBAI_SHOTS names a folder to leave pictures of every step in.
func TestAFarmerFindsHerMoney(t *testing.T) {
	w := newWorld(t)
	dir := filepath.Join(w.dir, "county")
	w.ok("gen", "--out", dir, "--households", "300")
	truth, err := fixtures.ReadTruth(filepath.Join(dir, fixtures.TruthFile))
	w.must(err)
	lastYears := ""
	for _, b := range truth.Books {
		if no := w.publish(filepath.Join(dir, b.File), b); b.Fund == "GD01" && b.Period == "2024" {
			lastYears = no
		}
	}
	site := w.serve()
	she := neighbour(truth)
	for _, screen := range screens {
		t.Run(screen.name, func(t *testing.T) {
			f := openBrowser(t, screen.name, screen.width, screen.height)
			f.visit(site + "/")
			f.see("查账", "2025年全县")
			f.shot("1-home")

			f.fill("name", she.Name).press("main form button")
			f.see(she.Name, she.Village, "共")
			f.unsee(she.ID[6:14], she.ID[10:])
			f.shot("2-by-name")
			f.visit(site + "/people?q=" + url.QueryEscape(she.Village+she.Name+" 2025 粮补"))
			f.see(she.Village, "2025年", "粮补", "姓名是“"+she.Name+"”", "村里的公示名单")
			f.fits()
			f.shot("2a-whole-question")
			f.press(".chips li:nth-child(3) a") // the year
			f.see("粮补", she.Name)
			f.unsee(`"sort">年份`)
			f.visit(site + "/people?q=" + url.QueryEscape("查无此人 "+she.Village+" 2019 耕地地力保护补贴"))
			f.see("没有查到“查无此人”", "现在没有公示中的名单", "退回", "农业农村股", "0990-1210000")
			f.fits()
			f.shot("2b-nobody")
			f.visit(site + "/people?q=" + url.QueryEscape(she.Name+" "+she.Village+" 2019 耕地地力保护补贴"))
			f.see("没有查到“"+she.Name+"”", "不限地方、年份和项目", "看看是不是要找的人", "这里现在公示着的")
			f.fits()
			f.shot("2d-elsewhere")
			f.visit(site + "/people?q=" + url.QueryEscape(string([]rune(she.Name)[:2])))
			f.fits()
			f.shot("2c-tiers")
			f.visit(site + "/people?name=" + url.QueryEscape(she.Name))
			f.press("ul.ledger a.line")
			f.open()
			f.see("为什么是这个数", "批次")
			f.shot("3-public-person")

			f.visit(site + "/")
			f.fill("name", she.Name).fill("id_number", she.ID).press("main form button")
			f.see(she.Name+"的账", totalOf(truth, she))
			f.unsee(she.ID, she.ID[6:14])
			f.open()
			f.shot("4-own-book")
			if strings.Contains(f.address(), she.ID) || strings.Contains(f.address(), "name=") {
				t.Errorf("the address tells who asked: %s", f.address())
			}

			f.visit(site + "/")
			f.fill("name", "没有这人").fill("id_number", she.ID).press("main form button")
			f.see("没有查到", "0990-1210000")
			f.shot("5-not-found")

			f.visit(site + "/")
			f.fill("name", she.Name).fill("id_number", she.ID[:17]).press("main form button")
			f.see("您填了17位")
			f.unsee(she.ID[:17])
			f.shot("6-wrong-number")

			f.visit(site + "/funds")
			f.see("耕地地力保护补贴")
			f.shot("7-funds")
			f.press(`main a[href^="/funds/GD01"]`)
			f.see("耕地地力保护补贴", she.Town)
			f.shot("8-fund")
			f.visit(fmt.Sprintf("%s/funds/GD01/2025/villages/%s", site, she.VillageCode))
			f.see(she.Village, she.Name, "合计")
			f.unsee(she.ID[6:14], she.ID[10:])
			f.shot("9-village")
		})
	}
	t.Run("after a withdrawal", func(t *testing.T) {
		w.ok("withdraw", lastYears, "--as", "wang", "--reason", "面积登记有误，重新核实")
		f := openBrowser(t, "phone", 390, 844)
		f.visit(site + "/")
		f.fill("name", she.Name).fill("id_number", she.ID).press("main form button")
		f.see("已撤回")
		f.do(chromedp.Click(".ended summary"))
		f.see("面积登记有误，重新核实", "不算在合计里")
		f.shot("10-withdrawn")
		f.visit(site + "/funds/GD01?year=2025")
		f.visit(site + "/funds/GD01?year=2024")
		f.see("已撤回", "面积登记有误，重新核实", "0.00 元") // nothing of that year counts any more
		f.shot("11-nothing-left")
	})
}

// screens are those that pages are made for.
var screens = []struct {
	name          string
	width, height int64
}{{"phone", 390, 844}, {"desktop", 1280, 900}, {"kiosk", 1080, 1920}}

// neighbour is somebody with a payment from the farmland fund, at home in a plain way: two or three characters, no dot.
func neighbour(t *fixtures.Truth) fixtures.Household {
	for _, h := range t.People {
		if len([]rune(h.Name)) > 3 {
			continue
		}
		for _, p := range h.Payments {
			if t.Books[p.Book].Fund == "GD01" && t.Books[p.Book].Period == "2025" {
				return h
			}
		}
	}
	panic("nobody is paid for farmland")
}

func totalOf(t *fixtures.Truth, h fixtures.Household) string {
	var sum ledger.Fen
	for _, p := range h.Payments {
		if t.Books[p.Book].Fund != "GE01" {
			sum += p.Amount
		}
	}
	return sum.String()
}

// farmer drives a browser in her own words.
type farmer struct {
	t    *testing.T
	ctx  context.Context
	name string
}

func openBrowser(t *testing.T, name string, width, height int64) *farmer {
	t.Helper()
	return openScripted(t, name, width, height, false)
}

// openScripted opens a browser with or without JavaScript.
func openScripted(t *testing.T, name string, width, height int64, scripts bool) *farmer {
	t.Helper()
	path := ""
	for _, p := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(p); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		t.Fatal("no chromium: run .ci/setup test")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("blink-settings", fmt.Sprintf("scriptEnabled=%t", scripts)))
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, 2*time.Minute)
	t.Cleanup(cancel)
	f := &farmer{t, ctx, name}
	f.do(chromedp.EmulateViewport(width, height))
	return f
}

func (f *farmer) do(steps ...chromedp.Action[chromedp.Void]) {
	f.t.Helper()
	if err := chromedp.Do(f.ctx, steps...); err != nil {
		f.t.Fatal(err)
	}
}

func (f *farmer) visit(address string) { f.t.Helper(); f.do(chromedp.Navigate(address)) }

func (f *farmer) fill(field, text string) *farmer {
	f.t.Helper()
	f.do(chromedp.SendKeys(`main form input[name="`+field+`"]`, text))
	return f
}

// press presses a button or link and waits for the page it leads to.
func (f *farmer) press(what string) {
	f.t.Helper()
	if _, err := chromedp.RunResponse(f.ctx, chromedp.Click(what)); err != nil {
		f.t.Fatalf("%s: %v", what, err)
	}
}

// text is what the page says. A page that renews itself may go from under the browser's hands: it is asked again.
func (f *farmer) text() string {
	f.t.Helper()
	s, err := chromedp.Run(f.ctx, chromedp.Text("body"))
	for try := 0; err != nil && strings.Contains(err.Error(), "No node") && try < 3; try++ {
		time.Sleep(200 * time.Millisecond)
		s, err = chromedp.Run(f.ctx, chromedp.Text("body"))
	}
	if err != nil {
		f.t.Fatal(err)
	}
	return s
}

func (f *farmer) address() string {
	f.t.Helper()
	s, err := chromedp.Run(f.ctx, chromedp.Location())
	if err != nil {
		f.t.Fatal(err)
	}
	return s
}

func (f *farmer) see(words ...string) {
	f.t.Helper()
	text := f.text()
	for _, w := range words {
		if !strings.Contains(text, w) {
			f.t.Errorf("the page does not say %q:\n%.1500s", w, text)
		}
	}
}

func (f *farmer) unsee(words ...string) {
	f.t.Helper()
	page, err := chromedp.Run(f.ctx, chromedp.OuterHTML("html"))
	if err != nil {
		f.t.Fatal(err)
	}
	for _, w := range words {
		if strings.Contains(page, w) {
			f.t.Errorf("the page shows %q", w)
		}
	}
}

// fits fails the test when the page is wider than the screen.
func (f *farmer) fits() {
	f.t.Helper()
	over, err := chromedp.Run(f.ctx, chromedp.Evaluate[int64]("document.documentElement.scrollWidth - document.documentElement.clientWidth"))
	if err != nil {
		f.t.Fatal(err)
	}
	if over > 0 {
		f.t.Errorf("%s is %d pixels wider than the %s", f.address(), over, f.name)
	}
}

// open opens the first line's explanation.
func (f *farmer) open() { f.t.Helper(); f.do(chromedp.Click("details summary")) }

func (f *farmer) shot(step string) {
	f.t.Helper()
	dir := os.Getenv("MINGBAI_SHOTS")
	if dir == "" {
		return
	}
	picture, err := chromedp.Run(f.ctx, chromedp.FullScreenshot(100))
	if err != nil {
		f.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, f.name+"-"+step+".png"), picture, 0o644); err != nil {
		f.t.Fatal(err)
	}
}
