package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"mingbai/ledger"
	"mingbai/ledger/inquiry"
)

// farthestDay is how many days back the register is looked at: by then every level has gone out, and the register's own page
// still shows the day.
const farthestDay = 60

// lockDays lets one server at a time remind of the register.
const lockDays = 7

// remindOfDays sends what is due for days of the register on which something came and which two have not signed.
func (q *Inquiries) remindOfDays(ctx context.Context) (sent int, err error) {
	err = q.write(ctx, func(tx pgx.Tx) error {
		d, now, open, err := q.officeHours(ctx, tx)
		if err != nil || !open {
			return err
		}
		if err := q.lockFor(ctx, tx, lockDays); err != nil {
			return err
		}
		days, err := q.openDays(ctx, tx)
		if err != nil || len(days) == 0 {
			return err
		}
		dealt, err := q.dealt(ctx, tx, nil)
		if err != nil {
			return err
		}
		var out []outgoing
		for _, day := range days {
			t := inquiry.Time(d.DayReminders(day), func(r inquiry.Reminder) bool { return dealt[keyOf("", r)] }, now)
			out = append(out, outgoingOf("", t)...)
			sent += len(t.Send)
		}
		return q.keepNotices(ctx, tx, out, now)
	})
	return sent, err
}

// openDays are the past days on which something came in and whose register two have not signed. What went to discipline never
// came in.
func (q *Inquiries) openDays(ctx context.Context, from querier) ([]time.Time, error) {
	today := q.today()
	return all(ctx, from, pgx.RowTo[time.Time], `
		select g.day::date from generate_series(@from::date, @to::date, interval '1 day') g (day)
		where not exists (select from inquiry_day s where s.county = @county and s.day = g.day::date and s.second_by is not null)
			and exists (select from desk_inquiry i where i.county = @county and i.received_at >= g.day::timestamp at time zone 'Asia/Shanghai'
				and i.received_at < (g.day::timestamp + interval '1 day') at time zone 'Asia/Shanghai')
		order by 1`, pgx.NamedArgs{"county": q.county, "from": ledger.DateOf(today.AddDate(0, 0, -farthestDay)), "to": today.AddDate(0, 0, -1)})
}
