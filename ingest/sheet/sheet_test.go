package sheet_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"mingbai/ingest/sheet"
	"mingbai/ingest/sheet/sheettest"
)

func open(t *testing.T, content []byte) sheet.Workbook {
	t.Helper()
	w, err := sheet.Open(bytes.NewReader(content), int64(len(content)), sheet.DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func cells(t *testing.T, w sheet.Workbook, i int) []sheet.Cell {
	t.Helper()
	var out []sheet.Cell
	for r, err := range w.Rows(context.Background(), i) {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, r.Cells...)
	}
	return out
}

func TestCellsKeepTypeAndDigits(t *testing.T) {
	w := open(t, sheettest.Write(t, sheettest.Sheet{Name: "表", Rows: [][]any{
		{"990121197001010010", sheettest.Num("990121197001010010"), nil, sheettest.Num("9.9012119700101E+17"), sheettest.Num("1040.8600000000001")},
		{nil, true, sheettest.Date("45717"), nil, sheettest.Formula("A9"), " 张\n三 "},
	}}))
	want := []sheet.Cell{
		{1, 1, sheet.Text, "990121197001010010", "", false},
		{1, 2, sheet.Number, "990121197001010010", "", false},
		{1, 4, sheet.Number, "9.9012119700101E+17", "", false},
		{1, 5, sheet.Number, "1040.8600000000001", "", false},
		{2, 2, sheet.Bool, "1", "", false},
		{2, 3, sheet.Date, "45717", "mm-dd-yy", false},
		{2, 5, sheet.Empty, "", "", true},
		{2, 6, sheet.Text, " 张\n三 ", "", false},
	}
	if got := cells(t, w, 0); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

// TestExcelizeAgrees reads a workbook by both ways: excelize is the oracle for values.
func TestExcelizeAgrees(t *testing.T) {
	s := sheettest.Sheet{Name: "表", Rows: [][]any{
		{"标题"}, {"a", 1, 2.5, nil, "乙"}, {nil, nil, "_x0041_", sheettest.Num("1E-7"), true}, {}, {"末行", "<&>\"'"},
	}, Merges: []string{"A1:E1"}}
	content := sheettest.Write(t, s)
	got := map[string]string{}
	for _, c := range cells(t, open(t, content), 0) {
		got[sheet.A1(c.Col, c.Row)] = c.Text
	}
	f, err := excelize.OpenReader(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{}
	rows, err := f.GetRows("表", excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	for r, row := range rows {
		for c, v := range row {
			if v != "" {
				want[sheet.A1(c+1, r+1)] = v
			}
		}
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v\nwant %v", got, want)
	}
}

func TestSheetsAndMerges(t *testing.T) {
	w := open(t, sheettest.Write(
		t,
		sheettest.Sheet{Name: "张庄村", Rows: [][]any{{"a", "b"}, {"c"}}, Merges: []string{"A1:C1", "B2:B4"}},
		sheettest.Sheet{Name: "旧", Hidden: true, Rows: [][]any{{"x"}}},
	))
	if got, want := w.Sheets(), []sheet.Info{{"张庄村", false}, {"旧", true}}; !reflect.DeepEqual(got, want) {
		t.Errorf("sheets %v", got)
	}
	layout, err := w.Layout(0)
	if want := []sheet.Merge{{1, 1, 1, 3}, {2, 2, 4, 2}}; err != nil || !reflect.DeepEqual(layout.Merges, want) {
		t.Errorf("merges %v %v", layout.Merges, err)
	}
	if w.Date1904() || w.Format() != sheet.XLSX {
		t.Error("date system or format")
	}
	f := excelize.NewFile()
	yes := true
	if err := f.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &yes}); err != nil {
		t.Fatal(err)
	}
	buf, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	if !open(t, buf.Bytes()).Date1904() {
		t.Error("1904 not seen")
	}
}

func TestDateFormats(t *testing.T) {
	for code, want := range map[string]bool{
		"yyyy-mm-dd": true, `yyyy"年"m"月"d"日"`: true, "[$-804]d": true, "0.00": false, "#,##0.00": false, `0.00"yuan"`: false,
		"[Red]0": false, `0\d`: false, "@": false, "General": false, "h:mm": false,
	} {
		f := excelize.NewFile()
		style, err := f.NewStyle(&excelize.Style{CustomNumFmt: &code})
		if err != nil {
			t.Fatal(err)
		}
		if err := f.SetCellInt("Sheet1", "A1", 45717); err != nil {
			t.Fatal(err)
		}
		if err := f.SetCellStyle("Sheet1", "A1", "A1", style); err != nil {
			t.Fatal(err)
		}
		buf, err := f.WriteToBuffer()
		if err != nil {
			t.Fatal(err)
		}
		if got := cells(t, open(t, buf.Bytes()), 0)[0].Kind == sheet.Date; got != want {
			t.Errorf("%s: date %v", code, got)
		}
	}
}

func TestLimits(t *testing.T) {
	var rows [][]any
	for i := range 50 {
		rows = append(rows, []any{"a", "b", "c", i})
	}
	content := sheettest.Write(t, sheettest.Sheet{Name: "表", Rows: rows, Merges: []string{"A1:A2", "A3:A4", "A5:A6"}})
	for name, change := range map[string]func(l *sheet.Limits){
		"unzipped": func(l *sheet.Limits) { l.Unzipped = 1000 },
		"parts":    func(l *sheet.Limits) { l.Parts = 3 },
		"rows":     func(l *sheet.Limits) { l.Rows = 49 },
		"columns":  func(l *sheet.Limits) { l.Columns = 3 },
		"merges":   func(l *sheet.Limits) { l.Merges = 2 },
	} {
		limits := sheet.DefaultLimits
		change(&limits)
		err := readAll(content, limits)
		var limit *sheet.LimitError
		if !errors.As(err, &limit) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := readAll(content, sheet.Limits{Unzipped: 1 << 20, Parts: 30, Rows: 50, Columns: 4, Merges: 3}); err != nil {
		t.Errorf("just within: %v", err)
	}
}

func readAll(content []byte, limits sheet.Limits) error {
	w, err := sheet.Open(bytes.NewReader(content), int64(len(content)), limits)
	if err != nil {
		return err
	}
	for i := range w.Sheets() {
		if _, err := w.Layout(i); err != nil {
			return err
		}
		for _, err := range w.Rows(context.Background(), i) {
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// TestCraftedFiles are whole zips with a rotten part. Each is damaged, and none brings the reader down.
func TestCraftedFiles(t *testing.T) {
	good := sheettest.Write(t, sheettest.Sheet{Name: "表", Rows: [][]any{{"a", 1}}})
	data := func(s string) string { return `<worksheet><sheetData>` + s + `</sheetData></worksheet>` }
	for name, part := range map[string][2]string{
		"rows cut off":             {"xl/worksheets/sheet1.xml", `<worksheet><sheetData><row r="1"><c r="A1"><v>1</v></c></row>`},
		"cell cut off":             {"xl/worksheets/sheet1.xml", `<worksheet><sheetData><row r="1"><c r="A1"><v>1`},
		"shared string beyond":     {"xl/worksheets/sheet1.xml", data(`<row r="1"><c r="A1" t="s"><v>99</v></c></row>`)},
		"negative shared string":   {"xl/worksheets/sheet1.xml", data(`<row r="1"><c r="A1" t="s"><v>-1</v></c></row>`)},
		"rows run backwards":       {"xl/worksheets/sheet1.xml", data(`<row r="5"><c><v>1</v></c></row><row r="4"><c><v>1</v></c></row>`)},
		"cell of another row":      {"xl/worksheets/sheet1.xml", data(`<row r="1"><c r="A9"><v>1</v></c></row>`)},
		"cell of no address":       {"xl/worksheets/sheet1.xml", data(`<row r="1"><c r="99"><v>1</v></c></row>`)},
		"sheet is no XML":          {"xl/worksheets/sheet1.xml", "not XML at all"},
		"sheet is empty":           {"xl/worksheets/sheet1.xml", ""},
		"workbook is empty":        {"xl/workbook.xml", "<workbook/>"},
		"workbook is no XML":       {"xl/workbook.xml", "<<<"},
		"relationships are no XML": {"xl/_rels/workbook.xml.rels", "<<<"},
		"strings are no XML":       {"xl/sharedStrings.xml", "<sst><si><t>a</si"},
	} {
		if err := readAll(replace(t, good, part[0], part[1]), sheet.DefaultLimits); !errors.Is(err, sheet.ErrDamaged) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestAddressesMayBeLeftOut: the format lets rows and cells go without address.
func TestAddressesMayBeLeftOut(t *testing.T) {
	good := sheettest.Write(t, sheettest.Sheet{Name: "表", Rows: [][]any{{"a"}}})
	w := open(t, replace(t, good, "xl/worksheets/sheet1.xml",
		`<worksheet><sheetData><row><c><v>1</v></c><c r="C1" t="inlineStr"><is><r><t>甲</t></r><rPh><t>jia</t></rPh><r><t>乙</t></r></is></c></row><row><c t="e"><v>#N/A</v></c><c><f>SUM(1,2)</f><v>12.5</v></c><c t="str"><f>"a"</f><v>a</v></c></row></sheetData></worksheet>`))
	want := []sheet.Cell{
		{1, 1, sheet.Number, "1", "", false},
		{1, 3, sheet.Text, "甲乙", "", false},
		{2, 1, sheet.Error, "#N/A", "", false},
		{2, 2, sheet.Number, "12.5", "", true},
		{2, 3, sheet.Text, "a", "", true},
	}
	if got := cells(t, w, 0); !reflect.DeepEqual(got, want) {
		t.Errorf("got %v", got)
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	w := open(t, sheettest.Write(t, sheettest.Sheet{Name: "表", Rows: [][]any{{"a"}}}))
	for _, err := range w.Rows(ctx, 0) {
		if !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	}
}

func TestColumnName(t *testing.T) {
	for col, want := range map[int]string{1: "A", 26: "Z", 27: "AA", 52: "AZ", 53: "BA", 702: "ZZ", 703: "AAA", 16384: "XFD"} {
		if got := sheet.ColumnName(col); got != want {
			t.Errorf("%d: %s", col, got)
		}
	}
}

func replace(t *testing.T, workbook []byte, name, content string) []byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(workbook), int64(len(workbook)))
	if err != nil {
		t.Fatal(err)
	}
	var buf bytes.Buffer
	w := zip.NewWriter(&buf)
	found := false
	for _, part := range z.File {
		p, err := w.Create(part.Name)
		if err != nil {
			t.Fatal(err)
		}
		if strings.EqualFold(part.Name, name) {
			found = true
			fmt.Fprint(p, content)
			continue
		}
		r, err := part.Open()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(p, r); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if !found {
		t.Fatal("no part " + name)
	}
	return buf.Bytes()
}
