package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"testing"

	"mingbai/search"
)

// benchRounds are how often each load is measured, one after the other: what else the machine does meets all alike.
const benchRounds = 4

// bars are what a load must reach.
var bars = map[string]float64{"api": 0.6, "page": 0.4}

const barLookup = 15.0 // milliseconds, of 99 in 100

// TestSearchUnderLoad is `make bench-search`: what is left of the servers' own speed in ours, over four connections. Every
// list of questions has thousands of names, none of them twice, in an order of chance; the first round finds them cold.
func TestSearchUnderLoad(t *testing.T) {
	people, err := strconv.Atoi(os.Getenv("MINGBAI_BENCH_PEOPLE"))
	if err != nil {
		t.Skip("runs by make bench-search")
	}
	c := newBenchCounty(t, people)
	// The bench is one visitor who asks for everybody: as a screen in a hall, with budgets that do not end.
	const without = "100000000/100000000/100000000/100000000"
	c.tune = func(f *siteFlags) {
		f.Kiosks, f.LookupTotal = []string{"127.0.0.1"}, 100_000_000
		f.Budget = map[string]string{"kiosk": without, "total": without}
	}
	site := c.serve()
	lists := c.questions()
	if len(c.names) < 5000 {
		t.Fatalf("only %d distinct names", len(c.names))
	}
	fmt.Printf("%d people, %d distinct names, %d connections, %v each\n", people, len(c.names), loadConnections, loadTime)

	meili := map[string]string{"Authorization": "Bearer " + c.key, "Content-Type": "application/json"}
	ratios, costs := map[string][]float64{}, map[string][]float64{}
	rounds := benchRounds // 0 leaves the lookups alone
	if n, err := strconv.Atoi(os.Getenv("MINGBAI_BENCH_ROUNDS")); err == nil {
		rounds = n
	}
	for round := range rounds {
		raw := load(t, c.meil, meili, lists["raw"])
		fmt.Printf("%-5s raw Meilisearch        %s\n", warmth(round), raw)
		for _, l := range []struct {
			name, what, of string
			headers        map[string]string
		}{
			{"api", "GET /api/v1/search", "raw", nil},
			{"page", "GET /people", "raw", nil},
			{"page", "GET /people, gzip", "", map[string]string{"Accept-Encoding": "gzip"}},
		} {
			m := load(t, site, l.headers, lists[l.name])
			ratio, cost := m.Rate/raw.Rate, raw.CPU.Seconds()/m.CPU.Seconds()
			fmt.Printf("%-5s %-22s %s  %.2f of raw (%.2f by processor time)\n", warmth(round), l.what, m, ratio, cost)
			if l.of != "" && round > 0 {
				ratios[l.name], costs[l.name] = append(ratios[l.name], ratio), append(costs[l.name], cost)
			}
		}
		part := load(t, c.meil, meili, lists["raw part"])
		m := load(t, site, nil, lists["api part"])
		fmt.Printf("%-5s raw Meilisearch, a part %s\n%-5s search?match=contains   %s  %.2f of raw\n", warmth(round), part, warmth(round), m, m.Rate/part.Rate)
		if m.Bad > 0 {
			t.Errorf("%d bad answers", m.Bad)
		}
	}
	lookups := c.lookups(site)
	for name, bar := range bars {
		if rounds < 2 { // the first is cold
			break
		}
		judged(fmt.Sprintf("%s of raw Meilisearch's rate, warm, median of %d", name, len(ratios[name])), median(ratios[name]), bar, median(ratios[name]) >= bar)
		fmt.Printf("      (%.2f by processor time)\n", median(costs[name]))
	}
	judged("lookup p99, ms", lookups.P99, barLookup, lookups.P99 <= barLookup)
}

func judged(what string, is, bar float64, met bool) {
	word := "MISSED"
	if met {
		word = "met"
	}
	fmt.Printf("%-6s %s: %.2f, bar %.2f\n", word, what, is, bar)
}

func warmth(round int) string {
	if round == 0 {
		return "cold"
	}
	return "warm"
}

func median(list []float64) float64 {
	slices.Sort(list)
	return list[len(list)/2]
}

// questions are the same questions as the index itself and as we are asked them.
func (c *benchCounty) questions() map[string][]sent {
	state, err := c.db.IndexState(c.t.Context())
	c.must(err)
	index := "/indexes/people_990121_" + state.Generation + "/search"
	raw := func(filter string) sent {
		body, err := json.Marshal(map[string]any{"q": "", "filter": filter, "hitsPerPage": 20, "page": 1, "sort": []string{"id:asc"}})
		c.must(err)
		return sent{http.MethodPost, index, string(body)}
	}
	lists := map[string][]sent{}
	for _, name := range c.names {
		key, q := search.Normalise(name), url.QueryEscape(name)
		lists["raw"] = append(lists["raw"], raw(`name_key = "`+key+`"`))
		lists["api"] = append(lists["api"], sent{http.MethodGet, "/api/v1/search?q=" + q, ""})
		lists["page"] = append(lists["page"], sent{http.MethodGet, "/people?q=" + q, ""})
		lists["raw part"] = append(lists["raw part"], raw(`name_parts = "`+key+`" AND NOT (name_key = "`+key+`")`))
		lists["api part"] = append(lists["api part"], sent{http.MethodGet, "/api/v1/search?match=contains&q=" + q, ""})
	}
	return lists
}

// lookups measures PostgreSQL by its own bench and our route, which answers at whole steps of time.
func (c *benchCounty) lookups(site string) (m measured) {
	fmt.Println("raw PostgreSQL, the same people by pgbench:", c.pgbench())
	var list []sent
	for _, a := range c.asked {
		body, err := json.Marshal(map[string]string{"name": a.name, "id_number": a.digits})
		c.must(err)
		list = append(list, sent{http.MethodPost, "/api/v1/lookup", string(body)})
	}
	for round := range 2 {
		m = load(c.t, site, map[string]string{"Content-Type": "application/json"}, list)
		fmt.Printf("%-5s POST /api/v1/lookup    %s\n", warmth(round), m)
	}
	return m
}

func (m measured) String() string {
	return fmt.Sprintf("%6.0f/s  p50 %.2f p90 %.2f p99 %.2f ms  bad %d |%s", m.Rate, m.P50, m.P90, m.P99, m.Bad, cmp.Or(m.Parts, " -"))
}
