package portal

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/csrf"

	"mingbai/ledger"
)

const (
	tokenField    = "csrf_token"
	tokenLifetime = 12 * time.Hour // a page left open over a working day still works
	tokenKey      = localKey("form token")
)

// formToken guards forms by double submit: the same token in a cookie, which is also the browser's name for the limit
// per device, and in the form.
func (s *Server) formToken() fiber.Handler {
	signed := signer(s.config.FormKey)
	return csrf.New(csrf.Config{
		KeyLookup: "form:" + tokenField, CookieName: s.cookieName(), CookiePath: "/", CookieSecure: s.config.Secure,
		CookieHTTPOnly: true, CookieSameSite: fiber.CookieSameSiteLaxMode, Expiration: tokenLifetime,
		ContextKey: tokenKey, KeyGenerator: signed.token, Storage: signed,
		ErrorHandler: func(c *fiber.Ctx, _ error) error {
			if strings.HasPrefix(c.Path(), "/office") {
				return ledger.Errorf(ledger.KindDenied, "页面放得太久了，请重新打开再填一次。")
			}
			return ledger.Errorf(ledger.KindDenied, "页面放得太久了，请返回首页再查一次。")
		},
	})
}

// cookieName binds the cookie to this very host where TLS allows it.
func (s *Server) cookieName() string {
	if s.config.Secure {
		return "__Host-mingbai"
	}
	return "mingbai"
}

func formToken(c *fiber.Ctx) string {
	token, _ := c.Locals(tokenKey).(string)
	return token
}

// device names the browser by its form token, which the middleware has found to be one of ours.
func device(c *fiber.Ctx) string { return formToken(c) }

// signer is the store of form tokens that stores nothing: it knows its tokens by their signature. A store in memory
// would grow with every crawler that keeps no cookies, and a restart would turn away everyone with a page open.
type signer []byte

func (key signer) token() string {
	b := make([]byte, 16)
	_, _ = rand.Read(b) // never fails
	nonce := hex.EncodeToString(b)
	return nonce + key.sign(nonce)
}

func (key signer) sign(nonce string) string {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte("mingbai form token " + nonce))
	return hex.EncodeToString(mac.Sum(nil)[:16])
}

// Get answers something for a token that we made, as fiber.Storage wants it.
func (key signer) Get(token string) ([]byte, error) {
	if len(token) != 64 || !hmac.Equal([]byte(token[32:]), []byte(key.sign(token[:32]))) {
		return nil, nil
	}
	return []byte{1}, nil
}

// Set keeps nothing: the signature is the memory.
func (signer) Set(string, []byte, time.Duration) error { return nil }

// Delete has nothing to delete.
func (signer) Delete(string) error { return nil }

// Reset cannot be: only a new key ends the tokens.
func (signer) Reset() error { return errors.ErrUnsupported }

// Close has nothing to close.
func (signer) Close() error { return nil }
