// Package sheettest writes small workbooks for tests, so that tests of other packages need not know excelize.
// It must never be imported outside of tests.
package sheettest

import (
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"mingbai/ingest/sheet"
)

// Num is a number cell stored in exactly these digits, which a float64 might not keep.
type Num string

// Date is a number cell with a date style: days since the workbook's epoch.
type Date string

// Formula is a cell with a formula that was never calculated.
type Formula string

// Sheet is one sheet to write. A nil in Rows leaves the cell out; a string is a text, an int a number.
type Sheet struct {
	Name   string
	Hidden bool
	Rows   [][]any
	Merges []string // A1:C1
}

// Set puts a value at a cell that exists.
func (s *Sheet) Set(col, row int, value any) { s.Rows[row-1][col-1] = value }

// Write makes the workbook.
func Write(t testing.TB, sheets ...Sheet) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	must := func(err error) {
		if err != nil {
			t.Helper()
			t.Fatal(err)
		}
	}
	date, err := f.NewStyle(&excelize.Style{NumFmt: 14})
	must(err)
	for i, s := range sheets {
		if i == 0 {
			must(f.SetSheetName("Sheet1", s.Name))
		} else {
			_, err := f.NewSheet(s.Name)
			must(err)
		}
		for r, row := range s.Rows {
			for c, value := range row {
				at := sheet.A1(c+1, r+1)
				switch v := value.(type) {
				case nil:
				case Num:
					must(f.SetCellDefault(s.Name, at, string(v)))
				case Date:
					must(f.SetCellDefault(s.Name, at, string(v)))
					must(f.SetCellStyle(s.Name, at, at, date))
				case Formula:
					must(f.SetCellFormula(s.Name, at, string(v)))
				default:
					must(f.SetCellValue(s.Name, at, v))
				}
			}
		}
		for _, m := range s.Merges {
			from, to, _ := strings.Cut(m, ":")
			must(f.MergeCell(s.Name, from, to))
		}
	}
	for _, s := range sheets {
		must(f.SetSheetVisible(s.Name, !s.Hidden))
	}
	buf, err := f.WriteToBuffer()
	must(err)
	return buf.Bytes()
}

// WriteLarge makes a workbook of one sheet by streaming: for measuring.
func WriteLarge(t testing.TB, name string, rows int, row func(i int) []any) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	if err := f.SetSheetName("Sheet1", name); err != nil {
		t.Fatal(err)
	}
	w, err := f.NewStreamWriter(name)
	if err != nil {
		t.Fatal(err)
	}
	for i := range rows {
		if err := w.SetRow(sheet.A1(1, i+1), row(i)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	buf, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}
