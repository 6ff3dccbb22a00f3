package inquiry

import (
	"fmt"
	"strings"
	"time"

	"mingbai/ledger"
)

// move is an act on its way: what its guards look at.
type move struct {
	Action
	desk Desk
	c    Case
	by   Actor
	at   time.Time
}

// guard is one condition. It answers with what stands in the way and who may or how to mend it; empty when nothing does.
type guard struct {
	name string // in the diagram
	kind ledger.Kind
	asks func(move) string
}

func guards(g ...guard) []guard { return g }

// says makes a guard that wants a text; the words end a sentence that begins with 请写明.
func says(name, what string) guard {
	return guard{name, ledger.KindInvalid, func(m move) string {
		if strings.TrimSpace(m.Text) == "" {
			return "请写明" + what
		}
		return ""
	}}
}

// must makes a guard of a condition and a fixed message.
func must(name string, kind ledger.Kind, message string, holds func(move) bool) guard {
	return guard{name, kind, func(m move) string {
		if holds(m) {
			return ""
		}
		return message
	}}
}

// Guards that want something to be said.
var (
	saysMissing  = says("missing things listed", "要补正的全部内容：只能告知一次，缺什么一次说清")
	saysMore     = says("text", "补正的内容")
	saysOpinion  = says("opinion", "审核意见")
	saysReason   = says("reason", "理由")
	tellsCitizen = says("citizen told why", "告诉来件人的延期理由")
)

// Guards of what an act must bring.
var (
	properKind = must("kind", ledger.KindInvalid, "请选择类别：咨询、投诉、建议、举报或点题公开", func(m move) bool {
		return m.Kind.Name() != ""
	})
	properTrack = must("track", ledger.KindInvalid, "请选择办理途径：普通、信访或依申请公开", func(m move) bool { return m.Track.Name() != "" })

	properChannel = guard{"channel", ledger.KindInvalid, func(m move) string {
		entered := m.Channel == Phone || m.Channel == Counter
		switch {
		case m.Channel.Name() == "":
			return "请写明来件渠道：网站、触摸屏、电话或窗口"
		case entered && m.by.Role == Citizen:
			return "电话和窗口来件由值班人员代为录入"
		case !entered && m.by.Role != Citizen:
			return "值班人员只代录电话和窗口来件；网站和触摸屏由来件人自己提交"
		}
		return ""
	}}

	properAgainst = must("against", ledger.KindInvalid, "被投诉的部门请从名录里选；投诉对象是财政局本身的，请移送纪检", func(m move) bool {
		return !in(m.Against.Departments, 0)
	})
	refusalGround = must("ground", ledger.KindInvalid, "请选择不予受理的依据", func(m move) bool { return refusalGrounds[m.Ground] != "" })
	rightChannel  = must("right channel", ledger.KindInvalid, "请写明来件人应当向哪里反映", func(m move) bool {
		return strings.TrimSpace(m.Right) != ""
	})
	withholdGround = must("ground", ledger.KindInvalid, "请选择不公开的依据", func(m move) bool { return withholdGrounds[m.Ground] != "" })
	properRating   = must("rating", ledger.KindInvalid, "请选择满意、基本满意或不满意", func(m move) bool { return m.Rating.Name() != "" })
	hasAnswer      = must("answer", ledger.KindInvalid, "答复还没有写", func(m move) bool { return m.Answer != "" })
	hasPublicCopy  = must("public copy", ledger.KindInvalid, "请先另做一份隐去个人信息的公开稿，再公开", func(m move) bool { return m.Public != "" })
	properLead     = must("lead department", ledger.KindInvalid, "请选择主办部门；协办部门不能和主办部门相同", func(m move) bool {
		return m.Lead > 0 && !in(m.Assist, m.Lead) && !in(m.Assist, 0)
	})
)

// Guards of four eyes and conflicts.
var (
	secondSigner = must("second duty", ledger.KindDenied, "登记的人不能自己会签，请另一位值班人员会签", func(m move) bool {
		return m.by.Login != m.c.RegisterBy
	})
	otherThanAsker = must("not the asker", ledger.KindDenied, "这是您自己提出的，请另一位审核人决定", func(m move) bool {
		return m.by.Login != m.c.AskedBy
	})
	otherRefuser = must("not who refused before", ledger.KindDenied, "来件人有异议的，不能由原来决定的人再决定，请另一位审核人决定", func(m move) bool {
		return !in(m.c.RefusedBy, m.by.Login)
	})
	notDrafter = must("not the drafter", ledger.KindDenied, "您起草过这份答复，不能自己审核，请另一位审核人审核", func(m move) bool {
		return !in(m.c.Round().Drafters, m.by.Login)
	})
	otherReviewer = must("not an earlier reviewer", ledger.KindDenied, "重办的答复不能由上一轮的审核人审核，请另一位审核人审核", func(m move) bool {
		for _, r := range m.c.Rounds {
			if r.Reviewer == m.by.Login {
				return false
			}
		}
		return true
	})
	noConflict = guard{"no conflict", ledger.KindDenied, func(m move) string {
		for _, department := range append([]int64{m.Lead}, m.Assist...) {
			if m.c.Against.HitsDepartment(department) {
				return "被投诉的部门不能承办或协办，请转给别的部门，或者移送纪检"
			}
		}
		return ""
	}}

	ownCase      = guard{"own case", ledger.KindDenied, own}
	ownIfHandler = guard{"own case", ledger.KindDenied, func(m move) string {
		if m.by.Role != handler {
			return ""
		}
		return own(m)
	}}
	headIfOtherSender = must("head if senders differ", ledger.KindDenied, "不是同一个来件人，要由审核人决定并案", func(m move) bool {
		return !m.OtherSender || m.by.Role == head
	})
)

// own says who drafts: the desk when it answers itself, the lead department otherwise.
func own(m move) string {
	switch {
	case m.c.Direct && m.by.Role != duty:
		return "这件由值班室直办，请值班人员办理"
	case !m.c.Direct && (m.by.Role != handler || m.c.Lead == 0 || m.by.Department != m.c.Lead):
		return "要由主办部门的承办人办理"
	}
	return ""
}

// Guards of what happens once, and of what an act answers to.
var (
	isProposed = must("registration proposed", ledger.KindConflict, "还没有人登记，请先登记，再由另一位值班人员会签", func(m move) bool {
		return m.c.RegisterBy != ""
	})
	firstClarify   = once("clarify", "已经要求补正过一次，不能再要求；请按现有内容办理，或者拟不予受理", func(c Case) bool { return c.Clarified })
	firstContest   = once("contest", "已经提过一次异议，不能再提；可以向信访部门反映", func(c Case) bool { return c.Contested })
	firstReturn    = once("return", "这件已经退过一次，不能再退；请签收办理，确有困难请找审核人协调", func(c Case) bool { return c.Returned })
	firstExtension = once("extension", "已经申请过一次延期，不能再申请", func(c Case) bool { return c.Extended })
	firstReopen    = once("reopen", "已经重办过一次，不能再要求；可以向信访部门反映", func(c Case) bool { return c.WasReopened })
	firstRating    = once("rating", "这一轮已经评价过了", func(c Case) bool { return c.Round().Rating != "" })
	firstNotice    = once("notice", "已经告知过来件人", func(c Case) bool { return c.Noticed })
	notOrdered     = once("open order", "上一次督办还没有回复，请等回复以后再督办", func(c Case) bool { return c.Order.Waits() })
	notExOfficio   = must("not ex officio", ledger.KindConflict, "督查已经决定依职权继续办理，不能撤回", func(m move) bool { return !m.c.ExOfficio })
	isOrdered      = must("order open", ledger.KindConflict, "没有要回复的督办", func(m move) bool { return m.c.Order.Waits() })
	orderAnswered  = must("order answered", ledger.KindConflict, "督办还没有回复，等回复以后再解除", func(m move) bool { return m.c.Order.Answered })
	isAsked        = must("extension asked", ledger.KindConflict, "没有人申请延期，要由承办人先申请", func(m move) bool { return m.c.AskedDays > 0 })
	notContent     = must("not rated content", ledger.KindConflict, "您已经评价为满意或基本满意，不能再要求重办", func(m move) bool {
		return m.c.Round().Rating == "" || m.c.Round().Rating == Not
	})
	sameAnswer = must("same hash as drafted", ledger.KindConflict, "答复在您打开以后改动过，请重新打开，看过再审核", func(m move) bool {
		return m.Answer != "" && m.Answer == m.c.Round().Answer
	})
)

func once(name, message string, done func(Case) bool) guard {
	return must("first "+name, ledger.KindConflict, message, func(m move) bool { return !done(m.c) })
}

// Guards of time.
var (
	clarifyOver = guard{"period over", ledger.KindConflict, func(m move) string { return m.over(ClarifyClock, "补正期限") }}
	settled     = guard{"period over", ledger.KindConflict, func(m move) string { return m.over(SettleClock, "来件人评价和要求重办的期限") }}
	signInTime  = guard{"before due", ledger.KindConflict, func(m move) string {
		return m.inTime(SignClock, "退单要在签收期限内申请，现在已经过了，请签收办理")
	}}
	beforeDue = guard{"before due", ledger.KindConflict, func(m move) string {
		return m.inTime(m.c.extends(), "延期要在到期以前申请并批准，现在已经到期，只能尽快办结")
	}}
	orderDay = guard{"day in time", ledger.KindInvalid, func(m move) string {
		switch days := m.orderDays(); {
		case m.Until.IsZero():
		case days < 1 || days > mostOrderDays || !m.desk.Calendar.IsWorkday(ledger.DateOf(m.Until)):
			return fmt.Sprintf("限期回复的日期要在明天以后、%d个工作日以内，而且是工作日", mostOrderDays)
		}
		return ""
	}}
	notTooLong = guard{"at most the period", ledger.KindInvalid, func(m move) string {
		if most := m.desk.mostExtension(m.c); m.Days < 1 || m.Days > most {
			return fmt.Sprintf("延期要在1到%d天之间，最多是原来的期限", most)
		}
		return ""
	}}
)

// mostOrderDays is how long an order may give for its answer, in workdays.
const mostOrderDays = 30

// orderDays is how many workdays an order gives; 0 for the usual time.
func (m move) orderDays() int {
	if m.Until.IsZero() || m.Until.Sub(m.at) > 366*24*time.Hour {
		return 0
	}
	return m.desk.Calendar.Between(ledger.DateOf(m.at), ledger.DateOf(m.Until))
}

func (m move) over(kind ClockKind, name string) string {
	k, running := m.c.Clock(kind)
	if due := m.desk.Due(k); running && !due.Over(m.at) {
		return name + "还没有过，到" + due.Text() + "24时为止"
	}
	return ""
}

func (m move) inTime(kind ClockKind, message string) string {
	if k, running := m.c.Clock(kind); running && !m.desk.Due(k).Over(m.at) {
		return ""
	}
	return message
}

// extends is the clock that an extension is about: the answer's; on tracks without one, the case's.
func (c Case) extends() ClockKind {
	if _, running := c.Clock(AnswerClock); running {
		return AnswerClock
	}
	return CaseClock
}

// mostExtension is the original period; 信访 and 依申请公开 have their own law.
func (d Desk) mostExtension(c Case) int {
	switch c.Track {
	case Petition:
		return d.Periods.PetitionExtend
	case Disclosure:
		return d.Periods.DisclosureExtend
	}
	k, _ := c.Clock(AnswerClock)
	return k.Period.N
}

// Guards of what a case has to do with others, or with the calendar.
var (
	properMain = guard{"main case", ledger.KindConflict, func(m move) string {
		switch main := m.Main; {
		case main == nil || main.State == Sealed || main.Slip == (Slip{}):
			return "没有找到主案，请核对处理笺号"
		case main.Slip == m.c.Slip:
			return "不能并到自己"
		case main.State == Merged || !main.State.Open():
			return "主案是“" + main.State.Name() + "”，不能再并入；请选还在办理、自己没有并案的一件"
		}
		return ""
	}}
	mainGone = guard{"reason, or main case ended unanswered", ledger.KindConflict, func(m move) string {
		switch {
		case m.by.Role == duty && strings.TrimSpace(m.Text) == "":
			return "请写明分出另办的理由"
		case m.by.Role == duty:
			return ""
		case m.Main == nil || m.Main.Slip != m.c.Main:
			return "要和主案一起处理"
		case m.Main.State.Open() || m.Main.replied():
			return "主案还在办理或者已经答复，不用分出"
		}
		return ""
	}}
	mainAnswered = must("main case answered", ledger.KindConflict, "主案还没有答复", func(m move) bool {
		return m.Main != nil && m.Main.Slip == m.c.Main && m.Main.replied()
	})
	hasCause = guard{"order's text, or overdue", ledger.KindConflict, func(m move) string {
		switch {
		case m.by.Role == supervisor && strings.TrimSpace(m.Text) == "":
			return "请写明督办的要求"
		case m.by.Role == System && m.desk.worst(m.c, m.at) == 0:
			return "没有超期，不用自动督办"
		}
		return ""
	}}
	hasMoved = must("a due date moved", ledger.KindConflict, "期限没有变化", func(m move) bool { return len(m.desk.moved(m.c, m.Before)) > 0 })
)

// replied says whether a case has an answer to pass on.
func (c Case) replied() bool {
	return (in(replied, c.State) || c.State == Closed) && c.Round().Approved != ""
}

// worst is by how many workdays the latest of the office's running clocks is overdue.
func (d Desk) worst(c Case, at time.Time) int {
	worst := 0
	for _, k := range c.Clocks {
		if k.Running() && len(ruleOf(k.Kind).holder) > 0 {
			worst = max(worst, d.Overdue(k, at))
		}
	}
	return worst
}
