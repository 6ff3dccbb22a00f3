package main

import (
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"mingbai/fixtures"
)

// axeModes are the ways in which a page is looked at.
var axeModes = []struct {
	name          string
	width, height int64
	elder         bool
	features      []*emulation.MediaFeature
	all           bool // looked at by make axe only: the suite must stay short
}{
	{name: "normal", width: 1280, height: 900, all: true},
	{name: "phone", width: 390, height: 844, all: true},
	{name: "elder", width: 390, height: 844, elder: true},
	{name: "elder-wide", width: 1280, height: 900, elder: true, all: true},
	{name: "dark", width: 1280, height: 900, features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}}},
	{name: "kiosk", width: 1080, height: 1920, all: true},
}

// pageTypes are one page of every kind that a stranger can come to.
// pageType is a kind of page of the public site, and how a reader gets to it from its path.
type pageType struct {
	name, path string
	then       func(f *farmer)
}

func pageTypes(truth *fixtures.Truth) []pageType {
	she, code := neighbour(truth), ""
	people := "/people?name=" + url.QueryEscape(she.Name)
	sent := func(f *farmer) {
		f.fill("subject", "面积不对")
		f.do(chromedp.SendKeys("#text", "我家的面积少算了，请核对。"))
		f.press("form.ask button.main")
		code = codeShape.FindString(strings.Join(strings.Fields(f.textOf("p.trackcode")), "-"))
	}
	return []pageType{
		{name: "home", path: "/"},
		{name: "people", path: people},
		{"person", people, func(f *farmer) { f.press("main a.line") }},
		{name: "nobody", path: "/people?name=查无此人"},
		{"own", "/", func(f *farmer) {
			f.fill("name", she.Name).fill("id_number", she.ID).press("form.ask button.main")
			f.open()
		}},
		{"notfound", "/", func(f *farmer) {
			f.fill("name", "查无此人").fill("id_number", she.ID).press("form.ask button.main")
		}},
		{"fault", "/", func(f *farmer) { f.fill("name", she.Name).fill("id_number", she.ID[:17]).press("form.ask button.main") }},
		{name: "funds", path: "/funds"},
		{name: "fund", path: "/funds/GD01"},
		{name: "self", path: "/funds/DB01"},
		{name: "village", path: "/funds/GD01/2025/villages/" + she.VillageCode},
		{name: "allocations", path: "/funds/ZX01"},
		{name: "transfers", path: "/funds/ZY01"},
		{name: "projects", path: "/funds/XM01"},
		{name: "budget", path: "/funds/BM01"},
		{name: "agencies", path: "/funds/BZ01"},
		{name: "posts", path: "/funds/RY01"},
		{name: "as-of", path: "/funds/BM01?year=2025&as-of=" + time.Now().AddDate(0, 0, -7).Format(time.DateOnly)},
		{name: "data", path: "/data"},
		{name: "table", path: "/data/villages"},
		{name: "api", path: "/api"},
		{name: "ask", path: "/ask"},
		{name: "ask-whom", path: "/ask?kind=report"},
		{name: "filing", path: "/ask?kind=complaint&to=desk"},
		{"receipt", "/ask?kind=complaint&to=desk", sent},
		{name: "track-form", path: "/track"},
		{"track", "/track", func(f *farmer) { f.fill("code", code).press("form.ask button.main") }},
		{"track-wrong", "/track", func(f *farmer) { f.fill("code", "ABCD-EFGH-JKLM-NPQR").press("form.ask button.main") }},
		{name: "statistics", path: "/statistics"},
		{name: "answers", path: "/answers"},
		{name: "wall", path: "/wall"},
		{name: "proof", path: "/proof"},
		{name: "proof-false", path: "/proof/x"},
		{name: "kiosk-key", path: "/kiosk/register"},
		{name: "about", path: "/about"},
		{name: "accessible", path: "/accessible"},
		{name: "audit", path: "/audit"},
		{name: "offline", path: "/offline"},
		{name: "missing", path: "/nothing"},
	}
}

// Every kind of page, in every mode, is open to who cannot see, cannot hold a mouse or reads with a strong glass: no rule of
// axe is broken. MINGBAI_SHOTS names a folder to leave pictures in.
func TestPagesAreAccessible(t *testing.T) {
	w := newWorld(t)
	truth, _ := w.county(30)
	w.backdate()
	site := w.serve()
	var row string // a line of the books
	w.must(w.sql().QueryRow(t.Context(), `select year || '-' || batch_no || '-' || line from payment limit 1`).Scan(&row))
	for _, mode := range axeModes {
		if mode.all && os.Getenv("MINGBAI_AXE") != "all" {
			t.Logf("mode %s is left out: make axe looks at it, too", mode.name)
			continue
		}
		t.Run(mode.name, func(t *testing.T) {
			f := openScripted(t, mode.name, mode.width, mode.height, true)
			f.media(mode.features...)
			f.visit(site + "/healthz")
			if mode.elder {
				if _, err := chromedp.Call(f.ctx, network.SetCookie, network.SetCookieParams{Name: "mingbai-elder", Value: "1", URL: site}); err != nil {
					t.Fatal(err)
				}
			}
			found := 0
			pages := pageTypes(truth)
			for _, page := range pages {
				f.visit(site + page.path)
				if page.then != nil {
					page.then(f)
				}
				found += f.accessible()
				f.fits()
				f.shot("open-" + page.name)
			}
			screens := 0
			if !mode.elder { // a kiosk has one size
				f = openScripted(t, mode.name, mode.width, mode.height, true)
				f.media(mode.features...)
				f.kioskScreens(site, neighbour(truth), row, func(screen string) {
					screens++
					found += f.accessible()
					f.fits()
					f.shot("kiosk-" + screen)
				})
			}
			t.Logf("%d kinds of pages, %d screens of a kiosk, %d violations", len(pages), screens, found)
		})
	}
	f := openScripted(t, "phone", 390, 844, true)
	f.visit(site + "/about")
	f.do(chromedp.Evaluate[chromedp.Void](`document.documentElement.removeAttribute("lang")`))
	if !slices.ContainsFunc(f.axe(), func(v violation) bool { return v.ID == "html-has-lang" }) {
		t.Error("axe does not see that the page has no language")
	}
}
