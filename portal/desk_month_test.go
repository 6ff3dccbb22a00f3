package portal

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"mingbai/ledger"
	"mingbai/ledger/inquiry"
	"mingbai/ledger/postgres"
)

// TestAMonthAtTheDesk lets twenty handlers, two of the duty staff and two heads work for thirty simulated days, on time and late,
// while the server is stopped ten times at random moments, in the middle of its reminders, and comes back hours or days later.
// Then everything is counted from the events: no reminder went out twice, none is missing, none outside of office hours, and what
// the columns say is what the events make. MINGBAI_DESK_LOAD says how many inquiries come in a day (`make desk-load`).
func TestAMonthAtTheDesk(t *testing.T) {
	t.Parallel()
	perDay := 3
	start := time.Date(2026, 2, 2, 0, 0, 0, 0, ledger.Shanghai) // over 春节 and its two make-up Saturdays
	if n, err := strconv.Atoi(os.Getenv("MINGBAI_DESK_LOAD")); err == nil {
		perDay = n
		start = ledger.DateOf(time.Now()).AddDate(0, 0, -monthDays-1).Add(-8 * time.Hour) // pages count days back from today
	}
	m := newMonth(t, perDay, start)
	m.run()
	m.told("while the month's work was done as fast as four hands can")
	m.recounted()
	stop := m.keepsComing()
	m.read(200)
	stop()
	m.told("after the month, beside ten new inquiries a second")
}

// keepsComing sends inquiries until it is stopped, hundreds of times as many as the load brings, so that pages are not
// timed while nobody is there.
func (m *month) keepsComing() (stop func()) {
	if m.perDay < 100 {
		return func() {}
	}
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(100 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-done:
				return
			case <-tick.C:
				if _, _, err := m.server.Send(context.Background(), monthFiling(inquiry.Question, false)); err != nil {
					m.t.Error(err)
				}
			}
		}
	}()
	return func() { close(done); <-ended }
}

func monthFiling(kind inquiry.Kind, seal bool) inquiry.Filing {
	return inquiry.Filing{
		Kind: kind, Channel: inquiry.Web, Seal: seal, Subject: "今年的补贴什么时候发", Text: "问一问今年的补贴什么时候发到卡上。",
		Name: "张三丰", Phone: "13800001111", Fund: grain.Code,
	}
}

// told says how long pages took, and begins anew.
func (m *month) told(when string) {
	for _, path := range m.paths {
		if took := m.took[path]; len(took) > 0 {
			slices.Sort(took)
			m.t.Logf("%-28s %5d pages %s: p50 %v, p99 %v, longest %v", path, len(took), when, took[len(took)/2], took[len(took)*99/100], took[len(took)-1])
		}
	}
	clear(m.took)
}

const (
	monthDays     = 30
	monthHandlers = 20
	monthRestarts = 10
	monthSlot     = 20 * time.Minute
)

// month is a desk at work, by a clock that the test moves.
type month struct {
	*officeSite
	r      *rand.Rand
	start  time.Time
	perDay int
	law    inquiry.Desk
	pool   *pgxpool.Pool
	books  *postgres.DB // the server's, opened anew with each restart
	server *postgres.Inquiries

	clock atomic.Int64 // microseconds
	step  atomic.Int64 // by which each look moves it

	departments []int64
	plans       map[int64][]*monthCase // by slot
	closed      int                    // slots that are over
	ticks       []time.Time            // when reminders were looked at, to the end
	acts        atomic.Int64
	refused     atomic.Int64

	paths []string
	took  map[string][]time.Duration
	mu    sync.Mutex
}

// monthCase is an inquiry with what is to be done to it.
type monthCase struct {
	id   string
	todo []monthAct
}

// monthAct is an act, and how long after the one before it is done.
type monthAct struct {
	by    string // a login; "": the citizen
	after time.Duration
	deed  inquiry.Deed
	skips int // acts that fall away with this one where the law refuses it
}

func newMonth(t *testing.T, perDay int, start time.Time) *month {
	s := deskSite(t)
	m := &month{
		officeSite: s, r: rand.New(rand.NewPCG(7, 11)), start: start, perDay: perDay, plans: map[int64][]*monthCase{}, took: map[string][]time.Duration{},
	}
	for n := range monthHandlers {
		id, err := s.db.SaveDepartment(t.Context(), "test", ledger.Department{Name: fmt.Sprintf("第%d股", n+1), Kind: ledger.Section})
		s.must(err)
		login := m.handler(n)
		s.must(s.accounts.SaveOfficer(t.Context(), "test", ledger.Officer{Login: login, Name: login, Roles: []ledger.OfficeRole{ledger.RoleHandler}, Department: id}))
		s.must(s.accounts.SetPassword(t.Context(), "test", login, good, false))
		m.departments = append(m.departments, id)
	}
	var err error
	m.law, err = s.desk.Desk(t.Context())
	s.must(err)
	config, err := pgxpool.ParseConfig(s.sql.Config().ConnString())
	s.must(err)
	m.pool, err = pgxpool.NewWithConfig(t.Context(), config)
	s.must(err)
	t.Cleanup(m.pool.Close)
	m.open()
	t.Cleanup(func() { m.books.Close() })
	return m
}

func (m *month) handler(n int) string { return fmt.Sprintf("handler%02d", n+1) }

func (m *month) now() time.Time { return time.UnixMicro(m.clock.Add(m.step.Load())) }

func (m *month) set(at time.Time, step time.Duration) {
	m.clock.Store(at.UnixMicro())
	m.step.Store(step.Microseconds())
}

// open starts the server.
func (m *month) open() {
	var err error
	m.books, err = postgres.Open(context.Background(), m.sql.Config().ConnString(), "990121", postgres.Options{Now: m.now, Conns: 8})
	m.must(err)
	m.server, err = postgres.NewInquiries(m.books, m.keys, inquiry.Periods{})
	m.must(err)
}

// run goes through the month, slot by slot: what people do, then what the server does by itself.
func (m *month) run() {
	slots := int(monthDays * 24 * time.Hour / monthSlot)
	restart := map[int]bool{}
	for len(restart) < monthRestarts {
		restart[m.r.IntN(slots-80)] = true
	}
	began, sent, owed, away := time.Now(), 0, 0.0, 0
	for slot := range slots {
		at := m.start.Add(time.Duration(slot) * monthSlot)
		if local := at.In(ledger.Shanghai); local.Hour() >= 7 && local.Hour() < 22 {
			owed += float64(m.perDay) / (15 * 60 / monthSlot.Minutes())
		}
		if away--; away >= 0 {
			continue
		}
		if hour := at.In(ledger.Shanghai).Hour(); m.perDay < 100 && (hour < 8 || hour >= 18) && slot%9 > 0 {
			continue // a quick look at the nights, where this is no load
		}
		m.set(at, 37*time.Microsecond)
		m.send(int(owed), slot)
		sent += int(owed)
		owed -= float64(int(owed))
		m.work(slot)
		m.sign(at)
		// The server's own clockwork, a little after the slot's end.
		m.set(at.Add(monthSlot-time.Duration(m.r.IntN(120))*time.Second), 0)
		m.wake()
		if restart[slot] {
			m.stop()
			away = m.r.IntN(60 * 3) // up to sixty hours
			if m.perDay > 100 {
				away = m.r.IntN(9)
			}
			continue
		}
		m.tick()
		if m.r.IntN(200) == 0 { // a clock that jumps back
			m.clock.Add(-(26 * time.Hour).Microseconds())
			if n, err := m.server.Remind(m.t.Context()); err != nil || n > 0 {
				m.t.Errorf("the clock jumped back: %d notices, %v", n, err)
			}
		}
		if slot%(24*3) == 0 && m.perDay > 100 {
			m.t.Logf("day %d: %d sent, %d acts (%d refused), %v", slot/(24*3), sent, m.acts.Load(), m.refused.Load(), time.Since(began).Round(time.Second))
		}
	}
	m.t.Logf("%d inquiries in %d days, %d acts (%d refused by the law), %d looks for reminders, %d restarts: %v", sent, monthDays, m.acts.Load(),
		m.refused.Load(), len(m.ticks), monthRestarts, time.Since(began).Round(time.Millisecond))
}

// tick is the job's look.
func (m *month) tick() {
	at := m.now()
	if _, err := m.server.Remind(m.t.Context()); err != nil {
		m.t.Fatal(err)
	}
	m.ticks = append(m.ticks, at)
}

// stop ends the server at a random moment of its look, and starts it again.
func (m *month) stop() {
	at := m.now()
	ctx, cancel := context.WithCancel(m.t.Context())
	time.AfterFunc(time.Duration(m.r.IntN(8000))*time.Microsecond, cancel)
	if _, err := m.server.Remind(ctx); err == nil {
		m.ticks = append(m.ticks, at)
	}
	cancel()
	m.books.Close()
	m.open()
}

func (m *month) wake() {
	for range 40 {
		n, err := m.server.WakeInquiries(m.t.Context())
		m.must(err)
		if n == 0 {
			return
		}
	}
}

// work does what is planned for a slot, by several hands at once, while somebody reads.
func (m *month) work(slot int) {
	var due []*monthCase
	for ; m.closed <= slot; m.closed++ {
		due = append(due, m.plans[int64(m.closed)]...)
		delete(m.plans, int64(m.closed))
	}
	next := make(chan *monthCase)
	var hands sync.WaitGroup
	for range 4 {
		hands.Go(func() {
			for c := range next {
				m.do(c, slot)
			}
		})
	}
	for _, c := range due {
		next <- c
	}
	close(next)
	if m.perDay > 100 && slot%6 == 0 {
		m.read(1)
	}
	hands.Wait()
}

// do does the next act to a case, and plans the one after it.
func (m *month) do(c *monthCase, slot int) {
	act := c.todo[0]
	c.todo = c.todo[1:]
	ctx := context.Background()
	if err := m.pool.QueryRow(ctx, `select encode(head, 'hex') from inquiry where id = $1`, c.id).Scan(&act.deed.Seen); err != nil {
		m.t.Error(err)
		return
	}
	var err error
	if act.by == "" {
		err = m.server.CitizenAct(ctx, c.id, act.deed)
	} else {
		err = m.server.Act(ctx, act.by, c.id, act.deed)
	}
	m.acts.Add(1)
	switch kind := ledger.KindOf(err); {
	case err == nil:
	case kind == ledger.KindConflict || kind == ledger.KindNotFound:
		m.refused.Add(1) // too late for it, or time itself was faster
		c.todo = c.todo[min(act.skips, len(c.todo)):]
	default:
		m.t.Errorf("%s by %q: %v", act.deed.Act, act.by, err)
	}
	m.plan(c, slot)
}

func (m *month) plan(c *monthCase, slot int) {
	if len(c.todo) == 0 {
		return
	}
	at := m.start.Add(time.Duration(slot) * monthSlot).Add(c.todo[0].after)
	if c.todo[0].by != "" {
		at = m.law.Calendar.OfficeTime(at)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	then := max(int64(at.Sub(m.start)/monthSlot), int64(slot)+1)
	m.plans[then] = append(m.plans[then], c)
}

func (m *month) send(n, slot int) {
	var hands sync.WaitGroup
	next := make(chan *monthCase)
	for range 4 {
		hands.Go(func() {
			for c := range next {
				var err error
				if c.id, _, err = m.server.Send(context.Background(), monthFiling(c.todo[0].deed.Kind, c.todo[0].deed.Text == "seal")); err != nil {
					m.t.Error(err)
					continue
				}
				c.todo = c.todo[1:]
				m.plan(c, slot)
			}
		})
	}
	for range n {
		next <- &monthCase{todo: m.story()}
	}
	close(next)
	hands.Wait()
}

// sign closes the registers of the days before, on most mornings.
func (m *month) sign(at time.Time) {
	local := at.In(ledger.Shanghai)
	if local.Hour() != 9 || local.Minute() != 40 || !m.law.Calendar.IsWorkday(ledger.DateOf(at)) || m.r.IntN(4) == 0 {
		return
	}
	for back := 1; back < 12; back++ {
		day := ledger.DateOf(at).AddDate(0, 0, -back)
		for _, login := range []string{"duty", "duty2"} {
			if err := m.server.SignDay(m.t.Context(), login, day, ""); err != nil && ledger.KindOf(err) != ledger.KindConflict && ledger.KindOf(err) != ledger.KindDenied {
				m.t.Error(err)
			}
		}
	}
}

// read looks at pages as officers do. A page is timed from the request to its last byte.
func (m *month) read(rounds int) {
	m.paths = []string{"/office/desk", "/office/desk?page=8", "/office/desk?tab=hand", "/office/desk?tab=all", "/office/desk/notices", "/office/desk/watch", "/office/desk/register", "/office/desk/days", "/office"}
	m.officeSite.now = time.UnixMicro(m.clock.Load())
	for range rounds {
		login := []string{"duty", "head", "supervisor", m.handler(m.r.IntN(monthHandlers))}[m.r.IntN(4)]
		m.enter(login)
		for _, path := range m.paths {
			if path == "/office/desk/watch" && login != "supervisor" {
				continue
			}
			began := time.Now()
			a := m.get(path)
			m.took[path] = append(m.took[path], time.Since(began))
			m.status(a, 200)
		}
		if m.perDay < 100 && rounds > 1 {
			return
		}
	}
}
