package portal

import (
	"net/http"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"mingbai/ledger"
)

type officersPage struct {
	OfficeFrame
	Officers []ledger.Account
}

func (officersPage) view() string { return "pages/office_officers" }

func (s *Server) officers(c *fiber.Ctx) error {
	p := officersPage{OfficeFrame: s.officeFrame(c, "账号", "/office/officers")}
	var err error
	if p.Officers, err = s.office.Officers(c.UserContext()); err != nil {
		return err
	}
	return s.show(c, http.StatusOK, p)
}

// officerForm is what the one who manages accounts fills in.
type officerForm struct {
	Login      string   `form:"login"`
	Name       string   `form:"name"`
	Roles      []string `form:"roles"`
	Department int64    `form:"department"`
}

func (f officerForm) officer(login string) ledger.Officer {
	o := ledger.Officer{Login: login, Name: f.Name, Department: f.Department}
	for _, r := range f.Roles {
		o.Roles = append(o.Roles, ledger.OfficeRole(r))
	}
	return o
}

type officerPage struct {
	OfficeFrame
	New         bool
	Account     ledger.Account
	Login, Name field
	Roles       []choice
	RolesFault  string
	Places      []choice
	PlaceFault  string
}

// faulty puts a refusal beside the field that it is about; one about none stands above the form.
func (p *officerPage) faulty(o ledger.Officer, err error, message string) {
	field, _ := o.Fault()
	switch {
	case field == "name":
		p.Name.Fault = message
	case field == "roles":
		p.RolesFault = message
	case field == "login" || p.New && ledger.KindOf(err) == ledger.KindConflict:
		p.Login.Fault = message
	case ledger.KindOf(err) == ledger.KindInvalid:
		p.PlaceFault = message
	default:
		p.Fault = message
	}
}

func (officerPage) view() string { return "pages/office_officer" }

// choice is one of several to tick or to pick.
type choice struct {
	Value  string
	Name   string
	Hint   string
	Chosen bool
}

var roleHints = map[ledger.OfficeRole]string{
	ledger.RoleClerk: "上传清册，改错", ledger.RoleCertifier: "复核、公开、撤回", ledger.RoleDuty: "登记、分办群众来件", ledger.RoleHandler: "承办来件",
	ledger.RoleHead: "审核答复", ledger.RoleSupervisor: "盯时限、督办", ledger.RoleAuditor: "看批次和审计记录", ledger.RoleDiscipline: "受理举报，看审计记录",
	ledger.RoleAdmin: "管账号、部门、名录",
}

func (s *Server) newOfficerPage(c *fiber.Ctx, acc ledger.Account) (officerPage, error) {
	p := officerPage{
		OfficeFrame: s.officeFrame(c, "账号", "/office/officers"), Account: acc,
		Login: field{Name: "login", Label: "账号", Value: acc.Login, Auto: "off", Hint: "2到32个小写字母或数字，中间可以有点和横线。建好后不能改。"},
		Name:  field{Name: "name", Label: "姓名", Value: acc.Name, Auto: "off"},
	}
	for _, r := range ledger.OfficeRoles {
		hint := roleHints[r]
		if r.NeedsSecondFactor() {
			hint += "（要两步验证）"
		}
		p.Roles = append(p.Roles, choice{string(r), r.Name(), hint, acc.Has(r) || acc.Disabled && (ledger.Officer{Roles: acc.Roles}).Has(r)})
	}
	list, err := s.office.Departments(c.UserContext())
	p.Places = []choice{{"0", "不属于股室或乡镇（管全县）", "", acc.Department == 0}}
	for _, d := range list {
		p.Places = append(p.Places, choice{strconv.FormatInt(d.ID, 10), d.Name, d.Kind.Name(), d.ID == acc.Department})
	}
	return p, err
}

func (s *Server) newOfficer(c *fiber.Ctx) error {
	p, err := s.newOfficerPage(c, ledger.Account{})
	if err != nil {
		return err
	}
	p.New = true
	return s.show(c, http.StatusOK, p)
}

func (s *Server) officer(c *fiber.Ctx) error {
	acc, err := s.office.Account(c.UserContext(), c.Params("login"))
	if err != nil {
		return err
	}
	p, err := s.newOfficerPage(c, acc)
	if err != nil {
		return err
	}
	p.Login.Fixed, p.Login.Hint = true, ""
	return s.show(c, http.StatusOK, p)
}

var errForm = ledger.Errorf(ledger.KindInvalid, "表单没有读懂，请返回再填一次。")

// addOfficer makes an account and, with it, the link by which its officer sets the first password.
func (s *Server) addOfficer(c *fiber.Ctx) error {
	var form officerForm
	if c.BodyParser(&form) != nil {
		return errForm
	}
	o := form.officer(form.Login)
	failed := s.office.AddOfficer(c.UserContext(), officerOf(c), o)
	if status, message, ok := refusal(failed); ok {
		p, err := s.newOfficerPage(c, ledger.Account{Officer: o})
		if err != nil {
			return err
		}
		p.New = true
		p.faulty(o, failed, message)
		return s.show(c, status, p)
	}
	if failed != nil {
		return failed
	}
	return s.showLink(c, o.Login)
}

func (s *Server) changeOfficer(c *fiber.Ctx) error {
	acc, err := s.office.Account(c.UserContext(), c.Params("login"))
	if err != nil {
		return err
	}
	var form officerForm
	if c.BodyParser(&form) != nil {
		return errForm
	}
	o := form.officer(acc.Login)
	failed := s.office.ChangeOfficer(c.UserContext(), officerOf(c), o)
	if status, message, ok := refusal(failed); ok {
		acc.Name, acc.Roles, acc.Department = o.Name, o.Roles, o.Department
		p, err := s.newOfficerPage(c, acc)
		if err != nil {
			return err
		}
		p.Login.Fixed, p.Login.Hint = true, ""
		p.faulty(o, failed, message)
		return s.show(c, status, p)
	}
	if failed != nil {
		return failed
	}
	return c.Redirect("/office/officers?said=saved", http.StatusSeeOther)
}

// madePage shows a one-time link, once, to the one who hands it over.
type madePage struct {
	OfficeFrame
	Login, Address string
	Until          time.Time
}

func (madePage) view() string { return "pages/office_made" }

func (s *Server) newLink(c *fiber.Ctx) error { return s.showLink(c, c.Params("login")) }

func (s *Server) showLink(c *fiber.Ctx, login string) error {
	token, until, err := s.office.NewLink(c.UserContext(), officerOf(c), login)
	if err != nil {
		return err
	}
	p := madePage{s.officeFrame(c, "一次性链接", "/office/officers"), login, s.siteAddress(c) + "/office/link/" + token, until}
	return s.show(c, http.StatusOK, p)
}

func (s *Server) disableOfficer(c *fiber.Ctx) error {
	if err := s.office.DisableOfficer(c.UserContext(), officerOf(c), c.Params("login")); err != nil {
		return err
	}
	if c.Params("login") == officerOf(c) {
		return s.toLogin(c)
	}
	return c.Redirect("/office/officers?said=disabled", http.StatusSeeOther)
}

func (s *Server) enableOfficer(c *fiber.Ctx) error {
	acc, err := s.office.Account(c.UserContext(), c.Params("login"))
	if err != nil {
		return err
	}
	if err := s.office.SaveOfficer(c.UserContext(), officerOf(c), acc.Officer); err != nil {
		return err
	}
	return c.Redirect("/office/officers?said=enabled", http.StatusSeeOther)
}

func (s *Server) dropFactor(c *fiber.Ctx) error {
	if err := s.office.DropSecondFactor(c.UserContext(), officerOf(c), c.Params("login")); err != nil {
		return err
	}
	return c.Redirect("/office/officers?said=factor", http.StatusSeeOther)
}
