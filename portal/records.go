package portal

import (
	"net/http"
	"net/url"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"

	"mingbai/ledger"
)

// recordsPerPage is a sheet of a printed table.
const recordsPerPage = 50

// recordsPage is a fund of any kind but subsidy. Each kind has a partial for its rows.
type recordsPage struct {
	Frame
	Fund    ledger.RecordPage
	Said    string
	Lines   []recordLine
	Pages   int
	Find    string // words that the rows shown have; empty for all
	Bars    []yearBar
	Badge   ledger.Fen // what was handed down and is not given out, or the other way round
	Figures []figure
	Days    *days
	Data    []dataLink
}

func (recordsPage) view() string { return "pages/records" }

// figure is one of the numbers over a table.
type figure struct {
	Label string
	Text  string
}

// records shows a fund of any kind but subsidy.
func (s *Server) records(c *fiber.Ctx, code string, year int, day time.Time) error {
	number, err := pageOf(c.Query("page"))
	if err != nil {
		return err
	}
	find := tidyName(c.Query("find"), s.config.Normalise)
	if utf8.RuneCountInString(find) > longestFind || digitsIn(find) >= 15 {
		return ledger.Errorf(ledger.KindInvalid, "%s", "要查的字太多了，请只写姓名、单位或项目。")
	}
	q := ledger.RecordQuery{Fund: code, Year: year, Group: c.Query("unit"), Find: find, Page: number, PerPage: recordsPerPage}
	if !day.IsZero() {
		then, err := s.config.Archive.EditionOn(c.UserContext(), day)
		if err != nil {
			return err
		}
		q.Then = &then
	}
	f, err := s.books.RecordPage(c.UserContext(), q)
	if err != nil {
		return err
	}
	p := recordsPage{Frame: s.frame(f.Name), Fund: f, Said: whatIsOpen(f), Figures: figures(f), Find: find}
	p.Nav, p.Wide = "funds", true
	p.Pages = (f.Shown + recordsPerPage - 1) / recordsPerPage
	if number > max(p.Pages, 1) {
		return ledger.ErrNotFound
	}
	if f.Handed != nil {
		p.Badge = distance(*f.Handed, f.All.Total)
	}
	if f.Kind == ledger.Post { // the page names people
		p.NoIndex = true
		keepPrivate(c)
	}
	p.Lines, p.Data = recordLines(f), s.fundData(f.Fund)
	p.NoIndex = p.NoIndex || f.Then != nil || find != ""
	if f.Kind.HasMoney() {
		p.Bars = fundBars(code, f.Year, f.ByYear)
	}
	if p.Days = s.daysOf(code, year, f.Group, day); p.Days != nil {
		p.Days.Hid = f.Hidden
	}
	return s.show(c, http.StatusOK, p)
}

// pageOf reads the number of a page; none is the first.
func pageOf(text string) (int, error) {
	if text == "" {
		return 1, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > 1_000_000 {
		return 0, ledger.ErrNotFound
	}
	return n, nil
}

func whatIsOpen(f ledger.RecordPage) string {
	switch {
	case f.All.Rows == 0:
		return "这一年公开过的批次都已撤回，日期和原因写在下面。"
	case f.Disclosure != ledger.DisclosePublic:
		return "按规定只公开合计，不列明细。"
	case f.Open && f.Until.IsZero():
		return "明细长期公开，每一行都写明出自哪一张表、哪一行。"
	case f.Open:
		return "明细公开到" + date(f.Until) + "，每一行都写明出自哪一张表、哪一行。"
	}
	return "公示期满，明细已经收起，合计一直公开。"
}

// figures are the numbers of a kind that are more than its total.
func figures(f ledger.RecordPage) []figure {
	switch f.Kind {
	case ledger.Project:
		var out []figure
		for i, name := range ledger.Stages {
			out = append(out, figure{name, count(f.Said["stage"+strconv.Itoa(i+1)+"_on"]) + " 个"})
		}
		return out
	case ledger.Budget:
		return []figure{{"基本支出", wan(ledger.Fen(f.Sums["basic"]))}, {"项目支出", wan(ledger.Fen(f.Sums["project"]))}}
	case ledger.Agency:
		return []figure{
			{"核定编制", count(int(f.Sums["authorised"])) + " 名"},
			{"实有人数", count(int(f.Sums["actual"])) + " 人"},
			{"相比", staffingOf(f.Sums["authorised"], f.Sums["actual"]).Word},
		}
	}
	return nil
}

// Path leads to another page of the same rows.
func (p recordsPage) Path(page int) string {
	return p.then(recordsPath(p.Fund.Code, p.Fund.Year, p.Fund.Group, p.Find, page))
}

// Unit leads to the rows of one unit; an empty one to all.
func (p recordsPage) Unit(name string) string {
	return p.then(recordsPath(p.Fund.Code, p.Fund.Year, name, "", 1))
}

// then keeps a reader within the day that was asked for.
func (p recordsPage) then(path string) string {
	if p.Days == nil || p.Days.Day == "" {
		return path
	}
	return path + "&" + asOfKey + "=" + p.Days.Day
}

// First and Last are the rows that the page shows, counted from 1.
func (p recordsPage) First() int { return (p.Fund.Page-1)*recordsPerPage + 1 }

// Last is the number of the last row shown.
func (p recordsPage) Last() int { return p.First() + len(p.Lines) - 1 }

// Previous is the page before.
func (p recordsPage) Previous() int { return p.Fund.Page - 1 }

// Next is the page after.
func (p recordsPage) Next() int { return p.Fund.Page + 1 }

// findWords are what the box over a kind's rows takes.
var findWords = map[ledger.FundKind]string{
	ledger.Post: "姓名或单位", ledger.Agency: "单位名称", ledger.Project: "项目、地点或单位", ledger.Allocation: "项目或单位", ledger.Transfer: "单位",
	ledger.Budget: "部门或科目",
}

// FindLabel names what the box takes.
func (p recordsPage) FindLabel() string { return findWords[p.Fund.Kind] }

// Rest says how what was handed down and what was given out differ.
func (p recordsPage) Rest() string {
	if *p.Fund.Handed > p.Fund.All.Total {
		return "还有 " + p.Badge.String() + " 元没有分下去。"
	}
	return "分出去的比下达的多 " + p.Badge.String() + " 元，请向负责股室询问。"
}

// longestFind is how many characters the box takes.
const longestFind = 40

func recordsPath(code string, year int, unit, find string, page int) string {
	q := url.Values{"year": {strconv.Itoa(year)}}
	if find != "" {
		q.Set("find", find)
	}
	if unit != "" {
		q.Set("unit", unit)
	}
	if page > 1 {
		q.Set("page", strconv.Itoa(page))
	}
	return "/funds/" + url.PathEscape(code) + "?" + q.Encode()
}
