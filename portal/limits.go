package portal

import (
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/limiter"

	"mingbai/ledger"
)

// lookupLimits count questions with a number: a typing error that never reaches the books counts too little to matter,
// and is let through by readLookup before them.
func (s *Server) lookupLimits() (byAddress, byDevice, total fiber.Handler) {
	l := s.config.Limits
	byAddress = s.limit(l.LookupAddress, s.addressKey, s.atKiosk)
	byDevice = s.limit(l.LookupDevice, device, s.atKiosk)
	total = s.limit(l.LookupTotal, func(*fiber.Ctx) string { return "all" }, nil)
	return byAddress, byDevice, total
}

func (s *Server) browseLimit() fiber.Handler {
	return s.limit(s.config.Limits.Browse, s.addressKey, s.atKiosk)
}

// atKiosk is a screen in a hall, by its key or by its address.
func (s *Server) atKiosk(c *fiber.Ctx) bool {
	return s.kioskOf(c) != 0 || holds(s.kiosks, s.clientAddress(c))
}

// limit is a sliding window. The wait it names is when the window is surely empty: fiber's own Retry-After is the end of
// the current stretch, at which the last one still weighs in full and the next try would be refused again.
func (s *Server) limit(l Limit, key func(*fiber.Ctx) string, exempt func(*fiber.Ctx) bool) fiber.Handler {
	return limiter.New(limiter.Config{
		Max: l.Max, Expiration: l.Window, KeyGenerator: key, Next: exempt, LimiterMiddleware: limiter.SlidingWindow{},
		LimitReached: func(c *fiber.Ctx) error {
			left, _ := strconv.Atoi(string(c.Response().Header.Peek(fiber.HeaderRetryAfter)))
			wait := time.Duration(left)*time.Second + l.Window
			c.Set(fiber.HeaderRetryAfter, strconv.Itoa(int(wait/time.Second)))
			minutes := int((wait + time.Minute - 1) / time.Minute)
			return ledger.Errorf(ledger.KindTooMany, "查的次数多了些，请过 %d 分钟再查。", minutes)
		},
	})
}
