package ledger

import "time"

// WorkKind is a sort of thing that waits for an officer.
type WorkKind string

// What waits, in the order of pages.
const (
	WorkMend    WorkKind = "mend"    // my batches with faults, or warnings without a reason
	WorkBack    WorkKind = "back"    // my batches that were returned with an opinion
	WorkCertify WorkKind = "certify" // batches of others that I may certify
	WorkPublish WorkKind = "publish" // certified, not yet published
	WorkHang    WorkKind = "hang"    // notices that do not hang days after publication
	WorkTake    WorkKind = "take"    // notices that hang though the disclosure is over
	WorkEnding  WorkKind = "ending"  // disclosures that end soon
)

// Days that decide whether something waits.
const (
	HangWithin = 3  // days after publication in which a notice should hang
	EndingSoon = 14 // days before a disclosure's end from which it is told
)

// Work is what waits of one kind: how many in all, and the oldest of them.
type Work struct {
	Kind  WorkKind
	Count int
	Items []WorkItem
}

// WorkItem is a batch that waits.
type WorkItem struct {
	Batch    int64
	FundName string
	Period   Period
	Since    time.Time // a date; or the one on which it is due
	Days     int       // since then; below zero: until then
	N        int       // findings, or villages; 0 where nothing is counted
	Note     string    // the opinion with which it came back
}
