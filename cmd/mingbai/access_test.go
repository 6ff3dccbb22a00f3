package main

import (
	"net/url"
	"os"
	"slices"
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
func pageTypes(truth *fixtures.Truth) []struct{ name, path string } {
	she := neighbour(truth)
	return []struct{ name, path string }{
		{"home", "/"},
		{"people", "/people?name=" + url.QueryEscape(she.Name)},
		{"nobody", "/people?name=查无此人"},
		{"funds", "/funds"},
		{"fund", "/funds/GD01"},
		{"self", "/funds/DB01"},
		{"village", "/funds/GD01/2025/villages/" + she.VillageCode},
		{"allocations", "/funds/ZX01"},
		{"transfers", "/funds/ZY01"},
		{"projects", "/funds/XM01"},
		{"budget", "/funds/BM01"},
		{"agencies", "/funds/BZ01"},
		{"posts", "/funds/RY01"},
		{"as-of", "/funds/BM01?year=2025&as-of=" + time.Now().AddDate(0, 0, -7).Format(time.DateOnly)},
		{"data", "/data"},
		{"table", "/data/villages"},
		{"statistics", "/statistics"},
		{"answers", "/answers"},
		{"wall", "/wall"},
		{"about", "/about"},
		{"audit", "/audit"},
		{"missing", "/nothing"},
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
				found += f.accessible()
				f.fits()
				f.shot("open-" + page.name)
			}
			screens := 0
			f.kioskScreens(site, neighbour(truth), row, func(screen string) {
				screens++
				found += f.accessible()
				f.fits()
				f.shot("kiosk-" + screen)
			})
			f.kioskLeaves(site)
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
