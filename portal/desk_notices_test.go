package portal

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"mingbai/ledger"
	"mingbai/ledger/inquiry"
)

// What is urgent stands on the home of whoever holds the step until it is put away, and in the list for good.
func TestNoticesOnThePages(t *testing.T) {
	t.Parallel()
	s := deskSite(t)
	s.enter("duty")
	s.says(s.get("/office/desk/notices"), "main", "没有发给您的督办通知")
	s.sendsOne(filed("subject", "面积不对"))
	s.now = time.Date(2025, 6, 4, 14, 0, 0, 0, ledger.Shanghai)
	if n, err := s.desk.Remind(t.Context()); err != nil || n != 2 { // to register it, and to sign the day
		t.Fatalf("%d notices, %v", n, err)
	}
	s.enter("duty")
	home := s.get("/office")
	s.says(home, "main", "督办通知 2", "面积不对", "登记期限 6月4日 24时", "6月3日的来件登记册")
	checkWhole(t, home)
	page := s.get("/office/desk/notices")
	s.says(page, "main", "没有收起的还有 2 条", "提醒")
	checkWhole(t, page)
	s.goes(s.post("/office/desk/notices", "upto", page.attr("input[name=upto]", "value")), "/office/desk/notices?said=away")
	if home := s.get("/office"); len(home.all("#urged")) != 0 {
		t.Error("what was put away is still on the home")
	}
	s.says(s.get("/office/desk/notices"), "main", "面积不对")
	s.status(s.post("/office/desk/notices", "upto", "0"), http.StatusBadRequest)
	for _, login := range []string{"supervisor", "auditor", "clerk"} {
		s.enter(login)
		if home := s.get("/office"); len(home.all("#urged")) != 0 {
			t.Errorf("%s is told what is not theirs yet", login)
		}
	}
}

type deaf struct{}

func (deaf) Send(context.Context, inquiry.Message) error { return errors.New("网关不通") }

// Who leaves a telephone is asked whether to be told by it, where there is a gateway; for a report to discipline nobody asks.
func TestWhoWishesToBeTold(t *testing.T) {
	t.Parallel()
	s := deskSite(t, func(c *Config) { c.Messages = true })
	if n := len(s.get("/ask?kind=question").all("#agreed")); n != 1 {
		t.Errorf("%d boxes to agree", n)
	}
	if n := len(s.get("/ask?kind=report&to=discipline").all("#agreed")); n != 0 {
		t.Errorf("%d boxes to agree for what goes to discipline", n)
	}
	s.desk.Tell(deaf{}, "")
	yes, no := s.caseOf(s.sendsOne(filed("agreed", "1"))), s.caseOf(s.sendsOne(filed()))
	for _, id := range []string{yes, no} {
		s.does("duty", id, inquiry.Deed{Act: inquiry.Register, Facts: inquiry.Facts{Kind: inquiry.Complaint, Track: inquiry.Ordinary}})
		s.does("duty2", id, inquiry.Deed{Act: inquiry.Countersign})
	}
	var told string
	s.must(s.sql.QueryRow(t.Context(), `select string_agg(id, ' ') from inquiry_message`).Scan(&told))
	if told != yes {
		t.Errorf("%s is to be told, want %s alone", told, yes)
	}
	_, err := s.sql.Exec(t.Context(), `update inquiry_message set tries = 8, said = '网关不通', ended_at = made_at`)
	s.must(err)
	s.enter("admin")
	s.says(s.get("/office"), "main", "1 条没有发出去", "网关不通")
	s.enter("duty")
	if strings.Contains(s.get("/office").text("main"), "网关不通") {
		t.Error("others are told of the operator's business")
	}
}
