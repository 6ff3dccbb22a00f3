package main

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"mingbai/fixtures"
	"mingbai/ingest"
	"mingbai/ledger"
)

func checked(t *testing.T, path string, o ingest.Options) ingest.Report {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	r, err := ingest.Check(t.Context(), path, bytes.NewReader(content), int64(len(content)), o, nil)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return r
}

// wholeFile are the rules whose finding is about the file, though its truth may name a place.
var wholeFile = map[string]bool{"SHT-03": true, "FILE-05": true}

// explained are the faults that are rightly told otherwise.
var explained = map[string]string{
	"FILE-03-行号超过表的尽头.xlsx": "an address that no sheet has is damage: FILE-04",
	"FILE-03-列号超过表的尽头.xlsx": "an address that no sheet has is damage: FILE-04",
	"SHT-04-第二张表列序不同.xlsx":  "columns are found by their labels; another order loses nothing",
	"XR-08-少分了十万.xlsx":      "told where the sheet states what the document gives out",
	"XR-08-多分了一百元.xlsx":     "told where the sheet states what the document gives out",
	"XR-08-漏了一个县.xlsx":      "told where the sheet states what the document gives out",
	"XR-09-一人两单位.xlsx":      "told at the unit's cell, since the number's column is dropped as never public",
}

// The rules are measured the same way: of the faults seeded, how many are found at the very cell, and of the near misses,
// how many are left alone.
func TestEveryRuleFindsItsFaultsAndNothingElse(t *testing.T) {
	dir := t.TempDir()
	truth, err := fixtures.GenerateFaults(t.Context(), dir, 1, fixtures.Faults())
	if err != nil {
		t.Fatal(err)
	}
	regions := fixtures.Regions()
	names := map[string]string{}
	for _, f := range fixtures.Funds() {
		names[f.Code] = f.Name
	}
	type score struct{ faults, found, near, alarms int }
	scores := map[string]*score{}
	for _, f := range truth.Files {
		o := ingest.Options{
			Kind: ledger.FundKind(f.Kind), FundName: names[f.Fund], Year: f.Period.Year(), Town: f.Town,
			Codes: codesOf(regions, ledger.NewGazetteer(regions)),
		}
		if f.Document != nil {
			o.Document = *f.Document
		}
		r := checked(t, filepath.Join(dir, f.File), o)
		s := scores[f.Rule]
		if s == nil {
			s = &score{}
			scores[f.Rule] = s
		}
		said := func(p fixtures.FaultPlace) bool {
			return slices.ContainsFunc(r.Findings, func(g ledger.Finding) bool {
				return g.Rule == f.Rule && (g.Cell == p.Cell || wholeFile[g.Rule]) && (g.Sheet == p.Sheet || wholeFile[g.Rule] || f.Format != "xlsx") &&
					(p.Severity == "" || string(g.Severity) == p.Severity)
			})
		}
		for _, p := range f.Faults {
			s.faults++
			if said(p) {
				s.found++
			} else if why := explained[f.File]; why != "" {
				t.Logf("%s: %s: %s", f.File, f.Rule, why)
			} else {
				t.Errorf("%s: %s is not found at %s!%s（%s）", f.File, f.Rule, p.Sheet, p.Cell, p.What)
			}
		}
		for _, p := range f.Near {
			p.Severity = ""
			s.near++
			if said(p) {
				s.alarms++
				t.Errorf("%s: %s speaks at %s!%s（%s）", f.File, f.Rule, p.Sheet, p.Cell, p.What)
			}
		}
	}
	for _, rule := range slices.Sorted(maps.Keys(scores)) {
		s := scores[rule]
		t.Logf("%-8s faults %d/%d  false alarms %d/%d", rule, s.found, s.faults, s.alarms, s.near)
	}
}
