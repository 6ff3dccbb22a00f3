// Package inquirytest counts by the law's own folding what the books count by queries, so that tests may hold one to the other.
package inquirytest

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"time"

	"mingbai/ledger"
	"mingbai/ledger/inquiry"
	"mingbai/ledger/workday"
)

// place is a line of the figures: of the list of months, departments or kinds, or the total.
type place struct {
	list list
	key  int64
}

type list int

const (
	total list = iota
	months
	departments
	kinds
)

// Recount makes a year's figures from the events of every case, one by one: of all that came, sealed ones too. names are those of
// the departments; 0 is the desk itself. Its Made is not set.
func Recount(year int, cases map[string][]inquiry.Event, calendar workday.Calendar, names map[int64]string) (inquiry.Figures, error) {
	f := inquiry.Figures{Year: year}
	counts, days := map[place]*inquiry.Count{}, map[place][]int{}
	for _, events := range cases {
		c, err := inquiry.Fold(events)
		if err != nil {
			return f, err
		}
		came := ledger.DateOf(c.Received)
		if came.Year() != year {
			continue
		}
		if c.State == inquiry.Sealed {
			f.Sealed++
			continue
		}
		one, answered := countOf(c, events)
		for _, at := range []place{{total, 0}, {months, int64(came.Month())}, {departments, c.Lead}, {kinds, int64(slices.Index(inquiry.Kinds, c.Kind))}} {
			if counts[at] == nil {
				counts[at] = &inquiry.Count{}
			}
			add(counts[at], one)
			if one.Answered > 0 {
				days[at] = append(days[at], calendar.Between(came, ledger.DateOf(answered)))
			}
		}
	}
	for at, list := range days {
		slices.Sort(list)
		counts[at].Median, counts[at].P90 = list[(len(list)+1)/2-1], list[(len(list)*9+9)/10-1]
	}
	line := func(l list, key int64, name string) inquiry.FigureLine {
		one := inquiry.FigureLine{Name: name}
		if c := counts[place{l, key}]; c != nil {
			one.Count = *c
		}
		return one
	}
	f.Total = line(total, 0, "").Count
	for month := range 12 {
		f.Months = append(f.Months, line(months, int64(month+1), strconv.Itoa(month+1)+"月"))
	}
	for i, kind := range inquiry.Kinds {
		f.Kinds = append(f.Kinds, line(kinds, int64(i), kind.Name()))
	}
	for _, lead := range slices.SortedFunc(maps.Keys(names), cmp.Compare) {
		if counts[place{departments, lead}] != nil {
			f.Departments = append(f.Departments, line(departments, lead, names[lead]))
		}
	}
	return f, nil
}

// countOf is one case as it counts, and when it was first answered.
func countOf(c inquiry.Case, events []inquiry.Event) (one inquiry.Count, answered time.Time) {
	one.Received = 1
	way := inquiry.Act("")
	for _, e := range events {
		switch e.Act {
		case inquiry.TakeDirect, inquiry.Forward:
			way = e.Act
		case inquiry.Approve, inquiry.Carry:
			if answered.IsZero() {
				answered = e.At
			}
		case inquiry.Rate:
			one.Rated++
			if e.Rating != inquiry.Not {
				one.Content++
			}
		case inquiry.Reopen: // says that the reply was not
			one.Rated++
		}
	}
	switch {
	case c.State == inquiry.Refused:
		one.Refused = 1
	case c.State == inquiry.Withdrawn || c.State == inquiry.Abandoned:
		one.Withdrawn = 1
	case c.Main != inquiry.Slip{}:
		one.Merged = 1
	case way == inquiry.TakeDirect:
		one.Direct = 1
	case way == inquiry.Forward:
		one.Forwarded = 1
	default:
		one.Waiting = 1
	}
	if !answered.IsZero() {
		one.Answered, one.OnTime = 1, 1
		if slices.ContainsFunc(c.Clocks, func(k inquiry.Clock) bool { return k.Kind == inquiry.CaseClock && k.Late > 0 }) {
			one.OnTime = 0
		}
	}
	return one, answered
}

func add(sum *inquiry.Count, one inquiry.Count) {
	sum.Received += one.Received
	sum.Direct += one.Direct
	sum.Forwarded += one.Forwarded
	sum.Refused += one.Refused
	sum.Merged += one.Merged
	sum.Withdrawn += one.Withdrawn
	sum.Waiting += one.Waiting
	sum.Answered += one.Answered
	sum.OnTime += one.OnTime
	sum.Rated += one.Rated
	sum.Content += one.Content
}
