package search

import (
	"strings"
	"unicode/utf8"

	"github.com/mozillazg/go-pinyin"

	"mingbai/ledger"
)

// Forms are the forms under which a name is found.
func Forms(name string) ledger.NameForms {
	key := Normalise(name)
	return ledger.NameForms{Key: key, Pinyin: spell(key)}
}

// Spelling brings a spelling that somebody typed to the form that Forms gives: letters only, no tones, ü as v. It is empty
// for what is no spelling, so it also tells whether a query is one.
func Spelling(typed string) string {
	var b strings.Builder
	for _, r := range Normalise(typed) {
		switch {
		case r >= 'a' && r <= 'z':
			b.WriteRune(r)
		case r == dot || strings.ContainsRune("-'’‘`´", r):
		default:
			letter, ok := toneless[r]
			if !ok {
				return ""
			}
			b.WriteString(letter)
		}
	}
	// Passports and bank cards write LYU for 吕. No syllable ends in l, so lyu can be nothing else.
	return strings.ReplaceAll(b.String(), "lyu", "lv")
}

// spell gives the whole spelling and the initials of a key: zengguofan and zgf. ü is v (吕 lv), as keyboards have it; lu is
// not offered besides, or 吕 would be found with every 陆, 鲁 and 卢. Names with a dot have no Chinese surname and are spelt
// straight through. A character without a known reading is left out.
func spell(key string) []string {
	var whole, initials strings.Builder
	add := func(syllable string) {
		if syllable != "" {
			whole.WriteString(syllable)
			initials.WriteByte(syllable[0])
		}
	}
	rest := key
	if !strings.ContainsRune(key, dot) {
		syllables, n := surname(key)
		for _, s := range syllables {
			add(s)
		}
		rest = key[n:]
	}
	for _, r := range rest {
		add(reading(r))
	}
	switch {
	case whole.Len() == 0:
		return nil
	case whole.Len() == initials.Len(): // 阿: the same twice
		return []string{whole.String()}
	}
	return []string{whole.String(), initials.String()}
}

// surname gives the reading of a surname that is read otherwise than the dictionary says, and its length in bytes.
func surname(key string) ([]string, int) {
	_, first := utf8.DecodeRuneInString(key)
	_, second := utf8.DecodeRuneInString(key[first:])
	if s, ok := compoundSurnames[key[:first+second]]; ok {
		return s[:], first + second
	}
	if s, ok := surnames[key[:first]]; ok {
		return []string{s}, first
	}
	return nil, 0
}

// reading is a character's usual reading without its tone; a Latin letter reads as itself.
func reading(r rune) string {
	if r >= 'a' && r <= 'z' {
		return string(r)
	}
	if s, ok := readings[r]; ok {
		return s
	}
	first, _, _ := strings.Cut(pinyin.PinyinDict[int(r)], ",")
	var b strings.Builder
	for _, r := range first {
		if r <= 'z' {
			b.WriteRune(r)
		} else {
			b.WriteString(toneless[r])
		}
	}
	return b.String()
}

// toneless has every letter with a tone that the dictionary or a person uses; combining tone marks vanish.
var toneless = map[rune]string{
	'ā': "a", 'á': "a", 'ǎ': "a", 'à': "a",
	'ē': "e", 'é': "e", 'ě': "e", 'è': "e", 'ê': "e", 'ế': "e", 'ề': "e",
	'ī': "i", 'í': "i", 'ǐ': "i", 'ì': "i",
	'ō': "o", 'ó': "o", 'ǒ': "o", 'ò': "o",
	'ū': "u", 'ú': "u", 'ǔ': "u", 'ù': "u",
	'ü': "v", 'ǖ': "v", 'ǘ': "v", 'ǚ': "v", 'ǜ': "v",
	'ń': "n", 'ň': "n", 'ǹ': "n", 'ḿ': "m",
	'\u0300': "", '\u0301': "", '\u0304': "", '\u030c': "",
}
