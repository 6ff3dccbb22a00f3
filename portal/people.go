package portal

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/go-playground/validator/v10"
	"github.com/gofiber/fiber/v2"

	"mingbai/ledger"
	"mingbai/search/query"
)

// perPage is a page of the tier that is looked at; of tiers under a better one only the first few are shown.
const (
	perPage = 20
	fewHits = 5
)

type peoplePage struct {
	Frame
	Asked     string // as it was understood
	Chips     []chip
	Elsewise  *chip // another reading of the name
	Tiers     []tier
	Lists     []ledger.OpenList
	Whole     string // the way to everything else, where only who is called exactly so was looked for
	ListsOf   string // heading of the lists
	Unlisted  string // the place, year and fund asked for of which nothing is open; empty when something is
	Catalogue []shelf
	More      int // entries of the catalogue that are not shown
	Offices   []office
	Missing   string // in one sentence, when nobody was found
	Wider     *elsewhere
	Again     searchBox
	Bait      string // see baitPath
}

// searchBox is the one box that takes a whole question.
type searchBox struct {
	ID, Label, Text string
	Words           []string // offered where there is no JavaScript
}

func (peoplePage) view() string { return "pages/people" }

// chip is a part of the question with the way to be rid of it.
type chip struct {
	Sort, Word, Path string
}

// office is who answers for a fund, and who may see its rows.
type office struct {
	Fund, Section string
	Disclosure    ledger.Disclosure
}

// people answers the one box: a name, a place, a fund, years and agencies in any order.
func (s *Server) people(c *fiber.Ctx) error {
	ctx := c.UserContext()
	text := tidyName(c.Query("q", c.Query("name")), s.config.Normalise)
	vocabulary, funds, err := s.vocabulary(ctx)
	if err != nil {
		return err
	}
	q := query.Parse(text, vocabulary)
	if err := s.askable(text, q); err != nil {
		return err
	}
	p := peoplePage{Frame: s.frame("查询"), Asked: q.String()}
	p.NoIndex, p.Again = true, searchBox{"again", "再查一次，或改一改", text, vocabulary.Short()}
	for _, part := range q.Parts() {
		p.Chips = append(p.Chips, chip{part.Sort, part.Word, peoplePath(part.Rest.String())})
	}
	if other, ok := vocabulary.Elsewise(q); ok {
		p.Elsewise = &chip{Word: q.Name, Path: peoplePath(other.String())}
	}
	asked, err := s.peopleQuestion(c, q)
	if err != nil {
		return err
	}
	s.touchByName(c, q.Name)
	if asked.People.Page == 1 {
		s.countAtKiosk(c, ledger.KioskUse{Searches: 1})
	}
	found, rest, err := s.ask(ctx, asked, c.Query("tier") != "")
	if err != nil {
		return err
	}
	if p.Tiers, err = s.tiers(q, found, asked.People.Page); err != nil {
		return err
	}
	if err := s.giveOut(c, s.peopleIn(p.Tiers)); err != nil {
		return err
	}
	p.Bait = s.baitPath(c, pageNumber(c))
	if rest {
		p.Whole = peoplePath(q.String()) + "&tier=" + everyTier
	}
	if tier := c.Query("tier"); tier == "" || tier == everyTier {
		if err := s.beside(ctx, q, found.Catalogue, &p); err != nil {
			return err
		}
	}
	if len(p.Tiers) == 0 && !byWords(p.Catalogue, query.Codes(q.Funds)) && q.Name != "" {
		p.Missing = s.missingWords(q)
		if p.Wider, err = s.wider(ctx, q); err != nil {
			return err
		}
	}
	for _, code := range query.Codes(q.Funds) {
		if f := funds[code]; f.Code != "" {
			p.Offices = append(p.Offices, office{f.Name, f.Section, f.Disclosure})
		}
	}
	return s.show(c, http.StatusOK, p)
}

// askable refuses what may be no question: nothing, too much, or a number where it does not belong.
func (s *Server) askable(text string, q query.Query) error {
	form := nameForm{Text: text, Name: q.Name}
	if form.Name == "" {
		form.Name = "-" // a place or a fund alone is a question, too
	}
	var broken validator.ValidationErrors
	if errors.As(s.validate.Struct(form), &broken) {
		return ledger.Errorf(ledger.KindInvalid, "%s", nameFault(broken[0].Tag()))
	}
	return nil
}

// everyTier asks for whatever there is in one page, in the place of a tier's name.
const everyTier = "all"

// peopleQuestion asks for people in every way that the county allows, or in the one that is looked at, and for the catalogue
// beside all of them.
func (s *Server) peopleQuestion(c *fiber.Ctx, q query.Query) (ledger.Question, error) {
	asked := q.Question(pageNumber(c), perPage, mostEntries)
	asked.Few = fewHits
	if most := s.deepest(q); most > 0 && asked.People.Page > most {
		return asked, ledger.Errorf(ledger.KindInvalid, "名单翻到第 %d 页为止。请加上村名再查，比如“%s 村名”，就能看全那个村的。", most, q.Name)
	}
	mode, one := modeNamed[c.Query("tier")]
	switch {
	case s.config.Harvest.NameSearch == fullName:
		asked.Only = []ledger.NameMode{ledger.NameExact}
	case one:
		asked.Only = []ledger.NameMode{mode}
	case asked.People.Page > 1:
		asked.Only = []ledger.NameMode{ledger.NameExact}
	}
	if one || asked.People.Page > 1 {
		asked.Catalogue = ledger.CatalogueQuery{}
	}
	return asked, nil
}

// deepest is the last page of a list of people; 0 where it ends by itself, within villages that were named.
func (s *Server) deepest(q query.Query) int {
	codes := query.Codes(q.Places)
	if len(codes) > 0 && !slices.ContainsFunc(codes, func(code string) bool { return ledger.LevelOf(code) != ledger.LevelVillage }) {
		return 0
	}
	return s.config.Harvest.Pages
}

func (s *Server) peopleIn(tiers []tier) (people []uint64) {
	for _, t := range tiers {
		people = append(people, s.foundPeople(t.People)...)
	}
	return people
}

// ask finds first who is called exactly so. Only when there is nobody, or by wish, is everything else looked through: who
// types a whole name mostly looks for that name. rest tells that there may be more.
func (s *Server) ask(ctx context.Context, asked ledger.Question, byWish bool) (found ledger.Answer, rest bool, err error) {
	aboutAName := utf8.RuneCountInString(asked.Name) > 1 && !letters(asked.Name) && len(asked.Catalogue.Funds) == 0 && len(asked.Catalogue.Any) <= 1
	if !byWish && asked.People.Page == 1 && aboutAName {
		first := asked
		first.Only, first.Catalogue = []ledger.NameMode{ledger.NameExact}, ledger.CatalogueQuery{}
		found, err = s.finder.Ask(ctx, first)
		if rest = err == nil && len(found.Tiers) > 0 && found.Tiers[0].Total > 0; rest || err != nil {
			return found, rest, err
		}
	}
	found, err = s.finder.Ask(ctx, asked)
	return found, false, err
}

// tiers lays the people that were found under the ways of finding them.
func (s *Server) tiers(q query.Query, found ledger.Answer, page int) (list []tier, err error) {
	for _, f := range found.Tiers {
		if f.Total == 0 {
			continue
		}
		if len(f.Refs) == 0 { // beyond the last page
			return nil, ledger.ErrNotFound
		}
		t := newTier(q, f, page, len(list) > 0)
		t.Deepest = s.deepest(q)
		t.fill(found.People)
		list = append(list, t)
	}
	return list, nil
}

// pageNumber is 1 for anything that is no page.
func pageNumber(c *fiber.Ctx) int { return min(max(c.QueryInt("page", 1), 1), 1_000_000) }

func peoplePath(asked string) string {
	if asked == "" {
		return "/"
	}
	return "/people?q=" + url.QueryEscape(asked)
}

// tier is a heading with the people under it.
type tier struct {
	ID      string // exact, contains…
	Heading string
	Note    string
	Total   int
	People  []ledger.FoundPerson
	Hidden  int // found by the index, no longer public by the books
	Page    int
	Pages   int
	Deepest int    // page that may be looked at; 0: all
	All     string // the way to the whole tier, where only its first are shown
	asked   string
	refs    []ledger.PersonRef
}

func newTier(q query.Query, f ledger.PeopleTier, page int, under bool) tier {
	t := tier{ID: modeNames[f.Mode], Total: f.Total, Page: page, Pages: (f.Total + perPage - 1) / perPage, asked: q.String(), refs: f.Refs}
	t.Heading, t.Note = tierWords(q.Name, f.Mode, under)
	if under && f.Total > fewHits {
		t.refs, t.Pages, t.All = f.Refs[:min(len(f.Refs), fewHits)], 1, t.path(1)
	}
	return t
}

func (t tier) path(page int) string {
	path := peoplePath(t.asked) + "&tier=" + t.ID
	if page > 1 {
		path += "&page=" + strconv.Itoa(page)
	}
	return path
}

// Previous and Next are the ways to the pages beside this one.
func (t tier) Previous() string { return t.path(t.Page - 1) }

// Next is Previous's other side.
func (t tier) Next() string { return t.path(t.Page + 1) }

// Ends says that the list goes on and may not be looked at any deeper.
func (t tier) Ends() bool { return t.Deepest > 0 && t.Page >= t.Deepest && t.Page < t.Pages }

// fill takes a tier's people out of all that were read.
func (t *tier) fill(people []ledger.FoundPerson) {
	for _, p := range people {
		if slices.Contains(t.refs, p.Ref) {
			t.People = append(t.People, p)
		}
	}
	t.Hidden = len(t.refs) - len(t.People)
}
