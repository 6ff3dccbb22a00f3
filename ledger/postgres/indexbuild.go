package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"mingbai/ledger"
)

// IndexBuild is the generation that is being filled and how far it is; the zero value when there is none.
func (db *DB) IndexBuild(ctx context.Context) (b ledger.IndexBuild, err error) {
	args := pgx.NamedArgs{"county": db.county}
	b, err = first(ctx, db.pool, func(row pgx.CollectableRow) (b ledger.IndexBuild, err error) {
		err = row.Scan(&b.Generation, &b.Started)
		return b, err
	}, `select generation, started_at from index_build where county = @county`, args)
	if errors.Is(err, ledger.ErrNotFound) {
		return b, nil
	}
	if err != nil {
		return b, err
	}
	b.Parts, err = all(ctx, db.pool, pgx.RowToStructByPos[ledger.IndexPart], `
		select index_name, last_id, documents, complete from index_build_part where county = @county`, args)
	return b, err
}

// DropIndexBuild forgets a build that cannot be gone on with.
func (db *DB) DropIndexBuild(ctx context.Context) error {
	return db.write(ctx, func(tx pgx.Tx) error { return db.dropIndexBuild(ctx, tx) })
}

func (db *DB) dropIndexBuild(ctx context.Context, tx pgx.Tx) error {
	for _, table := range []string{"index_build", "index_build_outbox"} {
		if _, err := exec(ctx, tx, `delete from `+table+` where county = @county`, pgx.NamedArgs{"county": db.county}); err != nil {
			return err
		}
	}
	return nil
}

// BeginIndexBuild forgets an earlier build and begins to keep for this one what leaves the outbox. A change that left it
// unkept was in the books before this is committed, so that whoever reads them from here on sees it.
func (db *DB) BeginIndexBuild(ctx context.Context, generation string) error {
	return db.write(ctx, func(tx pgx.Tx) error {
		if err := db.dropIndexBuild(ctx, tx); err != nil {
			return err
		}
		args := pgx.NamedArgs{"county": db.county, "generation": generation, "now": db.now()}
		for _, sql := range []string{
			`delete from index_fault where county = @county and generation = @generation`,
			`insert into index_build (county, generation, started_at) values (@county, @generation, @now)`,
		} {
			if _, err := exec(ctx, tx, sql, args); err != nil {
				return err
			}
		}
		return nil
	})
}

// SaveIndexBuild notes how far one index of the build is.
func (db *DB) SaveIndexBuild(ctx context.Context, p ledger.IndexPart) error {
	_, err := exec(ctx, db.pool, `
		insert into index_build_part (county, index_name, last_id, documents, complete)
		values (@county, @index, @last, @documents, @complete)
		on conflict (county, index_name) do update
			set last_id = excluded.last_id, documents = excluded.documents, complete = excluded.complete`,
		pgx.NamedArgs{"county": db.county, "index": p.Index, "last": p.Last, "documents": p.Documents, "complete": p.Complete})
	return err
}

// PendingIndexBuild reads the next stretch, from after a change on, of what changed since the build began.
func (db *DB) PendingIndexBuild(ctx context.Context, after int64, limit int) (ledger.IndexChanges, error) {
	return db.pending(ctx, "index_build_outbox", after, limit)
}

// DoneIndexBuild forgets what the build has been told.
func (db *DB) DoneIndexBuild(ctx context.Context, generation string, done ledger.IndexDone) error {
	return db.write(ctx, func(tx pgx.Tx) error {
		if _, err := exec(ctx, tx, `delete from index_build_outbox where county = @county and seq = any(@seqs)`,
			pgx.NamedArgs{"county": db.county, "seqs": done.Seqs}); err != nil {
			return err
		}
		return db.keepFaults(ctx, tx, generation, done.Faults, done.Mended)
	})
}
