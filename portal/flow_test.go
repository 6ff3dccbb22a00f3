package portal

import (
	"strings"
	"testing"
	"time"

	"mingbai/ledger"
)

func TestMoneyComesDownInFourSteps(t *testing.T) {
	s := setup(t)
	s.says(s.get("/funds/NB-01"), ".flow", "文件金额未注明", "43,123,456.78 元", "约 4,312.35 万元", "2 个乡镇，4 个村", "到户")
	more := s.books.fund.County.Total + 100
	s.books.fund.Handed, s.books.fund.Unpaid = &more, ledger.Tally{Rows: 2, Total: 5000}
	a := s.get("/funds/NB-01")
	s.says(a, ".flow", "43,123,457.78 元", "43,123,406.78 元", "41,228 笔")
	s.says(a, ".gap", "下达的比分到各户的多 1.00 元", "有 2 笔、50.00 元退回或暂缓")
	s.books.fund.ListOpen = false
	if strings.Contains(s.get("/funds/NB-01").text(".gap"), "退回") {
		t.Error("two households that are not named any longer are told by what came back")
	}
}

func TestYearsAreCompared(t *testing.T) {
	s := setup(t)
	s.books.fund.ByYear = []ledger.YearTally{{Year: 2025, Tally: ledger.Tally{Rows: 2, Total: 4000}}, {Year: 2024, Tally: ledger.Tally{Rows: 1, Total: 1000}}}
	a := s.get("/funds/NB-01")
	s.says(a, ".years", "2025年", "40.00 元", "2024年", "10.00 元")
	if a.attr(".years tr:nth-child(2) rect", "width") != "25" || a.attr(".years a[aria-current]", "href") != "/funds/NB-01?year=2025" {
		t.Errorf("bar %s, here %s", a.attr(".years tr:nth-child(2) rect", "width"), a.attr(".years a[aria-current]", "href"))
	}
}

func TestDisclosureIsHeldAgainstItsDate(t *testing.T) {
	in := time.Date(2025, 3, 3, 2, 0, 0, 0, time.UTC)
	for public, want := range map[time.Time]string{
		in.AddDate(0, 0, 2):  "2025年3月3日报来，应在2025年3月31日前公开，按时",
		in.AddDate(0, 0, 30): "2025年3月3日报来，应在2025年3月31日前公开，迟了 2 个工作日",
		{}:                   "",
	} {
		if got := timely(ledger.Publication{ReceivedAt: in, PublishedAt: public}); got != want {
			t.Errorf("%v: %q, want %q", public, got, want)
		}
	}
}

func TestTheCatalogueIsNarrowed(t *testing.T) {
	s := setup(t)
	s.says(s.get("/funds"), "h1", "资金")
	a := s.get("/funds?kind=subsidy&section=%E7%A4%BE%E4%BC%9A%E4%BF%9D%E9%9A%9C%E8%82%A1")
	s.says(a, "main", "困难残疾人生活补贴", "1 项")
	if strings.Contains(a.text("main .ledger"), "耕地") {
		t.Error("another section's fund is shown")
	}
	if got := a.attr("nav[aria-label=按类别] a", "href"); got != "/funds?section=%E7%A4%BE%E4%BC%9A%E4%BF%9D%E9%9A%9C%E8%82%A1" {
		t.Errorf("all kinds: %s", got)
	}
	s.says(s.get("/funds?year=2024"), "main", "1 项", "2024年", "100.00 元")
	s.says(s.get("/funds?year=2003"), "main", "这里没有")
	s.status(s.get("/funds?year=x"), 404)
}

func TestAVillageListTellsOfCorrections(t *testing.T) {
	s := setup(t)
	s.books.corrected = true
	s.says(s.get("/funds/NB-01/2025/villages/"+villageCode), "table", "900.00 1,040.86", "已更正 2026年1月5日")
}
