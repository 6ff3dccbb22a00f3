package search

import (
	"context"
	"slices"

	"mingbai/ledger"
)

// waysToAsk are the searches for people that a question comes to.
func waysToAsk(q ledger.Question) (queries []ledger.PeopleQuery) {
	for _, t := range tiersOf(q.Name) {
		if len(q.Only) > 0 && !slices.Contains(q.Only, t.Mode) {
			continue
		}
		t.Places, t.Funds, t.Years = q.People.Places, q.People.Funds, q.People.Years
		t.Page, t.PerPage = max(q.People.Page, 1), max(q.People.PerPage, 1)
		queries = append(queries, t)
	}
	return queries
}

func tiersFrom(queries []ledger.PeopleQuery, hits []ledger.PeopleHits) (tiers []ledger.PeopleTier) {
	for i, h := range hits {
		tiers = append(tiers, ledger.PeopleTier{Mode: queries[i].Mode, PeopleHits: h})
	}
	return tiers
}

// Ask answers a whole question, people and catalogue, with what is public of the people now.
func (e *Engine) Ask(ctx context.Context, q ledger.Question) (ledger.Answer, error) {
	queries, c := waysToAsk(q), askable(q.Catalogue)
	if len(queries) == 0 && c.Empty() {
		return ledger.Answer{}, nil
	}
	if len(queries) == 1 && queries[0].Mode == ledger.NameExact && c.Empty() {
		hits, people, err := e.books.PeopleNamed(ctx, queries[0])
		return ledger.Answer{Tiers: tiersFrom(queries, []ledger.PeopleHits{hits}), People: people}, err
	}
	if e.client != nil && indexable(queries) {
		if a, answered, err := e.askIndex(ctx, q.Few, queries, c); answered || err != nil {
			return a, err
		}
	}
	hits, found, err := e.fromBooks(ctx, queries, c)
	if err != nil {
		return ledger.Answer{}, err
	}
	a := ledger.Answer{Tiers: tiersFrom(queries, hits), Catalogue: found}
	a.People, _, err = e.books.PeopleNow(ctx, toRead(a.Tiers, q.Few))
	return a, err
}

// askIndex has the index find and the books read, in one round trip each. Whether the index held everything is known
// afterwards, from the state that the books tell with the rows: doc.go says how. When it is not sure, that state is the
// one to search by, in the careful order.
func (e *Engine) askIndex(ctx context.Context, few int, queries []ledger.PeopleQuery, c ledger.CatalogueQuery) (a ledger.Answer, answered bool, err error) {
	state, sure := e.lastSeen(), false
	for range 3 {
		if state.Generation == "" || state.Behind {
			if state, err = e.books.IndexState(ctx); err != nil {
				return a, false, err
			}
			sure = true
		}
		if state.Generation == "" || state.Behind || !e.health.mayAsk() {
			return a, false, nil
		}
		found, again := e.tryIndex(ctx, state.Generation, func(ctx context.Context, generation string) error {
			hits, inCatalogue, err := e.find(ctx, generation, queries, c)
			a.Tiers, a.Catalogue = tiersFrom(queries, hits), inCatalogue
			return err
		})
		if !found {
			if !again {
				return a, false, nil
			}
			state = ledger.IndexState{}
			continue
		}
		var now ledger.IndexState
		if a.People, now, err = e.books.PeopleNow(ctx, toRead(a.Tiers, few)); err != nil {
			return a, false, err
		}
		e.seen.Store(&now)
		if sure || !now.Behind && now == state {
			return a, true, nil
		}
		state, sure = now, true
	}
	return a, false, nil
}

func (e *Engine) lastSeen() ledger.IndexState {
	if s := e.seen.Load(); s != nil {
		return *s
	}
	return ledger.IndexState{}
}

// toRead are the people to read of each tier: all of the first that found anybody, a few of those under it.
func toRead(tiers []ledger.PeopleTier, few int) (refs []ledger.PersonRef) {
	for _, t := range tiers {
		some := t.Refs
		if few > 0 && len(refs) > 0 && t.Total > few {
			some = some[:min(len(some), few)]
		}
		refs = append(refs, some...)
	}
	return refs
}
