package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"mingbai/ledger"
)

// A document that was refused is tried again after a pause that doubles each time, up to a day.
const faultPause = time.Minute

// IndexFaults are the documents of a generation that the index would not take, the oldest first.
func (db *DB) IndexFaults(ctx context.Context, generation string) ([]ledger.IndexFault, error) {
	return all(ctx, db.pool, pgx.RowToStructByPos[ledger.IndexFault], `
		select index_name, document_id, fund, code, first_at, tries, retry_at from index_fault
		where county = @county and generation = @generation order by first_at, index_name, document_id`,
		pgx.NamedArgs{"county": db.county, "generation": generation})
}

// KeepIndexFaults notes what a generation would not take.
func (db *DB) KeepIndexFaults(ctx context.Context, generation string, faults, mended []ledger.IndexFault) error {
	return db.write(ctx, func(tx pgx.Tx) error { return db.keepFaults(ctx, tx, generation, faults, mended) })
}

func (db *DB) keepFaults(ctx context.Context, tx pgx.Tx, generation string, faults, mended []ledger.IndexFault) error {
	if len(faults) > 0 {
		index, document, fund, code := faultColumns(faults)
		if _, err := exec(ctx, tx, `
			insert into index_fault (county, generation, index_name, document_id, fund, code, first_at, retry_at)
			select distinct on (f.i, f.d) @county, @generation, f.*, @now::timestamptz, @now::timestamptz + make_interval(secs => @pause)
			from unnest(@index::text[], @document::text[], @fund::text[], @code::text[]) as f (i, d, fund, code)
			on conflict (county, generation, index_name, document_id) do update
				set code = excluded.code, tries = index_fault.tries + 1,
					retry_at = @now::timestamptz + make_interval(secs => least(@pause * 2 ^ index_fault.tries, 86400))`,
			pgx.NamedArgs{
				"county": db.county, "generation": generation, "now": db.now(), "pause": faultPause.Seconds(),
				"index": index, "document": document, "fund": fund, "code": code,
			}); err != nil {
			return err
		}
	}
	if len(mended) == 0 {
		return nil
	}
	index, document, _, _ := faultColumns(mended)
	_, err := exec(ctx, tx, `
		delete from index_fault where county = @county and generation = @generation
			and (index_name, document_id) in (select * from unnest(@index::text[], @document::text[]))`,
		pgx.NamedArgs{"county": db.county, "generation": generation, "index": index, "document": document})
	return err
}

func faultColumns(faults []ledger.IndexFault) (index, document, fund, code []string) {
	for _, f := range faults {
		index, document, fund, code = append(index, f.Index), append(document, f.Document), append(fund, f.Fund), append(code, f.Code)
	}
	return index, document, fund, code
}

// RetryIndexFaults puts the documents that are due on the outbox again.
func (db *DB) RetryIndexFaults(ctx context.Context) error {
	return db.write(ctx, func(tx pgx.Tx) error {
		n, err := exec(ctx, tx, `
			with due as (
				-- Moved on at once, so that a retry on its way is not asked for again.
				update index_fault f set retry_at = @now::timestamptz + interval '1 hour'
				from search_index i
				where f.county = @county and i.county = @county and f.generation = i.generation and f.retry_at <= @now
				returning f.index_name, f.document_id, f.fund)
			insert into search_outbox (county, person_id, village_code, fund)
			select @county, n.person_id, case when split_part(d.document_id, '-', 2) = '0' then '' else split_part(d.document_id, '-', 2) end, null
			from due d join person n on n.county = @county and n.ref = split_part(d.document_id, '-', 1)
			where d.index_name <> 'catalogue'
			union
			select @county, null, null, d.fund from due d where d.index_name = 'catalogue'`,
			pgx.NamedArgs{"county": db.county, "now": db.now()})
		if err != nil || n == 0 {
			return err
		}
		_, err = db.queue.InsertTx(ctx, tx, DrainIndex{}, nil)
		return err
	})
}

// IndexLag is how far the index is behind the books.
func (db *DB) IndexLag(ctx context.Context) (ledger.IndexLag, error) {
	return first(ctx, db.pool, func(row pgx.CollectableRow) (l ledger.IndexLag, err error) {
		var oldest *time.Time
		err = row.Scan(&l.Pending, &oldest)
		l.Oldest = orZero(oldest)
		return l, err
	}, `select count(*), min(at) from search_outbox where county = @county`, pgx.NamedArgs{"county": db.county})
}
