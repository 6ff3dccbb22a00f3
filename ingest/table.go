package ingest

import (
	"regexp"
	"strconv"
	"strings"

	"mingbai/ingest/sheet"
	"mingbai/ledger"
)

// table is one sheet under its header, read row by row.
type table struct {
	*check
	index    int // of the sheet, from 1
	out      *Sheet
	header   header
	by       map[string]*column // field → the column that gives it
	disputed map[string]bool    // fields that two columns claim
	town     string             // from the title or the sheet's name, where no column gives it
	village  string
	fill     *filler
	wide     map[int]int // row → columns covered by the merge that begins the row
	cells    []sheet.Cell
	alike    map[string]*alike // rule and field → what is said once per column
	totals   []totalRow
	unread   bool   // an amount could not be read, so totals cannot be compared
	unit     string // above the header
	slot     int    // of a sheet that names nobody, in the report
}

// totalRow is a row that states a sum.
type totalRow struct {
	at
	section int // rows since the total row before
	since   ledger.Fen
	stated  ledger.Fen
}

// begin finds the header in a sheet's first rows. ok is false when there is no header.
func (k *check) begin(index int, out *Sheet, rows []sheet.Row, merges []sheet.Merge) (t *table, ok bool) {
	g := newGrid(rows, merges)
	h, ok := findHeader(g)
	if !ok {
		return nil, false
	}
	t = &table{
		check: k, index: index, out: out, header: h,
		fill: newFiller(merges, h.bottom), wide: map[int]int{}, alike: map[string]*alike{},
	}
	for _, m := range merges {
		if m.Top == m.Bottom && m.Top > h.bottom {
			t.wide[m.Top] = max(t.wide[m.Top], m.Right-m.Left+1)
		}
	}
	for row := h.top; row <= h.bottom; row++ {
		out.HeaderRows = append(out.HeaderRows, row)
	}
	var words string
	t.unit, words = aboveHeader(rows, h.top)
	out.Title = shown(words)
	nameTown, nameVillage := placeIn(out.Name)
	titleTown, titleVillage := placeIn(words)
	t.town, t.village = agreed(nameTown, titleTown), agreed(nameVillage, titleVillage)
	out.Columns = t.describe(&h)
	return t, true
}

// settle decides which column gives which field, and the amount's unit.
func (t *table) settle() {
	t.choose(&t.header)
	t.demand(&t.header)
	t.settleUnit(t.unit, t.options.Unit)
	t.out.Columns = t.describe(&t.header)
}

// namesNobody says whether no column holds a name or a number of a person: a summary by village or town looks so.
func (t *table) namesNobody() bool {
	for i := range t.header.columns {
		if c := &t.header.columns[i]; c.use == imported && (strings.HasSuffix(c.field, "_name") || strings.HasSuffix(c.field, "id_number")) {
			return false
		}
	}
	return true
}

// aboveHeader reads title and unit from the rows over the header. The title is the first text that is not only a unit.
func aboveHeader(rows []sheet.Row, top int) (unit, title string) {
	for _, r := range rows {
		if r.Number >= top {
			break
		}
		for _, c := range r.Cells {
			if c.Kind != sheet.Text {
				continue
			}
			unit = bothUnits(unit, titleUnit(c.Text))
			if text := compact(c.Text); title == "" && !strings.HasPrefix(text, "单位") && !strings.HasPrefix(text, "附件") {
				title = strings.Join(strings.Fields(c.Text), "")
			}
		}
	}
	return unit, title
}

func (t *table) at(col, row int) at { return at{t.index, t.out.Name, col, row} }

// row reads one row under the header: nothing, the header again, a total, a footer or data.
func (t *table) row(r sheet.Row) error {
	t.spread(r)
	switch {
	case t.blank(r):
		return nil
	case t.header.repeats(r):
		t.out.HeaderRows = append(t.out.HeaderRows, r.Number)
		return nil
	case t.isTotal(r):
		t.total(r)
		return nil
	case t.isFooter(r):
		t.found.add(t.at(r.Cells[0].Col, r.Number), "ROW-02", "r", strconv.Itoa(r.Number))
		return nil
	}
	t.fillDown(r.Number)
	return t.data(r.Number)
}

// spread lays a row's cells out by column.
func (t *table) spread(r sheet.Row) {
	clear(t.cells)
	last := 0
	for _, c := range t.header.columns {
		last = max(last, c.col)
	}
	if n := len(r.Cells); n > 0 {
		last = max(last, r.Cells[n-1].Col)
	}
	for len(t.cells) <= last {
		t.cells = append(t.cells, sheet.Cell{})
	}
	for _, c := range r.Cells {
		if c.Kind != sheet.Text || !invisible(c.Text) {
			t.cells[c.Col] = c
		}
	}
}

// blank says whether a row holds nothing but, perhaps, its number: forms are numbered before they are filled in.
func (t *table) blank(r sheet.Row) bool {
	for _, c := range r.Cells {
		if !t.cells[c.Col].Blank() && !(t.columnIs(c.Col, "seq") && strings.Trim(c.Text, "0123456789.") == "") {
			return false
		}
	}
	return true
}

func (t *table) columnIs(col int, field string) bool {
	for i := range t.header.columns {
		if c := &t.header.columns[i]; c.col == col {
			return c.field == field
		}
	}
	return false
}

// value gives the cell of a field in the row at hand. ok is false when the sheet has no such column.
func (t *table) value(field string) (cell sheet.Cell, c *column, ok bool) {
	if c, ok = t.by[field]; !ok {
		return sheet.Cell{}, nil, false
	}
	return t.cells[c.col], c, true
}

func (t *table) filled(field string) bool {
	c, _, ok := t.value(field)
	return ok && !c.Blank()
}

var totalWords = regexp.MustCompile(`^(?:[\p{Han}\d]{0,10}(?:合计|小计|总计)|(?:合计|小计|总计)(?:[:：(（/].*|金额|数|人数|户数)?)$`)

// isTotal says whether a row states a sum: one of the words stands before the amount, in a row without an ID number. The
// note column is not looked at: 两户合计 may be a remark on a payment.
func (t *table) isTotal(r sheet.Row) bool {
	if t.filled("id_number") {
		return false
	}
	for _, c := range r.Cells {
		if amount := t.by["amount"]; amount != nil && c.Col >= amount.col {
			break
		}
		if c.Kind == sheet.Text && !t.columnIs(c.Col, "note") && totalWords.MatchString(compact(c.Text)) {
			return true
		}
	}
	return false
}

var footerWords = regexp.MustCompile(`^[(（]?(?:制表|制单|填表|填报|编制|审核|审批|复核|经办|单位负责|负责|主管|分管|联系|监督|举报)` +
	`(?:人|人员|单位|部门|领导|日期|时间|电话)*(?:[(（][^()（）]*[)）])?(?:[:：].*)?$` +
	`|^(?:日期|时间|说明|备注|注|附注)(?:[:：].*)?$|[(（](?:盖章|公章|签字|签章)[)）]` +
	`|^第\d+页|^共\d+页|^\d{4}年\d{1,2}月\d{1,2}日$`)

// isFooter says whether a row belongs to the sheet's foot: it pays nobody (no amount, no ID number), and begins with one
// of the words of a foot, or is nothing but one long or widely merged text.
func (t *table) isFooter(r sheet.Row) bool {
	if t.filled("amount") || t.filled("id_number") {
		return false
	}
	first := sheet.Cell{}
	n := 0
	for _, c := range r.Cells {
		if !t.cells[c.Col].Blank() {
			if n == 0 {
				first = c
			}
			n++
		}
	}
	if first.Kind != sheet.Text {
		return false
	}
	text := compact(first.Text)
	return footerWords.MatchString(text) || n == 1 && (t.wide[r.Number] > 2 || len([]rune(text)) > 12)
}
