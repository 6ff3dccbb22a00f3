package sheet

import (
	"bytes"
	"fmt"
	"html"
	"io"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// lexer cuts XML into tags and what stands between them and gives back the very bytes: what is not changed on purpose
// must not change by the way, as it would through a decoder and an encoder. It is also several times faster than they.
type lexer struct {
	from     io.Reader
	buf      []byte
	pos, end int
	begun    bool
}

// maxTag bounds one tag; attributes of real workbooks stay far below.
const maxTag = 1 << 20

func newLexer(from io.Reader) *lexer { return &lexer{from: from, buf: make([]byte, 64<<10)} }

// next gives a tag, or a run of text before one; it stays valid until the next call. io.EOF comes after the last.
func (l *lexer) next() (token []byte, err error) {
	if l.pos == l.end {
		if err := l.fill(); err != nil {
			return nil, err
		}
	}
	if !l.begun {
		l.begun = true
		if b := l.buf[l.pos:l.end]; bytes.HasPrefix(b, []byte("\xff\xfe")) || bytes.HasPrefix(b, []byte("\xfe\xff")) {
			return nil, odd("UTF-16")
		}
	}
	for {
		rest := l.buf[l.pos:l.end]
		n := bytes.IndexByte(rest, '<')
		switch {
		case n < 0:
			n = len(rest)
		case n == 0:
			if n, err = tagEnd(rest); err != nil {
				return nil, err
			}
		}
		if n > 0 {
			l.pos += n
			return rest[:n], foreign(rest[:n])
		}
		if len(rest) > maxTag {
			return nil, odd("endless tag")
		}
		if err := l.fill(); err != nil {
			return nil, fmt.Errorf("%w: tag: %w", ErrDamaged, noEnd(err))
		}
	}
}

// skip goes on behind the next occurrence of a pattern.
func (l *lexer) skip(pattern string) error {
	for {
		if i := bytes.Index(l.buf[l.pos:l.end], []byte(pattern)); i >= 0 {
			l.pos += i + len(pattern)
			return nil
		}
		l.pos = max(l.pos, l.end-len(pattern)+1)
		if err := l.fill(); err != nil {
			return fmt.Errorf("%w: %w", ErrDamaged, noEnd(err))
		}
	}
}

func (l *lexer) fill() error {
	copy(l.buf, l.buf[l.pos:l.end])
	l.pos, l.end = 0, l.end-l.pos
	if l.end == len(l.buf) {
		l.buf = append(l.buf, make([]byte, len(l.buf))...)
	}
	n, err := io.ReadAtLeast(l.from, l.buf[l.end:], 1)
	l.end += n
	return err
}

func noEnd(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// tagEnd gives the length of the tag, comment, CDATA section or instruction that b begins with; 0 when b ends before it.
func tagEnd(b []byte) (int, error) {
	for _, s := range []struct{ open, close string }{{"<!--", "-->"}, {"<![CDATA[", "]]>"}, {"<?", "?>"}} {
		if bytes.HasPrefix(b, []byte(s.open)) {
			if i := bytes.Index(b[len(s.open):], []byte(s.close)); i >= 0 {
				return len(s.open) + i + len(s.close), nil
			}
			return 0, nil
		}
	}
	if bytes.HasPrefix(b, []byte("<!")) && len(b) >= len("<![CDATA[") {
		return 0, odd("DOCTYPE") // and with it entities, which no workbook needs
	}
	quote := byte(0)
	for i, c := range b {
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '>':
			return i + 1, nil
		}
	}
	return 0, nil
}

// foreign refuses a declared encoding other than UTF-8.
func foreign(token []byte) error {
	if bytes.HasPrefix(token, []byte("<?xml ")) {
		if enc := attrOf(token, "encoding"); enc != "" && !strings.EqualFold(enc, "utf-8") && !strings.EqualFold(enc, "us-ascii") {
			return odd("encoding")
		}
	}
	return nil
}

// turn is what a token does to the depth.
type turn uint8

const (
	aside turn = iota // text, comment, instruction
	opens
	empty // <a/>
	closes
)

func turnOf(token []byte) turn {
	switch {
	case len(token) < 3 || token[0] != '<' || token[1] == '!' || token[1] == '?':
		return aside
	case token[1] == '/':
		return closes
	case token[len(token)-2] == '/':
		return empty
	}
	return opens
}

// nameOf gives a tag's name without its prefix, and the prefix with its colon.
func nameOf(tag []byte) (prefix, local []byte) {
	name := bytes.TrimPrefix(tag[1:], []byte("/"))
	if i := bytes.IndexAny(name, " \t\r\n/>"); i >= 0 {
		name = name[:i]
	}
	i := bytes.IndexByte(name, ':') + 1
	return name[:i], name[i:]
}

// findAttr gives where an attribute's value stands in a tag. The name may come with a prefix when anyPrefix is set.
func findAttr(tag []byte, name string, anyPrefix bool) (from, to int, ok bool) {
	const blanks = " \t\r\n"
	i := bytes.IndexAny(tag, blanks)
	for i >= 0 && i < len(tag) {
		for i < len(tag) && strings.IndexByte(blanks, tag[i]) >= 0 {
			i++
		}
		eq := bytes.IndexByte(tag[i:], '=')
		if eq < 0 {
			break
		}
		key := bytes.TrimRight(tag[i:i+eq], blanks)
		for i += eq + 1; i < len(tag) && strings.IndexByte(blanks, tag[i]) >= 0; i++ {
		}
		if i == len(tag) || tag[i] != '"' && tag[i] != '\'' {
			break
		}
		length := bytes.IndexByte(tag[i+1:], tag[i])
		if length < 0 {
			break
		}
		if anyPrefix {
			key = key[bytes.IndexByte(key, ':')+1:]
		}
		if string(key) == name {
			return i + 1, i + 1 + length, true
		}
		i += length + 2
	}
	return 0, 0, false
}

func attrOf(tag []byte, name string) string {
	from, to, _ := findAttr(tag, name, false)
	return html.UnescapeString(string(tag[from:to]))
}

// withAttr gives the tag with an attribute set. Values are ours and need no escaping.
func withAttr(tag []byte, name, value string) []byte {
	if from, to, ok := findAttr(tag, name, false); ok {
		return slices.Concat(tag[:from], []byte(value), tag[to:])
	}
	prefix, local := nameOf(tag)
	at := 1 + len(prefix) + len(local)
	return slices.Concat(tag[:at], []byte(" "+name+`="`+value+`"`), tag[at:])
}

var likeEscape = regexp.MustCompile(`_x[0-9A-Fa-f]{4}_`)

// escaped writes a text for XML 1.0; what that cannot hold becomes U+FFFD. An _x0041_ that stands in the text would be
// read as A (ECMA-376 22.9.2.19) and gets its underscore escaped.
func escaped(s string) string {
	s = likeEscape.ReplaceAllString(s, "_x005F$0")
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '&':
			b.WriteString("&amp;")
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r == '"':
			b.WriteString("&quot;")
		case r == '\r':
			b.WriteString("_x000D_")
		case r < ' ' && r != '\t' && r != '\n', r == 0xfffe, r == 0xffff, r == utf8.RuneError:
			b.WriteRune(utf8.RuneError)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
