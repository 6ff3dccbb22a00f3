package ledger

import "time"

// Severity says what a finding does to a batch.
type Severity string

// Severities.
const (
	Fatal  Severity = "F" // blocks the batch
	Warn   Severity = "W" // needs a reason from the clerk
	Inform Severity = "I" // applied and recorded
)

// Finding is one thing that a rule saw at one place of a file. Personal values in Message are masked.
type Finding struct {
	Rule     string   `json:"rule"`
	Severity Severity `json:"severity"`
	Sheet    string   `json:"sheet"`
	Cell     string   `json:"cell"` // A1 style; empty when the finding is about the whole sheet or file
	Message  string   `json:"message"`
	Fix      string   `json:"fix"`
	// Row stands for everything in the row of Cell, by a key that the books hold: a file that is mended keeps the reasons that
	// were given for rows it did not change. Empty where nobody asked for it, or the finding is not about one row.
	Row string `json:"row,omitzero"`
}

// AcceptableRule is the one rule whose fatal findings a certifier may accept with a reason: a number that fails its own
// check, but is what the identity card says.
const AcceptableRule = "CEL-03"

// Acceptable says whether a certifier may accept a fatal finding. One without a cell stands for many that nobody has seen.
func (f Finding) Acceptable() bool {
	return f.Severity == Fatal && f.Rule == AcceptableRule && f.Cell != ""
}

// Stops says whether any finding is fatal and cannot be accepted: such a file is not staged.
func Stops(findings []Finding) bool {
	for _, f := range findings {
		if f.Severity == Fatal && !f.Acceptable() {
			return true
		}
	}
	return false
}

// KeptFinding is a finding as the books keep it. A warning must be explained by a clerk, an acceptable fatal one accepted
// by a certifier, before its batch is certified.
type KeptFinding struct {
	Finding
	Reason string    `json:"reason"`
	By     string    `json:"by"` // who gave the reason
	At     time.Time `json:"at,omitzero"`

	Carried bool `json:"carried,omitzero"` // from the file that this one mends
}

// Open says whether a finding still waits for its reason.
func (f KeptFinding) Open() bool { return f.Severity != Inform && f.Reason == "" }

// FindingChoice picks findings of a batch. What is empty does not narrow the choice.
type FindingChoice struct {
	Rule  string
	Place string // sheet and cell as messages write them: Sheet1!E5
}

// Blocks says whether any finding is fatal.
func Blocks(findings []Finding) bool {
	for _, f := range findings {
		if f.Severity == Fatal {
			return true
		}
	}
	return false
}
