package ledger

import "time"

// YearFigures are a year's published payments in numbers, over every policy: totals are always open.
type YearFigures struct {
	Year     int
	Tally    // all active payments of the year
	People   int
	Funds    int
	Villages int
	Updated  time.Time // last publication, correction or withdrawal; zero when there was none
}

// Publication is a batch that was published, as lists of news and sources show it.
type Publication struct {
	Batch       int64
	Fund        string
	FundName    string
	Kind        FundKind
	Period      Period
	Tally       // of a fund that names nobody a batch may be a single household: Closed is then set and nothing is told
	Closed      bool
	ReceivedAt  time.Time // when its file came in
	PublishedAt time.Time
	EndedAt     time.Time // when it was withdrawn or corrected; zero while it counts
	EndReason   string
	FileName    string
	Corrected   bool   // a later batch says it all otherwise; else it was withdrawn
	Corrects    int64  // the batch whose rows it replaces; 0 for an ordinary one
	Reason      string // of the correction
}

// FundYear is a fund in its newest year, and in all others, counted over all its active payments.
type FundYear struct {
	Fund
	Year int // 0 when nothing is published yet
	Tally
	ByYear []YearTally // newest first
}

// RegionTally is a fund's year in a town or village. Code is empty for rows whose village has no code; Name is then what
// the sheet says, or empty when it says nothing.
type RegionTally struct {
	Code   string
	Name   string
	People int // householders, at least: of several batches of a year those of the greatest
	Tally
}

// TownTally is a town with its villages.
type TownTally struct {
	RegionTally
	Villages []RegionTally
}

// FundPage is what is open of a fund in one year. Totals come from the database over all active rows, whatever the policy.
type FundPage struct {
	Fund
	Year     int
	Years    []int // in which anything was published, newest first; it may all have been withdrawn since
	County   Tally
	Handed   *Fen        // what the documents hand down in all (文件下达); nil unless every batch says
	Unpaid   Tally       // of County, what came back or is held back
	ByYear   []YearTally // newest first
	Towns    []TownTally
	Batches  []Publication
	Papers   []Paper   // the public ones
	ListOpen bool      // village lists may be shown today
	Then     *Edition  // the books as they stood; nil: as they are
	Until    time.Time // last day of the lists; zero: without end
}

// VillageList is the notice of a fund's payments in a village, open inside its disclosure period only.
type VillageList struct {
	Fund
	Year        int
	VillageCode string
	TownName    string
	VillageName string
	Tally       // over all rows of the list
	Payments    []Payment
	From, Until time.Time
}
