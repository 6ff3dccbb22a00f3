package main

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"mingbai/portal"
	"mingbai/portal/budget"
)

var (
	linkIn     = regexp.MustCompile(`(?:href|src|action)="([^"#]*)`)
	metaBot    = regexp.MustCompile(`<meta name="robots" content="noindex">`)
	likeSecret = regexp.MustCompile(`\b(\d{17}[\dXx]|\d{15,19})\b`)
	likePhone  = regexp.MustCompile(`\b1[3-9]\d{9}\b`)
)

// A stranger walks the whole site: every link leads somewhere, every page is valid HTML, nothing looks like a number of an
// identity card, an account or a phone, and whatever names somebody asks search engines to stay away.
func TestTheWholeSiteAsAStranger(t *testing.T) {
	w := newWorld(t)
	truth, _ := w.county(25)
	site := w.hasty()
	names := map[string]bool{}
	for _, p := range truth.People {
		if len([]rune(p.Name)) > 2 {
			names[p.Name] = true
		}
	}
	for _, p := range truth.Staff {
		names[p.Name] = true
	}
	for _, h := range truth.People { // an ordinary word is nobody's name
		delete(names, h.Village)
	}
	pages := map[string]string{}
	seen, refused, files := map[string]bool{}, 0, 0
	queue := []string{"/", "/about", "/audit", "/data", "/feed.atom", "/sitemap.xml", "/robots.txt", "/nothing", "/people?name=" + url.QueryEscape(neighbour(truth).Name)}
	for len(queue) > 0 {
		path := queue[0]
		queue = queue[1:]
		if seen[path] {
			continue
		}
		seen[path] = true
		res, body := fetch(t, site+path)
		kind, text := res.Header.Get("Content-Type"), string(body)
		if strings.HasSuffix(path, ".xlsx") || strings.HasPrefix(path, "/static/") {
			files++
			continue
		}
		switch {
		case res.StatusCode == http.StatusTooManyRequests:
			refused++
		case path == "/nothing":
			if res.StatusCode != http.StatusNotFound {
				t.Errorf("%s: %d", path, res.StatusCode)
			}
		case res.StatusCode != http.StatusOK:
			t.Errorf("a link leads to %s: %d", path, res.StatusCode)
		}
		if m := likeSecret.FindString(text); m != "" {
			t.Errorf("%s: %q looks like a number that is nobody's business", path, m)
		}
		if m := likePhone.FindString(text); m != "" {
			t.Errorf("%s: %q looks like a phone", path, m)
		}
		if !strings.HasPrefix(kind, "text/html") {
			files++
			if strings.HasSuffix(path, ".xml") || strings.HasSuffix(path, ".atom") {
				for _, m := range regexp.MustCompile(`(?:<loc>|href=")(?:https?://[^/<"]+)?(/[^<"]*)`).FindAllStringSubmatch(text, -1) {
					queue = append(queue, html.UnescapeString(m[1]))
				}
			}
			continue
		}
		pages[path] = text
		if names := namesIn(text, names); names > 0 && (!metaBot.MatchString(text) || res.Header.Get("X-Robots-Tag") != "noindex" || res.Header.Get("Cache-Control") != "no-store") {
			t.Errorf("%s names %d people, and may be listed or kept", path, names)
		}
		for _, m := range linkIn.FindAllStringSubmatch(text, -1) {
			link := html.UnescapeString(m[1])
			switch {
			case link == "" || strings.HasPrefix(link, "tel:") || strings.HasPrefix(link, "data:"):
			case strings.Contains(m[0], "action=") && !strings.Contains(text, `method="get" action="`+m[1]):
			case !strings.HasPrefix(link, "/") || strings.HasPrefix(link, "//"):
				t.Errorf("%s leads off the site: %s", path, link)
			default:
				queue = append(queue, link)
			}
		}
	}
	t.Logf("%d addresses, %d pages of HTML, %d other files, %d times told to wait", len(seen), len(pages), files, refused)
	if len(pages) < 60 {
		t.Errorf("only %d pages", len(pages))
	}
	validHTML(t, pages)
}

// hasty runs a site that lets a hasty reader read on.
func (w *world) hasty() string {
	w.t.Helper()
	return w.serveWith(func(c *portal.Config) {
		c.Limits.Browse = portal.Limit{Max: 1 << 40, Window: time.Minute}
		much := budget.Rule{Hour: budget.Level{Free: 1 << 30, Most: 1 << 30}, Day: budget.Level{Free: 1 << 30, Most: 1 << 30}}
		c.Harvest.Budgets = budget.Rules{Device: much, Address: much, Kiosk: much, Total: much}
	})
}

func namesIn(text string, names map[string]bool) (n int) {
	for name := range names {
		if strings.Contains(text, ">"+name+"<") {
			n++
		}
	}
	return n
}
