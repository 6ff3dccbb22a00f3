package portal

import (
	"context"
	"crypto/rand"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"

	"mingbai/ledger"
)

// KioskRegister knows the screens in service halls.
type KioskRegister interface {
	Kiosks(ctx context.Context) ([]ledger.Kiosk, error)
	AddKiosk(ctx context.Context, by string, k ledger.Kiosk, keyHash []byte) (no int64, err error)
	RevokeKiosk(ctx context.Context, by string, no int64) error
	RegisterKiosk(ctx context.Context, keyHash []byte) (no int64, err error)
	CountKiosk(ctx context.Context, no int64, done ledger.KioskUse) error
}

const (
	kioskLifetime = 400 * 24 * time.Hour // the longest that browsers keep a cookie
	kioskAge      = 5 * time.Second      // how long a revoked kiosk may still be believed
	kioskKeySize  = 16                   // letters of a key: 80 bits
	kioskKey      = localKey("kiosk")
)

// hallScreens keeps which kiosks are in use.
type hallScreens struct {
	mu    sync.Mutex
	read  time.Time
	names map[int64]string
}

func (s *Server) kioskCookie() string { return s.cookieName() + "-kiosk" }

// kioskOf is the number of the registered kiosk that asks; 0 for anybody else. When the register cannot be read, nobody is a
// kiosk who was not one a moment ago.
func (s *Server) kioskOf(c *fiber.Ctx) int64 {
	if s.config.Harvest.Guard == nil {
		return 0
	}
	if no, ok := c.Locals(kioskKey).(int64); ok {
		return no
	}
	no := int64(0)
	if text, ok := s.signedNonce("kiosk", c.Cookies(s.kioskCookie())); ok {
		number, _, _ := strings.Cut(text, " ")
		if n, err := strconv.ParseInt(number, 10, 64); err == nil && s.kioskName(c.UserContext(), n) != "" {
			no = n
		}
	}
	c.Locals(kioskKey, no)
	return no
}

// kioskName is the name of a kiosk in use; empty for any other.
func (s *Server) kioskName(ctx context.Context, no int64) string {
	k := &s.screens
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.names == nil || time.Since(k.read) >= kioskAge {
		list, err := s.config.Harvest.Guard.Kiosks(ctx)
		if err != nil {
			s.log.Error("查询机名册读不出来", "err", err)
			return k.names[no]
		}
		k.read, k.names = time.Now(), map[int64]string{}
		for _, l := range list {
			if l.Revoked.IsZero() {
				k.names[l.No] = l.Name
			}
		}
	}
	return k.names[no]
}

// forgetScreens lets the register be read anew, where this process has changed it.
func (s *Server) forgetScreens() {
	s.screens.mu.Lock()
	defer s.screens.mu.Unlock()
	s.screens.names = nil
}

// newKioskKey makes a key that can be read out and typed: ABCD-EFGH-JKLM-NPQR.
func newKioskKey() string {
	b := make([]byte, kioskKeySize)
	_, _ = rand.Read(b) // never fails
	var key strings.Builder
	for i, c := range b {
		if i > 0 && i%4 == 0 {
			key.WriteByte('-')
		}
		key.WriteByte(readable[c%32])
	}
	return key.String()
}

// kioskHash is what the register keeps of a key, however it was typed.
func (s *Server) kioskHash(typed string) []byte {
	key := strings.Map(func(r rune) rune {
		if strings.ContainsRune(readable, r) {
			return r
		}
		return -1
	}, strings.ToUpper(typed))
	return s.mark("kiosk key", key)
}

type kioskPage struct {
	Frame
	Token string
	Field field
	Name  string // of the kiosk that this browser is
}

func (kioskPage) view() string { return "pages/kiosk_register" }

func (s *Server) newKioskPage(c *fiber.Ctx, fault string) kioskPage {
	p := kioskPage{
		Frame: s.frame("登记查询机"), Token: formToken(c),
		Field: field{Name: "key", Label: "登记密钥", Hint: "管理员在办公页面登记这台机器时得到的16位密钥，横线可以不写。", Auto: "off", Fault: fault},
	}
	if no := s.kioskOf(c); no != 0 {
		p.Name = s.kioskName(c.UserContext(), no)
	}
	p.NoIndex = true
	return p
}

func (s *Server) kioskPage(c *fiber.Ctx) error {
	return s.show(c, http.StatusOK, s.newKioskPage(c, ""))
}

// registerKiosk makes the browser that comes with a key the kiosk of that key, until it is revoked.
func (s *Server) registerKiosk(c *fiber.Ctx) error {
	typed := c.FormValue("key")
	no, err := s.config.Harvest.Guard.RegisterKiosk(c.UserContext(), s.kioskHash(typed))
	switch {
	case ledger.KindOf(err) == ledger.KindNotFound:
		return s.show(c, http.StatusUnprocessableEntity, s.newKioskPage(c, "没有这个密钥，或者它已经停用。请对照着再输一次。"))
	case err != nil:
		return err
	}
	s.forgetScreens()
	s.setCookie(c, s.kioskCookie(), s.sign("kiosk", strconv.FormatInt(no, 10)+" "+rand.Text()), kioskLifetime)
	return c.Redirect("/kiosk/register", http.StatusSeeOther)
}

// countAtKiosk counts what was done at a registered kiosk. A count that fails is no reason to turn anybody away.
func (s *Server) countAtKiosk(c *fiber.Ctx, done ledger.KioskUse) {
	no := s.kioskOf(c)
	if no == 0 {
		return
	}
	if err := s.config.Harvest.Guard.CountKiosk(c.UserContext(), no, done); err != nil {
		s.log.Error("查询机的使用次数没有记上", "err", err)
	}
}
