package postgres

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"mingbai/ledger"
)

// Kiosks are all kiosks, those in use first.
func (db *DB) Kiosks(ctx context.Context) ([]ledger.Kiosk, error) {
	return all(ctx, db.pool, func(row pgx.CollectableRow) (k ledger.Kiosk, err error) {
		var registered, revoked *time.Time
		err = row.Scan(&k.No, &k.Name, &k.Place, &k.MadeAt, &registered, &revoked, &k.Today, &k.Month,
			&k.Used.Visits, &k.Used.Lookups, &k.Used.Searches, &k.Used.Inquiries,
			&k.UsedMonth.Visits, &k.UsedMonth.Lookups, &k.UsedMonth.Searches, &k.UsedMonth.Inquiries)
		k.Registered, k.Revoked = orZero(registered), orZero(revoked)
		return k, err
	}, `
		select k.kiosk_no, k.name, k.place, k.made_at, k.registered_at, k.revoked_at,
			coalesce(sum(u.persons) filter (where u.day = @today), 0)::int, coalesce(sum(u.persons), 0)::int,
			coalesce(sum(u.visits) filter (where u.day = @today), 0)::int, coalesce(sum(u.lookups) filter (where u.day = @today), 0)::int,
			coalesce(sum(u.searches) filter (where u.day = @today), 0)::int, coalesce(sum(u.inquiries) filter (where u.day = @today), 0)::int,
			coalesce(sum(u.visits), 0)::int, coalesce(sum(u.lookups), 0)::int, coalesce(sum(u.searches), 0)::int, coalesce(sum(u.inquiries), 0)::int
		from kiosk k
		left join kiosk_use u on u.county = k.county and u.kiosk_no = k.kiosk_no and u.day > @today::date - 30
		where k.county = @county
		group by k.kiosk_no, k.name, k.place, k.made_at, k.registered_at, k.revoked_at
		order by k.revoked_at is not null, k.kiosk_no`,
		pgx.NamedArgs{"county": db.county, "today": db.today()})
}

// AddKiosk adds a kiosk by the keyed hash of its key.
func (db *DB) AddKiosk(ctx context.Context, by string, k ledger.Kiosk, keyHash []byte) (no int64, err error) {
	if _, fault := k.Fault(); fault != "" {
		return 0, ledger.Errorf(ledger.KindInvalid, "%s", fault)
	}
	args := pgx.NamedArgs{
		"county": db.county, "name": strings.TrimSpace(k.Name), "place": strings.TrimSpace(k.Place), "hash": keyHash, "by": by, "now": db.now(),
	}
	err = db.write(ctx, func(tx pgx.Tx) error {
		if _, err := db.officerFor(ctx, tx, by, ledger.ActGuard); err != nil {
			return err
		}
		if no, err = one[int64](ctx, tx, `
			insert into kiosk (county, name, place, key_hash, made_by, made_at) values (@county, @name, @place, @hash, @by, @now)
			returning kiosk_no`, args); err != nil {
			return err
		}
		return db.record(ctx, tx, by, "kiosk.add", fmt.Sprintf("kiosk/%d", no), map[string]any{"name": args["name"], "place": args["place"]})
	})
	return no, err
}

// RevokeKiosk ends a kiosk: its key and every browser that came with it are strangers from now on.
func (db *DB) RevokeKiosk(ctx context.Context, by string, no int64) error {
	return db.write(ctx, func(tx pgx.Tx) error {
		if _, err := db.officerFor(ctx, tx, by, ledger.ActGuard); err != nil {
			return err
		}
		n, err := exec(ctx, tx, `
			update kiosk set revoked_by = @by, revoked_at = @now where county = @county and kiosk_no = @no and revoked_at is null`,
			pgx.NamedArgs{"county": db.county, "no": no, "by": by, "now": db.now()})
		if err == nil && n == 0 {
			err = ledger.Errorf(ledger.KindNotFound, "没有这台查询机，或者已经停用")
		}
		if err != nil {
			return err
		}
		return db.record(ctx, tx, by, "kiosk.revoke", fmt.Sprintf("kiosk/%d", no), nil)
	})
}

// RegisterKiosk is the kiosk in use whose key hashes to that; a browser became it. ErrNotFound when there is none.
func (db *DB) RegisterKiosk(ctx context.Context, keyHash []byte) (no int64, err error) {
	err = db.write(ctx, func(tx pgx.Tx) error {
		if no, err = one[int64](ctx, tx, `
			update kiosk set registered_at = @now where county = @county and key_hash = @hash and revoked_at is null returning kiosk_no`,
			pgx.NamedArgs{"county": db.county, "hash": keyHash, "now": db.now()}); err != nil {
			return err
		}
		return db.record(ctx, tx, "kiosk", "kiosk.register", fmt.Sprintf("kiosk/%d", no), nil)
	})
	return no, err
}

// CountKiosk counts what was done at a kiosk, and nothing of whom it was about. A kiosk that is not in use counts nothing.
func (db *DB) CountKiosk(ctx context.Context, no int64, done ledger.KioskUse) error {
	_, err := exec(ctx, db.pool, `
		insert into kiosk_use as t (county, kiosk_no, day, visits, lookups, searches, inquiries)
		select @county, k.kiosk_no, @today, @visits, @lookups, @searches, @inquiries
		from kiosk k where k.county = @county and k.kiosk_no = @no and k.revoked_at is null
		on conflict (county, kiosk_no, day) do update set visits = t.visits + excluded.visits, lookups = t.lookups + excluded.lookups,
			searches = t.searches + excluded.searches, inquiries = t.inquiries + excluded.inquiries`,
		pgx.NamedArgs{
			"county": db.county, "no": no, "today": db.today(),
			"visits": done.Visits, "lookups": done.Lookups, "searches": done.Searches, "inquiries": done.Inquiries,
		})
	return err
}
