package ingest

import (
	"errors"
	"strconv"
	"strings"

	"mingbai/ingest/sheet"
	"mingbai/ledger"
)

// data reads a data row, and emits it when there is somebody and an amount to disclose. Faults of ID numbers do not hold
// it back: they block the batch, but a certifier may accept a special number.
func (t *table) data(row int) error {
	t.line++
	t.out.Rows++
	if t.out.FirstRow == 0 {
		t.out.FirstRow = row
	}
	t.out.LastRow = row

	r := ledger.Row{
		Line: t.line, Sheet: t.out.Name, SheetRow: row,
		Town: t.placeOr("town", t.town), Village: t.placeOr("village", t.village), Group: t.placeOr("group", ""),
		Head:        t.party("head_name", "id_number"),
		Payee:       t.party("payee_name", "payee_id_number"),
		Beneficiary: t.party("beneficiary_name", "beneficiary_id_number"),
	}
	r.Basis, r.BasisUnit = t.basis()
	r.Standard, _ = t.quantity("standard")
	amount, readable := t.amount()
	r.Amount = amount
	if c, _, ok := t.value("paid_on"); ok {
		r.PaidOn = readDate(c, t.date1904)
	}
	if c, _, ok := t.value("pay_status"); ok {
		r.Status = readStatus(c.Text)
	}
	t.missing(row)
	t.twice(r)
	if !readable || r.Head.Name == "" || t.emit == nil {
		return nil
	}
	return t.emit(r)
}

// missing says which required values of a row are empty (ROW-04).
func (t *table) missing(row int) {
	for _, field := range required {
		if c, column, ok := t.value(field); ok && c.Blank() {
			t.found.add(t.at(column.col, row), "ROW-04", "r", strconv.Itoa(row), "f", column.label)
		}
	}
}

// twice says when a row's person was paid in this batch before (XR-04). The person is the beneficiary where the sheet
// names one by number: a householder may have a row for each member of the family.
func (t *table) twice(r ledger.Row) {
	id, field := r.Beneficiary.ID, "beneficiary_id_number"
	if id.IsZero() {
		id, field = r.Head.ID, "id_number"
	}
	if id.IsZero() {
		return
	}
	here := t.at(t.by[field].col, r.SheetRow)
	first, seen := t.seen[id]
	if !seen {
		t.seen[id] = here
		return
	}
	other := strconv.Itoa(first.row)
	if first.index != here.index {
		other = other + "行（工作表“" + first.sheet + "”）"
		rule, _ := RuleByID("XR-04")
		t.found.say(here, "XR-04", rule.Severity, fill(strings.Replace(rule.Message, "{r2}行", "{r2}", 1),
			"r", strconv.Itoa(r.SheetRow), "r2", other))
		return
	}
	t.found.add(here, "XR-04", "r", strconv.Itoa(r.SheetRow), "r2", other)
}

func (t *table) placeOr(field, otherwise string) string {
	c, column, ok := t.value(field)
	if !ok {
		return otherwise
	}
	place := readPlace(c)
	if c.Kind == sheet.Text && place != c.Text {
		t.note("CEL-04", t.at(column.col, c.Row), column.label)
	}
	return place
}

// amount reads the row's amount; ok is false when there is none that could be disclosed.
func (t *table) amount() (f ledger.Fen, ok bool) {
	c, column, has := t.value("amount")
	if !has || c.Blank() {
		t.unread = true
		return 0, false
	}
	f, ok = t.money(c, column)
	if !ok || t.out.Unit == "" {
		t.unread = true
		return 0, false
	}
	t.out.Total += f
	row := strconv.Itoa(c.Row)
	switch {
	case f < 0:
		t.found.add(t.at(c.Col, c.Row), "CEL-08", "r", row, "c", column.label)
	case f == 0:
		t.found.say(t.at(c.Col, c.Row), "CEL-08", ledger.Warn, fill("第{r}行{c}为零", "r", row, "c", column.label))
	}
	return f, true
}

// maxAmount keeps the sum of any file inside an int64: 100 billion yuan in one cell is a typing error.
const maxAmount ledger.Fen = 1e13

// money reads a cell of the amount column, also of a total row (CEL-06, CEL-07).
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
		t.note("CEL-07", here, column.label)
	case err == nil:
		if c.Kind == sheet.Text && strings.Trim(c.Text, "0123456789.,-") != "" {
			t.note("CEL-04", here, column.label)
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
	fields := []string{"area_mu", "persons", "quantity"}
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
	if !has || c.Blank() {
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
		t.note("CEL-04", t.at(c.Col, c.Row), column.label)
	}
	return q, true
}

// merged says whether a cell of the row at hand came down from a merge: its fault was told where it stands.
func (t *table) merged(c sheet.Cell) bool { return c.Row != t.out.LastRow }

// note counts something that is said once per column.
func (t *table) note(rule string, p at, label string) {
	key := rule + label
	if t.alike[key] == nil {
		t.alike[key] = &alike{}
	}
	t.alike[key].see(p, label)
}
