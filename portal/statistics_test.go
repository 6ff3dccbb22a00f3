package portal

import (
	"encoding/csv"
	"net/http"
	"strings"
	"testing"

	"mingbai/ledger/inquiry"
)

// The public page and its file leave out what is small, and the office's page does not; what is sealed is in neither.
func TestStatisticsLeaveOutTheSmall(t *testing.T) {
	t.Parallel()
	s := deskSite(t)
	var ids []string
	for i := range 9 {
		kind := "question"
		if i > 6 {
			kind = "complaint"
		}
		ids = append(ids, s.caseOf(s.sendsOne(filed("kind", kind))))
	}
	s.sendsOne(filed("kind", "report", "to", "discipline"))
	for _, id := range ids[:8] {
		s.does("duty", id, inquiry.Deed{Act: inquiry.Register, Facts: inquiry.Facts{Kind: inquiry.Question, Track: inquiry.Ordinary}})
		s.does("duty2", id, inquiry.Deed{Act: inquiry.Countersign})
		s.does("duty", id, inquiry.Deed{Act: inquiry.TakeDirect})
	}
	for _, id := range ids[:7] {
		s.does("duty", id, inquiry.Deed{Act: inquiry.Draft, Proposed: "答"})
		s.does("head", id, inquiry.Deed{Act: inquiry.Approve, Facts: inquiry.Facts{Answer: inquiry.HashOf("答")}})
	}
	a := s.get("/statistics")
	s.status(a, http.StatusOK)
	checkWhole(t, a)
	s.says(a, "main", "2025年来件统计", "收到9 件", "100%（已答复 7 件，其中按时 7 件）", "中位 0 个工作日", "还没有（评价 0 次", "移送纪检监察机关的，件数不到3，不列")
	if year := a.text(".yearfigures"); !strings.Contains(year, "其他不列") || !strings.Contains(year, "值班室直办不列") {
		t.Errorf("one case is told, or follows from the others: %s", year)
	}
	file := s.get("/statistics.csv?year=2025")
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(file.body, "\ufeff"))).ReadAll()
	s.must(err)
	if len(rows) != 1+1+12+1+5 || strings.Join(rows[1][2:6], " ") != "全年 9 不列 0" {
		t.Errorf("the file says %q", rows)
	}
	for _, row := range rows[1:] {
		for _, text := range row[3:] {
			if text == "1" || text == "2" {
				t.Errorf("the file tells of one or two: %q", row)
			}
		}
	}
	s.status(s.get("/statistics?year=1999"), http.StatusNotFound)
	s.enter("head")
	office := s.get("/office/desk/statistics")
	checkWhole(t, office)
	s.says(office, ".yearfigures", "值班室直办8 件", "其他1 件")
	if strings.Contains(office.text("main"), "另有移送纪检") {
		t.Error("the head is told of what went to discipline")
	}
	s.enter("discipline")
	s.says(s.get("/office/desk/statistics"), "main", "另有移送纪检的 1 件")
}
