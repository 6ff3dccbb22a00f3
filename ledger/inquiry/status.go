package inquiry

import (
	"fmt"
	"time"

	"mingbai/ledger/workday"
)

// publicTexts are what the tracking page says of a state. It names no officer and no inner back and forth: a return and a
// revision are, to the citizen, a case in hand.
var publicTexts = map[State]string{
	Received:    "您的来件已经收到，正在登记。",
	Registered:  "您的来件已经登记，正在安排办理。",
	Clarifying:  "办理您的来件还缺一些内容，请在期限内一次补齐。等您补正的这段时间不计入办理期限。",
	Refusing:    "您的来件已经登记，正在审查是否受理。",
	Direct:      "您的来件由值班室直接办理，正在准备答复。",
	Forwarded:   "您的来件已经转给承办部门，等待签收。",
	Returning:   "您的来件正在确定由哪个部门承办。",
	InHand:      "承办部门正在办理您的来件。",
	InReview:    "答复已经写好，正在审核。",
	Revising:    "答复正在修改。",
	Reopened:    "您对答复不满意，正在安排重新办理，由另外的人审核。",
	Merged:      "已有同样的来件，和您的并在一起办理。办完以后您也会收到答复。",
	Answered:    "您的来件已经答复，请看下面的答复，并请评价。",
	Published:   "您的来件已经答复，答复隐去个人信息后已经公开。请评价。",
	Unpublished: "您的来件已经答复，答复不对外公开。请评价。",
	Closed:      "您的来件已经办结。",
	Refused:     "您的来件不予受理，理由和应当向哪里反映见告知书。有异议的，可以提出一次。",
	Abandoned:   "没有在期限内收到补正，您的来件视为撤回。需要时可以重新提交。",
	Withdrawn:   "您已经撤回来件。",
	Sealed:      "您的来件已经移送纪检监察机关，由他们办理并告知您是否受理。办理您来件的其他人员已经看不到它。",
}

// Status is what the tracking page says to the citizen.
type Status struct {
	Text    string
	Extra   []string // what else is to be said, each a sentence
	Due     workday.Due
	Explain []workday.Step // of Due, day by day; empty when no date is promised
}

// clocksForCitizens are the promises that a citizen is shown, by state: the first that runs.
var clocksForCitizens = []ClockKind{ClarifyClock, AcceptClock, CaseClock, PetitionClock, SettleClock}

// Status tells a citizen how the case stands.
func (d Desk) Status(c Case, at time.Time) Status {
	s := Status{Text: publicTexts[c.State]}
	if c.ExOfficio && c.State.Open() {
		s.Extra = append(s.Extra, "您撤回以后，督查部门决定继续办理。")
	}
	if c.Contested && c.State.Open() {
		s.Extra = append(s.Extra, "您对不予受理有异议，正在由另外的人重新审查。")
	}
	for _, kind := range clocksForCitizens {
		k, running := c.Clock(kind)
		if !running {
			continue
		}
		s.Due, s.Explain = d.Due(k), d.Calendar.Explain(k.Count)
		s.Extra = append(s.Extra, d.promise(k, s.Due, at)...)
		break
	}
	return s
}

// promise puts a clock's due date into sentences.
func (d Desk) promise(k Clock, due workday.Due, at time.Time) []string {
	var all []string
	switch {
	case k.Kind == ClarifyClock:
		all = append(all, "请在"+due.Text()+"24时以前补正。")
	case k.Kind == SettleClock:
		all = append(all, due.Text()+"24时以前可以评价；不满意的，可以写明理由要求重办一次。")
	case due.Over(at):
		all = append(all, fmt.Sprintf("应当在%s以前办好，现在已经超期%d个工作日，督查部门会催办。", due.Text(), d.Overdue(k, at)))
	case due.Known():
		all = append(all, "最迟"+due.Text()+"办好。")
	}
	if k.Extra > 0 {
		all = append(all, fmt.Sprintf("期限已经延长%s。", workday.Period{N: k.Extra, Unit: k.Period.Unit}.Text()))
	}
	if due.Provisional {
		all = append(all, "日期是暂定的：其中有一年的放假安排还没有公布，公布后会重新推算。")
	}
	return all
}

// PublicText is what the citizen's history shows of an event: what was told, and nothing of the office's own affairs. Empty
// when it shows nothing.
func (e Event) PublicText() string {
	switch e.Act {
	case Clarify, Contest, Reopen, Withdraw, Rate, Send:
		return "您" + map[Act]string{
			Send: "提交了来件", Clarify: "补正了内容", Contest: "对不予受理提出异议", Reopen: "要求重办", Withdraw: "撤回了来件",
			Rate: "评价：" + e.Rating.Name(),
		}[e.Act]
	case Countersign:
		return "已登记，处理笺号" + e.Slip.String()
	case AskClarify:
		return "请您补正：" + e.Text
	case Abandon, Close, Refuse, Seal, GoOn, Publish:
		return e.Act.Name()
	case Acknowledge:
		return "纪检监察机关告知受理"
	case TakeDirect:
		return "由值班室直接办理"
	case Forward:
		return "转给承办部门办理"
	case Extend:
		return "延长期限：" + e.Text
	case Merge:
		return "和同样的来件并在一起办理"
	case Approve, Carry:
		return "已答复"
	case Recount:
		text := "按" + e.Text + "重算期限"
		for _, m := range e.Moved {
			if m.Clock == CaseClock || m.Clock == ClarifyClock || m.Clock == SettleClock {
				text += "；" + m.Text()
			}
		}
		return text
	}
	return ""
}
