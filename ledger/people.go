package ledger

import "strings"

// PersonRef names a person in a village on public pages and in the index: a random id and the village's code. It says
// nothing about the person and cannot be guessed.
type PersonRef struct {
	Person  string // 32 hex digits
	Village string // 12 digits, or empty when the village has no code
}

// String is the form used in addresses and as document id.
func (r PersonRef) String() string {
	if r.Village == "" {
		return r.Person + "-0"
	}
	return r.Person + "-" + r.Village
}

// ParsePersonRef reads what String wrote; ErrNotFound for anything else.
func ParsePersonRef(s string) (PersonRef, error) {
	p, v, ok := strings.Cut(s, "-")
	if !ok || len(p) != 32 || strings.Trim(p, "0123456789abcdef") != "" {
		return PersonRef{}, ErrNotFound
	}
	if v == "0" {
		return PersonRef{Person: p}, nil
	}
	if LevelOf(v) != LevelVillage {
		return PersonRef{}, ErrNotFound
	}
	return PersonRef{p, v}, nil
}

// NameMode is how a name is compared.
type NameMode uint8

// Ways to compare a name, the closest first.
const (
	NameExact    NameMode = iota // the whole normalised name
	NameContains                 // these characters, in this order, side by side
	NamePinyin                   // the whole spelling or the initials
	NameNear                     // one character too many, too few or another (see Masked), or a look-alike
)

// NameMatch is a name with the way to compare it.
type NameMatch struct {
	Name  string // normalised; for NamePinyin lower-case letters
	Mode  NameMode
	Alike []string // for NameNear: the name as it is written with look-alikes
}

// PeopleQuery asks for people with at least one row that is public today.
type PeopleQuery struct {
	Name    string // as in NameMatch
	Mode    NameMode
	Alike   []string
	Except  []NameMatch // leaves out whom these find
	Places  []string    // codes of villages or towns, in any of which a row stands; none is the whole county
	Funds   []string    // a row is of any of these
	Years   []int       // a row is of any of these; together with Funds it is one and the same row
	Page    int         // from 1
	PerPage int
}

// Match is what the question says of the name.
func (q PeopleQuery) Match() NameMatch { return NameMatch{q.Name, q.Mode, q.Alike} }

// PeopleHits is one page of an answer, ordered by the ref's text so that pages fit together whichever part answered.
type PeopleHits struct {
	Refs  []PersonRef
	Total int // over all pages
}

// FoundPerson is a person in a village with what is public today.
type FoundPerson struct {
	Ref         PersonRef
	Name        string
	TownName    string
	VillageName string // from the code list, or as written when it has no code
	Group       string
	Tally       // over the rows that are public today
	Years       []int
	FundNames   []string
}

// PeopleEntry is what the index holds of a person in a village. FundCodes is empty when nothing is public today: then the
// entry must leave the index.
type PeopleEntry struct {
	Ref       PersonRef
	Forms     NameForms
	Village   string // name, for words in queries
	FundCodes []string
	Years     []int
	FundYears []FundInYear // which of the funds in which of the years
}

// FundInYear is a fund in a year in which somebody was paid from it.
type FundInYear struct {
	Fund string
	Year int
}

// PeopleTier is whom one way of comparing a name finds, and no closer way.
type PeopleTier struct {
	Mode NameMode
	PeopleHits
}

// LookupEntry lets a person find their own book: the keyed token of the number and the normalised name, nothing else.
// Live is false when no row is left to show: then the entry must leave the index.
type LookupEntry struct {
	Person  string // 32 hex digits
	Token   []byte
	NameKey string
	Live    bool
}

// OwnBook is everything paid to one person, as only that person may see it.
type OwnBook struct {
	Person   string // as in PersonRef
	Name     string
	Village  string // where the newest row stands
	Own      Tally  // rows of which the person is householder
	Years    []YearTally
	Payments []Payment // newest first, withdrawn ones too; Role tells what the person is to each
	Related  Tally     // rows of another householder in which the person is payee or beneficiary
	Family   []FamilyTally
	// OtherNames counts rows under the same number but a differently written name; they are not shown, only said.
	OtherNames int
}

// FamilyTally is what a member of the family collects or has the benefit of, of the householder's own rows: the sheets name
// the member with a number of its own.
type FamilyTally struct {
	Partner
	Tally
}

// YearTally is a year's own rows.
type YearTally struct {
	Year int
	Tally
}

// IndexChanges is a stretch of the search outbox with what the index must hold for it now. Entries are read from the
// books when asked for, so applying a stretch twice, or late, does no harm.
type IndexChanges struct {
	Seqs    []int64
	People  []PeopleEntry
	Lookups []LookupEntry
	// Of these funds the catalogue holds these entries, and no others.
	Funds     []string
	Catalogue []CatalogueEntry
}

// IndexState is where the search index stands, as of one moment.
type IndexState struct {
	Generation string // the one that answers; empty when there is none
	Behind     bool   // changes wait in the outbox, or the index would not take a document
	// Marks are what each index said of its last change when we had made it; see search.Engine. Empty: not looked at yet.
	Marks []string
}
