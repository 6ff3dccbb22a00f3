package portal

import (
	"strings"
	"testing"

	"mingbai/ledger"
)

func TestTheHomeListsWhatWaits(t *testing.T) {
	t.Parallel()
	s := setupOffice(t)
	s.enter("clerk")
	s.says(s.get("/office"), "main", "现在没有等您办的事")
	no := s.uploadGrain("clerk", ledger.Finding{Rule: "CEL-13", Severity: ledger.Warn, Sheet: "Sheet1", Cell: "A4", Message: "?", Fix: "!"})
	a := s.get("/office")
	checkWhole(t, a)
	s.says(a, ".waits", "要改的、要写原因的 1", "批次 1 · 耕地地力保护补贴2021年", "今天", "1 处")
	if a.attr(".lines a", "href") != "/office/batches/1/findings" || len(a.all(".late")) != 0 {
		t.Errorf("leads to %s, %d late", a.attr(".lines a", "href"), len(a.all(".late")))
	}
	_, err := s.db.Explain(t.Context(), no, "clerk", "已核对", ledger.FindingChoice{})
	s.must(err)
	s.must(s.db.Reject(t.Context(), no, "certifier", "面积不对"))
	s.says(s.get("/office"), ".waits", "退回给我的 1", "面积不对")
	no = s.publishGrain()
	s.now = s.now.AddDate(0, 0, 5)
	s.enter("clerk")
	a = s.get("/office")
	s.says(a, ".waits", "还没登记张贴的公示榜 1", "已 5 天", "2 个村")
	if len(a.all(".late")) == 0 || !strings.Contains(a.body, boardPath(no)) {
		t.Error("what is overdue is not marked, or leads nowhere")
	}
	s.enter("duty")
	s.says(s.get("/office"), "main", "现在没有等您办的事")
}
