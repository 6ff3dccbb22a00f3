package ledger

import (
	"regexp"
	"strconv"
	"time"
)

// State is where a batch stands in its life:
//
//	uploaded → parsed → checked → certified → published → superseded | withdrawn
//	any state before published → rejected
//	parsed | checked | rejected → parsed | checked, by a mended file: the next revision of the same batch
//	superseded | withdrawn → published, when what ended it is reverted
type State string

// States of a batch. A batch stays parsed when its file was kept although it has fatal findings.
const (
	Uploaded   State = "uploaded"
	Parsed     State = "parsed"
	Checked    State = "checked"
	Certified  State = "certified"
	Published  State = "published"
	Superseded State = "superseded"
	Withdrawn  State = "withdrawn"
	Rejected   State = "rejected"
)

var nextStates = map[State][]State{
	Uploaded:  {Parsed, Rejected},
	Parsed:    {Checked, Rejected},
	Checked:   {Certified, Parsed, Rejected},
	Certified: {Published, Rejected},
	Published: {Superseded, Withdrawn},

	Rejected:   {Parsed, Checked},
	Superseded: {Published},
	Withdrawn:  {Published},
}

var stateNames = map[State]string{
	Uploaded: "已上传", Parsed: "已读入", Checked: "已校验", Certified: "已复核",
	Published: "已公开", Superseded: "已更正", Withdrawn: "已撤回", Rejected: "已退回",
}

// Name is the state's word on pages and in messages.
func (s State) Name() string { return stateNames[s] }

// MayBecome says whether a batch may go from s to next.
func (s State) MayBecome(next State) bool {
	for _, n := range nextStates[s] {
		if n == next {
			return true
		}
	}
	return false
}

// MayBeMended says whether a mended file may go on with a batch. A certified one must be sent back first.
func (s State) MayBeMended() bool { return s == Parsed || s == Checked || s == Rejected }

// Batch is one uploaded file for one fund and period. Files that mend it are its revisions; what is said here is the last's.
type Batch struct {
	No          int64
	Fund        string
	Kind        FundKind // of the fund
	Period      Period
	State       State
	FileName    string
	SHA256      [32]byte // of the file as uploaded
	RuleVersion string
	Mapping     string // MappingVersion of the columns mapped by hand or from memory; empty when there were none
	Revision    int    // from 1
	Rows        int
	Total       Fen
	StatedTotal *Fen // what the sheet's own total row says; nil when it has none
	UploadedBy  string
	UploadedAt  time.Time
	CertifiedBy string
	PublishedBy string
	PublishedAt time.Time
	PublicFrom  time.Time // dates, inclusive; zero until published
	PublicUntil time.Time // zero: without end
	EndedAt     time.Time // when withdrawn or superseded
	EndReason   string
	Corrects    int64  // the batch whose rows it replaces; 0 for an ordinary one
	Reason      string // of the correction
}

// Period is what a payment is for: a year (2025) or a month of it (2025-03).
type Period string

var periodShape = regexp.MustCompile(`^(20\d\d)(-(0[1-9]|1[0-2]))?$`)

// ParsePeriod reads a period.
func ParsePeriod(s string) (Period, error) {
	if !periodShape.MatchString(s) {
		return "", Errorf(KindInvalid, "期间“%s”不对，写成 2025 或 2025-03", s)
	}
	return Period(s), nil
}

// Year is the calendar year that the period lies in, and the partition its payments are kept in.
func (p Period) Year() int {
	if len(p) < 4 {
		return 0
	}
	y, _ := strconv.Atoi(string(p[:4]))
	return y
}

// Name is the period in words: 2025年 or 2025年3月.
func (p Period) Name() string {
	if len(p) == 7 {
		m, _ := strconv.Atoi(string(p[5:]))
		return string(p[:4]) + "年" + strconv.Itoa(m) + "月"
	}
	return string(p) + "年"
}

// Shanghai is the zone that every date is counted in; China has kept no summer time since 1991.
var Shanghai = time.FixedZone("Asia/Shanghai", 8*3600)

// DateOf is the calendar date of an instant in Shanghai, as midnight UTC (the shape of a SQL date).
func DateOf(t time.Time) time.Time {
	y, m, d := t.In(Shanghai).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}
