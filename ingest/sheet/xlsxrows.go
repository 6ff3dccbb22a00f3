package sheet

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
)

// Rows reads the sheet's XML once.
func (b *book) Rows(ctx context.Context, i int) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		p, err := b.open(ctx, b.paths[i])
		if err != nil {
			yield(Row{}, err)
			return
		}
		defer p.Close()
		r := &rowReader{book: b, part: p}
		if err := r.begin(); err != nil {
			yield(Row{}, damaged(p.path, err))
			return
		}
		for rows := 0; ; rows++ {
			err := ctx.Err()
			if err == nil {
				err = r.next()
			}
			if err == io.EOF {
				err = p.finish() // a broken checksum makes all that was read doubtful
				if err == nil {
					return
				}
			}
			if err == nil && rows >= b.limits.Rows {
				err = &LimitError{fmt.Sprintf("工作表超过%d行", b.limits.Rows)}
			}
			if err != nil {
				yield(Row{}, damaged(p.path, err))
				return
			}
			if !yield(r.row, nil) {
				return
			}
		}
	}
}

// rowReader reads the rows of one sheet. What cells hold themselves is gathered in text and made one string per row.
type rowReader struct {
	*part
	book   *book
	none   bool // the sheet has no rows
	row    Row
	text   []byte
	ends   []int // where in text each cell's ends
	sorted bool
}

// maxRowText bounds what one row may hold, in the longest texts that a cell may hold.
const maxRowText = 16

// begin moves to the rows.
func (r *rowReader) begin() error {
	if err := r.root(); err != nil {
		return err
	}
	for {
		ok, err := r.child()
		if !ok || string(r.name) == "sheetData" {
			r.none = !ok
			return err
		}
		if err := r.leave(1); err != nil {
			return err
		}
	}
}

// next reads on to the next row with content; io.EOF after the last.
func (r *rowReader) next() error {
	for !r.none {
		ok, err := r.child()
		if err != nil {
			return err
		}
		if !ok {
			break
		}
		if string(r.name) != "row" {
			if err := r.leave(2); err != nil {
				return err
			}
			continue
		}
		if err := r.readRow(); err != nil {
			return err
		}
		if len(r.row.Cells) > 0 {
			return nil
		}
	}
	return io.EOF
}

// readRow reads the row just entered. Rows and cells may leave out their address and then follow the one before. Rows
// must ascend; cells that do not are sorted, but two of one address are damage, as they are to Excel: whoever took the
// first and whoever took the last would see different sums.
func (r *rowReader) readRow() error {
	before := r.row.Number
	r.row = Row{Cells: r.row.Cells[:0]}
	r.text, r.ends, r.sorted = r.text[:0], r.ends[:0], true
	if err := r.rowHead(before); err != nil {
		return err
	}
	given := r.row.Number > 0
	if !given {
		r.row.Number = before + 1
	}
	for col := 0; ; {
		ok, err := r.child()
		if err != nil {
			return err
		}
		if !ok {
			break
		}
		if string(r.name) != "c" {
			if err := r.leave(3); err != nil {
				return err
			}
			continue
		}
		c := Cell{Row: r.row.Number, Col: col + 1}
		if err := r.readCell(&c, !given); err != nil {
			return err
		}
		r.row.Number, given = c.Row, true
		r.sorted = r.sorted && c.Col > col
		if col = c.Col; c.Kind == Empty && !c.Formula {
			continue
		}
		if col > r.book.limits.Columns {
			return &LimitError{fmt.Sprintf("内容超过%d列", r.book.limits.Columns)}
		}
		r.row.Cells = append(r.row.Cells, c)
		r.ends = append(r.ends, len(r.text))
		if len(r.row.Cells) > r.book.limits.Columns {
			return errTwice
		}
	}
	return r.endRow()
}

var (
	errTwice   = errors.New("two cells of one address")
	errRow     = errors.New("row number")
	errAddress = errors.New("cell address")
	errShared  = errors.New("number of a shared string")
)

// withinSheet refuses an address that no sheet has.
func withinSheet(col, row int) error {
	switch {
	case row > maxRows:
		return &LimitError{fmt.Sprintf("行号超过%d", maxRows)}
	case col > maxColumns:
		return &LimitError{"列号超过" + ColumnName(maxColumns)}
	}
	return nil
}

// endRow gives the cells their texts and their order.
func (r *rowReader) endRow() error {
	all, from := string(r.text), 0
	for i, end := range r.ends {
		if end > from {
			r.row.Cells[i].Text = all[from:end]
		}
		from = end
	}
	if r.sorted {
		return nil
	}
	slices.SortFunc(r.row.Cells, func(a, b Cell) int { return a.Col - b.Col })
	for i := 1; i < len(r.row.Cells); i++ {
		if r.row.Cells[i].Col == r.row.Cells[i-1].Col {
			return errTwice
		}
	}
	return nil
}

// rowHead reads the row's attributes. A row of no height is as hidden as a hidden one; one that carries collapsed is the
// visible end of a group whose rows are hidden (ECMA-376 part 1, 18.3.1.73).
func (r *rowReader) rowHead(before int) error {
	for list := r.attrs; ; {
		name, value, rest, err := attribute(list)
		if err != nil || name == nil {
			return err
		}
		switch string(name) {
		case "r":
			n, ok := digits(value)
			if !ok || n <= before {
				return errRow
			}
			if err := withinSheet(1, n); err != nil {
				return err
			}
			r.row.Number = n
		case "hidden":
			r.row.Hidden = r.row.Hidden || string(value) == "1" || string(value) == "true"
		case "ht":
			r.row.Hidden = r.row.Hidden || zero(string(value))
		}
		list = rest
	}
}
