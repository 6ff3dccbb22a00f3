package sheet

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// Records that are looked at, by their number in [MS-XLS] 2.3.
const (
	recFormula    = 0x0006
	recEOF        = 0x000A
	recDate1904   = 0x0022
	recFilePass   = 0x002F
	recContinue   = 0x003C
	recColInfo    = 0x007D
	recBoundSheet = 0x0085
	recMulRK      = 0x00BD
	recRString    = 0x00D6 // of Excel 95; some programs go on writing it
	recXF         = 0x00E0
	recMergeCells = 0x00E5
	recSST        = 0x00FC
	recLabelSST   = 0x00FD
	recNumber     = 0x0203
	recLabel      = 0x0204
	recBoolErr    = 0x0205
	recString     = 0x0207
	recRow        = 0x0208
	recArray      = 0x0221
	recTable      = 0x0236
	recRK         = 0x027E
	recFormat     = 0x041E
	recShared     = 0x04BC
	recBOF        = 0x0809
)

// records walks through a stream of records: two bytes of number, two of length, the payload ([MS-XLS] 2.1.4).
type records struct {
	in     *bufio.Reader
	limits Limits
	id     uint16
	data   []byte // the payload; valid until the next record
	rest   []byte // what of it the methods below have not consumed
	size   int    // of the record in the buffer, yet to be discarded
	again  bool   // the record at hand is to be given once more
	units  []uint16
}

func newRecords(src io.ReaderAt, from, to int64, limits Limits) *records {
	// The buffer holds the longest record that a length of two bytes allows, so payloads need no copy.
	return &records{in: bufio.NewReaderSize(io.NewSectionReader(src, from, to-from), 1<<17), limits: limits}
}

// next goes to the next record. A stream must not end before its EOF record: it would be a cut file.
func (r *records) next() error {
	if r.again {
		r.again = false
		return nil
	}
	if _, err := r.in.Discard(r.size); err != nil {
		return xlsCut(err)
	}
	r.size = 0
	head, err := r.in.Peek(4)
	if err != nil {
		return xlsCut(err)
	}
	r.id, r.size = le.Uint16(head), 4+int(le.Uint16(head[2:]))
	record, err := r.in.Peek(r.size)
	if err != nil {
		return xlsCut(err)
	}
	r.data = record[4:]
	r.rest = r.data
	return nil
}

func xlsCut(err error) error {
	if err == io.EOF {
		return xlsDamaged("the stream ends within its records")
	}
	return err
}

// step goes to the next record of a sheet, over the substreams within it (charts, which hold cells as well, 2.1.7.20.1).
// It ends with io.EOF.
func (r *records) step() error {
	for depth := 0; ; {
		if err := r.next(); err != nil {
			return err
		}
		switch {
		case r.id == recBOF:
			depth++
		case r.id == recEOF && depth == 0:
			return io.EOF
		case r.id == recEOF:
			depth--
		case depth == 0:
			return nil
		}
	}
}

// more goes on to the CONTINUE record (2.4.58) that holds the rest of this one.
func (r *records) more() error {
	if err := r.next(); err != nil {
		return err
	}
	if r.id != recContinue || len(r.rest) == 0 {
		r.again = r.id != recContinue
		return xlsDamaged("a record's rest is missing")
	}
	return nil
}

// uint consumes a number of up to four bytes.
func (r *records) uint(bytes int) (v uint32, err error) {
	for i := range bytes {
		if len(r.rest) == 0 {
			if err := r.more(); err != nil {
				return 0, err
			}
		}
		v |= uint32(r.rest[0]) << (8 * i)
		r.rest = r.rest[1:]
	}
	return v, nil
}

func (r *records) skip(bytes int64) error {
	for bytes > int64(len(r.rest)) {
		bytes -= int64(len(r.rest))
		if err := r.more(); err != nil {
			return err
		}
	}
	r.rest = r.rest[bytes:]
	return nil
}

// text consumes a string after its length of one or two bytes and appends it to out in UTF-8. It is an
// XLUnicodeRichExtendedString (2.5.293); the simpler ones (2.5.240, 2.5.294) only lack what their flags say they lack.
// Formatting runs and phonetic guides are no part of the text.
func (r *records) text(out []byte, length int) ([]byte, error) {
	chars, err := r.uint(length)
	if err != nil {
		return out, err
	}
	flags, err := r.uint(1)
	if err != nil {
		return out, err
	}
	var trailer int64
	if flags&8 != 0 {
		runs, err := r.uint(2)
		if err != nil {
			return out, err
		}
		trailer = 4 * int64(runs)
	}
	if flags&4 != 0 {
		phonetic, err := r.uint(4)
		if err != nil {
			return out, err
		}
		trailer += int64(phonetic)
	}
	if err := r.chars(int(chars), flags&1 != 0); err != nil {
		return out, err
	}
	for i := 0; i < len(r.units); i++ {
		c := rune(r.units[i])
		if utf16.IsSurrogate(c) && i+1 < len(r.units) {
			if pair := utf16.DecodeRune(c, rune(r.units[i+1])); pair != unicode.ReplacementChar {
				c, i = pair, i+1
			}
		}
		out = utf8.AppendRune(out, c) // a surrogate without its other half becomes U+FFFD
	}
	if len(out) > r.limits.CellBytes {
		return out, &LimitError{fmt.Sprintf("单元格内容超过%d字节", r.limits.CellBytes)}
	}
	return out, r.skip(trailer)
}

// chars consumes characters of one or two bytes into r.units. Where they go on in a CONTINUE record, a byte at its start
// says anew how many bytes they have (2.5.293).
func (r *records) chars(n int, wide bool) error {
	r.units = r.units[:0]
	for len(r.units) < n {
		if len(r.rest) == 0 {
			if err := r.more(); err != nil {
				return err
			}
			wide, r.rest = r.rest[0]&1 != 0, r.rest[1:]
			continue
		}
		if !wide {
			here := min(n-len(r.units), len(r.rest))
			for _, c := range r.rest[:here] {
				r.units = append(r.units, uint16(c))
			}
			r.rest = r.rest[here:]
			continue
		}
		here := min(n-len(r.units), len(r.rest)/2)
		if here == 0 {
			return xlsDamaged("half a character")
		}
		for i := range here {
			r.units = append(r.units, le.Uint16(r.rest[2*i:]))
		}
		r.rest = r.rest[2*here:]
	}
	return nil
}

// xlsTexts are the texts of the SST record (2.4.265), one after the other.
type xlsTexts struct {
	all  string
	ends []uint32
}

func (t *xlsTexts) at(i uint32) (string, bool) {
	if int64(i) >= int64(len(t.ends)) {
		return "", false
	}
	from := uint32(0)
	if i > 0 {
		from = t.ends[i-1]
	}
	return t.all[from:t.ends[i]], true
}

// readTexts reads the SST. A count that is too high is none of our business unless a cell refers to what is missing.
func (r *records) readTexts() (t xlsTexts, err error) {
	if err := r.skip(4); err != nil { // how often texts are used
		return t, err
	}
	count, err := r.uint(4)
	if err != nil {
		return t, err
	}
	var all strings.Builder
	var one []byte
	for range count {
		if len(r.rest) == 0 {
			if err := r.next(); err != nil {
				return t, err
			}
			if r.id != recContinue {
				r.again = true
				break
			}
		}
		if one, err = r.text(one[:0], 2); err != nil {
			return t, err
		}
		all.Write(one)
		if int64(all.Len()) > r.limits.SharedBytes || len(t.ends) >= r.limits.SharedTexts {
			return t, &LimitError{fmt.Sprintf("文字总量超过%d条或%dMB", r.limits.SharedTexts, r.limits.SharedBytes>>20)}
		}
		t.ends = append(t.ends, uint32(all.Len()))
	}
	t.all = all.String()
	return t, nil
}
