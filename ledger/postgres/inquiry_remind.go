package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"mingbai/ledger"
	"mingbai/ledger/inquiry"
)

// remindMany is how many cases are reminded of in one transaction.
const remindMany = 200

// Remind sends what is due of reminders, where the office works at this hour, and answers how many notices went out. It may be
// stopped at any moment, run late, twice at once, or by a clock that jumped: what went out is in the books with the notice
// itself, and the books take it once.
func (q *Inquiries) Remind(ctx context.Context) (n int, err error) {
	for looked := remindMany; looked == remindMany; {
		var sent int
		if sent, looked, err = q.remindSome(ctx); err != nil {
			return n, err
		}
		n += sent
	}
	sent, err := q.remindOfDays(ctx)
	return n + sent, err
}

// remindSome deals with the cases that have waited longest. It waits for nobody: a case in another's hands has its turn later.
func (q *Inquiries) remindSome(ctx context.Context) (sent, looked int, err error) {
	err = q.write(ctx, func(tx pgx.Tx) error {
		d, now, open, err := q.officeHours(ctx, tx)
		if err != nil || !open {
			return err
		}
		ids, err := all(ctx, tx, pgx.RowTo[string], `
			select id from inquiry where county = @county and remind_at <= @now order by remind_at limit @many for update skip locked`,
			pgx.NamedArgs{"county": q.county, "now": now, "many": remindMany})
		if err != nil || len(ids) == 0 {
			return err
		}
		looked = len(ids)
		cases, err := q.casesOf(ctx, tx, ids)
		if err != nil {
			return err
		}
		dealt, err := q.dealt(ctx, tx, ids)
		if err != nil {
			return err
		}
		var out []outgoing
		var next []*time.Time
		for _, id := range ids {
			t := inquiry.Time(d.Reminders(cases[id]), func(r inquiry.Reminder) bool { return dealt[keyOf(id, r)] }, now)
			out = append(out, outgoingOf(id, t)...)
			next = append(next, orNull(t.Next))
			sent += len(t.Send)
		}
		if err := q.keepNotices(ctx, tx, out, now); err != nil {
			return err
		}
		_, err = exec(ctx, tx, `
			update inquiry i set remind_at = n.at from unnest(@ids::text[], @next::timestamptz[]) n (id, at) where i.county = @county and i.id = n.id`,
			pgx.NamedArgs{"county": q.county, "ids": ids, "next": next})
		return err
	})
	return sent, looked, err
}

// officeHours is the law and the time, and whether notices may go out now. While it is held the calendar does not change.
func (q *Inquiries) officeHours(ctx context.Context, tx pgx.Tx) (d inquiry.Desk, now time.Time, open bool, err error) {
	if err = q.shareLock(ctx, tx, lockCalendar); err != nil {
		return d, now, false, err
	}
	d, err = q.desk(ctx, tx)
	now = q.nowUTC()
	return d, now, d.Calendar.OfficeTime(now).Equal(now), err
}

// reminderKey names a reminder: it is sent once.
type reminderKey struct {
	id    string
	clock inquiry.ClockKind
	began int64
	level inquiry.Level
}

func keyOf(id string, r inquiry.Reminder) reminderKey {
	return reminderKey{id, r.Clock, r.Began.UnixMicro(), r.Level}
}

// dealt are the reminders of cases that went out or were passed over; of days of the register for the id "".
func (q *Inquiries) dealt(ctx context.Context, tx pgx.Tx, ids []string) (map[reminderKey]bool, error) {
	type row struct {
		ID    string
		Clock inquiry.ClockKind
		Began time.Time
		Level int
	}
	where := `id = any (@ids)`
	if ids == nil {
		where = `id is null`
	}
	rows, err := all(ctx, tx, pgx.RowToStructByPos[row], `
		select coalesce(id, ''), clock, began, level from inquiry_notice where county = @county and `+where,
		pgx.NamedArgs{"county": q.county, "ids": ids})
	known := map[reminderKey]bool{}
	for _, r := range rows {
		known[reminderKey{r.ID, r.Clock, r.Began.UnixMicro(), inquiry.Level(r.Level)}] = true
	}
	return known, err
}

// outgoing is a reminder on its way into the books.
type outgoing struct {
	id     string // "": of a day
	r      inquiry.Reminder
	passed bool
}

func outgoingOf(id string, t inquiry.Timing) (out []outgoing) {
	for _, r := range t.Passed {
		out = append(out, outgoing{id, r, true})
	}
	for _, r := range t.Send {
		out = append(out, outgoing{id, r, false})
	}
	return out
}

// keepNotices writes notices and whom they are for.
func (q *Inquiries) keepNotices(ctx context.Context, tx pgx.Tx, out []outgoing, now time.Time) error {
	if len(out) == 0 {
		return nil
	}
	ids, clocks, roles := make([]*string, len(out)), make([]string, len(out)), []string{}
	began, due := make([]time.Time, len(out)), make([]time.Time, len(out))
	levels, passed := make([]int16, len(out)), make([]bool, len(out))
	var to []int // whose notice each role belongs to
	var departments []int64
	for i, o := range out {
		if o.id != "" {
			ids[i] = &out[i].id
		}
		clocks[i], began[i], levels[i], due[i], passed[i] = string(o.r.Clock), o.r.Began, int16(o.r.Level), o.r.Due.At, o.passed
		for _, role := range o.r.To {
			if o.passed {
				continue
			}
			department := int64(0)
			if role == ledger.RoleHandler {
				department = o.r.Department
			}
			to, roles, departments = append(to, i), append(roles, string(role)), append(departments, department)
		}
	}
	numbers, err := all(ctx, tx, pgx.RowTo[int64], `
		insert into inquiry_notice (county, id, clock, began, level, due_at, at, passed)
		select @county, r.id, r.clock, r.began, r.level, r.due, @now, r.passed
		from unnest(@ids::text[], @clocks::text[], @began::timestamptz[], @levels::smallint[], @due::timestamptz[], @passed::boolean[])
			with ordinality r (id, clock, began, level, due, passed, n)
		order by r.n returning no`, pgx.NamedArgs{
		"county": q.county, "now": now, "ids": ids, "clocks": clocks, "began": began, "levels": levels, "due": due, "passed": passed,
	})
	if err != nil {
		return err
	}
	whose := make([]int64, len(to))
	for i, n := range to {
		whose[i] = numbers[n]
	}
	_, err = exec(ctx, tx, `
		insert into inquiry_notice_to (county, no, role, department)
		select @county, r.no, r.role, r.department from unnest(@no::bigint[], @roles::text[], @departments::bigint[]) r (no, role, department)`,
		pgx.NamedArgs{"county": q.county, "no": whose, "roles": roles, "departments": departments})
	return err
}

// casesOf folds cases without their words: how they stand needs none.
func (q *Inquiries) casesOf(ctx context.Context, from querier, ids []string) (map[string]inquiry.Case, error) {
	rows, err := all(ctx, from, pgx.RowToStructByPos[eventRow], `
		select e.id, e.seq, e.at, e.role, e.login, e.department, e.act, e.from_state, e.to_state, e.round, e.body, e.words_mac, e.prev, e.hash,
			null::text, null::bytea
		from inquiry_event e where e.county = @county and e.id = any (@ids) order by e.id, e.seq`, pgx.NamedArgs{"county": q.county, "ids": ids})
	if err != nil {
		return nil, err
	}
	cases := make(map[string]inquiry.Case, len(ids))
	for _, r := range rows {
		s, err := q.said(r)
		if err != nil {
			return nil, err
		}
		if cases[r.ID], err = cases[r.ID].Then(s.Event); err != nil {
			return nil, err
		}
	}
	return cases, nil
}
