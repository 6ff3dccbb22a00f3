package main

import (
	"slices"
	"testing"

	"github.com/chromedp/chromedp"
)

// Every kind of page is open to who cannot see, cannot hold a mouse or reads with a strong glass: no rule of axe is broken.
func TestPagesAreAccessible(t *testing.T) {
	w := newWorld(t)
	site := w.serve()
	f := openScripted(t, "phone", 390, 844, true)
	f.visit(site + "/")
	f.accessible()

	f.do(chromedp.Evaluate[chromedp.Void](`document.documentElement.removeAttribute("lang")`))
	if !slices.ContainsFunc(f.axe(), func(v violation) bool { return v.ID == "html-has-lang" }) {
		t.Error("axe does not see that the page has no language")
	}
}
