package sheet

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
)

// excelColumns is the last column of a sheet in Excel.
const excelColumns = 1 << 14

// htmlGrid is a table being read: HTML standard, 4.9.12, "forming a table", as far as rows and spans go.
type htmlGrid struct {
	number   int
	at       int64
	hidden   bool
	allText  bool // x:str stands on the table: Excel's word that cells are texts where they do not say otherwise
	filled   int  // rows with content
	row      Row
	covered  []int // by column, from 0: the last row that a cell above reaches down to
	left     int   // of the cell being read, or the last read
	right    int
	text     htmlText  // of the cell being read
	value    htmlValue // what its tag says
	caption  htmlText
	inRow    bool
	inCell   bool
	enclosed bool // the cell holds another table's content

	inCaption     bool
	sectionHidden bool
	lastColumn    int // described by <col>
	hiddenColumns []Span
}

func (g *htmlGrid) startRow(hidden bool) {
	g.row = Row{Number: g.row.Number + 1, Hidden: hidden || g.sectionHidden, Cells: g.row.Cells[:0]}
	g.left, g.right, g.inRow = 0, 0, true
}

// place puts the next cell of the row where no cell from above reaches.
func (g *htmlGrid) place(wide, high int) (Merge, error) {
	row := g.row.Number
	col := g.right + 1
	for col <= len(g.covered) && g.covered[col-1] >= row {
		col++
	}
	if col > excelColumns {
		return Merge{}, &LimitError{fmt.Sprintf("表格超过%d列", excelColumns)}
	}
	g.left, g.right = col, min(col+wide-1, excelColumns)
	for len(g.covered) < g.right {
		g.covered = append(g.covered, 0)
	}
	for c := g.left; c <= g.right && high > 1; c++ {
		g.covered[c-1] = max(g.covered[c-1], row+high-1)
	}
	g.text.reset()
	g.inCell, g.inCaption = true, false
	return Merge{Top: row, Left: g.left, Bottom: row + high - 1, Right: g.right}, nil
}

// column reads a <col>.
func (g *htmlGrid) column(m *markup, s cssClasses) {
	first := g.lastColumn + 1
	g.lastColumn = min(g.lastColumn+spanOf(m.attr("span"), 1000), excelColumns)
	if s.of(m).hidden && first <= g.lastColumn {
		g.hiddenColumns = append(g.hiddenColumns, Span{first, g.lastColumn})
	}
}

// spanOf reads a colspan, rowspan or span. Like a browser it takes what cannot be for 1 and what is too large for most.
func spanOf(s string, most int) int {
	n, err := strconv.Atoi(strings.TrimSpace(s))
	if err != nil || n < 1 {
		return 1
	}
	return min(n, most)
}

// htmlText is shown text: white space counts once, and not at the ends.
type htmlText struct {
	bytes.Buffer
	breaks int  // line breaks that count if text follows
	space  bool // likewise, where there are no breaks
}

func (p *htmlText) reset() {
	p.Reset()
	p.breaks, p.space = 0, false
}

// htmlGap is what a tag puts between the texts on its sides.
type htmlGap uint8

const (
	gapSpace htmlGap = iota
	gapLine
	gapBlock // a line break where there is none yet
)

func (p *htmlText) part(with htmlGap) {
	if with == gapLine || with == gapBlock && p.breaks == 0 {
		p.breaks++
	}
	p.space = true
}

func (p *htmlText) write(text []byte) error {
	for len(text) > 0 {
		n := bytes.IndexAny(text, " \t\r\n\f")
		if n == 0 {
			p.part(gapSpace)
			text = text[1:]
			continue
		}
		if n < 0 {
			n = len(text)
		}
		switch {
		case p.Len()+p.breaks+n > longestText:
			return errLongText
		case p.Len() == 0:
		case p.breaks > 0:
			p.WriteString(strings.Repeat("\n", p.breaks))
		case p.space:
			p.WriteByte(' ')
		}
		p.breaks, p.space = 0, false
		p.Write(text[:n])
		text = text[n:]
	}
	return nil
}
