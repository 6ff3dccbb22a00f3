package inquiry

import (
	"fmt"
	"time"

	"mingbai/ledger"
	"mingbai/ledger/workday"
)

// Moved is a due date that a change of the calendar moved.
type Moved struct {
	Clock    ClockKind
	Was, Now workday.Due
}

// Text says it: 全程期限由2027年1月4日（暂定）改为2027年1月5日.
func (m Moved) Text() string {
	if m.Was.Day.Equal(m.Now.Day) {
		return fmt.Sprintf("%s期限%s，不再是暂定", m.Clock.Name(), m.Now.Text())
	}
	return fmt.Sprintf("%s期限由%s改为%s", m.Clock.Name(), m.Was.Text(), m.Now.Text())
}

// NoticeChange is what a notice of days off changes.
type NoticeChange struct {
	Notice workday.Notice
	Days   []time.Time // workdays that are none now, and the other way round
	Moved  int         // cases with another due date; of those that went to discipline nobody is told
}

func (d Desk) moved(c Case, before workday.Calendar) []Moved {
	var all []Moved
	for _, k := range c.Clocks {
		if !k.Running() {
			continue // what has stopped was counted by the calendar of its day
		}
		if was, now := before.Due(k.Count), d.Due(k); was != now {
			all = append(all, Moved{Clock: k.Kind, Was: was, Now: now})
		}
	}
	return all
}

// Recounted are the events that a change of the calendar makes of cases: one for each with a due date that moved or became
// certain, to be told to its citizen and its officers. The others are not touched. The desk has the new calendar.
func (d Desk) Recounted(cases []Case, before workday.Calendar, because string, at time.Time) (map[int][]Event, error) {
	all := map[int][]Event{}
	for i, c := range cases {
		if c.State == New || len(d.moved(c, before)) == 0 {
			continue
		}
		events, err := d.Apply(c, Action{Act: Recount, Before: before, Because: because}, Clockwork, at)
		if err != nil {
			return nil, &ledger.Error{Kind: ledger.KindOf(err), Message: "重算期限：" + ledger.MessageOf(err), Cause: err}
		}
		all[i] = events
	}
	return all, nil
}
