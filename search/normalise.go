package search

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// dot joins the parts of a name such as 阿卜杜拉·买买提, whichever of its many look-alikes was typed.
const dot = '·'

// dots are the look-alikes, before and after NFKC. 。 is what a Chinese keyboard gives for the full stop.
const dots = "·•‧∙⋅・･．.․﹒｡。˙⸱⸳᛫·ꞏ◦●"

// Normalise is the one form in which names are compared, for indexing and asking alike: NFKC, no blanks and nothing
// invisible, one kind of dot, simplified characters, Latin in lower case. It works character by character, so that part of
// a name normalises to part of its key. Normalising twice changes nothing.
func Normalise(name string) string {
	// What a pass leaves may have to change again (a letter and an accent that a blank kept apart; 薴 → 苧 → 苎), hence
	// until it stands still. Eight is a guard; a fuzz test looks for names that need more.
	for range 8 {
		if settled(name) {
			return name
		}
		next := norm.NFKC.String(replace(name))
		if next == name {
			return name
		}
		name = next
	}
	return name
}

// replace drops, unifies and simplifies single characters. Bytes that are no UTF-8 become U+FFFD.
func replace(name string) string {
	var b strings.Builder
	b.Grow(len(name))
	var last rune
	for _, r := range name {
		switch {
		case invisible(r):
			continue
		case r > unicode.MaxASCII || r == '.':
			if strings.ContainsRune(dots, r) {
				r = dot
			}
		}
		r = simplified(unicode.ToLower(r))
		if r == dot && last == dot {
			continue // …… and ·· mean one
		}
		b.WriteRune(r)
		last = r
	}
	return b.String()
}

// settled is the fast path: most names are made of characters that nothing changes.
func settled(name string) bool {
	var last rune
	for _, r := range name {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', isStandard(r):
		case r == dot && last != dot:
		default:
			return false
		}
		last = r
	}
	return true
}

// invisible tells blanks, control and format characters, selectors of variants and fillers.
func invisible(r rune) bool {
	if r < 0x80 {
		return r <= ' ' || r == 0x7f
	}
	return unicode.IsSpace(r) || r == 0x2800 ||
		unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zs, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}
