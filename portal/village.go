package portal

import (
	"net/http"

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
	p := villagePage{
		Frame: s.frame(list.VillageName + list.Name), List: list, BasisName: basisName(list.BasisUnit), BasisHead: basisHead(list.BasisUnit),
		PeriodText: periodText(list), Sum: sum{"合计", list.Tally},
	}
	p.NoIndex, p.Nav = true, "funds"
	for i, pay := range list.Payments {
		line := noticeLine{Payment: pay, No: i + 1, BasisText: basisText(pay), StandardText: unstated}
		if pay.Standard != 0 {
			line.StandardText = pay.Standard.String()
		}
		p.Lines = append(p.Lines, line)
	}
	return s.show(c, http.StatusOK, p)
}

func basisHead(unit string) string {
	if unit == "" {
		return basisName(unit)
	}
	return basisName(unit) + "（" + unit + "）"
}

func periodText(l ledger.VillageList) string {
	if l.Until.IsZero() {
		return date(l.From) + "起，长期公示"
	}
	return date(l.From) + "至" + date(l.Until)
}
