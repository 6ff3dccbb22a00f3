package portal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"

	"mingbai/ledger"
	"mingbai/templates"
)

func TestAnUnknownErrorKeepsItsDetail(t *testing.T) {
	for name, spoil := range map[string]func(*fixture){
		"error": func(f *fixture) { f.err = fmt.Errorf("year: %w", errDriver) },
		"panic": func(f *fixture) { f.panicking = true },
	} {
		t.Run(name, func(t *testing.T) {
			s := setup(t)
			spoil(s.books)
			a := s.get("/")
			s.status(a, http.StatusInternalServerError)
			for _, secret := range []string{"pgx", "s3cret", "10.1.2.3", "driver", "goroutine", ".go"} {
				if strings.Contains(a.body, secret) {
					t.Errorf("the page tells %q", secret)
				}
			}
			ref := a.text("main b.figure")
			if len(ref) != 9 || !strings.Contains(s.logged.String(), ref) || !strings.Contains(s.logged.String(), "driver") && !strings.Contains(s.logged.String(), "pgx") {
				t.Errorf("reference %q does not lead to the cause in the log", ref)
			}
		})
	}
}

func TestErrorsHaveTheirStatus(t *testing.T) {
	for want, err := range map[int]error{
		400: ledger.Errorf(ledger.KindInvalid, "x"), 404: ledger.ErrNotFound, 409: ledger.ErrConflict, 403: ledger.ErrDenied,
		429: ledger.ErrTooMany, 503: fmt.Errorf("slow: %w", context.DeadlineExceeded), 500: errors.New("x"),
	} {
		s := setup(t)
		s.books.err = err
		a := s.get("/funds")
		s.status(a, want)
		checkWhole(t, a)
	}
}

func TestTheLogNamesRoutesAndNoOne(t *testing.T) {
	s := setup(t)
	s.get("/people?name=%E5%BC%A0%E4%B8%89%E4%B8%B0")
	s.get("/people/" + zhangRef.String())
	s.get("/some/odd/path?with=query")
	log := s.logged.String()
	for _, want := range []string{`"route":"/people"`, `"route":"/people/:ref"`, `"route":"-"`, `"status":404`, `"method":"GET"`} {
		if !strings.Contains(log, want) {
			t.Errorf("no %s in the log:\n%s", want, log)
		}
	}
	for _, secret := range []string{"张三丰", "%E5", zhangID, "odd", "query"} {
		if strings.Contains(log, secret) {
			t.Errorf("%q is in the log", secret)
		}
	}
}

func TestStaticFilesAreKeptForEver(t *testing.T) {
	s := setup(t)
	path := s.get("/").attr("link[rel=stylesheet]", "href")
	a := s.get(path)
	s.status(a, http.StatusOK)
	checkHeaders(t, a)
	if got := a.Header.Get("Cache-Control"); got != "public, max-age=31536000, immutable" {
		t.Errorf("Cache-Control %q", got)
	}
	if got := a.Header.Get("Content-Type"); got != "text/css; charset=utf-8" {
		t.Errorf("Content-Type %q", got)
	}
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.Header.Set("If-None-Match", a.Header.Get("ETag"))
	s.status(s.do(r), http.StatusNotModified)

	for _, path := range []string{
		"/static/portal.css", "/static/layout.html", "/static/../layout.html", "/static/..%2flayout.html", "/static/%2e%2e/pages/home.html", "/static//etc/passwd",
		"/static/", "/static/..%5clayout.html", "/layout.html", "/pages/home.html",
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.RequestURI = path
		if a := s.do(r); a.StatusCode != http.StatusNotFound {
			t.Errorf("%s: status %d", path, a.StatusCode)
		}
	}
}

func TestNothingInlineInTemplatesAndStyles(t *testing.T) {
	assets, err := templates.Assets()
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range assets {
		if a.Type == "" || !strings.HasPrefix(a.Path, "/static/") {
			t.Errorf("%s: type %q, path %q", a.Name, a.Type, a.Path)
		}
		if strings.Contains(string(a.Body), "url(") || strings.Contains(string(a.Body), "@import") {
			t.Errorf("%s loads something else", a.Name)
		}
	}
}

func TestOnlyPagesWithoutSecretsAreCompressed(t *testing.T) {
	s := setup(t)
	get := func(path string) string {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		r.Header.Set("Accept-Encoding", "gzip, deflate, br")
		return s.do(r).Header.Get("Content-Encoding")
	}
	for _, path := range []string{"/", "/funds", "/people?name=%E5%BC%A0%E4%B8%89%E4%B8%B0", s.get("/").attr("link[rel=stylesheet]", "href")} {
		if get(path) != "br" {
			t.Errorf("%s is not compressed", path)
		}
	}
	token := s.get("/").attr("input[name=csrf_token]", "value")
	r := form(map[string][]string{"csrf_token": {token}, "name": {"张三丰"}, "id_number": {zhangNumber}})
	r.Header.Set("Accept-Encoding", "gzip, deflate, br")
	if got := s.do(r).Header.Get("Content-Encoding"); got != "" {
		t.Errorf("the own book is compressed: %s", got)
	}
	if strings.Contains(s.get("/people?name=%E5%BC%A0%E4%B8%89%E4%B8%B0").body, "csrf") {
		t.Error("a page that echoes a stranger's text and is compressed holds a token")
	}
}

func TestSmallDoors(t *testing.T) {
	s := setup(t, func(c *Config) { c.IndexState = func(context.Context) string { return "away" } })
	if robots := s.get("/robots.txt"); robots.body != "User-agent: *\nDisallow: /people\nDisallow: /lookup\nDisallow: /office\nDisallow: /challenge\nDisallow: /kiosk\nDisallow: /funds/*/villages/\nDisallow: /*?*as-of=\n" {
		t.Errorf("robots.txt says %q", robots.body)
	}
	s.status(s.get("/healthz"), http.StatusOK)
	ready := func(status int, books string) {
		t.Helper()
		a := s.get("/readyz")
		s.status(a, status)
		checkHeaders(t, a)
		var r readiness
		if err := json.Unmarshal([]byte(a.body), &r); err != nil || r.Books != books || r.Index != "away" {
			t.Errorf("%v %+v", err, r)
		}
	}
	ready(http.StatusOK, "ok")
	s.books.err = errDriver
	ready(http.StatusServiceUnavailable, "unavailable")
	s.status(s.get("/healthz"), http.StatusOK)
}

func TestBehindTLS(t *testing.T) {
	s := setup(t, func(c *Config) { c.Secure = true })
	a := s.get("/")
	if a.Header.Get("Strict-Transport-Security") == "" {
		t.Error("no HSTS")
	}
	c := a.Cookies()[0]
	if !c.Secure || !c.HttpOnly || c.Name != "__Host-mingbai" || c.Path != "/" || c.SameSite != http.SameSiteLaxMode {
		t.Errorf("cookie %+v", c)
	}
}

// Over HTTPS the middleware also asks where a form came from.
func TestFormsOverTLSComeFromOurOwnPages(t *testing.T) {
	for referer, want := range map[string]int{
		"https://example.com/": http.StatusOK, "https://elsewhere.example/": http.StatusForbidden, "": http.StatusForbidden,
	} {
		s := setup(t, func(c *Config) { c.Secure, c.TrustedProxies = true, []string{"0.0.0.0"} })
		token := s.get("/").attr("input[name=csrf_token]", "value")
		r := form(url.Values{"csrf_token": {token}, "name": {"张三丰"}, "id_number": {zhangNumber}})
		r.Header.Set("X-Forwarded-Proto", "https")
		r.Header.Set("Referer", referer)
		if a := s.do(r); a.StatusCode != want {
			t.Errorf("from %q: status %d, want %d", referer, a.StatusCode, want)
		}
	}
}

func TestAStrangersSchemeIsNotBelieved(t *testing.T) {
	s := setup(t)
	token := s.get("/").attr("input[name=csrf_token]", "value")
	r := form(url.Values{"csrf_token": {token}, "name": {"张三丰"}, "id_number": {zhangNumber}})
	r.Header.Set("X-Forwarded-Proto", "https")
	s.status(s.do(r), http.StatusOK)
}

func TestOnlyOurProxiesSpeakForOthers(t *testing.T) {
	for name, c := range map[string]struct {
		trusted []string
		header  string
		want    string
	}{
		"no proxy of ours":        {nil, "203.0.113.7", "0.0.0.0"},
		"our proxy":               {[]string{"0.0.0.0"}, "203.0.113.7", "203.0.113.7"},
		"a client's invention":    {[]string{"0.0.0.0"}, "198.51.100.1, 203.0.113.7", "203.0.113.7"},
		"two proxies of ours":     {[]string{"0.0.0.0", "10.0.0.0/8"}, "198.51.100.1, 203.0.113.7, 10.1.1.1", "203.0.113.7"},
		"nonsense":                {[]string{"0.0.0.0"}, "unknown", "0.0.0.0"},
		"a household's whole /64": {[]string{"0.0.0.0"}, "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"},
	} {
		t.Run(name, func(t *testing.T) {
			s := setup(t, func(config *Config) { config.TrustedProxies = c.trusted })
			got := ""
			s.server.App().Get("/who", func(ctx *fiber.Ctx) error { got = s.server.addressKey(ctx); return nil })
			r := httptest.NewRequest(http.MethodGet, "/who", nil)
			r.Header.Set("X-Forwarded-For", c.header)
			s.do(r)
			if got != c.want {
				t.Errorf("takes it for %s, want %s", got, c.want)
			}
		})
	}
}

func TestARequestHasADeadline(t *testing.T) {
	s := setup(t, func(c *Config) { c.Timeout = 20 * time.Millisecond })
	s.server.App().Get("/slow", func(c *fiber.Ctx) error {
		<-c.UserContext().Done()
		return c.UserContext().Err()
	})
	s.status(s.get("/slow"), http.StatusServiceUnavailable)
}

func TestAWrongConfigIsRefused(t *testing.T) {
	good := setup(t).server.config
	for name, spoil := range map[string]func(*Config){
		"no county": func(c *Config) { c.County = "" }, "no phone": func(c *Config) { c.Phone = "" },
		"no normalisation": func(c *Config) { c.Normalise = nil }, "no token": func(c *Config) { c.Token = nil },
		"proxy": func(c *Config) { c.TrustedProxies = []string{"somewhere"} }, "short key": func(c *Config) { c.FormKey = []byte("short") },
	} {
		c := good
		spoil(&c)
		if _, err := New(c, newFixture(), newFixture()); err == nil {
			t.Errorf("%s: started", name)
		}
	}
}

func TestServeEndsWithItsContext(t *testing.T) {
	c := setup(t).server.config
	c.Log = slog.New(slog.DiscardHandler)
	s, err := New(c, newFixture(), newFixture())
	if err != nil {
		t.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- s.Serve(ctx, ln) }()
	resp, err := http.Get("http://" + ln.Addr().String() + "/healthz")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	http.DefaultClient.CloseIdleConnections()
	cancel()
	select {
	case err := <-done:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(5 * time.Second):
		t.Fatal("still serving")
	}
}
