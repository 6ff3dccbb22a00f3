package ingest

import (
	"strconv"

	"mingbai/ingest/sheet"
	"mingbai/ledger"
)

// party reads a person: name and number. Either may be missing; whether that is a fault is asked elsewhere.
func (t *table) party(nameField, idField string) ledger.Party {
	var p ledger.Party
	if c, column, ok := t.value(nameField); ok && !c.Blank() && !isBroken(c) {
		p.Name = t.personName(c, column)
	}
	if c, column, ok := t.value(idField); ok && !c.Blank() && !isBroken(c) {
		p.ID = t.idNumber(c, column)
	}
	return p
}

// personName reads a name and says what is odd about it (ROW-05, CEL-05, CEL-11).
func (t *table) personName(c sheet.Cell, column *column) string {
	name := readName(c)
	if t.merged(c) {
		return name
	}
	here, row := t.at(c.Col, c.Row), strconv.Itoa(c.Row)
	if name != c.Text {
		t.remark("CEL-04", here, column.label)
	}
	kind := private(c.Text)
	switch {
	case kind != "":
		t.found.add(here, "CEL-11", "r", row, "c", column.label, "kind", kind)
	case severalPeople(c.Text):
		t.found.add(here, "ROW-05", "r", row)
	case oddName(name):
		t.found.add(here, "CEL-05", "r", row)
	}
	return name
}

// idNumber reads an ID number and says what is wrong with it (CEL-01, CEL-02, CEL-03, CEL-12). A number whose last digits
// are lost, and a masked one, is worse than none: it could fit somebody else. A merged cell's faults are told once.
func (t *table) idNumber(c sheet.Cell, column *column) ledger.IDNumber {
	say := func(rule string, pairs ...string) {
		if !t.merged(c) {
			t.found.add(t.at(c.Col, c.Row), rule, append(pairs, "r", strconv.Itoa(c.Row), "c", column.label)...)
		}
	}
	text := c.Text
	if c.Kind == sheet.Number || c.Kind == sheet.Date {
		if digits, err := plain(c.Text); err == nil {
			text = digits
		}
		if integerDigits(text) > 15 {
			say("CEL-01")
			return ledger.IDNumber{}
		}
	}
	id, fault := ledger.ParseID(text)
	switch fault {
	case ledger.IDEmpty: // a dash or the like
		if column.field == "id_number" {
			say("ROW-04", "f", column.label)
		}
		return id
	case ledger.IDMasked:
		say("CEL-12")
		return ledger.IDNumber{}
	case ledger.IDOld:
		if !t.merged(c) {
			rule, _ := RuleByID("CEL-02")
			t.found.say(t.at(c.Col, c.Row), rule.ID, ledger.Warn,
				fill(rule.Message, "r", strconv.Itoa(c.Row), "c", column.label, "n", "15"))
		}
		return id
	case ledger.IDLength:
		if severalNumbers(c.Text) {
			say("ROW-05")
			return ledger.IDNumber{}
		}
		say("CEL-02", "n", strconv.Itoa(id.Len()))
		return ledger.IDNumber{}
	case ledger.IDShape, ledger.IDBirthDate, ledger.IDCheck:
		say("CEL-03")
		return id
	}
	// Digits is asked only to see whether normalising changed anything.
	if id.Digits() != c.Text && c.Kind == sheet.Text && !t.merged(c) {
		t.remark("CEL-04", t.at(c.Col, c.Row), column.label)
	}
	return id
}
