package portal

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"

	"mingbai/ledger"
	"mingbai/ledger/inquiry"
)

// figuresPage is the desk's work of a year in numbers: for everybody, and in the office.
type figuresPage struct {
	Frame
	figuresBody
}

func (figuresPage) view() string { return "pages/statistics" }

type deskFiguresPage struct {
	OfficeFrame
	figuresBody
	Discipline bool
}

func (deskFiguresPage) view() string { return "pages/office_desk_statistics" }

// figuresBody is what both pages show of a year.
type figuresBody struct {
	inquiry.PublicFigures
	Path   string
	Years  []int
	Tables []figureTable
	Some   bool // a number was left out
}

type figureTable struct {
	ID, Name string
	Lines    []figureLine
}

// figureLine is a line with its bar.
type figureLine struct {
	inquiry.PublicLine
	Share int // hundredths of the greatest line of its table
	Sum   bool
}

// Empty says that nothing came that the line is about.
func (l figureLine) Empty() bool { return l.Received == inquiry.Cell{} }

// cellText writes a number, or that it is left out.
func cellText(c inquiry.Cell) string {
	if c.Hidden {
		return "不列"
	}
	return count(c.N)
}

// rate writes what part of a whole something is; nothing where either is left out or there is no whole.
func rate(part, whole inquiry.Cell) string {
	if part.Hidden || whole.Hidden || whole.N == 0 {
		return ""
	}
	return strconv.Itoa((part.N*100+whole.N/2)/whole.N) + "%"
}

func newFiguresBody(p inquiry.PublicFigures, path string, years []int) figuresBody {
	// The months of this year that have not come yet have nothing to say.
	if now := time.Now().In(ledger.Shanghai); p.Figures.Year == now.Year() && len(p.Months) == 12 {
		p.Months = p.Months[:now.Month()]
	}
	b := figuresBody{PublicFigures: p, Path: path, Years: years, Some: p.Sealed.Hidden || p.Total.Less()}
	for _, list := range []struct {
		id, name string
		lines    []inquiry.PublicLine
	}{{"months", "按月（收到的月份）", p.Months}, {"departments", "按承办部门", p.Departments}, {"kinds", "按类别", p.Kinds}} {
		t := figureTable{ID: list.id, Name: list.name}
		most := 1
		for _, l := range list.lines {
			most = max(most, l.Received.N)
		}
		for _, l := range list.lines {
			t.Lines = append(t.Lines, figureLine{PublicLine: l, Share: l.Received.N * 100 / most})
			b.Some = b.Some || l.Less()
		}
		t.Lines = append(t.Lines, figureLine{PublicLine: p.Total, Sum: true})
		b.Tables = append(b.Tables, t)
	}
	return b
}

// figuresKept is how long published figures are shown as they were counted: whoever asks every minute sees no single case come.
const figuresKept = 10 * time.Minute

// figureKeep keeps the published figures of years.
type figureKeep struct {
	mu    sync.Mutex
	years map[int]inquiry.PublicFigures
}

func (k *figureKeep) get(ctx context.Context, year int, read func(context.Context, int) (inquiry.Figures, error)) (inquiry.PublicFigures, error) {
	k.mu.Lock() // counted by one, for all who wait
	defer k.mu.Unlock()
	if p, ok := k.years[year]; ok && time.Since(p.Figures.Made) < figuresKept {
		return p, nil
	}
	f, err := read(ctx, year)
	if err != nil {
		return inquiry.PublicFigures{}, err
	}
	if k.years == nil {
		k.years = map[int]inquiry.PublicFigures{}
	}
	f.Made = time.Now()
	k.years[year] = f.Public()
	return k.years[year], nil
}

// figureYear is the year that is asked for, of those in which something came: the newest when none is named.
func (s *Server) figureYear(c *fiber.Ctx) (year int, years []int, err error) {
	if years, err = s.config.Inquiries.FigureYears(c.UserContext()); err != nil {
		return 0, nil, err
	}
	if len(years) == 0 {
		years = []int{ledger.DateOf(time.Now()).Year()}
	}
	text := c.Query("year")
	if text == "" {
		return years[0], years, nil
	}
	if year, err = strconv.Atoi(text); err != nil || !slices.Contains(years, year) {
		return 0, nil, ledger.ErrNotFound
	}
	return year, years, nil
}

func (s *Server) statistics(c *fiber.Ctx) error {
	year, years, err := s.figureYear(c)
	if err != nil {
		return err
	}
	f, err := s.figures.get(c.UserContext(), year, s.config.Inquiries.Figures)
	if err != nil {
		return err
	}
	p := figuresPage{Frame: s.frame(fmt.Sprintf("%d年来件统计", year)), figuresBody: newFiguresBody(f, "/statistics", years)}
	p.Wide, p.Nav = true, "ask"
	return s.show(c, http.StatusOK, p)
}

// statisticsTable is the same as a file: its columns, and what a line says in each.
var statisticsTable = []struct {
	name string
	of   func(inquiry.PublicLine) inquiry.Cell
}{
	{"收到", func(l inquiry.PublicLine) inquiry.Cell { return l.Received }},
	{"值班室直办", func(l inquiry.PublicLine) inquiry.Cell { return l.Direct }},
	{"转办", func(l inquiry.PublicLine) inquiry.Cell { return l.Forwarded }},
	{"不予受理", func(l inquiry.PublicLine) inquiry.Cell { return l.Refused }},
	{"其他", func(l inquiry.PublicLine) inquiry.Cell { return l.Others }},
	{"已答复", func(l inquiry.PublicLine) inquiry.Cell { return l.Answered }},
	{"按时答复", func(l inquiry.PublicLine) inquiry.Cell { return l.OnTime }},
	{"中位工作日", func(l inquiry.PublicLine) inquiry.Cell { return l.Median }},
	{"九成工作日", func(l inquiry.PublicLine) inquiry.Cell { return l.P90 }},
	{"评价", func(l inquiry.PublicLine) inquiry.Cell { return l.Rated }},
	{"满意和基本满意", func(l inquiry.PublicLine) inquiry.Cell { return l.Content }},
}

func (s *Server) statisticsFile(c *fiber.Ctx) error {
	year, _, err := s.figureYear(c)
	if err != nil {
		return err
	}
	f, err := s.figures.get(c.UserContext(), year, s.config.Inquiries.Figures)
	if err != nil {
		return err
	}
	t := table{name: fmt.Sprintf("来件统计%d", year), head: []string{"年度", "分法", "行"}}
	for _, column := range statisticsTable {
		t.head = append(t.head, column.name)
	}
	add := func(list string, l inquiry.PublicLine) {
		row := []string{strconv.Itoa(year), list, l.Name}
		for _, column := range statisticsTable {
			cell := column.of(l)
			text := strconv.Itoa(cell.N)
			if cell.Hidden {
				text = "不列"
			}
			row = append(row, text)
		}
		t.rows = append(t.rows, row)
	}
	add("全年", f.Total)
	for _, list := range newFiguresBody(f, "", nil).Tables {
		for _, l := range list.Lines {
			if !l.Sum {
				add(list.Name, l.PublicLine)
			}
		}
	}
	return t.send(c, "csv")
}

// deskStatistics are the figures of the cases that an officer sees, whole.
func (s *Server) deskStatistics(c *fiber.Ctx) error {
	year, years, err := s.figureYear(c)
	if err != nil {
		return err
	}
	f, err := s.config.Desk.FiguresFor(c.UserContext(), officerOf(c), year)
	if err != nil {
		return err
	}
	p := deskFiguresPage{OfficeFrame: s.officeFrame(c, fmt.Sprintf("%d年来件统计", year), "/office/desk"), figuresBody: newFiguresBody(f.Whole(), "/office/desk/statistics", years)}
	p.Discipline = p.Officer.May(ledger.ActSeeSealed)
	return s.show(c, http.StatusOK, p)
}
