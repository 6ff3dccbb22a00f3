package portal

import (
	"errors"
	"strconv"
	"strings"

	"github.com/go-playground/validator/v10"
	"github.com/gofiber/fiber/v2"

	"mingbai/ledger"
)

// apiFound is what a search finds; what was not looked for is null.
type apiFound struct {
	People    *apiPeople `json:"people"`
	Catalogue *apiShelf  `json:"catalogue"`
}

// apiPeople is a page of the people found in one way.
type apiPeople struct {
	Match   string      `json:"match"`
	Total   int         `json:"total"` // over all pages
	Items   []apiPerson `json:"items"`
	Next    *string     `json:"next"`
	Deepest bool        `json:"depth_limited"` // there is more, and only a narrower question leads to it
}

// apiPerson is a person in a village with what is public today. No digit of a number is in it.
type apiPerson struct {
	Ref     string     `json:"ref"`
	Name    string     `json:"name"`
	Town    string     `json:"town"`
	Village string     `json:"village"`
	Group   string     `json:"group"`
	Rows    int        `json:"rows"`
	Total   ledger.Fen `json:"total_fen"`
	Years   []int      `json:"years"`
	Funds   []string   `json:"funds"`
	Page    string     `json:"page"` // of the site
}

// apiShelf is what the catalogue has; Total may be more than is listed.
type apiShelf struct {
	Total int        `json:"total"`
	Items []apiEntry `json:"items"`
}

type apiEntry struct {
	Kind  ledger.CatalogueKind `json:"kind"`
	Title string               `json:"title"`
	Fund  string               `json:"fund"`
	From  string               `json:"from"`
	Year  int                  `json:"year"` // 0 where years mean nothing
	Page  string               `json:"page"`
}

const mostAPIEntries = 50

// apiQuestion is a search as it was asked.
type apiQuestion struct {
	ledger.Question
	people, catalogue bool
	mode              ledger.NameMode
	narrow            bool // to a village
	marks             []string
}

func (s *Server) apiSearch(c *fiber.Ctx) error {
	q, err := s.readAPISearch(c)
	if err != nil {
		return err
	}
	if q.people {
		s.touchByName(c, q.Name)
	}
	found, err := s.finder.Ask(c.UserContext(), q.Question)
	if err != nil {
		return err
	}
	var answer apiFound
	if q.people {
		if err := s.giveOut(c, s.foundPeople(found.People)); err != nil {
			return err
		}
		answer.People = s.apiPeopleOf(q, found)
	}
	if q.catalogue {
		answer.Catalogue = &apiShelf{Total: found.Catalogue.Total, Items: []apiEntry{}}
		entries, err := s.books.CatalogueByIDs(c.UserContext(), found.Catalogue.IDs)
		if err != nil {
			return err
		}
		for _, e := range entries {
			answer.Catalogue.Items = append(answer.Catalogue.Items, apiEntry{e.Kind, e.Title, e.Fund, e.From, e.Year, entryPath(e)})
		}
	}
	return c.JSON(answer)
}

func (s *Server) apiPeopleOf(q apiQuestion, found ledger.Answer) *apiPeople {
	p := &apiPeople{Match: modeNames[q.mode], Items: make([]apiPerson, 0, len(found.People))}
	for _, t := range found.Tiers {
		p.Total += t.Total
	}
	for _, f := range found.People {
		p.Items = append(p.Items, apiPerson{
			f.Ref.String(), f.Name, f.TownName, f.VillageName, f.Group, f.Rows, f.Total, f.Years, f.FundNames, personPath(f.Ref),
		})
	}
	page := q.People.Page
	if p.Total > page*perPage {
		p.Deepest = !q.narrow && page >= s.config.Harvest.Pages
		if !p.Deepest {
			p.Next = s.cursorOf(page+1, q.marks...)
		}
	}
	return p
}

// readAPISearch reads a question; everything that is wrong with it is said at once.
func (s *Server) readAPISearch(c *fiber.Ctx) (q apiQuestion, err error) {
	var wrong faulty
	add := func(field, said string) { wrong.faults = append(wrong.faults, fieldFault{field, said}) }
	q.Name = tidyName(c.Query("q"), s.config.Normalise)
	var broken validator.ValidationErrors
	if errors.As(s.validate.Struct(nameForm{Text: q.Name, Name: q.Name}), &broken) {
		add("q", nameFault(broken[0].Tag()))
	}
	switch in := c.Query("in", "people"); in {
	case "people", "catalogue", "all":
		q.people, q.catalogue = in != "catalogue", in != "people"
	default:
		add("in", "只能是 people、catalogue 或 all。")
	}
	match := c.Query("match")
	if match == "" {
		match = modeNames[ledger.NameExact]
		if letters(q.Name) {
			match = modeNames[ledger.NamePinyin]
		}
	}
	var known bool
	if q.mode, known = modeNamed[match]; !known {
		add("match", "只能是 "+strings.Join(modeNames[:], "、")+" 之一。")
	}
	if s.config.Harvest.NameSearch == fullName && q.mode != ledger.NameExact {
		add("match", "本县只能按全名查：exact。")
	}
	q.People.PerPage = perPage
	village, fund, year := c.Query("village"), c.Query("fund"), c.Query("year")
	if level := ledger.LevelOf(village); level == ledger.LevelTown || level == ledger.LevelVillage {
		q.People.Places, q.narrow = []string{village}, level == ledger.LevelVillage
	} else if village != "" {
		add("village", "应为 12 位村代码或 9 位乡镇代码。")
	}
	if fund != "" {
		q.People.Funds = []string{fund}
	}
	if year != "" {
		y, err := yearOf(year)
		if err != nil {
			add("year", "应为四位年份。")
		}
		q.People.Years = []int{y}
	}
	if wrong.faults != nil {
		return q, wrong
	}
	return q, s.finishAPISearch(&q, c.Query("cursor"), village, fund, year)
}

// finishAPISearch turns to the page and to what is looked through.
func (s *Server) finishAPISearch(q *apiQuestion, cursor, village, fund, year string) (err error) {
	q.marks = []string{"search", s.config.Normalise(q.Name), strconv.Itoa(int(q.mode)), village, fund, year}
	if q.People.Page, err = s.pageAt(cursor, q.marks...); err != nil {
		return err
	}
	if !q.narrow && q.People.Page > s.config.Harvest.Pages {
		return fault("cursor", "翻到这里为止。请加上 village 再查，就能看全那个村的。")
	}
	q.Only = []ledger.NameMode{q.mode}
	if q.catalogue {
		q.Catalogue = ledger.CatalogueQuery{Any: [][]string{strings.Fields(q.Name)}, Most: mostAPIEntries}
	}
	if !q.people {
		q.Name = ""
	}
	return nil
}
