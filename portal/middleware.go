package portal

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/gofiber/fiber/v2"
)

// observe gives a request its reference, renders its error and writes one line about it: the route's pattern and never
// the address asked for, which may hold a name.
func (s *Server) observe(c *fiber.Ctx) error {
	began := time.Now()
	c.Locals(referenceKey, newReference())
	err := c.Next()
	route := c.Route().Path
	if err != nil {
		var f *fiber.Error
		if errors.As(err, &f) && (f.Code == http.StatusNotFound || f.Code == http.StatusMethodNotAllowed) {
			route = "-"
		}
		if err := s.fail(c, err); err != nil {
			return err
		}
	}
	level := slog.LevelInfo
	if route == "/healthz" || route == "/readyz" {
		level = slog.LevelDebug
	}
	s.log.Log(c.UserContext(), level, "请求", "method", c.Method(), "route", route,
		"status", c.Response().StatusCode(), "took", time.Since(began), "ref", reference(c))
	return nil
}

type localKey string

const referenceKey localKey = "reference"

// readable are letters and figures without those that are mistaken for another: 32 of them.
const readable = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"

// newReference makes a reference that can be read out over the telephone.
func newReference() string {
	b := make([]byte, 8)
	_, _ = rand.Read(b) // never fails
	for i := range b {
		b[i] = readable[b[i]%32]
	}
	return string(b[:4]) + "-" + string(b[4:])
}

func reference(c *fiber.Ctx) string {
	ref, _ := c.Locals(referenceKey).(string)
	return ref
}

// askFirst is what may be kept by anybody who asks again before it is shown.
const askFirst = "no-cache"

// headers sets what every answer carries, errors too.
func headers(secure bool) fiber.Handler {
	const policy = "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; connect-src 'self'; " +
		"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
	return func(c *fiber.Ctx) error {
		c.Set("Content-Security-Policy", policy)
		c.Set("X-Content-Type-Options", "nosniff")
		c.Set("Referrer-Policy", "same-origin") // no-referrer would make every form fail over HTTPS
		c.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()")
		c.Set("Cross-Origin-Opener-Policy", "same-origin")
		c.Set("Cross-Origin-Resource-Policy", "same-origin")
		c.Set("Cache-Control", askFirst)
		if secure {
			c.Set("Strict-Transport-Security", "max-age=31536000")
		}
		return c.Next()
	}
}

// private marks pages that name people: no search engine lists them, no cache keeps them.
func private(c *fiber.Ctx) error {
	keepPrivate(c)
	return c.Next()
}

func keepPrivate(c *fiber.Ctx) {
	c.Set("X-Robots-Tag", "noindex")
	c.Set("Cache-Control", "no-store")
}

// deadline bounds a request's work; fiber sets no deadline of its own.
func (s *Server) deadline(c *fiber.Ctx) error {
	ctx, cancel := context.WithTimeout(c.UserContext(), s.config.Timeout)
	defer cancel()
	c.SetUserContext(ctx)
	return c.Next()
}

func (s *Server) logPanic(c *fiber.Ctx, e any) {
	s.log.Error("程序出错", "ref", reference(c), "panic", fmt.Sprint(e), "stack", string(debug.Stack()))
}
