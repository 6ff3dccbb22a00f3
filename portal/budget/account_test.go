package budget

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// Lists that are compared as a whole are charged for as if each person in them had been looked up, over days on which windows end.
func TestWholeListsCountAsTheirPeople(t *testing.T) {
	t.Parallel()
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 5))
		pages := make([][]uint64, 6)
		for i := range pages {
			size := []int{1 + r.IntN(8), longList + r.IntN(20)}[i%2]
			for len(pages[i]) < size {
				if p := r.Uint64N(150); !slices.Contains(pages[i], p) {
					pages[i] = append(pages[i], p)
				}
			}
		}
		a, plain := &account{slots: map[int]*amount{}, seen: map[uint64]int{}}, map[uint64]int{}
		now, charged := 1000, 0
		for step := range 300 {
			now += r.IntN(daySlots / 8)
			page := pages[r.IntN(len(pages))]
			if r.IntN(5) == 0 {
				page = slices.Clone(page) // the same people, on a page of their own
			}
			var want []uint64
			for _, p := range page {
				if slot, ok := plain[p]; !ok || slot <= now-daySlots {
					want = append(want, p)
				}
			}
			fresh, oldest := a.fresh(page, now)
			if !slices.Equal(fresh, want) {
				t.Fatalf("seed %d, step %d: %v are fresh of %v, want %v", seed, step, fresh, page, want)
			}
			if r.IntN(6) == 0 { // the budget did not reach
				continue
			}
			a.show(page, fresh, oldest, now)
			for _, p := range want {
				plain[p] = now
			}
			charged += len(want)
			if r.IntN(10) == 0 {
				a.forget(now)
			}
		}
		if a.forget(now + daySlots); len(a.lists)+len(a.seen)+a.unread > 0 || charged == 0 {
			t.Fatalf("seed %d: after a day %d lists and %d people are left", seed, len(a.lists), len(a.seen))
		}
	}
}
