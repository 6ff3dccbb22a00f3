package ledger

import "time"

// IndexDone is what the index has confirmed of a stretch of the outbox.
type IndexDone struct {
	Seqs   []int64
	Marks  []string     // see IndexState
	Faults []IndexFault // what it would not take
	Mended []IndexFault // what it would not take once, and took now
}

// IndexFault is a document that the index would not take. It names the document, never the person.
type IndexFault struct {
	Index    string // people, lookup or catalogue
	Document string
	Fund     string // of a catalogue entry
	Code     string // Meilisearch's word for why
	First    time.Time
	Tries    int
	Retry    time.Time
}

// IndexBuild is a generation of the index that is being filled beside the living one; the zero value is none.
type IndexBuild struct {
	Generation string
	Started    time.Time
	Parts      []IndexPart
}

// Part is how far an index of the build is.
func (b IndexBuild) Part(name string) IndexPart {
	for _, p := range b.Parts {
		if p.Index == name {
			return p
		}
	}
	return IndexPart{Index: name}
}

// Documents is how many the build holds so far.
func (b IndexBuild) Documents() (n int) {
	for _, p := range b.Parts {
		n += p.Documents
	}
	return n
}

// IndexPart is how far one index of a build is: all documents up to Last are in.
type IndexPart struct {
	Index     string
	Last      string
	Documents int
	Complete  bool
}

// IndexLag is how far the index is behind the books.
type IndexLag struct {
	Pending int
	Oldest  time.Time // when the oldest change that waits was made; zero when none waits
}

// IndexAct is something that is done to the whole index.
type IndexAct string

// Acts on the index.
const (
	IndexRebuild IndexAct = "rebuild"
	IndexVerify  IndexAct = "verify"
	IndexRepair  IndexAct = "repair"
)

var indexActNames = map[IndexAct]string{IndexRebuild: "重建索引", IndexVerify: "核对", IndexRepair: "修复"}

// Name is the act's word on pages; empty for what is no act.
func (a IndexAct) Name() string { return indexActNames[a] }

// IndexRun is one time that an act was done, or is to be.
type IndexRun struct {
	No          int64
	Act         IndexAct
	AskedBy     string // login; empty: on the command line, or the keeper by itself
	Asked       time.Time
	Began       time.Time // zero: it waits
	Ended       time.Time // zero: it waits or goes on
	Documents   int       // done so far
	Differences int
	Mended      int
	Found       []string // the first differences, by document ids
	Trouble     string
}
