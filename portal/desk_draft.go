package portal

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"mingbai/ledger/inquiry"
)

// draftHelp is what stands beside a draft: texts to begin with, and what others were answered.
type draftHelp struct {
	Templates []inquiry.Template
	Earlier   []inquiry.PublicAnswer
	Words     string // that earlier answers were looked for by
	Saved     inquiry.SavedDraft
}

// helpsDraft does what a draft's form asks beside sending it for review: to keep it, to begin with a template or an earlier
// answer, to look for one. What was written stays in the form in any case.
func (s *Server) helpsDraft(c *fiber.Ctx, act inquiry.Act, b brought) (answered bool, err error) {
	ctx, login, id := c.UserContext(), officerOf(c), param(c, "case")
	again := func() (bool, error) { return true, s.showCase(c, http.StatusOK, deskTry{act: act, b: b}) }
	begin := func(text string) {
		if written := b.text("proposed"); written != "" {
			text = written + "\n\n" + text
		}
		b.fields.Set("proposed", text)
	}
	switch {
	case b.fields.Get("keep") != "":
		failed := s.config.Desk.SaveDraft(ctx, login, id, b.text("proposed"))
		if status, fault, ours := deskRefusal(failed); ours {
			return true, s.showCase(c, status, deskTry{act: act, b: b, fault: fault})
		}
		if failed != nil {
			return true, failed
		}
		return true, c.Redirect(casePath(id)+"?said=kept", http.StatusSeeOther)
	case b.fields.Get("use") != "":
		d, err := s.config.Desk.Dossier(ctx, login, id)
		if err != nil {
			return true, err
		}
		templates, err := s.config.Desk.Templates(ctx, d.Case.Kind)
		if err != nil {
			return true, err
		}
		for _, t := range templates {
			if strconv.FormatInt(t.No, 10) == b.text("template") {
				begin(t.Fill(d.Known()))
			}
		}
		return again()
	case b.fields.Get("from") != "":
		no, err := strconv.ParseInt(b.text("from"), 10, 64)
		if err != nil {
			return true, errForm
		}
		earlier, err := s.config.Desk.PublicAnswer(ctx, no)
		if err != nil {
			return true, err
		}
		begin(earlier.Copy.Answer)
		return again()
	case b.fields.Get("find") != "":
		return again()
	}
	return false, nil
}

// draftHelp gathers what stands beside a draft.
func (s *Server) draftHelp(c *fiber.Ctx, p *deskCasePage, try deskTry) (h *draftHelp, err error) {
	ctx := c.UserContext()
	h = &draftHelp{Words: strings.TrimSpace(try.b.fields.Get("words")), Saved: p.Saved}
	if h.Templates, err = s.config.Desk.Templates(ctx, p.Case.Kind); err != nil {
		return nil, err
	}
	h.Earlier, err = s.config.Desk.Earlier(ctx, p.About, p.Case.Kind, p.Subject, h.Words)
	return h, err
}

type deskTemplatesPage struct {
	OfficeFrame
	Forms  []templateForm // the last one is a new template's
	Blanks []string
}

func (deskTemplatesPage) view() string { return "pages/office_desk_templates" }

type templateForm struct {
	inquiry.Template
	Title, Token string
	Kinds        []inquiry.Kind
	Open         bool
}

func (s *Server) deskTemplates(c *fiber.Ctx) error {
	return s.showTemplates(c, http.StatusOK, inquiry.Template{}, "")
}

// showTemplates shows all templates, and the one that was refused a moment ago as it was written.
func (s *Server) showTemplates(c *fiber.Ctx, status int, tried inquiry.Template, fault string) error {
	p := deskTemplatesPage{OfficeFrame: s.officeFrame(c, "答复模板", "/office/desk"), Blanks: inquiry.Blanks}
	p.Fault = fault
	templates, err := s.config.Desk.Templates(c.UserContext(), "")
	if err != nil {
		return err
	}
	for _, t := range append(templates, inquiry.Template{}) {
		f := templateForm{Template: t, Title: t.Name + "（各类）", Token: p.Token, Kinds: inquiry.Kinds}
		if t.Kind != "" {
			f.Title = t.Name + "（" + t.Kind.Name() + "）"
		}
		if fault != "" && t.No == tried.No {
			f.Template, f.Open = tried, true
		}
		p.Forms = append(p.Forms, f)
	}
	return s.show(c, status, p)
}

func (s *Server) saveTemplate(c *fiber.Ctx) error {
	b := broughtTo(c)
	t := inquiry.Template{Name: b.text("name"), Kind: inquiry.Kind(b.text("kind")), Text: b.text("text")}
	if no := b.text("no"); no != "" {
		var err error
		if t.No, err = strconv.ParseInt(no, 10, 64); err != nil {
			return errForm
		}
	}
	var failed error
	if b.fields.Get("remove") != "" {
		failed = s.config.Desk.RemoveTemplate(c.UserContext(), officerOf(c), t.No)
	} else {
		failed = s.config.Desk.SaveTemplate(c.UserContext(), officerOf(c), t)
	}
	if status, fault, ours := deskRefusal(failed); ours {
		return s.showTemplates(c, status, t, fault)
	}
	if failed != nil {
		return failed
	}
	return c.Redirect("/office/desk/templates?said=saved", http.StatusSeeOther)
}
