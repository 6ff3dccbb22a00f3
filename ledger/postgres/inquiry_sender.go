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

// releaseLasts is how long a sender stays visible to whoever asked, before they must say again what for.
const releaseLasts = 30 * time.Minute

// sight is a case with what an officer sees of it, in the capacity that sees most. Unseen for nothing.
func (q *Inquiries) sight(ctx context.Context, from querier, login, id string) (h held, by inquiry.Actor, s inquiry.Sight, err error) {
	o, err := q.officerFor(ctx, from, login, ledger.ActSeeInquiries)
	if err != nil {
		return h, by, s, err
	}
	if h, err = q.load(ctx, from, id); err != nil {
		return h, by, s, err
	}
	by, s = seesAs(h.c, o)
	if !s.Exists {
		return held{}, by, s, inquiry.Unseen
	}
	return h, by, s, nil
}

// seesAs joins what an officer sees of a case in all capacities. Whoever is complained of sees nothing in any.
func seesAs(c inquiry.Case, o ledger.Officer) (by inquiry.Actor, s inquiry.Sight) {
	for _, role := range o.Roles {
		as, err := inquiry.As(o, role)
		if err != nil {
			continue
		}
		one := inquiry.See(c, as)
		if one.Exists && !s.Exists {
			by = as
		}
		s = inquiry.Sight{
			Exists: s.Exists || one.Exists, Text: s.Text || one.Text, Answer: s.Answer || one.Answer, Public: s.Public || one.Public,
			Course: s.Course || one.Course, Internal: s.Internal || one.Internal, Identity: s.Identity || one.Identity,
		}
	}
	return by, s
}

// ReleaseSender lets an officer see who sent a case, for a purpose that is written down, and for half an hour.
func (q *Inquiries) ReleaseSender(ctx context.Context, login, id, purpose string) error {
	purpose = strings.TrimSpace(purpose)
	if purpose == "" || utf8.RuneCountInString(purpose) > 200 {
		return ledger.Errorf(ledger.KindInvalid, "请写明为什么要看来件人，最多200个字")
	}
	return q.write(ctx, func(tx pgx.Tx) error {
		h, _, sight, err := q.sight(ctx, tx, login, id)
		if err != nil {
			return err
		}
		if !sight.Identity {
			return ledger.Errorf(ledger.KindDenied, "来件人的姓名和电话不给您看：转办时没有说明需要")
		}
		if _, err := exec(ctx, tx, `
			insert into inquiry_release (county, id, login, purpose, at, until) values (@county, @id, @login, @purpose, @now, @until)`,
			pgx.NamedArgs{"county": q.county, "id": id, "login": login, "purpose": purpose, "now": q.nowUTC(), "until": q.nowUTC().Add(releaseLasts)}); err != nil {
			return err
		}
		return q.tellSight(ctx, tx, h, login, "inquiry.release")
	})
}

// SenderOf is who sent a case, for whom it was released. Every sight is written down.
func (q *Inquiries) SenderOf(ctx context.Context, login, id string) (s inquiry.Identity, err error) {
	err = q.write(ctx, func(tx pgx.Tx) error {
		h, _, sight, err := q.sight(ctx, tx, login, id)
		if err != nil {
			return err
		}
		released, err := one[bool](ctx, tx, `
			select exists (select from inquiry_release where county = @county and id = @id and login = @login and until > @now)`,
			pgx.NamedArgs{"county": q.county, "id": id, "login": login, "now": q.now()})
		if err != nil {
			return err
		}
		if !sight.Identity || !released {
			return ledger.Errorf(ledger.KindDenied, "请先写明为什么要看来件人")
		}
		if s, err = q.sender(ctx, tx, id); err != nil {
			return err
		}
		return q.tellSight(ctx, tx, h, login, "inquiry.sender")
	})
	return s, err
}

func (q *Inquiries) tellSight(ctx context.Context, tx pgx.Tx, h held, login, action string) error {
	return q.tellOf(ctx, tx, h, login, action, struct{}{})
}

// tellOf writes down what an officer looked at. Of a case at discipline it says no more than that there was something.
func (q *Inquiries) tellOf(ctx context.Context, tx pgx.Tx, h held, login, action string, detail any) error {
	object := "inquiry/" + h.id
	if h.c.State == inquiry.Sealed {
		object, detail = "inquiry", struct{}{} // which one is discipline's business; its own books name it
	}
	return q.record(ctx, tx, login, action, object, detail)
}
