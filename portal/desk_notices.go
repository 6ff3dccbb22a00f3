package portal

import (
	"net/http"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"mingbai/ledger"
	"mingbai/ledger/inquiry"
)

// homeNotices is how many notices of the desk the home shows.
const homeNotices = 8

// deskNotice is a notice of 督办 as an officer reads it.
type deskNotice struct {
	inquiry.Notice
	Path  string
	Class string
}

// Until is the end of the day that it was due on.
func (n deskNotice) Until() string { return dayEnd(n.Due) }

// Title is what it is about.
func (n deskNotice) Title() string {
	switch {
	case n.Sealed:
		return "一件密封件"
	case n.Line.ID == "":
		return n.Day().Format("1月2日") + "的来件登记册"
	}
	return n.Line.Subject
}

func deskNotices(list []inquiry.Notice) []deskNotice {
	all := make([]deskNotice, len(list))
	for i, n := range list {
		all[i] = deskNotice{Notice: n, Class: urgencyClasses[n.Level], Path: casePath(n.Line.ID)}
		switch {
		case n.Sealed:
			all[i].Path = "/office/desk/sealed"
		case n.Line.ID == "":
			all[i].Path = "/office/desk/days"
		}
	}
	return all
}

type deskNoticesPage struct {
	OfficeFrame
	Notices      []deskNotice
	Fresh        int
	Beyond       bool  // and more
	Upto         int64 // the newest that this page shows
	Older, Newer string
}

func (deskNoticesPage) view() string { return "pages/office_desk_notices" }

// freshNotices are what the home shows of them; none for who has no part in the desk.
func (s *Server) freshNotices(c *fiber.Ctx) (list inquiry.Notices, err error) {
	if s.config.Desk == nil || !stay(c).Officer.May(ledger.ActSeeInquiries) {
		return list, nil
	}
	return s.config.Desk.Notices(c.UserContext(), officerOf(c), true, 0, homeNotices)
}

func (s *Server) deskNotices(c *fiber.Ctx) error {
	page := min(max(c.QueryInt("page", 1), 1), 10000)
	list, err := s.config.Desk.Notices(c.UserContext(), officerOf(c), false, (page-1)*perDeskPage, perDeskPage)
	if err != nil {
		return err
	}
	p := deskNoticesPage{OfficeFrame: s.officeFrame(c, "督办通知", "/office/desk"), Notices: deskNotices(list.Lines), Fresh: list.Fresh, Beyond: list.Beyond}
	if len(list.Lines) > 0 && page == 1 {
		p.Upto = list.Lines[0].No
	}
	if list.More {
		p.Older = "/office/desk/notices?page=" + strconv.Itoa(page+1)
	}
	if page > 1 {
		p.Newer = "/office/desk/notices?page=" + strconv.Itoa(page-1)
	}
	return s.show(c, http.StatusOK, p)
}

// putAwayNotices puts away what was shown; what has come since stays.
func (s *Server) putAwayNotices(c *fiber.Ctx) error {
	upto, err := strconv.ParseInt(c.FormValue("upto"), 10, 64)
	if err != nil || upto < 1 {
		return errForm
	}
	if err := s.config.Desk.PutAwayNotices(c.UserContext(), officerOf(c), upto); err != nil {
		return err
	}
	return c.Redirect("/office/desk/notices?said=away", http.StatusSeeOther)
}

// messageFaults are what the operator is told of messages to citizens that the gateway did not take.
type messageFaults struct {
	Given, Trying int
	Said          string
}

func (s *Server) messageFaults(c *fiber.Ctx) (f messageFaults, err error) {
	if s.config.Desk == nil || !stay(c).Officer.May(ledger.ActCareForSearch) {
		return f, nil
	}
	f.Given, f.Trying, f.Said, err = s.config.Desk.MessageFaults(c.UserContext())
	return f, err
}
