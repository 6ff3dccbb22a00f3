package ingest

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"mingbai/ingest/sheet"
)

// table is one sheet under its header, read row by row.
type table struct {
	*check
	index    int // of the sheet, from 1
	out      *Sheet
	layout   sheet.Layout
	header   header
	by       map[string]*column // field → the column that gives it
	order    []*column          // the same, from left to right
	disputed map[string]bool    // fields that two columns claim
	needs    [][]string         // the kind's required fields; of each list one is enough
	seq      *column            // columns that are read for the rules only
	account  *column
	number   *column
	note     *column
	title    sheet.Cell
	town     string // from the title or the sheet's name, where no column gives it
	village  string
	body     string // the unit that the rows over the header name: 单位：柳门镇财政所
	unit     string // above the header
	fill     *filler
	wide     map[int]int // row → columns covered by the merge that begins the row
	cells    []sheet.Cell
	alike    map[string]*alike // rule and field → what is said once per column
	sums     []*figureSum
	parts    []part // lines of a nested table, to be added up at its end
	slot     int    // of a sheet that names nobody, in the report

	from     uint32 // ordinal of row 0
	lastRow  int    // last row read
	sequence sequence
	hidden   run
	villages map[string]bool // that the rows name and the sheet's name does not
	places   placeCache
	section  string    // heading above the row
	perBasis uint8     // whether the standard is per basis: 0 not asked yet, 1 yes, 2 no
	recalled []*column // whose fields are remembered
	parents  []string  // codes of the rows above that the next may be a part of
}

// begin finds the header in a sheet's first rows. ok is false when there is no header.
func (k *check) begin(index int, out *Sheet, rows []sheet.Row, layout sheet.Layout) (t *table, ok bool) {
	g := newGrid(rows, layout.Merges)
	h, ok := k.rememberedHeader(g)
	if !ok {
		h, ok = k.words.findHeader(g)
	}
	if !ok {
		h, ok = k.foreignHeader(g)
	}
	if !ok {
		return nil, false
	}
	t = &table{
		check: k, index: index, out: out, layout: layout, header: h, from: k.next,
		fill: newFiller(layout.Merges, h.bottom), wide: map[int]int{}, alike: map[string]*alike{}, villages: map[string]bool{},
	}
	for _, m := range layout.Merges {
		if m.Top == m.Bottom && m.Top > h.bottom {
			t.wide[m.Top] = max(t.wide[m.Top], m.Right-m.Left+1)
		}
	}
	for row := h.top; row <= h.bottom; row++ {
		out.HeaderRows = append(out.HeaderRows, row)
	}
	t.unit, t.title = aboveHeader(rows, h.top)
	t.body = bodyAbove(rows, h.top)
	t.documentAbove(rows, h.top)
	out.Title = shown(t.title.Text)
	out.Signature = h.signature()
	t.recall(&t.header)
	nameTown, nameVillage := placeIn(out.Name)
	titleTown, titleVillage := placeIn(t.title.Text)
	t.town, t.village = agreed(nameTown, titleTown), agreed(nameVillage, titleVillage)
	out.Columns = t.describe(&t.header)
	return t, true
}

// foreignHeader finds, in a file of one sheet, a header that another kind of table has: what it lacks for the kind that
// was said is more use to the clerk than that there is none.
func (k *check) foreignHeader(g *grid) (h header, ok bool) {
	for _, name := range kindOrder {
		if k.visible != 1 || name == k.report.Kind {
			continue
		}
		if other, ok := k.dictionary[name].findHeader(g); ok {
			h = g.header(k.words, other.top, other.bottom)
			h.distinguish()
			h.texts = other.texts
			return h, len(h.columns) > 0
		}
	}
	return header{}, false
}

// settle decides which column gives which field, and the amounts' unit.
func (t *table) settle() {
	t.sayRecalled()
	t.choose(&t.header)
	t.demand(&t.header)
	t.settleUnit(t.unit, t.options.Unit)
	t.out.Columns = t.describe(&t.header)
	for _, field := range t.kind.sums {
		if c := t.by[field]; c != nil {
			t.sums = append(t.sums, &figureSum{column: c, money: sorts[field] == asMoney})
		}
	}
	for _, need := range t.kind.need {
		t.needs = append(t.needs, either(need))
	}
	t.check.sheets = append(t.check.sheets, t)
	for _, look := range looks.head {
		look(t)
	}
}

// namesNobody says whether no column holds a name or a number of whom the kind is about: a summary by village or town
// looks so.
func (t *table) namesNobody() bool {
	for i := range t.header.columns {
		if c := &t.header.columns[i]; c.use == imported && slices.Contains(t.kind.whom, c.field) {
			return false
		}
	}
	return len(t.options.Map) == 0
}

// annexNumber may stand over the title in its very cell: 附件1, then a line break.
var (
	annexNumber = regexp.MustCompile(`^\s*附[件表]\s*[\d一二三四五六七八九十]{0,3}[-—\d]*[\s:：]+`)
	untitled    = regexp.MustCompile(`^(?:$|单位|附件|附表[\d一二三四五六七八九十]*$)`)
)

// aboveHeader reads title and unit from the rows over the header. The title is the first text that is not only a unit or
// the number of an annex.
func aboveHeader(rows []sheet.Row, top int) (unit string, title sheet.Cell) {
	for _, r := range rows {
		if r.Number >= top {
			break
		}
		for _, c := range r.Cells {
			if c.Kind != sheet.Text {
				continue
			}
			unit = bothUnits(unit, titleUnit(c.Text))
			if text := annexNumber.ReplaceAllString(c.Text, ""); title.Blank() && !untitled.MatchString(compact(text)) {
				title = c
				title.Text = strings.Join(strings.Fields(text), "")
			}
		}
	}
	return unit, title
}

func (t *table) at(col, row int) at { return at{t.index, t.out.Name, col, row} }

// row reads one row under the header: nothing, the header again, a total, a footer or data.
func (t *table) row(r sheet.Row) error {
	t.lastRow = r.Number
	t.spread(r)
	switch {
	case t.blank(r):
		return nil
	case t.header.repeats(r):
		t.out.HeaderRows = append(t.out.HeaderRows, r.Number)
		t.sequence.restart = true
		return nil
	case t.isTotal(r):
		t.total(r)
		t.sequence.restart = true
		return nil
	case t.isFooter(r):
		t.found.add(t.at(r.Cells[0].Col, r.Number), "ROW-02", "r", strconv.Itoa(r.Number))
		return nil
	case t.isHeading(r):
		t.heading(r)
		return nil
	}
	t.fillDown(r.Number)
	t.broken(r.Number)
	return t.data(r)
}

// spread lays a row's cells out by column.
func (t *table) spread(r sheet.Row) {
	clear(t.cells)
	last := t.header.columns[len(t.header.columns)-1].col
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

// blank says whether a row holds nothing but, perhaps, its number and formulas that come to nothing: forms are numbered
// and calculated before they are filled in.
func (t *table) blank(r sheet.Row) bool {
	for _, c := range r.Cells {
		switch {
		case t.cells[c.Col].Blank():
		case t.seq != nil && c.Col == t.seq.col && strings.Trim(c.Text, "0123456789.") == "":
		case c.Formula && strings.Trim(c.Text, "0.") == "":
		default:
			return false
		}
	}
	return true
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

func isTotalWord(text string) bool {
	return strings.Contains(text, "计") && totalWords.MatchString(compact(text))
}

// isTotal says whether a row states a sum: one of the words stands before the amount, in a row without an ID number. The
// note column is not looked at: 两户合计 may be a remark on a payment.
func (t *table) isTotal(r sheet.Row) bool {
	if t.filled("id_number") {
		return false
	}
	for i, c := range r.Cells {
		if i > 0 && len(t.sums) > 0 && c.Col >= t.sums[0].column.col {
			break
		}
		if c.Kind == sheet.Text && !(t.note != nil && c.Col == t.note.col) && isTotalWord(c.Text) {
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
	if t.filled("id_number") || slices.ContainsFunc(t.sums, func(s *figureSum) bool { return !t.cells[s.column.col].Blank() }) {
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
