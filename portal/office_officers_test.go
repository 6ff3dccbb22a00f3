package portal

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"mingbai/ledger"
)

func TestAnAdminMakesAnAccountAndHandsOverALink(t *testing.T) {
	t.Parallel()
	s := setupOffice(t)
	s.enter("admin")
	beside := map[string]string{
		"小写字母": "#login-wrong", "姓名": "#name-wrong", "至少要有一种": "#roles-wrong", "没有“king”": "#roles-wrong",
		"已经有人用": "#login-wrong", "没有这个部门": "#department-wrong",
	}
	for says, form := range map[string][]string{
		"小写字母":     {"login", "新人", "name", "新人", "roles", "clerk"},
		"姓名":       {"login", "newcomer", "name", "", "roles", "clerk"},
		"至少要有一种":   {"login", "newcomer", "name", "新人"},
		"没有“king”": {"login", "newcomer", "name", "新人", "roles", "king"},
		"已经有人用":    {"login", "clerk", "name", "新人", "roles", "clerk"},
		"没有这个部门":   {"login", "newcomer", "name", "新人", "roles", "clerk", "department", "999"},
	} {
		a := s.post("/office/officers", form...)
		s.status(a, http.StatusUnprocessableEntity)
		s.says(a, beside[says], says)
		checkWhole(t, a)
	}
	a := s.post("/office/officers", "login", "newcomer", "name", "新人", "roles", "clerk", "roles", "certifier", "department", strconv.FormatInt(s.department, 10))
	s.status(a, http.StatusOK)
	checkWhole(t, a)
	link, err := url.Parse(a.text(".key"))
	s.must(err)
	if !strings.HasPrefix(link.String(), "http://example.com/office/link/") {
		t.Fatalf("the link is %s", link)
	}
	s.says(s.get("/office/officers"), "tbody", "新人", "还没设密码", "经办、复核", "柳河镇财政所")
	s.says(s.get("/office/officers/newcomer"), "option[selected]", "柳河镇财政所")

	delete(s.cookies, "mingbai-office")
	page := s.get(link.Path)
	checkWhole(t, page)
	token := page.attr("main input[name=csrf_token]", "value")
	use := func(first, again string) answer {
		return s.send(link.Path, url.Values{tokenField: {token}, "new": {first}, "again": {again}})
	}
	s.says(use(other, "x"), "#again-wrong", "不一样")
	s.says(use("newcomer-2025", "newcomer-2025"), "#new-wrong", "密码里有账号")
	s.goes(use(other, other), "/office")
	s.goes(s.get("/office"), "/office/enrol")
	a = s.get(link.Path)
	s.status(a, http.StatusNotFound)
	s.says(a, "main", "用过、过期或不完整")
	if strings.Contains(s.logged.String(), strings.TrimPrefix(link.Path, "/office/link/")) {
		t.Error("the link is in the log")
	}
}

func TestAnAdminChangesDisablesAndEnables(t *testing.T) {
	t.Parallel()
	s := setupOffice(t)
	s.enter("target")
	theirs := s.cookies["mingbai-office"]
	s.enter("admin")
	s.goes(s.post("/office/officers/target", "name", "某人", "roles", "auditor", "department", "0"), "/office/officers?said=saved")
	s.goes(s.post("/office/officers/target/disable"), "/office/officers?said=disabled")
	s.says(s.get("/office/officers"), ".off", "某人", "审计", "已停用")
	mine := s.cookies["mingbai-office"]
	s.cookies["mingbai-office"] = theirs
	s.goes(s.get("/office"), "/office/login?said=ended")
	s.cookies["mingbai-office"] = mine
	page := s.get("/office/officers/target")
	if len(page.all("input[name=roles][checked]")) != 1 || len(page.all("form[action$=enable]")) != 1 || len(page.all("form[action$=link]")) != 0 {
		t.Error("the page of a disabled account")
	}
	s.goes(s.post("/office/officers/target/enable"), "/office/officers?said=enabled")
	s.goes(s.login("target", good), "/office")

	s.enter("admin")
	s.goes(s.post("/office/officers/certifier/drop-factor"), "/office/officers?said=factor")
	s.says(s.get("/office/officers"), "tbody", "还没绑两步验证")
	a := s.post("/office/officers/admin/disable")
	s.status(a, http.StatusConflict)
	s.says(a, "main", "最后一个能管理账号的人")
	s.status(s.get("/office/officers/ghost"), http.StatusNotFound)
	for _, action := range []string{"officer.save", "officer.disable", "factor.drop"} {
		if s.lines("actor = 'admin' and action = '"+action+"'") == 0 {
			t.Errorf("%s by the admin is not in the audit log", action)
		}
	}
}

func TestDepartmentsAreManaged(t *testing.T) {
	t.Parallel()
	s := setupOffice(t)
	s.enter("admin")
	beside := map[string]string{
		"请写部门名称": "#name-wrong", "请选择部门类别": "#kind-wrong", "要选它管的乡镇": "#towns-wrong", "名录里没有": "form.box > [role=alert]", "已有同名": "#name-wrong",
	}
	for says, form := range map[string][]string{
		"请写部门名称": {"kind", "unit"}, "请选择部门类别": {"name", "某所"}, "要选它管的乡镇": {"name", "某所", "kind", "town"},
		"名录里没有": {"name", "某所", "kind", "town", "towns", "990121199"}, "已有同名": {"name", "柳河镇财政所", "kind", "unit"},
	} {
		a := s.post("/office/departments", form...)
		s.status(a, http.StatusUnprocessableEntity)
		s.says(a, beside[says], says)
	}
	s.goes(s.post("/office/departments", "name", grain.Section, "kind", "section"), "/office/departments?said=saved")
	s.says(s.get("/office/departments"), "tbody", "农业农村股", grain.Name, "柳河镇财政所", "柳河镇")
	s.goes(s.post(s.path("/office/departments/:id"), "name", "柳石财政所", "kind", "town", "towns", "990121102", "towns", "990121103"), "/office/departments?said=saved")
	s.says(s.get("/office/departments"), "tbody", "柳石财政所", "柳河镇、石桥乡")
	for _, path := range []string{"/office/departments/999", "/office/departments/x"} {
		s.status(s.get(path), http.StatusNotFound)
	}
}

func TestTheHomeSaysWhatOneMayDoAndHowFar(t *testing.T) {
	t.Parallel()
	s := setupOffice(t)
	s.must(s.accounts.ChangeOfficer(t.Context(), "test", ledger.Officer{
		Login: "target", Name: "镇经办", Roles: []ledger.OfficeRole{ledger.RoleClerk}, Department: s.department,
	}))
	s.enter("target")
	a := s.get("/office")
	s.says(a, "tbody", "上传清册和更正", "只限柳河镇财政所")
	a = s.get("/office/officers")
	s.status(a, http.StatusForbidden)
	checkWhole(t, a)
	s.says(a, "main", "这一步您不能做", "没有“管理”权限")
	s.enter("duty")
	s.says(s.get("/office"), "tbody", "办理来件")
	s.status(s.get("/office/nowhere"), http.StatusNotFound)
}

func TestWithoutAccountsThereIsNoOffice(t *testing.T) {
	s := setup(t)
	for _, path := range []string{"/office", "/office/login"} {
		s.status(s.get(path), http.StatusNotFound)
	}
}
