package portal

import (
	"crypto/hmac"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html/template"
	"math/big"
	"net/url"
	"strconv"
	"strings"

	"github.com/altcha-org/altcha-lib-go"
	"github.com/mojocn/base64Captcha"
	"golang.org/x/text/unicode/norm"
)

// digits draws five figures, large and only a little bent: it stands before people with weak eyes. What bounds a machine is
// not the picture but the second level of its budget.
var digits = base64Captcha.NewDriverDigit(120, 320, 5, 0.5, 40)

// newTicket makes a picture and a question in words, either of which opens, and a ticket that knows their answers without
// showing them: a keyed hash each, over terms and a nonce.
func (s *Server) newTicket(t terms) (ticket string, image template.URL, asked string, err error) {
	shown := fmt.Sprintf("%05d", random(100_000))
	item, err := digits.DrawCaptcha(shown)
	if err != nil {
		return "", "", "", err
	}
	a, b := 2+random(18), 2+random(18)
	asked, sum := fmt.Sprintf("%s加%s等于几？", chinese(a), chinese(b)), a+b
	if a > b && random(2) == 0 {
		asked, sum = fmt.Sprintf("%s减%s等于几？", chinese(a), chinese(b)), a-b
	}
	body := t.String() + "&nonce=" + rand.Text()
	ticket = strings.Join([]string{body, s.answerMark("picture", body, shown), s.answerMark("words", body, strconv.Itoa(sum))}, ".")
	return ticket, template.URL(item.EncodeB64string()), asked, nil //nolint:gosec // a picture that was drawn here
}

func (s *Server) answerMark(way, body, answer string) string {
	return hex.EncodeToString(s.mark("captcha "+way, body+"\x00"+answer)[:16])
}

// answered checks a picture's or a question's answer. A wrong answer has a mark, too: each ticket is tried once. A forged
// ticket opens nothing, for no answer makes its hashes.
func (s *Server) answered(form challengeForm) (t terms, mark []byte, right bool) {
	parts := strings.Split(form.Ticket, ".")
	if len(parts) != 3 {
		return t, nil, false
	}
	v, err := url.ParseQuery(parts[0])
	if err != nil {
		return t, nil, false
	}
	right = s.isAnswer("picture", parts[0], parts[1], form.Picture) || s.isAnswer("words", parts[0], parts[2], form.Answer)
	return termsOf(v), s.mark("ticket used", parts[0])[:16], right
}

func (s *Server) isAnswer(way, body, want, typed string) bool {
	answer := typedNumber(typed)
	return answer != "" && hmac.Equal([]byte(want), []byte(s.answerMark(way, body, answer)))
}

// typedNumber reads a number as it may be typed: full-width, with blanks, or in words up to 九十九.
func typedNumber(typed string) string {
	text := strings.Join(strings.Fields(norm.NFKC.String(typed)), "")
	if n, ok := fromChinese(text); ok {
		return strconv.Itoa(n)
	}
	if strings.Trim(text, "0123456789") != "" || len(text) > 5 {
		return ""
	}
	return text
}

const numerals = "零一二三四五六七八九"

// chinese writes 1 to 99 in words.
func chinese(n int) string {
	digit := func(n int) string { return string([]rune(numerals)[n]) }
	switch {
	case n < 10:
		return digit(n)
	case n < 20:
		return strings.TrimSuffix("十"+digit(n-10), "零")
	}
	return strings.TrimSuffix(digit(n/10)+"十"+digit(n%10), "零")
}

func fromChinese(text string) (int, bool) {
	for n := range 100 {
		if chinese(n) == text {
			return n, true
		}
	}
	return 0, false
}

func random(n int64) int {
	i, _ := rand.Int(rand.Reader, big.NewInt(n)) // never fails
	return int(i.Int64())
}

// proofIn reads the parts of a proof that was verified.
func proofIn(payload string) (p altcha.Payload, err error) {
	b, err := base64.StdEncoding.DecodeString(payload)
	if err != nil {
		return p, err
	}
	return p, json.Unmarshal(b, &p)
}
