package postgres

import (
	"context"
	"crypto/rand"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"mingbai/ledger"
	"mingbai/ledger/inquiry"
	"mingbai/ledger/workday"
)

// Inquiries is the inquiry desk's books. What may be done is package inquiry's business: every act goes through its Apply, in
// one transaction that holds the case. Words, senders and what went to discipline are each sealed for a purpose of its own.
type Inquiries struct {
	*DB
	periods inquiry.Periods
	keys    map[string]*ledger.Keyring
	codes   *ledger.Keyring

	gateway     inquiry.Gateway // nil: citizens are told by their tracking page alone
	messageText string

	mu       sync.Mutex
	calendar workday.Calendar
	notice   int64 // the last notice that the calendar knows
}

// Purposes of keys, as the books name them.
const (
	deskKey       = "desk"
	senderKey     = "sender"
	disciplineKey = "discipline"
)

// NewInquiries opens the desk's books. Periods of zero value are the defaults.
func NewInquiries(db *DB, keys *ledger.Keyring, periods inquiry.Periods) (*Inquiries, error) {
	if periods == (inquiry.Periods{}) {
		periods = inquiry.DefaultPeriods()
	}
	if fault := periods.Fault(); fault != "" {
		return nil, ledger.Errorf(ledger.KindInvalid, "办理期限：%s", fault)
	}
	q := &Inquiries{DB: db, periods: periods, codes: keys.For("inquiry codes"), keys: map[string]*ledger.Keyring{}, calendar: workday.National()}
	for _, purpose := range []string{deskKey, senderKey, disciplineKey} {
		q.keys[purpose] = keys.For("inquiry " + purpose)
	}
	return q, nil
}

// lockCalendar lets acts go on side by side, and none while the calendar changes under them. lockSlips gives numbers one by one.
const (
	lockCalendar = 5
	lockSlips    = 6
)

func (db *DB) shareLock(ctx context.Context, tx pgx.Tx, lock int) error {
	_, err := exec(ctx, tx, `select pg_advisory_xact_lock_shared(@lock, @county::int)`, pgx.NamedArgs{"lock": lock, "county": db.county})
	return err
}

// desk is the law with the calendar of this moment.
func (q *Inquiries) desk(ctx context.Context, from querier) (inquiry.Desk, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	type notice struct {
		No   int64
		Text string
	}
	added, err := all(ctx, from, pgx.RowToStructByPos[notice], `
		select no, text from workday_notice where county = @county and no > @known order by no`,
		pgx.NamedArgs{"county": q.county, "known": q.notice})
	if err != nil {
		return inquiry.Desk{}, err
	}
	calendar := q.calendar
	for _, a := range added {
		if calendar, err = withNotices(calendar, a.Text); err != nil {
			return inquiry.Desk{}, err
		}
	}
	// A transaction that is undone leaves its notice with nobody else.
	if _, inTx := from.(pgx.Tx); !inTx && len(added) > 0 {
		q.calendar, q.notice = calendar, added[len(added)-1].No
	}
	return inquiry.Desk{Calendar: calendar, Periods: q.periods}, nil
}

func withNotices(c workday.Calendar, text string) (workday.Calendar, error) {
	notices, err := workday.Parse(strings.NewReader(text))
	for _, n := range notices {
		if err == nil {
			c, err = c.With(n)
		}
	}
	return c, err
}

// Desk is the law with the calendar of this moment, for pages.
func (q *Inquiries) Desk(ctx context.Context) (inquiry.Desk, error) { return q.desk(ctx, q.pool) }

// codeLetters are 32 that are not mistaken for another, read out or written by hand.
const codeLetters = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"

// newCode is a tracking code of 80 random bits: four groups of four.
func newCode() string {
	b := make([]byte, 16)
	_, _ = rand.Read(b) // never fails
	for i := range b {
		b[i] = codeLetters[b[i]%32]
	}
	return strings.Join([]string{string(b[:4]), string(b[4:8]), string(b[8:12]), string(b[12:])}, "-")
}

// codeToken is the keyed hash by which a code is known. Whatever was typed has one: a code that cannot be is not told apart
// from one that nobody has.
func (q *Inquiries) codeToken(typed string) []byte {
	typed = strings.Map(func(r rune) rune {
		if r >= '！' && r <= '～' { // full-width, as Chinese keyboards write
			r -= '！' - '!'
		}
		if r >= 'a' && r <= 'z' {
			r -= 'a' - 'A'
		}
		if strings.ContainsRune(codeLetters, r) {
			return r
		}
		return -1
	}, typed)
	return q.codes.TokenOf("code", typed)
}

// newID names a case without telling how many there are.
func newID() string { return strings.ToLower(rand.Text()[:20]) }

// nowUTC is the clock to the books' precision, so that what is read back is what was written.
func (q *Inquiries) nowUTC() time.Time { return q.now().UTC().Truncate(time.Microsecond) }

// codeLives is how long a code opens its case after the case has ended.
const codeLives = 365 * 24 * time.Hour

var endStates = []inquiry.State{inquiry.Closed, inquiry.Refused, inquiry.Abandoned, inquiry.Withdrawn}

func codeUntil(c inquiry.Case) *time.Time {
	if !slices.Contains(endStates, c.State) {
		return nil
	}
	until := c.Last.Add(codeLives)
	return &until
}
