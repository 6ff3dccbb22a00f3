package budget

import (
	"slices"
	"time"

	"mingbai/ledger"
)

const (
	slotLength = ledger.BudgetSlot * time.Minute
	hourSlots  = 60/ledger.BudgetSlot + 1 // the one that has begun counts, too
	daySlots   = ledger.BudgetKept
)

func slotOf(t time.Time) int { return int(t.Unix() / int64(slotLength/time.Second)) }

type count struct{ persons, granted int }

// amount is what was given in one slot: as the store has it, and what it has not been told yet.
type amount struct{ kept, pending count }

func (a amount) persons() int { return a.kept.persons + a.pending.persons }
func (a amount) granted() int { return a.kept.granted + a.pending.granted }

// account is one bucket in memory. Which people were shown is known to this process only: a restart forgets whom, never how
// many, and charges for them again.
type account struct {
	slots  map[int]*amount
	seen   map[uint64]int // person → slot in which they were charged for
	lists  []shown        // that were given, of the long ones
	unread int            // from which of them on they are not in seen yet
	read   time.Time      // when the store was last asked
	used   time.Time
}

// shown is a long list of people that was given. The same list, of thousands perhaps, is most often asked for again as a whole,
// by readers who are shown nothing else: it is compared with itself, and told apart person by person only beside another. A
// budget holds few of them; of short ones, a page of found people say, there may be hundreds, and none comes again as it was.
type shown struct {
	people []uint64
	fresh  []uint64 // those of them who were charged for now
	slot   int      // now
	oldest int      // slot, the first in which one of the people was charged for
}

const longList = 64

func (l shown) is(people []uint64) bool {
	return len(l.people) == len(people) && &l.people[0] == &people[0]
}

func (a *account) at(slot int) *amount {
	s := a.slots[slot]
	if s == nil {
		s = &amount{}
		a.slots[slot] = s
	}
	return s
}

// fresh are those of a page who were not shown within the day, and the first slot in which one of the others was.
func (a *account) fresh(people []uint64, now int) (list []uint64, oldest int) {
	if len(people) == 0 || len(a.lists)+len(a.seen) == 0 {
		return people, now
	}
	for _, l := range a.lists {
		if l.is(people) && l.oldest > now-daySlots {
			return nil, l.oldest
		}
	}
	a.readLists()
	oldest = now
	for _, p := range people {
		if slot, ok := a.seen[p]; !ok || slot <= now-daySlots {
			list = append(list, p)
		} else {
			oldest = min(oldest, slot)
		}
	}
	return list, oldest
}

// readLists enters in seen whoever was charged for.
func (a *account) readLists() {
	for _, l := range a.lists[a.unread:] {
		for _, p := range l.fresh {
			a.seen[p] = l.slot
		}
	}
	a.unread = len(a.lists)
}

// show notes that a page was given, of which fresh told these.
func (a *account) show(people, fresh []uint64, oldest, now int) {
	switch {
	case len(fresh) == 0: // all of it is known
	case len(people) >= longList:
		a.lists = append(a.lists, shown{people, fresh, now, oldest})
	default:
		for _, p := range fresh {
			a.seen[p] = now
		}
	}
}

// within sums up the last slots.
func (a *account) within(now, slots int) (persons, granted int) {
	for slot, s := range a.slots {
		if slot > now-slots {
			persons += s.persons()
			granted += s.granted()
		}
	}
	return persons, granted
}

// judge says whether so many more people may be shown. strict: everybody together is past the free level, so only what was
// granted is open.
func (a *account) judge(rule Rule, want, now int, strict bool) Verdict {
	v := Verdict{}
	if want == 0 {
		return v
	}
	for _, w := range []struct {
		level Level
		slots int
	}{{rule.Hour, hourSlots}, {rule.Day, daySlots}} {
		persons, granted := a.within(now, w.slots)
		free := w.level.Free
		if strict {
			free = 0
		}
		switch open := min(w.level.Most, free+granted); {
		case persons+want <= open, persons == 0 && open > 0:
		case persons+want > w.level.Most && persons > 0:
			until := a.roomAt(w.level.Most, want, now, w.slots)
			if v.Answer != Wait || until.After(v.Until) {
				v = Verdict{Answer: Wait, Until: until}
			}
		case v.Answer != Wait:
			v = Verdict{Answer: Challenge, Short: max(v.Short, persons+want-open)}
		}
	}
	return v
}

// roomAt is when enough slots have left the window.
func (a *account) roomAt(most, want, now, slots int) time.Time {
	persons, _ := a.within(now, slots)
	last := now
	for _, slot := range a.order() {
		if slot <= now-slots {
			continue
		}
		persons -= a.slots[slot].persons()
		last = slot
		if persons == 0 || persons+want <= most {
			break
		}
	}
	return time.Unix(int64(last+slots)*int64(slotLength/time.Second), 0)
}

func (a *account) order() []int {
	var list []int
	for slot := range a.slots {
		list = append(list, slot)
	}
	slices.Sort(list)
	return list
}

func (a *account) pending() bool {
	for _, s := range a.slots {
		if s.pending != (count{}) {
			return true
		}
	}
	return false
}

// forget drops what no window reaches any more.
func (a *account) forget(now int) {
	for slot, s := range a.slots {
		if slot <= now-daySlots && s.pending == (count{}) {
			delete(a.slots, slot)
		}
	}
	old := slices.IndexFunc(a.lists, func(l shown) bool { return l.slot > now-daySlots }) // they stand in the order of slots
	if old < 0 {
		old = len(a.lists)
	}
	a.lists, a.unread = slices.Delete(a.lists, 0, old), max(0, a.unread-old)
	for p, slot := range a.seen {
		if slot <= now-daySlots {
			delete(a.seen, p)
		}
	}
}
