package portal

import (
	"errors"
	"net/http"

	"github.com/gofiber/fiber/v2"

	"mingbai/ledger"
)

// ask is the box with two fields. It has no place for the number: what was typed is never put back.
type ask struct {
	Token       string
	Name        string
	NameFault   string
	NumberFault string
}

type homePage struct {
	Frame
	Ask     ask
	Figures ledger.YearFigures
	Newest  []ledger.Publication

	AskWays   []way
	Entrances []way
}

func (homePage) view() string { return "pages/home" }

func (s *Server) home(c *fiber.Ctx) error {
	p := homePage{Frame: s.frame(""), Ask: ask{Token: formToken(c)}}
	p.Nav, p.AskWays, p.Entrances = "home", s.openWays(askWays), s.openWays(entrances)
	var err error
	if p.Figures, err = s.books.YearFigures(c.UserContext(), 0); err != nil && !errors.Is(err, ledger.ErrNotFound) {
		return err
	}
	if p.Newest, err = s.books.Newest(c.UserContext(), 5); err != nil {
		return err
	}
	return s.show(c, http.StatusOK, p)
}

// toHome meets a browser that reloads the address of an answer.
func (s *Server) toHome(c *fiber.Ctx) error { return c.Redirect("/", http.StatusSeeOther) }

type aboutPage struct{ Frame }

func (aboutPage) view() string { return "pages/about" }

func (s *Server) about(c *fiber.Ctx) error {
	p := aboutPage{s.frame("说明")}
	p.Nav = "about"
	return s.show(c, http.StatusOK, p)
}

type accessiblePage struct{ Frame }

func (accessiblePage) view() string { return "pages/accessible" }

func (s *Server) accessible(c *fiber.Ctx) error {
	return s.show(c, http.StatusOK, accessiblePage{s.frame("无障碍")})
}
