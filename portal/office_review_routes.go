package portal

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"mingbai/ledger"
)

// reviewRoutes is the part of the office's table of contents that leads from a checked batch to the public, and back.
func (s *Server) reviewRoutes() {
	certify, publish, ask := able(ledger.ActCertify), able(ledger.ActPublish), able(ledger.ActAsk)

	s.door(http.MethodGet, "/office/review", certify, s.reviewDesk)
	s.door(http.MethodGet, "/office/batches/:no/review", certify, s.review)
	s.door(http.MethodGet, "/office/batches/:no/review/changes", certify, s.reviewChanges)
	s.door(http.MethodPost, "/office/batches/:no/review/sample", certify, s.drawSample)
	s.door(http.MethodPost, "/office/batches/:no/review/accept", certify, s.acceptNumbers)
	s.door(http.MethodPost, "/office/batches/:no/review/certify", certify, s.certify)
	s.door(http.MethodPost, "/office/batches/:no/review/return", able(ledger.ActReject), s.returnBatch)

	s.door(http.MethodPost, "/office/batches/:no/publish", publish, s.planPublication)
	s.door(http.MethodPost, "/office/batches/:no/publish/cancel", publish, s.cancelPublication)
	s.door(http.MethodGet, "/office/batches/:no/progress", able(ledger.ActSeeBatches), s.progress)
	s.door(http.MethodGet, "/office/batches/:no/rows", able(ledger.ActSeeRows), s.batchRows)

	s.door(http.MethodGet, "/office/batches/:no/ask", ask, s.newRequest)
	s.door(http.MethodPost, "/office/batches/:no/ask", ask, s.askAct)
	s.door(http.MethodGet, "/office/requests", ask, s.requests)
	s.door(http.MethodGet, "/office/requests/:request", ask, s.request)
	s.door(http.MethodPost, "/office/requests/:request", able(ledger.ActWithdraw), s.decideRequest)
	s.door(http.MethodPost, "/office/requests/:request/takeback", ask, s.takeBackRequest)
}

// numberIn reads a number of the address; whatever is none was never there.
func numberIn(c *fiber.Ctx, name string) (int64, error) {
	n, err := strconv.ParseInt(c.Params(name), 10, 64)
	if err != nil || n < 1 {
		return 0, ledger.ErrNotFound
	}
	return n, nil
}

// longAct is how long an act on a great batch may take. It goes on when the browser has gone.
const longAct = 5 * time.Minute

func (s *Server) patiently(c *fiber.Ctx, act func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.UserContext()), longAct)
	defer cancel()
	return act(ctx)
}
