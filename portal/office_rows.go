package portal

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"mingbai/ledger"
)

const rowsPerPage = 50

type rowsPage struct {
	OfficeFrame
	ledger.BatchRows
	Name      field
	Page      int
	Pages     int
	MayAsk    bool
	MayUpload bool
}

func (rowsPage) view() string { return "pages/office_rows" }

// Path leads to another page of the same rows.
func (p rowsPage) Path(page int) string {
	q := url.Values{}
	if p.Name.Value != "" {
		q.Set("name", p.Name.Value)
	}
	if page > 1 {
		q.Set("page", strconv.Itoa(page))
	}
	path := batchPath(p.No, "/rows")
	if len(q) > 0 {
		path += "?" + q.Encode()
	}
	return path
}

// Previous is the page before.
func (p rowsPage) Previous() int { return p.Page - 1 }

// Next is the page after.
func (p rowsPage) Next() int { return p.Page + 1 }

func pageQuery(page int) string {
	if page <= 1 {
		return ""
	}
	return "?page=" + strconv.Itoa(page)
}

// batchRows lists what a batch made public, row by row. A number is no name, and is never searched for: it would stand in
// the address.
func (s *Server) batchRows(c *fiber.Ctx) error {
	no, err := numberIn(c, "no")
	if err != nil {
		return err
	}
	p := rowsPage{
		OfficeFrame: s.officeFrame(c, "已公开的行", "/office/review"),
		Name:        field{Name: "name", Label: "姓名", Auto: "off", Value: strings.TrimSpace(c.Query("name"))},
	}
	if digitsIn(p.Name.Value) >= 6 || len([]rune(p.Name.Value)) > 40 {
		return ledger.Errorf(ledger.KindInvalid, "按姓名查，请不要填号码。")
	}
	if p.Page, err = pageOf(c.Query("page")); err != nil {
		return err
	}
	p.BatchRows, err = s.config.Review.BatchRows(c.UserContext(), officerOf(c), ledger.BatchRowsQuery{
		Batch: no, Name: s.config.Normalise(p.Name.Value), Page: p.Page, PerPage: rowsPerPage,
	})
	if err != nil {
		return err
	}
	p.Pages = max(1, (p.Found+rowsPerPage-1)/rowsPerPage)
	if p.Page > p.Pages {
		return ledger.ErrNotFound
	}
	o := stay(c).Officer
	p.MayAsk = o.May(ledger.ActAsk) && p.State == ledger.Published
	p.MayUpload = o.May(ledger.ActUpload) && p.State == ledger.Published
	return s.show(c, http.StatusOK, p)
}
