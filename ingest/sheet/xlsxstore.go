package sheet

import (
	"encoding/binary"
	"slices"
)

// texts are the shared strings, to which cells refer by number. They stand in groups, so that a million of them are no
// million objects. As many bytes as there is room for stay in memory, which is all of an ordinary workbook; of a large
// one all goes to disk and the groups in use are kept. It is for one goroutine: asking for a text may move others.
type texts struct {
	room   int64 // bytes of groups that may be in memory
	count  int
	groups []group
	size   int64    // of all groups
	disk   *scratch // nil while they have room

	open []byte // the group being filled, later the one being read
	in   int    // texts in it

	held []held // the groups in memory, for the hand of a clock to go round
	full int64  // bytes of them
	hand int
}

// group is a few texts: where each ends, in four bytes, then one after the other. Of a large workbook's there are many,
// so what is known of one that is not in memory is little.
type group struct {
	at   int64
	held int32 // its place among those in memory, from 1; 0 while it is on disk only
}

type held struct {
	record string
	group  int32
	used   bool // since the hand came by
}

const (
	groupTexts = 64
	groupHead  = 4 * groupTexts
	largeGroup = 64 << 10 // of texts so long that one is read at a time, and not kept
)

// begin gives the bytes that the next text is to be appended to; end takes them back with it.
func (t *texts) begin() []byte {
	if t.in == 0 {
		t.open = append(t.open[:0], make([]byte, groupHead)...)
	}
	return t.open
}

func (t *texts) end(open []byte) error {
	t.open = open
	binary.LittleEndian.PutUint32(open[4*t.in:], uint32(len(open)))
	t.in++
	t.count++
	if t.in < groupTexts {
		return nil
	}
	return t.close()
}

// close ends the open group.
func (t *texts) close() error {
	g := group{at: t.size}
	t.size += int64(len(t.open))
	t.in = 0
	if t.disk == nil && t.size > t.room {
		if err := t.spill(); err != nil {
			return err
		}
	}
	t.groups = append(t.groups, g)
	if t.disk != nil {
		return t.disk.write(t.open)
	}
	t.hold(len(t.groups)-1, string(t.open))
	return nil
}

func (t *texts) hold(k int, record string) {
	t.held = append(t.held, held{record: record, group: int32(k)})
	t.groups[k].held = int32(len(t.held))
	t.full += int64(len(record))
}

// spill writes what is there to disk. It stays in memory until other groups are wanted more: the first texts of a
// workbook are those of its first rows.
func (t *texts) spill() (err error) {
	if t.disk, err = newScratch(); err != nil {
		return err
	}
	for _, h := range t.held {
		if err := t.disk.write([]byte(h.record)); err != nil {
			return err
		}
	}
	return nil
}

// settle ends the filling.
func (t *texts) settle() error {
	if t.in > 0 {
		if err := t.close(); err != nil {
			return err
		}
	}
	if t.disk == nil {
		t.open = nil
		return nil
	}
	return t.disk.flush()
}

// at gives the i-th text.
func (t *texts) at(i int) (string, error) {
	k, i := i/groupTexts, i%groupTexts
	if t.groups[k].held == 0 {
		if t.sizeOf(k) > largeGroup {
			return t.one(t.groups[k].at, i)
		}
		if err := t.load(k); err != nil {
			return "", err
		}
	}
	h := &t.held[t.groups[k].held-1]
	h.used = true
	from, to := bounds(h.record, i)
	return h.record[from:to], nil
}

// bounds are those of the i-th text in a record, of which the head is enough.
func bounds[T string | []byte](record T, i int) (from, to uint32) {
	end := func(i int) uint32 {
		return uint32(record[4*i]) | uint32(record[4*i+1])<<8 | uint32(record[4*i+2])<<16 | uint32(record[4*i+3])<<24
	}
	if i == 0 {
		return groupHead, end(0)
	}
	return end(i - 1), end(i)
}

func (t *texts) sizeOf(k int) int64 {
	if k+1 < len(t.groups) {
		return t.groups[k+1].at - t.groups[k].at
	}
	return t.size - t.groups[k].at
}

// one reads the i-th text of a group alone.
func (t *texts) one(at int64, i int) (string, error) {
	var head [groupHead]byte
	if err := t.disk.readAt(head[:], at); err != nil {
		return "", err
	}
	from, to := bounds(head[:], i)
	text := make([]byte, to-from)
	err := t.disk.readAt(text, at+int64(from))
	return string(text), err
}

// load brings a group into memory, where those must make room that nobody asked for since the hand last came by.
func (t *texts) load(k int) error {
	size := t.sizeOf(k)
	for len(t.held) > 0 && t.full+size > t.room {
		t.hand %= len(t.held)
		h := &t.held[t.hand]
		if h.used {
			h.used = false
			t.hand++
			continue
		}
		t.full -= int64(len(h.record))
		t.groups[h.group].held = 0
		last := len(t.held) - 1
		if *h = t.held[last]; t.hand < last {
			t.groups[h.group].held = int32(t.hand + 1)
		}
		t.held = t.held[:last]
	}
	t.open = slices.Grow(t.open[:0], int(size))[:size]
	if err := t.disk.readAt(t.open, t.groups[k].at); err != nil {
		return err
	}
	t.hold(k, string(t.open))
	return nil
}

// drop gives the disk back.
func (t *texts) drop() error {
	if t.disk == nil {
		return nil
	}
	return t.disk.close()
}
