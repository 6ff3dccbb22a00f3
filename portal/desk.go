package portal

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"mingbai/ledger"
	"mingbai/ledger/inquiry"
)

// Desk is what the inquiry desk's own pages ask. It holds itself what an officer may see of which case, and do to it; whoever may
// not know of one is told that there is none.
type Desk interface {
	Inquiries
	Queue(ctx context.Context, login string, q inquiry.QueueQuery) (inquiry.Queue, error)
	SealedQueue(ctx context.Context, login string, q inquiry.QueueQuery) (inquiry.Queue, error)
	BySlip(ctx context.Context, login string, slip inquiry.Slip) (id string, err error)
	Dossier(ctx context.Context, login, id string) (inquiry.Dossier, error)
	Act(ctx context.Context, login, id string, deed inquiry.Deed) error
	Enter(ctx context.Context, login string, f inquiry.Filing) (id, code string, err error)
	Leaks(ctx context.Context, login, id string, c inquiry.Copy) ([]inquiry.Leak, error) // to who may publish it
	DraftLeaks(ctx context.Context, login, id string) ([]inquiry.Leak, error)            // to who reviews it
	SaveDraft(ctx context.Context, login, id, text string) error
	Earlier(ctx context.Context, about inquiry.About, kind inquiry.Kind, subject, words string) ([]inquiry.PublicAnswer, error)
	Templates(ctx context.Context, kind inquiry.Kind) ([]inquiry.Template, error)
	SaveTemplate(ctx context.Context, login string, t inquiry.Template) error
	RemoveTemplate(ctx context.Context, login string, no int64) error
	ReleaseSender(ctx context.Context, login, id, purpose string) error
	SenderOf(ctx context.Context, login, id string) (inquiry.Identity, error)
	OpenFile(ctx context.Context, login, id, file string) (inquiry.File, []byte, error)
	SignDay(ctx context.Context, login string, day time.Time, note string) error
	Days(ctx context.Context, from, to time.Time) ([]inquiry.Day, error)
	Paper(ctx context.Context, login, id string, p inquiry.Paper) (inquiry.Dossier, error)
	Register(ctx context.Context, login string, q inquiry.RegisterQuery, each func(inquiry.Entry) error) (count int, err error)
	FiguresFor(ctx context.Context, login string, year int) (inquiry.Figures, error)
	Desk(ctx context.Context) (inquiry.Desk, error)
	TryNotice(ctx context.Context, login, text string) (inquiry.NoticeChange, error)
	AddNotice(ctx context.Context, login, text string) (moved int, err error)
	TakeRegister(ctx context.Context, login string, q inquiry.RegisterQuery) error
	Board(ctx context.Context, login string, q inquiry.BoardQuery) (inquiry.Board, error)
	Orders(ctx context.Context, login, id string) ([]inquiry.OrderPaper, error)
	Notices(ctx context.Context, login string, fresh bool, skip, limit int) (inquiry.Notices, error)
	MessageFaults(ctx context.Context) (given, trying int, said string, err error)
	PutAwayNotices(ctx context.Context, login string, upto int64) error
}

func (s *Server) deskRoutes() {
	see := able(ledger.ActSeeInquiries)
	s.door(http.MethodGet, "/office/desk", see, s.deskQueue)
	s.door(http.MethodGet, "/office/desk/slip", see, s.deskSlip)
	s.door(http.MethodGet, "/office/desk/days", see, s.deskDays)
	s.door(http.MethodPost, "/office/desk/days", see, s.signDay)
	s.door(http.MethodGet, "/office/desk/register", see, s.deskRegister)
	s.door(http.MethodGet, "/office/desk/statistics", see, s.deskStatistics)
	s.door(http.MethodGet, "/office/desk/cases.xlsx", see, s.sendCases)
	s.door(http.MethodGet, "/office/desk/case/:case/papers/:paper", see, s.deskPaper)
	s.door(http.MethodPost, "/office/desk/case/:case/papers/:paper", see, s.deskPaperTo)
	s.door(http.MethodGet, "/office/desk/watch", able(ledger.ActWatchInquiries), s.deskWatch)
	s.door(http.MethodGet, "/office/desk/case/:case/orders", see, s.deskOrder)
	s.door(http.MethodGet, "/office/desk/notices", see, s.deskNotices)
	s.door(http.MethodPost, "/office/desk/notices", see, s.putAwayNotices)
	s.door(http.MethodGet, "/office/desk/enter", see, s.deskEnter)
	s.door(http.MethodPost, "/office/desk/enter", see.longForm(), s.deskTake)
	s.door(http.MethodGet, "/office/desk/case/:case", see, s.deskCase)
	s.door(http.MethodPost, "/office/desk/case/:case", see.longForm(), s.deskAct)
	s.door(http.MethodPost, "/office/desk/case/:case/sender", see, s.deskSender)
	s.door(http.MethodGet, "/office/desk/case/:case/files/:file", see, s.deskFile)
	s.door(http.MethodGet, "/office/calendar", able(ledger.ActManageCodes), s.calendar)
	s.door(http.MethodPost, "/office/calendar", able(ledger.ActManageCodes), s.addNotice)
	s.door(http.MethodGet, "/office/desk/templates", able(ledger.ActKeepTemplates), s.deskTemplates)
	s.door(http.MethodPost, "/office/desk/templates", able(ledger.ActKeepTemplates).longForm(), s.saveTemplate)
	s.door(http.MethodGet, "/office/desk/sealed", able(ledger.ActSeeSealed), s.sealedQueue)
}

// deskTabs are how a queue is cut; the first is everything that waits for the office.
var deskTabs = []struct {
	ID, Name string
	States   []inquiry.State
}{
	{"", "全部待办", nil},
	{"register", "待登记", []inquiry.State{inquiry.Received}},
	{"route", "待安排", []inquiry.State{inquiry.Registered, inquiry.Reopened, inquiry.Refusing, inquiry.Clarifying, inquiry.Merged}},
	{"hand", "办理中", []inquiry.State{inquiry.Direct, inquiry.Forwarded, inquiry.Returning, inquiry.InHand, inquiry.Revising}},
	{"review", "待审核", []inquiry.State{inquiry.InReview}},
	{"publish", "待公开", []inquiry.State{inquiry.Answered}},
	{"all", "全部来件", nil},
}

type deskTab struct {
	Name, Path string
	Query      string // of the path
	Count      int
	Here       bool
}

// deskLine is a case in the queue, with the words for how urgent it is.
type deskLine struct {
	inquiry.Line
	Until   string // 11月24日 24时: the day counts to its end
	Urgency string // on time, 提醒, 黄牌…
	Class   string
}

type deskQueuePage struct {
	OfficeFrame
	Tabs         []deskTab
	Lines        []deskLine
	Counted      bool
	Count, Late  int
	Unsigned     int // days of the register that wait for a signature
	Duty, Sealed bool
	Templates    bool // the officer keeps them
	Slip         string
	Older, Newer string
}

func (deskQueuePage) view() string { return "pages/office_desk" }

// perDeskPage is how many cases a page of the queue lists.
const perDeskPage = 50

func (s *Server) deskQueue(c *fiber.Ctx) error {
	tab := slices.IndexFunc(deskTabs, func(t struct {
		ID, Name string
		States   []inquiry.State
	},
	) bool {
		return t.ID == c.Query("tab")
	})
	tab = max(tab, 0)
	page := min(max(c.QueryInt("page", 1), 1), 10000)
	q := inquiry.QueueQuery{States: deskTabs[tab].States, All: deskTabs[tab].ID == "all", Limit: perDeskPage, Skip: (page - 1) * perDeskPage}
	list, err := s.config.Desk.Queue(c.UserContext(), officerOf(c), q)
	if err != nil {
		return err
	}
	p := deskQueuePage{OfficeFrame: s.officeFrame(c, "来件", "/office/desk"), Counted: list.Counted, Count: list.Count, Late: list.Late, Lines: deskLines(list.Lines)}
	p.Duty, p.Templates = p.Officer.Has(ledger.RoleDuty), p.Officer.May(ledger.ActKeepTemplates)
	for i, t := range deskTabs {
		entry := deskTab{Name: t.Name, Path: deskTabPath(t.ID, 1), Query: strings.TrimPrefix(deskTabPath(t.ID, 1), "/office/desk"), Here: i == tab}
		for state, n := range list.States {
			if t.ID != "all" && (len(t.States) == 0 || slices.Contains(t.States, state)) && !q.All {
				entry.Count += n
			}
		}
		p.Tabs = append(p.Tabs, entry)
	}
	if list.More {
		p.Older = deskTabPath(deskTabs[tab].ID, page+1)
	}
	if page > 1 {
		p.Newer = deskTabPath(deskTabs[tab].ID, page-1)
	}
	if p.Unsigned, err = s.unsignedDays(c); err != nil {
		return err
	}
	return s.show(c, http.StatusOK, p)
}

func deskTabPath(tab string, page int) string {
	v := url.Values{}
	if tab != "" {
		v.Set("tab", tab)
	}
	if page > 1 {
		v.Set("page", strconv.Itoa(page))
	}
	if len(v) == 0 {
		return "/office/desk"
	}
	return "/office/desk?" + v.Encode()
}

// urgencyWords name each level for the queue; the class colours it, never alone.
var urgencyClasses = map[inquiry.Level]string{
	inquiry.Half: "half", inquiry.Yellow: "yellow", inquiry.Red: "red", inquiry.Leader: "red", inquiry.Alarm: "red",
}

func deskLines(lines []inquiry.Line) []deskLine {
	list := make([]deskLine, len(lines))
	for i, l := range lines {
		list[i] = deskLine{Line: l, Urgency: l.Level.Name(), Class: urgencyClasses[l.Level]}
		if !l.Due.IsZero() {
			list[i].Until = dayEnd(l.Due)
		}
		if l.Level == 0 && !l.Due.IsZero() {
			list[i].Urgency = "按时"
		}
	}
	return list
}

// dayEnd writes an instant at which a day ends: 11月24日 24时.
func dayEnd(t time.Time) string {
	return t.Add(-time.Second).In(ledger.Shanghai).Format("1月2日") + " 24时"
}

// deskSlip goes to the case of a slip number.
func (s *Server) deskSlip(c *fiber.Ctx) error {
	slip, err := inquiry.ParseSlip(c.Query("no"))
	if err != nil {
		return err
	}
	id, err := s.config.Desk.BySlip(c.UserContext(), officerOf(c), slip)
	if err != nil {
		return err
	}
	return c.Redirect(casePath(id), http.StatusSeeOther)
}

func casePath(id string) string { return "/office/desk/case/" + url.PathEscape(id) }

// sealedQueue is discipline's own list. No other page leads to what is in it.
func (s *Server) sealedQueue(c *fiber.Ctx) error {
	page := min(max(c.QueryInt("page", 1), 1), 10000)
	list, err := s.config.Desk.SealedQueue(c.UserContext(), officerOf(c), inquiry.QueueQuery{All: true, Limit: perDeskPage, Skip: (page - 1) * perDeskPage})
	if err != nil {
		return err
	}
	p := deskQueuePage{
		OfficeFrame: s.officeFrame(c, "密封件", "/office/desk/sealed"), Sealed: true, Counted: list.Counted, Count: list.Count, Late: list.Late, Lines: deskLines(list.Lines),
	}
	if list.More {
		p.Older = "/office/desk/sealed?page=" + strconv.Itoa(page+1)
	}
	return s.show(c, http.StatusOK, p)
}
