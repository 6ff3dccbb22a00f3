package inquiry

import (
	"time"

	"mingbai/ledger"
	"mingbai/ledger/workday"
)

// signing is how long the register of a day may wait for its two signatures, which are given the morning after.
var signing = workday.Period{N: 1, Unit: workday.Workdays}

// DayReminders are what a day of the register gives rise to while two have not signed it: to the duty staff, and once it is
// overdue to the head as well. Began is the day's midnight.
func (d Desk) DayReminders(day time.Time) []Reminder {
	y, m, n := day.Date()
	began := time.Date(y, m, n, 0, 0, 0, 0, ledger.Shanghai).UTC()
	k := workday.Count{Start: began, Period: signing}
	due := d.Calendar.Due(k)
	var all []Reminder
	for _, l := range levels {
		if l.level == Alarm {
			continue // discipline's, and no affair of theirs
		}
		reached, _ := d.reached(k, due, l.hundredths, l.late)
		to := []Role{duty}
		if l.level >= Red {
			to = append(to, head)
		}
		all = append(all, Reminder{Clock: DayClock, Began: began, Level: l.level, Reached: reached, Send: d.Calendar.OfficeTime(reached), To: to, Due: due})
	}
	return all
}

// Timing is what is to be done with a case's reminders at an instant.
type Timing struct {
	Send   []Reminder // to go out now
	Passed []Reminder // due as well, and passed over: a higher level of the same clock goes out, to all whom they were for and more
	Next   time.Time  // when there is something to do again; zero for never
}

// Time sorts reminders that were not dealt with yet. Whoever comes late, after days without a server say, sends one notice for
// a clock and not five: the highest level's, whose readers hold those of all lower ones. A level below one that already went
// out is passed over, too.
func Time(all []Reminder, dealt func(Reminder) bool, now time.Time) (t Timing) {
	type clock struct {
		kind  ClockKind
		began int64
	}
	highest := map[clock]Level{}
	for _, r := range all {
		if k := (clock{r.Clock, r.Began.UnixMicro()}); !r.Send.After(now) || dealt(r) {
			highest[k] = max(highest[k], r.Level)
		}
	}
	for _, r := range all {
		switch k := (clock{r.Clock, r.Began.UnixMicro()}); {
		case dealt(r):
		case r.Level < highest[k]:
			t.Passed = append(t.Passed, r)
		case r.Level == highest[k]:
			t.Send = append(t.Send, r)
		case t.Next.IsZero() || r.Send.Before(t.Next):
			t.Next = r.Send
		}
	}
	return t
}

// Notice is a reminder that went out, as an officer finds it in the office.
type Notice struct {
	No     int64
	At     time.Time
	Level  Level
	Clock  ClockKind
	Began  time.Time
	Due    time.Time
	Fresh  bool // the officer has not put it away
	Over   bool // what it reminds of is done
	Sealed bool // of a case at discipline: it names nothing else
	Line   Line // of its case; empty for a day of the register
}

// Day is the day of the register that a notice is about.
func (n Notice) Day() time.Time { return ledger.DateOf(n.Began) }

// Notices are a page of an officer's notices, the newest first.
type Notices struct {
	Lines  []Notice
	Fresh  int  // of all, those not put away whose matter is not done
	Beyond bool // there may be more of them than were counted
	More   bool
}
