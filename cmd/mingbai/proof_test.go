package main

import (
	"regexp"
	"strings"
	"testing"

	"mingbai/fixtures"
)

var proofLink = regexp.MustCompile(`href="(/proof/[^"]+)"`)

// A printed sheet proves itself while it is true: one changed character proves nothing, later books are told, and what was
// corrected since is called 已更正. Nothing on the way tells whose sheet it is.
func TestAPrintedSheetProvesItself(t *testing.T) {
	w := &taskWorld{world: newWorld(t)}
	path, truth := w.book(fixtures.One{Rows: 120, Seed: 7})
	no := w.publish(path, truth.Books[0])
	for _, h := range truth.People {
		if h.Payee != nil {
			w.she = h
		}
	}
	site := w.serve()
	sheet := func() string {
		code, page := newBrowser(t, site).lookup(w.she.Name, w.she.ID)
		m := proofLink.FindStringSubmatch(page)
		if code != 200 || m == nil {
			t.Fatalf("no proof on the page (%d):\n%s", code, page)
		}
		// What the family collects stands beside it, by name alone.
		if !strings.Contains(page, "家里人代收或享受的") || !strings.Contains(page, w.she.Payee.Name) || strings.Contains(page, w.she.Payee.ID[6:14]) {
			t.Errorf("the family's share is not told as it ought to be")
		}
		return m[1]
	}
	proves := func(path string, code int, words ...string) {
		t.Helper()
		got, page := get(t, site+path)
		for _, word := range words {
			if got != code || !strings.Contains(page, word) {
				t.Errorf("%.40s…: %d, does not say %q", path, got, word)
			}
		}
		if strings.Contains(page, w.she.Name) || strings.Contains(page, w.she.Village) {
			t.Error("the proof names whose sheet it is")
		}
	}
	first := sheet()
	proves(first, 200, "与账上一致", w.she.Payments[0].Amount.String(), "共 1 笔")
	other := "A"
	if strings.HasSuffix(first, "A") || first[20] == 'A' {
		other = "B"
	}
	proves(first[:20]+other+first[21:], 404, "核对不上")

	before, _ := w.book(fixtures.One{Rows: 120, Seed: 7, Year: 2024})
	last := truth.Books[0]
	last.Period = "2024"
	w.publish(before, last)
	proves(first, 200, "与账上一致", "又多了 1 笔")

	fix := w.ok("import", w.correction(w.she), "--fund", "GD01", "--period", "2025", "--as", "li", "--corrects", no, "--reason", "面积登记有误", "--note", "已核对")
	w.ok("certify", fix, "--as", "wang")
	w.ok("publish", fix, "--as", "wang")
	proves(first, 200, "已更正", "再打一张")
	proves(sheet(), 200, "与账上一致")
	if strings.Contains(w.log.String(), first[7:]) {
		t.Error("the log holds the code")
	}
}
