package portal

import (
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"mingbai/ledger/inquiry"
)

// census is every table's rows as one hash.
func (s *officeSite) census() map[string]string {
	s.t.Helper()
	rows, err := s.sql.Query(s.t.Context(), `select table_name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`)
	s.must(err)
	var tables []string
	for rows.Next() {
		var name string
		s.must(rows.Scan(&name))
		tables = append(tables, name)
	}
	s.must(rows.Err())
	found := map[string]string{}
	for _, table := range tables {
		var hash string
		s.must(s.sql.QueryRow(s.t.Context(), `select count(*) || ' ' || coalesce(md5(string_agg(t::text, '|' order by t::text)), '') from `+table+` t`).Scan(&hash))
		found[table] = hash
	}
	return found
}

// notOfGET are the tables that a GET may write to, and why. What it is about is changed in none of them.
var notOfGET = []string{
	"audit",   // a file that was opened, a sheet of rows that was looked at: every sight is written down
	"session", // when its officer was last seen
}

// No GET of the desk's or the citizens' pages changes anything, whatever its address asks for and whoever comes with it: neither
// a reader nor a mail scanner that follows every link rates, acts or releases.
func TestAGETChangesNothing(t *testing.T) {
	t.Parallel()
	s := deskSite(t)
	s.must(s.desk.SaveTemplate(t.Context(), "duty", inquiry.Template{Name: "甲", Text: "乙"}))
	answered := s.sendsOne(filed())
	s.answeredPublicly(s.caseOf(answered), "答复", inquiry.Copy{Title: "标题", Question: "问", Answer: "答"})
	code := s.sendsOne(filed("subject", "还在办"), sentFile{"证.pdf", plainPDF})
	id := s.caseOf(code)
	s.inHand(id)
	s.must(s.desk.SaveDraft(t.Context(), "duty", id, "草稿"))
	tr, err := s.desk.Track(t.Context(), id)
	s.must(err)
	open := s.tracks(answered)
	asked := url.Values{
		"act": {"rate"}, "rating": {"satisfied"}, "ticket": {open.attr("input[name=ticket]", "value")}, "seen": {open.attr("input[name=seen]", "value")},
		"code": {code}, "text": {"x"}, "purpose": {"x"}, "proposed": {"x"}, "keep": {"1"}, "remove": {"1"}, "no": {"1"}, "day": {"2025-06-02"},
		"title": {"x"}, "question": {"x"}, "answer": {"x"}, "subject": {"x"}, "kind": {"question"}, "channel": {"phone"}, "name": {"x"},
	}.Encode()
	var paths []string
	for _, r := range s.server.App().GetRoutes(true) {
		if r.Method != http.MethodGet || strings.Contains(r.Path, "*") {
			continue
		}
		path := strings.NewReplacer(":case", id, ":file", tr.Files[0].ID).Replace(r.Path)
		paths = append(paths, s.path(path))
	}
	asks := 0
	for _, login := range []string{"", "duty", "handler", "head", "supervisor", "discipline"} {
		s.become(login)
		before := s.census()
		for _, path := range paths {
			// What is written down of a reader whom its role keeps out is looked at by TestThePermissionWalk.
			for _, method := range []string{http.MethodGet, http.MethodHead} {
				if method == http.MethodHead && login != "" {
					continue
				}
				r := httptest.NewRequest(method, path+"?"+asked, nil)
				r.Header.Set("User-Agent", "Mozilla/5.0 (compatible; mail scanner)")
				s.do(r)
				asks++
			}
		}
		after := s.census()
		for _, table := range slices.Sorted(maps.Keys(before)) {
			if before[table] != after[table] && !slices.Contains(notOfGET, table) {
				t.Errorf("as %q a GET changes %s: %s, then %s", login, table, before[table], after[table])
			}
		}
		if len(before) < 40 {
			t.Fatalf("a census of %d tables", len(before))
		}
	}
	t.Logf("%d routes, asked %d times as nobody and five officers: %d tables as they were", len(paths), asks, len(s.census())-len(notOfGET))
}

// What is written into any text of a case is text on every page that shows it, in the office too.
func TestHTMLInEveryTextOfTheDeskIsEscaped(t *testing.T) {
	t.Parallel()
	s := deskSite(t)
	n := 0
	evil := func() string {
		n++
		return fmt.Sprintf(`</textarea></p><b id="evil%d">x</b><script>alert(%d)</script><img src=x onerror=alert(%d)>"' onfocus=alert(1) x="`, n, n, n)
	}
	written := func(act inquiry.Act, f inquiry.Facts) inquiry.Deed {
		f.Text, f.Right, f.NeedsIdentity = evil(), evil(), evil()
		return inquiry.Deed{Act: act, Facts: f, Proposed: evil(), Copy: inquiry.Copy{Title: evil(), Question: evil(), Answer: evil()}, Minded: true}
	}
	s.must(s.desk.SaveTemplate(t.Context(), "duty", inquiry.Template{Name: "<b>模板</b>", Text: evil()}))
	send := func() (code, id string) {
		code = s.sendsOne(filed("subject", `<b id="evil">主题</b>`, "text", evil(), "name", "<b>张</b>", "phone", "<b>138</b>"), sentFile{`<img src=x>"证.pdf`, plainPDF})
		return code, s.caseOf(code)
	}
	dep := s.department
	code, id := send()
	var pages []answer
	look := func(logins ...string) {
		for _, login := range logins {
			s.enter(login)
			for _, path := range []string{"/office/desk/case/" + id, "/office/desk", "/office/desk?tab=all", "/office/desk/days", "/office/desk/templates", "/office"} {
				if a := s.get(path); a.StatusCode == http.StatusOK {
					pages = append(pages, a)
				}
			}
		}
	}
	do := func(login string, d inquiry.Deed) { s.does(login, id, d); look(login) }
	do("duty", written(inquiry.Register, inquiry.Facts{Kind: inquiry.Complaint, Track: inquiry.Ordinary}))
	do("duty2", written(inquiry.Countersign, inquiry.Facts{}))
	do("duty", written(inquiry.AskClarify, inquiry.Facts{}))
	s.must(s.desk.CitizenAct(t.Context(), id, inquiry.Deed{Act: inquiry.Clarify, Facts: inquiry.Facts{Text: evil()}, Seen: s.seen(id)}))
	do("duty", written(inquiry.ProposeRefusal, inquiry.Facts{Ground: "court"}))
	do("head", written(inquiry.DenyRefusal, inquiry.Facts{}))
	do("duty", written(inquiry.Forward, inquiry.Facts{Lead: dep}))
	do("handler", written(inquiry.AskReturn, inquiry.Facts{}))
	do("head", written(inquiry.DenyReturn, inquiry.Facts{}))
	do("handler", written(inquiry.Sign, inquiry.Facts{}))
	do("handler", written(inquiry.AskExtension, inquiry.Facts{Days: 2}))
	do("head", written(inquiry.Extend, inquiry.Facts{}))
	do("supervisor", written(inquiry.Supervise, inquiry.Facts{}))
	do("handler", written(inquiry.Respond, inquiry.Facts{}))
	s.must(s.desk.SaveDraft(t.Context(), "handler", id, evil()))
	look("handler")
	do("handler", written(inquiry.Draft, inquiry.Facts{}))
	do("head", written(inquiry.SendBack, inquiry.Facts{}))
	last := written(inquiry.Draft, inquiry.Facts{})
	do("handler", last)
	look("head", "discipline", "auditor")
	s.enter("duty")
	pages = append(pages, s.post("/office/desk/case/"+id+"/sender", "purpose", evil()))
	do("head", written(inquiry.Approve, inquiry.Facts{Answer: inquiry.HashOf(last.Proposed)}))
	s.enter("head")
	page := s.get("/office/desk/case/" + id)
	pages = append(pages, s.fillsOld(page, id, "publish", "look", "1", "title", evil(), "question", evil(), "answer", evil(), "disclosed", evil()))
	do("head", written(inquiry.Publish, inquiry.Facts{}))
	look("handler", "supervisor")
	pages = append(pages, s.tracks(code), s.get("/answers"), s.get("/answers/1"), s.get("/wall"))
	s.enter("duty")
	pages = append(pages, s.sends("/office/desk/enter", s.token(), []string{"channel", "phone", "kind", "question", "subject", "", "text", evil(), "name", evil(), "phone", evil()}))
	pages = append(pages, s.sends("/office/desk/templates", s.token(), []string{"name", evil(), "text", evil()}))
	_, id = send() // and one that goes to discipline
	do("duty", written(inquiry.Seal, inquiry.Facts{}))
	look("discipline")
	s.enter("discipline")
	pages = append(pages, s.get("/office/desk/sealed"))

	told := 0
	for _, a := range pages {
		if strings.Contains(a.body, "evil") {
			told++
		}
		for _, bad := range []string{"script:not([src])", "[onerror]", "[onfocus]", "img[src=x]", "main b", "[id^=evil]"} {
			if found := a.all(bad); len(found) > 0 {
				t.Fatalf("%s %s: %d of %s:\n%s", a.Request.Method, a.Request.URL.Path, len(found), bad, a.body)
			}
		}
	}
	t.Logf("%d texts with tags, looked at on %d pages that show some of them, of %d", n, told, len(pages))
	if told < 40 {
		t.Errorf("only %d pages show what was written", told)
	}
}

// How long codes take that open nothing, and one that opens a case: told, not judged.
func TestCodesTakeTheSameTime(t *testing.T) {
	t.Parallel()
	s := setupOffice(t, func(c *Config) { c.Limits.Track = Limit{1000, time.Minute} })
	code, expired := s.sendsOne(filed()), s.sendsOne(filed())
	s.acts(s.tracks(expired), map[string]string{"act": "withdraw"})
	s.now = s.now.AddDate(1, 1, 0)
	codes := map[string]string{"right": code, "wrong": "ABCD-EFGH-JKLM-NPQR", "expired": expired, "no code at all": "x"}
	took := map[string][]time.Duration{}
	for range 12 {
		for kind, code := range codes {
			began := time.Now()
			a := s.tracks(code)
			took[kind] = append(took[kind], time.Since(began))
			if want := map[bool]int{true: http.StatusOK, false: http.StatusNotFound}[kind == "right"]; a.StatusCode != want {
				t.Fatalf("%s: %d", kind, a.StatusCode)
			}
		}
	}
	for _, kind := range slices.Sorted(maps.Keys(took)) {
		all := took[kind]
		slices.Sort(all)
		t.Logf("%-14s least %v, half %v, nine of ten %v, most %v", kind, all[0], all[len(all)/2], all[len(all)*9/10], all[len(all)-1])
	}
}

// Who may only read the desk's pages, or none of them, changes nothing by any of its forms.
func TestFormsOfTheDeskAreForThoseWhoMay(t *testing.T) {
	t.Parallel()
	s := deskSite(t)
	id := s.caseOf(s.sendsOne(filed()))
	s.inHand(id)
	s.enter("auditor")
	s.says(s.get("/office/desk/case/"+id), "main", "补贴少了", "现在没有要您办的")
	for _, login := range []string{"auditor", "supervisor", "handler", "clerk", "admin"} {
		s.enter(login)
		before := s.seen(id)
		for _, act := range inquiry.Acts {
			if act == inquiry.Supervise && login == "supervisor" {
				continue
			}
			a := s.sends("/office/desk/case/"+id, s.token(), []string{"act", string(act), "seen", before, "text", "x", "proposed", "x", "lead", "1", "kind", "question", "track", "ordinary"})
			if a.StatusCode < 400 {
				t.Errorf("%s by %s: %d", act, login, a.StatusCode)
			}
		}
		if s.seen(id) != before {
			t.Errorf("%s changed the case", login)
		}
	}
}
