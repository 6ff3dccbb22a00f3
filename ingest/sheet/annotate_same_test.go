package sheet_test

import (
	"archive/zip"
	"bytes"
	"io"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"mingbai/ingest/sheet"
)

// Colours as excelize tells them.
const red, amber = "F9CFCB", "FFE5A8"

func annotated(t testing.TB, content []byte, list sheet.List) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := sheet.Annotate(&out, bytes.NewReader(content), int64(len(content)), list); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func must(rule, sheetName, cell string) sheet.Finding {
	return sheet.Finding{Rule: rule, Level: sheet.MustFix, Sheet: sheetName, Cell: cell, Message: cell + "不对", Fix: "改"}
}

func please(rule, sheetName, cell string) sheet.Finding {
	f := must(rule, sheetName, cell)
	f.Level = sheet.PleaseCheck
	return f
}

func excel(t testing.TB, content []byte) *excelize.File {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(content), excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func check[T any](t testing.TB) func(v T, err error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// sameButMarks compares two workbooks in everything that a clerk sees. marks give the colour by sheet!cell.
func sameButMarks(t *testing.T, before, after []byte, marks map[string]string) {
	t.Helper()
	a, b := excel(t, before), excel(t, after)
	names := a.GetSheetList()
	if got := b.GetSheetList(); !slices.Equal(got, append(slices.Clone(names), sheet.ListSheet)) {
		t.Errorf("sheets %v, had %v", got, names)
	}
	if a.GetActiveSheetIndex() != b.GetActiveSheetIndex() {
		t.Error("another active sheet")
	}
	painted := map[string]string{}
	for _, name := range names {
		for _, f := range []func(f *excelize.File) any{
			func(f *excelize.File) any { return check[[]excelize.MergeCell](t)(f.GetMergeCells(name)) },
			func(f *excelize.File) any { return check[bool](t)(f.GetSheetVisible(name)) },
			func(f *excelize.File) any { return check[excelize.Panes](t)(f.GetPanes(name)) },
		} {
			if x, y := f(a), f(b); !reflect.DeepEqual(x, y) {
				t.Errorf("%s: %v became %v", name, x, y)
			}
		}
		rows, width := extent(t, b, name)
		rows, width = rows+2, max(width+2, 10)
		for c := 1; c <= width; c++ {
			col := sheet.ColumnName(c)
			if x, y := check[float64](t)(a.GetColWidth(name, col)), check[float64](t)(b.GetColWidth(name, col)); x != y {
				t.Errorf("%s!%s: width %v became %v", name, col, x, y)
			}
			if x, y := check[bool](t)(a.GetColVisible(name, col)), check[bool](t)(b.GetColVisible(name, col)); x != y {
				t.Errorf("%s!%s: visible %v became %v", name, col, x, y)
			}
		}
		stored, _ := extent(t, a, name) // of a row that is not stored excelize says that it is hidden
		for r := 1; r <= rows; r++ {
			if x, y := check[float64](t)(a.GetRowHeight(name, r)), check[float64](t)(b.GetRowHeight(name, r)); x != y {
				t.Errorf("%s!%d: height %v became %v", name, r, x, y)
			}
			if x, y := check[bool](t)(a.GetRowVisible(name, r)), check[bool](t)(b.GetRowVisible(name, r)); x != y && r <= stored {
				t.Errorf("%s!%d: visible %v became %v", name, r, x, y)
			}
			for c := 1; c <= width; c++ {
				if colour := sameCell(t, a, b, name, sheet.A1(c, r)); colour != "" {
					painted[name+"!"+sheet.A1(c, r)] = colour
				}
			}
		}
	}
	if !maps.Equal(painted, marks) {
		t.Errorf("painted %v\nwant %v", painted, marks)
	}
}

// sameCell gives the colour when nothing but the fill changed.
func sameCell(t *testing.T, a, b *excelize.File, name, cell string) string {
	t.Helper()
	for _, f := range []func(f *excelize.File) any{
		func(f *excelize.File) any { return check[string](t)(f.GetCellValue(name, cell)) },
		func(f *excelize.File) any { return check[string](t)(f.GetCellFormula(name, cell)) },
		func(f *excelize.File) any { return check[excelize.CellType](t)(f.GetCellType(name, cell)) },
	} {
		if x, y := f(a), f(b); x != y {
			t.Errorf("%s!%s: %v became %v", name, cell, x, y)
		}
	}
	x, y := check[int](t)(a.GetCellStyle(name, cell)), check[int](t)(b.GetCellStyle(name, cell))
	if x == y {
		return ""
	}
	old, now := check[*excelize.Style](t)(a.GetStyle(x)), check[*excelize.Style](t)(b.GetStyle(y))
	fill := b.Styles.Fills.Fill[*b.Styles.CellXfs.Xf[y].FillID].PatternFill // excelize tells no colour without a theme part
	if now.Fill.Pattern != 1 || fill == nil || fill.FgColor == nil {
		t.Errorf("%s!%s: fill %+v", name, cell, now.Fill)
		return "?"
	}
	colour := strings.TrimPrefix(fill.FgColor.RGB, "FF")
	now.Fill = old.Fill
	if !reflect.DeepEqual(old, now) {
		t.Errorf("%s!%s: style %+v became %+v", name, cell, old, now)
	}
	return colour
}

func extent(t testing.TB, f *excelize.File, name string) (rows, width int) {
	for _, row := range check[[][]string](t)(f.GetRows(name)) {
		rows++
		width = max(width, len(row))
	}
	return rows, width
}

// commentsOf gives a sheet's comments by cell.
func commentsOf(t testing.TB, content []byte, name string) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, c := range check[[]excelize.Comment](t)(excel(t, content).GetComments(name)) {
		text := c.Text
		for _, p := range c.Paragraph {
			text += p.Text
		}
		out[c.Cell] = text
	}
	return out
}

// sameParts says which parts differ; all others must be the same compressed bytes.
func sameParts(t *testing.T, before, after []byte, changed ...string) {
	t.Helper()
	raw := func(content []byte) map[string]string {
		out := map[string]string{}
		for _, f := range check[*zip.Reader](t)(zip.NewReader(bytes.NewReader(content), int64(len(content)))).File {
			out[f.Name] = string(check[[]byte](t)(io.ReadAll(check[io.Reader](t)(f.OpenRaw()))))
		}
		return out
	}
	a, b := raw(before), raw(after)
	for name, bytes := range a {
		if b[name] != bytes && !slices.Contains(changed, name) {
			t.Errorf("%s changed", name)
		}
	}
}
