package sheet_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"

	"mingbai/ingest/sheet"
	"mingbai/ingest/sheet/sheettest"
)

type (
	u16 = uint16
	u32 = uint32
)

var rec = sheettest.Rec

func openXLS(t testing.TB, content []byte) sheet.Workbook {
	t.Helper()
	w, err := sheet.OpenXLS(bytes.NewReader(content), int64(len(content)), sheet.DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// readXLS opens a file and reads all there is.
func readXLS(content []byte, limits sheet.Limits) ([]sheet.Row, error) {
	w, err := sheet.OpenXLS(bytes.NewReader(content), int64(len(content)), limits)
	if err != nil {
		return nil, err
	}
	var out []sheet.Row
	for i := range w.Sheets() {
		if _, err := w.Layout(i); err != nil {
			return nil, err
		}
		for r, err := range w.Rows(context.Background(), i) {
			if err != nil {
				return nil, err
			}
			r.Cells = append([]sheet.Cell(nil), r.Cells...)
			out = append(out, r)
		}
	}
	return out, nil
}

// showXLS writes cells as A1=Number:1 for comparing.
func showXLS(rows []sheet.Row) string {
	var words []string
	for _, r := range rows {
		for _, c := range r.Cells {
			word := fmt.Sprintf("%s=%s:%s", sheet.A1(c.Col, c.Row), [...]string{"Empty", "Text", "Number", "Bool", "Error", "Date"}[c.Kind], c.Text)
			if c.Format != "" {
				word += "[" + c.Format + "]"
			}
			if c.Formula {
				word += "(f)"
			}
			if r.Hidden {
				word += "(hidden)"
			}
			words = append(words, word)
		}
	}
	return strings.Join(words, " ")
}

// oneXLS is a file of one sheet with these records. Styles: 0 General, 1 a date, 2 0.00, 3 of no Format record.
func oneXLS(records ...sheettest.Record) []byte {
	xf := func(format u16) sheettest.Record { return rec(0xE0, u16(0), format, make([]byte, 16)) }
	globals := []sheettest.Record{
		rec(0x22, u16(0)), rec(0x41E, u16(164), sheettest.XLString(`yyyy"年"m"月"`, 2)), rec(0x41E, u16(0), sheettest.XLString("General", 2)),
		xf(0), xf(164), xf(2), xf(14),
	}
	globals = append(globals, sheettest.SST(8224, sheettest.Rich{Text: "甲"}, sheettest.Rich{Text: "b"})...)
	return sheettest.XLS{Globals: globals, Sheets: []sheettest.XLSSheet{{Name: "表", Records: records}}}.Bytes()
}

func cellRec(id, row, col, style int, value ...any) sheettest.Record {
	return rec(u16(id), append([]any{u16(row - 1), u16(col - 1), u16(style)}, value...)...)
}

func TestXLSReadsEachKindOfRecord(t *testing.T) {
	special := func(kind, v byte) []byte { return []byte{kind, 0, v, 0, 0, 0, 0xFF, 0xFF} }
	formula := []byte{0, 0, 0, 0, 0, 0, 3, 0, 0x1E, 0, 0}
	text := func(s string) []byte { return sheettest.XLString(s, 2) }
	for name, c := range map[string]struct {
		want    string
		records []sheettest.Record
	}{
		"RK integer":                       {"A1=Number:-5", recs(cellRec(0x27E, 1, 1, 0, int32(-5)<<2|2))},
		"RK hundredths are exact":          {"A1=Number:123.45", recs(cellRec(0x27E, 1, 1, 0, u32(12345)<<2|3))},
		"RK negative hundredths":           {"A1=Number:-0.57", recs(cellRec(0x27E, 1, 1, 0, int32(-57)<<2|3))},
		"RK float":                         {"A1=Number:1.5", recs(cellRec(0x27E, 1, 1, 0, u32(math.Float64bits(1.5)>>32)))},
		"RK float in hundredths":           {"A1=Number:11.1", recs(cellRec(0x27E, 1, 1, 0, u32(math.Float64bits(1110)>>32)|1))},
		"RK with two decimals shown":       {"A1=Number:7[0.00]", recs(cellRec(0x27E, 1, 1, 2, u32(7)<<2|2))},
		"MULRK":                            {"B3=Number:1 C3=Date:2[yyyy\"年\"m\"月\"] D3=Number:0.03", recs(rec(0xBD, u16(2), u16(1), u16(0), u32(1<<2|2), u16(1), u32(2<<2|2), u16(0), u32(3<<2|3), u16(3)))},
		"NUMBER":                           {"A1=Number:0.1", recs(cellRec(0x203, 1, 1, 0, 0.1))},
		"NUMBER long":                      {"A1=Number:1040.8600000000001", recs(cellRec(0x203, 1, 1, 0, 1040.8600000000001))},
		"NUMBER of an ID's 18 digits":      {"A1=Number:990121197001010000", recs(cellRec(0x203, 1, 1, 0, 990121197001010010.0))},
		"NUMBER minus zero":                {"A1=Number:0", recs(cellRec(0x203, 1, 1, 0, math.Copysign(0, -1)))},
		"NUMBER tiny":                      {"A1=Number:1.5E-20", recs(cellRec(0x203, 1, 1, 0, 1.5e-20))},
		"NUMBER huge":                      {"A1=Number:1E+300", recs(cellRec(0x203, 1, 1, 0, 1e300))},
		"NUMBER that is none":              {"A1=Error:#NUM!", recs(cellRec(0x203, 1, 1, 0, math.NaN()))},
		"NUMBER infinite":                  {"A1=Error:#NUM!", recs(cellRec(0x203, 1, 1, 0, math.Inf(-1)))},
		"a date of a builtin format":       {"A1=Date:45717[mm-dd-yy]", recs(cellRec(0x203, 1, 1, 3, 45717.0))},
		"a style that is not there":        {"A1=Number:1", recs(cellRec(0x203, 1, 1, 99, 1.0))},
		"LABELSST":                         {"A1=Text:甲 B1=Text:b", recs(cellRec(0xFD, 1, 1, 0, u32(0)), cellRec(0xFD, 1, 2, 0, u32(1)))},
		"LABEL":                            {"A1=Text:ab甲", recs(cellRec(0x204, 1, 1, 0, text("ab甲")))},
		"LABEL of Latin letters":           {"A1=Text:é", recs(cellRec(0x204, 1, 1, 0, text("é")))},
		"RSTRING":                          {"A1=Text:乙", recs(cellRec(0xD6, 1, 1, 0, text("乙"), u16(1), u32(0)))},
		"LABEL empty":                      {"", recs(cellRec(0x204, 1, 1, 0, text("")))},
		"BLANK and MULBLANK":               {"C1=Number:1", recs(cellRec(0x201, 1, 1, 0), rec(0xBE, u16(0), u16(0), u16(0), u16(0), u16(1)), cellRec(0x27E, 1, 3, 0, u32(1<<2|2)))},
		"BOOLERR true":                     {"A1=Bool:1", recs(cellRec(0x205, 1, 1, 0, u16(1)))},
		"BOOLERR false":                    {"A1=Bool:0", recs(cellRec(0x205, 1, 1, 0, u16(0)))},
		"BOOLERR #DIV/0!":                  {"A1=Error:#DIV/0!", recs(cellRec(0x205, 1, 1, 0, u16(0x0107)))},
		"BOOLERR #N/A":                     {"A1=Error:#N/A", recs(cellRec(0x205, 1, 1, 0, u16(0x012A)))},
		"FORMULA giving a number":          {"A1=Number:2.5(f)", recs(cellRec(6, 1, 1, 0, 2.5, formula))},
		"FORMULA giving a date":            {"A1=Date:3[mm-dd-yy](f)", recs(cellRec(6, 1, 1, 3, 3.0, formula))},
		"FORMULA giving true":              {"A1=Bool:1(f)", recs(cellRec(6, 1, 1, 0, special(1, 1), formula))},
		"FORMULA giving #REF!":             {"A1=Error:#REF!(f)", recs(cellRec(6, 1, 1, 0, special(2, 0x17), formula))},
		"FORMULA giving nothing":           {"A1=Empty:(f)", recs(cellRec(6, 1, 1, 0, special(3, 0), formula))},
		"FORMULA giving a text":            {"A1=Text:丙(f) B1=Number:1", recs(cellRec(6, 1, 1, 0, special(0, 0), formula), rec(0x207, text("丙")), cellRec(0x27E, 1, 2, 0, u32(1<<2|2)))},
		"FORMULA whose text is missing":    {"A1=Empty:(f) B1=Number:1", recs(cellRec(6, 1, 1, 0, special(0, 0), formula), cellRec(0x27E, 1, 2, 0, u32(1<<2|2)))},
		"FORMULA, its shared part, a text": {"A1=Text:丁(f)", recs(cellRec(6, 1, 1, 0, special(0, 0), formula), rec(0x4BC, make([]byte, 12)), rec(0x207, text("丁")))},
		"FORMULA whose text is continued": {"A1=Text:一二ab(f)", recs(cellRec(6, 1, 1, 0, special(0, 0), formula),
			rec(0x207, u16(4), uint8(1), u16('一'), u16('二')), rec(0x3C, uint8(0), []byte("ab")))},
		"a chart on the sheet holds numbers of its own": {"A1=Number:1 A2=Number:2", recs(cellRec(0x27E, 1, 1, 0, u32(1<<2|2)),
			rec(0x809, u16(0x600), u16(0x20)), cellRec(0x203, 1, 1, 0, 99.0), rec(0x0A), cellRec(0x27E, 2, 1, 0, u32(2<<2|2)))},
		"rows hidden by flag and by height": {"A1=Number:1(hidden) A2=Number:2(hidden) A3=Number:3", recs(
			rec(0x208, u16(0), u16(0), u16(1), u16(300), u32(0), u32(0x20)), rec(0x208, u16(1), u16(0), u16(1), u16(0), u32(0), u32(0)),
			rec(0x208, u16(2), u16(0), u16(1), u16(0x8000), u32(0), u32(0)), numberRec(1, 1), numberRec(2, 2), numberRec(3, 3))},
		"rows out of order": {"A1=Number:1 B1=Number:5 A2=Number:2 A7=Number:3", recs(
			numberRec(7, 3), numberRec(1, 1), numberRec(2, 2), cellRec(0x27E, 1, 2, 0, u32(5<<2|2)))},
		"cells of a row out of order, one of them twice": {"A1=Number:1 B1=Number:9 C1=Number:3", recs(
			cellRec(0x27E, 1, 3, 0, u32(3<<2|2)), cellRec(0x27E, 1, 2, 0, u32(2<<2|2)), numberRec(1, 1), cellRec(0x27E, 1, 2, 0, u32(9<<2|2)))},
		"a cell twice": {"A1=Number:2", recs(numberRec(1, 1), numberRec(1, 2))},
		"the last row and column": {"IV65536=Number:4(hidden)", recs(
			rec(0x208, u16(65535), u16(0), u16(1), u16(300), u32(0), u32(0x20)), cellRec(0x27E, 65536, 256, 0, u32(4<<2|2)))},
	} {
		rows, err := readXLS(oneXLS(c.records...), sheet.DefaultLimits)
		if got := showXLS(rows); err != nil || got != c.want {
			t.Errorf("%s: %v\ngot  %s\nwant %s", name, err, got, c.want)
		}
	}
}

func recs(records ...sheettest.Record) []sheettest.Record { return records }

func numberRec(row, value int) sheettest.Record { return cellRec(0x27E, row, 1, 0, u32(value)<<2|2) }

func TestXLSLayout(t *testing.T) {
	column := func(first, last, width, flags u16) sheettest.Record {
		return rec(0x7D, first, last, width, u16(0), flags, u16(0))
	}
	w := openXLS(t, oneXLS(column(0, 0, 2000, 0), column(2, 3, 2000, 1), column(5, 5, 0, 0), column(9, 256, 1, 1),
		numberRec(1, 1), rec(0xE5, u16(2), u16(0), u16(0), u16(0), u16(3), u16(4), u16(2), u16(1), u16(1)), rec(0xE5, u16(1), []u16{9, 65535, 0, 255})))
	got, err := w.Layout(0)
	want := sheet.Layout{
		Merges:        []sheet.Merge{{1, 1, 1, 4}, {3, 2, 5, 2}, {10, 1, 65536, 256}},
		HiddenColumns: []sheet.Span{{3, 4}, {6, 6}, {10, 256}},
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v %v", got, err)
	}
}

func TestXLSSheets(t *testing.T) {
	sheets := []sheettest.XLSSheet{
		{Name: "一村", Records: recs(numberRec(1, 1))},
		{Name: "chart", Kind: 2, Records: recs(numberRec(1, 9))},
		{Name: "very hidden", State: 2, Records: recs(numberRec(2, 2))},
		{Name: "macros", Kind: 1},
		{Name: "hidden", State: 1},
	}
	w := openXLS(t, sheettest.XLS{Globals: recs(rec(0x22, u16(1))), Sheets: sheets}.Bytes())
	if want := []sheet.Info{{"一村", false}, {"very hidden", true}, {"hidden", true}}; !reflect.DeepEqual(w.Sheets(), want) {
		t.Errorf("%v", w.Sheets())
	}
	if !w.Date1904() || w.Format() != sheet.XLS {
		t.Error("date system or format")
	}
	if openXLS(t, oneXLS()).Date1904() {
		t.Error("1904 without a record of it")
	}
	if got := cells(t, w, 1); len(got) != 1 || got[0].Text != "2" {
		t.Errorf("%v", got)
	}
}

func TestXLSLimits(t *testing.T) {
	records := recs(numberRec(1, 1), numberRec(2, 2), cellRec(0x27E, 3, 4, 0, u32(0)), rec(0xE5, u16(2), make([]u16, 8)))
	content := sheettest.XLS{
		Globals: sheettest.SST(8224, sheettest.Rich{Text: "甲乙"}, sheettest.Rich{Text: "a"}),
		Sheets:  []sheettest.XLSSheet{{Name: "a", Records: records}, {Name: "b"}},
	}.Bytes()
	within := sheet.Limits{Unzipped: int64(len(content)), Parts: 2, Rows: 3, Columns: 4, Merges: 2, CellBytes: 6, SharedTexts: 2, SharedBytes: 7}
	if rows, err := readXLS(content, within); err != nil || len(rows) != 3 {
		t.Errorf("just within: %v", err)
	}
	if _, err := readXLS(content, sheet.Limits{}); err != nil {
		t.Errorf("the default: %v", err)
	}
	for name, lower := range map[string]func(l *sheet.Limits){
		"bytes":   func(l *sheet.Limits) { l.Unzipped-- },
		"sheets":  func(l *sheet.Limits) { l.Parts-- },
		"rows":    func(l *sheet.Limits) { l.Rows-- },
		"columns": func(l *sheet.Limits) { l.Columns-- },
		"merges":  func(l *sheet.Limits) { l.Merges-- },
		"a text":  func(l *sheet.Limits) { l.CellBytes-- },
		"texts":   func(l *sheet.Limits) { l.SharedTexts-- },
		"shared":  func(l *sheet.Limits) { l.SharedBytes-- },
	} {
		limits := within
		lower(&limits)
		var limit *sheet.LimitError
		if _, err := readXLS(content, limits); !errors.As(err, &limit) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestXLSCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	w := openXLS(t, oneXLS(numberRec(1, 1), numberRec(2, 2)))
	var got []error
	for _, err := range w.Rows(ctx, 0) {
		got = append(got, err)
		cancel()
	}
	if len(got) != 2 || got[0] != nil || !errors.Is(got[1], context.Canceled) {
		t.Error(got)
	}
}

// TestXLSStopsWhenAsked: a caller may leave after any row, and read again.
func TestXLSStopsWhenAsked(t *testing.T) {
	w := openXLS(t, oneXLS(numberRec(1, 1), numberRec(2, 2)))
	for range 2 {
		for r := range w.Rows(context.Background(), 0) {
			if r.Number != 1 {
				t.Error(r)
			}
			break
		}
	}
}
