package portal

import (
	"net/http"
	"time"

	"github.com/gofiber/fiber/v2"

	"mingbai/ledger"
)

type villagePage struct {
	Frame
	List       ledger.VillageList
	Lines      []noticeLine
	BasisName  string // 面积, for cards on a phone
	BasisHead  string // 面积（亩）
	PeriodText string
	Sum        sum
}

func (villagePage) view() string { return "pages/village" }

// noticeLine is a row of the notice sheet, in the order of the board.
type noticeLine struct {
	ledger.Payment
	No           int
	BasisText    string
	StandardText string
}

func (s *Server) village(c *fiber.Ctx) error {
	year, err := yearOf(param(c, "year"))
	if err != nil {
		return err
	}
	village := param(c, "village")
	if ledger.LevelOf(village) != ledger.LevelVillage {
		return ledger.ErrNotFound
	}
	list, err := s.books.VillageList(c.UserContext(), param(c, "code"), year, village)
	if err != nil {
		return err
	}
	people := make([]uint64, len(list.Payments))
	for i, p := range list.Payments {
		people[i] = s.personMark(village, p.Group, p.Name)
	}
	if err := s.giveOut(c, people); err != nil {
		return err
	}
	p := villagePage{
		Frame: s.frame(list.VillageName + list.Name), List: list, BasisName: basisName(list.BasisUnit), BasisHead: basisHead(list.BasisUnit),
		PeriodText: periodText(list.From, list.Until), Sum: sum{"合计", list.Tally},
	}
	p.NoIndex, p.Nav, p.Lines = true, "funds", noticeLines(list.Payments)
	return s.show(c, http.StatusOK, p)
}

func noticeLines(payments []ledger.Payment) []noticeLine {
	lines := make([]noticeLine, len(payments))
	for i, pay := range payments {
		lines[i] = noticeLine{Payment: pay, No: i + 1, BasisText: basisText(pay), StandardText: unstated}
		if pay.Standard != 0 {
			lines[i].StandardText = pay.Standard.String()
		}
	}
	return lines
}

func basisHead(unit string) string {
	if unit == "" {
		return basisName(unit)
	}
	return basisName(unit) + "（" + unit + "）"
}

func periodText(from, until time.Time) string {
	if until.IsZero() {
		return date(from) + "起，长期公示"
	}
	return date(from) + "至" + date(until)
}
