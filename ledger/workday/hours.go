package workday

import (
	"time"

	"mingbai/ledger"
)

// Notices go out from opens to closes on workdays, in minutes of the day; closing time itself is too late.
const (
	opens  = 9 * 60
	closes = 17 * 60
)

// OfficeTime is the instant itself if it lies within office hours of a workday, or the next opening.
func (c Calendar) OfficeTime(at time.Time) time.Time {
	day, local := ledger.DateOf(at), at.In(ledger.Shanghai)
	minute := local.Hour()*60 + local.Minute()
	switch {
	case !c.IsWorkday(day) || minute >= closes:
		return clock(c.Next(day), opens)
	case minute < opens:
		return clock(day, opens)
	}
	return at.UTC()
}

// Share is when so many hundredths of a count have gone by, its days taken as office hours: half of one day is 13:00. False
// when a pause stands before it. What is left of a last day lies within the day: even one day's count has its warning in time.
func (c Calendar) Share(k Count, hundredths int) (time.Time, bool) {
	const day = closes - opens
	gone := max(k.total(), 1) * day * hundredths / 100
	var at time.Time
	c.walk(k, func(s Step) bool {
		if s.N == gone/day+1 || k.total() == 0 && s.Last {
			at = clock(s.Day, opens+gone%day)
			return false
		}
		return true
	})
	return at, !at.IsZero()
}
