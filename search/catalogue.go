package search

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"mingbai/ledger"
)

// catalogueDocument is what the catalogue index holds of an entry.
type catalogueDocument struct {
	ID    string   `json:"id"`
	Parts []string `json:"parts"` // of the title and of the words: found like part of a name
	Kind  string   `json:"kind"`
	Fund  string   `json:"fund_code"`
	Rank  int      `json:"rank"`
}

func catalogueOf(e ledger.CatalogueEntry) catalogueDocument {
	var all []string
	for _, text := range texts(e) {
		all = append(all, parts(text)...)
	}
	return catalogueDocument{e.ID, sorted(all), string(e.Kind), e.Fund, rank(e.Kind)}
}

// maxText is how much of a title, or of words between two stops, can be found: a clerk's sheet may hold a page in a cell.
const maxText = 60

// texts are what an entry is found by, normalised. Words may be sentences: nobody asks across a stop.
func texts(e ledger.CatalogueEntry) (all []string) {
	for _, text := range append([]string{e.Title}, strings.FieldsFunc(e.Words, stop)...) {
		r := []rune(Normalise(text))
		all = append(all, string(r[:min(len(r), maxText)]))
	}
	return all
}

func stop(r rune) bool {
	return unicode.IsSpace(r) || unicode.IsPunct(r) && !strings.ContainsRune("·•‧・．", r)
}

// catalogueFilter writes a question as a filter.
func catalogueFilter(q ledger.CatalogueQuery) string {
	var ways []string
	if len(q.Funds) > 0 {
		ways = append(ways, "(kind = "+quoted(string(ledger.CatalogueFund))+" AND fund_code IN "+listed(q.Funds)+")")
	}
	for _, words := range q.Any {
		held := make([]string, len(words))
		for i, w := range words {
			held[i] = "parts = " + quoted(w)
		}
		ways = append(ways, "("+strings.Join(held, " AND ")+")")
	}
	return strings.Join(ways, " OR ")
}

// inCatalogue is what catalogueFilter says, by plain reading.
func inCatalogue(q ledger.CatalogueQuery, e ledger.CatalogueEntry) bool {
	if e.Kind == ledger.CatalogueFund && slices.Contains(q.Funds, e.Fund) {
		return true
	}
	all := texts(e)
	return slices.ContainsFunc(q.Any, func(words []string) bool {
		return !slices.ContainsFunc(words, func(w string) bool {
			return !slices.ContainsFunc(all, func(text string) bool { return strings.Contains(text, w) })
		})
	})
}

// askable brings a question about the catalogue into the form in which it is compared. Words of one character would find
// half of it and count for nothing; ones longer than an index can hold are cut, alike for index and books.
func askable(q ledger.CatalogueQuery) ledger.CatalogueQuery {
	var ways [][]string
	for _, words := range q.Any {
		var way []string
		for _, w := range words {
			r := []rune(Normalise(w))
			if w = string(r[:min(len(r), maxPart)]); utf8.RuneCountInString(w) > 1 {
				way = append(way, w)
			}
		}
		if len(way) > 0 {
			ways = append(ways, way)
		}
	}
	q.Any, q.Most = ways, max(q.Most, 1)
	return q
}

func (e *Engine) searchCatalogue(generation string, q ledger.CatalogueQuery) searching {
	s := searchFor(e.uid(catalogue, generation), catalogueFilter(q), 1, q.Most)
	s.Sort = []string{"rank:asc", "id:asc"}
	return s
}

// readCatalogue answers from the books by reading the catalogue through: it is small, and so the two cannot differ.
func (e *Engine) readCatalogue(ctx context.Context, q ledger.CatalogueQuery) (hits ledger.CatalogueHits, err error) {
	var list []ledger.CatalogueEntry
	for entry, err := range e.books.AllCatalogue(ctx, "") {
		if err != nil {
			return hits, err
		}
		if inCatalogue(q, entry) {
			list = append(list, entry)
		}
	}
	slices.SortFunc(list, func(a, b ledger.CatalogueEntry) int {
		return cmp.Or(cmp.Compare(rank(a.Kind), rank(b.Kind)), strings.Compare(a.ID, b.ID))
	})
	hits.Total = len(list)
	for _, entry := range list[:min(len(list), q.Most)] {
		hits.IDs = append(hits.IDs, entry.ID)
	}
	return hits, nil
}

// ofFunds is a filter for the entries of funds, and with "" of those that are of none: nothing equals an empty value.
func ofFunds(funds []string) string {
	filter := "fund_code IN " + listed(funds)
	if slices.Contains(funds, "") {
		filter += " OR fund_code IS EMPTY"
	}
	return filter
}
