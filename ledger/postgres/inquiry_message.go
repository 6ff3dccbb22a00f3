package postgres

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"mingbai/ledger"
	"mingbai/ledger/inquiry"
)

// TellCitizen is the job that sends one message. It names a case and never a number, which is opened at the moment of sending.
type TellCitizen struct {
	ID  string `json:"id"`
	Seq int    `json:"seq"`
}

// Kind names the job in River's table.
func (TellCitizen) Kind() string { return "tell_citizen" }

// InsertOpts let a gateway be away for an hour.
func (TellCitizen) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: messageQueue, MaxAttempts: messageTries}
}

const (
	messageQueue = "message"
	messageTries = 8
	sendingTakes = 30 * time.Second
)

// Tell has messages sent by a gateway from now on. Without one none is even written down.
func (q *Inquiries) Tell(g inquiry.Gateway, site string) {
	q.gateway, q.messageText = g, inquiry.MessageText(site)
}

// announce has the sender told of what was done, where they left a telephone and wished it. It is part of the act.
func (m *doing) announce(h held, events []inquiry.Event) error {
	if m.q.gateway == nil || h.c.State == inquiry.Sealed {
		return nil
	}
	for _, e := range events {
		if !e.Tells() {
			continue
		}
		n, err := exec(m.ctx, m.tx, `
			insert into inquiry_message (county, id, seq, made_at, tries, said, sent)
			select county, id, @seq, @now, 0, '', false from inquiry_sender where county = @county and id = @id and agreed and phone is not null`,
			pgx.NamedArgs{"county": m.q.county, "id": h.id, "seq": e.Seq, "now": m.q.nowUTC()})
		if err != nil {
			return err
		}
		if n == 0 {
			continue
		}
		if _, err := m.q.queue.InsertTx(m.ctx, m.tx, TellCitizen{h.id, e.Seq}, nil); err != nil {
			return err
		}
	}
	return nil
}

// workMessages adds the job to those that Work runs.
func (q *Inquiries) workMessages(workers *river.Workers, log *slog.Logger) {
	river.AddWorker(workers, river.WorkFunc(func(ctx context.Context, job *river.Job[TellCitizen]) error {
		said, err := q.sendMessage(ctx, job.Args, job.Attempt >= job.MaxAttempts)
		if said != "" {
			log.Warn("给来件人的通知没有发出", "第几次", job.Attempt, "原因", said)
			return errors.New(said) // River keeps it, and tries again
		}
		return err
	}))
}

// sendMessage sends one message, unless it was sent, or the case went to discipline meanwhile. said is why the gateway did not
// take it.
func (q *Inquiries) sendMessage(ctx context.Context, t TellCitizen, last bool) (said string, err error) {
	args := pgx.NamedArgs{"county": q.county, "id": t.ID, "seq": t.Seq, "now": q.nowUTC(), "last": last}
	open, err := one[bool](ctx, q.pool, `
		select not i.sealed from inquiry_message m join inquiry i on i.county = m.county and i.id = m.id
		where m.county = @county and m.id = @id and m.seq = @seq and m.ended_at is null`, args)
	if errors.Is(err, ledger.ErrNotFound) {
		return "", nil // dealt with
	}
	if err != nil {
		return "", err
	}
	if !open {
		_, err := exec(ctx, q.pool, `
			update inquiry_message set ended_at = @now where county = @county and id = @id and seq = @seq and ended_at is null`, args)
		return "", err
	}
	sender, err := q.sender(ctx, q.pool, t.ID)
	if err != nil {
		return "", err
	}
	sending, cancel := context.WithTimeout(ctx, sendingTakes)
	defer cancel()
	m := inquiry.Message{
		Key: hex.EncodeToString(q.codes.TokenOf("message", fmt.Sprint(t.ID, ":", t.Seq))[:16]), To: inquiry.NewTelephone(sender.Phone), Text: q.messageText,
	}
	if failed := q.gateway.Send(sending, m); failed != nil {
		said = withoutNumbers(failed, sender.Phone)
	}
	args["said"] = said
	// Written down even where the server is being stopped: what was sent was sent.
	_, err = exec(context.WithoutCancel(ctx), q.pool, `
		update inquiry_message set tries = tries + 1, said = @said, sent = @said = '', ended_at = case when @said = '' or @last then @now::timestamptz end
		where county = @county and id = @id and seq = @seq and ended_at is null`, args)
	return said, err
}

var longNumber = regexp.MustCompile(`\+?[0-9０-９][0-9０-９ -]{4,}`)

// withoutNumbers is why a gateway failed. It should name no number, and whoever reads a log must not depend on that.
func withoutNumbers(err error, phone string) string {
	text := err.Error()
	if phone != "" {
		text = strings.ReplaceAll(text, phone, "［号码］")
	}
	text = longNumber.ReplaceAllString(text, "［号码］")
	if text == "" {
		text = "网关没有说明"
	}
	return text
}

// MessageFaults are how many messages to citizens could not be sent in the last thirty days, or are still being tried, and what
// stood in the way last.
func (q *Inquiries) MessageFaults(ctx context.Context) (given, trying int, said string, err error) {
	_, err = first(ctx, q.pool, func(row pgx.CollectableRow) (struct{}, error) {
		return struct{}{}, row.Scan(&given, &trying, &said)
	}, `
		select (count(*) filter (where ended_at is not null))::int, (count(*) filter (where ended_at is null))::int,
			coalesce((array_agg(said order by made_at desc))[1], '')
		from inquiry_message where county = @county and not sent and said <> '' and made_at > @since`,
		pgx.NamedArgs{"county": q.county, "since": q.nowUTC().AddDate(0, 0, -30)})
	return given, trying, said, err
}
