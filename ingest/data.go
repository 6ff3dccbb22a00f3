package ingest

import (
	"errors"
	"strconv"
	"strings"

	"mingbai/ingest/sheet"
	"mingbai/ledger"
)

// line is a data row as the rules see it.
type line struct {
	ledger.Row                // of a subsidy sheet; of others the places only
	record     *ledger.Record // nil in a subsidy sheet
	paid       bool           // the amount could be read
	hidden     bool
	where      uint32 // ordinal of the row: see place
}

// data reads a data row, and emits it when there is somebody and an amount to disclose. Faults of ID numbers do not hold
// it back: they block the batch, but a certifier may accept a special number.
func (t *table) data(r sheet.Row) error {
	t.line++
	t.out.Rows++
	if t.out.FirstRow == 0 {
		t.out.FirstRow = r.Number
	}
	t.out.LastRow = r.Number
	l := line{hidden: r.Hidden, where: t.from + uint32(r.Number)}
	l.Line, l.Sheet, l.SheetRow = t.line, t.out.Name, r.Number
	if t.report.Kind == ledger.Subsidy {
		t.payment(&l)
	} else {
		t.fillRecord(&l)
	}
	for _, look := range looks.row {
		look(t, &l)
	}
	switch {
	case l.record != nil && t.options.Records != nil && t.complete():
		return t.options.Records(*l.record)
	case l.record == nil && l.paid && l.Head.Name != "" && t.emit != nil:
		return t.emit(l.Row)
	}
	return nil
}

// payment reads a row of a subsidy sheet.
func (t *table) payment(l *line) {
	l.Town, l.Village, l.Group = t.placeOr("town", t.town), t.placeOr("village", t.village), t.placeOr("group", "")
	l.Head = t.party("head_name", "id_number")
	l.Payee = t.party("payee_name", "payee_id_number")
	l.Beneficiary = t.party("beneficiary_name", "beneficiary_id_number")
	l.Basis, l.BasisUnit = t.basis()
	l.Standard, _ = t.quantity("standard")
	l.Amount, l.paid = t.amount()
	if c, column, ok := t.value("paid_on"); ok && !c.Blank() && !isBroken(c) {
		l.PaidOn, _ = t.date(c, column)
	}
	if c, _, ok := t.value("pay_status"); ok {
		l.Status = readStatus(c.Text)
	}
}

// missing says which required values of a row are empty (ROW-04).
func (t *table) missing(l *line) {
	for _, need := range t.needs {
		var empty *column
		for _, field := range need {
			c, column, ok := t.value(field)
			if ok && !c.Blank() {
				empty = nil
				break
			}
			if ok && empty == nil {
				empty = column
			}
		}
		if empty != nil {
			t.found.add(t.at(empty.col, l.SheetRow), "ROW-04", "r", strconv.Itoa(l.SheetRow), "f", empty.label)
		}
	}
}

// placeCache remembers the last place of each column as read: most rows repeat it.
type placeCache [4]struct{ raw, read string }

func (t *table) placeOr(field, otherwise string) string {
	c, column, ok := t.value(field)
	if !ok {
		return otherwise
	}
	if isBroken(c) {
		return ""
	}
	last := &t.places[field[0]%4] // t, v and g differ
	if last.raw != c.Text {
		last.raw, last.read = c.Text, readPlace(c)
	}
	if c.Kind == sheet.Text && last.read != c.Text {
		t.remark("CEL-04", t.at(column.col, c.Row), column.label)
	}
	return last.read
}

// amount reads the row's amount; ok is false when there is none that could be disclosed.
func (t *table) amount() (f ledger.Fen, ok bool) {
	c, column, has := t.value("amount")
	if !has {
		return 0, false
	}
	s := t.sums[0]
	if c.Blank() || isBroken(c) {
		s.unread = true
		return 0, false
	}
	f, ok = t.money(c, column)
	if !ok || t.out.Unit == "" {
		s.unread = true
		return 0, false
	}
	s.add(int64(f), 0)
	t.sign(c, column, f)
	return f, true
}

// sign says when an amount is negative or zero (CEL-08).
func (t *table) sign(c sheet.Cell, column *column, f ledger.Fen) {
	switch {
	case f < 0:
		t.found.add(t.at(c.Col, c.Row), "CEL-08", "r", strconv.Itoa(c.Row), "c", column.label)
	case f == 0:
		t.found.say(t.at(c.Col, c.Row), "CEL-08", ledger.Warn, fill("第{r}行{c}为零", "r", strconv.Itoa(c.Row), "c", column.label))
	}
}

// maxAmount keeps the sum of any file inside an int64: 100 billion yuan in one cell is a typing error.
const maxAmount ledger.Fen = 1e13

// money reads a cell of a column of amounts, also of a total row (CEL-06, CEL-07).
func (t *table) money(c sheet.Cell, column *column) (ledger.Fen, bool) {
	here := t.at(c.Col, c.Row)
	f, noise, err := amountIn(c, t.out.Unit)
	if err == nil && (f > maxAmount || f < -maxAmount) {
		err = ledger.ErrTooLarge
	}
	switch {
	case t.out.Unit == "" && errors.Is(err, ledger.ErrTooFine): // how many decimals are too many depends on the unit
		return 0, false
	case err == nil && noise:
		t.remark("CEL-07", here, column.label)
	case err == nil:
		if c.Kind == sheet.Text && strings.Trim(c.Text, "0123456789.,-") != "" {
			t.remark("CEL-04", here, column.label)
		}
	case errors.Is(err, ledger.ErrTooFine):
		t.found.add(here, "CEL-07", "r", strconv.Itoa(c.Row), "c", column.label)
	default:
		t.found.add(here, "CEL-06", "r", strconv.Itoa(c.Row), "c", column.label, "kind", "金额")
	}
	return f, err == nil
}

// basis is what the amount is counted by: the area, else the persons, else a number of something. Where the standard is
// by person, so is the basis.
func (t *table) basis() (ledger.Quantity, string) {
	fields := [3]string{"area_mu", "persons", "quantity"}
	if c := t.by["standard"]; c != nil && (strings.Contains(c.unit, "/人") || strings.Contains(c.label, "每人")) {
		fields[0], fields[1] = fields[1], fields[0]
	}
	for _, field := range fields {
		if t.by[field] != nil {
			q, ok := t.quantity(field)
			if !ok {
				return 0, ""
			}
			return q, basisUnit(t.by[field])
		}
	}
	return 0, ""
}

// quantity reads an area, a number or a standard; an empty one is no fault.
func (t *table) quantity(field string) (q ledger.Quantity, ok bool) {
	c, column, has := t.value(field)
	if !has || c.Blank() || isBroken(c) {
		return 0, false
	}
	q, rounded, err := quantityIn(c)
	if err != nil {
		if !t.merged(c) {
			t.found.add(t.at(c.Col, c.Row), "CEL-06", "r", strconv.Itoa(c.Row), "c", column.label, "kind", "数字")
		}
		return 0, false
	}
	if rounded {
		t.remark("CEL-04", t.at(c.Col, c.Row), column.label)
	}
	return q, true
}

// merged says whether a cell of the row at hand came down from a merge: its fault was told where it stands.
func (t *table) merged(c sheet.Cell) bool { return c.Row != t.out.LastRow }

// remark counts something that is said once per column.
func (t *table) remark(rule string, p at, label string) {
	key := rule + label
	if t.alike[key] == nil {
		t.alike[key] = &alike{}
	}
	t.alike[key].see(p, label)
}
