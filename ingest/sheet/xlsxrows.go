package sheet

import (
	"bytes"
	"context"
	"encoding/xml"
	"fmt"
	"io"
	"iter"
	"regexp"
	"strconv"
	"strings"
)

// Layout gives the merges; hidden columns are not read yet.
func (b *book) Layout(i int) (Layout, error) {
	merges, err := b.merges(i)
	return Layout{Merges: merges}, err
}

// merges reads the tail of the sheet's XML: merged cells are stored after the rows.
func (b *book) merges(i int) ([]Merge, error) {
	content := b.part(b.parts[i])
	tail := bytes.LastIndex(content, []byte("<mergeCells"))
	if tail < 0 {
		return nil, nil
	}
	var merges []Merge
	d := xml.NewDecoder(bytes.NewReader(content[tail:]))
	for {
		token, err := d.RawToken()
		if err == io.EOF {
			return merges, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%w: merged cells: %w", ErrDamaged, err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			if m, ok := parseMerge(attr(t, "ref")); ok && t.Name.Local == "mergeCell" {
				merges = append(merges, m)
			}
			if len(merges) > b.limits.Merges {
				return nil, &LimitError{fmt.Sprintf("合并单元格超过%d处", b.limits.Merges)}
			}
		case xml.EndElement:
			if t.Name.Local == "mergeCells" {
				return merges, nil
			}
		}
	}
}

func parseMerge(ref string) (Merge, bool) {
	from, to, ok := strings.Cut(strings.ReplaceAll(ref, "$", ""), ":")
	left, top, ok1 := parseA1(from)
	right, bottom, ok2 := parseA1(to)
	return Merge{min(top, bottom), min(left, right), max(top, bottom), max(left, right)}, ok && ok1 && ok2
}

// Rows reads the sheet's XML once.
func (b *book) Rows(ctx context.Context, i int) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		p := rowParser{book: b, decoder: xml.NewDecoder(bytes.NewReader(b.part(b.parts[i])))}
		for rows := 0; ; rows++ {
			err := ctx.Err()
			if err == nil {
				err = p.next()
			}
			if err == nil && rows >= b.limits.Rows {
				err = &LimitError{fmt.Sprintf("工作表超过%d行", b.limits.Rows)}
			}
			if err == io.EOF {
				return
			}
			if err != nil {
				yield(Row{}, err)
				return
			}
			if !yield(p.row, nil) {
				return
			}
		}
	}
}

// rowParser walks through a sheet's XML. Raw tokens are enough: only names and attributes are looked at.
type rowParser struct {
	book    *book
	decoder *xml.Decoder
	row     Row
	done    bool
}

// next reads on to the next row with content; io.EOF after the last.
func (p *rowParser) next() error {
	for !p.done {
		token, err := p.decoder.RawToken()
		if err != nil {
			// The end of the bytes before the end of the rows is a cut file.
			return fmt.Errorf("%w: rows: %w", ErrDamaged, noEOF(err))
		}
		switch t := token.(type) {
		case xml.StartElement:
			if t.Name.Local != "row" {
				continue
			}
			if err := p.readRow(t); err != nil {
				return err
			}
			if len(p.row.Cells) > 0 {
				return nil
			}
		case xml.EndElement:
			p.done = t.Name.Local == "sheetData"
		}
	}
	return io.EOF
}

func (p *rowParser) readRow(start xml.StartElement) error {
	number := p.row.Number + 1 // rows and cells may leave out their address and then follow the one before
	if r := attr(start, "r"); r != "" {
		n, err := strconv.Atoi(r)
		if err != nil || n < number || n > 1<<20 {
			return fmt.Errorf("%w: row number", ErrDamaged)
		}
		number = n
	}
	p.row = Row{Number: number, Cells: p.row.Cells[:0]}
	for col := 0; ; {
		token, err := p.decoder.RawToken()
		if err != nil {
			return fmt.Errorf("%w: row: %w", ErrDamaged, noEOF(err))
		}
		switch t := token.(type) {
		case xml.StartElement:
			if t.Name.Local != "c" {
				continue
			}
			c, err := p.readCell(t, col)
			if err != nil {
				return err
			}
			col = c.Col
			if c.Kind == Empty && !c.Formula {
				continue
			}
			if col > p.book.limits.Columns {
				return &LimitError{fmt.Sprintf("内容超过%d列", p.book.limits.Columns)}
			}
			p.row.Cells = append(p.row.Cells, c)
		case xml.EndElement:
			if t.Name.Local == "row" {
				return nil
			}
		}
	}
}

// readCell reads one <c>; before is the column of the cell to the left.
func (p *rowParser) readCell(start xml.StartElement, before int) (Cell, error) {
	c := Cell{Row: p.row.Number, Col: before + 1}
	var kind, style string
	for _, a := range start.Attr {
		switch a.Name.Local {
		case "r":
			col, row, ok := parseA1(a.Value)
			if !ok || row != c.Row || col <= before {
				return c, fmt.Errorf("%w: cell address", ErrDamaged)
			}
			c.Col = col
		case "t":
			kind = a.Value
		case "s":
			style = a.Value
		}
	}
	value, stored := "", false
	for in, mute := "", false; ; {
		token, err := p.decoder.RawToken()
		if err != nil {
			return c, fmt.Errorf("%w: cell: %w", ErrDamaged, noEOF(err))
		}
		switch t := token.(type) {
		case xml.StartElement:
			in, mute = t.Name.Local, mute || t.Name.Local == "rPh"
			c.Formula = c.Formula || in == "f"
		case xml.CharData:
			if in == "v" || in == "t" && !mute {
				value, stored = value+string(t), true
			}
		case xml.EndElement:
			switch in = ""; t.Name.Local {
			case "rPh":
				mute = false
			case "c":
				if !stored {
					return c, nil
				}
				err := p.settle(&c, kind, style, value)
				return c, err
			}
		}
	}
}

// settle gives a cell its kind and text.
func (p *rowParser) settle(c *Cell, kind, style, value string) error {
	switch kind {
	case "s":
		i, err := strconv.Atoi(strings.TrimSpace(value))
		if err != nil || i < 0 || i >= len(p.book.texts) {
			return fmt.Errorf("%w: shared string", ErrDamaged)
		}
		c.Kind, c.Text = Text, p.book.texts[i]
	case "inlineStr", "str":
		c.Kind, c.Text = Text, unescape(value)
	case "b":
		c.Kind, c.Text = Bool, strings.TrimSpace(value)
	case "e":
		c.Kind, c.Text = Error, value
	case "d":
		c.Kind, c.Text = Date, strings.TrimSpace(value)
	default:
		c.Kind, c.Text = Number, strings.TrimSpace(value)
		if s, err := strconv.Atoi(style); err == nil && s >= 0 && s < len(p.book.dates) && p.book.dates[s] {
			c.Kind = Date
		}
	}
	if c.Text == "" {
		c.Kind = Empty
	}
	return nil
}

var escape = regexp.MustCompile(`_x[0-9A-Fa-f]{4}_`)

// unescape undoes the writing of control characters as _x000D_, which is the format's own (ECMA-376 22.9.2.19).
func unescape(s string) string {
	if !strings.Contains(s, "_x") {
		return s
	}
	return escape.ReplaceAllStringFunc(s, func(e string) string {
		n, _ := strconv.ParseUint(e[2:6], 16, 32)
		return string(rune(n))
	})
}

func attr(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// noEOF keeps a premature end from being taken for the regular one.
func noEOF(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}
