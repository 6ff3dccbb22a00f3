package portal

import (
	"slices"

	"github.com/gofiber/fiber/v2"

	"mingbai/ledger"
)

// apiRecords are a page of the rows of some kinds of tables, over all funds of these kinds that are open.
type apiRecords struct {
	Total int         `json:"total"` // rows that may be seen today
	Items []apiRecord `json:"items"`
	Next  *string     `json:"next"`
}

// apiRecord is a row as it was published. Its fields have the names of the program's documents (project_name, authorised…);
// what the sheet does not say is not there.
type apiRecord struct {
	Fund     string                `json:"fund"`
	FundName string                `json:"fund_name"`
	Year     int                   `json:"year"`
	Section  string                `json:"section"`
	Depth    int                   `json:"depth"`
	Text     map[string]string     `json:"text"`
	Money    map[string]ledger.Fen `json:"money_fen"`
	Count    map[string]int64      `json:"count"`
	Dates    map[string]string     `json:"dates"`
	Batch    int64                 `json:"batch"`
	File     string                `json:"file"`
	Sheet    string                `json:"sheet"`
	Row      int                   `json:"row"`
}

// The kinds that are given out row by row. A staff roster is not among them: it names people.
var (
	projectKinds = []ledger.FundKind{ledger.Project}
	agencyKinds  = []ledger.FundKind{ledger.Agency}
)

var recordParams = []apiParam{{Name: "fund", What: "只要这个项目代码的"}, {Name: "year", What: "年份；不给就是各自最近一年", Number: true}, cursorParam}

func (s *Server) apiRecordsOf(kinds []ledger.FundKind) fiber.Handler {
	return func(c *fiber.Ctx) error {
		year, err := apiYearOf(c)
		if err != nil {
			return err
		}
		only := c.Query("fund")
		question := []string{"records", string(kinds[0]), only, yearText(year)}
		page, err := s.pageAt(c.Query("cursor"), question...)
		if err != nil {
			return err
		}
		funds, err := s.books.Funds(c.UserContext())
		if err != nil {
			return err
		}
		answer := apiRecords{Items: []apiRecord{}}
		before := 0 // pages of the funds passed
		pages := 0
		for _, f := range funds {
			if !slices.Contains(kinds, f.Kind) || f.Year == 0 || only != "" && f.Code != only {
				continue
			}
			asked := ledger.RecordQuery{Fund: f.Code, Year: year, Page: max(1, page-before), PerPage: recordsPerPage}
			found, err := s.books.RecordPage(c.UserContext(), asked)
			if ledger.KindOf(err) == ledger.KindNotFound { // nothing in that year
				continue
			}
			if err != nil {
				return err
			}
			answer.Total += found.Shown
			held := (found.Shown + recordsPerPage - 1) / recordsPerPage
			if page > before && page <= before+held {
				answer.Items = apiRecordsIn(found)
			}
			before += held
			pages = before
		}
		if page > 1 && page > pages {
			return ledger.ErrNotFound
		}
		if page < pages {
			answer.Next = s.cursorOf(page+1, question...)
		}
		return apiOpen(c, answer)
	}
}

func apiRecordsIn(f ledger.RecordPage) []apiRecord {
	items := make([]apiRecord, len(f.Rows))
	for i, r := range f.Rows {
		dates := map[string]string{}
		for field, day := range r.Dates {
			dates[field] = apiDay(day)
		}
		items[i] = apiRecord{
			f.Code, f.Name, f.Year, r.Section, r.Depth, orNone(r.Text), orNone(r.Money), orNone(r.Count), dates, r.Batch, r.FileName, r.Sheet, r.SheetRow,
		}
	}
	return items
}

func orNone[V any](m map[string]V) map[string]V {
	if m == nil {
		return map[string]V{}
	}
	return m
}
