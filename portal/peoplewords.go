package portal

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"mingbai/ledger"
	"mingbai/search/query"
)

// modeNames are the tiers in addresses.
var modeNames = [...]string{ledger.NameExact: "exact", ledger.NameContains: "contains", ledger.NamePinyin: "pinyin", ledger.NameNear: "near"}

var modeNamed = func() map[string]ledger.NameMode {
	modes := map[string]ledger.NameMode{}
	for mode, name := range modeNames {
		modes[name] = ledger.NameMode(mode)
	}
	return modes
}()

// tierWords are a tier's heading and what to know of it. under says that a closer one stands above.
func tierWords(name string, mode ledger.NameMode, under bool) (heading, note string) {
	if !under && mode != ledger.NameExact && !letters(name) {
		note = fmt.Sprintf("没有正好叫“%s”的。", name)
	}
	switch mode {
	case ledger.NameExact:
		return fmt.Sprintf("姓名是“%s”", name), ""
	case ledger.NameContains:
		return "姓名里含有这几个字", note
	case ledger.NamePinyin:
		if letters(name) {
			return fmt.Sprintf("拼音是“%s”", name), ""
		}
		return "读音相同", note
	}
	return "写法相近", note + "差一个字，或者是容易写混的字。请看清是不是您要找的人。"
}

// letters tells a spelling from a name.
func letters(name string) bool { return name != "" && name[0] < utf8.RuneSelf }

// mostLists is how many lists of villages are shown beside people.
const mostLists = 12

// beside fills in what there is beside people: lists of the villages asked for, and the catalogue. Where of a place nothing
// is open for the year and the fund, what else is open there stands in its stead. It goes by place, fund and year alone, so that it is the same whoever is asked for, and whether or not there is anybody of that name.
func (s *Server) beside(ctx context.Context, q query.Query, found ledger.CatalogueHits, p *peoplePage) (err error) {
	if len(found.IDs) > 0 {
		entries, err := s.books.CatalogueByIDs(ctx, found.IDs)
		if err != nil {
			return err
		}
		p.Catalogue, p.More = shelves(entries), found.Total-len(entries)
	}
	if len(q.Places) > 0 || len(q.Funds) > 0 && q.Name == "" {
		asked := ledger.ListQuery{Places: query.Codes(q.Places), Funds: query.Codes(q.Funds), Years: q.Years, Most: mostLists}
		p.ListsOf = "村里的公示名单"
		if p.Lists, err = s.books.OpenLists(ctx, asked); err != nil || len(p.Lists) > 0 {
			return err
		}
		p.Unlisted = strings.TrimSpace(around(q))
		if len(q.Places) > 0 && len(q.Funds)+len(q.Years) > 0 {
			p.ListsOf = "这里现在公示着的"
			p.Lists, err = s.books.OpenLists(ctx, ledger.ListQuery{Places: asked.Places, Most: mostLists})
		}
	}
	return err
}
