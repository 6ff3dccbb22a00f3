package portal

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"mingbai/ledger"
)

// askKinds are what may be asked for, as forms and addresses name it.
var askKinds = map[string]ledger.Action{"withdraw": ledger.ActWithdraw, "revert": ledger.ActRevert}

type askForm struct {
	Act    string `form:"act" query:"act"`
	Line   int    `form:"line" query:"line"`
	Reason string `form:"reason"`
}

type requestFormPage struct {
	OfficeFrame
	ledger.Progress
	Form        askForm
	ReasonFault string
}

func (requestFormPage) view() string { return "pages/office_ask" }

func (s *Server) newRequest(c *fiber.Ctx) error {
	var form askForm
	if c.QueryParser(&form) != nil || askKinds[form.Act] == "" {
		return ledger.ErrNotFound
	}
	return s.showAsk(c, http.StatusOK, form, "")
}

func (s *Server) showAsk(c *fiber.Ctx, status int, form askForm, fault string) error {
	no, err := numberIn(c, "no")
	if err != nil {
		return err
	}
	p := requestFormPage{OfficeFrame: s.officeFrame(c, "申请撤回或恢复", "/office/requests"), Form: form, ReasonFault: fault}
	if p.Progress, err = s.config.Review.Progress(c.UserContext(), officerOf(c), no); err != nil {
		return err
	}
	return s.show(c, status, p)
}

func (s *Server) askAct(c *fiber.Ctx) error {
	no, err := numberIn(c, "no")
	if err != nil {
		return err
	}
	var form askForm
	if c.BodyParser(&form) != nil || askKinds[form.Act] == "" || form.Line < 0 {
		return errForm
	}
	request, failed := s.config.Review.AskAct(c.UserContext(), ledger.ActRequest{
		Act: askKinds[form.Act], Batch: no, Line: form.Line, Reason: strings.TrimSpace(form.Reason), AskedBy: officerOf(c),
	})
	if status, message, ok := refusal(failed); ok {
		return s.showAsk(c, status, form, message)
	}
	if failed != nil {
		return failed
	}
	return c.Redirect(requestPath(request)+"?said=asked", http.StatusSeeOther)
}

func requestPath(no int64) string { return "/office/requests/" + strconv.FormatInt(no, 10) }

type requestsPage struct {
	OfficeFrame
	Open, Decided []ledger.RequestSight
}

func (requestsPage) view() string { return "pages/office_requests" }

func (s *Server) requests(c *fiber.Ctx) error {
	p := requestsPage{OfficeFrame: s.officeFrame(c, "撤回申请", "/office/requests")}
	list, err := s.config.Review.Requests(c.UserContext(), officerOf(c))
	if err != nil {
		return err
	}
	for _, r := range list {
		if r.Decision == "" {
			p.Open = append(p.Open, r)
		} else {
			p.Decided = append(p.Decided, r)
		}
	}
	return s.show(c, http.StatusOK, p)
}

type requestPage struct {
	OfficeFrame
	ledger.RequestSight
	Own, MayDecide bool
	Who            string
	Text           string // what was written as opinion
	OpinionFault   string
}

func (requestPage) view() string { return "pages/office_request" }

func (s *Server) request(c *fiber.Ctx) error {
	no, err := numberIn(c, "request")
	if err != nil {
		return err
	}
	return s.showRequest(c, no, http.StatusOK, "", "")
}

func (s *Server) showRequest(c *fiber.Ctx, no int64, status int, text, fault string) error {
	p := requestPage{OfficeFrame: s.officeFrame(c, "申请", "/office/requests"), Text: text, OpinionFault: fault}
	var err error
	if p.RequestSight, err = s.config.Review.Request(c.UserContext(), officerOf(c), no); err != nil {
		return err
	}
	p.Own = p.AskedBy == officerOf(c)
	for _, o := range p.Deciders {
		p.MayDecide = p.MayDecide || o.Login == officerOf(c)
	}
	p.Who = officerNames(p.Deciders)
	return s.show(c, status, p)
}

type decisionForm struct {
	Decision string `form:"decision"`
	Opinion  string `form:"opinion"`
}

func (s *Server) decideRequest(c *fiber.Ctx) error {
	no, err := numberIn(c, "request")
	if err != nil {
		return err
	}
	var form decisionForm
	if c.BodyParser(&form) != nil || form.Decision != string(ledger.Granted) && form.Decision != string(ledger.Refused) {
		return errForm
	}
	failed := s.patiently(c, func(ctx context.Context) error {
		return s.config.Review.DecideAct(ctx, no, officerOf(c), form.Decision == string(ledger.Granted), strings.TrimSpace(form.Opinion))
	})
	return s.decided(c, no, failed, form.Opinion)
}

func (s *Server) takeBackRequest(c *fiber.Ctx) error {
	no, err := numberIn(c, "request")
	if err != nil {
		return err
	}
	return s.decided(c, no, s.config.Review.TakeBackAct(c.UserContext(), no, officerOf(c)), "")
}

func (s *Server) decided(c *fiber.Ctx, no int64, failed error, opinion string) error {
	if status, message, ok := refusal(failed); ok {
		return s.showRequest(c, no, status, opinion, message)
	}
	if failed != nil {
		return failed
	}
	return c.Redirect(requestPath(no)+"?said=decided", http.StatusSeeOther)
}
