package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"mingbai/fixtures"
	"mingbai/ingest/apart"
	"mingbai/ledger"
	"mingbai/ledger/postgres"
	"mingbai/ledger/postgres/testdb"
)

// asProgram in the environment makes the test binary behave as mingbai itself, for tests that kill it.
const asProgram = "MINGBAI_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	apart.Child()
	if os.Getenv(asProgram) != "" {
		main()
		return
	}
	if path := os.Getenv(peakOfFile); path != "" {
		tellPeak(path)
		return
	}
	testdb.Main(m, "")
}

// world is a county's books, keys and code lists on real services, driven by the command line.
type world struct {
	t    testing.TB
	dir  string
	url  string
	db   *postgres.DB
	meil string
	key  string
	conn *pgx.Conn
	log  syncBuffer // of the server

	tune   func(*siteFlags)  // how the site is set up otherwise
	budget map[string]string // of the server; the defaults when nil
	now    func() time.Time  // of the server; nil is time.Now
}

// newWorld makes empty books with the fictional county's code lists, clerk li and certifiers wang and zhao (li may certify, too).
func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, dir: t.TempDir(), meil: testdb.Services().MeiliURL(), key: testdb.Services().MeiliKey()}
	w.db, w.url = testdb.New(t, postgres.Options{})
	w.ok("keys", "new", filepath.Join(w.dir, "keys.json"))
	lists, err := json.Marshal(codeLists{fixtures.Regions(), fixtures.Funds()})
	w.must(err)
	codes := filepath.Join(w.dir, "codes.json")
	w.must(os.WriteFile(codes, lists, 0o600))
	w.ok("codes", codes)
	w.ok("user", "add", "li", "--name", "李经办", "--role", "clerk,certifier")
	w.ok("user", "add", "wang", "--name", "王复核", "--role", "certifier")
	return w
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// flags point a command at this world.
func (w *world) flags() []string {
	return []string{"--data", w.dir, "--database-url", w.url, "--meili-url", w.meil, "--meili-key", w.key}
}

// run runs a command as a script would and answers its exit code and streams.
func (w *world) run(args ...string) (code int, out, errs string) {
	w.t.Helper()
	var stdout, stderr bytes.Buffer
	code = run(context.Background(), append(w.flags(), args...), &stdout, &stderr)
	return code, stdout.String(), stderr.String()
}

// ok runs a command that must succeed and answers what it printed.
func (w *world) ok(args ...string) string {
	w.t.Helper()
	code, out, errs := w.run(args...)
	if code != exitFine {
		w.t.Fatalf("mingbai %s: exit %d\n%s%s", strings.Join(args, " "), code, out, errs)
	}
	return strings.TrimSpace(out)
}

// refused runs a command that must end with exit code 1 and a message holding words.
func (w *world) refused(words string, args ...string) {
	w.t.Helper()
	code, out, errs := w.run(args...)
	if code != exitFindings || !strings.Contains(out+errs, words) {
		w.t.Errorf("mingbai %s: exit %d, want 1 with %q\n%s%s", strings.Join(args, " "), code, words, out, errs)
	}
}

// book writes one generated workbook and answers its path and truth.
func (w *world) book(o fixtures.One) (string, *fixtures.Truth) {
	w.t.Helper()
	path := filepath.Join(w.dir, fmt.Sprintf("清册%d-%d-%d.xlsx", o.Layout, o.Rows, o.Seed))
	f, err := os.Create(path)
	w.must(err)
	truth, err := fixtures.WriteOne(f, o)
	w.must(err)
	w.must(f.Close())
	return path, truth
}

// publish takes a workbook the whole road by the command line and answers its batch number.
func (w *world) publish(path string, b fixtures.Book) string {
	w.t.Helper()
	no := w.ok("import", path, "--fund", b.Fund, "--period", string(b.Period), "--as", "li", "--note", "已逐条核对")
	w.ok("certify", no, "--as", "wang")
	w.ok("publish", no, "--as", "wang")
	return no
}

// serve runs the site in this process until the test ends and answers its address. From the kiosks' addresses it may be asked
// as often as a test likes.
func (w *world) serve(kiosks ...string) string {
	w.t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	ready := make(chan net.Addr, 1)
	done := make(chan error, 1)
	cfg := Config{DatabaseURL: w.url, MeiliURL: w.meil, MeiliKey: w.key, Data: w.dir, County: fixtures.County, LogLevel: "debug", now: w.now}
	keys, err := cfg.keyring(false)
	w.must(err)
	site := siteFlags{
		Addr:      "127.0.0.1:0",
		Kiosks:    kiosks,
		siteWords: siteWords{CountyName: "清泉县", Phone: "0990-1210000", Hours: "工作日 8:30—17:30", Office: "县财政局一楼"},
	}
	site.Budget = w.budget
	if kiosks != nil {
		site.Budget = map[string]string{"kiosk": "100000000/100000000/100000000/100000000"}
	}
	if w.tune != nil {
		w.tune(&site)
	}
	go func() {
		done <- site.serve(&cfg, &streams{ctx: ctx, out: &w.log, err: &w.log}, keys, func(a net.Addr) { ready <- a })
	}()
	w.t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			w.t.Errorf("serve: %v", err)
		}
		if w.t.Failed() {
			w.t.Logf("server's log:\n%s", tail(w.log.String(), 4000))
		}
	})
	select {
	case addr := <-ready:
		return "http://" + addr.String()
	case err := <-done:
		w.t.Fatalf("serve: %v", err)
	}
	return ""
}

func tail(s string, n int) string {
	if len(s) > n {
		return s[len(s)-n:]
	}
	return s
}

// eventually waits until cond holds.
func (w *world) eventually(what string, limit time.Duration, cond func() bool) time.Duration {
	w.t.Helper()
	start := time.Now()
	for !cond() {
		if time.Since(start) > limit {
			w.t.Fatalf("%s: not within %v", what, limit)
		}
		time.Sleep(20 * time.Millisecond)
	}
	return time.Since(start)
}

// program runs mingbai as a process of its own.
func (w *world) program(args ...string) *exec.Cmd {
	self, err := os.Executable()
	w.must(err)
	cmd := exec.Command(self, append(w.flags(), args...)...)
	cmd.Env = append(os.Environ(), asProgram+"=1")
	return cmd
}

func get(t *testing.T, url string) (int, string) {
	t.Helper()
	res, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var b bytes.Buffer
	if _, err := b.ReadFrom(res.Body); err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, b.String()
}

// syncBuffer is a buffer that a server may write while a test reads.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// jar keeps cookies by name: one site is all that a test visits.
type jar struct {
	mu      sync.Mutex
	cookies map[string]*http.Cookie
}

func (j *jar) SetCookies(_ *url.URL, cookies []*http.Cookie) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, c := range cookies {
		j.cookies[c.Name] = c
	}
}

func (j *jar) Cookies(*url.URL) []*http.Cookie {
	j.mu.Lock()
	defer j.mu.Unlock()
	return slices.Collect(maps.Values(j.cookies))
}

func checkDigit(first17 string) byte { return ledger.IDCheckDigit(first17) }

// census counts every table of the books, to see that nothing changed.
func (w *world) census() string {
	w.t.Helper()
	var b strings.Builder
	for _, table := range w.tables() {
		var n int
		w.must(w.sql().QueryRow(w.t.Context(), `select count(*) from `+table).Scan(&n))
		fmt.Fprintf(&b, "%s %d\n", table, n)
	}
	return b.String()
}

// tables are all tables of ours, without the job queue's.
func (w *world) tables() []string {
	w.t.Helper()
	rows, err := w.sql().Query(w.t.Context(), `
		select relname::text from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
			and not relispartition and relname not like 'river%' order by 1`)
	w.must(err)
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	w.must(err)
	return names
}

// sql is a connection to look behind the program's back.
func (w *world) sql() *pgx.Conn {
	w.t.Helper()
	if w.conn == nil {
		c, err := pgx.Connect(w.t.Context(), w.url)
		w.must(err)
		w.conn = c
		w.t.Cleanup(func() { c.Close(context.Background()) })
	}
	return w.conn
}

// office joins the world's parts as the program does.
func (w *world) office() *office {
	w.t.Helper()
	return newOffice(w.db, w.keys(), slog.New(slog.DiscardHandler))
}
