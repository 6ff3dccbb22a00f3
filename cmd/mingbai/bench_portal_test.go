package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"

	"mingbai/ledger/inquiry"
	"mingbai/ledger/postgres"
	"mingbai/portal"
)

// BenchmarkPortal tells pages a second of lists and fund pages beside a fiber handler that answers a constant page of the same
// size, in one run, by wrk; and how long the first byte takes at fifty questions a second. MINGBAI_BENCH_PAYMENTS says how
// many payments the county has, MINGBAI_BENCH_DATA where to keep it for the next run.
func BenchmarkPortal(b *testing.B) {
	if _, err := exec.LookPath("wrk"); err != nil {
		b.Fatal("no wrk: apt-get install wrk")
	}
	wanted := 35_000
	if text := os.Getenv("MINGBAI_BENCH_PAYMENTS"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			b.Fatal(err)
		}
		wanted = n
	}
	w := newOwnWorld(b)
	w.settled(wanted * 100 / 176) // an entry of a crowd has 1.76 payments
	var payments int
	w.must(w.sql().QueryRow(b.Context(), `select count(*) from payment`).Scan(&payments))
	site := w.hasty()
	var fund, village string
	var year int
	w.must(w.sql().QueryRow(b.Context(), `select fund, year from village_tally group by 1, 2 order by sum(row_count) desc limit 1`).Scan(&fund, &year))
	w.must(w.sql().QueryRow(b.Context(), `select village_code from village_tally where (fund, year) = ($1, $2) order by row_count limit 1
		offset (select count(*) / 2 from village_tally where (fund, year) = ($1, $2))`, fund, year).Scan(&village))
	// The list of a middling village names people: no browser may keep it, and whoever asks is charged for them; wrk, which keeps no
	// cookie, as a new browser each time.
	paths := []string{"/funds", fmt.Sprintf("/funds/%s?year=%d", fund, year), "/data", fmt.Sprintf("/funds/%s/%d/villages/%s", fund, year, village)}
	for b.Loop() {
		b.Logf("%d payments", payments)
		for _, path := range paths {
			page := packed(b, site+path)
			constant := constantSite(b, page)
			var ours, theirs []float64
			for range 3 { // by turns, so that a neighbour's noise falls on both
				theirs = append(theirs, wrk(b, constant+"/"))
				ours = append(ours, wrk(b, site+path))
			}
			slices.Sort(ours)
			slices.Sort(theirs)
			b.Logf("%-22s %6d bytes  %8.0f pages/s, constant %8.0f pages/s: %.2f", path, len(page), ours[1], theirs[1], ours[1]/theirs[1])
			b.ReportMetric(ours[1]/theirs[1], "of-constant"+strings.NewReplacer("/", "-", "?", "-", "=", "-").Replace(path))
		}
		for _, path := range append(paths, "/") {
			took := steady(b, site+path, 50, 10*time.Second)
			b.Logf("%-22s first byte at 50/s: p50 %v, p99 %v, longest %v", path, took[len(took)/2], took[len(took)*99/100], took[len(took)-1])
		}
	}
}

// serveWith runs the public site alone, its log written and thrown away.
func (w *world) serveWith(change func(*portal.Config)) string {
	w.t.Helper()
	site := siteFlags{siteWords: siteWords{CountyName: "清泉县", Phone: "0990-1210000", Hours: "工作日 8:30—17:30", Office: "县财政局一楼"}}
	config := site.portalConfig(slog.New(slog.NewTextHandler(io.Discard, nil)), w.keys(), w.engine(), nil, nil)
	desk, err := postgres.NewInquiries(w.db, w.keys(), inquiry.Periods{})
	w.must(err)
	config.Archive, config.Papers, config.Inquiries = w.db, w.db, desk
	change(&config)
	server, err := portal.New(config, w.db, w.engine())
	w.must(err)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	w.must(err)
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- server.Serve(ctx, ln) }()
	w.t.Cleanup(func() {
		stop()
		w.must(<-done)
	})
	return "http://" + ln.Addr().String()
}

// packed is a page as a browser gets it.
func packed(b *testing.B, url string) []byte {
	b.Helper()
	req, _ := http.NewRequest("GET", url, nil)
	req.Header.Set("Accept-Encoding", "gzip")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		b.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != 200 || res.Header.Get("Content-Encoding") != "gzip" {
		b.Fatal(url, res.Status, res.Header, err)
	}
	return body
}

// constantSite is the least that fiber can do: one handler, no middleware, bytes that are there.
func constantSite(b *testing.B, page []byte) string {
	b.Helper()
	app := fiber.New(fiber.Config{DisableStartupMessage: true})
	app.Get("/", func(c *fiber.Ctx) error {
		c.Set("Content-Type", "text/html; charset=utf-8")
		c.Set("Content-Encoding", "gzip")
		return c.Send(page)
	})
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	go func() { _ = app.Listener(ln) }()
	b.Cleanup(func() { _ = app.Shutdown() })
	return "http://" + ln.Addr().String()
}

var perSecond = regexp.MustCompile(`Requests/sec:\s+([0-9.]+)`)

// wrk asks as fast as one thread with 32 connections can, for three seconds, and answers requests a second.
func wrk(b *testing.B, url string) float64 {
	b.Helper()
	out, err := exec.Command("wrk", "-t1", "-c32", "-d3s", "-H", "Accept-Encoding: gzip", url).CombinedOutput()
	m := perSecond.FindSubmatch(out)
	if err != nil || m == nil || strings.Contains(string(out), "Non-2xx") {
		b.Fatalf("wrk %s: %v\n%s", url, err, out)
	}
	n, _ := strconv.ParseFloat(string(m[1]), 64)
	return n
}

// steady asks n times a second, come what may of the answers, and tells how long each first byte took, the shortest first.
func steady(b *testing.B, url string, n int, during time.Duration) (took []time.Duration) {
	b.Helper()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	var mu sync.Mutex
	var group sync.WaitGroup
	tick := time.NewTicker(time.Second / time.Duration(n))
	defer tick.Stop()
	for range int(during.Seconds() * float64(n)) {
		<-tick.C
		group.Go(func() {
			began := time.Now()
			res, err := client.Get(url)
			d := time.Since(began) // the head has come
			if err != nil || res.StatusCode != 200 {
				b.Error(err, res)
				return
			}
			_, _ = io.Copy(io.Discard, res.Body)
			res.Body.Close()
			mu.Lock()
			took = append(took, d)
			mu.Unlock()
		})
	}
	group.Wait()
	slices.Sort(took)
	return took
}
