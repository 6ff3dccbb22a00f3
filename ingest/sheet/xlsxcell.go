package sheet

import (
	"bytes"
	"errors"
	"fmt"
	"unicode/utf8"
)

// stored is how a cell's value is stored: ST_CellType (ECMA-376 part 1, 18.18.11).
type stored uint8

const (
	storedNumber stored = iota
	storedShared
	storedInline
	storedFormula // the text that a formula gave
	storedBool
	storedError
	storedDate // an ISO date, strict form only
)

func storedAs(t []byte) (stored, bool) {
	switch string(t) {
	case "n":
		return storedNumber, true
	case "s":
		return storedShared, true
	case "inlineStr":
		return storedInline, true
	case "str":
		return storedFormula, true
	case "b":
		return storedBool, true
	case "e":
		return storedError, true
	case "d":
		return storedDate, true
	}
	return 0, false
}

// readCell reads the cell just entered. The first of a row that gave no number may tell it.
func (r *rowReader) readCell(c *Cell, first bool) error {
	as, style, err := r.cellHead(c, first)
	if err != nil {
		return err
	}
	from, depth, inline := len(r.text), len(r.depths), false
	for {
		ok, err := r.child()
		if err != nil {
			return err
		}
		if !ok {
			break
		}
		switch {
		case len(r.name) == 1 && r.name[0] == 'v' && !inline:
			r.text, err = r.appendChars(r.text[:from], from, r.book.limits.CellBytes)
		case len(r.name) == 1 && r.name[0] == 'f':
			c.Formula = true
			err = r.leave(depth)
		case as == storedInline && string(r.name) == "is":
			inline = true
			r.text, err = r.appendString(r.text[:from], r.book.limits.CellBytes)
		default:
			err = r.leave(depth)
		}
		if err != nil {
			return err
		}
	}
	if style >= 0 && style < len(r.book.styles) {
		c.Format = r.book.styles[style].format
		if as == storedNumber && r.book.styles[style].date {
			as = storedDate
		}
	}
	if len(r.text) > maxRowText*r.book.limits.CellBytes {
		return &LimitError{fmt.Sprintf("一行内容超过%d字节", maxRowText*r.book.limits.CellBytes)}
	}
	if len(r.text) == from {
		return nil
	}
	return r.settle(c, as, inline, from)
}

// cellHead reads the cell's attributes.
func (r *rowReader) cellHead(c *Cell, first bool) (as stored, style int, err error) {
	style = -1
	for list := r.attrs; ; {
		name, value, rest, err := attribute(list)
		if err == nil && name == nil { // addresses may also be counted on and on
			err = withinSheet(c.Col, c.Row)
		}
		if err != nil || name == nil {
			return as, style, err
		}
		if len(name) == 1 {
			ok := true
			switch name[0] {
			case 'r':
				var row int
				c.Col, row, ok = address(value)
				if ok = ok && (row == c.Row || first && row > c.Row); !ok {
					return as, style, errAddress
				}
				c.Row = row
			case 's':
				style = index(value)
			case 't':
				if as, ok = storedAs(value); !ok {
					return as, style, errType
				}
			}
		}
		list = rest
	}
}

var errType = errors.New("type of a cell")

// settle gives a cell its kind and, when it is not among the row's own, its text.
func (r *rowReader) settle(c *Cell, as stored, inline bool, from int) error {
	value := r.text[from:]
	switch as {
	case storedShared:
		i := index(value)
		r.text = r.text[:from]
		if i < 0 || i >= r.book.texts.count {
			return errShared
		}
		text, err := r.book.texts.at(i)
		if c.Text = text; text != "" {
			c.Kind = Text
		}
		return err
	case storedInline, storedFormula:
		c.Kind = Text
		if !inline {
			value = unescape(value)
		}
	case storedError:
		c.Kind = Error
	case storedBool:
		c.Kind, value = Bool, bytes.TrimSpace(value)
		switch string(value) {
		case "true":
			value = []byte("1")
		case "false":
			value = []byte("0")
		}
	case storedDate:
		c.Kind, value = Date, bytes.TrimSpace(value)
	case storedNumber:
		c.Kind, value = Number, bytes.TrimSpace(value)
	}
	if !utf8.Valid(value) {
		return errNotUTF8
	}
	r.text = append(r.text[:from], value...)
	if len(value) == 0 {
		c.Kind = Empty
	}
	return nil
}

// digits reads a whole number of up to nine digits.
func digits(b []byte) (n int, ok bool) {
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0, false
		}
		if n <= maxRows { // more is beyond every end, whatever follows
			n = n*10 + int(c-'0')
		}
	}
	return n, len(b) > 0
}

// address reads AB12 and a1, also one beyond the sheet's end.
func address(b []byte) (col, row int, ok bool) {
	i := 0
	for ; i < len(b) && i < 4; i++ {
		c := b[i] &^ 0x20
		if c < 'A' || c > 'Z' {
			break
		}
		col = col*26 + int(c-'A') + 1
	}
	row, ok = digits(b[i:])
	return col, row, ok && i > 0 && row > 0
}

// index reads a style's or shared string's number, which may have blanks around; -1 when it is none.
func index(b []byte) int {
	n, ok := digits(bytes.TrimSpace(b))
	if !ok {
		return -1
	}
	return n
}
