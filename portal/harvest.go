package portal

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"hash/maphash"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"mingbai/ledger"
	"mingbai/portal/budget"
)

// Harvest is what keeps the county's lists from being carried off as a whole. The zero value serves.
type Harvest struct {
	// NameSearch is how much of a name a search takes: two-characters (the default) or full-name.
	NameSearch string `validate:"omitempty,oneof=two-characters full-name"`
	Pages      int    `validate:"min=0"` // how deep a list of people goes that is not narrowed to villages; 5 when zero
	Budgets    budget.Rules
	Guard      Guard            // nil: counted in memory, no kiosks by key, no traps
	Work       int64            // numbers to try for a proof of work, at most; 300,000 when zero
	Now        func() time.Time // time.Now when nil
}

// Guard keeps what replicas share.
type Guard interface {
	budget.Store
	KioskRegister
	TrapRegister
}

func (h Harvest) withDefaults() Harvest {
	if h.NameSearch == "" {
		h.NameSearch = twoCharacters
	}
	if h.Pages == 0 {
		h.Pages = 5
	}
	if h.Work <= 0 {
		h.Work = 300_000
	}
	if h.Now == nil {
		h.Now = time.Now
	}
	return h
}

const (
	twoCharacters = "two-characters"
	fullName      = "full-name"
)

// mark is a keyed hash; kind keeps the spaces apart.
func (s *Server) mark(kind, text string) []byte {
	mac := hmac.New(sha256.New, s.config.FormKey)
	mac.Write([]byte("mingbai " + kind + "\x00" + text))
	return mac.Sum(nil)
}

// principal is the bucket of the address or kiosk that asks.
func (s *Server) principal(c *fiber.Ctx) budget.Key {
	if no := s.kioskOf(c); no != 0 {
		return budget.Key(ledger.KioskBucket(no))
	}
	if holds(s.kiosks, s.clientAddress(c)) {
		return budget.Key(ledger.BucketHall) + budget.Key(s.mark("hall", s.addressKey(c))[:16])
	}
	return budget.Key(ledger.BucketAddress) + budget.Key(s.mark("address", s.addressKey(c))[:16])
}

// withinBudget refuses whoever has used up a budget before the books are asked: what is refused later would tell by that alone
// that somebody was found.
func (s *Server) withinBudget(c *fiber.Ctx) error {
	v, err := s.meter.Check(c.UserContext(), s.buckets(c, false))
	if err == nil {
		err = s.refuse(c, v)
	}
	if err != nil {
		return err
	}
	return c.Next()
}

// givenKey is where giveOut leaves whom a page names, for forReaders.
const givenKey = localKey("given")

// giveOut charges whoever asks for the people of a page, before it is shown; an error when the budget does not reach.
func (s *Server) giveOut(c *fiber.Ctx, people []uint64) error {
	c.Locals(givenKey, people)
	if len(people) == 0 {
		return nil
	}
	v, err := s.meter.Give(c.UserContext(), s.buckets(c, true), people)
	if err != nil {
		return err
	}
	return s.refuse(c, v)
}

// buckets are those of whoever asks: the kiosk; or the address, and the browser. A browser that is new is known from now on.
func (s *Server) buckets(c *fiber.Ctx, remember bool) []budget.Key {
	keys := []budget.Key{s.principal(c)}
	if keys[0].Kind() != ledger.BucketAddress {
		return keys
	}
	if nonce := s.browser(c, remember); nonce != "" {
		keys = append(keys, budget.Key(ledger.BucketDevice)+budget.Key(nonce))
	}
	return keys
}

// personMark tells people apart for the counting, in this process: the same neighbour in two funds' lists is one.
func (s *Server) personMark(village, group, name string) uint64 {
	return maphash.String(s.seed, village+"\x00"+group+"\x00"+name)
}

func (s *Server) foundPeople(list []ledger.FoundPerson) (people []uint64) {
	for _, p := range list {
		people = append(people, s.personMark(or(p.Ref.Village, p.VillageName), p.Group, p.Name))
	}
	return people
}

func or(text, other string) string {
	if text == "" {
		return other
	}
	return text
}

// spent is a budget that is used up.
type spent struct {
	budget.Verdict
	refusal *ledger.Error
}

func (e *spent) Error() string { return e.refusal.Error() }
func (e *spent) Unwrap() error { return e.refusal }

// refuse is the error for a verdict; where only time helps, its header says how much.
func (s *Server) refuse(c *fiber.Ctx, v budget.Verdict) error {
	switch v.Answer {
	case budget.Open:
		return nil
	case budget.Challenge:
		return &spent{v, ledger.Errorf(ledger.KindTooMany, "看的人数多了，请先在网页上核对一次，再接着看。")}
	}
	c.Set(fiber.HeaderRetryAfter, strconv.Itoa(max(1, int(v.Until.Sub(s.config.Harvest.Now())/time.Second)+1)))
	return &spent{v, ledger.Errorf(ledger.KindTooMany, "看的人数到了上限，请%s以后再来。", roomAt(v.Until))}
}

// roomAt writes when there is room again, rounded up to the minute: 10:35, or 明天 10:35.
func roomAt(t time.Time) string {
	t = t.Add(time.Minute - time.Second).In(ledger.Shanghai)
	return t.Format("1月2日 15:04")
}

// keepHarvest writes down every second what was given and which traps were touched, until ctx ends and once more.
func (s *Server) keepHarvest(ctx context.Context) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			s.flushHarvest(context.WithoutCancel(ctx))
			return
		case <-tick.C:
			s.flushHarvest(ctx)
		}
	}
}

func (s *Server) flushHarvest(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	if err := s.meter.Flush(ctx); err != nil {
		s.log.Error("限额没有记进账库，下一秒再记", "err", err)
	}
	if err := s.flushTouches(ctx); err != nil {
		s.log.Error("哨兵名的触碰没有记进账库，下一秒再记", "err", err)
	}
}
