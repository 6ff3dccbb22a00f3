package portal

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"mingbai/ledger"
)

func TestASessionIsMadeAtLoginAndNeverBrought(t *testing.T) {
	t.Parallel()
	s := setupOffice(t)
	laid := strings.Repeat("A", 52)
	s.cookies["mingbai-office"] = laid // fixation: somebody laid a cookie under the browser
	s.goes(s.login("clerk", good), "/office")
	mine := s.cookies["mingbai-office"]
	if mine == laid || len(mine) < 26 {
		t.Fatal("the session is the one that was brought")
	}
	s.status(s.get("/office"), http.StatusOK)

	s.goes(s.login("clerk", good), "/office") // logging in again ends the one before
	again := s.cookies["mingbai-office"]
	s.cookies["mingbai-office"] = mine
	s.goes(s.get("/office"), "/office/login?said=ended")
	s.cookies["mingbai-office"] = laid
	s.goes(s.get("/office"), "/office/login?said=ended")
	s.cookies["mingbai-office"] = again
	s.status(s.get("/office"), http.StatusOK)
	s.goes(s.get("/office/login"), "/office")

	// Each step of the way in has a token of its own.
	delete(s.cookies, "mingbai-office")
	s.goes(s.login("admin", good), "/office")
	half := s.cookies["mingbai-office"]
	s.goes(s.get("/office/officers"), "/office/second")
	s.status(s.get("/office/second"), http.StatusOK)
	wrong := s.post("/office/second", "code", "000000")
	s.status(wrong, http.StatusUnprocessableEntity)
	s.says(wrong, "#code-wrong", "验证码不对")
	s.goes(s.post("/office/second", "code", s.code("admin")), "/office")
	whole := s.cookies["mingbai-office"]
	if whole == half {
		t.Fatal("the second factor did not change the session's token")
	}
	s.cookies["mingbai-office"] = half
	s.goes(s.get("/office"), "/office/login?said=ended")
	s.cookies["mingbai-office"] = whole
	s.status(s.get("/office/officers"), http.StatusOK)
}

func TestASessionThatEndedOpensNothing(t *testing.T) {
	t.Parallel()
	s := setupOffice(t)
	for why, end := range map[string]func(){
		"logout":   func() { s.goes(s.post("/office/logout"), "/office/login?said=out") },
		"disable":  func() { s.must(s.accounts.DisableOfficer(t.Context(), "test", "clerk")) },
		"idle":     func() { s.now = s.now.Add(30 * time.Minute) },
		"absolute": func() { s.keepBusy(10 * time.Hour) },
		"elsewhere": func() {
			mine := s.cookies["mingbai-office"]
			s.enter("clerk")
			s.goes(s.post("/office/account/sessions/others"), "/office/account?said=sessions")
			s.cookies["mingbai-office"] = mine
		},
	} {
		s.enter("clerk")
		s.status(s.get("/office"), http.StatusOK)
		token := s.cookies["mingbai-office"]
		end()
		s.cookies["mingbai-office"] = token
		a := s.get("/office")
		if a.StatusCode != http.StatusSeeOther || !strings.HasPrefix(a.Header.Get("Location"), "/office/login") {
			t.Errorf("%s: status %d", why, a.StatusCode)
		}
		s.cookies["mingbai-office"] = token
		if a := s.post("/office/account/sessions/others"); a.StatusCode != http.StatusSeeOther || !strings.HasPrefix(a.Header.Get("Location"), "/office/login") {
			t.Errorf("%s: a form is taken: %d", why, a.StatusCode)
		}
		s.must(s.accounts.SaveOfficer(t.Context(), "test", ledger.Officer{Login: "clerk", Name: "经办员", Roles: []ledger.OfficeRole{ledger.RoleClerk}}))
	}
	s.says(s.get("/office/login?said=ended"), "[role=status]", "请重新登录")
}

// keepBusy lets time pass on a session that is never idle.
func (s *officeSite) keepBusy(d time.Duration) {
	for ; d > 0; d -= 20 * time.Minute {
		s.now = s.now.Add(20 * time.Minute)
		s.get("/office")
	}
}

func TestParallelSessionsAreListed(t *testing.T) {
	t.Parallel()
	s := setupOffice(t)
	s.enter("clerk")
	first := s.cookies["mingbai-office"]
	r := httptest.NewRequest(http.MethodGet, "/office/login", nil)
	delete(s.cookies, "mingbai-office")
	token := s.do(r).attr("main input[name=csrf_token]", "value")
	in := httptest.NewRequest(http.MethodPost, "/office/login", strings.NewReader(url.Values{tokenField: {token}, "login": {"clerk"}, "password": {good}}.Encode()))
	in.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	in.Header.Set("User-Agent", "Mozilla/5.0 (Linux; Android 10; HUAWEI-X1234) AppleWebKit Chrome/99.0.1 Mobile")
	s.goes(s.do(in), "/office")
	a := s.get("/office/account")
	s.says(a, "tbody", "安卓 · Chrome", "就是这里", "Linux · Chrome")
	if strings.Contains(a.body, "HUAWEI") || strings.Contains(a.body, "99.0") {
		t.Error("the browser's own words are shown")
	}
	if n := len(a.all("tbody tr")); n != 2 {
		t.Fatalf("%d sessions listed", n)
	}
	s.goes(s.post("/office/account/sessions/end", "no", a.attr("tbody input[name=no]", "value")), "/office/account?said=session")
	second := s.cookies["mingbai-office"]
	s.cookies["mingbai-office"] = first
	s.goes(s.get("/office"), "/office/login?said=ended")
	s.cookies["mingbai-office"] = second
	s.status(s.get("/office"), http.StatusOK)
	var kept int
	s.must(s.sql.QueryRow(t.Context(), `select count(*) from session s where s::text ~ 'HUAWEI|Mozilla|0\.0\.0\.0'`).Scan(&kept))
	if kept != 0 {
		t.Error("the user agent or the address is kept with the session")
	}
}

func TestTheCookiesOfTheOffice(t *testing.T) {
	t.Parallel()
	for _, secure := range []bool{false, true} {
		s := setupOffice(t, func(c *Config) { c.Secure = secure })
		a := s.login("clerk", good)
		s.goes(a, "/office")
		prefix := map[bool]string{false: "", true: "__Host-"}[secure]
		seen := 0
		for _, c := range a.Cookies() {
			if !strings.HasSuffix(c.Name, "-office") && !strings.HasSuffix(c.Name, "-device") {
				continue
			}
			seen++
			if !strings.HasPrefix(c.Name, prefix+"mingbai-") || c.Secure != secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" {
				t.Errorf("cookie %+v", c)
			}
			if long := c.MaxAge > 0; long != strings.HasSuffix(c.Name, "-device") {
				t.Errorf("%s lives for %d s", c.Name, c.MaxAge)
			}
		}
		if seen != 2 {
			t.Errorf("%d cookies", seen)
		}
	}
}

func TestTheLoginAnswersAlike(t *testing.T) {
	t.Parallel()
	s := setupOffice(t)
	s.must(s.accounts.DisableOfficer(t.Context(), "test", "target"))
	bodies := map[string]bool{}
	for _, login := range []string{"clerk", "ghost", "target"} {
		a := s.login(login, "wrong password")
		s.status(a, http.StatusUnprocessableEntity)
		s.says(a, "#password-wrong", "账号或密码不对")
		if strings.Contains(a.body, "wrong password") {
			t.Error("the password is put back")
		}
		bodies[strings.ReplaceAll(a.settled(), login, "LOGIN")] = true
	}
	if len(bodies) != 1 {
		t.Errorf("%d different answers", len(bodies))
	}
	for range 5 {
		s.login("ghost", "wrong password")
	}
	a := s.login("ghost", "wrong password")
	s.status(a, http.StatusTooManyRequests)
	s.says(a, "#password-wrong", "请过 1 分钟再试")
	log := s.logged.String()
	for _, secret := range []string{"ghost", "wrong password", good} {
		if strings.Contains(log, secret) {
			t.Errorf("%q is in the log", secret)
		}
	}
}

// The whole way of a certifier whose password somebody else has set.
func TestTheFirstLoginOfACertifier(t *testing.T) {
	t.Parallel()
	s := setupOffice(t)
	ctx := t.Context()
	s.must(s.accounts.SaveOfficer(ctx, "test", ledger.Officer{Login: "zhao", Name: "赵复核", Roles: []ledger.OfficeRole{ledger.RoleCertifier}}))
	s.must(s.accounts.SetPassword(ctx, "console", "zhao", good, true))
	s.goes(s.login("zhao", good), "/office")
	for _, path := range []string{"/office", "/office/account", "/office/enrol", "/office/second"} {
		s.goes(s.get(path), "/office/password")
	}
	page := s.get("/office/password")
	checkWhole(t, page)
	if len(page.all("#password")) != 0 || page.attr("#new", "autocomplete") != "new-password" || page.attr("#login", "value") != "zhao" {
		t.Error("the page is not made for a first change")
	}
	a := s.post("/office/password", "new", other, "again", "something else")
	s.says(a, "#again-wrong", "不一样")
	a = s.post("/office/password", "new", "12345", "again", "12345")
	s.says(a, "#new-wrong", "至少10个字")
	a = s.post("/office/password", "new", good, "again", good)
	s.says(a, "#new-wrong", "和现在的一样")
	s.goes(s.post("/office/password", "new", other, "again", other), "/office?said=password")
	for _, path := range []string{"/office", "/office/account", "/office/password"} {
		s.goes(s.get(path), "/office/enrol")
	}
	page = s.get("/office/enrol")
	checkWhole(t, page)
	key := strings.ReplaceAll(page.text(".key"), " ", "")
	if len(key) != 32 || !strings.HasPrefix(page.attr("img.code", "src"), "data:image/png;base64,") {
		t.Fatalf("key %d characters", len(key))
	}
	a = s.post("/office/enrol", "code", "123")
	s.status(a, http.StatusUnprocessableEntity)
	s.says(a, "#code-wrong", "对不上")
	code, err := totp.GenerateCode(key, s.now)
	s.must(err)
	a = s.post("/office/enrol", "code", code)
	s.status(a, http.StatusOK)
	checkWhole(t, a)
	if n := len(a.all(".codes li")); n != 10 {
		t.Errorf("%d recovery codes", n)
	}
	recovery := strings.Fields(a.text(".codes li"))[0]
	if a.attr(".who input", "value") != s.token() {
		t.Error("the page after enrolment cannot log out")
	}
	home := s.get("/office")
	s.says(home, "h1", "赵复核")
	s.says(home, "tbody", "复核批次", "公开批次")
	if rail := home.text(".rail"); rail != "工作台 批次 复核与公开 撤回申请 我的账号" {
		t.Errorf("the rail says %q", rail)
	}

	s.goes(s.post("/office/logout"), "/office/login?said=out")
	s.goes(s.login("zhao", other), "/office")
	a = s.post("/office/second", "code", code)
	s.says(a, "#code-wrong", "已经用过")
	s.goes(s.post("/office/second", "recovery", recovery), "/office")
	a = s.post("/office/account/recovery", "password", "wrong")
	s.says(a, "#password-wrong", "现在的密码不对")
	a = s.post("/office/account/recovery", "password", other)
	if n := len(a.all(".codes li")); n != 10 {
		t.Errorf("%d new recovery codes", n)
	}
	a = s.post("/office/password", "password", "wrong", "new", good, "again", good)
	s.says(a, "#password-wrong", "现在的密码不对")
	if strings.Contains(a.body, good) {
		t.Error("a password is put back")
	}
}
