package search_test

import (
	"testing"

	"mingbai/ledger"
)

// Whether the index held everything is known only after it was asked; whatever happens meanwhile, the answer is whole.
func TestChangesWhileAsking(t *testing.T) {
	for name, meanwhile := range map[string]func(drain func(), m *memory){
		"published":                        func(drain func(), m *memory) { m.publish(named(2, "张三")) },
		"published and drained":            func(drain func(), m *memory) { m.publish(named(2, "张三")); drain() },
		"drained twice, the last in doubt": func(drain func(), m *memory) { m.publish(named(2, "张三")); drain(); m.publish(named(3, "李四")) },
	} {
		t.Run(name, func(t *testing.T) {
			e, m, _ := setup(t, named(1, "张三"))
			drain := func() {
				_, err := e.Drain(t.Context())
				must(t, err)
			}
			question := ledger.Question{Name: "张三", Only: []ledger.NameMode{ledger.NameContains, ledger.NameExact}, People: ledger.PeopleQuery{PerPage: 10}}
			ask := func() int {
				a, err := e.Ask(t.Context(), question)
				must(t, err)
				if len(a.People) != a.Tiers[0].Total {
					t.Errorf("%d found, %d read", a.Tiers[0].Total, len(a.People))
				}
				return a.Tiers[0].Total
			}
			if n := ask(); n != 1 { // and the state is remembered
				t.Fatalf("found %d at first", n)
			}
			m.reading = func() {
				m.reading = nil
				meanwhile(drain, m)
			}
			if n := ask(); n != 2 {
				t.Errorf("found %d, want both: one was published before the books were read", n)
			}
			before := m.answers()
			drain()
			if n := ask(); n != 2 || ask() != 2 || m.answers() != before {
				t.Errorf("found %d afterwards, the books asked %d times", n, m.answers()-before)
			}
		})
	}
}

// A generation that was remembered and has gone is no reason to ask the books.
func TestRememberedGenerationIsGone(t *testing.T) {
	e, m, _ := setup(t, named(1, "张三"))
	for range 3 {
		a, err := e.Ask(t.Context(), ledger.Question{Name: "张三", People: ledger.PeopleQuery{PerPage: 10}})
		must(t, err)
		if a.Tiers[0].Total != 1 || m.answers() > 0 {
			t.Errorf("found %d, the books were asked %d times", a.Tiers[0].Total, m.answers())
		}
		must(t, e.Reindex(t.Context(), nil))
	}
}
