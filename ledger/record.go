package ledger

import (
	"strings"
	"time"
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

// StagedRecord is a record ready for the books.
type StagedRecord struct {
	Record
	Key string // see Record.Key
}

// keyFields are the texts that say whom or what a row of a kind is about. Of several lists the first counts whose first
// field the row gives: a code settles it, and where there is none the name does.
var keyFields = map[FundKind][][]string{
	Allocation: {{"unit_name", "project_name"}, {"project_name"}},
	Transfer:   {{"unit_name", "project_name"}},
	Project:    {{"project_code"}, {"project_name", "place"}},
	Budget:     {{"subject_code", "unit_name"}, {"subject_name", "unit_name"}},
	Agency:     {{"agency_name"}},
	Post:       {{"person_name", "unit_name"}},
}

// KeyColumns are the fields by which a row of a kind is known, the best first: where on a sheet to point at it.
func KeyColumns(kind FundKind) []string {
	var first []string
	for _, fields := range keyFields[kind] {
		first = append(first, fields[0])
	}
	return first
}

// Key tells whom or what the row is about, in words that are the same however they were typed. Rows of one key, fund and
// period in two batches are one row published twice (XB-01).
func (r Record) Key(normalise func(string) string) string {
	for _, fields := range keyFields[r.Kind] {
		var parts []string
		for _, field := range fields {
			if text := normalise(r.Text[field]); text != "" {
				parts = append(parts, text)
			}
		}
		if r.Text[fields[0]] != "" {
			return strings.Join(parts, " ")
		}
	}
	return ""
}

// PublishedRecord is a record in the books, as pages show it.
type PublishedRecord struct {
	Record
	Batch    int64
	FileName string
}

// Stages are the names of the four moments at which a project is opened (三级四次公开), in their order.
var Stages = [4]string{"申报前村级公示", "资金到县公开", "县级公示", "到村公示"}

// RecordPage is what is open of a fund's records in one year. Its figures are counted by the database over all rows that
// count, whatever the page and the policy.
type RecordPage struct {
	Fund
	Year    int
	Years   []int       // in which anything was published, newest first; it may all have been withdrawn since
	All     Tally       // money of rows of depth 0
	ByYear  []YearTally // newest first
	Sums    map[string]int64
	Said    map[string]int // how many rows give a field of Sums, or a stage's date
	Handed  *Fen           // what the documents hand down in all (文件下达); nil unless every batch says
	Batches []Publication
	Papers  []Paper         // the public ones
	Taken   []RowWithdrawal // single rows that were taken back
	Open    bool            // rows may be shown today
	Until   time.Time
	Groups  []RecordGroup // of all open rows, in their order; one without a name where the kind has none
	Group   string        // the one that was asked for
	Shown   int           // rows open, in the group asked for
	Page    int           // from 1
	Rows    []PublishedRecord
	Then    *Edition // the books as they stood; nil: as they are
	Hidden  int      // rows that counted then, but were taken back since and are not shown
}

// RowWithdrawal is a single row that was taken back.
type RowWithdrawal struct {
	Batch  int64
	Sheet  string
	Row    int
	At     time.Time
	Reason string
}

// RecordGroup is a unit with what its rows come to.
type RecordGroup struct {
	Name string
	Tally
}

// RecordQuery asks for a page of a fund's records.
type RecordQuery struct {
	Fund    string
	Year    int    // 0: the newest
	Group   string // a unit; empty for all
	Find    string // words that a row must have; empty for all
	Page    int    // from 1
	PerPage int
	Then    *Edition // nil: now
}
