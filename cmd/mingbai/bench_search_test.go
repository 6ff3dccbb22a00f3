package main

import (
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"testing"

	"mingbai/search"
)

// TestSearchUnderLoad is `make bench-search`.
func TestSearchUnderLoad(t *testing.T) {
	people, err := strconv.Atoi(os.Getenv("MINGBAI_BENCH_PEOPLE"))
	if err != nil {
		t.Skip("make bench-search")
	}
	c := newBenchCounty(t, people)
	state, err := c.db.IndexState(t.Context())
	c.must(err)
	t.Logf("%d people, %d distinct names, %+v", people, len(c.names), state)
	var raw, page []sent
	for _, name := range c.names {
		body, _ := json.Marshal(map[string]any{
			"q": "", "filter": `name_key = "` + search.Normalise(name) + `"`, "hitsPerPage": 20, "page": 1, "sort": []string{"id:asc"}, "attributesToRetrieve": []string{"id"},
		})
		raw = append(raw, sent{http.MethodPost, "/indexes/people_990121_" + state.Generation + "/search", string(body)})
		page = append(page, sent{http.MethodGet, "/people?q=" + url.QueryEscape(name), ""})
	}
	site := c.serve()
	load(t, site, nil, page[:100]) // wakes what sleeps at the start
	headers := map[string]string{"Authorization": "Bearer " + c.key, "Content-Type": "application/json"}
	for range 3 {
		base := load(t, c.meil, headers, raw)
		t.Logf("%-12s %+v", "raw", base)
		for what, list := range map[string][]sent{"page": page} {
			m := load(t, site, nil, list)
			t.Logf("%-12s %.2f (cpu %.2f) %+v", what, m.Rate/base.Rate, base.CPU.Seconds()/m.CPU.Seconds(), m)
		}
	}
}
