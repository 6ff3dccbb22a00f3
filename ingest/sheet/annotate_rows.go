package sheet

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"strconv"
)

// spot is a cell to be painted.
type spot struct {
	row, col int
	severe   bool
	text     string
}

// painter goes through a sheet's XML and changes nothing but the style of the spots. A spot that is not stored gets a
// cell, and a row if need be.
type painter struct {
	out     *bufio.Writer
	spots   []spot // still to come, sorted
	paint   func(style int, severe bool) int
	clean   func(style int) (int, bool) // takes off the colour of an earlier check; nil when there was none
	drawing func(prefix string) string  // the element to put in behind the rows; nil when there is one

	depth    int
	prefix   string // of the sheet's elements
	section  string // the element at hand under the root
	rows     bool   // sheetData is over
	cols     []styledSpan
	row, col int
	rowStyle int // -1: none
}

type styledSpan struct{ first, last, style int }

// run copies the sheet.
func (p *painter) run(from io.Reader) error {
	l := newLexer(from)
	for {
		token, err := l.next()
		if err == io.EOF {
			break
		}
		if err == nil {
			token, err = p.token(token)
		}
		if err == nil {
			_, err = p.out.Write(token)
		}
		if err != nil {
			return err
		}
	}
	if p.depth != 0 || !p.rows || len(p.spots) > 0 {
		return fmt.Errorf("%w: cut sheet", ErrDamaged)
	}
	return p.out.Flush()
}

// token writes what belongs before a token and gives what is to stand in its place.
func (p *painter) token(token []byte) ([]byte, error) {
	switch turnOf(token) {
	case closes:
		p.depth--
		return token, p.leave()
	case opens:
		p.depth++
		return p.enter(token, p.depth, false)
	case empty:
		return p.enter(token, p.depth+1, true)
	}
	return token, nil
}

func (p *painter) leave() error {
	switch {
	case p.depth < 0:
		return odd("unbalanced tags")
	case p.depth == 0:
		p.putDrawing()
	case p.depth == 1 && p.section == "sheetData":
		p.rows = true
		p.missingRows(maxRow)
	case p.depth == 2 && p.section == "sheetData":
		p.missingCells(maxCol)
	}
	return nil
}

const maxRow, maxCol = 1<<20 + 1, 1<<14 + 1

func (p *painter) enter(tag []byte, depth int, empty bool) ([]byte, error) {
	if depth > 4 || depth > 2 && p.section != "sheetData" && p.section != "cols" {
		return tag, nil
	}
	prefix, local := nameOf(tag)
	switch {
	case depth == 1:
		if p.prefix = string(prefix); p.rows || empty {
			return nil, odd("root")
		}
	case depth == 2:
		return p.enterSection(tag, string(local), empty)
	case depth == 3 && string(local) == "col":
		return tag, p.enterCol(tag)
	case depth == 3 && string(local) == "row" && p.section == "sheetData":
		return p.enterRow(tag, empty)
	case depth == 4 && string(local) == "c" && p.section == "sheetData":
		return p.enterCell(tag)
	}
	return tag, nil
}

// behindDrawing are the elements that follow legacyDrawing in a worksheet (ECMA-376 18.3.1.99).
var behindDrawing = map[string]bool{
	"legacyDrawingHF": true, "drawingHF": true, "picture": true, "oleObjects": true, "controls": true,
	"webPublishItems": true, "tableParts": true, "extLst": true,
}

func (p *painter) enterSection(tag []byte, name string, empty bool) ([]byte, error) {
	p.section = name
	if behindDrawing[name] {
		p.putDrawing()
	}
	if name != "sheetData" {
		return tag, nil
	}
	if p.rows {
		return nil, odd("two bodies")
	}
	if !empty {
		return tag, nil
	}
	p.rows = true
	if len(p.spots) == 0 {
		return tag, nil
	}
	fmt.Fprintf(p.out, "<%ssheetData>", p.prefix)
	p.missingRows(maxRow)
	return fmt.Appendf(nil, "</%ssheetData>", p.prefix), nil
}

func (p *painter) putDrawing() {
	if p.drawing != nil {
		p.out.WriteString(p.drawing(p.prefix))
		p.drawing = nil
	}
}

func (p *painter) enterCol(tag []byte) error {
	first, last, style := intAttr(tag, "min", 0), intAttr(tag, "max", 0), intAttr(tag, "style", 0)
	if first < 0 || last < 0 || style < 0 {
		return odd("column")
	}
	p.cols = append(p.cols, styledSpan{first, last, style})
	return nil
}

// enterRow and enterCell follow the reader in what they take for a place: a row or cell without an address follows the
// one before (ECMA-376 18.3.1.73, 18.3.1.4).
func (p *painter) enterRow(tag []byte, empty bool) ([]byte, error) {
	row := intAttr(tag, "r", p.row+1)
	if row <= p.row || row >= maxRow {
		return nil, odd("row number")
	}
	p.missingRows(row)
	p.row, p.col, p.rowStyle = row, 0, -1
	if len(p.spots) == 0 || p.spots[0].row != row {
		return tag, nil
	}
	// A row's style holds for cells that are not stored (18.3.1.73).
	if a, b, ok := findAttr(tag, "customFormat", false); ok && (string(tag[a:b]) == "1" || string(tag[a:b]) == "true") {
		p.rowStyle = intAttr(tag, "s", 0)
	}
	if !empty {
		return tag, nil
	}
	p.out.Write(bytes.TrimSuffix(tag, []byte("/>")))
	p.out.WriteString(">")
	p.missingCells(maxCol)
	return fmt.Appendf(nil, "</%srow>", p.prefix), nil
}

func (p *painter) enterCell(tag []byte) ([]byte, error) {
	if len(p.spots) == 0 || p.spots[0].row != p.row {
		return p.cleaned(tag), nil
	}
	col := p.col + 1
	if a, b, ok := findAttr(tag, "r", false); ok {
		c, row, ok := parseA1(string(tag[a:b]))
		if !ok || row != p.row || c <= p.col {
			return nil, odd("cell address")
		}
		col = c
	}
	p.missingCells(col)
	p.col = col
	if s := p.spots; len(s) > 0 && s[0].row == p.row && s[0].col == col {
		p.spots = s[1:]
		style := intAttr(tag, "s", 0)
		return withAttr(tag, "s", strconv.Itoa(p.paint(style, s[0].severe))), nil
	}
	return p.cleaned(tag), nil
}

func (p *painter) cleaned(tag []byte) []byte {
	if p.clean != nil {
		if n, ok := p.clean(intAttr(tag, "s", 0)); ok {
			return withAttr(tag, "s", strconv.Itoa(n))
		}
	}
	return tag
}

// missingRows writes the rows of the spots above a row.
func (p *painter) missingRows(above int) {
	for len(p.spots) > 0 && p.spots[0].row < above {
		p.row, p.col, p.rowStyle = p.spots[0].row, 0, -1
		fmt.Fprintf(p.out, `<%srow r="%d">`, p.prefix, p.row)
		p.missingCells(maxCol)
		fmt.Fprintf(p.out, `</%srow>`, p.prefix)
	}
}

// missingCells writes the spots of the row at hand left of a column.
func (p *painter) missingCells(before int) {
	for len(p.spots) > 0 && p.spots[0].row == p.row && p.spots[0].col < before {
		s := p.spots[0]
		p.spots = p.spots[1:]
		fmt.Fprintf(p.out, `<%sc r="%s" s="%d"/>`, p.prefix, A1(s.col, s.row), p.paint(p.inherited(s.col), s.severe))
	}
}

// inherited is the style of a cell that is not stored: its row's, else its column's.
func (p *painter) inherited(col int) int {
	if p.rowStyle >= 0 {
		return p.rowStyle
	}
	for _, c := range p.cols {
		if col >= c.first && col <= c.last {
			return c.style
		}
	}
	return 0
}

// intAttr reads a number; -1 for what is none.
func intAttr(tag []byte, name string, otherwise int) int {
	a, b, ok := findAttr(tag, name, false)
	if !ok {
		return otherwise
	}
	n, err := strconv.Atoi(string(tag[a:b]))
	if err != nil || n < 0 {
		return -1
	}
	return n
}
