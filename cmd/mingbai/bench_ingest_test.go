package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"mingbai/fixtures"
	"mingbai/ingest"
	"mingbai/ingest/sheet"
	"mingbai/ingest/sheet/sheettest"
	"mingbai/ledger"
)

const (
	ingestRows   = 200_000
	ingestRounds = 3
	peakBar      = 128 // MB
	peakRatioBar = 1.3 // of a file ten times as large
)

// ingestSteps are what is done with one file, and how long each step may take, in times of the first. What a step gives is
// to be done after it, and not measured.
var ingestSteps = []struct {
	name string
	bar  float64
	do   func(w *world, path string) (after func())
}{
	{"a excelize Rows()", 0, func(w *world, path string) func() {
		mustCount(w.t, sheettest.ExcelizeRows(w.t, path), ingestRows+subsidyRows)
		return func() {}
	}},
	{"b our reader", 0.20, func(w *world, path string) func() {
		n, err := readRows(path, sheet.DefaultLimits)
		w.must(err)
		mustCount(w.t, n, ingestRows+subsidyRows)
		return func() {}
	}},
	{"c check, all rules", 0.40, (*world).benchCheck},
	{"d import to staged", 0.60, (*world).benchImport},
}

// BenchmarkIngest takes one file of 200,000 × 12 on its way in: read by excelize, read by us, checked and imported, one
// after the other and again, so that whatever else the machine does falls on all. Times are medians. Then it looks at what
// reading takes of memory. It says which bars are met, and fails for nothing but wrong results.
func BenchmarkIngest(b *testing.B) {
	w := benchWorld(b)
	for b.Loop() {
		var table strings.Builder
		for _, shared := range []bool{true, false} {
			path := subsidyBook(b, ingestRows, shared)
			times := make([][]time.Duration, len(ingestSteps))
			for range ingestRounds {
				for i, step := range ingestSteps {
					debug.FreeOSMemory() // the garbage of one is no work of the next
					var after func()
					times[i] = append(times[i], took(func() { after = step.do(w, path) }))
					after()
				}
			}
			fmt.Fprintf(&table, "\n%-24s%8s%10s%8s\n", stringsOf(shared), "seconds", "rows/s", "of a")
			for i, step := range ingestSteps {
				slices.Sort(times[i])
				s, a := times[i][ingestRounds/2].Seconds(), times[0][ingestRounds/2].Seconds()
				fmt.Fprintf(&table, "%-24s%8.2f%10.0f%8.3f%s\n", step.name, s, ingestRows/s, s/a, verdict(s/a, step.bar))
			}
		}
		fmt.Fprintf(&table, "\n%-24s%8s%10s\n", "peak of memory, MB", "at start", "in all")
		for _, shared := range []bool{true, false} {
			var peaks []float64
			for _, rows := range []int{100_000, 1_000_000} {
				start, peak := peakOf(b, rows, shared)
				peaks = append(peaks, peak)
				fmt.Fprintf(&table, "%-15s%9d%8.1f%10.1f%8s%s\n", stringsOf(shared), rows, start, peak, "", verdict(peak, peakBar))
			}
			fmt.Fprintf(&table, "%-24s%8s%10s%8.3f%s\n", "  ten times the rows", "", "", peaks[1]/peaks[0], verdict(peaks[1]/peaks[0], peakRatioBar))
		}
		fmt.Println(table.String()) // a log of this length would be cut
	}
}

func stringsOf(shared bool) string {
	return map[bool]string{true: "shared strings", false: "inline strings"}[shared]
}

func verdict(got, bar float64) string {
	switch {
	case bar == 0:
		return ""
	case got <= bar:
		return fmt.Sprintf("  met, bar %.4g", bar)
	}
	return fmt.Sprintf("  MISSED, bar %.4g", bar)
}

func mustCount(t testing.TB, got, want int) {
	if got != want {
		t.Helper()
		t.Fatalf("%d rows, want %d", got, want)
	}
}

func (w *world) benchCheck(path string) func() {
	file, err := openFile(path)
	w.must(err)
	defer file.Close()
	rows := 0
	r, err := w.office().reader.Check(w.t.Context(), file, path, ingest.Options{
		Kind: ledger.Subsidy, Year: 2025, FundName: "耕地地力保护补贴", Codes: ingest.Codes{Regions: fixtures.Regions()},
	}, func(ledger.Row) error { rows++; return nil })
	w.must(err)
	mustCount(w.t, rows, ingestRows)
	w.mustBeClean(r)
	return func() {}
}

func (w *world) benchImport(path string) func() {
	no, unplaced, r, err := w.office().Import(w.t.Context(), job{Path: path, Fund: "GD01", Period: "2025", By: "li"})
	w.must(err)
	w.mustBeClean(r)
	mustCount(w.t, r.Rows-unplaced, ingestRows)
	return func() { w.must(w.db.Reject(w.t.Context(), no, "li", "下一轮")) } // or it is the same file again
}

func (w *world) mustBeClean(r ingest.Report) {
	if ledger.Blocks(r.Findings) || len(r.Sheets) != 1 || r.Sheets[0].StatedTotal == nil || *r.Sheets[0].StatedTotal != r.Total {
		w.t.Helper()
		w.t.Fatal("not as it was written: ", r.Sheets, r.Findings[:min(5, len(r.Findings))])
	}
}

// readRows reads a file's only sheet as the rules would, and counts the rows.
func readRows(path string, limits sheet.Limits) (n int, err error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	book, err := sheet.Open(f, info.Size(), limits)
	if err != nil {
		return 0, err
	}
	defer book.Close()
	if _, err := book.Layout(0); err != nil {
		return 0, err
	}
	for _, err := range book.Rows(context.Background(), 0) {
		if err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// peakOfFile names the file that this test program is to read in a process of its own: see TestMain.
const peakOfFile = "MINGBAI_TEST_PEAK_OF"

// peakOf makes a file and has it read, and gives what that process took of memory, in MB: before and at most.
func peakOf(b *testing.B, rows int, shared bool) (start, peak float64) {
	path := subsidyBook(b, rows, shared)
	defer os.Remove(path)
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), peakOfFile+"="+path)
	out, err := child.CombinedOutput()
	var n int
	if _, scan := fmt.Sscan(string(out), &n, &start, &peak); err != nil || scan != nil {
		b.Fatalf("%v: %s", err, out)
	}
	mustCount(b, n, rows+subsidyRows)
	return start, peak
}

// tellPeak is what peakOf's process does.
func tellPeak(path string) {
	before := peakNow()
	n, err := readRows(path, sheet.Limits{Unzipped: 4 << 30, Rows: 2_000_000, SharedTexts: 20_000_000, SharedBytes: 1 << 30})
	if err != nil {
		fmt.Println(err)
		os.Exit(exitUsage)
	}
	fmt.Println(n, before, peakNow())
}

// peakNow is the most memory that this process had so far, in MB; 0 where Linux does not tell it.
func peakNow() float64 {
	status, _ := os.ReadFile("/proc/self/status")
	if found := regexp.MustCompile(`VmHWM:\s+(\d+) kB`).FindSubmatch(status); found != nil {
		kb, _ := strconv.Atoi(string(found[1]))
		return float64(kb) / 1024
	}
	return 0
}
