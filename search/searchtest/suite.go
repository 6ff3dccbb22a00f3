// Package searchtest holds every part that answers searches to the same definitions: the index, and the books that answer
// without it. It is for tests, and must know nothing of either.
package searchtest

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"mingbai/ledger"
	"mingbai/search"
)

// A Finder answers searches. Questions come normalised, as search.Engine asks them.
type Finder interface {
	FindPeople(ctx context.Context, q ledger.PeopleQuery) (ledger.PeopleHits, error)
	FindOwn(ctx context.Context, token []byte, nameKey string) (person string, err error)
}

// Load brings people into whatever answers, and tells the ref each was given. Names go through search.Forms.
type Load func(t *testing.T, people []Person) (Finder, []ledger.PersonRef)

// Conformance checks a Finder. What is expected is worked out from the plain list of people, by reading it through.
func Conformance(t *testing.T, load Load) {
	s := suite{people: county()}
	s.finder, s.refs = load(t, s.people)
	if len(s.refs) != len(s.people) {
		t.Fatalf("load gave %d refs for %d people", len(s.refs), len(s.people))
	}
	t.Run("exact", s.exact)
	t.Run("contains", s.contains)
	t.Run("every part of every name", s.everyPart)
	t.Run("pinyin", s.pinyin)
	t.Run("village", s.village)
	t.Run("place, fund and year", s.narrowed)
	t.Run("near", s.near)
	t.Run("tiers", s.tiers)
	t.Run("pages", s.pages)
	t.Run("hostile", s.hostile)
	t.Run("two villages", s.twoVillages)
	t.Run("lookup", s.lookup)
}

type suite struct {
	people []Person
	finder Finder
	refs   []ledger.PersonRef
}

// want lists the refs of all public people that match, in order.
func (s suite) want(match func(Person) bool) []string {
	refs := []string{}
	for i, p := range s.people {
		if len(p.Funds) > 0 && match(p) {
			refs = append(refs, s.refs[i].String())
		}
	}
	slices.Sort(refs)
	return refs
}

// named are the refs of those whose names are written in one of these ways.
func (s suite) named(names ...string) []string {
	return s.want(func(p Person) bool { return slices.Contains(names, p.Name) })
}

func (s suite) ask(t *testing.T, q ledger.PeopleQuery) ([]string, int) {
	t.Helper()
	hits, err := s.finder.FindPeople(t.Context(), q)
	if err != nil {
		t.Fatalf("%+v: %v", q, err)
	}
	refs := []string{}
	for _, r := range hits.Refs {
		refs = append(refs, r.String())
	}
	return refs, hits.Total
}

// check asks for one large page and compares.
func (s suite) check(t *testing.T, q ledger.PeopleQuery, want []string) {
	t.Helper()
	q.Page, q.PerPage = 1, 1000
	got, total := s.ask(t, q)
	if !slices.Equal(got, want) || total != len(want) {
		t.Errorf("%q mode %d places %q: got %d %v, want %d %v", q.Name, q.Mode, q.Places, total, got, len(want), want)
	}
}

func (s suite) exact(t *testing.T) {
	for typed, names := range map[string][]string{
		"张三":                     {"张三", "张 三"},
		"張三":                     {"张三", "张 三"},
		" 张　三\u200b":             {"张三", "张 三"},
		"张三丰":                    {"张三丰"},
		"三丰":                     {},
		"張三豐":                    {"张三丰"},
		"曾国藩":                    {"曾國藩", "曾国藩"},
		"曾國藩":                    {"曾國藩", "曾国藩"},
		"阿卜杜拉・买买提":               {"阿卜杜拉·买买提", "阿卜杜拉•买买提"},
		"阿卜杜拉.買買提":               {"阿卜杜拉·买买提", "阿卜杜拉•买买提"},
		"阿卜杜拉买买提":                {},
		"阿卜杜热依木·阿卜杜热合曼":          {"阿卜杜热依木．阿卜杜热合曼"},
		"𠮷田𬀩":                    {"𠮷田𬀩"},
		"李䶮":                     {"李䶮"},
		"于红":                     {"于红"},
		"於红":                     {"於红"},
		"Ｏ'NEIL李":                {"O'Neil 李"},
		"查无此人":                   {},
		"独见己":                    {},
		strings.Repeat("长", 120): {},
	} {
		s.check(t, ledger.PeopleQuery{Name: search.Normalise(typed)}, s.named(names...))
	}
	s.check(t, ledger.PeopleQuery{Name: ""}, []string{})
}

func (s suite) contains(t *testing.T) {
	for typed, names := range map[string][]string{
		"张三":      {"张三", "张 三", "张三丰", "小张三"},
		"三丰":      {"张三丰"},
		"三張":      {"三张"},
		"买买提":     {"阿卜杜拉·买买提", "阿卜杜拉•买买提", "买买提·阿卜杜拉"},
		"拉·買":     {"阿卜杜拉·买买提", "阿卜杜拉•买买提"},
		"拉。买":     {"阿卜杜拉·买买提", "阿卜杜拉•买买提"},
		"提买":      {"买提买·提", "提买买"},
		"娜娜":      {"欧阳娜娜"},
		"阿卜杜热合曼":  {"阿卜杜热依木．阿卜杜热合曼"},
		"𠮷":       {"𠮷田𬀩"},
		"田":       {"𠮷田𬀩", "吉田"},
		"留":       {"留贷"},
		"独见":      {},
		"张三丰张三丰":  {},
		"neil":    {"O'Neil 李"},
		"小五":      {"王小五"},
		"·":       {"阿卜杜拉·买买提", "阿卜杜拉•买买提", "买买提·阿卜杜拉", "阿卜杜热依木．阿卜杜热合曼", "买提买·提", "玛丽娅木·艾山", "玛丽娅姆·艾山", "古丽·热·曼"},
		"张三李四王五赵": {},
	} {
		s.check(t, ledger.PeopleQuery{Name: search.Normalise(typed), Mode: ledger.NameContains}, s.named(names...))
	}
	s.check(t, ledger.PeopleQuery{Name: "", Mode: ledger.NameContains}, []string{})
}

// everyPart asks for each run of characters of each name and compares with reading the whole list.
func (s suite) everyPart(t *testing.T) {
	parts := map[string]bool{}
	for _, p := range s.people {
		r := []rune(search.Normalise(p.Name))
		for i := range r {
			for j := i + 1; j <= len(r); j++ {
				parts[string(r[i:j])] = true
			}
		}
	}
	for part := range parts {
		s.check(t, ledger.PeopleQuery{Name: part, Mode: ledger.NameContains}, s.want(func(p Person) bool {
			return strings.Contains(search.Normalise(p.Name), part)
		}))
	}
}

func (s suite) pinyin(t *testing.T) {
	for typed, names := range map[string][]string{
		"zengguofan":             {"曾國藩", "曾国藩"},
		"zgf":                    {"曾國藩", "曾国藩"},
		"Zēng Guófān":            {"曾國藩", "曾国藩"},
		"cengguofan":             {},
		"shanxiongxin":           {"單雄信"},
		"lvbu":                   {"吕布"},
		"lü bu":                  {"吕布"},
		"yuchigong":              {"尉迟恭"},
		"abudulamaimaiti":        {"阿卜杜拉·买买提", "阿卜杜拉•买买提"},
		"abdlmmt":                {"阿卜杜拉·买买提", "阿卜杜拉•买买提"},
		"zs":                     {"张三", "张 三", "张散", "章三"},
		"zhangsan":               {"张三", "张 三", "张散", "章三"},
		"zhang":                  {},
		strings.Repeat("a", 200): {},
	} {
		s.check(t, ledger.PeopleQuery{Name: search.Spelling(typed), Mode: ledger.NamePinyin}, s.named(names...))
	}
	s.check(t, ledger.PeopleQuery{Name: "", Mode: ledger.NamePinyin}, []string{})
}

func (s suite) village(t *testing.T) {
	for _, village := range []string{Willow, Spring, Far, "990121009009", `" OR name_key EXISTS OR village_code = "`} {
		for name, mode := range map[string]ledger.NameMode{"张三": ledger.NameContains, "钱": ledger.NameContains, "zs": ledger.NamePinyin} {
			s.check(t, ledger.PeopleQuery{Name: name, Mode: mode, Places: []string{village}}, s.want(func(p Person) bool {
				match := strings.Contains(search.Normalise(p.Name), name)
				if mode == ledger.NamePinyin {
					match = slices.Contains(search.Forms(p.Name).Pinyin, name)
				}
				return match && p.VillageCode == village
			}))
		}
	}
}

func (s suite) pages(t *testing.T) {
	want := s.want(func(p Person) bool { return strings.Contains(p.Name, "钱") })
	for _, size := range []int{1, 10, 19, 57, 100} {
		var joined []string
		for page := 1; page <= len(want)/size+2; page++ { // the last is past the end
			q := ledger.PeopleQuery{Name: "钱", Mode: ledger.NameContains, Page: page, PerPage: size}
			got, total := s.ask(t, q)
			if total != len(want) {
				t.Errorf("%+v: total %d, want %d", q, total, len(want))
			}
			if rest := len(want) - (page-1)*size; len(got) != min(size, max(rest, 0)) {
				t.Errorf("%+v: %d hits", q, len(got))
			}
			joined = append(joined, got...)
		}
		if !slices.Equal(joined, want) {
			t.Errorf("pages of %d joined: %v, want %v", size, joined, want)
		}
	}
}

// hostile names must be found as they stand and never be understood as anything else.
func (s suite) hostile(t *testing.T) {
	for name, found := range map[string][]string{
		`王"五`:                         {`王"五`},
		`王\五`:                         {`王\五`},
		"王'五":                         {"王'五"},
		"王五":                          {"王五"},
		"王(小)五":                       {"王(小)五"},
		`x"ORname_keyEXISTSORid="`:    {},
		`王五\"ORname_keyEXISTS`:        {},
		`\`:                           {},
		`%`:                           {},
		`王_五`:                         {},
		`王%`:                          {},
		`';deletefromperson;--`:       {},
		"王五" + string(rune(0x10FFFF)): {},
	} {
		s.check(t, ledger.PeopleQuery{Name: search.Normalise(name)}, s.named(found...))
	}
	for name, found := range map[string][]string{
		`"`: {`王"五`}, `\`: {`王\五`, `赵\明`}, `'`: {"王'五", "O'Neil 李"}, `%`: {"赵%明"}, `_`: {"赵_明"}, `王_五`: {}, `王%五`: {}, `\%`: {}, `"五`: {`王"五`}, `(`: {"王(小)五"},
	} {
		s.check(t, ledger.PeopleQuery{Name: name, Mode: ledger.NameContains}, s.named(found...))
	}
}

func (s suite) twoVillages(t *testing.T) {
	want := s.named("两村人")
	a, errA := ledger.ParsePersonRef(want[0])
	b, errB := ledger.ParsePersonRef(want[1])
	if errA != nil || errB != nil || a.Person != b.Person || a.Village == b.Village {
		t.Fatalf("one person in two villages must have one id and two refs: %v", want)
	}
	s.check(t, ledger.PeopleQuery{Name: "两村人"}, want)
	s.check(t, ledger.PeopleQuery{Name: "两村人", Places: []string{b.Village}}, want[1:])
}

func (s suite) lookup(t *testing.T) {
	find := func(token []byte, name string) string {
		t.Helper()
		person, err := s.finder.FindOwn(t.Context(), token, search.Normalise(name))
		if errors.Is(err, ledger.ErrNotFound) && person == "" {
			return ""
		}
		if err != nil {
			t.Fatalf("lookup of %s: %v", name, err)
		}
		return person
	}
	for i, p := range s.people { // the one whose funds are closed to others too
		if got := find(p.Token, p.Name); got != s.refs[i].Person {
			t.Errorf("%s: got %q, want %q", p.Name, got, s.refs[i].Person)
		}
		if got := find(p.Token, p.Name+"某"); got != "" {
			t.Errorf("%s with a wrong name: got %q", p.Name, got)
		}
	}
	first, second := s.people[0], s.people[1] // both 张三
	if got := find(second.Token, first.Name); got != s.refs[1].Person {
		t.Errorf("the number decides between the same names: got %q", got)
	}
	for name, token := range map[string][]byte{
		"nobody's number": token(9999), "no number": nil, "part of a number": first.Token[:16],
		"a filter": []byte(`" OR name_key EXISTS OR id_token = "`),
	} {
		if got := find(token, first.Name); got != "" {
			t.Errorf("%s: got %q", name, got)
		}
	}
	if got := find(first.Token, `张三" OR id_token EXISTS OR name_key = "`); got != "" {
		t.Errorf("a filter for a name: got %q", got)
	}
}
