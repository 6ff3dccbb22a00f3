package portal

import (
	"strconv"
	"time"

	"mingbai/ledger"
	"mingbai/ledger/workday"
)

// flowStep is one of the levels that money comes down by: 下达 → 县 → 乡镇 → 到户.
type flowStep struct {
	Name   string
	Amount string // exact
	About  string // as people say it
	Note   string
}

func newStep(name string, f ledger.Fen, note string) flowStep {
	return flowStep{name, f.String() + " 元", about(f), note}
}

// flow lays out a year's four levels, each as the database has it, and says why two of them differ where they do.
func flow(f ledger.FundPage) (steps []flowStep, gaps []string) {
	if f.County.Rows == 0 {
		return nil, nil
	}
	handed := flowStep{Name: "上级下达", Amount: "文件金额未注明"}
	if f.Handed != nil {
		handed = newStep("上级下达", *f.Handed, "文件写明的")
		switch {
		case *f.Handed > f.County.Total:
			gaps = append(gaps, "下达的比分到各户的多 "+(*f.Handed-f.County.Total).String()+" 元，还没有分下去。")
		case *f.Handed < f.County.Total:
			gaps = append(gaps, "分到各户的比文件下达的多 "+(f.County.Total-*f.Handed).String()+" 元，不足的部分请问"+named(f.Section, "负责股室")+"。")
		}
	}
	var towns ledger.Fen
	villages := 0
	for _, t := range f.Towns {
		towns += t.Total
		villages += len(t.Villages)
	}
	house := newStep("到户", f.County.Total, count(f.County.Rows)+" 笔")
	if u := f.Unpaid; u.Rows >= fewest || u.Rows > 0 && f.ListOpen { // fewer might be a household that nobody is to know
		house = newStep("到户", f.County.Total-u.Total, count(f.County.Rows-u.Rows)+" 笔")
		gaps = append(gaps, "有 "+count(u.Rows)+" 笔、"+u.Total.String()+" 元退回或暂缓，还没有到户。")
	}
	return []flowStep{
		handed, newStep("全县分配", f.County.Total, count(f.County.Rows)+" 笔"),
		newStep("各乡镇", towns, strconv.Itoa(len(f.Towns))+" 个乡镇，"+strconv.Itoa(villages)+" 个村"), house,
	}, gaps
}

// fundBars compares a fund's years; nothing where there is but one.
func fundBars(code string, here int, years []ledger.YearTally) []yearBar {
	if len(years) < 2 {
		return nil
	}
	bars := yearBars(years, func(y int) string { return fundPath(code, y) })
	for i := range bars {
		bars[i].Here = bars[i].Year == here
	}
	return bars
}

// Disclosure is due within this time of the day on which the sheet came in (政府信息公开条例第二十六条).
var disclosureDue = workday.Period{N: 20, Unit: workday.Workdays}

var workdays = workday.National()

// timely says when a batch had to be public and when it was.
func timely(p ledger.Publication) string {
	if p.ReceivedAt.IsZero() || p.PublishedAt.IsZero() {
		return ""
	}
	k := workday.Count{Start: p.ReceivedAt, Period: disclosureDue}
	due := workdays.Due(k)
	said := date(p.ReceivedAt) + "报来，应在" + due.Text() + "前公开，"
	if late := lateDays(due, p.PublishedAt); late > 0 {
		return said + "迟了 " + strconv.Itoa(late) + " 个工作日"
	}
	return said + "按时"
}

func lateDays(due workday.Due, at time.Time) int {
	if !due.Over(at) {
		return 0
	}
	return workdays.Between(due.Day, ledger.DateOf(at))
}
