package ledger

import "time"

// BoardNotice is what hangs on a village's notice board (公示榜): one batch's rows in one village.
type BoardNotice struct {
	Fund
	Batch       int64
	Period      Period
	TownName    string
	VillageCode string // empty where the sheet's village is not in the code list
	VillageName string
	Tally       // over all rows of the notice, counted by the database
	Payments    []Payment
	From, Until time.Time // of the disclosure; Until zero: without end
}

// Posting is that a notice hung on a village's board: who hung it and took it down, and when, with a photo of it.
type Posting struct {
	Village string // 12 digits
	HungOn  time.Time
	HungBy  string
	TakenOn time.Time // zero while it hangs
	TakenBy string
	Photo   bool // there is one
}

// Board is a published batch's notices as an officer may see them: those of the officer's own towns, with where they hang.
type Board struct {
	Batch
	FundName string
	Villages []BoardVillage
}

// BoardVillage is a village's notice and whether it hung.
type BoardVillage struct {
	Town, TownName string
	Code, Name     string // the code is empty where the sheet's village is not in the code list
	Tally
	Posting Posting // HungOn zero: not recorded yet
	MayPost bool    // the officer may record it
}
