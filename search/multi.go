package search

import (
	"context"
	"encoding/json"
	"net/http"

	"mingbai/ledger"
)

// searching is one of the searches of a round trip.
type searching struct {
	Index   string   `json:"indexUid"`
	Text    string   `json:"q"`
	Filter  string   `json:"filter"`
	Sort    []string `json:"sort"`
	Page    int      `json:"page"`
	PerPage int      `json:"hitsPerPage"`
	Fields  []string `json:"attributesToRetrieve"`
}

func searchFor(uid, filter string, page, perPage int) searching {
	return searching{Index: uid, Filter: filter, Sort: []string{"id:asc"}, Page: page, PerPage: perPage, Fields: []string{"id"}}
}

// found is what one of them answers.
type found struct {
	Hits []struct {
		ID string `json:"id"`
	} `json:"hits"`
	Total int `json:"totalHits"`
}

func (f found) people() (ledger.PeopleHits, error) {
	hits := ledger.PeopleHits{Total: f.Total}
	for _, h := range f.Hits {
		ref, err := ledger.ParsePersonRef(h.ID)
		if err != nil {
			return hits, errForeign
		}
		hits.Refs = append(hits.Refs, ref)
	}
	return hits, nil
}

// searchAll makes several searches in one round trip: all are answered, or none.
func (c *client) searchAll(ctx context.Context, asked []searching) ([]found, error) {
	body, err := json.Marshal(map[string]any{"queries": asked})
	if err != nil {
		return nil, err
	}
	var answer struct {
		Results []found `json:"results"`
	}
	if err := c.raw(ctx, http.MethodPost, "/multi-search", body, &answer); err != nil {
		return nil, err
	}
	if len(answer.Results) != len(asked) {
		return nil, errForeign
	}
	return answer.Results, nil
}
