package main

import (
	"context"

	"mingbai/ingest"
	"mingbai/ingest/apart"
	"mingbai/ledger/postgres"
)

// lists are the books' code lists, with a reader of workbooks to import.
type lists struct {
	*postgres.DB
	reader *apart.Reader
}

// Table reads a workbook in a process of its own.
func (l lists) Table(ctx context.Context, content []byte) ([]ingest.TableRow, error) {
	f, err := apart.Hold(content)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return l.reader.Table(ctx, f)
}
