package search_test

import (
	"testing"

	"mingbai/ledger"
)

// A whole name alone is asked of the books, who know it at once; with anything beside it, and in every other way, the index is
// asked, and of the tiers under the first one that found somebody only a few people are read.
func TestWhoIsAskedForAName(t *testing.T) {
	e, m, _ := setup(t, named(1, "张三"), named(2, "张三丰"), named(3, "张三山"), named(4, "小张三"))
	ask := func(q ledger.Question) (a ledger.Answer, byBooks bool) {
		t.Helper()
		before := m.answers()
		q.Name, q.People.PerPage = "张三", 10
		a, err := e.Ask(t.Context(), q)
		must(t, err)
		return a, m.answers() != before
	}
	a, byBooks := ask(ledger.Question{Only: []ledger.NameMode{ledger.NameExact}})
	if !byBooks || len(a.Tiers) != 1 || a.Tiers[0].Total != 1 || len(a.People) != 1 || a.People[0].Name != "张三" {
		t.Errorf("a whole name: by the books %v, %+v", byBooks, a)
	}
	a, byBooks = ask(ledger.Question{})
	if byBooks || len(a.Tiers) != 4 || len(a.People) != 4 {
		t.Errorf("every way: by the books %v, %+v", byBooks, a)
	}
	if a, _ = ask(ledger.Question{Few: 2}); a.Tiers[1].Total != 3 || len(a.Tiers[1].Refs) != 3 || len(a.People) != 3 {
		t.Errorf("a few of each under the first: %+v", a)
	}
	m.publish(named(5, "张三"))
	if a, _ = ask(ledger.Question{Only: []ledger.NameMode{ledger.NameExact}}); len(a.People) != 2 {
		t.Errorf("published a moment ago: %+v", a)
	}
}
