package ledger

import "time"

// Revision is one file of a batch's history. The batch goes on with a mended file under the same number.
type Revision struct {
	Revision    int       `json:"revision"`
	FileName    string    `json:"file"`
	SHA256      string    `json:"sha256"` // hex
	RuleVersion string    `json:"rules"`
	Mapping     string    `json:"mapping"`
	Rows        int       `json:"rows"`
	Total       Fen       `json:"total_fen"`
	Fatal       int       `json:"fatal"`
	Warnings    int       `json:"warnings"`
	Informs     int       `json:"informs"`
	UploadedBy  string    `json:"uploaded_by"`
	UploadedAt  time.Time `json:"uploaded_at"`
	Ended       Ending    `json:"ended"`
	Opinion     string    `json:"opinion"` // with which it was returned
	EndedBy     string    `json:"ended_by"`
	EndedAt     time.Time `json:"ended_at,omitzero"`
}

// Ending is how a revision ended; empty while it stands.
type Ending string

// Endings of a revision.
const (
	Replaced Ending = "replaced" // by the next, before anybody judged it
	SentBack Ending = "returned" // with an opinion
)

// Name is the ending's word in messages.
func (e Ending) Name() string {
	switch e {
	case Replaced:
		return "被新文件替换"
	case SentBack:
		return "退回"
	}
	return ""
}
