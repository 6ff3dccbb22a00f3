package sheet

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
)

// maxUnsorted bounds the cells that are kept in memory to bring rows into order: sixteen in each row that a sheet can have.
const maxUnsorted = 1 << 20

// maxInRow bounds the cells of one row while it is gathered, where a crafted file may store one place over and over.
const maxInRow = 1 << 14

// xlsRows gathers the cells of each row.
type xlsRows struct {
	book  *xlsBook
	ctx   context.Context
	in    *records
	scan  *xlsScan
	cells []Cell // of this row, and behind it those of the record that began another
	ahead int    // where those begin
	steps int
	text  []byte
}

// rows begins to read a sheet. Cells are stored by row, as far as programs keep to 2.1.7.20.5; where they do not, all are
// read and sorted first.
func (b *xlsBook) rows(ctx context.Context, i int) (*xlsRows, error) {
	p := &xlsRows{book: b, ctx: ctx}
	var err error
	if p.scan, err = b.scan(ctx, i); err != nil {
		return nil, err
	}
	if p.in, err = b.open(i); err != nil || p.scan.sorted {
		return p, err
	}
	for err == nil {
		if len(p.cells) > maxUnsorted {
			return nil, &LimitError{fmt.Sprintf("行次序混乱的单元格超过%d个", maxUnsorted)}
		}
		err = p.read()
	}
	slices.SortStableFunc(p.cells, func(a, b Cell) int { return cmp.Compare(a.Row, b.Row) })
	if err == io.EOF {
		err = nil
	}
	return p, err
}

// next gives the next row that holds anything; io.EOF after the last.
func (p *xlsRows) next() (Row, error) {
	if err := p.ctx.Err(); err != nil {
		return Row{}, err
	}
	if p.scan.sorted {
		p.cells = append(p.cells[:0], p.cells[p.ahead:]...)
	} else {
		p.cells = p.cells[p.ahead:]
	}
	end := 0
	for {
		for end < len(p.cells) && p.cells[end].Row == p.cells[0].Row {
			end++
		}
		if end < len(p.cells) {
			break
		}
		if end > maxInRow {
			return Row{}, xlsDamaged("a row of too many cells")
		}
		if err := p.read(); err == io.EOF {
			break
		} else if err != nil {
			return Row{}, err
		}
	}
	if p.ahead = end; end == 0 {
		return Row{}, io.EOF
	}
	cells := orderColumns(p.cells[:end:end])
	if right := cells[len(cells)-1].Col; right > p.book.limits.Columns {
		return Row{}, &LimitError{fmt.Sprintf("内容超过%d列", p.book.limits.Columns)}
	}
	return Row{Number: cells[0].Row, Hidden: p.scan.rowHidden(cells[0].Row), Cells: cells}, nil
}

// orderColumns sorts a row's cells where need be; of two at the same place the later one holds.
func orderColumns(cells []Cell) []Cell {
	before := 0
	for i := range cells {
		if cells[i].Col <= before {
			slices.SortStableFunc(cells, func(a, b Cell) int { return cmp.Compare(a.Col, b.Col) })
			kept := cells[:0]
			for _, c := range cells {
				if n := len(kept); n > 0 && kept[n-1].Col == c.Col {
					kept = kept[:n-1]
				}
				kept = append(kept, c)
			}
			return kept
		}
		before = cells[i].Col
	}
	return cells
}

// read appends the cells of the next record that has any; io.EOF after the last, also when it is asked again.
func (p *xlsRows) read() error {
	for had := len(p.cells); len(p.cells) == had; {
		if p.in == nil {
			return io.EOF
		}
		if p.steps++; p.steps%4096 == 0 && p.ctx.Err() != nil {
			return p.ctx.Err()
		}
		err := p.in.step()
		if err == io.EOF {
			p.in = nil
			return err
		}
		if err != nil {
			return err
		}
		if err := p.readCells(); err != nil {
			return err
		}
	}
	return nil
}

// cellBytes are the records that hold cells, and how long each is at least.
var cellBytes = map[uint16]int{
	recFormula: 14, recMulRK: 12, recRString: 9, recLabelSST: 10, recNumber: 14, recLabel: 9, recBoolErr: 8, recRK: 10,
}

// readCells reads the record at hand. All begin with row, column and style; blank cells are passed over.
func (p *xlsRows) readCells() error {
	r := p.in
	least, ok := cellBytes[r.id]
	if !ok {
		return nil
	}
	if len(r.data) < least {
		return xlsDamaged("a cell")
	}
	style := le.Uint16(r.data[4:])
	c := Cell{Row: int(le.Uint16(r.data)) + 1, Col: int(le.Uint16(r.data[2:])) + 1}
	switch r.id {
	case recMulRK: // 2.4.175
		return p.readMulRK(c)
	case recRK: // 2.4.220
		p.number(&c, style, rkNumber(le.Uint32(r.data[6:])))
	case recNumber: // 2.4.180
		p.number(&c, style, xnum(r.data[6:]))
	case recBoolErr: // 2.4.24
		c.boolOrError(r.data[6], r.data[7] != 0)
	case recLabelSST: // 2.4.149
		text, ok := p.book.texts.at(le.Uint32(r.data[6:]))
		if !ok {
			return xlsDamaged("a cell's text is missing")
		}
		c.text(text)
	case recLabel, recRString: // 2.4.148
		r.rest = r.data[6:]
		if err := p.readText(&c); err != nil {
			return err
		}
	case recFormula:
		if err := p.readFormula(&c, style); err != nil {
			return err
		}
	}
	p.add(c, style)
	return nil
}

func (p *xlsRows) add(c Cell, style uint16) {
	if c.Kind == Empty && !c.Formula {
		return
	}
	if int(style) < len(p.book.styles) {
		c.Format = p.book.styles[style].format
	}
	p.cells = append(p.cells, c)
}

// readMulRK reads the numbers of neighbouring cells, each with its style.
func (p *xlsRows) readMulRK(c Cell) error {
	body := p.in.data[4 : len(p.in.data)-2]
	if len(body)%6 != 0 {
		return xlsDamaged("a run of cells")
	}
	for ; len(body) > 0; body = body[6:] {
		style := le.Uint16(body)
		p.number(&c, style, rkNumber(le.Uint32(body[2:])))
		p.add(c, style)
		c.Col++
	}
	return nil
}

func (p *xlsRows) readText(c *Cell) (err error) {
	if p.text, err = p.in.text(p.text[:0], 2); err == nil {
		c.text(string(p.text))
	}
	return err
}

// readFormula reads what a formula last gave (2.4.127, FormulaValue 2.5.133): a number unless its last two bytes are FF.
// A text follows in a String record (2.4.268), after the formula's shared part if it is the first to have it.
func (p *xlsRows) readFormula(c *Cell, style uint16) error {
	c.Formula = true
	r := p.in
	value := r.data[6:14]
	if le.Uint16(value[6:]) != 0xFFFF {
		p.number(c, style, xnum(value))
		return nil
	}
	switch value[0] {
	case 0:
		for {
			if err := r.next(); err != nil {
				return err
			}
			switch r.id {
			case recString:
				return p.readText(c)
			case recShared, recArray, recTable, recContinue:
			default:
				r.again = true
				return nil
			}
		}
	case 1, 2:
		c.boolOrError(value[2], value[0] == 2)
	}
	return nil
}
