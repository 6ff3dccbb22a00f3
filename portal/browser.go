package portal

import (
	"crypto/hmac"
	"crypto/rand"
	"encoding/hex"
	"time"

	"github.com/gofiber/fiber/v2"
)

// visitLifetime is that of the cookie by which a browser's own budget is known: a day's budget needs no more, and it should
// not know anybody again next week.
const visitLifetime = 25 * time.Hour

const visitKey = localKey("visit")

func (s *Server) visitCookie() string { return s.cookieName() + "-visit" }

// browser is the random name of the browser that asks, or "" when it has none; remember gives it one. The name is signed, so
// that nobody can invent browsers without asking us for each.
func (s *Server) browser(c *fiber.Ctx, remember bool) string {
	if nonce, ok := c.Locals(visitKey).(string); ok {
		return nonce
	}
	nonce, ok := s.signedNonce("visit", c.Cookies(s.visitCookie()))
	if !ok {
		if !remember {
			return ""
		}
		b := make([]byte, 16)
		_, _ = rand.Read(b) // never fails
		nonce = string(b)
		s.setCookie(c, s.visitCookie(), s.sign("visit", nonce), visitLifetime)
	}
	c.Locals(visitKey, nonce)
	return nonce
}

// sign writes a text that signedNonce reads back, if it is ours.
func (s *Server) sign(kind, nonce string) string {
	return hex.EncodeToString([]byte(nonce)) + hex.EncodeToString(s.mark(kind, nonce)[:16])
}

func (s *Server) signedNonce(kind, text string) (nonce string, ok bool) {
	b, err := hex.DecodeString(text)
	if err != nil || len(b) <= 16 {
		return "", false
	}
	nonce = string(b[:len(b)-16])
	return nonce, hmac.Equal(b[len(b)-16:], s.mark(kind, nonce)[:16])
}
