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

// kindNames are they in the order in which they are filled, compared, counted and marked.
var kindNames = []string{people, lookups, catalogue}

// kind is one of the indexes: how it is set up and everything that it must hold, in the order of ids, from
// after one of them on.
type kind struct {
	name     string
	settings string
	all      func(ctx context.Context, after string) iter.Seq2[entry, error]
}

// entry is a document that an index must hold.
type entry struct {
	id       string
	document any
	fund     string                         // of a catalogue entry
	differs  func(meilisearch.Hit) []string // in which fields
}

// kinds are all indexes, in the order of kindNames.
func (e *Engine) kinds() []kind {
	return []kind{
		{people, settingsPeople, entries(e.books.AllPeople, personOf, func(d personDocument) (string, string) { return d.ID, "" })},
		{lookups, settingsLookup, entries(e.books.AllLookups, lookupOf, func(d lookupDocument) (string, string) { return d.ID, "" })},
		{catalogue, settingsCatalogue, entries(e.books.AllCatalogue, catalogueOf, func(d catalogueDocument) (string, string) { return d.ID, d.Fund })},
	}
}

func entries[A, D any](all func(context.Context, string) iter.Seq2[A, error], of func(A) D, name func(D) (id, fund string)) func(context.Context, string) iter.Seq2[entry, error] {
	return func(ctx context.Context, after string) iter.Seq2[entry, error] {
		return func(yield func(entry, error) bool) {
			for a, err := range all(ctx, after) {
				d := of(a)
				id, fund := name(d)
				if !yield(entry{id, d, fund, func(hit meilisearch.Hit) []string { return differs(d, hit) }}, err) {
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
