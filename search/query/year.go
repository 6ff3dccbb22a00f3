package query

import (
	"regexp"
	"strconv"
	"strings"
)

var (
	aYear      = `(20[0-9]{2})(?:年度?)?|([0-9]{2})年度?`
	oneYear    = regexp.MustCompile(`^(?:` + aYear + `)$`)
	someYears  = regexp.MustCompile(`^(?:` + aYear + `)(?:-|~|—|–|至|到)(?:` + aYear + `)$`)
	yearHanzi  = regexp.MustCompile(`^[二][〇零○][〇零○一二三四五六七八九]{2}年?度?$`)
	yearMonth  = regexp.MustCompile(`^(20[0-9]{2})年(?:0?[1-9]|1[0-2])月份?$`)
	yearBefore = map[string]int{
		"今年": 0, "今年度": 0, "本年": 0, "本年度": 0, "去年": 1, "去年度": 1, "上年": 1, "上年度": 1, "上一年": 1, "前年": 2,
	}
	hanziDigits = strings.NewReplacer("〇", "0", "零", "0", "○", "0", "一", "1", "二", "2", "三", "3", "四", "4", "五", "5", "六", "6",
		"七", "7", "八", "8", "九", "9")
)

// mostYears is the longest stretch of years that is one.
const mostYears = 20

// years reads a normalised word as one year or a stretch of them; nil for anything else. A month says which year it is in:
// the books are asked by the year.
func years(word string, now int) []int {
	if ago, ok := yearBefore[word]; ok {
		return []int{now - ago}
	}
	if yearHanzi.MatchString(word) {
		word = hanziDigits.Replace(word)
	}
	if m := yearMonth.FindStringSubmatch(word); m != nil {
		return []int{yearOf(m[1:])}
	}
	if m := oneYear.FindStringSubmatch(word); m != nil {
		return []int{yearOf(m[1:])}
	}
	m := someYears.FindStringSubmatch(word)
	if m == nil {
		return nil
	}
	from, to := yearOf(m[1:3]), yearOf(m[3:5])
	if from > to {
		from, to = to, from
	}
	if to-from >= mostYears {
		return nil
	}
	var all []int
	for y := from; y <= to; y++ {
		all = append(all, y)
	}
	return all
}

func yearOf(groups []string) int {
	n, _ := strconv.Atoi(strings.Join(groups, "")) // one of them matched, the others are empty
	if n < 100 {
		n += 2000
	}
	return n
}
