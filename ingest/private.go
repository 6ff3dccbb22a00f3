package ingest

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

var (
	idShape      = regexp.MustCompile(`^\d{17}[\dXx]$|^\d{15}$`)
	mobileShape  = regexp.MustCompile(`^(?:86)?1[3-9]\d{9}$`)
	landline     = regexp.MustCompile(`(?:^|\D)\(?0\d{2,3}[)-]-?\d{7,8}(?:\D|$)`)
	dateRange    = regexp.MustCompile(`(?:19|20)\d{6}\s*[-~至到]\s*(?:19|20)\d{6}`)
	numberRuns   = regexp.MustCompile(`\d(?:[ -]?\d)*[Xx]?`)
	severalIDs   = regexp.MustCompile(`\d{17}[\dXx]\D*\d{17}[\dXx]`)
	nameBreaks   = regexp.MustCompile(`[、,，;；/／\n\r|]+`)
	andOthers    = regexp.MustCompile(`等[\d一二三四五六七八九十两]+[人户口]`)
	compoundName = strings.Fields("欧阳 司马 上官 诸葛 东方 皇甫 尉迟 公孙 慕容 令狐 司徒 夏侯 轩辕 宇文 长孙 端木 独孤 南宫 闻人 澹台 濮阳 淳于 单于 太叔 申屠 万俟 赫连 钟离 鲜于 呼延")
)

// private tells what a text that would be published holds of what may never be: 身份证号, 电话 or 账号. Empty when nothing.
// Years, dates, amounts, codes of places (12 digits) and short numbers are no such thing.
func private(text string) string {
	if plainHan(text) || digitsIn(text) < 7 {
		return ""
	}
	text = dateRange.ReplaceAllString(narrowed(text), "")
	for _, run := range numberRuns.FindAllString(text, -1) {
		digits := strings.NewReplacer(" ", "", "-", "").Replace(run)
		switch {
		case idShape.MatchString(digits):
			return "身份证号"
		case mobileShape.MatchString(digits):
			return "电话"
		case len(digits) >= 15:
			return "账号"
		}
	}
	if landline.MatchString(text) {
		return "电话"
	}
	return ""
}

func digitsIn(s string) int {
	n := 0
	for _, r := range s {
		if r >= '0' && r <= '9' || r >= '０' && r <= '９' {
			n++
		}
	}
	return n
}

// severalPeople says whether a name's cell holds more than one: 张三、李四, two lines, 张三等3人. A name broken over two lines
// inside itself is one.
func severalPeople(text string) bool {
	if plainHan(text) && !strings.Contains(text, "等") {
		return false
	}
	if andOthers.MatchString(compact(text)) {
		return true
	}
	var parts []string
	for _, part := range nameBreaks.Split(strings.TrimSpace(text), -1) {
		if part = compact(part); part != "" {
			parts = append(parts, part)
		}
	}
	for _, part := range parts {
		if n := utf8.RuneCountInString(part); n < 2 || !startsHan(part) {
			return false
		}
	}
	return len(parts) > 1 && !(slices.Contains(compoundName, parts[0]) && !strings.ContainsAny(text, "、,，;；/／|"))
}

func startsHan(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.Is(unicode.Han, r)
}

// severalNumbers says whether an ID number's cell holds more than one.
func severalNumbers(text string) bool { return severalIDs.MatchString(narrowed(text)) }

// oddName says whether a name, as read, has one character or one that no name has.
func oddName(name string) bool {
	if plainHan(name) {
		return utf8.RuneCountInString(name) < 2
	}
	n := 0
	for _, r := range name {
		n++
		switch {
		case r == utf8.RuneError, unicode.Is(unicode.Co, r), unicode.IsDigit(r), unicode.Is(unicode.Latin, r):
			return true
		case strings.ContainsRune("?？*□■〓●#@", r):
			return true
		}
	}
	return n < 2
}
