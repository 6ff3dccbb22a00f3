package sheet

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

var errEncoding = errors.New("unread encoding")

// utf8Reader gives a part's XML in UTF-8. A byte order mark, of either, is text before the root and does no harm there. Parts are UTF-8 or UTF-16 (ECMA-376 part 2, 8.2.5).
func utf8Reader(src io.Reader) (io.Reader, error) {
	r := bufio.NewReaderSize(src, 4096)
	head, err := r.Peek(256)
	if err != nil && err != io.EOF {
		return nil, err
	}
	switch {
	case bytes.HasPrefix(head, []byte("\xff\xfe")), bytes.HasPrefix(head, []byte("<\x00")):
		return &utf16Reader{src: r, order: binary.LittleEndian}, nil
	case bytes.HasPrefix(head, []byte("\xfe\xff")), bytes.HasPrefix(head, []byte("\x00<")):
		return &utf16Reader{src: r, order: binary.BigEndian}, nil
	}
	if !declaresUTF8(bytes.TrimPrefix(head, []byte("\ufeff"))) {
		return nil, errEncoding
	}
	return r, nil
}

// declaresUTF8 reads the XML declaration; UTF-8 is also what holds without one.
func declaresUTF8(head []byte) bool {
	declaration, _, _ := bytes.Cut(head, []byte("?>"))
	if !bytes.HasPrefix(declaration, []byte("<?xml")) {
		return true
	}
	_, encoding, found := bytes.Cut(declaration, []byte("encoding"))
	if !found {
		return true
	}
	fields := strings.FieldsFunc(strings.ToLower(string(encoding)), func(r rune) bool { return strings.ContainsRune("= \t\r\n\"'", r) })
	return len(fields) > 0 && slices.Contains([]string{"utf-8", "utf8", "us-ascii"}, fields[0])
}

// utf16Reader turns UTF-16 into UTF-8.
type utf16Reader struct {
	src   *bufio.Reader
	order binary.ByteOrder
	ready []byte // UTF-8 not yet given away
	buf   [utf8.UTFMax]byte
}

func (u *utf16Reader) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) {
		if len(u.ready) == 0 {
			r, err := u.rune()
			if err != nil {
				return n, err
			}
			u.ready = utf8.AppendRune(u.buf[:0], r)
		}
		took := copy(p[n:], u.ready)
		n, u.ready = n+took, u.ready[took:]
	}
	return n, nil
}

func (u *utf16Reader) rune() (rune, error) {
	high, err := u.unit()
	if err != nil || !utf16.IsSurrogate(high) {
		return high, err
	}
	low, err := u.unit()
	if err != nil {
		return 0, noEOF(err)
	}
	r := utf16.DecodeRune(high, low)
	if r == utf8.RuneError {
		return 0, errEncoding
	}
	return r, nil
}

// unit reads two bytes; io.EOF only between two units.
func (u *utf16Reader) unit() (rune, error) {
	var b [2]byte
	if _, err := io.ReadFull(u.src, b[:]); err != nil {
		return 0, err
	}
	return rune(u.order.Uint16(b[:])), nil
}
