package main

import (
	"fmt"
	"os"
	"strings"
	"sync"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// axeSource is axe-core as .ci/setup fetched it; empty when it did not.
var axeSource = sync.OnceValue(func() string {
	source, err := os.ReadFile("../../.tools/axe/node_modules/axe-core/axe.min.js")
	if err != nil {
		return ""
	}
	return string(source)
})

// violation is a rule of axe that a page breaks, with the places where it does.
type violation struct {
	ID, Impact, Help string
	Nodes            []struct {
		HTML           string
		FailureSummary string
	}
}

func (v violation) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s (%s): %s", v.ID, v.Impact, v.Help)
	for _, n := range v.Nodes[:min(3, len(v.Nodes))] {
		fmt.Fprintf(&b, "\n\t%.200s\n\t%s", n.HTML, strings.ReplaceAll(n.FailureSummary, "\n", " "))
	}
	if more := len(v.Nodes) - 3; more > 0 {
		fmt.Fprintf(&b, "\n\tand %d more", more)
	}
	return b.String()
}

// axe looks at the page that the browser shows and answers every rule that it breaks: WCAG 2.2 A and AA, and axe's own best
// practices. The browser must be one of openScripted with scripts, for axe is one.
func (f *farmer) axe() []violation {
	f.t.Helper()
	source := axeSource()
	if source == "" {
		f.t.Fatal("no axe-core: run .ci/setup test")
	}
	f.do(chromedp.Evaluate[chromedp.Void](source + ";0"))
	found, err := chromedp.Run(f.ctx, chromedp.Evaluate[[]violation](`axe.run(document, {resultTypes: ["violations"]}).then(r => r.violations.map(v => ({
		ID: v.id, Impact: v.impact, Help: v.help,
		Nodes: v.nodes.map(n => ({HTML: n.html, FailureSummary: n.failureSummary}))})))`, chromedp.EvalAwaitPromise))
	if err != nil {
		f.t.Fatalf("axe on %s: %v", f.address(), err)
	}
	return found
}

// accessible fails the test for every rule of axe that the page breaks. It answers how many there were.
func (f *farmer) accessible() int {
	f.t.Helper()
	found := f.axe()
	for _, v := range found {
		f.t.Errorf("%s (%s): %s", f.address(), f.name, v)
	}
	return len(found)
}

// media makes the browser ask for what such a reader prefers from now on: dark colours, less motion.
func (f *farmer) media(features ...*emulation.MediaFeature) {
	f.t.Helper()
	if _, err := chromedp.Call(f.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: features}); err != nil {
		f.t.Fatal(err)
	}
}
