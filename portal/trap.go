package portal

import (
	"context"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"

	"mingbai/ledger"
	"mingbai/portal/budget"
)

// TrapRegister keeps names that nobody bears, and who came upon them.
type TrapRegister interface {
	Traps(ctx context.Context) ([]ledger.Trap, error)
	SetTrap(ctx context.Context, by string, t ledger.Trap) error
	RemoveTrap(ctx context.Context, by, village string) error
	TrapNameFree(ctx context.Context, key string) (bool, error)
	TouchTraps(ctx context.Context, list []ledger.Touch) (raised []ledger.Alarm, err error)
	Alarms(ctx context.Context, n int) ([]ledger.Alarm, error)
	AlarmsWaiting(ctx context.Context) (int, error)
	SeeAlarm(ctx context.Context, by string, no int64) error
}

const (
	trapAge     = 30 * time.Second
	mostTouches = 10_000 // that wait to be written; more tell nothing new
)

// traps are never shown to anybody: docs/防抓取.md says why. They are looked up here, so that an answer takes the same way and time
// whether or not one was touched.
type traps struct {
	mu      sync.Mutex
	read    time.Time
	list    []ledger.Trap
	byRef   map[ledger.PersonRef]bool
	touches map[ledger.TrapWay]map[touch]bool
	waiting int
}

type touch struct {
	bucket budget.Key
	ref    string
}

// trapList is called on every question; the register is asked now and then.
func (s *Server) trapList(ctx context.Context) []ledger.Trap {
	guard := s.config.Harvest.Guard
	if guard == nil {
		return nil
	}
	t := &s.traps
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.byRef == nil || time.Since(t.read) >= trapAge {
		list, err := guard.Traps(ctx)
		if err != nil {
			s.log.Error("哨兵名读不出来", "err", err)
			return t.list
		}
		t.read, t.list, t.byRef = time.Now(), list, map[ledger.PersonRef]bool{}
		for _, l := range list {
			t.byRef[l.Ref] = true
		}
	}
	return t.list
}

func (s *Server) forgetTraps() {
	s.traps.mu.Lock()
	defer s.traps.mu.Unlock()
	s.traps.byRef = nil
}

// touchByName notes that a name was asked for by which a trap would be found, in full or by two characters of it.
func (s *Server) touchByName(c *fiber.Ctx, name string) {
	key := s.config.Normalise(name)
	if utf8.RuneCountInString(key) < 2 {
		return
	}
	for _, t := range s.trapList(c.UserContext()) {
		if strings.Contains(t.NameKey, key) {
			s.touch(c, ledger.TrapName, t.Ref.Person)
		}
	}
}

// touchPage notes that a trap's own page was asked for. It is nowhere but in a link that is not shown; see baitPath.
func (s *Server) touchPage(c *fiber.Ctx, ref ledger.PersonRef) {
	s.trapList(c.UserContext())
	s.traps.mu.Lock()
	set := s.traps.byRef[ref]
	s.traps.mu.Unlock()
	if set {
		s.touch(c, ledger.TrapPage, ref.Person)
	}
}

func (s *Server) touch(c *fiber.Ctx, way ledger.TrapWay, ref string) {
	t := &s.traps
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.touches == nil {
		t.touches = map[ledger.TrapWay]map[touch]bool{}
	}
	if t.touches[way] == nil {
		t.touches[way] = map[touch]bool{}
	}
	if k := (touch{s.principal(c), ref}); !t.touches[way][k] && t.waiting < mostTouches {
		t.touches[way][k] = true
		t.waiting++
	}
}

// baitPath is the way to a trap's page, for a link that no reader sees or reaches: hidden, without a word in it, and only from
// the second page of a list on. It names nobody, so that no page says anything that is not so.
func (s *Server) baitPath(c *fiber.Ctx, page int) string {
	list := s.trapList(c.UserContext())
	if page < 2 || len(list) == 0 {
		return ""
	}
	return personPath(list[page%len(list)].Ref)
}

func (s *Server) flushTouches(ctx context.Context) error {
	t := &s.traps
	t.mu.Lock()
	touches := t.touches
	t.touches, t.waiting = nil, 0
	t.mu.Unlock()
	var list []ledger.Touch
	for way, set := range touches {
		for k := range set {
			list = append(list, ledger.Touch{Bucket: []byte(k.bucket), Way: way, Ref: k.ref})
		}
	}
	if len(list) == 0 {
		return nil
	}
	raised, err := s.config.Harvest.Guard.TouchTraps(ctx, list)
	if err != nil {
		t.mu.Lock()
		t.touches, t.waiting = touches, len(list) // the few of the last second are not worth a merge
		t.mu.Unlock()
		return err
	}
	for _, a := range raised {
		s.log.Warn("有人在成批抄名单，请到办公页面“防抓取”里看", "alarm", a.No, "way", a.Way, "traps", a.Traps)
	}
	return nil
}
