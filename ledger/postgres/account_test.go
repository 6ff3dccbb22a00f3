package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"mingbai/ledger"
	"mingbai/ledger/account"
	"mingbai/ledger/postgres"
)

const (
	good  = "稻田 井水 账本 春分"
	other = "purple kettle on monday"
)

// door is the office's door before books whose clock the test moves.
type door struct {
	*postgres.Accounts
	b    *books
	held time.Duration // how long answers were held back
}

func newDoor(t *testing.T, cost account.Params) *door {
	t.Helper()
	d := &door{b: setup(t)}
	keys, err := ledger.ReadKeys(ledger.NewKeyFile())
	d.must(err)
	d.Accounts, err = postgres.NewAccounts(d.b.DB, keys, postgres.AccountOptions{
		Cost: &cost, Hold: func(_ context.Context, d2 time.Duration) { d.held += d2 },
	})
	d.must(err)
	d.must(d.SetPassword(t.Context(), "test", "sun", good, false))
	return d
}

var cheap = account.Params{Memory: 64, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32}

func (d *door) t() *testing.T { return d.b.t }

func (d *door) must(err error) { d.b.t.Helper(); d.b.must(err) }

// in logs somebody in who must get in.
func (d *door) in(login, password string, v ledger.Visitor) ledger.Entry {
	d.t().Helper()
	e, err := d.Login(d.t().Context(), login, password, v)
	d.must(err)
	return e
}

func (d *door) step(token string) (ledger.Step, bool) {
	d.t().Helper()
	s, err := d.Session(d.t().Context(), token)
	if ledger.KindOf(err) == ledger.KindNotFound {
		return 0, false
	}
	d.must(err)
	return s.Step, true
}

func (d *door) gone(token, why string) {
	d.t().Helper()
	if _, ok := d.step(token); ok {
		d.t().Errorf("%s: the session still holds", why)
	}
}

// enrol takes up a second factor and answers its secret.
func (d *door) enrol(token, password string) (e ledger.Entry, secret string, codes []string) {
	d.t().Helper()
	secret, err := d.EnrolKey(d.t().Context(), token)
	d.must(err)
	e, codes, err = d.Enrol(d.t().Context(), token, password, d.code(secret))
	d.must(err)
	return e, secret, codes
}

func (d *door) code(secret string) string {
	c, err := totp.GenerateCode(secret, d.b.now)
	d.must(err)
	return c
}

func (d *door) wants(kind ledger.Kind, err error, what string) {
	d.t().Helper()
	if ledger.KindOf(err) != kind {
		d.t().Errorf("%s: %v, want kind %d", what, err, kind)
	}
}

func TestASessionEndsInEveryWay(t *testing.T) {
	t.Parallel()
	d := newDoor(t, cheap)
	ctx := t.Context()
	for why, end := range map[string]func(token string){
		"logout":         func(token string) { d.must(d.Logout(ctx, token)) },
		"idle":           func(string) { d.b.now = d.b.now.Add(30 * time.Minute) },
		"disabled":       func(string) { d.must(d.DisableOfficer(ctx, "test", "sun")) },
		"password set":   func(string) { d.must(d.SetPassword(ctx, "test", "sun", other, false)) },
		"factor dropped": func(string) { d.must(d.DropSecondFactor(ctx, "test", "sun")) },
		"others ended":   func(string) { d.must(d.EndOtherSessions(ctx, "sun", -1)) },
		"password change": func(string) {
			_, err := d.ChangePassword(ctx, d.in("sun", good, ledger.Visitor{}).Token, good, other)
			d.must(err)
		},
		"absolute": func(token string) {
			for range 21 { // never idle, and yet
				d.b.now = d.b.now.Add(29 * time.Minute)
				d.step(token)
			}
		},
	} {
		e := d.in("sun", good, ledger.Visitor{})
		if s, ok := d.step(e.Token); !ok || s != ledger.StepDone {
			t.Fatalf("%s: no session to begin with", why)
		}
		end(e.Token)
		d.gone(e.Token, why)
		d.must(d.SaveOfficer(ctx, "test", ledger.Officer{Login: "sun", Name: "sun", Roles: []ledger.OfficeRole{ledger.RoleClerk}})) // enables again
		d.gone(e.Token, why+", enabled again")
		d.must(d.SetPassword(ctx, "test", "sun", "a third one, passing by", false))
		d.must(d.SetPassword(ctx, "test", "sun", good, false))
	}
	for _, token := range []string{"", "nonsense", strings.Repeat("A", 52)} {
		d.gone(token, "a token that was never given out")
	}
	d.b.whole()
}

func TestASessionUsedLastsUntilItsAbsoluteEnd(t *testing.T) {
	t.Parallel()
	d := newDoor(t, cheap)
	e := d.in("sun", good, ledger.Visitor{})
	for range 19 {
		d.b.now = d.b.now.Add(29 * time.Minute)
		if _, ok := d.step(e.Token); !ok {
			t.Fatal("ended while in use")
		}
	}
	// A new token does not give a longer life.
	next, err := d.ChangePassword(t.Context(), e.Token, good, other)
	d.must(err)
	d.gone(e.Token, "the old token")
	d.b.now = d.b.now.Add(25 * time.Minute)
	if _, ok := d.step(next.Token); !ok {
		t.Error("ended before its time")
	}
	d.b.now = d.b.now.Add(25 * time.Minute)
	d.gone(next.Token, "10 hours")
}

func TestTheWayInOfACertifier(t *testing.T) {
	t.Parallel()
	d := newDoor(t, cheap)
	ctx := t.Context()
	v := ledger.Visitor{Address: "192.0.2.1", Label: "Windows · Chrome"}
	d.must(d.SetPassword(ctx, "console", "zhao", good, true))
	first := d.in(" ZHAO ", good, v)
	if s, _ := d.step(first.Token); s != ledger.StepPassword {
		t.Fatalf("step %d, want the change of the password", s)
	}
	_, err := d.ChangePassword(ctx, first.Token, "", good)
	d.wants(ledger.KindInvalid, err, "the same password again")
	_, err = d.ChangePassword(ctx, first.Token, "", "zhangwei123")
	d.wants(ledger.KindInvalid, err, "a common password")
	second, err := d.ChangePassword(ctx, first.Token, "", other)
	d.must(err)
	d.gone(first.Token, "after the change")
	if s, _ := d.step(second.Token); s != ledger.StepEnrol {
		t.Fatalf("step %d, want the second factor's enrolment", s)
	}
	key, err := d.EnrolKey(ctx, second.Token)
	d.must(err)
	if again, _ := d.EnrolKey(ctx, second.Token); again != key {
		t.Error("a page loaded twice shows two keys")
	}
	_, _, err = d.Enrol(ctx, second.Token, "", "000000")
	d.wants(ledger.KindInvalid, err, "a wrong code")
	third, secret, codes := d.enrol(second.Token, "")
	d.gone(second.Token, "after enrolment")
	if s, ok := d.step(third.Token); !ok || s != ledger.StepDone {
		t.Fatalf("step %d %v, want the office", s, ok)
	}

	// The next time: password, then a code; the code of the enrolment is used up.
	half := d.in("zhao", other, v)
	if s, _ := d.step(half.Token); s != ledger.StepSecondFactor {
		t.Fatalf("step %d, want the second factor", s)
	}
	_, err = d.SecondFactor(ctx, half.Token, d.code(secret), v)
	d.wants(ledger.KindInvalid, err, "a code that was used")
	d.b.now = d.b.now.Add(time.Minute)
	e, err := d.SecondFactor(ctx, half.Token, d.code(secret), v)
	d.must(err)
	d.gone(half.Token, "after the second factor")
	if s, ok := d.step(e.Token); !ok || s != ledger.StepDone {
		t.Fatalf("step %d %v, want the office", s, ok)
	}

	// A recovery code works once.
	half = d.in("zhao", other, v)
	_, err = d.SecondFactor(ctx, half.Token, strings.ToUpper(codes[3]), v)
	d.must(err)
	half = d.in("zhao", other, v)
	_, err = d.SecondFactor(ctx, half.Token, codes[3], v)
	d.wants(ledger.KindInvalid, err, "a recovery code that was used")
	s, err := d.Session(ctx, e.Token)
	d.must(err)
	if s.RecoveryLeft != 9 {
		t.Errorf("%d recovery codes left", s.RecoveryLeft)
	}
	fresh, err := d.NewRecovery(ctx, "zhao", other)
	d.must(err)
	_, err = d.SecondFactor(ctx, half.Token, codes[4], v)
	d.wants(ledger.KindInvalid, err, "a recovery code that was replaced")
	_, err = d.SecondFactor(ctx, half.Token, fresh[0], v)
	d.must(err)

	// Five wrong codes: back to the password.
	half = d.in("zhao", other, v)
	for range 5 {
		_, err = d.SecondFactor(ctx, half.Token, "111111", v)
	}
	d.wants(ledger.KindInvalid, err, "the fifth wrong code")
	d.gone(half.Token, "five wrong codes")
	d.b.whole()
	d.audited("zhao", "login.second", "factor.enrol", "password.change", "login.wrong_code", "factor.recovery_new")
}

// audited fails unless an actor has left lines of each action.
func (d *door) audited(actor string, actions ...string) {
	d.t().Helper()
	for _, action := range actions {
		var n int
		d.must(conn(d.b).QueryRow(d.t().Context(), `select count(*) from audit where actor = $1 and action = $2`, actor, action).Scan(&n))
		if n == 0 {
			d.t().Errorf("no line of %s by %s in the audit log", action, actor)
		}
	}
}

func TestWhatANameOrAnAccountLacksIsNotTold(t *testing.T) {
	t.Parallel()
	d := newDoor(t, cheap)
	d.must(d.SetPassword(t.Context(), "test", "zhao", good, false))
	d.must(d.DisableOfficer(t.Context(), "test", "zhao"))
	said := map[string]bool{}
	for i, try := range [][2]string{{"sun", "wrong"}, {"ghost", good}, {"zhao", good}, {"li", good}, {"li", ""}, {"", ""}, {"sun' or 1=1 --", "x"}} {
		_, err := d.Login(t.Context(), try[0], try[1], ledger.Visitor{Address: fmt.Sprint(i)})
		d.wants(ledger.KindInvalid, err, try[0])
		said[ledger.MessageOf(err)] = true
	}
	if len(said) != 1 {
		t.Errorf("the answers differ: %v", said)
	}
	var n int
	d.must(conn(d.b).QueryRow(t.Context(), `select count(*) from audit where actor || object || detail ~ 'ghost|1=1'`).Scan(&n))
	if n != 0 {
		t.Error("a name that is no account's stands in the audit log")
	}
}

// An unknown name takes as long as a known one. At the real cost, turn by turn; the quicker half of each is compared, for
// what else runs on the machine only ever adds.
func TestAnUnknownNameTakesAsLong(t *testing.T) {
	d := newDoor(t, account.Cost)
	took := map[string][]time.Duration{}
	logins := []string{"sun", "ghost"}
	for i := range 24 {
		slices.Reverse(logins)
		for _, login := range logins {
			began := time.Now()
			_, err := d.Login(t.Context(), login, "wrong password", ledger.Visitor{Address: fmt.Sprint(i)})
			took[login] = append(took[login], time.Since(began))
			d.wants(ledger.KindInvalid, err, login)
		}
	}
	quick := func(login string) (sum time.Duration) {
		for _, t := range slices.Sorted(slices.Values(took[login]))[:12] {
			sum += t / 12
		}
		return sum
	}
	known, unknown := quick("sun"), quick("ghost")
	t.Logf("known %v, unknown %v", known, unknown)
	if (known - unknown).Abs() > max(known, unknown)/4 {
		t.Errorf("known %v, unknown %v", known, unknown)
	}
}

// Ten thousand wrong passwords, from one address and from ten thousand: they slow down, and the owner comes in.
func TestTenThousandWrongPasswords(t *testing.T) {
	t.Parallel()
	for name, address := range map[string]func(i int) string{
		"one address": func(int) string { return "198.51.100.9" }, "as many addresses": func(i int) string { return fmt.Sprint("a", i) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDoor(t, cheap)
			ctx := t.Context()
			owner := ledger.Visitor{Address: "192.0.2.1"}
			owner.Device = d.in("sun", good, owner).Device
			tried, refused := 0, 0
			for i := range 10_000 {
				d.b.now = d.b.now.Add(100 * time.Millisecond)
				switch _, err := d.Login(ctx, "sun", fmt.Sprint("guess", i), ledger.Visitor{Address: address(i)}); ledger.KindOf(err) {
				case ledger.KindInvalid:
					tried++
				case ledger.KindTooMany:
					refused++
				default:
					t.Fatal(err)
				}
			}
			t.Logf("10,000 tries in %v: %d compared, %d refused, answers held back for %v in all", 1000*time.Second, tried, refused, d.held)
			if tried+refused != 10_000 || name == "one address" && tried > 20 || name != "one address" && d.held < 2*time.Hour {
				t.Errorf("%d compared, %d refused, held %v", tried, refused, d.held)
			}
			// The owner, on the usual browser: at once, and with a few slips of the own.
			d.held = 0
			for range 9 {
				_, err := d.Login(ctx, "sun", "a slip", owner)
				d.wants(ledger.KindInvalid, err, "a slip")
			}
			d.in("sun", good, owner)
			if d.held != 0 {
				t.Errorf("the owner waits for %v on the own browser", d.held)
			}
			// And on a new one elsewhere: slowed, bounded.
			for i := range 100 { // the count began anew with the owner's login
				_, _ = d.Login(ctx, "sun", "guess", ledger.Visitor{Address: fmt.Sprint("again", i)})
			}
			d.held = 0
			d.in("sun", good, ledger.Visitor{Address: "192.0.2.77"})
			if d.held == 0 || d.held > 3*time.Second {
				t.Errorf("the owner waits for %v on a new browser", d.held)
			}
			var lines int
			d.must(conn(d.b).QueryRow(ctx, `select count(*) from audit where action = 'login.wrong'`).Scan(&lines))
			if lines < 10 || lines > 200 {
				t.Errorf("%d lines in the audit log", lines)
			}
			d.b.whole()
		})
	}
}

// The budget of a known browser is its own, and ends.
func TestAStolenBrowserIsSlowedToo(t *testing.T) {
	t.Parallel()
	d := newDoor(t, cheap)
	v := ledger.Visitor{Address: "192.0.2.1"}
	v.Device = d.in("sun", good, v).Device
	tried := 0
	for range 1000 {
		d.b.now = d.b.now.Add(time.Second)
		if _, err := d.Login(t.Context(), "sun", "guess", v); ledger.KindOf(err) == ledger.KindInvalid {
			tried++
		}
	}
	if tried > 20 {
		t.Errorf("%d tries in 1000 s", tried)
	}
	d.b.now = d.b.now.Add(15 * time.Minute)
	d.in("sun", good, v)
}

func TestTriesAtOnceAreCountedOneByOne(t *testing.T) {
	t.Parallel()
	d := newDoor(t, cheap)
	results := make(chan ledger.Kind, 40)
	for range 40 {
		go func() {
			_, err := d.Login(context.Background(), "sun", "guess", ledger.Visitor{Address: "198.51.100.9"})
			results <- ledger.KindOf(err)
		}()
	}
	tried := 0
	for range 40 {
		if <-results == ledger.KindInvalid {
			tried++
		}
	}
	if tried != 5 {
		t.Errorf("%d of 40 tries at once were compared, want 5", tried)
	}
}

func TestABrowserCannotBeLaidUnder(t *testing.T) {
	t.Parallel()
	d := newDoor(t, cheap)
	e := d.in("sun", good, ledger.Visitor{Device: "a secret that a stranger knows"})
	if e.Device == "a secret that a stranger knows" {
		t.Error("a browser's secret that we did not give out is kept")
	}
	d.must(d.SetPassword(t.Context(), "test", "li", good, false))
	if li := d.in("li", good, ledger.Visitor{Device: e.Device}); li.Device != e.Device {
		t.Error("two officers on one machine push each other out")
	}
}

func TestALinkOpensOnce(t *testing.T) {
	t.Parallel()
	d := newDoor(t, cheap)
	ctx := t.Context()
	old := d.in("sun", good, ledger.Visitor{})
	first, _, err := d.NewLink(ctx, "li", "sun")
	d.must(err)
	token, until, err := d.NewLink(ctx, "li", "sun")
	d.must(err)
	if until.Sub(d.b.now) != 24*time.Hour {
		t.Errorf("lives until %v", until)
	}
	_, err = d.UseLink(ctx, first, other, ledger.Visitor{})
	d.wants(ledger.KindNotFound, err, "a link that was replaced")
	_, err = d.UseLink(ctx, "nonsense", other, ledger.Visitor{})
	d.wants(ledger.KindNotFound, err, "no link of ours")
	_, err = d.UseLink(ctx, token, "short", ledger.Visitor{})
	d.wants(ledger.KindInvalid, err, "a weak password")
	e, err := d.UseLink(ctx, token, other, ledger.Visitor{})
	d.must(err)
	if s, ok := d.step(e.Token); !ok || s != ledger.StepDone {
		t.Errorf("step %d %v after the link", s, ok)
	}
	d.gone(old.Token, "a password set by link")
	_, err = d.UseLink(ctx, token, good, ledger.Visitor{})
	d.wants(ledger.KindNotFound, err, "a link used twice")

	token, _, err = d.NewLink(ctx, "li", "sun")
	d.must(err)
	d.b.now = d.b.now.Add(24 * time.Hour)
	_, err = d.Link(ctx, token)
	d.wants(ledger.KindNotFound, err, "a link a day old")

	token, _, err = d.NewLink(ctx, "li", "sun")
	d.must(err)
	d.must(d.DisableOfficer(ctx, "li", "sun"))
	_, err = d.Link(ctx, token)
	d.wants(ledger.KindNotFound, err, "a link of a disabled account")
	_, _, err = d.NewLink(ctx, "li", "sun")
	d.wants(ledger.KindConflict, err, "a link for a disabled account")
	d.b.whole()
}

func TestOneOfTwoWhoHoldALinkGetsIn(t *testing.T) {
	t.Parallel()
	d := newDoor(t, cheap)
	token, _, err := d.NewLink(t.Context(), "li", "sun")
	d.must(err)
	// All eight find the link open, and wait for the officer's row to set the password.
	ctx, c, watch := t.Context(), conn(d.b), conn(d.b) // within one transaction pg_stat_activity stands still
	_, err = c.Exec(ctx, `begin; select from officer where login = 'sun' for update`)
	d.must(err)
	done := make(chan error, 8)
	for i := range 8 {
		go func() {
			_, err := d.UseLink(context.Background(), token, fmt.Sprint("kettle on a monday ", i), ledger.Visitor{})
			done <- err
		}()
	}
	for waiting, until := 0, time.Now().Add(10*time.Second); waiting < 8; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(until) {
			t.Fatalf("only %d wait: %v", waiting, errors.Join(drain(done)...))
		}
		d.must(watch.QueryRow(ctx, `select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`).Scan(&waiting))
	}
	_, err = c.Exec(ctx, `commit`)
	d.must(err)
	in := 0
	for range 8 {
		if <-done == nil {
			in++
		}
	}
	if in != 1 {
		t.Errorf("%d got in", in)
	}
}

// drain is what has come so far.
func drain(done chan error) (list []error) {
	for len(done) > 0 {
		list = append(list, <-done)
	}
	return list
}

func TestOwnSessionsAreListedAndEnded(t *testing.T) {
	t.Parallel()
	d := newDoor(t, cheap)
	ctx := t.Context()
	d.must(d.SetPassword(ctx, "test", "li", good, false))
	foreign := d.in("li", good, ledger.Visitor{})
	a := d.in("sun", good, ledger.Visitor{Label: "Windows · Chrome"})
	d.b.now = d.b.now.Add(time.Minute)
	b := d.in("sun", good, ledger.Visitor{Label: "Android · Firefox"})
	list, err := d.Sessions(ctx, "sun")
	d.must(err)
	if len(list) != 2 || list[0].Device != "Android · Firefox" || list[1].Device != "Windows · Chrome" {
		t.Fatalf("%+v", list)
	}
	theirs, err := d.Session(ctx, foreign.Token)
	d.must(err)
	d.must(d.EndSession(ctx, "sun", theirs.No)) // not sun's to end
	if _, ok := d.step(foreign.Token); !ok {
		t.Error("an officer ended another's session")
	}
	d.must(d.EndSession(ctx, "sun", list[1].No))
	d.gone(a.Token, "ended from the other browser")
	if _, ok := d.step(b.Token); !ok {
		t.Error("the wrong one was ended")
	}
}

func TestTheLastAdminStays(t *testing.T) {
	t.Parallel()
	d := newDoor(t, cheap)
	ctx := t.Context()
	admin := func(login string) ledger.Officer {
		return ledger.Officer{Login: login, Name: login, Roles: []ledger.OfficeRole{ledger.RoleAdmin}}
	}
	d.must(d.AddOfficer(ctx, "console", admin("qian")))
	d.wants(ledger.KindConflict, d.DisableOfficer(ctx, "qian", "qian"), "disabling the last admin")
	less := admin("qian")
	less.Roles = []ledger.OfficeRole{ledger.RoleClerk}
	d.wants(ledger.KindConflict, d.ChangeOfficer(ctx, "qian", less), "taking the last admin's role")
	d.wants(ledger.KindConflict, d.AddOfficer(ctx, "qian", admin("qian")), "adding a login twice")
	d.wants(ledger.KindNotFound, d.ChangeOfficer(ctx, "qian", admin("ghost")), "changing nobody")
	d.must(d.AddOfficer(ctx, "qian", admin("zhou")))
	d.must(d.DisableOfficer(ctx, "zhou", "qian"))
	d.b.whole()
}

func TestOldTriesAreForgotten(t *testing.T) {
	t.Parallel()
	d := newDoor(t, cheap)
	for i := range 5 {
		_, _ = d.Login(t.Context(), "sun", "guess", ledger.Visitor{Address: fmt.Sprint(i)})
	}
	d.must(d.SweepAccounts(t.Context()))
	if count(d.b, "login_try") == 0 {
		t.Fatal("tries of today are gone")
	}
	d.b.now = d.b.now.Add(25 * time.Hour)
	d.must(d.SweepAccounts(t.Context()))
	if n := count(d.b, "login_try"); n != 0 {
		t.Errorf("%d tries of yesterday are kept", n)
	}
}
