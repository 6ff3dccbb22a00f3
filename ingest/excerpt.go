package ingest

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"mingbai/ingest/sheet"
	"mingbai/ledger"
)

// Spot is a cell whose surroundings are to be shown.
type Spot struct {
	Sheet string
	Cell  string // A1 style
}

// Excerpt is a spot as it stands in the clerk's sheet: some rows of it, with values masked. It is empty where the cell could
// not be found.
type Excerpt struct {
	Columns []ExcerptColumn
	Rows    []ExcerptRow
}

// ExcerptColumn is a column's head.
type ExcerptColumn struct {
	Letters string
	Label   string
	Wrong   bool // the spot lies in it
}

// ExcerptRow is a row in the order of the columns.
type ExcerptRow struct {
	Number int
	Cells  []string
	Wrong  bool // the spot lies in it
}

const (
	around     = 2  // rows shown above and below
	maxColumns = 30 // shown of a sheet
)

// Excerpts shows spots in their surroundings, in the order of the spots. Columns and header rows are those of the report;
// values are masked as in WriteFindings. A file that cannot be read has nothing to show.
func (r Report) Excerpts(ctx context.Context, content io.ReaderAt, size int64, spots []Spot) ([]Excerpt, error) {
	out := make([]Excerpt, len(spots))
	bySheet := map[string][]*excerpting{}
	for i, s := range spots {
		col, row, ok := addressOf(s.Cell)
		if !ok {
			continue
		}
		e := &excerpting{into: &out[i], col: col, row: row}
		e.columns = r.columnsAround(s.Sheet, col, e.into)
		bySheet[s.Sheet] = append(bySheet[s.Sheet], e)
	}
	if len(bySheet) == 0 {
		return out, nil
	}
	book, err := sheet.Open(content, size, sheet.DefaultLimits)
	if err != nil {
		return out, nil //nolint:nilerr // the findings say so
	}
	defer book.Close()
	for i, info := range book.Sheets() {
		wanted := bySheet[info.Name]
		if wanted == nil {
			continue
		}
		last := 0
		for _, e := range wanted {
			last = max(last, e.row+around)
		}
		mask := r.masker(info.Name)
		for row, err := range book.Rows(ctx, i) {
			if err != nil || row.Number > last {
				break
			}
			for _, e := range wanted {
				e.take(row, mask)
			}
		}
		delete(bySheet, info.Name)
	}
	return out, noScratch(ctx.Err())
}

// excerpting is a spot that is looked for.
type excerpting struct {
	into     *Excerpt
	col, row int
	columns  map[int]int // column → place among those shown
}

func (e *excerpting) take(row sheet.Row, mask func(sheet.Cell) string) {
	if row.Number < e.row-around || row.Number > e.row+around {
		return
	}
	line := ExcerptRow{Number: row.Number, Cells: make([]string, len(e.into.Columns)), Wrong: row.Number == e.row}
	for _, c := range row.Cells {
		if i, ok := e.columns[c.Col]; ok && !c.Blank() {
			line.Cells[i] = mask(c)
		}
	}
	e.into.Rows = append(e.into.Rows, line)
}

// columnsAround are the columns of a sheet that are shown: those of its header, and the one that is meant.
func (r Report) columnsAround(name string, col int, into *Excerpt) map[int]int {
	labels := map[int]string{col: ""}
	if i := slices.IndexFunc(r.Sheets, func(s Sheet) bool { return s.Name == name }); i >= 0 {
		for _, c := range r.Sheets[i].Columns {
			if at, _, ok := addressOf(c.Cell); ok && (len(labels) < maxColumns || at == col) {
				labels[at] = c.Label
			}
		}
	}
	places := map[int]int{}
	for at := range labels {
		places[at] = 0
	}
	for _, at := range sortedKeys(places) {
		places[at] = len(into.Columns)
		into.Columns = append(into.Columns, ExcerptColumn{sheet.ColumnName(at), shown(labels[at]), at == col})
	}
	return places
}

func sortedKeys(m map[int]int) []int {
	var keys []int
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// addressOf reads an address as findings write it.
func addressOf(cell string) (col, row int, ok bool) {
	digits := strings.TrimLeft(cell, "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
	letters := cell[:len(cell)-len(digits)]
	row, err := strconv.Atoi(digits)
	if err != nil || letters == "" || len(letters) > 3 || row < 1 {
		return 0, 0, false
	}
	for _, l := range letters {
		col = col*26 + int(l-'A') + 1
	}
	return col, row, true
}

// maxSamples is how many values of a column are shown to tell what it holds.
const maxSamples = 3

// Samples gives, for each sheet of the report and each of its columns, some of the first values: masked where the column's
// field is known, and only their shape where it is not.
func (r Report) Samples(ctx context.Context, content io.ReaderAt, size int64) ([][][]string, error) {
	out := make([][][]string, len(r.Sheets))
	for i, s := range r.Sheets {
		out[i] = make([][]string, len(s.Columns))
	}
	book, err := sheet.Open(content, size, sheet.DefaultLimits)
	if err != nil {
		return out, nil //nolint:nilerr // the findings say so
	}
	defer book.Close()
	done := map[string]bool{}
	for i, info := range book.Sheets() {
		at := slices.IndexFunc(r.Sheets, func(s Sheet) bool { return s.Name == info.Name && s.State != "hidden" })
		if at < 0 || done[info.Name] {
			continue
		}
		done[info.Name] = true
		r.sample(ctx, book, i, r.Sheets[at], out[at])
	}
	return out, noScratch(ctx.Err())
}

func (r Report) sample(ctx context.Context, book sheet.Workbook, i int, s Sheet, into [][]string) {
	places, head := map[int]int{}, 0
	for j, c := range s.Columns {
		if col, _, ok := addressOf(c.Cell); ok {
			places[col] = j
		}
	}
	for _, row := range s.HeaderRows {
		if row < s.FirstRow || s.FirstRow == 0 {
			head = max(head, row)
		}
	}
	mask := r.masker(s.Name)
	for row, err := range book.Rows(ctx, i) {
		if err != nil || row.Number > head+50 {
			return
		}
		if row.Number <= head {
			continue
		}
		for _, c := range row.Cells {
			j, ok := places[c.Col]
			if !ok || c.Blank() || len(into[j]) >= maxSamples {
				continue
			}
			text := mask(c)
			if text == notShown {
				text = shape(c)
			}
			into[j] = append(into[j], text)
		}
	}
}

// shape says what sort of value stands in a cell, and nothing of it.
func shape(c sheet.Cell) string {
	text := compact(c.Text)
	digits := len(anyDigit.FindAllString(text, -1))
	switch n := len([]rune(text)); {
	case c.Kind == sheet.Date:
		return "［日期］"
	case digits == 0:
		return fmt.Sprintf("［%d个字］", n)
	case digits == n:
		return fmt.Sprintf("［%d位数字］", n)
	default:
		return fmt.Sprintf("［%d个字，其中%d位数字］", n, digits)
	}
}

// Field is something that a column may give.
type Field struct {
	Name  string // as Options.Map names it
	Label string // as the clerk knows it
}

// FieldsOf are the fields that a column of a kind of table may be mapped to.
func FieldsOf(kind ledger.FundKind) []Field {
	k := kinds[kind]
	if k == nil {
		return nil
	}
	var out []Field
	for _, f := range k.fields {
		out = append(out, Field{f, nameOf(f)})
	}
	return out
}

// FieldLabel is a field's word for the clerk.
func FieldLabel(field string) string { return nameOf(field) }
