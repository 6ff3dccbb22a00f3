package inquiry

import (
	"slices"
	"time"

	"mingbai/ledger/workday"
)

// ClockKind is what a clock measures.
type ClockKind string

// Clocks, of which a case has at most one of each kind running.
const (
	CaseClock     ClockKind = "case"
	RegisterClock ClockKind = "register"
	HandOverClock ClockKind = "handover"
	RouteClock    ClockKind = "route"
	PetitionClock ClockKind = "petition"
	ClarifyClock  ClockKind = "clarify"
	SignClock     ClockKind = "sign"
	ReturnClock   ClockKind = "return"
	AnswerClock   ClockKind = "answer"
	ReviewClock   ClockKind = "review"
	ReviseClock   ClockKind = "revise"
	PublishClock  ClockKind = "publish"
	SettleClock   ClockKind = "settle"
	AcceptClock   ClockKind = "accept"
	OrderClock    ClockKind = "order"

	// DayClock is no case's: it runs from the end of a day until two have signed its register.
	DayClock ClockKind = "day"
)

// Clock is one that was started. Overdue is computed from it; what it was late by when it stopped is kept.
type Clock struct {
	Kind       ClockKind
	Round      int
	Department int64 // that had the case
	workday.Count
	Stopped time.Time // zero while it runs
	Late    int       // workdays, when it stopped
}

// Running says whether it has not been stopped.
func (k Clock) Running() bool { return k.Stopped.IsZero() }

// Turn is what an event did to a clock.
type Turn struct {
	Clock  ClockKind      `json:",omitzero"`
	Do     Turning        `json:",omitzero"`
	At     time.Time      `json:",omitzero"` // start: from when it counts, which for a 信访 is the receipt
	Period workday.Period `json:",omitzero"` // start, measure
	Late   int            `json:",omitzero"` // stop: in workdays
	Extra  int            `json:",omitzero"` // extend
}

// Turning is a way to turn a clock.
type Turning string

// Turnings.
const (
	Start   Turning = "start"
	Stop    Turning = "stop"
	Pause   Turning = "pause"
	Resume  Turning = "resume"
	Measure Turning = "measure" // another length, when it becomes known what the case needs
	Stretch Turning = "extend"
)

// clockRule says when a clock runs: in which states, paused in which, how long in this case, and on whose account.
type clockRule struct {
	kind   ClockKind
	name   string
	states []State
	pauses []State
	holder []Role // who is reminded; nobody: the clock is not the office's
	period func(Periods, Case) (p workday.Period, runs bool)
}

func always(pick func(Periods) workday.Period) func(Periods, Case) (workday.Period, bool) {
	return func(p Periods, _ Case) (workday.Period, bool) { return pick(p), true }
}

// clockRules is filled once; a function of it would make every look at a clock build it anew.
var clockRules = []clockRule{
	{CaseClock, "全程", beforeReply, []State{Clarifying}, []Role{duty}, casePeriod},
	{RegisterClock, "登记", []State{Received}, nil, []Role{duty}, always(func(p Periods) workday.Period { return p.Register })},
	{HandOverClock, "移送纪检", []State{Received}, nil, []Role{duty}, func(p Periods, c Case) (workday.Period, bool) {
		return p.HandOver, c.Kind == Report
	}},
	{
		RouteClock, "受理",
		[]State{Registered, Clarifying, Refusing, Reopened},
		[]State{Clarifying},
		[]Role{duty, head},
		always(func(p Periods) workday.Period { return p.Route }),
	},
	{
		PetitionClock, "信访受理",
		[]State{Received, Registered, Clarifying, Refusing},
		[]State{Clarifying},
		[]Role{duty},
		func(p Periods, c Case) (workday.Period, bool) {
			return p.PetitionAccept, c.Track == Petition && !c.Accepted
		},
	},
	{ClarifyClock, "补正", []State{Clarifying}, nil, nil, always(func(p Periods) workday.Period { return p.Clarify })},
	{SignClock, "签收", []State{Forwarded}, nil, []Role{handler}, always(func(p Periods) workday.Period { return p.Sign })},
	{ReturnClock, "退单审核", []State{Returning}, nil, []Role{head}, always(func(p Periods) workday.Period { return p.Return })},
	{AnswerClock, "答复", []State{Direct, InHand}, nil, []Role{handler, duty}, answerPeriod},
	{ReviewClock, "审核", []State{InReview}, nil, []Role{head}, always(func(p Periods) workday.Period { return p.Review })},
	{ReviseClock, "修改", []State{Revising}, nil, []Role{handler, duty}, always(func(p Periods) workday.Period { return p.Revise })},
	{PublishClock, "公开", []State{Answered}, nil, []Role{head}, always(func(p Periods) workday.Period { return p.Publish })},
	{SettleClock, "办结", replied, nil, nil, always(func(p Periods) workday.Period { return p.Settle })},
	{AcceptClock, "纪检告知", []State{Sealed}, nil, []Role{discipline}, func(p Periods, c Case) (workday.Period, bool) {
		return p.Accept, !c.Noticed
	}},
	{OrderClock, "督办", beforeReply, nil, []Role{handler, duty}, func(p Periods, c Case) (workday.Period, bool) {
		if c.Order.Days > 0 {
			return workday.Period{N: c.Order.Days, Unit: workday.Workdays}, c.Order.Waits()
		}
		return p.Order, c.Order.Waits()
	}},
}

// Name is the clock's word on pages.
func (k ClockKind) Name() string {
	if k == DayClock {
		return "签登记册"
	}
	return ruleOf(k).name
}

func ruleOf(k ClockKind) clockRule {
	if i := slices.IndexFunc(clockRules, func(r clockRule) bool { return r.kind == k }); i >= 0 {
		return clockRules[i]
	}
	return clockRule{}
}

func casePeriod(p Periods, c Case) (workday.Period, bool) {
	switch {
	case c.Track == Petition:
		return p.Petition, c.Accepted
	case c.Track == Disclosure:
		return p.Disclosure, true
	case c.Investigate:
		return p.CaseInvestigate, true
	case c.Kind == Question && (c.Direct || c.Lead == 0):
		return p.CaseQuestion, true
	}
	return p.Case, true
}

// answerPeriod is none for 信访 and 依申请公开: their own case clock says when the answer is due.
func answerPeriod(p Periods, c Case) (workday.Period, bool) {
	switch {
	case c.Investigate:
		return p.Investigate, c.Track == Ordinary
	case c.Kind == Question && c.Direct:
		return p.Question, c.Track == Ordinary
	}
	return p.Answer, c.Track == Ordinary
}

// Clock is the running clock of a kind.
func (c Case) Clock(kind ClockKind) (Clock, bool) {
	for _, k := range slices.Backward(c.Clocks) {
		if k.Kind == kind && k.Running() {
			return k, true
		}
	}
	return Clock{}, false
}

// turn does to the case's own copy of its clocks what an event says; false when that cannot be.
func (c *Case) turn(t Turn, at time.Time) bool {
	i := slices.IndexFunc(c.Clocks, func(k Clock) bool { return k.Kind == t.Clock && k.Running() })
	if t.Do == Start {
		if i >= 0 || ruleOf(t.Clock).name == "" {
			return false
		}
		c.Clocks = append(c.Clocks, Clock{
			Kind: t.Clock, Round: len(c.Rounds), Department: c.Lead, Count: workday.Count{Start: t.At, Period: t.Period},
		})
		return true
	}
	if i < 0 {
		return false
	}
	k := &c.Clocks[i]
	k.Pauses = slices.Clone(k.Pauses)
	paused := len(k.Pauses) > 0 && k.Pauses[len(k.Pauses)-1].To.IsZero()
	switch t.Do {
	case Stop, Resume:
		if paused {
			k.Pauses[len(k.Pauses)-1].To = at
		}
		if t.Do == Stop {
			k.Stopped, k.Late = at, t.Late
		}
	case Pause:
		if !paused {
			k.Pauses = append(k.Pauses, workday.Span{From: at, Why: "等待来件人补正"})
		}
	case Measure:
		k.Period = t.Period
	case Stretch:
		k.Extra += t.Extra
	default:
		return false
	}
	return true
}

// turns is what becomes of all clocks when an act leads from one case to the next.
func (d Desk) turns(was, is Case, act Act, at time.Time) []Turn {
	var turns []Turn
	for _, r := range clockRules {
		k, running := was.Clock(r.kind)
		period, applies := r.period(d.Periods, is)
		inside := applies && in(r.states, is.State)
		start := Turn{Clock: r.kind, Do: Start, At: at, Period: period}
		if r.kind == HandOverClock {
			// "The same workday" is one on which somebody is there: what comes after closing time has the next.
			start.At = d.Calendar.OfficeTime(at)
		}
		if r.kind == PetitionClock && !slices.ContainsFunc(was.Clocks, func(k Clock) bool { return k.Kind == PetitionClock }) {
			start.At = is.Received
		}
		late := 0
		if running {
			late = d.Calendar.Late(k.Count, at)
		}
		// 依申请公开 counts anew from the clarification.
		anew := r.kind == CaseClock && act == Clarify && is.Track == Disclosure
		pauses, paused := in(r.pauses, is.State), in(r.pauses, was.State)
		switch {
		case running && (!inside || anew):
			turns = append(turns, Turn{Clock: r.kind, Do: Stop, Late: late})
			if inside {
				turns = append(turns, start)
			}
		case !running && inside:
			turns = append(turns, start)
		case !running:
		case pauses && !paused:
			turns = append(turns, Turn{Clock: r.kind, Do: Pause})
		case paused && !pauses:
			turns = append(turns, Turn{Clock: r.kind, Do: Resume})
		// What is late stays late: neither more time nor another length reaches it.
		case late > 0:
		case measuring(act) && k.Period != period:
			turns = append(turns, Turn{Clock: r.kind, Do: Measure, Period: period})
		case act == Extend && (r.kind == AnswerClock || r.kind == CaseClock):
			turns = append(turns, Turn{Clock: r.kind, Do: Stretch, Extra: was.AskedDays})
		}
	}
	return turns
}

// measuring acts are those by which it becomes known how long a case may take.
func measuring(act Act) bool { return act == Countersign || act == TakeDirect || act == Forward }

// Due is when a clock ends, by today's calendar.
func (d Desk) Due(k Clock) workday.Due { return d.Calendar.Due(k.Count) }

// Overdue is by how many workdays a clock is late; for one that has stopped, what it was late by then.
func (d Desk) Overdue(k Clock, at time.Time) int {
	if !k.Running() {
		return k.Late
	}
	return d.Calendar.Late(k.Count, at)
}

// Lateness is by how many workdays the office was late with a case, over all its rounds.
type Lateness struct {
	Case  int // the whole case, as the citizen sees it
	Steps int // the single steps, as the office sees it
}

// Lateness adds up what was late and what is.
func (d Desk) Lateness(c Case, at time.Time) Lateness {
	var sum Lateness
	for _, k := range c.Clocks {
		switch late := d.Overdue(k, at); {
		case len(ruleOf(k.Kind).holder) == 0: // the citizen's own time, or a wait
		case k.Kind == CaseClock:
			sum.Case += late
		default:
			sum.Steps += late
		}
	}
	return sum
}

// Standing is how one of a case's clocks stands.
type Standing struct {
	Kind    ClockKind
	Running bool
	Due     workday.Due // of one that runs
	Late    int         // workdays: by now, or when it stopped
}

// Standings are the clocks of a case that run, and those that stopped too late, in the order in which they were started.
func (d Desk) Standings(c Case, at time.Time) (all []Standing) {
	for _, k := range c.Clocks {
		s := Standing{Kind: k.Kind, Running: k.Running(), Late: d.Overdue(k, at)}
		if s.Running {
			s.Due = d.Due(k)
		}
		if s.Running || s.Late > 0 {
			all = append(all, s)
		}
	}
	return all
}
