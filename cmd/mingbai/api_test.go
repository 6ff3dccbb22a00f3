package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"mingbai/fixtures"
	"mingbai/portal/apitest"
)

// apiClient asks a running site and holds every answer against the document that it serves.
type apiClient struct {
	t        *testing.T
	site     string
	document *apitest.Document
}

func newAPIClient(t *testing.T, site string) *apiClient {
	t.Helper()
	_, body := get(t, site+"/api/v1/openapi.json")
	document, err := apitest.Read([]byte(body))
	if err != nil {
		t.Fatal(err)
	}
	return &apiClient{t, site, document}
}

func (c *apiClient) ask(method, path, body string, into any) (status int, text string) {
	c.t.Helper()
	r, err := http.NewRequestWithContext(c.t.Context(), method, c.site+"/api/v1"+path, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	defer res.Body.Close()
	all, err := io.ReadAll(res.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	if err := c.document.Check(method, "/api/v1"+path, res.StatusCode, res.Header.Get("Content-Type"), all); err != nil {
		c.t.Errorf("%v\n%s", err, all)
	}
	if into != nil {
		if err := json.Unmarshal(all, into); err != nil {
			c.t.Fatalf("%s: %v: %s", path, err, all)
		}
	}
	return res.StatusCode, string(all)
}

type apiList struct {
	Total int
	Items []map[string]any
	Next  *string
}

// all follows the cursors to the end.
func (c *apiClient) all(path string) (list apiList) {
	c.t.Helper()
	rest := ""
	for {
		var page apiList
		if status, text := c.ask("GET", path+rest, "", &page); status != 200 {
			c.t.Fatalf("%s%s: %d %s", path, rest, status, text)
		}
		list.Total, list.Items = page.Total, append(list.Items, page.Items...)
		if page.Next == nil {
			return list
		}
		rest = "?cursor=" + *page.Next
	}
}

// What the API says of a real county is what was published, all of it and at once, and every answer is as its document says.
func TestTheAPIOnARealCounty(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.tune = func(f *siteFlags) { f.Kiosks = []string{"127.0.0.1"} } // not the limits are tried here
	truth, _, _ := w.publishTables()
	path, people := w.book(fixtures.One{Layout: fixtures.LayoutCard, Rows: 60, Seed: 9})
	c := newAPIClient(t, w.serve())
	person := people.People[0]
	name := url.QueryEscape(person.Name)
	found := func() (total int, page string) {
		t.Helper()
		var a struct{ People struct{ Total int } }
		c.ask("GET", "/search?q="+name, "", &a)
		status, page := get(t, c.site+"/people?q="+name)
		if status != 200 {
			t.Fatalf("the page answers %d", status)
		}
		return a.People.Total, page
	}
	own := func(number string) string {
		t.Helper()
		body, _ := json.Marshal(map[string]string{"name": person.Name, "id_number": number})
		status, text := c.ask("POST", "/lookup", string(body), nil)
		if status != 200 {
			t.Fatalf("lookup: %d %s", status, text)
		}
		return text
	}

	before, _ := found()
	unknown := own(person.ID)
	no := w.publish(path, people.Books[0])
	after, page := found() // at once: the index has not heard of it
	if after != before+1 || !strings.Contains(page, person.Name) || !strings.Contains(own(person.ID), `"found":true`) {
		t.Errorf("published: found %d, then %d", before, after)
	}
	if text := own("990121199001011234"); text != unknown {
		t.Errorf("a wrong number is told from an unknown person:\n%s\n%s", text, unknown)
	}
	w.ok("withdraw", no, "--as", "wang", "--reason", "重发")
	if now, _ := found(); now != before {
		t.Errorf("withdrawn, and still found: %d", now)
	}
	if text := own(person.ID); !strings.Contains(text, `"end_reason":"重发"`) {
		t.Errorf("what was withdrawn stays in one's own book, with the reason: %s", text)
	}

	rows := map[string]int{}
	for _, table := range truth.Tables {
		rows[table.Fund] += table.Rows
	}
	projects, agencies, news := c.all("/projects"), c.all("/agencies"), c.all("/publications")
	if len(projects.Items) != rows["XM01"] || projects.Total != rows["XM01"] || rows["XM01"] == 0 {
		t.Errorf("%d projects of %d, %d were published", len(projects.Items), projects.Total, rows["XM01"])
	}
	if len(agencies.Items) != rows["BZ01"] || rows["BZ01"] == 0 {
		t.Errorf("%d agencies, %d were published", len(agencies.Items), rows["BZ01"])
	}
	if len(news.Items) != len(truth.Tables)+1 || news.Items[0]["end_reason"] != "重发" {
		t.Errorf("%d publications, the newest %v", len(news.Items), news.Items[0])
	}
	said := ""
	var funds apiList
	_, text := c.ask("GET", "/funds", "", &funds)
	said += text
	for _, f := range funds.Items {
		_, text := c.ask("GET", "/funds/"+f["code"].(string), "", nil)
		said += text
	}
	for _, path := range []string{"/projects", "/agencies", "/publications", "/answers", "/search?in=all&match=contains&q=" + name, "/search?in=catalogue&q=%E9%A1%B9%E7%9B%AE"} {
		_, text := c.ask("GET", path, "", nil)
		said += text
	}
	if digits := regexp.MustCompile(`990121\d{8,11}[\dX]`).FindString(said); digits != "" {
		t.Errorf("something like a number got out: %s", digits[:10]+"…")
	}
}
