package search

import (
	"cmp"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"time"
	"unicode/utf8"

	"mingbai/ledger"
)

// Config says where the index is, and how it is looked after.
type Config struct {
	URL         string // empty: no index, the books answer everything
	Key         string
	County      string
	Log         *slog.Logger  // nil: discard
	HTTPTimeout time.Duration // how long a search may take before the books answer; 1 s when zero, 1.5 s at most
	CountEvery  time.Duration // how often Heal counts the books, a full read of them; an hour when zero
}

// Books is what search asks of the ledger.
type Books interface {
	// The same questions as the index is asked. Hits are ordered by the ref's text.
	FindPeople(ctx context.Context, q ledger.PeopleQuery) (ledger.PeopleHits, error)
	FindOwn(ctx context.Context, token []byte, nameKey string) (person string, err error) // ledger.ErrNotFound

	// PeopleNamed is FindPeople of a whole name, with what is public of whom it finds; PeopleByRefs reads whom the index found.
	PeopleNamed(ctx context.Context, q ledger.PeopleQuery) (ledger.PeopleHits, []ledger.FoundPerson, error)
	PeopleByRefs(ctx context.Context, refs []ledger.PersonRef) ([]ledger.FoundPerson, error)

	// The outbox of changes that the index has not confirmed, in their order, from after one of them on.
	PendingIndex(ctx context.Context, after int64, limit int) (ledger.IndexChanges, error)
	DoneIndex(ctx context.Context, done ledger.IndexDone) error

	// Everything that the index must hold, in the order of its document ids, from after one of them on.
	AllPeople(ctx context.Context, after string) iter.Seq2[ledger.PeopleEntry, error]
	AllLookups(ctx context.Context, after string) iter.Seq2[ledger.LookupEntry, error]
	AllCatalogue(ctx context.Context, after string) iter.Seq2[ledger.CatalogueEntry, error]

	// The generation of the index that answers, "" when there is none, its marks, and whether it is behind: all as of one
	// moment, so that a generation that is not behind holds everything.
	IndexState(ctx context.Context) (ledger.IndexState, error)
	SwitchIndex(ctx context.Context, generation string, marks []string) error
	MarkIndex(ctx context.Context, generation string, marks []string) error
	// WithIndexLock runs fn while no other process writes the living index; ledger.ErrConflict when one does.
	WithIndexLock(ctx context.Context, fn func(context.Context) error) error

	// The generation that is being filled. From its beginning on, what leaves the outbox is kept for it.
	IndexBuild(ctx context.Context) (ledger.IndexBuild, error)
	BeginIndexBuild(ctx context.Context, generation string) error
	DropIndexBuild(ctx context.Context) error
	SaveIndexBuild(ctx context.Context, p ledger.IndexPart) error
	PendingIndexBuild(ctx context.Context, after int64, limit int) (ledger.IndexChanges, error)
	DoneIndexBuild(ctx context.Context, generation string, done ledger.IndexDone) error
	WithBuildLock(ctx context.Context, fn func(context.Context) error) error

	// What a generation would not take.
	IndexFaults(ctx context.Context, generation string) ([]ledger.IndexFault, error)
	KeepIndexFaults(ctx context.Context, generation string, faults, mended []ledger.IndexFault) error

	IndexLag(ctx context.Context) (ledger.IndexLag, error)
}

// An Engine answers searches and keeps the index in step with the books. Its methods may be called at the same time.
type Engine struct {
	config Config
	books  Books
	client *client // nil without an index
	health health

	breaker breaker
	journal journal
	looks   looks
	flow    flow
}

// New makes an Engine; it does not talk to anybody yet.
func New(c Config, b Books) (*Engine, error) {
	const most = searchCutoff * time.Millisecond
	c.Log = cmp.Or(c.Log, slog.New(slog.DiscardHandler))
	c.HTTPTimeout = min(cmp.Or(c.HTTPTimeout, time.Second), most)
	c.CountEvery = cmp.Or(c.CountEvery, time.Hour)
	e := &Engine{config: c, books: b}
	e.health.counted = time.Now()
	e.breaker = breaker{now: time.Now, state: Closed, since: time.Now(), changed: e.turned}
	if c.URL == "" {
		return e, nil
	}
	if ledger.LevelOf(c.County) != ledger.LevelCounty {
		return nil, fmt.Errorf("search: county code %q has not six digits", c.County)
	}
	var err error
	e.client, err = newClient(c.URL, c.Key)
	return e, err
}

// People finds people by name, in one way. It normalises the question itself; nobody is found by an empty name.
func (e *Engine) People(ctx context.Context, q ledger.PeopleQuery) (ledger.PeopleHits, error) {
	if q.Mode == ledger.NamePinyin {
		q.Name = Spelling(q.Name)
	} else {
		q.Name = Normalise(q.Name)
	}
	if q.Name == "" {
		return ledger.PeopleHits{}, nil
	}
	hits, _, err := e.answer(ctx, []ledger.PeopleQuery{q}, ledger.CatalogueQuery{})
	if err != nil {
		return ledger.PeopleHits{}, err
	}
	return hits[0], nil
}

// Tiers finds people by a name as it was typed in every way that it may be meant, the closest first; in only, if any are
// named. Nobody is in two tiers.
func (e *Engine) Tiers(ctx context.Context, typed string, q ledger.PeopleQuery, only ...ledger.NameMode) ([]ledger.PeopleTier, error) {
	queries := waysToAsk(ledger.Question{Name: typed, People: q, Only: only})
	hits, _, err := e.answer(ctx, queries, ledger.CatalogueQuery{})
	return tiersFrom(queries, hits), err
}

// Ask answers a whole question, people and catalogue, with what is public of the people.
func (e *Engine) Ask(ctx context.Context, q ledger.Question) (a ledger.Answer, err error) {
	queries, c := waysToAsk(q), askable(q.Catalogue)
	if len(queries) == 1 && queries[0].Mode == ledger.NameExact && c.Empty() {
		hits, people, err := e.books.PeopleNamed(ctx, queries[0])
		return ledger.Answer{Tiers: tiersFrom(queries, []ledger.PeopleHits{hits}), People: people}, err
	}
	hits, found, err := e.answer(ctx, queries, c)
	if err != nil {
		return a, err
	}
	a.Tiers, a.Catalogue = tiersFrom(queries, hits), found
	a.People, err = e.books.PeopleByRefs(ctx, toRead(a.Tiers, q.Few))
	return a, err
}

// answer asks the index, all at once, or else the books.
func (e *Engine) answer(ctx context.Context, queries []ledger.PeopleQuery, c ledger.CatalogueQuery) (hits []ledger.PeopleHits, found ledger.CatalogueHits, err error) {
	inIndex := true
	for i := range queries {
		q := &queries[i]
		q.Page, q.PerPage = max(q.Page, 1), max(q.PerPage, 1)
		inIndex = inIndex && indexable(*q)
	}
	if len(queries) == 0 && c.Empty() || inIndex && e.ask(ctx, asked(queries, c), func(ctx context.Context, generation string) error {
		hits, found, err = e.find(ctx, generation, queries, c)
		return err
	}) {
		return hits, found, nil
	}
	hits = make([]ledger.PeopleHits, len(queries))
	for i, q := range queries {
		if hits[i], err = e.books.FindPeople(ctx, q); err != nil {
			return nil, found, err
		}
	}
	if !c.Empty() {
		found, err = e.readCatalogue(ctx, c)
	}
	return hits, found, err
}

// Lookup finds the person who has both the number, by its token, and the name; ledger.ErrNotFound for every other case.
func (e *Engine) Lookup(ctx context.Context, token []byte, nameKey string) (person string, err error) {
	nameKey = Normalise(nameKey)
	if len(nameKey) <= maxValue && e.ask(ctx, []int{1}, func(ctx context.Context, generation string) (err error) {
		person, err = e.findOwn(ctx, generation, token, nameKey)
		return err
	}) {
		if person == "" {
			return "", ledger.ErrNotFound
		}
		return person, nil
	}
	return e.books.FindOwn(ctx, token, nameKey)
}

// maxValue is the longest value to filter by: Meilisearch cuts what it indexes at 468 bytes.
const maxValue = 400

// indexable tells whether the index can answer a question at all.
func indexable(q ledger.PeopleQuery) bool {
	for _, m := range append(q.Except, q.Match()) {
		if len(m.Name) > maxValue || m.Mode == ledger.NameContains && utf8.RuneCountInString(m.Name) > maxPart {
			return false
		}
	}
	return q.Page <= maxTotalHits/q.PerPage
}

// asked are the places, among kinds, of the indexes that a question goes to.
func asked(queries []ledger.PeopleQuery, c ledger.CatalogueQuery) (kinds []int) {
	if len(queries) > 0 {
		kinds = append(kinds, 0)
	}
	if !c.Empty() {
		kinds = append(kinds, 2)
	}
	return kinds
}

// ask puts a question to the living index and tells whether it answered. The outbox is seen empty before the generation is
// read: then that generation, or whichever replaces it meanwhile, holds at least what the books held when the question came.
// Its marks, looked at after the answer, say that nobody else changed it.
func (e *Engine) ask(ctx context.Context, kinds []int, question func(ctx context.Context, generation string) error) bool {
	if e.client == nil {
		return false
	}
	for range 2 { // a rebuild may drop the generation between the reading of its name and the search
		state, err := e.books.IndexState(ctx)
		if err != nil || state.Behind || state.Generation == "" || len(state.Marks) == 0 {
			return false
		}
		limit, may := e.breaker.allow(e.config.HTTPTimeout)
		if !may {
			return false
		}
		began := time.Now()
		err = try(ctx, limit, func(ctx context.Context) error {
			if err := question(ctx, state.Generation); err != nil {
				return err
			}
			return e.confirm(ctx, state.Generation, state.Marks, kinds)
		})
		switch {
		case err == nil:
			e.breaker.answered(time.Since(began))
			return true
		case gone(ctx): // who asked; that says nothing about the index
			e.breaker.left()
			return false
		case isAway(err):
			e.breaker.failed(err)
			e.failed(err)
			return false
		}
		e.breaker.answered(time.Since(began)) // not as it should, but it is there
		e.failed(err)
		if !hasCode(err, codeNoIndex) && !errors.Is(err, errTouched) {
			return false
		}
	}
	return false
}

// gone tells whether a question's time is up. Its timer may fire a moment later than the connection's.
func gone(ctx context.Context) bool {
	deadline, ok := ctx.Deadline()
	return ctx.Err() != nil || ok && !time.Now().Before(deadline)
}

// errForeign is a document that is not one of ours.
var errForeign = errors.New("search: the index holds a foreign document")

func (e *Engine) find(ctx context.Context, generation string, queries []ledger.PeopleQuery, c ledger.CatalogueQuery) (hits []ledger.PeopleHits, inCatalogue ledger.CatalogueHits, err error) {
	asked := make([]searching, len(queries))
	for i, q := range queries {
		asked[i] = searchFor(e.uid(people, generation), filterOf(q), q.Page, q.PerPage)
	}
	if !c.Empty() {
		asked = append(asked, e.searchCatalogue(generation, c))
	}
	answers, err := e.client.searchAll(ctx, asked)
	if err != nil {
		return nil, inCatalogue, err
	}
	for _, f := range answers[:len(queries)] {
		h, err := f.people()
		if err != nil {
			return nil, inCatalogue, err
		}
		hits = append(hits, h)
	}
	for _, f := range answers[len(queries):] {
		inCatalogue.Total = f.Total
		for _, h := range f.Hits {
			inCatalogue.IDs = append(inCatalogue.IDs, h.ID)
		}
	}
	return hits, inCatalogue, nil
}

func (e *Engine) findOwn(ctx context.Context, generation string, token []byte, nameKey string) (string, error) {
	filter := "id_token = " + quoted(hex.EncodeToString(token)) + " AND name_key = " + quoted(nameKey)
	found, err := e.client.searchAll(ctx, []searching{searchFor(e.uid(lookups, generation), filter, 1, 1)})
	if err != nil || len(found[0].Hits) == 0 {
		return "", err
	}
	if id := found[0].Hits[0].ID; ours(id) {
		return id, nil
	}
	return "", errForeign
}

func (e *Engine) uid(index, generation string) string {
	return index + "_" + e.config.County + "_" + generation
}
