package sheettest

import (
	"testing"

	"github.com/xuri/excelize/v2"
)

// ExcelizeRows reads a file's first sheet with excelize's Rows, which is what our reader is measured against, and counts
// the rows.
func ExcelizeRows(t testing.TB, path string) (n int) {
	f, err := excelize.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := f.Rows(f.GetSheetName(0))
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		if _, err := rows.Columns(excelize.Options{RawCellValue: true}); err != nil {
			t.Fatal(err)
		}
		n++
	}
	return n
}
