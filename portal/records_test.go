package portal

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"mingbai/ledger"
)

// table is a page of a kind with rows that are given as text by field.
func (s *site) table(kind ledger.FundKind, rows ...map[string]string) *ledger.RecordPage {
	f := &s.books.records
	*f = ledger.RecordPage{
		Fund: ledger.Fund{Code: "T", Name: kind.Name(), Kind: kind, Disclosure: ledger.DisclosePublic}, Year: 2025, Years: []int{2025},
		All: ledger.Tally{Rows: len(rows), Total: 12345}, Sums: map[string]int64{}, Said: map[string]int{}, Open: true, Shown: len(rows),
		Batches: []ledger.Publication{{Batch: 7, Kind: kind, Period: "2025", FileName: "表.xlsx", Tally: ledger.Tally{Rows: len(rows), Total: 12345}, PublishedAt: day(2025, 5, 28)}},
		Groups:  []ledger.RecordGroup{{Tally: ledger.Tally{Rows: len(rows)}}},
	}
	for i, text := range rows {
		f.Rows = append(f.Rows, ledger.PublishedRecord{
			Record: ledger.Record{
				Kind: kind, Sheet: "Sheet1", SheetRow: i + 4, Text: text, Section: text["section"], Money: map[string]ledger.Fen{},
				Count: map[string]int64{}, Dates: map[string]time.Time{},
			},
			Batch: 7, FileName: "表.xlsx",
		})
	}
	return f
}

func TestEveryKindsPageIsWhole(t *testing.T) {
	for _, kind := range []ledger.FundKind{ledger.Allocation, ledger.Transfer, ledger.Project, ledger.Budget, ledger.Agency, ledger.Post} {
		t.Run(string(kind), func(t *testing.T) {
			s := setup(t)
			s.table(kind, map[string]string{}, map[string]string{"unit_name": "<b>甲局</b>", "section": "政府系统"})
			a := s.get("/funds/T")
			s.status(a, http.StatusOK)
			checkWhole(t, a)
			checkHeaders(t, a)
			s.says(a, "main", "未注明", "批次 7", "Sheet1 · 第 4 行", "出自文件“表.xlsx”", "2025年合计", "不是只加这一页")
			if names := kind == ledger.Post; names != (a.attr("meta[name=robots]", "content") == "noindex") ||
				names != (a.Header.Get("X-Robots-Tag") == "noindex") || names != (a.Header.Get("Cache-Control") == "no-store") {
				t.Errorf("a page with names: %v; %v", names, a.Header)
			}
			if len(a.all("b")) != 0 {
				t.Error("a text is not escaped")
			}
			s.books.records.Years, s.books.records.Rows = nil, nil
			s.says(s.get("/funds/T"), ".note", "还没有公开的内容")
		})
	}
}

func TestABodyIsOverOrUnder(t *testing.T) {
	s := setup(t)
	f := s.table(ledger.Agency, map[string]string{"agency_name": "甲", "section": "政府系统"}, map[string]string{"agency_name": "乙", "section": "政府系统"}, map[string]string{"section": "乡镇"}, nil)
	for i, n := range [][]int64{{10, 12}, {10, 7}, {3, 3}} {
		f.Rows[i].Count["authorised"], f.Rows[i].Count["actual"] = n[0], n[1]
	}
	a := s.get("/funds/T")
	for i, word := range []string{"超编 2", "空编 3", "满编", "未注明"} {
		if lines := a.all("tbody tr:not(.above)"); len(lines) != 4 || !strings.Contains(a.text(fmt.Sprintf("tbody tr:nth-child(%d)", []int{2, 3, 5, 6}[i])), word) {
			t.Errorf("line %d does not say %s", i, word)
		}
	}
	if n := len(a.all("tbody .above")); n != 2 || a.text("tbody .wrong") != "超编 2" {
		t.Errorf("%d headings; %s", n, a.text("tbody .wrong"))
	}
}

func TestAProjectTellsItsFourMoments(t *testing.T) {
	s := setup(t)
	f := s.table(ledger.Project, map[string]string{"project_name": "水渠", "stage1_evidence": "照片"})
	f.Rows[0].Dates["stage1_on"], f.Rows[0].Dates["stage2_on"] = day(2025, 1, 10), day(2025, 2, 1)
	f.Rows[0].Money["amount"] = 12_345_600
	f.Said["stage1_on"] = 1
	a := s.get("/funds/T")
	s.says(a, ".stages li:nth-child(1)", "申报前村级公示 2025年1月10日", "照片")
	s.says(a, ".stages li:nth-child(2)", "2025年2月1日", "材料未注明")
	s.says(a, ".stages li:nth-child(4)", "到村公示 还没有")
	s.says(a, ".amount", "12.3456 万元")
	s.says(a, ".figures", "申报前村级公示", "1 个", "0 个")
}

func TestADocumentThatIsNotGivenOutWholly(t *testing.T) {
	s := setup(t)
	f := s.table(ledger.Allocation, map[string]string{"unit_name": "甲局"})
	handed := ledger.Fen(12345)
	f.Handed = &handed
	s.says(s.get("/funds/T"), ".badge", "账目相符", "文件下达 123.45 元")
	handed = 20000
	s.says(s.get("/funds/T"), ".badge.off", "相差 76.55 元")
}

func TestLongTablesArePaged(t *testing.T) {
	s := setup(t)
	f := s.table(ledger.Post, map[string]string{"person_name": "张三", "unit_name": "甲 局"})
	f.Shown, f.Group = 120, "甲 局"
	f.Groups = []ledger.RecordGroup{{Name: "甲 局", Tally: ledger.Tally{Rows: 120}}, {Name: "乙局"}}
	a := s.get("/funds/T?page=2")
	s.says(a, ".pager", "第 51—51 行，共 120 行")
	if a.attr(".pager [rel=next]", "href") != "/funds/T?page=3&unit=%E7%94%B2+%E5%B1%80&year=2025" || a.attr(".pager [rel=prev]", "href") != "/funds/T?unit=%E7%94%B2+%E5%B1%80&year=2025" {
		t.Error(a.attr(".pager [rel=next]", "href"), a.attr(".pager [rel=prev]", "href"))
	}
	s.says(a, ".units a[aria-current]", "甲 局")
	for _, query := range []string{"page=4", "page=0", "page=x", "page=-1"} {
		s.status(s.get("/funds/T?"+query), http.StatusNotFound)
	}
}

func TestWhatIsClosedIsSaid(t *testing.T) {
	s := setup(t)
	f := s.table(ledger.Post)
	f.All.Rows, f.Open = 5, false
	s.says(s.get("/funds/T"), ".note", "公示期满")
	f.Disclosure = ledger.DiscloseAggregate
	s.says(s.get("/funds/T"), ".note", "不列明细")
	f.All.Rows = 0
	f.Batches[0].EndedAt, f.Batches[0].EndReason, f.Batches[0].Corrected = day(2025, 6, 1), "有误", true
	f.Taken = []ledger.RowWithdrawal{{Batch: 7, Sheet: "Sheet1", Row: 9, At: day(2025, 6, 2), Reason: "调离"}}
	a := s.get("/funds/T")
	s.says(a, "main", "都已撤回", "已更正（2025年6月1日，有误）", "“Sheet1”第 9 行", "已撤回（2025年6月2日，调离）")
}

func TestARosterIsNotReadOffInBulk(t *testing.T) {
	s := setup(t, func(c *Config) { c.Limits.Browse = Limit{Max: 2, Window: time.Minute} })
	s.table(ledger.Post, map[string]string{"person_name": "张三"})
	for i, want := range []int{200, 200, 429} {
		if a := s.get("/funds/T"); a.StatusCode != want {
			t.Errorf("request %d: %d, want %d", i+1, a.StatusCode, want)
		}
	}
}
