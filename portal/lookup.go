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

type ownPage struct {
	Frame
	Book       ledger.OwnBook
	Sum        sum
	Years      []ownYear
	Related    []entry
	RelatedSum sum
}

func (ownPage) view() string { return "pages/own" }

// ownYear is a year's own payments; Rows is 0 when the books give no sum for the year.
type ownYear struct {
	ledger.YearTally
	Share    int // of the greatest year, in percent
	Payments []entry
}

type missingPage struct {
	Frame
	Ask      ask
	Doubtful bool // the number breaks its own rules: told from the input alone
}

func (missingPage) view() string { return "pages/missing" }

// lookup shows a person their own book. A wrong name, a wrong number and an unknown person end in the same query and the
// same page.
func (s *Server) lookup(c *fiber.Ctx) error {
	q := c.Locals(questionKey).(question)
	book, err := s.ownBook(c.UserContext(), q)
	if errors.Is(err, ledger.ErrNotFound) {
		return s.missing(c, q)
	}
	if err != nil {
		return err
	}
	p := ownPage{
		Frame: s.frame("我的账"), Book: book, Sum: sum{"历年合计", book.Own}, RelatedSum: sum{"代收或享受合计", book.Related},
	}
	p.NoIndex = true
	p.Years, p.Related = s.byYear(book)
	return s.show(c, http.StatusOK, p)
}

// ownBook is ErrNotFound also when the last row was withdrawn between the two questions.
func (s *Server) ownBook(ctx context.Context, q question) (ledger.OwnBook, error) {
	person, err := s.finder.Lookup(ctx, s.config.Token(q.number), s.config.Normalise(q.name))
	if err != nil {
		return ledger.OwnBook{}, err
	}
	return s.books.OwnBook(ctx, person)
}

func (s *Server) missing(c *fiber.Ctx, q question) error {
	p := missingPage{Frame: s.frame("没有查到"), Ask: ask{Token: formToken(c), Name: q.name}} // retyping a name is hard at seventy
	p.Doubtful = q.fault != ledger.IDGood && q.fault != ledger.IDOld
	p.NoIndex = true
	return s.show(c, http.StatusOK, p)
}

// byYear lays the payments under their years. The sums are the books'; a payment of a year they did not sum still shows.
func (s *Server) byYear(book ledger.OwnBook) (list []ownYear, related []entry) {
	var top ledger.Fen
	at := map[int]int{}
	for _, y := range book.Years {
		at[y.Year] = len(list)
		list = append(list, ownYear{YearTally: y})
		top = max(top, y.Total)
	}
	for i := range list {
		list[i].Share = share(list[i].Total, top)
	}
	for _, p := range book.Payments {
		e := s.entry(p)
		if e.AsRole {
			related = append(related, e)
			continue
		}
		i, ok := at[p.Period.Year()]
		if !ok {
			i = len(list)
			at[p.Period.Year()] = i
			list = append(list, ownYear{YearTally: ledger.YearTally{Year: p.Period.Year()}})
		}
		list[i].Payments = append(list[i].Payments, e)
	}
	return list, related
}

// share is a bar's length in percent, at least 1 so that it can be seen.
func share(part, whole ledger.Fen) int {
	if part <= 0 || whole <= 0 {
		return 0
	}
	return max(1, int(part*100/whole))
}
