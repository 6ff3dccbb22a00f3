package main

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"mingbai/fixtures"
	"mingbai/fixtures/services"
	"mingbai/ledger"
	"mingbai/search"
)

// Meilisearch stopped, the same answers come from the books; wiped, verify reports it, it heals, and verify is clean.
func TestAnswersSurviveTheIndex(t *testing.T) {
	w := newWorld(t)
	own, err := services.Start(context.Background(), services.Options{Fast: true, Only: services.Meilisearch})
	w.must(err)
	t.Cleanup(func() { own.Stop() })
	w.meil, w.key = own.MeiliURL(), own.MeiliKey()
	path, truth := w.book(fixtures.One{Layout: fixtures.LayoutCard, Rows: 300, Seed: 11})
	w.publish(path, truth.Books[0])
	w.serve()
	inIndex := func() bool { return w.engine().Status(t.Context()).Answering == "index" }
	w.eventually("the index to be built", 10*time.Second, inIndex)
	w.ok("verify")

	asked := w.answers(truth)
	w.must(own.StopMeili())
	if inIndex() {
		t.Error("a stopped index is said to answer")
	}
	if got := w.answers(truth); !reflect.DeepEqual(got, asked) {
		t.Errorf("without the index the answers differ:\n%v\n%v", got, asked)
	}
	if code, _, _ := w.run("verify"); code == exitFine {
		t.Error("verify is content with a stopped index")
	}
	w.must(own.StartMeili(t.Context()))
	w.eventually("the index to answer again", 10*time.Second, inIndex)
	w.ok("verify")

	// Either verify sees it or the keeper, which looks every two seconds, was quicker.
	rebuilt := func() int { return strings.Count(w.log.String(), "原因=missing") }
	before := rebuilt()
	w.must(own.WipeMeili(t.Context()))
	if code, out, _ := w.run("verify"); rebuilt() == before && (code != exitFindings || !strings.Contains(out, "不存在")) {
		t.Errorf("a wiped index was noticed by nobody: exit %d, %s", code, out)
	}
	if got := w.answers(truth); !reflect.DeepEqual(got, asked) {
		t.Error("with a wiped index the answers differ")
	}
	took := w.eventually("the wiped index to heal", 15*time.Second, func() bool {
		code, _, _ := w.run("verify")
		return code == exitFine
	})
	t.Logf("a wiped Meilisearch of 300 people healed in %v", took)
	if got := w.answers(truth); !reflect.DeepEqual(got, asked) {
		t.Error("after healing the answers differ")
	}
	if log := w.log.String(); strings.Contains(log, truth.People[0].Name) {
		t.Error("a name in the log")
	}
}

// answers asks for some people by name, by part of a name, by spelling, and by name and number.
func (w *world) answers(truth *fixtures.Truth) (out []string) {
	w.t.Helper()
	engine, keys := w.engine(), w.keys()
	ask := func(q ledger.PeopleQuery) {
		q.PerPage = 20
		hits, err := engine.People(w.t.Context(), q)
		w.must(err)
		out = append(out, fmt.Sprint(q.Mode, hits))
	}
	for i, p := range truth.People[:60] {
		name := search.Normalise(p.Name)
		ask(ledger.PeopleQuery{Name: name})
		ask(ledger.PeopleQuery{Name: name, Places: []string{p.VillageCode}})
		ask(ledger.PeopleQuery{Name: string([]rune(name)[:1]), Mode: ledger.NameContains, Page: 2})
		ask(ledger.PeopleQuery{Name: search.Forms(p.Name).Pinyin[0], Mode: ledger.NamePinyin})
		id, _ := ledger.ParseID(p.ID)
		person, err := engine.Lookup(w.t.Context(), keys.Token(id), name)
		w.must(err)
		_, wrong := engine.Lookup(w.t.Context(), keys.Token(id), search.Normalise(truth.People[i+1].Name+"甲"))
		out = append(out, fmt.Sprint(person, wrong))
	}
	return out
}
