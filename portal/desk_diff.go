package portal

import "mingbai/ledger/inquiry"

// diffPart is a stretch of two texts: what both have, what was taken out, or what was put in.
type diffPart struct {
	Text     string
	Out, New bool
}

// textDiff is how one of a public copy's texts became another.
type textDiff struct {
	Name  string
	Parts []diffPart
	Same  bool // word for word
}

// diffOf tells how a public copy differs from what it was made of.
func diffOf(from, to inquiry.Copy) (all []textDiff) {
	for _, t := range []struct{ name, from, to string }{
		{"标题", from.Title, to.Title}, {"问", from.Question, to.Question}, {"答", from.Answer, to.Answer},
	} {
		all = append(all, textDiff{t.name, diff(t.from, t.to), t.from == t.to})
	}
	return all
}

// mostDiff is how long texts may be that are compared character by character; longer ones are shown one after the other.
const mostDiff = 2500

// diff tells how one text became another, by the longest line of characters that they share.
func diff(from, to string) []diffPart {
	a, b := []rune(from), []rune(to)
	// What both begin and end with needs no comparing: a long text is redacted in a few places.
	head, tail := 0, 0
	for head < min(len(a), len(b)) && a[head] == b[head] {
		head++
	}
	for tail < min(len(a), len(b))-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	var parts []diffPart
	if head > 0 {
		parts = append(parts, diffPart{Text: string(a[:head])})
	}
	parts = append(parts, between(a[head:len(a)-tail], b[head:len(b)-tail])...)
	if tail > 0 {
		parts = append(parts, diffPart{Text: string(a[len(a)-tail:])})
	}
	return parts
}

// between tells how one stretch became another that shares neither its first nor its last character.
func between(a, b []rune) []diffPart {
	if len(a) > mostDiff || len(b) > mostDiff {
		return []diffPart{{Text: string(a), Out: true}, {Text: string(b), New: true}}
	}
	// shared[i][j] is how many characters a[i:] and b[j:] share in their order.
	shared := make([][]uint16, len(a)+1)
	for i := range shared {
		shared[i] = make([]uint16, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				shared[i][j] = shared[i+1][j+1] + 1
			} else {
				shared[i][j] = max(shared[i+1][j], shared[i][j+1])
			}
		}
	}
	var parts []diffPart
	add := func(r rune, out, fresh bool) {
		if n := len(parts); n > 0 && parts[n-1].Out == out && parts[n-1].New == fresh {
			parts[n-1].Text += string(r)
			return
		}
		parts = append(parts, diffPart{string(r), out, fresh})
	}
	i, j := 0, 0
	for i < len(a) || j < len(b) {
		switch {
		case i < len(a) && j < len(b) && a[i] == b[j]:
			add(a[i], false, false)
			i, j = i+1, j+1
		case j == len(b) || i < len(a) && shared[i+1][j] >= shared[i][j+1]:
			add(a[i], true, false)
			i++
		default:
			add(b[j], false, true)
			j++
		}
	}
	return parts
}
