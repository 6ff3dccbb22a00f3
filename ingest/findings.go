package ingest

import (
	"cmp"
	"slices"
	"strconv"

	"mingbai/ingest/sheet"
	"mingbai/ledger"
)

// maxAlike is how many findings of one rule a file's report lists; one more line tells the number of those left out.
const maxAlike = 200

// at is a place in a file. The zero place is the whole file; a zero row and column the whole sheet.
type at struct {
	index    int // of the sheet, from 1
	sheet    string
	col, row int
}

func (p at) cell() string {
	if p.row == 0 || p.col == 0 {
		return ""
	}
	return sheet.A1(p.col, p.row)
}

func (p at) before(q at) int {
	return cmp.Or(cmp.Compare(p.index, q.index), cmp.Compare(p.row, q.row), cmp.Compare(p.col, q.col))
}

type placed struct {
	at
	ledger.Finding
}

// findings collects what the rules see.
type findings struct {
	list  []placed
	count map[string]int // by rule
}

// add notes a finding of a rule at a place; pairs fill the rule's message.
func (f *findings) add(p at, id string, pairs ...string) {
	if f.count[id] >= maxAlike { // no need to word what is not listed
		f.count[id]++
		return
	}
	rule, _ := RuleByID(id)
	f.say(p, id, rule.Severity, fill(rule.Message, pairs...))
}

// say notes a finding whose severity or message is not the rule's usual one.
func (f *findings) say(p at, id string, severity ledger.Severity, message string) {
	if f.count == nil {
		f.count = map[string]int{}
	}
	f.count[id]++
	if f.count[id] > maxAlike {
		return
	}
	rule, _ := RuleByID(id)
	fix := rule.Fix
	if severity == ledger.Inform && rule.Severity != ledger.Inform {
		fix = "无需处理"
	}
	f.list = append(f.list, placed{p, ledger.Finding{
		Rule: id, Severity: severity, Sheet: p.sheet, Cell: p.cell(), Message: message, Fix: fix,
	}})
}

func (f *findings) has(id string) bool { return f.count[id] > 0 }

// sorted gives the findings by place, and after them how many were left out.
func (f *findings) sorted() []ledger.Finding {
	slices.SortStableFunc(f.list, func(a, b placed) int { return cmp.Or(a.before(b.at), cmp.Compare(a.Rule, b.Rule)) })
	out := make([]ledger.Finding, 0, len(f.list))
	for _, p := range f.list {
		out = append(out, p.Finding)
	}
	for _, rule := range Rules {
		if n := f.count[rule.ID] - maxAlike; n > 0 {
			out = append(out, ledger.Finding{
				Rule: rule.ID, Severity: rule.Severity, Fix: rule.Fix,
				Message: "还有" + strconv.Itoa(n) + "处同类问题未列出（" + rule.ID + "）",
			})
		}
	}
	return out
}

// alike counts harmless things of one column, so that a report says them once: "第4行等37处…".
type alike struct {
	first at
	label string
	n     int
}

func (a *alike) see(p at, label string) {
	if a.n == 0 {
		a.first, a.label = p, label
	}
	a.n++
}

// place words where it was seen: 第4行, or 第4行等37处.
func (a *alike) place() string {
	s := "第" + strconv.Itoa(a.first.row) + "行"
	if a.n > 1 {
		s += "等" + strconv.Itoa(a.n) + "处"
	}
	return s
}
