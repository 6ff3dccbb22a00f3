package portal

import (
	"context"
	"fmt"
	"net/http"

	"github.com/gofiber/fiber/v2"

	"mingbai/ledger"
	"mingbai/templates"
)

type asset = templates.Asset

func (s *Server) loadAssets() error {
	list, err := templates.Assets()
	if err != nil {
		return err
	}
	s.assets = make(map[string]asset, len(list))
	for _, a := range list {
		s.assets[a.Path] = a
		if a.Name == namePadFile {
			if s.pad, err = readNamePad(string(a.Body)); err != nil {
				return err
			}
		}
	}
	return nil
}

// assetPath is the address a page names a static file by.
func (s *Server) assetPath(name string) (string, error) {
	for path, a := range s.assets {
		if a.Name == name {
			return path, nil
		}
	}
	return "", fmt.Errorf("no static file %q", name)
}

// static looks a path up among the files read at start: there is no file system behind it to climb out of.
func (s *Server) static(c *fiber.Ctx) error {
	a, ok := s.assets[c.Path()]
	if !ok {
		return ledger.ErrNotFound
	}
	c.Set(fiber.HeaderCacheControl, "public, max-age=31536000, immutable")
	c.Set(fiber.HeaderETag, a.ETag)
	if c.Get(fiber.HeaderIfNoneMatch) == a.ETag {
		return c.SendStatus(http.StatusNotModified)
	}
	c.Set(fiber.HeaderContentType, a.Type)
	return c.Send(a.Body)
}

// healthz says that the process answers.
func (s *Server) healthz(c *fiber.Ctx) error { return c.SendString("ok") }

type readiness struct {
	Books string `json:"books"`
	Index string `json:"index,omitempty"`
}

// readyz says whether the books can be read. An index that is away is told, not held against us: PostgreSQL answers.
func (s *Server) readyz(c *fiber.Ctx) error {
	r := readiness{Books: "ok"}
	ctx, cancel := context.WithTimeout(c.UserContext(), s.config.Timeout/4)
	defer cancel()
	if err := s.books.Ready(ctx); err != nil {
		s.log.Error("账库没有应答", "err", err)
		r.Books = "unavailable"
		c.Status(http.StatusServiceUnavailable)
	}
	if s.config.IndexState != nil {
		r.Index = s.config.IndexState(ctx)
	}
	return c.JSON(r)
}
