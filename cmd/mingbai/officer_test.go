package main

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/pquerna/otp/totp"

	"mingbai/ledger"
	"mingbai/ledger/postgres"
)

// The first day of an admin in a real browser without JavaScript, on a phone and at a desk: the password that the machine's
// keeper set, a new one, the second factor, the office, an account for a colleague, log out. MINGBAI_SHOTS names a folder to
// leave pictures in.
func TestAnOfficersFirstDay(t *testing.T) {
	w := newWorld(t)
	site := w.serve()
	_, err := demoDepartment(&streams{ctx: t.Context()}, w.accounts())
	w.must(err)
	for i, screen := range []struct {
		name          string
		width, height int64
	}{{"phone", 390, 844}, {"desktop", 1280, 900}} {
		t.Run(screen.name, func(t *testing.T) {
			login := []string{"chen", "deng"}[i]
			w.stdin("warm kettle, cold well\n", "user", "add", login, "--name", "陈管理", "--role", "admin", "--stdin")
			f := openBrowser(t, screen.name, screen.width, screen.height)
			f.visit(site + "/office")
			f.see("登录", "农户查账请到首页")
			f.shot("office-1-login")
			f.fill("login", login).fill("password", "not this one").press("main form button")
			f.see("账号或密码不对")
			f.shot("office-2-wrong")
			f.fill("password", "warm kettle, cold well").press("main form button")
			f.see("请先换成只有自己知道的")
			f.fill("new", "12345678901").fill("again", "12345678901").press("main form button")
			f.see("几乎都是数字")
			f.shot("office-3-password")
			f.fill("new", "稻田 井水 账本 春分").fill("again", "稻田 井水 账本 春分").press("main form button")
			f.see("绑定两步验证", "扫下面的方码")
			f.shot("office-4-enrol")
			key := strings.ReplaceAll(f.textOf(".key"), " ", "")
			f.fill("code", code(t, key)).press("main form button.main")
			f.see("恢复码", "离开这一页就再也看不到了")
			f.shot("office-5-codes")
			recovery := strings.Fields(f.textOf(".codes"))[0]
			f.press("main a.button")
			f.see("陈管理，您好", "管理账号和部门")
			f.shot("office-6-home")
			f.press(`.rail a[href="/office/officers"]`)
			f.see("李经办", "还没设密码")
			f.shot("office-7-officers")
			f.press(`main a.button`)
			f.fill("login", "new-"+login).fill("name", "小周")
			f.do(chromedp.Click("#role-clerk"), chromedp.Click("#role-head"))
			f.shot("office-8-new")
			f.press("main form button.main")
			f.see("一次性链接", "/office/link/")
			f.shot("office-9-link")
			link := f.textOf(".key")
			f.visit(site + "/office/officers/new-" + login)
			f.see("小周的账号", "停用", "生成设密码的链接")
			f.shot("office-10-officer")
			f.visit(site + "/office/departments")
			f.see("城关镇财政所")
			f.shot("office-11-departments")
			f.press("tbody a")
			f.see("管的乡镇")
			f.shot("office-12-department")
			f.visit(site + "/office/account")
			f.see("就是这里", "恢复码还剩 10 个")
			f.shot("office-13-account")
			f.visit(site + "/office/password")
			f.shot("office-14-change")
			f.press(".who button")
			f.see("已退出")
			f.visit(site + "/office/officers")
			f.see("登录")
			f.unsee("李经办")

			f.fill("login", login).fill("password", "稻田 井水 账本 春分").press("main form button")
			f.see("两步验证")
			f.do(chromedp.Click("summary"))
			f.shot("office-15-second")
			f.fill("recovery", recovery).press("main form button.main")
			f.see("陈管理，您好")
			f.press(".who button")

			f.visit(link)
			f.see("设置密码", "只能用一次")
			f.shot("office-16-link")
			f.fill("new", "purple kettle on monday").fill("again", "purple kettle on monday").press("main form button")
			f.see("绑定两步验证")
			f.visit(link)
			f.see("用过、过期或不完整")
			f.shot("office-17-used")
			f.visit(site + "/office/officers")
			f.see("绑定两步验证") // no further than the step
		})
	}
	if log := w.log.String(); strings.Contains(log, "kettle") || strings.Contains(log, "稻田") || strings.Contains(log, "chen") {
		t.Error("a password or a login is in the log")
	}
	w.ok("verify")
}

func (w *world) accounts() *postgres.Accounts {
	w.t.Helper()
	a, err := postgres.NewAccounts(w.db, w.keys(), postgres.AccountOptions{})
	w.must(err)
	return a
}

// stdin runs a command that must succeed with something on its standard input.
func (w *world) stdin(text string, args ...string) {
	w.t.Helper()
	r, in, err := os.Pipe()
	w.must(err)
	_, err = in.WriteString(text)
	w.must(err)
	w.must(in.Close())
	defer func(old *os.File) { os.Stdin = old; r.Close() }(os.Stdin)
	os.Stdin = r
	w.ok(args...)
}

func code(t testing.TB, key string) string {
	t.Helper()
	c, err := totp.GenerateCode(key, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (f *farmer) textOf(what string) string {
	f.t.Helper()
	s, err := chromedp.Run(f.ctx, chromedp.Text(what))
	if err != nil {
		f.t.Fatal(err)
	}
	return strings.TrimSpace(s)
}

func TestAccountsByTheCommandLine(t *testing.T) {
	w := newWorld(t)
	link := w.ok("user", "add", "zhou", "--name", "周复核", "--role", "certifier", "--site", "https://mb.example.cn/")
	if !strings.HasPrefix(link, "https://mb.example.cn/office/link/") || len(link) < 60 {
		t.Fatalf("the link is %q", link)
	}
	token := strings.TrimPrefix(link, "https://mb.example.cn/office/link/")
	if login, err := w.accounts().Link(t.Context(), token); err != nil || login != "zhou" {
		t.Errorf("the link is of %q: %v", login, err)
	}
	w.refused("没有“king”", "user", "add", "zhou", "--name", "周", "--role", "king")
	w.refused("小写字母", "user", "add", "Zhou", "--name", "周", "--role", "clerk")
	w.refused("没有部门", "user", "add", "zhou", "--name", "周", "--role", "clerk", "--department", "某所")
	w.refused("没有账号", "user", "passwd", "ghost")
	w.refused("没有账号", "user", "disable", "ghost")

	again := w.ok("user", "passwd", "zhou")
	if _, err := w.accounts().Link(t.Context(), token); err == nil || again == link {
		t.Error("the older link still opens")
	}
	w.stdin("warm kettle, cold well\n", "user", "passwd", "zhou", "--stdin")
	if out := w.ok("user", "list"); !strings.Contains(out, "zhou  周复核  复核  全县  还没绑两步验证") || !strings.Contains(out, "li  李经办  经办、复核  全县  还没设密码") {
		t.Errorf("the list says\n%s", out)
	}
	w.ok("user", "disable", "zhou")
	for line := range strings.Lines(w.ok("user", "list", "--json")) {
		var u userLine
		w.must(json.Unmarshal([]byte(line), &u))
		if u.Disabled != (u.Login == "zhou") || u.Password != (u.Login == "zhou") {
			t.Errorf("%+v", u)
		}
	}
	if out := w.ok("user", "add", "zhou", "--name", "周复核", "--role", "certifier"); out != "" {
		t.Errorf("an account with a password got a link: %q", out)
	}
}

// The demo's passwords are random, told when they are made and never again.
func TestTheDemosOfficersAreToldOnce(t *testing.T) {
	w := newWorld(t)
	said := func() (string, bool) {
		s := &streams{ctx: t.Context(), err: &syncBuffer{}}
		fresh, err := demoOfficers(s, w.db, w.keys())
		w.must(err)
		return s.err.(*syncBuffer).String(), fresh
	}
	first, fresh := said()
	for _, login := range []string{demoClerk, demoCertifier, demoAdmin, demoTown} {
		if !fresh || strings.Count(first, login+" ") != 1 {
			t.Errorf("%s is told %d times", login, strings.Count(first, login+" "))
		}
	}
	if strings.Count(first, "otpauth://") != 5 { // certifier, admin, two heads, discipline
		t.Errorf("%d second factors", strings.Count(first, "otpauth://"))
	}
	if again, fresh := said(); again != "" || fresh {
		t.Errorf("told again: %q", again)
	}
	fields := strings.Fields(first[strings.Index(first, demoTown):])
	if _, err := w.accounts().Login(t.Context(), demoTown, fields[1], ledger.Visitor{}); err != nil {
		t.Error(err)
	}
	o, err := w.db.Officer(t.Context(), demoTown)
	w.must(err)
	if o.Scope.Towns.All || len(o.Scope.Towns.Codes) != 1 {
		t.Errorf("the town's clerk reaches %+v", o.Scope)
	}
}
