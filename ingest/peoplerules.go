package ingest

import (
	"slices"
	"strconv"
	"strings"

	"mingbai/ingest/sheet"
	"mingbai/ledger"
)

// place finds the sheet and the row of an ordinal: ordinals run on over the rows of all sheets, so that one small number
// remembers a place.
func (k *check) place(where uint32) (t *table, row int) {
	for _, t := range slices.Backward(k.sheets) {
		if where >= t.from {
			return t, int(where - t.from)
		}
	}
	return nil, 0
}

// twoRows tells a fault of a row that an earlier one shares.
func (t *table) twoRows(here at, id string, first uint32) {
	other, row := t.place(first)
	rule, _ := RuleByID(id)
	message, r2 := rule.Message, strconv.Itoa(row)
	if other.index != t.index {
		message = strings.Replace(message, "{r2}行", "{r2}", 1)
		r2 += "行（工作表“" + shown(other.out.Name) + "”）"
	}
	t.found.say(here, id, rule.Severity, fill(message, "r", strconv.Itoa(here.row), "r2", r2))
}

// twice says when a row's person was paid in this batch before (XR-04). The person is the beneficiary where the sheet
// names one by number: a householder may have a row for each member of the family.
func (t *table) twice(l *line) {
	id, field := l.Beneficiary.ID, "beneficiary_id_number"
	if id.IsZero() {
		id, field = l.Head.ID, "id_number"
	}
	if id.IsZero() {
		return
	}
	if first, _, seen := t.paid.put(token(id.Digits()), l.where, 0); seen {
		t.twoRows(t.at(t.by[field].col, l.SheetRow), "XR-04", first)
	}
}

// twoNames says when a number has another name than where it stood first, in whatever role (XR-05).
func (t *table) twoNames(l *line) {
	for _, p := range [...]struct {
		ledger.Party
		field string
	}{{l.Head, "id_number"}, {l.Payee, "payee_id_number"}, {l.Beneficiary, "beneficiary_id_number"}} {
		if p.ID.IsZero() || p.Name == "" {
			continue
		}
		name := uint32(token(nameKey(p.Name)))
		if first, was, seen := t.named.put(token(p.ID.Digits()), l.where, name); seen && was != name {
			t.twoRows(t.at(t.by[p.field].col, l.SheetRow), "XR-05", first)
		}
	}
}

// nameKey makes names comparable: as read, and without the dots that some leave out.
func nameKey(name string) string { return strings.ReplaceAll(name, "·", "") }

// twin says when two rows without a number have the same name, village and amount (XR-07).
func (t *table) twin(l *line) {
	if !l.paid || !l.Head.ID.IsZero() || !l.Beneficiary.ID.IsZero() || l.Head.Name == "" {
		return
	}
	c := t.by["id_number"]
	if c != nil { // a number that is there but wrong is told at its cell, unless it is masked
		if id := t.cells[c.col]; !id.Blank() && !strings.ContainsAny(id.Text, "*＊•●□") {
			return
		}
	}
	key := tokenOf(nameKey(l.Head.Name), villageStem(l.Village), nameKey(l.Beneficiary.Name), l.Amount.Plain())
	if first, _, seen := t.twins.put(key, l.where, 0); seen {
		t.twoRows(t.at(t.by["head_name"].col, l.SheetRow), "XR-07", first)
	}
}

// sharing is an account that stands with more than one household.
type sharing struct {
	first      uint32
	households []uint32
}

// sharedAccount notes the households that an account stands with (XR-06), and says when its last digits are lost
// (CEL-01). The account itself goes no further.
func (t *table) sharedAccount(l *line) {
	if t.account == nil {
		return
	}
	c := t.cells[t.account.col]
	if c.Kind != sheet.Number && c.Kind != sheet.Text {
		return
	}
	account := c.Text
	if c.Kind == sheet.Number {
		digits, err := plain(account)
		if err != nil {
			return
		}
		if integerDigits(digits) > 15 {
			t.found.add(t.at(c.Col, c.Row), "CEL-01", "r", strconv.Itoa(c.Row), "c", t.account.label)
			return
		}
		account = digits
	}
	account = strings.ReplaceAll(compact(account), "-", "")
	if digitsIn(account) < 8 || strings.ContainsAny(account, "*•●□") {
		return
	}
	holder := l.Head.ID.Digits()
	if holder == "" {
		holder = l.Head.Name + "\x00" + l.Village
	}
	key, household := token(account), uint32(token(holder))
	first, was, seen := t.accounts.put(key, l.where, household)
	if !seen || was == household {
		return
	}
	s := t.shared[key]
	if s == nil {
		s = &sharing{first, []uint32{was}}
		t.shared[key] = s
	}
	if !slices.Contains(s.households, household) && len(s.households) < maxHouseholds {
		s.households = append(s.households, household)
	}
}

// maxHouseholds is how many households of one account are told apart: a column filled with one number is no list of them.
const maxHouseholds = 1000

// sharedAccounts tells each account of two or more households at its first row.
func (k *check) sharedAccounts() {
	for _, s := range k.shared {
		t, row := k.place(s.first)
		k.found.add(t.at(t.account.col, row), "XR-06", "n", strconv.Itoa(len(s.households)), "r", strconv.Itoa(row))
	}
}

// staffing says when a body has more people than posts, or a person stands in two bodies (XR-09).
func (t *table) staffing(l *line) {
	switch t.report.Kind {
	case ledger.Agency:
		authorised, has := l.record.Count["authorised"]
		actual, has2 := l.record.Count["actual"]
		if has && has2 && actual > authorised {
			t.found.add(t.at(t.by["actual"].col, l.SheetRow), "XR-09", "u", shown(l.record.Text["agency_name"]),
				"a", strconv.FormatInt(actual, 10), "b", strconv.FormatInt(authorised, 10))
		}
	case ledger.Post:
		t.inTwoBodies(l)
	}
}

// inTwoBodies compares people by a number that is read for this only.
func (t *table) inTwoBodies(l *line) {
	if t.number == nil {
		return
	}
	c := t.cells[t.number.col]
	if c.Kind != sheet.Text && c.Kind != sheet.Number {
		return
	}
	id, fault := ledger.ParseID(c.Text)
	if fault == ledger.IDEmpty || fault == ledger.IDMasked || fault == ledger.IDLength {
		return
	}
	body := uint32(token(l.record.Text["unit_name"]))
	first, was, seen := t.paid.put(token(id.Digits()), l.where, body)
	if !seen || was == body {
		return
	}
	other, row := t.place(first)
	rule, _ := RuleByID("XR-09")
	message := "第" + strconv.Itoa(l.SheetRow) + "行与第" + strconv.Itoa(row) + "行"
	if other.index != t.index {
		message += "（工作表“" + shown(other.out.Name) + "”）"
	}
	t.found.say(t.at(t.number.col, l.SheetRow), rule.ID, ledger.Fatal, message+"是同一人，却在两个单位")
}
