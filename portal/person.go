package portal

import (
	"net/http"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"mingbai/ledger"
)

type personPage struct {
	Frame
	Person   ledger.FoundPerson
	Sum      sum
	Payments []entry
}

func (personPage) view() string { return "pages/person" }

func (s *Server) person(c *fiber.Ctx) error {
	ref, err := ledger.ParsePersonRef(param(c, "ref"))
	if err != nil {
		return err
	}
	s.touchPage(c, ref)
	found, payments, err := s.books.PublicPerson(c.UserContext(), ref)
	if err != nil {
		return err
	}
	if err := s.giveOut(c, s.foundPeople([]ledger.FoundPerson{found})); err != nil {
		return err
	}
	p := personPage{
		Frame: s.frame("公开的补贴"), Person: found, Sum: sum{"公开部分合计", found.Tally}, Payments: s.entries(payments),
	}
	p.NoIndex = true
	return s.show(c, http.StatusOK, p)
}

// Said is the page's sum for the ear.
func (p personPage) Said() string {
	return p.Person.Name + "，" + p.Person.VillageName + "，公开部分合计" + spoken(p.Sum.Total) + "，共" + strconv.Itoa(p.Sum.Rows) + "笔。"
}
