package postgres

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"mingbai/ledger"
	"mingbai/ledger/account"
)

// Accounts is the office's door: who enters, how they are known, how long they stay. It joins the books with the keys that
// lie outside them.
type Accounts struct {
	*DB
	keys   *ledger.Keyring
	hasher *account.Hasher
	idle   time.Duration
	most   time.Duration
	hold   func(context.Context, time.Duration)
}

// AccountOptions of the office's door. The zero value serves.
type AccountOptions struct {
	Idle     time.Duration // a session unused for so long has ended; 0 is 30 minutes
	Absolute time.Duration // no session lives longer; 0 is 10 hours

	// For tests, which cannot wait: what a password costs, and what happens instead of waiting.
	Cost *account.Params
	Hold func(context.Context, time.Duration)
}

// NewAccounts opens the door to the books' office.
func NewAccounts(db *DB, keys *ledger.Keyring, o AccountOptions) (*Accounts, error) {
	if o.Idle == 0 {
		o.Idle = 30 * time.Minute
	}
	if o.Absolute == 0 {
		o.Absolute = 10 * time.Hour
	}
	if o.Cost == nil {
		o.Cost = &account.Cost
	}
	if o.Hold == nil {
		o.Hold = wait
	}
	hasher, err := account.NewHasher(*o.Cost)
	if err != nil {
		return nil, fmt.Errorf("hash passwords: %w", err)
	}
	return &Accounts{DB: db, keys: keys, hasher: hasher, idle: o.Idle, most: o.Absolute, hold: o.Hold}, nil
}

func wait(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// hash is how a secret token is kept. kind keeps the spaces apart.
func (a *Accounts) hash(kind, text string) []byte { return a.keys.TokenOf("office "+kind, text) }

// newToken makes 128 random bits or more, as text.
func newToken() string { return rand.Text() + rand.Text() }

// credentials are what an officer is known by. The zero value is nobody.
type credentials struct {
	login    string
	password string // hash; empty for none
	disabled bool
	known    bool // the browser was let in before
	sealed   []byte
	step     int64 // last code used
}

func (a *Accounts) credentials(ctx context.Context, q querier, login, device string) (credentials, error) {
	return first(ctx, q, func(row pgx.CollectableRow) (c credentials, err error) {
		err = row.Scan(&c.login, &c.password, &c.disabled, &c.known, &c.sealed, &c.step)
		return c, err
	}, `
		select o.login, coalesce(o.password, ''), o.disabled_at is not null,
			exists (select from known_device k where k.county = o.county and k.login = o.login and k.device = @device),
			o.totp_sealed, o.totp_step
		from officer o where o.county = @county and o.login = @login`,
		pgx.NamedArgs{"county": a.county, "login": login, "device": a.hash("device", device)})
}

// endSessions ends all sessions of an officer but one (0: all).
func (db *DB) endSessions(ctx context.Context, tx pgx.Tx, login string, but int64) error {
	_, err := exec(ctx, tx, `
		update session set ended_at = @now
		where county = @county and login = @login and ended_at is null and session_no <> @but`,
		pgx.NamedArgs{"county": db.county, "login": login, "but": but, "now": db.now()})
	return err
}

// endLinks ends all open one-time links of an officer.
func (db *DB) endLinks(ctx context.Context, tx pgx.Tx, login string) error {
	_, err := exec(ctx, tx, `
		update office_link set ended_at = @now where county = @county and login = @login and ended_at is null`,
		pgx.NamedArgs{"county": db.county, "login": login, "now": db.now()})
	return err
}

// SweepAccounts forgets what is no longer needed: tries after a day, sessions and links after a month, browsers that were
// not seen for a year.
func (db *DB) SweepAccounts(ctx context.Context) error {
	args := pgx.NamedArgs{"county": db.county, "now": db.now()}
	for _, sql := range []string{
		`delete from login_try where county = @county and last_at < @now::timestamptz - interval '1 day' and open_at < @now`,
		`delete from session where county = @county and seen_at < @now::timestamptz - interval '30 days'`,
		`delete from office_link where county = @county and until < @now::timestamptz - interval '30 days'`,
		`delete from known_device where county = @county and seen_at < @now::timestamptz - interval '365 days'`,
	} {
		if _, err := exec(ctx, db.pool, sql, args); err != nil {
			return err
		}
	}
	return db.sweepHarvest(ctx)
}
