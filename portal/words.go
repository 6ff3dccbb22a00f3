package portal

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"mingbai/ledger"
)

// words are the functions that templates may call: how things are written, and nothing that is counted or decided.
var words = map[string]any{
	"count": count, "date": date, "stated": stated, "named": named, "place": place, "groupName": groupName, "years": years,
	"openness": openness, "wan": wan, "rows": rows, "fundPath": fundPath, "paperPath": paperPath, "personPath": personPath, "moment": moment, "signed": signed, "change": change,
	"stateWord": stateWord, "severityWord": severityWord, "add": func(a, b int) int { return a + b },
	"cellText": cellText, "rate": rate, "entryPath": entryPath, "about": about, "instant": instant, "timely": timely,
	"listPath": func(l ledger.OpenList) string { return villagePath(l.Fund, l.Year, l.VillageCode) },
}

// unstated stands wherever a sheet is silent: what is missing is said, never dropped.
const unstated = "未注明"

// count writes 882,804.
func count(n int) string { return strings.TrimSuffix(ledger.Fen(n*100).String(), ".00") }

// wan writes an amount as people say it: 126.5 万元, and below that 8,432.50 元.
func wan(f ledger.Fen) string {
	if f < 1_000_000 && f > -1_000_000 {
		return f.String() + " 元"
	}
	return f.Wan() + " 万元"
}

// about writes a great amount as people say it, to two decimals: 约 4.32 亿元, 2,075.25 万元. It stands beside the exact
// amount and never instead of it; empty for what needs no such help.
func about(f ledger.Fen) string {
	unit, word := int64(1_000_000), " 万元"
	if f >= 10_000_000_000 {
		unit, word = 10_000_000_000, " 亿元"
	}
	if f < 1_000_000 {
		return ""
	}
	hundredths := (int64(f)*100 + unit/2) / unit
	text := strings.TrimSuffix(strings.TrimSuffix(ledger.Fen(hundredths).String(), "0"), ".0") + word
	if hundredths*unit != int64(f)*100 {
		text = "约 " + text
	}
	return text
}

var rowWords = map[ledger.FundKind]string{
	ledger.Project: "个项目", ledger.Budget: "个科目", ledger.Agency: "个单位", ledger.Post: "人",
}

// rows writes what a number of rows of a kind is: 24 笔, 343 个单位.
func rows(kind ledger.FundKind, n int) string {
	if word := rowWords[kind]; word != "" {
		return count(n) + " " + word
	}
	return count(n) + " 笔"
}

// date writes 2025年3月9日, in Shanghai.
func date(t time.Time) string {
	if t.IsZero() {
		return unstated
	}
	return t.In(ledger.Shanghai).Format("2006年1月2日")
}

// instant is a moment to the minute: what a paper is dated by.
func instant(t time.Time) string {
	if t.IsZero() {
		return unstated
	}
	return t.In(ledger.Shanghai).Format("2006年1月2日 15:04")
}

func stated(s string) string {
	if s == "" {
		return unstated
	}
	return s
}

// named writes a name, or 乡镇未注明.
func named(name, what string) string {
	if name == "" {
		return what + unstated
	}
	return name
}

// place tells people of one name apart. A town is named where the books know it.
func place(town, village, group string) string {
	parts := []string{named(village, "村名"), groupName(group)}
	if town != "" {
		parts = append([]string{town}, parts...)
	}
	return strings.Join(parts, " · ")
}

// groupName writes 3组 for what sheets give as 3, and leaves 三组 as it is.
func groupName(group string) string {
	if group == "" {
		return "组" + unstated
	}
	if strings.Trim(group, "0123456789") == "" {
		return group + "组"
	}
	return group
}

func years(list []int) string {
	parts := make([]string, len(list))
	for i, y := range list {
		parts[i] = strconv.Itoa(y)
	}
	if len(parts) == 0 {
		return ""
	}
	return strings.Join(parts, "、") + "年"
}

func openness(d ledger.Disclosure) string {
	switch d {
	case ledger.DisclosePublic:
		return "公开名单"
	case ledger.DiscloseSelf:
		return "只供本人查询"
	}
	return "只公开合计"
}

func fundPath(code string, year int) string {
	path := "/funds/" + url.PathEscape(code)
	if year != 0 {
		path += "?year=" + strconv.Itoa(year)
	}
	return path
}

func paperPath(p ledger.Paper) string {
	return "/funds/" + url.PathEscape(p.Fund) + "/documents/" + strconv.FormatInt(p.No, 10)
}

func personPath(ref ledger.PersonRef) string { return "/people/" + ref.String() }

func villagePath(fund string, year int, village string) string {
	return "/funds/" + url.PathEscape(fund) + "/" + strconv.Itoa(year) + "/villages/" + village
}
