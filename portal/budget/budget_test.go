package budget

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"mingbai/ledger"
)

// shelf is a store in memory that replicas of a test share.
type shelf struct {
	rows  map[string]map[int]ledger.Given
	reads int
	err   error
}

func (s *shelf) Given(_ context.Context, buckets [][]byte, since int) (list []ledger.Given, err error) {
	s.reads++
	for _, b := range buckets {
		for slot, g := range s.rows[string(b)] {
			if slot >= since {
				list = append(list, g)
			}
		}
	}
	return list, s.err
}

func (s *shelf) Give(_ context.Context, list []ledger.Given) (kept []ledger.Given, err error) {
	if s.err != nil {
		return nil, s.err
	}
	for _, g := range list {
		b := string(g.Bucket)
		if s.rows[b] == nil {
			s.rows[b] = map[int]ledger.Given{}
		}
		was := s.rows[b][g.Slot]
		g.Persons, g.Granted = g.Persons+was.Persons, g.Granted+was.Granted
		s.rows[b][g.Slot] = g
		kept = append(kept, g)
	}
	return kept, nil
}

func (s *shelf) Once(context.Context, []byte, time.Time) (bool, error) { return true, s.err }

// clock is simulated time.
type clock struct{ t time.Time }

func (c *clock) now() time.Time       { return c.t }
func (c *clock) pass(d time.Duration) { c.t = c.t.Add(d) }

func newClock() *clock { return &clock{time.Date(2025, 6, 3, 9, 2, 0, 0, ledger.Shanghai)} }

const (
	one   = Key("aone")
	other = Key("aother")
	phone = Key("dphone")
	hall  = Key("hhall")
)

// crowd makes people who were not made before.
type crowd struct{ next uint64 }

func (c *crowd) people(n int) []uint64 {
	list := make([]uint64, n)
	for i := range list {
		c.next++
		list[i] = c.next
	}
	return list
}

func small() Rules {
	return Rules{
		Device: Rule{Level{60, 120}, Level{100, 200}}, Address: Rule{Level{100, 200}, Level{300, 500}},
		Kiosk: Rule{Level{150, 300}, Level{600, 900}}, Total: Rule{Level{1000, 2000}, Level{4000, 6000}}, Grant: 50,
	}
}

func give(t *testing.T, m *Meter, keys []Key, people []uint64) Verdict {
	t.Helper()
	v, err := m.Give(t.Context(), keys, people)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestLevels(t *testing.T) {
	t.Parallel()
	c, m := newClock(), &crowd{}
	meter := NewMeter(small(), nil, c.now)
	keys := []Key{one, phone}
	page := m.people(60)
	if v := give(t, meter, keys, page); v.Answer != Open {
		t.Fatalf("%+v", v)
	}
	if v := give(t, meter, keys, page); v.Answer != Open {
		t.Errorf("the same people again: %+v", v)
	}
	if v := give(t, meter, keys, append(m.people(10), page...)); v.Answer != Challenge || v.Kind != ledger.BucketDevice || v.Short != 10 {
		t.Errorf("past the first level of the browser: %+v", v)
	}
	if v := give(t, meter, []Key{one}, m.people(41)); v.Answer != Challenge || v.Kind != ledger.BucketAddress || v.Short != 1 {
		t.Errorf("the address, with what the browser was not given: %+v", v)
	}
	for range 3 {
		if err := meter.Grant(t.Context(), keys, 50); err != nil {
			t.Fatal(err)
		}
	}
	if v := give(t, meter, keys, m.people(60)); v.Answer != Open {
		t.Errorf("after challenges: %+v", v)
	}
	if v, _ := meter.Check(t.Context(), keys); v.Answer != Wait || v.Kind != ledger.BucketDevice {
		t.Errorf("past the second level: %+v", v)
	}
	v, _ := meter.Check(t.Context(), keys)
	c.t = v.Until.Add(-time.Second)
	if v, _ := meter.Check(t.Context(), keys); v.Answer != Wait {
		t.Errorf("before the time named: %+v", v)
	}
	c.pass(time.Second)
	if v, _ := meter.Check(t.Context(), keys); v.Answer == Wait {
		t.Errorf("at the time named: %+v", v)
	}
}

func TestALargeListIsShownWhole(t *testing.T) {
	t.Parallel()
	c, m := newClock(), &crowd{}
	meter := NewMeter(small(), nil, c.now)
	list := m.people(900)
	if v := give(t, meter, []Key{one, phone}, list); v.Answer != Open {
		t.Fatalf("to whom nothing was given: %+v", v)
	}
	if v := give(t, meter, []Key{one, phone}, list); v.Answer != Open {
		t.Errorf("another fund's list of the same village: %+v", v)
	}
	if v := give(t, meter, []Key{one, phone}, m.people(1)); v.Answer != Wait {
		t.Errorf("one more: %+v", v)
	}
}

func TestEverybodyTogether(t *testing.T) {
	t.Parallel()
	c, m := newClock(), &crowd{}
	meter := NewMeter(small(), nil, c.now)
	for i := range 11 {
		give(t, meter, []Key{Key("a" + string(rune('A'+i)))}, m.people(95))
	}
	if hour, day, _ := meter.Together(t.Context()); hour != 950+0 || day != 950 {
		t.Errorf("%d in an hour, %d in a day: the page that would have gone past must not be given", hour, day)
	}
	give(t, meter, []Key{hall}, m.people(60))
	if v := give(t, meter, []Key{other}, m.people(1)); v.Answer != Challenge {
		t.Errorf("a stranger past the first level of all: %+v", v)
	}
	if v := give(t, meter, []Key{hall}, m.people(1)); v.Answer != Open {
		t.Errorf("a hall past the first level of all: %+v", v)
	}
	if err := meter.Grant(t.Context(), []Key{other}, 50); err != nil {
		t.Fatal(err)
	}
	if v := give(t, meter, []Key{other}, m.people(50)); v.Answer != Open {
		t.Errorf("a stranger who solved a challenge: %+v", v)
	}
	if v := give(t, meter, []Key{other}, m.people(1)); v.Answer != Challenge {
		t.Errorf("and used it up: %+v", v)
	}
	if err := meter.Grant(t.Context(), []Key{other}, 50); err != nil {
		t.Fatal(err)
	}
	if v := give(t, meter, []Key{other, phone}, m.people(20)); v.Answer != Open {
		t.Errorf("a browser that keeps no cookies, at an address where one was solved: %+v", v)
	}
	for i := range 30 { // up to the second
		k := Key("b" + string(rune('A'+i)))
		k = "a" + k
		_ = meter.Grant(t.Context(), []Key{k}, 200)
		give(t, meter, []Key{k}, m.people(90))
	}
	v := give(t, meter, []Key{"alast"}, m.people(100))
	if v.Answer != Wait || v.Kind != ledger.BucketTotal {
		t.Errorf("past the second level of all: %+v", v)
	}
	if v := give(t, meter, []Key{hall}, m.people(1)); v.Answer != Open {
		t.Errorf("a hall past the second level of all: %+v", v)
	}
}

// In no sixty minutes and in no day is more given than the budget, however the asking is timed.
func TestNoWindowIsWiderThanItsBudget(t *testing.T) {
	t.Parallel()
	type shown struct {
		at time.Time
		n  int
	}
	for seed := range uint64(20) {
		random := rand.New(rand.NewPCG(seed, 1))
		c, m := newClock(), &crowd{}
		meter := NewMeter(small(), nil, c.now)
		var all []shown
		for range 1500 {
			n := 1 + random.IntN(40)
			switch v := give(t, meter, []Key{one}, m.people(n)); v.Answer {
			case Open:
				all = append(all, shown{c.t, n})
			case Challenge:
				_ = meter.Grant(t.Context(), []Key{one}, 50)
			case Wait:
				if random.IntN(2) == 0 {
					c.t = v.Until
				}
			}
			c.pass(time.Duration(random.IntN(200)) * time.Second)
		}
		for _, w := range []struct {
			length time.Duration
			most   int
		}{{time.Hour, 200}, {24 * time.Hour, 500}} {
			top := 0
			for i := range all {
				sum := 0
				for _, s := range all[i:] {
					if s.at.Sub(all[i].at) >= w.length {
						break
					}
					sum += s.n
				}
				top = max(top, sum)
			}
			if top > w.most || top < w.most*3/4 {
				t.Errorf("seed %d: at most %d in %v, the budget is %d", seed, top, w.length, w.most)
			}
		}
	}
}

func TestReplicasShareAndARestartRemembers(t *testing.T) {
	t.Parallel()
	c, m, store := newClock(), &crowd{}, &shelf{rows: map[string]map[int]ledger.Given{}}
	replicas := []*Meter{NewMeter(small(), store, c.now), NewMeter(small(), store, c.now), NewMeter(small(), store, c.now)}
	given := 0
	for i := range 200 { // a page a second, by turns
		v := give(t, replicas[i%3], []Key{one}, m.people(5))
		switch v.Answer {
		case Open:
			given += 5
		case Challenge:
			_ = replicas[i%3].Grant(t.Context(), []Key{one}, 50)
		}
		c.pass(time.Second)
		for _, r := range replicas {
			if err := r.Flush(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
	// Each believes for two seconds what it read, and the others give a page a second.
	if given < 200 || given > 200+2*2*5 {
		t.Errorf("%d given by three replicas, the budget is 200", given)
	}
	if v := give(t, NewMeter(small(), store, c.now), []Key{one}, m.people(1)); v.Answer != Wait {
		t.Errorf("after a restart: %+v", v)
	}
}

func TestAWriteThatFailsIsMadeUpFor(t *testing.T) {
	t.Parallel()
	c, m, store := newClock(), &crowd{}, &shelf{rows: map[string]map[int]ledger.Given{}}
	meter := NewMeter(small(), store, c.now)
	give(t, meter, []Key{one}, m.people(30))
	store.err = errors.New("away")
	if meter.Flush(t.Context()) == nil {
		t.Fatal("no error")
	}
	if _, err := meter.Give(t.Context(), []Key{other}, m.people(1)); err == nil {
		t.Error("given without knowing what was given before")
	}
	store.err = nil
	for range 3 {
		if err := meter.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if hour, _, _ := NewMeter(small(), store, c.now).Given(t.Context(), one); hour != 30 {
		t.Errorf("%d are kept, want 30", hour)
	}
	store.reads = 0
	for range 50 {
		give(t, meter, []Key{one}, m.people(1))
	}
	if store.reads > 1 {
		t.Errorf("%d reads for 50 pages within a moment", store.reads)
	}
}

func TestMemoryIsLetGo(t *testing.T) {
	t.Parallel()
	c, m, store := newClock(), &crowd{}, &shelf{rows: map[string]map[int]ledger.Given{}}
	meter := NewMeter(small(), store, c.now)
	for i := range 500 {
		give(t, meter, []Key{Key("a") + Key(rune(0x4e00+i))}, m.people(1))
	}
	c.pass(31 * time.Minute)
	_ = meter.Flush(t.Context())
	c.pass(31 * time.Minute)
	_ = meter.Flush(t.Context())
	if n := len(meter.accounts); n > 2 {
		t.Errorf("%d accounts in memory", n)
	}
	if v := give(t, meter, []Key{one}, slices.Repeat([]uint64{7}, 3)); v.Answer != Open {
		t.Error(v)
	}
}
