package main

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"mingbai/portal"
)

// When the server is away the reader sees a page of ours that says what to do, whatever page they were on; when it is back, what
// they asked for comes by itself. The browser keeps that page and what it is made of: nothing that anybody read.
func TestWhenNobodyAnswers(t *testing.T) {
	w := newWorld(t)
	truth, _ := w.county(15)
	she := neighbour(truth)
	to, err := url.Parse(w.serveWith(func(c *portal.Config) { c.Log = slog.New(slog.DiscardHandler) }))
	w.must(err)
	var server *http.Server
	open := func(address string) string {
		ln, err := net.Listen("tcp", address)
		w.must(err)
		server = &http.Server{Handler: httputil.NewSingleHostReverseProxy(to)}
		go func(s *http.Server) { _ = s.Serve(ln) }(server)
		return ln.Addr().String()
	}
	address := open("127.0.0.1:0")
	site := "http://" + address
	f := openScripted(t, "phone", 390, 844, true)
	f.visit(site + "/")
	kept := func() string {
		list, err := chromedp.Run(f.ctx, chromedp.Evaluate[string](`caches.keys().then(names => Promise.all(names.map(n => caches.open(n).then(c => c.keys())))).then(all => all.flat().map(r => new URL(r.url).pathname.replace(/\.[0-9a-f]{12}\./, ".")).sort().join(" "))`, chromedp.EvalAwaitPromise))
		w.must(err)
		return list
	}
	const all = "/offline /static/mark.svg /static/offline.js /static/page.js /static/portal.css"
	w.eventually("the worker", 20*time.Second, func() bool { return kept() == all })
	f.visit(site + "/") // under the worker from now on
	f.fill("name", she.Name).fill("id_number", she.ID).press("main form button")
	f.see(she.Name + "的账")
	f.visit(site + "/people?name=" + url.QueryEscape(she.Name))
	f.see(she.Village)
	if list := kept(); list != all {
		t.Fatalf("the browser keeps %s", list)
	}

	w.must(server.Shutdown(context.Background()))
	for _, path := range []string{"/", "/people?name=" + url.QueryEscape(she.Name), "/funds"} {
		f.visit(site + path)
		f.see("现在连不上", "再试一次", "0990-1210000")
		f.unsee(`class="what">`+she.Name, she.Village)
		f.fits()
	}
	f.accessible()
	f.shot("offline")
	open(address)
	w.eventually("the page that was asked for", 30*time.Second, func() bool {
		text, err := chromedp.Run(f.ctx, chromedp.Evaluate[string]("document.body.innerText"))
		return err == nil && strings.Contains(text, "全县公开的财政资金")
	})
	w.must(server.Shutdown(context.Background()))
}
