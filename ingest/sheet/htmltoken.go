package sheet

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/net/html"
)

// longestToken bounds one tag, comment or run of text; Excel's style sheets are the longest that are met.
const longestToken = 4 << 20

// markup reads tags and texts one by one, of web pages and of XML. The tokenizer for HTML does for XML too, where names
// are closed by the caller's own check: it is several times faster than encoding/xml, it can be told how much one token
// may take, and it knows no entities but the fixed ones, so there is nothing to expand.
type markup struct {
	z     *html.Tokenizer
	xml   bool
	kind  html.TokenType
	name  string // of a tag, in small letters, in XML without its prefix
	attrs []markupAttr
	at    int64 // where the token begins in the decoded text
	next  int64
	torn  bool // the end came within a tag
	names map[string]string
}

type markupAttr struct{ key, value string }

func newMarkup(r io.Reader, at int64, xml bool) *markup {
	m := &markup{z: html.NewTokenizer(r), xml: xml, next: at, names: map[string]string{}}
	m.z.SetMaxBuf(longestToken)
	m.z.AllowCDATA(xml)
	return m
}

// step goes to the next token; io.EOF after the last.
func (m *markup) step() error {
	m.kind = m.z.Next()
	if m.kind == html.ErrorToken {
		if errors.Is(m.z.Err(), html.ErrBufferExceeded) {
			return &LimitError{fmt.Sprintf("一段标记超过%dMB", longestToken>>20)}
		}
		m.torn = m.z.Err() == io.EOF && len(m.z.Raw()) > 0
		return m.z.Err()
	}
	m.at = m.next
	m.next += int64(len(m.z.Raw()))
	m.name, m.attrs = "", m.attrs[:0]
	switch m.kind {
	case html.StartTagToken, html.SelfClosingTagToken, html.EndTagToken:
		m.tag()
	}
	return nil
}

func (m *markup) tag() {
	name, more := m.z.TagName()
	m.name = m.intern(name)
	for more {
		var key, value []byte
		key, value, more = m.z.TagAttr()
		m.attrs = append(m.attrs, markupAttr{m.intern(key), string(value)})
	}
	if m.xml && m.kind != html.EndTagToken {
		m.z.NextIsNotRawText() // <Style> and <Title> are nothing special there
	}
}

// intern keeps one copy of a name. The few hundred that a file may reasonably use are kept.
func (m *markup) intern(b []byte) string {
	s, ok := m.names[string(b)]
	if !ok {
		s = string(b)
		if m.xml {
			s = s[strings.LastIndexByte(s, ':')+1:]
		}
		if len(m.names) < 1000 {
			m.names[string(b)] = s
		}
	}
	return s
}

// text gives the token's text or comment, until the next step.
func (m *markup) text() []byte {
	if raw := m.z.Raw(); m.xml && bytes.HasPrefix(raw, []byte("<![CDATA[")) {
		return bytes.TrimSuffix(raw[len("<![CDATA["):], []byte("]]>")) // no entities in there
	}
	return m.z.Text()
}

// attr gives an attribute, empty when there is none.
func (m *markup) attr(key string) string {
	value, _ := m.lookup(key)
	return value
}

func (m *markup) lookup(key string) (string, bool) {
	for _, a := range m.attrs {
		if a.key == key {
			return a.value, true
		}
	}
	return "", false
}

// opens says whether the token is a start tag. A slash at its end means nothing in HTML.
func (m *markup) opens() bool {
	return m.kind == html.StartTagToken || m.kind == html.SelfClosingTagToken
}
