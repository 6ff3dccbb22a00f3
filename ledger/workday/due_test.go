package workday

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"mingbai/ledger"
)

func at(t testing.TB, text string) time.Time {
	t.Helper()
	shape := "2006-01-02 15:04:05"
	if len(text) == len("2006-01-02") {
		text += " 10:00:00"
	}
	when, err := time.ParseInLocation(shape, text, ledger.Shanghai)
	if err != nil {
		t.Fatal(err)
	}
	return when.UTC()
}

// span reads "2026-03-04..2026-03-09"; an open end is "2026-03-04..".
func span(t testing.TB, text string) Span {
	from, to, _ := strings.Cut(text, "..")
	s := Span{From: at(t, from), Why: "等待补正"}
	if to != "" {
		s.To = at(t, to)
	}
	return s
}

// Counted by hand on a wall calendar with the notices beside it. WD = workdays, d = calendar days, +n = extension. The last
// column says how: 9(1) is "the 9th is the first day".
const dues = `
# ordinary weeks, and the two ends of a day
2024-01-08           | 1 WD  | 2024-01-09   | Monday to Tuesday
2024-01-12           | 1 WD  | 2024-01-15   | Friday to Monday
2024-01-13           | 1 WD  | 2024-01-15   | what comes on Saturday begins on Monday
2024-01-14 23:59:59  | 1 WD  | 2024-01-15   | so does the last second of Sunday
2024-01-15 00:00:00  | 1 WD  | 2024-01-16   | midnight is Monday's: Tuesday is the first day
2024-01-15 17:00:00  | 1 WD  | 2024-01-16   | closing time changes nothing
2024-01-15 23:59:59  | 1 WD  | 2024-01-16   | a day lasts until 24:00
2024-01-16 00:00:00  | 1 WD  | 2024-01-17   |
# 2024
2024-02-02           | 1 WD  | 2024-02-04   | Friday; 3 Sat; 4 Sun 班(1)
2024-02-02           | 3 WD  | 2024-02-06   | 4 班(1) 5(2) 6(3)
2024-02-08           | 3 WD  | 2024-02-19   | 9(1); 10–17 春节; 18 Sun 班(2) 19(3)
2024-02-09           | 1 WD  | 2024-02-18   | 除夕 is a workday in 2024; 18 Sun 班(1)
2024-02-09           | 7 WD  | 2024-02-26   | 18(1) 19(2) 20(3) 21(4) 22(5) 23(6); 24–25; 26(7)
2024-02-12           | 1 WD  | 2024-02-18   | sent within 春节
2024-04-03           | 1 WD  | 2024-04-07   | 4–6 清明; 7 Sun 班(1)
2024-04-03           | 3 WD  | 2024-04-09   | 7(1) 8(2) 9(3)
2024-04-26           | 3 WD  | 2024-04-30   | 27 Sat; 28 Sun 班(1) 29(2) 30(3)
2024-04-30           | 7 WD  | 2024-05-13   | 1–5 劳动节; 6(1) 7(2) 8(3) 9(4) 10(5) 11 Sat 班(6); 12; 13(7)
2024-06-07           | 1 WD  | 2024-06-11   | 8–9; 10 端午; 11(1)
2024-09-13           | 3 WD  | 2024-09-19   | 14 Sat 班(1); 15–17 中秋; 18(2) 19(3)
2024-09-27           | 3 WD  | 2024-10-08   | 28 Sat; 29 Sun 班(1) 30(2); 1–7 国庆; 8(3)
2024-09-30           | 7 WD  | 2024-10-15   | 8(1) 9(2) 10(3) 11(4) 12 Sat 班(5); 13; 14(6) 15(7)
2024-09-30           | 15 WD | 2024-10-25   | 15(7) 16(8) 17(9) 18(10) 21(11) 22(12) 23(13) 24(14) 25(15)
2024-12-31           | 1 WD  | 2025-01-02   | 1 元旦
2024-12-30           | 3 WD  | 2025-01-03   | 31(1); 1 元旦; 2(2) 3(3)
# 2025
2025-01-24           | 1 WD  | 2025-01-26   | 25 Sat; 26 Sun 班(1)
2025-01-24           | 3 WD  | 2025-02-05   | 26 班(1) 27(2); 28–4 春节; 5(3)
2025-01-27           | 7 WD  | 2025-02-12   | 5(1) 6(2) 7(3) 8 Sat 班(4); 9; 10(5) 11(6) 12(7)
2025-01-27           | 10 WD | 2025-02-17   | 12(7) 13(8) 14(9); 15–16; 17(10)
2025-04-03           | 1 WD  | 2025-04-07   | 4–6 清明
2025-04-25           | 3 WD  | 2025-04-29   | 26; 27 Sun 班(1) 28(2) 29(3)
2025-04-30           | 3 WD  | 2025-05-08   | 1–5 劳动节, 5 is a Monday; 6(1) 7(2) 8(3)
2025-05-30           | 1 WD  | 2025-06-03   | 31–2 端午, 2 is a Monday
2025-09-26           | 3 WD  | 2025-09-30   | 27; 28 Sun 班(1) 29(2) 30(3)
2025-09-30           | 1 WD  | 2025-10-09   | 1–8 国庆、中秋
2025-09-30           | 7 WD  | 2025-10-16   | 9(1) 10(2) 11 Sat 班(3); 12; 13(4) 14(5) 15(6) 16(7)
2025-09-30           | 15 WD | 2025-10-28   | 16(7) 17(8); 20(9) 21(10) 22(11) 23(12) 24(13); 27(14) 28(15)
2025-12-31           | 1 WD  | 2026-01-04   | 1–3 元旦; 4 Sun 班(1)
2025-12-31           | 3 WD  | 2026-01-06   | 4 班(1) 5(2) 6(3)
# 2026
2026-02-13           | 1 WD  | 2026-02-14   | Friday; 14 Sat 班(1)
2026-02-13           | 3 WD  | 2026-02-25   | 14 班(1); 15–23 春节; 24(2) 25(3)
2026-02-14           | 7 WD  | 2026-03-03   | 24(1) 25(2) 26(3) 27(4) 28 Sat 班(5); 1 Sun; 2(6) 3(7)
2026-02-18           | 1 WD  | 2026-02-24   | sent within 春节
2026-04-03           | 1 WD  | 2026-04-07   | 4–6 清明, 6 is a Monday
2026-04-30           | 7 WD  | 2026-05-13   | 1–5; 6(1) 7(2) 8(3) 9 Sat 班(4); 10; 11(5) 12(6) 13(7)
2026-06-18           | 1 WD  | 2026-06-22   | 19–21 端午
2026-09-18           | 3 WD  | 2026-09-22   | 19; 20 Sun 班(1) 21(2) 22(3)
2026-09-24           | 3 WD  | 2026-09-30   | 25–27 中秋; 28(1) 29(2) 30(3)
2026-09-30           | 7 WD  | 2026-10-15   | 1–7; 8(1) 9(2) 10 Sat 班(3); 11; 12(4) 13(5) 14(6) 15(7)
# the end of what is announced
2026-12-30           | 1 WD  | 2026-12-31   | lasts until the year's last midnight, and is certain
2026-12-31           | 1 WD  | 2027-01-01 ? | by weekdays alone: a Friday
2026-12-31 23:59:59  | 1 WD  | 2027-01-01 ? |
2027-01-01 00:00:00  | 1 WD  | 2027-01-04 ? | one second later: Monday
2026-12-29           | 3 WD  | 2027-01-01 ? | 30(1) 31(2) 1(3)
2026-12-28           | 7 WD  | 2027-01-06 ? | 29(1) 30(2) 31(3) 1(4); 2–3; 4(5) 5(6) 6(7)
# calendar days: the last day off rolls on
2024-01-26           | 15 d  | 2024-02-18   | 02-10 is 春节; 18 Sun 班 is the first workday after
2024-02-14           | 15 d  | 2024-02-29   | a leap year
2024-09-16           | 15 d  | 2024-10-08   | 10-01 国庆
2025-01-13           | 15 d  | 2025-02-05   | 01-28 春节
2025-09-16           | 15 d  | 2025-10-09   | 10-01 国庆
2025-03-03           | 60 d  | 2025-05-06   | 28 in March, 30 in April, 05-02 劳动节
2025-03-03           | 60+30 d | 2025-06-03 | 05-02 and 30 days: 06-01, 端午
2026-02-02           | 15 d  | 2026-02-24   | 02-17 春节
2026-02-13           | 15 d  | 2026-02-28   | a Saturday, but 班: no roll
2026-02-14           | 15 d  | 2026-03-02   | 03-01 is a Sunday
2026-12-12           | 15 d  | 2026-12-28   | 27 is a Sunday
2026-12-16           | 15 d  | 2026-12-31   | certain
2026-11-05           | 60 d  | 2027-01-04 ? | 25 in November, 31 in December, 4
2026-11-02           | 60 d  | 2027-01-01 ? | nobody knows yet whether it rolls
# pauses take out both their days
2026-03-02           | 7 WD  | 2026-03-17   | 3(1); out 4–9; 10(2) 11(3) 12(4) 13(5) 16(6) 17(7)   | 2026-03-04..2026-03-09
2026-03-02           | 3 WD  | 2026-03-09   | 3(1) 4(2); asked on the last day, out 5–6; 9(3)      | 2026-03-05..2026-03-06
2026-03-02           | 3 WD  | 2026-03-06   | asked and brought on the same day 3; 4(1) 5(2) 6(3)  | 2026-03-03..2026-03-03
2026-03-02           | 3 WD  | 2026-03-09   | asked on the day itself; out 2–4; 5(1) 6(2) 9(3)     | 2026-03-02..2026-03-04
2026-02-12           | 3 WD  | 2026-02-26   | 13(1); out 14–24, 班 and 春节 too; 25(2) 26(3)        | 2026-02-14..2026-02-24
2026-03-02           | 1 WD  | 2026-03-03   | a pause after the end moves nothing                  | 2026-03-05..2026-03-10
2026-03-02           | 1 WD  | 2026-03-03   | not even one without an end                          | 2026-03-05..
2026-03-02           | 3 WD  | paused       | 3(1); nobody knows                                   | 2026-03-04..
2026-03-02           | 15 d  | 2026-03-27   | 3(1) 4(2); out ten days 5–14; 15(3) … 27(15)         | 2026-03-05..2026-03-14
2026-03-02           | 7 WD  | 2026-03-17   | 3(1) 6(2) 9(3) 12(4) 13(5) 16(6) 17(7)               | 2026-03-04..2026-03-05 2026-03-10..2026-03-11
2026-12-24           | 7 WD  | 2027-01-08 ? | 25(1); out 28–31; 1(2) 4(3) 5(4) 6(5) 7(6) 8(7)      | 2026-12-28..2026-12-31
# extensions
2026-03-02           | 7+7 WD   | 2026-03-20 | 11(7) 12(8) 13(9) 16(10) 17(11) 18(12) 19(13) 20(14)
2024-09-23           | 7 WD     | 2024-10-08 | 24(1) 25(2) 26(3) 27(4) 29 班(5) 30(6) 8(7)
2024-09-23           | 7+7 WD   | 2024-10-16 | 9(8) 10(9) 11(10) 12 班(11) 14(12) 15(13) 16(14)
2026-01-05           | 20 WD    | 2026-02-02 | 9(4) 16(9) 23(14) 30(19) 2(20)
2026-01-05           | 20+20 WD | 2026-03-06 | 6(24) 13(29) 14 班(30); 春节; 24(31) 27(34) 28 班(35) 2(36) 6(40)
2026-12-21           | 7+7 WD   | 2027-01-08 ? | 25(4) 28(5) 29(6) 30(7) 31(8) 1(9) 4(10) 5(11) 6(12) 7(13) 8(14)
2026-03-02           | 7+3 WD   | 2026-03-20 | 3(1); out 4–9; 13(5) 16(6) 17(7) 18(8) 19(9) 20(10)   | 2026-03-04..2026-03-09
# the same workday
2026-03-02 23:59:59  | 0 WD  | 2026-03-02   |
2026-03-07           | 0 WD  | 2026-03-09   | Saturday to Monday
2026-02-14           | 0 WD  | 2026-02-14   | Saturday, but 班
2026-02-15           | 0 WD  | 2026-02-24   | 春节
`

func TestDueDatesCountedByHand(t *testing.T) {
	national, counted := National(), 0
	for _, line := range strings.Split(dues, "\n") {
		if line == "" || line[0] == '#' {
			continue
		}
		cells := append(strings.Split(line, "|"), "")
		k := Count{Start: at(t, strings.TrimSpace(cells[0])), Period: Period{Unit: Workdays}}
		length, unit, _ := strings.Cut(strings.TrimSpace(cells[1]), " ")
		if unit == "d" {
			k.Period.Unit = Days
		}
		if n, _ := fmt.Sscanf(length, "%d+%d", &k.Period.N, &k.Extra); n < 1 {
			t.Fatal(line)
		}
		for _, pause := range strings.Fields(cells[4]) {
			k.Pauses = append(k.Pauses, span(t, pause))
		}
		counted++
		due := national.Due(k)
		got := due.Day.Format(time.DateOnly)
		switch {
		case due.Paused:
			got = "paused"
		case due.Provisional:
			got += " ?"
		}
		if want := strings.TrimSpace(cells[2]); got != want {
			t.Errorf("%s\n  got %s", line, got)
		}
		// The explanation tells the same story: its last day is the due day, and it counts as many days as the period has.
		steps := national.Explain(k)
		last, n := steps[len(steps)-1], 0
		for _, s := range steps {
			n = max(n, s.N)
		}
		if due.Known() && (!last.Day.Equal(due.Day) || !last.Last || n != k.Period.N+k.Extra) || due.Known() != last.Last {
			t.Errorf("%s\n  is explained up to %v, %d days", line, last, n)
		}
		if due.Known() && !due.At.Equal(at(t, due.Day.Format(time.DateOnly)+" 00:00:00").AddDate(0, 0, 1)) {
			t.Errorf("%s ends at %v", line, due.At)
		}
	}
	t.Logf("%d due dates", counted)
	if counted < 60 {
		t.Errorf("only %d cases", counted)
	}
}

func TestExplanation(t *testing.T) {
	for name, c := range map[string]struct {
		count Count
		want  string
	}{
		"over 春节, paused and extended": {
			Count{
				Start: at(t, "2026-02-11"), Period: Period{N: 3, Unit: Workdays}, Extra: 1,
				Pauses: []Span{span(t, "2026-02-24..2026-02-25")},
			},
			`
2026年2月11日 周三 工作日，当天不计
2026年2月12日 周四 工作日，第1天
2026年2月13日 周五 工作日，第2天
2026年2月14日 周六 调休上班（春节），第3天
2026年2月15日 周日 节假日（春节），不计
2026年2月16日 周一 节假日（春节），不计
2026年2月17日 周二 节假日（春节），不计
2026年2月18日 周三 节假日（春节），不计
2026年2月19日 周四 节假日（春节），不计
2026年2月20日 周五 节假日（春节），不计
2026年2月21日 周六 节假日（春节），不计
2026年2月22日 周日 节假日（春节），不计
2026年2月23日 周一 节假日（春节），不计
2026年2月24日 周二 暂停（等待补正），不计
2026年2月25日 周三 暂停（等待补正），不计
2026年2月26日 周四 工作日，第4天（延期），24时到期
`,
		},
		"calendar days roll into a year without a notice": {
			Count{Start: at(t, "2026-12-30"), Period: Period{N: 3, Unit: Days}},
			`
2026年12月30日 周三 工作日，当天不计
2026年12月31日 周四 工作日，第1天
2027年1月1日 周五 工作日，第2天（暂定：这一年的放假安排还没有公布）
2027年1月2日 周六 周末，第3天（暂定：这一年的放假安排还没有公布）
2027年1月3日 周日 周末，顺延（暂定：这一年的放假安排还没有公布）
2027年1月4日 周一 工作日，顺延到这天，24时到期（暂定：这一年的放假安排还没有公布）
`,
		},
		"still paused": {
			Count{Start: at(t, "2026-03-02"), Period: Period{N: 3, Unit: Workdays}, Pauses: []Span{span(t, "2026-03-04..")}},
			`
2026年3月2日 周一 工作日，当天不计
2026年3月3日 周二 工作日，第1天
2026年3月4日 周三 暂停（等待补正），从这天起暂停计时
`,
		},
	} {
		var got strings.Builder
		got.WriteByte('\n')
		for _, s := range National().Explain(c.count) {
			got.WriteString(s.Text() + "\n")
		}
		if got.String() != c.want {
			t.Errorf("%s:%s", name, got.String())
		}
	}
	if s := (Step{Kind: Workday, Extended: true}); s.Reason() != Extended {
		t.Error("a day of an extension is not called so")
	}
}

func TestLateFromMidnight(t *testing.T) {
	k := Count{Start: at(t, "2026-09-29"), Period: Period{N: 1, Unit: Workdays}} // due on Wednesday 30, before 国庆
	for when, want := range map[string]int{
		"2026-09-30 17:00:00": 0,
		"2026-09-30 23:59:59": 0,
		"2026-10-01 00:00:00": 1, // late, although no workday has gone by
		"2026-10-07 23:59:59": 1,
		"2026-10-08 00:00:00": 1,
		"2026-10-09 00:00:00": 2,
		"2026-10-10 12:00:00": 3, // a make-up Saturday
		"2026-10-11 12:00:00": 3,
		"2026-10-12 00:00:00": 4,
	} {
		if got := National().Late(k, at(t, when)); got != want {
			t.Errorf("at %s late by %d, want %d", when, got, want)
		}
	}
	k.Pauses = []Span{span(t, "2026-10-08..2026-10-30")}
	if got := National().Late(k, at(t, "2026-10-12")); got != 4 {
		t.Errorf("a pause after the end made it %d", got)
	}
	k.Pauses = []Span{span(t, "2026-09-30..")}
	if got := National().Late(k, at(t, "2026-10-12")); got != 0 {
		t.Errorf("late by %d while paused", got)
	}
}

func TestBrokenCountsEnd(t *testing.T) {
	for name, k := range map[string]Count{
		"a period without end": {Start: at(t, "2026-03-02"), Period: Period{N: 1 << 40, Unit: Workdays}},
		"a pause of centuries": {Start: at(t, "2026-03-02"), Period: Period{N: 3}, Pauses: []Span{{From: at(t, "2026-03-02"), To: at(t, "9026-03-02")}}},
	} {
		if due := National().Due(k); due.Known() || due.Text() != "无法推算" {
			t.Errorf("%s: %v", name, due)
		}
	}
	if late := National().Late(Count{Start: at(t, "2026-03-02"), Period: Period{N: 3}}, at(t, "9026-03-02")); late > farthest {
		t.Errorf("late by %d workdays", late)
	}
	if due := National().Due(Count{Start: at(t, "2026-03-02"), Period: Period{N: -5, Unit: Workdays}, Extra: -9}); due.Text() != "2026年3月2日" {
		t.Errorf("a period below nothing: %v", due)
	}
}
