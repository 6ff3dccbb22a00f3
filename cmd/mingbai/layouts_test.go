package main

import (
	"cmp"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"mingbai/fixtures"
	"mingbai/ingest"
	"mingbai/ledger"
)

var update = flag.Bool("update", false, "write the goldens anew")

// Recognition is measured on workbooks whose makers did not write the reader: every layout in every variation and format
// must come out as its truth says. What came out stands in testdata/layouts, a file for each, for people to read; a golden
// written anew can bless no mistake, because the truth is the generator's own.
func TestEveryLayoutIsRecognised(t *testing.T) {
	dir, goldens := t.TempDir(), filepath.Join("testdata", "layouts")
	truth, err := fixtures.GenerateLayouts(t.Context(), dir, 1)
	if err != nil {
		t.Fatal(err)
	}
	formats, layouts := tally{}, tally{}
	files := map[string]bool{}
	for _, f := range truth.Files {
		r := checked(t, filepath.Join(dir, f.File), ingest.Options{})
		wrong := recognisedWrong(f, r)
		if g := golden(t, filepath.Join(goldens, f.File+".golden"), described(r)); g != "" {
			wrong = append(wrong, g)
		}
		if len(wrong) > 0 {
			t.Errorf("%s（%s）:\n  %s", f.File, f.Variation, strings.Join(wrong, "\n  "))
		}
		files[f.File+".golden"] = true
		formats.count(f.Format, len(wrong) == 0)
		layouts.count(fmt.Sprintf("layout %2d", f.Layout), len(wrong) == 0)
	}
	for _, e := range must1(os.ReadDir(goldens)) {
		if !files[e.Name()] {
			t.Errorf("%s is no layout's golden", e.Name())
		}
	}
	all := tally{}
	for _, s := range formats {
		all.add("all", s)
	}
	t.Logf("recognised whole:\n%s%s%s", formats, layouts, all)
}

// tally counts what is right of how many, by name.
type tally map[string][2]int

func (c tally) count(name string, right bool) {
	s := [2]int{0, 1}
	if right {
		s[0] = 1
	}
	c.add(name, s)
}

func (c tally) add(name string, s [2]int) { c[name] = [2]int{c[name][0] + s[0], c[name][1] + s[1]} }

func (c tally) String() string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(c)) {
		fmt.Fprintf(&b, "  %-10s %3d of %3d\n", name, c[name][0], c[name][1])
	}
	return b.String()
}

func must1[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// golden compares with a file, or writes it anew; it says what is wrong.
func golden(t *testing.T, path, got string) string {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		return err.Error()
	}
	if got != string(want) {
		return fmt.Sprintf("differs from its golden (go test ./cmd/mingbai -run Layout -update writes it anew):\n%s", got)
	}
	return ""
}

// described is what was recognised, for a reader's eye: no names, no numbers of persons.
func described(r ingest.Report) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s: %d rows, %v\n", r.Format, r.Kind, r.Rows, r.Total)
	for _, s := range r.Sheets {
		if why := leftOut(r, s); why != "" {
			fmt.Fprintf(&b, "sheet %s is left out: %s\n", s.Name, why)
			continue
		}
		fmt.Fprintf(&b, "sheet %s 「%s」 unit %s, header %v, rows %d–%d: %d rows, %v", s.Name, s.Title, cmp.Or(s.Unit, "not told"), s.HeaderRows, s.FirstRow, s.LastRow, s.Rows, s.Total)
		if s.StatedTotal != nil {
			fmt.Fprintf(&b, ", stated %v", *s.StatedTotal)
		}
		b.WriteString("\n")
		for _, c := range s.Columns {
			fmt.Fprintf(&b, "  %-4s %s → %s\n", c.Cell, c.Label, c.Field)
		}
	}
	for _, f := range r.Findings {
		if f.Severity == ledger.Fatal {
			fmt.Fprintf(&b, "asks %s at %s!%s: %s\n", f.Rule, f.Sheet, f.Cell, f.Message)
		}
	}
	return b.String()
}

// leftOut is the rule that a sheet was left out by; empty for a sheet of data.
func leftOut(r ingest.Report, s ingest.Sheet) string {
	for _, f := range r.Findings {
		if f.Sheet == s.Name && (f.Rule == "SHT-01" || f.Rule == "SHT-06") {
			return f.Rule
		}
	}
	return ""
}

// leftOutBy is the rule that leaves a sheet of a role out.
var leftOutBy = map[string]string{fixtures.RoleHidden: "SHT-01", fixtures.RoleSummary: "SHT-06"}

// sameAs are columns for which the generator and the dictionary have each a name: towns and agencies that are given money
// or staff are units, and the subjects of a budget have names of their own.
var sameAs = map[string]string{
	"allocation town": "unit_name", "post agency_name": "unit_name",
	"budget project_code": "subject_code", "budget project_name": "subject_name", "budget amount": "total",
}

func recognisedWrong(f fixtures.LayoutFile, r ingest.Report) (wrong []string) {
	say := func(what string, got, want any) {
		if !reflect.DeepEqual(got, want) {
			wrong = append(wrong, fmt.Sprintf("%s %v, want %v", what, got, want))
		}
	}
	asks := []string(nil)
	for _, g := range r.Findings {
		if g.Severity == ledger.Fatal {
			asks = append(asks, g.Rule)
		}
	}
	settled := !slices.Contains(f.Asks, "HDR-05") // without a unit there is no total before the clerk has answered
	say("format", strings.TrimSuffix(r.Format, "2003"), f.Format)
	say("kind", string(r.Kind), f.Kind)
	say("asks", asks, f.Asks)
	say("rows", r.Rows, f.Rows)
	if settled {
		say("total", r.Total, f.Total)
	}
	say("sheets", len(r.Sheets), len(f.Sheets))
	for _, want := range f.Sheets {
		i := slices.IndexFunc(r.Sheets, func(s ingest.Sheet) bool { return s.Name == want.Name || want.Name == "" })
		if i < 0 {
			wrong = append(wrong, "sheet "+want.Name+" is missing")
			continue
		}
		got, in := r.Sheets[i], want.Name+" "
		say(in+"state", got.State, want.State)
		say(in+"left out by", leftOut(r, got), leftOutBy[want.Role])
		if want.Role != fixtures.RoleData {
			continue
		}
		say(in+"title", plain(got.Title), plain(want.Title))
		say(in+"header", got.HeaderRows, want.HeaderRows)
		say(in+"unit", got.Unit, want.Unit)
		say(in+"rows", got.Rows, want.Rows)
		say(in+"first row", got.FirstRow, want.FirstRow)
		say(in+"last row", got.LastRow, want.LastRow)
		if settled {
			say(in+"total", got.Total, want.Total)
			say(in+"stated total", got.StatedTotal, want.StatedTotal)
		}
		say(in+"columns", len(got.Columns), len(want.Columns))
		for j, c := range want.Columns[:min(len(want.Columns), len(got.Columns))] {
			had := got.Columns[j]
			say(in+"column", had.Cell, c.Cell)
			if label := plainLabel(c.Label); !strings.HasSuffix(plain(had.Label), label) {
				say(in+c.Cell+" label", had.Label, label)
			}
			if c.Field != "" && had.Field != sameAs[f.Kind+" "+c.Field] {
				say(in+c.Cell+" field", had.Field, c.Field)
			}
		}
	}
	return wrong
}

// plain is a text without blanks and with its brackets narrow: titles and labels are compared by what they say.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, norm.NFKC.String(s))
}

var unitInBrackets = regexp.MustCompile(`\((?:元|万元|亩|人|元/亩|元/人)\)`)

// plainLabel leaves out what is not the column's name: the star of what is required, and the unit.
func plainLabel(s string) string {
	return unitInBrackets.ReplaceAllString(strings.ReplaceAll(plain(s), "*", ""), "")
}
