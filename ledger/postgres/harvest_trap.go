package postgres

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"mingbai/ledger"
)

// alarmAt is how many different traps a visitor's questions must have come upon in a day to raise an alarm: one may be
// chance. A trap's page raises it at once.
const alarmAt = 3

// Traps are all traps by village.
func (db *DB) Traps(ctx context.Context) ([]ledger.Trap, error) {
	return all(ctx, db.pool, func(row pgx.CollectableRow) (t ledger.Trap, err error) {
		err = row.Scan(&t.Ref.Person, &t.Ref.Village, &t.Village, &t.Name, &t.NameKey, &t.MadeBy, &t.MadeAt)
		return t, err
	}, `
		select t.ref, t.village_code, v.name, t.name, t.name_key, t.made_by, t.made_at
		from trap t join region v on v.county = t.county and v.code = t.village_code
		where t.county = @county order by t.village_code`, pgx.NamedArgs{"county": db.county})
}

// SetTrap gives a village its trap, in place of the one it had. A name that anybody in the county bears is refused: their own
// neighbours would be taken for copiers.
func (db *DB) SetTrap(ctx context.Context, by string, t ledger.Trap) error {
	t.Name = strings.TrimSpace(t.Name)
	if n := len([]rune(t.NameKey)); n < 3 || n > 8 {
		return ledger.Errorf(ledger.KindInvalid, "请写3到8个字的名字：两个字的太容易碰巧有人查。")
	}
	args := pgx.NamedArgs{
		"county": db.county, "village": t.Ref.Village, "name": t.Name, "key": t.NameKey, "by": by, "now": db.now(),
	}
	return db.write(ctx, func(tx pgx.Tx) error {
		if _, err := db.officerFor(ctx, tx, by, ledger.ActGuard); err != nil {
			return err
		}
		known, err := one[bool](ctx, tx, `
			select exists (select from region where county = @county and code = @village and length(code) = 12)`, args)
		if err != nil {
			return err
		}
		if !known {
			return ledger.Errorf(ledger.KindInvalid, "请选一个村。")
		}
		switch free, err := db.trapNameFree(ctx, tx, t.NameKey, t.Ref.Village); {
		case err != nil:
			return err
		case !free:
			return ledger.Errorf(ledger.KindInvalid, "县里有人的姓名里有这样挨着的两个字，或别的村用过了。请换一个没有人用的。")
		}
		if _, err := exec(ctx, tx, `
			insert into trap (county, village_code, name, name_key, made_by, made_at) values (@county, @village, @name, @key, @by, @now)
			on conflict on constraint trap_once do update set ref = excluded.ref, name = excluded.name, name_key = excluded.name_key,
				made_by = excluded.made_by, made_at = excluded.made_at`, args); err != nil {
			return err
		}
		return db.record(ctx, tx, by, "trap.set", "region/"+t.Ref.Village, nil)
	})
}

// TrapNameFree says whether a name, by its key, may become a trap: no two neighbouring characters of it stand side by side in
// the name of anybody in the county, or of another trap. So whoever asks for somebody who exists, in full or by two characters,
// never touches one, and one question touches one at most.
func (db *DB) TrapNameFree(ctx context.Context, key string) (bool, error) {
	return db.trapNameFree(ctx, db.pool, key, "")
}

func (db *DB) trapNameFree(ctx context.Context, q querier, key, but string) (bool, error) {
	return one[bool](ctx, q, `
		select not exists (select from person where county = @county and grams && @pairs)
			and not exists (select from trap where county = @county and village_code <> @but and name_grams(name_key) && @pairs)`,
		pgx.NamedArgs{"county": db.county, "pairs": grams(key), "but": but})
}

// RemoveTrap takes a village's trap away.
func (db *DB) RemoveTrap(ctx context.Context, by, village string) error {
	return db.write(ctx, func(tx pgx.Tx) error {
		if _, err := db.officerFor(ctx, tx, by, ledger.ActGuard); err != nil {
			return err
		}
		n, err := exec(ctx, tx, `delete from trap where county = @county and village_code = @village`,
			pgx.NamedArgs{"county": db.county, "village": village})
		if err == nil && n == 0 {
			err = ledger.Errorf(ledger.KindNotFound, "这个村没有设哨兵")
		}
		if err != nil {
			return err
		}
		return db.record(ctx, tx, by, "trap.remove", "region/"+village, nil)
	})
}

// TouchTraps writes down who touched which traps and answers the alarms that were raised by it: new ones only. A trap that
// somebody's name has come near by now counts for nothing.
func (db *DB) TouchTraps(ctx context.Context, list []ledger.Touch) (raised []ledger.Alarm, err error) {
	var buckets [][]byte
	var ways, refs []string
	for _, t := range list {
		buckets, ways, refs = append(buckets, t.Bucket), append(ways, string(t.Way)), append(refs, t.Ref)
	}
	args := pgx.NamedArgs{
		"county": db.county, "today": db.today(), "now": db.now(), "buckets": buckets, "ways": ways, "refs": refs, "enough": alarmAt,
	}
	err = db.write(ctx, func(tx pgx.Tx) error {
		if _, err := exec(ctx, tx, `
			insert into trap_touch (county, day, way, bucket, ref)
			select distinct @county, @today::date, g.way, g.bucket, g.ref
			from unnest(@buckets::bytea[], @ways::text[], @refs::text[]) g (bucket, way, ref)
			join trap t on t.county = @county and t.ref = g.ref
			where not exists (select from person n where n.county = @county
				and n.grams && array(select p from unnest(name_grams(t.name_key)) p where length(p) = 2))
			order by 3, 4, 5
			on conflict do nothing`, args); err != nil {
			return err
		}
		type touched struct {
			ledger.Alarm
			fresh bool
		}
		found, err := all(ctx, tx, func(row pgx.CollectableRow) (a touched, err error) {
			err = row.Scan(&a.No, &a.Way, &a.Bucket, &a.Traps, &a.First, &a.Last, &a.fresh)
			return a, err
		}, `
			insert into harvest_alarm as a (county, day, way, bucket, traps, first_at, last_at)
			select @county, @today, t.way, t.bucket, count(*)::int, @now, @now
			from trap_touch t
			where t.county = @county and t.day = @today and (t.way, t.bucket) in (select * from unnest(@ways::text[], @buckets::bytea[]))
			group by t.way, t.bucket
			having count(*) >= case t.way when 'page' then 1 else @enough end
			order by t.way, t.bucket
			on conflict on constraint alarm_once do update set traps = excluded.traps, last_at = excluded.last_at
			returning a.alarm_no, a.way, a.bucket, a.traps, a.first_at, a.last_at, a.xmax = 0`, args)
		if err != nil {
			return err
		}
		for _, a := range found {
			if !a.fresh {
				continue
			}
			raised = append(raised, a.Alarm)
			if err := db.record(ctx, tx, "site", "harvest.alarm", fmt.Sprintf("alarm/%d", a.No), map[string]any{"way": a.Way, "traps": a.Traps}); err != nil {
				return err
			}
		}
		return nil
	})
	return raised, err
}

func scanAlarm(row pgx.CollectableRow) (a ledger.Alarm, err error) {
	var seen *time.Time
	err = row.Scan(&a.No, &a.Way, &a.Bucket, &a.Traps, &a.First, &a.Last, &a.SeenBy, &seen)
	a.Seen = orZero(seen)
	return a, err
}

// Alarms are the last n alarms, those that nobody has looked at first.
func (db *DB) Alarms(ctx context.Context, n int) ([]ledger.Alarm, error) {
	return all(ctx, db.pool, scanAlarm, `
		select a.alarm_no, a.way, a.bucket, a.traps, a.first_at, a.last_at, coalesce(o.name, a.seen_by, ''), a.seen_at
		from harvest_alarm a left join officer o on o.county = a.county and o.login = a.seen_by
		where a.county = @county order by a.seen_at is not null, a.last_at desc, a.alarm_no desc limit @n`,
		pgx.NamedArgs{"county": db.county, "n": n})
}

// AlarmsWaiting counts the alarms that nobody has looked at.
func (db *DB) AlarmsWaiting(ctx context.Context) (int, error) {
	return one[int](ctx, db.pool, `select count(*)::int from harvest_alarm where county = @county and seen_at is null`,
		pgx.NamedArgs{"county": db.county})
}

// SeeAlarm notes that an officer has looked at an alarm.
func (db *DB) SeeAlarm(ctx context.Context, by string, no int64) error {
	return db.write(ctx, func(tx pgx.Tx) error {
		if _, err := db.officerFor(ctx, tx, by, ledger.ActGuard); err != nil {
			return err
		}
		n, err := exec(ctx, tx, `
			update harvest_alarm set seen_by = @by, seen_at = @now where county = @county and alarm_no = @no and seen_at is null`,
			pgx.NamedArgs{"county": db.county, "no": no, "by": by, "now": db.now()})
		if err == nil && n == 0 {
			err = ledger.Errorf(ledger.KindConflict, "这条警报已经有人看过了")
		}
		if err != nil {
			return err
		}
		return db.record(ctx, tx, by, "alarm.see", fmt.Sprintf("alarm/%d", no), nil)
	})
}
