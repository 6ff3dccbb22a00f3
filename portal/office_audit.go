package portal

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"mingbai/ledger"
)

// AuditTrail is what auditors ask of the audit log.
type AuditTrail interface {
	AuditLines(ctx context.Context, by string, q ledger.AuditQuery) ([]ledger.AuditEntry, error)
	ExportAudit(ctx context.Context, by string, q ledger.AuditQuery) ([]ledger.AuditEntry, error)
	AuditState(ctx context.Context) (ledger.AuditState, error)
}

// auditLines is how many lines one page shows.
const auditLines = 50

func (s *Server) auditRoutes() {
	read := able(ledger.ActReadAudit)
	s.door(http.MethodGet, "/office/audit", read, s.auditTrail)
	s.door(http.MethodPost, "/office/audit/export", read, s.exportAudit)
}

// auditFilter is what an auditor fills in. It stands in the address, and names no person of the public.
type auditFilter struct {
	From   string `query:"from" form:"from"`
	Until  string `query:"until" form:"until"`
	Actor  string `query:"actor" form:"actor"`
	Action string `query:"action" form:"action"`
	Object string `query:"object" form:"object"`
}

// query is the filter as the books take it; wrong names a date that is none.
func (f auditFilter) query() (q ledger.AuditQuery, wrong string) {
	q = ledger.AuditQuery{Actor: f.Actor, Action: f.Action, Object: f.Object, Limit: auditLines + 1}
	for _, d := range []struct {
		text  string
		into  *time.Time
		field string
	}{{f.From, &q.From, "from"}, {f.Until, &q.Until, "until"}} {
		if d.text == "" {
			continue
		}
		day, err := time.Parse(time.DateOnly, d.text)
		if err != nil {
			return q, d.field
		}
		*d.into = day
	}
	return q, ""
}

func (f auditFilter) address(before int64) string {
	v := url.Values{}
	for name, text := range map[string]string{"from": f.From, "until": f.Until, "actor": f.Actor, "action": f.Action, "object": f.Object} {
		if text != "" {
			v.Set(name, text)
		}
	}
	if before > 0 {
		v.Set("before", strconv.FormatInt(before, 10))
	}
	if len(v) == 0 {
		return "/office/audit"
	}
	return "/office/audit?" + v.Encode()
}

type auditTrailPage struct {
	OfficeFrame
	State        ledger.AuditState
	Filter       auditFilter
	From, Until  field
	Object       field
	Actors, Acts []choice
	Lines        []auditEntry
	Broken       int
	Newest       string // address of the newest page; empty on it
	Older        string // of the next; empty on the last
}

func (auditTrailPage) view() string { return "pages/office_audit" }

type auditEntry struct {
	ledger.AuditEntry
	Said, Details string
}

func inWords(e ledger.AuditEntry) auditEntry { return auditEntry{e, e.Words(), detailWords(e.Detail)} }

func (s *Server) auditTrail(c *fiber.Ctx) error {
	var f auditFilter
	if err := c.QueryParser(&f); err != nil {
		return errForm
	}
	p, err := s.newAuditTrailPage(c, f)
	if err != nil {
		return err
	}
	q, wrong := f.query()
	if wrong != "" {
		return s.showWrongDay(c, p, wrong)
	}
	if text := c.Query("before"); text != "" {
		if q.Before, err = strconv.ParseInt(text, 10, 64); err != nil {
			return ledger.ErrNotFound
		}
		p.Newest = f.address(0)
	}
	lines, err := s.config.Trail.AuditLines(c.UserContext(), officerOf(c), q)
	if err != nil {
		return err
	}
	if len(lines) > auditLines {
		lines = lines[:auditLines]
		p.Older = f.address(lines[auditLines-1].Seq)
	}
	for _, l := range lines {
		if !l.Intact {
			p.Broken++
		}
		p.Lines = append(p.Lines, inWords(l))
	}
	return s.show(c, http.StatusOK, p)
}

func (s *Server) showWrongDay(c *fiber.Ctx, p auditTrailPage, wrong string) error {
	field := &p.From
	if wrong == "until" {
		field = &p.Until
	}
	field.Fault = "日期不对，写成 2025-06-03"
	return s.show(c, http.StatusUnprocessableEntity, p)
}

func (s *Server) newAuditTrailPage(c *fiber.Ctx, f auditFilter) (p auditTrailPage, err error) {
	p = auditTrailPage{
		OfficeFrame: s.officeFrame(c, "审计记录", "/office/audit"), Filter: f,
		From:   field{Name: "from", Label: "从", Type: "date", Auto: "off", Value: f.From},
		Until:  field{Name: "until", Label: "到", Type: "date", Auto: "off", Value: f.Until},
		Object: field{Name: "object", Label: "对象", Auto: "off", Value: f.Object, Hint: "如 batch/12、officer/li、fund/GD01"},
	}
	if p.State, err = s.config.Trail.AuditState(c.UserContext()); err != nil {
		return p, err
	}
	officers, err := s.office.Officers(c.UserContext())
	if err != nil {
		return p, err
	}
	for _, o := range officers {
		p.Actors = append(p.Actors, choice{o.Login, o.Name, "", o.Login == f.Actor})
	}
	for _, a := range ledger.AuditActions() {
		p.Acts = append(p.Acts, choice{a, ledger.ActLabel(a), "", a == f.Action})
	}
	slices.SortFunc(p.Acts, func(a, b choice) int { return cmp.Compare(a.Value, b.Value) })
	return p, nil
}

// exportAudit hands out the lines that the filter chooses. It is a form and not a link, for it writes a line of its own.
func (s *Server) exportAudit(c *fiber.Ctx) error {
	var f auditFilter
	if err := c.BodyParser(&f); err != nil {
		return errForm
	}
	q, wrong := f.query()
	if wrong != "" {
		return ledger.Errorf(ledger.KindInvalid, "日期不对，写成 2025-06-03")
	}
	lines, err := s.config.Trail.ExportAudit(c.UserContext(), officerOf(c), q)
	if err != nil {
		return err
	}
	t := table{
		name: "审计记录", head: []string{"序号", "时间", "账号", "姓名", "做了什么", "动作", "对象", "详情", "原文", "摘要", "与摘要相符"},
		widths: []int{8, 20, 14, 10, 30, 18, 18, 50, 30, 66, 10},
	}
	for _, l := range lines {
		e := inWords(l)
		t.rows = append(t.rows, []string{
			strconv.FormatInt(e.Seq, 10), e.At.In(ledger.Shanghai).Format(time.DateTime), e.Actor, e.ActorName, e.Said, e.Action, e.Object, e.Details,
			e.Detail, fmt.Sprintf("%x", e.Hash), map[bool]string{true: "是", false: "否"}[e.Intact],
		})
	}
	return t.send(c, c.FormValue("as"))
}
