package postgres

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"mingbai/ledger"
	"mingbai/ledger/inquiry"
)

// seenBy is inquiry.See as SQL, over the folded columns of i: lists and counts hold what See shows, and nothing else. The
// table's name says the rest: desk_inquiry holds no case that went to discipline.
const seenBy = `@login <> all (i.against_persons) and @department <> all (i.against_departments)
	and (@whole or @handles and @department <> 0 and (i.lead = @department or @department = any (i.assist)))`

// sightArgs are an officer's part in seenBy, and the table that the officer's cases stand in.
func sightArgs(o ledger.Officer, args pgx.NamedArgs) pgx.NamedArgs {
	whole := slices.ContainsFunc([]ledger.OfficeRole{
		ledger.RoleDuty, ledger.RoleHead, ledger.RoleSupervisor, ledger.RoleAuditor, ledger.RoleDiscipline,
	}, o.Has)
	args["login"], args["department"], args["whole"], args["handles"] = o.Login, o.Department, whole, o.Has(ledger.RoleHandler)
	return args
}

// lineRow is a case in a list, with its first words sealed.
type lineRow struct {
	inquiry.Line
	levels      []pgtype.Timestamptz
	due         pgtype.Timestamptz
	key         *string
	sealed      []byte
	year, no    *int
	fund, place *string
}

const caseColumns = `i.id, i.slip_year, i.slip_no, i.state, i.kind, i.track, i.channel, i.received_at, i.due_at, i.due_clock, i.provisional, i.levels,
	i.round, i.ordered, coalesce(d.name, ''), f.name, v.name, w.key, w.sealed`

const caseJoins = `
	left join department d on d.county = i.county and d.department_id = i.lead
	left join fund f on f.county = i.county and f.code = i.fund
	left join region v on v.county = i.county and v.code = i.village_code
	left join inquiry_words w on w.county = i.county and w.id = i.id and w.seq = 1`

func (q *Inquiries) scanLine(now time.Time) pgx.RowToFunc[inquiry.Line] {
	return func(row pgx.CollectableRow) (inquiry.Line, error) {
		var r lineRow
		if err := row.Scan(r.targets()...); err != nil {
			return r.Line, err
		}
		return q.opened(r, now)
	}
}

// targets are where the columns of caseColumns go.
func (r *lineRow) targets() []any {
	l := &r.Line
	return []any{
		&l.ID, &r.year, &r.no, &l.State, &l.Kind, &l.Track, &l.Channel, &l.Received, &r.due, &l.Clock, &l.Provisional, &r.levels,
		&l.Round, &l.Ordered, &l.LeadName, &r.fund, &r.place, &r.key, &r.sealed,
	}
}

// opened is the case that was read, with its subject opened.
func (q *Inquiries) opened(r lineRow, now time.Time) (inquiry.Line, error) {
	l := r.Line
	if r.no != nil {
		l.Slip = inquiry.Slip{Year: *r.year, No: *r.no}
	}
	if r.due.InfinityModifier == pgtype.Finite {
		l.Due = r.due.Time
	}
	if r.fund != nil {
		l.FundName = *r.fund
	}
	if r.place != nil {
		l.VillageName = *r.place
	}
	l.Level = levelAt(r.levels, now)
	if r.key != nil {
		words, err := q.openWords(*r.key, l.ID, 1, r.sealed)
		l.Subject = words.Subject
		return l, err
	}
	return l, nil
}

// mostLines is the most of one page.
const mostLines = 200

// Queue is a page of the cases that an officer sees, those that are due first.
func (q *Inquiries) Queue(ctx context.Context, login string, query inquiry.QueueQuery) (inquiry.Queue, error) {
	return q.lines(ctx, login, "desk_inquiry", query)
}

// SealedQueue is the same for discipline, of what was sealed.
func (q *Inquiries) SealedQueue(ctx context.Context, login string, query inquiry.QueueQuery) (inquiry.Queue, error) {
	o, err := q.officerFor(ctx, q.pool, login, ledger.ActSeeInquiries)
	if err == nil && !o.Has(ledger.RoleDiscipline) {
		err = inquiry.Unseen
	}
	if err != nil {
		return inquiry.Queue{}, err
	}
	return q.lines(ctx, login, "(select * from inquiry where sealed)", query)
}

func (q *Inquiries) lines(ctx context.Context, login, table string, query inquiry.QueueQuery) (list inquiry.Queue, err error) {
	o, err := q.officerFor(ctx, q.pool, login, ledger.ActSeeInquiries)
	if err != nil {
		return list, err
	}
	if query.Limit <= 0 || query.Limit > mostLines {
		query.Limit = mostLines
	}
	args := sightArgs(o, pgx.NamedArgs{
		"county": q.county, "states": stateTexts(query.States), "everything": query.All, "kind": string(query.Kind), "skip": max(query.Skip, 0),
		"limit": query.Limit, "now": q.now(),
	})
	where := `i.county = @county and ` + seenBy + ` and (@kind = '' or i.kind = @kind)`
	if !query.All {
		where += ` and i.waits` // as the index says it
	}
	list.States = map[inquiry.State]int{}
	if list.Counted = !query.All || table != "desk_inquiry"; list.Counted {
		if err := q.count(ctx, &list, table, where, query.States, args); err != nil {
			return list, err
		}
	}
	order := `i.due_at, i.id`
	if query.All {
		order = `i.received_at desc, i.id`
	}
	// The page first, what hangs on its cases after: a page far down must not open a thousand rows that it skips.
	list.Lines, err = all(ctx, q.pool, q.scanLine(q.now()), `
		select `+caseColumns+` from (
			select * from `+table+` i
			where `+where+` and (cardinality(@states::text[]) = 0 or i.state = any (@states)) order by `+order+` limit @limit + 1 offset @skip) i
		`+caseJoins+` order by `+order, args)
	if list.More = len(list.Lines) > query.Limit; list.More {
		list.Lines = list.Lines[:query.Limit]
	}
	return list, err
}

// count tells how many cases there are of each state, and of those that were chosen.
func (q *Inquiries) count(ctx context.Context, list *inquiry.Queue, table, where string, states []inquiry.State, args pgx.NamedArgs) error {
	type tally struct {
		State inquiry.State
		N     int
		Late  int
	}
	tallies, err := all(ctx, q.pool, pgx.RowToStructByPos[tally], `
		select i.state, count(*)::int, (count(*) filter (where i.due_at <= @now))::int from `+table+` i where `+where+` group by 1`, args)
	for _, t := range tallies {
		list.States[t.State] = t.N
		if len(states) == 0 || slices.Contains(states, t.State) {
			list.Count += t.N
			list.Late += t.Late
		}
	}
	return err
}

func stateTexts(states []inquiry.State) []string {
	texts := make([]string, len(states))
	for i, s := range states {
		texts[i] = string(s)
	}
	return texts
}

// BySlip is the case of a slip, for an officer who sees it.
func (q *Inquiries) BySlip(ctx context.Context, login string, slip inquiry.Slip) (id string, err error) {
	o, err := q.officerFor(ctx, q.pool, login, ledger.ActSeeInquiries)
	if err != nil {
		return "", err
	}
	id, err = one[string](ctx, q.pool, `
		select i.id from desk_inquiry i where i.county = @county and i.slip_year = @year and i.slip_no = @no and `+seenBy,
		sightArgs(o, pgx.NamedArgs{"county": q.county, "year": slip.Year, "no": slip.No}))
	if ledger.KindOf(err) == ledger.KindNotFound {
		return "", ledger.Errorf(ledger.KindNotFound, "没有处理笺%s，或者不由您办理", slip)
	}
	if err != nil {
		return "", fmt.Errorf("find a slip: %w", err)
	}
	return id, nil
}
