package sheet_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"mingbai/fixtures"
	"mingbai/ingest/sheet"
)

// BenchmarkXLSX measures whole files of 200,000 rows by 12 columns, as (a) excelize reads them with Rows alone and (b)
// this package does, merges and all; b/a must stay within 0.20:
//
//	go test -run '^$' -bench XLSX -benchtime 1x ./ingest/sheet
func BenchmarkXLSX(b *testing.B) {
	const rows = 200_000
	for _, shared := range []bool{true, false} {
		b.Run(map[bool]string{true: "shared", false: "inline"}[shared], func(b *testing.B) {
			path := writeLarge(b, rows, shared)
			var theirs, ours time.Duration
			for b.Loop() {
				began := time.Now()
				if n := excelizeRows(b, path); n != rows {
					b.Fatal("excelize: rows ", n)
				}
				theirs += time.Since(began)
				began = time.Now()
				if n := ourRows(b, path, sheet.DefaultLimits); n != rows {
					b.Fatal("rows ", n)
				}
				ours += time.Since(began)
			}
			ratio := ours.Seconds() / theirs.Seconds()
			if ratio > 0.20 {
				b.Errorf("b/a is %.3f", ratio)
			}
			b.ReportMetric(ratio, "b/a")
			b.ReportMetric(float64(rows*b.N)/theirs.Seconds(), "a-rows/s")
			b.ReportMetric(float64(rows*b.N)/ours.Seconds(), "b-rows/s")
		})
	}
}

// BenchmarkXLSXMemory reads 100,000 and 1,000,000 rows, each in a process of its own, and compares the peaks of memory:
// they must not differ by more than 1.3, and each must stay below 128 MB. Shared strings grow with what is in them.
func BenchmarkXLSXMemory(b *testing.B) {
	for _, shared := range []bool{false, true} {
		b.Run(map[bool]string{true: "shared", false: "inline"}[shared], func(b *testing.B) {
			for b.Loop() {
				small, large := peakOf(b, 100_000, shared), peakOf(b, 1_000_000, shared)
				if small > 128 || large > 128 || !shared && large > 1.3*small {
					b.Errorf("%.1f MB for 100,000 rows, %.1f MB for 1,000,000", small, large)
				}
				b.ReportMetric(small, "MB-100k")
				b.ReportMetric(large, "MB-1M")
				b.ReportMetric(large/small, "large/small")
			}
		})
	}
}

// peakOf runs this test program again to read one file, and gives what it took of memory at most.
func peakOf(b *testing.B, rows int, shared bool) float64 {
	if runtime.GOOS != "linux" {
		b.Skip("reads /proc")
	}
	path := writeLarge(b, rows, shared)
	command := exec.Command(os.Args[0], "-test.run", "^TestReadForPeak$", "-test.v")
	command.Env = append(os.Environ(), "MINGBAI_PEAK_OF="+path)
	out, err := command.CombinedOutput()
	found := regexp.MustCompile(`rows (\d+), VmHWM:\s+(\d+) kB`).FindSubmatch(out)
	if err != nil || found == nil || string(found[1]) != strconv.Itoa(rows) {
		b.Fatalf("%v: %s", err, out)
	}
	kb, _ := strconv.Atoi(string(found[2]))
	return float64(kb) / 1024
}

// TestReadForPeak is what peakOfOf runs.
func TestReadForPeak(t *testing.T) {
	path := os.Getenv("MINGBAI_PEAK_OF")
	if path == "" {
		t.SkipNow()
	}
	limits := sheet.Limits{Unzipped: 4 << 30, Rows: 1_000_000, SharedTexts: 20_000_000, SharedBytes: 1 << 30}
	n := ourRows(t, path, limits)
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	fmt.Printf("rows %d, %s\n", n, regexp.MustCompile(`VmHWM:.*`).Find(status))
}

func ourRows(t testing.TB, path string, limits sheet.Limits) (n int) {
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	w, err := sheet.Open(f, info.Size(), limits)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Layout(0); err != nil {
		t.Fatal(err)
	}
	for r, err := range w.Rows(context.Background(), 0) {
		if err != nil || len(r.Cells) != 12 {
			t.Fatal(err, r)
		}
		n++
	}
	return n
}

func excelizeRows(t testing.TB, path string) (n int) {
	f, err := excelize.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := f.Rows(f.GetSheetName(0))
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		cells, err := rows.Columns(excelize.Options{RawCellValue: true})
		if err != nil || len(cells) != 12 {
			t.Fatal(err, cells)
		}
		n++
	}
	return n
}

// writeLarge makes a list like those of large counties. Numbers and names are made up.
func writeLarge(t testing.TB, rows int, shared bool) string {
	path := filepath.Join(t.TempDir(), "large.xlsx")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	w := fixtures.NewWorkbook(f, fixtures.WorkbookOptions{Sheets: []fixtures.SheetInfo{{Name: "清册"}}, Shared: shared})
	s := w.Sheet(make([]fixtures.Column, 12), 1)
	family, given := []rune("赵钱孙李周吴郑王冯陈褚卫"), []rune("伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂")
	for i := range rows {
		name := string([]rune{family[i%len(family)], given[i/7%len(given)], given[i/91%len(given)]})
		id := fmt.Sprintf("990121%04d%02d%02d%04d", 1940+i/28/12/1000%60, i/28%12+1, i%28+1, i*7919%10000)
		area := i*37%4000 + 50
		s.Row(
			fixtures.Number(strconv.Itoa(i+1), fixtures.StyleText), fixtures.Text("柳门镇", fixtures.StyleText),
			fixtures.Text(fmt.Sprintf("张庄%d村", i/700), fixtures.StyleText), fixtures.Text(fmt.Sprintf("%d组", i/60%12+1), fixtures.StyleText),
			fixtures.Text(name, fixtures.StyleText), fixtures.Text(id, fixtures.StyleID),
			fixtures.Text(name, fixtures.StyleText), fixtures.Text(fmt.Sprintf("622800%013d", i*104729), fixtures.StyleID),
			fixtures.Number(fmt.Sprintf("%d.%02d", area/100, area%100), fixtures.StyleMoney), fixtures.Number("83.94", fixtures.StyleMoney),
			fixtures.Number(strconv.FormatFloat(float64(area)*0.8394, 'f', -1, 64), fixtures.StyleMoney), fixtures.Text("已打卡", fixtures.StyleText),
		)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}
