package portal

import (
	"context"
	"mime"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"mingbai/ledger"
	"mingbai/ledger/inquiry"
)

// deskCasePage is a case's slip: everything about it on one screen, and only what may be done.
type deskCasePage struct {
	OfficeFrame
	inquiry.Dossier
	Path   string
	Steps  []deskStep
	Forms  []deskForm
	Sender *inquiry.Identity // released a moment ago
	Urgent string
	Class  string
	Diff   []textDiff     // between the case and the public copy that is being made
	Leaks  []inquiry.Leak // of that copy
	Hide   []inquiry.Leak // what of the draft would be left out of a public copy
	Looked bool           // the copy was looked at before it is published
	Help   *draftHelp     // for who drafts
	Status inquiry.Status
	Papers []inquiry.Paper // that may be printed of it now
}

func (deskCasePage) view() string { return "pages/office_desk_case" }

// Ordered says whether there ever was an order of 督办.
func (p deskCasePage) Ordered() bool {
	return p.Sight.Internal && slices.ContainsFunc(p.Said, func(s inquiry.Said) bool { return s.Act == inquiry.Supervise })
}

// deskStep is an event as the office sees it.
type deskStep struct {
	At          time.Time
	Who, What   string
	Text, Draft string
	Copy        inquiry.Copy
}

// deskTry is what was tried a moment ago and refused, to be shown again.
type deskTry struct {
	act    inquiry.Act
	b      brought
	fault  string
	sender *inquiry.Identity
}

func (s *Server) deskCase(c *fiber.Ctx) error { return s.showCase(c, http.StatusOK, deskTry{}) }

func (s *Server) showCase(c *fiber.Ctx, status int, try deskTry) error {
	ctx, login, id := c.UserContext(), officerOf(c), param(c, "case")
	dossier, err := s.config.Desk.Dossier(ctx, login, id)
	if err != nil {
		return err
	}
	p := deskCasePage{
		OfficeFrame: s.officeFrame(c, dossier.Subject, "/office/desk"), Dossier: dossier, Path: casePath(id),
		Urgent: dossier.Level.Name(), Class: urgencyClasses[dossier.Level], Sender: try.sender, Status: dossier.Tracked.Status,
	}
	if p.Fault = try.fault; dossier.Case.State == inquiry.Sealed {
		p.OfficeFrame = s.officeFrame(c, dossier.Subject, "/office/desk/sealed")
		p.Fault = try.fault
	}
	if err := s.fillCase(c, &p, try); err != nil {
		return err
	}
	return s.show(c, status, p)
}

// fillCase adds what the page needs beside the case itself.
func (s *Server) fillCase(c *fiber.Ctx, p *deskCasePage, try deskTry) error {
	ctx := c.UserContext()
	names, departments, err := s.deskNames(c)
	if err != nil {
		return err
	}
	for _, paper := range inquiry.Papers {
		if p.Sight.Internal && paper.Of(p.Case) {
			p.Papers = append(p.Papers, paper)
		}
	}
	p.Steps = stepsOf(p.Said, names, departments)
	for i := range p.Steps {
		if p.Said[i].Act == inquiry.Send {
			p.Steps[i].Text = "" // it stands above
		}
	}
	slices.Reverse(p.Steps)
	if slices.Contains(p.Acts, inquiry.Draft) || slices.Contains(p.Acts, inquiry.Redraft) {
		if p.Help, err = s.draftHelp(c, p, try); err != nil {
			return err
		}
	}
	if slices.Contains(p.Acts, inquiry.Approve) {
		if p.Hide, err = s.config.Desk.DraftLeaks(ctx, p.Officer.Login, p.ID); err != nil {
			return err
		}
	}
	copyShown := inquiry.Copy{Title: p.Subject, Question: p.Text, Answer: p.Reply}
	if try.act == inquiry.Publish && slices.Contains(p.Acts, inquiry.Publish) {
		copyShown = copyOf(try.b)
		if err := s.lookAtCopy(ctx, p, copyShown); err != nil {
			return err
		}
	}
	p.Forms = deskForms(p, departments, copyShown, try)
	return nil
}

// lookAtCopy shows what a public copy leaves out and adds, and what of it may not be public.
func (s *Server) lookAtCopy(ctx context.Context, p *deskCasePage, c inquiry.Copy) (err error) {
	p.Diff = diffOf(inquiry.Copy{Title: p.Subject, Question: p.Text, Answer: p.Reply}, c)
	p.Looked = true
	p.Leaks, err = s.config.Desk.Leaks(ctx, p.Officer.Login, p.ID, c)
	return err
}

func copyOf(b brought) inquiry.Copy {
	return inquiry.Copy{
		Title: b.text("title"), Question: b.text("question"), Answer: b.text("answer"), Disclosed: b.text("disclosed"),
		Files: strings.Join(b.fields["enclose"], " "),
	}
}

// stepsOf are the events of a case as the office sees them, in their order.
func stepsOf(said []inquiry.Said, names map[string]string, departments []ledger.Department) (steps []deskStep) {
	for _, e := range said {
		steps = append(steps, deskStep{
			At: e.At, Who: whoDid(e.By, names), What: stepWords(e, departments), Text: e.Words.Text, Draft: e.Words.Proposed, Copy: e.Words.Copy,
		})
	}
	return steps
}

func whoDid(by inquiry.Actor, names map[string]string) string {
	switch {
	case by.Role == inquiry.Citizen:
		return "来件人"
	case by.Role == inquiry.System:
		return "系统"
	case names[by.Login] != "":
		return names[by.Login] + "（" + by.Role.Name() + "）"
	}
	return by.Login
}

// stepWords say what an event was, with its facts.
func stepWords(e inquiry.Said, departments []ledger.Department) string {
	words := e.Act.Name()
	switch e.Act {
	case inquiry.Send:
		words += "（" + e.Channel.Name() + "，" + e.Kind.Name() + "）"
	case inquiry.Register:
		words += "：" + e.Kind.Name() + "，" + e.Track.Name()
	case inquiry.Countersign:
		words += "，处理笺号 " + e.Slip.String()
	case inquiry.Forward:
		words += "：" + departmentName(departments, e.Lead)
		for _, d := range e.Assist {
			words += "、" + departmentName(departments, d) + "（协办）"
		}
	case inquiry.ProposeRefusal:
		words += "：" + e.Ground.Name() + "，应当向“" + e.Words.Right + "”反映"
	case inquiry.Withhold:
		words += "：" + e.Ground.Name()
	case inquiry.Merge:
		words += "到处理笺 " + e.Main.String()
	case inquiry.AskExtension:
		words += " " + count(e.Days) + " 天"
	case inquiry.Rate:
		words += "：" + e.Rating.Name()
	}
	for _, m := range e.Moved {
		words += "；" + m.Text()
	}
	return words
}

func departmentName(departments []ledger.Department, id int64) string {
	for _, d := range departments {
		if d.ID == id {
			return d.Name
		}
	}
	return "部门" + count(int(id))
}

// deskSender lets an officer see who sent a case: once, on this answer alone, after saying what for.
func (s *Server) deskSender(c *fiber.Ctx) error {
	ctx, login, id := c.UserContext(), officerOf(c), param(c, "case")
	failed := s.config.Desk.ReleaseSender(ctx, login, id, c.FormValue("purpose"))
	if failed == nil {
		var who inquiry.Identity
		if who, failed = s.config.Desk.SenderOf(ctx, login, id); failed == nil {
			return s.showCase(c, http.StatusOK, deskTry{sender: &who})
		}
	}
	if status, fault, ours := deskRefusal(failed); ours {
		return s.showCase(c, status, deskTry{fault: fault})
	}
	return failed
}

var enclosureTypes = map[string]string{
	"jpg": "image/jpeg", "pdf": paperTypes["pdf"], "docx": paperTypes["docx"], "xlsx": paperTypes["xlsx"],
}

// deskFile hands an attachment over to be kept, never to be shown: it came from a stranger.
func (s *Server) deskFile(c *fiber.Ctx) error {
	f, content, err := s.config.Desk.OpenFile(c.UserContext(), officerOf(c), param(c, "case"), param(c, "file"))
	if err != nil {
		return err
	}
	return handOver(c, f.Type, f.Name, content)
}

// handOver answers with a stranger's file as one that is kept and not shown.
func handOver(c *fiber.Ctx, kind, name string, content []byte) error {
	c.Set(fiber.HeaderContentType, enclosureTypes[kind])
	c.Set(fiber.HeaderContentDisposition, mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	c.Set("Content-Security-Policy", "sandbox; default-src 'none'")
	return c.Send(content)
}
