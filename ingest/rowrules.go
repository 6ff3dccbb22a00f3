package ingest

import (
	"strconv"
	"strings"

	"mingbai/ingest/sheet"
	"mingbai/ledger"
)

// broken finds the cells of a data row whose formula has an error or no result (CEL-09). They are read no further.
func (t *table) broken(row int) {
	for _, c := range t.order {
		cell := &t.cells[c.col]
		if cell.Kind != sheet.Error && !(cell.Kind == sheet.Empty && cell.Formula) {
			continue
		}
		if cell.Row == row { // not come down from a merge
			t.sayBroken(*cell, c)
		}
		cell.Kind = sheet.Error
	}
}

func (t *table) sayBroken(c sheet.Cell, column *column) {
	t.found.add(t.at(c.Col, c.Row), "CEL-09", "r", strconv.Itoa(c.Row), "c", column.label)
}

func isBroken(c sheet.Cell) bool { return c.Kind == sheet.Error || c.Kind == sheet.Empty && c.Formula }

// sequence is where the rows' own numbering stands.
type sequence struct {
	last    int
	started bool
	off     bool // the column does not number the rows
	restart bool // a total or the header again stood between
	village string
	group   string
	head    uint64
}

// inSequence says when the rows' own numbers leave one out or repeat one (ROW-03). They may begin anew in another village
// or group or under a subtotal, be left out, and stay the same for the members of one household.
func (t *table) inSequence(l *line) {
	s := &t.sequence
	if t.seq == nil || s.off {
		return
	}
	c := t.cells[t.seq.col]
	n, ok := ordinal(c)
	if !ok {
		return
	}
	head := token(l.Head.Name + "\x00" + l.Village)
	switch {
	case !s.started:
		s.off = n != 1 && t.seq.key == "编号" // a code of something
	case n == s.last+1:
	case n == 1 && (s.restart || l.Village != s.village || l.Group != s.group || t.section != "" && s.village == ""):
	case n == s.last && l.Head.Name != "" && head == s.head:
	default:
		t.found.add(t.at(c.Col, c.Row), "ROW-03", "r", strconv.Itoa(c.Row))
	}
	*s = sequence{last: n, started: true, off: s.off, village: l.Village, group: l.Group, head: head}
}

func ordinal(c sheet.Cell) (n int, ok bool) {
	if c.Kind != sheet.Number && c.Kind != sheet.Text {
		return 0, false
	}
	text := c.Text
	if c.Kind == sheet.Text {
		text = strings.Trim(compact(text), ".、()")
	}
	n, err := strconv.Atoi(strings.TrimSuffix(text, ".0"))
	return n, err == nil
}

// publishedTexts are the fields whose text anybody may read. Names are looked at where they are read.
var publishedTexts = map[string]bool{
	"town": true, "village": true, "group": true, "unit_name": true, "project_name": true, "place": true, "content": true,
	"document": true, "agency_name": true, "level": true, "post_title": true, "rank": true, "establishment_kind": true,
	"entry_channel": true, "status": true, "subject_name": true, "stage1_evidence": true, "stage2_evidence": true,
	"stage3_evidence": true, "stage4_evidence": true, "sex": true,
}

// noNumbersInTexts says when a text that would be published holds somebody's number (CEL-11).
func (t *table) noNumbersInTexts(l *line) {
	for _, c := range t.order {
		switch {
		case publishedTexts[c.field]:
			t.noNumber(l, c)
		case sorts[c.field] == asCode:
			t.noNumberAsCode(l, c)
		}
	}
	if t.note != nil {
		t.noNumber(l, t.note)
	}
}

func (t *table) noNumber(l *line, column *column) {
	c := t.cells[column.col]
	if c.Kind != sheet.Text && c.Kind != sheet.Number || c.Row != l.SheetRow {
		return
	}
	if kind := private(c.Text); kind != "" {
		t.found.add(t.at(c.Col, c.Row), "CEL-11", "r", strconv.Itoa(c.Row), "c", column.label, "kind", kind)
	}
}

// noNumberAsCode lets codes be as long as they like (a project's has 20 digits and more) but for an ID number.
func (t *table) noNumberAsCode(l *line, column *column) {
	c := t.cells[column.col]
	if _, fault := ledger.ParseID(readCode(c)); fault == ledger.IDGood && c.Row == l.SheetRow {
		t.found.add(t.at(c.Col, c.Row), "CEL-11", "r", strconv.Itoa(c.Row), "c", column.label, "kind", "身份证号")
	}
}

// inCodeLists says which values are not in the county's lists, and what the lists have that is nearest (CEL-13).
func (t *table) inCodeLists(l *line) {
	for _, field := range codeFields {
		c, column, ok := t.value(field)
		if !ok || c.Blank() || isBroken(c) || c.Row != l.SheetRow {
			continue
		}
		under := ""
		if field == "village" {
			under = l.Town
		}
		value := readPlace(c)
		if known, nearest := t.codes.known(field, under, value); !known {
			t.sayUnlisted(t.at(c.Col, c.Row), "第"+strconv.Itoa(c.Row)+"行"+column.label, value, nearest)
		}
	}
}

// titlePlace does the same for a village that only the title or the sheet's name gives.
func (t *table) titlePlace() {
	if t.by["village"] != nil || t.village == "" || t.report.Kind != ledger.Subsidy {
		return
	}
	if known, nearest := t.codes.known("village", t.town, t.village); !known {
		t.sayUnlisted(t.at(t.title.Col, t.title.Row), "标题或工作表名里的村", t.village, nearest)
	}
}

func (t *table) sayUnlisted(p at, place, value, nearest string) {
	rule, _ := RuleByID("CEL-13")
	message := place + "“" + shown(value) + "”不在名录"
	if nearest != "" {
		message += "，最接近的是“" + shown(nearest) + "”"
	}
	t.found.say(p, rule.ID, rule.Severity, message)
}

// product says when basis × standard is not the amount (XR-03). Rounding to whole yuan is custom.
func (t *table) product(l *line) {
	if !l.paid || l.Basis <= 0 || l.Standard <= 0 || l.Amount <= 0 || !t.multiplies() {
		return
	}
	x, ok := l.Basis.Times(l.Standard)
	allowed := ledger.Fen(1)
	if l.Amount%100 == 0 {
		allowed = 50
	}
	if !ok || max(x-l.Amount, l.Amount-x) <= allowed {
		return
	}
	c := t.by["amount"]
	t.found.add(t.at(c.col, l.SheetRow), "XR-03", "r", strconv.Itoa(l.SheetRow), "a", l.Basis.Short(), "p", l.Standard.Short(),
		"x", x.String(), "y", l.Amount.String())
}

// multiplies says whether the standard is yuan for one of what the basis counts, for the whole period.
func (t *table) multiplies() bool {
	if t.perBasis == 0 {
		t.perBasis = 2
		if t.standardPerBasis() {
			t.perBasis = 1
		}
	}
	return t.perBasis == 1
}

func (t *table) standardPerBasis() bool {
	c := t.by["standard"]
	label := c.label + c.unit
	if strings.HasPrefix(c.unit, "万元") || strings.Contains(label, "月") || strings.Contains(label, "日") || strings.Contains(label, "天") {
		return false
	}
	for _, field := range []string{"area_mu", "persons", "quantity"} {
		if basis := t.by[field]; basis != nil {
			_, per, has := strings.Cut(c.unit, "/")
			unit := basisUnit(basis)
			if !has && strings.Contains(c.label, "亩") {
				per, has = "亩", true
			}
			if has && per == unit {
				return true
			}
			if has && unit != "" {
				continue
			}
			return true
		}
	}
	return false
}
