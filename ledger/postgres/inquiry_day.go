package postgres

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"mingbai/ledger"
	"mingbai/ledger/inquiry"
)

// SignDay signs a day of the register: the first of the duty staff with a note of what the day was, another one after. A day
// that is not over is not signed.
func (q *Inquiries) SignDay(ctx context.Context, login string, day time.Time, note string) error {
	day = ledger.DateOf(day)
	note = strings.TrimSpace(note)
	if utf8.RuneCountInString(note) > 500 {
		return ledger.Errorf(ledger.KindInvalid, "备注：最多500个字")
	}
	return q.write(ctx, func(tx pgx.Tx) error {
		o, err := q.officerFor(ctx, tx, login, ledger.ActSeeInquiries)
		if err != nil {
			return err
		}
		if _, err := inquiry.As(o, ledger.RoleDuty); err != nil {
			return err
		}
		if !day.Before(q.today()) {
			return ledger.Errorf(ledger.KindConflict, "%s还没有过完，第二天早上再签", day.Format("1月2日"))
		}
		args := pgx.NamedArgs{"county": q.county, "day": day, "login": login, "now": q.nowUTC(), "note": note}
		n, err := exec(ctx, tx, `
			insert into inquiry_day (county, day, first_by, first_at, note) values (@county, @day, @login, @now, @note) on conflict do nothing`, args)
		if err != nil {
			return err
		}
		if n == 0 {
			if n, err = exec(ctx, tx, `
				update inquiry_day set second_by = @login, second_at = @now where county = @county and day = @day and second_by is null`, args); err != nil {
				return err
			}
		}
		if n == 0 {
			return ledger.Errorf(ledger.KindConflict, "%s的登记册已经签完了", day.Format("1月2日"))
		}
		return q.record(ctx, tx, login, "inquiry.day", "inquiry/day/"+day.Format(time.DateOnly), struct{}{})
	})
}

// Days are the workdays of the register from one to another, the newest first, with what came in on each. Days off are in it
// where something came or somebody signed.
func (q *Inquiries) Days(ctx context.Context, from, to time.Time) ([]inquiry.Day, error) {
	d, err := q.desk(ctx, q.pool)
	if err != nil {
		return nil, err
	}
	days, err := all(ctx, q.pool, func(row pgx.CollectableRow) (d inquiry.Day, err error) {
		var at1, at2 *time.Time
		err = row.Scan(&d.Day, &d.FirstBy, &at1, &d.Note, &d.SecondBy, &at2, &d.Received)
		d.FirstAt, d.SecondAt = orZero(at1), orZero(at2)
		return d, err
	}, `
		select g.day::date, coalesce(s.first_by, ''), s.first_at, coalesce(s.note, ''), coalesce(s.second_by, ''), s.second_at,
			(select count(*)::int from desk_inquiry i where i.county = @county and i.received_at >= g.day::timestamp at time zone 'Asia/Shanghai'
				and i.received_at < (g.day::timestamp + interval '1 day') at time zone 'Asia/Shanghai')
		from generate_series(@from::date, @to::date, interval '1 day') g (day)
		left join inquiry_day s on s.county = @county and s.day = g.day::date
		order by 1 desc`, pgx.NamedArgs{"county": q.county, "from": ledger.DateOf(from), "to": ledger.DateOf(to)})
	if err != nil {
		return nil, err
	}
	kept := days[:0]
	for _, day := range days {
		if d.Calendar.IsWorkday(day.Day) || day.Received > 0 || day.FirstBy != "" {
			kept = append(kept, day)
		}
	}
	return kept, nil
}
