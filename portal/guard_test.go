package portal

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"mingbai/ledger"
	"mingbai/portal/budget"
)

// register adds a kiosk in the office and answers its key.
func (s *officeSite) register(name string) string {
	s.t.Helper()
	s.enter("admin")
	a := s.post("/office/kiosks", "name", name, "place", "政务大厅")
	s.status(a, http.StatusOK)
	return a.text("main .box p:nth-child(2) b")
}

func (s *officeSite) useKey(key string) answer {
	s.t.Helper()
	token := s.get("/kiosk/register").attr("main input[name=csrf_token]", "value")
	return s.send("/kiosk/register", url.Values{tokenField: {token}, "key": {key}})
}

func TestAKioskHasABudgetOfItsOwn(t *testing.T) {
	t.Parallel()
	rules := tight()
	rules.Kiosk = budget.Rule{Hour: budget.Level{Free: 120, Most: 120}, Day: budget.Level{Free: 120, Most: 120}}
	s := setupCrowd(t, rules)
	key := s.register("大厅1号机")
	if len(key) != 19 || strings.Contains(s.get("/office/kiosks").body, key) {
		t.Fatalf("key %q, or it is shown again", key)
	}
	var kept int
	s.must(s.sql.QueryRow(t.Context(), `select count(*) from kiosk where position(convert_to($1, 'UTF8') in key_hash) > 0`, key).Scan(&kept))
	if kept != 0 {
		t.Error("the key is kept as it is")
	}
	s.says(s.get("/office/kiosks"), "tbody", "大厅1号机", "还没用密钥登记")

	officer := s.cookies
	s.cookies = map[string]string{}
	a := s.useKey("ABCD-EFGH-JKLM-NPQR")
	s.status(a, http.StatusUnprocessableEntity)
	checkWhole(t, a)
	checkHeaders(t, a)
	s.says(a, "[role=alert]", "没有这个密钥")
	s.goes(s.useKey(" "+strings.ToLower(strings.ReplaceAll(key, "-", " "))), "/kiosk/register")
	s.says(s.get("/kiosk/register"), "main", "已登记为“大厅1号机”")
	kiosk := s.cookies
	for i := range 6 {
		if a := s.get(search("张" + chinese(i+1))); a.StatusCode != http.StatusOK {
			t.Fatalf("page %d: %d", i, a.StatusCode)
		}
	}
	s.status(s.get(search("张七")), http.StatusTooManyRequests)
	s.cookies = map[string]string{}
	s.status(s.get(search("张八")), http.StatusOK) // the address of the hall was charged nothing

	s.server.flushHarvest(t.Context())
	s.cookies = officer
	s.says(s.get("/office/kiosks"), "tbody tr:first-child", "120 人", "登记")
	s.goes(s.post("/office/kiosks/1/revoke"), "/office/kiosks?said=revoked")
	s.cookies = kiosk
	s.status(s.get(search("张九")), http.StatusOK) // a browser like any other now
	if a := s.get("/kiosk/register"); strings.Contains(a.text("main"), "已登记") {
		t.Error("a revoked kiosk is still one")
	}
	s.status(s.useKey(key), http.StatusUnprocessableEntity)
	s.cookies["mingbai-kiosk"] = strings.Repeat("ab", 40)
	s.status(s.get(search("张十")), http.StatusOK)
	if n := s.lines("action like 'kiosk.%'"); n != 3 {
		t.Errorf("%d lines of audit about kiosks", n)
	}
}

// A trap is in no page; its address stands in a link that nobody sees; whoever follows it, or goes through names, is noticed.
func TestTrapsAreSeenByNobodyAndNoticeWhoGropes(t *testing.T) {
	t.Parallel()
	s := setupCrowd(t, budget.Rules{})
	s.enter("admin")
	a := s.get("/office/harvest")
	offered := a.attr("#name", "value")
	if len([]rune(offered)) < 3 {
		t.Errorf("offered %q", offered)
	}
	s.status(s.post("/office/harvest/traps", "village", "", "name", offered), http.StatusUnprocessableEntity)
	a = s.post("/office/harvest/traps", "village", villageCode, "name", "短名")
	s.status(a, http.StatusUnprocessableEntity)
	s.says(a, "[role=alert]", "3到8个字")
	s.goes(s.post("/office/harvest/traps", "village", villageCode, "name", "亓官砚秋"), "/office/harvest?said=saved")
	s.goes(s.post("/office/harvest/traps", "village", "990121103201", "name", "濮阳澹月"), "/office/harvest?said=saved")
	s.must(s.db.SaveRegions(t.Context(), "test", []ledger.Region{{Code: "990121103202", Parent: "990121103", Name: "山口村"}}))
	s.goes(s.post("/office/harvest/traps", "village", "990121103202", "name", "太叔鹤汀"), "/office/harvest?said=saved")
	officer := s.cookies
	s.cookies = map[string]string{}

	first, second := s.get(search("张三丰")+"&tier=exact"), s.get(search("张三丰")+"&tier=exact&page=2")
	if len(first.all("a[hidden]")) != 0 {
		t.Error("a bait on a first page")
	}
	bait := second.attr("a[hidden][tabindex='-1'][rel=nofollow]", "href")
	if !strings.HasPrefix(bait, "/people/") || second.text("a[hidden]") != "" {
		t.Fatalf("bait %q says %q", bait, second.text("a[hidden]"))
	}
	for _, a := range []answer{first, second, s.get("/funds/NB-01/2025/villages/" + villageCode), s.get("/words.json")} {
		for _, name := range []string{"亓官", "砚秋", "濮阳", "澹月", "太叔"} {
			if strings.Contains(a.body, name) {
				t.Error("a trap's name is on a page")
			}
		}
	}
	alarms := func() (n int) {
		s.server.flushHarvest(t.Context())
		s.must(s.sql.QueryRow(t.Context(), `select count(*) from harvest_alarm`).Scan(&n))
		return n
	}
	for _, name := range []string{"亓官砚秋", "官砚", "濮阳澹月", "张三", "王五六七", "亓"} {
		s.get(search(name))
	}
	if alarms() != 0 {
		t.Error("an alarm for coming upon two")
	}
	s.get(search("鹤汀"))
	if alarms() != 1 {
		t.Error("no alarm for coming upon three")
	}
	trap, missing := s.get(bait), s.get("/people/"+strings.Repeat("a", 32)+"-"+villageCode)
	if trap.StatusCode != http.StatusNotFound || trap.settled() != missing.settled() {
		t.Error("a trap's page is another than nobody's")
	}
	if alarms() != 2 {
		t.Error("no alarm for a trap's page")
	}
	if log := s.logged.String(); !strings.Contains(log, "成批抄名单") || strings.Contains(log, "亓官") || strings.Contains(log, strings.TrimPrefix(bait, "/people/")) {
		t.Error("the log tells nothing, or too much")
	}
	if n := s.lines("action = 'harvest.alarm'"); n != 2 {
		t.Errorf("%d alarms in the audit log", n)
	}

	s.cookies = officer
	s.says(s.get("/office"), ".note.due", "有 2 条防抓取警报")
	a = s.get("/office/harvest")
	s.says(a, "main", "挨个试姓名，碰到了 3 个", "打开了 1 个只有程序才找得到的地址", "亓官砚秋")
	s.goes(s.post("/office/harvest/alarms/1"), "/office/harvest?said=seen")
	s.status(s.post("/office/harvest/alarms/1"), http.StatusConflict)
	s.says(s.get("/office"), ".note.due", "有 1 条")
	s.goes(s.post("/office/harvest/traps/"+villageCode+"/remove"), "/office/harvest?said=saved")
	for _, path := range []string{"/office/harvest", "/office/kiosks"} {
		a := s.get(path)
		checkWhole(t, a)
		checkHeaders(t, a)
		if forms, tokens := a.all("form[method=post]"), a.all("form[method=post] input[name=csrf_token]"); len(forms) != len(tokens) {
			t.Errorf("%s: %d forms, %d tokens", path, len(forms), len(tokens))
		}
	}
}
