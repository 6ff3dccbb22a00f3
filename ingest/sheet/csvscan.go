package sheet

import (
	"bytes"
	"fmt"
	"io"
	"strings"
)

// csvScanner cuts a text into rows of fields (RFC 4180, section 2). It holds one row, never the file.
type csvScanner struct {
	source    io.Reader
	err       error // of source, io.EOF too
	buffer    []byte
	rest      []byte // of buffer
	separator byte
	stops     [256]bool // what ends an unquoted field
	limits    Limits

	row     []byte // the row's fields, one behind the other
	fields  []csvField
	columns int  // empty ones too
	torn    bool // a quotation mark opens inside a field and is not closed there: most likely cut by a wrong separator
}

// csvField is a field with content.
type csvField struct{ column, from, to int }

func newCSVScanner(source io.Reader, separator byte, limits Limits) *csvScanner {
	s := &csvScanner{source: source, separator: separator, limits: limits, buffer: make([]byte, 64<<10)}
	s.stops[separator], s.stops['\r'], s.stops['\n'] = true, true, true
	return s
}

// more says whether there is another byte, reading on where needed.
func (s *csvScanner) more() bool {
	for len(s.rest) == 0 && s.err == nil {
		n, err := s.source.Read(s.buffer)
		s.rest, s.err = s.buffer[:n], err
	}
	return len(s.rest) > 0
}

// at says whether the next byte is c, and takes it.
func (s *csvScanner) at(c byte) bool {
	if !s.more() || s.rest[0] != c {
		return false
	}
	s.rest = s.rest[1:]
	return true
}

// next reads a row; io.EOF after the last.
func (s *csvScanner) next() error {
	s.row, s.fields, s.columns, s.torn = s.row[:0], s.fields[:0], 0, false
	if !s.more() {
		return s.err
	}
	for {
		for len(s.rest) > 0 && s.rest[0] == s.separator { // empty fields, of which a crafted line may have millions
			s.rest = s.rest[1:]
			s.columns++
		}
		from := len(s.row)
		if err := s.field(); err != nil {
			return err
		}
		s.columns++
		if len(s.row) > from {
			if s.columns > s.limits.Columns {
				return &LimitError{fmt.Sprintf("内容超过%d列", s.limits.Columns)}
			}
			s.fields = append(s.fields, csvField{s.columns, from, len(s.row)})
		}
		switch {
		case s.at(s.separator):
		case s.at('\r'):
			s.at('\n')
			return nil
		case s.at('\n'):
			return nil
		default: // the file's end is a line's end too
			return unlessEOF(s.err)
		}
	}
}

// unlessEOF lets the regular end pass.
func unlessEOF(err error) error {
	if err == io.EOF {
		return nil
	}
	return err
}

// field reads up to the separator or line's end, and leaves that.
func (s *csvScanner) field() error {
	from, quoted := len(s.row), s.at('"')
	if quoted {
		if err := s.quoted(from); err != nil {
			return err
		}
		// What stands behind a closing quote is taken as it is, as Excel does: "甲"乙. But where the quotes span lines,
		// the opening one was likely a stray one that has swallowed whole rows, and rows must not get lost.
		if s.more() && !s.stops[s.rest[0]] && bytes.ContainsAny(s.row[from:], "\r\n") {
			return fmt.Errorf("%w: a quotation mark spans lines but encloses no cell", ErrDamaged)
		}
	}
	for s.more() {
		i := 0
		for i < len(s.rest) && !s.stops[s.rest[i]] {
			i++
		}
		if err := s.take(i, from); err != nil {
			return err
		}
		if len(s.rest) > 0 {
			break
		}
	}
	if !quoted && bytes.Count(s.row[from:], []byte{'"'})%2 == 1 {
		s.torn = true
	}
	if len(s.rest) > 0 {
		return nil
	}
	return unlessEOF(s.err)
}

// quoted reads up to the closing quote and takes it; a doubled one is part of the text.
func (s *csvScanner) quoted(from int) error {
	for s.more() {
		i := bytes.IndexByte(s.rest, '"')
		if i < 0 {
			i = len(s.rest)
		}
		if err := s.take(i, from); err != nil {
			return err
		}
		if s.at('"') {
			if !s.at('"') {
				return nil
			}
			s.row = append(s.row, '"')
		}
	}
	if s.err != io.EOF {
		return s.err
	}
	return fmt.Errorf("%w: a quotation mark is never closed", ErrDamaged)
}

func (s *csvScanner) take(n, from int) error {
	if len(s.row)-from+n > longestText {
		return errLongText
	}
	s.row = append(s.row, s.rest[:n]...)
	s.rest = s.rest[n:]
	return nil
}

// cells gives the row as cells. The texts share one allocation.
func (s *csvScanner) cells(cells []Cell, number int) ([]Cell, error) {
	row := string(s.row)
	if !recognised(row) {
		return nil, &TextError{number}
	}
	// DOS programs, FoxPro's among them, end a file with Ctrl-Z.
	if row == "\x1a" && !s.more() {
		return cells, nil
	}
	for _, f := range s.fields {
		value := unwrap(row[f.from:f.to])
		if strings.IndexByte(value, '\r') >= 0 {
			value = strings.ReplaceAll(strings.ReplaceAll(value, "\r\n", "\n"), "\r", "\n")
		}
		if value != "" {
			cells = append(cells, Cell{Row: number, Col: f.column, Kind: Text, Text: value})
		}
	}
	return cells, nil
}
