package postgres_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"mingbai/ledger"
	"mingbai/ledger/inquiry"
	"mingbai/ledger/postgres"
)

// bureau is a desk with everybody who has a part in it. Department 1 is a section, 2 a town.
type bureau struct {
	*books
	q    *postgres.Inquiries
	keys *ledger.Keyring
}

func newBureau(t *testing.T) *bureau {
	t.Helper()
	b := &bureau{books: setup(t)}
	b.now = time.Date(2026, 3, 2, 10, 0, 0, 0, ledger.Shanghai) // a Monday
	keys, err := ledger.ReadKeys(ledger.NewKeyFile())
	b.must(err)
	b.keys = keys
	b.q, err = postgres.NewInquiries(b.DB, keys, inquiry.Periods{})
	b.must(err)
	ctx := t.Context()
	b.must(b.SaveOfficer(ctx, "test", ledger.Officer{Login: "boss", Name: "boss", Roles: []ledger.OfficeRole{ledger.RoleAdmin}}))
	for _, d := range []ledger.Department{
		{Name: "农业农村股", Kind: ledger.Section, Funds: []string{"GD"}}, {Name: "柳门镇财政所", Kind: ledger.Town, Towns: []string{"990121101"}},
	} {
		_, err := b.SaveDepartment(ctx, "boss", d)
		b.must(err)
	}
	for _, o := range []ledger.Officer{
		{Login: "duty1", Roles: []ledger.OfficeRole{ledger.RoleDuty}},
		{Login: "duty2", Roles: []ledger.OfficeRole{ledger.RoleDuty}},
		{Login: "farm", Roles: []ledger.OfficeRole{ledger.RoleHandler}, Department: 1},
		{Login: "town", Roles: []ledger.OfficeRole{ledger.RoleHandler}, Department: 2},
		{Login: "head1", Roles: []ledger.OfficeRole{ledger.RoleHead}},
		{Login: "head2", Roles: []ledger.OfficeRole{ledger.RoleHead}},
		{Login: "both", Roles: []ledger.OfficeRole{ledger.RoleDuty, ledger.RoleHead}},
		{Login: "super", Roles: []ledger.OfficeRole{ledger.RoleSupervisor}},
		{Login: "auditor", Roles: []ledger.OfficeRole{ledger.RoleAuditor}},
		{Login: "disc", Roles: []ledger.OfficeRole{ledger.RoleDiscipline}},
	} {
		o.Name = o.Login
		b.must(b.SaveOfficer(ctx, "test", o))
	}
	return b
}

func complaint() inquiry.Filing {
	return inquiry.Filing{
		Kind: inquiry.Complaint, Channel: inquiry.Web, Subject: "补贴少了", Text: "我家少发了一亩", Name: "张三丰", Phone: "13800001111", Fund: "GD", Village: willow,
	}
}

func (b *bureau) send(f inquiry.Filing) (id, code string) {
	b.t.Helper()
	id, code, err := b.q.Send(b.t.Context(), f)
	b.must(err)
	return id, code
}

// seen is the state of a case as its citizen's page shows it now.
func (b *bureau) seen(id string) string {
	b.t.Helper()
	t, err := b.q.Track(b.t.Context(), id)
	b.must(err)
	return t.Seen
}

func (b *bureau) try(login, id string, d inquiry.Deed) error {
	b.t.Helper()
	if d.Seen == "" {
		d.Seen = b.seen(id)
	}
	if login == "" {
		return b.q.CitizenAct(b.t.Context(), id, d)
	}
	return b.q.Act(b.t.Context(), login, id, d)
}

func (b *bureau) do(login, id string, act inquiry.Act, f inquiry.Facts) {
	b.t.Helper()
	if f.Text == "" && act != inquiry.Sign {
		f.Text = "理由"
	}
	b.must(b.try(login, id, inquiry.Deed{Act: act, Facts: f}))
}

func (b *bureau) register(id string) {
	b.t.Helper()
	b.do("duty1", id, inquiry.Register, inquiry.Facts{Kind: inquiry.Complaint, Track: inquiry.Ordinary})
	b.do("duty2", id, inquiry.Countersign, inquiry.Facts{})
}

func (b *bureau) draft(login, id, text string) {
	b.t.Helper()
	b.must(b.try(login, id, inquiry.Deed{Act: inquiry.Draft, Proposed: text}))
}

func (b *bureau) approve(login, id, text string) {
	b.t.Helper()
	b.do(login, id, inquiry.Approve, inquiry.Facts{Answer: inquiry.HashOf(text)})
}

// answer takes a case to its reply.
func (b *bureau) answer(id string) {
	b.t.Helper()
	b.register(id)
	b.do("duty1", id, inquiry.Forward, inquiry.Facts{Lead: 1})
	b.do("farm", id, inquiry.Sign, inquiry.Facts{})
	b.draft("farm", id, "核对过了，少登记了一亩")
	b.approve("head1", id, "核对过了，少登记了一亩")
}

func (b *bureau) state(id string) inquiry.State {
	b.t.Helper()
	t, err := b.q.Track(b.t.Context(), id)
	b.must(err)
	return t.Case.State
}

// sound holds that folded anew every case is what its columns say.
func (b *bureau) sound() {
	b.t.Helper()
	found, err := b.q.VerifyInquiries(b.t.Context())
	b.must(err)
	for _, d := range found {
		b.t.Errorf("verify: %s: %s", d.Where, d.What)
	}
}

func TestAComplaintsWholeRoad(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	id, code := b.send(complaint())
	found, err := b.q.CaseOfCode(t.Context(), strings.ToLower(strings.ReplaceAll(code, "-", " ")))
	if err != nil || found != id {
		t.Fatalf("the code opens %q, %v", found, err)
	}
	b.register(id)
	b.do("duty1", id, inquiry.Forward, inquiry.Facts{Lead: 2})
	b.do("town", id, inquiry.AskReturn, inquiry.Facts{})
	b.do("head1", id, inquiry.GrantReturn, inquiry.Facts{})
	b.do("duty1", id, inquiry.Forward, inquiry.Facts{Lead: 1, NeedsIdentity: "要上门核对"})
	b.do("farm", id, inquiry.Sign, inquiry.Facts{})
	b.draft("farm", id, "第一稿")
	b.do("head1", id, inquiry.SendBack, inquiry.Facts{Text: "写清楚依据"})
	b.draft("farm", id, "第二稿")
	b.approve("head1", id, "第二稿")
	tr, err := b.q.Track(t.Context(), id)
	b.must(err)
	if tr.Reply != "第二稿" || tr.Subject != "补贴少了" || tr.Text != "我家少发了一亩" || tr.Case.Slip.String() != "2026-000001" || tr.About.FundName != "资金GD" {
		t.Errorf("tracked %+v", tr)
	}
	copy := inquiry.Copy{Title: "面积核对", Question: "有群众反映面积少登记。", Answer: "已核对并更正。"}
	b.must(b.try("head1", id, inquiry.Deed{Act: inquiry.Publish, Copy: copy}))
	list, n, err := b.q.PublicAnswers(t.Context(), inquiry.AnswerQuery{Text: "面积", Fund: "GD", Village: "990121101"})
	if err != nil || n != 1 || list[0].Copy != copy || list[0].By != "农业农村股" || list[0].VillageName != "柳门口村" {
		t.Errorf("published %+v, %d, %v", list, n, err)
	}
	b.must(b.try("", id, inquiry.Deed{Act: inquiry.Rate, Facts: inquiry.Facts{Rating: inquiry.Not}}))
	if err := b.try("", id, inquiry.Deed{Act: inquiry.Rate, Facts: inquiry.Facts{Rating: inquiry.Satisfied}}); ledger.KindOf(err) != ledger.KindConflict {
		t.Errorf("rated twice: %v", err)
	}
	b.do("", id, inquiry.Reopen, inquiry.Facts{Text: "还是不对"})
	if _, n, _ := b.q.PublicAnswers(t.Context(), inquiry.AnswerQuery{}); n != 0 {
		t.Error("the answer of a case that began anew is still public")
	}
	b.do("duty2", id, inquiry.TakeDirect, inquiry.Facts{})
	b.draft("duty2", id, "第三稿")
	if err := b.try("head1", id, inquiry.Deed{Act: inquiry.Approve, Facts: inquiry.Facts{Answer: inquiry.HashOf("第三稿")}}); ledger.KindOf(err) != ledger.KindDenied {
		t.Errorf("the same reviewer in the second round: %v", err)
	}
	b.approve("head2", id, "第三稿")
	b.now = b.now.AddDate(0, 0, 20)
	if n, err := b.q.WakeInquiries(t.Context()); err != nil || n != 1 || b.state(id) != inquiry.Closed {
		t.Errorf("woken %d, %v, state %s", n, err, b.state(id))
	}
	if n, err := b.q.WakeInquiries(t.Context()); err != nil || n != 0 {
		t.Errorf("woken again: %d, %v", n, err)
	}
	b.sound()
	b.whole()
}

// What a form showed binds: an act on a case that has moved since is refused, and nothing is done.
func TestAnActNamesTheStateItSaw(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	id, _ := b.send(complaint())
	b.register(id)
	b.do("duty1", id, inquiry.TakeDirect, inquiry.Facts{})
	b.draft("duty1", id, "甲")
	looked := b.seen(id)
	b.must(b.try("duty2", id, inquiry.Deed{Act: inquiry.Redraft, Proposed: "乙"}))
	err := b.try("head1", id, inquiry.Deed{Act: inquiry.Approve, Facts: inquiry.Facts{Answer: inquiry.HashOf("甲")}, Seen: looked})
	if ledger.KindOf(err) != ledger.KindConflict {
		t.Errorf("approved what was changed: %v", err)
	}
	// The newest text, but not what the form showed.
	err = b.try("head1", id, inquiry.Deed{Act: inquiry.Approve, Facts: inquiry.Facts{Answer: inquiry.HashOf("乙")}, Seen: looked})
	if ledger.KindOf(err) != ledger.KindConflict {
		t.Errorf("approved without having seen it: %v", err)
	}
	// Even with the newest state, the old text's hash is nobody's answer.
	err = b.try("head1", id, inquiry.Deed{Act: inquiry.Approve, Facts: inquiry.Facts{Answer: inquiry.HashOf("甲")}})
	if ledger.KindOf(err) != ledger.KindConflict || b.state(id) != inquiry.InReview {
		t.Errorf("approved another text: %v", err)
	}
	b.approve("head1", id, "乙")
	if err := b.try("duty1", id, inquiry.Deed{Act: inquiry.Redraft, Proposed: "丙"}); ledger.KindOf(err) != ledger.KindConflict {
		t.Errorf("edited after the approval: %v", err)
	}
	b.sound()
}

// Two heads approve at once: one does, the other is told that it was done.
func TestConcurrentApprovalsSerialise(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	for range 5 {
		id, _ := b.send(complaint())
		b.register(id)
		b.do("duty1", id, inquiry.TakeDirect, inquiry.Facts{})
		b.draft("duty1", id, "答复")
		seen := b.seen(id)
		errs := make(chan error, 2)
		for _, head := range []string{"head1", "head2"} {
			go func() {
				errs <- b.q.Act(context.WithoutCancel(t.Context()), head, id, inquiry.Deed{
					Act: inquiry.Approve, Facts: inquiry.Facts{Answer: inquiry.HashOf("答复")}, Seen: seen,
				})
			}()
		}
		one, two := <-errs, <-errs
		if (one == nil) == (two == nil) || ledger.KindOf(errors.Join(one, two)) != ledger.KindConflict {
			t.Errorf("approvals: %v, %v", one, two)
		}
	}
	b.sound()
}

// The database refuses by itself, whatever a program asks.
func TestTheDatabaseGuardsTheDesk(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	id, _ := b.send(complaint())
	b.answer(id)
	sealed, _ := b.send(inquiry.Filing{Kind: inquiry.Report, Channel: inquiry.Web, Seal: true, Subject: "举报", Text: "有人冒领"})
	c := conn(b.books)
	again := func(act, login, from, to, round string) string {
		return `insert into inquiry_event (county, id, seq, at, role, login, department, act, from_state, to_state, round, body, prev, hash)
			select county, id, seq + 1, at, 'head', '` + login + `', 0, '` + act + `', '` + from + `', '` + to + `', ` + round + `, '{}', hash, 'x'
			from inquiry_event where id = '` + id + `' order by seq desc limit 1`
	}
	for sql, says := range map[string]string{
		`update inquiry_event set login = 'x'`:                               "append-only",
		`delete from inquiry_event`:                                          "append-only",
		`truncate inquiry_event cascade`:                                     "append-only",
		`delete from inquiry`:                                                "append-only",
		`update inquiry set slip_no = 9 where slip_no is not null`:           "append-only",
		`update inquiry set state = 'received' where id = '` + sealed + `'`:  "append-only",
		`update inquiry set code_token = 'x'`:                                "append-only",
		`update inquiry_words set sealed = 'x'`:                              "append-only",
		`update inquiry_words set sealed = 'x', key = 'desk'`:                "append-only",
		`delete from inquiry_sender`:                                         "append-only",
		`update inquiry_round set rating = 'not', approved = 'x'`:            "append-only",
		`update inquiry set seq = 99 where id = '` + id + `'`:                "inquiry_has_events",
		again("approve", "head2", "received", "answered", "1"):               "does not follow",
		again("publish", "farm", "answered", "published", "1"):               "two people",
		`update inquiry_round set reviewer = 'farm' where id = '` + id + `'`: "inquiry_reviewer_is_not_drafter",
		`insert into inquiry_round values ('990121', '` + sealed + `', 2, now(), null, '{}', '', '', '', ''), ('990121', '` + sealed + `', 3, now(), null, '{}', '', '', '', '')`: "inquiry_one_open_round",
		`insert into inquiry_day values ('990121', '2026-03-01', 'duty1', now(), '', 'duty1', now())`:                                                                             "inquiry_day_two_sign",
	} {
		if _, err := c.Exec(t.Context(), sql); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, want %s", sql, err, says)
		}
	}
	b.sound()
}

func TestSlipsHaveNoGap(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	var ids []string
	for range 8 {
		id, _ := b.send(complaint())
		b.do("duty1", id, inquiry.Register, inquiry.Facts{Kind: inquiry.Complaint, Track: inquiry.Ordinary})
		ids = append(ids, id)
	}
	errs := make(chan error)
	for _, id := range ids {
		seen := b.seen(id)
		go func() {
			errs <- b.q.Act(context.WithoutCancel(t.Context()), "duty2", id, inquiry.Deed{Act: inquiry.Countersign, Seen: seen})
		}()
	}
	for range ids {
		b.must(<-errs)
	}
	if n := count(b.books, "(select distinct slip_no from inquiry where slip_no between 1 and 8) x"); n != 8 {
		t.Errorf("%d slips of 1 to 8", n)
	}
	b.now = b.now.AddDate(1, 0, 0)
	id, _ := b.send(complaint())
	b.register(id)
	if tr, _ := b.q.Track(t.Context(), id); tr.Case.Slip.String() != "2027-000001" {
		t.Errorf("the new year begins with %s", tr.Case.Slip)
	}
	b.sound()
}
