package search_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"mingbai/ledger"
	"mingbai/search"
	"mingbai/search/searchtest"
)

// memory loads people into an Engine under test. It stands where PostgreSQL stands in the product; PostgreSQL itself runs
// the same suite where the two meet, in cmd's tests.
type memory struct {
	mu       sync.Mutex
	people   map[string]ledger.PeopleEntry
	lookups  map[string]ledger.LookupEntry
	outbox   map[int64]string // ref or person that changed
	catalog  map[string]ledger.CatalogueEntry
	seq      int64
	live     string
	stale    string // what IndexState says once, as to a process that read it just before a swap
	lock     sync.Mutex
	marks    []string
	build    *ledger.IndexBuild
	replay   map[int64]string // what left the outbox since the build began
	faults   map[string][]ledger.IndexFault
	building sync.Mutex
	saved    func(ledger.IndexPart) // called when a rebuild notes how far it is
	asked    int                    // questions that the books answered
	betweens func()                 // called after each stretch is read
	most     int                    // changes of a stretch; any number when zero
	waiting  func()                 // called once by who is about to take the lock
}

func newMemory() *memory {
	return &memory{people: map[string]ledger.PeopleEntry{}, lookups: map[string]ledger.LookupEntry{}, outbox: map[int64]string{}, catalog: map[string]ledger.CatalogueEntry{}}
}

// load takes people in without telling the outbox; refs are derived from the token.
func (m *memory) load(people []searchtest.Person) []ledger.PersonRef {
	var refs []ledger.PersonRef
	for _, p := range people {
		ref := ledger.PersonRef{Person: fmt.Sprintf("%x", p.Token[:16]), Village: p.VillageCode}
		refs = append(refs, ref)
		forms := search.Forms(p.Name)
		if len(p.Funds) > 0 {
			m.people[ref.String()] = ledger.PeopleEntry{Ref: ref, Forms: forms, Village: p.VillageName, FundCodes: p.Funds, Years: p.Years, FundYears: p.Paid()}
		}
		m.lookups[ref.Person] = ledger.LookupEntry{Person: ref.Person, Token: p.Token, NameKey: forms.Key, Live: true}
	}
	return refs
}

// publish takes people in and puts them on the outbox.
func (m *memory) publish(people ...searchtest.Person) []ledger.PersonRef {
	m.mu.Lock()
	defer m.mu.Unlock()
	refs := m.load(people)
	for _, r := range refs {
		m.seq++
		m.outbox[m.seq] = r.String()
	}
	return refs
}

// withdraw takes everything of a person out and puts it on the outbox.
func (m *memory) withdraw(ref ledger.PersonRef) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.people, ref.String())
	delete(m.lookups, ref.Person)
	m.seq++
	m.outbox[m.seq] = ref.String()
}

func (m *memory) FindPeople(_ context.Context, q ledger.PeopleQuery) (hits ledger.PeopleHits, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.asked++
	for _, id := range slices.Sorted(maps.Keys(m.people)) {
		p := m.people[id]
		if !searchtest.Asked(q, p.Forms, p.Ref.Village, p.FundYears) {
			continue
		}
		if hits.Total++; hits.Total > (q.Page-1)*q.PerPage && hits.Total <= q.Page*q.PerPage {
			hits.Refs = append(hits.Refs, p.Ref)
		}
	}
	return hits, nil
}

func (m *memory) PeopleNamed(ctx context.Context, q ledger.PeopleQuery) (ledger.PeopleHits, []ledger.FoundPerson, error) {
	hits, err := m.FindPeople(ctx, q)
	if err != nil {
		return hits, nil, err
	}
	found, err := m.PeopleByRefs(ctx, hits.Refs)
	return hits, found, err
}

func (m *memory) PeopleByRefs(_ context.Context, refs []ledger.PersonRef) (found []ledger.FoundPerson, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, r := range refs {
		if p, ok := m.people[r.String()]; ok {
			found = append(found, ledger.FoundPerson{Ref: r, Name: p.Forms.Key})
		}
	}
	return found, nil
}

func (m *memory) FindOwn(_ context.Context, token []byte, nameKey string) (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.asked++
	for _, l := range m.lookups {
		if slices.Equal(l.Token, token) && l.NameKey == nameKey {
			return l.Person, nil
		}
	}
	return "", ledger.ErrNotFound
}

func (m *memory) PendingIndex(_ context.Context, after int64, _ int) (c ledger.IndexChanges, err error) {
	c = m.pending(m.outbox, after)
	if m.betweens != nil {
		m.betweens()
	}
	return c, nil
}

func (m *memory) pending(outbox map[int64]string, after int64) (c ledger.IndexChanges) {
	m.mu.Lock()
	defer m.mu.Unlock()
	seen := map[string]bool{}
	for _, seq := range slices.Sorted(maps.Keys(outbox)) {
		if seq <= after {
			continue
		}
		if m.most > 0 && len(c.Seqs) == m.most {
			break
		}
		c.Seqs = append(c.Seqs, seq)
		if seen[outbox[seq]] {
			continue
		}
		seen[outbox[seq]] = true
		if fund, is := strings.CutPrefix(outbox[seq], "fund "); is {
			c.Funds = append(c.Funds, fund)
			for _, id := range slices.Sorted(maps.Keys(m.catalog)) {
				if m.catalog[id].Fund == fund {
					c.Catalogue = append(c.Catalogue, m.catalog[id])
				}
			}
			continue
		}
		ref, err := ledger.ParsePersonRef(outbox[seq])
		if err != nil { // a test's bad document
			ref = ledger.PersonRef{Person: strings.TrimSuffix(outbox[seq], "-0")}
		}
		p, l := m.people[outbox[seq]], m.lookups[ref.Person]
		p.Ref, l.Person = ref, ref.Person
		c.People, c.Lookups = append(c.People, p), append(c.Lookups, l)
	}
	return c
}

func (m *memory) DoneIndex(_ context.Context, done ledger.IndexDone) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, s := range done.Seqs {
		if m.build != nil {
			m.replay[s] = m.outbox[s]
		}
		delete(m.outbox, s)
	}
	m.marks = done.Marks
	m.keepFaults(m.live, done.Faults, done.Mended)
	return nil
}

func (m *memory) AllPeople(_ context.Context, after string) iter.Seq2[ledger.PeopleEntry, error] {
	return inOrder(m, m.people, after)
}

func (m *memory) AllCatalogue(_ context.Context, after string) iter.Seq2[ledger.CatalogueEntry, error] {
	return inOrder(m, m.catalog, after)
}

// enter takes entries of a fund in, in place of what it has, and puts the fund on the outbox.
func (m *memory) enter(fund string, entries ...ledger.CatalogueEntry) {
	m.mu.Lock()
	defer m.mu.Unlock()
	maps.DeleteFunc(m.catalog, func(_ string, e ledger.CatalogueEntry) bool { return e.Fund == fund })
	for _, e := range entries {
		m.catalog[e.ID] = e
	}
	m.seq++
	m.outbox[m.seq] = "fund " + fund
}

func (m *memory) AllLookups(_ context.Context, after string) iter.Seq2[ledger.LookupEntry, error] {
	return inOrder(m, m.lookups, after)
}

func inOrder[T any](m *memory, all map[string]T, after string) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		m.mu.Lock()
		all := maps.Clone(all)
		m.mu.Unlock()
		for _, k := range slices.Sorted(maps.Keys(all)) {
			if k > after && !yield(all[k], nil) {
				return
			}
		}
	}
}

func (m *memory) IndexState(context.Context) (ledger.IndexState, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s := ledger.IndexState{Generation: m.live, Behind: len(m.outbox) > 0 || len(m.faults[m.live]) > 0, Marks: m.marks}
	if m.stale != "" {
		s.Generation, m.stale = m.stale, ""
	}
	return s, nil
}

func (m *memory) SwitchIndex(_ context.Context, generation string, marks []string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.live, m.marks, m.build, m.replay = generation, marks, nil, nil
	maps.DeleteFunc(m.faults, func(g string, _ []ledger.IndexFault) bool { return g != generation })
	return nil
}

func (m *memory) MarkIndex(_ context.Context, generation string, marks []string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.live == generation {
		m.marks = marks
	}
	return nil
}

func (m *memory) WithIndexLock(ctx context.Context, fn func(context.Context) error) error {
	if !m.lock.TryLock() {
		return ledger.ErrConflict
	}
	defer m.lock.Unlock()
	return fn(ctx)
}

func (m *memory) answers() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.asked
}

// indexOnly is an Engine of which the suite must never be answered by the books.
type indexOnly struct {
	t      *testing.T
	engine *search.Engine
	books  *memory
}

func (f indexOnly) FindPeople(ctx context.Context, q ledger.PeopleQuery) (ledger.PeopleHits, error) {
	before := f.books.answers()
	hits, err := f.engine.People(ctx, q)
	if long := len([]rune(q.Name)) > 16 && q.Mode == ledger.NameContains; f.books.answers() != before && !long {
		return hits, errors.New("the books were asked")
	}
	return hits, err
}

func (f indexOnly) Tiers(ctx context.Context, typed string, q ledger.PeopleQuery, only ...ledger.NameMode) ([]ledger.PeopleTier, error) {
	before := f.books.answers()
	tiers, err := f.engine.Tiers(ctx, typed, q, only...)
	if f.books.answers() != before {
		return nil, errors.New("the books were asked")
	}
	return tiers, err
}

func (f indexOnly) FindOwn(ctx context.Context, token []byte, nameKey string) (string, error) {
	before := f.books.answers()
	person, err := f.engine.Lookup(ctx, token, nameKey)
	if f.books.answers() != before {
		return "", errors.New("the books were asked")
	}
	return person, err
}
