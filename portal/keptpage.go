package portal

import (
	"bytes"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
)

// keptPage is a page as it goes out, packed as the browser asked.
type keptPage struct {
	body                         []byte
	kind, packed, vary, tag, bot string
}

// forAll keeps pages that are the same for everybody. A page is kept under the books' counter and the day, so an act of the
// office and the end of a disclosure period are seen by the next who asks. What a handler marks as private (no-store), what
// sets a cookie and what is no success is never kept.
func (s *Server) forAll(c *fiber.Ctx) error {
	query := c.Context().QueryArgs().String()
	if s.config.Archive == nil || seatOf(c) != nil || len(query) > 200 || digitsIn(query) >= 15 {
		return c.Next()
	}
	counter, err := s.counter.get(c.UserContext())
	if err != nil {
		return c.Next() // the handler will say what is wrong
	}
	key := s.keptKey(c, query, counter)
	if p, ok := s.pages.get(key); ok {
		return p.send(c)
	}
	if err := c.Next(); err != nil {
		return err
	}
	res := c.Response()
	if res.StatusCode() != http.StatusOK || string(res.Header.Peek(fiber.HeaderCacheControl)) != askFirst || len(res.Header.Peek(fiber.HeaderSetCookie)) > 0 {
		return nil
	}
	p := keptPage{
		body: bytes.Clone(res.Body()), kind: string(res.Header.ContentType()), packed: string(res.Header.Peek(fiber.HeaderContentEncoding)),
		vary: string(res.Header.Peek(fiber.HeaderVary)), bot: string(res.Header.Peek("X-Robots-Tag")),
	}
	p.tag = `"` + sha(p.body)[:20] + `"`
	s.pages.put(key, p, len(p.body)+len(key)+200)
	return p.send(c)
}

// keptKey is all that a page for everybody depends on.
func (s *Server) keptKey(c *fiber.Ctx, query string, counter int64) string {
	var b strings.Builder
	b.WriteString(c.Path())
	b.WriteByte('?')
	b.WriteString(query)
	b.WriteByte(' ')
	b.WriteString(strconv.FormatInt(counter, 10))
	b.WriteByte(' ')
	b.WriteString(s.today().Format(time.DateOnly))
	b.WriteByte(' ')
	if c.Cookies(elderCookie) == "1" {
		b.WriteString("elder ")
	}
	for _, way := range []string{"br", "gzip", "deflate"} { // the first that is accepted is taken: see fiber's compress
		if c.Request().Header.HasAcceptEncoding(way) {
			b.WriteString(way)
			break
		}
	}
	return b.String()
}

func (p keptPage) send(c *fiber.Ctx) error {
	set := func(name, value string) {
		if value != "" {
			c.Set(name, value)
		}
	}
	set(fiber.HeaderETag, p.tag)
	set(fiber.HeaderVary, p.vary)
	set("X-Robots-Tag", p.bot)
	if sameTag(c.Get(fiber.HeaderIfNoneMatch), p.tag) {
		c.Response().ResetBody()
		c.Response().Header.Del(fiber.HeaderContentEncoding)
		return c.SendStatus(http.StatusNotModified)
	}
	set(fiber.HeaderContentType, p.kind)
	set(fiber.HeaderContentEncoding, p.packed)
	return c.Status(http.StatusOK).Send(p.body)
}
