package query

import (
	_ "embed"
	"slices"
	"strings"
	"unicode/utf8"

	"mingbai/ledger"
	"mingbai/search"
)

// shortNames are what people call funds; the county's own list of funds says which of them there are.
//
//go:embed shortnames.txt
var shortNames string

// sort is what a known word stands for, the strongest first.
type sort uint8

const (
	town sort = iota
	village
	fund
	agency
)

type meaning struct {
	sort  sort
	codes []string
}

// A Vocabulary knows a county's words. It does not change once made.
type Vocabulary struct {
	year    int                // this year
	sure    map[string]meaning // by normalised word
	maybe   map[string]meaning // places without their 村 or 镇: as well a name
	name    map[string]string  // of a place, fund or agency, by code
	full    map[string]string  // the same where it says enough; a village's with its town where two have one name
	longest int                // of the sure words, in characters
	offered map[sort][]string  // full names, for suggestions
}

// NewVocabulary makes a vocabulary of a county's lists. year is the present one, by which 去年 is understood.
func NewVocabulary(words ledger.Words, year int) *Vocabulary {
	v := &Vocabulary{
		year: year, sure: map[string]meaning{}, maybe: map[string]meaning{}, name: map[string]string{}, full: map[string]string{}, offered: map[sort][]string{},
	}
	v.addPlaces(words.Regions)
	county := ""
	for _, r := range words.Regions {
		if ledger.LevelOf(r.Code) == ledger.LevelCounty {
			county = r.Name
		}
	}
	for _, f := range words.Funds {
		v.name[f.Code], v.full[f.Code] = f.Name, f.Name
		v.know(v.sure, f.Name, fund, f.Code)
		if strings.ContainsAny(f.Code, "0123456789") { // letters alone are somebody's initials
			v.know(v.sure, f.Code, fund, f.Code)
		}
		v.offered[fund] = append(v.offered[fund], f.Name)
	}
	v.addShortNames(words.Funds)
	for _, name := range words.Agencies {
		v.name[name], v.full[name] = name, name
		v.know(v.sure, name, agency, name)
		if rest, ok := strings.CutPrefix(name, county); ok && utf8.RuneCountInString(rest) > 2 {
			v.know(v.sure, rest, agency, name)
		}
		v.offered[agency] = append(v.offered[agency], name)
	}
	for word := range v.sure {
		v.longest = max(v.longest, utf8.RuneCountInString(word))
	}
	return v
}

// know adds a meaning to a word. A stronger one drives out a weaker; of the same sort a word may have several.
func (v *Vocabulary) know(words map[string]meaning, word string, s sort, code string) {
	key := search.Normalise(word)
	m, known := words[key]
	switch {
	case utf8.RuneCountInString(key) < 2 || years(key, v.year) != nil || known && m.sort < s:
		return
	case !known || s < m.sort:
		m = meaning{sort: s}
	}
	if i, has := slices.BinarySearch(m.codes, code); !has {
		m.codes = slices.Insert(slices.Clip(m.codes), i, code)
	}
	words[key] = m
}

func (v *Vocabulary) addPlaces(regions []ledger.Region) {
	towns, bearers := map[string]string{}, map[string]int{}
	for _, r := range regions {
		switch ledger.LevelOf(r.Code) {
		case ledger.LevelTown:
			towns[r.Code] = r.Name
		case ledger.LevelVillage:
			bearers[r.Name]++
		}
	}
	for _, r := range regions {
		stem := ledger.PlaceStem(r)
		v.name[r.Code], v.full[r.Code] = r.Name, r.Name
		switch ledger.LevelOf(r.Code) {
		case ledger.LevelTown:
			v.place(r.Name, stem, town, r.Code)
			v.offered[town] = append(v.offered[town], r.Name)
		case ledger.LevelVillage:
			parent := towns[r.Parent]
			if bearers[r.Name] > 1 {
				v.full[r.Code] = parent + r.Name
			}
			v.place(r.Name, stem, village, r.Code)
			if parent != "" {
				v.know(v.sure, parent+r.Name, village, r.Code)
				v.know(v.sure, parent+stem, village, r.Code)
				v.know(v.sure, ledger.PlaceStem(ledger.Region{Code: r.Parent, Name: parent})+r.Name, village, r.Code)
			}
		default:
			continue
		}
		v.offered[village] = append(v.offered[village], v.full[r.Code]) // towns among them, before their villages
	}
}

func (v *Vocabulary) place(name, stem string, s sort, code string) {
	v.know(v.sure, name, s, code)
	if stem != name {
		v.know(v.maybe, stem, s, code)
	}
}

func (v *Vocabulary) addShortNames(funds []ledger.Fund) {
	for line := range strings.Lines(shortNames) {
		calls, meant, ok := strings.Cut(line, "=")
		if !ok || strings.HasPrefix(line, "#") {
			continue
		}
		for _, f := range funds {
			if !slices.ContainsFunc(strings.Fields(meant), func(part string) bool { return strings.Contains(f.Name, part) }) {
				continue
			}
			for _, call := range strings.Fields(calls) {
				if m, known := v.sure[search.Normalise(call)]; known && m.sort == fund && v.isFullName(call, m) {
					continue // a fund is called so in full
				}
				v.know(v.sure, call, fund, f.Code)
			}
		}
	}
}

func (v *Vocabulary) isFullName(word string, m meaning) bool {
	return slices.ContainsFunc(m.codes, func(code string) bool { return v.full[code] == word })
}

// term writes what a sure word was understood as: in full, or as people say it where that means several.
func (v *Vocabulary) term(key string, m meaning) Term {
	for _, code := range m.codes {
		if word := v.full[code]; v.means(word, m) {
			return Term{word, m.codes}
		}
		if word := v.name[code]; v.means(word, m) {
			return Term{word, m.codes}
		}
	}
	return Term{key, m.codes}
}

// means tells whether a word by itself is understood so.
func (v *Vocabulary) means(word string, m meaning) bool {
	is, known := v.sure[search.Normalise(word)]
	return known && is.sort == m.sort && slices.Equal(is.codes, m.codes) && len(strings.Fields(word)) == 1
}

// stem writes what a place without its 村 was understood as: one term for each full name that it may stand for.
func (v *Vocabulary) stem(m meaning) (terms []Term) {
	for _, code := range m.codes {
		if is, known := v.sure[search.Normalise(v.name[code])]; known {
			terms = append(terms, v.term(v.name[code], is))
		}
	}
	return terms
}

// Offered are the words to suggest: places, funds and agencies, none of which is a person.
func (v *Vocabulary) Offered() []string { return v.understood(village, fund, agency) }

// Short are the few that every page may carry.
func (v *Vocabulary) Short() []string { return v.understood(town, fund) }

// understood leaves out what would be understood otherwise, or in parts.
func (v *Vocabulary) understood(sorts ...sort) (words []string) {
	for _, s := range sorts {
		for _, word := range v.offered[s] {
			m, ok := v.sure[search.Normalise(word)]
			if ok && len(strings.Fields(word)) == 1 && m.sort <= s && !slices.Contains(words, word) {
				words = append(words, word)
			}
		}
	}
	return words
}
