package ingest

import (
	"context"
	"io"
	"iter"

	"mingbai/ingest/sheet"
)

// WriteTable writes rows of texts as an xlsx workbook of one sheet: what leaves the office for somebody's spreadsheet.
func WriteTable(ctx context.Context, w io.Writer, name string, widths []int, rows iter.Seq[[]string]) error {
	return sheet.WriteTable(ctx, w, name, widths, rows)
}
