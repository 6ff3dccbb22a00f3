package portal

import (
	"bytes"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
)

// keptPage is a page as it goes out, packed as the browser asked.
type keptPage struct {
	body                         []byte
	kind, packed, vary, tag, bot string
	people                       []uint64 // whom it names, for whoever is shown it to be charged; see forReaders
}

// forAll keeps pages that are the same for everybody. A page is kept under the books' counter and the day, so an act of the
// office and the end of a disclosure period are seen by the next who asks. What a handler marks as private (no-store), what
// sets a cookie and what is no success is never kept.
func (s *Server) forAll(c *fiber.Ctx) error {
	key, ok := s.keptKey(c)
	if !ok {
		return c.Next()
	}
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
	p := takenFrom(res)
	p.tag = `"` + sha(p.body)[:20] + `"`
	s.pages.put(key, p, len(p.body)+len(key)+200)
	return p.send(c)
}

// forReaders keeps lists that name people, in this process's memory alone and under the same key: a new day and every act of
// the office end them. To the reader they stay what they are — not to be stored, and paid for from the reader's budget each
// time that one is shown, which is why no tag answers for one.
func (s *Server) forReaders(c *fiber.Ctx) error {
	key, ok := s.keptKey(c)
	if !ok {
		return c.Next()
	}
	if p, ok := s.naming.get(key); ok {
		if err := s.giveOut(c, p.people); err != nil {
			return err
		}
		return p.send(c)
	}
	if err := c.Next(); err != nil {
		return err
	}
	people, ok := c.Locals(givenKey).([]uint64)
	if res := c.Response(); ok && res.StatusCode() == http.StatusOK {
		p := takenFrom(res)
		p.people = people
		s.naming.put(key, p, len(p.body)+8*len(people)+len(key)+200)
	}
	return nil
}

// takenFrom is a copy of what is about to be answered, without what is for this reader alone: no cookie is in it.
func takenFrom(res *fasthttp.Response) keptPage {
	return keptPage{
		body: bytes.Clone(res.Body()), kind: string(res.Header.ContentType()), packed: string(res.Header.Peek(fiber.HeaderContentEncoding)),
		vary: string(res.Header.Peek(fiber.HeaderVary)), bot: string(res.Header.Peek("X-Robots-Tag")),
	}
}

// keptKey is all that a page depends on which is the same for every reader; false where it is not, or cannot be told.
func (s *Server) keptKey(c *fiber.Ctx) (string, bool) {
	query := c.Context().QueryArgs().String()
	if s.config.Archive == nil || seatOf(c) != nil || len(query) > 200 || digitsIn(query) >= 15 {
		return "", false
	}
	counter, err := s.counter.get(c.UserContext())
	if err != nil {
		return "", false // the handler will say what is wrong
	}
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
	return b.String(), true
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
	if p.tag != "" && sameTag(c.Get(fiber.HeaderIfNoneMatch), p.tag) {
		c.Response().ResetBody()
		c.Response().Header.Del(fiber.HeaderContentEncoding)
		return c.SendStatus(http.StatusNotModified)
	}
	set(fiber.HeaderContentType, p.kind)
	set(fiber.HeaderContentEncoding, p.packed)
	return c.Status(http.StatusOK).Send(p.body)
}
