package account

import (
	_ "embed"
	"fmt"
	"strings"
	"unicode"
)

// Lengths of a password. Length is what makes it strong; there are no rules of composition.
const (
	ShortestPassword = 10
	longestPassword  = 128
)

// common.txt lists, one a line, what people here take for a password: names in pinyin, words of the office, walks over the
// keyboard. Digits and signs before and behind are cut off before looking, so 123, 888 and years need no lines of their own.
//
//go:embed common.txt
var commonText string

var common = func() map[string]bool {
	words := map[string]bool{}
	for word := range strings.Lines(commonText) {
		words[strings.TrimSpace(word)] = true
	}
	delete(words, "")
	return words
}()

// Fault says why a password is refused, in words for the one who chose it; empty when it will do.
func Fault(password, login string) string {
	n := len([]rune(password))
	low := strings.ToLower(password)
	core := strings.TrimFunc(low, func(r rune) bool { return !unicode.IsLetter(r) })
	switch {
	case n < ShortestPassword:
		return fmt.Sprintf("密码至少%d个字，现在是%d个。可以用几个不相干的词连起来。", ShortestPassword, n)
	case n > longestPassword:
		return fmt.Sprintf("密码最多%d个字，现在是%d个。", longestPassword, n)
	case login != "" && strings.Contains(low, strings.ToLower(login)):
		return "密码里有账号，太容易被猜到。请换一个。"
	case len([]rune(core)) <= 3:
		return "密码几乎都是数字或符号，像生日、电话这样的容易被猜到。请多用几个词。"
	case isCommon(core) || isCommon(unit(low)) || inRow(core):
		return "这个密码很多人在用，容易被猜到。请换几个不相干的词连起来。"
	}
	return ""
}

var asLetters = strings.NewReplacer("0", "o", "1", "l", "3", "e", "4", "a", "5", "s", "7", "t", "@", "a", "$", "s", "!", "i")

// isCommon looks a word up as written, without signs between, and with signs read as the letters they stand for.
func isCommon(word string) bool {
	letters := func(s string) string {
		return strings.Map(func(r rune) rune {
			if unicode.IsLetter(r) {
				return r
			}
			return -1
		}, s)
	}
	return common[word] || common[letters(word)] || common[letters(asLetters.Replace(word))]
}

// unit is the piece that a text repeats: abc of abcabcabc; the text itself when it repeats nothing.
func unit(s string) string {
	for n := 1; n <= len(s)/2; n++ {
		if len(s)%n == 0 && strings.Repeat(s[:n], len(s)/n) == s {
			if n <= 4 {
				return "password" // so short a piece is as common as anything
			}
			return strings.TrimFunc(s[:n], func(r rune) bool { return !unicode.IsLetter(r) })
		}
	}
	return s
}

// inRow says that a word is letters in the order of the alphabet, forward or back, or one letter over and over.
func inRow(word string) bool {
	runes := []rune(word)
	for step := rune(-1); step <= 1; step++ {
		row := true
		for i := 1; i < len(runes) && row; i++ {
			row = runes[i]-runes[i-1] == step
		}
		if row {
			return true
		}
	}
	return false
}
