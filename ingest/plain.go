package ingest

import (
	"context"
	"errors"
	"io"
	"iter"
	"math/big"
	"strings"

	"mingbai/ingest/sheet"
	"mingbai/ledger"
)

// WriteTable writes rows of texts as an xlsx workbook of one sheet: what leaves the office for somebody's spreadsheet.
func WriteTable(ctx context.Context, w io.Writer, name string, widths []int, rows iter.Seq[[]string]) error {
	return sheet.WriteTable(ctx, w, name, widths, rows)
}

// WriteNumbers is WriteTable with numbers in the columns that have a number format.
func WriteNumbers(ctx context.Context, w io.Writer, name string, widths []int, formats []string, rows iter.Seq[[]string]) error {
	return sheet.WriteNumbers(ctx, w, name, widths, formats, rows)
}

// TableRow is a row of a plain table as it comes back: its number in the sheet and its texts by column.
type TableRow struct {
	Number int
	Texts  []string
}

// Bounds of a plain table: a county's longest list has some thousand lines.
const (
	maxTableRows    = 10_000
	maxTableColumns = 30
)

// ReadTable reads the first sheet that is not hidden, as texts and without looking for a meaning.
func ReadTable(ctx context.Context, content io.ReaderAt, size int64) (rows []TableRow, err error) {
	book, err := sheet.Open(content, size, sheet.DefaultLimits)
	if err != nil {
		return nil, unreadTable(err)
	}
	defer book.Close()
	for i, info := range book.Sheets() {
		if info.Hidden {
			continue
		}
		for row, err := range book.Rows(ctx, i) {
			if err != nil {
				return nil, unreadTable(err)
			}
			out := TableRow{Number: row.Number}
			for _, c := range row.Cells {
				if c.Col > maxTableColumns {
					return nil, ledger.Errorf(ledger.KindInvalid, "第%d行：超过%d列，不是名录的表。请用导出的表改好再传", row.Number, maxTableColumns)
				}
				for len(out.Texts) < c.Col {
					out.Texts = append(out.Texts, "")
				}
				out.Texts[c.Col-1] = plainText(c)
			}
			if strings.Join(out.Texts, "") == "" {
				continue
			}
			if rows = append(rows, out); len(rows) > maxTableRows {
				return nil, ledger.Errorf(ledger.KindInvalid, "超过%d行，请分几次导入", maxTableRows)
			}
		}
		return rows, nil
	}
	return nil, ledger.Errorf(ledger.KindInvalid, "文件里没有看得见的工作表")
}

// CellName writes a cell's place as spreadsheets do: B7.
func CellName(column, row int) string { return sheet.A1(column, row) }

// plainText is a cell's text; a whole number is written out, as a spreadsheet shows a code.
func plainText(c sheet.Cell) string {
	if n, ok := new(big.Rat).SetString(c.Text); c.Kind == sheet.Number && ok && len(c.Text) < 32 && n.IsInt() {
		return n.Num().String()
	}
	return strings.TrimSpace(c.Text)
}

func unreadTable(err error) error {
	var limit *sheet.LimitError
	var format *sheet.FormatError
	switch {
	case errors.As(err, &limit):
		return ledger.Refuse(ledger.KindInvalid, "FILE-03", "文件太大（%s），请用导出的表改好再传", limit.What)
	case errors.As(err, &format), errors.Is(err, sheet.ErrEncrypted), errors.Is(err, sheet.ErrDamaged):
		return ledger.Refuse(ledger.KindInvalid, "FILE-04", "文件读不出来。请用导出的表改好，存为 xlsx，不要加密码，再传")
	}
	return err
}
