package searchtest

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"mingbai/ledger"
	"mingbai/search"
)

// wanted are the refs of whom a question asks for, by reading the list through.
func (s suite) wanted(q ledger.PeopleQuery) []string {
	return s.want(func(p Person) bool { return Asked(q, search.Forms(p.Name), p.VillageCode, p.Paid()) })
}

// narrowed asks with places, funds and years, alone and together.
func (s suite) narrowed(t *testing.T) {
	some := 0
	for _, places := range [][]string{nil, {Willow}, {Willow, Spring}, {Far[:9]}, {Willow[:9], Far}, {"990121009"}} {
		for _, funds := range [][]string{nil, {"F01"}, {"F02"}, {"F01", "F02"}, {"SELF"}, {`F01" OR "`}} {
			for _, years := range [][]int{nil, {2024}, {2025}, {2024, 2025}, {1999}} {
				for _, m := range []ledger.NameMatch{{Name: "赵小明"}, {Name: "赵", Mode: ledger.NameContains}, {Name: "zxm", Mode: ledger.NamePinyin}, {Name: "赵小明", Mode: ledger.NameNear}} {
					q := ledger.PeopleQuery{Name: m.Name, Mode: m.Mode, Places: places, Funds: funds, Years: years}
					want := s.wanted(q)
					s.check(t, q, want)
					some += len(want)
				}
			}
		}
	}
	if some < 500 {
		t.Errorf("only %d answers: the suite's own people do not try it", some)
	}
}

func (s suite) near(t *testing.T) {
	for typed, names := range map[string][]string{
		"赵小明":       {"赵小明", "赵大明", "赵明", "赵小小明", "赵晓明", "照小明", "赵小名", "赵小", "赵小明明", "赵%明", "赵_明", `赵\明`},
		"赵明":        {"赵小明", "赵大明", "赵明小", "赵晓明", "赵%明", "赵_明", `赵\明`},
		"韩哲之":       {"韩喆之", "韩哲之", "韩哲"},
		"韩喆":        {"韩哲", "韩喆之"},
		"周坤":        {"周堃"},
		"玛丽娅木·艾山":   {"玛丽娅木·艾山", "玛丽娅木艾山", "玛丽娅姆·艾山"},
		"玛丽娅木艾山":    {"玛丽娅木·艾山", "玛丽娅木艾山"},
		"古丽·热·曼":    {"古丽·热·曼", "古丽热曼"},
		"独见己":       {},
		"独见":        {},
		"独见已":       {},
		"赵%明":       {"赵小明", "赵大明", "赵明", "赵晓明", "赵%明", "赵_明", `赵\明`},
		`赵"明`:       {"赵小明", "赵大明", "赵明", "赵晓明", "赵%明", "赵_明", `赵\明`},
		"赵":         {},
		"没有这样一个人名字": {},
	} {
		key := search.Normalise(typed)
		q := ledger.PeopleQuery{Name: key, Mode: ledger.NameNear, Alike: search.Alike(key)}
		s.check(t, q, s.named(names...))
	}
	for _, p := range s.people { // every name there is
		key := search.Normalise(p.Name)
		q := ledger.PeopleQuery{Name: key, Mode: ledger.NameNear, Alike: search.Alike(key)}
		s.check(t, q, s.wanted(q))
	}
}

// tiers are apart from each other, hold everybody that any way of comparing finds, and never anybody who is not public.
func (s suite) tiers(t *testing.T) {
	f, ok := s.finder.(interface {
		Tiers(ctx context.Context, typed string, q ledger.PeopleQuery, only ...ledger.NameMode) ([]ledger.PeopleTier, error)
	})
	if !ok {
		e, err := search.New(search.Config{}, engineless{Finder: s.finder})
		if err != nil {
			t.Fatal(err)
		}
		f = e
	}
	of := func(typed string, q ledger.PeopleQuery, only ...ledger.NameMode) map[ledger.NameMode][]string {
		q.PerPage = 1000
		tiers, err := f.Tiers(t.Context(), typed, q, only...)
		if err != nil {
			t.Fatal(err)
		}
		seen, out := map[string]bool{}, map[ledger.NameMode][]string{}
		for _, tier := range tiers {
			if tier.Total != len(tier.Refs) {
				t.Errorf("%s: tier %d says %d and has %d", typed, tier.Mode, tier.Total, len(tier.Refs))
			}
			for _, r := range tier.Refs {
				if seen[r.String()] {
					t.Errorf("%s: twice found", typed)
				}
				seen[r.String()] = true
				out[tier.Mode] = append(out[tier.Mode], r.String())
			}
		}
		return out
	}
	for typed, want := range map[string][4][]string{
		"趙小明":   {{"赵小明"}, {"赵小明明"}, {"赵晓明", "照小明", "赵小名"}, {"赵大明", "赵明", "赵小小明", "赵小", "赵%明", "赵_明", `赵\明`}},
		"曾国藩":   {{"曾国藩", "曾國藩"}},
		"张三":    {{"张三", "张 三"}, {"张三丰", "小张三"}, {"张散", "章三"}},
		"周坤":    {{"周坤"}, {}, {"周堃"}},
		"zxm":   {{}, {}, {"赵小明", "赵晓明", "照小明", "赵小名"}},
		"赵":     {},
		"":      {},
		"独见己":   {},
		"独 見 己": {},
		"djj":   {},
		"独见":    {},
		"查无此人":  {},
	} {
		got := of(typed, ledger.PeopleQuery{})
		for mode, names := range want {
			if want := s.named(names...); !slices.Equal(got[ledger.NameMode(mode)], want) && len(want)+len(got[ledger.NameMode(mode)]) > 0 {
				t.Errorf("%s, tier %d: %v, want %v (%v)", typed, mode, got[ledger.NameMode(mode)], want, names)
			}
		}
	}
	// Somebody of whom nothing is public changes no count anywhere: without them the answers are what plain reading gives.
	for _, p := range s.people {
		for _, typed := range []string{p.Name, search.Forms(p.Name).Pinyin[0]} {
			all := []string{}
			for mode, refs := range of(typed, ledger.PeopleQuery{Years: []int{2024}, Places: []string{Willow[:9]}}) {
				if one := of(typed, ledger.PeopleQuery{Years: []int{2024}, Places: []string{Willow[:9]}}, mode)[mode]; !slices.Equal(one, refs) {
					t.Errorf("%s: tier %d alone is %v", typed, mode, one)
				}
				all = append(all, refs...)
			}
			slices.Sort(all)
			for _, ref := range all {
				i := slices.IndexFunc(s.refs, func(r ledger.PersonRef) bool { return r.String() == ref })
				if i < 0 || len(s.people[i].Funds) == 0 {
					t.Fatal(fmt.Sprint(typed, " finds somebody who is not public"))
				}
			}
		}
	}
}

// engineless lets an Engine without an index ask a Finder.
type engineless struct {
	Finder
	search.Books
}

func (f engineless) FindPeople(ctx context.Context, q ledger.PeopleQuery) (ledger.PeopleHits, error) {
	return f.Finder.FindPeople(ctx, q)
}

func (f engineless) FindOwn(ctx context.Context, token []byte, nameKey string) (string, error) {
	return f.Finder.FindOwn(ctx, token, nameKey)
}
