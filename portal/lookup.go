package portal

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"github.com/gofiber/fiber/v2"

	"mingbai/ledger"
)

type askPage struct {
	Frame
	Ask ask
}

func (askPage) view() string { return "pages/ask" }

// question is a form that may be asked of the books.
type question struct {
	name   string
	number ledger.IDNumber
	fault  ledger.IDFault
}

const questionKey localKey = "question"

// readLookup reads the form. A fault goes back beside its field; a name alone goes to the public search; only a name with
// a number goes on, to the limits and to the books.
func (s *Server) readLookup(c *fiber.Ctx) error {
	var form lookupForm
	if err := c.BodyParser(&form); err != nil { // the error may quote what was typed
		return ledger.Errorf(ledger.KindInvalid, "表单没有读懂，请返回首页再填一次。")
	}
	form.tidy(s.config.Normalise)
	nameFault, numberFault := s.faults(form)
	if nameFault != "" || numberFault != "" {
		p := askPage{s.frame("查账"), ask{formToken(c), form.Name, nameFault, numberFault}}
		p.NoIndex = true
		if nameFault != "" {
			p.Ask.Name = "" // a number typed into the wrong field is not echoed either
		}
		return s.show(c, http.StatusUnprocessableEntity, p)
	}
	number, fault := ledger.ParseID(form.Number)
	if fault == ledger.IDEmpty {
		return c.Redirect("/people?name="+url.QueryEscape(form.Name), http.StatusSeeOther)
	}
	c.Locals(questionKey, question{form.Name, number, fault})
	return c.Next()
}

type missingPage struct {
	Frame
	Ask      ask
	Doubtful bool // the number breaks its own rules: told from the input alone
}

func (missingPage) view() string { return "pages/missing" }

// lookup shows a person their own book. A wrong name, a wrong number and an unknown person end in the same queries and the
// same page.
func (s *Server) lookup(c *fiber.Ctx) error {
	q := c.Locals(questionKey).(question)
	s.countAtKiosk(c, ledger.KioskUse{Lookups: 1})
	book, err := s.ownBook(c.UserContext(), q)
	if errors.Is(err, ledger.ErrNotFound) {
		return s.missing(c, q)
	}
	if err != nil {
		return err
	}
	p, err := s.ownPage(c, book)
	if err != nil {
		return err
	}
	return s.show(c, http.StatusOK, p)
}

// ownBook asks the books alone: a number is a key of theirs, and the index could only answer with a reference to be read here.
func (s *Server) ownBook(ctx context.Context, q question) (ledger.OwnBook, error) {
	return s.books.LookUp(ctx, s.config.Token(q.number), s.config.Normalise(q.name))
}

func (s *Server) missing(c *fiber.Ctx, q question) error {
	p := missingPage{Frame: s.frame("没有查到"), Ask: ask{Token: formToken(c), Name: q.name}} // retyping a name is hard at seventy
	p.Doubtful = q.fault != ledger.IDGood && q.fault != ledger.IDOld
	p.NoIndex = true
	return s.show(c, http.StatusOK, p)
}
