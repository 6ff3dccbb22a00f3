package ledger

import "time"

// Review is what a certifier looks at before judging a batch.
type Review struct {
	Batch
	Fund        Fund
	CertifiedAt time.Time
	Counted     Tally    // the batch's rows, counted now
	Handed      *Fen     // what the sheet says that the document hands down; nil when it does not
	Allocated   *Fen     // what published allocations under the fund's document come to in the period; nil when there are none
	AllocatedBy []int64  // the batches of those allocations
	InPeriod    Tally    // all rows of the fund's period with this batch in them
	OpenWarn    int      // warnings without a reason
	OpenFatal   int      // numbers that fail their check and are not accepted
	Uploaders   []string // of any revision: none of them may certify
	Certifiers  []Officer
	Plan        *Plan // the open one, or the last
}

// UploadedIn says whether an officer uploaded any of the batch's files.
func (r Review) UploadedIn(login string) bool {
	for _, u := range r.Uploaders {
		if u == login {
			return true
		}
	}
	return false
}

// Waiting is a batch that waits for a certifier, or to be published.
type Waiting struct {
	Batch
	FundName  string
	OpenWarn  int
	OpenFatal int
	Own       bool // the asking officer uploaded a file of it
	Plan      *Plan
}

// Sample is a handful of a batch's rows, drawn by chance, to be held beside the paper.
type Sample struct {
	Draw int // how often this officer drew from this revision
	At   time.Time
	Of   int // rows in all
	Rows []BatchRow
}

// BatchRow is a row of a batch as officers see it: no part of any number in it.
type BatchRow struct {
	Line      int
	Sheet     string
	SheetRow  int
	Name      string // of the householder; for other kinds than subsidy, what the row is about
	Village   string
	Group     string
	Basis     Quantity
	BasisUnit string
	Standard  Quantity
	Amount    *Fen // nil where it has none
	Status    PayStatus
	Active    bool
	Corrected int64  // the batch that says it otherwise; 0 for none
	Reason    string // of its withdrawal
	Asked     int64  // the open request to take it back; 0 for none
}

// BatchRowsQuery asks for a page of a published batch's rows.
type BatchRowsQuery struct {
	Batch   int64
	Name    string // normalised; contained in the name
	Page    int    // from 1
	PerPage int
}

// BatchRows is a page of them.
type BatchRows struct {
	Batch
	Fund  Fund
	Found int   // rows, over all pages
	Live  Tally // of these, what still counts
	Rows  []BatchRow
}

// Plan is a publication that was ordered, for now or for a time.
type Plan struct {
	At      time.Time
	By      string
	Ended   PlanEnd
	EndedAt time.Time
	Said    string // why it failed
}

// PlanEnd is what became of a planned publication; empty while it waits.
type PlanEnd string

// Ends of a planned publication.
const (
	PlanPublished PlanEnd = "published"
	PlanCancelled PlanEnd = "cancelled"
	PlanVoid      PlanEnd = "void" // the batch was sent back or changed
	PlanFailed    PlanEnd = "failed"
)

// Progress is how far a batch has come on its way to the public.
type Progress struct {
	Batch
	FundName    string
	Disclosure  Disclosure
	Plan        *Plan
	Due         bool // the plan's time has come, and the job has not been there yet
	RowsEntered int
	People      int // of the batch
	Unindexed   int // of these, whom the search index has yet to hear of
}
