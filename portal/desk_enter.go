package portal

import (
	"net/http"
	"strings"

	"github.com/gofiber/fiber/v2"

	"mingbai/ledger"
	"mingbai/ledger/inquiry"
)

// deskEnterPage writes down for a citizen what comes by telephone or over the counter, and tells the code once.
type deskEnterPage struct {
	OfficeFrame
	Filing   inquiry.Filing
	Kinds    []inquiry.Kind
	Channels []inquiry.Channel
	Funds    []ledger.FundYear
	Messages bool
	Groups   []string // of the code that was given a moment ago
}

func (deskEnterPage) view() string { return "pages/office_desk_enter" }

func (s *Server) deskEnter(c *fiber.Ctx) error {
	return s.showEnter(c, http.StatusOK, inquiry.Filing{Channel: inquiry.Phone, Kind: inquiry.Question}, "", "")
}

func (s *Server) showEnter(c *fiber.Ctx, status int, f inquiry.Filing, code, fault string) (err error) {
	p := deskEnterPage{
		OfficeFrame: s.officeFrame(c, "代为登记", "/office/desk"), Filing: f, Kinds: inquiry.Kinds, Channels: []inquiry.Channel{inquiry.Phone, inquiry.Counter},
	}
	p.Fault, p.Messages = fault, s.config.Messages
	if code != "" {
		p.Groups = strings.Split(code, "-")
	}
	if p.Funds, err = s.books.Funds(c.UserContext()); err != nil {
		return err
	}
	return s.show(c, status, p)
}

func (s *Server) deskTake(c *fiber.Ctx) error {
	b := broughtTo(c)
	ctx, cancel := ownTime(c)
	defer cancel()
	c.SetUserContext(ctx)
	f := inquiry.Filing{
		Kind: inquiry.Kind(b.text("kind")), Channel: inquiry.Channel(b.text("channel")), Subject: b.text("subject"), Text: b.text("text"),
		Name: b.text("name"), Phone: b.text("phone"), Agreed: b.text("agreed") != "", Fund: b.text("fund"),
	}
	files, failed := s.enclosures(ctx, b.files)
	code := ""
	if failed == nil {
		f.Files = files
		_, code, failed = s.config.Desk.Enter(ctx, officerOf(c), f)
	}
	if status, fault, ours := deskRefusal(failed); ours {
		return s.showEnter(c, status, f, "", fault)
	}
	if failed != nil {
		return failed
	}
	return s.showEnter(c, http.StatusOK, inquiry.Filing{Channel: f.Channel, Kind: f.Kind}, code, "")
}
