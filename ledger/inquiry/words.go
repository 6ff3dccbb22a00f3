package inquiry

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"

	"mingbai/ledger"
)

// State is where a case stands.
type State string

// States in the order of the diagram. A case that does not exist yet is New.
const (
	New         State = ""
	Received    State = "received"
	Registered  State = "registered"
	Clarifying  State = "clarifying"
	Refusing    State = "refusing"
	Direct      State = "direct"
	Forwarded   State = "forwarded"
	Returning   State = "returning"
	InHand      State = "inhand"
	InReview    State = "review"
	Revising    State = "revising"
	Reopened    State = "reopened"
	Merged      State = "merged"
	Answered    State = "answered"
	Published   State = "published"
	Unpublished State = "unpublished"
	Closed      State = "closed"
	Refused     State = "refused"
	Abandoned   State = "abandoned"
	Withdrawn   State = "withdrawn"
	Sealed      State = "sealed"
)

// States are all states in the order of the diagram.
var States = []State{
	New, Received, Registered, Clarifying, Refusing, Direct, Forwarded, Returning, InHand, InReview, Revising, Reopened, Merged,
	Answered, Published, Unpublished, Closed, Refused, Abandoned, Withdrawn, Sealed,
}

// Groups of states that transitions and clocks speak of.
var (
	beforeReply = []State{
		Received, Registered, Clarifying, Refusing, Direct, Forwarded, Returning, InHand, InReview, Revising, Reopened, Merged,
	}
	replied   = []State{Answered, Published, Unpublished}
	unsealed  = States[1 : len(States)-1]
	everywhen = States[1:]
)

var stateNames = map[State]string{
	New: "（新来件）", Received: "待登记", Registered: "已登记", Clarifying: "待补正", Refusing: "拟不予受理", Direct: "直办", Forwarded: "已转办",
	Returning: "退单申请", InHand: "承办中", InReview: "待审核", Revising: "退回修改", Reopened: "重办", Merged: "并案", Answered: "已答复",
	Published: "已公开", Unpublished: "不公开", Closed: "办结", Refused: "不予受理", Abandoned: "视为撤回", Withdrawn: "撤回", Sealed: "已移送纪检",
}

// Name is the state's word in the office.
func (s State) Name() string { return stateNames[s] }

// Open says whether somebody is still owed a reply.
func (s State) Open() bool { return in(beforeReply, s) }

// Kind is what a citizen sends.
type Kind string

// Kinds of inquiries.
const (
	Question   Kind = "question"
	Complaint  Kind = "complaint"
	Suggestion Kind = "suggestion"
	Report     Kind = "report"
	Request    Kind = "request"
)

var kindNames = map[Kind]string{Question: "咨询", Complaint: "投诉", Suggestion: "建议", Report: "举报", Request: "点题公开"}

// Kinds are all kinds in the order of pages.
var Kinds = []Kind{Question, Complaint, Suggestion, Report, Request}

// Name is the kind's word on pages.
func (k Kind) Name() string { return kindNames[k] }

// Track is the law that a case goes by.
type Track string

// Tracks.
const (
	Ordinary   Track = "ordinary"
	Petition   Track = "petition"
	Disclosure Track = "disclosure"
)

var trackNames = map[Track]string{Ordinary: "普通", Petition: "信访", Disclosure: "依申请公开"}

// Tracks are all tracks in the order of pages.
var Tracks = []Track{Ordinary, Petition, Disclosure}

// Name is the track's word on pages.
func (t Track) Name() string { return trackNames[t] }

// Channel is the way by which a case came.
type Channel string

// Channels. Duty staff enter what comes by phone or over the counter.
const (
	Web     Channel = "web"
	Kiosk   Channel = "kiosk"
	Phone   Channel = "phone"
	Counter Channel = "counter"
)

var channelNames = map[Channel]string{Web: "网站", Kiosk: "触摸屏", Phone: "电话", Counter: "窗口"}

// Name is the channel's word on pages.
func (c Channel) Name() string { return channelNames[c] }

// Role is in what capacity somebody acts: an office role, the citizen who holds the case's tracking code, or the clockwork.
type Role = ledger.OfficeRole

// Roles outside the office.
const (
	Citizen Role = "citizen"
	System  Role = "system"
)

// Roles are all that may act.
var Roles = append([]Role{Citizen, System}, ledger.OfficeRoles...)

func roleName(r Role) string {
	switch r {
	case Citizen:
		return "来件人"
	case System:
		return "系统"
	}
	return r.Name()
}

// Rating is the citizen's word on a round's answer.
type Rating string

// Ratings.
const (
	Satisfied Rating = "satisfied"
	Basically Rating = "basically"
	Not       Rating = "not"
)

var ratingNames = map[Rating]string{Satisfied: "满意", Basically: "基本满意", Not: "不满意"}

// Name is the rating's word on pages.
func (r Rating) Name() string { return ratingNames[r] }

// Ground is why a case is refused or its answer not published.
type Ground string

var refusalGrounds = map[Ground]string{
	"not-ours": "不属于本级财政部门的职责", "court": "已经或者应当通过诉讼、仲裁、行政复议解决", "same": "同一事项已经答复，没有新的事实和理由",
	"petition": "应当由信访部门受理", "no-matter": "没有具体事项",
}

var withholdGrounds = map[Ground]string{
	"privacy": "涉及个人隐私", "secret": "涉及国家秘密", "trade": "涉及商业秘密", "inquiry": "公开会妨碍调查", "asked": "来件人要求不公开",
}

// RefusalGrounds are the grounds of a refusal.
func RefusalGrounds() []Ground { return slices.Sorted(maps.Keys(refusalGrounds)) }

// WithholdGrounds are the grounds for which an answer is not published.
func WithholdGrounds() []Ground { return slices.Sorted(maps.Keys(withholdGrounds)) }

// Name is the ground in words.
func (g Ground) Name() string {
	if name := refusalGrounds[g]; name != "" {
		return name
	}
	return withholdGrounds[g]
}

// Hash stands for a text that was written or approved; empty for none.
type Hash string

// HashOf is a text's hash.
func HashOf(text string) Hash {
	sum := sha256.Sum256([]byte(text))
	return Hash(hex.EncodeToString(sum[:]))
}
