package main

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"

	"mingbai/fixtures"
	"mingbai/search"
)

// The command understands a whole question, as the one box does.
func TestSearchTakesAWholeQuestion(t *testing.T) {
	w := newWorld(t)
	path, truth := w.book(fixtures.One{Layout: fixtures.LayoutList, Rows: 200, Seed: 3})
	book := truth.Books[0]
	w.publish(path, book)
	fund, year := "", book.Period.Year()
	for _, f := range fixtures.Funds() {
		if f.Code == book.Fund {
			fund = f.Name
		}
	}
	ask := func(words ...string) (a searchJSON) {
		t.Helper()
		w.must(json.Unmarshal([]byte(w.ok("search", "--json", strings.Join(words, " "))), &a))
		return a
	}
	p := truth.People[7]
	at := p.Town + p.Village
	all := ask(p.Name, at, strconv.Itoa(year), fund)
	if all.Match != "exact" || all.Total == 0 || all.People[0].Village != p.Village || len(all.Understood) != 4 {
		t.Errorf("%d found by the whole question, %+v", all.Total, all)
	}
	if len(all.Lists) != 1 || all.Lists[0].Year != year || all.Lists[0].Fund != book.Fund {
		t.Errorf("lists: %+v", all.Lists)
	}
	if a := ask(p.Name, at, strconv.Itoa(year-1)); a.Total+len(a.Tiers)+len(a.Lists) > 0 {
		t.Error("found in a year without a payment")
	}
	if a := ask(fund); len(a.Lists) == 0 || len(a.Catalogue) == 0 || a.Catalogue[0].Fund != book.Fund || a.Total != 0 {
		t.Errorf("a fund alone: %+v", a)
	}
	surname := string([]rune(search.Normalise(p.Name))[:1])
	if a := ask(surname); a.Match != "contains" || a.Total == 0 {
		t.Errorf("one character: %q %d", a.Match, a.Total)
	}
	if a := ask(search.Forms(p.Name).Pinyin[0]); a.Match != "pinyin" || a.Total == 0 {
		t.Errorf("a spelling: %q %d", a.Match, a.Total)
	}
	code, out, errs := w.run("search", at+" "+p.Name)
	if code != exitFine || !strings.Contains(out, p.Name) || !strings.Contains(errs, "这样理解：地方") {
		t.Errorf("exit %d:\n%s%s", code, out, errs)
	}
	w.refused("共0人", "search", "查无此人名")
}
