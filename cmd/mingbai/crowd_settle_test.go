package main

import (
	"strings"
	"testing"

	"mingbai/search"
)

// A settled county has as many documents as it says, whole books, and names of every shape.
func TestACrowdSettles(t *testing.T) {
	const entries = 3000
	w := newWorld(t)
	c := w.settle(entries)
	s := w.indexed().Status(t.Context())
	if s.People != entries || s.Lookups != c.Len()-entries/40 || s.Answering != "index" {
		t.Errorf("%d entries of %d people gave %+v", entries, c.Len()-entries/40, s)
	}
	w.ok("verify")
	shapes, bearers := map[string]int{}, map[string]int{}
	for i := range entries {
		name := c.At(i).Name
		key := search.Normalise(name)
		bearers[key]++
		switch n := len([]rune(key)); {
		case strings.Contains(key, "·"):
			shapes["dot"]++
		case n < 5:
			shapes[[]string{"", "", "two", "three", "four"}[n]]++
		}
		if key != name {
			shapes["traditional"]++
		}
		for _, r := range key {
			if r < '一' && r != '·' || r > 0x9FFF {
				shapes["rare"]++
			}
		}
	}
	for _, shape := range []string{"dot", "two", "three", "four", "traditional", "rare"} {
		if shapes[shape] == 0 {
			t.Errorf("no name of shape %s", shape)
		}
	}
	most := 0
	for _, n := range bearers {
		most = max(most, n)
	}
	if most < 5 || len(bearers) < entries/2 {
		t.Errorf("%d names, the commonest borne by %d", len(bearers), most)
	}
	t.Log(shapes, "names:", len(bearers), "most borne by:", most)
}
