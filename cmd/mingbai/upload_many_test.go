package main

import (
	"fmt"
	"net/http"
	"strconv"
	"testing"
	"time"

	"mingbai/ledger"
)

// A village each: 400 workbooks of 250 rows come in one sending, are checked, submitted, certified and made public together.
func TestFourHundredVillagesInOneGo(t *testing.T) {
	if testing.Short() {
		t.Skip("100,000 rows from file to publication take most of a minute")
	}
	const files, rows = 400, 250
	w := newWorld(t)
	paths := w.villageBooks(files, rows)
	s := w.newServer()
	clerk := w.newDesk(s.site, "sun", 0, ledger.RoleClerk)
	certifier := w.newDesk(s.site, "qian", 0, ledger.RoleCertifier)

	before := s.memory()
	watched := make(chan struct{})
	go func() {
		for {
			select {
			case <-watched:
				return
			case <-time.After(20 * time.Millisecond):
				s.memory()
			}
		}
	}()
	began := time.Now()
	set := clerk.sent([]string{"fund", "GD01", "period", "2025"}, paths...)
	received := time.Since(began)
	w.eventually("every file to be checked", 3*time.Minute, func() bool {
		return w.count(`select count(*) from upload where set_no = $1 and state <> 'waiting'`, set) == files
	})
	checked := time.Since(began)
	path := fmt.Sprintf("/office/sets/%d", set)
	_, _, page := clerk.get(path)
	w.says(page, "共 400 个文件", "100,000", "10,000,000.00", "全部提交（400 个批次）", "第 1 页，共 4 页")
	_, _, page = clerk.post(path + "/submit")
	w.says(page, "已提交")
	_, _, page = certifier.get(path)
	w.says(page, "全部复核（400 个批次）")
	_, _, page = certifier.post(path + "/certify")
	w.says(page, "全部公开（400 个批次）")
	publishing := time.Now()
	status, _, page := certifier.post(path + "/publish")
	w.says(page, "已公开")
	published := time.Since(publishing)
	close(watched)
	t.Logf("%d files, %d rows: received in %.1f s, checked after %.1f s, published together in %.1f s; server %d MB before, %d MB after, %d MB at most",
		files, files*rows, received.Seconds(), checked.Seconds(), published.Seconds(), before, s.memory(), s.peak.Load())
	if n := w.count(`select count(*) from payment where active`); n != files*rows || status != http.StatusOK {
		t.Errorf("status %d, %d rows are public", status, n)
	}
	if s.peak.Load() > before+150 {
		t.Errorf("the server went from %d to %d MB", before, s.peak.Load())
	}
}

// The server is killed while files come in, and again while they are checked. The clerk sends all of them once more into the
// same set: every file is there once, has one batch, and was written down once.
func TestAKillLosesNoFileAndDoublesNone(t *testing.T) {
	if testing.Short() {
		t.Skip("kills and restarts a server twice")
	}
	const files, rows = 80, 100
	w := newWorld(t)
	paths := w.villageBooks(files, rows)
	s := w.newServer()
	clerk := w.newDesk(s.site, "sun", 0, ledger.RoleClerk)

	received := func() int { return w.count(`select count(*) from upload`) }
	done := func() int { return w.count(`select count(*) from upload where state = 'done'`) }
	broken := make(chan error, 1)
	go func() {
		res, err := clerk.send("/office/upload", []string{"fund", "GD01", "period", "2025"}, paths...)
		if err == nil {
			res.Body.Close()
		}
		broken <- err
	}()
	w.eventually("some files to come in", time.Minute, func() bool { return received() >= files/8 })
	s.kill()
	err := <-broken
	first, firstDone := received(), done()
	s.start()
	set := int64(w.count(`select set_no from upload_set`))
	res, again := clerk.send("/office/upload", []string{"set", strconv.FormatInt(set, 10)}, paths...)
	if status, _, page := clerk.read(res, again); status != http.StatusOK {
		t.Fatalf("sent again: %d\n%s", status, tail(page, 2000))
	}
	w.eventually("some files to be checked", time.Minute, func() bool { return done() >= files/2 })
	s.kill()
	second := done()
	s.start()
	restarted := time.Now()
	w.eventually("every file to be checked", 2*time.Minute, func() bool { return done() == files })
	t.Logf("first kill: %d of %d files received (%v), %d checked; second: %d checked; the rest %.1f s after the restart",
		first, files, err, firstDone, second, time.Since(restarted).Seconds())
	for what, n := range map[string]int{
		"uploads":        received(),
		"batches":        w.count(`select count(*) from batch where state = 'checked'`),
		"all batches":    w.count(`select count(*) from batch`),
		"files":          w.count(`select count(*) from file`),
		"batches named":  w.count(`select count(distinct batch_no) from upload where state = 'done'`),
		"revisions":      w.count(`select count(*) from batch_revision`),
		"lines of audit": w.count(`select count(*) from audit where action = 'batch.import'`),
		"staged hundred": w.count(`select count(*) / 100 from staged_row`),
	} {
		if n != files {
			t.Errorf("%s: %d, want %d", what, n, files)
		}
	}
	w.ok("verify")
}
