package portal

import (
	"net/http"
	"testing"
	"time"

	"mingbai/ledger"
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
