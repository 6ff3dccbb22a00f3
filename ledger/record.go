package ledger

import "time"

// Kinds of tables that a county discloses beside those of its funds.
const (
	Project FundKind = "project" // 项目公示: the four disclosure stages of projects
	Agency  FundKind = "agency"  // 机构编制: authorised and actual staff
	Post    FundKind = "post"    // 人员编制: public fields of staff
)

// Record is one data row of any table but a subsidy sheet, read and checked, before it enters the books. Its maps go by
// the design's field names (unit_name, amount, authorised, entered_on…) and hold only what may be published and what the
// row gives: an absent key is a value that the sheet does not say.
type Record struct {
	Kind       FundKind
	Line       int    // 1… within the batch, over all its sheets
	Sheet      string // where it stands in the clerk's file
	SheetRow   int
	Section    string // the heading or system that it stands under; empty when the sheet has none
	Depth      int    // 0 for a row of its own, 1 for a part of the row above that is of depth 0, and so on
	Text       map[string]string
	Money      map[string]Fen
	Count      map[string]int64
	Quantities map[string]Quantity
	Dates      map[string]time.Time
}
