package sheet_test

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"mingbai/fixtures"
	"mingbai/ingest/sheet"
)

// view is all that a reader tells of a workbook, by place: "S!A1" for cells, other keys for the rest.
type view map[string]string

func ourView(t *testing.T, content []byte, limits sheet.Limits) view {
	t.Helper()
	w, err := sheet.Open(bytes.NewReader(content), int64(len(content)), limits)
	noErr(t, err)
	defer w.Close()
	v := view{"1904": fmt.Sprint(w.Date1904())}
	for i, s := range w.Sheets() {
		v["sheet "+s.Name] = fmt.Sprint("hidden ", s.Hidden)
		layout, err := w.Layout(i)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range layout.Merges {
			v[s.Name+" merge "+sheet.A1(m.Left, m.Top)+":"+sheet.A1(m.Right, m.Bottom)] = "yes"
		}
		for _, h := range layout.HiddenColumns {
			for col := h.First; col <= h.Last; col++ {
				v[s.Name+" column "+sheet.ColumnName(col)] = "hidden"
			}
		}
		for r, err := range w.Rows(context.Background(), i) {
			if err != nil {
				t.Fatal(err)
			}
			if r.Hidden {
				v[fmt.Sprint(s.Name, " row ", r.Number)] = "hidden"
			}
			for _, c := range r.Cells {
				v[s.Name+"!"+sheet.A1(c.Col, c.Row)] = fmt.Sprintf("%q %s %q %v", c.Text, kindNames[c.Kind], c.Format, c.Formula)
			}
		}
	}
	return v
}

var kindNames = []string{"empty", "text", "number", "bool", "error", "date"}

// excelizeView is the same as excelize tells it, by its ways that hold a whole sheet.
func excelizeView(t *testing.T, content []byte) view {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(content), excelize.Options{RawCellValue: true})
	noErr(t, err)
	defer f.Close()
	props, err := f.GetWorkbookProps()
	noErr(t, err)
	v := view{"1904": fmt.Sprint(props.Date1904 != nil && *props.Date1904)}
	for _, name := range f.GetSheetList() {
		visible, err := f.GetSheetVisible(name)
		noErr(t, err)
		v["sheet "+name] = fmt.Sprint("hidden ", !visible)
		rows, err := f.GetRows(name)
		noErr(t, err)
		under := map[string]bool{} // excelize gives a merge's value for all its cells
		merges, err := f.GetMergeCells(name)
		noErr(t, err)
		for _, m := range merges {
			v[name+" merge "+m.GetStartAxis()+":"+m.GetEndAxis()] = "yes"
			c1, r1, _ := excelize.CellNameToCoordinates(m.GetStartAxis())
			c2, r2, _ := excelize.CellNameToCoordinates(m.GetEndAxis())
			for r := r1; r <= r2; r++ {
				for c := c1; c <= c2; c++ {
					under[sheet.A1(c, r)] = r != r1 || c != c1
				}
			}
		}
		widest := 0
		for r, row := range rows {
			blank := true
			for c, value := range row {
				if at := sheet.A1(c+1, r+1); !under[at] || value != "" {
					if cell := excelizeCell(t, f, name, at, value); cell != "" {
						v[name+"!"+at], blank = cell, false
					}
				}
			}
			shown, err := f.GetRowVisible(name, r+1)
			noErr(t, err)
			if !shown && !blank {
				v[fmt.Sprint(name, " row ", r+1)] = "hidden"
			}
			widest = max(widest, len(row))
		}
		for col := range max(widest, 26) {
			letters := sheet.ColumnName(col + 1)
			if shown, err := f.GetColVisible(name, letters); err != nil || !shown {
				v[name+" column "+letters] = "hidden"
			}
		}
	}
	return v
}

func excelizeCell(t *testing.T, f *excelize.File, name, at, value string) string {
	formula, err := f.GetCellFormula(name, at)
	noErr(t, err)
	kind, err := f.GetCellType(name, at)
	noErr(t, err)
	id, err := f.GetCellStyle(name, at)
	noErr(t, err)
	style, err := f.GetStyle(id)
	noErr(t, err)
	format := sheet.BuiltinFormats[style.NumFmt]
	if style.CustomNumFmt != nil {
		format = *style.CustomNumFmt
	}
	// What a number format makes of a number is not excelize's to say; any way to see y or d in a code does here.
	bare := strings.NewReplacer("[Red]", "", `"年"`, "", `"月"`, "", `"yuan"`, "", `"d"`, "", `" d"`, "").Replace(format)
	word := "number"
	switch {
	case value == "" && formula == "":
		return ""
	case value == "":
		word = "empty"
	case kind == excelize.CellTypeSharedString || kind == excelize.CellTypeInlineString || kind == excelize.CellTypeFormula:
		word = "text"
	case kind == excelize.CellTypeBool:
		word = "bool"
	case kind == excelize.CellTypeError:
		word = "error"
	case kind == excelize.CellTypeDate || strings.ContainsAny(bare, "yd"):
		word = "date"
	}
	return fmt.Sprintf("%q %s %q %v", value, word, format, formula != "")
}

func noErr(t *testing.T, err error) {
	if err != nil {
		t.Helper()
		t.Fatal(err)
	}
}

// compareViews reports at most a few differences between two views.
func compareViews(t *testing.T, name string, content []byte) {
	t.Helper()
	ours, theirs := ourView(t, content, sheet.DefaultLimits), excelizeView(t, content)
	if !maps.Equal(ours, ourView(t, content, onDisk)) {
		t.Errorf("%s: another view with the texts on disk", name)
	}
	said := 0
	for _, at := range slices.Sorted(maps.Keys(bothViews(ours, theirs))) {
		if ours[at] != theirs[at] && said < 5 {
			t.Errorf("%s: %s: ours %s, excelize %s", name, at, ours[at], theirs[at])
			said++
		}
	}
}

func bothViews(a, b view) view {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}

// TestOracleOnFixtures reads every workbook both ways that the generator makes: the county's, all layouts, all faults.
func TestOracleOnFixtures(t *testing.T) {
	dir := t.TempDir()
	_, err := fixtures.Generate(t.Context(), fixtures.Plan{Households: 60, Seed: 7, Dir: filepath.Join(dir, "county")}, nil)
	noErr(t, err)
	_, err = fixtures.GenerateLayouts(t.Context(), filepath.Join(dir, "layouts"), 1)
	noErr(t, err)
	_, err = fixtures.GenerateFaults(t.Context(), filepath.Join(dir, "faults"), 1, fixtures.Faults())
	noErr(t, err)
	paths, err := filepath.Glob(filepath.Join(dir, "*", "*.xlsx"))
	noErr(t, err)
	read := 0
	for _, path := range paths {
		content, err := os.ReadFile(path)
		noErr(t, err)
		if strings.HasPrefix(filepath.Base(path), "FILE-") { // no workbook at all, or one beyond the limits: the matter of other tests
			continue
		}
		compareViews(t, filepath.Base(path), content)
		read++
	}
	t.Logf("%d workbooks compared", read)
	if read < 150 {
		t.Errorf("only %d of %d workbooks were compared", read, len(paths))
	}
}

// TestOracleOnRandom reads workbooks that excelize wrote at random.
func TestOracleOnRandom(t *testing.T) {
	for seed := range uint64(120) {
		rng := rand.New(rand.NewPCG(seed, 1))
		compareViews(t, fmt.Sprint("seed ", seed), randomByExcelize(t, rng))
		if t.Failed() {
			return
		}
	}
}

var sampleTexts = []string{
	"张三", " a ", "\t", "a\nb", "990121197001010010", "<&>\"'", "_x0041_", "_x005F_x0041_", "𠮷", "=1+1", "￥1,040.86", "\u200b", "#N/A", "TRUE", "长" + strings.Repeat("字", 300),
}
var sampleNumbers = []string{"0", "-1", "1040.8600000000001", "9.9E+17", "990121197001010010", "1E-7", "45717", "0.1", "-0"}

func randomByExcelize(t *testing.T, rng *rand.Rand) []byte {
	f := excelize.NewFile()
	defer f.Close()
	pick := func(from []string) string { return from[rng.IntN(len(from))] }
	styles := []int{0}
	for range 4 {
		s := &excelize.Style{NumFmt: []int{0, 1, 2, 4, 9, 10, 11, 14, 22, 49}[rng.IntN(10)]}
		if rng.IntN(2) == 0 {
			code := pick([]string{"yyyy-mm-dd", `yyyy"年"m"月"`, `0.00"yuan"`, `0" d"`, "#,##0.0", "[Red]0", "@"})
			s = &excelize.Style{CustomNumFmt: &code}
		}
		id, err := f.NewStyle(s)
		noErr(t, err)
		styles = append(styles, id)
	}
	if rng.IntN(3) == 0 {
		yes := true
		noErr(t, f.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &yes}))
	}
	for n := range 1 + rng.IntN(3) {
		name := fmt.Sprint("Sheet", n+1)
		_, err := f.NewSheet(name)
		noErr(t, err)
		if rng.IntN(3) == 0 { // written as a stream, with inline strings
			w, err := f.NewStreamWriter(name)
			noErr(t, err)
			for r := range rng.IntN(20) {
				var row []any
				for range rng.IntN(8) {
					row = append(row, []any{nil, pick(sampleTexts), rng.Float64(), rng.IntN(1e9), true, time.Unix(1.7e9, 0).UTC(), excelize.Cell{StyleID: styles[rng.IntN(len(styles))], Value: 5}}[rng.IntN(7)])
				}
				noErr(t, w.SetRow(sheet.A1(1, r+1), row, excelize.RowOpts{Hidden: rng.IntN(5) == 0}))
			}
			noErr(t, w.Flush())
			continue
		}
		for range rng.IntN(60) {
			at := sheet.A1(1+rng.IntN(9), 1+rng.IntN(30))
			switch rng.IntN(8) {
			case 0, 1:
				noErr(t, f.SetCellStr(name, at, pick(sampleTexts)))
			case 2, 3:
				noErr(t, f.SetCellDefault(name, at, pick(sampleNumbers)))
			case 4:
				noErr(t, f.SetCellBool(name, at, rng.IntN(2) == 0))
			case 5:
				noErr(t, f.SetCellValue(name, at, time.Unix(1.7e9+rng.Int64N(1e8), 0).UTC()))
			case 6:
				noErr(t, f.SetCellFormula(name, at, "SUM(A1:B2)&\"<\""))
			case 7:
				noErr(t, f.SetCellRichText(name, at, []excelize.RichTextRun{{Text: pick(sampleTexts), Font: &excelize.Font{Bold: true}}, {Text: "尾"}}))
			}
			if rng.IntN(3) == 0 {
				noErr(t, f.SetCellStyle(name, at, at, styles[rng.IntN(len(styles))]))
			}
		}
		for i := range rng.IntN(3) {
			noErr(t, f.MergeCell(name, sheet.A1(1+i*4, 40), sheet.A1(2+i*4+rng.IntN(2), 40+rng.IntN(3))))
			noErr(t, f.SetRowVisible(name, 1+rng.IntN(30), false))
			noErr(t, f.SetColVisible(name, sheet.ColumnName(1+rng.IntN(9)), false))
		}
		if n > 0 && rng.IntN(3) == 0 {
			noErr(t, f.SetSheetVisible(name, false, rng.IntN(2) == 0))
		}
	}
	buf, err := f.WriteToBuffer()
	noErr(t, err)
	return buf.Bytes()
}
