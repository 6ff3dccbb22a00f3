package sheet

import (
	"context"
	"io"
	"iter"
)

// WriteTable writes rows of texts as a workbook of one sheet. Every value is an inline string, which no program takes for a
// formula or a number, whatever it looks like. widths are those of the first columns, in characters.
func WriteTable(ctx context.Context, w io.Writer, name string, widths []int, rows iter.Seq[[]string]) error {
	return writePlain(ctx, w, textTable{name, widths, rows})
}

// textTable is rows of texts as a workbook.
type textTable struct {
	name  string
	width []int
	rows  iter.Seq[[]string]
}

func (t textTable) Format() Format             { return XLSX }
func (t textTable) Date1904() bool             { return false }
func (t textTable) Close() error               { return nil }
func (t textTable) Sheets() []Info             { return []Info{{Name: t.name}} }
func (t textTable) Layout(int) (Layout, error) { return Layout{}, nil }
func (t textTable) widths() []int              { return t.width }

func (t textTable) Rows(context.Context, int) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		number := 0
		for texts := range t.rows {
			number++
			row := Row{Number: number}
			for i, text := range texts {
				if text != "" {
					row.Cells = append(row.Cells, Cell{Row: number, Col: i + 1, Kind: Text, Text: text})
				}
			}
			if !yield(row, nil) {
				return
			}
		}
	}
}
