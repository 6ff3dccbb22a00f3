// Package sheet reads spreadsheet files as plain rows of typed cells, for package ingest to find the meaning of.
//
// A reader tells what the file says and nothing more: a number is given in the very digits that were stored (a float
// would invent or lose some), a text stays a text even when it looks like a number, and a cell under a merge is empty.
// It must never guess, repair or round, never run a formula, and never let a crafted file take the program down:
// whatever is wrong with a file comes back as one of the errors below.
//
// It is the only package that knows excelize.
package sheet

import (
	"cmp"
	"context"
	"errors"
	"io"
	"iter"
	"strconv"
)

// Kind says how a cell's value is stored, which is not always how it looks.
type Kind uint8

// Kinds of cells.
const (
	Empty  Kind = iota // nothing stored; a row gives such a cell only for a formula without a cached value
	Text               // a text, also one made of digits
	Number             // a number, in the digits of the file: 1040.8600000000001, 9.9E+17
	Bool               // 0 or 1
	Error              // #N/A and its like
	Date               // a number that its style shows as a date (days since the workbook's epoch), or an ISO date
)

// Cell is one stored cell.
type Cell struct {
	Row, Col int // from 1
	Kind     Kind
	Text     string // exactly as stored
	Format   string // number format code, as 0.00 or yyyy-mm-dd; empty for General and where the reader does not know
	Formula  bool
}

// Blank says whether there is nothing to read in the cell.
func (c Cell) Blank() bool { return c.Kind == Empty }

// Row is the stored cells of one row, by ascending column.
type Row struct {
	Number int  // from 1
	Hidden bool // by hand or by a filter
	Cells  []Cell
}

// Merge is a rectangle of merged cells; only its left top cell holds a value.
type Merge struct{ Top, Left, Bottom, Right int }

// Span is a run of columns, both ends in it.
type Span struct{ First, Last int }

// Layout is what a sheet says beside its rows.
type Layout struct {
	Merges        []Merge
	HiddenColumns []Span
}

// Info is what a workbook says about one of its sheets.
type Info struct {
	Name   string
	Hidden bool // hidden by the user or by a macro
}

// Workbook is an opened file. A reader that streams from the file fits it as well as one that holds it in memory: the
// layout is asked for before the rows (in xlsx merges are stored after them) and rows come once, in order. It is for one
// goroutine at a time.
type Workbook interface {
	Format() Format
	Date1904() bool // serial dates count from 1904, not 1900
	Sheets() []Info
	// Layout gives the merges and hidden columns of the i-th sheet.
	Layout(i int) (Layout, error)
	// Rows gives the rows of the i-th sheet that hold anything, by ascending number. A row's cells are valid until the
	// next one is asked for. After an error there are no more rows.
	Rows(ctx context.Context, i int) iter.Seq2[Row, error]
	// Close gives back what reading took of the machine. Texts that were given stay good.
	Close() error
}

// Limits bound what reading one file may cost. A zero means the default.
type Limits struct {
	Unzipped    int64 // bytes of all parts together
	Ratio       int   // of a part's bytes to its packed bytes
	Parts       int   // files in the zip container
	Rows        int   // rows with content, per sheet
	Columns     int   // rightmost column with content
	Merges      int   // per sheet
	CellBytes   int   // of one text
	SharedTexts int   // texts in a table that cells refer to
	SharedBytes int64 // of them together

	SharedMemory int64 // bytes of them that stay in memory; more go to a sealed temporary file
}

// DefaultLimits hold for a county's largest real sheets several times over.
// A text in Excel has at most 32,767 characters, of which a Chinese one takes three bytes.
var DefaultLimits = Limits{
	Unzipped: 256 << 20, Ratio: 200, Parts: 2000, Rows: 300_000, Columns: 256, Merges: 40_000,
	CellBytes: 3 * 32_767, SharedTexts: 4_000_000, SharedBytes: 64 << 20, SharedMemory: 4 << 20,
}

// orDefault puts the default where nothing is said.
func (l Limits) orDefault() Limits {
	d := DefaultLimits
	return Limits{
		cmp.Or(l.Unzipped, d.Unzipped), cmp.Or(l.Ratio, d.Ratio), cmp.Or(l.Parts, d.Parts), cmp.Or(l.Rows, d.Rows),
		cmp.Or(l.Columns, d.Columns), cmp.Or(l.Merges, d.Merges), cmp.Or(l.CellBytes, d.CellBytes),
		cmp.Or(l.SharedTexts, d.SharedTexts), cmp.Or(l.SharedBytes, d.SharedBytes),
		cmp.Or(l.SharedMemory, d.SharedMemory),
	}
}

// Errors of reading. All but a cancelled context and a ScratchError are about the file, not the machine.
var (
	ErrDamaged   = errors.New("damaged file")
	ErrEncrypted = errors.New("encrypted workbook")
)

// LimitError says which limit a file breaks, in words for the clerk.
type LimitError struct{ What string }

func (e *LimitError) Error() string { return "beyond the limits: " + e.What }

// FormatError says that the content is of a format that is not read.
type FormatError struct{ Format Format }

func (e *FormatError) Error() string { return "unread format: " + e.Format.Name() }

// Open opens a workbook of any format that is read. The content must stay readable while the workbook is in use; close it
// then.
func Open(content io.ReaderAt, size int64, limits Limits) (Workbook, error) {
	limits = limits.orDefault()
	switch format := Sniff(content, size); format {
	case XLSX:
		return openXLSX(content, size, limits)
	case XLS:
		return openXLS(content, size, limits)
	case CSV:
		return openCSV(content, size, limits)
	case HTML:
		return openHTML(content, size, limits)
	case SpreadsheetML:
		return openXML2003(content, size, limits)
	case Encrypted:
		return nil, ErrEncrypted
	case Unknown:
		return nil, ErrDamaged
	default:
		return nil, &FormatError{format}
	}
}

// A1 writes an address the way spreadsheets do: A1, AB12.
func A1(col, row int) string { return ColumnName(col) + strconv.Itoa(row) }

// ColumnName writes a column's letters: A, Z, AA.
func ColumnName(col int) string {
	var letters [8]byte
	i := len(letters)
	for ; col > 0 && i > 0; col = (col - 1) / 26 {
		i--
		letters[i] = byte('A' + (col-1)%26)
	}
	return string(letters[i:])
}

// parseA1 reads an address; ok is false for what is none.
func parseA1(s string) (col, row int, ok bool) {
	i := 0
	for ; i < len(s) && i < 4; i++ {
		c := s[i] &^ 0x20
		if c < 'A' || c > 'Z' {
			break
		}
		col = col*26 + int(c-'A') + 1
	}
	row, err := strconv.Atoi(s[i:])
	return col, row, i > 0 && err == nil && row > 0 && row <= 1<<20 && col <= 1<<14
}
