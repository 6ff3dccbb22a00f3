package portal

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"mingbai/ledger"
)

// openToAll are the routes of the public site. A new one is added here by somebody who has thought about it.
var openToAll = []string{
	"/", "/lookup", "/people", "/words.json", "/people/:ref", "/funds", "/funds/:code", "/funds/:code/:year/villages/:village", "/funds/:code/documents/:doc", "/about", "/elder", "/accessible", "/proof", "/proof/:sheet",
	"/ask", "/track", "/track/act", "/answers", "/answers/:no", "/answers/:no/files/:seq", "/wall", "/statistics", "/statistics.csv",
	"/api", "/api/v1/openapi.json", "/api/v1/search", "/api/v1/lookup", "/api/v1/funds", "/api/v1/funds/:code", "/api/v1/projects", "/api/v1/agencies", "/api/v1/answers", "/api/v1/publications",
	"/data", "/data/catalog.jsonld", "/data/dictionary.csv", "/data/:table", "/data/:table/:file", "/data/:table/:version/:file", "/feed.atom", "/sitemap.xml",
	"/audit", "/challenge", "/kiosk/register",
	"/kiosk", "/kiosk/sit", "/kiosk/leave", "/kiosk/on", "/kiosk/still", "/kiosk/name", "/kiosk/number", "/kiosk/look", "/kiosk/own", "/kiosk/people", "/kiosk/villages", "/kiosk/ask",
	"/static/:file", "/offline", "/sw.js", "/robots.txt", "/healthz", "/readyz",
}

// TestThePermissionWalk tries every route as every role, as somebody whose second factor is missing, and as nobody. A route that
// neither the public list nor the office's needs know fails it.
func TestThePermissionWalk(t *testing.T) {
	t.Parallel()
	s := setupOffice(t)
	who := []string{"", "halfway"}
	for _, r := range ledger.OfficeRoles {
		who = append(who, string(r))
	}
	routes, tries, through, refused, away := 0, 0, 0, 0, 0
	for _, route := range s.server.App().GetRoutes(true) {
		if route.Method == http.MethodHead {
			continue
		}
		routes++
		n, ofOffice := s.server.needs[route.Method+" "+route.Path]
		if !ofOffice {
			if !slices.Contains(openToAll, route.Path) || strings.HasPrefix(route.Path, "/office") {
				t.Errorf("%s %s: a route that no table knows", route.Method, route.Path)
			}
		}
		for _, login := range who {
			tries++
			s.become(login)
			before := s.lines("action = 'refused'")
			a := s.knock(route.Method, s.path(route.Path))
			told := s.lines("action = 'refused'") - before
			switch want := s.expect(n, ofOffice, login); {
			case want == "refused":
				refused++
				if a.StatusCode != http.StatusForbidden || told != 1 {
					t.Errorf("%s %s as %q: %d and %d lines of audit, want refused and written down", route.Method, route.Path, login, a.StatusCode, told)
				}
			case want == "through":
				through++
				if told != 0 || a.StatusCode >= 500 || ofOffice && len(n.steps) > 0 && leadsAway(a) ||
					a.StatusCode == http.StatusForbidden && ofOffice && len(n.steps) > 0 {
					t.Errorf("%s %s as %q: %d to %q, want through", route.Method, route.Path, login, a.StatusCode, a.Header.Get("Location"))
				}
			default:
				away++
				if a.StatusCode != http.StatusSeeOther || !strings.HasPrefix(a.Header.Get("Location"), want) || told != 0 {
					t.Errorf("%s %s as %q: %d to %q, want to %s", route.Method, route.Path, login, a.StatusCode, a.Header.Get("Location"), want)
				}
			}
		}
	}
	t.Logf("%d routes × %d (9 roles, halfway, anonymous) = %d tries: %d let through, %d refused and written down, %d sent to log in or to their step",
		routes, len(who), tries, through, refused, away)
	if len(s.server.needs) < 25 || routes < 35 {
		t.Errorf("only %d routes, %d of the office", routes, len(s.server.needs))
	}
}

func leadsAway(a answer) bool {
	to := a.Header.Get("Location")
	return to == "/office/login" || to == "/office/login?said=ended" || to == "/office/second"
}

// become gives the browser a fresh session: nobody's for "", one before the second factor for halfway.
func (s *officeSite) become(login string) {
	s.t.Helper()
	delete(s.cookies, "mingbai-office")
	delete(s.cookies, "mingbai-hall") // the kiosk's home was among the routes: another browser
	s.must(s.accounts.ChangeOfficer(s.t.Context(), "test", ledger.Officer{Login: "target", Name: "某人", Roles: []ledger.OfficeRole{ledger.RoleClerk}}))
	switch login {
	case "":
	case "halfway":
		e, err := s.accounts.Login(s.t.Context(), "admin", good, ledger.Visitor{})
		s.must(err)
		s.cookies["mingbai-office"] = e.Token
	default:
		s.enter(login)
	}
}

// knock asks for a page, or sends a form that nobody filled in but whose token is right.
func (s *officeSite) knock(method, path string) answer {
	if method == http.MethodPost {
		return s.post(path)
	}
	return s.do(httptest.NewRequest(method, path, nil))
}

// expect is what the tables say: through, refused, or the path that one is sent to.
func (s *officeSite) expect(n need, ofOffice bool, login string) string {
	switch {
	case !ofOffice || len(n.steps) == 0:
		return "through"
	case login == "":
		return "/office/login"
	case login == "halfway":
		if slices.Contains(n.steps, ledger.StepSecondFactor) {
			return "through"
		}
		return "/office/second"
	case !slices.Contains(n.steps, ledger.StepDone):
		return "/office"
	case n.act != "" && !slices.Contains(ledger.RolesFor(n.act), ledger.OfficeRole(login)):
		return "refused"
	}
	return "through"
}

// TestEveryFormOfTheOfficeAsksForItsOwnToken sends every form without a token, with the public site's, with another session's and
// with that of the session before: refused, and nothing is changed.
func TestEveryFormOfTheOfficeAsksForItsOwnToken(t *testing.T) {
	t.Parallel()
	s := setupOffice(t)
	forms, tries := 0, 0
	for _, key := range slices.Sorted(maps.Keys(s.server.needs)) {
		method, route, _ := strings.Cut(key, " ")
		if method != http.MethodPost {
			continue
		}
		forms++
		n := s.server.needs[key]
		able := "admin"
		if n.act != "" {
			able = string(ledger.RolesFor(n.act)[0])
		}
		s.enter("duty")
		foreign := s.token()
		s.enter(able)
		stale := s.token()
		switch {
		case slices.Equal(n.steps, []ledger.Step{ledger.StepSecondFactor}):
			s.become("halfway")
		case n.act != "": // somebody who may, so that only the token stands in the way
			s.enter(string(ledger.RolesFor(n.act)[0]))
		default:
			s.enter("admin")
		}
		public := s.get("/").attr("input[name=csrf_token]", "value")
		tokens := map[string]string{"none": "", "foreign": foreign, "of the session before": stale, "public": public, "nonsense": strings.Repeat("0", 64)}
		if len(n.steps) == 0 { // before there is a session, the public site's double submit is the guard
			delete(tokens, "public")
		}
		for name, token := range tokens {
			tries++
			before := s.lines("true")
			a := s.send(s.path(route), url.Values{
				tokenField: {token}, "login": {"newcomer"}, "name": {"新人"}, "roles": {"clerk"}, "kind": {"unit"}, "password": {good}, "new": {other}, "again": {other},
			})
			if a.StatusCode != http.StatusForbidden || s.lines("true") != before {
				t.Errorf("%s with a token that is %s: %d, %d lines of audit", route, name, a.StatusCode, s.lines("true")-before)
			}
		}
	}
	t.Logf("%d forms, %d tries with wrong tokens", forms, tries)
	if forms < 14 {
		t.Errorf("only %d forms", forms)
	}
}

// Every form of every page carries the token that its route asks for, or its page could not be used.
func TestEveryFormOnAPageCarriesItsToken(t *testing.T) {
	t.Parallel()
	s := setupOffice(t)
	s.enter("admin")
	for _, path := range []string{
		"/office", "/office/account", "/office/password", "/office/enrol", "/office/officers", "/office/officers/new", "/office/officers/target",
		"/office/officers/certifier", "/office/departments", "/office/departments/new", s.path("/office/departments/:id"),
	} {
		a := s.get(path)
		s.status(a, http.StatusOK)
		forms, tokens := len(a.all("form[method=post]")), a.all("form[method=post] input[name=csrf_token][value='"+s.token()+"']")
		if forms == 0 || forms != len(tokens) {
			t.Errorf("%s: %d forms, %d tokens", path, forms, len(tokens))
		}
		checkWhole(t, a)
		checkHeaders(t, a)
		if a.Header.Get("Cache-Control") != "no-store" || a.Header.Get("X-Robots-Tag") != "noindex" || a.Header.Get("Content-Encoding") != "" {
			t.Errorf("%s: %v", path, a.Header)
		}
	}
}
