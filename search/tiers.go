package search

import (
	"slices"
	"unicode/utf8"

	"mingbai/ledger"
)

// tiersOf are the ways to ask for a name as it was typed, the closest first, each without whom a closer one finds. Letters
// are a spelling and nothing else. One character alone is asked for only as it stands: half the county holds it, and that
// would be no search but a copy of the register.
func tiersOf(typed string) []ledger.PeopleQuery {
	if letters := Spelling(typed); letters != "" {
		return []ledger.PeopleQuery{{Name: letters, Mode: ledger.NamePinyin}}
	}
	key := Normalise(typed)
	n := utf8.RuneCountInString(key)
	switch {
	case n == 0:
		return nil
	case n == 1:
		return []ledger.PeopleQuery{{Name: key}}
	}
	exact, part := ledger.NameMatch{Name: key}, ledger.NameMatch{Name: key, Mode: ledger.NameContains}
	tiers := []ledger.PeopleQuery{{Name: key}, {Name: key, Mode: ledger.NameContains, Except: []ledger.NameMatch{exact}}}
	closer := []ledger.NameMatch{part} // a name holds itself
	if spelt := spell(key); len(spelt) > 0 {
		same := ledger.PeopleQuery{Name: spelt[0], Mode: ledger.NamePinyin, Except: closer}
		tiers = append(tiers, same)
		closer = slices.Concat(closer, []ledger.NameMatch{same.Match()})
	}
	return append(tiers, ledger.PeopleQuery{Name: key, Mode: ledger.NameNear, Alike: Alike(key), Except: closer})
}
