package postgres

import (
	"context"
	"errors"
	"strings"

	"github.com/jackc/pgx/v5"

	"mingbai/ledger"
	"mingbai/ledger/inquiry"
	"mingbai/ledger/workday"
)

// AddNotice adds a year's notice of days off, or a correction of one, and recounts every case that runs: all at once, or
// nothing. It answers how many cases have another due date now.
func (q *Inquiries) AddNotice(ctx context.Context, login, text string) (moved int, err error) {
	change, err := q.addNotice(ctx, login, text, nil)
	return change.Moved, err
}

// TryNotice tells what AddNotice would do, and does nothing.
func (q *Inquiries) TryNotice(ctx context.Context, login, text string) (inquiry.NoticeChange, error) {
	onlyTried := errors.New("tried, not done")
	change, err := q.addNotice(ctx, login, text, onlyTried)
	if errors.Is(err, onlyTried) {
		err = nil
	}
	return change, err
}

// addNotice does all of it, and then undoes it where an end is given.
func (q *Inquiries) addNotice(ctx context.Context, login, text string, end error) (change inquiry.NoticeChange, err error) {
	notices, err := workday.Parse(strings.NewReader(text))
	if err != nil {
		return change, err
	}
	if len(notices) != 1 {
		return change, ledger.Errorf(ledger.KindInvalid, "一次写一个通知：第一行写年份和通知名称，下面写休、班和日子")
	}
	err = q.write(ctx, func(tx pgx.Tx) error {
		if err := q.lockFor(ctx, tx, lockCalendar); err != nil {
			return err
		}
		before, err := q.desk(ctx, tx)
		if err != nil {
			return err
		}
		o, err := q.officer(ctx, tx, login)
		if err != nil {
			return err
		}
		calendar, line, err := before.Calendar.Added(o, q.nowUTC(), notices[0])
		if err != nil {
			return err
		}
		if _, err := exec(ctx, tx, `insert into workday_notice (county, text, by, at) values (@county, @text, @by, @now)`,
			pgx.NamedArgs{"county": q.county, "text": text, "by": login, "now": q.nowUTC()}); err != nil {
			return err
		}
		m := &doing{q: q, ctx: ctx, tx: tx, desk: inquiry.Desk{Calendar: calendar, Periods: q.periods}}
		change.Notice, change.Days = notices[0], workday.Changed(before.Calendar, calendar)
		if change.Moved, err = m.recount(before.Calendar, notices[0].Name); err != nil {
			return err
		}
		if end != nil {
			return end
		}
		if err := m.write(); err != nil {
			return err
		}
		return q.record(ctx, tx, login, line.Action, line.Object, jsonText(line.Detail))
	})
	return change, err
}

// recount tells every case whose due date has moved, and counts anew when each of the others becomes urgent.
func (m *doing) recount(before workday.Calendar, because string) (moved int, err error) {
	ids, err := all(m.ctx, m.tx, pgx.RowTo[string], `
		select id from inquiry where county = @county and (waits or wake_at is not null) order by id`, pgx.NamedArgs{"county": m.q.county})
	if err != nil {
		return 0, err
	}
	for _, id := range ids {
		h, err := m.q.hold(m.ctx, m.tx, id)
		if err != nil {
			return 0, err
		}
		events, err := m.desk.Recounted([]inquiry.Case{h.c}, before, because, m.q.nowUTC())
		if err != nil {
			return 0, err
		}
		if len(events[0]) == 0 {
			if _, err := exec(m.ctx, m.tx, `update inquiry set `+foldedSet+` where county = @county and id = @id`, m.q.folded(m.desk, h)); err != nil {
				return 0, err
			}
			continue
		}
		if h, err = m.q.keep(m.ctx, m.tx, m.desk, h, events[0], inquiry.Words{}); err != nil {
			return 0, err
		}
		m.audit = append(m.audit, auditLine{h, events[0]})
		if h.c.State != inquiry.Sealed { // nobody but discipline counts those
			moved++
		}
	}
	return moved, nil
}

// jsonText is JSON that was already written.
type jsonText string

func (t jsonText) MarshalJSON() ([]byte, error) { return []byte(t), nil }
