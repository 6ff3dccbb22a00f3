package postgres

import (
	"context"
	"encoding/hex"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"mingbai/ledger"
	"mingbai/ledger/enclosure"
	"mingbai/ledger/inquiry"
)

var errTooLong = ledger.Errorf(ledger.KindInvalid, "写得太长了，最多5000个字")

var errMoved = ledger.Errorf(ledger.KindConflict, "这件来件在您打开以后有了变化，没有办成。请刷新页面，看过再办")

// Act does an officer's act to a case: all of it, with what follows from it, or nothing.
func (q *Inquiries) Act(ctx context.Context, login, id string, deed inquiry.Deed) error {
	return q.do(ctx, id, deed, func(ctx context.Context, tx pgx.Tx, c inquiry.Case) (inquiry.Actor, error) {
		o, err := q.officerFor(ctx, tx, login, ledger.ActSeeInquiries)
		if err != nil {
			return inquiry.Actor{}, err
		}
		return capacity(o, c, deed.Act), nil
	})
}

// CitizenAct does an act of the citizen who holds the case's code. Whoever calls it has checked that.
func (q *Inquiries) CitizenAct(ctx context.Context, id string, deed inquiry.Deed) error {
	return q.do(ctx, id, deed, func(context.Context, pgx.Tx, inquiry.Case) (inquiry.Actor, error) { return inquiry.Sender, nil })
}

// capacity is the role in which an officer does an act: one in which the law lets it be tried, else one that sees the case.
func capacity(o ledger.Officer, c inquiry.Case, act inquiry.Act) inquiry.Actor {
	best := inquiry.Actor{}
	for _, role := range o.Roles {
		by, err := inquiry.As(o, role)
		if err != nil || !inquiry.See(c, by).Exists {
			continue
		}
		if slices.Contains(inquiry.Open(c, by), act) {
			return by
		}
		best = by
	}
	return best
}

type actor func(context.Context, pgx.Tx, inquiry.Case) (inquiry.Actor, error)

// do is the one way by which an act reaches the books.
func (q *Inquiries) do(ctx context.Context, id string, deed inquiry.Deed, who actor) error {
	return q.write(ctx, func(tx pgx.Tx) error {
		m := &doing{q: q, ctx: ctx, tx: tx}
		if err := q.shareLock(ctx, tx, lockCalendar); err != nil {
			return err
		}
		main, err := m.main(deed)
		if err != nil {
			return err
		}
		h, err := q.hold(ctx, tx, id)
		if err != nil {
			return err
		}
		if m.desk, err = q.desk(ctx, tx); err != nil {
			return err
		}
		by, err := who(ctx, tx, h.c)
		if err != nil {
			return err
		}
		// Sight comes before everything: what cannot be seen cannot have changed.
		if !inquiry.See(h.c, by).Exists {
			return inquiry.Unseen
		}
		if deed.Seen != h.seen() {
			return errMoved
		}
		a, err := m.action(h, deed)
		if err != nil {
			return err
		}
		a.Main = main
		if err := m.apply(h, a, by, deed); err != nil {
			return err
		}
		return m.write()
	})
}

// doing is a transaction that does acts.
type doing struct {
	q     *Inquiries
	ctx   context.Context
	tx    pgx.Tx
	desk  inquiry.Desk
	audit []auditLine // written last: the audit chain is everybody's

	copies []enclosure.Copy // of the attachments that are published
}

type auditLine struct {
	h      held
	events []inquiry.Event
}

// main holds the case that another one is merged into. It is locked first, as the acts on a main case lock those that go with it after it.
func (m *doing) main(deed inquiry.Deed) (*inquiry.Case, error) {
	if deed.Act != inquiry.Merge {
		return nil, nil
	}
	id, err := one[string](m.ctx, m.tx, `
		select id from desk_inquiry where county = @county and slip_year = @year and slip_no = @no`,
		pgx.NamedArgs{"county": m.q.county, "year": deed.Main.Year, "no": deed.Main.No})
	if ledger.KindOf(err) == ledger.KindNotFound {
		return nil, nil // the law says what is missing
	}
	if err != nil {
		return nil, err
	}
	h, err := m.q.hold(m.ctx, m.tx, id)
	return &h.c, err
}

// action is a deed with what the law must look at beside it.
func (m *doing) action(h held, deed inquiry.Deed) (inquiry.Action, error) {
	a := inquiry.Action{Act: deed.Act, Facts: deed.Facts}
	for _, text := range []string{deed.Text, deed.Right, deed.NeedsIdentity, deed.Proposed, deed.Copy.Title, deed.Copy.Question, deed.Copy.Answer} {
		if utf8.RuneCountInString(text) > mostText {
			return a, errTooLong
		}
	}
	switch deed.Act {
	case inquiry.Draft, inquiry.Redraft:
		a.Answer = ""
		if strings.TrimSpace(deed.Proposed) != "" {
			a.Answer = inquiry.HashOf(deed.Proposed)
		}
		if blanks := inquiry.Unfilled(deed.Proposed); len(blanks) > 0 {
			return a, ledger.Errorf(ledger.KindInvalid, "答复里还有没填的空：【%s】。请填好再送审", strings.Join(blanks, "】【"))
		}
	case inquiry.Publish:
		a.Public = deed.Copy.Hash()
		leaks, copies, err := m.q.leaks(m.ctx, m.tx, h, deed.Copy)
		if err == nil {
			err = refusePublic(leaks, deed.Minded)
		}
		m.copies = copies
		return a, err
	case inquiry.Merge:
		mine, err := m.q.sender(m.ctx, m.tx, h.id)
		if err != nil {
			return a, err
		}
		a.OtherSender = true
		id, err := one[string](m.ctx, m.tx, `select id from desk_inquiry where county = @county and slip_year = @year and slip_no = @no`,
			pgx.NamedArgs{"county": m.q.county, "year": deed.Main.Year, "no": deed.Main.No})
		if ledger.KindOf(err) == ledger.KindNotFound {
			return a, nil
		}
		if err != nil {
			return a, err
		}
		theirs, err := m.q.sender(m.ctx, m.tx, id)
		a.OtherSender = mine != theirs || mine.Name == "" || mine.Phone == "" // who did not say who they are is nobody's other self
		return a, err
	case inquiry.Countersign:
		if err := m.q.lockFor(m.ctx, m.tx, lockSlips); err != nil {
			return a, err
		}
		last, err := m.q.lastSlip(m.ctx, m.tx)
		a.Last = last
		return a, err
	}
	return a, nil
}

// lastSlip is the last number that was given, over all cases, those out of sight too.
func (q *Inquiries) lastSlip(ctx context.Context, tx pgx.Tx) (s inquiry.Slip, err error) {
	s, err = first(ctx, tx, pgx.RowToStructByPos[inquiry.Slip], `
		select slip_year, slip_no from inquiry where county = @county and slip_no is not null order by 1 desc, 2 desc limit 1`,
		pgx.NamedArgs{"county": q.county})
	if ledger.KindOf(err) == ledger.KindNotFound {
		return inquiry.Slip{}, nil
	}
	return s, err
}

// apply does an act, and what follows from it.
func (m *doing) apply(h held, a inquiry.Action, by inquiry.Actor, deed inquiry.Deed) error {
	events, err := m.desk.Apply(h.c, a, by, m.q.nowUTC())
	if err != nil {
		return err
	}
	was := h.c
	words := inquiry.Words{Proposed: deed.Proposed}
	if a.Act == inquiry.Publish {
		words.Copy = deed.Copy
	}
	if h, err = m.q.keep(m.ctx, m.tx, m.desk, h, events, words); err != nil {
		return err
	}
	if err := m.q.keepFiles(m.ctx, m.tx, h, h.c.Seq, deed.Files); err != nil {
		return err
	}
	if err := m.announce(h, events); err != nil {
		return err
	}
	m.audit = append(m.audit, auditLine{h, events})
	if a.Act == inquiry.Draft || a.Act == inquiry.Redraft {
		if err := m.dropDraft(h, by); err != nil {
			return err
		}
	}
	if err := m.publish(was, h, deed.Copy); err != nil {
		return err
	}
	return m.takeAlong(was, h)
}

// takeAlong gives the cases that go with this one its reply, or lets them go when it ended without one.
func (m *doing) takeAlong(was inquiry.Case, h held) error {
	if h.c.Slip == (inquiry.Slip{}) || !was.State.Open() || h.c.State.Open() {
		return nil
	}
	ids, err := all(m.ctx, m.tx, pgx.RowTo[string], `
		select id from inquiry where county = @county and state = 'merged' and main_year = @year and main_no = @no order by id`,
		pgx.NamedArgs{"county": m.q.county, "year": h.c.Slip.Year, "no": h.c.Slip.No})
	if err != nil {
		return err
	}
	for _, id := range ids {
		with, err := m.q.hold(m.ctx, m.tx, id)
		if err != nil {
			return err
		}
		a, deed := inquiry.Action{Act: inquiry.Split, Main: &h.c}, inquiry.Deed{}
		if h.c.State == inquiry.Answered {
			a.Act, deed.Proposed = inquiry.Carry, reply(h)
		}
		if err := m.apply(with, a, inquiry.Clockwork, deed); err != nil {
			return err
		}
	}
	return nil
}

// reply is the text of the answer that was approved last; empty for none.
func reply(h held) string {
	approved := h.c.Round().Approved
	for _, s := range slices.Backward(h.said) {
		if approved != "" && inquiry.HashOf(s.Words.Proposed) == approved {
			return s.Words.Proposed
		}
	}
	return ""
}

// write ends a transaction with what the audit log is told.
func (m *doing) write() error {
	for _, l := range m.audit {
		if err := m.q.tell(m.ctx, m.tx, l.h, l.events); err != nil {
			return err
		}
	}
	return nil
}

// tell writes events into the audit chain: that they were, by their hash. Of a case at discipline it says no more than that.
func (q *Inquiries) tell(ctx context.Context, tx pgx.Tx, h held, events []inquiry.Event) error {
	last := events[len(events)-1]
	if h.c.State == inquiry.Sealed {
		return q.record(ctx, tx, "", "inquiry.sealed", "inquiry", map[string]string{"hash": hex.EncodeToString(h.head)})
	}
	by := last.By.Login
	if by == "" {
		by = string(last.By.Role)
	}
	return q.record(ctx, tx, by, "inquiry.act", "inquiry/"+h.id, map[string]any{
		"act": last.Act, "seq": last.Seq, "slip": h.c.Slip.String(), "hash": hex.EncodeToString(h.head),
	})
}

// WakeInquiries does what time itself does: what was not clarified counts as withdrawn, what was answered is closed, what
// nobody signed is urged. Each in a transaction of its own; done twice, or late, it does the same. It answers how many.
func (q *Inquiries) WakeInquiries(ctx context.Context) (n int, err error) {
	const many = 500
	if _, err := q.Desk(ctx); err != nil { // remembers new notices for the acts to come
		return 0, err
	}
	ids, err := all(ctx, q.pool, pgx.RowTo[string], `
		select id from inquiry where county = @county and wake_at <= @now order by wake_at limit @many`,
		pgx.NamedArgs{"county": q.county, "now": q.now(), "many": many})
	if err != nil {
		return 0, err
	}
	for _, id := range ids {
		done, err := q.wakeOne(ctx, id)
		if err != nil {
			return n, err
		}
		if done {
			n++
		}
	}
	return n, nil
}

var wakeActs = map[inquiry.ClockKind]inquiry.Act{
	inquiry.ClarifyClock: inquiry.Abandon, inquiry.SettleClock: inquiry.Close, inquiry.SignClock: inquiry.Supervise,
}

func (q *Inquiries) wakeOne(ctx context.Context, id string) (done bool, err error) {
	err = q.write(ctx, func(tx pgx.Tx) error {
		m := &doing{q: q, ctx: ctx, tx: tx}
		if err := q.shareLock(ctx, tx, lockCalendar); err != nil {
			return err
		}
		h, err := q.hold(ctx, tx, id)
		if err != nil {
			return err
		}
		if m.desk, err = q.desk(ctx, tx); err != nil {
			return err
		}
		for _, kind := range []inquiry.ClockKind{inquiry.ClarifyClock, inquiry.SettleClock, inquiry.SignClock} {
			k, running := h.c.Clock(kind)
			if !running || !m.desk.Due(k).Over(q.nowUTC()) || kind == inquiry.SignClock && h.c.Order.Stands {
				continue
			}
			done = true
			a := inquiry.Action{Act: wakeActs[kind]}
			if a.Act == inquiry.Supervise {
				a.Text = "签收超期，系统自动督办"
			}
			if err := m.apply(h, a, inquiry.Clockwork, inquiry.Deed{}); err != nil {
				return err
			}
			break
		}
		return m.write()
	})
	return done, err
}
