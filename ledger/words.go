package ledger

// Words are the names that a county's public knows, for understanding what somebody asks. No person is among them.
type Words struct {
	Regions  []Region
	Funds    []Fund
	Agencies []string // as the newest open list of agencies writes them, in order
}
