package sheet

import (
	"bytes"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// root enters the part's outermost element.
func (s *scanner) root() error {
	for {
		t, err := s.next()
		if err != nil {
			return noEOF(err)
		}
		if t == startTag {
			return nil
		}
	}
}

// child enters the next element inside the open one; false at the open one's end.
func (s *scanner) child() (bool, error) {
	for {
		switch t, err := s.next(); {
		case err != nil:
			return false, noEOF(err)
		case t == startTag:
			return true, nil
		case t == endTag:
			return false, nil
		}
	}
}

// each calls visit inside of every child of the open element and passes over what visit leaves of it.
func (s *scanner) each(visit func() error) error {
	for depth := len(s.depths); ; {
		if ok, err := s.child(); !ok {
			return err
		}
		if err := visit(); err != nil {
			return err
		}
		if err := s.leave(depth); err != nil {
			return err
		}
	}
}

// leave passes over the rest of the elements deeper than depth.
func (s *scanner) leave(depth int) error {
	for len(s.depths) > depth {
		if _, err := s.next(); err != nil {
			return noEOF(err)
		}
	}
	return nil
}

// flag reads an attribute of type xsd:boolean.
func (s *scanner) flag(want string) (bool, error) {
	v, err := s.attr(want)
	return v == "1" || v == "true", err
}

// number reads an attribute that is a whole number; -1 when it is none.
func (s *scanner) number(want string) (int, error) {
	v, err := s.attr(want)
	if n, bad := strconv.Atoi(v); bad == nil && n >= 0 {
		return n, err
	}
	return -1, err
}

// leap moves to the end tag of the open element without looking at the elements in it: only what may hide a false end
// tag is passed over properly. A sheet's rows are leapt over on the way to its merges.
func (s *scanner) leap() error {
	if s.closed {
		return nil
	}
	end := append([]byte("</"), s.names[s.depths[len(s.depths)-1]:]...)
	for {
		b := s.buf[s.at:s.end]
		for i := 0; ; i++ {
			n := bytes.IndexByte(b[i:], '<')
			if n < 0 {
				s.at = s.end
				break
			}
			i += n
			if len(b)-i < len(end) {
				s.at += i
				break
			}
			if b[i+1] == '!' || b[i+1] == '?' {
				s.at += i
				if err := s.hidden(); err != nil {
					return err
				}
				b, i = s.buf[s.at:s.end], -1
			} else if bytes.HasPrefix(b[i:], end) {
				s.at += i
				return nil
			}
		}
		if err := s.need(); err != nil {
			return err
		}
	}
}

// hidden passes over a comment, a processing instruction or a whole CDATA section.
func (s *scanner) hidden() error {
	if err := s.declaration(); err != nil || !s.inCDATA {
		return err
	}
	s.inCDATA = false
	return s.pass("]]>")
}

// attribute takes the first attribute off the list: its full name and its value. The name is empty at the list's end.
func attribute(list []byte) (name, value, rest []byte, err error) {
	for len(list) > 0 && space(list[0]) {
		list = list[1:]
	}
	if len(list) == 0 {
		return nil, nil, nil, nil
	}
	n := 0
	for n < len(list) && list[n] != '=' && !space(list[n]) {
		n++
	}
	name, list = list[:n], list[n:]
	for len(list) > 0 && space(list[0]) {
		list = list[1:]
	}
	if n == 0 || len(list) == 0 || list[0] != '=' {
		return nil, nil, nil, errMalformed
	}
	for list = list[1:]; len(list) > 0 && space(list[0]); {
		list = list[1:]
	}
	if len(list) == 0 || list[0] != '"' && list[0] != '\'' {
		return nil, nil, nil, errMalformed
	}
	end := bytes.IndexByte(list[1:], list[0])
	if end < 0 {
		return nil, nil, nil, errMalformed
	}
	value, rest = list[1:1+end], list[end+2:]
	if bytes.IndexByte(value, '&') >= 0 {
		value, err = appendText(nil, value, false)
	}
	return name, value, rest, err
}

// attr looks for one attribute of the start tag just met, by its full name. One that is not there is empty.
func (s *scanner) attr(want string) (string, error) {
	for list := s.attrs; ; {
		name, value, rest, err := attribute(list)
		if err != nil || name == nil {
			return "", err
		}
		if string(name) == want {
			if !utf8.Valid(value) {
				return "", errMalformed
			}
			return string(value), nil
		}
		list = rest
	}
}

// appendText adds a piece of text with its references resolved and its line breaks made one kind (XML 1.0, 2.11).
// Whether the bytes are UTF-8 must be asked when all pieces are together.
func appendText(dst, piece []byte, cdata bool) ([]byte, error) {
	plain := 0 // as most texts are, to their end
	for plain < len(piece) && piece[plain] >= ' ' && piece[plain] != '&' {
		plain++
	}
	dst = append(dst, piece[:plain]...)
	for i := plain; i < len(piece); i++ {
		c := piece[i]
		switch {
		case c >= ' ' && (c != '&' || cdata), c == '\n', c == '\t':
			dst = append(dst, c)
		case c == '&':
			n := bytes.IndexByte(piece[i:min(len(piece), i+maxReference)], ';')
			if n < 0 {
				return dst, errMalformed
			}
			r, ok := reference(piece[i+1 : i+n])
			if !ok {
				return dst, errMalformed
			}
			dst = utf8.AppendRune(dst, r)
			i += n
		case c == '\r':
			if i+1 == len(piece) || piece[i+1] != '\n' {
				dst = append(dst, '\n')
			}
		default:
			return dst, errMalformed
		}
	}
	return dst, nil
}

// reference resolves what stands between & and ;. Only XML's own five names are known.
func reference(b []byte) (rune, bool) {
	switch string(b) {
	case "lt":
		return '<', true
	case "gt":
		return '>', true
	case "amp":
		return '&', true
	case "quot":
		return '"', true
	case "apos":
		return '\'', true
	}
	if len(b) < 2 || b[0] != '#' {
		return 0, false
	}
	digits, base := string(b[1:]), 10
	if digits[0] == 'x' {
		digits, base = digits[1:], 16
	}
	n, err := strconv.ParseUint(digits, base, 32)
	r := rune(n)
	return r, err == nil && n <= utf8.MaxRune && utf8.ValidRune(r) && (r >= ' ' || r == '\t' || r == '\n' || r == '\r')
}

// unescape undoes, in place, the writing of characters as _x000D_, which is the format's own (ECMA-376 22.9.2.19).
func unescape(text []byte) []byte {
	at := bytes.Index(text, []byte("_x"))
	if at < 0 {
		return text
	}
	out := text[:at]
	for i := at; i < len(text); {
		r, ok := hexEscape(text[i:])
		if !ok {
			out = append(out, text[i])
			i++
			continue
		}
		i += 7
		if low, ok := hexEscape(text[i:]); ok && utf16.IsSurrogate(r) && utf16.DecodeRune(r, low) != utf8.RuneError {
			r = utf16.DecodeRune(r, low)
			i += 7
		}
		out = utf8.AppendRune(out, r)
	}
	return out
}

// hexEscape reads _xHHHH_ at the front.
func hexEscape(b []byte) (rune, bool) {
	if len(b) < 7 || b[0] != '_' || b[1] != 'x' || b[6] != '_' {
		return 0, false
	}
	n, err := strconv.ParseUint(string(b[2:6]), 16, 32)
	return rune(n), err == nil
}

func space(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }
