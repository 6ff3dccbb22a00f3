package sheet_test

import (
	"bytes"
	"context"
	"errors"
	"reflect"
	"testing"
	"unicode/utf8"

	"mingbai/ingest/sheet"
)

// fuzzLimits keep single runs short.
var fuzzLimits = sheet.Limits{Unzipped: 8 << 20, Rows: 20_000, Merges: 20_000}

// FuzzXLSX feeds any bytes.
func FuzzXLSX(f *testing.F) {
	for _, content := range xlsxSamples(f) {
		f.Add(content)
		f.Add(repack(f, content, nil))
		f.Add(content[:len(content)/2])
	}
	f.Fuzz(func(t *testing.T, content []byte) { readWell(t, content, fuzzLimits) })
}

// FuzzXLSXParts feeds any bytes as the parts of a whole zip: changed at random, a zip's own checksums stop most files
// before their XML is looked at.
func FuzzXLSXParts(f *testing.F) {
	for _, o := range odd {
		f.Add(o.parts[sheetPart], o.parts[stringsPart], o.parts[workbookPart], o.parts[relsPart], o.parts[stylesPart])
	}
	f.Fuzz(func(t *testing.T, sheetXML, strings, workbook, rels, styles string) {
		content := blankBook().with(sheetPart, sheetXML).with(stringsPart, strings).with(workbookPart, workbook).with(relsPart, rels).with(stylesPart, styles).pack(t)
		all, err := readWell(t, content, fuzzLimits)
		if err != nil {
			return
		}
		// Where the buffer ends must make no difference, but for tags that are longer; nor where the texts are.
		sheet.WithBuffer(256, func() {
			limits := fuzzLimits
			limits.SharedMemory = 1
			again, err := readWell(t, content, limits)
			if err == nil && !reflect.DeepEqual(all, again) {
				t.Errorf("through a small buffer, texts on disk, %v, through a large one %v", again, all)
			}
		})
	})
}

// found is all that a workbook gives.
type found struct {
	Layouts []sheet.Layout
	Rows    []sheet.Row
}

// readWell reads all there is and looks whether it keeps what the package promises.
func readWell(t *testing.T, content []byte, limits sheet.Limits) (all found, err error) {
	w, err := sheet.Open(bytes.NewReader(content), int64(len(content)), limits)
	if err != nil {
		return all, wellKnown(t, err)
	}
	defer w.Close()
	for i := range min(len(w.Sheets()), 3) {
		layout, err := w.Layout(i)
		if err != nil {
			return all, wellKnown(t, err)
		}
		all.Layouts = append(all.Layouts, layout)
		for _, m := range layout.Merges {
			if m.Top < 1 || m.Left < 1 || m.Bottom < m.Top || m.Right < m.Left || m.Right > 1<<14 || m.Bottom > 1<<20 {
				t.Errorf("merge %+v", m)
			}
		}
		row := 0
		for r, err := range w.Rows(context.Background(), i) {
			if err != nil {
				return all, wellKnown(t, err)
			}
			if r.Number <= row || len(r.Cells) == 0 {
				t.Errorf("row %d after %d", r.Number, row)
			}
			row = r.Number
			col := 0
			for _, c := range r.Cells {
				if c.Row != row || c.Col <= col || (c.Kind == sheet.Empty) != (c.Text == "") || c.Kind == sheet.Empty && !c.Formula || !utf8.ValidString(c.Text) || !utf8.ValidString(c.Format) {
					t.Errorf("cell %+v in row %d after column %d", c, row, col)
				}
				col = c.Col
			}
			r.Cells = append([]sheet.Cell(nil), r.Cells...)
			all.Rows = append(all.Rows, r)
		}
	}
	return all, nil
}

func wellKnown(t *testing.T, err error) error {
	var limit *sheet.LimitError
	var format *sheet.FormatError
	var text *sheet.TextError // what the fuzzer makes of a workbook may be a csv
	if !errors.Is(err, sheet.ErrDamaged) && !errors.Is(err, sheet.ErrEncrypted) && !errors.As(err, &limit) && !errors.As(err, &format) &&
		!errors.As(err, &text) {
		t.Errorf("an error of no known kind: %v", err)
	}
	return err
}
