package postgres

import (
	"context"
	"encoding/hex"
	"strings"

	"github.com/jackc/pgx/v5"

	"mingbai/ledger"
)

// explained is what a reason was given for: what a rule saw in a column of a row, by everything that stands in the row. The
// row's number does not count: rows above it may have come and gone.
type explained struct {
	rule, column, row string
}

// explainedBy says what a finding's reason would be for; false for one that is not about a row.
func explainedBy(f ledger.Finding) (explained, bool) {
	return explained{f.Rule, strings.TrimRight(f.Cell, "0123456789"), f.Row}, f.Severity == ledger.Warn && f.Row != "" && f.Cell != ""
}

// givenReasons are the clerks' reasons of a batch's present file, which a mended one takes over where nothing has changed.
func (db *DB) givenReasons(ctx context.Context, tx pgx.Tx, no int64) (map[explained]ledger.KeptFinding, error) {
	found, err := all(ctx, tx, scanFinding, `
		select `+findingColumns+` from batch_finding f
		where f.county = @county and f.batch_no = @no and f.severity = 'W' and f.reason <> '' and f.row_digest is not null order by f.seq`,
		pgx.NamedArgs{"county": db.county, "no": no})
	given := map[explained]ledger.KeptFinding{}
	for _, f := range found {
		if what, ok := explainedBy(f.Finding); ok {
			given[what] = f
		}
	}
	return given, err
}

// digestBytes is a row's digest as the books keep it; nil for none.
func digestBytes(row string) []byte {
	b, err := hex.DecodeString(row)
	if err != nil || len(b) == 0 {
		return nil
	}
	return b
}
