package postgres

import (
	"context"
	"crypto/rand"
	"encoding/binary"

	"github.com/jackc/pgx/v5"

	"mingbai/ledger"
)

// sampleRows is how many rows a certifier holds beside the paper at a time.
const sampleRows = 10

// Sample is a certifier's draw of rows from a batch's present revision: the same until drawn anew. The seed is random, so
// that nobody who uploads knows which rows will be looked at. Every draw is written down with its lines.
func (db *DB) Sample(ctx context.Context, login string, no int64, anew bool) (s ledger.Sample, err error) {
	err = db.write(ctx, func(tx pgx.Tx) error {
		b, _, err := db.batchFor(ctx, tx, login, no, ledger.ActCertify)
		if err != nil {
			return err
		}
		var dice [8]byte
		_, _ = rand.Read(dice[:]) // never fails
		args := pgx.NamedArgs{
			"county": db.county, "no": no, "revision": b.Revision, "login": login, "now": db.now(), "anew": anew,
			"seed": int64(binary.BigEndian.Uint64(dice[:])),
		}
		drawn, err := exec(ctx, tx, `
			insert into sample_draw as d (county, batch_no, revision, login, draw, seed, drawn_at)
			values (@county, @no, @revision, @login, 1, @seed, @now)
			on conflict (county, batch_no, revision, login) do update
				set draw = d.draw + 1, seed = excluded.seed, drawn_at = excluded.drawn_at where @anew`, args)
		if err != nil {
			return err
		}
		s.Of = b.Rows
		var seed int64
		if _, err := first(ctx, tx, func(row pgx.CollectableRow) (struct{}, error) {
			return struct{}{}, row.Scan(&s.Draw, &seed, &s.At)
		}, `select draw, seed, drawn_at from sample_draw
			where county = @county and batch_no = @no and revision = @revision and login = @login`, args); err != nil {
			return err
		}
		s.Rows, err = all(ctx, tx, scanBatchRow(b.Kind), `
			select * from (
				select `+batchRowColumns+` from (`+rowsOf(b)+`) r order by hashint8extended(line, @seed) limit @n) drawn
			order by line`,
			pgx.NamedArgs{"county": db.county, "no": no, "year": b.Period.Year(), "seed": seed, "n": sampleRows})
		if err != nil || drawn == 0 {
			return err
		}
		lines := make([]int, len(s.Rows))
		for i, r := range s.Rows {
			lines[i] = r.Line
		}
		return db.record(ctx, tx, login, "sample.draw", object(no), map[string]any{"revision": b.Revision, "draw": s.Draw, "lines": lines})
	})
	return s, err
}
