package query

import (
	"strings"

	"mingbai/ledger"
)

// Question is what a whole question asks of the index: people by name, of its places, funds and years, and beside them the
// catalogue's entries by the same words, by its funds and by its agencies. At most so many entries come.
func (q Query) Question(page, perPage, entries int) ledger.Question {
	asked := ledger.Question{Name: q.Name, People: ledger.PeopleQuery{
		Places: Codes(q.Places), Funds: Codes(q.Funds), Years: q.Years, Page: page, PerPage: perPage,
	}}
	asked.Catalogue = ledger.CatalogueQuery{Funds: asked.People.Funds, Most: entries}
	if words := strings.Fields(q.Name); len(words) > 0 {
		asked.Catalogue.Any = append(asked.Catalogue.Any, words)
	}
	for _, a := range q.Agencies {
		asked.Catalogue.Any = append(asked.Catalogue.Any, []string{a.Word})
	}
	return asked
}
