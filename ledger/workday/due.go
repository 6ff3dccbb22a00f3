package workday

import (
	"fmt"
	"time"

	"mingbai/ledger"
)

// Unit is what a period counts.
type Unit string

// Units.
const (
	Workdays Unit = "workdays" // 工作日
	Days     Unit = "days"     // 日: calendar days, the last of which must be a workday
)

// Period is a length of time in the law's words. 0 workdays is the same workday.
type Period struct {
	N    int
	Unit Unit
}

// Text is the period in words: 7个工作日, 15日.
func (p Period) Text() string {
	switch {
	case p.N <= 0:
		return "当个工作日"
	case p.Unit == Days:
		return fmt.Sprintf("%d日", p.N)
	}
	return fmt.Sprintf("%d个工作日", p.N)
}

// Span is a pause. Both its days are taken out. To is zero while it lasts.
type Span struct {
	From, To time.Time
	Why      string
}

func (s Span) holds(day time.Time) bool {
	return !day.Before(ledger.DateOf(s.From)) && (s.To.IsZero() || !day.After(ledger.DateOf(s.To)))
}

// Count is a period that was set going at an instant.
type Count struct {
	Start  time.Time
	Period Period
	Extra  int // what an extension added, in the period's unit
	Pauses []Span
}

func (k Count) total() int { return max(k.Period.N, 0) + max(k.Extra, 0) }

// Due is when a count ends. At is 24:00 of Day: what happens at that very instant is late.
type Due struct {
	Day         time.Time // zero while paused
	At          time.Time // UTC; zero while paused
	Provisional bool      // it reaches a year whose notice is not out yet
	Paused      bool      // nobody can say before the pause ends
}

// Known says whether there is a date at all.
func (d Due) Known() bool { return !d.At.IsZero() }

// Over says whether the date has passed.
func (d Due) Over(at time.Time) bool { return d.Known() && !at.Before(d.At) }

// Text is the date in words: 2027年1月8日（暂定）.
func (d Due) Text() string {
	switch {
	case d.Paused:
		return "暂停计时"
	case !d.Known():
		return "无法推算"
	case d.Provisional:
		return d.Day.Format("2006年1月2日") + "（暂定）"
	}
	return d.Day.Format("2006年1月2日")
}

// farthest is how many days a count is followed before it is given up: the longest period of the law is 90 days, the longest
// pause a few months. Only broken data goes so far.
const farthest = 10 * 366

// Due tells when a count ends.
func (c Calendar) Due(k Count) Due {
	due := Due{}
	c.walk(k, func(s Step) bool {
		due.Provisional = due.Provisional || s.Provisional
		due.Paused = s.endless
		if s.Last {
			due.Day = s.Day
			due.At = endOf(s.Day)
		}
		return true
	})
	return due
}

// walk gives every day from the start to the due day, which is marked Last. A pause without an end is the last day given.
func (c Calendar) walk(k Count, give func(Step) bool) {
	start, n, total := ledger.DateOf(k.Start), 0, k.total()
	for day, i := start, 0; i < farthest; day, i = day.AddDate(0, 0, 1), i+1 {
		s := c.step(day)
		work := c.IsWorkday(day)
		if pause := k.pause(day); pause != nil {
			s.Kind, s.Name, s.endless = Paused, pause.Why, pause.To.IsZero()
		}
		switch {
		case s.Kind == Paused:
		case day.Equal(start):
			s.First = true
		case n == total:
			s.Rolled = true
		case work || k.Period.Unit == Days:
			n++
			s.N, s.Extended = n, n > k.Period.N
		}
		s.Last = n == total && work && s.Kind != Paused
		if !give(s) || s.Last || s.endless {
			return
		}
	}
}

func (k Count) pause(day time.Time) *Span {
	for i := range k.Pauses {
		if k.Pauses[i].holds(day) {
			return &k.Pauses[i]
		}
	}
	return nil
}

// Late is how many workdays a count is overdue at an instant: 0 before its end, at least 1 after it. A pause that begins
// after the end takes nothing back.
func (c Calendar) Late(k Count, at time.Time) int {
	due := c.Due(k)
	if !due.Over(at) {
		return 0
	}
	to := ledger.DateOf(at)
	if last := due.Day.AddDate(0, 0, farthest); to.After(last) {
		to = last
	}
	return max(1, c.Between(due.Day, to))
}

// endOf is 24:00 of a day in Shanghai, in UTC.
func endOf(day time.Time) time.Time { return clock(day, 24*60) }

// clock is the instant of a day so many minutes after its midnight in Shanghai, in UTC.
func clock(day time.Time, minutes int) time.Time {
	y, m, d := day.Date()
	return time.Date(y, m, d, 0, minutes, 0, 0, ledger.Shanghai).UTC()
}
