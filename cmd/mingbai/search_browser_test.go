package main

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"mingbai/fixtures"
	"mingbai/ledger"
)

// The operator opens the page of search, sees that all is well, has the index compared and built anew at a button, and sees
// what a hand did to it. Figures for monitoring stand on a listener of their own. MINGBAI_SHOTS names a folder to leave
// pictures in.
func TestTheOperatorsDay(t *testing.T) {
	w := newWorld(t)
	path, truth := w.book(fixtures.One{Layout: fixtures.LayoutCard, Rows: 60, Seed: 41})
	w.publish(path, truth.Books[0])
	site := w.serve()
	w.must(w.accounts().SaveOfficer(t.Context(), "test", ledger.Officer{Login: "guan", Name: "管检索", Roles: []ledger.OfficeRole{ledger.RoleAdmin}}))
	w.must(w.accounts().SetPassword(t.Context(), "test", "guan", officePassword, false))
	secret, err := w.accounts().GiveSecondFactor(t.Context(), "test", "guan")
	w.must(err)
	w.eventually("the index to be built", 20*time.Second, func() bool { return w.engine().Status(t.Context()).Answering == "index" })
	if status, page := get(t, site+"/metrics"); status == 200 {
		t.Errorf("the public site answers /metrics: %.60s", page)
	}
	l, err := listenMetrics("127.0.0.1:0")
	w.must(err)
	go func() { _ = serveMetrics(t.Context(), l, w.engine()) }()
	if status, page := get(t, "http://"+l.Addr().String()+"/metrics"); status != 200 || !strings.Contains(page, "mingbai_index_answers 1") ||
		!strings.Contains(page, `mingbai_index_documents{index="people"} 60`) || !strings.Contains(page, "mingbai_index_oldest_pending_seconds 0") {
		t.Errorf("figures for monitoring: %d %s", status, page)
	}
	for i, screen := range []struct {
		name          string
		width, height int64
	}{{"phone", 390, 844}, {"desktop", 1280, 900}, {"kiosk", 1080, 1920}} {
		f := openBrowser(t, screen.name, screen.width, screen.height)
		f.visit(site + "/office/login")
		f.fill("login", "guan").fill("password", officePassword).press("main form button")
		_, err := w.sql().Exec(t.Context(), `update officer set totp_step = 0`)
		w.must(err)
		f.fill("code", code(t, secret)).press("main form button.main")
		f.visit(site + "/office/search")
		f.see("检索运行", "现在由索引回答", "断路器：合上")
		for _, act := range []ledger.IndexAct{ledger.IndexVerify, ledger.IndexRebuild}[:max(0, 2-2*i)] {
			f.press(`form[action$="/` + string(act) + `"] button`)
			w.eventually(string(act), 30*time.Second, func() bool {
				runs, err := w.db.IndexRuns(t.Context(), 1)
				w.must(err)
				return runs[0].Act == act && !runs[0].Ended.IsZero()
			})
			f.visit(site + "/office/search")
		}
		f.see("索引与账相符", "建好并换上", "guan")
		if i == 2 { // what cannot go in
			_, err := w.sql().Exec(t.Context(), `
				insert into index_fault (county, generation, index_name, document_id, code, first_at, retry_at)
				select county, generation, 'people', $1, 'invalid_document_fields', now(), now() + interval '1 minute' from search_index`,
				strings.Repeat("0c", 16)+"-990121102201")
			w.must(err)
			f.visit(site + "/office/search")
			f.see("现在由账簿回答", "索引不收的文档（1）", "内容不合规矩")
		}
		f.fits()
		f.shot("search-" + strconv.Itoa(i))
	}
}
