package ledger

import "time"

// UploadSet is what a clerk sends in one go, for one fund and period: one file or hundreds. Each file becomes a batch.
type UploadSet struct {
	No       int64
	Fund     string
	FundName string
	Period   Period
	Unit     string            // "", yuan or wan
	Map      map[string]string // column → field, given by hand
	Note     string            // the clerk's reason for warnings
	Corrects int64             // the batch whose rows the files replace; 0 for ordinary ones
	Reason   string            // of the correction
	Mends    int64             // the batch that the file goes on with, whose fund, period and correction it takes over
	By       string
	ByName   string
	At       time.Time
}

// UploadState is where a file of a set stands.
type UploadState string

// States of an upload.
const (
	UploadWaiting UploadState = "waiting" // received, to be checked
	UploadDone    UploadState = "done"    // it has its batch
	UploadRefused UploadState = "refused" // it has none, and a message why
)

// UploadRef names a file of a set. The zero value names none.
type UploadRef struct {
	Set int64
	N   int
}

// UploadLine is a file of a set with what became of it.
type UploadLine struct {
	N        int
	FileName string
	State    UploadState
	Message  string // why it was refused
	Batch    int64
	Stands   State // the batch's state
	Tally
	Fatal     int // findings that must be mended or accepted
	Open      int // warnings without a reason
	Submitted bool
}

// Ready says that the clerk may hand the file's batch to the certifiers.
func (l UploadLine) Ready() bool { return l.Stands == Checked && l.Open == 0 && !l.Submitted }

// UploadOverview is a set as a whole; its figures are over all files, the lines those of one page.
type UploadOverview struct {
	UploadSet
	Files, Waiting, Refused int
	Faulty                  int // with something that must be mended
	Unexplained             int // with warnings that have no reason, and nothing worse
	Ready                   int // to be submitted
	Submitted               int
	ToCertify, ToPublish    int
	Tally
	Lines   []UploadLine
	Chosen  int // files that the filter lets through
	Page    int
	PerPage int
}

// Running says that files still wait to be checked.
func (o UploadOverview) Running() bool { return o.Waiting > 0 }

// BatchQuery picks batches of those that an officer may see.
type BatchQuery struct {
	State   State // "": any
	Fund    string
	Mine    bool // uploaded by the officer
	Page    int  // from 1
	PerPage int
}

// BatchLine is a batch in a list.
type BatchLine struct {
	Batch
	FundName    string
	SubmittedAt time.Time // zero: not in the certifiers' hands
	Fatal, Open int
}

// BatchList is one page of them, and how many there are in all.
type BatchList struct {
	Lines []BatchLine
	Total int
	Page  int
}

// FindingQuery picks findings of a batch for a page of them.
type FindingQuery struct {
	Rule     string
	Severity Severity
	Sheet    string
	Page     int // from 1
	PerPage  int
}

// FindingGroup counts the findings of a rule.
type FindingGroup struct {
	Rule     string
	Severity Severity
	Count    int
	Open     int // without a reason
}

// FindingPage is a page of a batch's findings under the counts of all of them.
type FindingPage struct {
	Groups []FindingGroup
	Sheets []string // that have findings
	Lines  []KeptFinding
	Total  int // that the query lets through
	Page   int
}
