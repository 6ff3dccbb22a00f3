package inquiry

import (
	"time"

	"mingbai/ledger/workday"
)

// Act is something that is done to a case.
type Act string

// Acts, in the order of a case's life.
const (
	Send           Act = "send"
	Register       Act = "register"
	Countersign    Act = "countersign"
	AskClarify     Act = "clarify.ask"
	Clarify        Act = "clarify"
	Abandon        Act = "abandon"
	ProposeRefusal Act = "refusal.propose"
	Refuse         Act = "refuse"
	DenyRefusal    Act = "refusal.deny"
	Contest        Act = "contest"
	Merge          Act = "merge"
	Split          Act = "split"
	Carry          Act = "carry"
	TakeDirect     Act = "direct"
	Forward        Act = "forward"
	Sign           Act = "sign"
	AskReturn      Act = "return.ask"
	GrantReturn    Act = "return.grant"
	DenyReturn     Act = "return.deny"
	AskExtension   Act = "extension.ask"
	Extend         Act = "extend"
	DenyExtension  Act = "extension.deny"
	Draft          Act = "draft"
	Redraft        Act = "redraft"
	SendBack       Act = "sendback"
	Approve        Act = "approve"
	Publish        Act = "publish"
	Withhold       Act = "withhold"
	Rate           Act = "rate"
	Reopen         Act = "reopen"
	Close          Act = "close"
	Withdraw       Act = "withdraw"
	GoOn           Act = "goon"
	Seal           Act = "seal"
	Acknowledge    Act = "acknowledge"
	Supervise      Act = "supervise"
	Respond        Act = "respond"
	Lift           Act = "lift"
	Recount        Act = "recount"
)

// Acts are all acts in the order of a case's life.
var Acts = []Act{
	Send, Register, Countersign, AskClarify, Clarify, Abandon, ProposeRefusal, Refuse, DenyRefusal, Contest, Merge, Split, Carry,
	TakeDirect, Forward, Sign, AskReturn, GrantReturn, DenyReturn, AskExtension, Extend, DenyExtension, Draft, Redraft, SendBack,
	Approve, Publish, Withhold, Rate, Reopen, Close, Withdraw, GoOn, Seal, Acknowledge, Supervise, Respond, Lift, Recount,
}

var actNames = map[Act]string{
	Send: "提交", Register: "登记", Countersign: "会签登记", AskClarify: "一次性告知补正", Clarify: "补正", Abandon: "逾期未补正，视为撤回",
	ProposeRefusal: "拟不予受理", Refuse: "决定不予受理", DenyRefusal: "不同意不予受理", Contest: "对不予受理提出异议",
	Merge: "并案", Split: "分出另办", Carry: "转达主案答复", TakeDirect: "直办", Forward: "转办", Sign: "签收", AskReturn: "申请退单",
	GrantReturn: "同意退单", DenyReturn: "不同意退单", AskExtension: "申请延期", Extend: "同意延期", DenyExtension: "不同意延期",
	Draft: "送审", Redraft: "改稿", SendBack: "退回修改", Approve: "审核同意", Publish: "公开答复", Withhold: "不公开答复", Rate: "评价",
	Reopen: "不满意，要求重办", Close: "办结", Withdraw: "撤回", GoOn: "依职权继续办理", Seal: "移送纪检", Acknowledge: "告知受理", Supervise: "督办",
	Respond: "回复督办", Lift: "解除督办", Recount: "按新的放假安排重算期限",
}

// Name is the act's word on buttons and in messages.
func (a Act) Name() string { return actNames[a] }

// Facts are what an act says. Only those that the act needs are read (the table's guards say which); the event keeps them.
type Facts struct {
	Text string `json:",omitzero"` // reason, opinion, what is missing, what the citizen is told

	Kind    Kind    `json:",omitzero"` // send, register
	Channel Channel `json:",omitzero"` // send
	Track   Track   `json:",omitzero"` // register
	Against Against `json:",omitzero"` // register

	Ground Ground `json:",omitzero"` // propose a refusal, withhold
	Right  string `json:",omitzero"` // propose a refusal: where the matter belongs

	Main        Slip `json:",omitzero"` // merge, carry: written from Action.Main
	OtherSender bool `json:",omitzero"` // merge: the senders differ

	Lead          int64   `json:",omitzero"` // forward
	Assist        []int64 `json:",omitzero"` // forward
	Investigate   bool    `json:",omitzero"` // direct, forward
	NeedsIdentity string  `json:",omitzero"` // forward: why the department must know who sends; empty withholds it

	Days   int    `json:",omitzero"` // ask for an extension, in the unit of the clock; supervise: written from Until
	Answer Hash   `json:",omitzero"` // draft, redraft, approve
	Public Hash   `json:",omitzero"` // publish: the redacted copy
	Rating Rating `json:",omitzero"` // rate

	Until time.Time `json:",omitzero"` // supervise: the day by which an answer is wanted; zero for the usual time

	Drafters []string `json:",omitzero"` // carry: who wrote the answer that is passed on, and who approved it; written from Action.Main
	Reviewer string   `json:",omitzero"`
}

// Action is an act with its facts and with what the act must look at beside its own case.
type Action struct {
	Act Act
	Facts
	Main *Case // merge, split, carry: the case that this one goes with
	Last Slip  // countersign: the last number given so far
	Seal bool  // send: straight to discipline, before anybody at the desk sees it

	Before  workday.Calendar // recount: the calendar as it was
	Because string           // recount: the name of the notice
}
