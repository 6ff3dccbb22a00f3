package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"mingbai/fixtures"
	"mingbai/ledger"
)

// desk is an officer at a browser: a session, without the login's pages.
type desk struct {
	t    testing.TB
	site string
	http *http.Client
}

const officePassword = "稻田 井水 账本 春分"

// newDesk makes an officer with a session on a site.
func (w *world) newDesk(site, login string, department int64, roles ...ledger.OfficeRole) *desk {
	w.t.Helper()
	a := w.accounts()
	w.must(a.SaveOfficer(w.t.Context(), "test", ledger.Officer{Login: login, Name: login, Roles: roles, Department: department}))
	w.must(a.SetPassword(w.t.Context(), "test", login, officePassword, false))
	e, err := a.Login(w.t.Context(), login, officePassword, ledger.Visitor{Label: "Linux · Chrome"})
	w.must(err)
	if o, err := w.db.Officer(w.t.Context(), login); err == nil && o.NeedsSecondFactor() {
		secret, err := a.GiveSecondFactor(w.t.Context(), "test", login)
		w.must(err)
		e, err = a.Login(w.t.Context(), login, officePassword, ledger.Visitor{Label: "Linux · Chrome"})
		w.must(err)
		e, err = a.SecondFactor(w.t.Context(), e.Token, code(w.t, secret), ledger.Visitor{Label: "Linux · Chrome"})
		w.must(err)
	}
	return w.deskOf(site, e.Token)
}

// deskOf is a desk with a session that somebody has already.
func (w *world) deskOf(site, token string) *desk {
	j := &jar{cookies: map[string]*http.Cookie{"mingbai-office": {Name: "mingbai-office", Value: token}}}
	return &desk{t: w.t, site: site, http: &http.Client{Jar: j}}
}

// get opens a page and answers its status, address and text.
func (d *desk) get(path string) (status int, address, page string) {
	d.t.Helper()
	res, err := d.http.Get(d.site + path)
	return d.read(res, err)
}

func (d *desk) read(res *http.Response, err error) (status int, address, page string) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		d.t.Fatal(err)
	}
	return res.StatusCode, res.Request.URL.Path, string(body)
}

var tokenInput = regexp.MustCompile(`name="csrf_token" value="([0-9a-f]+)"`)

func (d *desk) token() string {
	d.t.Helper()
	_, _, page := d.get("/office/account")
	m := tokenInput.FindStringSubmatch(page)
	if m == nil {
		d.t.Fatalf("no token on the page:\n%.400s", page)
	}
	return m[1]
}

// post sends a form.
func (d *desk) post(path string, pairs ...string) (status int, address, page string) {
	d.t.Helper()
	v := url.Values{"csrf_token": {d.token()}}
	for i := 0; i < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	res, err := d.http.PostForm(d.site+path, v)
	return d.read(res, err)
}

// send sends files with a form's fields, as a browser does: piece by piece, without knowing the length.
func (d *desk) send(path string, fields []string, files ...string) (*http.Response, error) {
	d.t.Helper()
	token := d.token()
	r, w := io.Pipe()
	form := multipart.NewWriter(w)
	go func() { w.CloseWithError(writeForm(form, append([]string{"csrf_token", token}, fields...), files)) }()
	req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, d.site+path, r)
	if err != nil {
		d.t.Fatal(err)
	}
	req.Header.Set("Content-Type", form.FormDataContentType())
	return d.http.Do(req)
}

func writeForm(form *multipart.Writer, fields, files []string) error {
	for i := 0; i < len(fields); i += 2 {
		if err := form.WriteField(fields[i], fields[i+1]); err != nil {
			return err
		}
	}
	for _, path := range files {
		part, err := form.CreateFormFile("files", filepath.Base(path))
		if err != nil {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if _, err := io.Copy(part, bytes.NewReader(content)); err != nil {
			return err
		}
	}
	return form.Close()
}

// sent sends files that must be taken and answers the number of their set.
func (d *desk) sent(fields []string, files ...string) int64 {
	d.t.Helper()
	res, err := d.send("/office/upload", fields, files...)
	status, _, page := d.read(res, err)
	m := regexp.MustCompile(`/office/sets/(\d+)$`).FindStringSubmatch(res.Request.URL.Path)
	if m == nil { // one file, done already
		m = regexp.MustCompile(`/office/batches/(\d+)/findings`).FindStringSubmatch(res.Request.URL.Path)
	}
	if status != http.StatusOK || m == nil {
		d.t.Fatalf("upload: %d at %s\n%.2000s", status, res.Request.URL.Path, page)
	}
	no, _ := strconv.ParseInt(m[1], 10, 64)
	return no
}

// villageBooks writes n workbooks, a village each, of so many rows; nobody is in two.
func (w *world) villageBooks(n, rows int) (paths []string) {
	w.t.Helper()
	town, made := "", 0
	towns := map[string]string{}
	for _, r := range fixtures.Regions() {
		towns[r.Code] = r.Name
	}
	for made < n {
		for _, r := range fixtures.Regions() {
			if ledger.LevelOf(r.Code) != ledger.LevelVillage || made == n {
				continue
			}
			town = towns[r.Parent]
			day := time.Date(1950, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, made).Format("20060102")
			lines := [][]string{{"乡镇", "村", "姓名", "身份证号", "补贴金额(元)"}}
			for i := range rows {
				first := fmt.Sprintf("990121%s%03d", day, i+1)
				lines = append(lines, []string{
					town, r.Name, string([]rune("赵钱孙李周吴郑王冯陈")[i%10]) + string([]rune("建国秀英丽华明")[i/10%7]), first + string(ledger.IDCheckDigit(first)), "100",
				})
			}
			paths = append(paths, w.sheet(fmt.Sprintf("%03d%s.xlsx", made+1, r.Name), lines...))
			made++
		}
	}
	return paths
}

// server is mingbai serve as a process of its own, which may be killed.
type server struct {
	*world
	site string
	addr string
	cmd  *exec.Cmd
	said *syncBuffer
	peak atomic.Int64
}

func (w *world) newServer() *server {
	w.t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	w.must(err)
	s := &server{world: w, addr: l.Addr().String(), said: &syncBuffer{}}
	s.site = "http://" + s.addr
	w.must(l.Close())
	w.t.Cleanup(func() {
		if s.cmd != nil {
			_ = s.cmd.Process.Signal(os.Interrupt)
			_ = s.cmd.Wait()
		}
		if w.t.Failed() {
			w.t.Logf("server's log:\n%s", tail(s.said.String(), 4000))
		}
	})
	s.start()
	return s
}

func (s *server) start() {
	s.t.Helper()
	s.cmd = s.program("serve", "--addr", s.addr, "--county", fixtures.County)
	s.cmd.Stderr = s.said
	s.must(s.cmd.Start())
	s.eventually("the server to answer", 30*time.Second, func() bool {
		res, err := http.Get(s.site + "/healthz")
		if err != nil {
			return false
		}
		res.Body.Close()
		return res.StatusCode == http.StatusOK
	})
}

func (s *server) kill() {
	s.must(s.cmd.Process.Kill())
	_ = s.cmd.Wait()
}

// memory is what the server holds now, in MB; its most so far is kept in peak.
func (s *server) memory() int64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	m := regexp.MustCompile(`VmRSS:\s+(\d+) kB`).FindStringSubmatch(string(text))
	if m == nil {
		return 0
	}
	kb, _ := strconv.ParseInt(m[1], 10, 64)
	if mb := kb >> 10; mb > s.peak.Load() {
		s.peak.Store(mb)
	}
	return kb >> 10
}

// count reads one number behind the program's back.
func (w *world) count(sql string, args ...any) (n int) {
	w.t.Helper()
	w.must(w.sql().QueryRow(w.t.Context(), sql, args...).Scan(&n))
	return n
}

func (w *world) says(page string, want ...string) {
	w.t.Helper()
	for _, words := range want {
		if !strings.Contains(page, words) {
			w.t.Errorf("the page lacks %q:\n%s", words, tail(page, 3000))
		}
	}
}
