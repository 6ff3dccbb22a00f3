package ingest

import (
	"strconv"
	"strings"

	"mingbai/ingest/sheet"
	"mingbai/ledger"
)

// total notes a row that states a sum (ROW-01); it is compared when all rows are read.
func (t *table) total(r sheet.Row) {
	t.found.add(t.at(firstFilled(r).Col, r.Number), "ROW-01", "r", strconv.Itoa(r.Number))
	c, column, ok := t.value("amount")
	if !ok || c.Blank() || t.isSubtotal(r) {
		return
	}
	stated, readable := t.money(c, column)
	if !readable || t.out.Unit == "" {
		return
	}
	now := totalRow{at: t.at(c.Col, c.Row), section: t.out.Rows, since: t.out.Total, stated: stated}
	for _, before := range t.totals {
		now.section -= before.section
		now.since -= before.since
	}
	t.totals = append(t.totals, now)
}

func (t *table) isSubtotal(r sheet.Row) bool {
	for _, c := range r.Cells {
		if c.Kind == sheet.Text && strings.Contains(compact(c.Text), "小计") {
			return true
		}
	}
	return false
}

func firstFilled(r sheet.Row) sheet.Cell {
	for _, c := range r.Cells {
		if !c.Blank() {
			return c
		}
	}
	return r.Cells[0]
}

// compareTotals checks that the rows add up to what the sheet states (XR-01). A total row counts for the whole sheet;
// where there are several, one of them may also count for the rows since the one before. When an amount could not be
// read there is nothing to compare yet: that fault is told at its cell.
func (t *table) compareTotals() {
	sum := t.out.Total
	for i := range t.totals {
		total := &t.totals[i]
		if i == 0 || t.out.StatedTotal == nil || *t.out.StatedTotal != sum {
			t.out.StatedTotal = &total.stated
		}
		section := len(t.totals) > 1 && total.section > 0 && total.since == total.stated
		if t.unread || total.stated == sum || section {
			continue
		}
		difference := total.stated - sum
		if difference < 0 {
			difference = -difference
		}
		t.found.add(total.at, "XR-01", "t", inYuan(total.stated), "s", inYuan(sum), "d", inYuan(difference))
	}
}

func inYuan(f ledger.Fen) string { return f.String() + "元" }
