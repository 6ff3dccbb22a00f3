package ingest

import (
	"regexp"
	"strconv"
	"strings"

	"mingbai/ingest/sheet"
	"mingbai/ledger"
)

// figureSum is a figure that the sheet may state totals of.
type figureSum struct {
	column *column
	money  bool
	total  int64 // of all rows read so far, in fen when it is money
	top    int64 // of those that are no part of another
	unread bool  // a figure could not be read, so totals cannot be compared
	totals []stated
	subs   []stated
}

// stated is a row that states a sum.
type stated struct {
	at
	label   string // what it is the sum of
	value   int64
	before  int64 // sum of the rows above it
	rows    int   // and their number
	heading bool  // it stands above its rows
}

func (s *figureSum) add(v int64, depth int) {
	s.total += v
	if depth == 0 {
		s.top += v
	}
}

// words writes a figure for a message.
func (s *figureSum) words(v int64) string {
	if s.money {
		return ledger.Fen(v).String() + "元"
	}
	return strconv.FormatInt(v, 10)
}

// total notes a row that states a sum (ROW-01); it is compared when all rows are read.
func (t *table) total(r sheet.Row) {
	t.found.add(t.at(firstFilled(r).Col, r.Number), "ROW-01", "r", strconv.Itoa(r.Number))
	t.keepStated(r, t.isSubtotal(r), false)
}

// keepStated keeps the figures that a total, a subtotal or a heading states.
func (t *table) keepStated(r sheet.Row, sub, heading bool) {
	for _, s := range t.sums {
		c := t.cells[s.column.col]
		if isBroken(c) {
			t.sayBroken(c, s.column)
			continue
		}
		v, ok := t.figure(c, s)
		if !ok {
			continue
		}
		now := stated{t.at(c.Col, c.Row), subject(r), v, s.total, t.out.Rows, heading}
		if sub {
			s.subs = append(s.subs, now)
		} else {
			s.totals = append(s.totals, now)
		}
	}
}

// figure reads a cell of a column that is summed up. ok is false where there is nothing that could be compared.
func (t *table) figure(c sheet.Cell, s *figureSum) (v int64, ok bool) {
	if c.Blank() {
		return 0, false
	}
	if !s.money {
		return t.count(c, s.column)
	}
	f, ok := t.money(c, s.column)
	return int64(f), ok && t.out.Unit != ""
}

func (t *table) isSubtotal(r sheet.Row) bool {
	for _, c := range r.Cells {
		if c.Kind == sheet.Text && strings.Contains(compact(c.Text), "小计") {
			return true
		}
	}
	return false
}

var placeOrSort = regexp.MustCompile(`^\p{Han}{1,12}(?:村|组|镇|乡|街道|社区|居委会|村委会|类|区|县|系统|部门|单位)$`)

// subject is what a subtotal is of: 张庄村 of 张庄村小计. Empty for what might be a person.
func subject(r sheet.Row) string {
	for _, c := range r.Cells {
		if c.Kind != sheet.Text {
			continue
		}
		text := headingMark.ReplaceAllString(compact(c.Text), "")
		name, _, _ := strings.Cut(text, "小计")
		if placeOrSort.MatchString(name) {
			return name
		}
	}
	return ""
}

func firstFilled(r sheet.Row) sheet.Cell {
	for _, c := range r.Cells {
		if !c.Blank() && (c.Kind != sheet.Text || !invisible(c.Text)) {
			return c
		}
	}
	return r.Cells[0]
}

// compareTotals checks that the rows add up to what the sheet states (XR-01). A total row counts for the whole sheet;
// where there are several, one of them may also count for the rows since the one before. When a figure could not be read
// there is nothing to compare yet: that fault is told at its cell.
func (t *table) compareTotals() {
	for i, s := range t.sums {
		whole := s.total
		if t.kind.nested && t.kind.name == kinds[ledger.Budget].name {
			whole = s.top
		}
		if i == 0 && s.money {
			t.out.Total = ledger.Fen(whole)
		}
		for j, total := range s.totals {
			if i == 0 && s.money && (j == 0 || int64(*t.out.StatedTotal) != whole) {
				v := ledger.Fen(total.value)
				t.out.StatedTotal = &v
			}
			since, section := total.before, total.rows
			if j > 0 {
				since, section = since-s.totals[j-1].before, section-s.totals[j-1].rows
			}
			ofSection := len(s.totals) > 1 && section > 0 && since == total.value
			if s.unread || total.value == whole || t.kind.nested && total.value == s.top || ofSection {
				continue
			}
			difference := max(total.value-whole, whole-total.value)
			t.found.add(total.at, "XR-01", "t", s.words(total.value), "s", s.words(whole), "d", s.words(difference))
		}
	}
}

// compareSubtotals checks each subtotal (XR-02): it may stand under its rows, then perhaps of several sections at once, or
// above them.
func (t *table) compareSubtotals() {
	for _, s := range t.sums {
		if s.unread || len(s.subs) == 0 {
			continue
		}
		bounds := map[int64]bool{0: true, s.total: true}
		for _, sub := range s.subs {
			bounds[sub.before] = true
		}
		for _, total := range s.totals {
			bounds[total.before] = true
		}
		first := s.subs[0]
		leads := first.heading || first.rows == 0 && s.subs[len(s.subs)-1].rows < t.out.Rows
		for i, sub := range s.subs {
			rows := sub.before - t.boundBelow(s, sub) // since the section before
			fits := bounds[sub.before-sub.value]
			if leads {
				rows = s.total - sub.before
				if i+1 < len(s.subs) {
					rows = s.subs[i+1].before - sub.before
				}
				fits = bounds[sub.before+sub.value]
			}
			if rows == sub.value || fits && sub.value != 0 { // a subtotal of nothing fits everywhere
				continue
			}
			t.found.add(sub.at, "XR-02", "v", sub.label, "t", s.words(sub.value), "s", s.words(rows))
		}
	}
}

// boundBelow is the sum at the nearest total or subtotal above a subtotal that has rows between.
func (t *table) boundBelow(s *figureSum, sub stated) int64 {
	best := stated{}
	for _, list := range [][]stated{s.subs, s.totals} {
		for _, other := range list {
			if other.row < sub.row && other.rows < sub.rows && other.rows >= best.rows {
				best = other
			}
		}
	}
	return best.before
}
