package search_test

import (
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"testing"

	"mingbai/ledger"
	"mingbai/search"
	"mingbai/search/searchtest"
)

// crowd makes up people with names as unevenly spread as real ones.
func crowd(n int) []searchtest.Person {
	r := rand.New(rand.NewPCG(1, 2))
	surnames := []rune("王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹")
	skewed := func(n int) int { return int(float64(n) * r.Float64() * r.Float64()) }
	all := make([]searchtest.Person, n)
	for i := range all {
		name := string(surnames[skewed(len(surnames))])
		for range 1 + min(r.IntN(4), 1) {
			name += string(rune('一' + 20*skewed(400)))
		}
		token := sha256.Sum256(fmt.Append(nil, i))
		all[i] = searchtest.Person{
			Name: name, VillageCode: fmt.Sprintf("990121%06d", r.IntN(400)), Token: token[:], Funds: []string{"F01", "F02"}, Years: []int{2024, 2025},
		}
	}
	return all
}

// BenchmarkCounty builds the index of 100,000 people and searches it.
func BenchmarkCounty(b *testing.B) {
	const size = 100_000
	m := newMemory()
	people := crowd(size)
	m.load(people)
	e, err := search.New(config(), m)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("reindex", func(b *testing.B) {
		for b.Loop() {
			if err := e.Reindex(b.Context(), nil); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(2*size*float64(b.N)/b.Elapsed().Seconds(), "docs/s")
	})
	for name, q := range map[string]ledger.PeopleQuery{
		"exact":      {Name: people[7].Name},
		"contains":   {Name: people[7].Name[3:], Mode: ledger.NameContains},
		"surname":    {Name: "王", Mode: ledger.NameContains},
		"last page":  {Name: "王", Mode: ledger.NameContains, Page: 200},
		"in village": {Name: "王", Mode: ledger.NameContains, Places: []string{people[7].VillageCode}},
	} {
		q.PerPage = 20
		b.Run(name, func(b *testing.B) {
			total := 0
			for b.Loop() {
				hits, err := e.People(b.Context(), q)
				if err != nil {
					b.Fatal(err)
				}
				total = hits.Total
			}
			b.ReportMetric(float64(total), "found")
		})
	}
	b.Run("verify", func(b *testing.B) {
		for b.Loop() {
			if r, err := e.Verify(b.Context(), false, nil); err != nil || len(r.Found) > 0 {
				b.Fatal(r.Found, err)
			}
		}
	})
	if m.answers() > 0 {
		b.Error("the books were asked")
	}
}
