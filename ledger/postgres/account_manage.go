package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"mingbai/ledger"
	"mingbai/ledger/account"
)

// LinkLives is how long a one-time link may wait for its officer.
const LinkLives = 24 * time.Hour

// Officers lists all accounts: enabled ones first, by login.
func (a *Accounts) Officers(ctx context.Context) ([]ledger.Account, error) {
	return all(ctx, a.pool, scanAccount, accountQuery+` order by o.disabled_at is not null, o.login`,
		pgx.NamedArgs{"county": a.county, "login": ""})
}

// Account is one account by its login.
func (a *Accounts) Account(ctx context.Context, login string) (ledger.Account, error) {
	acc, err := first(ctx, a.pool, scanAccount, accountQuery, pgx.NamedArgs{"county": a.county, "login": login})
	if errors.Is(err, ledger.ErrNotFound) {
		err = ledger.Errorf(ledger.KindNotFound, "没有账号“%s”", login)
	}
	return acc, err
}

const accountQuery = `
	select o.password is not null, o.totp_sealed is not null, o.must_change,
		(select max(s.seen_at) from session s where s.county = o.county and s.login = o.login), ` + officerColumns + `
	from ` + fromOfficer + ` where o.county = @county and (@login = '' or o.login = @login)`

func scanAccount(row pgx.CollectableRow) (acc ledger.Account, err error) {
	var seen *time.Time
	into, finish := officerInto(&acc.Officer)
	err = row.Scan(append([]any{&acc.HasPassword, &acc.HasSecondFactor, &acc.MustChange, &seen}, into...)...)
	finish()
	acc.Seen = orZero(seen)
	return acc, err
}

// NewLink makes a link by which an officer sets a password, once; an older one ends. The password in use stays until then.
func (a *Accounts) NewLink(ctx context.Context, by, login string) (token string, until time.Time, err error) {
	token, until = newToken(), a.now().Add(LinkLives)
	err = a.write(ctx, func(tx pgx.Tx) error {
		o, err := a.officer(ctx, tx, login)
		if err != nil {
			return err
		}
		if o.Disabled {
			return ledger.Errorf(ledger.KindConflict, "账号“%s”已停用，请先启用", login)
		}
		args := pgx.NamedArgs{
			"county": a.county, "login": login, "token": a.hash("link", token), "by": by, "until": until,
		}
		if err := a.endLinks(ctx, tx, login); err != nil {
			return err
		}
		if _, err := exec(ctx, tx, `insert into office_link (county, token, login, made_by, until) values (@county, @token, @login, @by, @until)`, args); err != nil {
			return err
		}
		return a.record(ctx, tx, by, "password.link", "officer/"+login, struct{}{})
	})
	return token, until, err
}

const openLink = `
	from office_link l join officer o on o.county = l.county and o.login = l.login
	where l.county = @county and l.token = @token and l.ended_at is null and l.until > @now and o.disabled_at is null`

var errLink = ledger.Errorf(ledger.KindNotFound, "这个链接已经用过、过期或不完整。请找管理员再要一个。")

// Link is whose password a link sets; refused when it was used, has ended or never was.
func (a *Accounts) Link(ctx context.Context, token string) (login string, err error) {
	login, err = one[string](ctx, a.pool, `select l.login`+openLink,
		pgx.NamedArgs{"county": a.county, "token": a.hash("link", token), "now": a.now()})
	if errors.Is(err, ledger.ErrNotFound) {
		err = errLink
	}
	return login, err
}

// UseLink sets a password by a link, ends every session and lets its officer in. A second factor is still asked for.
func (a *Accounts) UseLink(ctx context.Context, token, password string, v ledger.Visitor) (ledger.Entry, error) {
	login, err := a.Link(ctx, token)
	if err != nil {
		return ledger.Entry{}, err
	}
	hash, err := a.newHash(ctx, login, password)
	if err != nil {
		return ledger.Entry{}, err
	}
	who, err := a.credentials(ctx, a.pool, login, v.Device)
	if err != nil {
		return ledger.Entry{}, err
	}
	return a.enter(ctx, who, v, "password.by_link", func(tx pgx.Tx) error {
		// Asked again, and locked: of two who hold the link one gets in.
		if _, err := one[string](ctx, tx, `select l.login`+openLink+` for update of l`,
			pgx.NamedArgs{"county": a.county, "token": a.hash("link", token), "now": a.now()}); err != nil {
			return errLink
		}
		return a.putPassword(ctx, tx, login, hash, false, 0)
	})
}

// SetPassword sets a password for somebody else, by the machine's console; its owner must change it at the first login.
func (a *Accounts) SetPassword(ctx context.Context, by, login, password string, mustChange bool) error {
	hash, err := a.newHash(ctx, login, password)
	if err != nil {
		return err
	}
	return a.write(ctx, func(tx pgx.Tx) error {
		if err := a.putPassword(ctx, tx, login, hash, mustChange, 0); err != nil {
			return err
		}
		return a.record(ctx, tx, by, "password.set", "officer/"+login, struct{}{})
	})
}

// GiveSecondFactor makes a second factor for an officer of the demo, who has no phone to enrol with, and answers its secret.
func (a *Accounts) GiveSecondFactor(ctx context.Context, by, login string) (secret string, err error) {
	secret = account.NewSecret()
	return secret, a.write(ctx, func(tx pgx.Tx) error {
		if err := a.putSecret(ctx, tx, login, secret, 0); err != nil {
			return err
		}
		return a.record(ctx, tx, by, "factor.give", "officer/"+login, struct{}{})
	})
}

// DropSecondFactor takes a lost second factor away, with its recovery codes and every session. Roles that need one enrol
// anew at the next login.
func (a *Accounts) DropSecondFactor(ctx context.Context, by, login string) error {
	return a.write(ctx, func(tx pgx.Tx) error {
		if _, err := a.officer(ctx, tx, login); err != nil {
			return err
		}
		args := pgx.NamedArgs{"county": a.county, "login": login}
		if _, err := exec(ctx, tx, `update officer set totp_sealed = null, totp_step = 0 where county = @county and login = @login`, args); err != nil {
			return err
		}
		if err := a.putRecovery(ctx, tx, login, nil); err != nil {
			return err
		}
		if err := a.endSessions(ctx, tx, login, 0); err != nil {
			return err
		}
		return a.record(ctx, tx, by, "factor.drop", "officer/"+login, struct{}{})
	})
}
