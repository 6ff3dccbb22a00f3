package ledger

// Region is a county (6 digits), town (9) or village (12) of the statistical division code. A village group (组) is text.
type Region struct {
	Code   string
	Parent string // empty for the county
	Name   string
}

// RegionLevel tells what a code stands for by its length.
type RegionLevel uint8

// Levels of regions.
const (
	LevelNone RegionLevel = iota
	LevelCounty
	LevelTown
	LevelVillage
)

// LevelOf tells the level of a region code, LevelNone for what is no code.
func LevelOf(code string) RegionLevel {
	if !digits(code) {
		return LevelNone
	}
	switch len(code) {
	case 6:
		return LevelCounty
	case 9:
		return LevelTown
	case 12:
		return LevelVillage
	}
	return LevelNone
}
