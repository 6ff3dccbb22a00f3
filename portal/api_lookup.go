package portal

import (
	"encoding/json"
	"errors"
	"mime"

	"github.com/gofiber/fiber/v2"

	"mingbai/ledger"
)

// apiAsked is a question with a number. It travels in the body: addresses are written down in many places.
type apiAsked struct {
	Name   string `json:"name"`
	Number string `json:"id_number"`
}

// apiOwn is a person's own book. A wrong name, a wrong number and an unknown person are one answer.
type apiOwn struct {
	Found bool     `json:"found"`
	Said  string   `json:"said"`
	Book  *apiBook `json:"book"`
}

// apiBook is everything paid to one person.
type apiBook struct {
	Name       string       `json:"name"`
	Village    string       `json:"village"`
	Own        ledger.Tally `json:"own"`
	Related    ledger.Tally `json:"related"`                // of another householder, with the person as payee or beneficiary
	OtherNames int          `json:"rows_under_other_names"` // the same number with another name; not shown
	Years      []apiYear    `json:"years"`
	Payments   []apiPayment `json:"payments"`
}

type apiYear struct {
	Year int `json:"year"`
	ledger.Tally
}

// apiPayment is a payment with where it comes from. Dates are empty where the sheet does not say.
type apiPayment struct {
	Fund      string           `json:"fund"`
	FundName  string           `json:"fund_name"`
	Period    ledger.Period    `json:"period"`
	Village   string           `json:"village"`
	Group     string           `json:"group"`
	Head      string           `json:"head"`
	Role      ledger.Role      `json:"role"`
	Basis     string           `json:"basis"`
	BasisUnit string           `json:"basis_unit"`
	Standard  string           `json:"standard"`
	Amount    ledger.Fen       `json:"amount_fen"`
	PaidOn    string           `json:"paid_on"`
	Status    ledger.PayStatus `json:"pay_status"`
	Document  string           `json:"document"`
	Batch     int64            `json:"batch"`
	Sheet     string           `json:"sheet"`
	Row       int              `json:"row"`
	Ended     string           `json:"ended_on"` // no longer counts since
	EndReason string           `json:"end_reason"`
}

// readAPILookup reads the body. Nothing of it is repeated in what is answered.
func (s *Server) readAPILookup(c *fiber.Ctx) error {
	if kind, _, err := mime.ParseMediaType(c.Get(fiber.HeaderContentType)); err != nil || kind != fiber.MIMEApplicationJSON {
		return errMediaType
	}
	var asked apiAsked
	if json.Unmarshal(c.Body(), &asked) != nil {
		return ledger.Errorf(ledger.KindInvalid, "正文不是 JSON，或者字段不对。应为 {\"name\": …, \"id_number\": …}。")
	}
	form := lookupForm(asked)
	form.tidy(s.config.Normalise)
	nameFault, numberFault := s.faults(form)
	number, fault := ledger.ParseID(form.Number)
	if fault == ledger.IDEmpty {
		numberFault = "请填身份证号。只按姓名查，请用 GET /api/v1/search。"
	}
	var wrong faulty
	for field, said := range map[string]string{"name": nameFault, "id_number": numberFault} {
		if said != "" {
			wrong.faults = append(wrong.faults, fieldFault{field, said})
		}
	}
	if wrong.faults != nil {
		return wrong
	}
	c.Locals(questionKey, question{form.Name, number, fault})
	return c.Next()
}

func (s *Server) apiLookup(c *fiber.Ctx) error {
	book, err := s.ownBook(c.UserContext(), c.Locals(questionKey).(question))
	if errors.Is(err, ledger.ErrNotFound) {
		return c.JSON(apiOwn{Said: "没有查到。请核对姓名和身份证号；刚发的补贴可能还没有公开。"})
	}
	if err != nil {
		return err
	}
	return c.JSON(apiOwn{Found: true, Said: "查到了。", Book: apiBookOf(book)})
}

func apiBookOf(b ledger.OwnBook) *apiBook {
	out := &apiBook{
		Name: b.Name, Village: b.Village, Own: b.Own, Related: b.Related,
		OtherNames: b.OtherNames, Years: []apiYear{}, Payments: make([]apiPayment, len(b.Payments)),
	}
	for _, y := range b.Years {
		out.Years = append(out.Years, apiYear{y.Year, y.Tally})
	}
	for i, p := range b.Payments {
		out.Payments[i] = apiPayment{
			Fund: p.Fund, FundName: p.FundName, Period: p.Period, Village: p.Village, Group: p.Group, Head: p.Name, Role: p.Role,
			Basis: p.Basis.Short(), BasisUnit: p.BasisUnit, Standard: p.Standard.Short(), Amount: p.Amount, PaidOn: apiDay(p.PaidOn),
			Status: p.Status, Document: p.Document, Batch: p.Batch, Sheet: p.Sheet, Row: p.SheetRow, Ended: apiDay(p.Ended), EndReason: p.EndReason,
		}
	}
	return out
}
