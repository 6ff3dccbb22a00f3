package portal

import (
	"encoding/base64"
	"errors"
	"html/template"
	"net/http"
	"strconv"

	"github.com/gofiber/fiber/v2"
	"github.com/skip2/go-qrcode"

	"mingbai/ledger"
	"mingbai/ledger/account"
)

type officeHomePage struct {
	OfficeFrame
	Session     ledger.Session
	Acts        []officeAct
	Work        []workSection
	Works       bool // there is a list of what waits
	Alarms      int  // of somebody who copies lists
	Unsent      messageFaults
	Urged       int  // notices of the desk that were not put away
	UrgedBeyond bool // and more
	Notices     []deskNotice
}

func (officeHomePage) view() string { return "pages/office_home" }

// officeAct is something that the officer may do, and how far.
type officeAct struct{ Name, Reach string }

func (s *Server) officeHome(c *fiber.Ctx) error {
	session := stay(c)
	p := officeHomePage{OfficeFrame: s.officeFrame(c, "工作台", "/office"), Session: session}
	for _, a := range ledger.Actions {
		switch session.Officer.ReachOf(a) {
		case ledger.ReachOwn:
			reach := "全县"
			if session.Officer.Place != "" {
				reach = "只限" + session.Officer.Place
			}
			p.Acts = append(p.Acts, officeAct{a.Name(), reach})
		case ledger.ReachCounty:
			p.Acts = append(p.Acts, officeAct{a.Name(), "全县"})
		}
	}
	if p.Works = s.config.Work != nil; p.Works {
		var err error
		if p.Work, err = s.workOf(c); err != nil {
			return err
		}
	}
	var err error
	if p.Alarms, err = s.alarmsFor(c); err != nil {
		return err
	}
	if p.Unsent, err = s.messageFaults(c); err != nil {
		return err
	}
	urged, err := s.freshNotices(c)
	if err != nil {
		return err
	}
	p.Urged, p.UrgedBeyond, p.Notices = urged.Fresh, urged.Beyond, deskNotices(urged.Lines)
	return s.show(c, http.StatusOK, p)
}

type accountPage struct {
	OfficeFrame
	Session  ledger.Session
	Sessions []ledger.Session
	Password field // asked for before new recovery codes are made
}

func (accountPage) view() string { return "pages/office_account" }

func (s *Server) newAccountPage(c *fiber.Ctx) (p accountPage, err error) {
	p = accountPage{OfficeFrame: s.officeFrame(c, "我的账号", "/office/account"), Session: stay(c), Password: nowField()}
	p.Sessions, err = s.office.Sessions(c.UserContext(), officerOf(c))
	return p, err
}

func nowField() field {
	return field{Name: "password", Label: "现在的密码", Type: "password", Auto: "current-password"}
}

// ofPassword says that a refusal is about the password in use and not about what was asked for with it.
func ofPassword(err error) bool {
	return errors.Is(err, ledger.ErrWrongPassword) || ledger.KindOf(err) == ledger.KindTooMany
}

func (s *Server) accountPage(c *fiber.Ctx) error {
	p, err := s.newAccountPage(c)
	if err != nil {
		return err
	}
	return s.show(c, http.StatusOK, p)
}

func (s *Server) newRecovery(c *fiber.Ctx) error {
	codes, err := s.office.NewRecovery(c.UserContext(), officerOf(c), c.FormValue("password"))
	if status, message, ok := refusal(err); ok {
		p, err := s.newAccountPage(c)
		if err != nil {
			return err
		}
		p.Password.Fault = message
		return s.show(c, status, p)
	}
	if err != nil {
		return err
	}
	return s.show(c, http.StatusOK, codesPage{s.officeFrame(c, "恢复码", ""), codes})
}

func (s *Server) endSession(c *fiber.Ctx) error {
	no, err := strconv.ParseInt(c.FormValue("no"), 10, 64)
	if err != nil {
		return ledger.ErrNotFound
	}
	if err := s.office.EndSession(c.UserContext(), officerOf(c), no); err != nil {
		return err
	}
	return c.Redirect("/office/account?said=session", http.StatusSeeOther)
}

func (s *Server) endOtherSessions(c *fiber.Ctx) error {
	if err := s.office.EndOtherSessions(c.UserContext(), officerOf(c), stay(c).No); err != nil {
		return err
	}
	return c.Redirect("/office/account?said=sessions", http.StatusSeeOther)
}

type passwordPage struct {
	OfficeFrame
	Forced                   bool
	Login, Now, First, Again field
}

func (passwordPage) view() string { return "pages/office_password" }

func (s *Server) newPasswordPage(c *fiber.Ctx) passwordPage {
	p := passwordPage{
		OfficeFrame: s.officeFrame(c, "修改密码", "/office/account"), Forced: stay(c).Step == ledger.StepPassword,
		Login: loginField(officerOf(c)), Now: nowField(),
	}
	p.First, p.Again = newPasswordFields()
	return p
}

func (s *Server) passwordPage(c *fiber.Ctx) error {
	return s.show(c, http.StatusOK, s.newPasswordPage(c))
}

func (s *Server) changePassword(c *fiber.Ctx) error {
	p := s.newPasswordPage(c)
	next := c.FormValue("new")
	if next != c.FormValue("again") {
		p.Again.Fault = notTwice
		return s.show(c, http.StatusUnprocessableEntity, p)
	}
	if p.First.Fault = account.Fault(next, officerOf(c)); p.First.Fault != "" { // told before the old one is looked at
		return s.show(c, http.StatusUnprocessableEntity, p)
	}
	entry, err := s.office.ChangePassword(c.UserContext(), s.sessionToken(c), c.FormValue("password"), next)
	if status, message, ok := refusal(err); ok {
		if ofPassword(err) {
			p.Now.Fault = message
		} else {
			p.First.Fault = message
		}
		return s.show(c, status, p)
	}
	if err != nil {
		return err
	}
	s.admit(c, entry)
	return c.Redirect("/office?said=password", http.StatusSeeOther)
}

type enrolPage struct {
	OfficeFrame
	Forced, Again bool         // the role demands it; there is one already
	Picture       template.URL // the square code
	Key           string       // for those who cannot scan
	Code, Now     field
}

func (enrolPage) view() string { return "pages/office_enrol" }

func (s *Server) newEnrolPage(c *fiber.Ctx) (enrolPage, error) {
	session := stay(c)
	p := enrolPage{
		OfficeFrame: s.officeFrame(c, "绑定两步验证", "/office/account"),
		Forced:      session.Step == ledger.StepEnrol, Again: session.HasSecondFactor,
		Code: field{Name: "code", Label: "手机上现在的验证码", Hint: "6位数字，每30秒换一次。", Auto: "one-time-code", Keys: "numeric"},
		Now:  nowField(),
	}
	secret, err := s.office.EnrolKey(c.UserContext(), s.sessionToken(c))
	if err != nil {
		return p, err
	}
	for i := 0; i < len(secret); i += 4 {
		p.Key += secret[i:min(i+4, len(secret))] + " "
	}
	uri, err := account.KeyURI(s.config.County+"明白账", session.Officer.Login, secret)
	if err != nil {
		return p, err
	}
	png, err := qrcode.Encode(uri, qrcode.Medium, 240)
	p.Picture = template.URL("data:image/png;base64," + base64.StdEncoding.EncodeToString(png))
	return p, err
}

func (s *Server) enrolPage(c *fiber.Ctx) error {
	p, err := s.newEnrolPage(c)
	if err != nil {
		return err
	}
	return s.show(c, http.StatusOK, p)
}

// codesPage shows recovery codes, once: they are kept as hashes.
type codesPage struct {
	OfficeFrame
	Codes []string
}

func (codesPage) view() string { return "pages/office_codes" }

func (s *Server) enrol(c *fiber.Ctx) error {
	entry, codes, failed := s.office.Enrol(c.UserContext(), s.sessionToken(c), c.FormValue("password"), c.FormValue("code"))
	if errors.Is(failed, ledger.ErrNotFound) {
		return s.toLogin(c)
	}
	if status, message, ok := refusal(failed); ok {
		p, err := s.newEnrolPage(c)
		if err != nil {
			return err
		}
		if ofPassword(failed) {
			p.Now.Fault = message
		} else {
			p.Code.Fault = message
		}
		return s.show(c, status, p)
	}
	if failed != nil {
		return failed
	}
	s.admit(c, entry)
	p := codesPage{s.officeFrame(c, "恢复码", ""), codes}
	p.Token = s.officeToken(entry.Token) // the old one ended with the old session
	return s.show(c, http.StatusOK, p)
}
