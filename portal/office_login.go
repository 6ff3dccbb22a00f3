package portal

import (
	"errors"
	"net/http"

	"github.com/gofiber/fiber/v2"

	"mingbai/ledger"
)

type loginPage struct {
	OfficeFrame
	Login, Password field
}

func (loginPage) view() string { return "pages/office_login" }

func (s *Server) newLoginPage(c *fiber.Ctx, login string) loginPage {
	return loginPage{
		s.officeFrame(c, "登录", ""),
		field{Name: "login", Label: "账号", Value: login, Auto: "username"},
		field{Name: "password", Label: "密码", Type: "password", Auto: "current-password"},
	}
}

func (s *Server) loginPage(c *fiber.Ctx) error {
	if _, err := s.office.Session(c.UserContext(), s.sessionToken(c)); err == nil {
		return c.Redirect("/office", http.StatusSeeOther)
	}
	return s.show(c, http.StatusOK, s.newLoginPage(c, ""))
}

func (s *Server) login(c *fiber.Ctx) error {
	login := c.FormValue("login")
	entry, err := s.office.Login(c.UserContext(), login, c.FormValue("password"), s.visitor(c))
	if status, message, ok := refusal(err); ok {
		p := s.newLoginPage(c, login)
		p.Password.Fault = message
		return s.show(c, status, p)
	}
	if err != nil {
		return err
	}
	s.leaveOld(c)
	s.admit(c, entry)
	return c.Redirect("/office", http.StatusSeeOther)
}

// leaveOld ends the session that the browser had before it got a new one: nobody would end it any more.
func (s *Server) leaveOld(c *fiber.Ctx) {
	if old := s.sessionToken(c); old != "" {
		if err := s.office.Logout(c.UserContext(), old); err != nil {
			s.log.Error("旧的登录没有退出", "ref", reference(c), "err", err)
		}
	}
}

func (s *Server) logout(c *fiber.Ctx) error {
	if err := s.office.Logout(c.UserContext(), s.sessionToken(c)); err != nil {
		return err
	}
	s.setCookie(c, s.officeCookie(), "", -1)
	return c.Redirect("/office/login?said=out", http.StatusSeeOther)
}

type secondPage struct {
	OfficeFrame
	Code, Recovery field
}

func (secondPage) view() string { return "pages/office_second" }

func (s *Server) newSecondPage(c *fiber.Ctx) secondPage {
	return secondPage{
		s.officeFrame(c, "两步验证", ""),
		field{Name: "code", Label: "手机上的验证码", Hint: "6位数字，每30秒换一次。", Auto: "one-time-code", Keys: "numeric"},
		field{Name: "recovery", Label: "恢复码", Hint: "绑定时抄下的10个之一，每个只能用一次。", Auto: "off"},
	}
}

func (s *Server) secondPage(c *fiber.Ctx) error {
	return s.show(c, http.StatusOK, s.newSecondPage(c))
}

func (s *Server) second(c *fiber.Ctx) error {
	code, recovery := c.FormValue("code"), c.FormValue("recovery")
	if code == "" {
		code = recovery
	}
	entry, err := s.office.SecondFactor(c.UserContext(), s.sessionToken(c), code, s.visitor(c))
	if errors.Is(err, ledger.ErrNotFound) { // ended meanwhile
		return s.toLogin(c)
	}
	if status, message, ok := refusal(err); ok {
		p := s.newSecondPage(c)
		p.Code.Fault = message
		if recovery != "" {
			p.Code.Fault, p.Recovery.Fault = "", message
		}
		return s.show(c, status, p)
	}
	if err != nil {
		return err
	}
	s.admit(c, entry)
	return c.Redirect("/office", http.StatusSeeOther)
}

type linkPage struct {
	OfficeFrame
	Action              string // where the form goes
	Login, First, Again field
}

func (linkPage) view() string { return "pages/office_link" }

func (s *Server) newLinkPage(c *fiber.Ctx) (linkPage, error) {
	login, err := s.office.Link(c.UserContext(), c.Params("token"))
	p := linkPage{OfficeFrame: s.officeFrame(c, "设置密码", ""), Action: c.Path(), Login: loginField(login)}
	p.First, p.Again = newPasswordFields()
	return p, err
}

// loginField shows a password manager whose password it is.
func loginField(login string) field {
	return field{Name: "login", Label: "账号", Value: login, Auto: "username", Fixed: true}
}

func newPasswordFields() (first, again field) {
	return field{
			Name: "new", Label: "新密码", Type: "password", Auto: "new-password",
			Hint: "至少10个字。用几个不相干的词连起来，又长又好记；可以粘贴，也可以用汉字。",
		},
		field{Name: "again", Label: "再填一次新密码", Type: "password", Auto: "new-password"}
}

const notTwice = "两次填的新密码不一样，请都再填一次。"

func (s *Server) linkPage(c *fiber.Ctx) error {
	p, err := s.newLinkPage(c)
	if err != nil {
		return err
	}
	return s.show(c, http.StatusOK, p)
}

func (s *Server) useLink(c *fiber.Ctx) error {
	p, err := s.newLinkPage(c)
	if err != nil {
		return err
	}
	if c.FormValue("new") != c.FormValue("again") {
		p.Again.Fault = notTwice
		return s.show(c, http.StatusUnprocessableEntity, p)
	}
	entry, err := s.office.UseLink(c.UserContext(), c.Params("token"), c.FormValue("new"), s.visitor(c))
	if status, message, ok := refusal(err); ok {
		p.First.Fault = message
		return s.show(c, status, p)
	}
	if err != nil {
		return err
	}
	s.leaveOld(c)
	s.admit(c, entry)
	return c.Redirect("/office", http.StatusSeeOther)
}
