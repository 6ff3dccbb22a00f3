package search

import (
	"cmp"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"slices"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"mingbai/ledger"
)

// Config says where the index is.
type Config struct {
	URL         string // empty: no index, the books answer everything
	Key         string
	County      string
	Log         *slog.Logger  // nil: discard
	HTTPTimeout time.Duration // how long a search may take before the books answer; 1.5 s when zero, which is also the most
	CountEvery  time.Duration // how often Heal counts the books, a full read of them; an hour when zero
}

// Books is what search asks of the ledger.
type Books interface {
	// The same questions as the index is asked. Hits are ordered by the ref's text.
	FindPeople(ctx context.Context, q ledger.PeopleQuery) (ledger.PeopleHits, error)
	FindOwn(ctx context.Context, token []byte, nameKey string) (person string, err error) // ledger.ErrNotFound

	// PeopleNamed is FindPeople of a whole name, with what is public of whom it finds.
	PeopleNamed(ctx context.Context, q ledger.PeopleQuery) (ledger.PeopleHits, []ledger.FoundPerson, error)

	// The outbox of changes that the index has not confirmed.
	PendingIndex(ctx context.Context, limit int) (ledger.IndexChanges, error)
	DoneIndex(ctx context.Context, seqs []int64) error

	// Everything that the index must hold, in the order of its document ids.
	AllPeople(ctx context.Context) iter.Seq2[ledger.PeopleEntry, error]
	AllLookups(ctx context.Context) iter.Seq2[ledger.LookupEntry, error]
	AllCatalogue(ctx context.Context) iter.Seq2[ledger.CatalogueEntry, error]

	// The generation of the index that answers, "" when there is none, and whether changes wait in the outbox: both as of
	// one moment, so that a generation that is not behind holds everything.
	IndexState(ctx context.Context) (ledger.IndexState, error)
	// PeopleNow reads what is public of people, in the order asked, and the index's state: both as of one moment.
	PeopleNow(ctx context.Context, refs []ledger.PersonRef) ([]ledger.FoundPerson, ledger.IndexState, error)
	SwitchIndex(ctx context.Context, generation string) error
	// WithIndexLock runs fn while no other process writes the index; ledger.ErrConflict when one does.
	WithIndexLock(ctx context.Context, fn func(context.Context) error) error
}

// An Engine answers searches and keeps the index in step with the books. Its methods may be called at the same time.
type Engine struct {
	config Config
	books  Books
	client *client // nil without an index
	health health
	seen   atomic.Pointer[ledger.IndexState] // when last looked at
}

// New makes an Engine; it does not talk to anybody yet.
func New(c Config, b Books) (*Engine, error) {
	const most = searchCutoff * time.Millisecond
	c.Log = cmp.Or(c.Log, slog.New(slog.DiscardHandler))
	c.HTTPTimeout = min(cmp.Or(c.HTTPTimeout, most), most)
	c.CountEvery = cmp.Or(c.CountEvery, time.Hour)
	e := &Engine{config: c, books: b}
	e.health.counted = time.Now()
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
	q.Page, q.PerPage = max(q.Page, 1), max(q.PerPage, 1)
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
	if err != nil {
		return nil, err
	}
	return tiersFrom(queries, hits), nil
}

// answer asks the index, all at once, or else the books.
func (e *Engine) answer(ctx context.Context, queries []ledger.PeopleQuery, c ledger.CatalogueQuery) (hits []ledger.PeopleHits, found ledger.CatalogueHits, err error) {
	if len(queries) == 0 && c.Empty() || indexable(queries) && e.ask(ctx, func(ctx context.Context, generation string) error {
		hits, found, err = e.find(ctx, generation, queries, c)
		return err
	}) {
		return hits, found, nil
	}
	return e.fromBooks(ctx, queries, c)
}

// fromBooks answers without the index.
func (e *Engine) fromBooks(ctx context.Context, queries []ledger.PeopleQuery, c ledger.CatalogueQuery) (hits []ledger.PeopleHits, found ledger.CatalogueHits, err error) {
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
	if len(nameKey) <= maxValue && e.ask(ctx, func(ctx context.Context, generation string) (err error) {
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

// indexable tells whether the index can answer all of a question.
func indexable(queries []ledger.PeopleQuery) bool {
	return !slices.ContainsFunc(queries, func(q ledger.PeopleQuery) bool {
		return q.Page > maxTotalHits/q.PerPage || slices.ContainsFunc(append(q.Except, q.Match()), func(m ledger.NameMatch) bool {
			return len(m.Name) > maxValue || m.Mode == ledger.NameContains && utf8.RuneCountInString(m.Name) > maxPart
		})
	})
}

// ask puts a question to the living index and tells whether it answered. The outbox is seen empty before the generation is
// read: then that generation, or whichever replaces it meanwhile, holds at least what the books held when the question came.
func (e *Engine) ask(ctx context.Context, question func(ctx context.Context, generation string) error) bool {
	if e.client == nil {
		return false
	}
	for range 2 { // a rebuild may drop the generation between the reading of its name and the search
		state, err := e.books.IndexState(ctx)
		if err != nil || state.Behind || state.Generation == "" || !e.health.mayAsk() {
			return false
		}
		if answered, again := e.tryIndex(ctx, state.Generation, question); answered || !again {
			return answered
		}
	}
	return false
}

// tryIndex puts a question to a generation. A generation that is gone is worth another look at which lives.
func (e *Engine) tryIndex(ctx context.Context, generation string, question func(ctx context.Context, generation string) error) (answered, again bool) {
	err := try(ctx, e.config.HTTPTimeout, func(ctx context.Context) error { return question(ctx, generation) })
	switch {
	case err == nil:
		e.answered()
		return true, false
	case gone(ctx): // who asked; that says nothing about the index
		return false, false
	}
	e.failed(err)
	return false, hasCode(err, codeNoIndex)
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
