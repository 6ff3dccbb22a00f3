package workday

import (
	"bufio"
	_ "embed"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"mingbai/ledger"
)

// Mark is what a notice says of a day.
type Mark string

// Marks, written as clerks write them on a wall calendar.
const (
	Off    Mark = "休" // a day off
	MakeUp Mark = "班" // a make-up workday on a weekend
	Plain  Mark = "平" // takes an earlier mark back
)

// Special is a day of which a notice says something.
type Special struct {
	Day     time.Time
	Mark    Mark
	Holiday string
}

// Notice is one year's notice, or a later correction of it.
type Notice struct {
	Year int
	Name string
	Days []Special
}

//go:embed notices.txt
var national string

// National is the calendar of the State Council's notices that came with the program.
func National() Calendar {
	notices, err := Parse(strings.NewReader(national))
	if err != nil {
		panic(err) // the file is ours, and a test reads it
	}
	var c Calendar
	for _, n := range notices {
		if c, err = c.With(n); err != nil {
			panic(err)
		}
	}
	return c
}

// longestLine of a notice in bytes, and mostDays that all notices of a file may name: generous for people, dear to nobody.
const (
	longestLine = 4096
	mostDays    = 4000
)

// Parse reads notices in the format of notices.txt. An admin's upload goes the same way.
func Parse(r io.Reader) ([]Notice, error) {
	var notices []Notice
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 0, longestLine), longestLine)
	total := 0
	for no := 1; lines.Scan(); no++ {
		words := strings.Fields(lines.Text())
		if len(words) == 0 || strings.HasPrefix(words[0], "#") {
			continue
		}
		if year, err := strconv.Atoi(words[0]); err == nil {
			notices = append(notices, Notice{Year: year, Name: strings.Join(words[1:], " ")})
			continue
		}
		if len(notices) == 0 {
			return nil, ledger.Errorf(ledger.KindInvalid, "第%d行：前面要先有一行写年份和通知名称", no)
		}
		n := &notices[len(notices)-1]
		days, err := specials(n.Year, words)
		if err != nil {
			return nil, ledger.Errorf(ledger.KindInvalid, "第%d行：%s", no, ledger.MessageOf(err))
		}
		n.Days = append(n.Days, days...)
		if total += len(days); total > mostDays {
			return nil, ledger.Errorf(ledger.KindInvalid, "第%d行：日子太多，一份文件最多%d天", no, mostDays)
		}
	}
	if lines.Err() != nil {
		return nil, ledger.Errorf(ledger.KindInvalid, "有一行太长，不像放假安排")
	}
	return notices, nil
}

// specials reads one line of a notice: 休 春节 02-10..02-17.
func specials(year int, words []string) ([]Special, error) {
	mark := Mark(words[0])
	if !slices.Contains([]Mark{Off, MakeUp, Plain}, mark) {
		return nil, ledger.Errorf(ledger.KindInvalid, "要以年份、休、班或平开头")
	}
	if len(words) < 3 {
		return nil, ledger.Errorf(ledger.KindInvalid, "“%s”后面要写节日名称和日子，比如：休 春节 02-10..02-17", mark)
	}
	var days []Special
	for _, word := range words[2:] {
		first, last, _ := strings.Cut(word, "..")
		if last == "" {
			last = first
		}
		from, err := dayOf(year, first)
		if err != nil {
			return nil, err
		}
		to, err := dayOf(year, last)
		if err != nil {
			return nil, err
		}
		if to.Before(from) || to.Sub(from) > 31*24*time.Hour {
			return nil, ledger.Errorf(ledger.KindInvalid, "“%s”不是一段日子：先写第一天，再写最后一天", word)
		}
		for day := from; !day.After(to); day = day.AddDate(0, 0, 1) {
			days = append(days, Special{Day: day, Mark: mark, Holiday: words[1]})
		}
	}
	return days, nil
}

func dayOf(year int, word string) (time.Time, error) {
	if len(word) == len("01-02") {
		word = fmt.Sprintf("%04d-%s", year, word)
	}
	day, err := time.Parse(time.DateOnly, word)
	if err != nil {
		return time.Time{}, ledger.Errorf(ledger.KindInvalid, "日子“%s”不对，写成 02-10 或 2025-02-10", word)
	}
	return day, nil
}
