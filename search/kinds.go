package search

import (
	"context"
	"iter"

	"github.com/meilisearch/meilisearch-go"

	"mingbai/ledger"
)

// The three indexes of a generation.
const (
	people    = "people"
	lookups   = "lookup"
	catalogue = "catalogue"
)

// kind is one of the indexes: how it is set up and everything that it must hold, in the order of ids.
type kind struct {
	name     string
	settings string
	all      func(context.Context) iter.Seq2[entry, error]
}

// entry is a document that an index must hold.
type entry struct {
	id       string
	document any
	same     func(meilisearch.Hit) bool
}

// kinds are all indexes, in the order in which they are filled, compared and counted.
func (e *Engine) kinds() []kind {
	return []kind{
		{people, settingsPeople, entries(e.books.AllPeople, personOf, func(d personDocument) string { return d.ID })},
		{lookups, settingsLookup, entries(e.books.AllLookups, lookupOf, func(d lookupDocument) string { return d.ID })},
		{catalogue, settingsCatalogue, entries(e.books.AllCatalogue, catalogueOf, func(d catalogueDocument) string { return d.ID })},
	}
}

func entries[A, D any](all func(context.Context) iter.Seq2[A, error], of func(A) D, id func(D) string) func(context.Context) iter.Seq2[entry, error] {
	return func(ctx context.Context) iter.Seq2[entry, error] {
		return func(yield func(entry, error) bool) {
			for a, err := range all(ctx) {
				d := of(a)
				if !yield(entry{id(d), d, func(hit meilisearch.Hit) bool { return same(d, hit) }}, err) {
					return
				}
			}
		}
	}
}

// rank is a kind of entry's place among the others.
func rank(k ledger.CatalogueKind) int {
	for i, other := range ledger.CatalogueKinds {
		if k == other {
			return i
		}
	}
	return len(ledger.CatalogueKinds)
}
