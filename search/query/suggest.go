package query

import (
	"slices"
	"strings"
	"unicode/utf8"

	"mingbai/search"
)

// Suggest completes the last word of what is being typed to places, funds and agencies whose names hold it, those that begin
// with it first; each suggestion is the whole text. A vocabulary has no person in it, so none is ever suggested.
func (v *Vocabulary) Suggest(typed string, most int) []string {
	head, last := "", typed
	if i := strings.LastIndexFunc(typed, func(r rune) bool { return r == ' ' || r == '　' || r == ',' || r == '，' }); i >= 0 {
		_, n := utf8.DecodeRuneInString(typed[i:])
		head, last = typed[:i+n], typed[i+n:]
	}
	key := search.Normalise(last)
	if utf8.RuneCountInString(key) < 2 {
		return nil
	}
	var begin, hold []string
	for _, s := range []sort{town, village, fund, agency} {
		for _, name := range v.offered[s] {
			switch at := strings.Index(search.Normalise(name), key); {
			case at == 0:
				begin = append(begin, head+name)
			case at > 0:
				hold = append(hold, head+name)
			}
		}
	}
	all := slices.Concat(begin, hold)
	return all[:min(len(all), most)]
}
