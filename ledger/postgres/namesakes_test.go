package postgres_test

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"mingbai/ledger"
)

// PeopleNamed is two questions in one; it must answer as the two do.
func TestPeopleNamedIsFindAndRead(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ctx := t.Context()
	b.publish("GD", "2024", row(1, "张三", "a", willow, "1组", 100), row(2, "张三", "b", bridge, "2组", 200), row(3, "李四", "c", willow, "1组", 50))
	gone := b.publish("GD", "2025", row(1, "张三", "a", willow, "9组", 300), row(2, "张三", "d", "", "3组", 400), row(3, "张三", "", bridge, "4组", 30))
	b.publish("DB", "2025", row(1, "张三", "self", willow, "1组", 999))

	same := func(when string) (total int) {
		t.Helper()
		for _, q := range []ledger.PeopleQuery{
			{},
			{PerPage: 10},
			{Page: 2},
			{Page: 9},
			{Places: []string{willow}},
			{Places: []string{"990121101"}},
			{Funds: []string{"GD"}},
			{Funds: []string{"DB"}},
			{Years: []int{2025}},
			{Years: []int{2024, 2025}},
			{Funds: []string{"GD"}, Years: []int{2024}},
			{Places: []string{bridge}, Years: []int{2023}},
		} {
			q.Name, q.PerPage = "张三", max(q.PerPage, 3)
			hits, found, err := b.PeopleNamed(ctx, q)
			b.must(err)
			wantHits, err := b.FindPeople(ctx, q)
			b.must(err)
			want, err := b.PeopleByRefs(ctx, wantHits.Refs)
			b.must(err)
			if !reflect.DeepEqual(hits, wantHits) || len(found) != len(want) || len(want) > 0 && !reflect.DeepEqual(found, want) {
				t.Errorf("%s, %+v:\n%+v %+v\n%+v %+v", when, q, hits, found, wantHits, want)
			}
			total += hits.Total
		}
		return total
	}
	all := same("published")
	b.must(b.SaveRegions(ctx, "test", []ledger.Region{{Code: willow, Parent: "990121101", Name: "新村"}}))
	_, found, err := b.PeopleNamed(ctx, ledger.PeopleQuery{Name: "张三", PerPage: 10})
	b.must(err)
	if !slices.ContainsFunc(found, func(p ledger.FoundPerson) bool {
		return p.VillageName == "新村" && p.TownName == "柳门镇" && p.Group == "9组" && p.Rows == 2 && p.Total == 400
	}) {
		t.Errorf("a village's new name, the newest group and the whole sum: %+v", found)
	}
	b.must(b.Withdraw(ctx, gone, "zhao", "重发"))
	fewer := same("withdrawn at once")
	b.must(b.Revert(ctx, gone, "zhao", "有误"))
	if again := same("reverted at once"); again != all || fewer >= all || fewer == 0 {
		t.Errorf("%d found, %d after a withdrawal, %d after its revert", all, fewer, again)
	}
	b.now = b.now.Add(29 * 24 * time.Hour)
	if same("on the last day") != all {
		t.Error("the last day of disclosure counts")
	}
	b.now = b.now.Add(24 * time.Hour)
	if n := same("expired at midnight"); n != 0 {
		t.Errorf("%d found after the period", n)
	}
}

// The state that comes with the rows is that of their moment, and counts how often the outbox was emptied.
func TestTheIndexStateComesWithTheRows(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ctx := t.Context()
	b.must(b.SwitchIndex(ctx, "00000001"))
	b.publish("GD", "2025", row(1, "张三", "a", willow, "1组", 100))
	hits, err := b.FindPeople(ctx, ledger.PeopleQuery{Name: "张三", PerPage: 1})
	b.must(err)
	stranger := ledger.PersonRef{Person: "0123456789abcdef0123456789abcdef"}
	for _, refs := range [][]ledger.PersonRef{hits.Refs, nil, {stranger}, {stranger, hits.Refs[0]}} {
		_, state, err := b.PeopleNow(ctx, refs)
		b.must(err)
		if state != (ledger.IndexState{Generation: "00000001", Behind: true}) {
			t.Errorf("with %d people: %+v", len(refs), state)
		}
	}
	changes, err := b.PendingIndex(ctx, 100)
	b.must(err)
	b.must(b.DoneIndex(ctx, changes.Seqs[:1]))
	if _, state, _ := b.PeopleNow(ctx, hits.Refs); state.Drained != 1 || state.Behind != (len(changes.Seqs) > 1) {
		t.Errorf("after one of %d: %+v", len(changes.Seqs), state)
	}
	b.must(b.DoneIndex(ctx, changes.Seqs))
	found, state, err := b.PeopleNow(ctx, []ledger.PersonRef{stranger, hits.Refs[0]})
	b.must(err)
	if state != (ledger.IndexState{Generation: "00000001", Drained: 2}) || len(found) != 1 || found[0].Name != "张三" {
		t.Errorf("after all: %+v, %+v", state, found)
	}
}
