package portal

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"mingbai/ledger"
	"mingbai/ledger/inquiry"
)

// Inquiries is what citizens ask of the inquiry desk. The desk's own pages ask more: see Desk.
type Inquiries interface {
	Send(ctx context.Context, f inquiry.Filing) (id, code string, err error)
	CaseOfCode(ctx context.Context, code string) (id string, err error) // ErrNotFound for every code that opens nothing
	Track(ctx context.Context, id string) (inquiry.Tracked, error)
	CitizenAct(ctx context.Context, id string, deed inquiry.Deed) error
	RowAbout(ctx context.Context, r inquiry.Row) (inquiry.About, error)
	PublicAnswers(ctx context.Context, q inquiry.AnswerQuery) (list []inquiry.PublicAnswer, count int, err error)
	PublicAnswer(ctx context.Context, no int64) (inquiry.PublicAnswer, error)
	Figures(ctx context.Context, year int) (inquiry.Figures, error) // what is shown of them is their Public
	FigureYears(ctx context.Context) ([]int, error)
	PublicFile(ctx context.Context, no int64, seq int) (inquiry.PublicFile, []byte, error)
	AnswersAbout(ctx context.Context, batches []int64) (map[inquiry.Row]int64, error) // by batch and line
}

// Scanner looks through a file for viruses. It answers the name of what it found; an error when it cannot look.
type Scanner interface {
	Scan(ctx context.Context, content []byte) (found string, err error)
}

func (s *Server) inquiryRoutes(form, zip fiber.Handler) {
	ask, track := s.limit(s.config.Limits.Ask, s.addressKey, s.atKiosk), s.limit(s.config.Limits.Track, s.addressKey, s.atKiosk)
	total := s.limit(s.config.Limits.TrackTotal, func(*fiber.Ctx) string { return "all" }, nil)
	s.streamed = append(s.streamed, "/ask", "/track/act")

	s.app.Get("/ask", private, form, s.filing)
	s.app.Post("/ask", private, ask, s.takeFiling)
	s.app.Get("/track", private, form, s.trackForm)
	s.app.Post("/track", private, form, track, total, s.evenly, s.track)
	s.app.Post("/track/act", private, track, s.citizenAct)
	s.app.Get("/answers", s.browseLimit(), zip, s.answers)
	s.app.Get("/answers/:no", s.browseLimit(), zip, s.answer)
	s.app.Get("/answers/:no/files/:seq", s.browseLimit(), s.answerFile)
	s.app.Get("/wall", s.browseLimit(), zip, s.wall)
	s.app.Get("/statistics", s.browseLimit(), zip, s.statistics)
	s.app.Get("/statistics.csv", s.browseLimit(), zip, s.statisticsFile)
}

// ticketLife is how long a tracking page's forms work: long enough to write a clarification.
const ticketLife = time.Hour

// ticket lets a tracking page's forms act on its case, in the browser that it was shown in and for a while. The tracking code
// itself stands on no page but the receipt.
func (s *Server) ticket(id, device string, at time.Time) string {
	until := strconv.FormatInt(at.Add(ticketLife).Unix(), 36)
	return id + "." + until + "." + s.ticketSign(id, until, device)
}

func (s *Server) ticketSign(id, until, device string) string {
	mac := hmac.New(sha256.New, s.config.FormKey)
	mac.Write([]byte("mingbai ticket " + id + " " + until + " " + device))
	return hex.EncodeToString(mac.Sum(nil))
}

// caseOfTicket is the case that a ticket acts on; empty for a ticket that is not ours, or no longer good.
func (s *Server) caseOfTicket(ticket, device string, at time.Time) string {
	parts := strings.Split(ticket, ".")
	if len(parts) != 3 || !hmac.Equal([]byte(parts[2]), []byte(s.ticketSign(parts[0], parts[1], device))) {
		return ""
	}
	if until, err := strconv.ParseInt(parts[1], 36, 64); err != nil || at.Unix() > until {
		return ""
	}
	return parts[0]
}

// sendTime is how long the books may take to keep what was sent: it may have come over a village's line for minutes.
const sendTime = 30 * time.Second

// ownTime is a context that outlives the request's, for work that begins when a long form has come in.
func ownTime(c *fiber.Ctx) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(c.UserContext()), sendTime)
}

// checked holds a form's token against the browser's own, as formToken does: its middleware would read the whole form itself
// and spill it to disk.
func (s *Server) checked(c *fiber.Ctx, token string) error {
	signed := signer(s.config.FormKey)
	known, _ := signed.Get(token)
	if known == nil || !hmac.Equal([]byte(token), []byte(c.Cookies(s.cookieName()))) {
		return ledger.Errorf(ledger.KindDenied, "页面放得太久了，没有送出。请返回上一页，刷新后再填一次。")
	}
	c.Locals(tokenKey, token)
	return nil
}

// pageWith answers with a page under a form's own refusal.
func (s *Server) refused(c *fiber.Ctx, failed error, show func(status int, fault string) error) error {
	switch ledger.KindOf(failed) {
	case ledger.KindInvalid:
		return show(http.StatusUnprocessableEntity, ledger.MessageOf(failed))
	case ledger.KindConflict:
		return show(http.StatusConflict, ledger.MessageOf(failed))
	}
	return failed
}
