package main

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"mingbai/fixtures"
)

// Whatever the county puts out or keeps — the database as a dump, every document of the index, the logs of all parts, every page of a
// crawl — holds no ID number, account or phone of anybody.
func TestNoNumberGetsOut(t *testing.T) {
	w := newWorld(t)
	dir := filepath.Join(w.dir, "county")
	w.ok("gen", "--out", dir, "--households", "150")
	truth, err := fixtures.ReadTruth(filepath.Join(dir, fixtures.TruthFile))
	w.must(err)
	for _, b := range truth.Books {
		w.publish(filepath.Join(dir, b.File), b)
	}
	for _, table := range truth.Tables {
		w.publishTable(dir, table)
	}
	site := w.serve()
	w.eventually("the index to be built", 20*time.Second, func() bool { return w.engine().Status(t.Context()).Answering == "index" })

	pages := w.crawl(site, truth)
	for _, p := range truth.Staff[:10] {
		if !strings.Contains(pages, p.Name) {
			t.Error("the crawl did not see the staff")
		}
	}
	for what, text := range map[string]string{
		"database": w.dump(), "index": w.documents(), "pages": pages, "log": w.log.String(),
	} {
		if len(text) < 500 {
			t.Errorf("%s: only %d bytes looked at", what, len(text))
		}
		found := 0
		secrets := secretsOf(truth)
		for _, s := range secrets {
			if strings.Contains(text, s) || strings.Contains(text, hex.EncodeToString([]byte(s))) {
				found++
			}
		}
		if found > 0 {
			t.Errorf("%s: %d of %d numbers found in %d bytes", what, found, len(secrets), len(text))
		}
		for _, p := range truth.Staff {
			for _, layout := range []string{"2006-01-02", "2006年1月2日", "20060102"} {
				if strings.Contains(text, p.Birth().Format(layout)) {
					t.Errorf("%s: when somebody was born: %s", what, p.Birth().Format(layout))
				}
			}
		}
		if m := regexp.MustCompile(`\b990121(19|20)\d{6}`).FindString(text); m != "" {
			t.Errorf("%s: part of a number: %s", what, m)
		}
		t.Logf("%s: %d numbers sought in %d bytes, %d found", what, len(secrets), len(text), found)
	}
}

func secretsOf(truth *fixtures.Truth) (secrets []string) {
	add := func(p *fixtures.Person) {
		if p != nil {
			secrets = append(secrets, p.ID, p.ID[:14], p.ID[6:])
		}
	}
	for i := range truth.Staff {
		add(&truth.Staff[i])
	}
	for _, h := range truth.People {
		secrets = append(secrets, h.Account, h.Phone)
		add(&h.Person)
		add(h.Payee)
		add(h.Beneficiary)
	}
	return secrets
}

// dump is every row of every table as text, and pg_dump's output where that program is on the machine.
func (w *world) dump() string {
	w.t.Helper()
	var b bytes.Buffer
	if program, err := exec.LookPath("pg_dump"); err == nil {
		out, err := exec.Command(program, "--dbname", w.url).Output()
		if err != nil || !bytes.Contains(out, []byte("PostgreSQL database dump complete")) {
			w.t.Errorf("pg_dump: %v, %d bytes", err, len(out))
		}
		b.Write(out)
	}
	for _, table := range append(w.tables(), "river_job") {
		if _, err := w.sql().PgConn().CopyTo(w.t.Context(), &b, fmt.Sprintf(`copy (select t::text from %s t) to stdout`, table)); err != nil {
			w.t.Fatal(err)
		}
	}
	return b.String()
}

// documents are all documents of this world's indexes, and what Meilisearch remembers of all worlds' tasks.
func (w *world) documents() string {
	w.t.Helper()
	var generation string
	w.must(w.sql().QueryRow(w.t.Context(), `select coalesce((select generation from search_index), 'none yet')`).Scan(&generation))
	ask := func(method, path string) string {
		req, err := http.NewRequestWithContext(w.t.Context(), method, w.meil+path, strings.NewReader(`{"limit":1000000}`))
		w.must(err)
		req.Header.Set("Authorization", "Bearer "+w.key)
		req.Header.Set("Content-Type", "application/json")
		res, err := http.DefaultClient.Do(req)
		w.must(err)
		defer res.Body.Close()
		body, err := io.ReadAll(res.Body)
		w.must(err)
		return string(body)
	}
	var b strings.Builder
	for _, m := range regexp.MustCompile(`"uid":"([^"]+)"`).FindAllStringSubmatch(ask("GET", "/indexes?limit=1000"), -1) {
		if strings.HasSuffix(m[1], "_"+generation) {
			b.WriteString(ask("POST", "/indexes/"+m[1]+"/documents/fetch"))
		}
	}
	b.WriteString(ask("GET", "/tasks?limit=1000"))
	return b.String()
}

// crawl follows every link from the home page, searches for some people and looks some up; it answers all that it was
// sent, headers too.
func (w *world) crawl(site string, truth *fixtures.Truth) string {
	w.t.Helper()
	var all bytes.Buffer
	b := newBrowser(w.t, site)
	seen := map[string]bool{}
	queue := []string{"/", "/about", "/audit", "/readyz", "/healthz", "/robots.txt"}
	for i, p := range truth.People {
		if i%10 == 0 {
			queue = append(queue, "/people?name="+url.QueryEscape(p.Name))
		}
	}
	link := regexp.MustCompile(`(?:href|src)="(/[^"#]*)"`)
	for len(queue) > 0 {
		path := strings.ReplaceAll(queue[0], "&amp;", "&")
		queue = queue[1:]
		if seen[path] {
			continue
		}
		seen[path] = true
		client := b.client
		if strings.HasPrefix(path, "/kiosk") { // a browser that has been there is a hall's machine
			client = newBrowser(w.t, site).client
		}
		res, err := client.Get(site + path)
		w.must(err)
		body, err := io.ReadAll(res.Body)
		w.must(err)
		res.Body.Close()
		if res.StatusCode != http.StatusOK && res.StatusCode != http.StatusTooManyRequests {
			w.t.Errorf("a link leads to %s: %d", path, res.StatusCode)
		}
		fmt.Fprintln(&all, path, res.Header)
		all.Write(body)
		for _, m := range link.FindAllStringSubmatch(string(body), -1) {
			queue = append(queue, m[1])
		}
	}
	for _, p := range truth.People[:5] { // the limit per browser is 10
		for _, id := range []string{p.ID, p.ID[:17]} {
			_, body := b.lookup(p.Name, id)
			all.WriteString(body)
		}
	}
	w.t.Logf("crawled %d pages", len(seen))
	if len(seen) < 50 {
		w.t.Errorf("the crawl found only %d pages", len(seen))
	}
	return all.String()
}

// The logs of the private services are files of theirs; they too hold nothing.
func TestNoNumberInTheServicesLogs(t *testing.T) {
	w := newKilled(t)
	truth, err := fixtures.ReadTruth(filepath.Join(w.dir, "sample", fixtures.TruthFile))
	w.must(err)
	logs := 0
	w.must(filepath.WalkDir(filepath.Join(w.dir, "services"), func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".log") {
			return nil
		}
		logs++
		text, err := os.ReadFile(path)
		w.must(err)
		for _, s := range secretsOf(truth) {
			if bytes.Contains(text, []byte(s)) {
				t.Errorf("%s holds a number", path)
				break
			}
		}
		return nil
	}))
	if logs == 0 {
		t.Error("no log was looked at")
	}
}
