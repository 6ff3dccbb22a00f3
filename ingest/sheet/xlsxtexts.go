package sheet

import (
	"context"
	"errors"
	"fmt"
	"unicode/utf8"
)

// readTexts reads the part of shared strings.
func (b *book) readTexts(name string) error {
	p, err := b.open(context.Background(), name)
	if err != nil {
		return err
	}
	defer p.Close()
	if err := p.root(); err != nil {
		return damaged(name, err)
	}
	t := &b.texts
	var bytes int64
	err = p.each(func() error {
		if string(p.name) != "si" {
			return nil
		}
		open := t.begin()
		from := len(open)
		open, err := p.appendString(open, b.limits.CellBytes)
		if err != nil {
			return err
		}
		if bytes += int64(len(open) - from); bytes > b.limits.SharedBytes || t.count == b.limits.SharedTexts {
			return &LimitError{fmt.Sprintf("文字总量超过%d条或%dMB", b.limits.SharedTexts, b.limits.SharedBytes>>20)}
		}
		return t.end(open)
	})
	if err == nil {
		err = t.settle()
	}
	if err != nil {
		return damaged(name, err)
	}
	return p.finish()
}

// appendString adds the text of the open si or is element: of its t, or of all its rich text runs (ECMA-376 part 1,
// 18.4.8). Phonetic runs are how it is read aloud, not part of it.
func (s *scanner) appendString(dst []byte, limit int) ([]byte, error) {
	from := len(dst)
	text := func() (err error) {
		if string(s.name) == "t" {
			dst, err = s.appendChars(dst, from, limit)
		}
		return err
	}
	err := s.each(func() error {
		if string(s.name) == "r" {
			return s.each(text)
		}
		return text()
	})
	if err != nil {
		return dst, err
	}
	dst = dst[:from+len(unescape(dst[from:]))]
	if !utf8.Valid(dst[from:]) {
		return dst, errNotUTF8
	}
	return dst, nil
}

var errNotUTF8 = errors.New("not UTF-8")

// appendChars adds the text of the open element, and of none inside of it, up to its end. What came since from must stay
// within the limit.
func (s *scanner) appendChars(dst []byte, from, limit int) ([]byte, error) {
	for depth := len(s.depths); ; {
		t, err := s.next()
		if err != nil {
			return dst, noEOF(err)
		}
		switch {
		case len(s.depths) < depth:
			return dst, nil
		case t == charData && len(s.depths) == depth:
			if dst, err = appendText(dst, s.text, s.cdata); err != nil {
				return dst, err
			}
			if len(dst)-from > limit {
				return dst, &LimitError{fmt.Sprintf("单元格内容超过%d字节", limit)}
			}
		}
	}
}
