package inquiry

import (
	"fmt"
	"path"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// longNumber is as long as a phone's; amounts and dates are shorter or broken by signs.
var longNumber = regexp.MustCompile(`[0-9][0-9 \-]{8,}[0-9Xx]`)

// Leak is something in a text to be published that may not be public, and where it stands. What it is is not repeated.
type Leak struct {
	Place string // 答复第2行第5字
	What  string // 来件人的姓名
	Mind  bool   // it may be right: whoever publishes says that it was looked at
}

// String is a leak in words.
func (l Leak) String() string {
	if l.Place == "" {
		return l.What
	}
	return l.Place + "：" + l.What
}

// Secrets are what a public copy is held against.
type Secrets struct {
	Identity
	Slip    Slip
	Village string   // its name
	Files   []string // names of the attachments: people name files after themselves
	Marks   []string // what the attachments tell of their makers: authors, companies
}

// Leaks says what of a public copy may not be public, each with where it stands: who sent it, the slip's number, any number
// that is as long as a phone's, an account's or an ID's; and, to be minded, the village, an attachment's name or author.
func (c Copy) Leaks(s Secrets) []Leak {
	var all []Leak
	for _, part := range []struct{ name, text string }{{"标题", c.Title}, {"问题", c.Question}, {"答复", c.Answer}} {
		all = append(all, LeaksIn(part.name, part.text, s)...)
	}
	return all
}

// LeaksIn says the same of one text, by the name of where it stands.
func LeaksIn(name, text string, s Secrets) []Leak {
	var all []Leak
	t := spell(text)
	for _, secret := range s.spoken() {
		if at, found := t.find(secret.value); found {
			all = append(all, Leak{name + place(text, at), secret.what, secret.mind})
		}
	}
	plain := figures(text)
	for _, found := range longNumber.FindAllStringIndex(plain, -1) {
		if digits(plain[found[0]:found[1]]) >= 11 {
			at := utf8.RuneCountInString(plain[:found[0]])
			all = append(all, Leak{name + place(text, at), "一串很长的数字，像电话、账号或证号", false})
			break
		}
	}
	return all
}

type secret struct {
	what  string
	value []rune
	mind  bool
}

// spoken are the secrets as they are compared, each long enough to mean something.
func (s Secrets) spoken() (all []secret) {
	add := func(what, value string, least int, mind bool) {
		if t := spell(value).text; len(t) >= least {
			all = append(all, secret{what, t, mind})
		}
	}
	add("来件人的姓名", s.Name, 2, false)
	add("来件人的电话", s.Phone, 5, false)
	add("处理笺号", s.Slip.String(), 2, false)
	village := strings.TrimSpace(s.Village)
	for _, end := range []string{"村民委员会", "居民委员会", "村委会", "居委会", "社区", "村"} {
		if short, cut := strings.CutSuffix(village, end); cut && utf8.RuneCountInString(short) > 1 {
			village = short // people write 柳树沟 for 柳树沟村
			break
		}
	}
	add("来件说到的村", village, 2, true)
	for _, f := range s.Files {
		add("附件的文件名", strings.TrimSuffix(f, path.Ext(f)), 3, true)
	}
	for _, m := range s.Marks {
		add("附件里记着的作者或单位", m, 2, true)
	}
	return all
}

// spelt is a text as it is compared: no blanks, signs or invisible characters, narrow and in small letters, figures as
// digits; and where each character stands in the text as it was written.
type spelt struct {
	text []rune
	at   []int
}

func spell(text string) (s spelt) {
	at := 0
	for _, r := range figures(text) {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			s.text, s.at = append(s.text, unicode.ToLower(r)), append(s.at, at)
		}
		at++
	}
	return s
}

func (s spelt) find(value []rune) (at int, found bool) {
	i := strings.Index(string(s.text), string(value))
	if i < 0 || len(value) == 0 {
		return 0, false
	}
	return s.at[utf8.RuneCountInString(string(s.text)[:i])], true
}

// place says where the character with a number stands, as a person counts.
func place(text string, at int) string {
	line, column := 1, 1
	for i, r := range []rune(text) {
		if i == at {
			break
		}
		column++
		if r == '\n' {
			line, column = line+1, 1
		}
	}
	return fmt.Sprintf("第%d行第%d字", line, column)
}

// chineseFigures are numbers as they are read out: 一三八〇〇.
const chineseFigures = "〇一二三四五六七八九"

// figures writes full-width letters and digits as usual ones, and figures in characters as digits. It keeps every character's place.
func figures(text string) string {
	return strings.Map(func(r rune) rune {
		if i := strings.IndexRune(chineseFigures, r); i >= 0 {
			return '0' + rune(i/len("〇"))
		}
		switch {
		case r == '零':
			return '0'
		case r == '幺':
			return '1'
		case r == '　':
			return ' '
		case r >= '！' && r <= '～':
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
