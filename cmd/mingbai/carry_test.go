package main

import (
	"encoding/json"
	"strings"
	"testing"

	"mingbai/ledger"
)

// A mended file keeps the reasons of rows that it did not change, wherever they stand now, with who gave them and when; a row that
// was changed wants its reason anew.
func TestReasonsGoAlongWithAMendedFile(t *testing.T) {
	w := newWorld(t)
	first := w.sheet("清册.xlsx", listHeader, []string{"张A", testID(1), "东门社区", "100"}, []string{"李四B", testID(2), "东门社区", "200"}, []string{"王五C", testID(3), "东门社区", "300"})
	no := w.imported(first, fund("2025")...)
	w.ok("explain", no, "--as", "li", "--cell", "Sheet1!A2", "--reason", "户口簿如此")
	w.ok("explain", no, "--as", "li", "--cell", "Sheet1!A3", "--reason", "本人签字如此")
	mended := w.sheet("改好.xlsx", listHeader, []string{"赵六", testID(4), "东门社区", "50"}, []string{"张A", testID(1), "东门社区", "100"},
		[]string{"李四B", testID(2), "东门社区", "201"}, []string{"王五C", testID(3), "东门社区", "300"})
	w.imported(mended, "--batch", no, "--as", "li")

	kept := func() map[string]ledger.KeptFinding {
		var list struct {
			Findings []ledger.KeptFinding `json:"findings"`
		}
		w.must(json.Unmarshal([]byte(w.ok("findings", no, "--json")), &list))
		found := map[string]ledger.KeptFinding{}
		for _, f := range list.Findings {
			found[f.Cell] = f
		}
		return found
	}
	found := kept()
	if f := found["A3"]; f.Reason != "户口簿如此" || f.By != "li" || !f.Carried || f.At.IsZero() {
		t.Errorf("an unchanged row: %+v", f)
	}
	for cell, why := range map[string]string{"A4": "a row whose amount was changed", "A5": "a row that had no reason"} {
		if f := found[cell]; f.Rule == "" || f.Reason != "" || f.Carried {
			t.Errorf("%s: %+v", why, f)
		}
	}
	if n := w.count(`select count(*) from batch_finding where row_digest is not null`); n != 3 {
		t.Errorf("%d findings with a row's digest, want 3", n)
	}
	if out := w.ok("findings", no); !strings.Contains(out, "沿用 ") {
		t.Errorf("findings:\n%s", out)
	}
	w.refused("2条“请核对”没有写明原因", "certify", no, "--as", "wang")

	// What is written anew is the clerk's own word; a third file carries that on, and a note of its own stands for all.
	w.ok("explain", no, "--as", "li", "--cell", "Sheet1!A3", "--reason", "又核对过")
	w.ok("explain", no, "--as", "li", "--reason", "与户口簿一致")
	if f := kept()["A3"]; f.Reason != "又核对过" || f.Carried {
		t.Errorf("written anew: %+v", f)
	}
	third := w.sheet("再改.xlsx", listHeader, []string{"赵六", testID(4), "东门社区", "51"}, []string{"王五C", testID(3), "东门社区", "300"}, []string{"张A", testID(1), "东门社区", "100"})
	w.imported(third, "--batch", no, "--as", "li")
	found = kept()
	if a, c := found["A4"], found["A3"]; a.Reason != "又核对过" || !a.Carried || c.Reason != "与户口簿一致" || !c.Carried {
		t.Errorf("the third file: %+v, %+v", a, c)
	}
	w.ok("certify", no, "--as", "wang")
}
