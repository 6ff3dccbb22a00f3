package ledger

import "time"

// ActRequest asks for something to be done to what is public. One officer asks, another decides.
type ActRequest struct {
	No        int64
	Act       Action // ActWithdraw or ActRevert
	Batch     int64
	Line      int // the one row that it is about; 0 for the whole batch
	Reason    string
	AskedBy   string
	AskedAt   time.Time
	Decision  Decision
	Opinion   string
	DecidedBy string
	DecidedAt time.Time
}

// Decision is what became of a request; empty while it is open.
type Decision string

// Decisions.
const (
	Granted   Decision = "granted"
	Refused   Decision = "refused"
	TakenBack Decision = "taken_back" // by the one who asked
)

var decisionNames = map[Decision]string{"": "待决定", Granted: "同意", Refused: "不同意", TakenBack: "申请人收回"}

// Name is the decision's word on pages.
func (d Decision) Name() string { return decisionNames[d] }

// RequestSight is a request with what it is about, as officers see it.
type RequestSight struct {
	ActRequest
	FundName string
	Period   Period
	State    State // of the batch
	Rows     Tally // that it would change
	Row      *BatchRow
	Deciders []Officer // who may decide it
}
