package portal

import (
	"context"
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"mingbai/ledger"
)

// sealed is a county with keys, and a sheet's code as it would be printed from the fixture's book.
func sealed(t *testing.T) (s *site, code string) {
	t.Helper()
	keys, err := ledger.ReadKeys(ledger.NewKeyFile())
	if err != nil {
		t.Fatal(err)
	}
	s = setup(t, func(c *Config) { c.Seals = keys })
	book, _ := s.books.OwnBook(context.Background(), zhangID)
	m := newClaim(book, time.Now().Truncate(time.Microsecond))
	return s, base64.RawURLEncoding.EncodeToString(keys.Seal(claimPlace, m.bytes()))
}

func TestAPrintedSheetIsProven(t *testing.T) {
	s, code := sealed(t)
	a := s.get("/proof/" + code)
	s.status(a, http.StatusOK)
	s.says(a, "main", "真实", "与账上一致", "3,081.72 元", "共 3 笔")
	for _, secret := range []string{"张三丰", "赵家湾", zhangID, zhangNumber} {
		if strings.Contains(a.body, secret) {
			t.Errorf("the proof names %q to whoever scans it", secret)
		}
	}
	if !strings.Contains(a.Header.Get("X-Robots-Tag"), "noindex") {
		t.Error("may be listed")
	}
}

func TestOneChangedCharacterProvesNothing(t *testing.T) {
	s, code := sealed(t)
	for i := range code {
		other := byte('A')
		if code[i] == other {
			other = 'B'
		}
		if a := s.get("/proof/" + code[:i] + string(other) + code[i+1:]); a.StatusCode != http.StatusNotFound || !strings.Contains(a.text("h1"), "核对不上") {
			t.Fatalf("character %d changed: %d %s", i, a.StatusCode, a.text("h1"))
		}
	}
	for _, bad := range []string{"x", code[:40], code + "AA", "%00", strings.Repeat("A", 4000)} {
		if a := s.get("/proof/" + bad); a.StatusCode != http.StatusNotFound {
			t.Errorf("%.50q: %d", bad, a.StatusCode)
		}
	}
}

func TestTheNameOnASheetIsHeldAgainstTheBook(t *testing.T) {
	s, code := sealed(t)
	token := s.get("/proof/"+code).attr("main input[name=csrf_token]", "value")
	for name, want := range map[string]string{"张三丰": "姓名相符", " 张 三丰 ": "姓名相符", "李四": "姓名不符", "": ""} {
		a := s.send("/proof/"+code, url.Values{tokenField: {token}, "name": {name}})
		s.status(a, http.StatusOK)
		if want != "" {
			s.says(a, "main .badge", want)
		} else if strings.Contains(a.body, "姓名相符") || strings.Contains(a.body, "姓名不符") {
			t.Error("no name was compared")
		}
		if strings.Contains(a.body, "张三丰") {
			t.Errorf("%q: the page names whose sheet it is", name)
		}
	}
	if a := s.send("/proof/"+code, url.Values{"name": {"张三丰"}}); a.StatusCode != http.StatusForbidden {
		t.Errorf("without the form's token: %d", a.StatusCode)
	}
	if a := s.send("/proof/x"+code, url.Values{tokenField: {token}, "name": {"张三丰"}}); a.StatusCode != http.StatusNotFound {
		t.Errorf("a false code with a name: %d", a.StatusCode)
	}
}

func TestASupersededSheetSaysSo(t *testing.T) {
	s, code := sealed(t)
	s.books.corrected = true
	a := s.get("/proof/" + code)
	s.says(a, "h1", "已更正")
	s.says(a, "main", "再打一张", "3,081.72 元")
	s.books.corrected, s.books.later = false, true
	a = s.get("/proof/" + code)
	s.says(a, "h1", "与账上一致")
	s.says(a, "main", "又多了 1 笔")
}

func TestTheOwnBookCarriesItsProof(t *testing.T) {
	s, _ := sealed(t)
	a := s.ask("张三丰", zhangNumber)
	if len(a.all(".proof svg")) != 1 {
		t.Error("no code to print")
	}
	if len(setup(t).ask("张三丰", zhangNumber).all(".proof")) != 0 {
		t.Error("a proof without keys")
	}
}

func TestACorrectedLineTellsWhatItWas(t *testing.T) {
	s, _ := sealed(t)
	s.books.corrected = true
	a := s.ask("张三丰", zhangNumber)
	s.says(a, "details.line s", "1,040.86", "1,040.86 元")
	s.says(a, "details.line strong", "已更正")
	s.says(a, "details.line .why", "2026年1月5日更正：原来是 1,040.86 元（批次 17", "面积登记有误")
	if n := len(a.all("details.line")); n != 4 {
		t.Errorf("%d lines: the old one stands beside the new one", n)
	}
}

func TestTheFamilysShare(t *testing.T) {
	s := setup(t)
	a := s.ask("张三丰", zhangNumber)
	s.says(a, "section[aria-labelledby=family]", "张小丰", "代收 1 笔", "1,040.86 元")
	s.says(a, ".why", "收款人张小丰")
}

func TestAPaymentLeadsToItsList(t *testing.T) {
	s := setup(t)
	a := s.get("/people/" + zhangRef.String())
	if want := villagePath(grain.Code, 2025, villageCode); a.attr(".why dd a", "href") != want {
		t.Errorf("leads to %q, want %q", a.attr(".why dd a", "href"), want)
	}
	for _, c := range []struct {
		change func(*ledger.Payment)
		want   string
	}{
		{func(p *ledger.Payment) { p.Disclosure = ledger.DiscloseSelf }, "只供本人查询"},
		{func(p *ledger.Payment) { p.VillageCode = "" }, "不在名册上"},
		{func(p *ledger.Payment) { p.ListUntil = day(2025, 9, 1) }, "公示到2025年9月1日"},
		{func(p *ledger.Payment) { p.Ended = day(2025, 9, 1) }, "不在名单上"},
		{func(*ledger.Payment) {}, "没有公示中的名单"},
	} {
		p := payment(2025, 1, 1)
		p.ListOpen = false
		c.change(&p)
		if got := whyUnlisted(p); !strings.Contains(got, c.want) {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

func TestAmountsForTheEar(t *testing.T) {
	for fen, want := range map[ledger.Fen]string{104086: "1040元8角6分", 100000: "1000元", 5: "0元0角5分"} {
		if got := spoken(fen); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
