package portal

import (
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"mingbai/ledger"
	"mingbai/ledger/inquiry"
)

// inquiryHints say what each kind is for, in a farmer's words.
var inquiryHints = map[inquiry.Kind]string{
	inquiry.Question:   "想问清楚一件事：发没发、为什么是这个数、怎么领",
	inquiry.Complaint:  "数目不对、没有发到、办事的人不理",
	inquiry.Suggestion: "有更好的办法，想说给财政局听",
	inquiry.Report:     "有人冒领、截留、挪用",
	inquiry.Request:    "希望公开某一笔钱、某一个项目的情况",
}

type kindChoice struct {
	Kind inquiry.Kind
	Hint string
}

// filingPage asks one thing after the other: the kind, for a report to whom it goes, then the matter itself.
type filingPage struct {
	Frame
	Token    string
	Step     string // kind, whom, matter
	Kinds    []kindChoice
	Filing   inquiry.Filing
	About    inquiry.About
	Row      string // 2025-17-3, as addresses write it
	Funds    []ledger.FundYear
	Fault    string
	Messages bool // who leaves a telephone may wish to be told by it
	Lost     bool // files were chosen and must be chosen again
}

func (filingPage) view() string { return "pages/filing" }

// filing shows the step that an address stands for.
func (s *Server) filing(c *fiber.Ctx) error {
	f := inquiry.Filing{Kind: inquiry.Kind(c.Query("kind")), Seal: c.Query("to") == "discipline", Fund: c.Query("fund"), Row: rowOf(c.Query("row"))}
	if !slices.Contains(inquiry.Kinds, f.Kind) {
		f.Kind = ""
	}
	step := "matter"
	switch {
	case f.Kind == "":
		step = "kind"
	case f.Kind == inquiry.Report && c.Query("to") == "":
		step = "whom"
	}
	return s.showFiling(c, http.StatusOK, step, f, "")
}

func (s *Server) showFiling(c *fiber.Ctx, status int, step string, f inquiry.Filing, fault string) error {
	p := filingPage{Frame: s.frame("问账"), Token: formToken(c), Step: step, Filing: f, Fault: fault, Messages: s.config.Messages && !f.Seal}
	p.Nav, p.NoIndex = "ask", true
	for _, k := range inquiry.Kinds {
		p.Kinds = append(p.Kinds, kindChoice{k, inquiryHints[k]})
	}
	if f.Row != (inquiry.Row{}) {
		about, err := s.config.Inquiries.RowAbout(c.UserContext(), f.Row)
		if err != nil && ledger.KindOf(err) != ledger.KindNotFound {
			return err
		}
		if p.About = about; err == nil {
			p.Row = rowText(f.Row)
		}
	}
	if step == "matter" && p.Row == "" {
		var err error
		if p.Funds, err = s.books.Funds(c.UserContext()); err != nil {
			return err
		}
	}
	return s.show(c, status, p)
}

// rowOf reads 2025-17-3; zero for anything else. rowText writes it.
func rowOf(text string) inquiry.Row {
	var n [3]int
	parts := strings.Split(text, "-")
	if len(parts) != 3 {
		return inquiry.Row{}
	}
	for i, p := range parts {
		var err error
		if n[i], err = strconv.Atoi(p); err != nil || n[i] <= 0 || n[i] > 1<<30 {
			return inquiry.Row{}
		}
	}
	return inquiry.Row{Year: n[0], Batch: int64(n[1]), Line: n[2]}
}

func rowText(r inquiry.Row) string {
	return strconv.Itoa(r.Year) + "-" + strconv.FormatInt(r.Batch, 10) + "-" + strconv.Itoa(r.Line)
}

type receiptPage struct {
	Frame
	Kind   inquiry.Kind
	Sealed bool
	Code   string
	Groups []string
	QR     template.HTML
	Files  int
	Held   bool // a file waits to be looked through
}

func (receiptPage) view() string { return "pages/receipt" }

// takeFiling keeps what a citizen sends. The receipt is the answer itself and no page of its own: the code is shown once.
func (s *Server) takeFiling(c *fiber.Ctx) error {
	b, done, err := s.bring(c)
	defer done()
	if err != nil {
		return err
	}
	ctx, cancel := ownTime(c)
	defer cancel()
	f := s.filingOf(c, b)
	files, failed := s.enclosures(ctx, b.files)
	code := ""
	if failed == nil {
		f.Files = files
		_, code, failed = s.config.Inquiries.Send(ctx, f)
	}
	if failed != nil {
		c.SetUserContext(ctx)
		return s.refused(c, failed, func(status int, fault string) error { return s.showFiling(c, status, "matter", f, fault) })
	}
	p := receiptPage{Kind: f.Kind, Sealed: f.Seal, Code: code, Files: len(f.Files)}
	for _, file := range f.Files {
		p.Held = p.Held || file.Held
	}
	s.countAtKiosk(c, ledger.KioskUse{Inquiries: 1})
	return s.showReceipt(c, p)
}

func (s *Server) showReceipt(c *fiber.Ctx, p receiptPage) (err error) {
	p.Frame, p.Groups = s.frame("已经收到"), strings.Split(p.Code, "-")
	p.Nav, p.NoIndex = "ask", true
	// The code as plain text: no address, so that no server's log ever has it.
	if p.QR, err = qr("明白账查询码 " + p.Code); err != nil {
		return err
	}
	return s.show(c, http.StatusOK, p)
}

// filingOf reads the form. What it does not know it leaves out.
func (s *Server) filingOf(c *fiber.Ctx, b brought) inquiry.Filing {
	text := b.text
	f := inquiry.Filing{
		Kind: inquiry.Kind(text("kind")), Channel: inquiry.Web, Seal: text("to") == "discipline", Subject: text("subject"), Text: text("text"),
		Name: text("name"), Phone: text("phone"), Agreed: text("agreed") != "", Fund: text("fund"), Row: rowOf(text("row")),
	}
	if s.atKiosk(c) {
		f.Channel = inquiry.Kiosk
	}
	return f
}
