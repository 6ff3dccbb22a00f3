package workday

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"mingbai/ledger"
)

// Calendar is what all notices together say. It is a value: With makes another one. The zero value knows no notice.
type Calendar struct {
	notices []Notice
	marks   map[int64]Special // by day number; the last notice that speaks of a day counts
}

// fewestOff is how many days off the first notice of a year must name: the law itself gave eleven, now thirteen. Less is a
// slip, and would make a year's due dates look certain.
const fewestOff = 11

// With is the calendar with one more notice.
func (c Calendar) With(n Notice) (Calendar, error) {
	if err := c.fault(n); err != nil {
		return c, err
	}
	marks := maps.Clone(c.marks)
	if marks == nil {
		marks = map[int64]Special{}
	}
	for _, d := range n.Days {
		if d.Mark == Plain {
			delete(marks, number(d.Day))
			continue
		}
		marks[number(d.Day)] = d
	}
	return Calendar{notices: append(slices.Clone(c.notices), n), marks: marks}, nil
}

func (c Calendar) fault(n Notice) error {
	refuse := func(format string, args ...any) error {
		return ledger.Errorf(ledger.KindInvalid, "%d年放假安排：%s", n.Year, fmt.Sprintf(format, args...))
	}
	switch {
	case n.Year < 2000 || n.Year > 2100:
		return refuse("年份不对")
	case strings.TrimSpace(n.Name) == "":
		return refuse("要写通知的名称，让人查得到依据")
	case len(n.Days) == 0:
		return refuse("一天也没有写")
	}
	seen := map[int64]bool{}
	off := 0
	for _, d := range n.Days {
		day := d.Day.Format(time.DateOnly)
		switch before := d.Day.Year() == n.Year-1 && d.Day.Month() == time.December; {
		case !d.Day.Equal(ledger.DateOf(d.Day)):
			return refuse("%s不是一个日期", day)
		case d.Day.Year() != n.Year && !before:
			return refuse("%s不在这一年", day)
		case seen[number(d.Day)]:
			return refuse("%s写了两次", day)
		case d.Mark == MakeUp && !weekend(d.Day):
			return refuse("%s是%s，本来就上班，不用写“班”", day, weekdays[d.Day.Weekday()])
		case d.Mark != Off && d.Mark != MakeUp && d.Mark != Plain:
			return refuse("%s的记号“%s”不认得，写休、班或平", day, d.Mark)
		case d.Mark != Plain && d.Holiday == "":
			return refuse("%s要写是哪个节日", day)
		case d.Mark == Off:
			off++
		}
		seen[number(d.Day)] = true
	}
	if !c.Announced(n.Year) && off < fewestOff {
		return refuse("只有%d天休息，法定节假日至少%d天，请对照通知补全", off, fewestOff)
	}
	return nil
}

// Added is With for an admin, and the line that the audit log gets of it.
func (c Calendar) Added(by ledger.Officer, at time.Time, n Notice) (Calendar, ledger.AuditLine, error) {
	if !by.Has(ledger.RoleAdmin) {
		return c, ledger.AuditLine{}, ledger.Errorf(ledger.KindDenied, "账号“%s”没有“%s”权限，放假安排由管理员维护", by.Login, ledger.RoleAdmin.Name())
	}
	next, err := c.With(n)
	if err != nil {
		return c, ledger.AuditLine{}, err
	}
	changed := []string{}
	for _, day := range Changed(c, next) {
		changed = append(changed, day.Format(time.DateOnly))
	}
	detail, err := json.Marshal(struct {
		Notice  string   `json:"notice"`
		Changed []string `json:"changed"`
	}{n.Name, changed})
	return next, ledger.AuditLine{
		At: at.UTC(), Actor: by.Login, Action: "calendar.add", Object: fmt.Sprintf("calendar/%d", n.Year), Detail: string(detail),
	}, err
}

// Changed are the days that are workdays in one calendar and not in the other, of all that either speaks of.
func Changed(a, b Calendar) []time.Time {
	var days []time.Time
	both := maps.Clone(a.marks)
	if both == nil {
		both = map[int64]Special{}
	}
	maps.Copy(both, b.marks)
	for _, n := range slices.Sorted(maps.Keys(both)) {
		if day := time.Unix(n*86400, 0).UTC(); a.IsWorkday(day) != b.IsWorkday(day) {
			days = append(days, day)
		}
	}
	return days
}

// Notices are the notices in the order in which they came.
func (c Calendar) Notices() []Notice { return slices.Clone(c.notices) }

// Announced says whether a notice for the year is known.
func (c Calendar) Announced(year int) bool {
	return slices.ContainsFunc(c.notices, func(n Notice) bool { return n.Year == year })
}

// IsWorkday says whether people work on a day.
func (c Calendar) IsWorkday(day time.Time) bool {
	if s, marked := c.marks[number(day)]; marked {
		return s.Mark == MakeUp
	}
	return !weekend(day)
}

// Next is the first workday after a day.
func (c Calendar) Next(day time.Time) time.Time { return c.Roll(day.AddDate(0, 0, 1)) }

// Roll is the day itself if people work on it, or the next workday.
func (c Calendar) Roll(day time.Time) time.Time {
	for !c.IsWorkday(day) {
		day = day.AddDate(0, 0, 1)
	}
	return day
}

// Between counts the workdays after one day up to and with another.
func (c Calendar) Between(after, to time.Time) int {
	n := 0
	for day := after.AddDate(0, 0, 1); !day.After(to); day = day.AddDate(0, 0, 1) {
		if c.IsWorkday(day) {
			n++
		}
	}
	return n
}

func weekend(day time.Time) bool {
	return day.Weekday() == time.Saturday || day.Weekday() == time.Sunday
}

func number(day time.Time) int64 { return day.Unix() / 86400 }

var weekdays = [...]string{"周日", "周一", "周二", "周三", "周四", "周五", "周六"}
