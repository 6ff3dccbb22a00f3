package ingest

import (
	"regexp"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/width"

	"mingbai/ingest/sheet"
	"mingbai/ledger"
)

// compact takes all blanks and invisible characters out of a text and narrows full-width letters and digits. Unlike
// NFKC it leaves every Chinese character as it is: rare ones in names must not become their look-alikes.
func compact(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) || unicode.IsControl(r) {
			return -1
		}
		return r
	}, narrowed(s))
}

func narrowed(s string) string {
	if i := strings.IndexFunc(s, func(r rune) bool { return r == '\u3000' || r >= 0xFF00 }); i < 0 {
		return s
	}
	return width.Fold.String(s)
}

var nameDots = strings.NewReplacer("•", "·", "‧", "·", "・", "·", "．", "·", ".", "·", "･", "·", "∙", "·", "'", "", "‘", "", "’", "")

// invisible says whether a text shows nothing.
func invisible(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool {
		return !unicode.IsSpace(r) && !unicode.Is(unicode.Cf, r) && !unicode.IsControl(r)
	}) < 0
}

// readName normalises a name for display: no blanks, one kind of dot.
func readName(c sheet.Cell) string {
	if plainHan(c.Text) {
		return c.Text
	}
	return nameDots.Replace(compact(c.Text))
}

// plainHan says whether a text is nothing but everyday Chinese characters.
func plainHan(s string) bool {
	for _, r := range s {
		if r < 0x4E00 || r > 0x9FFF {
			return false
		}
	}
	return true
}

// readPlace gives a town, village or group as written, without blanks. A number-typed group (3) is its digits.
func readPlace(c sheet.Cell) string {
	if plainHan(c.Text) {
		return c.Text
	}
	return compact(c.Text)
}

// readStatus knows the words for what became of a payment; others are not guessed at.
func readStatus(text string) ledger.PayStatus {
	switch compact(text) {
	case "已发", "已发放", "发放成功", "成功", "已打卡", "打卡成功", "已兑付", "支付成功":
		return ledger.Paid
	case "退回", "已退回", "发放失败", "失败", "打卡失败", "退票", "退汇", "支付失败":
		return ledger.Returned
	case "暂缓", "缓发", "暂缓发放", "未发", "未发放", "暂停":
		return ledger.Withheld
	}
	return ledger.StatusUnknown
}

var dateShape = regexp.MustCompile(`^(\d{4})(?:年|[-/.])?(\d{1,2})(?:月|[-/.])?(\d{1,2})日?(?:[T ].*)?$`)

// readDate reads a serial date or one of the ways a date is typed. The zero time stands for what cannot be read.
func readDate(c sheet.Cell, date1904 bool) time.Time {
	if c.Kind == sheet.Date {
		if days, _, _ := strings.Cut(c.Text, "."); len(days) <= 5 && days != "" && strings.Trim(days, "0123456789") == "" {
			return serialDate(days, date1904)
		}
	}
	m := dateShape.FindStringSubmatch(strings.TrimSpace(norm.NFKC.String(c.Text)))
	if m == nil {
		return time.Time{}
	}
	t, err := time.Parse("2006-1-2", m[1]+"-"+m[2]+"-"+m[3])
	if err != nil {
		return time.Time{}
	}
	return t
}

// serialDate counts days from the workbook's epoch. Excel's year 1900 has a 29 February that never was, so that its day 1
// counts from 30 December 1899 for every date anyone writes today.
func serialDate(days string, date1904 bool) time.Time {
	n := 0
	for _, d := range days {
		n = n*10 + int(d-'0')
	}
	epoch := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	if date1904 {
		epoch = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	return epoch.AddDate(0, 0, n)
}

var longDigits = regexp.MustCompile(`\d[\d\s*-]{5,}[\dXx*]`)

// shown makes a text of the file fit for a report: short, on one line, and without any run of digits that could be an ID
// number, an account or a phone. Labels and titles are not personal, but a file may hold anything anywhere.
func shown(s string) string {
	s = longDigits.ReplaceAllString(strings.Join(strings.Fields(norm.NFKC.String(s)), " "), "［号码］")
	if r := []rune(s); len(r) > 60 {
		s = string(r[:60]) + "…"
	}
	return s
}
