package search

import (
	"context"

	"mingbai/ledger"
)

// searching is one of the searches of a round trip.
type searching struct {
	Index   string   `json:"indexUid,omitempty"`
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
	if len(asked) == 1 { // asked of the index itself it comes a tenth cheaper
		one := asked[0]
		path := "/indexes/" + one.Index + "/search"
		one.Index = ""
		f := make([]found, 1)
		return f, c.swift.post(ctx, path, one, &f[0])
	}
	var answer struct {
		Results []found `json:"results"`
	}
	if err := c.swift.post(ctx, "/multi-search", map[string]any{"queries": asked}, &answer); err != nil {
		return nil, err
	}
	if len(answer.Results) != len(asked) {
		return nil, errForeign
	}
	return answer.Results, nil
}
