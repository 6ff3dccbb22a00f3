package sheettest

import (
	"bytes"
	"slices"
	"unicode/utf16"
)

// Container is an OLE2 container to be written, with the liberties that the format allows.
type Container struct {
	Large    bool     // sectors of 4,096 bytes, not 512
	Scatter  bool     // sectors in reverse order, so that no two neighbours follow each other
	Streams  []Stream // in order of the length of their names
	Embedded []Stream // within a storage
}

// Stream is a named stream.
type Stream struct {
	Name string
	Data []byte
}

const (
	oleEnd  = 0xFFFFFFFE
	oleFree = 0xFFFFFFFF
)

// oleWriter lays out sectors and chains them.
type oleWriter struct {
	size    int
	sectors [][]byte
	fat     []uint32
	scatter bool
}

// add cuts data into sectors and gives the first.
func (w *oleWriter) add(data []byte) uint32 {
	first := len(w.sectors)
	n := (len(data) + w.size - 1) / w.size
	if n == 0 {
		return oleEnd
	}
	data = append(bytes.Clone(data), make([]byte, n*w.size-len(data))...)
	w.sectors = append(w.sectors, slices.Collect(slices.Chunk(data, w.size))...)
	for i := range n {
		w.fat = append(w.fat, uint32(first+i+1))
	}
	w.fat[len(w.fat)-1] = oleEnd
	if !w.scatter {
		return uint32(first)
	}
	slices.Reverse(w.sectors[first:])
	for i := range n {
		w.fat[first+i] = uint32(first + i - 1)
	}
	w.fat[first] = oleEnd
	return uint32(len(w.sectors) - 1)
}

// Bytes is the whole file.
func (c Container) Bytes() []byte {
	shift := 9
	if c.Large {
		shift = 12
	}
	w := &oleWriter{size: 1 << shift, scatter: c.Scatter}
	mini := &oleWriter{size: 64, scatter: c.Scatter}
	var entries []byte
	all := slices.Concat(c.Streams, c.Embedded)
	for i, s := range all {
		right, at := uint32(i+2), w
		if i == len(all)-1 || i == len(c.Streams)-1 && len(c.Embedded) == 0 {
			right = oleFree
		}
		if i == len(c.Streams)-1 && len(c.Embedded) > 0 {
			right = uint32(len(all) + 1) // the storage
		}
		if len(s.Data) < 4096 {
			at = mini
		}
		entries = append(entries, entry(s.Name, 2, right, oleFree, at.add(s.Data), len(s.Data))...)
	}
	if len(c.Embedded) > 0 {
		entries = append(entries, entry("MBD00012345", 1, oleFree, uint32(len(c.Streams)+1), 0, 0)...)
	}
	small := bytes.Join(mini.sectors, nil)
	root := entry("Root Entry", 5, oleFree, 1, w.add(small), len(small))
	directory := w.add(append(root, entries...))
	for len(mini.fat)*4%w.size != 0 {
		mini.fat = append(mini.fat, oleFree)
	}
	return w.file(shift, directory, w.add(pack(mini.fat)), len(mini.fat)*4/w.size)
}

// file adds the table of sectors and the header. The table has an entry for each of its own sectors too.
func (w *oleWriter) file(shift int, directory, miniFAT uint32, miniFATs int) []byte {
	per := w.size / 4
	tables, lists := 0, 0
	for (len(w.sectors)+tables+lists+per-1)/per > tables || tables > 109+lists*(per-1) {
		if tables > 109+lists*(per-1) {
			lists++
		} else {
			tables++
		}
	}
	first := uint32(len(w.sectors))
	list := make([]uint32, 109+lists*per)
	for i := range list {
		list[i] = oleFree
	}
	for i := range tables {
		w.fat = append(w.fat, 0xFFFFFFFD)
		at := i
		if i >= 109 {
			at += (i - 109) / (per - 1) // the last entry of each sector is the number of the next
		}
		list[at] = first + uint32(i)
	}
	next := uint32(oleEnd)
	if lists > 0 {
		next = first + uint32(tables)
	}
	for i := range lists {
		w.fat = append(w.fat, 0xFFFFFFFC)
		list[109+(i+1)*per-1] = next + uint32(i) + 1
	}
	if lists > 0 {
		list[len(list)-1] = oleEnd
	}
	for len(w.fat) < tables*per {
		w.fat = append(w.fat, oleFree)
	}
	header := pack([]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), make([]byte, 16), uint16(0x3E), uint16(3+shift/12), uint16(0xFFFE),
		uint16(shift), uint16(6), make([]byte, 10), uint32(tables), directory, uint32(0), uint32(4096),
		miniFAT, uint32(miniFATs), next, uint32(lists), list[:109])
	header = append(header, make([]byte, w.size-512)...)
	return slices.Concat(header, bytes.Join(w.sectors, nil), pack(w.fat), pack(list[109:]))
}

// entry is a directory entry; siblings are chained to the right.
func entry(name string, kind byte, right, child, start uint32, size int) []byte {
	units := utf16.Encode([]rune(name))
	field := append(pack(units), make([]byte, 64-2*len(units))...)
	return pack(field, uint16(2*len(units)+2), kind, uint8(1), uint32(oleFree), right, child, make([]byte, 36), start, uint64(size))
}
