package inquiry

import (
	"slices"
	"testing"
	"time"
)

// Who comes late sends the highest level of each clock, once, and passes over those below.
func TestTimingOfReminders(t *testing.T) {
	s := begin(t)
	ways["inhand"](s) // sent on 2, in hand on 3: answer 提醒 03-06 13:00, 黄牌 03-10 13:48, 红牌 03-12 09:00
	type key struct {
		ClockKind
		Level
	}
	dealt := map[key]bool{}
	look := func(when string) (send, passed []key, next string) {
		now := on(t, when)
		tm := Time(s.desk.Reminders(s.c), func(r Reminder) bool { return dealt[key{r.Clock, r.Level}] }, now)
		for _, r := range tm.Send {
			send = append(send, key{r.Clock, r.Level})
		}
		for _, r := range tm.Passed {
			passed = append(passed, key{r.Clock, r.Level})
		}
		for _, k := range slices.Concat(send, passed) {
			if dealt[k] {
				t.Errorf("%s: %v a second time", when, k)
			}
			dealt[k] = true
		}
		if !tm.Next.IsZero() {
			next = tm.Next.Add(8 * time.Hour).Format("01-02 15:04")
		}
		return send, passed, next
	}
	for _, c := range []struct {
		when         string
		send, passed int
		next         string
	}{
		{"2026-03-06 12:59:59", 0, 0, "03-06 13:00"},
		{"2026-03-06 13:00:00", 1, 0, "03-10 09:00"}, // the case's half
		{"2026-03-06 13:01:00", 0, 0, "03-10 09:00"},
		{"2026-03-05 09:00:00", 0, 0, "03-10 09:00"}, // the clock jumped back
		{"2026-03-17 10:00:00", 2, 4, "03-19 09:00"}, // away for days: the answer's report to the leader, and the case's red card
		{"2026-03-17 10:01:00", 0, 0, "03-19 09:00"},
		{"2026-06-01 10:00:00", 2, 1, ""},
		{"2026-07-01 10:00:00", 0, 0, ""},
	} {
		send, passed, next := look(c.when)
		if len(send) != c.send || len(passed) != c.passed || next != c.next {
			t.Errorf("%s: sends %v, passes over %v, then %s; want %d, %d, %s", c.when, send, passed, next, c.send, c.passed, c.next)
		}
	}
}

// The register of a Friday is signed on Monday, else the duty staff are reminded, and from Tuesday the head as well.
func TestRemindersOfTheRegister(t *testing.T) {
	d := begin(t).desk
	got := ""
	for _, r := range d.DayReminders(time.Date(2026, 3, 6, 0, 0, 0, 0, time.UTC)) {
		got += r.Level.Name() + " " + r.Send.Add(8*time.Hour).Format("01-02 15:04") + " " + namesOf(r.To, roleName) + "\n"
	}
	want := `提醒 03-09 13:00 值班
黄牌 03-09 15:24 值班
红牌 03-10 09:00 值班或审核
报告领导 03-13 09:00 值班或审核
`
	if got != want {
		t.Errorf("got\n%s", got)
	}
}
