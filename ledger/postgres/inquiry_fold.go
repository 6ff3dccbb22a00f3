package postgres

import (
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"mingbai/ledger/inquiry"
)

// foldedSet writes what a case's events come to; foldedIs holds that it is written so. Both name the same columns.
const (
	foldedSet = `seq = @seq, head = @head, last_at = @last_at, state = @state, kind = @kind, track = @track, channel = @channel,
		slip_year = @slip_year, slip_no = @slip_no, main_year = @main_year, main_no = @main_no, round = @round, lead = @lead, assist = @assist,
		against_departments = @against_departments, against_persons = @against_persons, waits = @waits, due_clock = @due_clock, due_at = @due_at,
		provisional = @provisional, levels = @levels, wake_at = @wake_at, code_until = @code_until, ordered = @ordered, remind_at = ` + nextReminder
	foldedIs = `(seq, head, last_at, state, kind, track, channel, slip_year, slip_no, main_year, main_no, round, lead, assist, against_departments,
		against_persons, waits, due_clock, due_at, provisional, levels, wake_at, code_until, ordered)
		is not distinct from (@seq::int, @head::bytea, @last_at::timestamptz, @state::text, @kind::text, @track::text, @channel::text, @slip_year::int,
		@slip_no::int, @main_year::int, @main_no::int, @round::int, @lead::bigint, @assist::bigint[], @against_departments::bigint[],
		@against_persons::text[], @waits::boolean, @due_clock::text, @due_at::timestamptz, @provisional::boolean, @levels::timestamptz[],
		@wake_at::timestamptz, @code_until::timestamptz, @ordered::boolean)
		and (remind_at is not distinct from '-infinity' or remind_at is not distinct from ` + nextReminder + `)`

	// nextReminder is when the first of the case's reminders may go out that was not dealt with.
	nextReminder = `(select min(r.send) from unnest(@reminded::text[], @began::timestamptz[], @level::smallint[], @send::timestamptz[]) r (clock, began, level, send)
		where not exists (select from inquiry_notice n where n.county = @county and n.id = @id and n.clock = r.clock and n.began = r.began
			and n.level = r.level))`
)

// folded are the columns of a case.
func (q *Inquiries) folded(d inquiry.Desk, h held) pgx.NamedArgs {
	c := h.c
	reminders := d.Reminders(c)
	due, levels := urgency(reminders)
	args := pgx.NamedArgs{
		"county": q.county, "id": h.id, "seq": c.Seq, "head": h.head, "last_at": c.Last, "state": string(c.State), "kind": string(c.Kind),
		"track": string(c.Track), "channel": string(c.Channel), "slip_year": number(c.Slip.Year), "slip_no": number(c.Slip.No),
		"main_year": number(c.Main.Year), "main_no": number(c.Main.No), "round": len(c.Rounds), "lead": c.Lead, "assist": list(c.Assist),
		// Whoever is complained of in a registration that waits for its second signature sees the case no longer, either.
		"against_departments": list(slices.Concat(c.Against.Departments, c.Proposed.Against.Departments)),
		"against_persons":     list(slices.Concat(c.Against.Persons, c.Proposed.Against.Persons)),
		"waits":               waits(c), "due_clock": string(due.clock), "due_at": instant(due.at), "provisional": due.provisional, "levels": levels,
		"wake_at": orNull(wake(d, c)), "code_until": codeUntil(c),
		"ordered": c.Order.Stands,
	}
	remindArgs(reminders, args)
	return args
}

// remindArgs are the reminders of nextReminder.
func remindArgs(reminders []inquiry.Reminder, args pgx.NamedArgs) {
	clocks, began := make([]string, len(reminders)), make([]time.Time, len(reminders))
	levels, send := make([]int16, len(reminders)), make([]time.Time, len(reminders))
	for i, r := range reminders {
		clocks[i], began[i], levels[i], send[i] = string(r.Clock), r.Began, int16(r.Level), r.Send
	}
	args["reminded"], args["began"], args["level"], args["send"] = clocks, began, levels, send
}

type dueClock struct {
	clock       inquiry.ClockKind
	at          time.Time
	provisional bool
}

// urgency is which of the office's running clocks ends first, and when each level of urgency is reached by any of them: what
// Desk.Level tells of the case at an instant can be told of its columns.
func urgency(reminders []inquiry.Reminder) (due dueClock, levels []pgtype.Timestamptz) {
	var reached [inquiry.Alarm]time.Time
	for _, r := range reminders {
		if due.at.IsZero() || r.Due.At.Before(due.at) {
			due = dueClock{r.Clock, r.Due.At, r.Due.Provisional}
		}
		if at := &reached[r.Level-1]; at.IsZero() || r.Reached.Before(*at) {
			*at = r.Reached
		}
	}
	for _, at := range reached {
		levels = append(levels, instant(at))
	}
	return due, levels
}

// levelAt is the urgency of a case at an instant, by its columns.
func levelAt(levels []pgtype.Timestamptz, at time.Time) (level inquiry.Level) {
	for i, l := range levels {
		if l.InfinityModifier == pgtype.Finite && !at.Before(l.Time) {
			level = inquiry.Level(i + 1)
		}
	}
	return level
}

// waits says whether the office has something to do with a case.
func waits(c inquiry.Case) bool {
	return c.State.Open() || c.State == inquiry.Answered || c.State == inquiry.Sealed && !c.Noticed
}

// wake is when time itself does something to a case; zero for never.
func wake(d inquiry.Desk, c inquiry.Case) (at time.Time) {
	for _, kind := range []inquiry.ClockKind{inquiry.ClarifyClock, inquiry.SettleClock, inquiry.SignClock} {
		k, running := c.Clock(kind)
		if due := d.Due(k); running && due.Known() && !(kind == inquiry.SignClock && c.Order.Stands) && (at.IsZero() || due.At.Before(at)) {
			at = due.At
		}
	}
	return at
}

// instant is a time, or never.
func instant(t time.Time) pgtype.Timestamptz {
	if t.IsZero() {
		return pgtype.Timestamptz{Valid: true, InfinityModifier: pgtype.Infinity}
	}
	return pgtype.Timestamptz{Time: t, Valid: true}
}

func number(n int) *int {
	if n == 0 {
		return nil
	}
	return &n
}

func list[T any](l []T) []T {
	if l == nil {
		return []T{}
	}
	return l
}
