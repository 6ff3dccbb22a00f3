package ledger

import "time"

// Paper is a document of a fund: a policy, a notice, a scan.
type Paper struct {
	No     int64
	Fund   string
	Title  string
	Type   string // pdf, docx, xlsx, jpg or png, by its content
	SHA256 [32]byte
	Size   int
	Public bool
	By     string
	At     time.Time
}
