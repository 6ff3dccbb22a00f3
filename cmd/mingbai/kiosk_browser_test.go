package main

import (
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"

	"mingbai/fixtures"
	"mingbai/portal"
	"mingbai/search"
)

// finger taps a standing screen of 1080 by 1920, by touch alone.
type finger struct {
	*farmer
	taps int
}

// touch taps the middle of a thing, which must be there, large enough and within the screen.
func (f *finger) touch(what string) {
	f.t.Helper()
	box, err := chromedp.Run(f.ctx, chromedp.Evaluate[[]float64](fmt.Sprintf(`(e => {
		let r = e.getBoundingClientRect();
		if (r.bottom > innerHeight || r.top < 0) { e.scrollIntoView({block: "center"}); r = e.getBoundingClientRect(); }
		return [r.x + r.width / 2, r.y + r.height / 2, r.width, r.height];
	})(document.querySelector(%q))`, what)))
	if err != nil {
		f.t.Fatalf("%s: there is no %s: %v\n%.600s", f.address(), what, err, f.text())
	}
	if box[3] < 96 || box[2] < 96 {
		f.t.Errorf("%s: %s is %.0f by %.0f px", f.address(), what, box[2], box[3])
	}
	f.taps++
	point := []*input.TouchPoint{{X: box[0], Y: box[1]}}
	for _, p := range []input.DispatchTouchEventParams{{Type: "touchStart", TouchPoints: point}, {Type: "touchEnd", TouchPoints: []*input.TouchPoint{}}} {
		if _, err := chromedp.Call(f.ctx, input.DispatchTouchEvent, p); err != nil {
			f.t.Fatal(err)
		}
	}
}

// until waits for words.
func (f *finger) until(w *world, words string) {
	f.t.Helper()
	w.eventually(words, 20*time.Second, func() bool {
		text, err := chromedp.Run(f.ctx, chromedp.Evaluate[string]("document.body.innerText"))
		return err == nil && strings.Contains(text, words)
	})
}

// spells enters a name by its letters, each character as soon as it is offered.
func (f *finger) spells(name string) {
	f.t.Helper()
	for _, r := range []rune(name) {
		offered := func() bool {
			return f.evaluate(fmt.Sprintf(`!!document.querySelector('[data-offer] button[value="%c"]')`, r)) == "true"
		}
		letters := search.Forms(string(r)).Pinyin[0]
		for n := 0; !offered() && n < len(letters); n++ {
			f.touch(fmt.Sprintf(`.keys button[value="%c"]`, letters[n]))
		}
		for !offered() {
			f.touch(`[data-shelves] button[value="next"]`)
		}
		f.touch(fmt.Sprintf(`[data-offer] button[value="%c"]`, r))
	}
}

func (f *finger) run(script string) {
	f.t.Helper()
	f.do(chromedp.Evaluate[chromedp.Void](script + ";0"))
}

func (f *finger) evaluate(expression string) string {
	f.t.Helper()
	s, err := chromedp.Run(f.ctx, chromedp.Evaluate[string]("String("+expression+")"))
	if err != nil {
		f.t.Fatalf("%s: %v", expression, err)
	}
	return s
}

// sends sends a form as a script of the page would, and goes to a screen.
func (f *farmer) sends(site, path, screen string, fields ...string) {
	f.t.Helper()
	body := url.Values{}
	for i := 0; i < len(fields); i += 2 {
		body.Set(fields[i], fields[i+1])
	}
	if _, err := chromedp.Run(f.ctx, chromedp.Evaluate[string](fmt.Sprintf(`fetch(%q, {method: "POST", body: new URLSearchParams(%q)}).then(r => String(r.status))`, path, body.Encode()), chromedp.EvalAwaitPromise)); err != nil {
		f.t.Fatal(err)
	}
	f.visit(site + screen)
}

// kioskScreens shows every screen of a hall's machine, one after the other. The browser is the hall's until kioskLeaves.
func (f *farmer) kioskScreens(site string, she fixtures.Household, row string, look func(screen string)) {
	f.t.Helper()
	f.visit(site + "/kiosk")
	look("home")
	f.sends(site, "/kiosk/sit", "/kiosk/name", "way", "own")
	f.do(chromedp.WaitVisible("form[data-ready]"))
	look("name")
	f.do(chromedp.Click(`.keys button[value="y"]`), chromedp.Click(`.keys button[value="i"]`))
	look("name-offer")
	f.sends(site, "/kiosk/name", "/kiosk/number", "name", she.Name, "key", "go")
	look("number")
	f.sends(site, "/kiosk/look", "/kiosk/own", "id_number", she.ID)
	look("own")
	f.do(chromedp.Click("details summary"))
	look("own-open")
	f.visit(site + "/kiosk/people")
	look("people")
	f.visit(site + "/kiosk/ask?row=" + row)
	look("ask-row")
	f.sends(site, "/kiosk/ask", "/kiosk/ask", "reason", "1")
	look("ask-phone")
	f.visit(site + "/kiosk/ask?row=")
	look("ask")
	f.visit(site + "/kiosk/villages")
	look("towns")
	f.visit(site + "/kiosk/villages?town=" + she.VillageCode[:9])
	look("villages")
	f.visit(site + "/kiosk/villages?village=" + she.VillageCode)
	look("lists")
	f.visit(site + "/funds/GD01/2025/villages/" + she.VillageCode)
	look("list")
	f.visit(site + "/funds")
	look("funds")
	f.visit(site + "/funds/GD01")
	look("fund")
	f.visit(site + "/answers")
	look("answers")
	f.sends(site, "/kiosk/name", "/kiosk/number", "name", "没有这人", "key", "go")
	f.sends(site, "/kiosk/look", "/kiosk/own", "id_number", she.ID)
	look("missing")
	f.visit(site + "/kiosk/still")
	look("still")
}

func (f *farmer) kioskLeaves(site string) {
	f.t.Helper()
	f.sends(site, "/kiosk/leave", "/healthz")
}

// kioskWorld is a county whose machines rest as briefly as a test is patient.
func kioskWorld(t *testing.T, rest time.Duration) (w *world, site string, she fixtures.Household) {
	t.Helper()
	w = newWorld(t)
	truth, _ := w.county(25)
	site = w.serveWith(func(c *portal.Config) {
		c.Limits.KioskRest = rest
		c.Harvest.Guard = w.db
		c.Limits.LookupAddress = portal.Limit{Max: 1000, Window: time.Minute}
		c.Log = slog.New(slog.NewTextHandler(&w.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	return w, site, neighbour(truth)
}

// From the home of a machine of 1080 by 1920 to one's own payments, by touch alone: the name spelt, the number behind dots. What was
// seen is gone once 完成 is touched, or nobody touches anything for a while, and the way back shows nothing of it.
func TestAFarmerAtAKiosk(t *testing.T) {
	const rest = 4 * time.Second
	w, site, she := kioskWorld(t, rest)
	f := &finger{farmer: openScripted(t, "kiosk", 1080, 1920, true)}
	if _, err := chromedp.Call(f.ctx, emulation.SetTouchEmulationEnabled, emulation.SetTouchEmulationEnabledParams{Enabled: true}); err != nil {
		t.Fatal(err)
	}
	oneScreen := func(what string) {
		t.Helper()
		if over := f.evaluate("document.documentElement.scrollHeight"); over != "1920" {
			t.Errorf("%s: %s px high", what, over)
		}
		if least := f.evaluate(`Math.min(...[...document.querySelectorAll(".keys button, .offer button")].map(b => Math.min(b.offsetHeight, b.offsetWidth)))`); len(least) < 3 || least < "120" {
			t.Errorf("%s: keys of %s px", what, least)
		}
		f.fits()
	}
	own := func() {
		t.Helper()
		f.taps = 0
		f.touch(`button[value="own"]`)
		f.until(w, "您叫什么名字")
		f.do(chromedp.WaitVisible("form[data-ready]"))
		f.spells(she.Name)
		oneScreen("name")
		f.touch(`button[value="go"]`)
		f.until(w, "已输入 0 位，还差 18 位")
		for i, digit := range she.ID {
			f.touch(fmt.Sprintf(`.keys button[value="%c"]`, digit))
			if i == 11 {
				f.see("已输入 12 位，还差 6 位", strings.Repeat("●", 12)+strings.Repeat("○", 6))
			}
		}
		oneScreen("number")
		f.unsee(she.ID, she.ID[6:12])
		f.shot("kiosk-2-number")
		f.touch(`button[formaction="/kiosk/look"]`)
		f.until(w, she.Name+"的账")
		f.unsee(she.ID, she.ID[6:14])
	}
	gone := func() {
		t.Helper()
		for range 6 {
			f.run(`setTimeout(() => history.back(), 0)`)
			time.Sleep(300 * time.Millisecond)
			page := ""
			w.eventually("the page before", 10*time.Second, func() bool {
				text, err := chromedp.Run(f.ctx, chromedp.Evaluate[string](`document.readyState === "complete" ? location.pathname + document.documentElement.outerHTML : ""`))
				page = text
				return err == nil && text != ""
			})
			if strings.Contains(page, she.Name) || strings.Contains(page, "历年合计") || strings.Contains(page, she.ID[6:14]) {
				t.Fatalf("going back shows %.2000s", page)
			}
			if strings.HasPrefix(page, "blank") {
				break // before the machine was switched on
			}
			if !strings.HasPrefix(page, "/kiosk<") && !strings.HasPrefix(page, "/<") {
				t.Errorf("going back leads to %.30s", page)
			}
		}
		f.visit(site + "/kiosk")
	}

	f.visit(site + "/")
	f.press(`.foot a[href="/kiosk"]`) // one tap from the home page
	f.see("查我的补贴", "没有登记成大厅的查询机")
	f.shot("kiosk-1-home")
	own()
	f.see("历年合计", "为什么是这个数")
	t.Logf("from the kiosk's home to one's own payments: %d taps, of them 18 for the number, %d characters of a name", f.taps, len([]rune(she.Name)))
	if f.address() != site+"/kiosk/own" {
		t.Errorf("the address is %s", f.address())
	}
	if out := f.evaluate(`[...document.querySelectorAll("a[href]")].filter(a => a.origin !== location.origin || a.target).length`); out != "0" {
		t.Errorf("%s ways off the site", out)
	}
	f.shot("kiosk-3-own")
	f.touch(".finish a")
	f.until(w, "已经清除")
	gone()

	own()
	f.until(w, "还在吗")
	f.shot("kiosk-4-still")
	f.touch(".still button")
	time.Sleep(rest / 2)
	f.see("历年合计")
	began := time.Now()
	f.until(w, "已经清除")
	t.Logf("nobody there: wiped after %v more", time.Since(began).Round(100*time.Millisecond))
	gone()
	for n := 9; n <= len(she.ID); n++ {
		if strings.Contains(w.log.String(), she.ID[n-6:n]) {
			t.Fatal("the log holds a number")
		}
	}
	if strings.Contains(w.log.String(), she.Name) {
		t.Error("the log holds a name")
	}
}

// The same without a script: every key is a button, and pages go by themselves to the one that asks and to the home. Some fifty
// pages and two rests: make tasks does it; that the forms do what the script does is tested in package portal, too.
func TestAKioskWithoutScripts(t *testing.T) {
	if os.Getenv("MINGBAI_TASKS") != "all" {
		t.Skip("left out: make tasks goes to the kiosk without scripts, too")
	}
	w, site, she := kioskWorld(t, 8*time.Second)
	f := &finger{farmer: openBrowser(t, "kiosk-noscript", 1080, 1920)}
	f.visit(site + "/kiosk")
	f.press(`button[value="own"]`)
	for i, r := range []rune(she.Name) {
		letters := search.Forms(string(r)).Pinyin[0]
		for n := range len(letters) {
			f.press(fmt.Sprintf(`.keys button[value="%c"]`, letters[n]))
		}
		for f.evaluate(fmt.Sprintf(`!!document.querySelector('[data-offer] button[value="%c"]')`, r)) != "true" {
			f.press(`[data-shelves] button[value="next"]`)
		}
		if i == 0 {
			f.shot("1-name")
		}
		f.press(fmt.Sprintf(`[data-offer] button[value="%c"]`, r))
	}
	f.press(`button[value="go"]`)
	for _, digit := range she.ID {
		f.press(fmt.Sprintf(`.keys button[value="%c"]`, digit))
	}
	f.see("18 位已输全")
	f.unsee(she.ID, she.ID[6:12])
	f.press(`button[formaction="/kiosk/look"]`)
	f.see(she.Name+"的账", "历年合计")
	f.shot("2-own")
	f.until(w, "还在吗")
	f.press("main a.button.main")
	f.see(she.Name + "的账")
	f.until(w, "还在吗")
	f.until(w, "已经清除")
	f.unsee(she.Name)
	f.visit(site + "/kiosk/own")
	f.unsee(she.Name)
	f.see("查我的补贴")
}
