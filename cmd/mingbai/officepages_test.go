package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/chromedp/chromedp"

	"mingbai/fixtures"
	"mingbai/ledger"
	"mingbai/ledger/inquiry"
	"mingbai/ledger/postgres"
)

// officePage is a page of the office as somebody sees it at work.
type officePage struct {
	name string // of its picture in the manual; empty: it has none
	page string // its template, templates/pages/office_….html
	as   string // who looks; empty: nobody has logged in
	path string // {…} is one of the marks that officeAtWork leaves
	says string // on the page, or it is not what it is said to be
	from string // what its picture begins with; empty: the page's top
	then func(*visitor)
}

// officePages are all kinds of pages of the office, in the order of the manuals.
var officePages = []officePage{
	{name: "01-登录", page: "login", path: "/office/login", says: "账号不能借给别人用"},
	{name: "02-两步验证", page: "second", path: "/office/login", says: "6位数字", then: func(v *visitor) {
		login, _ := v.entrant("wang")
		v.fill("login", login).fill("password", officePassword).press("main form button")
	}},
	{name: "03-设密码", page: "link", path: "{link}", says: "只能用一次"},
	{name: "04-绑定手机", page: "enrol", as: "wu", path: "/office/enrol", says: "扫一扫"},
	{name: "05-工作台", page: "home", as: "wu", path: "/office", says: "退回给我的"},
	{name: "06-我的账号", page: "account", as: "wu", path: "/office/account", says: "现在登录着的地方"},
	{page: "password", as: "wu", path: "/office/password", says: "现在的密码"},
	{page: "error", as: "wu", path: "/office/batches/99999", says: "没有"},
	{name: "10-上传", page: "upload", as: "wu", path: "/office/upload", says: "最近传过的"},
	{name: "11-这一批文件", page: "set", as: "wu", path: "/office/sets/{set}", says: "全部提交"},
	{name: "12-校验结果", page: "findings", as: "wu", path: "/office/batches/{faulty}/findings", says: "要改好再传"},
	{name: "13-写明原因", page: "findings", as: "wu", path: "/office/batches/{faulty}/findings?rule=CEL-05", says: "写同一个原因"},
	{name: "14-列对应", page: "mapping", as: "wu", path: "/office/batches/{faulty}/mapping", says: "现在认作"},
	{name: "15-批次", page: "batch", as: "wu", path: "/office/batches/{faulty}", says: "上传改好的文件"},
	{page: "batches", as: "wu", path: "/office/batches", says: "批次"},
	{name: "20-复核与公开", page: "review_desk", as: "wang", path: "/office/review", says: "等您复核"},
	{name: "21-复核一个批次", page: "review", as: "wang", path: "/office/batches/{waiting}/review", says: "复核通过"},
	{name: "22-与上期相比", page: "changes", as: "wang", path: "/office/batches/{waiting}/review/changes", says: "差额"},
	{name: "23-什么时候公开", page: "review", as: "wang", path: "/office/batches/{certified}/review", says: "到时自动公开", from: "#publish"},
	{name: "24-公开进度", page: "progress", as: "wang", path: "/office/batches/{published}/progress", says: "办完了"},
	{name: "25-已公开的行", page: "rows", as: "wang", path: "/office/batches/{published}/rows", says: "撤回这一行"},
	{name: "26-申请撤回", page: "ask", as: "wang", path: "/office/batches/{published}/rows", says: "由另一位复核人决定", then: func(v *visitor) {
		v.press(`main a[href*="line="]`)
	}},
	{name: "27-决定申请", page: "request", as: "wang", path: "/office/requests/{request}", says: "同意，马上办"},
	{page: "requests", as: "wang", path: "/office/requests", says: "待决定"},
	{name: "28-上传更正", page: "upload", as: "wu", path: "/office/upload?corrects={published}", says: "更正的原因"},
	{name: "30-公示榜", page: "board", as: "wu", path: "/office/batches/{published}/board", says: "已张贴 1 个"},
	{name: "31-一村的榜", page: "board_village", path: "{notice}", says: "公示"},
	{name: "32-登记张贴", page: "board_village", as: "wu", path: "/office/batches/{published}/board/990121101201", says: "登记张贴"},
	{name: "40-名录", page: "lists", as: "chen", path: "/office/lists", says: "资金项目"},
	{name: "41-行政区划", page: "list", as: "chen", path: "/office/lists/region?words=东", says: "导出 xlsx"},
	{name: "42-改一项资金", page: "list_line", as: "chen", path: "/office/lists/fund/line?key=GD01", says: "归口股室"},
	{name: "43-导入名录", page: "list_import", as: "chen", path: "/office/lists/region", says: "还没有保存", then: func(v *visitor) {
		v.do(chromedp.SetUploadFiles("#file", []string{v.sheet("行政区划.xlsx", []string{"代码", "名称"}, []string{"990121101", "石桥镇"}, []string{"990121101299", "新桥社区"}, []string{"990121101201", "桥头社区"})}))
		v.press(`form[action$="/import"] button`)
	}},
	{name: "44-修改记录", page: "list_history", as: "chen", path: "/office/lists/region/history", says: "新增"},
	{name: "45-项目附件", page: "papers", as: "chen", path: "/office/funds/GD01/documents", says: "添加附件"},
	{name: "50-审计记录", page: "audit", as: "audrey", path: "/office/audit?action=batch.publish", says: "公开了批次"},
	{name: "60-账号", page: "officers", as: "chen", path: "/office/officers", says: "新建账号"},
	{name: "61-一个账号", page: "officer", as: "chen", path: "/office/officers/wu", says: "重设与停用"},
	{name: "62-一次性链接", page: "made", as: "chen", path: "/office/officers/wu2", says: "一次", then: func(v *visitor) {
		v.press(`form[action$="/link"] button`)
	}},
	{name: "63-部门", page: "departments", as: "chen", path: "/office/departments", says: "石桥镇财政所"},
	{page: "department", as: "chen", path: "/office/departments/new", says: "管的乡镇"},
	{page: "codes", as: "chen", path: "/office/account", says: "恢复码", then: func(v *visitor) {
		v.fill("password", officePassword).press(`form[action$="/recovery"] button`)
	}},
	{page: "search", as: "chen", path: "/office/search", says: "检索运行"},
	{page: "harvest", as: "chen", path: "/office/harvest", says: "防抓取"},
	{page: "kiosks", as: "chen", path: "/office/kiosks", says: "查询机"},
	{page: "kiosk_key", as: "chen", path: "/office/kiosks", says: "登记密钥", then: func(v *visitor) {
		v.fill("name", fmt.Sprintf("服务大厅%d", v.screen+1)).fill("place", "政务大厅一楼").press(`main form[action="/office/kiosks"] button`)
	}},
	{name: "70-来件", page: "desk", as: "qian", path: "/office/desk", says: "来件"},
	{name: "71-处理笺", page: "desk_case", as: "qian", path: "/office/desk/case/{case}", says: "登记"},
	{page: "desk_case", as: "qian", path: "/office/desk/case/{case}", says: "是怎么算出来的", then: func(v *visitor) {
		v.do(chromedp.Click("#clocks > summary"))
	}},
	{page: "desk_days", as: "qian", path: "/office/desk/days", says: "来件登记册"},
	{page: "desk_register", as: "qian", path: "/office/desk/register", says: "受理登记册"},
	{name: "74-来件统计", page: "desk_statistics", as: "qian", path: "/office/desk/statistics", says: "来件统计"},
	{page: "desk_paper", as: "qian", path: "/office/desk/case/{case}/papers/slip", says: "处理笺"},
	{name: "75-放假安排", page: "calendar", as: "chen", path: "/office/calendar", says: "放假安排"},
	{name: "72-答复模板", page: "desk_templates", as: "qian", path: "/office/desk/templates", says: "新模板"},
	{page: "desk_notices", as: "qian", path: "/office/desk/notices", says: "每条只发一次"},
	{name: "73-督办台", page: "desk_watch", as: "sun", path: "/office/desk/watch", says: "督办台"},
	{page: "desk_order", as: "sun", path: "/office/desk/case/{case}/orders", says: "限期回复"},
	{page: "desk_enter", as: "qian", path: "/office/desk/enter", says: "代为登记"},
}

// officeAtWork gives the office something of everything that its pages show. marks are what the pages' addresses name.
func (w *world) officeAtWork(site string) (marks *strings.Replacer) {
	w.t.Helper()
	ctx := w.t.Context()
	w.ok("user", "add", "audrey", "--name", "韩审计", "--role", "auditor")
	w.ok("user", "add", "wu", "--name", "吴经办", "--role", "clerk")
	w.ok("user", "add", "chen", "--name", "陈管理", "--role", "admin")
	w.ok("user", "add", "qian", "--name", "钱值班", "--role", "duty")
	w.must(w.accounts().SaveOfficer(ctx, console, ledger.Officer{Login: "wu2", Name: "冯经办", Roles: []ledger.OfficeRole{ledger.RoleClerk}}))
	_, err := w.db.SaveDepartment(ctx, console, ledger.Department{Name: "石桥镇财政所", Kind: ledger.Town, Towns: []string{"990121101"}})
	w.must(err)
	link := w.ok("user", "add", "feng", "--name", "冯复核", "--role", "clerk", "--site", site)

	last, truth := w.book(fixtures.One{Layout: fixtures.LayoutCard, Rows: 90, Seed: 3, Year: 2024})
	published := w.publish(last, truth.Books[0])
	var no int64
	fmt.Sscan(published, &no)
	w.must(w.db.HangNotice(ctx, no, "990121101201", ledger.DateOf(time.Now()), "li", nil))
	request, err := w.db.AskAct(ctx, ledger.ActRequest{Act: ledger.ActWithdraw, Batch: no, Line: 7, Reason: "重复登记，已与村里核对", AskedBy: "li"})
	w.must(err)
	notice := filepath.Join(w.dir, "榜.html")
	w.ok("board", published, "--out", notice, "--site", "https://mingbai.example", "--town", "990121101")
	w.must(w.db.AddPaper(ctx, "chen", ledger.Paper{Fund: "GD01", Title: "2024年耕地地力保护补贴实施方案", Type: "application/pdf"}, []byte("%PDF-1.7")))

	give := func(seed uint64, year int) string {
		path, truth := w.book(fixtures.One{Layout: fixtures.LayoutCard, Rows: 60, Seed: seed, Year: year})
		return w.ok("import", path, "--fund", truth.Books[0].Fund, "--period", fmt.Sprint(year), "--as", "wu", "--note", "已逐条核对")
	}
	waiting, certified := give(4, 2025), give(5, 2026)
	w.ok("certify", certified, "--as", "wang")
	w.ok("reject", give(6, 2027), "--as", "wang", "--reason", "第3行面积和上年相差太大，请核对")
	for _, login := range []string{"wu", "audrey", "qian"} {
		w.must(w.accounts().SetPassword(ctx, console, login, officePassword, false))
	}
	set, faulty := w.faultySet(site)
	return strings.NewReplacer("{case}", w.orderedCase(), "{link}", strings.TrimPrefix(link, site), "{published}", published, "{waiting}", waiting, "{certified}", certified,
		"{request}", fmt.Sprint(request), "{notice}", "file://"+notice, "{set}", set, "{faulty}", faulty)
}

// orderedCase is an inquiry that a supervisor has asked about.
func (w *world) orderedCase() (id string) {
	w.t.Helper()
	ctx := w.t.Context()
	w.ok("user", "add", "sun", "--name", "孙督查", "--role", "supervisor")
	w.must(w.accounts().SetPassword(ctx, console, "sun", officePassword, false))
	desk, err := postgres.NewInquiries(w.db, w.keys(), inquiry.Periods{})
	w.must(err)
	id, _, err = desk.Send(ctx, inquiry.Filing{Kind: inquiry.Complaint, Channel: inquiry.Web, Subject: "去年的补贴少了两亩", Text: "去年发了五亩，家里种的是七亩。"})
	w.must(err)
	tr, err := desk.Track(ctx, id)
	w.must(err)
	w.must(desk.Act(ctx, "sun", id, inquiry.Deed{Act: inquiry.Supervise, Facts: inquiry.Facts{Text: "请当天登记，说明面积是怎么核的。"}, Seen: tr.Seen}))
	return id
}

// faultySet sends a set of village workbooks by the site, one of them with faults.
func (w *world) faultySet(site string) (set, faulty string) {
	w.t.Helper()
	e, err := w.accounts().Login(w.t.Context(), "wu", officePassword, ledger.Visitor{Label: "Linux · Chrome"})
	w.must(err)
	clerk := w.deskOf(site, e.Token)
	paths := append(w.villageBooks(5, 8), w.twoHeaders("东门社区.xlsx",
		[5]string{"东门社区", "张建国", testID(901), "3.5", "350"},
		[5]string{"东门社区", "李四B", testID(902), "2", "200"},
		[5]string{"东门社区", "王秀英", testID(903), "1.2", "一百二"},
		[5]string{"东门社区", "赵明", testID(904)[:17], "4", "400"},
		[5]string{"东门社区", "钱丽华", testID(905), "5", "500"},
	))
	set = fmt.Sprint(clerk.sent([]string{"fund", "GD01", "period", "2023"}, paths...))
	w.eventually("every file to be checked", time.Minute, func() bool {
		return w.count(`select count(*) from upload where state = 'waiting'`) == 0
	})
	return set, fmt.Sprint(w.count(`select batch_no from upload where file_name = '东门社区.xlsx'`))
}

// visitor goes through the office in a browser, as one officer after another.
type visitor struct {
	*world
	*farmer
	site   string
	screen int
	inside string
	keys   map[string]string
}

// open goes to a page as the officer who looks at it.
func (v *visitor) open(p officePage, marks *strings.Replacer) {
	v.farmer.t.Helper()
	if p.as != v.inside {
		v.logOut()
		if p.as != "" {
			v.logIn(p.as)
		}
	}
	v.inside = p.as
	path := marks.Replace(p.path)
	if !strings.Contains(path, "://") {
		path = v.site + path
	}
	v.visit(path)
	if p.then != nil {
		p.then(v)
		v.do(chromedp.WaitReady("footer"))
	}
}

func (v *visitor) logOut() {
	v.visit(v.site + "/office")
	if v.address() != v.site+"/office/login" {
		v.press(".who button")
	}
	v.visit(v.site + "/office/login")
}

func (v *visitor) logIn(login string) {
	v.farmer.t.Helper()
	login, key := v.entrant(login)
	v.fill("login", login).fill("password", officePassword).press("main form button")
	if key != "" {
		_, err := v.sql().Exec(v.farmer.t.Context(), `update officer set totp_step = 0`) // a code opens once, and half a minute is long
		v.must(err)
		v.fill("code", code(v.farmer.t, key)).press("main form button.main")
	}
}

// entrant is an officer with what opens the door. Who needs a second factor has an account for each screen.
func (v *visitor) entrant(login string) (string, string) {
	v.farmer.t.Helper()
	ctx := v.farmer.t.Context()
	o, err := v.db.Officer(ctx, login)
	v.must(err)
	if !o.NeedsSecondFactor() {
		return login, ""
	}
	o.Login = fmt.Sprintf("%s-%d", login, v.screen)
	if v.keys[login] == "" {
		v.must(v.db.SaveOfficer(ctx, console, o))
		v.must(v.accounts().SetPassword(ctx, console, o.Login, officePassword, false))
		v.keys[login], err = v.accounts().GiveSecondFactor(ctx, console, o.Login)
		v.must(err)
	}
	return o.Login, v.keys[login]
}
