package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// hands are a farmer's who counts what they do. With keys they have no mouse: everything is reached by Tab.
type hands struct {
	*farmer
	screen        string
	width, height int64
	scripts       bool // JavaScript is on
	elder         bool // the large edition
	keys          bool
	taps, pressed int
}

func (h *hands) name() string {
	name := h.screen
	for word, on := range map[string]bool{"-elder": h.elder, "-noscript": !h.scripts, "-keys": h.keys} {
		if on {
			name += word
		}
	}
	return name
}

func (h *hands) keysWord() string {
	if !h.keys {
		return ""
	}
	return fmt.Sprintf("，按键 %d 次", h.pressed)
}

// eval answers what an expression comes to, as text.
func (h *hands) eval(expression string) string {
	h.t.Helper()
	s, err := chromedp.Run(h.ctx, chromedp.Evaluate[string]("String("+expression+")"))
	if err != nil {
		h.t.Fatalf("%s: %v", expression, err)
	}
	return s
}

func (h *hands) run(script string) {
	h.t.Helper()
	h.do(chromedp.Evaluate[chromedp.Void](script + ";0"))
}

// mostTabs is how far somebody would look for a thing by Tab.
const mostTabs = 300

// reach brings the focus to what is asked for, by Tab alone; without keys it only sees that it is there, and large enough for a
// finger.
func (h *hands) reach(what string) {
	h.t.Helper()
	if !h.keys {
		least := 44
		if h.eval(`document.documentElement.className`) == "elder" {
			least = 60
		}
		size := h.eval(fmt.Sprintf(`(e => e ? Math.round(e.getBoundingClientRect().height) : "nothing")(document.querySelector(%q))`, what))
		if size == "nothing" {
			h.t.Fatalf("%s: there is no %s:\n%.800s", h.address(), what, h.text())
		}
		var high int
		fmt.Sscan(size, &high)
		if inText := h.eval(fmt.Sprintf(`!!document.querySelector(%q).closest("dd, p")`, what)) == "true"; high < least && !inText {
			h.t.Errorf("%s: %s is %d px high, want %d", h.address(), what, high, least)
		}
		return
	}
	for range mostTabs {
		if h.eval(fmt.Sprintf("document.activeElement === document.querySelector(%q)", what)) == "true" {
			if h.eval(`getComputedStyle(document.activeElement).outlineStyle`) == "none" {
				h.t.Errorf("%s: the focus on %s cannot be seen", h.address(), what)
			}
			return
		}
		h.do(chromedp.KeyEvent(kb.Tab))
		h.pressed++
	}
	h.t.Fatalf("%s: %s cannot be reached by Tab", h.address(), what)
}

// type_ fills a field.
func (h *hands) type_(field, text string) {
	h.t.Helper()
	h.reach(field)
	if h.keys {
		h.do(chromedp.KeyEvent(text))
		return
	}
	h.do(chromedp.SendKeys(field, text))
}

// tap does what a finger or the Enter key does, and waits for the page that it leads to, if it leads to one.
func (h *hands) tap(what string) {
	h.t.Helper()
	h.reach(what)
	h.taps++
	leads := h.eval(fmt.Sprintf(`(e => e.tagName === "A" && !e.getAttribute("href").startsWith("#") || e.type === "submit" && !(e.form.dataset.elder !== undefined && %t))(document.querySelector(%q))`, h.scripts, what)) == "true"
	var act chromedp.Action[chromedp.Void] = chromedp.Click(what)
	if h.keys {
		act = chromedp.KeyEvent(kb.Enter)
		h.pressed++
	}
	if !leads {
		h.do(act)
		time.Sleep(50 * time.Millisecond)
		return
	}
	if _, err := chromedp.RunResponse(h.ctx, act); err != nil {
		h.t.Fatalf("%s: %v\n%s", what, err, strings.TrimSpace(h.address()))
	}
}
