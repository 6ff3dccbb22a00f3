package portal

import (
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"
)

// rateHeaders writes what is left of a limit under the names of the IETF's draft; the limiter has names of its own.
func (s *Server) rateHeaders(c *fiber.Ctx) error {
	err := c.Next()
	h := &c.Response().Header
	for _, name := range []string{"Limit", "Remaining", "Reset"} {
		if value := h.Peek("X-Ratelimit-" + name); len(value) > 0 {
			c.Set("RateLimit-"+name, string(value))
			h.Del("X-Ratelimit-" + name)
		}
	}
	if wait := h.Peek(fiber.HeaderRetryAfter); len(wait) > 0 {
		c.Set("RateLimit-Remaining", "0")
		c.Set("RateLimit-Reset", string(wait))
	}
	if e, ok := asSpent(err); ok && !e.Until.IsZero() {
		c.Set(fiber.HeaderRetryAfter, strconv.Itoa(max(1, int(e.Until.Sub(s.config.Harvest.Now()).Seconds())+1)))
	}
	return err
}

// asFiberPath writes {code} as :code.
func asFiberPath(path string) string { return strings.NewReplacer("{", ":", "}", "").Replace(path) }

// matches reads If-None-Match: a list of marks, weak ones among them, or a star.
func matches(header, tag string) bool {
	for one := range strings.SplitSeq(header, ",") {
		if one = strings.TrimPrefix(strings.TrimSpace(one), "W/"); one == tag || one == "*" {
			return true
		}
	}
	return false
}
