package portal

import (
	"fmt"
	"slices"
	"strings"
)

// namePad knows which characters are offered for a spelling. Its table is a static file, which the pad's script reads, too: with
// scripts it answers at once, without them we do. kiosk.js follows the same rules.
type namePad struct {
	surnames, given map[rune]int // the rank of a character
	syllables       []string     // in order
	lines           map[string]padLine
}

// padLine has the characters of a syllable: those mostly so read, and those sometimes.
type padLine struct{ mostly, sometimes []rune }

const (
	namePadFile = "namepad.txt"
	perShelf    = 12 // characters offered at a time
	mostLetters = 24 // somebody leans on a key
	mostName    = 40
)

func readNamePad(text string) (*namePad, error) {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	if len(lines) < 3 {
		return nil, fmt.Errorf("%s: %d lines", namePadFile, len(lines))
	}
	p := &namePad{surnames: ranks(lines[0]), given: ranks(lines[1]), lines: map[string]padLine{}}
	for _, line := range lines[2:] {
		parts := strings.SplitN(line, " ", 3)
		if len(parts) < 2 {
			return nil, fmt.Errorf("%s: %q", namePadFile, line)
		}
		l := padLine{mostly: []rune(parts[1])}
		if len(parts) == 3 {
			l.sometimes = []rune(parts[2])
		}
		p.syllables = append(p.syllables, parts[0])
		p.lines[parts[0]] = l
	}
	return p, nil
}

func ranks(text string) map[rune]int {
	m := map[rune]int{}
	for i, r := range []rune(text) {
		m[r] = i
	}
	return m
}

// cut splits letters into the longest beginning that can be one syllable, and the rest: zhangsan is zhang and san.
func (p *namePad) cut(letters string) (syllable, rest string) {
	for n := len(letters); n > 0; n-- {
		if i, _ := slices.BinarySearch(p.syllables, letters[:n]); i < len(p.syllables) && strings.HasPrefix(p.syllables[i], letters[:n]) {
			return letters[:n], letters[n:]
		}
	}
	return "", letters
}

// offer is what a finger may choose for letters. For a whole syllable it is every character so read; what only begins with the
// letters comes after it, as far as it is frequent in names: in surnames for the first character, in given names for the others.
func (p *namePad) offer(letters string, first bool) (list []rune) {
	typed, _ := p.cut(letters)
	if typed == "" {
		return nil
	}
	rank := p.given
	if first {
		rank = p.surnames
	}
	frequent := func(of []rune) (some []rune) {
		for _, r := range of {
			if _, ok := rank[r]; ok {
				some = append(some, r)
			}
		}
		return some
	}
	byRank := func(of []rune) []rune {
		slices.SortStableFunc(of, func(a, b rune) int { return rank[a] - rank[b] })
		return of
	}
	whole := p.lines[typed]
	list = append(byRank(frequent(whole.mostly)), whole.mostly...)
	list = append(list, whole.sometimes...)
	var longer []rune
	from, _ := slices.BinarySearch(p.syllables, typed)
	for _, s := range p.syllables[from:] {
		if !strings.HasPrefix(s, typed) {
			break
		}
		if s != typed {
			longer = append(longer, frequent(p.lines[s].mostly)...)
		}
	}
	return distinct(append(list, byRank(longer)...))
}

func distinct(list []rune) (out []rune) {
	seen := map[rune]bool{}
	for _, r := range list {
		if !seen[r] {
			seen[r] = true
			out = append(out, r)
		}
	}
	return out
}

// padState is a name in the making.
type padState struct {
	Name    string `json:"n,omitempty"`
	Letters string `json:"l,omitempty"`
	Shelf   int    `json:"s,omitempty"`
}

// shelf is the part of what is offered that shows, and how many such parts there are.
func (p *namePad) shelf(t padState) (show []string, shelves int) {
	all := p.offer(t.Letters, t.Name == "")
	shelves = (len(all) + perShelf - 1) / perShelf
	from := min(t.Shelf*perShelf, len(all))
	for _, r := range all[from:min(from+perShelf, len(all))] {
		show = append(show, string(r))
	}
	return show, shelves
}

// press is one key: a letter, the dot, 删, 清, an arrow.
func (p *namePad) press(t padState, key string) padState {
	_, shelves := p.shelf(t)
	switch {
	case key == "·":
		if t.Letters == "" && t.Name != "" && len([]rune(t.Name)) < mostName {
			t.Name += key
		}
	case key == "del" && t.Letters != "":
		t.Letters, t.Shelf = t.Letters[:len(t.Letters)-1], 0
	case key == "del" && t.Name != "":
		name := []rune(t.Name)
		t.Name = string(name[:len(name)-1])
	case key == "clear":
		t = padState{}
	case key == "next":
		t.Shelf = min(t.Shelf+1, max(shelves-1, 0))
	case key == "back":
		t.Shelf = max(t.Shelf-1, 0)
	case len(key) == 1 && key[0] >= 'a' && key[0] <= 'z' && len(t.Letters) < mostLetters:
		t.Letters, t.Shelf = t.Letters+key, 0
	}
	return t
}

// pick takes a character that is offered; any other is not taken.
func (p *namePad) pick(t padState, character string) padState {
	r := []rune(character)
	if len(r) != 1 || !slices.Contains(p.offer(t.Letters, t.Name == ""), r[0]) || len([]rune(t.Name)) >= mostName {
		return t
	}
	_, rest := p.cut(t.Letters)
	return padState{Name: t.Name + character, Letters: rest}
}
