package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"mingbai/ledger"
	"mingbai/ledger/postgres"
	"mingbai/search"
)

// countySearch in the environment is how many entries the large county has; `make county-search` sets it. With a million it
// takes a quarter of an hour.
const countySearch = "MINGBAI_COUNTY_SEARCH"

// Whoever is asked for in any way is found, all of them and nobody else, by the index and by the books.
func TestSearchFindsEveryone(t *testing.T) {
	w := newWorld(t)
	c := w.settle(20_000)
	w.indexed()
	everyone{w: w, index: w.indexOnly(), books: w.enginelessly(), plain: w.plain()}.found(namesOf(c, 150))
}

func TestCountySearch(t *testing.T) {
	entries, _ := strconv.Atoi(os.Getenv(countySearch))
	if entries == 0 {
		t.Skip("only by make county-search: it takes a quarter of an hour")
	}
	// The tests' own PostgreSQL has 64 MB of buffers and no fsync; a county's does not.
	w, small := ownWorldIn(t, ""), ownWorldIn(t, "")
	c, few := w.settled(entries), small.settled(entries/10)
	for _, part := range []struct {
		name string
		show func(*world)
	}{
		{"everyone", func(w *world) {
			everyone{w: w, index: w.indexOnly(), books: w.enginelessly(), plain: w.plain()}.found(namesOf(c, 5000))
		}},
		{"reindex", func(w *world) { w.rebuilt(c) }},
		{"growth", func(w *world) { w.grown(small.in(w.t), few) }},
		{"publish", func(w *world) { w.published(c) }},
	} {
		t.Run(part.name, func(t *testing.T) { part.show(w.in(t)) })
	}
}

// in is the same world for a subtest.
func (w *world) in(t testing.TB) *world {
	return &world{t: t, dir: w.dir, url: w.url, db: w.db, meil: w.meil, key: w.key}
}

// indexOnly is an engine whose books refuse to be searched: what it answers is the index's.
func (w *world) indexOnly() *search.Engine {
	w.t.Helper()
	e, err := search.New(search.Config{URL: w.meil, Key: w.key, County: w.db.County()}, unsearched{w.db})
	w.must(err)
	return e
}

type unsearched struct{ *postgres.DB }

var errUnsearched = errors.New("the books were searched where the index was meant")

func (unsearched) FindPeople(context.Context, ledger.PeopleQuery) (ledger.PeopleHits, error) {
	return ledger.PeopleHits{}, errUnsearched
}

// everyone holds both parts that answer to what the books plainly say.
type everyone struct {
	w            *world
	index, books *search.Engine
	plain        *plainBooks
}

// part is how one part answered a mode's questions.
type part struct {
	misses, extras, disordered int
	turnedAway                 int // questions that the index was not asked at first, for it had been slow: its breaker was open
	took                       []time.Duration
}

func (e everyone) found(names []askedName) {
	t := e.w.t
	t.Helper()
	shapes := map[string]int{}
	for _, n := range names {
		shapes[n.shape]++
	}
	t.Logf("%d names among %d entries: %v", len(names), len(e.plain.ids), shapes)
	var near [][]int32
	for _, m := range modesAsked {
		asked := names
		if m.mode == ledger.NameNear {
			asked = someOf(names)
		}
		typed, keys := m.questions(asked)
		began := time.Now()
		want := e.plain.answers(m.mode, keys)
		near = want // the last mode's
		read := time.Since(began)
		answers, most := 0, 0
		for _, list := range want {
			answers, most = answers+len(list), max(most, len(list))
		}
		t.Logf("%-9s %d questions, %d answers, at most %d (read plainly in %v)", m.name, len(keys), answers, most, read.Round(time.Millisecond))
		for _, who := range []struct {
			name string
			e    *search.Engine
		}{{"index", e.index}, {"books", e.books}} {
			began := time.Now()
			p := e.ask(who.e, m.mode, typed, want)
			slices.Sort(p.took)
			if len(p.took) == 0 {
				t.Fatalf("%s: the %s answered nothing", m.name, who.name)
			}
			if p.turnedAway > 0 {
				t.Logf("          %s: %d questions waited for its breaker to close", who.name, p.turnedAway)
			}
			t.Logf("          %s: misses %d, extras %d, out of order %d; first page p50 %v, p99 %v; all pages of all in %v", who.name,
				p.misses, p.extras, p.disordered, p.took[len(p.took)/2].Round(10*time.Microsecond), p.took[len(p.took)*99/100].Round(10*time.Microsecond),
				time.Since(began).Round(time.Millisecond))
			if p.misses+p.extras+p.disordered > 0 || answers == 0 {
				t.Errorf("%s, by the %s: %d misses, %d extras, %d lists out of order, of %d answers", m.name, who.name, p.misses, p.extras, p.disordered, answers)
			}
		}
	}
	e.inTiers(someOf(names), near)
}

// mostNear is of how many names the near ones are held against the books: for each, a good part of all names is read.
const mostNear = 500

// someOf are so many of the names, of all shapes.
func someOf(names []askedName) (some []askedName) {
	step := (len(names) + mostNear - 1) / mostNear
	for i := 0; i < len(names); i += step {
		some = append(some, names[i])
	}
	return some
}

// modesAsked are the ways to ask for somebody, each with what is typed and the name that is then compared.
var modesAsked = []struct {
	name      string
	mode      ledger.NameMode
	questions func([]askedName) (typed, keys []string)
}{
	{"exact", ledger.NameExact, each(func(n askedName) (string, string) {
		if n.shape == "look-alike" { // then another name is typed than is meant
			return n.typed, n.typed
		}
		return n.typed, n.key
	})},
	{"contains", ledger.NameContains, each(func(n askedName) (string, string) {
		key := []rune(n.key)
		from := len(n.key) % (len(key) - 1)
		part := string(key[from:min(from+2+len(n.typed)%2, len(key))])
		return typeTraditional.Replace(part), part
	})},
	{"pinyin", ledger.NamePinyin, each(func(n askedName) (string, string) {
		whole := search.Forms(n.key).Pinyin[0]
		return widened(whole), whole
	})},
	{"initials", ledger.NamePinyin, each(func(n askedName) (string, string) {
		spelt := search.Forms(n.key).Pinyin
		initials := spelt[len(spelt)-1]
		return widened(initials), initials
	})},
	{"near", ledger.NameNear, each(func(n askedName) (string, string) {
		if n.shape == "look-alike" {
			return n.typed, n.typed
		}
		return n.typed, n.key
	})},
}

func each(f func(askedName) (string, string)) func([]askedName) (typed, keys []string) {
	return func(names []askedName) (typed, keys []string) {
		for _, n := range names {
			t, k := f(n)
			typed, keys = append(typed, t), append(keys, k)
		}
		return typed, keys
	}
}

// widened writes every other spelling in full-width capitals.
func widened(letters string) string {
	if len(letters)%2 == 0 {
		return letters
	}
	r := []rune(letters)
	for i := range r {
		r[i] += 'Ａ' - 'a'
	}
	return string(r)
}

// ask puts each question to one part, two at a time, and reads all pages of the answer.
func (e everyone) ask(who *search.Engine, mode ledger.NameMode, typed []string, want [][]int32) (p part) {
	var mu sync.Mutex
	var workers sync.WaitGroup
	for half := range 2 {
		workers.Go(func() {
			for i := half; i < len(typed); i += 2 {
				size := 10_000
				if i%50 < 2 && len(want[i]) < 400 {
					size = 20 // as pages are
				}
				q := ledger.PeopleQuery{Name: typed[i], Mode: mode, Alike: search.Alike(search.Normalise(typed[i])), PerPage: size}
				ids, first, err := e.pages(who, q)
				for tries := 0; errors.Is(err, errUnsearched) && tries < 240; tries++ {
					if tries == 0 {
						mu.Lock()
						p.turnedAway++
						mu.Unlock()
					}
					time.Sleep(250 * time.Millisecond)
					ids, first, err = e.pages(who, q)
				}
				if err != nil {
					e.w.t.Error(err)
					return
				}
				misses, extras, ordered := e.compare(ids, want[i])
				mu.Lock()
				p.took = append(p.took, first)
				p.misses, p.extras = p.misses+misses, p.extras+extras
				if !ordered {
					p.disordered++
				}
				mu.Unlock()
			}
		})
	}
	workers.Wait()
	return p
}

func (e everyone) pages(who *search.Engine, q ledger.PeopleQuery) (ids []string, first time.Duration, err error) {
	for q.Page = 1; ; q.Page++ {
		began := time.Now()
		hits, err := who.People(e.w.t.Context(), q)
		if err != nil {
			return nil, 0, err
		}
		if q.Page == 1 {
			first = time.Since(began)
		}
		for _, r := range hits.Refs {
			ids = append(ids, r.String())
		}
		if q.Page*q.PerPage >= hits.Total {
			if len(ids) != hits.Total {
				return nil, 0, fmt.Errorf("%d of a total of %d came", len(ids), hits.Total)
			}
			return ids, first, nil
		}
	}
}

// compare counts who is missing and who is too many, and looks at the order.
func (e everyone) compare(ids []string, want []int32) (misses, extras int, ordered bool) {
	if slices.EqualFunc(ids, want, func(id string, no int32) bool { return id == e.plain.ids[no] }) {
		return 0, 0, true
	}
	wanted := map[string]bool{}
	for _, no := range want {
		wanted[e.plain.ids[no]] = true
	}
	for _, id := range ids {
		if !wanted[id] {
			extras++
		}
		delete(wanted, id)
	}
	return len(wanted), extras, slices.IsSorted(ids)
}

// inTiers asks as the page does: every way at once, nobody twice.
func (e everyone) inTiers(names []askedName, near [][]int32) {
	t := e.w.t
	t.Helper()
	wrong, differ, total := 0, 0, 0
	typed, keys := modesAsked[0].questions(names)
	exact := e.plain.answers(ledger.NameExact, keys)
	parts := e.plain.answers(ledger.NameContains, keys) // those above were asked by part of a name
	spelt := e.plain.answers(ledger.NamePinyin, spellings(keys))
	for i, name := range typed {
		var tiers [2][]ledger.PeopleTier
		for k, who := range []*search.Engine{e.index, e.books} {
			var err error
			tiers[k], err = who.Tiers(t.Context(), name, ledger.PeopleQuery{PerPage: 1000})
			e.w.must(err)
		}
		if fmt.Sprint(tiers[0]) != fmt.Sprint(tiers[1]) {
			differ++
		}
		seen := map[int32]bool{}
		for k, list := range [][]int32{exact[i], parts[i], spelt[i], near[i]} {
			var left []int32
			for _, no := range list {
				if !seen[no] {
					left, seen[no] = append(left, no), true
				}
			}
			total += len(left)
			var ids []string
			for _, r := range tiers[0][k].Refs {
				ids = append(ids, r.String())
			}
			misses, extras, ordered := e.compare(ids, left[:min(len(left), 1000)])
			if misses+extras > 0 || !ordered || tiers[0][k].Total != len(left) {
				wrong++
			}
		}
		if n := names[i]; n.shape == "look-alike" && slices.ContainsFunc(e.plain.bears[n.key], func(no int32) bool { return !seen[no] }) {
			t.Errorf("a name written by a look-alike does not find whom it means")
		}
	}
	t.Logf("in tiers  %d questions, %d answers: wrong tiers %d; answered otherwise by index and books %d", len(typed), total, wrong, differ)
	if wrong+differ > 0 || total == 0 {
		t.Error("tiers are not what the books say")
	}
}

func spellings(keys []string) (all []string) {
	for _, k := range keys {
		all = append(all, search.Forms(k).Pinyin[0])
	}
	return all
}
