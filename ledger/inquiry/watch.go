package inquiry

import (
	"time"

	"mingbai/ledger"
	"mingbai/ledger/workday"
)

// Level is how urgent a reminder is.
type Level uint8

// Levels of 督办.
const (
	Half   Level = iota + 1 // half of the time is gone: a reminder
	Yellow                  // four fifths are gone
	Red                     // due and not done
	Leader                  // three workdays late
	Alarm                   // five workdays late: discipline is told
)

var levelNames = map[Level]string{Half: "提醒", Yellow: "黄牌", Red: "红牌", Leader: "报告领导", Alarm: "报告纪检"}

// Name is the level's word on pages.
func (l Level) Name() string { return levelNames[l] }

// levels say when each is reached, by hundredths of the period or by workdays after the due day, and who is told beside whoever
// holds the step.
var levels = []struct {
	level      Level
	hundredths int
	late       int
	also       []Role
}{
	{Half, 50, 0, nil},
	{Yellow, 80, 0, nil},
	{Red, 0, 0, []Role{supervisor}},
	{Leader, 0, 3, []Role{supervisor, head}},
	{Alarm, 0, 5, []Role{supervisor, head, discipline}},
}

// Reminder is a notice that a running clock gives rise to.
type Reminder struct {
	Clock      ClockKind
	Began      time.Time // with Clock and Level it names the reminder: one is sent once
	Level      Level
	Reached    time.Time // when the level is reached
	Send       time.Time // when it may go out: within office hours of a workday
	To         []Role
	Department int64 // of handlers
	Due        workday.Due
}

// Reminders are all that the running clocks give rise to, past and to come, while nothing else happens. A clock that is
// paused has none. A sealed case's are discipline's alone.
func (d Desk) Reminders(c Case) []Reminder {
	var all []Reminder
	for _, k := range c.Clocks {
		holders := ruleOf(k.Kind).holder
		if due := d.Due(k); k.Running() && due.Known() && len(holders) > 0 {
			all = append(all, d.remindersOf(c, k, due, holders)...)
		}
	}
	return all
}

func (d Desk) remindersOf(c Case, k Clock, due workday.Due, holders []Role) []Reminder {
	var all []Reminder
	for _, l := range levels {
		reached, known := d.reached(k.Count, due, l.hundredths, l.late)
		if !known {
			continue
		}
		to := c.onlyConcerned(append(append([]Role(nil), holders...), l.also...))
		all = append(all, Reminder{
			Clock: k.Kind, Began: k.Start, Level: l.level, Reached: reached, Send: d.Calendar.OfficeTime(reached), To: to, Department: c.Lead, Due: due,
		})
	}
	return all
}

// reached is when so many hundredths of a count are gone, or so many workdays after it was due; false when nobody can say yet.
func (d Desk) reached(k workday.Count, due workday.Due, hundredths, late int) (time.Time, bool) {
	switch {
	case hundredths > 0:
		return d.Calendar.Share(k, hundredths)
	case late > 0:
		after := workday.Count{Start: due.At.Add(-time.Second), Period: workday.Period{N: late, Unit: workday.Workdays}}
		return d.Calendar.Due(after).At, true
	}
	return due.At, true
}

// onlyConcerned leaves out who has no part in the case: the desk for a sealed one; of department and duty, who does not have it.
func (c Case) onlyConcerned(roles []Role) []Role {
	var to []Role
	for _, r := range roles {
		switch {
		case in(to, r):
		case c.State == Sealed && !sealedSights[r].Exists:
		case r == handler && c.Lead == 0:
		case r == duty && c.Lead != 0 && in(roles, handler):
		default:
			to = append(to, r)
		}
	}
	return to
}

// Level is how urgent a case is at an instant, over all its running clocks; 0 for not at all.
func (d Desk) Level(c Case, at time.Time) Level {
	var worst Level
	for _, r := range d.Reminders(c) {
		if !at.Before(r.Reached) {
			worst = max(worst, r.Level)
		}
	}
	return worst
}

// Told says whether an officer gets a reminder: in a role it goes to, of the department that has the case, and not complained of.
func (r Reminder) Told(c Case, o ledger.Officer) bool {
	for _, role := range r.To {
		by, err := As(o, role)
		if err == nil && See(c, by).Exists && (role != handler || by.Department == r.Department) {
			return true
		}
	}
	return false
}
