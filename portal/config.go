package portal

import (
	"context"
	"crypto/rand"
	"log/slog"
	"time"

	"mingbai/ledger"
)

// Config is what a county sets.
type Config struct {
	County  string `validate:"required"` // 清泉县
	Phone   string `validate:"required"` // whom people call
	Hours   string `validate:"required"` // 周一至周五 8:30—17:30
	Address string `validate:"required"` // 清泉县财政局一楼大厅

	Limits  Limits
	Harvest Harvest
	// TrustedProxies are the addresses (or CIDR) of our own proxies; only they may say whom they speak for.
	TrustedProxies []string `validate:"dive,ip|cidr"`
	// Kiosks are the addresses (or CIDR) of screens in service halls that have no key of their own. Many people share one: the
	// limits per address and per device do not hold for them, the total does.
	Kiosks []string `validate:"dive,ip|cidr"`
	// Secure says that TLS stands in front: cookies are Secure, and HSTS is sent.
	Secure bool
	// FormKey signs form tokens. Replicas must share it, and a page stays usable over a restart if it stays the same.
	// Random when empty.
	FormKey []byte `validate:"min=32"`
	// Timeout is the longest that one request may work; 10 s when zero.
	Timeout time.Duration
	// Now is the books' clock; time.Now when nil.
	Now func() time.Time

	Normalise  func(string) string          `validate:"required"` // search.Normalise
	Token      func(ledger.IDNumber) []byte `validate:"required"` // keyed token of a number
	Seals      Sealer                       // proves printed sheets; they carry no proof when nil
	IndexState func(context.Context) string // a word for /readyz; may be nil
	Log        *slog.Logger                 // slog.Default() when nil
	Office     Office                       // the accounts; no office when nil

	// Parts of the office, each with its pages where it is given.
	Intake Intake // clerks' files
	Review Review // certifying and publishing
	Boards Boards
	Print  Printer // no PDF when nil
	Trail  AuditTrail
	Work   Worker
	Lists  Lists
	Papers Papers
	Search SearchCare

	Archive   Archive   // the books of other days and the open data; no such pages when nil
	Site      string    `validate:"omitempty,url"` // https://… without a slash at the end: how the site is reached, for the sitemap
	Inquiries Inquiries // what citizens send; no pages for it when nil
	Desk      Desk      // the office's part of it
	Messages  bool      // senders who wish it are told of what is new by telephone
	Scan      Scanner   // of their files; nobody looks when nil
}

// Limit allows Max requests in any stretch of Window.
type Limit struct {
	Max    int
	Window time.Duration
}

// Limits are those of the two doors a stranger might try. A zero Limit takes the default.
type Limits struct {
	LookupDevice  Limit // asking with a number: per browser
	LookupAddress Limit // per network address; a village may share one
	LookupTotal   Limit // all together: guessing from many addresses
	Browse        Limit // names, people and village lists, per address
	Ask           Limit // sending to the inquiry desk, per address
	Track         Limit // tracking codes, per address
	TrackTotal    Limit // all together
	KioskKey      Limit // tries to register a kiosk, per address
	Challenge     Limit // answers to challenges, per address

	// LookupPace is the step to which the time of a lookup's answer is rounded up, so that it tells nothing; 10 ms when zero.
	LookupPace time.Duration
	// KioskRest is how long nobody may touch a hall's machine before everything of its visitor is wiped; 60 s when zero. The last
	// quarter of it is counted down.
	KioskRest time.Duration
}

func (c Config) withDefaults() Config {
	c.Limits.LookupDevice.or(10, 5*time.Minute)
	c.Limits.LookupAddress.or(30, 5*time.Minute)
	c.Limits.LookupTotal.or(3000, 5*time.Minute)
	c.Limits.Browse.or(120, time.Minute)
	c.Limits.Ask.or(20, 10*time.Minute)
	c.Limits.Track.or(30, 5*time.Minute)
	c.Limits.TrackTotal.or(3000, 5*time.Minute)
	c.Limits.KioskKey.or(10, 5*time.Minute)
	c.Limits.Challenge.or(60, time.Minute)
	if c.Limits.LookupPace <= 0 {
		c.Limits.LookupPace = 10 * time.Millisecond
	}
	if c.Limits.KioskRest <= 0 {
		c.Limits.KioskRest = time.Minute
	}
	c.Harvest = c.Harvest.withDefaults()
	if len(c.FormKey) == 0 {
		c.FormKey = make([]byte, 32)
		_, _ = rand.Read(c.FormKey) // never fails
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Timeout <= 0 {
		c.Timeout = 10 * time.Second
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	return c
}

func (l *Limit) or(most int, window time.Duration) {
	if l.Max <= 0 {
		l.Max = most
	}
	if l.Window <= 0 {
		l.Window = window
	}
}
