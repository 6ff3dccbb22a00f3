package portal

import (
	"net/http"
	"strings"
	"testing"

	"mingbai/ledger"
)

// TestEveryPageIsWhole asks for every page, errors among them, and looks for what each must have.
func TestEveryPageIsWhole(t *testing.T) {
	personPage := "/people/" + zhangRef.String()
	listPage := "/funds/NB-01/2025/villages/" + villageCode
	for name, page := range map[string]struct {
		open    func(*site) answer
		status  int
		noindex bool
		noStore bool
	}{
		"home":        {func(s *site) answer { return s.get("/") }, 200, false, false},
		"empty books": {func(s *site) answer { s.books.empty = true; return s.get("/") }, 200, false, false},
		"people":      {func(s *site) answer { return s.get("/people?name=%E5%BC%A0%E4%B8%89%E4%B8%B0") }, 200, true, true},
		"nobody":      {func(s *site) answer { s.books.hits = nil; return s.get("/people?name=%E5%BC%A0%E4%B8%89%E4%B8%B0") }, 200, true, true},
		"person":      {func(s *site) answer { return s.get(personPage) }, 200, true, true},
		"own book":    {func(s *site) answer { return s.ask("张三丰", zhangNumber) }, 200, true, true},
		"missing":     {func(s *site) answer { return s.ask("张三丰", otherNumber) }, 200, true, true},
		"17 digits":   {func(s *site) answer { return s.ask("张三丰", zhangNumber[:17]) }, 422, true, true},
		"funds":       {func(s *site) answer { return s.get("/funds") }, 200, false, false},
		"no funds":    {func(s *site) answer { s.books.empty = true; return s.get("/funds") }, 200, false, false},
		"fund":        {func(s *site) answer { return s.get("/funds/NB-01") }, 200, false, false},
		"new fund":    {func(s *site) answer { s.books.fund.Years = nil; return s.get("/funds/NB-01") }, 200, false, false},
		"village":     {func(s *site) answer { return s.get(listPage) }, 200, true, true},
		"about":       {func(s *site) answer { return s.get("/about") }, 200, false, false},
		"accessible":  {func(s *site) answer { return s.get("/accessible") }, 200, false, false},
		"audit":       {func(s *site) answer { return s.get("/audit") }, 200, false, false},
		"older audit": {func(s *site) answer { return s.get("/audit?before=2025-01-02") }, 200, false, false},
		"no audit":    {func(s *site) answer { s.books.empty = true; return s.get("/audit") }, 200, false, false},
		"no such day": {func(s *site) answer { return s.get("/audit?before=soon") }, 404, true, true},
		"nowhere":     {func(s *site) answer { return s.get("/nowhere") }, 404, true, true},
		"no person":   {func(s *site) answer { return s.get("/people/" + strings.Repeat("a", 32) + "-0") }, 404, true, true},
		"no ref":      {func(s *site) answer { return s.get("/people/12345") }, 404, true, true},
		"no fund":     {func(s *site) answer { return s.get("/funds/NONE") }, 404, true, true},
		"no year":     {func(s *site) answer { return s.get("/funds/NB-01?year=soon") }, 404, true, true},
		"no village":  {func(s *site) answer { return s.get("/funds/NB-01/2025/villages/1") }, 404, true, true},
		"no name":     {func(s *site) answer { return s.get("/people") }, 400, true, true},
		"bad token":   {func(s *site) answer { return s.do(form(nil)) }, 403, true, true},
		"broken":      {func(s *site) answer { s.books.err = errDriver; return s.get("/") }, 500, true, true},
		"away":        {func(s *site) answer { s.books.err = ledger.ErrUnavailable; return s.get("/funds") }, 503, true, true},
	} {
		t.Run(name, func(t *testing.T) {
			s := setup(t)
			a := page.open(s)
			s.status(a, page.status)
			checkWhole(t, a)
			checkHeaders(t, a)
			if got := a.attr("meta[name=robots]", "content") == "noindex"; got != page.noindex {
				t.Errorf("noindex in the page: %v, want %v", got, page.noindex)
			}
			if got := a.Header.Get("X-Robots-Tag") == "noindex"; got != page.noindex {
				t.Errorf("noindex in the header: %v, want %v", got, page.noindex)
			}
			if got := a.Header.Get("Cache-Control") == "no-store"; got != page.noStore {
				t.Errorf("no-store: %v, want %v", got, page.noStore)
			}
		})
	}
}

func checkWhole(t *testing.T, a answer) {
	t.Helper()
	for selector, want := range map[string]int{
		"html[lang=zh-CN]": 1, "h1": 1, "main#main": 1, "a.skip[href='#main']": 1, "title": 1, "header": 1, "footer": 1,
		"nav:not([aria-label]):not([aria-labelledby])": 0, "[style]": 0, "style": 0, "script:not([src^='/static/'])": 0, "input:not([type=hidden]):not([id])": 0,
	} {
		if got := len(a.all(selector)); got != want {
			t.Errorf("%d of %s, want %d", got, selector, want)
		}
	}
	for _, input := range a.all("input:not([type=hidden])") {
		id := ""
		for _, at := range input.Attr {
			if at.Key == "id" {
				id = at.Val
			}
		}
		if len(a.all("label[for='"+id+"']")) != 1 {
			t.Errorf("input %q has no label", id)
		}
	}
	seen := map[string]bool{}
	for _, n := range a.all("[id]") {
		for _, at := range n.Attr {
			if at.Key == "id" && seen[at.Val] {
				t.Errorf("id %q twice", at.Val)
			} else if at.Key == "id" {
				seen[at.Val] = true
			}
		}
	}
	if main := a.text("main"); main == "" || strings.Contains(a.body, "ZgotmplZ") {
		t.Errorf("main says %q", main)
	}
}

func checkHeaders(t *testing.T, a answer) {
	t.Helper()
	for name, want := range map[string]string{
		"Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; connect-src 'self'; " +
			"form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
		"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin",
		"Strict-Transport-Security": "",
	} {
		if got := a.Header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if a.Header.Get("Permissions-Policy") == "" {
		t.Error("no Permissions-Policy")
	}
}

func TestHomeShowsTheYearAndTheNews(t *testing.T) {
	s := setup(t)
	a := s.get("/")
	s.says(a, ".figures", "431,700,000.12 元", "312,457 人", "35 个")
	if n := len(a.all("section[aria-labelledby=news] a.line")); n != 5 {
		t.Errorf("%d lines of news, want 5", n)
	}
	s.says(a, ".foot", "0990-1234567", "周一至周五", "服务大厅")
}

func TestAPaymentSaysWhyItIsThatMuch(t *testing.T) {
	s := setup(t)
	a := s.get("/people/" + zhangRef.String())
	s.says(a, ".total", "公开部分合计 3,122.58 元 共 3 笔")
	s.says(a, "li:nth-child(1) .why", "12.40 亩 × 83.94 元/亩 = 1,040.86 元", "批次 17", "第 4 行", "2025年5月28日")
	if a.text("li:nth-child(1) .gap") != "" {
		t.Error("a gap is told where there is none")
	}
	s.says(a, "li:nth-child(2) .gap", "按面积×标准算是 1,040.86 元，实发 1,000.00 元，相差 40.86 元", "0990-1234567")
	s.says(a, "li:nth-child(3)", "未注明", "没有写明数量或标准")
}

func TestTheOwnBookKeepsWhatIsNotTheHouseholdersApart(t *testing.T) {
	s := setup(t)
	a := s.ask("张三丰", zhangNumber)
	s.says(a, "h1", "张三丰的账")
	s.says(a, ".total", "历年合计 3,081.72 元 共 3 笔", "代收或享受合计 960.00 元 共 1 笔")
	s.says(a, "section[aria-labelledby=y2024] h2", "2,040.86 元 · 2 笔")
	s.says(a, "section[aria-labelledby=related]", "您是收款人，户主是张老根")
	s.says(a, ".note", "另有 2 笔写的是别的姓名")
	if n := len(a.all("section[aria-labelledby=y2024] details")); n != 2 {
		t.Errorf("%d payments under 2024, want 2", n)
	}
}

func TestMissingThingsAreSaid(t *testing.T) {
	s := setup(t)
	s.says(s.get("/people?name=%E5%BC%A0%E4%B8%89%E4%B8%B0"), ".where", "柳河镇 · 赵家湾村 · 3组", "村名未注明 · 组未注明")
	list := s.get("/funds/NB-01/2025/villages/" + villageCode)
	s.says(list, "tbody tr:nth-child(3)", "组未注明", "未注明", "退回")
	s.says(list, ".total", "24,980.64 元 共 24 笔")
	s.says(list, ".facts", "2025年5月28日至2026年5月28日", "0990-1234567")
	fund := s.get("/funds/NB-01")
	s.says(fund, ".towns", "村名未注明", "没有单独的名单")
	if len(fund.all("a[href='/funds/NB-01/2025/villages/"+villageCode+"']")) != 1 {
		t.Error("no way to the village's list")
	}
}

func TestAFundWhoseListsAreClosedSaysWhy(t *testing.T) {
	for policy, want := range map[ledger.Disclosure]string{
		ledger.DisclosePublic: "公示期满", ledger.DiscloseSelf: "只供本人查询", ledger.DiscloseAggregate: "只公开合计",
	} {
		s := setup(t)
		s.books.fund.ListOpen, s.books.fund.Disclosure = false, policy
		a := s.get("/funds/NB-01")
		s.says(a, ".note", want)
		if len(a.all("a[href*=villages]")) != 0 {
			t.Errorf("%s: links to lists", policy)
		}
	}
}

func TestTheBadgeTellsADifference(t *testing.T) {
	s := setup(t)
	s.says(s.get("/funds/NB-01"), ".badge", "账目相符")
	s.books.fund.Towns[0].Villages[1].Total -= 4086
	s.says(s.get("/funds/NB-01"), ".badge.off", "相差 40.86 元")
}

func TestAFundThatNamesNobodyHidesSmallVillages(t *testing.T) {
	s := setup(t)
	s.books.fund.Disclosure, s.books.fund.ListOpen = ledger.DiscloseSelf, false
	s.books.fund.Towns[0].Villages[1].Rows = 1
	a := s.get("/funds/NB-01")
	if strings.Contains(a.body, "王家台村") {
		t.Error("a village with one household is shown")
	}
	if strings.Contains(a.text(".towns"), "村名未注明") {
		t.Error("the hidden village can be reckoned from the town's total")
	}
	s.says(a, ".towns", "另有 2 个村户数很少")
}

func TestFold(t *testing.T) {
	for name, c := range map[string]struct {
		rows []int
		want []bool
	}{
		"enough everywhere":          {[]int{3, 9}, []bool{false, false}},
		"one small takes the next":   {[]int{1, 9, 4}, []bool{true, false, true}},
		"small ones hide together":   {[]int{1, 2, 9}, []bool{true, true, false}},
		"nobody to hide with":        {[]int{2}, []bool{true}},
		"nothing":                    {nil, nil},
		"all join where all are few": {[]int{1, 1, 30}, []bool{true, true, true}},
	} {
		got := ledger.FoldSmall(c.rows, 3)
		for i := range c.want {
			if got[i] != c.want[i] {
				t.Errorf("%s: %v, want %v", name, got, c.want)
				break
			}
		}
	}
}

func TestNamesAreEscaped(t *testing.T) {
	s := setup(t)
	s.books.name = `<script>alert(1)</script>"'&`
	for name, a := range map[string]answer{
		"people": s.get("/people?name=%3Cscript%3Ealert(1)%3C/script%3E"), "person": s.get("/people/" + zhangRef.String()),
		"own": s.ask("张三丰", zhangNumber), "village": s.get("/funds/NB-01/2025/villages/" + villageCode),
		"ask": s.ask(`"><script>alert(1)</script>`, "123"),
	} {
		s.status(a, a.StatusCode)
		if len(a.all("script:not([src^='/static/'])")) != 0 || a.StatusCode >= http.StatusInternalServerError {
			t.Errorf("%s: status %d, %d scripts", name, a.StatusCode, len(a.all("script")))
		}
	}
}

func TestLinksCarryOddCodes(t *testing.T) {
	s := setup(t)
	if s.get("/funds").attr("section[aria-labelledby=allocation] a.line", "href") != "/funds/XM%201%2F2" {
		t.Error("the link is", s.get("/funds").attr("section[aria-labelledby=allocation] a.line", "href"))
	}
	s.books.fund.Code = "XM 1/2"
	s.status(s.get("/funds/XM%201%2F2"), http.StatusOK)
}

func TestATemplateMissingStopsTheProgram(t *testing.T) {
	c := setup(t).server.config
	defer func(all []page) { everyPage = all }(everyPage)
	everyPage = append(everyPage[:len(everyPage):len(everyPage)], lostPage{})
	if _, err := New(c, newFixture(), newFixture()); err == nil {
		t.Error("started without a template")
	}
}

type lostPage struct{ Frame }

func (lostPage) view() string { return "pages/lost" }
