package budget

import (
	"context"
	"sync"
	"time"

	"mingbai/ledger"
)

const (
	freshFor   = 2 * time.Second  // how long what was read of a bucket is believed, where nothing was written since
	idleFor    = 30 * time.Minute // after which a bucket leaves memory, and with it whom it was shown
	sweepEvery = time.Minute
)

// Meter keeps the budgets of one process in step with those of all others, where Flush is called every second: a process
// that dies forgets a second's worth, and N replicas may together give out, beyond a budget, at most N−1 times what one of
// them gives to that visitor within freshFor and a second.
type Meter struct {
	rules Rules
	store Store // nil: this process alone
	now   func() time.Time

	inStep   sync.RWMutex // reading from the store and writing to it do not overlap, or what is on its way would count twice or never
	mu       sync.Mutex
	accounts map[Key]*account
	dirty    map[Key]bool
	swept    time.Time
	marks    map[string]time.Time // without a store: what Once has seen
}

// NewMeter makes a Meter; without a store it counts for itself alone. now is time.Now when nil.
func NewMeter(rules Rules, store Store, now func() time.Time) *Meter {
	if now == nil {
		now = time.Now
	}
	return &Meter{rules: rules.OrDefaults(), store: store, now: now, accounts: map[Key]*account{}, dirty: map[Key]bool{}, marks: map[string]time.Time{}}
}

// Rules are the budgets in force.
func (m *Meter) Rules() Rules { return m.rules }

// Check says whether a visitor may be shown anybody at all, before the books are asked. The first key is the visitor's
// address or kiosk; others are counted beside it.
func (m *Meter) Check(ctx context.Context, keys []Key) (Verdict, error) {
	if err := m.refresh(ctx, keys); err != nil {
		return Verdict{}, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.judge(keys, func(Key, *account) int { return 1 }), nil
}

// Give charges a visitor for the people of a page, if the budgets allow all of them; else for none.
func (m *Meter) Give(ctx context.Context, keys []Key, people []uint64) (Verdict, error) {
	if err := m.refresh(ctx, keys); err != nil {
		return Verdict{}, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	now := slotOf(m.now())
	fresh, oldest := make(map[Key][]uint64, len(keys)), make(map[Key]int, len(keys))
	for _, k := range keys {
		fresh[k], oldest[k] = m.account(k).fresh(people, now)
	}
	// Together the visitors are charged for what each was.
	news := len(fresh[keys[0]])
	v := m.judge(keys, func(k Key, _ *account) int {
		if k == total {
			return news
		}
		return len(fresh[k])
	})
	if v.Answer != Open {
		return v, nil
	}
	for _, k := range keys {
		m.account(k).show(people, fresh[k], oldest[k], now)
		m.charge(k, now, len(fresh[k]), 0)
	}
	m.charge(total, now, news, 0)
	return v, nil
}

// Grant opens more to a visitor who solved a challenge.
func (m *Meter) Grant(ctx context.Context, keys []Key, persons int) error {
	if err := m.refresh(ctx, keys); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, k := range keys {
		m.charge(k, slotOf(m.now()), 0, persons)
	}
	return nil
}

// Once is true for the first who comes with a mark, in any process.
func (m *Meter) Once(ctx context.Context, mark []byte, until time.Time) (bool, error) {
	if m.store != nil {
		return m.store.Once(ctx, mark, until)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.now()
	for k, end := range m.marks {
		if end.Before(now) {
			delete(m.marks, k)
		}
	}
	_, used := m.marks[string(mark)]
	m.marks[string(mark)] = until
	return !used, nil
}

// Given is what a bucket was given in the last hour and the last day.
func (m *Meter) Given(ctx context.Context, k Key) (hour, day int, err error) {
	if err := m.refresh(ctx, []Key{k}); err != nil {
		return 0, 0, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	hour, _ = m.account(k).within(slotOf(m.now()), hourSlots)
	day, _ = m.account(k).within(slotOf(m.now()), daySlots)
	return hour, day, nil
}

// Together is what all visitors were given.
func (m *Meter) Together(ctx context.Context) (hour, day int, err error) { return m.Given(ctx, total) }

func (m *Meter) charge(k Key, slot, persons, granted int) {
	if persons == 0 && granted == 0 {
		return
	}
	s := m.account(k).at(slot)
	s.pending.persons += persons
	s.pending.granted += granted
	m.dirty[k] = true
}

func (m *Meter) judge(keys []Key, want func(Key, *account) int) Verdict {
	now := slotOf(m.now())
	everybody := m.account(total)
	all := everybody.judge(m.rules.Total, want(total, everybody), now, false)
	all.Kind = ledger.BucketTotal
	hall := keys[0].atKiosk()
	if all.Answer == Wait && !hall {
		return all
	}
	worst := Verdict{}
	for i, k := range keys {
		a := m.account(k)
		// Only the first key is held to what was granted: a browser that keeps no cookies is another each time.
		v := a.judge(m.rules.of(k.Kind()), want(k, a), now, i == 0 && all.Answer != Open && !hall)
		v.Kind = k.Kind()
		if v.Answer > worst.Answer || v.Answer == worst.Answer && (v.Until.After(worst.Until) || v.Short > worst.Short) {
			worst = v
		}
	}
	return worst
}

func (m *Meter) account(k Key) *account {
	a := m.accounts[k]
	if a == nil {
		a = &account{slots: map[int]*amount{}, seen: map[uint64]int{}}
		m.accounts[k] = a
	}
	a.used = m.now()
	return a
}

// refresh reads the buckets that were not read a moment ago.
func (m *Meter) refresh(ctx context.Context, keys []Key) error {
	if m.store == nil {
		return nil
	}
	now := m.now()
	m.mu.Lock()
	var stale [][]byte
	for _, k := range append([]Key{total}, keys...) {
		if a := m.accounts[k]; a == nil || now.Sub(a.read) >= freshFor {
			stale = append(stale, []byte(k))
		}
	}
	m.mu.Unlock()
	if len(stale) == 0 {
		return nil
	}
	m.inStep.RLock()
	defer m.inStep.RUnlock()
	list, err := m.store.Given(ctx, stale, slotOf(now)-daySlots+1)
	if err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, b := range stale {
		m.account(Key(b)).read = now
	}
	m.learn(list)
	return nil
}

// learn takes over what the store keeps. Nothing kept ever grows less, so what is missing is nothing new.
func (m *Meter) learn(list []ledger.Given) {
	for _, g := range list {
		m.account(Key(g.Bucket)).at(g.Slot).kept = count{g.Persons, g.Granted}
	}
}

// Flush writes what was given since the last time, in one statement.
func (m *Meter) Flush(ctx context.Context) error {
	m.inStep.Lock()
	defer m.inStep.Unlock()
	m.mu.Lock()
	m.sweep()
	var list []ledger.Given
	for k := range m.dirty {
		for slot, s := range m.accounts[k].slots {
			if s.pending != (count{}) {
				list = append(list, ledger.Given{Bucket: []byte(k), Slot: slot, Persons: s.pending.persons, Granted: s.pending.granted})
			}
		}
	}
	m.mu.Unlock()
	if len(list) == 0 {
		return nil
	}
	var kept []ledger.Given
	if m.store != nil {
		var err error
		if kept, err = m.store.Give(ctx, list); err != nil {
			return err // it stays pending
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, g := range list { // what was given meanwhile stays pending
		a := m.accounts[Key(g.Bucket)]
		s := a.at(g.Slot)
		s.pending.persons -= g.Persons
		s.pending.granted -= g.Granted
		if m.store == nil {
			s.kept.persons += g.Persons
			s.kept.granted += g.Granted
		}
		if !a.pending() {
			delete(m.dirty, Key(g.Bucket))
		}
	}
	if m.store != nil {
		m.learn(kept)
	}
	return nil
}

// sweep lets go of buckets that nobody used for a while, and of what no window reaches.
func (m *Meter) sweep() {
	now := m.now()
	if now.Sub(m.swept) < sweepEvery {
		return
	}
	m.swept = now
	idle := idleFor
	if m.store == nil {
		idle = daySlots * slotLength
	}
	for k, a := range m.accounts {
		if now.Sub(a.used) > idle && !m.dirty[k] {
			delete(m.accounts, k)
			continue
		}
		a.forget(slotOf(now))
	}
}
