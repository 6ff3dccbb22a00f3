package sheet

import (
	"encoding/binary"
	"fmt"
	"io"
	"strings"
	"unicode/utf16"
)

// An OLE2 container ([MS-CFB]) is a small file system: streams cut into sectors of 512 or 4,096 bytes, which a table (the
// FAT) chains, and a directory that names them. Streams of less than 4,096 bytes live, in pieces of 64, within another
// stream. One stream of the root storage is all that is wanted of it, so it is read here: richardlehane/mscfb took 18 s for
// 32 MB asked for at once (the square of its sectors), and read 256 MB out of a file of 7 KB whose chain was a circle.
//
// Nothing is allocated by a number in the file: tables are no longer than the file has sectors, and a chain that is longer
// than its table runs in a circle.

// Sector numbers with a meaning of their own, [MS-CFB] 2.1, and other constants of the format.
const (
	oleEnd     = 0xFFFFFFFE // the end of a chain
	oleRegular = 0xFFFFFFFA // sectors and directory entries are numbered up to here
	oleStorage = 128        // bytes of a directory entry, 2.6.1
	oleSmall   = 4096       // streams below live in the mini stream
	oleMini    = 6          // log2 of the mini stream's sectors
)

var le = binary.LittleEndian

func xlsDamaged(what string) error { return fmt.Errorf("%w: %s", ErrDamaged, what) }

type ole struct {
	src   io.ReaderAt
	shift uint // log2 of the sector size
	head  []byte
	fat   []uint32
}

// oleStream is a chain of sectors read as one.
type oleStream struct {
	src     io.ReaderAt
	base    int64 // where sector 0 begins
	shift   uint
	sectors []uint32
	size    int64
}

// openOLE gives the first of the named streams that the root storage has, and that name; none is an error of its own.
func openOLE(src io.ReaderAt, size int64, names ...string) (*oleStream, error) {
	o := &ole{src: src, head: make([]byte, 512)}
	if _, err := src.ReadAt(o.head, 0); err != nil {
		return nil, xlsDamaged("no header")
	}
	o.shift = uint(le.Uint16(o.head[30:]))
	if o.shift != 9 && o.shift != 12 {
		return nil, xlsDamaged("sector size")
	}
	if err := o.loadFAT(int((size - 1) >> o.shift)); err != nil {
		return nil, err
	}
	directory, err := o.stream(le.Uint32(o.head[48:]), -1)
	if err != nil {
		return nil, err
	}
	found, err := oleFind(directory, names)
	if err != nil {
		return nil, err
	}
	for _, entry := range found {
		if entry != nil {
			return o.open(directory, entry)
		}
	}
	return nil, &FormatError{Unknown}
}

// loadFAT reads the table. Its own sectors are listed in the header and, for large files, in further sectors that their
// last entries chain (the DIFAT, 2.5). What the table says beyond the file's sectors is not looked at.
func (o *ole) loadFAT(sectors int) error {
	list, next := o.head[76:], le.Uint32(o.head[68:])
	for steps := 0; ; steps++ {
		for ; len(list) > 0 && len(o.fat) < sectors; list = list[4:] {
			n := le.Uint32(list)
			if n > oleRegular {
				break // unused entries end the list
			}
			table, err := o.sector(n)
			if err != nil {
				return err
			}
			for ; len(table) > 0; table = table[4:] {
				o.fat = append(o.fat, le.Uint32(table))
			}
		}
		if next > oleRegular || len(o.fat) >= sectors {
			return nil
		}
		if steps > sectors {
			return xlsDamaged("a circle in the DIFAT")
		}
		more, err := o.sector(next)
		if err != nil {
			return err
		}
		last := len(more) - 4
		list, next = more[:last], le.Uint32(more[last:])
	}
}

func (o *ole) sector(n uint32) ([]byte, error) {
	buf := make([]byte, 1<<o.shift)
	if _, err := o.src.ReadAt(buf, int64(n+1)<<o.shift); err != nil {
		return nil, xlsDamaged("a sector beyond the end")
	}
	return buf, nil
}

// oleChain lists the sectors of a chain.
func oleChain(table []uint32, start uint32) ([]uint32, error) {
	var chain []uint32
	for n := start; n != oleEnd; n = table[n] {
		if int64(n) >= int64(len(table)) || len(chain) >= len(table) {
			return nil, xlsDamaged("a chain of sectors")
		}
		chain = append(chain, n)
	}
	return chain, nil
}

// stream is a chain of full sectors as a stream; a negative size stands for all of it.
func (o *ole) stream(start uint32, size int64) (*oleStream, error) {
	chain, err := oleChain(o.fat, start)
	if err != nil {
		return nil, err
	}
	return newOLEStream(o.src, 1<<o.shift, o.shift, chain, size)
}

func newOLEStream(src io.ReaderAt, base int64, shift uint, chain []uint32, size int64) (*oleStream, error) {
	whole := int64(len(chain)) << shift
	if size > whole {
		return nil, xlsDamaged("a stream shorter than it says")
	}
	if size < 0 {
		size = whole
	}
	return &oleStream{src, base, shift, chain, size}, nil
}

// oleFind walks through the tree of the root's entries (2.6.4), but not into storages: a workbook embedded in another has a
// stream of the same name. A step for each entry there is must do.
func oleFind(directory *oleStream, names []string) ([][]byte, error) {
	found := make([][]byte, len(names))
	entries := directory.size / oleStorage
	todo := []uint32{0}
	for steps := int64(0); len(todo) > 0; steps++ {
		n := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if int64(n) >= entries || steps >= entries {
			return nil, xlsDamaged("the directory")
		}
		entry := make([]byte, oleStorage)
		if _, err := directory.ReadAt(entry, int64(n)*oleStorage); err != nil {
			return nil, err
		}
		links := entry[68:76] // the siblings
		if n == 0 {
			links = entry[76:80] // the root's child
		}
		for ; len(links) > 0; links = links[4:] {
			if to := le.Uint32(links); to <= oleRegular {
				todo = append(todo, to)
			}
		}
		for i, name := range names {
			if entry[66] == 2 && strings.EqualFold(oleName(entry), name) {
				found[i] = entry
			}
		}
	}
	return found, nil
}

func oleName(entry []byte) string {
	var units []uint16
	for at := 0; at < 64; at += 2 {
		u := le.Uint16(entry[at:])
		if u == 0 {
			break
		}
		units = append(units, u)
	}
	return string(utf16.Decode(units))
}

// open gives a directory entry's stream.
func (o *ole) open(directory *oleStream, entry []byte) (*oleStream, error) {
	start, size := o.extent(entry)
	if size < 0 || size >= oleSmall {
		return o.stream(start, max(size, 0))
	}
	root := make([]byte, oleStorage)
	if _, err := directory.ReadAt(root, 0); err != nil {
		return nil, err
	}
	mini, err := o.stream(o.extent(root))
	if err != nil {
		return nil, err
	}
	fat, err := o.stream(le.Uint32(o.head[60:]), -1)
	if err != nil {
		return nil, err
	}
	table := make([]byte, min(fat.size, (mini.size>>oleMini+1)*4)) // no longer than the mini stream has use for
	if _, err := fat.ReadAt(table, 0); err != nil {
		return nil, err
	}
	var next []uint32
	for ; len(table) > 0; table = table[4:] {
		next = append(next, le.Uint32(table))
	}
	chain, err := oleChain(next, start)
	if err != nil {
		return nil, err
	}
	return newOLEStream(mini, 0, oleMini, chain, size)
}

// extent is where a stream begins and its size, whose upper half is undefined with small sectors (2.6.1).
func (o *ole) extent(entry []byte) (start uint32, size int64) {
	size = int64(le.Uint32(entry[120:]))
	if o.shift == 12 {
		size = int64(le.Uint64(entry[120:]) &^ (1 << 63))
	}
	return le.Uint32(entry[116:]), size
}

// ReadAt reads sectors that are neighbours in the file at one go.
func (s *oleStream) ReadAt(p []byte, at int64) (n int, err error) {
	for n < len(p) && at < s.size {
		i := int(at >> s.shift)
		within := at & (1<<s.shift - 1)
		run := 1<<s.shift - within
		want := min(int64(len(p)-n), s.size-at)
		for ; run < want && s.sectors[i+1] == s.sectors[i]+1; i++ {
			run += 1 << s.shift
		}
		want = min(run, want)
		from := s.base + int64(s.sectors[at>>s.shift])<<s.shift + within
		got, err := s.src.ReadAt(p[n:n+int(want)], from)
		n, at = n+got, at+int64(got)
		if int64(got) < want {
			return n, fmt.Errorf("%w: a stream is cut: %w", ErrDamaged, err)
		}
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}
