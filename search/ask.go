package search

import (
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
