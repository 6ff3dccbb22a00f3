package postgres

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"mingbai/ledger"
	"mingbai/ledger/inquiry"
)

// CaseOfCode is the case that a tracking code opens. A code that is wrong, unknown or expired is the same question to the books
// and has the same answer: ErrNotFound.
func (q *Inquiries) CaseOfCode(ctx context.Context, code string) (id string, err error) {
	return one[string](ctx, q.pool, `
		select id from inquiry where county = @county and code_token = @token and (code_until is null or code_until > @now)`,
		pgx.NamedArgs{"county": q.county, "token": q.codeToken(code), "now": q.now()})
}

// Track is what the citizen sees of a case. Whoever calls it has checked the code.
func (q *Inquiries) Track(ctx context.Context, id string) (t inquiry.Tracked, err error) {
	err = q.read(ctx, func(tx pgx.Tx) error {
		d, err := q.desk(ctx, tx)
		if err != nil {
			return err
		}
		h, err := q.load(ctx, tx, id)
		if err != nil {
			return err
		}
		t, err = q.tracked(ctx, tx, d, h)
		if err != nil {
			return err
		}
		sight := inquiry.See(h.c, inquiry.Sender)
		if !sight.Answer {
			t.Reply = ""
		}
		t.Acts = inquiry.Open(h.c, inquiry.Sender)
		t.Said = slices.DeleteFunc(t.Said, func(s inquiry.Said) bool { return s.PublicText() == "" })
		return nil
	})
	return t, err
}

// read looks at the books as they stand at one moment.
func (q *Inquiries) read(ctx context.Context, look func(tx pgx.Tx) error) error {
	return ours(pgx.BeginTxFunc(ctx, q.pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, look))
}

// tracked is a case with everything that belongs to it.
func (q *Inquiries) tracked(ctx context.Context, tx pgx.Tx, d inquiry.Desk, h held) (t inquiry.Tracked, err error) {
	t = inquiry.Tracked{
		ID: h.id, Seen: h.seen(), Case: h.c, Subject: h.said[0].Words.Subject, Text: h.said[0].Words.Text, Status: d.Status(h.c, q.nowUTC()),
		Said: slices.Clone(h.said), Reply: reply(h),
	}
	for _, s := range h.said {
		if s.Act == inquiry.ProposeRefusal {
			t.Right = s.Words.Right
		}
	}
	if t.About, err = q.about(ctx, tx, h.id); err != nil {
		return t, err
	}
	if t.Holder, err = q.holder(ctx, tx, h.c); err != nil {
		return t, err
	}
	if t.Files, err = q.files(ctx, tx, h.id); err != nil {
		return t, err
	}
	t.Answer, err = one[int64](ctx, tx, `
		select coalesce(max(no), 0) from inquiry_answer where county = @county and id = @id and hidden_at is null`,
		pgx.NamedArgs{"county": q.county, "id": h.id})
	return t, err
}

func (q *Inquiries) about(ctx context.Context, from querier, id string) (a inquiry.About, err error) {
	return first(ctx, from, func(row pgx.CollectableRow) (a inquiry.About, err error) {
		err = row.Scan(&a.Fund, &a.FundName, &a.Village, &a.VillageName, &a.Row.Year, &a.Row.Batch, &a.Row.Line)
		return a, err
	}, `
		select coalesce(i.fund, ''), coalesce(f.name, ''), coalesce(i.village_code, ''), coalesce(v.name, ''), coalesce(i.about_year, 0),
			coalesce(i.about_batch, 0), coalesce(i.about_line, 0)
		from inquiry i
		left join fund f on f.county = i.county and f.code = i.fund
		left join region v on v.county = i.county and v.code = i.village_code
		where i.county = @county and i.id = @id`, pgx.NamedArgs{"county": q.county, "id": id})
}

// holder says who has a case now: a department, or the room where it lies. It names nobody.
func (q *Inquiries) holder(ctx context.Context, from querier, c inquiry.Case) (string, error) {
	switch {
	case c.State == inquiry.Sealed:
		return "纪检监察机关", nil
	case c.State == inquiry.Clarifying:
		return "等您补正", nil
	case c.State == inquiry.InReview || c.State == inquiry.Refusing:
		return "财政局（审核）", nil
	case c.Lead == 0 || !c.State.Open():
		return "财政局值班室", nil
	}
	return q.departmentName(ctx, from, c.Lead)
}

func (q *Inquiries) departmentName(ctx context.Context, from querier, id int64) (string, error) {
	name, err := one[string](ctx, from, `select name from department where county = @county and department_id = @id`,
		pgx.NamedArgs{"county": q.county, "id": id})
	if ledger.KindOf(err) == ledger.KindNotFound {
		return "财政局", nil
	}
	return name, err
}

// Dossier is a case as an officer sees it, with what the officer may do.
func (q *Inquiries) Dossier(ctx context.Context, login, id string) (s inquiry.Dossier, err error) {
	err = q.read(ctx, func(tx pgx.Tx) error {
		s, err = q.dossier(ctx, tx, login, id)
		return err
	})
	return s, err
}

func (q *Inquiries) dossier(ctx context.Context, tx pgx.Tx, login, id string) (s inquiry.Dossier, err error) {
	h, _, sight, err := q.sight(ctx, tx, login, id)
	if err != nil {
		return s, err
	}
	d, err := q.desk(ctx, tx)
	if err != nil {
		return s, err
	}
	if s.Tracked, err = q.tracked(ctx, tx, d, h); err != nil {
		return s, err
	}
	o, err := q.officer(ctx, tx, login)
	if err != nil {
		return s, err
	}
	now := q.nowUTC()
	s.Sight, s.Level, s.Lateness, s.Standings = sight, d.Level(h.c, now), d.Lateness(h.c, now), d.Standings(h.c, now)
	s.Acts = actsOf(h.c, o)
	if mayDraft(h.c, o) {
		if s.Saved, err = q.savedDraft(ctx, tx, h, login); err != nil {
			return s, err
		}
	}
	if h.c.Lead != 0 {
		if s.Lead, err = q.departmentName(ctx, tx, h.c.Lead); err != nil {
			return s, err
		}
	}
	for _, a := range h.c.Assist {
		name, err := q.departmentName(ctx, tx, a)
		if err != nil {
			return s, err
		}
		s.Assist = append(s.Assist, name)
	}
	for _, e := range h.said {
		if e.Act == inquiry.Draft || e.Act == inquiry.Redraft {
			s.Draft = e.Words.Proposed
		}
		if e.Act == inquiry.Publish {
			s.Copy = e.Words.Copy
		}
	}
	return s, nil
}

// actsOf are the acts that an officer may try in any capacity, in the order of a case's life.
func actsOf(c inquiry.Case, o ledger.Officer) (acts []inquiry.Act) {
	may := map[inquiry.Act]bool{}
	for _, role := range o.Roles {
		if by, err := inquiry.As(o, role); err == nil {
			for _, act := range inquiry.Open(c, by) {
				may[act] = true
			}
		}
	}
	for _, act := range inquiry.Acts {
		if may[act] {
			acts = append(acts, act)
		}
	}
	return acts
}
