package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"mingbai/fixtures"
)

// Somebody in a real browser who reads more than a neighbour does: the challenge solved by the browser itself, then by hand
// without JavaScript, then patience; a kiosk is registered by its key, and the office sees what went on. On a phone, and
// where MINGBAI_SHOTS names a folder to leave pictures in, at a desk and on a standing screen, too.
func TestAReaderOfVeryManyNames(t *testing.T) {
	w := newWorld(t)
	path, truth := w.book(fixtures.One{Layout: fixtures.LayoutCard, Rows: 400, Seed: 5})
	w.publish(path, truth.Books[0])
	w.budget = map[string]string{"device": "30/45/30/45"}
	lists := map[string]int{}
	for _, h := range truth.People {
		lists[h.VillageCode]++
	}
	var villages []string // whose lists are longer than nothing and shorter than the budget
	for code, n := range lists {
		if code != "" && n >= 5 && n <= 30 {
			villages = append(villages, code)
		}
	}
	a := w.accounts()
	w.ok("user", "add", "chen", "--name", "陈管理", "--role", "admin")
	w.must(a.SetPassword(t.Context(), "test", "chen", "warm kettle, cold well", false))
	secret, err := a.GiveSecondFactor(t.Context(), "test", "chen")
	w.must(err)
	site := w.serve()
	year := string(truth.Books[0].Period)[:4]
	list := func(i int) string {
		return fmt.Sprintf("%s/funds/%s/%s/villages/%s", site, truth.Books[0].Fund, year, villages[i])
	}
	shown := screens[:1] // where it is narrowest; three browsers on each take their time
	if os.Getenv("MINGBAI_SHOTS") != "" {
		shown = screens
	}
	for i, screen := range shown {
		t.Run(screen.name, func(t *testing.T) {
			f := openScripted(t, screen.name, screen.width, screen.height, true)
			next := 0
			until := func(f *farmer, words string) {
				t.Helper()
				for range 12 {
					f.visit(list(next))
					next++
					if strings.Contains(f.text(), words) {
						return
					}
				}
				t.Fatalf("no page says %q:\n%.800s", words, f.text())
			}
			began := time.Now()
			for shown := 0; shown <= 30; next++ {
				f.visit(list(next))
				shown += lists[villages[next]]
			}
			w.eventually("the browser to solve the challenge", 20*time.Second, func() bool {
				text, err := chromedp.Run(f.ctx, chromedp.Evaluate[string]("document.body.innerText")) // fails while a page gives way
				return err == nil && strings.Contains(text, "公示期")
			})
			t.Logf("with JavaScript: solved and back after %v", time.Since(began))
			if f.address() != list(next-1) {
				t.Errorf("back at %s", f.address())
			}

			f = openBrowser(t, screen.name, screen.width, screen.height)
			next = 0
			until(f, "核对一下，接着看")
			asked := f.address()
			f.fits()
			f.shot("harvest-1-challenge")
			f.fill("answer", "1000").press("main form button")
			f.see("刚才没有对上")
			f.shot("harvest-2-wrong")
			f.fill("answer", strconv.Itoa(sumOf(t, f.textOf("label[for=answer]")))).press("main form button")
			f.see("公示期")
			if f.address() != asked {
				t.Errorf("back at %s, was at %s", f.address(), asked)
			}
			until(f, "以后再看")
			f.fits()
			f.shot("harvest-3-wait")
			f.press("main a.button")
			f.see("查账")

			f.visit(site + "/kiosk/register")
			f.shot("harvest-4-register")
			f.fill("key", "ABCD EFGH JKLM NPQR").press("main form button")
			f.see("没有这个密钥")
			f.shot("harvest-5-no-key")

			o := openBrowser(t, screen.name, screen.width, screen.height)
			o.visit(site + "/office/login")
			o.fill("login", "chen").fill("password", "warm kettle, cold well").press("main form button")
			_, err := w.sql().Exec(t.Context(), `update officer set totp_step = 0`)
			w.must(err)
			o.fill("code", code(t, secret)).press("main form button.main")
			o.visit(site + "/office/kiosks")
			o.fill("name", fmt.Sprintf("政务大厅%d号机", i+1)).fill("place", "政务大厅一楼东侧").press("main form button.main")
			o.see("只在这里显示一次")
			o.fits()
			o.shot("harvest-6-key")
			f.fill("key", o.textOf(".box p:nth-child(2) .key")).press("main form button")
			f.see("已登记为“政务大厅")
			f.shot("harvest-7-registered")
			f.visit(list(0))
			f.see("公示期") // a kiosk has a budget of its own

			o.visit(site + "/office/harvest")
			o.see("防抓取", "看过多少人", "1,200")
			o.do(chromedp.SetValue("#village", villages[i]))
			o.press("main form.box button.main")
			o.see("已保存", "撤掉")
			var trap string
			w.must(w.sql().QueryRow(t.Context(), `select ref || '-' || village_code from trap where village_code = $1`, villages[i]).Scan(&trap))
			w.eventually("the trap to be known", 40*time.Second, func() bool {
				code, _ := get(t, site+"/people/"+trap)
				var alarms int
				w.must(w.sql().QueryRow(t.Context(), `select count(*) from harvest_alarm where seen_at is null`).Scan(&alarms))
				return code == 404 && alarms > 0
			})
			o.visit(site + "/office")
			o.see("条防抓取警报还没有人看")
			o.fits()
			o.shot("harvest-8-home")
			o.visit(site + "/office/harvest")
			o.see("只有程序才找得到")
			o.fits()
			o.shot("harvest-9-alarm")
			o.press(`main form[action^="/office/harvest/alarms/"] button`)
			o.see("已记下您看过了")
			_, err = w.sql().Exec(t.Context(), `delete from harvest_alarm`)
			w.must(err)
			_, err = w.sql().Exec(t.Context(), `delete from trap_touch`)
			w.must(err)
			o.visit(site + "/office/kiosks")
			o.see("政务大厅", "停用")
			o.fits()
			o.shot("harvest-10-kiosks")
		})
	}
	w.ok("verify")
}

// sumOf works out a question in words.
func sumOf(t *testing.T, asked string) int {
	t.Helper()
	number := func(words string) (n int) {
		for i, r := range []rune("零一二三四五六七八九") {
			words = strings.ReplaceAll(words, string(r), strconv.Itoa(i))
		}
		if tens, ones, ok := strings.Cut(words, "十"); ok {
			n = 10
			if tens != "" {
				n = 10 * int(tens[0]-'0')
			}
			words = ones
		}
		if words != "" {
			n += int(words[0] - '0')
		}
		return n
	}
	text := strings.TrimSuffix(asked, "等于几？")
	if a, b, ok := strings.Cut(text, "加"); ok {
		return number(a) + number(b)
	}
	a, b, ok := strings.Cut(text, "减")
	if !ok {
		t.Fatalf("asked %q", asked)
	}
	return number(a) - number(b)
}
