package portal

import (
	"net/http"
	"strings"
	"testing"

	"mingbai/ledger/inquiry"
)

// An admin sees what a notice would change, and adds it: the open case is counted anew and says so, to the office and to who
// sent it; nothing is changed by looking.
func TestAnAdminAddsANotice(t *testing.T) {
	t.Parallel()
	s := deskSite(t)
	code := s.sendsOne(filed())
	id := s.caseOf(code)
	s.does("duty", id, inquiry.Deed{Act: inquiry.Register, Facts: inquiry.Facts{Kind: inquiry.Complaint, Track: inquiry.Ordinary}})
	s.does("duty2", id, inquiry.Deed{Act: inquiry.Countersign})
	sealed := s.caseOf(s.sendsOne(filed("kind", "report", "to", "discipline")))
	due := func() string {
		d, err := s.desk.Dossier(t.Context(), "duty", id)
		s.must(err)
		return d.Status.Due.Text()
	}
	before := due()
	s.enter("admin")
	s.says(s.get("/office/calendar"), "main", "2025年", "休 春节")
	const text = "2025 县里的更正\n休 防汛 06-09..06-11\n班 防汛 06-14"
	a := s.post("/office/calendar", "text", text)
	s.status(a, http.StatusOK)
	checkWhole(t, a)
	s.says(a, "main", "县里的更正", "还没有保存", "1 件没办完的来件", "2025年6月9日休息", "2025年6月14日上班")
	if due() != before || s.lines("action = 'calendar.add'") != 0 {
		t.Error("looking has changed something")
	}
	wrong := s.post("/office/calendar", "text", "2025 错的\n班 防汛 06-10")
	s.status(wrong, http.StatusUnprocessableEntity)
	s.says(wrong, "#fault", "2025-06-10", "本来就上班")
	if wrong.text("#text") != "2025 错的 班 防汛 06-10" {
		t.Errorf("what was written is lost: %q", wrong.text("#text"))
	}
	s.goes(s.post("/office/calendar", "text", text, "sure", "1"), "/office/calendar?said=calendar")
	s.says(s.get("/office/calendar?said=calendar"), "main", "县里的更正", "休 防汛 06-09..06-11", "重算期限")
	if after := due(); after == before {
		t.Errorf("due %s as before", after)
	}
	s.says(s.tracks(code), "main", "按县里的更正重算期限", before)
	s.enter("duty")
	s.says(s.get("/office/desk/case/"+id), ".course", "按新的放假安排重算期限", "期限由"+before)
	if n := s.lines("action = 'calendar.add' and object = 'calendar/2025' and actor = 'admin'"); n != 1 {
		t.Errorf("%d lines of audit", n)
	}
	if found, err := s.desk.VerifyInquiries(t.Context()); err != nil || len(found) > 0 {
		t.Errorf("verify %v, %v", found, err)
	}
	s.enter("discipline")
	if a := s.get("/office/desk/case/" + sealed); !strings.Contains(a.text(".course"), "重算期限") {
		t.Error("the sealed case is not counted anew")
	}
}
