package ledger

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
