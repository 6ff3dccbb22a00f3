package workday

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"mingbai/ledger"
)

// The notices' own figures: days off and make-up days of each year, and the workdays that are left.
func TestNational(t *testing.T) {
	c := National()
	for year, want := range map[int]string{
		2024: "28 off, 8 made up, 251 workdays", // 262 weekdays − 19 days off on weekdays + 8
		2025: "28 off, 5 made up, 248 workdays", // 261 − 18 + 5
		2026: "33 off, 6 made up, 248 workdays", // 261 − 19 + 6
	} {
		off, made := 0, 0
		for _, s := range c.marks {
			if s.Day.Year() == year && s.Mark == Off {
				off++
			} else if s.Day.Year() == year {
				made++
			}
		}
		last := time.Date(year, 12, 31, 0, 0, 0, 0, time.UTC)
		got := fmt.Sprintf("%d off, %d made up, %d workdays", off, made, c.Between(last.AddDate(-1, 0, 0), last))
		if got != want || !c.Announced(year) {
			t.Errorf("%d: %s, want %s", year, got, want)
		}
	}
	if c.Announced(2027) || c.Announced(2023) {
		t.Error("a year is announced that is not")
	}
}

// notice2027 is invented: nobody knows the real one yet.
const notice2027 = `
2027 国务院办公厅关于2027年部分节假日安排的通知（虚构）
休 元旦 01-01..01-03
休 春节 02-05..02-12
班 春节 01-31 02-14
`

func parsed(t testing.TB, text string) Notice {
	t.Helper()
	notices, err := Parse(strings.NewReader(text))
	if err != nil || len(notices) != 1 {
		t.Fatalf("%v, %v", notices, err)
	}
	return notices[0]
}

func TestAnAdminAddsANotice(t *testing.T) {
	before := National()
	admin := ledger.Officer{Login: "li", Roles: []ledger.OfficeRole{ledger.RoleAdmin}}
	now := at(t, "2026-11-10")
	if _, _, err := before.Added(ledger.Officer{Login: "wang", Roles: []ledger.OfficeRole{ledger.RoleDuty}}, now, parsed(t, notice2027)); !errors.Is(err, ledger.ErrDenied) {
		t.Errorf("a duty officer added a notice: %v", err)
	}
	after, line, err := before.Added(admin, now, parsed(t, notice2027))
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"notice":"国务院办公厅关于2027年部分节假日安排的通知（虚构）","changed":["2027-01-01","2027-01-31","2027-02-05",` +
		`"2027-02-08","2027-02-09","2027-02-10","2027-02-11","2027-02-12","2027-02-14"]}`
	if line.Actor != "li" || line.Action != "calendar.add" || line.Object != "calendar/2027" || line.Detail != want || !line.At.Equal(now) {
		t.Errorf("the audit line is %+v", line)
	}
	if before.Announced(2027) || !after.Announced(2027) || before.IsWorkday(time.Date(2027, 1, 31, 0, 0, 0, 0, time.UTC)) {
		t.Error("the calendar before was touched, or the one after was not")
	}
	k := Count{Start: at(t, "2026-12-31"), Period: Period{N: 1, Unit: Workdays}}
	if was, is := before.Due(k).Text(), after.Due(k).Text(); was != "2027年1月1日（暂定）" || is != "2027年1月4日" {
		t.Errorf("due %s, then %s", was, is)
	}
	// A correction takes one day back, and may be short.
	mended, err := after.With(parsed(t, "2027 更正\n平 春节 02-14\n班 春节 02-13"))
	if err != nil || mended.IsWorkday(time.Date(2027, 2, 14, 0, 0, 0, 0, time.UTC)) || !mended.IsWorkday(time.Date(2027, 2, 13, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("the correction did not take: %v", err)
	}
	if len(mended.Notices()) != 5 {
		t.Errorf("%d notices", len(mended.Notices()))
	}
}

func TestNoticesThatAreRefused(t *testing.T) {
	for text, says := range map[string]string{
		"2027 通知\n休 元旦 01-01":                                   "只有1天休息",
		"2027\n休 元旦 01-01":                                      "名称",
		"2027 通知":                                               "一天也没有写",
		"1027 通知\n休 元旦 01-01":                                   "年份不对",
		"2026 补\n班 春节 03-03":                                    "本来就上班",
		"2026 补\n休 春节 03-03 03-03":                              "写了两次",
		"2026 补\n休 春节 2028-03-03":                               "不在这一年",
		"2026 补\n休 春节 2025-11-30":                               "不在这一年",
		"2026 补\n休 春节 02-30":                                    "写成 02-10",
		"2026 补\n休 春节 03-05..03-01":                             "不是一段日子",
		"2026 补\n休 春节 2026-01-01..2099-01-01":                   "不是一段日子",
		"2026 补\n休 春节":                                          "后面要写",
		"2026 补\n假 春节 03-03":                                    "开头",
		"休 春节 03-03":                                            "前面要先有一行",
		"2026 补\n" + strings.Repeat("休 春节 01-01..01-31\n", 200): "日子太多",
		"2026 " + strings.Repeat("长", 3000):                     "太长",
	} {
		notices, err := Parse(strings.NewReader(text))
		for _, n := range notices {
			if err == nil {
				_, err = National().With(n)
			}
		}
		if !errors.Is(err, ledger.ErrInvalid) || !strings.Contains(ledger.MessageOf(err), says) {
			t.Errorf("%.40q: %v, want %q", text, err, says)
		}
	}
	if _, err := National().With(parsed(t, "2026 补\n休 元旦 2025-12-31")); err != nil {
		t.Errorf("a holiday that begins in December is refused: %v", err)
	}
	if _, err := National().With(Notice{Year: 2026, Name: "补", Days: []Special{{Day: at(t, "2026-03-03"), Mark: Off, Holiday: "假"}}}); err == nil {
		t.Error("an hour passed for a date")
	}
}

func TestOfficeHours(t *testing.T) {
	for when, want := range map[string]string{
		"2026-03-02 00:00:00": "2026-03-02 09:00:00",
		"2026-03-02 08:59:59": "2026-03-02 09:00:00",
		"2026-03-02 09:00:00": "2026-03-02 09:00:00",
		"2026-03-02 16:59:59": "2026-03-02 16:59:59",
		"2026-03-02 17:00:00": "2026-03-03 09:00:00",
		"2026-03-02 23:59:59": "2026-03-03 09:00:00",
		"2026-03-06 17:00:00": "2026-03-09 09:00:00", // Friday
		"2026-03-07 10:00:00": "2026-03-09 09:00:00", // Saturday
		"2026-02-13 17:00:00": "2026-02-14 09:00:00", // Friday before a make-up Saturday
		"2026-02-14 12:00:00": "2026-02-14 12:00:00", // the make-up Saturday
		"2026-02-14 17:00:00": "2026-02-24 09:00:00", // 春节
		"2026-12-31 17:00:00": "2027-01-01 09:00:00", // no notice yet: weekdays
	} {
		if got := National().OfficeTime(at(t, when)); !got.Equal(at(t, want)) {
			t.Errorf("%s goes out at %s, want %s", when, got.In(ledger.Shanghai), want)
		}
	}
}

func TestShares(t *testing.T) {
	start := at(t, "2026-02-12") // 13(1) 14 班(2) 24(3) 25(4) 26(5) 27(6) 28 班(7) 2(8) 3(9) 4(10)
	for _, c := range []struct {
		n, hundredths int
		want          string
	}{
		{1, 50, "2026-02-13 13:00:00"},
		{1, 80, "2026-02-13 15:24:00"},
		{2, 50, "2026-02-14 09:00:00"},
		{7, 50, "2026-02-25 13:00:00"}, // 3.5 days
		{7, 80, "2026-02-27 13:48:00"}, // 5.6 days
		{10, 50, "2026-02-27 09:00:00"},
		{10, 80, "2026-03-03 09:00:00"},
		{0, 50, "2026-02-12 13:00:00"},
	} {
		got, ok := National().Share(Count{Start: start, Period: Period{N: c.n, Unit: Workdays}}, c.hundredths)
		if !ok || !got.Equal(at(t, c.want)) {
			t.Errorf("%d%% of %d: %s %v, want %s", c.hundredths, c.n, got.In(ledger.Shanghai), ok, c.want)
		}
	}
	if _, ok := National().Share(Count{Start: start, Period: Period{N: 7}, Pauses: []Span{span(t, "2026-02-14..")}}, 50); ok {
		t.Error("a paused count has a half")
	}
}

func FuzzParse(f *testing.F) {
	f.Add(national)
	f.Add(notice2027)
	f.Add("2026 补\n平 春节 2025-12-31..01-02")
	f.Fuzz(func(_ *testing.T, text string) {
		notices, err := Parse(strings.NewReader(text))
		if err != nil {
			return
		}
		c := National()
		for _, n := range notices {
			if next, err := c.With(n); err == nil {
				Changed(c, next)
				c = next
			}
		}
	})
}
