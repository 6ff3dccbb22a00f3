package sheet_test

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"mingbai/ingest/sheet"
	"mingbai/ingest/sheet/sheettest"
)

// TestXLSSharedTextsCutAnywhere makes records so short that texts are cut at every place: between two characters, before
// the first, within runs and phonetic guides, and where the characters' width changes.
func TestXLSSharedTextsCutAnywhere(t *testing.T) {
	texts := []sheettest.Rich{
		{Text: "清泉县abc"},
		{},
		{Text: "plain"},
		{Text: "é甲 mixed 乙", Runs: 3},
		{Text: "丙", Phonetic: 17},
		{Text: "both丁", Runs: 2, Phonetic: 9},
		{Text: "𠮷野 and a long tail of Latin letters"},
		{Text: strings.Repeat("长", 40)},
	}
	var want []string
	for _, s := range texts {
		want = append(want, s.Text)
	}
	for most := 16; most < 200; most++ {
		var records []sheettest.Record
		for i := range texts {
			records = append(records, cellRec(0xFD, i+1, 1, 0, u32(i)))
		}
		content := sheettest.XLS{
			Globals: append(sheettest.SST(most, texts...), rec(0xFF, u16(8))),
			Sheets:  []sheettest.XLSSheet{{Name: "表", Records: records}},
		}.Bytes()
		got := make([]string, len(texts))
		for _, c := range cells(t, openXLS(t, content), 0) {
			got[c.Row-1] = c.Text
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("records of %d bytes:\ngot  %q\nwant %q", most, got, want)
		}
	}
}

// TestXLSFewerSharedTextsThanSaid: what matters is that those are there which cells refer to.
func TestXLSFewerSharedTextsThanSaid(t *testing.T) {
	content := sheettest.XLS{
		Globals: recs(rec(0xFC, u32(9), u32(9), sheettest.XLString("甲", 2))),
		Sheets:  []sheettest.XLSSheet{{Name: "表", Records: recs(cellRec(0xFD, 1, 1, 0, u32(0)))}},
	}.Bytes()
	if rows, err := readXLS(content, sheet.DefaultLimits); err != nil || showXLS(rows) != "A1=Text:甲" {
		t.Error(rows, err)
	}
}

func TestXLSSurrogates(t *testing.T) {
	for name, c := range map[string]struct {
		units []u16
		want  string
	}{
		"pair":           {[]u16{0xD842, 0xDFB7}, "𠮷"},
		"first alone":    {[]u16{0xD842, 'a'}, "\uFFFDa"},
		"second alone":   {[]u16{0xDFB7, 'a'}, "\uFFFDa"},
		"first at end":   {[]u16{'a', 0xD842}, "a\uFFFD"},
		"first, pair":    {[]u16{0xD842, 0xD842, 0xDFB7}, "\uFFFD𠮷"},
		"replacement":    {[]u16{0xFFFD, 'b'}, "\uFFFDb"},
		"not changed":    {[]u16{'_', 'x', '0', '0', '4', '1', '_'}, "_x0041_"},
		"a NUL and more": {[]u16{'a', 0, '\n'}, "a\x00\n"},
	} {
		rows, err := readXLS(oneXLS(cellRec(0x204, 1, 1, 0, u16(len(c.units)), uint8(1), c.units)), sheet.DefaultLimits)
		if err != nil || rows[0].Cells[0].Text != c.want {
			t.Errorf("%s: %v %v", name, rows, err)
		}
	}
}

// BenchmarkXLS reads the largest sheet that the format has.
func BenchmarkXLS(b *testing.B) {
	var rows [][]any
	for i := range 65_536 {
		rows = append(rows, []any{
			i + 1, fmt.Sprintf("户主%d", i), "990121197001010010", "张庄村", "三组", 12.5, 83.94, 1049.25, "6217000000000000000",
			sheettest.Date("45717"), "已核对",
			sheettest.Cached{Value: float64(i) / 4},
		})
	}
	content := sheettest.WriteXLS(b, sheettest.Sheet{Name: "表", Rows: rows})
	b.SetBytes(int64(len(content)))
	b.ReportAllocs()
	for b.Loop() {
		w := openXLS(b, content)
		n := 0
		for _, err := range w.Rows(context.Background(), 0) {
			if err != nil {
				b.Fatal(err)
			}
			n++
		}
		if n != len(rows) {
			b.Fatal(n)
		}
	}
	b.ReportMetric(float64(b.N*len(rows))/b.Elapsed().Seconds(), "rows/s")
}
