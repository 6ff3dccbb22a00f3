package portal

import (
	"bytes"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"mingbai/ingest"
	"mingbai/ledger"
	"mingbai/ledger/inquiry"
)

// registerSheet is the register of a day or a month as it is printed.
type registerSheet struct {
	County, Span string
	Days         []registerDay
	Count        int
	Cut          bool // there are more than one page of it
	First, Last  int
	MadeBy       string
	Made         time.Time
}

type registerDay struct {
	inquiry.Day
	First, Second string // names
	Entries       []registerEntry
}

type registerEntry struct {
	inquiry.Entry
	First, Second     string
	Clock, AnsweredOn string
}

type deskRegisterPage struct {
	OfficeFrame
	Register     registerSheet
	Month, Day   string
	Newer, Older string
	PDF          bool
}

func (deskRegisterPage) view() string { return "pages/office_desk_register" }

// As is the address of the same register as a file.
func (p deskRegisterPage) As(form string) string {
	v := url.Values{"as": {form}}
	if p.Day != "" {
		v.Set("day", p.Day)
	} else {
		v.Set("month", p.Month)
	}
	return "/office/desk/register?" + v.Encode()
}

// perRegisterPage is how many cases of the register a page and a PDF hold: a quiet county's month, a city's morning.
const perRegisterPage = 300

// registerSpan reads which days are asked for: one, or a month; this month when nothing is.
func registerSpan(c *fiber.Ctx) (from, to time.Time, day, month string, err error) {
	if text := c.Query("day"); text != "" {
		from, err = time.Parse(time.DateOnly, text)
		day = text
		if err != nil {
			err = ledger.Errorf(ledger.KindInvalid, "日期：写成 2026-03-02")
		}
		return from, from, day, "", err
	}
	month = c.Query("month")
	if month == "" {
		month = time.Now().In(ledger.Shanghai).Format("2006-01")
	}
	if from, err = time.Parse("2006-01", month); err != nil {
		return from, from, "", "", ledger.Errorf(ledger.KindInvalid, "月份：写成 2026-03")
	}
	return from, from.AddDate(0, 1, -1), "", month, nil
}

func (s *Server) deskRegister(c *fiber.Ctx) error {
	from, to, day, month, err := registerSpan(c)
	if err != nil {
		return err
	}
	span := inquiry.RegisterQuery{From: from, To: to}
	name := "受理登记册" + month + day
	if c.Query("as") == "xlsx" {
		return s.sendRegister(c, name, span)
	}
	page := min(max(c.QueryInt("page", 1), 1), 10000)
	span.Limit, span.Skip = perRegisterPage, (page-1)*perRegisterPage
	sheet, err := s.registerSheet(c, span)
	if err != nil {
		return err
	}
	if sheet.Span = from.Format("2006年1月"); day != "" {
		sheet.Span = date(from)
	}
	if c.Query("as") == "pdf" && s.config.Print != nil {
		if err := s.config.Desk.TakeRegister(c.UserContext(), officerOf(c), span); err != nil {
			return err
		}
		return s.printPaper(c, name, paperSheet{Register: &sheet})
	}
	p := deskRegisterPage{OfficeFrame: s.officeFrame(c, "受理登记册", "/office/desk"), Register: sheet, Month: month, Day: day, PDF: s.config.Print != nil}
	p.Sheet = "paper.css"
	at := func(page int) string {
		v := url.Values{"month": {month}, "page": {strconv.Itoa(page)}}
		if day != "" {
			v = url.Values{"day": {day}, "page": {strconv.Itoa(page)}}
		}
		return "/office/desk/register?" + v.Encode()
	}
	if page > 1 {
		p.Newer = at(page - 1)
	}
	if sheet.Last < sheet.Count {
		p.Older = at(page + 1)
	}
	return s.show(c, http.StatusOK, p)
}

// registerSheet is a page of the register: its days from the first to the last, with what came in on each.
func (s *Server) registerSheet(c *fiber.Ctx, span inquiry.RegisterQuery) (r registerSheet, err error) {
	names, _, err := s.deskNames(c)
	if err != nil {
		return r, err
	}
	r = registerSheet{County: s.config.County, MadeBy: stay(c).Officer.Name, Made: time.Now()}
	byDay := map[time.Time][]registerEntry{}
	shown := 0
	r.Count, err = s.config.Desk.Register(c.UserContext(), officerOf(c), span, func(e inquiry.Entry) error {
		day := ledger.DateOf(e.Received)
		entry := registerEntry{Entry: e, First: nameOf(names, e.FirstBy), Second: nameOf(names, e.SecondBy), Clock: e.Received.In(ledger.Shanghai).Format("15:04")}
		if !e.Answered.IsZero() {
			entry.AnsweredOn = e.Answered.In(ledger.Shanghai).Format("01-02")
		}
		byDay[day] = append(byDay[day], entry)
		shown++
		return nil
	})
	if err != nil {
		return r, err
	}
	r.First, r.Last = span.Skip+1, span.Skip+shown
	r.Cut = r.Count > span.Limit
	days, err := s.config.Desk.Days(c.UserContext(), span.From, span.To)
	if err != nil {
		return r, err
	}
	slices.Reverse(days)
	today := ledger.DateOf(time.Now())
	for _, d := range days {
		entries := byDay[d.Day]
		if len(entries) == 0 && (r.Cut || d.Day.After(today)) {
			continue
		}
		r.Days = append(r.Days, registerDay{Day: d, First: nameOf(names, d.FirstBy), Second: nameOf(names, d.SecondBy), Entries: entries})
	}
	return r, nil
}

// nameOf is an officer's name; the login where there is none.
func nameOf(names map[string]string, login string) string {
	if name := names[login]; name != "" {
		return name
	}
	return login
}

var registerHead = []string{
	"处理笺号", "收到", "渠道", "类别", "途径", "标题", "项目", "村", "登记", "会签", "承办", "状态", "轮次", "期限", "答复", "评价",
}

var registerWidths = []int{13, 17, 8, 10, 10, 40, 24, 16, 10, 10, 18, 10, 6, 12, 17, 10}

// sendRegister hands the register out as a workbook, row by row as the books tell it.
func (s *Server) sendRegister(c *fiber.Ctx, name string, span inquiry.RegisterQuery) error {
	ctx, login := c.UserContext(), officerOf(c)
	names, _, err := s.deskNames(c)
	if err != nil {
		return err
	}
	if err := s.config.Desk.TakeRegister(ctx, login, span); err != nil {
		return err
	}
	var failed error
	rows := func(yield func([]string) bool) {
		if !yield(registerHead) {
			return
		}
		_, failed = s.config.Desk.Register(ctx, login, span, func(e inquiry.Entry) error {
			if !yield(harmlessAll(registerTexts(e, names))) {
				return errStopped
			}
			return nil
		})
	}
	var b bytes.Buffer
	if err := ingest.WriteTable(ctx, &b, "受理登记册", registerWidths, rows); err != nil {
		return err
	}
	if failed != nil {
		return failed
	}
	return download(c, name+".xlsx", xlsxType, b.Bytes())
}

// errStopped ends a reading whose reader has gone; the writer tells why.
var errStopped = ledger.Errorf(ledger.KindUnavailable, "导出没有完成，请再试一次")

func registerTexts(e inquiry.Entry, names map[string]string) []string {
	minute := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.In(ledger.Shanghai).Format("2006-01-02 15:04")
	}
	due := ""
	if !e.Due.IsZero() {
		due = e.Due.Add(-time.Second).In(ledger.Shanghai).Format(time.DateOnly)
	}
	lead := e.LeadName
	if lead == "" {
		lead = "值班室"
	}
	return []string{
		e.Slip.String(), minute(e.Received), e.Channel.Name(), e.Kind.Name(), e.Track.Name(), e.Subject, e.FundName, e.VillageName,
		nameOf(names, e.FirstBy), nameOf(names, e.SecondBy), lead, e.State.Name(), strconv.Itoa(e.Round), due, minute(e.Answered), e.Rating.Name(),
	}
}

// sendCases hands the list of cases out as it stands on the desk's page.
func (s *Server) sendCases(c *fiber.Ctx) error {
	for _, t := range deskTabs {
		if t.ID == c.Query("tab") {
			return s.sendRegister(c, "来件-"+t.Name, inquiry.RegisterQuery{States: t.States, Waiting: t.ID != "all"})
		}
	}
	return ledger.ErrNotFound
}
