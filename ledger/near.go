package ledger

// Names one slip apart: a character too many, too few, or another. In a name of two characters another one would leave a
// surname that half a village bears, so there it does not count.

// AnyRune stands for any one character in what Masked gives. No normalised name holds it: NFKC makes it a plain one.
const AnyRune = '？'

// NearMost is the longest name, in characters, of which near ones are looked for.
const NearMost = 16

// Masked are the ways to leave open one character of a name of at least three.
func Masked(name string) []string {
	r := []rune(name)
	if len(r) < 3 || len(r) > NearMost+1 {
		return nil
	}
	out := make([]string, len(r))
	for i := range r {
		out[i] = string(r[:i]) + string(AnyRune) + string(r[i+1:])
	}
	return out
}

// Shorter are the ways to leave out one character of a name of at least three.
func Shorter(name string) []string {
	r := []rune(name)
	if len(r) < 3 || len(r) > NearMost+1 {
		return nil
	}
	out := make([]string, len(r))
	for i := range r {
		out[i] = string(r[:i]) + string(r[i+1:])
	}
	return out
}

// Longer are the ways to put in one open character.
func Longer(name string) []string {
	r := []rune(name)
	if len(r) < 2 || len(r) > NearMost {
		return nil
	}
	out := make([]string, len(r)+1)
	for i := range out {
		out[i] = string(r[:i]) + string(AnyRune) + string(r[i:])
	}
	return out
}
