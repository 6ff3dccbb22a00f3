package portal

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"mingbai/ledger"
	"mingbai/portal/apitest"
)

// apiSite holds every answer against the document that the site serves.
type apiSite struct {
	*site
	document *apitest.Document
}

func setupAPI(t *testing.T, change ...func(*Config)) *apiSite {
	t.Helper()
	s := &apiSite{site: setup(t, change...)}
	a := s.get(apiBase + "/openapi.json")
	s.status(a, http.StatusOK)
	var err error
	if s.document, err = apitest.Read([]byte(a.body)); err != nil {
		t.Fatal(err)
	}
	return s
}

// call asks, and holds the answer against the document; into gets the body.
func (s *apiSite) call(method, path, body string, want int, into any) answer {
	s.t.Helper()
	r := httptest.NewRequest(method, apiBase+path, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	a := s.do(r)
	if a.StatusCode != want {
		s.t.Fatalf("%s %s: status %d, want %d: %s", method, path, a.StatusCode, want, a.body)
	}
	if err := s.document.Check(method, apiBase+path, a.StatusCode, a.Header.Get("Content-Type"), []byte(a.body)); err != nil {
		s.t.Errorf("%v\n%s", err, a.body)
	}
	if into != nil {
		d := json.NewDecoder(strings.NewReader(a.body))
		d.DisallowUnknownFields()
		if err := d.Decode(into); err != nil {
			s.t.Fatalf("%s: %v: %s", path, err, a.body)
		}
	}
	return a
}

// Every route of the API is in the document and on the page, and the document names no other.
func TestTheDocumentHasEveryRoute(t *testing.T) {
	s := setupAPI(t)
	var routes, documented []string
	for _, stack := range s.server.App().Stack() {
		for _, r := range stack {
			if strings.HasPrefix(r.Path, apiBase+"/") && r.Method != http.MethodHead && r.Path != apiBase+"/" && len(r.Handlers) > 1 {
				routes = append(routes, r.Method+" "+r.Path)
			}
		}
	}
	for _, route := range s.document.Routes() {
		documented = append(documented, asFiberPath(route))
	}
	slices.Sort(routes)
	slices.Sort(documented)
	routes = slices.Compact(routes)
	if !slices.Equal(routes, documented) || len(routes) != 9 {
		t.Errorf("routes    %q\ndocuments %q", routes, documented)
	}
	page := s.get("/api")
	s.status(page, http.StatusOK)
	for _, r := range s.server.apiRoutes() {
		if !strings.Contains(page.text("#"+r.Name), strings.Fields(r.Title)[0]) || !strings.Contains(page.text("section[aria-labelledby="+r.Name+"] pre"), "curl") {
			t.Errorf("the page lacks %s", r.Name)
		}
	}
	for _, name := range problemNames {
		if page.attr("#"+name, "id") != name {
			t.Errorf("the type of problem %q leads nowhere", name)
		}
	}
}

func TestSearchByTheAPI(t *testing.T) {
	s := setupAPI(t)
	s.books.hits = map[ledger.NameMode]int{ledger.NameExact: 45, ledger.NameContains: 3}
	s.books.entries = true
	var first, second, third apiFound
	a := s.call("GET", "/search"+"?q=%E5%BC%A0%E4%B8%89%E4%B8%B0", "", 200, &first)
	if p := first.People; p.Match != "exact" || p.Total != 45 || len(p.Items) != 20 || p.Next == nil || p.Items[0].Name != "张三丰" || first.Catalogue != nil {
		t.Errorf("%+v", first)
	}
	if a.Header.Get("X-Robots-Tag") != "noindex" || a.Header.Get("Cache-Control") != "no-store" || a.Header.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("headers %v", a.Header)
	}
	cursor := "?q=%E5%BC%A0%E4%B8%89%E4%B8%B0&cursor=" + *first.People.Next
	s.call("GET", "/search"+cursor, "", 200, &second)
	s.call("GET", "/search"+"?q=%E5%BC%A0%E4%B8%89%E4%B8%B0&cursor="+*second.People.Next, "", 200, &third)
	if len(third.People.Items) != 5 || third.People.Next != nil || third.People.Items[4].Ref == first.People.Items[4].Ref {
		t.Errorf("the last page: %+v", third.People)
	}
	if text := *first.People.Next; len(text) > 24 {
		t.Errorf("a cursor holds more than a page and its mark: %s", text)
	}
	s.call("GET", "/search"+"?q=%E5%BC%A0%E4%B8%89&match=contains&in=all", "", 200, &first)
	if first.People.Match != "contains" || first.People.Total != 3 || first.Catalogue.Total != 9 || len(first.Catalogue.Items) != 5 {
		t.Errorf("%+v", first)
	}
	s.call("GET", "/search"+"?q=%E5%86%9C%E4%B8%9A&in=catalogue", "", 200, &first)
	if first.People != nil || len(first.Catalogue.Items) != 5 {
		t.Errorf("%+v", first)
	}
	s.call("GET", "/search"+"?q=zhangsan", "", 200, &first)
	if first.People.Match != "pinyin" {
		t.Errorf("letters are a spelling: %+v", first.People)
	}
	asked := len(s.books.asked)
	s.call("GET", "/search"+"?q=%E5%BC%A0%E4%B8%89&village="+villageCode+"&fund=NB-01&year=2024", "", 200, nil)
	if q := s.books.asked[asked]; !slices.Equal(q.Places, []string{villageCode}) || !slices.Equal(q.Funds, []string{"NB-01"}) || !slices.Equal(q.Years, []int{2024}) {
		t.Errorf("asked %+v", q)
	}
	for _, rest := range []string{
		"", "?q=", "?q=" + zhangNumber, "?q=%E5%BC%A0%E4%B8%89&in=everything", "?q=%E5%BC%A0%E4%B8%89&match=fuzzy", "?q=%E5%BC%A0%E4%B8%89&village=1",
		"?q=%E5%BC%A0%E4%B8%89&year=24", "?q=%E5%BC%A0%E4%B8%89&cursor=AAAA", "?q=%E6%9D%8E%E5%9B%9B&cursor=" + *second.People.Next,
	} {
		var p problem
		a := s.call("GET", "/search"+rest, "", http.StatusUnprocessableEntity, &p)
		if len(p.Errors) == 0 || p.Reference == "" || !strings.HasPrefix(p.Type, "/api#") || strings.Contains(a.body, zhangNumber) {
			t.Errorf("%s: %+v", rest, p)
		}
	}
	if strings.Contains(s.logged.String(), zhangNumber) {
		t.Error("a number in the log")
	}
}

// A list of people has an end beyond which only a narrower question leads.
func TestTheAPIGoesNoDeeperThanPages(t *testing.T) {
	s := setupAPI(t, func(c *Config) { c.Harvest.Pages = 2 })
	s.books.hits = map[ledger.NameMode]int{ledger.NameExact: 45}
	var found apiFound
	s.call("GET", "/search"+"?q=%E5%BC%A0%E4%B8%89", "", 200, &found)
	s.call("GET", "/search"+"?q=%E5%BC%A0%E4%B8%89&cursor="+*found.People.Next, "", 200, &found)
	if found.People.Next != nil || !found.People.Deepest || found.People.Total != 45 {
		t.Errorf("%+v", found.People)
	}
	narrow := "?q=%E5%BC%A0%E4%B8%89&village=" + villageCode
	for range 2 {
		s.call("GET", "/search"+narrow, "", 200, &found)
		narrow = "?q=%E5%BC%A0%E4%B8%89&village=" + villageCode + "&cursor=" + *found.People.Next
	}
	s.call("GET", "/search"+narrow, "", 200, &found)
	if len(found.People.Items) != 5 || found.People.Deepest {
		t.Errorf("a village is shown to its end: %+v", found.People)
	}
	s = setupAPI(t, func(c *Config) { c.Harvest.NameSearch = fullName })
	s.call("GET", "/search"+"?q=%E5%BC%A0%E4%B8%89&match=contains", "", http.StatusUnprocessableEntity, nil)
}

func TestLookupByTheAPI(t *testing.T) {
	s := setupAPI(t)
	ask := func(name, number string) (a answer, own apiOwn) {
		body, _ := json.Marshal(apiAsked{name, number})
		a = s.call("POST", "/lookup", string(body), 200, &own)
		return a, own
	}
	a, own := ask("张三丰", zhangNumber)
	if !own.Found || own.Book.Own.Rows != 3 || len(own.Book.Payments) != 4 || own.Book.Payments[0].PaidOn != "2025-05-20" {
		t.Errorf("%+v", own)
	}
	if a.Header.Get("Cache-Control") != "no-store" || strings.Contains(a.body, zhangNumber[:10]) || a.Header.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("%v %s", a.Header, a.body)
	}
	unknown, _ := ask("张三丰", otherNumber)
	wrongName, _ := ask("李四", zhangNumber)
	if unknown.body != wrongName.body || strings.Contains(unknown.body, `"found":true`) {
		t.Errorf("%s\n%s", unknown.body, wrongName.body)
	}
	looked := s.books.looked
	for _, body := range []string{
		`{"name":"张三丰"}`, `{"name":"","id_number":"` + zhangNumber + `"}`, `{"name":"张三丰","id_number":"990121********4515"}`, `{"name":"` + zhangNumber + `","id_number":"1"}`,
	} {
		var p problem
		a := s.call("POST", "/lookup", body, http.StatusUnprocessableEntity, &p)
		if len(p.Errors) == 0 || strings.Contains(a.body, zhangNumber[:8]) {
			t.Errorf("%s: %s", body, a.body)
		}
	}
	s.call("POST", "/lookup", `{"name":`, http.StatusBadRequest, nil)
	r := httptest.NewRequest("POST", apiBase+"/lookup", strings.NewReader(`{"name":"张三丰","id_number":"`+zhangNumber+`"}`))
	r.Header.Set("Content-Type", "text/plain") // as a form of another site can send it
	if a := s.do(r); a.StatusCode != http.StatusUnsupportedMediaType {
		t.Errorf("text/plain: %d", a.StatusCode)
	}
	if s.books.looked != looked || strings.Contains(s.logged.String(), zhangNumber[:10]) {
		t.Error("a faulty question was asked, or is in the log")
	}
}

// A page and the API count together: who has used up the one has used up the other.
func TestTheAPISharesThePagesLimits(t *testing.T) {
	s := setupAPI(t, func(c *Config) {
		c.Limits.Browse = Limit{3, time.Minute}
		c.Limits.LookupAddress = Limit{2, time.Minute}
	})
	a := s.call("GET", "/search"+"?q=%E5%BC%A0%E4%B8%89", "", 200, nil)
	if a.Header.Get("RateLimit-Limit") != "3" || a.Header.Get("RateLimit-Remaining") != "2" || a.Header.Get("RateLimit-Reset") == "" || a.Header.Get("X-RateLimit-Limit") != "" {
		t.Errorf("headers %v", a.Header)
	}
	s.status(peopleAsked(s.site, "张三丰"), 200)
	s.status(peopleAsked(s.site, "张三丰"), 200)
	var p problem
	a = s.call("GET", "/search"+"?q=%E5%BC%A0%E4%B8%89", "", http.StatusTooManyRequests, &p)
	if a.Header.Get("Retry-After") == "" || a.Header.Get("RateLimit-Remaining") != "0" || p.Type != "/api#too-many" {
		t.Errorf("headers %v, %+v", a.Header, p)
	}
	body := `{"name":"张三丰","id_number":"` + otherNumber + `"}`
	s.call("POST", "/lookup", body, 200, nil)
	s.ask("张三丰", otherNumber)
	s.call("POST", "/lookup", body, http.StatusTooManyRequests, nil)
}

func TestTheCatalogueByTheAPI(t *testing.T) {
	s := setupAPI(t)
	var funds apiFunds
	a := s.call("GET", "/funds", "", 200, &funds)
	if len(funds.Items) != 4 || funds.Items[0].Total != 4312345678 || a.Header.Get("Access-Control-Allow-Origin") != "*" {
		t.Errorf("%v %+v", a.Header, funds)
	}
	r := httptest.NewRequest("GET", apiBase+"/funds", nil)
	r.Header.Set("If-None-Match", `"other", W/`+a.Header.Get("ETag"))
	if again := s.do(r); again.StatusCode != http.StatusNotModified || again.body != "" || again.Header.Get("ETag") != a.Header.Get("ETag") {
		t.Errorf("asked again: %d %s", again.StatusCode, again.body)
	}
	var fund apiFund
	s.call("GET", "/funds"+"/NB-01?year=2025", "", 200, &fund)
	if fund.Rows != 41230 || len(fund.Towns) != 2 || fund.Towns[0].Villages[0].Code != villageCode || fund.Until != "2026-05-28" {
		t.Errorf("%+v", fund)
	}
	s.books.fund.Disclosure = ledger.DiscloseSelf
	s.books.fund.Towns[0].Villages = append(s.books.fund.Towns[0].Villages, ledger.RegionTally{Code: "990121102299", Name: "一户村", Tally: ledger.Tally{Rows: 1, Total: 100}})
	a = s.call("GET", "/funds"+"/NB-01", "", 200, &fund)
	if strings.Contains(a.body, "一户村") || fund.Towns[0].Folded == 0 {
		t.Errorf("a village of one household is told: %s", a.body)
	}
	s.call("GET", "/funds"+"/NB-01?year=25", "", http.StatusUnprocessableEntity, nil)
	s.call("GET", "/funds"+"/none", "", http.StatusNotFound, nil)

	var news, older apiPublications
	s.call("GET", "/publications", "", 200, &news)
	s.call("GET", "/publications"+"?cursor="+*news.Next, "", 200, &older)
	if news.Total != 120 || len(news.Items) != 50 || len(older.Items) != 50 || older.Next == nil {
		t.Errorf("%d of %d, then %d", len(news.Items), news.Total, len(older.Items))
	}
	s.call("GET", "/answers"+"?cursor="+*news.Next, "", http.StatusUnprocessableEntity, nil)
	var answers apiAnswers
	s.call("GET", "/answers", "", 200, &answers)
	s.call("GET", "/projects", "", 200, nil)
	s.call("GET", "/agencies", "", 200, nil)

	s.books.err = errDriver
	var p problem
	a = s.call("GET", "/funds", "", http.StatusInternalServerError, &p)
	if p.Reference == "" || bytes.Contains([]byte(a.body), []byte("pgx")) {
		t.Errorf("%s", a.body)
	}
	if a := s.get(apiBase + "/nothing"); a.StatusCode != http.StatusNotFound || !strings.HasPrefix(a.Header.Get("Content-Type"), "application/problem+json") {
		t.Errorf("an address that is not: %d %s", a.StatusCode, a.body)
	}
}
