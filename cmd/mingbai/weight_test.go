package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"sync"
	"testing"
	"time"
)

// scale counts what goes over the wire to a browser, heads and all, as a proxy in between that changes nothing.
type scale struct {
	mu       sync.Mutex
	bytes    int
	requests []string
}

func (s *scale) weigh(path string, head http.Header, body int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for name, values := range head {
		for _, v := range values {
			s.bytes += len(name) + len(v) + 4
		}
	}
	s.bytes += body + len("HTTP/1.1 200 OK\r\n\r\n")
	s.requests = append(s.requests, fmt.Sprintf("%s %d", path, body))
}

func (s *scale) take() (bytes int, requests []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	bytes, requests = s.bytes, s.requests
	s.bytes, s.requests = 0, nil
	return bytes, requests
}

// counted passes bytes on and counts them.
type counted struct {
	http.ResponseWriter
	n int
}

func (c *counted) Write(b []byte) (int, error) {
	n, err := c.ResponseWriter.Write(b)
	c.n += n
	return n, err
}

func (s *scale) before(t *testing.T, site string) string {
	t.Helper()
	to, err := url.Parse(site)
	if err != nil {
		t.Fatal(err)
	}
	pass := httputil.NewSingleHostReverseProxy(to)
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := &counted{ResponseWriter: w}
		pass.ServeHTTP(c, r)
		s.weigh(r.URL.Path, w.Header(), c.n)
	})}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = server.Serve(ln) }()
	t.Cleanup(func() { _ = server.Shutdown(context.Background()) })
	return "http://" + ln.Addr().String()
}

// A village's phone on a poor line: home, what a search finds, lists and a fund's page come in at most 60 KB and five requests
// on the first visit, and 15 KB on the second.
func TestPagesAreLight(t *testing.T) {
	w := newWorld(t)
	truth, _ := w.county(60)
	var s scale
	site := s.before(t, w.hasty())
	she := neighbour(truth)
	for _, page := range []struct{ name, path string }{
		{"home", "/"},
		{"result", "/people?name=" + url.QueryEscape(she.Name)},
		{"funds", "/funds"},
		{"fund", "/funds/GD01"},
		{"village", "/funds/GD01/2025/villages/" + she.VillageCode},
		{"posts", "/funds/RY01"},
		{"data", "/data"},
		{"kiosk", "/kiosk"},
	} {
		f := openScripted(t, "phone", 390, 844, true) // a browser that has nothing yet
		f.visit(site + page.path)
		time.Sleep(300 * time.Millisecond)
		first, asked := s.take()
		f.visit(site + "/healthz")
		s.take()
		f.visit(site + page.path)
		time.Sleep(300 * time.Millisecond)
		second, again := s.take()
		t.Logf("%-8s first %6d bytes in %d requests, second %6d bytes in %d", page.name, first, len(asked), second, len(again))
		if first > 60_000 || len(asked) > 5 || len(asked) == 0 || second > 15_000 {
			t.Errorf("%s is too heavy: %v, then %v", page.name, asked, again)
		}
		if page.path == "/kiosk" { // its heaviest screen, with every character that a name may have
			f.sends(site, "/kiosk/sit", "/healthz", "way", "own")
			s.take()
			f.visit(site + "/kiosk/name")
			time.Sleep(300 * time.Millisecond)
			if pad, asked := s.take(); pad > 60_000 || pad < 10_000 {
				t.Errorf("the name pad: %d bytes, %v", pad, asked)
			} else {
				t.Logf("the name pad after it: %d bytes in %d requests", pad, len(asked))
			}
		}
	}
}
