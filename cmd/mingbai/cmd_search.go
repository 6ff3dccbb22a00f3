package main

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"mingbai/ledger"
	"mingbai/ledger/postgres"
	"mingbai/search"
	"mingbai/search/query"
)

type searchCmd struct {
	Query string `arg:"" help:"姓名（或拼音、首字母）、地方、项目、年份、单位，任意次序，如“柳树沟村 张三 2024 粮补”"`
	Page  int    `help:"第几页" default:"1"`
	JSON  bool   `name:"json" help:"以 JSON 输出"`
}

// How much of an answer is shown at once.
const (
	searchPage    = 50
	searchEntries = 50
)

// Run answers a whole question with what is public today.
func (c *searchCmd) Run(cfg *Config, s *streams) error {
	return withEngine(cfg, s, func(db *postgres.DB, e *search.Engine) error {
		words, err := db.Words(s.ctx)
		if err != nil {
			return err
		}
		q := query.Parse(c.Query, query.NewVocabulary(words, time.Now().In(ledger.Shanghai).Year()))
		found, err := c.find(s, db, e, q)
		if err != nil {
			return err
		}
		if c.JSON {
			return writeJSON(s, found.json(q))
		}
		found.print(s, q)
		if found.people == 0 && len(found.lists)+len(found.entries) == 0 {
			return errFound
		}
		return nil
	})
}

// foundAll is what a whole question finds.
type foundAll struct {
	tiers   []foundTier
	people  int // in all tiers, over all pages
	lists   []ledger.OpenList
	entries []ledger.CatalogueEntry
	more    int // entries that are not shown
}

type foundTier struct {
	ledger.PeopleTier
	people []ledger.FoundPerson
}

func (c *searchCmd) find(s *streams, db *postgres.DB, e *search.Engine, q query.Query) (f foundAll, err error) {
	asked := q.Question(c.Page, searchPage, searchEntries)
	answer, err := e.Ask(s.ctx, asked)
	if err != nil {
		return f, err
	}
	if utf8.RuneCountInString(search.Normalise(q.Name)) == 1 { // who has the books may leaf through them; the public may not
		part := asked.People
		part.Name, part.Mode = q.Name, ledger.NameContains
		part.Except = []ledger.NameMatch{{Name: search.Normalise(q.Name)}}
		hits, err := e.People(s.ctx, part)
		if err != nil {
			return f, err
		}
		answer.Tiers = append(answer.Tiers, ledger.PeopleTier{Mode: ledger.NameContains, PeopleHits: hits})
	}
	for _, t := range answer.Tiers {
		if t.Total == 0 {
			continue
		}
		people, err := db.PeopleByRefs(s.ctx, t.Refs)
		if err != nil {
			return f, err
		}
		f.tiers, f.people = append(f.tiers, foundTier{t, people}), f.people+t.Total
	}
	if f.entries, err = db.CatalogueByIDs(s.ctx, answer.Catalogue.IDs); err != nil {
		return f, err
	}
	f.more = answer.Catalogue.Total - len(answer.Catalogue.IDs)
	if len(q.Places) > 0 || len(q.Funds) > 0 && q.Name == "" {
		f.lists, err = db.OpenLists(s.ctx, ledger.ListQuery{
			Places: asked.People.Places, Funds: asked.People.Funds, Years: q.Years, Most: searchEntries,
		})
	}
	return f, err
}

// tierNames are the ways in which names are compared, for people and for scripts.
var tierNames = map[ledger.NameMode][2]string{
	ledger.NameExact: {"姓名", "exact"}, ledger.NameContains: {"姓名含有", "contains"},
	ledger.NamePinyin: {"读音相同", "pinyin"}, ledger.NameNear: {"写法相近", "near"},
}

func (f foundAll) print(s *streams, q query.Query) {
	var understood []string
	for _, p := range q.Parts() {
		understood = append(understood, p.Sort+" "+p.Word)
	}
	s.say("这样理解：%s", strings.Join(understood, "，"))
	for _, t := range f.tiers {
		s.say("%s：共%d条", tierNames[t.Mode][0], t.Total)
		for _, p := range t.people {
			fmt.Fprintf(s.out, "%s  %s %s %s  %d笔 %s元\n", p.Name, p.TownName, p.VillageName, p.Group, p.Rows, p.Total)
		}
	}
	for _, l := range f.lists {
		fmt.Fprintf(s.out, "%s%s  %s  %d年  %d笔 %s元\n", l.TownName, l.VillageName, l.FundName, l.Year, l.Rows, l.Total)
	}
	for _, e := range f.entries {
		fmt.Fprintf(s.out, "%s  %s\n", e.Title, e.From)
	}
	if f.more > 0 {
		s.say("目录里另有%d条也对得上", f.more)
	}
	s.say("共%d人", f.people)
}

// searchJSON is an answer for scripts. The closest tier stands first once more, under the names that it had when there was
// no other.
type searchJSON struct {
	Match      string      `json:"match"` // of the closest tier: exact, contains, pinyin or near; empty when nobody is found
	Total      int         `json:"total"`
	People     []hitJSON   `json:"people"`
	Understood []partJSON  `json:"understood"`
	Tiers      []tierJSON  `json:"tiers"`
	Lists      []listJSON  `json:"lists"`
	Catalogue  []entryJSON `json:"catalogue"`
	More       int         `json:"catalogue_more"`
}

type partJSON struct {
	Sort string `json:"sort"`
	Word string `json:"word"`
}

type tierJSON struct {
	Match  string    `json:"match"`
	Total  int       `json:"total"`
	People []hitJSON `json:"people"`
}

type hitJSON struct {
	Ref     string     `json:"ref"`
	Name    string     `json:"name"`
	Town    string     `json:"town"`
	Village string     `json:"village"`
	Group   string     `json:"group"`
	Rows    int        `json:"rows"`
	Total   ledger.Fen `json:"total_fen"`
	Funds   []string   `json:"funds"`
	Years   []int      `json:"years"`
}

type listJSON struct {
	Fund    string     `json:"fund"`
	Name    string     `json:"fund_name"`
	Year    int        `json:"year"`
	Town    string     `json:"town"`
	Village string     `json:"village"`
	Rows    int        `json:"rows"`
	Total   ledger.Fen `json:"total_fen"`
}

type entryJSON struct {
	Kind  ledger.CatalogueKind `json:"kind"`
	Title string               `json:"title"`
	Fund  string               `json:"fund,omitempty"`
	Year  int                  `json:"year,omitempty"`
	Path  string               `json:"path,omitempty"`
}

func (f foundAll) json(q query.Query) searchJSON {
	out := searchJSON{
		People: []hitJSON{}, Understood: []partJSON{}, Tiers: []tierJSON{}, Lists: []listJSON{}, Catalogue: []entryJSON{}, More: f.more,
	}
	for _, p := range q.Parts() {
		out.Understood = append(out.Understood, partJSON{p.Sort, p.Word})
	}
	for i, t := range f.tiers {
		tier := tierJSON{tierNames[t.Mode][1], t.Total, []hitJSON{}}
		for _, p := range t.people {
			tier.People = append(tier.People, hitJSON{
				Ref: p.Ref.String(), Name: p.Name, Town: p.TownName, Village: p.VillageName, Group: p.Group,
				Rows: p.Rows, Total: p.Total, Funds: p.FundNames, Years: p.Years,
			})
		}
		if out.Tiers = append(out.Tiers, tier); i == 0 {
			out.Match, out.Total, out.People = tier.Match, tier.Total, tier.People
		}
	}
	for _, l := range f.lists {
		out.Lists = append(out.Lists, listJSON{l.Fund, l.FundName, l.Year, l.TownName, l.VillageName, l.Rows, l.Total})
	}
	for _, e := range f.entries {
		out.Catalogue = append(out.Catalogue, entryJSON{e.Kind, e.Title, e.Fund, e.Year, e.Path})
	}
	return out
}
