package portal

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"mingbai/ledger"
	"mingbai/ledger/postgres"
	index "mingbai/search"
)

// careBooks are real books with a search that a test sets up.
type careBooks struct {
	*postgres.DB
	care *index.Care
}

func (b careBooks) Care(context.Context) (index.Care, error) { return *b.care, nil }

// The operator asks for an act on the index: once, in the log, and seen until it is done.
func TestTheOperatorLooksAfterSearch(t *testing.T) {
	s := setupOffice(t)
	began := time.Now().Add(-time.Minute)
	*s.server.config.Search.(careBooks).care = index.Care{
		Status:  index.Status{Configured: true, Reachable: true, Answering: "books", Why: "还有变动没有进索引", People: 1200, Lookups: 1100, Catalogue: 90},
		Breaker: index.Closed, Turned: began, Since: began,
		Lag:    ledger.IndexLag{Pending: 1, Oldest: began},
		Faults: []ledger.IndexFault{{Index: "people", Document: "00112233445566778899aabbccddeeff-990121102201", Code: "invalid_document_fields", Tries: 3}},
		Events: []index.Event{{At: began, What: "断路器断开：不回答"}},
	}
	s.become("admin")
	page := s.get("/office/search")
	s.status(page, http.StatusOK)
	for _, want := range []string{
		"现在由账簿回答", "还有变动没有进索引", "断路器断开：不回答", "1,200 份", "00112233445566778899aabbccddeeff-990121102201", "内容不合规矩", "请点“修复”", "还没有做过",
	} {
		if !strings.Contains(page.body, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if page.Header.Get("Refresh") != "" {
		t.Error("the page refreshes itself though nothing is under way")
	}
	lines := s.lines("action = 'index.verify'")
	s.status(s.post("/office/search/verify"), http.StatusSeeOther)
	if s.lines("action = 'index.verify'") != lines+1 {
		t.Error("the log does not tell that it was asked for")
	}
	page = s.get("/office/search")
	if !strings.Contains(page.body, "等着开始") || page.Header.Get("Refresh") == "" {
		t.Error("what is under way is not seen")
	}
	if a := s.post("/office/search/verify"); a.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(a.body, "已经在做") {
		t.Errorf("asked for twice: %d", a.StatusCode)
	}
	s.status(s.post("/office/search/burn"), http.StatusUnprocessableEntity)

	ctx := t.Context()
	runs, err := s.db.IndexRuns(ctx, 5)
	s.must(err)
	_, err = s.db.StartIndexRun(ctx, runs[0].No)
	s.must(err)
	s.must(s.db.EndIndexRun(ctx, ledger.IndexRun{No: runs[0].No, Documents: 1200, Differences: 2, Found: []string{"people_x 缺少文档 y"}}))
	page = s.get("/office/search")
	if !strings.Contains(page.body, "2 处不符，请点“修复”") || !strings.Contains(page.body, "people_x 缺少文档 y") {
		t.Error("the result is not told")
	}
	s.status(s.post("/office/search/verify"), http.StatusSeeOther)

	// Whose process died is ended.
	runs, err = s.db.IndexRuns(ctx, 1)
	s.must(err)
	_, err = s.db.StartIndexRun(ctx, runs[0].No)
	s.must(err)
	s.now = s.now.Add(2 * time.Minute)
	s.must(s.db.WithBuildLock(ctx, func(ctx context.Context) error { return s.db.CloseIndexRuns(ctx) }))
	if runs, _ = s.db.IndexRuns(ctx, 1); !runs[0].Ended.IsZero() {
		t.Error("ended though somebody is at it")
	}
	s.must(s.db.CloseIndexRuns(ctx))
	if runs, _ = s.db.IndexRuns(ctx, 1); runs[0].Trouble == "" {
		t.Errorf("not ended: %+v", runs[0])
	}
}
