package main

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"mingbai/fixtures"
	"mingbai/ingest"
	"mingbai/ledger"
)

// The rules are measured as recognition is: of the faults seeded, how many are found at the very cell, and of the near
// misses, how many are left alone. The faults of a file are the generator's; those of the books are made in real books.
func TestEveryRuleFindsItsFaultsAndNothingElse(t *testing.T) {
	m := matrix{}
	measureFiles(t, m)
	measureBooks(t, m)
	t.Logf("\n%s", m)
	for _, r := range ingest.Rules {
		if s := m.of(r.ID); s.seeded < 3 || s.near < 3 || s.found != s.seeded || s.alarms > 0 {
			t.Errorf("%s: %+v", r.ID, *s)
		}
	}
}

// matrix is how rules did, by rule.
type matrix map[string]*score

type score struct{ seeded, found, near, alarms int }

func (m matrix) of(rule string) *score {
	if m[rule] == nil {
		m[rule] = &score{}
	}
	return m[rule]
}

func (m matrix) String() string {
	var b strings.Builder
	line := func(name string, s score) {
		fmt.Fprintf(&b, "%-8s %6d %23d %12d %13d\n", name, s.seeded, s.found, s.near, s.alarms)
	}
	fmt.Fprintf(&b, "%-8s %6s %23s %12s %13s\n", "rule", "seeded", "found at the right cell", "near misses", "false alarms")
	var all score
	for _, rule := range slices.Sorted(maps.Keys(m)) {
		s := m[rule]
		line(rule, *s)
		all = score{all.seeded + s.seeded, all.found + s.found, all.near + s.near, all.alarms + s.alarms}
	}
	line("all", all)
	return b.String()
}

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

func measureFiles(t *testing.T, m matrix) {
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
	for _, f := range truth.Files {
		o := ingest.Options{
			Kind: ledger.FundKind(f.Kind), FundName: names[f.Fund], Year: f.Period.Year(), Town: f.Town,
			Codes: ingest.Codes{Regions: regions},
		}
		if f.Document != nil {
			o.Document = *f.Document
		}
		m.measure(t, f, checked(t, filepath.Join(dir, f.File), o))
	}
}

// measure counts one file. An alarm is false at a near miss, and, when it blocks or warns, wherever no fault was seeded.
func (m matrix) measure(t *testing.T, f fixtures.FaultFile, r ingest.Report) {
	t.Helper()
	s := m.of(f.Rule)
	for _, p := range f.Faults {
		s.seeded++
		if slices.ContainsFunc(r.Findings, func(g ledger.Finding) bool { return saidAt(f, p, g) && string(g.Severity) == p.Severity }) {
			s.found++
		} else {
			t.Errorf("%s: %s is not found at %s!%s（%s）", f.File, f.Rule, p.Sheet, p.Cell, p.What)
		}
	}
	for _, p := range f.Near {
		s.near++
		if i := slices.IndexFunc(r.Findings, func(g ledger.Finding) bool { return saidAt(f, p, g) }); i >= 0 {
			s.alarms++
			t.Errorf("%s: %s speaks at %s!%s（%s）", f.File, f.Rule, p.Sheet, p.Cell, p.What)
		}
	}
	for _, g := range r.Findings {
		expected := func(p fixtures.FaultPlace) bool { return saidAt(f, p, g) }
		if g.Severity != ledger.Inform && !slices.ContainsFunc(slices.Concat(f.Faults, f.Near, f.Also), expected) {
			m.of(g.Rule).alarms++
			t.Errorf("%s: %s speaks at %s!%s, where nothing is wrong: %s", f.File, g.Rule, g.Sheet, g.Cell, g.Message)
		}
	}
}

// saidAt says whether a finding is the one about a place. SHT-03 is about the whole file, whatever its sheet is called,
// FILE-05 about a line of it; csv and html have no names of sheets.
func saidAt(f fixtures.FaultFile, p fixtures.FaultPlace, g ledger.Finding) bool {
	switch {
	case g.Rule != p.Rule:
		return false
	case g.Rule == "FILE-05":
		return strings.HasPrefix(g.Message, "第"+strings.TrimLeft(p.Cell, "ABCDEFGHIJ")+"行")
	case g.Rule == "SHT-03":
		return true
	}
	return g.Cell == p.Cell && (g.Sheet == p.Sheet || f.Format != "xlsx")
}
