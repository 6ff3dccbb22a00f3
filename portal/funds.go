package portal

import (
	"net/http"
	"net/url"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"mingbai/ledger"
)

// param is a part of the path, unescaped; empty when it cannot be.
func param(c *fiber.Ctx, name string) string {
	s, err := url.PathUnescape(c.Params(name))
	if err != nil {
		return ""
	}
	return s
}

// yearOf reads a year as people write it; the books begin in this century.
func yearOf(text string) (int, error) {
	y, err := strconv.Atoi(text)
	if err != nil || len(text) != 4 || y < 2000 {
		return 0, ledger.ErrNotFound
	}
	return y, nil
}

type fundPage struct {
	Frame
	Fund        ledger.FundPage
	Sum         sum
	Balanced    bool
	Difference  ledger.Fen
	Said        string // who may see the lists, and until when
	Flow        []flowStep
	Gaps        []string // why two steps of the flow differ
	Bars        []yearBar
	Days        *days
	Data        []dataLink
	Towns       []townLine
	FoldedTowns int
}

func (fundPage) view() string { return "pages/fund" }

type townLine struct {
	ledger.RegionTally
	Share    int // of the greatest town, in percent
	Tone     int // 1…5: how strongly it is marked beside the others
	Villages []villageLine
	Folded   int
}

type villageLine struct {
	ledger.RegionTally
	Path   string // of its list; empty when that may not be shown
	NoCode bool   // lists are open, but this village cannot have one
}

func (s *Server) fund(c *fiber.Ctx) error {
	year := 0
	if text := c.Query("year"); text != "" {
		var err error
		if year, err = yearOf(text); err != nil {
			return err
		}
	}
	code := param(c, "code")
	day, err := s.asOf(c)
	if err != nil {
		return err
	}
	what, err := s.books.Fund(c.UserContext(), code)
	switch {
	case err != nil:
		return err
	case what.Kind != ledger.Subsidy:
		return s.records(c, code, year, day)
	}
	var f ledger.FundPage
	if day.IsZero() {
		f, err = s.books.FundPage(c.UserContext(), code, year)
	} else {
		f, err = s.config.Archive.FundPageOn(c.UserContext(), code, year, day)
	}
	if err != nil {
		return err
	}
	p := fundPage{Frame: s.frame(f.Name), Fund: f, Sum: sum{strconv.Itoa(f.Year) + "年全县合计", f.County}, Said: whoMaySee(f)}
	p.Nav = "funds"
	p.Difference = difference(f)
	p.Data = s.fundData(f.Fund)
	p.Balanced = p.Difference == 0
	p.Flow, p.Gaps = flow(f)
	p.Bars = fundBars(f.Code, f.Year, f.ByYear)
	p.Towns, p.FoldedTowns = townLines(f)
	if f.Disclosure == ledger.DisclosePublic {
		p.Days = s.daysOf(code, year, "", day)
	}
	p.NoIndex = f.Then != nil
	return s.show(c, http.StatusOK, p)
}

func whoMaySee(f ledger.FundPage) string {
	switch {
	case f.County.Rows == 0:
		return "这一年公开过的批次都已撤回，日期和原因写在下面。"
	case f.Then != nil:
		return "这里只有合计；名单只在今天的账里看，公示期满就收起。"
	case f.ListOpen && f.Until.IsZero():
		return "各村名单长期公示。点开乡镇，再点村名，就能看到。"
	case f.ListOpen:
		return "各村名单公示到" + date(f.Until) + "。点开乡镇，再点村名，就能看到。"
	case f.Disclosure == ledger.DiscloseSelf:
		return "这类补贴只供本人查询，这里只有合计。查自己的，请在首页填姓名和身份证号。"
	case f.Disclosure == ledger.DiscloseAggregate:
		return "按规定只公开合计，没有名单。"
	}
	return "公示期满，名单已经收起，合计一直公开。查自己的，请在首页填姓名和身份证号。"
}

// difference holds the database's three levels against each other: 0 when villages make their town and towns the county.
func difference(f ledger.FundPage) ledger.Fen {
	var towns ledger.Fen
	for _, t := range f.Towns {
		var villages ledger.Fen
		for _, v := range t.Villages {
			villages += v.Total
		}
		if villages != t.Total {
			return distance(villages, t.Total)
		}
		towns += t.Total
	}
	return distance(towns, f.County.Total)
}

func distance(a, b ledger.Fen) ledger.Fen {
	if a < b {
		return b - a
	}
	return a - b
}
