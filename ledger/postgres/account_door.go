package postgres

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"mingbai/ledger"
	"mingbai/ledger/account"
)

// errWrong is one answer for a wrong password, an unknown name, a disabled account and one without a password.
var errWrong = ledger.Errorf(ledger.KindInvalid, "账号或密码不对，请看清大小写再试。忘了密码，请找管理员要一次性链接。")

// Login lets somebody in who knows a password. Where the account has a second factor, or its password must be changed, the
// session it makes opens nothing but that step.
func (a *Accounts) Login(ctx context.Context, login, password string, v ledger.Visitor) (ledger.Entry, error) {
	login = strings.ToLower(strings.TrimSpace(login))
	who, err := a.credentials(ctx, a.pool, login, v.Device)
	if err != nil && !errors.Is(err, ledger.ErrNotFound) {
		return ledger.Entry{}, err
	}
	tries := a.passwordTries(login, v, who.known)
	n, err := a.reserve(ctx, tries)
	if err != nil {
		return ledger.Entry{}, err
	}
	if !who.known {
		a.hold(ctx, holdFor(n))
	}
	if who.disabled {
		who.password = ""
	}
	right, err := a.hasher.Matches(ctx, password, who.password, who.known)
	if err != nil {
		return ledger.Entry{}, err
	}
	if !right {
		return ledger.Entry{}, errors.Join(errWrong, a.tellWrong(ctx, "login.wrong", who.login, n))
	}
	return a.enter(ctx, who, v, "login", func(tx pgx.Tx) error { return a.giveBack(ctx, tx, tries) })
}

// tellWrong writes a wrong try down; a name that is no account's is not, for it may be a password in the wrong field.
func (a *Accounts) tellWrong(ctx context.Context, action, login string, tries int) error {
	if !worthTelling(tries) {
		return nil
	}
	actor := login
	if actor == "" {
		actor = "?"
	}
	return a.write(ctx, func(tx pgx.Tx) error {
		return a.record(ctx, tx, actor, action, "officer/"+actor, map[string]int{"tries": tries})
	})
}

// enter makes a session. Its token is new, whatever the browser brought: nobody can lay one under somebody else.
func (a *Accounts) enter(ctx context.Context, who credentials, v ledger.Visitor, action string, also func(tx pgx.Tx) error) (ledger.Entry, error) {
	entry, err := a.newEntry(ctx, v)
	if err != nil {
		return entry, err
	}
	err = a.write(ctx, func(tx pgx.Tx) error {
		if err := also(tx); err != nil {
			return err
		}
		if _, err := exec(ctx, tx, `
			insert into session (county, token, login, began_at, seen_at, strong, device)
			values (@county, @token, @login, @now, @now, false, @label)`,
			pgx.NamedArgs{
				"county": a.county, "token": a.hash("session", entry.Token), "login": who.login, "now": a.now(), "label": v.Label,
			}); err != nil {
			return err
		}
		if len(who.sealed) == 0 { // else it takes the second factor to make a browser known
			if err := a.remember(ctx, tx, who.login, entry.Device); err != nil {
				return err
			}
		}
		return a.record(ctx, tx, who.login, action, "officer/"+who.login, map[string]string{"device": v.Label})
	})
	return entry, err
}

// newEntry makes the secrets that a browser will keep. The browser's own stays if we gave it out: officers may share a
// machine. One that somebody else may have laid there is replaced.
func (a *Accounts) newEntry(ctx context.Context, v ledger.Visitor) (ledger.Entry, error) {
	known, err := one[bool](ctx, a.pool, `select exists (select from known_device where county = @county and device = @device)`,
		pgx.NamedArgs{"county": a.county, "device": a.hash("device", v.Device)})
	entry := ledger.Entry{Token: newToken(), Device: v.Device}
	if !known {
		entry.Device = newToken()
	}
	return entry, err
}

func (a *Accounts) remember(ctx context.Context, tx pgx.Tx, login, device string) error {
	_, err := exec(ctx, tx, `
		insert into known_device (county, login, device, seen_at) values (@county, @login, @device, @now)
		on conflict (county, login, device) do update set seen_at = excluded.seen_at`,
		pgx.NamedArgs{"county": a.county, "login": login, "device": a.hash("device", device), "now": a.now()})
	return err
}

// live is what makes a session one that still holds.
const live = `s.county = @county and s.ended_at is null and o.disabled_at is null and s.seen_at > @idle and s.began_at > @began`

func (a *Accounts) liveArgs(more pgx.NamedArgs) pgx.NamedArgs {
	more["county"], more["now"] = a.county, a.now()
	more["idle"], more["began"] = a.now().Add(-a.idle), a.now().Add(-a.most)
	return more
}

// Session is the stay that a token stands for; ErrNotFound when it has ended or never was.
func (a *Accounts) Session(ctx context.Context, token string) (ledger.Session, error) {
	args := a.liveArgs(pgx.NamedArgs{"token": a.hash("session", token)})
	var strong, mustChange bool
	s, err := first(ctx, a.pool, func(row pgx.CollectableRow) (s ledger.Session, err error) {
		into, finish := officerInto(&s.Officer)
		err = row.Scan(append([]any{
			&s.No, &s.Device, &s.Began, &s.Seen, &strong, &mustChange, &s.HasSecondFactor, &s.RecoveryLeft,
		}, into...)...)
		finish()
		return s, err
	}, `
		select s.session_no, s.device, s.began_at, s.seen_at, s.strong, o.must_change, o.totp_sealed is not null,
			(select count(*)::int from recovery_code r where r.county = o.county and r.login = o.login and r.used_at is null),
			`+officerColumns+`
		from `+fromOfficer+` join session s on s.county = o.county and s.login = o.login
		where s.token = @token and `+live, args)
	if err != nil {
		return s, err
	}
	switch {
	case s.HasSecondFactor && !strong:
		s.Step = ledger.StepSecondFactor
	case mustChange:
		s.Step = ledger.StepPassword
	case s.Officer.NeedsSecondFactor() && !s.HasSecondFactor:
		s.Step = ledger.StepEnrol
	}
	if a.now().Sub(s.Seen) >= time.Minute { // one write a minute is enough to tell 30
		_, err = exec(ctx, a.pool, `update session set seen_at = @now where county = @county and token = @token and ended_at is null`, args)
	}
	return s, err
}

// wrongCodes are so many that a session ends: back to the password.
const wrongCodes = 5

// SecondFactor takes a code of the app, or a recovery code, and gives the session a new token.
func (a *Accounts) SecondFactor(ctx context.Context, token, code string, v ledger.Visitor) (ledger.Entry, error) {
	s, err := a.Session(ctx, token)
	if err != nil {
		return ledger.Entry{}, err
	}
	who, err := a.credentials(ctx, a.pool, s.Officer.Login, v.Device)
	if err != nil {
		return ledger.Entry{}, err
	}
	tries := a.codeTries(who.login, v, who.known)
	n, err := a.reserve(ctx, tries)
	if err != nil {
		return ledger.Entry{}, err
	}
	entry, err := a.newEntry(ctx, v)
	if err != nil {
		return entry, err
	}
	wrong := false
	err = a.write(ctx, func(tx pgx.Tx) error {
		how, err := a.spendCode(ctx, tx, who, code)
		if errors.Is(err, ledger.ErrNotFound) {
			wrong = true
			_, err = exec(ctx, tx, `
				update session set wrong_codes = wrong_codes + 1, ended_at = case when wrong_codes + 1 >= @most then @now else ended_at end
				where county = @county and session_no = @no`,
				pgx.NamedArgs{"county": a.county, "no": s.No, "most": wrongCodes, "now": a.now()})
			return err
		}
		if err != nil {
			return err
		}
		if err := a.giveBack(ctx, tx, tries); err != nil {
			return err
		}
		if err := a.remember(ctx, tx, who.login, entry.Device); err != nil {
			return err
		}
		if err := a.renew(ctx, tx, s.No, entry.Token, true); err != nil {
			return err
		}
		return a.record(ctx, tx, who.login, "login.second", "officer/"+who.login, map[string]string{"by": how})
	})
	if wrong && err == nil {
		err = errors.Join(ledger.Errorf(ledger.KindInvalid, "验证码不对，或已经用过。请等手机上换了新码再填；用恢复码时，每个只能用一次。"),
			a.tellWrong(ctx, "login.wrong_code", who.login, n))
	}
	return entry, err
}

// spendCode uses up a code in the transaction that lets its owner in; ErrNotFound for a wrong or used one.
func (a *Accounts) spendCode(ctx context.Context, tx pgx.Tx, who credentials, code string) (how string, err error) {
	args := pgx.NamedArgs{"county": a.county, "login": who.login, "now": a.now()}
	if account.IsRecoveryCode(code) {
		args["code"] = a.hash("recovery "+who.login, account.RecoveryKey(code))
		return one[string](ctx, tx, `
			update recovery_code set used_at = @now
			where county = @county and login = @login and code = @code and used_at is null returning 'recovery'`, args)
	}
	secret, err := a.keys.Open(ledger.SealedTOTPPlace(who.login), who.sealed)
	if err != nil {
		return "", err
	}
	step, ok := account.MatchCode(string(secret), code, a.now(), who.step)
	if !ok {
		return "", ledger.ErrNotFound
	}
	args["step"] = step
	return one[string](ctx, tx, `
		update officer set totp_step = @step
		where county = @county and login = @login and totp_step < @step returning 'app'`, args)
}

// renew gives a session a new token; the old one opens nothing from then on. How long the session may live does not change.
func (a *Accounts) renew(ctx context.Context, tx pgx.Tx, no int64, token string, strong bool) error {
	n, err := exec(ctx, tx, `
		update session set token = @token, strong = strong or @strong, seen_at = @now, enrol_sealed = null, wrong_codes = 0
		where county = @county and session_no = @no and ended_at is null`,
		pgx.NamedArgs{"county": a.county, "no": no, "token": a.hash("session", token), "strong": strong, "now": a.now()})
	if err == nil && n == 0 {
		err = ledger.ErrNotFound // ended meanwhile
	}
	return err
}

// Logout ends the session of a token, if there is one.
func (a *Accounts) Logout(ctx context.Context, token string) error {
	s, err := a.Session(ctx, token)
	if errors.Is(err, ledger.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return a.EndSession(ctx, s.Officer.Login, s.No)
}
