package portal

import (
	"net/http"
	"slices"
	"time"

	"github.com/gofiber/fiber/v2"

	"mingbai/ledger"
	"mingbai/ledger/inquiry"
)

// trackFormPage asks for the code. It answers every code that opens nothing in the same words.
type trackFormPage struct {
	Frame
	Token   string
	Missing bool
}

func (trackFormPage) view() string { return "pages/track_form" }

func (s *Server) trackForm(c *fiber.Ctx) error { return s.showTrackForm(c, http.StatusOK, false) }

func (s *Server) showTrackForm(c *fiber.Ctx, status int, missing bool) error {
	p := trackFormPage{Frame: s.frame("查办理进度"), Token: formToken(c), Missing: missing}
	p.Nav, p.NoIndex = "ask", true
	return s.show(c, status, p)
}

// trackPage is a case as its citizen sees it.
type trackPage struct {
	Frame
	Token  string
	Ticket string
	inquiry.Tracked
	Steps   []trackStep
	Ratings []inquiry.Rating
	Notice  string
	Fault   string
}

func (trackPage) view() string { return "pages/track" }

// trackStep is a step of the vertical line.
type trackStep struct {
	At    time.Time
	Text  string
	Words string // the citizen's own, or what the citizen was told
}

// May says whether the citizen may try an act now.
func (p trackPage) May(act string) bool { return slices.Contains(p.Acts, inquiry.Act(act)) }

// track opens a case by its code. The code is read from the form alone, and is written nowhere.
func (s *Server) track(c *fiber.Ctx) error {
	id, err := s.config.Inquiries.CaseOfCode(c.UserContext(), c.FormValue("code"))
	if ledger.KindOf(err) == ledger.KindNotFound {
		return s.showTrackForm(c, http.StatusNotFound, true)
	}
	if err != nil {
		return err
	}
	return s.showTrack(c, http.StatusOK, id, "", "")
}

func (s *Server) showTrack(c *fiber.Ctx, status int, id, notice, fault string) error {
	t, err := s.config.Inquiries.Track(c.UserContext(), id)
	if err != nil {
		return err
	}
	p := trackPage{
		Frame: s.frame("办理进度"), Token: formToken(c), Ticket: s.ticket(id, device(c), time.Now()), Tracked: t, Notice: notice, Fault: fault,
		Ratings: []inquiry.Rating{inquiry.Satisfied, inquiry.Basically, inquiry.Not},
	}
	p.Nav, p.NoIndex = "ask", true
	for _, e := range t.Said {
		step := trackStep{At: e.At, Text: e.PublicText()}
		switch e.Act {
		case inquiry.Clarify, inquiry.Contest, inquiry.Reopen:
			step.Words = e.Words.Text
		case inquiry.Refuse:
			step.Words = refusalWords(t)
		}
		p.Steps = append(p.Steps, step)
	}
	return s.show(c, status, p)
}

// refusalWords are why a case was not accepted, and where it belongs.
func refusalWords(t inquiry.Tracked) string {
	words := "理由：" + t.Case.Ground.Name()
	if t.Right != "" {
		words += "。应当向“" + t.Right + "”反映"
	}
	return words + "。"
}

// citizenActs are what a citizen may do, with the words that the page then says.
var citizenActs = map[inquiry.Act]string{
	inquiry.Clarify: "已收到您补正的内容，期限接着算。", inquiry.Contest: "已收到您的异议，会由另外的人重新审查。", inquiry.Withdraw: "已经撤回。",
	inquiry.Rate: "已收到您的评价，谢谢。", inquiry.Reopen: "已收到，会重新办理，由另外的人审核。",
}

// citizenAct does what a form of the tracking page asks. A form that was sent twice, or is old, finds its case moved.
func (s *Server) citizenAct(c *fiber.Ctx) error {
	b, done, err := s.bring(c)
	defer done()
	if err != nil {
		return err
	}
	act := inquiry.Act(b.fields.Get("act"))
	id := s.caseOfTicket(b.fields.Get("ticket"), device(c), time.Now())
	said, known := citizenActs[act]
	if !known || id == "" {
		return ledger.Errorf(ledger.KindDenied, "页面放得太久了，没有送出。请用查询码重新打开，再填一次。")
	}
	ctx, cancel := ownTime(c)
	defer cancel()
	c.SetUserContext(ctx)
	files, failed := s.enclosures(ctx, b.files)
	if act != inquiry.Clarify {
		files = nil // nothing else brings any
	}
	if failed == nil {
		failed = s.config.Inquiries.CitizenAct(ctx, id, inquiry.Deed{
			Act: act, Seen: b.fields.Get("seen"), Files: files, Facts: inquiry.Facts{
				Text: b.text("text"), Rating: inquiry.Rating(b.fields.Get("rating")),
			},
		})
	}
	if failed != nil {
		return s.refused(c, failed, func(status int, fault string) error { return s.showTrack(c, status, id, "", fault) })
	}
	return s.showTrack(c, http.StatusOK, id, said, "")
}
