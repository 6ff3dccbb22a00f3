package portal

import (
	"net/http"
	"time"

	"github.com/gofiber/fiber/v2"

	"mingbai/ledger"
	"mingbai/ledger/inquiry"
)

// registerDays is how far back the register's page goes; alarmDays how far back an unsigned day is still cried out.
const (
	registerDays = 30
	alarmDays    = 10
)

type deskDaysPage struct {
	OfficeFrame
	Days  []inquiry.Day
	Duty  bool
	Names map[string]string
}

func (deskDaysPage) view() string { return "pages/office_desk_days" }

// Name is an officer's name; the login where there is none.
func (p deskDaysPage) Name(login string) string {
	if name := p.Names[login]; name != "" {
		return name
	}
	return login
}

// Mine says whether a day waits for this officer's signature.
func (p deskDaysPage) Mine(d inquiry.Day) bool {
	return p.Duty && d.SecondBy == "" && d.FirstBy != p.Officer.Login
}

// pastDays are the days of the register up to yesterday.
func (s *Server) pastDays(c *fiber.Ctx, n int) ([]inquiry.Day, error) {
	yesterday := ledger.DateOf(time.Now()).AddDate(0, 0, -1)
	return s.config.Desk.Days(c.UserContext(), yesterday.AddDate(0, 0, 1-n), yesterday)
}

// unsignedDays counts the past days that are not closed. A desk that was never opened has none to close.
func (s *Server) unsignedDays(c *fiber.Ctx) (n int, err error) {
	days, err := s.pastDays(c, alarmDays)
	for _, d := range days {
		if d.SecondBy == "" && d.Received > 0 {
			n++
		}
	}
	return n, err
}

func (s *Server) deskDays(c *fiber.Ctx) error { return s.showDays(c, http.StatusOK, "") }

func (s *Server) showDays(c *fiber.Ctx, status int, fault string) (err error) {
	p := deskDaysPage{OfficeFrame: s.officeFrame(c, "来件登记册", "/office/desk")}
	p.Fault, p.Duty = fault, p.Officer.Has(ledger.RoleDuty)
	if p.Days, err = s.pastDays(c, registerDays); err != nil {
		return err
	}
	if p.Names, err = s.officerNames(c.UserContext()); err != nil {
		return err
	}
	return s.show(c, status, p)
}

func (s *Server) signDay(c *fiber.Ctx) error {
	day, err := time.ParseInLocation(time.DateOnly, c.FormValue("day"), ledger.Shanghai)
	if err != nil {
		return errForm
	}
	failed := s.config.Desk.SignDay(c.UserContext(), officerOf(c), day, c.FormValue("note"))
	if status, fault, ours := deskRefusal(failed); ours {
		return s.showDays(c, status, fault)
	}
	if failed != nil {
		return failed
	}
	return c.Redirect("/office/desk/days?said=signed", http.StatusSeeOther)
}

// deskRefusal is how a form of the desk answers what the law refuses: what moved in the meantime is a conflict.
func deskRefusal(err error) (status int, message string, ours bool) {
	if err == nil {
		return 0, "", false
	}
	switch ledger.KindOf(err) {
	case ledger.KindInvalid:
		return http.StatusUnprocessableEntity, ledger.MessageOf(err), true
	case ledger.KindConflict:
		return http.StatusConflict, ledger.MessageOf(err), true
	case ledger.KindDenied:
		return http.StatusForbidden, ledger.MessageOf(err), true
	}
	return 0, "", false
}
