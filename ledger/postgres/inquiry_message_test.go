package postgres_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"mingbai/ledger/inquiry"
	"mingbai/ledger/postgres"
)

// mailbox is a gateway that remembers what it was given, and fails as often as it is told to.
type mailbox struct {
	mu    sync.Mutex
	fails int
	sent  []inquiry.Message
}

func (m *mailbox) Send(_ context.Context, one inquiry.Message) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fails--; m.fails >= 0 {
		return fmt.Errorf("provider refused %s (tel:+86 138-0000 1111): busy", one.To.Digits())
	}
	m.sent = append(m.sent, one)
	return nil
}

func (m *mailbox) got() []inquiry.Message {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]inquiry.Message(nil), m.sent...)
}

func agreed() inquiry.Filing {
	f := complaint()
	f.Agreed = true
	return f
}

// A sender who wished it is told, once for each thing, after the gateway came back; and nobody else is.
func TestSendersAreToldThatThereIsSomethingNew(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	quiet, _ := b.send(agreed())
	b.register(quiet) // before there is a gateway
	box := &mailbox{fails: 1}
	b.q.Tell(box, "https://mingbai.example")
	told, code := b.send(agreed())
	unwilling, _ := b.send(complaint())
	silent, _ := b.send(inquiry.Filing{Kind: inquiry.Complaint, Channel: inquiry.Web, Subject: "无名", Text: "没有留电话", Agreed: true})
	secret, _ := b.send(inquiry.Filing{Kind: inquiry.Report, Channel: inquiry.Web, Subject: "举报", Text: "有人冒领", Phone: "13800001111", Agreed: true, Seal: true})
	moved, _ := b.send(agreed())
	for _, id := range []string{told, unwilling, silent, moved} {
		b.register(id)
	}
	b.do("duty1", moved, inquiry.Seal, inquiry.Facts{Text: "涉嫌违纪"}) // its message waits, and is never sent
	b.do("disc", secret, inquiry.Acknowledge, inquiry.Facts{})

	var log bytes.Buffer
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		done <- b.Work(ctx, slog.New(slog.NewTextHandler(&log, nil)), postgres.Tasks{
			Drain: func(context.Context) error { return nil }, Index: func(context.Context, int64) error { return nil }, Desk: b.q,
		})
	}()
	for end := time.Now().Add(30 * time.Second); count(b.books, "inquiry_message where ended_at is null") > 0 || len(box.got()) == 0; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%d sent, %d wait", len(box.got()), count(b.books, "inquiry_message where ended_at is null"))
		}
	}
	stop()
	b.must(<-done)
	sent := box.got()
	if len(sent) != 1 || sent[0].To.Digits() != "13800001111" || sent[0].Text != "您的来信有新进展，请凭查询码到https://mingbai.example查看。" || len(sent[0].Key) != 32 {
		t.Fatalf("sent %d: %+v", len(sent), sent)
	}
	text := fmt.Sprintf("%v %+v %#v", sent[0], sent[0], sent[0])
	for _, never := range []string{"13800001111", "张三丰", code, told, "2026-0000"} {
		if strings.Contains(text, never) {
			t.Errorf("a message shows %s: %s", never, text)
		}
	}
	// Neither the log nor the books of jobs hold a number, even where the gateway's own words did.
	if out := log.String(); !strings.Contains(out, "没有发出") || strings.Contains(out, "1380000") || strings.Contains(out, "0000 1111") {
		t.Errorf("the log says %s", out)
	}
	if n := count(b.books, "(select to_jsonb(j)::text x from river_job j union all select to_jsonb(m)::text from inquiry_message m) t where x ~ '1380000|0000 1111|张三丰'"); n != 0 {
		t.Errorf("%d rows hold a number", n)
	}
	if n := count(b.books, "river_job where kind = 'tell_citizen'"); n != 2 {
		t.Errorf("%d jobs, want the one that was told and the one that went to discipline", n)
	}
	b.sound()
}

// What the gateway will not take is shown to the operator: how many, and why, without the number.
func TestMessagesThatCannotBeSent(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	b.q.Tell(&mailbox{fails: 1 << 20}, "")
	id, _ := b.send(agreed())
	b.register(id)
	ctx := t.Context()
	if said, err := b.q.SendMessage(ctx, id, 3, false); err != nil || !strings.Contains(said, "provider refused") || strings.Contains(said, "1380000") {
		t.Errorf("%q, %v", said, err)
	}
	if given, trying, _, err := b.q.MessageFaults(ctx); err != nil || given != 0 || trying != 1 {
		t.Errorf("%d given up, %d tried, %v", given, trying, err)
	}
	_, err := b.q.SendMessage(ctx, id, 3, true)
	b.must(err)
	given, _, said, err := b.q.MessageFaults(ctx)
	if err != nil || given != 1 || said == "" || strings.Contains(said, "1111") {
		t.Errorf("%d given up: %q, %v", given, said, err)
	}
	b.q.Tell(&mailbox{}, "")
	if _, err := b.q.SendMessage(ctx, id, 3, false); err != nil || errors.Is(err, context.Canceled) || count(b.books, "inquiry_message where sent") != 0 {
		t.Errorf("what was given up is sent after all: %v", err)
	}
}
