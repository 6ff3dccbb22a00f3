package sheet

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"golang.org/x/net/html"
)

// xmlSheet reads one <Worksheet>. Its <Table> holds <Column>s, then <Row>s of <Cell>s; all three count on from the one
// before unless they have an ss:Index, and never back.
type xmlSheet struct {
	book   *xmlBook
	x      *elements
	layout *Layout // to be filled; nil when rows are read
	row    Row     // the last one
	column int     // last described by <Column>
	right  int     // last column that the row's last cell takes
	ahead  int     // rows that the last <Row> stands for besides itself
	inRow  bool
	inCell bool
	cell   Cell
	kind   string // ss:Type of the cell's data
	stored bool   // the cell has data
	text   []byte
}

func newXMLSheet(b *xmlBook, i int, layout *Layout) *xmlSheet {
	return &xmlSheet{book: b, x: newElements(b.text, b.at[i]), layout: layout}
}

// next reads on to the end of the next row, whether it holds anything or not; io.EOF after the last.
func (s *xmlSheet) next() error {
	for {
		if err := s.x.step(); err != nil {
			if err == io.EOF {
				err = fmt.Errorf("%w: the XML ends within a sheet", ErrDamaged)
			}
			return err
		}
		var err error
		closed := false
		switch m := s.x.markup; {
		case m.opens():
			if err = s.begin(m); s.x.alone {
				closed = true
			}
		case m.kind == html.TextToken && s.inData():
			err = s.write(m.text())
		case m.kind == html.EndTagToken:
			closed = true
		}
		if err != nil {
			return err
		}
		switch depth := s.x.depth(); {
		case !closed:
		case s.inCell && depth == 3:
			if err := s.endCell(); err != nil {
				return err
			}
		case s.inRow && depth == 2:
			s.inRow = false
			return nil
		case depth == 0:
			return io.EOF
		}
	}
}

// inData says whether text belongs to the cell: it stands in the cell's data, plain or within the tags of rich text. The
// data of the cell's comment and its phonetic guide are elsewhere.
func (s *xmlSheet) inData() bool {
	open := s.x.open // worksheet, table, row, cell, data
	return len(open) >= 5 && open[4] == "data" && open[3] == "cell"
}

func (s *xmlSheet) begin(m *markup) error {
	switch open := s.x.open; {
	case len(open) == 3 && s.x.within("table", "column"):
		return s.beginColumn(m)
	case len(open) == 3 && s.x.within("table", "row"):
		return s.beginRow(m)
	case len(open) == 4 && s.x.within("row", "cell"):
		return s.beginCell(m)
	case len(open) == 5 && s.x.within("cell", "data"):
		s.kind, s.stored = m.attr("type"), true
	}
	return nil
}

func (s *xmlSheet) beginColumn(m *markup) error {
	first, err := indexAttr(m, s.column, excelColumns)
	if err != nil {
		return err
	}
	more, err := countAttr(m, "span", excelColumns)
	if err != nil {
		return err
	}
	s.column = min(first+more, excelColumns)
	if s.layout != nil && m.attr("hidden") == "1" {
		s.layout.HiddenColumns = append(s.layout.HiddenColumns, Span{first, s.column})
	}
	return nil
}

func (s *xmlSheet) beginRow(m *markup) error {
	n, err := indexAttr(m, s.row.Number+s.ahead, excelRows)
	if err != nil {
		return err
	}
	if s.ahead, err = countAttr(m, "span", excelRows); err != nil {
		return err
	}
	height, err := strconv.ParseFloat(m.attr("height"), 64)
	s.row = Row{Number: n, Hidden: m.attr("hidden") == "1" || err == nil && height == 0, Cells: s.row.Cells[:0]}
	s.right, s.inRow = 0, true
	return nil
}

func (s *xmlSheet) beginCell(m *markup) error {
	col, err := indexAttr(m, s.right, excelColumns)
	if err != nil {
		return err
	}
	across, err := countAttr(m, "mergeacross", excelColumns)
	if err != nil {
		return err
	}
	down, err := countAttr(m, "mergedown", excelRows)
	if err != nil {
		return err
	}
	_, formula := m.lookup("formula")
	s.cell = Cell{Row: s.row.Number, Col: col, Format: s.book.formats[m.attr("styleid")], Formula: formula}
	s.right = min(col+across, excelColumns)
	s.inCell, s.kind, s.stored, s.text = true, "", false, s.text[:0]
	if s.layout == nil || across == 0 && down == 0 {
		return nil
	}
	if len(s.layout.Merges) >= s.book.limits.Merges {
		return &LimitError{fmt.Sprintf("合并单元格超过%d处", s.book.limits.Merges)}
	}
	s.layout.Merges = append(s.layout.Merges, Merge{s.row.Number, col, min(s.row.Number+down, excelRows), s.right})
	return nil
}

func (s *xmlSheet) write(text []byte) error {
	if len(s.text)+len(text) > longestText {
		return errLongText
	}
	s.text = append(s.text, text...)
	return nil
}

func (s *xmlSheet) endCell() error {
	c := s.cell
	s.inCell = false
	if s.stored {
		c.Text = string(s.text)
		if !recognised(c.Text) {
			return &TextError{c.Row}
		}
		if c.Kind = xmlKind(s.kind, c.Format); c.Kind != Text {
			c.Text = strings.TrimSpace(c.Text)
		}
	}
	if c.Text == "" {
		c.Kind = Empty
	}
	if c.Kind == Empty && !c.Formula {
		return nil
	}
	if c.Col > s.book.limits.Columns {
		return &LimitError{fmt.Sprintf("内容超过%d列", s.book.limits.Columns)}
	}
	s.row.Cells = append(s.row.Cells, c)
	return nil
}

// xmlKind reads ss:Type. A type that the schema does not know is shown by Excel as it stands.
func xmlKind(kind, format string) Kind {
	switch kind {
	case "Number":
		if dateCode(format) {
			return Date
		}
		return Number
	case "DateTime":
		return Date
	case "Boolean":
		return Bool
	case "Error":
		return Error
	}
	return Text
}

// indexAttr reads ss:Index: the place of a column, row or cell, else the one after the last.
func indexAttr(m *markup, last, most int) (int, error) {
	n := last + 1
	if s, given := m.lookup("index"); given {
		var err error
		if n, err = strconv.Atoi(s); err != nil || n <= last {
			return 0, fmt.Errorf("%w: ss:Index goes back or is no number", ErrDamaged)
		}
	}
	if n > most {
		return 0, &LimitError{"行号或列号超过Excel的上限"}
	}
	return n, nil
}

// countAttr reads an attribute that counts, 0 when it is not there.
func countAttr(m *markup, key string, most int) (int, error) {
	s, given := m.lookup(key)
	if !given {
		return 0, nil
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 {
		return 0, fmt.Errorf("%w: %s is no number", ErrDamaged, key)
	}
	return min(n, most), nil
}
