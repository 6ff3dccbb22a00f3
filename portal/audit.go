package portal

import (
	"net/http"
	"time"

	"github.com/gofiber/fiber/v2"

	"mingbai/ledger"
)

// auditDays is how many days one page lists.
const auditDays = 60

// auditPage publishes the audit chain's daily heads: who copies them can prove later that no act was changed or struck out.
type auditPage struct {
	Frame
	Heads []ledger.AuditHead
	Older string // the date before which the next page begins; empty on the last
	Newer bool   // this is not the newest page
}

func (auditPage) view() string { return "pages/audit" }

func (s *Server) audit(c *fiber.Ctx) error {
	var before time.Time
	if text := c.Query("before"); text != "" {
		var err error
		if before, err = time.Parse(time.DateOnly, text); err != nil {
			return ledger.ErrNotFound
		}
	}
	heads, err := s.books.AuditHeads(c.UserContext(), before, auditDays+1)
	if err != nil {
		return err
	}
	p := auditPage{Frame: s.frame("审计摘要"), Heads: heads, Newer: !before.IsZero()}
	if len(heads) > auditDays {
		p.Heads = heads[:auditDays]
		p.Older = p.Heads[auditDays-1].Day.Format(time.DateOnly)
	}
	return s.show(c, http.StatusOK, p)
}
