package inquiry

import (
	"fmt"
	"strings"
	"testing"

	"mingbai/ledger"
)

func TestReminders(t *testing.T) {
	for name, c := range map[string]struct {
		story func(*story)
		clock ClockKind
		want  string
	}{
		"an answer in hand": {
			// 3(1) 4(2) 5(3) 6(4) 9(5) 10(6) 11(7): half is 3.5 days, four fifths 5.6.
			way("inhand"), AnswerClock, `
提醒 03-06 13:00 → 03-06 13:00 承办
黄牌 03-10 13:48 → 03-10 13:48 承办
红牌 03-12 00:00 → 03-12 09:00 承办或督查
报告领导 03-17 00:00 → 03-17 09:00 承办或督查或审核
报告纪检 03-19 00:00 → 03-19 09:00 承办或督查或审核或纪检
`,
		},
		"the desk's own answer, over 春节": {
			// Sent on 12, Thursday: 13(1) 14 班(2) 24(3).
			func(s *story) { s.when("2026-02-12").registered(Question, Ordinary, Against{}).act(liDuty, TakeDirect) }, AnswerClock, `
提醒 02-14 13:00 → 02-14 13:00 值班
黄牌 02-24 12:12 → 02-24 12:12 值班
红牌 02-25 00:00 → 02-25 09:00 值班或督查
报告领导 02-28 00:00 → 02-28 09:00 值班或督查或审核
报告纪检 03-03 00:00 → 03-03 09:00 值班或督查或审核或纪检
`,
		},
		"a Friday's end goes out on Monday": {
			func(s *story) { s.when("2026-03-05").sent(Complaint) }, RegisterClock, `
提醒 03-06 13:00 → 03-06 13:00 值班
黄牌 03-06 15:24 → 03-06 15:24 值班
红牌 03-07 00:00 → 03-09 09:00 值班或督查
报告领导 03-12 00:00 → 03-12 09:00 值班或督查或审核
报告纪检 03-14 00:00 → 03-16 09:00 值班或督查或审核或纪检
`,
		},
		"a sealed case is discipline's alone": {
			way("sealed"), AcceptClock, `
提醒 03-12 13:00 → 03-12 13:00 纪检
黄牌 03-19 09:00 → 03-19 09:00 纪检
红牌 03-24 00:00 → 03-24 09:00 纪检
报告领导 03-27 00:00 → 03-27 09:00 纪检
报告纪检 03-31 00:00 → 03-31 09:00 纪检
`,
		},
		"a paused clock is quiet":            {way("clarifying"), CaseClock, "\n"},
		"the citizen's time is not reminded": {way("clarifying"), ClarifyClock, "\n"},
	} {
		s := begin(t)
		c.story(s)
		var got strings.Builder
		got.WriteByte('\n')
		for _, r := range s.desk.Reminders(s.c) {
			if r.Clock == c.clock {
				fmt.Fprintf(&got, "%s %s → %s %s\n", r.Level.Name(), r.Reached.In(ledger.Shanghai).Format("01-02 15:04"),
					r.Send.In(ledger.Shanghai).Format("01-02 15:04"), namesOf(r.To, roleName))
			}
		}
		if got.String() != c.want {
			t.Errorf("%s:%s", name, got.String())
		}
	}
}

func TestLevels(t *testing.T) {
	s := begin(t)
	ways["inhand"](s) // answer due on 11, case on 16: half of the case is 10.0 days at 03-10 09:00
	for when, want := range map[string]Level{
		"2026-03-06 12:59:59": 0, "2026-03-06 13:00:00": Half, "2026-03-10 13:48:00": Yellow, "2026-03-11 23:59:59": Yellow,
		"2026-03-12 00:00:00": Red, "2026-03-16 23:59:59": Red, "2026-03-17 00:00:00": Leader, "2026-03-19 00:00:00": Alarm,
	} {
		if got := s.desk.Level(s.c, on(t, when)); got != want {
			t.Errorf("%s: %d, want %d", when, got, want)
		}
	}
}

// A sign that is late brings an order of its own, and only then.
func TestAutomaticOrder(t *testing.T) {
	s := begin(t)
	ways["forwarded"](s)
	s.when("2026-03-04 00:00:00").do(Clockwork, Action{Act: Supervise})
	if _, ordered := s.c.Clock(OrderClock); !ordered {
		t.Error("no order runs")
	}
}

func TestWhoIsTold(t *testing.T) {
	s := begin(t)
	ways["inhand"](s)
	r := s.desk.Reminders(s.c)[len(s.desk.Reminders(s.c))-1] // of the answer, to discipline
	officer := func(role Role, department int64) ledger.Officer {
		return ledger.Officer{Login: "x", Roles: []Role{role}, Department: department}
	}
	for want, officers := range map[bool][]ledger.Officer{
		true:  {officer(handler, 3), officer(head, 0), officer(supervisor, 0), officer(discipline, 0)},
		false: {officer(handler, 4), officer(handler, 5), officer(handler, 0), officer(duty, 0), officer(auditor, 0), officer("admin", 0)},
	} {
		for _, o := range officers {
			if r.Told(s.c, o) != want {
				t.Errorf("%v of %d told: %v", o.Roles, o.Department, !want)
			}
		}
	}
	s.c.Against.Persons = []string{"x"}
	if r.Told(s.c, officer(head, 0)) {
		t.Error("who is complained of is told")
	}
}
