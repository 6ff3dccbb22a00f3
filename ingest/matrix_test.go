package ingest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"mingbai/ingest/sheet/sheettest"
	"mingbai/ledger"
)

// seeded is a workbook with one fault in it, or one that looks faulty to a careless rule.
type seeded struct {
	name   string
	cells  string // where the rule must be found, as "F6 F7"; "-" for the whole sheet or file; empty for a near miss
	change func(b *workbook)
	o      Options
}

// seeds are the faults and near misses of one rule, made on a good sheet of three rows (layout2: rows 4 to 6) unless the
// rule has another.
type seeds struct {
	rule  string
	kind  ledger.FundKind // that the good sheet is recognised as; empty for subsidy
	good  func() *workbook
	cases []seeded
}

func goodList() *workbook { return bookOf(layout2()) }

// set makes a change of some cells.
func set(pairs ...any) func(*workbook) { return func(b *workbook) { b.set(pairs...) } }

func num(s string) sheettest.Num { return sheettest.Num(s) }

// TestRuleMatrix seeds every fault and near miss, and prints how many were found, at the right cell, and how many alarms
// were false. Both must be perfect.
func TestRuleMatrix(t *testing.T) {
	var out strings.Builder
	fmt.Fprintf(&out, "%-8s %10s %12s\n", "rule", "recall", "false alarms")
	covered := map[string]bool{}
	for _, s := range slices.Concat(sheetSeeds, rowSeeds, cellSeeds, crossSeeds, kindSeeds) {
		faults, found, misses, alarms := 0, 0, 0, 0
		for _, c := range s.cases {
			got := strings.Join(cellsOf(t, s, c), " ")
			switch {
			case c.cells != "" && got == c.cells:
				faults, found = faults+1, found+1
			case c.cells != "":
				faults++
				t.Errorf("%s, %s: found at %q, want %q", s.rule, c.name, got, c.cells)
			case got != "":
				misses, alarms = misses+1, alarms+1
				t.Errorf("%s, near miss %s: found at %q", s.rule, c.name, got)
			default:
				misses++
			}
		}
		if faults < 3 || misses < 3 {
			t.Errorf("%s has %d faults and %d near misses", s.rule, faults, misses)
		}
		covered[s.rule] = true
		fmt.Fprintf(&out, "%-8s %6d/%-3d %9d/%-3d\n", s.rule, found, faults, alarms, misses)
	}
	elsewhere := map[string]string{
		"FILE-01": "TestFileRules", "FILE-04": "TestFileRules", "FILE-02": "TestFilesThatAreNoWorkbook", "FILE-03": "package sheet", "FILE-05": "TestTextsAreRead",
		"HDR-08": "TestAMappingIsRemembered",
	}
	for _, r := range Rules {
		if !covered[r.ID] && elsewhere[r.ID] == "" {
			t.Errorf("%s has no seeds", r.ID)
		}
	}
	t.Log("\n" + out.String())
}

// cellsOf gives the cells at which a rule is found in a seeded workbook.
func cellsOf(t *testing.T, s seeds, c seeded) []string {
	t.Helper()
	b := goodList()
	if s.good != nil {
		b = s.good()
	}
	if c.change != nil {
		c.change(b)
	}
	report, _, _ := b.check(t, c.o)
	if c.o.Kind == "" && s.kind == "" && report.Kind != ledger.Subsidy || c.o.Kind == "" && s.kind != "" && report.Kind != s.kind && c.cells == "" {
		t.Errorf("%s, %s: read as %s", s.rule, c.name, report.Kind)
	}
	return found(report, s.rule)
}

func found(r Report, rule string) []string {
	var cells []string
	for _, f := range r.Findings {
		if f.Rule == rule {
			cells = append(cells, cmpOr(f.Cell, "-"))
		}
	}
	return cells
}

func cmpOr(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}
