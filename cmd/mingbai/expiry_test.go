package main

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"mingbai/fixtures"
	"mingbai/ledger"
)

// When midnight ends a disclosure period, the rows leave pages, API, whatever a browser or the site keeps, and the index by
// themselves, through a server that runs; totals stay, and the person's own book does.
func TestRowsLeaveAtMidnight(t *testing.T) {
	w := newWorld(t)
	n := "99012119610412003"
	p := fixtures.Person{Name: "柏问渠", ID: n + string(checkDigit(n))}
	no := w.publish(w.smallBook("f.xlsx", []fixtures.Person{p}, "100"), fixtures.Book{Fund: "GD01", Period: "2025"})
	var until time.Time
	var ref string
	w.must(w.sql().QueryRow(t.Context(), `
		select b.public_until, n.ref || '-' || p.village_code from batch b join payment p using (county, batch_no) join person n using (county, person_id)
		where b.batch_no = $1`, no).Scan(&until, &ref))
	midnight := time.Date(until.Year(), until.Month(), until.Day()+1, 0, 0, 0, 0, ledger.Shanghai)

	var ahead atomic.Int64 // of the world's clock
	set := func(at time.Time) { ahead.Store(int64(time.Until(at))) }
	w.now = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	set(midnight.Add(-12 * time.Hour)) // the period's last day
	site := w.serve("127.0.0.1")

	village := fmt.Sprintf("/funds/GD01/2025/villages/%s", ref[len(ref)-12:])
	places := map[string]string{
		"the list of names": "/people?q=" + url.QueryEscape(p.Name), "the person's page": "/people/" + ref, "the village's list": village,
		"the API": "/api/v1/search?q=" + url.QueryEscape(p.Name),
	}
	tags := map[string]string{}
	ask := func(path string) (int, string) {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, site+path, nil)
		w.must(err)
		if tags[path] != "" {
			req.Header.Set("If-None-Match", tags[path])
		}
		res, err := http.DefaultClient.Do(req)
		w.must(err)
		defer res.Body.Close()
		body, err := io.ReadAll(res.Body)
		w.must(err)
		if keeps := res.Header.Get("Cache-Control"); keeps != "no-store" && keeps != "no-cache" {
			t.Errorf("%s may be kept: %q", path, keeps)
		}
		tags[path] = res.Header.Get("ETag")
		return res.StatusCode, string(body)
	}
	shown := func(path string) bool {
		code, body := ask(path)
		return code == http.StatusNotModified || code == http.StatusOK && strings.Contains(strings.ReplaceAll(body, "“"+p.Name+"”", ""), p.Name) && (strings.Contains(body, "100.00") || strings.Contains(body, `"total_fen":10000,`))
	}
	w.eventually("the index to hold the person", time.Minute, func() bool { return strings.Contains(w.peopleDocuments(), p.Name) })
	for what, path := range places {
		if !shown(path) {
			t.Errorf("%s does not show the person on the last day", what)
		}
	}
	if code, body := ask("/funds/GD01?year=2025"); code != http.StatusOK || !strings.Contains(body, village) {
		t.Errorf("the fund's page does not lead to the village's list: %d", code)
	}

	set(midnight.Add(-2 * time.Second))
	for what, path := range places {
		if w.now().Before(midnight.Add(-500*time.Millisecond)) && !shown(path) {
			t.Errorf("%s does not show the person two seconds before midnight", what)
		}
	}
	time.Sleep(midnight.Sub(w.now()))
	for what, path := range places {
		if shown(path) {
			t.Errorf("%s shows the person after midnight", what)
		}
	}
	if code, body := ask("/funds/GD01?year=2025"); code != http.StatusOK || strings.Contains(body, village) || !strings.Contains(body, "100.00") {
		t.Errorf("the fund's page leads to the village's list after midnight, or has lost its total: %d", code)
	}
	left := w.eventually("the person to leave the index", time.Minute, func() bool { return !strings.Contains(w.peopleDocuments(), p.Name) })
	t.Logf("pages and API forgot the person with midnight, the index %v after", left.Round(10*time.Millisecond))
	if code, page := newBrowser(t, site).lookup(p.Name, p.ID); code != http.StatusOK || !strings.Contains(page, "100.00") {
		t.Errorf("the person's own book: %d", code)
	}
}
