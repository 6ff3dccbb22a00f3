package ingest

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"testing"

	"mingbai/ingest/sheet"
	"mingbai/ingest/sheet/sheettest"
	"mingbai/ledger"
)

// workbook is a workbook in memory, for rules about what no writer of tests can write: hidden rows, formats, formulas
// with results.
type workbook struct {
	pages    []*page
	date1904 bool
}

type page struct {
	sheettest.Sheet
	hiddenRows []int
	hiddenCols []sheet.Span
}

// Cells beside those of sheettest.
type (
	bad        string // an error value: #REF!
	calculated string // a number that a formula came to
	coded      struct{ digits, format string }
)

func bookOf(sheets ...sheettest.Sheet) *workbook {
	b := &workbook{}
	for _, s := range sheets {
		b.pages = append(b.pages, &page{Sheet: s})
	}
	return b
}

// set puts values at addresses of the first sheet: set("F6", "x", "G6", 3). Rows grow as needed.
func (b *workbook) set(pairs ...any) {
	s := &b.pages[0].Sheet
	for i := 0; i < len(pairs); i += 2 {
		col, row := 0, 0
		for _, r := range pairs[i].(string) {
			if r >= 'A' {
				col = col*26 + int(r-'A') + 1
			} else {
				row = row*10 + int(r-'0')
			}
		}
		for len(s.Rows) < row {
			s.Rows = append(s.Rows, nil)
		}
		for len(s.Rows[row-1]) < col {
			s.Rows[row-1] = append(s.Rows[row-1], nil)
		}
		s.Rows[row-1][col-1] = pairs[i+1]
	}
}

func (b *workbook) Format() sheet.Format { return sheet.XLSX }
func (b *workbook) Date1904() bool       { return b.date1904 }
func (b *workbook) Close() error         { return nil }

func (b *workbook) Sheets() []sheet.Info {
	var out []sheet.Info
	for _, p := range b.pages {
		out = append(out, sheet.Info{Name: p.Name, Hidden: p.Hidden})
	}
	return out
}

func (b *workbook) Layout(i int) (sheet.Layout, error) {
	l := sheet.Layout{HiddenColumns: b.pages[i].hiddenCols}
	for _, m := range b.pages[i].Merges {
		var c1, c2 string
		var from, to sheet.Merge
		if _, err := fmt.Sscanf(m, "%1s%d:%1s%d", &c1, &from.Top, &c2, &to.Top); err != nil {
			return l, err
		}
		l.Merges = append(l.Merges, sheet.Merge{Top: from.Top, Left: int(c1[0]-'A') + 1, Bottom: to.Top, Right: int(c2[0]-'A') + 1})
	}
	return l, nil
}

func (b *workbook) Rows(_ context.Context, i int) iter.Seq2[sheet.Row, error] {
	return func(yield func(sheet.Row, error) bool) {
		for n, values := range b.pages[i].Sheet.Rows {
			r := sheet.Row{Number: n + 1, Hidden: slices.Contains(b.pages[i].hiddenRows, n+1)}
			for col, v := range values {
				if c, ok := cellOf(v); ok {
					c.Row, c.Col = n+1, col+1
					r.Cells = append(r.Cells, c)
				}
			}
			if len(r.Cells) > 0 && !yield(r, nil) {
				return
			}
		}
	}
}

func cellOf(v any) (c sheet.Cell, ok bool) {
	switch v := v.(type) {
	case nil:
		return c, false
	case string:
		return sheet.Cell{Kind: sheet.Text, Text: v}, true
	case sheettest.Num:
		return sheet.Cell{Kind: sheet.Number, Text: string(v)}, true
	case sheettest.Date:
		return sheet.Cell{Kind: sheet.Date, Text: string(v)}, true
	case sheettest.Formula:
		return sheet.Cell{Formula: true}, true
	case bad:
		return sheet.Cell{Kind: sheet.Error, Text: string(v), Formula: true}, true
	case calculated:
		return sheet.Cell{Kind: sheet.Number, Text: string(v), Formula: true}, true
	case coded:
		return sheet.Cell{Kind: sheet.Number, Text: v.digits, Format: v.format}, true
	}
	return sheet.Cell{Kind: sheet.Number, Text: fmt.Sprint(v)}, true
}

// check runs the rules over the workbook.
func (b *workbook) check(t testing.TB, o Options) (Report, []ledger.Row, []ledger.Record) {
	t.Helper()
	var rows []ledger.Row
	var records []ledger.Record
	o.Records = func(r ledger.Record) error { records = append(records, r); return nil }
	words, err := o.validate()
	if err != nil {
		t.Fatal(err)
	}
	k := newCheck(t.Context(), "清册.xlsx", o, words, func(r ledger.Row) error { rows = append(rows, r); return nil })
	report, err := k.finish(k.read(b))
	if err != nil {
		t.Fatal(err)
	}
	return report, rows, records
}
