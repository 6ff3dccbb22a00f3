package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"mingbai/fixtures"
	"mingbai/ingest"
	"mingbai/ledger"
)

const (
	cuts       = 50
	flips      = 500
	damageTime = 10 * time.Second // for one file, be it never so broken; the slowest take a tenth of a second
)

// TestDamagedFilesAreToldOrRead cuts a sample of each format at 50 places and changes bytes in 500 copies of it. Each is
// a finding or a reading, and none takes long; a cut workbook never passes for a whole one.
func TestDamagedFilesAreToldOrRead(t *testing.T) {
	dir := t.TempDir()
	truth, err := fixtures.GenerateLayouts(t.Context(), dir, 1)
	if err != nil {
		t.Fatal(err)
	}
	var table strings.Builder
	fmt.Fprintf(&table, "%-16s", "")
	for _, outcome := range outcomes {
		fmt.Fprintf(&table, " %13s", outcome)
	}
	for _, sample := range []string{
		"01-隐藏的旧表.xlsx", "09-一村一表和汇总.xls", "02-分户，GB18030，分号.csv", "10-网页两层表头.xls", "10-XML2003一村一表.xls",
	} {
		i := slices.IndexFunc(truth.Files, func(f fixtures.LayoutFile) bool { return f.File == sample })
		if i < 0 {
			t.Fatalf("no %s among the layouts", sample)
		}
		d := damage{t: t, sample: truth.Files[i], content: must1(os.ReadFile(filepath.Join(dir, sample)))}
		if got := d.check("whole", d.content); got != same {
			t.Errorf("%s: %s", sample, got)
		}
		for _, line := range []struct {
			how  string
			came map[string]int
		}{{"cut", d.cut()}, {"changed", d.change()}} {
			fmt.Fprintf(&table, "\n%-8s%-8s", d.sample.Format, line.how)
			for _, outcome := range outcomes {
				fmt.Fprintf(&table, " %13d", line.came[outcome])
			}
		}
		fmt.Fprintf(&table, "   slowest %v", d.slowest.Round(time.Millisecond))
	}
	t.Logf("\n%s", &table)
}

// outcomes are what may become of a damaged file. Other figures come of texts without a checksum or an end.
var outcomes = []string{refusedFile, blocked, same, other}

const refusedFile, blocked, same, other = "FILE finding", "other finding", "as it was", "other figures"

// damage is one sample being damaged.
type damage struct {
	t       *testing.T
	sample  fixtures.LayoutFile
	content []byte
	slowest time.Duration
}

func (d *damage) cut() map[string]int {
	came := map[string]int{}
	for i := range cuts {
		n := len(d.content) * i / cuts
		got := d.check(fmt.Sprint("cut at ", n), d.content[:n])
		came[got]++
		// A workbook has an end; of a text that ends with a row nobody can tell. What an .xls is filled up with may go.
		if d.sample.Format != "csv" && got != refusedFile && (d.sample.Format != "xls" || got != same) {
			d.t.Errorf("%s, cut at %d of %d bytes: %s", d.sample.File, n, len(d.content), got)
		}
	}
	return came
}

func (d *damage) change() map[string]int {
	rng := rand.New(rand.NewPCG(1, uint64(len(d.content))))
	came := map[string]int{}
	for range flips {
		bad := bytes.Clone(d.content)
		at, by := rng.IntN(len(bad)), byte(1+rng.IntN(255))
		bad[at] ^= by
		got := d.check(fmt.Sprintf("byte %d changed by %#x", at, by), bad)
		came[got]++
		if d.sample.Format == "xlsx" && got == other {
			d.t.Errorf("%s, byte %d changed by %#x: read with other figures", d.sample.File, at, by)
		}
	}
	return came
}

// check says what became of the file: a FILE finding, another one that blocks, the figures as they were, or others.
func (d *damage) check(what string, content []byte) string {
	d.t.Helper()
	began := time.Now()
	r, err := ingest.Check(d.t.Context(), d.sample.File, bytes.NewReader(content), int64(len(content)), ingest.Options{}, func(ledger.Row) error { return nil })
	took := time.Since(began)
	if d.slowest = max(d.slowest, took); took > damageTime {
		d.t.Errorf("%s, %s: took %v", d.sample.File, what, took)
	}
	if err != nil && ledger.KindOf(err) != ledger.KindInvalid { // read as another kind of table
		d.t.Errorf("%s, %s: %v", d.sample.File, what, err)
	}
	switch {
	case slices.ContainsFunc(r.Findings, func(f ledger.Finding) bool { return strings.HasPrefix(f.Rule, "FILE") }):
		return refusedFile
	case err != nil || ledger.Blocks(r.Findings):
		return blocked
	case r.Rows == d.sample.Rows && r.Total == d.sample.Total:
		return same
	}
	return other
}
