package main

import (
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

// line is a network line to the database that can be cut and mended.
type line struct {
	ln   net.Listener
	to   string
	mu   sync.Mutex
	open []net.Conn
	cut  bool
}

func newLine(t *testing.T, to string) *line {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := &line{ln: ln, to: to}
	t.Cleanup(func() { ln.Close() })
	go func() {
		for {
			from, err := ln.Accept()
			if err != nil {
				return
			}
			l.join(from)
		}
	}()
	return l
}

func (l *line) join(from net.Conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.cut {
		from.Close()
		return
	}
	to, err := net.Dial("tcp", l.to)
	if err != nil {
		from.Close()
		return
	}
	l.open = append(l.open, from, to)
	for _, pair := range [][2]net.Conn{{from, to}, {to, from}} {
		go func() {
			_, _ = io.Copy(pair[0], pair[1])
			pair[0].Close()
		}()
	}
}

func (l *line) set(cut bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.cut = cut
	for _, c := range l.open {
		if cut {
			c.Close()
		}
	}
	if cut {
		l.open = nil
	}
}

// While the database is away every page says so in plain words, and when to come again; nothing that was kept is shown as if
// it were today's. When the database is back, so is the site, without a hand's turn.
func TestTheDatabaseGoesAway(t *testing.T) {
	w := newWorld(t)
	w.publishTables()
	u, err := url.Parse(w.url)
	w.must(err)
	l := newLine(t, u.Host)
	direct := w.url
	u.Host = l.ln.Addr().String()
	w.url = u.String()
	site := w.serve()
	w.url = direct
	paths := []string{"/", "/funds", "/funds/ZX01", "/people?name=张三", "/data", "/data/agencies/latest.csv", "/audit"}
	ok := func(path string) bool { code, _ := get(t, site+path); return code == 200 }
	for _, path := range paths {
		if !ok(path) {
			t.Errorf("%s: not there before", path)
		}
	}
	l.set(true)
	for _, path := range paths {
		res, err := http.Get(site + path)
		w.must(err)
		body, err := io.ReadAll(res.Body)
		w.must(err)
		res.Body.Close()
		page := string(body)
		if res.StatusCode != 503 || res.Header.Get("Retry-After") == "" || res.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %d %v", path, res.StatusCode, res.Header)
		}
		for _, word := range []string{"现在暂时查不了", "账都在，一笔也不会少", "0990-1210000", "</html>"} {
			if !strings.Contains(page, word) {
				t.Errorf("%s does not say %q", path, word)
			}
		}
		if strings.Contains(page, "127.0.0.1") || strings.Contains(page, "postgres") {
			t.Errorf("%s tells what is the matter with the house", path)
		}
	}
	if !ok("/healthz") || ok("/readyz") {
		t.Error("the process is there, the books are not")
	}
	l.set(false)
	w.eventually("the site to be back", 20*time.Second, func() bool { return ok("/") && ok("/funds") })
}
