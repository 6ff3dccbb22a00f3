package postgres_test

import (
	"fmt"
	"strings"
	"testing"

	"mingbai/ledger"
)

const newHamlet = "990121101203" // 柳门镇新民村

// What a batch makes of its period is a warning like any other: nothing is certified before the clerk has given a reason.
func TestASwingAgainstTheLastPeriodNeedsAReason(t *testing.T) {
	t.Parallel()
	people := func(from, n int, village string, fen ledger.Fen) (rows []ledger.StagedRow) {
		for i := from; i < from+n; i++ {
			rows = append(rows, row(i+1, fmt.Sprintf("人%d", i), fmt.Sprint("id", i), village, "1组", fen))
		}
		return rows
	}
	two := append(people(0, 10, willow, 100), people(10, 10, bridge, 100)...)
	three := append(two[:20:20], people(20, 10, newHamlet, 100)...)
	for _, c := range []struct {
		name        string
		before, now []ledger.StagedRow
		says        string // the warnings; empty for none
	}{
		{"the first period", nil, two, ""},
		{"as before", two, two, ""},
		{"a little more", two, append(people(0, 10, willow, 120), people(10, 10, bridge, 120)...), ""},
		{"much more", two, append(people(0, 10, willow, 140), people(10, 10, bridge, 140)...), "与上期相比总额变化+40%"},
		{"fewer people, the same sum", two, append(people(0, 7, willow, 140), people(10, 8, bridge, 128)...), "与上期相比人数变化-25%"},
		{"one of two villages", two, people(0, 10, willow, 200), "与上期相比人数变化-50% 与上期相比缺少柳门镇石桥村（上期10行）"},
		{"one of three villages, as before", three, people(0, 10, willow, 100), ""},
		{"one of three villages, grown", three, people(0, 10, willow, 150), "与上期相比总额变化+50%"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			b.must(b.SaveRegions(t.Context(), "test", []ledger.Region{{Code: newHamlet, Parent: "990121101", Name: "新民村"}}))
			if c.before != nil {
				b.publish("GD", "2024", c.before...)
			}
			no := b.upload("GD", "2025", c.now...)
			kept, err := b.Findings(t.Context(), no)
			b.must(err)
			var said []string
			for _, f := range kept {
				said = append(said, f.Message)
			}
			if got := strings.Join(said, " "); got != c.says {
				t.Fatalf("warnings %q, want %q", got, c.says)
			}
			if c.says != "" {
				err := b.Certify(t.Context(), no, "zhao", "r1")
				if !strings.Contains(ledger.MessageOf(err), "（XB-03") {
					t.Errorf("certified without a reason: %v", err)
				}
				b.explain(no)
			}
			b.must(b.Certify(t.Context(), no, "zhao", "r1"))
			b.whole()
		})
	}
}
