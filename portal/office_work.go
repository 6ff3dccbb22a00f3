package portal

import (
	"context"
	"fmt"

	"github.com/gofiber/fiber/v2"

	"mingbai/ledger"
)

// Worker knows what waits for an officer.
type Worker interface {
	WorkList(ctx context.Context, by string, few int) ([]ledger.Work, error)
}

// workLines is how many of each kind the home lists.
const workLines = 10

// workWords say what waits, of each kind; page is where a batch of it is dealt with, beneath the batch's own. It is late after so many
// days (-1: never).
var workWords = map[ledger.WorkKind]struct {
	name, hint, page string
	late             int
	counted          string
}{
	ledger.WorkMend:    {"要改的、要写原因的", "校验出的问题改好重传，提示的写明原因，才能复核。", "/findings", 3, "%d 处"},
	ledger.WorkBack:    {"退回给我的", "看清退回意见，改好后接着同一个批次传。", "", 3, ""},
	ledger.WorkCertify: {"等我复核的", "与上一期比一比，没有疑问再复核；有疑问就退回，写明意见。", "/review", 3, ""},
	ledger.WorkPublish: {"复核了还没公开的", "公开以后农户才查得到。", "/review", 3, ""},
	ledger.WorkHang:    {"还没登记张贴的公示榜", "公开3天内要贴到村里，并登记日期。", "/board", 0, "%d 个村"},
	ledger.WorkTake:    {"公示期满还没撤下的", "撤下榜单，并登记日期。", "/board", 0, "%d 个村"},
	ledger.WorkEnding:  {"公示快到期的", "到期后名单自动收起，合计保留。", "/board", -1, ""},
}

// workSection is a kind of work as the home shows it.
type workSection struct {
	ledger.Work
	Name, Hint string
	Late       bool // something in it is
	Lines      []workLine
}

type workLine struct {
	ledger.WorkItem
	Path, Age, More string
	Late            bool
}

func (s *Server) workOf(c *fiber.Ctx) ([]workSection, error) {
	list, err := s.config.Work.WorkList(c.UserContext(), officerOf(c), workLines)
	if err != nil {
		return nil, err
	}
	sections := make([]workSection, len(list))
	for i, w := range list {
		words := workWords[w.Kind]
		section := workSection{Work: w, Name: words.name, Hint: words.hint}
		for _, item := range w.Items {
			line := workLine{WorkItem: item, Path: fmt.Sprintf("/office/batches/%d%s", item.Batch, words.page), Age: age(item.Days), More: item.Note}
			if words.counted != "" && item.N > 0 {
				line.More = fmt.Sprintf(words.counted, item.N)
			}
			line.Late = words.late >= 0 && item.Days > words.late
			section.Late = section.Late || line.Late
			section.Lines = append(section.Lines, line)
		}
		sections[i] = section
	}
	return sections, nil
}

// age writes how long something waits, or how long until it is due.
func age(days int) string {
	switch {
	case days < 0:
		return fmt.Sprintf("还有 %d 天", -days)
	case days == 0:
		return "今天"
	}
	return fmt.Sprintf("已 %d 天", days)
}
