package portal

import (
	"net/url"
	"slices"

	"github.com/gofiber/fiber/v2"

	"mingbai/ledger"
)

// mostEntries is how many entries of the catalogue stand beside the people; how many more there are is said.
const mostEntries = 12

// shelf is the catalogue's entries of one kind.
type shelf struct {
	ID, Heading string
	Entries     []ledger.CatalogueEntry
}

var shelfNames = map[ledger.CatalogueKind]string{
	ledger.CatalogueFund: "资金项目", ledger.CatalogueAgency: "单位", ledger.CatalogueProject: "建设和分配项目",
	ledger.CatalogueUnit: "单位的预算和人员", ledger.CatalogueAnswer: "公开答复", ledger.CatalogueGuide: "说明",
}

func shelves(entries []ledger.CatalogueEntry) (list []shelf) {
	for _, kind := range ledger.CatalogueKinds {
		s := shelf{ID: string(kind), Heading: shelfNames[kind]}
		for _, e := range entries {
			if e.Kind == kind {
				s.Entries = append(s.Entries, e)
			}
		}
		if s.Entries != nil {
			list = append(list, s)
		}
	}
	return list
}

// byWords tells whether anything was found by its words, and not only because its fund was asked for.
func byWords(list []shelf, funds []string) bool {
	return slices.ContainsFunc(list, func(s shelf) bool {
		return slices.ContainsFunc(s.Entries, func(e ledger.CatalogueEntry) bool {
			return e.Kind != ledger.CatalogueFund || !slices.Contains(funds, e.Fund)
		})
	})
}

func entryPath(e ledger.CatalogueEntry) string {
	switch {
	case e.Path != "":
		return e.Path
	case e.Unit != "":
		return fundPath(e.Fund, e.Year) + "&unit=" + url.QueryEscape(e.Unit)
	}
	return fundPath(e.Fund, e.Year)
}

// words are what the box offers while somebody types. The whole list goes out, so that what is typed stays where it is.
func (s *Server) words(c *fiber.Ctx) error {
	v, _, err := s.vocabulary(c.UserContext())
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, "public, max-age=3600")
	return c.JSON(v.Offered())
}
