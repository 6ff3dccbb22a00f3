package sheet

import (
	"context"
	"io"
	"iter"
)

// WriteTable writes rows of texts as a workbook of one sheet. Every value is an inline string, which no program takes for a
// formula or a number, whatever it looks like. widths are those of the first columns, in characters.
func WriteTable(ctx context.Context, w io.Writer, name string, widths []int, rows iter.Seq[[]string]) error {
	return writePlain(ctx, w, textTable{name, widths, nil, rows})
}

// WriteNumbers is WriteTable where a column with a number format holds numbers: its texts are written as numbers where they
// are ones, in their very digits.
func WriteNumbers(ctx context.Context, w io.Writer, name string, widths []int, formats []string, rows iter.Seq[[]string]) error {
	return writePlain(ctx, w, textTable{name, widths, formats, rows})
}

// textTable is rows of texts as a workbook.
type textTable struct {
	name    string
	width   []int
	formats []string // of numbers, by column; empty for a text
	rows    iter.Seq[[]string]
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
				if text == "" {
					continue
				}
				cell := Cell{Row: number, Col: i + 1, Kind: Text, Text: text}
				if i < len(t.formats) && t.formats[i] != "" {
					cell.Kind, cell.Format = Number, t.formats[i]
				}
				row.Cells = append(row.Cells, cell)
			}
			if !yield(row, nil) {
				return
			}
		}
	}
}
