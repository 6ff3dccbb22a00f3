package ingest

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"mingbai/ingest/sheet"
	"mingbai/ledger"
)

// fillRecord reads a row of any kind but subsidy.
func (t *table) fillRecord(l *line) {
	r := &ledger.Record{
		Kind: t.report.Kind, Line: l.Line, Sheet: l.Sheet, SheetRow: l.SheetRow, Section: t.section,
		Text: map[string]string{}, Money: map[string]ledger.Fen{}, Count: map[string]int64{},
		Quantities: map[string]ledger.Quantity{}, Dates: map[string]time.Time{},
	}
	l.record = r
	r.Depth = t.depth()
	for _, column := range t.order {
		c := t.cells[column.col]
		if !c.Blank() && !isBroken(c) {
			t.fillField(r, c, column)
		}
	}
	if t.by["unit_name"] == nil && t.body != "" && slices.Contains(t.kind.fields, "unit_name") {
		r.Text["unit_name"] = t.body
	}
	t.addUp(r)
}

func (t *table) fillField(r *ledger.Record, c sheet.Cell, column *column) {
	field := column.field
	switch sorts[field] {
	case asMoney:
		if f, ok := t.money(c, column); ok && t.out.Unit != "" {
			r.Money[field] = f
			if field == "amount" {
				t.sign(c, column, f)
			}
		}
	case asCount:
		if n, ok := t.count(c, column); ok {
			r.Count[field] = n
		}
	case asQuantity:
		if q, ok := t.quantity(field); ok {
			r.Quantities[field] = q
		}
	case asDate:
		if d, ok := t.date(c, column); ok {
			r.Dates[field] = d
		}
	case asCode:
		r.Text[field] = readCode(c)
	case asText:
		if field == "person_name" {
			r.Text[field] = t.personName(c, column)
		} else {
			r.Text[field] = readText(c.Text)
		}
	}
}

// readText gives a text on one line; blanks that only spread Chinese characters are left out. Full-width letters and digits
// are a typing habit, full-width punctuation is Chinese.
func readText(s string) string {
	words := strings.Fields(strings.Map(func(r rune) rune {
		if r >= '０' && r <= '９' || r >= 'Ａ' && r <= 'Ｚ' || r >= 'ａ' && r <= 'ｚ' {
			return r - '０' + '0'
		}
		return r
	}, s))
	if whole := strings.Join(words, ""); plainHan(whole) {
		return whole
	}
	return strings.Join(words, " ")
}

// addUp adds a row's figures to the sheet's, and keeps those of a nested table to be compared with their parts.
func (t *table) addUp(r *ledger.Record) {
	p := part{depth: r.Depth, row: r.SheetRow, label: r.Text["subject_name"]}
	for _, s := range t.sums {
		v, ok := r.Count[s.column.field], true
		if s.money {
			var f ledger.Fen
			f, ok = r.Money[s.column.field]
			v = int64(f)
		} else {
			_, ok = r.Count[s.column.field]
		}
		if c := t.cells[s.column.col]; !ok && !c.Blank() || !ok && s == t.sums[0] && !t.kind.nested {
			s.unread = true
		}
		s.add(v, r.Depth)
		p.figures, p.has = append(p.figures, v), append(p.has, ok)
	}
	if t.report.Kind == ledger.Budget {
		t.parts = append(t.parts, p)
	}
}

// complete says whether the row at hand says whom it is about.
func (t *table) complete() bool { return slices.ContainsFunc(t.kind.whom, t.filled) }

// count reads a number of people or posts.
func (t *table) count(c sheet.Cell, column *column) (int64, bool) {
	q, rounded, err := quantityIn(sheet.Cell{Kind: c.Kind, Text: strings.TrimRight(c.Text, "名个")})
	if err != nil || rounded || q%10_000 != 0 {
		t.found.add(t.at(c.Col, c.Row), "CEL-06", "r", strconv.Itoa(c.Row), "c", column.label, "kind", "整数")
		return 0, false
	}
	return int64(q / 10_000), true
}

// date reads a date and says when it is none or outside the period (CEL-10).
func (t *table) date(c sheet.Cell, column *column) (time.Time, bool) {
	d := readDate(c, t.date1904)
	if column.field == "entered_on" && d.IsZero() {
		d = readMonth(c)
	}
	low, high := 2000, time.Now().Year()+1
	switch {
	case column.field == "entered_on":
		low = 1940
	case column.field == "paid_on" && t.options.Year > 0:
		low, high = t.options.Year, t.options.Year+1
	}
	if y := d.Year(); d.IsZero() || y < low || y > high {
		if !t.merged(c) {
			t.found.add(t.at(c.Col, c.Row), "CEL-10", "r", strconv.Itoa(c.Row), "c", column.label)
		}
		return time.Time{}, false
	}
	return d, true
}

var monthShape = regexp.MustCompile(`^(\d{4})[年./-]?(\d{1,2})月?$`)

// readMonth reads yyyymm and its like as the month's first day.
func readMonth(c sheet.Cell) time.Time {
	if c.Kind != sheet.Text && c.Kind != sheet.Number {
		return time.Time{}
	}
	m := monthShape.FindStringSubmatch(compact(c.Text))
	if m == nil {
		return time.Time{}
	}
	t, err := time.Parse("2006-1", m[1]+"-"+m[2])
	if err != nil {
		return time.Time{}
	}
	return t
}

// readCode reads a code: digits are no number, and leading zeros that only the cell's format shows belong to it.
func readCode(c sheet.Cell) string {
	if c.Kind != sheet.Number {
		return compact(c.Text)
	}
	digits, err := plain(c.Text)
	if err != nil {
		return compact(c.Text)
	}
	if len(c.Format) > len(digits) && len(c.Format) <= 30 && strings.Trim(c.Format, "0") == "" {
		digits = strings.Repeat("0", len(c.Format)-len(digits)) + digits
	}
	return digits
}

var headingMark = regexp.MustCompile(`^[(（]?[一二三四五六七八九十]{1,3}(?:[)）][、.．]?|[、.．])`)

var sectionWord = regexp.MustCompile(`^\p{Han}{2,12}(?:系统|机关|部门|类|部分|单位)$`)

// isHeading says whether a row is the heading of those below: 一、党委系统. In a budget such a row with figures is a subject
// of its own.
func (t *table) isHeading(r sheet.Row) bool {
	if t.report.Kind == ledger.Subsidy {
		return false
	}
	figures := slices.ContainsFunc(t.sums, func(s *figureSum) bool { return !t.cells[s.column.col].Blank() })
	if figures && t.kind.nested && t.report.Kind == ledger.Budget {
		return false
	}
	first := firstFilled(r)
	if first.Kind != sheet.Text {
		return false
	}
	text := compact(first.Text)
	if headingMark.MatchString(text) || strings.Trim(text, "一二三四五六七八九十") == "" {
		return true
	}
	return !figures && sectionWord.MatchString(text) && len(r.Cells) <= 2
}

func (t *table) heading(r sheet.Row) {
	var words []string
	for _, c := range r.Cells {
		if c.Kind == sheet.Text && !slices.ContainsFunc(t.sums, func(s *figureSum) bool { return s.column.col == c.Col }) {
			words = append(words, compact(c.Text))
		}
	}
	if len(words) > 1 && strings.Trim(words[0], "一二三四五六七八九十") == "" {
		words[0] += "、"
	}
	t.section = shown(strings.Join(words, ""))
	t.sequence.restart = true
	if slices.ContainsFunc(t.sums, func(s *figureSum) bool { return !t.cells[s.column.col].Blank() }) {
		t.found.add(t.at(firstFilled(r).Col, r.Number), "ROW-01", "r", strconv.Itoa(r.Number))
		t.keepStated(r, true, true)
	}
}

// depth tells how deep a row lies: by its code, which begins with that of the row it is a part of; without codes by the
// blanks before its name.
func (t *table) depth() int {
	if c, _, ok := t.value("subject_code"); ok && !c.Blank() {
		code := readCode(c)
		for len(t.parents) > 0 && (!strings.HasPrefix(code, t.parents[len(t.parents)-1]) || code == t.parents[len(t.parents)-1]) {
			t.parents = t.parents[:len(t.parents)-1]
		}
		t.parents = append(t.parents, code)
		return len(t.parents) - 1
	}
	if !t.kind.nested {
		return 0
	}
	c, _, _ := t.value(t.kind.whom[0])
	blanks := 0
	for _, r := range c.Text {
		switch r {
		case ' ', '\u00a0':
			blanks++
		case '\u3000', '\t':
			blanks += 2
		default:
			return blanks / 2
		}
	}
	return blanks / 2
}
