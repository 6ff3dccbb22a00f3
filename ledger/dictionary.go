package ledger

import "time"

// DictionaryLine is a word that a county adds to the dictionary of column labels. Lines are removed, never deleted.
type DictionaryLine struct {
	Kind      string    `json:"kind"` // of tables in which it holds; * for all
	Use       string    `json:"use"`  // field, known, never, role or part: see ingest/dictionary.txt
	Field     string    `json:"field"`
	Label     string    `json:"label"`
	By        string    `json:"by"`
	At        time.Time `json:"at"`
	RemovedBy string    `json:"removed_by,omitempty"`
	RemovedAt time.Time `json:"removed_at,omitzero"`
}
