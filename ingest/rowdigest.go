package ingest

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"mingbai/ingest/sheet"
	"mingbai/ledger"
)

// digestRows gives each warning about a cell the keyed digest of its row, by reading the sheets that have any once more: which
// rows will be warned of shows only when all are read, and to digest every row would cost every file.
func (k *check) digestRows(book sheet.Workbook) error {
	wanted := map[int]map[int][]int{} // sheet → row → findings
	if len(k.options.RowKey) == 0 {
		return nil
	}
	for i, f := range k.found.list {
		if f.Severity != ledger.Warn || f.Cell == "" {
			continue
		}
		if wanted[f.index] == nil {
			wanted[f.index] = map[int][]int{}
		}
		wanted[f.index][f.row] = append(wanted[f.index][f.row], i)
	}
	for i := range book.Sheets() {
		rows := wanted[i+1]
		if len(rows) == 0 {
			continue
		}
		left := len(rows)
		for row, err := range book.Rows(k.ctx, i) {
			if err != nil {
				return err
			}
			if rows[row.Number] == nil {
				continue
			}
			digest := rowDigest(k.options.RowKey, row)
			for _, n := range rows[row.Number] {
				k.found.list[n].Row = digest
			}
			if left--; left == 0 {
				break
			}
		}
	}
	return nil
}

// rowDigest stands for what is written in a row, cell by cell, wherever the row stands.
func rowDigest(key []byte, row sheet.Row) string {
	h := hmac.New(sha256.New, key)
	for _, c := range row.Cells {
		if !c.Blank() {
			fmt.Fprintf(h, "%d %q\n", c.Col, c.Text)
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}
