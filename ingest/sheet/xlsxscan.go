package sheet

import (
	"bytes"
	"errors"
	"io"
)

// token is what a scanner comes upon.
type token uint8

const (
	startTag token = iota
	endTag         // also after a start tag that closes itself
	charData       // a piece of text; a long one comes in several
)

// scanner walks through the XML of a part in a fixed buffer. encoding/xml makes objects of everything it sees and is
// four times slower than what is asked here; this one only finds where things are. It checks that tags are nested well
// and refuses what a part must not hold, above all a document type (ECMA-376 part 2, 8.2.5), so no entity of a file's own
// is ever expanded.
type scanner struct {
	src     io.Reader
	buf     []byte
	at, end int   // buf[at:end] is still to be looked at
	err     error // what src said after buf[:end]

	name  []byte // of the start tag just met, without prefix; valid until the next token, as are the two below
	attrs []byte // of the start tag just met
	text  []byte // the piece of text just met
	cdata bool   // text is as it stands: no references in it

	inCDATA bool
	closed  bool   // the tag just met closes itself: its end tag is to come
	names   []byte // full names of the open elements, one after another
	depths  []int  // where in names each begins
}

// scanBuffer bounds tags; it is a variable for tests only, in which it must be met often.
var scanBuffer uint64 = 64 << 10

const (
	maxDepth     = 100 // a sheet needs some ten
	maxReference = 32  // bytes of a character reference, with some leading zeros
)

var (
	errTooDeep   = errors.New("elements too deep")
	errTooLong   = errors.New("tag too long")
	errMalformed = errors.New("malformed XML")
	errDoctype   = errors.New("document type")
)

// newScanner reads a part of so many bytes; one in UTF-16 becomes longer.
func newScanner(src io.Reader, size uint64) *scanner {
	return &scanner{src: src, buf: make([]byte, min(scanBuffer, 2*size+64))}
}

// more keeps what is unread and reads on. It fails when nothing is left to read or no room to read into.
func (s *scanner) more() error {
	if s.err != nil {
		return s.err
	}
	s.end = copy(s.buf, s.buf[s.at:s.end])
	s.at = 0
	if s.end == len(s.buf) {
		return errTooLong
	}
	n, err := io.ReadFull(s.src, s.buf[s.end:])
	s.end += n
	if s.err = err; err == io.ErrUnexpectedEOF {
		s.err = io.EOF
	}
	if n == 0 {
		return s.err
	}
	return nil
}

// need is more where the end of the part would come too early.
func (s *scanner) need() error { return noEOF(s.more()) }

// next moves to the next token; io.EOF after the last, whatever is still open.
func (s *scanner) next() (token, error) {
	if s.closed {
		s.closed = false
		s.pop()
		return endTag, nil
	}
	for {
		if s.inCDATA {
			if ok, err := s.cdataPiece(); ok || err != nil {
				return charData, err
			}
			continue
		}
		b := s.buf[s.at:s.end]
		switch {
		case len(b) == 0:
			if err := s.more(); err != nil {
				return 0, err
			}
		case b[0] != '<':
			if s.textPiece(b) {
				return charData, nil
			}
			if err := s.more(); err != nil && err != io.EOF { // at the end the half is taken, too
				return 0, err
			}
		case len(b) == 1:
			if err := s.need(); err != nil {
				return 0, err
			}
		case b[1] == '/':
			return endTag, s.endTag()
		case b[1] == '!' || b[1] == '?':
			if err := s.declaration(); err != nil {
				return 0, err
			}
		default:
			return startTag, s.startTag()
		}
	}
}

// textPiece takes the text up to the next tag or as far as it is in the buffer. A reference or a line break that the
// buffer's end cuts in two is left for the next piece; false when there is nothing else.
func (s *scanner) textPiece(b []byte) bool {
	n := bytes.IndexByte(b, '<')
	if n < 0 {
		n = len(b)
		if s.err == nil {
			n = whole(b)
		}
	}
	s.text, s.cdata = b[:n], false
	s.at += n
	return n > 0
}

// whole is how many bytes can be taken without cutting a reference or a line break.
func whole(b []byte) int {
	n := len(b)
	if b[n-1] == '\r' {
		n--
	}
	tail := max(0, n-maxReference)
	if i := bytes.LastIndexByte(b[tail:n], '&'); i >= 0 && bytes.IndexByte(b[tail+i:n], ';') < 0 {
		n = tail + i
	}
	return n
}

func (s *scanner) cdataPiece() (bool, error) {
	b := s.buf[s.at:s.end]
	n := bytes.Index(b, []byte("]]>"))
	if n >= 0 {
		s.inCDATA = false
		s.text, s.cdata = b[:n], true
		s.at += n + 3
		return true, nil
	}
	if n = len(b) - 2; n > 0 && b[n-1] == '\r' {
		n--
	}
	if n <= 0 {
		return false, s.need()
	}
	s.text, s.cdata = b[:n], true
	s.at += n
	return true, nil
}

// declaration passes over a comment or a processing instruction, or enters a CDATA section.
func (s *scanner) declaration() error {
	for s.end-s.at < len("<![CDATA[") && s.err == nil {
		if err := s.need(); err != nil && err != io.ErrUnexpectedEOF {
			return err
		}
	}
	b := s.buf[s.at:s.end]
	switch {
	case bytes.HasPrefix(b, []byte("<?")):
		return s.pass("?>")
	case bytes.HasPrefix(b, []byte("<!--")):
		s.at += len("<!--")
		return s.pass("-->")
	case bytes.HasPrefix(b, []byte("<![CDATA[")) && len(s.depths) > 0:
		s.at += len("<![CDATA[")
		s.inCDATA = true
		return nil
	case bytes.HasPrefix(b, []byte("<!DOCTYPE")):
		return errDoctype
	}
	return errMalformed
}

// pass moves behind the next mark.
func (s *scanner) pass(mark string) error {
	for {
		if i := bytes.Index(s.buf[s.at:s.end], []byte(mark)); i >= 0 {
			s.at += i + len(mark)
			return nil
		}
		s.at = max(s.at, s.end-len(mark)+1)
		if err := s.need(); err != nil {
			return err
		}
	}
}

func (s *scanner) startTag() error {
	n, err := s.tagEnd()
	if err != nil {
		return err
	}
	tag := s.buf[s.at+1 : s.at+n]
	s.at += n + 1
	if len(tag) > 0 && tag[len(tag)-1] == '/' {
		tag, s.closed = tag[:len(tag)-1], true
	}
	i, colon := 0, -1
	for ; i < len(tag) && !space(tag[i]); i++ {
		if tag[i] == ':' {
			colon = i
		}
	}
	switch {
	case i == 0:
		return errMalformed
	case len(s.depths) == maxDepth:
		return errTooDeep
	}
	s.depths = append(s.depths, len(s.names))
	s.names = append(s.names, tag[:i]...)
	s.name, s.attrs = tag[colon+1:i], tag[i:]
	return nil
}

// tagEnd finds the > that ends the start tag at the front; one inside of quotes does not.
func (s *scanner) tagEnd() (int, error) {
	var quote byte
	for from := 1; ; {
		b := s.buf[s.at:s.end]
		for i := from; i < len(b); i++ {
			switch c := b[i]; {
			case c == '<':
				return 0, errMalformed
			case quote != 0:
				if c == quote {
					quote = 0
				}
			case c == '>':
				return i, nil
			case c == '"' || c == '\'':
				quote = c
			}
		}
		from = len(b)
		if err := s.need(); err != nil {
			return 0, err
		}
	}
}

func (s *scanner) endTag() error {
	n := bytes.IndexByte(s.buf[s.at:s.end], '>')
	for n < 0 {
		if err := s.need(); err != nil {
			return err
		}
		n = bytes.IndexByte(s.buf[s.at:s.end], '>')
	}
	tag := s.buf[s.at+2 : s.at+n]
	s.at += n + 1
	for len(tag) > 0 && space(tag[len(tag)-1]) {
		tag = tag[:len(tag)-1]
	}
	if len(s.depths) == 0 || !bytes.Equal(tag, s.names[s.depths[len(s.depths)-1]:]) {
		return errMalformed
	}
	s.pop()
	return nil
}

// pop closes the innermost element.
func (s *scanner) pop() {
	last := len(s.depths) - 1
	s.names, s.depths = s.names[:s.depths[last]], s.depths[:last]
}

// noEOF keeps a premature end from being taken for the regular one.
func noEOF(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}
