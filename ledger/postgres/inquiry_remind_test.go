package postgres_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"mingbai/ledger"
	"mingbai/ledger/inquiry"
	"mingbai/ledger/postgres"
)

// remind looks at an hour, as the job does, and answers how many notices went out.
func (b *bureau) remind(when string) int {
	b.t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", when, ledger.Shanghai)
	b.must(err)
	b.now = at
	n, err := b.q.Remind(b.t.Context())
	b.must(err)
	return n
}

// inbox is what an officer finds fresh, the newest first.
func (b *bureau) inbox(login string) (all []string) {
	b.t.Helper()
	list, err := b.q.Notices(b.t.Context(), login, true, 0, 50)
	b.must(err)
	if list.Fresh != len(list.Lines) {
		b.t.Errorf("%s: %d counted, %d shown", login, list.Fresh, len(list.Lines))
	}
	for _, n := range list.Lines {
		about := n.Line.Subject
		switch {
		case n.Sealed:
			about = "密封件"
		case n.Line.ID == "":
			about = n.Day().Format("01-02")
		}
		all = append(all, fmt.Sprint(n.Level.Name(), " ", n.Clock.Name(), " ", about))
	}
	return all
}

func (b *bureau) finds(want map[string]string) {
	b.t.Helper()
	for login, one := range want {
		if got := fmt.Sprint(b.inbox(login)); got != one {
			b.t.Errorf("%s, %s finds %s, want %s", b.now.Format("01-02 15:04"), login, got, one)
		}
	}
}

// A notice reaches whoever holds the step, and those above at the later levels: once, inside office hours, and not one too many
// when nobody was there for days.
func TestRemindersReachWhoHoldsTheStep(t *testing.T) {
	t.Parallel()
	b := newBureau(t) // Monday, 2 March
	id, _ := b.send(complaint())
	b.register(id)
	b.do("duty1", id, inquiry.Forward, inquiry.Facts{Lead: 1})
	b.do("farm", id, inquiry.Sign, inquiry.Facts{})
	// Signed on 2: the answer is due on 11, half of it is gone on 6 at 13:00.
	if n := b.remind("2026-03-06 12:59"); n != 1 { // the register of the 2nd, which nobody signed: 红牌
		t.Errorf("%d notices before noon, want the register's alone", n)
	}
	if n := b.remind("2026-03-06 13:00"); n != 1 {
		t.Errorf("%d notices at half of the time", n)
	}
	b.finds(map[string]string{"farm": "[提醒 答复 补贴少了]", "town": "[]", "super": "[]", "duty1": "[红牌 签登记册 03-02]", "head1": "[红牌 签登记册 03-02]", "auditor": "[]", "disc": "[]"})
	b.must(b.q.SignDay(t.Context(), "duty1", time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC), ""))
	b.must(b.q.SignDay(t.Context(), "duty2", time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC), ""))
	for _, when := range []string{"2026-03-06 13:01", "2026-03-04 10:00", "2026-03-06 16:59"} { // the clock jumps back, and on again
		if n := b.remind(when); n != 0 {
			t.Errorf("%s: %d notices went out again", when, n)
		}
	}
	for _, when := range []string{"2026-03-14 10:00", "2026-03-16 08:59", "2026-03-16 17:00"} { // a Saturday, too early, too late
		if n := b.remind(when); n != 0 {
			t.Errorf("%s: %d notices outside of office hours", when, n)
		}
	}
	// Nobody was there for a week and more: one notice of each clock, and what lies below it was passed over.
	if n := b.remind("2026-03-17 09:00"); n != 2 {
		t.Errorf("%d notices after a week", n)
	}
	b.finds(map[string]string{
		"farm": "[报告领导 答复 补贴少了 提醒 答复 补贴少了]", "super": "[报告领导 答复 补贴少了 红牌 全程 补贴少了]", "head1": "[报告领导 答复 补贴少了]", "duty2": "[红牌 全程 补贴少了]", "disc": "[]",
	})
	if n := count(b.books, "inquiry_notice where passed"); n != 6 { // of the answer, the case and the register two each
		t.Errorf("%d passed over", n)
	}
	list, err := b.q.Notices(t.Context(), "farm", true, 0, 1)
	b.must(err)
	if !list.More {
		t.Error("a second page is not told")
	}
	b.must(b.q.PutAwayNotices(t.Context(), "farm", list.Lines[0].No))
	b.finds(map[string]string{"farm": "[]", "super": "[报告领导 答复 补贴少了 红牌 全程 补贴少了]"})
	b.draft("farm", id, "答复")
	b.approve("head1", id, "答复")
	if n := b.remind("2026-03-17 09:01"); n != 0 {
		t.Errorf("%d notices of clocks that have ended", n)
	}
	b.sound()
}

// A pause is quiet, and a case that went to discipline is discipline's: what went out before is gone from the others' sight.
func TestRemindersOfPausedAndSealedCases(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	id, _ := b.send(complaint())
	b.register(id)
	if n := b.remind("2026-03-04 13:00"); n != 2 { // half of the time to route it is 1.5 days; and the register
		t.Errorf("%d notices", n)
	}
	b.finds(map[string]string{"duty1": "[红牌 签登记册 03-02 提醒 受理 补贴少了]", "head1": "[红牌 签登记册 03-02 提醒 受理 补贴少了]"})
	b.do("duty1", id, inquiry.AskClarify, inquiry.Facts{Text: "缺面积"})
	if n := b.remind("2026-03-13 10:00"); n != 1 { // the register's alone
		t.Errorf("%d notices in a pause", n)
	}
	b.do("duty1", id, inquiry.Seal, inquiry.Facts{Text: "涉嫌违纪"})
	register := "[报告领导 签登记册 03-02 红牌 签登记册 03-02]"
	b.finds(map[string]string{"duty1": register, "duty2": register, "head1": register, "disc": "[]"})
	if n := b.remind("2026-04-13 10:00"); n != 1 {
		t.Errorf("%d notices of a sealed case", n)
	}
	b.finds(map[string]string{"duty1": register, "head1": register, "super": "[]", "auditor": "[]", "disc": "[报告领导 纪检告知 密封件]"})
	b.sound()
}

// Cases of books that are older than their reminders are looked at once, and are in order from then on.
func TestRemindersOfOldBooks(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	b.send(complaint())
	_, err := conn(b.books).Exec(t.Context(), `update inquiry set remind_at = '-infinity'`) // as the migration leaves them
	b.must(err)
	b.sound()
	if n := b.remind("2026-03-04 10:00"); n != 2 { // to register it is late, and so is the day's register
		t.Errorf("%d notices", n)
	}
	if n := count(b.books, "inquiry where remind_at > '2026-03-04' and remind_at < 'infinity'"); n != 1 {
		t.Error("it is not known when the next is due")
	}
	b.sound()
	_, err = conn(b.books).Exec(t.Context(), `update inquiry set remind_at = null`)
	b.must(err)
	if found, err := b.q.VerifyInquiries(t.Context()); err != nil || len(found) != 1 {
		t.Errorf("a case that lost its next reminder: %v, %v", found, err)
	}
}

// The database takes a notice once and within hours, whatever a program asks.
// Whoever never puts a notice away is told that there are more than are counted, and is shown the newest.
func TestManyNotices(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	add := func(days string) {
		_, err := conn(b.books).Exec(t.Context(), `
			with n as (
				insert into inquiry_notice (county, clock, began, level, due_at, at, passed)
				select '990121', 'day', d, 1, d, date_trunc('day', d) + interval '2 hours', false from generate_series((select coalesce(max(began) + interval '1 day', '2020-01-01') from inquiry_notice), `+days+`, interval '1 day') d
				returning county, no)
			insert into inquiry_notice_to (county, role, department, no) select county, 'duty', 0, no from n`)
		b.must(err)
	}
	look := func(fresh bool) inquiry.Notices {
		list, err := b.q.Notices(t.Context(), "duty1", fresh, 0, 8)
		b.must(err)
		return list
	}
	add(`'2020-01-10'`)
	if l := look(true); l.Fresh != 10 || l.Beyond || len(l.Lines) != 8 || !l.More {
		t.Errorf("of 10: %d fresh, beyond %t, %d lines", l.Fresh, l.Beyond, len(l.Lines))
	}
	add(`'2023-01-01'`)
	for _, fresh := range []bool{true, false} {
		if l := look(fresh); l.Fresh != 1000 || !l.Beyond || len(l.Lines) != 8 || l.Lines[0].Day().Format(time.DateOnly) != "2023-01-01" {
			t.Errorf("of 1107: %d fresh, beyond %t, %d lines", l.Fresh, l.Beyond, len(l.Lines))
		}
	}
	b.must(b.q.PutAwayNotices(t.Context(), "duty1", look(false).Lines[3].No))
	if l := look(true); l.Fresh != 3 || l.Beyond || len(l.Lines) != 3 {
		t.Errorf("all but three put away: %d fresh, beyond %t, %d lines", l.Fresh, l.Beyond, len(l.Lines))
	}
}

func TestTheDatabaseGuardsNotices(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	id, _ := b.send(complaint())
	b.remind("2026-03-03 14:00")
	c := conn(b.books)
	for sql, says := range map[string]string{
		`insert into inquiry_notice (county, id, clock, began, level, due_at, at, passed) select county, id, clock, began, level, due_at, at, passed from inquiry_notice where id is not null`: "inquiry_notice_once",
		`insert into inquiry_notice (county, id, clock, began, level, due_at, at, passed) values ('990121', '` + id + `', 'case', now(), 1, now(), '2026-03-03 17:00+08', false)`:              "inquiry_notice_in_hours",
		`update inquiry_notice set at = at`: "append-only",
		`delete from inquiry_notice_to`:     "append-only",
	} {
		if _, err := c.Exec(t.Context(), sql); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, want %s", sql, err, says)
		}
	}
}

// The server's own job sends what is due as soon as it starts.
func TestTheJobReminds(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	b.send(complaint())
	b.now = time.Date(2026, 3, 3, 14, 0, 0, 0, ledger.Shanghai)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		done <- b.Work(ctx, slog.New(slog.DiscardHandler), postgres.Tasks{
			Drain: func(context.Context) error { return nil }, Index: func(context.Context, int64) error { return nil }, Desk: b.q,
		})
	}()
	for end := time.Now().Add(20 * time.Second); count(b.books, "inquiry_notice where not passed") == 0; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("no notice went out")
		}
	}
	stop()
	b.must(<-done)
}
