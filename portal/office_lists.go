package portal

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"mingbai/ingest"
	"mingbai/ledger"
)

// Lists is what the office asks of the county's code lists.
type Lists interface {
	Codes(ctx context.Context, list ledger.CodeList, q ledger.CodeQuery) ([]ledger.CodeLine, int, error)
	Code(ctx context.Context, list ledger.CodeList, key []string) (ledger.CodeLine, error)
	SaveCodes(ctx context.Context, by string, list ledger.CodeList, lines []ledger.CodeLine) error
	RetireCode(ctx context.Context, by string, list ledger.CodeList, key []string, retired bool) error
	CodeHistory(ctx context.Context, list ledger.CodeList, code string, before int64, n int) ([]ledger.CodeEdit, error)
	CodesHeld(ctx context.Context, list ledger.CodeList) (bool, error)
	HoldCodes(ctx context.Context, by string, list ledger.CodeList, held bool) error
	KeepImport(ctx context.Context, by string, list ledger.CodeList, lines []ledger.CodeLine) (id string, err error)
	TakeImport(ctx context.Context, by string, list ledger.CodeList, id string) (int, error)
	// Table reads a workbook as texts, where a crafted one can do no harm.
	Table(ctx context.Context, content []byte) ([]ingest.TableRow, error)
	County() string
}

const (
	listLines = 50      // on a page
	maxTable  = 4 << 20 // bytes of a workbook to import
)

func (s *Server) listRoutes() {
	keep := able(ledger.ActManageCodes)
	s.door(http.MethodGet, "/office/lists", keep, s.lists)
	s.door(http.MethodGet, "/office/lists/:list", keep, s.list)
	s.door(http.MethodPost, "/office/lists/:list/held", keep, s.holdList)
	s.door(http.MethodGet, "/office/lists/:list/history", keep, s.listHistory)
	s.door(http.MethodGet, "/office/lists/:list/export", keep, s.exportList)
	s.door(http.MethodPost, "/office/lists/:list/import", keep.with(maxTable), s.importList)
	s.door(http.MethodPost, "/office/lists/:list/import/save", keep, s.saveImport)
	s.door(http.MethodGet, "/office/lists/:list/line", keep, s.listLine)
	s.door(http.MethodPost, "/office/lists/:list/line", keep, s.saveLine)
	s.door(http.MethodPost, "/office/lists/:list/retire", keep, s.retireLine)
}

// listOf is the list that an address names, and the frame of its pages.
func listOf(c *fiber.Ctx) (ledger.CodeList, error) { return ledger.CodeListOf(c.Params("list")) }

func listPath(list ledger.CodeList) string { return "/office/lists/" + list.ID }

// linePath is where a line is changed. Its key stands in the query, for it may hold anything.
func linePath(list ledger.CodeList, line ledger.CodeLine) string {
	return listPath(list) + "/line?" + url.Values{"key": line.Values[:list.Key]}.Encode()
}

// keyOf are the values of a line's key in an address or a form; nil when there are none.
func keyOf(c *fiber.Ctx, list ledger.CodeList) []string {
	args := c.Context().QueryArgs()
	if c.Method() == http.MethodPost {
		args = c.Context().PostArgs()
	}
	var key []string
	for _, v := range args.PeekMulti("key") {
		key = append(key, string(v))
	}
	if len(key) != list.Key {
		return nil
	}
	return key
}

type listsPage struct {
	OfficeFrame
	Lists []listSummary
}

type listSummary struct {
	ledger.CodeList
	Path  string
	Lines int
	Held  bool
}

func (listsPage) view() string { return "pages/office_lists" }

func (s *Server) lists(c *fiber.Ctx) error {
	p := listsPage{OfficeFrame: s.officeFrame(c, "名录", "/office/lists")}
	for _, l := range ledger.CodeLists {
		_, total, err := s.config.Lists.Codes(c.UserContext(), l, ledger.CodeQuery{Limit: 1})
		if err != nil {
			return err
		}
		held, err := s.config.Lists.CodesHeld(c.UserContext(), l)
		if err != nil {
			return err
		}
		p.Lists = append(p.Lists, listSummary{l, listPath(l), total, held})
	}
	return s.show(c, http.StatusOK, p)
}

type listPage struct {
	OfficeFrame
	List         ledger.CodeList
	Path         string
	Words        string
	Retired      bool
	Lines        []listLine
	Total        int
	Held         bool
	Newer, Older string // addresses; empty where there is no such page
	File         field
}

// listLine is a line as it is shown: choices by their words.
type listLine struct {
	Path    string
	Cells   []listCell
	Retired bool
}

type listCell struct {
	Label, Text string
	Long        bool
}

func (listPage) view() string { return "pages/office_list" }

func shownCells(list ledger.CodeList, values []string) []listCell {
	cells := make([]listCell, len(values))
	for i, v := range values {
		for _, choice := range list.Columns[i].Choices {
			if choice.Value == v {
				v = choice.Name
			}
		}
		cells[i] = listCell{list.Columns[i].Label, v, list.Columns[i].Long}
	}
	return cells
}

func (s *Server) newListPage(c *fiber.Ctx) (p listPage, err error) {
	list, err := listOf(c)
	if err != nil {
		return p, err
	}
	page := max(1, c.QueryInt("page", 1))
	p = listPage{
		OfficeFrame: s.officeFrame(c, list.Name, "/office/lists"), List: list, Path: listPath(list), Words: strings.TrimSpace(c.Query("words")),
		Retired: c.Query("retired") != "",
		File:    field{Name: "file", Label: "改好的表", Type: "file", Auto: "off", Hint: "xlsx，列和导出的一样，最大4MB。先显示会改什么，再由您决定保存。"},
	}
	q := ledger.CodeQuery{Words: p.Words, Retired: p.Retired, Skip: (page - 1) * listLines, Limit: listLines}
	lines, total, err := s.config.Lists.Codes(c.UserContext(), list, q)
	if err != nil {
		return p, err
	}
	if p.Held, err = s.config.Lists.CodesHeld(c.UserContext(), list); err != nil {
		return p, err
	}
	p.Total = total
	for _, l := range lines {
		p.Lines = append(p.Lines, listLine{linePath(list, l), shownCells(list, l.Values), l.Retired})
	}
	at := func(page int) string {
		v := url.Values{"page": {strconv.Itoa(page)}}
		if p.Words != "" {
			v.Set("words", p.Words)
		}
		if p.Retired {
			v.Set("retired", "1")
		}
		return p.Path + "?" + v.Encode()
	}
	if page > 1 {
		p.Newer = at(page - 1)
	}
	if page*listLines < total {
		p.Older = at(page + 1)
	}
	return p, nil
}

func (s *Server) list(c *fiber.Ctx) error {
	p, err := s.newListPage(c)
	if err != nil {
		return err
	}
	return s.show(c, http.StatusOK, p)
}

func (s *Server) holdList(c *fiber.Ctx) error {
	list, err := listOf(c)
	if err != nil {
		return err
	}
	if err := s.config.Lists.HoldCodes(c.UserContext(), officerOf(c), list, c.FormValue("held") != ""); err != nil {
		return err
	}
	return c.Redirect(listPath(list)+"?said=saved", http.StatusSeeOther)
}

type listHistoryPage struct {
	OfficeFrame
	List  ledger.CodeList
	Path  string
	Code  string
	Edits []listEdit
	Older string
}

func (listHistoryPage) view() string { return "pages/office_list_history" }

// listEdit is a change in words: what it was about, and from what to what.
type listEdit struct {
	ledger.CodeEdit
	What    string
	Changes []string
}

func (s *Server) listHistory(c *fiber.Ctx) error {
	list, err := listOf(c)
	if err != nil {
		return err
	}
	before, _ := strconv.ParseInt(c.Query("before"), 10, 64)
	p := listHistoryPage{OfficeFrame: s.officeFrame(c, list.Name+"的修改记录", "/office/lists"), List: list, Path: listPath(list), Code: c.Query("code")}
	edits, err := s.config.Lists.CodeHistory(c.UserContext(), list, p.Code, before, listLines+1)
	if err != nil {
		return err
	}
	if len(edits) > listLines {
		edits = edits[:listLines]
		p.Older = p.Path + "/history?" + url.Values{"before": {strconv.FormatInt(edits[listLines-1].Seq, 10)}, "code": {p.Code}}.Encode()
	}
	for _, e := range edits {
		p.Edits = append(p.Edits, editInWords(list, e))
	}
	return s.show(c, http.StatusOK, p)
}

func editInWords(list ledger.CodeList, e ledger.CodeEdit) listEdit {
	out := listEdit{CodeEdit: e, What: "修改"}
	switch {
	case e.Ended:
		out.What = "停用"
	case e.Before == nil:
		out.What = "新增"
	}
	after := shownCells(list, e.After)
	if e.Before == nil {
		for _, cell := range after {
			if cell.Text != "" {
				out.Changes = append(out.Changes, cell.Label+"："+cell.Text)
			}
		}
		return out
	}
	for i, was := range shownCells(list, e.Before) {
		if was.Text != after[i].Text {
			out.Changes = append(out.Changes, was.Label+"：“"+was.Text+"”改为“"+after[i].Text+"”")
		}
	}
	if len(out.Changes) == 0 && !e.Ended {
		out.What = "恢复"
	}
	return out
}
