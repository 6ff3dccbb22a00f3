package portal

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/go-playground/validator/v10"
	"github.com/gofiber/fiber/v2"

	"mingbai/ledger"
)

const perPage = 20

type peoplePage struct {
	Frame
	Name   string
	Said   string // what was matched and how many there are, in one sentence
	People []ledger.FoundPerson
	Hidden int // found by the index, no longer public by the books
	Page   int
	Pages  int
}

func (peoplePage) view() string    { return "pages/people" }
func (p peoplePage) Previous() int { return p.Page - 1 }
func (p peoplePage) Next() int     { return p.Page + 1 }

func (s *Server) people(c *fiber.Ctx) error {
	form := nameForm{Name: tidyName(c.Query("name"), s.config.Normalise)}
	var broken validator.ValidationErrors
	if errors.As(s.validate.Struct(form), &broken) {
		return ledger.Errorf(ledger.KindInvalid, "%s", nameFault(broken[0].Tag()))
	}
	q := ledger.PeopleQuery{Name: s.config.Normalise(form.Name), Page: pageNumber(c), PerPage: perPage}
	hits, mode, err := s.find(c.UserContext(), q)
	if err != nil {
		return err
	}
	if hits.Total > 0 && len(hits.Refs) == 0 { // beyond the last page
		return ledger.ErrNotFound
	}
	p := peoplePage{
		Frame: s.frame("姓名查询"), Name: form.Name, Said: matchWords(form.Name, mode, hits.Total),
		Page: q.Page, Pages: (hits.Total + perPage - 1) / perPage,
	}
	p.NoIndex = true
	if len(hits.Refs) > 0 {
		if p.People, err = s.books.PeopleByRefs(c.UserContext(), hits.Refs); err != nil {
			return err
		}
	}
	p.Hidden = len(hits.Refs) - len(p.People)
	return s.show(c, http.StatusOK, p)
}

// pageNumber is 1 for anything that is no page.
func pageNumber(c *fiber.Ctx) int { return min(max(c.QueryInt("page", 1), 1), 1_000_000) }

// find asks for the very name first; only if nobody bears it, for names that hold it. Latin letters are a spelling.
func (s *Server) find(ctx context.Context, q ledger.PeopleQuery) (ledger.PeopleHits, ledger.NameMode, error) {
	if spelling, ok := latin(q.Name); ok {
		q.Name, q.Mode = spelling, ledger.NamePinyin
		hits, err := s.finder.People(ctx, q)
		return hits, q.Mode, err
	}
	q.Mode = ledger.NameExact
	hits, err := s.finder.People(ctx, q)
	// One character alone is held by half the county: that is no search but a copy of the register.
	if err != nil || hits.Total > 0 || utf8.RuneCountInString(q.Name) < 2 {
		return hits, q.Mode, err
	}
	q.Mode = ledger.NameContains
	hits, err = s.finder.People(ctx, q)
	return hits, q.Mode, err
}

// latin reads a spelling as people type it: Zhang San, zhang'san, zs.
func latin(name string) (string, bool) {
	s := strings.ToLower(strings.NewReplacer(" ", "", "'", "", "’", "", "-", "").Replace(name))
	return s, s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzü") == ""
}

func matchWords(name string, mode ledger.NameMode, total int) string {
	switch {
	case total == 0 && mode == ledger.NameExact:
		return fmt.Sprintf("没有查到叫“%s”的公开款项。请把姓名填全，至少两个字。", name)
	case total == 0:
		return fmt.Sprintf("没有查到“%s”的公开款项。", name)
	case mode == ledger.NamePinyin:
		return fmt.Sprintf("拼音是“%s”的，共 %s 条。", name, count(total))
	case mode == ledger.NameContains:
		return fmt.Sprintf("没有正好叫“%s”的。姓名里含有这几个字的，共 %s 条。", name, count(total))
	}
	return fmt.Sprintf("姓名是“%s”的，共 %s 条。", name, count(total))
}

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
	found, payments, err := s.books.PublicPerson(c.UserContext(), ref)
	if err != nil {
		return err
	}
	p := personPage{
		Frame: s.frame("公开的补贴"), Person: found, Sum: sum{"公开部分合计", found.Tally}, Payments: s.entries(payments),
	}
	p.NoIndex = true
	return s.show(c, http.StatusOK, p)
}
