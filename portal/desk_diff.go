package portal

// diffPart is a stretch of two texts: what both have, what was taken out, or what was put in.
type diffPart struct {
	Text     string
	Out, New bool
}

// mostDiff is how long texts may be that are compared character by character; longer ones are shown one after the other.
const mostDiff = 2500

// diff tells how one text became another, by the longest line of characters that they share.
func diff(from, to string) []diffPart {
	a, b := []rune(from), []rune(to)
	if len(a) > mostDiff || len(b) > mostDiff {
		return []diffPart{{Text: from, Out: true}, {Text: to, New: true}}
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
