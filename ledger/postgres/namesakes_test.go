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
