package ingest

import (
	"hash/maphash"
	"strings"
)

// seed makes the tokens of one run of the program unlike those of any other: they are compared, never kept.
var seed = maphash.MakeSeed()

func token(s string) uint64 { return maphash.String(seed, s) }

func tokenOf(parts ...string) uint64 { return token(strings.Join(parts, "\x00")) }

// tokens remembers for each token where it was seen first, and 32 bits about it. It holds millions in little memory: a
// map of strings would hold the numbers themselves, and five times the bytes.
type tokens struct {
	keys   []uint64 // 0 is a free slot
	places []uint32
	extras []uint32
	n      int
}

// put notes a token. seen says whether it was noted before; first and was are then what was noted with it.
func (t *tokens) put(key uint64, place, extra uint32) (first, was uint32, seen bool) {
	if key == 0 {
		key = 1
	}
	if t.n >= len(t.keys)*4/5 {
		t.grow()
	}
	i := t.slot(key)
	if t.keys[i] == key {
		return t.places[i], t.extras[i], true
	}
	t.keys[i], t.places[i], t.extras[i] = key, place, extra
	t.n++
	return 0, 0, false
}

// slot is where a key stands, or the free slot where it belongs.
func (t *tokens) slot(key uint64) int {
	mask := len(t.keys) - 1
	i := int(key>>3) & mask
	for t.keys[i] != 0 && t.keys[i] != key {
		i = (i + 1) & mask
	}
	return i
}

func (t *tokens) grow() {
	old := *t
	size := max(1<<10, len(old.keys)*2)
	t.keys, t.places, t.extras = make([]uint64, size), make([]uint32, size), make([]uint32, size)
	for i, key := range old.keys {
		if key != 0 {
			j := t.slot(key)
			t.keys[j], t.places[j], t.extras[j] = key, old.places[i], old.extras[i]
		}
	}
}
