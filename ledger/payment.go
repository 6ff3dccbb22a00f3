package ledger

import "time"

// PayStatus is what became of a payment.
type PayStatus string

// Statuses of a payment; StatusUnknown when the sheet does not say.
const (
	StatusUnknown PayStatus = ""
	Paid          PayStatus = "paid"
	Returned      PayStatus = "returned"
	Withheld      PayStatus = "withheld"
)

// Name is the status's word on pages.
func (s PayStatus) Name() string {
	switch s {
	case Paid:
		return "已发"
	case Returned:
		return "退回"
	case Withheld:
		return "暂缓"
	}
	return "未注明"
}

// Role is what a person is to a payment. The householder is whom the books pay and lists name; payee and beneficiary are
// kept where they are somebody else, so that they too find the payment by name and number.
type Role string

// Roles of people in a payment.
const (
	Householder Role = "head"        // 户主
	Payee       Role = "payee"       // 收款人
	Beneficiary Role = "beneficiary" // 享受人
)

// Name is the role's word on pages.
func (r Role) Name() string {
	switch r {
	case Payee:
		return "收款人"
	case Beneficiary:
		return "享受人"
	}
	return "户主"
}

// Party is a person as a sheet names one.
type Party struct {
	Name string // normalised for display: no blanks, dots to ·
	ID   IDNumber
}

// Row is one data row of a subsidy sheet, read and checked, before it enters the books.
type Row struct {
	Line        int    // 1… within the batch, over all its sheets
	Sheet       string // where it stands in the clerk's file
	SheetRow    int
	Town        string // as written; empty when the sheet does not say
	Village     string
	Group       string
	Head        Party
	Payee       Party // zero when the sheet has none
	Beneficiary Party
	Basis       Quantity // area, persons…; zero when the sheet has none
	BasisUnit   string   // 亩, 人
	Standard    Quantity // yuan per unit of basis; zero when the sheet has none
	Amount      Fen
	PaidOn      time.Time // zero when the sheet does not say
	Status      PayStatus
}

// NameForms are the forms under which a name is found, all made by the one normalisation in package search.
type NameForms struct {
	Key    string   // normalised: NFKC, no blanks, one kind of dot, simplified characters
	Pinyin []string // whole spelling and initials, e.g. zengguofan, zgf
}

// StagedParty is a person ready for the books: the number only as a keyed token and sealed.
type StagedParty struct {
	Name   string
	Forms  NameForms
	Token  []byte // nil when the sheet gives no number
	Sealed []byte
}

// StagedRow is a row ready for the books.
type StagedRow struct {
	Row
	VillageCode string // empty when the village is not in the code list
	People      map[Role]StagedParty
}

// Payment is a published row as pages show it: no part of any number in it.
type Payment struct {
	Batch     int64
	Line      int
	Fund      string
	FundName  string
	Period    Period
	Village   string // as written in the sheet
	Group     string
	Name      string // of the householder
	Role      Role   // what the asking person is to it; Householder on public pages
	Basis     Quantity
	BasisUnit string
	Standard  Quantity
	Amount    Fen
	PaidOn    time.Time
	Status    PayStatus
	Document  string // the fund's policy document
	FileName  string // source
	Sheet     string
	SheetRow  int
	Published time.Time
	Ended     time.Time // when it was withdrawn or corrected; zero while it counts
	Corrected bool      // a later batch says it otherwise; else it was withdrawn
	EndReason string
	// The list of the village that it stood on.
	VillageCode string
	Disclosure  Disclosure
	ListOpen    bool      // it may be seen today
	ListUntil   time.Time // its last day; zero: without end
	Former      []Former  // what it said before it was corrected, newest first
	With        []Partner // whom else the row names, in the householder's own book only
}

// Former is what a payment said before it was corrected.
type Former struct {
	Batch     int64
	Line      int
	Basis     Quantity
	BasisUnit string
	Standard  Quantity
	Amount    Fen
	FileName  string
	Sheet     string
	SheetRow  int
	At        time.Time // of the correction
	Reason    string
}

// Partner is a person whom a row names beside its householder.
type Partner struct {
	Role Role
	Name string
}

// Product is basis × standard, and whether both are known.
func (p Payment) Product() (Fen, bool) {
	if p.Basis == 0 || p.Standard == 0 {
		return 0, false
	}
	return p.Basis.Times(p.Standard)
}

// Tally is what a set of payments comes to, counted by the database over all of it.
type Tally struct {
	Rows  int `json:"rows"`
	Total Fen `json:"total_fen"`
}
