package portal

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"mingbai/ledger"
)

// fundsPage is the catalogue of funds, by kind; section and year narrow it.
type fundsPage struct {
	Frame
	Count    int
	Asked    fundsAsked
	Kinds    []fundKind
	Switches []fundSwitch
}

func (fundsPage) view() string { return "pages/funds" }

type fundKind struct {
	ID    string
	Name  string
	Funds []ledger.FundYear
}

// fundsAsked is what the catalogue is narrowed by; zero for all.
type fundsAsked struct {
	Kind    ledger.FundKind
	Section string
	Year    int
}

// Path leads to the catalogue narrowed so.
func (a fundsAsked) Path() string {
	q := url.Values{}
	if a.Kind != "" {
		q.Set("kind", string(a.Kind))
	}
	if a.Section != "" {
		q.Set("section", a.Section)
	}
	if a.Year != 0 {
		q.Set("year", strconv.Itoa(a.Year))
	}
	if len(q) == 0 {
		return "/funds"
	}
	return "/funds?" + q.Encode()
}

// fundSwitch is a row of choices.
type fundSwitch struct {
	Name    string
	Choices []fundChoice
}

type fundChoice struct {
	Name, Path string
	Here       bool
}

func (s *Server) funds(c *fiber.Ctx) error {
	list, err := s.books.Funds(c.UserContext())
	if err != nil {
		return err
	}
	asked := fundsAsked{Kind: ledger.FundKind(c.Query("kind")), Section: c.Query("section")}
	if text := c.Query("year"); text != "" {
		if asked.Year, err = yearOf(text); err != nil {
			return err
		}
	}
	p := fundsPage{Frame: s.frame("资金"), Asked: asked, Switches: fundSwitches(list, asked)}
	if name := asked.Kind.Name(); name != "" {
		p.Title = name
	}
	found := narrowed(list, asked)
	p.Nav, p.Count, p.Kinds = "funds", len(found), byKind(found)
	return s.show(c, http.StatusOK, p)
}

// narrowed are the funds that are asked for; where a year is, with what that year came to.
func narrowed(list []ledger.FundYear, a fundsAsked) (found []ledger.FundYear) {
	for _, f := range list {
		if a.Kind != "" && f.Kind != a.Kind || a.Section != "" && f.Section != a.Section {
			continue
		}
		if a.Year != 0 {
			i := slices.IndexFunc(f.ByYear, func(y ledger.YearTally) bool { return y.Year == a.Year })
			if i < 0 {
				continue
			}
			f.Year, f.Tally = a.Year, f.ByYear[i].Tally
		}
		found = append(found, f)
	}
	return found
}

// fundSwitches are the kinds, sections and years that there are, whatever is asked for.
func fundSwitches(list []ledger.FundYear, a fundsAsked) []fundSwitch {
	kinds, sections, years := fundSwitch{Name: "类别"}, fundSwitch{Name: "股室"}, fundSwitch{Name: "年度"}
	add := func(s *fundSwitch, name string, to fundsAsked) {
		path := to.Path()
		if !slices.ContainsFunc(s.Choices, func(c fundChoice) bool { return c.Path == path }) {
			s.Choices = append(s.Choices, fundChoice{name, path, path == a.Path()})
		}
	}
	add(&kinds, "全部", fundsAsked{"", a.Section, a.Year})
	add(&sections, "全部", fundsAsked{a.Kind, "", a.Year})
	add(&years, "最近一年", fundsAsked{a.Kind, a.Section, 0})
	for _, k := range byKind(list) {
		if kind := ledger.FundKind(k.ID); kind.Name() != "" {
			add(&kinds, kind.Name(), fundsAsked{kind, a.Section, a.Year})
		}
	}
	var all []int
	for _, f := range list {
		if f.Section != "" {
			add(&sections, f.Section, fundsAsked{a.Kind, f.Section, a.Year})
		}
		for _, y := range f.ByYear {
			all = append(all, y.Year)
		}
	}
	slices.Sort(all)
	slices.Reverse(all)
	for _, y := range slices.Compact(all) {
		add(&years, strconv.Itoa(y)+"年", fundsAsked{a.Kind, a.Section, y})
	}
	return []fundSwitch{kinds, sections, years}
}

// byKind keeps the books' order within a kind; a kind nobody has heard of still shows.
func byKind(list []ledger.FundYear) []fundKind {
	kinds := []fundKind{
		{ID: string(ledger.Subsidy)},
		{ID: string(ledger.Allocation)},
		{ID: string(ledger.Project)},
		{ID: string(ledger.Transfer)},
		{ID: string(ledger.Budget)},
		{ID: string(ledger.Agency)},
		{ID: string(ledger.Post)},
		{ID: "other", Name: "其他"},
	}
	for i := range kinds[:len(kinds)-1] {
		kinds[i].Name = ledger.FundKind(kinds[i].ID).Name()
	}
	for _, f := range list {
		i := 0
		for i < len(kinds)-1 && kinds[i].ID != string(f.Kind) {
			i++
		}
		kinds[i].Funds = append(kinds[i].Funds, f)
	}
	var out []fundKind
	for _, k := range kinds {
		if len(k.Funds) > 0 {
			out = append(out, k)
		}
	}
	return out
}
