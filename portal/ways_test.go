package portal

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"mingbai/ledger"
)

// elderForm is the head's button.
func (s *site) elderForm(on, from string) answer {
	s.t.Helper()
	r := posted("/elder", url.Values{"on": {on}})
	r.Header.Set("Referer", from)
	return s.do(r)
}

func TestTheLargeEditionIsRemembered(t *testing.T) {
	s := setup(t)
	if a := s.get("/funds"); len(a.all("html.elder")) != 0 || a.attr(".size button", "value") != "1" {
		t.Error("the large edition is on before anybody chose it")
	}
	a := s.elderForm("1", "http://example.com/funds?kind=post")
	s.status(a, http.StatusSeeOther)
	if to := a.Header.Get("Location"); to != "/funds?kind=post" {
		t.Errorf("back to %q", to)
	}
	a = s.get("/funds")
	if len(a.all("html.elder")) != 1 || a.text(".size button") != "标准版" || !strings.Contains(a.Header.Get("Vary"), "Cookie") {
		t.Errorf("not remembered: %q, Vary %q", a.text(".size"), a.Header.Get("Vary"))
	}
	s.elderForm("0", "")
	delete(s.cookies, elderCookie) // the test's jar knows no expiry
	if len(s.get("/funds").all("html.elder")) != 0 {
		t.Error("cannot be left")
	}
}

func TestTheLargeEditionLeadsNowhereElse(t *testing.T) {
	s := setup(t)
	for from, want := range map[string]string{
		"": "/", "http://evil.example/x": "/", "http://example.com//evil.example/": "/", "http://example.com/lookup": "/", "::": "/",
		"http://example.com/people?q=a": "/people?q=a",
	} {
		if to := s.elderForm("1", from).Header.Get("Location"); to != want {
			t.Errorf("from %q to %q, want %q", from, to, want)
		}
	}
}

func TestOnlyWaysThatLeadSomewhere(t *testing.T) {
	s := setup(t)
	a := s.get("/")
	s.says(a, ".entrances", "到户补贴", "部门预算", "机构编制", "人员编制", "转移支付")
	for _, n := range a.all("a[href^='/']") {
		for _, at := range n.Attr {
			if at.Key == "href" {
				if b := s.get(at.Val); b.StatusCode != http.StatusOK && pathOnly(at.Val) != "/funds/NB-01" {
					t.Errorf("%s: %d", at.Val, b.StatusCode)
				}
			}
		}
	}
}

func TestGreatAmountsInWords(t *testing.T) {
	for fen, want := range map[ledger.Fen]string{
		99_999_999: "约 100 万元", 999_999: "", 1_000_000: "1 万元", 187_422_60: "约 18.74 万元", 2_075_250_000: "2,075.25 万元",
		43_170_000_012: "约 4.32 亿元", 10_000_000_000: "1 亿元", 43_000_000_000: "4.3 亿元", 50_000_000: "50 万元",
	} {
		if got := about(fen); got != want {
			t.Errorf("%d: %q, want %q", fen, got, want)
		}
	}
}
