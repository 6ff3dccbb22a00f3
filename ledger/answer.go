package ledger

import "time"

// PublishedAnswer is an inquiry whose answer is open to everybody. Nobody is named in it.
type PublishedAnswer struct {
	No         string
	Topic      string
	Asked      string // in the words that were published, not those of who asked
	Answered   string
	Department string
	At         time.Time
}
