package portal

import (
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"mingbai/ledger"
	"mingbai/ledger/inquiry"
)

// apiFunds are all funds.
type apiFunds struct {
	Items []apiFundYear `json:"items"`
}

type apiFundYear struct {
	Code       string            `json:"code"`
	Name       string            `json:"name"`
	Kind       ledger.FundKind   `json:"kind"`
	KindName   string            `json:"kind_name"`
	Section    string            `json:"section"`
	Purpose    string            `json:"purpose"`
	Document   string            `json:"document"`
	Standard   string            `json:"standard"`
	BasisUnit  string            `json:"basis_unit"`
	Disclosure ledger.Disclosure `json:"disclosure"`
	Year       int               `json:"year"` // 0 when nothing is published yet
	ledger.Tally
}

func fundYearOf(f ledger.Fund, year int, t ledger.Tally) apiFundYear {
	return apiFundYear{
		f.Code, f.Name, f.Kind, f.Kind.Name(), f.Section, f.Purpose, f.Document, f.Standard, f.BasisUnit, f.Disclosure, year, t,
	}
}

func (s *Server) apiFunds(c *fiber.Ctx) error {
	list, err := s.books.Funds(c.UserContext())
	if err != nil {
		return err
	}
	answer := apiFunds{Items: make([]apiFundYear, len(list))}
	for i, f := range list {
		answer.Items[i] = fundYearOf(f.Fund, f.Year, f.Tally)
	}
	return apiOpen(c, answer)
}

// apiFund is a fund's year. Towns and villages too small to be told stand in Folded only.
type apiFund struct {
	apiFundYear
	Years  []int     `json:"years"`
	Open   bool      `json:"open"`       // rows may be seen today
	Until  string    `json:"open_until"` // empty: without end
	Towns  []apiTown `json:"towns"`
	Folded int       `json:"folded_towns"`
	Page   string    `json:"page"`
}

type apiTown struct {
	apiRegion
	Villages []apiRegion `json:"villages"`
	Folded   int         `json:"folded_villages"`
}

type apiRegion struct {
	Code string `json:"code"` // empty when it has none
	Name string `json:"name"`
	ledger.Tally
}

func regionOf(r ledger.RegionTally) apiRegion { return apiRegion{r.Code, r.Name, r.Tally} }

func (s *Server) apiFund(c *fiber.Ctx) error {
	year, err := apiYearOf(c)
	if err != nil {
		return err
	}
	code := param(c, "code")
	fund, err := s.books.Fund(c.UserContext(), code)
	if err != nil {
		return err
	}
	if fund.Kind != ledger.Subsidy {
		f, err := s.books.RecordPage(c.UserContext(), ledger.RecordQuery{Fund: code, Year: year, Page: 1, PerPage: 1})
		if err != nil {
			return err
		}
		return apiOpen(c, apiFund{
			apiFundYear: fundYearOf(f.Fund, f.Year, f.All), Years: orEmpty(f.Years), Open: f.Open, Until: apiDay(f.Until), Towns: []apiTown{}, Page: fundPath(code, f.Year),
		})
	}
	f, err := s.books.FundPage(c.UserContext(), code, year)
	if err != nil {
		return err
	}
	answer := apiFund{
		apiFundYear: fundYearOf(f.Fund, f.Year, f.County), Years: orEmpty(f.Years), Open: f.ListOpen, Until: apiDay(f.Until), Towns: []apiTown{}, Page: fundPath(code, f.Year),
	}
	towns, folded := townLines(f)
	answer.Folded = folded
	for _, t := range towns {
		town := apiTown{apiRegion: regionOf(t.RegionTally), Villages: []apiRegion{}, Folded: t.Folded}
		for _, v := range t.Villages {
			town.Villages = append(town.Villages, regionOf(v.RegionTally))
		}
		answer.Towns = append(answer.Towns, town)
	}
	return apiOpen(c, answer)
}

// apiPublications are a page of the batches that were ever published.
type apiPublications struct {
	Total int              `json:"total"`
	Items []apiPublication `json:"items"`
	Next  *string          `json:"next"`
}

type apiPublication struct {
	Batch     int64           `json:"batch"`
	Fund      string          `json:"fund"`
	FundName  string          `json:"fund_name"`
	Kind      ledger.FundKind `json:"kind"`
	Period    ledger.Period   `json:"period"`
	Closed    bool            `json:"closed"` // its figures could be one household's, and are not told
	Rows      int             `json:"rows"`
	Total     ledger.Fen      `json:"total_fen"`
	Published time.Time       `json:"published_at"`
	Ended     string          `json:"ended_on"`
	Corrected bool            `json:"corrected"`
	EndReason string          `json:"end_reason"`
	Corrects  int64           `json:"corrects"` // 0 for an ordinary batch
}

const apiPerPage = 50

func (s *Server) apiPublications(c *fiber.Ctx) error {
	page, err := s.pageAt(c.Query("cursor"), "publications")
	if err != nil {
		return err
	}
	list, total, err := s.books.Publications(c.UserContext(), (page-1)*apiPerPage, apiPerPage)
	if err != nil {
		return err
	}
	answer := apiPublications{Total: total, Items: make([]apiPublication, len(list)), Next: s.nextOf(page, total, "publications")}
	for i, p := range list {
		answer.Items[i] = apiPublication{
			p.Batch, p.Fund, p.FundName, p.Kind, p.Period, p.Closed, p.Rows, p.Total, p.PublishedAt.In(ledger.Shanghai), apiDay(p.EndedAt),
			p.Corrected, p.EndReason, p.Corrects,
		}
	}
	return apiOpen(c, answer)
}

// apiAnswers are a page of published answers.
type apiAnswers struct {
	Total int         `json:"total"`
	Items []apiAnswer `json:"items"`
	Next  *string     `json:"next"`
}

type apiAnswer struct {
	No         string `json:"no"` // its page is /answers/NO
	Kind       string `json:"kind"`
	Topic      string `json:"topic"`
	Asked      string `json:"asked"`
	Answered   string `json:"answered"`
	Department string `json:"department"`
	Fund       string `json:"fund"`    // the code; empty when it is about none
	Village    string `json:"village"` // the code
	AskedOn    string `json:"asked_on"`
	On         string `json:"answered_on"`
}

func (s *Server) apiAnswers(c *fiber.Ctx) error {
	page, err := s.pageAt(c.Query("cursor"), "answers")
	if err != nil {
		return err
	}
	answer := apiAnswers{Items: []apiAnswer{}}
	if s.config.Inquiries == nil { // the county has no desk here
		return apiOpen(c, answer)
	}
	list, total, err := s.config.Inquiries.PublicAnswers(c.UserContext(), inquiry.AnswerQuery{Skip: (page - 1) * apiPerPage, Limit: apiPerPage})
	if err != nil {
		return err
	}
	answer.Total, answer.Next = total, s.nextOf(page, total, "answers")
	for _, a := range list {
		answer.Items = append(answer.Items, apiAnswer{
			strconv.FormatInt(a.No, 10), a.Kind.Name(), a.Copy.Title, a.Copy.Question, a.Copy.Answer, a.By, a.Fund, a.Village, apiDay(a.Received), apiDay(a.At),
		})
	}
	return apiOpen(c, answer)
}

// nextOf is the cursor to the page after one; nil after the last.
func (s *Server) nextOf(page, total int, question ...string) *string {
	if page*apiPerPage >= total {
		return nil
	}
	return s.cursorOf(page+1, question...)
}

func apiYearOf(c *fiber.Ctx) (int, error) {
	text := c.Query("year")
	if text == "" {
		return 0, nil
	}
	year, err := yearOf(text)
	if err != nil {
		return 0, fault("year", "应为四位年份。")
	}
	return year, nil
}

// apiDay writes a day, or nothing.
func apiDay(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(ledger.Shanghai).Format(time.DateOnly)
}

// orEmpty is a list that JSON writes as one, also when there is nothing in it.
func orEmpty[T any](list []T) []T { return append([]T{}, list...) }

// yearText is a year in a cursor's mark.
func yearText(year int) string { return strconv.Itoa(year) }
