package portal

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"mingbai/ledger"
)

const (
	sessionKey     = localKey("office session")
	deviceLifetime = 400 * 24 * time.Hour // the longest that browsers keep a cookie
)

// stepPaths are where a session is sent that has come no further.
var stepPaths = map[ledger.Step]string{
	ledger.StepDone: "/office", ledger.StepSecondFactor: "/office/second", ledger.StepPassword: "/office/password", ledger.StepEnrol: "/office/enrol",
}

// keep keeps a route: who has no session is sent to the login, who stands at another step to that step, who lacks the
// permission is refused and written down, and a form that was not made for this session changes nothing.
func (s *Server) keep(path string, n need) fiber.Handler {
	return func(c *fiber.Ctx) error {
		if len(n.steps) == 0 {
			return c.Next()
		}
		session, err := s.office.Session(c.UserContext(), s.sessionToken(c))
		if errors.Is(err, ledger.ErrNotFound) {
			return s.toLogin(c)
		}
		if err != nil {
			return err
		}
		c.Locals(sessionKey, session)
		if !slices.Contains(n.steps, session.Step) {
			return c.Redirect(stepPaths[session.Step], http.StatusSeeOther)
		}
		if n.act != "" && !session.Officer.May(n.act) {
			refused := session.Officer.MayOn(n.act, ledger.Subject{})
			return errors.Join(refused, s.office.Refused(c.UserContext(), session.Officer.Login, n.act, c.Method()+" "+path))
		}
		if c.Method() != http.MethodPost {
			return c.Next()
		}
		token, err := tokenIn(c, n)
		if err != nil {
			return err
		}
		if !hmac.Equal([]byte(token), []byte(s.officeToken(s.sessionToken(c)))) {
			return ledger.Errorf(ledger.KindDenied, "这张表单已经失效，没有保存。请返回上一页，刷新后再填一次。")
		}
		return c.Next()
	}
}

// toLogin sends a browser to the login, and says so where a session of its own has ended.
func (s *Server) toLogin(c *fiber.Ctx) error {
	if s.sessionToken(c) == "" {
		return c.Redirect("/office/login", http.StatusSeeOther)
	}
	s.setCookie(c, s.officeCookie(), "", -1)
	return c.Redirect("/office/login?said=ended", http.StatusSeeOther)
}

// stay is the session that keep has found.
func stay(c *fiber.Ctx) ledger.Session {
	session, _ := c.Locals(sessionKey).(ledger.Session)
	return session
}

func officerOf(c *fiber.Ctx) string { return stay(c).Officer.Login }

// officeToken is the token of the office's forms: bound to the session, so that no other browser's will do.
func (s *Server) officeToken(session string) string {
	mac := hmac.New(sha256.New, s.config.FormKey)
	mac.Write([]byte("mingbai office form " + session))
	return hex.EncodeToString(mac.Sum(nil))
}

func (s *Server) officeCookie() string { return s.cookieName() + "-office" }
func (s *Server) deviceCookie() string { return s.cookieName() + "-device" }

func (s *Server) sessionToken(c *fiber.Ctx) string { return c.Cookies(s.officeCookie()) }

// setCookie sets a cookie for this host alone, out of reach of scripts. Lax and not Strict: a link in the county's own
// message system should open the page and not the login; forms are guarded by their token.
func (s *Server) setCookie(c *fiber.Ctx, name, value string, age time.Duration) {
	cookie := &fiber.Cookie{
		Name: name, Value: value, Path: "/", Secure: s.config.Secure, HTTPOnly: true, SameSite: fiber.CookieSameSiteLaxMode,
		SessionOnly: age == 0, MaxAge: int(age / time.Second),
	}
	if age < 0 {
		cookie.Expires = time.Unix(1, 0)
	}
	c.Cookie(cookie)
}

// admit gives the browser what it keeps: the session's new token, until the browser is closed, and its own secret.
func (s *Server) admit(c *fiber.Ctx, e ledger.Entry) {
	s.setCookie(c, s.officeCookie(), e.Token, 0)
	if e.Device != "" {
		s.setCookie(c, s.deviceCookie(), e.Device, deviceLifetime)
	}
}

func (s *Server) visitor(c *fiber.Ctx) ledger.Visitor {
	return ledger.Visitor{Address: s.addressKey(c), Device: c.Cookies(s.deviceCookie()), Label: deviceLabel(c.Get(fiber.HeaderUserAgent))}
}

// deviceLabel tells one's own sessions apart and keeps no more of the browser's words than that takes.
func deviceLabel(agent string) string {
	system := firstOf(agent, "其他系统", [][2]string{
		{"Android", "安卓"}, {"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Windows", "Windows"}, {"Mac OS", "Mac"}, {"Linux", "Linux"},
	})
	browser := firstOf(agent, "其他浏览器", [][2]string{
		{"MicroMessenger", "微信"}, {"Edg", "Edge"}, {"QQBrowser", "QQ浏览器"}, {"360SE", "360浏览器"}, {"Firefox", "Firefox"}, {"Chrome", "Chrome"}, {"Safari", "Safari"},
	})
	return system + " · " + browser
}

func firstOf(text, otherwise string, list [][2]string) string {
	for _, l := range list {
		if strings.Contains(text, l[0]) {
			return l[1]
		}
	}
	return otherwise
}
