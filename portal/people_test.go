package portal

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"mingbai/ledger"
)

func peopleAsked(s *site, text string) answer {
	return s.get("/people?q=" + url.QueryEscape(text))
}

func TestTiersStandApart(t *testing.T) {
	for name, c := range map[string]struct {
		query string
		hits  map[ledger.NameMode]int
		says  map[string]string
	}{
		"exact":  {"张三丰", map[ledger.NameMode]int{ledger.NameExact: 2}, map[string]string{"#tier-exact": "姓名是“张三丰”共 2 条"}},
		"below":  {"三丰", map[ledger.NameMode]int{ledger.NameContains: 1502}, map[string]string{"section": "没有正好叫“三丰”的", "#tier-contains": "共 1,502 条", ".pager": "共 76 页"}},
		"spelt":  {"Zhang San", map[ledger.NameMode]int{ledger.NamePinyin: 7}, map[string]string{"#tier-pinyin": "拼音是“Zhang San”共 7 条"}},
		"nobody": {"张三丰", nil, map[string]string{".lead": "没有查到“张三丰”的公开款项", ".reasons": "暂缓发放"}},
		"one":    {"王", nil, map[string]string{".lead": "至少两个字"}},
		"all": {
			"张三丰",
			map[ledger.NameMode]int{ledger.NameExact: 21, ledger.NameContains: 6, ledger.NamePinyin: 5, ledger.NameNear: 100},
			map[string]string{
				"section[aria-labelledby=tier-exact]": "第 1 页，共 2 页", "section[aria-labelledby=tier-contains]": "看全部 6 条",
				"#tier-pinyin": "读音相同共 5 条", "section[aria-labelledby=tier-near]": "看清是不是您要找的人",
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := setup(t)
			s.books.hits = c.hits
			for _, param := range []string{"q", "name"} { // addresses of the days before are kept
				a := s.get("/people?tier=all&" + param + "=" + url.QueryEscape(c.query))
				for where, what := range c.says {
					s.says(a, where, what)
				}
			}
			if len(s.books.asked) != 2 {
				t.Errorf("asked %d times for two pages", len(s.books.asked))
			}
		})
	}
	s := setup(t)
	s.books.hits = map[ledger.NameMode]int{ledger.NameExact: 21, ledger.NameNear: 100}
	a := s.get(peopleAsked(s, "张三丰").attr("main p a[href*=tier]", "href"))
	if exact, near := len(a.all("section[aria-labelledby=tier-exact] li")), len(a.all("section[aria-labelledby=tier-near] li")); exact != 20 || near != 5 {
		t.Errorf("%d and %d people, want 20 and 5", exact, near)
	}
	a = s.get(a.attr("section[aria-labelledby=tier-near] p a", "href"))
	if n := len(a.all("section")); n != 1 || len(a.all("li a.line")) != 20 {
		t.Errorf("%d sections, %d people on the way to all near ones", n, len(a.all("li a.line")))
	}
}

// Who is called exactly so comes first, and alone; the way to everything else stands under them.
func TestExactComesFirst(t *testing.T) {
	s := setup(t)
	s.books.hits = map[ledger.NameMode]int{ledger.NameExact: 2, ledger.NameContains: 6}
	s.books.entries = true
	a := peopleAsked(s, "张三丰")
	if len(s.books.asked) != 1 || len(a.all("section[aria-labelledby^=tier]")) != 1 || len(a.all("section[aria-labelledby^=shelf]")) != 0 {
		t.Errorf("asked %d times: %s", len(s.books.asked), a.text("main"))
	}
	rest := s.get(a.attr("main p a[href*=tier]", "href"))
	if len(rest.all("section[aria-labelledby^=tier]")) != 2 || len(rest.all("section[aria-labelledby^=shelf]")) != 5 || rest.attr("main p a[href*='tier=all']", "href") != "" {
		t.Errorf("everything is: %s", rest.text("main"))
	}
	for text, why := range map[string]string{"Zhang San": "letters are a spelling", "粮补 张三丰": "a fund was asked for, too", "李四": "nobody is called so"} {
		if why == "nobody is called so" {
			s.books.hits = map[ledger.NameMode]int{ledger.NameContains: 6}
		}
		if a := peopleAsked(s, text); len(a.all("section[aria-labelledby^=shelf]")) == 0 {
			t.Errorf("%s: %s, and the catalogue stands beside", text, why)
		}
	}
}

func TestAWholeQuestion(t *testing.T) {
	s := setup(t)
	a := peopleAsked(s, "赵家灣村 张三丰 2024 耕地地力保护补贴 农业农村局")
	q := s.books.asked[0]
	if q.Name != "张三丰" || !slices.Equal(q.Places, []string{villageCode}) || !slices.Equal(q.Years, []int{2024}) || !slices.Equal(q.Funds, []string{grain.Code}) {
		t.Errorf("asked %+v", q)
	}
	s.says(a, ".chips", "地方 赵家湾村", "姓名或字词 张三丰", "年份 2024年", "项目 耕地地力保护补贴", "单位 清泉县农业农村局")
	s.says(a, "section[aria-labelledby=lists]", "赵家湾村 耕地地力保护补贴", "24,980.64 元")
	s.says(a, ".note", "由清泉县财政局农业农村股负责")
	for _, link := range a.all(".chips a") {
		for _, at := range link.Attr {
			if at.Key != "href" {
				continue
			}
			if n := len(s.get(at.Val).all(".chips a")); n != 4 {
				t.Errorf("%s leaves %d parts, want 4", at.Val, n)
			}
		}
	}
	s.says(peopleAsked(s, "困难残疾人生活补贴 张三丰"), ".note", "只供本人查询")
	a = peopleAsked(s, "赵家湾")
	s.says(a, ".note", "也是地名")
	s.says(s.get(a.attr(".note a", "href")), ".chips", "地方 赵家湾村")
	s.books.empty, s.books.hits = true, nil
	a = peopleAsked(s, "赵家湾村 张三丰 2024")
	s.says(a, ".lead", "在“赵家湾村 2024年”里没有查到“张三丰”")
	s.says(a, ".note", "“赵家湾村 2024年”现在没有公示中的名单")
	s.status(peopleAsked(s, "赵家湾村"), http.StatusOK)
}

func TestTheCatalogueStandsBeside(t *testing.T) {
	s := setup(t)
	s.books.entries = true
	a := peopleAsked(s, "农业农村局 高标准农田")
	for shelf, path := range map[string]string{
		"fund": "/funds/NB-01", "agency": "/funds/BZ%2001?year=2025", "project": "/funds/XM01?year=2025",
		"unit": "/funds/RY01?year=2025&unit=%E5%86%9C%E4%B8%9A%E5%86%9C%E6%9D%91%E5%B1%80", "guide": "/about",
	} {
		if got := a.attr("section[aria-labelledby=shelf-"+shelf+"] a.line", "href"); got != path {
			t.Errorf("%s leads to %s, want %s", shelf, got, path)
		}
	}
	s.says(a, "main", "另有 4 条也对得上")
	s.books.hits = nil
	if a := peopleAsked(s, "高标准农田"); a.text(".reasons") != "" {
		t.Error("something was found, and the page explains why nothing was")
	}
}

func TestWordsAreNoPersons(t *testing.T) {
	s := setup(t)
	a := s.get("/words.json")
	s.status(a, http.StatusOK)
	if want := `["柳河镇","赵家湾村","耕地地力保护补贴","困难残疾人生活补贴","清泉县农业农村局"]`; a.body != want {
		t.Errorf("words are %s", a.body)
	}
	if page := peopleAsked(s, "张三丰"); len(page.all("datalist option")) != 3 || page.attr("script", "src") == "" {
		t.Error("no suggestions on the page")
	}
}

func TestNoNumberInTheBox(t *testing.T) {
	s := setup(t)
	for _, text := range []string{zhangNumber, "张三丰 " + zhangNumber, "2023 2024 2025 123456", "2001 2002 2003 2004", strings.Repeat("长 ", 60)} {
		a := peopleAsked(s, text)
		s.status(a, http.StatusBadRequest)
		if strings.Contains(a.body, text) || len(s.books.asked) > 0 {
			t.Errorf("%q was asked or shown", text)
		}
	}
	if strings.Contains(s.logged.String(), zhangNumber[:10]) {
		t.Error("a number in the log")
	}
	s.status(peopleAsked(s, "张三丰 2023 2024 2025"), http.StatusOK)
}
