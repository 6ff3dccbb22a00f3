package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"mingbai/ledger"
)

// Given reads what visitors were given since a stretch of time.
func (db *DB) Given(ctx context.Context, buckets [][]byte, since int) ([]ledger.Given, error) {
	return all(ctx, db.pool, pgx.RowToStructByPos[ledger.Given], `
		select bucket, slot, persons, granted from budget_given
		where county = @county and bucket = any(@buckets) and slot >= @since`,
		pgx.NamedArgs{"county": db.county, "buckets": buckets, "since": since})
}

// Give adds to what visitors were given and answers what is kept of those stretches now. Rows are taken in the order of
// their keys, so that two processes which add at once wait for each other and never in a circle.
func (db *DB) Give(ctx context.Context, list []ledger.Given) (kept []ledger.Given, err error) {
	args := pgx.NamedArgs{"county": db.county, "today": db.today()}
	var buckets [][]byte
	var slots, persons, granted []int
	var kiosks []int64
	var shown []int
	for _, g := range list {
		buckets, slots, persons, granted = append(buckets, g.Bucket), append(slots, g.Slot), append(persons, g.Persons), append(granted, g.Granted)
		if no := ledger.KioskOf(g.Bucket); no != 0 && g.Persons > 0 {
			kiosks, shown = append(kiosks, no), append(shown, g.Persons)
		}
	}
	args["buckets"], args["slots"], args["persons"], args["granted"] = buckets, slots, persons, granted
	err = pgx.BeginFunc(ctx, db.pool, func(tx pgx.Tx) error {
		kept, err = all(ctx, tx, pgx.RowToStructByPos[ledger.Given], `
			insert into budget_given as t (county, bucket, slot, persons, granted)
			select @county, g.* from unnest(@buckets::bytea[], @slots::int[], @persons::int[], @granted::int[]) g order by 2, 3
			on conflict (county, bucket, slot) do update
				set persons = t.persons + excluded.persons, granted = t.granted + excluded.granted
			returning bucket, slot, persons, granted`, args)
		if err != nil || kiosks == nil {
			return err
		}
		args["kiosks"], args["shown"] = kiosks, shown
		_, err = exec(ctx, tx, `
			insert into kiosk_use as t (county, kiosk_no, day, persons)
			select @county, g.no, @today, sum(g.n)::int
			from unnest(@kiosks::bigint[], @shown::int[]) g (no, n)
			where exists (select from kiosk k where k.county = @county and k.kiosk_no = g.no)
			group by g.no order by g.no
			on conflict (county, kiosk_no, day) do update set persons = t.persons + excluded.persons`, args)
		return err
	})
	return kept, ours(err)
}

// Once is true for the first who comes with a mark.
func (db *DB) Once(ctx context.Context, mark []byte, until time.Time) (bool, error) {
	_, err := one[bool](ctx, db.pool, `
		insert into challenge_used (county, mark, until) values (@county, @mark, @until) on conflict do nothing returning true`,
		pgx.NamedArgs{"county": db.county, "mark": mark, "until": until})
	if errors.Is(err, ledger.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// sweepHarvest forgets who was shown how many after a day, and touched traps and what kiosks were used for after a year.
func (db *DB) sweepHarvest(ctx context.Context) error {
	args := pgx.NamedArgs{
		"county": db.county, "now": db.now(), "today": db.today(),
		"slot": int(db.now().Unix()/(60*ledger.BudgetSlot)) - ledger.BudgetKept,
	}
	for _, sql := range []string{
		`delete from budget_given where county = @county and slot < @slot`,
		`delete from challenge_used where county = @county and until < @now`,
		`delete from trap_touch where county = @county and day < @today`,
		`delete from harvest_alarm where county = @county and day < @today::date - 365`,
		`delete from kiosk_use where county = @county and day < @today::date - 365`,
	} {
		if _, err := exec(ctx, db.pool, sql, args); err != nil {
			return err
		}
	}
	return nil
}
