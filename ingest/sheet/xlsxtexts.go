package sheet

import (
	"context"
	"errors"
	"fmt"
	"unicode/utf8"
)

// texts are the shared strings, to which cells refer by number. They are laid one after another in blocks, so that a
// million of them are no million objects; a cell's text is a piece of its block.
type texts struct {
	blocks []string
	starts []uint32 // number of the block × textBlock + place in it
}

// textBlock is a power of two no smaller than the longest text of a cell.
const textBlock = 1 << 20

func (t *texts) count() int { return len(t.starts) }

// at gives the i-th text. It ends where the next one begins, or with its block.
func (t *texts) at(i int) string {
	from := t.starts[i]
	block := t.blocks[from/textBlock]
	if i+1 < len(t.starts) && t.starts[i+1]/textBlock == from/textBlock {
		return block[from%textBlock : t.starts[i+1]%textBlock]
	}
	return block[from%textBlock:]
}

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
	var (
		t     = &b.texts
		block []byte // the last
		bytes int64
	)
	err = p.each(func() error {
		if string(p.name) != "si" {
			return nil
		}
		from := len(block)
		var err error
		if block, err = p.appendString(block, b.limits.CellBytes); err != nil {
			return err
		}
		if bytes += int64(len(block) - from); bytes > b.limits.SharedBytes || len(t.starts) == b.limits.SharedTexts {
			return &LimitError{fmt.Sprintf("文字总量超过%d条或%dMB", b.limits.SharedTexts, b.limits.SharedBytes>>20)}
		}
		if len(block) > textBlock || from == textBlock { // it begins the next block
			t.blocks = append(t.blocks, string(block[:from]))
			block = append(block[:0], block[from:]...)
			from = 0
		}
		t.starts = append(t.starts, uint32(len(t.blocks)*textBlock+from))
		return nil
	})
	t.blocks = append(t.blocks, string(block))
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
