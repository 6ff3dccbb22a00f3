package search_test

import (
	"crypto/md5"
	"fmt"
	"slices"
	"strings"
	"testing"

	"mingbai/ledger"
	"mingbai/search"
)

func entryOf(kind ledger.CatalogueKind, fund, title string) ledger.CatalogueEntry {
	return ledger.CatalogueEntry{ID: fmt.Sprintf("%x", md5.Sum([]byte(string(kind)+fund+title))), Kind: kind, Fund: fund, Title: title}
}

var entries = []ledger.CatalogueEntry{
	entryOf(ledger.CatalogueFund, "GD01", "耕地地力保护补贴"), entryOf(ledger.CatalogueFund, "DG01", "稻谷补贴"),
	entryOf(ledger.CatalogueFund, "XM01", "衔接推进乡村振兴项目"), entryOf(ledger.CatalogueAgency, "BZ01", "清泉县農業農村局"),
	entryOf(ledger.CatalogueProject, "XM01", "柳林镇 高标准农田建设（二期）"), entryOf(ledger.CatalogueProject, "XM01", `王"五\路`),
	entryOf(ledger.CatalogueUnit, "RY01", "清泉县农业农村局"),
	{ID: fmt.Sprintf("%x", md5.Sum(nil)), Kind: ledger.CatalogueGuide, Title: "怎样查", Words: "身份证 安全", Path: "/about"},
	{
		ID: fmt.Sprintf("%x", md5.Sum([]byte("answer"))), Kind: ledger.CatalogueAnswer, Title: "面积少了怎么办", Path: "/answers/1",
		Words: "有村民反映，自家面積少登记0.1亩。 阿依古丽·买买提已重新丈量！差额下月补发" + strings.Repeat("长", 60) + "尾巴；钱到卡上",
	},
}

// The catalogue is answered alike by the index, by an index that only the outbox has filled, and by the books.
func TestCatalogue(t *testing.T) {
	byFund := map[string][]ledger.CatalogueEntry{}
	for _, e := range entries {
		byFund[e.Fund] = append(byFund[e.Fund], e)
	}
	drained, m, _ := setup(t)
	m.enter("XM01", entryOf(ledger.CatalogueProject, "XM01", "早已撤回的农田"))
	m.enter("", entryOf(ledger.CatalogueAnswer, "", "早已撤回的答复"))
	_, err := drained.Drain(t.Context())
	must(t, err)
	for fund, list := range byFund {
		m.enter(fund, list...)
	}
	_, err = drained.Drain(t.Context())
	must(t, err)
	if d := verified(t, drained); d != nil {
		t.Fatal(d)
	}
	rebuilt := engine(t, config(), m)
	for name, e := range map[string]*search.Engine{"drained": drained, "rebuilt": rebuilt, "books": engine(t, search.Config{}, m)} {
		if e == rebuilt {
			must(t, e.Reindex(t.Context(), nil))
		}
		for _, c := range []struct {
			q    ledger.CatalogueQuery
			want []int
		}{
			{ledger.CatalogueQuery{Any: [][]string{{"农业农村局"}}}, []int{3, 6}},
			{ledger.CatalogueQuery{Any: [][]string{{"農業 農村局"}}}, []int{3, 6}},
			{ledger.CatalogueQuery{Any: [][]string{{"柳林", "农田"}}}, []int{4}},
			{ledger.CatalogueQuery{Any: [][]string{{"柳林镇高标准农田建设（二期）"}}}, []int{4}},
			{ledger.CatalogueQuery{Any: [][]string{{"柳林", "稻谷"}}}, nil},
			{ledger.CatalogueQuery{Any: [][]string{{"柳林"}, {"稻谷"}}}, []int{1, 4}},
			{ledger.CatalogueQuery{Funds: []string{"XM01"}}, []int{2}},
			{ledger.CatalogueQuery{Funds: []string{"XM01"}, Any: [][]string{{"安全"}}}, []int{2, 7}},
			{ledger.CatalogueQuery{Any: [][]string{{"田"}}}, nil},
			{ledger.CatalogueQuery{Any: [][]string{{`"五\`}}}, []int{5}},
			{ledger.CatalogueQuery{Any: [][]string{{`" OR kind = "fund`}}}, nil},
			{ledger.CatalogueQuery{Any: [][]string{{"早已撤回"}}}, nil},
			{ledger.CatalogueQuery{Any: [][]string{{"面积少登记"}}}, []int{8}},
			{ledger.CatalogueQuery{Any: [][]string{{"阿依古丽•买买提"}, {"柳林"}}}, []int{4, 8}},
			{ledger.CatalogueQuery{Any: [][]string{{"怎么办", "钱到卡上"}}}, []int{8}},
			{ledger.CatalogueQuery{Any: [][]string{{"反映自家"}}}, nil}, // there is a stop between
			{ledger.CatalogueQuery{Any: [][]string{{"尾巴"}}}, nil},   // too far from the last stop
			{ledger.CatalogueQuery{}, nil},
		} {
			c.q.Most = 20
			a, err := e.Ask(t.Context(), ledger.Question{Catalogue: c.q})
			must(t, err)
			var want []string
			for _, i := range c.want {
				want = append(want, entries[i].ID)
			}
			got := slices.Clone(a.Catalogue.IDs)
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) || a.Catalogue.Total != len(want) {
				t.Errorf("%s, %v: %v, want %v", name, c.q, got, want)
			}
		}
		a, err := e.Ask(t.Context(), ledger.Question{Catalogue: ledger.CatalogueQuery{Any: [][]string{{"清泉县"}, {"补贴"}, {"身份证"}}, Most: 4}})
		must(t, err)
		for i, want := range []ledger.CatalogueKind{ledger.CatalogueFund, ledger.CatalogueFund, ledger.CatalogueAgency, ledger.CatalogueUnit} {
			at := slices.IndexFunc(entries, func(e ledger.CatalogueEntry) bool { return e.ID == a.Catalogue.IDs[i] })
			if entries[at].Kind != want || a.Catalogue.Total != 5 {
				t.Errorf("%s: place %d of %d is a %s, want a %s", name, i, a.Catalogue.Total, entries[at].Kind, want)
			}
		}
	}
	byHand(t, "DELETE", "/indexes/catalogue_990121_"+m.live+"/documents/"+entries[0].ID, "")
	if d := verified(t, rebuilt); !slices.Equal(d, []string{"catalogue missing " + entries[0].ID}) {
		t.Errorf("verify: %v", d)
	}
}
