package ingest

import (
	"strings"

	"mingbai/ledger"
)

// Codes are the county's lists that a sheet's values are held against (CEL-13). A list that is empty knows everything: a
// county that has not listed its villages yet is not told that none exists.
type Codes struct {
	Regions []ledger.Region
	// Names lists what else the county keeps, by field: unit_name, project_name, agency_name, establishment_kind.
	Names map[string][]string
}

// codeFields are the fields that the county may have a list of.
var codeFields = []string{"village", "unit_name", "project_name", "agency_name", "establishment_kind"}

// codeLists answers from Codes, each value once.
type codeLists struct {
	places *ledger.Gazetteer // nil when no village is listed
	names  map[string]map[string]string
	asked  map[codeKey]codeAnswer
}

type (
	codeKey    struct{ field, under, value string }
	codeAnswer struct {
		known   bool
		nearest string
	}
)

func newCodeLists(c Codes) *codeLists {
	l := &codeLists{names: map[string]map[string]string{}, asked: map[codeKey]codeAnswer{}}
	for _, r := range c.Regions {
		if ledger.LevelOf(r.Code) == ledger.LevelVillage {
			l.places = ledger.NewGazetteer(c.Regions)
			break
		}
	}
	for field, names := range c.Names {
		l.names[field] = map[string]string{}
		for _, name := range names {
			l.names[field][compact(name)] = name
		}
	}
	return l
}

// known says whether a value of a field (a village: under its town) is listed, and else which listed one is nearest.
func (l *codeLists) known(field, under, value string) (bool, string) {
	key := codeKey{field, under, value}
	a, ok := l.asked[key]
	if !ok {
		a.known, a.nearest = l.look(field, under, value)
		l.asked[key] = a
	}
	return a.known, a.nearest
}

func (l *codeLists) look(field, under, value string) (bool, string) {
	if field == "village" {
		if l.places == nil || l.places.Village(under, value) != "" {
			return true, ""
		}
		return false, l.places.Nearest(under, value)
	}
	names := l.names[field]
	if len(names) == 0 || names[compact(value)] != "" {
		return true, ""
	}
	return false, nearest(names, value)
}

// nearest is the listed name that shares most characters with a value; empty when none shares half of them.
func nearest(names map[string]string, value string) string {
	value = compact(value)
	length := len([]rune(value))
	best, bestScore := "", length // half of the characters, at two points each
	for key, name := range names {
		score := -abs(len([]rune(key)) - length)
		for _, r := range value {
			if strings.ContainsRune(key, r) {
				score += 2
			}
		}
		if score > bestScore || score == bestScore && name < best {
			best, bestScore = name, score
		}
	}
	return best
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}
