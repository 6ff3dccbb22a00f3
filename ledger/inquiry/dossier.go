package inquiry

import (
	"fmt"
	"strings"
	"time"
)

// Words are the texts of an act. The books keep them sealed and apart from the event, which holds no text.
type Words struct {
	Subject       string `json:",omitzero"`
	Text          string `json:",omitzero"`
	Right         string `json:",omitzero"`
	NeedsIdentity string `json:",omitzero"`
	Proposed      string `json:",omitzero"` // the answer that was drafted
	Copy          Copy   `json:",omitzero"`
}

// Copy is what everybody may read of an answered case: a text of its own, without whoever sent it.
type Copy struct {
	Title     string `json:",omitzero"`
	Question  string `json:",omitzero"`
	Answer    string `json:",omitzero"`
	Disclosed string `json:",omitzero"` // a path of the site: what was opened on request
	Files     string `json:",omitzero"` // the attachments that are published with it, by their names in the books
}

// Enclosed are the attachments of a copy, in their order.
func (c Copy) Enclosed() []string { return strings.Fields(c.Files) }

// Hash stands for the copy; empty for one that is not whole.
func (c Copy) Hash() Hash {
	if strings.TrimSpace(c.Title) == "" || strings.TrimSpace(c.Question) == "" || strings.TrimSpace(c.Answer) == "" {
		return ""
	}
	parts := []string{c.Title, c.Question, c.Answer, c.Disclosed}
	return HashOf(strings.Join(append(parts, c.Enclosed()...), "\x00"))
}

// Speaks takes the words out of an event, and Told puts them back: Facts go to the books without them.
func (f Facts) Speaks() (Facts, Words) {
	w := Words{Text: f.Text, Right: f.Right, NeedsIdentity: f.NeedsIdentity}
	f.Text, f.Right, f.NeedsIdentity = "", "", ""
	return f, w
}

// Told is an event's facts with its words.
func (f Facts) Told(w Words) Facts {
	f.Text, f.Right, f.NeedsIdentity = w.Text, w.Right, w.NeedsIdentity
	return f
}

// Row is a published row that a citizen asks about.
type Row struct {
	Year  int
	Batch int64
	Line  int
}

// Filing is what is sent to the desk.
type Filing struct {
	Kind    Kind
	Channel Channel
	Seal    bool // a report, straight to discipline
	Subject string
	Text    string
	Name    string // empty: anonymous
	Phone   string
	Agreed  bool   // to be told by a message that there is something new
	Fund    string // what it is about, as far as the sender said so
	Village string // code
	Row     Row
	Files   []NewFile
}

// NewFile is an attachment that was looked at, written anew where it is a picture, and may be kept.
type NewFile struct {
	Name    string
	Type    string // jpg, pdf, docx, xlsx
	Content []byte
	Held    bool // it could not be looked through for viruses yet: nobody opens it
}

// Deed is an act as a form asks for it.
type Deed struct {
	Act Act
	Facts
	Proposed string // draft: the answer
	Copy     Copy   // publish
	Minded   bool   // publish: what is to be minded was looked at
	Files    []NewFile
	Seen     string // the state of the case that the form showed
}

// Said is an event with its words.
type Said struct {
	Event
	Words Words
}

// File is an attachment of a case.
type File struct {
	ID   string
	Name string
	Type string
	Size int
	Seq  int // of the event that brought it
	Held bool
}

// About is what a case is about, as far as its sender said so.
type About struct {
	Fund        string
	FundName    string
	Village     string // code
	VillageName string
	Row         Row
}

// Tracked is what a citizen sees who holds a case's code.
type Tracked struct {
	ID      string
	Seen    string
	Case    Case
	Subject string
	Text    string
	About   About
	Holder  string // who has it now, in words
	Status  Status
	Said    []Said
	Files   []File
	Reply   string
	Right   string // a refusal: where the matter belongs
	Answer  int64  // number of the public copy; 0: none
	Acts    []Act  // what the citizen may do
}

// Dossier is a case as an officer sees it.
type Dossier struct {
	Tracked
	Sight     Sight
	Level     Level
	Lateness  Lateness
	Standings []Standing
	Lead      string   // department's name
	Assist    []string // names
	Draft     string   // the last draft of this round
	Saved     SavedDraft
	Copy      Copy // the last public copy
}

// Line is a case in a list of the desk.
type Line struct {
	ID          string
	Slip        Slip
	State       State
	Kind        Kind
	Track       Track
	Channel     Channel
	Subject     string
	Received    time.Time
	Due         time.Time // zero: no clock of the office runs
	Clock       ClockKind
	Provisional bool
	Level       Level
	LeadName    string
	FundName    string
	VillageName string
	Round       int
	Ordered     bool // an order of 督办 stands
}

// Entry is a case in the register: who entered it, when it was answered, and what its sender said of that.
type Entry struct {
	Line
	FirstBy  string // registered it last
	SecondBy string // countersigned that
	Answered time.Time
	Rating   Rating // the last one
}

// RegisterQuery chooses cases of the register, by the days on which they came.
type RegisterQuery struct {
	From, To time.Time // dates, both in it; zero: without a bound
	States   []State   // all when empty
	Waiting  bool      // only those that wait for the office
	Skip     int
	Limit    int // 0: all
}

// QueueQuery chooses cases of a list.
type QueueQuery struct {
	States []State // all that wait for the office when empty
	All    bool    // with those that wait for nobody
	Kind   Kind
	Skip   int
	Limit  int
}

// Queue is a page of cases with the count of all that were chosen, and of each state's.
type Queue struct {
	Lines   []Line
	More    bool // there is a page after it
	Counted bool // of everything that ever came nothing is counted: it would be walked over for each page
	Count   int
	States  map[State]int
	Late    int // of Count, those past their due time
}

// PublicAnswer is an answer that everybody may read.
type PublicAnswer struct {
	No          int64
	Kind        Kind
	Copy        Copy
	FundName    string
	Fund        string
	Village     string
	VillageName string
	By          string
	Received    time.Time // a date
	At          time.Time
	Files       []PublicFile // of one answer alone, not in lists
}

// PublicFile is a copy of an attachment that everybody may have.
type PublicFile struct {
	Seq  int
	Type string
	Size int
}

// KB is its size as people read it.
func (f PublicFile) KB() int { return (f.Size + 1023) / 1024 }

// Name is a name of our own: people name files after themselves.
func (f PublicFile) Name() string { return fmt.Sprintf("附件%d.%s", f.Seq, f.Type) }

// AnswerQuery chooses published answers.
type AnswerQuery struct {
	Text    string
	Fund    string
	Village string // code of a village or town
	Kind    Kind
	Opened  bool // only those by which something was opened
	Skip    int
	Limit   int
}

// Day is a day of the register with its two signatures.
type Day struct {
	Day      time.Time
	FirstBy  string
	FirstAt  time.Time
	Note     string
	SecondBy string // empty: not closed
	SecondAt time.Time
	Received int
}

// Identity is who sent a case, as far as they said so.
type Identity struct {
	Name  string
	Phone string
}
