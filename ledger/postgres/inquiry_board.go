package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"mingbai/ledger"
	"mingbai/ledger/inquiry"
)

// Parts of the board as SQL. Levels are those of inquiry.Level: the second is the yellow card.
const (
	isLate  = `i.due_at <= @now`
	isSoon  = `(i.due_at > @now and i.levels[2] <= @now)`
	onBoard = `i.county = @county and i.waits and (i.levels[2] <= @now or i.due_at <= @now or i.ordered) and ` + seenBy
)

var boardParts = map[inquiry.BoardPart]string{
	"": `true`, inquiry.BoardLate: isLate, inquiry.BoardSoon: isSoon, inquiry.BoardOrdered: `i.ordered`,
}

// Board is a page of the cases that are late, about to be, or under an order, those that are due first, to whom the county's
// deadlines are entrusted.
func (q *Inquiries) Board(ctx context.Context, login string, query inquiry.BoardQuery) (b inquiry.Board, err error) {
	o, err := q.officerFor(ctx, q.pool, login, ledger.ActWatchInquiries)
	if err != nil {
		return b, err
	}
	part, known := boardParts[query.Part]
	if !known {
		return b, ledger.Errorf(ledger.KindInvalid, "没有这样的筛选，请重新选择")
	}
	now := q.nowUTC()
	args := sightArgs(o, pgx.NamedArgs{
		"county": q.county, "now": now, "every": query.All, "lead": query.Department, "skip": max(query.Skip, 0),
		"limit": min(max(query.Limit, 1), mostLines),
	})
	b.Tallies, err = all(ctx, q.pool, pgx.RowToStructByPos[inquiry.BoardTally], `
		select i.lead, coalesce(max(d.name), ''), (count(*) filter (where `+isLate+`))::int, (count(*) filter (where `+isSoon+`))::int,
			(count(*) filter (where i.ordered))::int
		from desk_inquiry i left join department d on d.county = i.county and d.department_id = i.lead
		where `+onBoard+` group by i.lead order by 3 desc, 4 desc, 1`, args)
	if err != nil {
		return b, err
	}
	where := onBoard + ` and ` + part + ` and (@every or i.lead = @lead)`
	if b.Count, err = one[int](ctx, q.pool, `select count(*)::int from desk_inquiry i where `+where, args); err != nil {
		return b, err
	}
	lines, err := all(ctx, q.pool, q.scanLine(now), `
		select `+caseColumns+` from (select * from desk_inquiry i where `+where+` order by i.due_at, i.id limit @limit offset @skip) i
		`+caseJoins+` order by i.due_at, i.id`, args)
	if err != nil {
		return b, err
	}
	ids := make([]string, len(lines))
	for i, l := range lines {
		ids[i] = l.ID
	}
	cases, err := q.casesOf(ctx, q.pool, ids)
	if err != nil {
		return b, err
	}
	d, err := q.desk(ctx, q.pool)
	for _, l := range lines {
		// What went to discipline between the two looks is nobody's here.
		if c := cases[l.ID]; inquiry.Sees(c, o) && c.State != inquiry.Sealed {
			b.Lines = append(b.Lines, d.OnBoard(l, c, now))
		}
	}
	return b, err
}

// Orders are a case's orders of 督办, for an officer who sees what the office does.
func (q *Inquiries) Orders(ctx context.Context, login, id string) (list []inquiry.OrderPaper, err error) {
	h, _, sight, err := q.sight(ctx, q.pool, login, id)
	if err == nil && !sight.Internal {
		err = inquiry.Unseen
	}
	if err != nil {
		return nil, err
	}
	d, err := q.desk(ctx, q.pool)
	return d.Orders(h.c, h.said), err
}
