package sheet_test

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"mingbai/fixtures"
	"mingbai/ingest/sheet"
	"mingbai/ingest/sheet/sheettest"
)

// TestLibreOfficeAgrees is the xls reader's oracle: LibreOffice converts workbooks to xls, and what is read of that must be
// what is read of the xlsx they were; then it converts the xls back, which must be read as the xls is. Workbooks that our
// test writer makes are converted too: it could share the reader's misunderstandings.
//
// LibreOffice is large, so this runs on demand only: make test-libreoffice.
func TestLibreOfficeAgrees(t *testing.T) {
	if os.Getenv("MINGBAI_LIBREOFFICE") == "" {
		t.Skip("needs MINGBAI_LIBREOFFICE=1 and LibreOffice; see make test-libreoffice")
	}
	soffice, err := exec.LookPath("soffice")
	if err != nil {
		t.Fatal("MINGBAI_LIBREOFFICE is set, but there is no soffice: apt-get install libreoffice-calc")
	}
	dir := t.TempDir()
	convert := func(to, from, pattern string) {
		t.Helper()
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
		defer cancel()
		files, err := filepath.Glob(filepath.Join(dir, from, pattern))
		if err != nil || len(files) == 0 {
			t.Fatal(err, "nothing to convert")
		}
		args := []string{
			"-env:UserInstallation=file://" + filepath.Join(dir, "profile"), "--headless", "--convert-to", to,
			"--outdir", filepath.Join(dir, from+"-"+to),
		}
		if out, err := exec.CommandContext(ctx, soffice, append(args, files...)...).CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	read := func(folder, name string) sheet.Workbook {
		t.Helper()
		content, err := os.ReadFile(filepath.Join(dir, folder, name))
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(name, ".xls") {
			return openXLS(t, content)
		}
		return open(t, content)
	}
	made := libreOfficeSamples(t)
	for name, content := range made {
		folder := filepath.Join(dir, "made")
		if err := os.MkdirAll(folder, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	convert("xls", "made", "*.xlsx")
	convert("xlsx", "made", "*.xls")
	convert("xlsx", "made-xls", "*.xls")
	count := 0
	for _, name := range slices.Sorted(maps.Keys(made)) {
		stem, old := strings.CutSuffix(name, ".xls")
		stem = strings.TrimSuffix(stem, ".xlsx")
		if old {
			count += compareBooks(t, name+" → xlsx", read("made", name), read("made-xlsx", stem+".xlsx"))
			continue
		}
		count += compareBooks(t, name+" → xls", read("made", name), read("made-xls", stem+".xls"))
		count += compareBooks(t, name+" → xls → xlsx", read("made-xls", stem+".xls"), read("made-xls-xlsx", stem+".xlsx"))
	}
	t.Logf("%d cells compared in %d workbooks", count, len(made))
}

// libreOfficeSamples are clerks' workbooks, random ones, and some of our own xls writer.
func libreOfficeSamples(t *testing.T) map[string][]byte {
	made := map[string][]byte{"writer.xls": sampleXLS(t, 40)}
	for _, layout := range []fixtures.Layout{fixtures.LayoutCard, fixtures.LayoutList, fixtures.LayoutVillages} {
		for seed := range uint64(4) {
			var buf bytes.Buffer
			if _, err := fixtures.WriteOne(&buf, fixtures.One{Layout: layout, Rows: 300, Seed: seed}); err != nil {
				t.Fatal(err)
			}
			made[fmt.Sprintf("layout-%v-%d.xlsx", layout, seed)] = buf.Bytes()
		}
	}
	for seed := range uint64(12) {
		rng := rand.New(rand.NewPCG(seed, 3))
		made[fmt.Sprintf("random-%d.xlsx", seed)] = randomXLSX(t, rng)
		made[fmt.Sprintf("own-%d.xls", seed)] = sheettest.WriteXLS(t, randomSheet(rng), randomSheet(rng))
	}
	return made
}

func randomText(rng *rand.Rand) string {
	letters := []rune("甲乙丙丁户主姓名补贴0123456789abcXYZ é·（）\n𠮷&<>\"")
	var s strings.Builder
	for range 1 + rng.IntN(12)*rng.IntN(8)*rng.IntN(90)/40 {
		s.WriteRune(letters[rng.IntN(len(letters))])
	}
	return "文" + strings.TrimSpace(s.String()) // no text that a program takes for something else
}

func randomNumber(rng *rand.Rand) float64 {
	switch rng.IntN(5) {
	case 0:
		return float64(rng.IntN(1 << 30))
	case 1:
		return float64(rng.IntN(1e9)) / 100
	case 2:
		return -float64(rng.IntN(1e6)) / 1000
	case 3:
		return float64(rng.Int64N(1e15))
	}
	return rng.NormFloat64()
}

func randomSheet(rng *rand.Rand) sheettest.Sheet {
	s := sheettest.Sheet{Name: "表" + strconv.Itoa(rng.IntN(1e9))}
	for range 5 + rng.IntN(300) {
		var row []any
		for range rng.IntN(30) {
			row = append(row, []any{
				nil, randomText(rng), randomText(rng), randomNumber(rng), randomNumber(rng), rng.IntN(1 << 29), rng.IntN(2) == 0,
				sheettest.Date(strconv.Itoa(40000 + rng.IntN(6000))),
			}[rng.IntN(8)])
		}
		s.Rows = append(s.Rows, row)
	}
	for i := range rng.IntN(20) {
		s.Merges = append(s.Merges, fmt.Sprintf("AK%d:AM%d", 3*i+1, 3*i+1+rng.IntN(3)))
	}
	return s
}

// randomXLSX has what sheettest.Write has, formulas that LibreOffice can calculate, formats, and hidden rows and columns.
func randomXLSX(t *testing.T, rng *rand.Rand) []byte {
	content := sheettest.Write(t, randomSheet(rng), randomSheet(rng))
	f, err := excelize.OpenReader(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	check := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	name := f.GetSheetName(0)
	code := []string{"0.00", "#,##0.000", `yyyy"年"m"月"d"日"`, "@", "[Red]0", "yyyy-mm-dd"}[rng.IntN(6)]
	style, err := f.NewStyle(&excelize.Style{CustomNumFmt: &code})
	check(err)
	for i := range 10 {
		at := fmt.Sprintf("AF%d", i+1)
		check(f.SetCellFloat(name, at, randomNumber(rng), -1, 64))
		check(f.SetCellStyle(name, at, at, style))
	}
	check(f.SetRowVisible(name, 1+rng.IntN(5), false))
	check(f.SetColVisible(name, "C:D", false))
	yes := rng.IntN(2) == 0
	check(f.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &yes}))
	check(f.SetSheetVisible(f.GetSheetName(1), rng.IntN(2) == 0))
	buf, err := f.WriteToBuffer()
	check(err)
	return buf.Bytes()
}

// compareBooks compares all that both readers tell, but for the format codes, which LibreOffice rewrites. What else it
// changes: it makes truth values and errors formulas (TRUE(), #N/A), and when it writes xlsx of an xls it keeps 15 digits of a number
// and calculates formulas anew.
func compareBooks(t *testing.T, what string, a, b sheet.Workbook) (count int) {
	t.Helper()
	if !slices.Equal(a.Sheets(), b.Sheets()) || a.Date1904() != b.Date1904() {
		t.Errorf("%s: sheets %v and %v", what, a.Sheets(), b.Sheets())
		return 0
	}
	written := b.Format() == sheet.XLSX
	for i := range a.Sheets() {
		wrong := 0
		one, other := facts(t, a, i), facts(t, b, i)
		count += len(one)
		for _, at := range slices.Sorted(maps.Keys(one)) {
			if x, y := one[at], other[at]; !x.same(y, written) {
				if wrong++; wrong < 10 {
					t.Errorf("%s, sheet %d: %s is %+v, then %+v", what, i, at, x, y)
				}
			}
			delete(other, at)
		}
		for at, f := range other {
			t.Errorf("%s, sheet %d: %s only then: %+v", what, i, at, f)
		}
	}
	return count
}

// fact is what stands at a place. Numbers are compared as floats: an xlsx may hold more digits than a float keeps.
type fact struct {
	kind            sheet.Kind
	formula, hidden bool
	text            string
	number          float64
}

func (f fact) same(g fact, written bool) bool {
	if f.kind == sheet.Bool || f.kind == sheet.Error {
		g.formula = f.formula
	}
	if written && f.formula && g.formula {
		return f.hidden == g.hidden
	}
	if written && f.kind == g.kind && math.Abs(f.number-g.number) <= 1e-14*math.Abs(f.number) {
		g.number = f.number
	}
	return f == g
}

// facts are a sheet's cells, merges, hidden rows and columns, each by its place.
func facts(t *testing.T, w sheet.Workbook, i int) map[string]fact {
	t.Helper()
	out := map[string]fact{}
	for r, err := range w.Rows(context.Background(), i) {
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range r.Cells {
			f := fact{c.Kind, c.Formula, r.Hidden, c.Text, 0}
			if number, err := strconv.ParseFloat(c.Text, 64); err == nil && (c.Kind == sheet.Number || c.Kind == sheet.Date) {
				f.text, f.number = "", number
			}
			out[sheet.A1(c.Col, c.Row)] = f
		}
	}
	layout, err := w.Layout(i)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range layout.Merges {
		out[fmt.Sprint("merge ", m)] = fact{text: "there"}
	}
	for _, s := range layout.HiddenColumns {
		for col := s.First; col <= s.Last; col++ {
			out["column "+sheet.ColumnName(col)] = fact{text: "hidden"}
		}
	}
	return out
}
