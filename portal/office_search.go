package portal

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"mingbai/ledger"
	index "mingbai/search"
)

// SearchCare is what the site asks of those who look after search.
type SearchCare interface {
	Care(ctx context.Context) (index.Care, error)
	IndexRuns(ctx context.Context, limit int) ([]ledger.IndexRun, error)
	AskIndex(ctx context.Context, by string, act ledger.IndexAct) error
}

func (s *Server) searchCareRoutes() {
	care := able(ledger.ActCareForSearch)
	s.door(http.MethodGet, "/office/search", care, s.searchCare)
	s.door(http.MethodPost, "/office/search/:act", care, s.askIndex)
}

type searchCarePage struct {
	OfficeFrame
	Now         time.Time
	ByIndex     bool
	Care        index.Care
	Since       string
	Do          string // what there is to do
	Breaker     string
	BreakerSaid string
	Figures     []searchFigure
	Building    string
	Faults      []faultLine
	More        int // faults that are not shown
	Acts        []indexAct
	Runs        []runLine
	Events      []eventLine
}

func (searchCarePage) view() string { return "pages/office_search" }

type searchFigure struct{ Name, Value string }

type faultLine struct {
	Index, Document, Why, First, Retry string
	Tries                              int
}

// indexAct is a button of the page.
type indexAct struct {
	Act      ledger.IndexAct
	Hint     string
	UnderWay bool
}

type runLine struct {
	Name, By, When, State string
	Bad                   bool
	Found                 []string
}

type eventLine struct{ At, What string }

const (
	runsShown   = 8
	faultsShown = 20
	careEvery   = "3" // seconds between looks while something is under way
)

var indexNames = map[string]string{"people": "人名", "lookup": "本人查询", "catalogue": "项目和机构"}

var breakerWords = map[index.State]string{index.Closed: "合上", index.Open: "断开", index.HalfOpen: "在试"}

var indexActHints = map[ledger.IndexAct]string{
	ledger.IndexVerify:  "逐份比对索引和账，只看不改。",
	ledger.IndexRepair:  "逐份比对，把不符的那几份按账改好。",
	ledger.IndexRebuild: "在旁边另建一份，建好再换上，其间查询照常。中断了会自动接着做。",
}

// faultWords say Meilisearch's codes that are likely.
var faultWords = map[string]string{
	"invalid_document_id": "编号不合规矩", "missing_document_id": "没有编号", "invalid_document_fields": "内容不合规矩", "internal": "检索服务处理它时出错",
}

func (s *Server) searchCare(c *fiber.Ctx) error {
	p, err := s.newSearchCarePage(c)
	if err != nil {
		return err
	}
	return s.show(c, http.StatusOK, p)
}

func (s *Server) askIndex(c *fiber.Ctx) error {
	err := s.config.Search.AskIndex(c.UserContext(), officerOf(c), ledger.IndexAct(c.Params("act")))
	if status, message, ok := refusal(err); ok {
		p, err := s.newSearchCarePage(c)
		if err != nil {
			return err
		}
		p.Fault = message
		return s.show(c, status, p)
	}
	if err != nil {
		return err
	}
	return c.Redirect("/office/search?said=begun", http.StatusSeeOther)
}

func (s *Server) newSearchCarePage(c *fiber.Ctx) (p searchCarePage, err error) {
	p = searchCarePage{OfficeFrame: s.officeFrame(c, "检索运行", "/office/search"), Now: time.Now()}
	if p.Care, err = s.config.Search.Care(c.UserContext()); err != nil {
		return p, err
	}
	runs, err := s.config.Search.IndexRuns(c.UserContext(), runsShown)
	if err != nil {
		return p, err
	}
	p.ByIndex = p.Care.Answering == "index"
	p.Since = clock(p.Care.Since)
	p.Do = whatToDo(p.Care)
	p.Breaker = breakerWords[p.Care.Breaker]
	p.BreakerSaid = "自 " + clock(p.Care.Turned)
	if p.Care.Cause != "" {
		p.BreakerSaid += "，" + p.Care.Cause
	}
	p.Figures = searchFigures(p.Care, p.Now)
	if b := p.Care.Build; b.Generation != "" {
		p.Building = "正在旁边重建：已有 " + count(b.Documents()) + " 份文档，" + moment(b.Started) + "开始。"
	}
	for i, f := range p.Care.Faults {
		if i == faultsShown {
			p.More = len(p.Care.Faults) - i
			break
		}
		why := faultWords[f.Code]
		if why == "" {
			why = f.Code
		}
		p.Faults = append(p.Faults, faultLine{indexNames[f.Index], f.Document, why, moment(f.First), clock(f.Retry), f.Tries})
	}
	underWay := map[ledger.IndexAct]bool{}
	for _, r := range runs {
		underWay[r.Act] = underWay[r.Act] || r.Ended.IsZero()
		p.Runs = append(p.Runs, runLineOf(r))
	}
	for _, a := range []ledger.IndexAct{ledger.IndexVerify, ledger.IndexRepair, ledger.IndexRebuild} {
		p.Acts = append(p.Acts, indexAct{a, indexActHints[a], underWay[a]})
		if underWay[a] {
			c.Set("Refresh", careEvery)
		}
	}
	for _, e := range p.Care.Events {
		p.Events = append(p.Events, eventLine{clock(e.At), e.What})
	}
	return p, nil
}

func searchFigures(c index.Care, now time.Time) []searchFigure {
	oldest := "没有"
	if c.Lag.Pending > 0 {
		oldest = inTime(now.Sub(c.Lag.Oldest))
	}
	documents := func(n int) string {
		if n < 0 {
			return "不知道"
		}
		return count(n) + " 份"
	}
	return []searchFigure{
		{"等着进索引的变动", count(c.Lag.Pending)},
		{"最早的等了", oldest},
		{"最近一分钟进了", count(c.PerMin)},
		{"人名", documents(c.People)},
		{"本人查询", documents(c.Lookups)},
		{"项目和机构", documents(c.Catalogue)},
	}
}

// whatToDo tells the operator what is to be done, if anything.
func whatToDo(c index.Care) string {
	switch {
	case !c.Configured:
		return "没有配置检索服务（MINGBAI_MEILI_URL）。查询由账簿直接回答，慢一些，答案一样。"
	case !c.Reachable:
		return "检索服务（Meilisearch）没有回应。请到服务器上看它是否在运行、磁盘满没满；修好后这里会自己恢复，不用再点什么。"
	case c.Lag.Pending > 0 && strings.Contains(c.Why, "写不进去"):
		return "请到服务器上腾出磁盘，再看检索服务（Meilisearch）是否在运行；腾出来以后这里会自己接着写，不用再点什么。"
	case len(c.Faults) > 0:
		return "有文档索引不收，列在下面。请点“修复”再试一次；还是不收，把编号报给维护的人。"
	case c.Build.Generation != "" || c.People < 0:
		return "正在重建，不用做什么。要是一刻钟还没有动静，请看服务器的日志和磁盘。"
	case c.Lag.Pending > 0:
		return "正在把变动写进索引，不用做什么。要是“最早的等了”超过十分钟，请看服务器的日志和磁盘。"
	case c.Answering != "index":
		return "正在自己核对和修复，不用做什么。要是一刻钟还没有恢复，请点“重建索引”。"
	}
	return ""
}

func runLineOf(r ledger.IndexRun) runLine {
	l := runLine{Name: r.Act.Name(), By: r.AskedBy, When: clock(r.Asked), Found: r.Found}
	if l.By == "" {
		l.By = "命令行"
	}
	switch {
	case r.Trouble != "":
		l.State, l.Bad = "没有做成："+r.Trouble, true
	case r.Began.IsZero():
		l.State = "等着开始"
	case r.Ended.IsZero():
		l.State = "正在做：" + count(r.Documents) + " 份"
	case r.Act == ledger.IndexRebuild:
		l.State = "建好并换上，" + count(r.Documents) + " 份，用时 " + lasted(r)
	case r.Differences == 0:
		l.State = "索引与账相符，" + count(r.Documents) + " 份，用时 " + lasted(r)
	case r.Act == ledger.IndexRepair:
		l.State = count(r.Differences) + " 处不符，修好 " + count(r.Mended) + " 份，用时 " + lasted(r)
		l.Bad = r.Mended < r.Differences
	default:
		l.State, l.Bad = count(r.Differences)+" 处不符，请点“修复”", true
	}
	return l
}

func lasted(r ledger.IndexRun) string { return inTime(r.Ended.Sub(r.Began)) }

// inTime writes 1.2 秒, 3 分 5 秒.
func inTime(d time.Duration) string {
	if d < time.Minute {
		return fmt.Sprintf("%.1f 秒", d.Seconds())
	}
	return fmt.Sprintf("%d 分 %d 秒", int(d.Minutes()), int(d.Seconds())%60)
}

// clock writes 6月3日 10:05:07; what happens to an index takes seconds.
func clock(t time.Time) string {
	if t.IsZero() {
		return "不久前"
	}
	return t.In(ledger.Shanghai).Format("1月2日 15:04:05")
}
