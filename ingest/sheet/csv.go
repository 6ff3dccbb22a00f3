package sheet

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"iter"
	"strings"
)

// excelRows is the last row of a sheet in Excel, and of any that is worth reading.
const excelRows = 1 << 20

// csvBook is a file of separated values: one sheet, all cells texts, because such a file knows no types. RFC 4180 is what
// such files should be; this reads what they are: any line ending, any of four separators, rows of any length, and the
// tricks by which programs keep Excel from turning a long number into 9.9E+17.
//
// encoding/csv of the standard library does not serve: it loses empty lines (so that addresses no longer fit what the
// clerk sees), breaks no line at a lone CR, and holds a line of any length in memory.
type csvBook struct {
	text      *textFile
	limits    Limits
	start     int64 // behind a line as sep=;
	separator byte
}

func openCSV(content io.ReaderAt, size int64, limits Limits) (Workbook, error) {
	t, err := openText(content, size, limits)
	if err != nil {
		return nil, err
	}
	sample := make([]byte, 64<<10)
	n, err := io.ReadFull(t.reader(0), sample)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return nil, err
	}
	b := &csvBook{text: t, limits: limits}
	if b.separator, b.start = csvDirective(sample[:n]); b.separator == 0 {
		b.separator = csvSeparator(sample[:n], limits)
	}
	return b, nil
}

// csvDirective reads Excel's own first line that names the separator; Excel does not count it as a row.
func csvDirective(sample []byte) (separator byte, length int64) {
	line, _, found := bytes.Cut(sample, []byte("\n"))
	text := bytes.Trim(bytes.TrimSuffix(line, []byte("\r")), `"`)
	if !found || len(text) != 5 || !bytes.HasPrefix(text, []byte("sep=")) {
		return 0, 0
	}
	return text[4], int64(len(line) + 1)
}

// csvSeparators are those that are met. The earlier wins where two do equally well.
const csvSeparators = ",\t;|"

// csvSeparator finds what cuts most of the first rows into equally many cells without tearing a quoted one.
func csvSeparator(sample []byte, limits Limits) byte {
	best, bestFit := csvSeparators[0], csvFit{}
	for i := range len(csvSeparators) {
		if fit := csvAlike(sample, csvSeparators[i], limits); fit.better(bestFit) {
			best, bestFit = csvSeparators[i], fit
		}
	}
	return best
}

// csvFit is how well a separator fits: how many rows have the most frequent number of columns beyond one.
type csvFit struct {
	rows, columns int
	torn          bool // some quoted cell; under its own separator a file of RFC 4180 has none
}

func (f csvFit) better(g csvFit) bool {
	switch {
	case f.rows == 0 || g.rows == 0:
		return f.rows > g.rows
	case f.torn != g.torn:
		return g.torn
	}
	return f.rows > g.rows || f.rows == g.rows && f.columns > g.columns
}

func csvAlike(sample []byte, separator byte, limits Limits) (fit csvFit) {
	count := map[int]int{}
	s := newCSVScanner(bytes.NewReader(sample), separator, limits)
	for range 200 {
		// The sample's end may cut a quoted cell; what came before it is telling enough.
		if err := s.next(); err != nil {
			break
		}
		fit.torn = fit.torn || s.torn
		count[s.columns]++
		if n := count[s.columns]; s.columns > 1 && (n > fit.rows || n == fit.rows && s.columns > fit.columns) {
			fit.rows, fit.columns = n, s.columns
		}
	}
	return fit
}

func (b *csvBook) Format() Format { return CSV }

func (b *csvBook) Date1904() bool { return false }

func (*csvBook) Close() error { return nil }

// Sheets has one. The file gives it no name; 表1 reads well where the public is told "工作表“表1”第4行".
func (b *csvBook) Sheets() []Info { return []Info{{Name: "表1"}} }

func (b *csvBook) Layout(int) (Layout, error) { return Layout{}, nil }

func (b *csvBook) Rows(ctx context.Context, _ int) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		s := newCSVScanner(b.text.reader(b.start), b.separator, b.limits)
		row, counted := Row{}, rowCount{limits: b.limits}
		for {
			err := ctx.Err()
			if err == nil {
				err = s.next()
			}
			if err == io.EOF {
				return
			}
			row.Number++
			if err == nil {
				row.Cells, err = s.cells(row.Cells[:0], row.Number)
			}
			if err == nil {
				err = counted.add(row)
			}
			if err != nil {
				yield(Row{}, err)
				return
			}
			if len(row.Cells) > 0 && !yield(row, nil) {
				return
			}
		}
	}
}

// rowCount keeps the limit of rows with content, and of row numbers.
type rowCount struct {
	limits Limits
	rows   int
}

func (c *rowCount) add(r Row) error {
	if len(r.Cells) > 0 {
		c.rows++
	}
	if c.rows > c.limits.Rows || r.Number > excelRows {
		return &LimitError{fmt.Sprintf("工作表超过%d行", min(c.limits.Rows, excelRows))}
	}
	return nil
}

// unwrap takes off what programs put around digits so that Excel keeps them as a text: ="0012", '0012, and tabs.
func unwrap(s string) string {
	s = strings.Trim(s, "\t")
	if len(s) > 3 && strings.HasPrefix(s, `="`) && strings.IndexByte(s[2:], '"') == len(s)-3 {
		return s[2 : len(s)-1]
	}
	if len(s) > 1 && s[0] == '\'' && s[1] >= '0' && s[1] <= '9' {
		return s[1:]
	}
	return s
}
