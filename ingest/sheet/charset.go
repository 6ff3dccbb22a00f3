package sheet

import (
	"bytes"
	"fmt"
	"io"
	"sort"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// longestText bounds one cell's text in bytes: Excel's 32,767 UTF-16 units, each of three bytes at most in UTF-8, and more.
const longestText = 128 << 10

var errLongText = &LimitError{fmt.Sprintf("一格文字超过%dKB", longestText>>10)}

// TextError says that a row holds something that is no character: the file is neither whole UTF-8 nor whole GB18030, or
// the program that wrote it had already lost a character.
type TextError struct {
	Line int // row of the sheet, as Excel counts it
}

func (e *TextError) Error() string { return fmt.Sprintf("unreadable character in row %d", e.Line) }

// textFile is a file of characters, read as UTF-8 whatever it is stored in.
type textFile struct {
	content  io.ReaderAt
	start    int64 // behind the byte order mark
	size     int64
	encoding encoding.Encoding // nil for UTF-8
	marks    []decodeMark      // where to begin decoding for a place further on; found while reading from the start
}

// decodeMark pairs a place in the stored bytes with its place in the decoded text.
type decodeMark struct{ raw, decoded int64 }

// openText finds out what a file of characters is stored in. Without a byte order mark it is UTF-8 if all of it is, else
// GB18030: no other charset is met here, and to guess among more would sooner or later misread a name.
func openText(content io.ReaderAt, size int64, limits Limits) (*textFile, error) {
	if size > limits.Unzipped {
		return nil, &LimitError{fmt.Sprintf("文件超过%dMB", limits.Unzipped>>20)}
	}
	t := &textFile{content: content, size: size}
	head := make([]byte, min(size, 4))
	if _, err := content.ReadAt(head, 0); err != nil && err != io.EOF {
		return nil, err
	}
	order, skip := byteOrder(head)
	t.encoding, t.start = order, int64(skip)
	if order != nil || skip > 0 {
		return t, nil
	}
	ok, err := mostlyUTF8(io.NewSectionReader(content, 0, size))
	if err == nil && !ok {
		t.encoding = simplifiedchinese.GB18030
	}
	return t, err
}

// byteOrder reads a byte order mark: its encoding (nil for UTF-8) and length. XML may come in UTF-16 without one, and
// then shows by its first <.
func byteOrder(head []byte) (encoding.Encoding, int) {
	little := unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
	big := unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	switch {
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		return nil, 3
	case bytes.HasPrefix(head, []byte("\xff\xfe")):
		return little, 2
	case bytes.HasPrefix(head, []byte("\xfe\xff")):
		return big, 2
	case bytes.HasPrefix(head, []byte("<\x00")):
		return little, 0
	case bytes.HasPrefix(head, []byte("\x00<")):
		return big, 0
	}
	return nil, 0
}

// mostlyUTF8 says whether to read bytes as UTF-8. A few bad bytes among many good characters are a damaged UTF-8 file,
// to be refused as such: in GB18030 nearly every pair of bytes is a character, so it might come out clean but wrong.
// Only characters of three bytes tell: two bytes that are valid UTF-8 are often one character of GB18030 (一 is D2 BB).
func mostlyUTF8(r io.Reader) (bool, error) {
	buf := make([]byte, 64<<10)
	for kept, good, bad := 0, 0, 0; ; {
		n, err := r.Read(buf[kept:])
		b := buf[:kept+n]
		for len(b) > 0 && (utf8.FullRune(b) || err != nil) {
			c, size := utf8.DecodeRune(b)
			if size >= 3 {
				good++
			} else if c == utf8.RuneError {
				bad++
			}
			b = b[size:]
		}
		kept = copy(buf, b)
		if err == io.EOF {
			return bad == 0 || good > 3*bad, nil
		}
		if err != nil {
			return false, err
		}
	}
}

// recognised says whether all of s are characters. U+FFFD stands where somebody's program met one that it did not know.
func recognised(s string) bool {
	return utf8.ValidString(s) && !strings.Contains(s, "\ufffd") && strings.IndexByte(s, 0) < 0
}

// reader gives the text as UTF-8, from a place in the decoded text on. What cannot be decoded comes as U+FFFD, or as it
// is in a file taken for UTF-8.
func (t *textFile) reader(at int64) io.Reader {
	if t.encoding == nil {
		from := t.start + at
		return io.NewSectionReader(t.content, from, max(0, t.size-from))
	}
	m := decodeMark{raw: t.start}
	if i := sort.Search(len(t.marks), func(i int) bool { return t.marks[i].decoded > at }); i > 0 {
		m = t.marks[i-1]
	}
	d := &decoding{
		text: t, at: m, skip: at - m.decoded, decoder: t.encoding.NewDecoder(),
		source: make([]byte, 0, decodeChunk), target: make([]byte, 3*decodeChunk+utf8.UTFMax),
	}
	return d
}

const decodeChunk = 32 << 10

// decoding is transform.Reader with one more skill: it leaves marks, so that the second reading of a late sheet need not
// decode all that stands before it. Between two chunks a decoder of GB18030 or UTF-16 keeps no state.
type decoding struct {
	text    *textFile
	decoder transform.Transformer
	at      decodeMark // of the first byte in source, and what came out before it
	skip    int64      // to be thrown away before the place that was asked for
	source  []byte     // stored bytes not yet decoded
	target  []byte
	out     []byte // decoded bytes not yet given
	done    bool
}

func (d *decoding) Read(p []byte) (int, error) {
	for len(d.out) == 0 {
		if d.done {
			return 0, io.EOF
		}
		if err := d.fill(); err != nil {
			return 0, err
		}
	}
	n := copy(p, d.out)
	d.out = d.out[n:]
	return n, nil
}

func (d *decoding) fill() error {
	if marks := d.text.marks; len(marks) == 0 || marks[len(marks)-1].decoded < d.at.decoded {
		d.text.marks = append(marks, d.at)
	}
	kept := len(d.source)
	n, err := d.text.content.ReadAt(d.source[kept:cap(d.source)], d.at.raw+int64(kept))
	if err != nil && err != io.EOF {
		return err
	}
	d.done = err == io.EOF || n == 0
	d.source = d.source[:kept+n]
	given, taken, err := d.decoder.Transform(d.target, d.source, d.done)
	if err != nil && err != transform.ErrShortSrc {
		return err
	}
	d.at.raw += int64(taken)
	d.at.decoded += int64(given)
	d.source = d.source[:copy(d.source, d.source[taken:])]
	d.out = d.target[:given]
	cut := min(d.skip, int64(given))
	d.skip -= cut
	d.out = d.out[cut:]
	return nil
}
