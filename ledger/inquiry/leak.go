package inquiry

import (
	"regexp"
	"strings"
	"unicode"
)

// longNumber is as long as a phone's; amounts and dates are shorter or broken by signs.
var longNumber = regexp.MustCompile(`[0-9][0-9 \-]{8,}[0-9Xx]`)

// Leaks says what of a public copy may not be public, each with where it stands: who sent it, the slip's number, and any
// number that is as long as a phone's, an account's or an ID's. What it finds is not repeated.
func (c Copy) Leaks(s Identity, slip Slip) []string {
	var all []string
	for _, part := range []struct{ name, text string }{{"标题", c.Title}, {"问题", c.Question}, {"答复", c.Answer}} {
		text := bare(part.text)
		for _, secret := range []struct{ what, value string }{
			{"来件人的姓名", s.Name}, {"来件人的电话", s.Phone}, {"处理笺号", slip.String()},
		} {
			if value := bare(secret.value); len([]rune(value)) > 1 && strings.Contains(text, value) {
				all = append(all, part.name+"里有"+secret.what)
			}
		}
		for _, found := range longNumber.FindAllString(narrow(part.text), -1) {
			if digits(found) >= 11 {
				all = append(all, part.name+"里有一串很长的数字，像电话、账号或证号")
				break
			}
		}
	}
	return all
}

// bare is a text as it is compared: no blanks, signs or invisible characters, narrow and in small letters.
func bare(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, narrow(text))
}

// narrow writes full-width letters and digits as usual ones.
func narrow(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= '！' && r <= '～' {
			return r - '！' + '!'
		}
		return r
	}, text)
}

func digits(text string) int {
	n := 0
	for _, r := range text {
		if unicode.IsDigit(r) {
			n++
		}
	}
	return n
}
