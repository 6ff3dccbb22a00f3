package portal

import (
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

// tap sends a button of a hall's machine.
func (s *site) tap(path string, fields ...string) answer {
	s.t.Helper()
	form := url.Values{}
	for i := 0; i < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return s.do(r)
}

// comes follows a button to its screen.
func (s *site) comes(a answer, to string) answer {
	s.t.Helper()
	if got := a.Header.Get("Location"); a.StatusCode != http.StatusSeeOther || got != to {
		s.t.Fatalf("%d to %q, want to %s", a.StatusCode, got, to)
	}
	return s.get(to)
}

// sitAndType goes by single buttons from the home to a number of so many digits.
func (s *site) sitAndType(number string) answer {
	s.t.Helper()
	s.get("/kiosk")
	s.comes(s.tap("/kiosk/sit", "way", "own"), "/kiosk/name")
	for _, key := range strings.Split("zhangsanfeng", "") {
		s.comes(s.tap("/kiosk/name", "key", key), "/kiosk/name")
	}
	for _, c := range []string{"张", "三", "丰"} {
		s.comes(s.tap("/kiosk/name", "pick", c), "/kiosk/name")
	}
	a := s.comes(s.tap("/kiosk/name", "key", "go"), "/kiosk/number")
	for _, key := range strings.Split(number, "") {
		a = s.comes(s.tap("/kiosk/number", "key", key), "/kiosk/number")
	}
	return a
}

// Button by button, without a script: no page, address, cookie or line of the log has a digit of the number.
func TestAKioskWithoutScripts(t *testing.T) {
	s := setup(t)
	a := s.sitAndType(zhangNumber[:12])
	checkWhole(t, a)
	checkHeaders(t, a)
	if text := a.text("main"); !strings.Contains(text, "已输入 12 位，还差 6 位") || !strings.Contains(text, strings.Repeat("●", 12)+strings.Repeat("○", 6)) {
		t.Errorf("the pad says %s", text)
	}
	if a := s.tap("/kiosk/look"); a.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(a.text("[role=alert]"), "您填了12位") {
		t.Errorf("a short number: %d %s", a.StatusCode, a.text("main"))
	}
	a = s.sitAndType(zhangNumber)
	seen := a.body
	jar := func() {
		for name, cookie := range s.cookies {
			plain, _ := base64.RawURLEncoding.DecodeString(cookie)
			seen += name + cookie + string(plain)
		}
	}
	jar()
	a = s.comes(s.tap("/kiosk/look"), "/kiosk/own")
	if !strings.Contains(a.text("main"), "张三丰的账") || a.attr("html", "class") != "kiosk" || a.Header.Get("Cache-Control") != "no-store" {
		t.Fatalf("%d %s", a.StatusCode, a.text("main"))
	}
	checkWhole(t, a)
	seen += a.body + s.logged.String()
	jar()
	for n := 9; n <= len(zhangNumber); n++ { // the first six are the county, which is on many pages
		if strings.Contains(seen, zhangNumber[n-6:n]) {
			t.Errorf("%s is somewhere", zhangNumber[n-6:n])
		}
	}
	if s.books.looked != 1 {
		t.Errorf("the books were asked %d times", s.books.looked)
	}
	if a = s.sitAndType(otherNumber); !strings.Contains(s.comes(s.tap("/kiosk/look"), "/kiosk/own").text("main"), "没有查到") {
		t.Error("nobody is somebody")
	}
	if sat, _ := s.server.openSitting(s.cookies["mingbai-sitting"]); sat.Number != "" || sat.Pad.Name != "张三丰" {
		t.Errorf("after the books were asked: %+v", sat)
	}
}

// Once a visitor is done, no address of theirs shows anything, not even with the cookie that their browser had, once it is old.
func TestASittingEnds(t *testing.T) {
	s := setup(t)
	s.sitAndType(zhangNumber)
	s.comes(s.tap("/kiosk/look"), "/kiosk/own")
	old := s.cookies["mingbai-sitting"]
	if a := s.get("/kiosk"); !strings.Contains(a.text("[role=status]"), "已经清除") || s.cookies["mingbai-sitting"] != "" || s.cookies["mingbai-hall"] == "" {
		t.Errorf("%v %s", s.cookies, a.text("main"))
	}
	for _, path := range []string{"/kiosk/own", "/KIOSK/OWN", "/kiosk/own/", "/kiosk/name", "/kiosk/number", "/kiosk/people", "/kiosk/still", "/people?name=张三丰", "/People?name=张三丰", "/funds", "/", "/ask", "/office", "/data", "/api"} {
		path = strings.ReplaceAll(path, "张三丰", url.QueryEscape("张三丰"))
		if a := s.get(path); a.Header.Get("Location") != "/kiosk" || a.StatusCode != http.StatusSeeOther {
			t.Errorf("%s: %d to %q", path, a.StatusCode, a.Header.Get("Location"))
		}
	}
	for _, path := range []string{"/kiosk/look", "/kiosk/name", "/kiosk/number", "/lookup"} {
		if a := s.tap(path, "id_number", zhangNumber, "name", "张三丰"); a.Header.Get("Location") != "/kiosk" {
			t.Errorf("sending to %s again: %d to %q", path, a.StatusCode, a.Header.Get("Location"))
		}
	}
	s.comes(s.tap("/kiosk/sit", "way", "own"), "/kiosk/name")
	if a := s.get("/kiosk/own"); a.Header.Get("Location") != "/kiosk/name" {
		t.Errorf("the next visitor sees %d %s", a.StatusCode, a.text("main"))
	}
	sat, _ := s.server.openSitting(old)
	sat.At -= 130
	for name, cookie := range map[string]string{"of long ago": s.server.seal(sat), "changed": "A" + old[1:], "of nothing": ""} {
		s.cookies["mingbai-sitting"] = cookie
		if a := s.get("/kiosk/own"); a.Header.Get("Location") != "/kiosk" {
			t.Errorf("a sitting %s opens: %d", name, a.StatusCode)
		}
	}
	s.comes(s.tap("/kiosk/leave"), "/")
	if a := s.get("/funds"); a.StatusCode != http.StatusOK || a.attr("html", "class") == "kiosk" {
		t.Errorf("the ordinary site after leaving: %d %s", a.StatusCode, a.attr("html", "class"))
	}
}

// A visitor of a hall's machine stays on it: what needs a keyboard or leads away is not gone to, and no page links to it.
func TestNobodyLeavesAKiosk(t *testing.T) {
	s := setup(t)
	s.get("/kiosk")
	s.tap("/kiosk/sit", "way", "funds")
	for _, path := range []string{"/", "/office", "/data", "/api", "/track", "/feed.atom", "/funds/NB-01/documents/1", "/lookup", "/proof", "/kiosk"} {
		if a := s.get(path); path != "/kiosk" && a.Header.Get("Location") != "/kiosk" {
			t.Errorf("%s: %d to %q", path, a.StatusCode, a.Header.Get("Location"))
		}
		s.tap("/kiosk/sit", "way", "funds")
	}
	for _, path := range []string{"/funds", "/funds/NB-01", "/funds/NB-01/2025/villages/" + villageCode, "/people?name=" + url.QueryEscape("张三丰"), "/people/" + zhangRef.String(), "/kiosk/villages", "/kiosk/villages?town=990121102", "/kiosk/villages?village=" + villageCode, "/kiosk/still"} {
		a := s.get(path)
		if a.StatusCode != http.StatusOK || a.attr("html", "class") != "kiosk" || a.attr("a.button[href='/kiosk']", "href") == "" || a.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %d, class %q, %s", path, a.StatusCode, a.attr("html", "class"), a.Header.Get("Cache-Control"))
		}
		checkWhole(t, a)
		for _, n := range a.all("[target], .head a, .foot a[href^=tel], .foot nav") {
			t.Errorf("%s has a way out: %v", path, n.Attr)
		}
	}
	if a := s.get("/kiosk/still"); a.attr("main a.button.main", "href") != "/kiosk/villages?village="+villageCode {
		t.Errorf("back to %s", a.attr("main a.button.main", "href"))
	}
	r := httptest.NewRequest(http.MethodGet, "/some.png", nil)
	r.Header.Set("Sec-Fetch-Dest", "image")
	for _, a := range []answer{s.do(r), s.get("/favicon.ico")} { // neither may lead to the home, which would end the sitting
		s.status(a, http.StatusNotFound)
	}
	r = httptest.NewRequest(http.MethodGet, "/track", nil) // a step that went through the browser's worker
	r.Header.Set("Sec-Fetch-Dest", "empty")
	r.Header.Set("Accept", "text/html,application/xhtml+xml,*/*;q=0.8")
	if a := s.do(r); a.StatusCode != http.StatusSeeOther || a.Header.Get("Location") != "/kiosk" {
		t.Errorf("a step by the worker: %d to %q", a.StatusCode, a.Header.Get("Location"))
	}
	if plain := setup(t).get("/funds"); plain.attr("html", "class") == "kiosk" {
		t.Error("everybody gets the kiosk's edition")
	}
}

// A page that nobody touches goes to the one that asks, and that one to the wiping home, in the time that the county set.
func TestAKioskRestsWithoutScripts(t *testing.T) {
	s := setup(t, func(c *Config) { c.Limits.KioskRest = 40 * time.Second })
	s.get("/kiosk")
	for path, want := range map[string]string{"/kiosk/name": "30;url=/kiosk/still", "/kiosk/still": "10;url=/kiosk", "/funds": "30;url=/kiosk/still"} {
		s.tap("/kiosk/sit", "way", "own")
		if a := s.get(path); !strings.Contains(a.body, `<noscript><meta http-equiv="refresh" content="`+want+`"></noscript>`) || a.attr("html", "data-rest") != "40" {
			t.Errorf("%s: no %s", path, want)
		}
	}
	if a := s.get("/kiosk"); strings.Contains(a.body, "refresh") {
		t.Error("the home goes somewhere")
	}
}

// The office sees how often each machine was used and not by whom; a revoked one counts no more.
func TestAKiosksUseIsCounted(t *testing.T) {
	t.Parallel()
	s := setupCrowd(t, tight())
	key := s.register("大厅1号机")
	officer := s.cookies
	s.cookies = map[string]string{}
	s.goes(s.useKey(key), "/kiosk/register")
	s.says(s.get("/kiosk"), "main", "大厅1号机", "查我的补贴")
	for range 2 {
		s.sitAndType(zhangNumber)
		s.comes(s.tap("/kiosk/look"), "/kiosk/own")
	}
	s.comes(s.tap("/kiosk/name", "key", "people"), "/kiosk/people")
	s.status(s.get("/people?q="+url.QueryEscape("张三丰")), http.StatusOK)
	s.comes(s.tap("/kiosk/name", "key", "people"), "/kiosk/people")
	s.get("/kiosk")
	a := s.get("/kiosk") // no visit
	if strings.Contains(a.text("main"), "没有登记") {
		t.Error("a registered machine is told to register")
	}
	machine := s.cookies
	s.cookies = officer
	page := s.get("/office/kiosks")
	s.says(page, "tbody tr:first-child", "来过 2 次", "凭号码查 2 · 按姓名查 3 · 反映 0")
	s.says(page, "tfoot", "来过 2 次", "凭号码查 2")
	if strings.Contains(page.body, "张三丰") {
		t.Error("the office is told who came")
	}
	s.goes(s.post("/office/kiosks/1/revoke"), "/office/kiosks?said=revoked")
	s.cookies = machine
	s.says(s.get("/kiosk"), "main", "没有登记")
	s.tap("/kiosk/sit", "way", "own")
	s.cookies = officer
	s.says(s.get("/office/kiosks"), "tbody tr:first-child", "来过 2 次")
}

// Some taps make a case: a reason, a phone behind dots or none, and a receipt. Sent once, it is not sent again by going back.
func TestAskingAtAKiosk(t *testing.T) {
	t.Parallel()
	s := setupOffice(t)
	s.get("/kiosk")
	s.comes(s.tap("/kiosk/sit", "way", "ask"), "/kiosk/ask")
	a := s.comes(s.tap("/kiosk/ask", "reason", "8"), "/kiosk/ask")
	checkWhole(t, a)
	s.says(a, "main", "补贴怎么申请", "不留电话也办")
	for _, key := range []string{"1", "3", "8", "0", "X", "5", "del"} {
		a = s.comes(s.tap("/kiosk/ask", "key", key), "/kiosk/ask")
	}
	s.says(a, "main", "●●●●", "已输入 4 位")
	s.status(s.tap("/kiosk/ask", "key", "send"), http.StatusUnprocessableEntity)
	a = s.tap("/kiosk/ask", "key", "send", "phone", "13800001111")
	s.status(a, http.StatusOK)
	checkWhole(t, a)
	s.says(a, "main", "已经收到您的咨询", "没有码就查不到")
	code := strings.Join(strings.Fields(a.text("p.trackcode")), "-")
	if len(code) < 10 || len(a.all("main a")) != 0 || strings.Contains(a.body, "13800001111") {
		t.Errorf("the receipt: %q, %s", code, a.text("main"))
	}
	s.comes(s.tap("/kiosk/ask", "key", "send", "phone", "13800001111"), "/kiosk/ask")
	s.get("/kiosk")
	if a := s.tap("/kiosk/ask", "key", "send"); a.Header.Get("Location") != "/kiosk" {
		t.Errorf("sent after the end: %d", a.StatusCode)
	}
	var cases int
	s.must(s.sql.QueryRow(t.Context(), `select count(*) from inquiry where channel = 'kiosk' and kind = 'question'`).Scan(&cases))
	if cases != 1 {
		t.Errorf("%d cases", cases)
	}
	s.comes(s.tap("/kiosk/leave"), "/")
	s.says(s.tracks(code), "main", "咨询")
}
