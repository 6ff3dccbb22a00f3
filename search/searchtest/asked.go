package searchtest

import (
	"slices"
	"strings"

	"mingbai/ledger"
)

// Asked tells, by plain reading, whether a question asks for somebody: a name's forms, a village's code, and what was paid.
func Asked(q ledger.PeopleQuery, forms ledger.NameForms, village string, paid []ledger.FundInYear) bool {
	if !Named(q.Match(), forms) || slices.ContainsFunc(q.Except, func(m ledger.NameMatch) bool { return Named(m, forms) }) {
		return false
	}
	if len(q.Places) > 0 && !slices.ContainsFunc(q.Places, func(p string) bool { return village == p || len(p) == 9 && strings.HasPrefix(village, p) }) {
		return false
	}
	return slices.ContainsFunc(paid, func(f ledger.FundInYear) bool {
		return (len(q.Funds) == 0 || slices.Contains(q.Funds, f.Fund)) && (len(q.Years) == 0 || slices.Contains(q.Years, f.Year))
	})
}

// Named tells whether a name is another's in a way of comparing.
func Named(m ledger.NameMatch, forms ledger.NameForms) bool {
	if m.Name == "" {
		return false
	}
	switch m.Mode {
	case ledger.NameContains:
		return strings.Contains(forms.Key, m.Name)
	case ledger.NamePinyin:
		return slices.Contains(forms.Pinyin, m.Name)
	case ledger.NameNear:
		return slices.Contains(m.Alike, forms.Key) || oneSlip([]rune(m.Name), []rune(forms.Key))
	}
	return forms.Key == m.Name
}

// oneSlip tells whether two names differ by at most a character: another in names of three or more, or one too many in a
// name of three or more.
func oneSlip(a, b []rune) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b) < 3 || len(b) > ledger.NearMost+1 || len(b)-len(a) > 1 {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	if len(a) == len(b) {
		return i == len(a) || slices.Equal(a[i+1:], b[i+1:])
	}
	return slices.Equal(a[i:], b[i+1:])
}
