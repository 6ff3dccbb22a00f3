package portal

import (
	"time"

	"github.com/gofiber/fiber/v2"
)

// evenly lets an answer leave only at whole steps of time from when the question came. Whoever measures how long a lookup takes
// learns no more than on which step it fell, and nearly all fall on the first, whether somebody was found, a number was wrong
// or there is nobody of the name.
func (s *Server) evenly(c *fiber.Ctx) error {
	began := time.Now()
	err := c.Next()
	step := s.config.Limits.LookupPace
	took := time.Since(began)
	time.Sleep(took.Truncate(step) + step - took)
	return err
}
