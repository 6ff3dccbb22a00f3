package portal

import (
	"bytes"
	"context"
	"html/template"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"mingbai/ledger"
	"mingbai/ledger/inquiry"
	"mingbai/templates"
)

// deskPaper is a paper about a case as it is printed.
type deskPaper struct {
	inquiry.Dossier
	Paper                         inquiry.Paper
	County, Phone, Hours, Address string
	No                            string
	Steps                         []deskStep // the slip: in the order in which they were done
	Sender                        *inquiry.Identity
	Explained                     string    // of a refusal
	On                            time.Time // what the paper tells of was done then
	Ratings                       []ratingBox
	MadeBy                        string
	Made                          time.Time
}

type ratingBox struct {
	inquiry.Rating
	Chosen bool
}

type deskPaperPage struct {
	OfficeFrame
	Paper      deskPaper
	Path, Back string
	PDF        bool
}

func (deskPaperPage) view() string { return "pages/office_desk_paper" }

func deskPaperPath(id string, p inquiry.Paper) string { return casePath(id) + "/papers/" + string(p) }

// paperOfCase makes a paper; the books say who may, and write it down.
func (s *Server) paperOfCase(c *fiber.Ctx, sender *inquiry.Identity) (p deskPaper, err error) {
	kind := inquiry.Paper(param(c, "paper"))
	if kind.Name() == "" {
		return p, ledger.ErrNotFound
	}
	f, by := s.config, stay(c).Officer
	p = deskPaper{Paper: kind, County: f.County, Phone: f.Phone, Hours: f.Hours, Address: f.Address, Sender: sender, MadeBy: by.Name, Made: time.Now()}
	if p.Dossier, err = f.Desk.Paper(c.UserContext(), by.Login, param(c, "case"), kind); err != nil {
		return p, err
	}
	if p.No = p.Case.Slip.String(); p.No == "" {
		p.No = "未编号"
	}
	if p.On = p.dated(); p.On.IsZero() {
		p.On = p.Made
	}
	for _, r := range []inquiry.Rating{inquiry.Satisfied, inquiry.Basically, inquiry.Not} {
		p.Ratings = append(p.Ratings, ratingBox{r, r == p.Case.Round().Rating})
	}
	if kind == inquiry.SlipPaper {
		names, departments, err := s.deskNames(c)
		if err != nil {
			return p, err
		}
		p.Steps = stepsOf(p.Said, names, departments)
		p.Steps[0].Text = "" // what was sent stands above
	}
	return p, nil
}

// dated is when what the paper tells of was done: the last time, for a case that began anew.
func (p *deskPaper) dated() time.Time {
	acts := map[inquiry.Paper][]inquiry.Act{
		inquiry.AcceptPaper: {inquiry.TakeDirect, inquiry.Forward, inquiry.Merge}, inquiry.RefusalPaper: {inquiry.Refuse},
		inquiry.FeedbackPaper: {inquiry.Approve, inquiry.Carry},
	}[p.Paper]
	at := time.Time{}
	for _, e := range p.Said {
		if e.Act == inquiry.ProposeRefusal {
			p.Explained = e.Words.Text
		}
		if slices.Contains(acts, e.Act) && (at.IsZero() || p.Paper != inquiry.AcceptPaper) {
			at = e.At
		}
	}
	return at
}

// deskNames are the names of all officers by login, and the departments.
func (s *Server) deskNames(c *fiber.Ctx) (names map[string]string, departments []ledger.Department, err error) {
	if names, err = s.officerNames(c.UserContext()); err != nil {
		return nil, nil, err
	}
	departments, err = s.office.Departments(c.UserContext())
	return names, departments, err
}

// officerNames are the names of all officers, by login.
func (s *Server) officerNames(ctx context.Context) (map[string]string, error) {
	officers, err := s.office.Officers(ctx)
	names := make(map[string]string, len(officers))
	for _, o := range officers {
		names[o.Login] = o.Name
	}
	return names, err
}

func (s *Server) deskPaper(c *fiber.Ctx) error {
	p, err := s.paperOfCase(c, nil)
	if err != nil {
		return err
	}
	if c.Query("as") == "pdf" && s.config.Print != nil {
		return s.printPaper(c, p.Paper.Name()+p.No, paperSheet{Paper: &p})
	}
	return s.showPaper(c, http.StatusOK, p, "")
}

func (s *Server) showPaper(c *fiber.Ctx, status int, p deskPaper, fault string) error {
	page := deskPaperPage{
		OfficeFrame: s.officeFrame(c, p.Paper.Name()+" "+p.No, "/office/desk"), Paper: p, Path: deskPaperPath(p.ID, p.Paper), Back: casePath(p.ID), PDF: s.config.Print != nil,
	}
	page.Fault, page.Sheet = fault, "paper.css"
	return s.show(c, status, page)
}

// deskPaperTo makes a paper with its sender's name on it, for whom the sender is released: on this answer alone.
func (s *Server) deskPaperTo(c *fiber.Ctx) error {
	ctx, login, id := c.UserContext(), officerOf(c), param(c, "case")
	kind := inquiry.Paper(param(c, "paper"))
	if kind.Name() == "" || !kind.Leaves() {
		return ledger.ErrNotFound
	}
	failed := s.config.Desk.ReleaseSender(ctx, login, id, c.FormValue("purpose"))
	var who *inquiry.Identity
	if failed == nil {
		var sender inquiry.Identity
		if sender, failed = s.config.Desk.SenderOf(ctx, login, id); failed == nil {
			who = &sender
		}
	}
	status, fault, ours := deskRefusal(failed)
	if failed != nil && !ours {
		return failed
	}
	p, err := s.paperOfCase(c, who)
	if err != nil {
		return err
	}
	return s.showPaper(c, max(status, http.StatusOK), p, fault)
}

// paperSheet is a paper that stands alone, to be printed by chromium.
type paperSheet struct {
	Title    string
	Style    template.CSS
	Paper    *deskPaper
	Register *registerSheet
}

var paperPrint = template.Must(paperTemplates())

func paperTemplates() (*template.Template, error) {
	t, err := template.New("paper.html").Funcs(words).ParseFS(templates.Print, "print/paper.html")
	for _, name := range []string{"partials/desk_paper", "partials/desk_register"} {
		var text []byte
		if err == nil {
			text, err = templates.Pages.ReadFile(name + ".html")
		}
		if err == nil {
			_, err = t.New(name).Parse(string(text))
		}
	}
	return t, err
}

// printPaper hands a paper out as PDF.
func (s *Server) printPaper(c *fiber.Ctx, name string, sheet paperSheet) error {
	around, err := templates.Print.ReadFile("print/paper.css")
	if err != nil {
		return err
	}
	assets, err := templates.Assets()
	if err != nil {
		return err
	}
	style := string(around)
	for _, a := range assets {
		if a.Name == "paper.css" {
			style += string(a.Body)
		}
	}
	sheet.Title, sheet.Style = name, template.CSS(strings.ReplaceAll(style, "</", ""))
	var html bytes.Buffer
	if err := paperPrint.Execute(&html, sheet); err != nil {
		return err
	}
	pdf, err := s.print(c, html.Bytes())
	if err != nil {
		return err
	}
	return download(c, name+".pdf", "application/pdf", pdf)
}
