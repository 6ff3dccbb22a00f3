package portal

import (
	"slices"
	"strings"
	"testing"

	"mingbai/ledger"
)

// Who is not found is told where else to look: what is open there, and whether the name is public elsewhere.
func TestNotFoundIsUseful(t *testing.T) {
	s := setup(t)
	s.books.alone, s.books.listed = true, 2025
	a := peopleAsked(s, "赵家湾村 张三丰 2023")
	s.says(a, ".lead", "在“赵家湾村 2023年”里没有查到“张三丰”")
	s.says(a, ".note", "“张三丰”有 2 条公开的")
	s.says(a, "main", "“赵家湾村 2023年”现在没有公示中的名单：还没有公开，或公示期满了")
	s.says(a, "section[aria-labelledby=lists]", "这里现在公示着的", "2025年")
	s.says(s.get(a.attr(".note a", "href")), "#tier-exact", "共 2 条")

	s.books.alone, s.books.hits = false, nil // of nobody anything is public, or there is nobody: the same page
	a = peopleAsked(s, "赵家湾村 张三丰 2023")
	if text := a.text("main"); strings.Contains(text, "条公开的") || !strings.Contains(text, "没有查到“张三丰”") {
		t.Error(text)
	}
	s.says(peopleAsked(s, "赵家湾村 zsf 2023"), ".lead", "没有查到“zsf”")
	s.books.alone, s.books.hits = true, map[ledger.NameMode]int{ledger.NamePinyin: 3}
	s.says(peopleAsked(s, "赵家湾村 zsf 2023"), ".note", "“zsf”有 3 条公开的")
	if q := s.books.asked[len(s.books.asked)-1]; len(q.Places)+len(q.Years)+len(q.Funds) > 0 {
		t.Errorf("the name alone was asked with %+v", q)
	}

	before := len(s.books.asked)
	s.books.hits = nil
	peopleAsked(s, "张三丰")           // nothing to leave out
	asked := s.books.asked[before:] // the very name, and every way to mean it
	if len(asked) != 2 || slices.ContainsFunc(asked, func(q ledger.PeopleQuery) bool { return q.PerPage == 1 }) {
		t.Errorf("a name alone was looked for elsewhere, too: %+v", asked)
	}
}
