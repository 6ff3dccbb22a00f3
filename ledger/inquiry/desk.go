package inquiry

import (
	"slices"
	"strings"
	"time"

	"mingbai/ledger"
	"mingbai/ledger/workday"
)

// Desk is what the machine needs beside a case: how a county counts days, and how many it gives.
type Desk struct {
	Calendar workday.Calendar
	Periods  Periods
}

// Unseen answers whoever may not know of a case, in the words for one that does not exist.
var Unseen = ledger.Errorf(ledger.KindNotFound, "没有找到这件来件：它不存在，或者不由您办理。请核对处理笺号，或请值班人员转给您的部门")

// Apply is what an act makes of a case: the events to be kept, or why not. It changes nothing itself.
func (d Desk) Apply(c Case, a Action, by Actor, at time.Time) ([]Event, error) {
	// Servers' clocks differ by moments; a case's events stand in one order.
	if at = at.UTC(); at.Before(c.Last) {
		at = c.Last
	}
	m := move{Action: a, desk: d, c: c, by: by, at: at}
	r, err := m.rule()
	if err != nil {
		return nil, err
	}
	for _, g := range r.guards {
		if obstacle := g.asks(m); obstacle != "" {
			return nil, ledger.Errorf(g.kind, "%s不能“%s”：%s。", c.title(), a.Act.Name(), obstacle)
		}
	}
	e, next, err := m.event(r)
	if err != nil {
		return nil, err
	}
	events := []Event{e}
	if a.Act == Send && a.Seal {
		// The sender's choice, not the desk's: nobody at the desk sees the case in between.
		m.c, m.Action = next, Action{Act: Seal}
		r, _ := ruleFor(Seal, next.State)
		if e, _, err = m.event(r); err != nil {
			return nil, err
		}
		events = append(events, e)
	}
	return events, nil
}

// rule is the line of the table that lets the act through, or the reason why there is none. Sight comes first: who may not
// know of a case learns nothing from what is refused.
func (m move) rule() (rule, error) {
	if m.Act.Name() == "" {
		return rule{}, ledger.Errorf(ledger.KindInvalid, "没有“%s”这种办理", m.Act)
	}
	if m.c.State != New && !See(m.c, m.by).Exists {
		return rule{}, Unseen
	}
	r, found := ruleFor(m.Act, m.c.State)
	switch {
	case !found:
		return rule{}, ledger.Errorf(ledger.KindConflict, "%s现在是“%s”，不能“%s”；%s才可以。",
			m.c.title(), m.c.State.Name(), m.Act.Name(), whence(m.Act))
	case !in(r.who, m.by.Role):
		return rule{}, ledger.Errorf(ledger.KindDenied, "%s不能由%s“%s”，要由%s来办。",
			m.c.title(), roleName(m.by.Role), m.Act.Name(), namesOf(r.who, roleName))
	case m.by.Role != Citizen && m.by.Role != System && m.by.Login == "":
		return rule{}, ledger.Errorf(ledger.KindDenied, "%s：不知道是谁在办，请重新登录。", m.c.title())
	}
	return r, nil
}

// event is the act done: what it says, where it leads, and what becomes of the clocks.
func (m move) event(r rule) (Event, Case, error) {
	e := Event{Seq: m.c.Seq + 1, At: m.at, By: m.by, Act: m.Act, From: m.c.State, To: r.target(m.c.State), Facts: m.Facts}
	var err error
	switch m.Act {
	case Countersign:
		if e.Slip = m.c.Slip; e.Slip == (Slip{}) {
			e.Slip, err = m.Last.Next(m.at)
		}
	case Merge:
		e.Facts.Main = m.Action.Main.Slip
	case Carry:
		answer := m.Action.Main.Round()
		e.Facts.Main = m.Action.Main.Slip
		e.Answer, e.Drafters, e.Reviewer = answer.Approved, slices.Clone(answer.Drafters), answer.Reviewer
	case Supervise:
		e.Days = m.orderDays()
	case Recount:
		e.Text, e.Moved = m.Because, m.desk.moved(m.c, m.Before)
	}
	if err != nil {
		return Event{}, m.c, err
	}
	next, err := m.c.Then(e)
	if err != nil {
		return Event{}, m.c, err
	}
	e.Turns = m.desk.turns(m.c, next, m.Act, m.at)
	next, err = m.c.Then(e)
	return e, next, err
}

// whence are the states in which an act is possible, for a message.
func whence(act Act) string {
	var names []string
	for _, r := range table {
		if r.act != act {
			continue
		}
		if len(r.from) > 4 {
			return "还没有答复和办结的"
		}
		for _, s := range r.from {
			names = append(names, "“"+s.Name()+"”")
		}
	}
	return strings.Join(names, "、")
}

func namesOf[T any](all []T, name func(T) string) string {
	names := make([]string, len(all))
	for i, one := range all {
		names[i] = name(one)
	}
	return strings.Join(names, "或")
}
