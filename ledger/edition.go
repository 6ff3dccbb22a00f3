package ledger

import "time"

// Edition is the state of the published books after one act on them: a publication, a withdrawal, a correction, a reversal, a
// change of a fund's description. Editions are numbered from 1 without a gap. The zero Edition is before all of them.
type Edition struct {
	No int64
	At time.Time
}

// PublicAct is an act on the published books, as the log of publications tells it.
type PublicAct struct {
	Edition
	Act      ActSort
	Fund     string
	FundName string
	Kind     FundKind
	Year     int
	Batch    int64 // 0 where the fund's own description changed
	Period   Period
	Tally    // of the batch; nothing of a fund that names nobody: see Publication
	Closed   bool
	Corrects int64 // the batch whose rows this one replaces
	Reason   string
}

// ActSort is what was done.
type ActSort string

// Sorts of acts on the published books.
const (
	ActPublished    ActSort = "publish"
	ActWithdrawn    ActSort = "withdraw"
	ActRowWithdrawn ActSort = "withdraw_row"
	ActReverted     ActSort = "revert"
	ActFundChanged  ActSort = "fund"
)

var actSortNames = map[ActSort]string{
	ActPublished: "公开", ActWithdrawn: "撤回", ActRowWithdrawn: "撤回一行", ActReverted: "恢复", ActFundChanged: "项目说明有改动",
}

// Name is the act's word on pages.
func (a PublicAct) Name() string {
	if a.Act == ActPublished && a.Corrects != 0 {
		return "更正"
	}
	return actSortNames[a.Act]
}
