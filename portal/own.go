package portal

import (
	"strconv"

	"github.com/gofiber/fiber/v2"

	"mingbai/ledger"
)

// ownPage is everything paid to one person, for that person only.
type ownPage struct {
	Frame
	Book       ledger.OwnBook
	Sum        sum
	Bars       []yearBar
	Years      []ownYear
	Family     []familyLine
	Related    []entry
	RelatedSum sum
	Proof      *proofSheet // nil where the county has no key to seal with
}

func (ownPage) view() string { return "pages/own" }

// ownYear is a year's own payments; Rows is 0 when the books give no sum for the year.
type ownYear struct {
	ledger.YearTally
	Payments []entry
}

// familyLine is what a member of the family collects or has the benefit of.
type familyLine struct{ ledger.FamilyTally }

// Does is what the member does with the money.
func (l familyLine) Does() string {
	if l.Role == ledger.Payee {
		return "代收"
	}
	return "享受"
}

func (s *Server) ownPage(c *fiber.Ctx, book ledger.OwnBook) (p ownPage, err error) {
	p = ownPage{
		Frame: s.frame("我的账"), Book: book, Sum: sum{"历年合计", book.Own}, RelatedSum: sum{"代收或享受合计", book.Related},
		Bars: yearBars(book.Years, func(y int) string { return "#y" + strconv.Itoa(y) }),
	}
	p.NoIndex = true
	p.Years, p.Related = s.byYear(book)
	lists := [][]entry{p.Related}
	for _, y := range p.Years {
		lists = append(lists, y.Payments)
	}
	if err := s.outcomes(c.UserContext(), lists...); err != nil {
		return p, err
	}
	for _, f := range book.Family {
		p.Family = append(p.Family, familyLine{f})
	}
	p.Proof, err = s.proofOf(c, book)
	return p, err
}

// Said is the page's sum for the ear.
func (p ownPage) Said() string {
	return p.Book.Name + "的账。历年合计" + spoken(p.Book.Own.Total) + "，共" + strconv.Itoa(p.Book.Own.Rows) + "笔。"
}

// byYear lays the payments under their years. The sums are the books'; a payment of a year they did not sum still shows. What
// a payment said before it was corrected stands with the payment that replaced it, and not once more beside it.
func (s *Server) byYear(book ledger.OwnBook) (list []ownYear, related []entry) {
	at := map[int]int{}
	for _, y := range book.Years {
		at[y.Year] = len(list)
		list = append(list, ownYear{YearTally: y})
	}
	told := map[[2]int64]bool{}
	for _, p := range book.Payments {
		for _, f := range p.Former {
			told[[2]int64{f.Batch, int64(f.Line)}] = true
		}
	}
	for _, p := range book.Payments {
		if p.Corrected && told[[2]int64{p.Batch, int64(p.Line)}] {
			continue
		}
		e := s.entry(p)
		if e.AsRole {
			related = append(related, e)
			continue
		}
		i, ok := at[p.Period.Year()]
		if !ok {
			i = len(list)
			at[p.Period.Year()] = i
			list = append(list, ownYear{YearTally: ledger.YearTally{Year: p.Period.Year()}})
		}
		list[i].Payments = append(list[i].Payments, e)
	}
	return list, related
}

// yearBar is a year of a chart that is its own table: the bar stands in the row of its numbers.
type yearBar struct {
	ledger.YearTally
	Share int // of the greatest year, in percent
	Path  string
	Here  bool // the year that is shown
}

func yearBars(years []ledger.YearTally, path func(year int) string) []yearBar {
	var top ledger.Fen
	for _, y := range years {
		top = max(top, y.Total)
	}
	bars := make([]yearBar, len(years))
	for i, y := range years {
		bars[i] = yearBar{YearTally: y, Share: share(y.Total, top), Path: path(y.Year)}
	}
	return bars
}

// share is a bar's length in percent, at least 1 so that it can be seen.
func share(part, whole ledger.Fen) int {
	if part <= 0 || whole <= 0 {
		return 0
	}
	return max(1, int(part*100/whole))
}
