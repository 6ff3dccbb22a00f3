package postgres

import (
	"context"
	"strings"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"mingbai/ledger"
	"mingbai/ledger/inquiry"
)

// Bounds of what is sent, in characters.
const (
	mostSubject = 60
	mostText    = 5000
	mostFiles   = 5
)

// Send keeps what a citizen sends and answers the case with its tracking code, which is shown once and kept nowhere.
func (q *Inquiries) Send(ctx context.Context, f inquiry.Filing) (id, code string, err error) {
	return q.send(ctx, f, func(context.Context, pgx.Tx) (inquiry.Actor, error) { return inquiry.Sender, nil })
}

// Enter keeps what duty staff write down for a citizen at the counter or on the telephone; the code is told to the citizen.
func (q *Inquiries) Enter(ctx context.Context, login string, f inquiry.Filing) (id, code string, err error) {
	return q.send(ctx, f, func(ctx context.Context, tx pgx.Tx) (inquiry.Actor, error) {
		o, err := q.officerFor(ctx, tx, login, ledger.ActSeeInquiries)
		if err != nil {
			return inquiry.Actor{}, err
		}
		return inquiry.As(o, ledger.RoleDuty)
	})
}

func (q *Inquiries) send(ctx context.Context, f inquiry.Filing, who func(context.Context, pgx.Tx) (inquiry.Actor, error)) (id, code string, err error) {
	if err := filingFault(f); err != nil {
		return "", "", err
	}
	id, code = newID(), newCode()
	err = q.write(ctx, func(tx pgx.Tx) error {
		by, err := who(ctx, tx)
		if err != nil {
			return err
		}
		if err := q.shareLock(ctx, tx, lockCalendar); err != nil {
			return err
		}
		d, err := q.desk(ctx, tx)
		if err != nil {
			return err
		}
		if err := q.aboutKnown(ctx, tx, &f); err != nil {
			return err
		}
		a := inquiry.Action{Act: inquiry.Send, Facts: inquiry.Facts{Kind: f.Kind, Channel: f.Channel, Text: f.Text}, Seal: f.Seal}
		events, err := d.Apply(inquiry.Case{}, a, by, q.nowUTC())
		if err != nil {
			return err
		}
		if err := q.open(ctx, tx, id, code, f, events[0]); err != nil {
			return err
		}
		// What its sender sealed never lies under another key, not for a moment.
		key := deskKey
		if f.Seal {
			key = disciplineKey
		}
		h, err := q.keep(ctx, tx, d, held{id: id, key: key}, events, inquiry.Words{Subject: f.Subject})
		if err != nil {
			return err
		}
		if err := q.keepFiles(ctx, tx, h, 1, f.Files); err != nil {
			return err
		}
		return q.tell(ctx, tx, h, events)
	})
	if err != nil {
		return "", "", err
	}
	return id, code, nil
}

// open writes what a case is from the beginning.
func (q *Inquiries) open(ctx context.Context, tx pgx.Tx, id, code string, f inquiry.Filing, sent inquiry.Event) error {
	if _, err := exec(ctx, tx, `
		insert into inquiry (county, id, code_token, received_at, fund, village_code, about_year, about_batch, about_line, seq, head, last_at, state,
			kind, track, channel, round, lead, assist, against_departments, against_persons, waits, due_clock, due_at, provisional, levels)
		values (@county, @id, @token, @at, nullif(@fund, ''), nullif(@village, ''), nullif(@year, 0), nullif(@batch, 0), nullif(@line, 0), 1, '', @at,
			'received', @kind, '', @channel, 1, 0, '{}', '{}', '{}', true, '', 'infinity', false, '{}')`, pgx.NamedArgs{
		"county": q.county, "id": id, "token": q.codeToken(code), "at": sent.At, "fund": f.Fund, "village": f.Village, "year": f.Row.Year,
		"batch": f.Row.Batch, "line": f.Row.Line, "kind": string(f.Kind), "channel": string(f.Channel),
	}); err != nil {
		return err
	}
	key := senderKey
	if f.Seal {
		key = disciplineKey
	}
	return q.keepSender(ctx, tx, id, key, strings.TrimSpace(f.Name), strings.TrimSpace(f.Phone), f.Agreed && !f.Seal)
}

func filingFault(f inquiry.Filing) error {
	refuse := func(message string) error { return ledger.Errorf(ledger.KindInvalid, "%s", message) }
	switch {
	case f.Kind.Name() == "":
		return refuse("类别：请选择咨询、投诉、建议、举报或点题公开")
	case strings.TrimSpace(f.Subject) == "":
		return refuse("标题：请写一句话，说是什么事")
	case utf8.RuneCountInString(f.Subject) > mostSubject:
		return refuse("标题：最多60个字")
	case strings.TrimSpace(f.Text) == "":
		return refuse("内容：请把事情写清楚")
	case utf8.RuneCountInString(f.Text) > mostText:
		return refuse("内容：最多5000个字，写不下的请放在附件里")
	case utf8.RuneCountInString(f.Name) > 40 || utf8.RuneCountInString(f.Phone) > 40:
		return refuse("姓名和电话：各最多40个字")
	case f.Seal && f.Kind != inquiry.Report:
		return refuse("只有举报可以直接交给纪检")
	case len(f.Files) > mostFiles:
		return refuse("附件：最多5个")
	}
	return nil
}

// aboutKnown holds that what a filing is about stands in the books, and is public where it is a row. What is not known is
// left out and not refused: the sender must not lose a page of text over it.
func (q *Inquiries) aboutKnown(ctx context.Context, tx pgx.Tx, f *inquiry.Filing) error {
	if f.Row != (inquiry.Row{}) {
		about, err := q.rowAbout(ctx, tx, f.Row)
		if err != nil && ledger.KindOf(err) != ledger.KindNotFound {
			return err
		}
		f.Fund, f.Village = about.Fund, about.Village
		if err != nil {
			f.Row = inquiry.Row{}
		}
	}
	known, err := one[bool](ctx, tx, `select exists (select from fund where county = @county and code = @fund)`, pgx.NamedArgs{"county": q.county, "fund": f.Fund})
	if !known {
		f.Fund = ""
	}
	return err
}

// rowAbout is what a published row is about: never whose it is.
func (q *Inquiries) rowAbout(ctx context.Context, from querier, r inquiry.Row) (inquiry.About, error) {
	return first(ctx, from, func(row pgx.CollectableRow) (a inquiry.About, err error) {
		err = row.Scan(&a.Fund, &a.FundName, &a.Village, &a.VillageName)
		a.Row = r
		return a, err
	}, `
		select p.fund, f.name, p.village_code, p.village
		from payment p join fund f on f.county = p.county and f.code = p.fund
		where p.county = @county and p.year = @year and p.batch_no = @batch and p.line = @line and f.disclosure <> 'aggregate'`,
		pgx.NamedArgs{"county": q.county, "year": r.Year, "batch": r.Batch, "line": r.Line})
}

// RowAbout is what a published row is about, for the form that asks about it.
func (q *Inquiries) RowAbout(ctx context.Context, r inquiry.Row) (inquiry.About, error) {
	return q.rowAbout(ctx, q.pool, r)
}
