package ledger

// Difference is one thing that verification found unequal. What is a sentence in Chinese without personal data.
type Difference struct {
	Where string `json:"where"` // books, audit, index
	What  string `json:"what"`
}
