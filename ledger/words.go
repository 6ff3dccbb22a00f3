package ledger

// Words are the names that a county's public knows, for understanding what somebody asks. No person is among them.
type Words struct {
	Regions  []Region
	Funds    []Fund
	Agencies []string // as the newest open list of agencies writes them, in order
}

// OpenList is a fund's list in a village that everyone may see today.
type OpenList struct {
	Fund        string
	FundName    string
	Year        int
	VillageCode string
	TownName    string
	VillageName string
	Tally
}

// ListQuery asks for open lists by codes of places (villages or towns) and of funds, and by years; none is all.
type ListQuery struct {
	Places []string
	Funds  []string
	Years  []int
	Most   int
}
