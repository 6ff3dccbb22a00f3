package portal

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"mingbai/ledger"
)

// Papers is what the site asks of funds' documents.
type Papers interface {
	Papers(ctx context.Context, fund string, publicOnly bool) ([]ledger.Paper, error)
	PaperContent(ctx context.Context, fund string, no int64, publicOnly bool) ([]byte, error)
	AddPaper(ctx context.Context, by string, p ledger.Paper, content []byte) error
	OpenPaper(ctx context.Context, by, fund string, no int64, public bool) error
	RemovePaper(ctx context.Context, by, fund string, no int64) error
}

func (s *Server) paperRoutes() {
	keep := able(ledger.ActManageCodes)
	s.door(http.MethodGet, "/office/funds/:code/documents", keep, s.papers)
	s.door(http.MethodPost, "/office/funds/:code/documents", keep.with(maxPaper), s.addPaper)
	s.door(http.MethodGet, "/office/funds/:code/documents/:doc", keep, s.paper)
	s.door(http.MethodPost, "/office/funds/:code/documents/:doc/public", keep, s.openPaper)
	s.door(http.MethodPost, "/office/funds/:code/documents/:doc/remove", keep, s.removePaper)
}

type papersPage struct {
	OfficeFrame
	Fund          ledger.Fund
	Path          string
	Papers        []ledger.Paper
	Heading, File field
}

func (papersPage) view() string { return "pages/office_papers" }

func papersPath(fund string) string { return "/office/funds/" + url.PathEscape(fund) + "/documents" }

func (s *Server) newPapersPage(c *fiber.Ctx) (p papersPage, err error) {
	fund, err := s.books.Fund(c.UserContext(), param(c, "code"))
	if err != nil {
		return p, err
	}
	p = papersPage{
		OfficeFrame: s.officeFrame(c, fund.Name+"的附件", "/office/lists"), Fund: fund, Path: papersPath(fund.Code),
		Heading: field{Name: "title", Label: "标题", Auto: "off", Hint: "公开后农户看到的就是它，如“2025年实施方案”。"},
		File:    field{Name: "file", Label: "文件", Type: "file", Auto: "off", Hint: "PDF、DOCX、XLSX、JPG、PNG，最大10MB。里面不能有个人的证号、账号、电话。"},
	}
	p.Papers, err = s.config.Papers.Papers(c.UserContext(), fund.Code, false)
	return p, err
}

func (s *Server) papers(c *fiber.Ctx) error {
	p, err := s.newPapersPage(c)
	if err != nil {
		return err
	}
	return s.show(c, http.StatusOK, p)
}

func (s *Server) addPaper(c *fiber.Ctx) error {
	form := attachedTo(c)
	fund, kind, failed := param(c, "code"), "", error(nil)
	if len(form.file) == 0 {
		failed = ledger.Errorf(ledger.KindInvalid, "请选择文件")
	} else {
		kind, form.file, failed = cleanPaper(form.file)
	}
	wrongFile := failed != nil
	if failed == nil {
		failed = s.config.Papers.AddPaper(c.UserContext(), officerOf(c), ledger.Paper{Fund: fund, Title: form.fields["title"], Type: kind}, form.file)
	}
	if status, message, ok := refusal(failed); ok {
		p, err := s.newPapersPage(c)
		if err != nil {
			return err
		}
		p.Heading.Value = form.fields["title"]
		if wrongFile {
			p.File.Fault = message
		} else {
			p.Heading.Fault = message
		}
		return s.show(c, status, p)
	}
	if failed != nil {
		return failed
	}
	return c.Redirect(papersPath(fund)+"?said=saved", http.StatusSeeOther)
}

func paperNo(c *fiber.Ctx) (int64, error) {
	no, err := strconv.ParseInt(c.Params("doc"), 10, 64)
	if err != nil {
		return 0, ledger.ErrNotFound
	}
	return no, nil
}

func (s *Server) openPaper(c *fiber.Ctx) error {
	no, err := paperNo(c)
	if err != nil {
		return err
	}
	if err := s.config.Papers.OpenPaper(c.UserContext(), officerOf(c), param(c, "code"), no, c.FormValue("public") != ""); err != nil {
		return err
	}
	return c.Redirect(papersPath(param(c, "code"))+"?said=saved", http.StatusSeeOther)
}

func (s *Server) removePaper(c *fiber.Ctx) error {
	no, err := paperNo(c)
	if err != nil {
		return err
	}
	if err := s.config.Papers.RemovePaper(c.UserContext(), officerOf(c), param(c, "code"), no); err != nil {
		return err
	}
	return c.Redirect(papersPath(param(c, "code"))+"?said=saved", http.StatusSeeOther)
}

func (s *Server) paper(c *fiber.Ctx) error       { return s.sendPaper(c, false) }
func (s *Server) publicPaper(c *fiber.Ctx) error { return s.sendPaper(c, true) }

// sendPaper hands a document out to be kept: what somebody else wrote is never shown as ours.
func (s *Server) sendPaper(c *fiber.Ctx, publicOnly bool) error {
	no, err := paperNo(c)
	if err != nil {
		return err
	}
	fund := param(c, "code")
	list, err := s.config.Papers.Papers(c.UserContext(), fund, publicOnly)
	if err != nil {
		return err
	}
	for _, p := range list {
		if p.No != no {
			continue
		}
		content, err := s.config.Papers.PaperContent(c.UserContext(), fund, no, publicOnly)
		if err != nil {
			return err
		}
		return download(c, fmt.Sprintf("%s.%s", p.Title, p.Type), paperTypes[p.Type], content)
	}
	return ledger.ErrNotFound
}
