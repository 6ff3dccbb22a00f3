package portal

import (
	"net/http"
	"net/url"
	"strconv"

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
	Badge   ledger.Fen // what was handed down and is not given out, or the other way round
	Figures []figure
}

func (recordsPage) view() string { return "pages/records" }

// figure is one of the numbers over a table.
type figure struct {
	Label string
	Text  string
}

// recordLine is a row, and what stands over it where a new unit or section begins.
type recordLine struct {
	ledger.PublishedRecord
	No    int
	Above string // empty: it stands under the same as the row before
	Whole *ledger.Fen
}

// records shows a fund of any kind but subsidy.
func (s *Server) records(c *fiber.Ctx, code string, year int) error {
	number, err := pageOf(c.Query("page"))
	if err != nil {
		return err
	}
	f, err := s.books.RecordPage(c.UserContext(), ledger.RecordQuery{
		Fund: code, Year: year, Group: c.Query("unit"), Page: number, PerPage: recordsPerPage,
	})
	if err != nil {
		return err
	}
	p := recordsPage{Frame: s.frame(f.Name), Fund: f, Said: whatIsOpen(f), Figures: figures(f)}
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
	p.Lines = recordLines(f)
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

// recordLines numbers a page's rows and says where a unit or a section begins; a page that begins in the middle of one says
// it again.
func recordLines(f ledger.RecordPage) []recordLine {
	units := map[string]*ledger.Fen{}
	for _, g := range f.Groups {
		units[g.Name] = &g.Total
	}
	lines := make([]recordLine, len(f.Rows))
	last := ""
	for i, r := range f.Rows {
		lines[i] = recordLine{PublishedRecord: r, No: (f.Page-1)*recordsPerPage + i + 1}
		above := r.Section
		if f.Kind == ledger.Budget || f.Kind == ledger.Post {
			above = named(r.Text["unit_name"], "单位")
		}
		if above != last {
			lines[i].Above = above
			if f.Kind == ledger.Budget {
				lines[i].Whole = units[r.Text["unit_name"]]
			}
		}
		last = above
	}
	return lines
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
		}
	}
	return nil
}

// Say is a text of the row, 未注明 where the sheet is silent.
func (l recordLine) Say(field string) string { return stated(l.Text[field]) }

// Yuan is an amount of the row in yuan.
func (l recordLine) Yuan(field string) string {
	if f, ok := l.Money[field]; ok {
		return f.String()
	}
	return unstated
}

// InWan is a great amount once more, as people say it; empty for a small one.
func (l recordLine) InWan(field string) string {
	if f := l.Money[field]; f >= 10_000_000 || f <= -10_000_000 {
		return wan(f)
	}
	return ""
}

// Short is an amount of the row as people say it.
func (l recordLine) Short(field string) string {
	if f, ok := l.Money[field]; ok {
		return wan(f)
	}
	return "金额" + unstated
}

// Number is a count of the row.
func (l recordLine) Number(field string) string {
	if n, ok := l.Count[field]; ok {
		return strconv.FormatInt(n, 10)
	}
	return unstated
}

// Name is what an allocation is for: the project, or the unit where there is none.
func (l recordLine) Name() string {
	if name := l.Text["project_name"]; name != "" {
		return name
	}
	return named(l.Text["unit_name"], "单位")
}

// Basis is what an allocation is reckoned by, as far as the sheet says it.
func (l recordLine) Basis() (parts []string) {
	for _, f := range []struct{ field, name, unit string }{
		{"area_mu", "面积", "亩"}, {"persons", "人数", "人"}, {"quantity", "数量", ""}, {"standard", "标准", "元"},
	} {
		if q, ok := l.Quantities[f.field]; ok {
			parts = append(parts, f.name+" "+q.Short()+f.unit)
		}
	}
	return parts
}

// Deep is how far a part is moved to the right; what lies deeper than four is moved no further.
func (l recordLine) Deep() int { return min(l.Depth, 4) }

// staffing is how a body's people stand to its posts.
type staffing struct {
	Word string
	Over bool
}

// Staffing is 超编, 空编 or 满编; 未注明 where a figure is missing.
func (l recordLine) Staffing() staffing {
	has, hasActual := l.Count["authorised"]
	actual, ok := l.Count["actual"]
	switch over := actual - has; {
	case !ok || !hasActual && has == 0:
		return staffing{Word: unstated}
	case over > 0:
		return staffing{"超编 " + strconv.FormatInt(over, 10), true}
	case over < 0:
		return staffing{Word: "空编 " + strconv.FormatInt(-over, 10)}
	}
	return staffing{Word: "满编"}
}

// Entered is the month in which somebody came: many rosters know no day.
func (l recordLine) Entered() string {
	if d, ok := l.Dates["entered_on"]; ok {
		return d.Format("2006年1月")
	}
	return unstated
}

// stage is one of the four moments of a project.
type stage struct {
	Name     string
	Day      string // empty: not yet
	Evidence string
}

// Stages are the four moments of a project, those to come too.
func (l recordLine) Stages() []stage {
	out := make([]stage, len(ledger.Stages))
	for i, name := range ledger.Stages {
		field := "stage" + strconv.Itoa(i+1)
		out[i] = stage{Name: name, Evidence: l.Text[field+"_evidence"]}
		if d, ok := l.Dates[field+"_on"]; ok {
			out[i].Day = date(d)
		}
	}
	return out
}

// Path leads to another page of the same rows.
func (p recordsPage) Path(page int) string {
	return recordsPath(p.Fund.Code, p.Fund.Year, p.Fund.Group, page)
}

// Unit leads to the rows of one unit; an empty one to all.
func (p recordsPage) Unit(name string) string { return recordsPath(p.Fund.Code, p.Fund.Year, name, 1) }

// First and Last are the rows that the page shows, counted from 1.
func (p recordsPage) First() int { return (p.Fund.Page-1)*recordsPerPage + 1 }

// Last is the number of the last row shown.
func (p recordsPage) Last() int { return p.First() + len(p.Lines) - 1 }

// Previous is the page before.
func (p recordsPage) Previous() int { return p.Fund.Page - 1 }

// Next is the page after.
func (p recordsPage) Next() int { return p.Fund.Page + 1 }

func recordsPath(code string, year int, unit string, page int) string {
	q := url.Values{"year": {strconv.Itoa(year)}}
	if unit != "" {
		q.Set("unit", unit)
	}
	if page > 1 {
		q.Set("page", strconv.Itoa(page))
	}
	return "/funds/" + url.PathEscape(code) + "?" + q.Encode()
}
