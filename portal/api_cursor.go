package portal

import (
	"crypto/hmac"
	"encoding/base64"
	"encoding/binary"
	"strings"
)

// A cursor is the number of a page with a keyed mark of the question it belongs to: nothing of the question is in it, it cannot
// be made up, and it leads nowhere with another question.

// cursorOf makes the cursor to a page of a question.
func (s *Server) cursorOf(page int, question ...string) *string {
	b := binary.AppendUvarint(nil, uint64(page))
	text := base64.RawURLEncoding.EncodeToString(append(b, s.cursorMark(b, question)...))
	return &text
}

// pageAt reads a cursor; the first page when there is none.
func (s *Server) pageAt(cursor string, question ...string) (int, error) {
	if cursor == "" {
		return 1, nil
	}
	b, err := base64.RawURLEncoding.DecodeString(cursor)
	page, n := binary.Uvarint(b)
	if err != nil || n <= 0 || page < 2 || page > 1_000_000 || !hmac.Equal(b[n:], s.cursorMark(b[:n], question)) {
		return 0, fault("cursor", "翻页标记不对，或者条件和上一页不同。请从第一页重新查。")
	}
	return int(page), nil
}

func (s *Server) cursorMark(page []byte, question []string) []byte {
	return s.mark("cursor", string(page)+"\x00"+strings.Join(question, "\x00"))[:12]
}
