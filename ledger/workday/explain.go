package workday

import (
	"fmt"
	"time"
)

// DayKind is what a day is, in the word that the page shows.
type DayKind string

// Kinds of days.
const (
	Workday  DayKind = "工作日"
	Weekend  DayKind = "周末"
	Holiday  DayKind = "节假日"
	MadeUp   DayKind = "调休上班"
	Paused   DayKind = "暂停"
	Extended DayKind = "延期"
)

// Step is one day on the way to a due date.
type Step struct {
	Day         time.Time
	Kind        DayKind
	Name        string // the holiday's, or why there is a pause
	N           int    // which day of the period it is; 0 when it does not count
	First       bool   // the day on which the count was set going; never counted
	Extended    bool   // counted on account of an extension
	Rolled      bool   // after the period ended on a day off
	Last        bool   // the due day
	Provisional bool   // no notice for its year yet

	endless bool
}

// Explain gives every day from the start to the due day with its reason. While a pause lasts it ends with the first paused day.
func (c Calendar) Explain(k Count) []Step {
	var steps []Step
	c.walk(k, func(s Step) bool {
		steps = append(steps, s)
		return true
	})
	return steps
}

func (c Calendar) step(day time.Time) Step {
	s := Step{Day: day, Kind: Workday, Provisional: !c.Announced(day.Year())}
	mark, marked := c.marks[number(day)]
	switch {
	case marked && mark.Mark == Off:
		s.Kind, s.Name = Holiday, mark.Holiday
	case marked:
		s.Kind, s.Name = MadeUp, mark.Holiday
	case weekend(day):
		s.Kind = Weekend
	}
	return s
}

// Reason is the word that says why a day counts or does not; for a day of an extension it is that.
func (s Step) Reason() DayKind {
	if s.Extended {
		return Extended
	}
	return s.Kind
}

// Text is the day in a sentence: 2026年2月14日 周六 调休上班（春节），第3天.
func (s Step) Text() string {
	text := s.Day.Format("2006年1月2日 ") + weekdays[s.Day.Weekday()] + " " + string(s.Kind)
	if s.Name != "" {
		text += "（" + s.Name + "）"
	}
	switch {
	case s.First:
		text += "，当天不计"
	case s.endless:
		text += "，从这天起暂停计时"
	case s.N > 0 && s.Extended:
		text += fmt.Sprintf("，第%d天（延期）", s.N)
	case s.N > 0:
		text += fmt.Sprintf("，第%d天", s.N)
	case s.Rolled && s.Last:
		text += "，顺延到这天"
	case s.Rolled:
		text += "，顺延"
	default:
		text += "，不计"
	}
	if s.Last {
		text += "，24时到期"
	}
	if s.Provisional {
		text += "（暂定：这一年的放假安排还没有公布）"
	}
	return text
}
