package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"mingbai/ledger"
	"mingbai/ledger/inquiry"
	"mingbai/ledger/postgres"
)

// deskKills is how often the server is killed while inquiries are sent; MINGBAI_KILLS sets another number, 50 for the record.
func deskKills() int {
	if n, err := strconv.Atoi(os.Getenv("MINGBAI_KILLS")); err == nil {
		return n
	}
	return 4
}

// The server is killed at random moments while inquiries come in: every receipt that was shown opens its case, whole, and no case
// is there without its events.
func TestKilledWhileInquiriesAreSent(t *testing.T) {
	t.Setenv("MINGBAI_KIOSKS", "127.0.0.1") // one address sends all of them
	w := newWorld(t)
	keys, err := ledger.LoadKeys(filepath.Join(w.dir, "keys.json"), false)
	w.must(err)
	desk, err := postgres.NewInquiries(w.db, keys, inquiry.Periods{})
	w.must(err)
	s := w.newServer()
	var mu sync.Mutex
	shown := map[string]string{} // code → subject
	rounds, broken := deskKills(), 0
	for round := range rounds {
		ctx, stop := context.WithCancel(t.Context())
		var senders sync.WaitGroup
		for n := range 4 {
			senders.Go(func() {
				for i := 0; ctx.Err() == nil; i++ {
					subject := fmt.Sprintf("第%d轮%d号%d件", round, n, i)
					code, err := sendOne(ctx, s.site, subject)
					mu.Lock()
					if err == nil {
						shown[code] = subject
					} else {
						broken++
					}
					mu.Unlock()
					if err != nil {
						return
					}
				}
			})
		}
		time.Sleep(time.Duration(100+rand.IntN(500)) * time.Millisecond)
		s.kill()
		stop()
		senders.Wait()
		s.start()
	}
	for code, subject := range shown {
		id, err := desk.CaseOfCode(t.Context(), code)
		if err != nil {
			t.Errorf("the receipt of %s opens nothing: %v", subject, err)
			continue
		}
		if tr, err := desk.Track(t.Context(), id); err != nil || tr.Subject != subject || len(tr.Files) != 1 {
			t.Errorf("%s: %+v, %v", subject, tr, err)
		}
	}
	if found, err := desk.VerifyInquiries(t.Context()); err != nil || len(found) > 0 {
		t.Errorf("verify: %v, %v", found, err)
	}
	cases := w.count(`select count(*) from inquiry`)
	if orphans := w.count(`select count(*) from inquiry i where not exists (select from inquiry_event e where e.county = i.county and e.id = i.id)
		or not exists (select from inquiry_words x where x.county = i.county and x.id = i.id) or not exists (select from inquiry_round r where r.county = i.county and r.id = i.id)`); orphans > 0 {
		t.Errorf("%d cases without their events", orphans)
	}
	if len(shown) < rounds*2 || cases < len(shown) {
		t.Errorf("%d receipts, %d cases", len(shown), cases)
	}
	t.Logf("%d kills: %d receipts shown and all there, %d cases, %d sendings broken off", rounds, len(shown), cases, broken)
}

var (
	tokenOnPage   = regexp.MustCompile(`name="csrf_token" value="([0-9a-f]+)"`)
	codeOnReceipt = regexp.MustCompile(`<span>([2-9A-Z]{4})</span>`)
)

// sendOne sends an inquiry with a file as a browser does, and answers the code of the receipt that was shown whole.
func sendOne(ctx context.Context, site, subject string) (string, error) {
	browser := &http.Client{Jar: &jar{cookies: map[string]*http.Cookie{}}, Timeout: 20 * time.Second}
	page, err := readPage(ctx, browser, http.MethodGet, site+"/ask?kind=question", "", nil)
	if err != nil {
		return "", err
	}
	token := tokenOnPage.FindStringSubmatch(page)
	if token == nil {
		return "", fmt.Errorf("no token")
	}
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for name, value := range map[string]string{"kind": "question", "to": "desk", "subject": subject, "text": strings.Repeat("内容", 200), "name": "张三"} {
		_ = form.WriteField(name, value)
	}
	_ = form.WriteField("csrf_token", token[1])
	part, _ := form.CreateFormFile("files", "证.pdf")
	_, _ = io.WriteString(part, "%PDF-1.4\n"+strings.Repeat("x", 20_000)+"\n%%EOF\n")
	_ = form.Close()
	page, err = readPage(ctx, browser, http.MethodPost, site+"/ask", form.FormDataContentType(), &body)
	if err != nil {
		return "", err
	}
	var groups []string
	for _, m := range codeOnReceipt.FindAllStringSubmatch(page, -1) {
		groups = append(groups, m[1])
	}
	if len(groups) != 4 {
		return "", fmt.Errorf("no receipt: %.300s", page)
	}
	return strings.Join(groups, "-"), nil
}

func readPage(ctx context.Context, browser *http.Client, method, address, kind string, body io.Reader) (string, error) {
	req, err := http.NewRequestWithContext(ctx, method, address, body)
	if err != nil {
		return "", err
	}
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	res, err := browser.Do(req)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("status %d: %.300s", res.StatusCode, text)
	}
	return string(text), err
}
