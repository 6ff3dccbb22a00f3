package ingest

import "mingbai/ledger"

// Report is what one file came to, in the shape that `mingbai check --json` prints.
type Report struct {
	File     string           `json:"file"`
	SHA256   string           `json:"sha256"` // hex, of the file as given
	Format   string           `json:"format"` // by content; empty when it cannot be told
	Kind     ledger.FundKind  `json:"kind"`
	Rules    string           `json:"rules"`  // RuleVersion at the time of the check
	Sheets   []Sheet          `json:"sheets"` // in the file's order; sheets without any content are left out
	Rows     int              `json:"rows"`
	Total    ledger.Fen       `json:"total_fen"`
	Handed   *ledger.Fen      `json:"document_total_fen,omitempty"` // what the document of an allocation hands down, if it is said
	Findings []ledger.Finding `json:"findings"`
}

// Sheet is what was recognised in one sheet.
type Sheet struct {
	Name       string   `json:"name"`
	State      string   `json:"state"` // visible or hidden; the rows of a hidden one are not imported
	Title      string   `json:"title"`
	Unit       string   `json:"unit"`        // yuan or wan; empty when unknown
	HeaderRows []int    `json:"header_rows"` // also where the header is repeated for printing
	FirstRow   int      `json:"first_row"`   // of the data; 0 when there is none
	LastRow    int      `json:"last_row"`
	Columns    []Column `json:"columns"`
	Signature  string   `json:"signature"` // names the header's labels, for a remembered mapping; empty without header
	// Mapped are the columns that were mapped by hand or from memory.
	Mapped      []ledger.ColumnMapping `json:"mapped,omitempty"`
	Rows        int                    `json:"rows"`      // data rows, faulty ones too
	Total       ledger.Fen             `json:"total_fen"` // of the amounts that could be read
	StatedTotal *ledger.Fen            `json:"stated_total_fen,omitempty"`
}

// Column is one column of a header. Field is empty for a column that is not used.
type Column struct {
	Cell  string `json:"cell"`
	Label string `json:"label"`
	Field string `json:"field"`
}
