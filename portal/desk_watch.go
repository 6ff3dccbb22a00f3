package portal

import (
	"net/http"
	"net/url"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"mingbai/ledger"
	"mingbai/ledger/inquiry"
)

// watchParts are how the board of deadlines is cut.
var watchParts = []struct {
	Part inquiry.BoardPart
	Name string
}{{"", "全部"}, {inquiry.BoardLate, "超期"}, {inquiry.BoardSoon, "快到期"}, {inquiry.BoardOrdered, "督办中"}}

// watchLine is a case of the board in words.
type watchLine struct {
	deskLine
	Path    string
	Holder  string
	Late    int
	Order   inquiry.Order
	OrderBy string // by when it is to be answered
}

type deskWatchPage struct {
	OfficeFrame
	Tabs         []deskTab
	Departments  []deskOption
	Part         inquiry.BoardPart
	Tallies      []inquiry.BoardTally
	Lines        []watchLine
	Count        int
	Older, Newer string
}

func (deskWatchPage) view() string { return "pages/office_desk_watch" }

// bureau is how the board names what no department has.
const bureau = "值班室"

func (s *Server) deskWatch(c *fiber.Ctx) error {
	page := min(max(c.QueryInt("page", 1), 1), 10000)
	q := inquiry.BoardQuery{Part: inquiry.BoardPart(c.Query("part")), All: true, Limit: perDeskPage, Skip: (page - 1) * perDeskPage}
	if d, err := strconv.ParseInt(c.Query("department"), 10, 64); err == nil {
		q.All, q.Department = false, d
	}
	board, err := s.config.Desk.Board(c.UserContext(), officerOf(c), q)
	if err != nil {
		return err
	}
	p := deskWatchPage{OfficeFrame: s.officeFrame(c, "督办台", "/office/desk/watch"), Part: q.Part, Tallies: board.Tallies, Count: board.Count}
	for _, t := range watchParts {
		p.Tabs = append(p.Tabs, deskTab{Name: t.Name, Path: watchPath(t.Part, c.Query("department"), 1), Here: t.Part == q.Part})
	}
	for i, t := range board.Tallies {
		if t.Department == 0 {
			p.Tallies[i].Name = bureau
		}
		value := strconv.FormatInt(t.Department, 10)
		p.Departments = append(p.Departments, deskOption{value, p.Tallies[i].Name, value == c.Query("department")})
	}
	for _, l := range board.Lines {
		p.Lines = append(p.Lines, watched(l))
	}
	if page*perDeskPage < board.Count {
		p.Older = watchPath(q.Part, c.Query("department"), page+1)
	}
	if page > 1 {
		p.Newer = watchPath(q.Part, c.Query("department"), page-1)
	}
	return s.show(c, http.StatusOK, p)
}

func watched(l inquiry.BoardLine) watchLine {
	w := watchLine{deskLine: deskLines([]inquiry.Line{l.Line})[0], Path: casePath(l.ID), Late: l.Late, Order: l.Order}
	switch l.Holder {
	case inquiry.Citizen:
		w.Holder = "等来件人补正"
	case ledger.RoleHead:
		w.Holder = "审核人"
	case ledger.RoleHandler:
		w.Holder = l.LeadName
	default:
		w.Holder = bureau
	}
	if l.Answer.Known() {
		w.OrderBy = dayEnd(l.Answer.At)
	}
	return w
}

func watchPath(part inquiry.BoardPart, department string, page int) string {
	v := url.Values{}
	if part != "" {
		v.Set("part", string(part))
	}
	if _, err := strconv.ParseInt(department, 10, 64); err == nil {
		v.Set("department", department)
	}
	if page > 1 {
		v.Set("page", strconv.Itoa(page))
	}
	if len(v) == 0 {
		return "/office/desk/watch"
	}
	return "/office/desk/watch?" + v.Encode()
}

type deskOrderPage struct {
	OfficeFrame
	inquiry.Dossier
	Orders []inquiry.OrderPaper
	Names  map[string]string
	Path   string
}

func (deskOrderPage) view() string { return "pages/office_desk_order" }

// Who is whoever ordered, answered or lifted, by name.
func (p deskOrderPage) Who(by inquiry.Actor) string {
	return whoDid(by, p.Names)
}

// deskOrder is a case's orders of 督办 as a paper.
func (s *Server) deskOrder(c *fiber.Ctx) error {
	ctx, login, id := c.UserContext(), officerOf(c), param(c, "case")
	dossier, err := s.config.Desk.Dossier(ctx, login, id)
	if err != nil {
		return err
	}
	p := deskOrderPage{OfficeFrame: s.officeFrame(c, "督办令", "/office/desk"), Dossier: dossier, Path: casePath(id)}
	if p.Orders, err = s.config.Desk.Orders(ctx, login, id); err != nil {
		return err
	}
	if p.Names, err = s.officerNames(ctx); err != nil {
		return err
	}
	return s.show(c, http.StatusOK, p)
}
