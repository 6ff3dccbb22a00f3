package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"mingbai/ledger"
	"mingbai/ledger/account"
)

// What officers do with their own account. Whoever sits before an open session must still know its password.

// confirm asks for the password of somebody who is inside.
func (a *Accounts) confirm(ctx context.Context, login, password string) error {
	tries := a.confirmTries(login)
	n, err := a.reserve(ctx, tries)
	if err != nil {
		return err
	}
	who, err := a.credentials(ctx, a.pool, login, "")
	if err != nil {
		return err
	}
	right, err := a.hasher.Matches(ctx, password, who.password, true)
	if err != nil {
		return err
	}
	if !right {
		return errors.Join(ledger.ErrWrongPassword, a.tellWrong(ctx, "account.wrong_password", login, n))
	}
	return a.write(ctx, func(tx pgx.Tx) error { return a.giveBack(ctx, tx, tries) })
}

// ChangePassword sets a new password and ends every other session and every link. old is not asked for in the step that
// forces a change, where it was given a moment ago.
func (a *Accounts) ChangePassword(ctx context.Context, token, old, password string) (ledger.Entry, error) {
	s, err := a.Session(ctx, token)
	if err != nil {
		return ledger.Entry{}, err
	}
	login := s.Officer.Login
	if s.Step != ledger.StepPassword {
		if err := a.confirm(ctx, login, old); err != nil {
			return ledger.Entry{}, err
		}
	}
	hash, err := a.newHash(ctx, login, password)
	if err != nil {
		return ledger.Entry{}, err
	}
	entry := ledger.Entry{Token: newToken()}
	err = a.write(ctx, func(tx pgx.Tx) error {
		if err := a.putPassword(ctx, tx, login, hash, false, s.No); err != nil {
			return err
		}
		if err := a.renew(ctx, tx, s.No, entry.Token, false); err != nil {
			return err
		}
		return a.record(ctx, tx, login, "password.change", "officer/"+login, struct{}{})
	})
	return entry, err
}

// newHash hashes a password that may be set: by the rules, and not the one that is in use.
func (a *Accounts) newHash(ctx context.Context, login, password string) (string, error) {
	if fault := account.Fault(password, login); fault != "" {
		return "", ledger.Errorf(ledger.KindInvalid, "%s", fault)
	}
	who, err := a.credentials(ctx, a.pool, login, "")
	if err != nil {
		return "", err
	}
	same, err := a.hasher.Matches(ctx, password, who.password, true)
	if err != nil {
		return "", err
	}
	if same {
		return "", ledger.Errorf(ledger.KindInvalid, "新密码和现在的一样，请换一个。")
	}
	return a.hasher.Hash(ctx, password)
}

// putPassword keeps a password's hash and ends every link, and every session but one (0: all).
func (a *Accounts) putPassword(ctx context.Context, tx pgx.Tx, login, hash string, mustChange bool, but int64) error {
	if _, err := exec(ctx, tx, `update officer set password = @hash, must_change = @must where county = @county and login = @login`,
		pgx.NamedArgs{"county": a.county, "login": login, "hash": hash, "must": mustChange}); err != nil {
		return err
	}
	if err := a.endLinks(ctx, tx, login); err != nil {
		return err
	}
	return a.endSessions(ctx, tx, login, but)
}

// EnrolKey is the secret that the session offers for a second factor: the same until it is taken up, so that a page loaded
// twice shows one code.
func (a *Accounts) EnrolKey(ctx context.Context, token string) (secret string, err error) {
	s, err := a.Session(ctx, token)
	if err != nil {
		return "", err
	}
	place := ledger.SealedTOTPPlace(s.Officer.Login)
	sealed, err := one[[]byte](ctx, a.pool, `
		update session set enrol_sealed = coalesce(enrol_sealed, @fresh) where county = @county and session_no = @no returning enrol_sealed`,
		pgx.NamedArgs{"county": a.county, "no": s.No, "fresh": a.keys.Seal(place, []byte(account.NewSecret()))})
	if err != nil {
		return "", err
	}
	plain, err := a.keys.Open(place, sealed)
	return string(plain), err
}

// Enrol takes up the offered second factor once a code proves that the phone has it. It answers new recovery codes, ends all
// other sessions and gives this one a new token. The password is asked for where the step does not follow the login.
func (a *Accounts) Enrol(ctx context.Context, token, password, code string) (ledger.Entry, []string, error) {
	s, err := a.Session(ctx, token)
	if err != nil {
		return ledger.Entry{}, nil, err
	}
	login := s.Officer.Login
	if s.Step != ledger.StepEnrol {
		if err := a.confirm(ctx, login, password); err != nil {
			return ledger.Entry{}, nil, err
		}
	}
	secret, err := a.EnrolKey(ctx, token)
	if err != nil {
		return ledger.Entry{}, nil, err
	}
	step, ok := account.MatchCode(secret, code, a.now(), 0)
	if !ok {
		return ledger.Entry{}, nil, ledger.Errorf(ledger.KindInvalid, "验证码对不上。请看手机上现在的6位数字再填；还不行，请核对手机的时间。")
	}
	entry, codes := ledger.Entry{Token: newToken()}, account.NewRecoveryCodes()
	err = a.write(ctx, func(tx pgx.Tx) error {
		if err := a.putSecret(ctx, tx, login, secret, step); err != nil {
			return err
		}
		if err := a.putRecovery(ctx, tx, login, codes); err != nil {
			return err
		}
		if err := a.endSessions(ctx, tx, login, s.No); err != nil {
			return err
		}
		if err := a.renew(ctx, tx, s.No, entry.Token, true); err != nil {
			return err
		}
		return a.record(ctx, tx, login, "factor.enrol", "officer/"+login, struct{}{})
	})
	return entry, codes, err
}

func (a *Accounts) putSecret(ctx context.Context, tx pgx.Tx, login, secret string, step int64) error {
	_, err := exec(ctx, tx, `update officer set totp_sealed = @sealed, totp_step = @step where county = @county and login = @login`,
		pgx.NamedArgs{
			"county": a.county, "login": login, "step": step,
			"sealed": a.keys.Seal(ledger.SealedTOTPPlace(login), []byte(secret)),
		})
	return err
}

// putRecovery replaces all recovery codes.
func (a *Accounts) putRecovery(ctx context.Context, tx pgx.Tx, login string, codes []string) error {
	hashes := make([][]byte, len(codes))
	for i, c := range codes {
		hashes[i] = a.hash("recovery "+login, account.RecoveryKey(c))
	}
	args := pgx.NamedArgs{"county": a.county, "login": login, "codes": hashes}
	if _, err := exec(ctx, tx, `delete from recovery_code where county = @county and login = @login`, args); err != nil {
		return err
	}
	_, err := exec(ctx, tx, `insert into recovery_code (county, login, code) select @county, @login, unnest(@codes::bytea[])`, args)
	return err
}

// NewRecovery makes new recovery codes; the old ones open nothing any more.
func (a *Accounts) NewRecovery(ctx context.Context, login, password string) ([]string, error) {
	if err := a.confirm(ctx, login, password); err != nil {
		return nil, err
	}
	codes := account.NewRecoveryCodes()
	return codes, a.write(ctx, func(tx pgx.Tx) error {
		if err := a.putRecovery(ctx, tx, login, codes); err != nil {
			return err
		}
		return a.record(ctx, tx, login, "factor.recovery_new", "officer/"+login, struct{}{})
	})
}

// Sessions lists an officer's live sessions, the newest first.
func (a *Accounts) Sessions(ctx context.Context, login string) ([]ledger.Session, error) {
	return all(ctx, a.pool, func(row pgx.CollectableRow) (s ledger.Session, err error) {
		err = row.Scan(&s.No, &s.Device, &s.Began, &s.Seen)
		return s, err
	}, `
		select s.session_no, s.device, s.began_at, s.seen_at
		from session s join officer o on o.county = s.county and o.login = s.login
		where s.login = @login and `+live+` order by s.seen_at desc, s.session_no desc`, a.liveArgs(pgx.NamedArgs{"login": login}))
}

// EndSession ends one of an officer's own sessions.
func (a *Accounts) EndSession(ctx context.Context, login string, no int64) error {
	return a.write(ctx, func(tx pgx.Tx) error {
		n, err := exec(ctx, tx, `
			update session set ended_at = @now where county = @county and login = @login and session_no = @no and ended_at is null`,
			pgx.NamedArgs{"county": a.county, "login": login, "no": no, "now": a.now()})
		if err != nil || n == 0 {
			return err // one that has ended already is what was wanted
		}
		return a.record(ctx, tx, login, "logout", "officer/"+login, map[string]int64{"session": no})
	})
}

// EndOtherSessions ends all of an officer's sessions but one.
func (a *Accounts) EndOtherSessions(ctx context.Context, login string, but int64) error {
	return a.write(ctx, func(tx pgx.Tx) error {
		if err := a.endSessions(ctx, tx, login, but); err != nil {
			return err
		}
		return a.record(ctx, tx, login, "logout.others", "officer/"+login, struct{}{})
	})
}
