package search

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"reflect"
	"slices"

	"github.com/meilisearch/meilisearch-go"
)

// Nothing is ever searched for as text, so searchableAttributes is empty: doc.go says why. searchCutoffMs must not be
// less than the time a search is waited for: an answer that was cut off is not in order.
const (
	settingsCommon = `"searchableAttributes":[],"displayedAttributes":["id"],"rankingRules":["sort"],
 "typoTolerance":{"enabled":false},"prefixSearch":"disabled","facetSearch":false,
 "distinctAttribute":null,"pagination":{"maxTotalHits":1000000},"searchCutoffMs":1500,`

	settingsPeople = `{` + settingsCommon + `"sortableAttributes":["id"],
 "filterableAttributes":[
  {"attributePatterns":["name_key","name_parts","name_py_keys","name_near","place_codes","fund_codes","fund_years"],"features":{"facetSearch":false,"filter":{"equality":true,"comparison":false}}},
  {"attributePatterns":["years"],"features":{"facetSearch":false,"filter":{"equality":true,"comparison":false}}}]}`

	settingsLookup = `{` + settingsCommon + `"sortableAttributes":["id"],
 "filterableAttributes":[
  {"attributePatterns":["id_token","name_key"],"features":{"facetSearch":false,"filter":{"equality":true,"comparison":false}}}]}`

	settingsCatalogue = `{` + settingsCommon + `"sortableAttributes":["id","rank"],
 "filterableAttributes":[
  {"attributePatterns":["parts","kind","fund_code"],"features":{"facetSearch":false,"filter":{"equality":true,"comparison":false}}}]}`

	searchCutoff = 1500 // milliseconds, as in settingsCommon
	maxTotalHits = 1_000_000
)

// create makes an index with its settings.
func (c *client) create(ctx context.Context, uid, settings string) error {
	err := c.do(ctx, uid, func(ctx context.Context) (*meilisearch.TaskInfo, error) {
		return c.CreateIndexWithContext(ctx, &meilisearch.IndexConfig{Uid: uid, PrimaryKey: "id"})
	})
	if err != nil {
		return err
	}
	return c.do(ctx, uid, func(ctx context.Context) (*meilisearch.TaskInfo, error) {
		// Raw JSON: the library drops false and writes zeros for what is not named.
		info := new(meilisearch.TaskInfo)
		return info, c.raw(ctx, http.MethodPatch, "/indexes/"+uid+"/settings", []byte(settings), info)
	})
}

// drop removes an index, and does not mind its absence.
func (c *client) drop(ctx context.Context, uid string) error {
	err := c.do(ctx, uid, func(ctx context.Context) (*meilisearch.TaskInfo, error) { return c.DeleteIndexWithContext(ctx, uid) })
	if hasCode(err, codeNoIndex) {
		return nil
	}
	return err
}

// count is the number of documents in an index.
func (c *client) count(ctx context.Context, uid string) (n int, err error) {
	err = retry(ctx, func(ctx context.Context) error {
		stats, err := c.Index(uid).GetStatsWithContext(ctx, nil)
		if err == nil {
			n = int(stats.NumberOfDocuments)
		}
		return err
	})
	return n, err
}

// hasSettings tells whether an index still has the settings it was made with.
func (c *client) hasSettings(ctx context.Context, uid, settings string) (bool, error) {
	var is, want map[string]any
	if err := json.Unmarshal([]byte(settings), &want); err != nil {
		return false, err
	}
	err := retry(ctx, func(ctx context.Context) error {
		return c.raw(ctx, http.MethodGet, "/indexes/"+uid+"/settings", nil, &is)
	})
	return within(want, is), err
}

// within tells whether everything that want says is so; Meilisearch answers with more than was set.
func within(want, is any) bool {
	w, ok := want.(map[string]any)
	if !ok {
		return reflect.DeepEqual(want, is)
	}
	i, _ := is.(map[string]any)
	return !slices.ContainsFunc(slices.Collect(maps.Keys(w)), func(k string) bool { return !within(w[k], i[k]) })
}
