package portal

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
)

// way is a link into a part of the site, shown where the site has that part.
type way struct {
	Path, Name string
	Note       string // what is to be found there; only the home page has room to say it
	Nav        string // what a page says in Frame.Nav that stands under it
}

// The head's menu, the foot's, and the home page's entrances.
var (
	headWays = []way{
		{Path: "/", Name: "查账", Nav: "home"},
		{Path: "/funds", Name: "资金", Nav: "funds"},
		{Path: "/ask", Name: "问账", Nav: "ask"},
		{Path: "/about", Name: "说明", Nav: "about"},
	}
	footWays = []way{
		{Path: "/track", Name: "查办理进度"},
		{Path: "/about", Name: "怎样查、怎样保护您的信息"},
		{Path: "/accessible", Name: "无障碍"},
		{Path: "/data", Name: "开放数据"},
		{Path: "/audit", Name: "审计摘要"},
		{Path: "/api", Name: "公开接口"},
		{Path: "/proof", Name: "核对打印件"},
		{Path: "/kiosk", Name: "大厅查询机"},
		{Path: "/office", Name: "办公入口"},
	}
	entrances = []way{
		{Path: "/funds?kind=subsidy", Name: "到户补贴", Note: "发给农户和个人的，各镇各村多少"},
		{Path: "/funds?kind=project", Name: "项目", Note: "修路、修水利、办产业，四次公开到哪一步"},
		{Path: "/funds?kind=allocation", Name: "专项资金", Note: "分给了哪些单位和项目"},
		{Path: "/funds?kind=transfer", Name: "转移支付", Note: "县里拨给各乡镇的"},
		{Path: "/funds?kind=budget", Name: "部门预算", Note: "每个部门一年花多少、花在哪里"},
		{Path: "/funds?kind=agency", Name: "机构编制", Note: "每个单位核定多少人、实有多少人"},
		{Path: "/funds?kind=post", Name: "人员编制", Note: "吃财政饭的是哪些人"},
		{Path: "/answers", Name: "公开答复", Note: "别人问过什么，怎么答的"},
		{Path: "/wall", Name: "点题公开", Note: "大家要公开的，公开了什么"},
		{Path: "/statistics", Name: "统计", Note: "来件一年收到多少、按时没有、满不满意"},
		{Path: "/data", Name: "开放数据", Note: "整张表下载，不含个人信息"},
	}
	askWays = []way{
		{Path: "/ask", Name: "写下要问的"}, {Path: "/track", Name: "查办到哪一步"}, {Path: "/answers", Name: "看别人问过的"},
	}
)

// has tells whether the site answers at a path; what stands behind a question mark counts for nothing.
func (s *Server) has(path string) bool {
	return slices.Contains(s.open, path)
}

// openWays are those of a list that the site has.
func (s *Server) openWays(list []way) (open []way) {
	for _, w := range list {
		if s.has(pathOnly(w.Path)) {
			open = append(open, w)
		}
	}
	return open
}

// learnWays notes, once all routes stand, which addresses without parameters there are, and which menus that makes.
func (s *Server) learnWays() {
	for _, r := range s.app.GetRoutes(true) {
		if r.Method == http.MethodGet {
			s.open = append(s.open, r.Path)
		}
	}
	s.menu, s.foot = s.openWays(headWays), s.openWays(footWays)
}

// elderCookie remembers that this browser wants the large edition (长者版). It says nothing else and nobody.
const elderCookie = "mingbai-elder"

// elder turns the large edition on or off and goes back to the page it was asked from. It needs no form token: all that a
// stranger's page could do with it is to enlarge ours.
func (s *Server) elder(c *fiber.Ctx) error {
	cookie := fiber.Cookie{
		Name: elderCookie, Value: "1", Path: "/", MaxAge: 365 * 24 * 3600, HTTPOnly: true, Secure: s.config.Secure,
		SameSite: fiber.CookieSameSiteLaxMode,
	}
	if c.FormValue("on") != "1" {
		cookie.Value, cookie.MaxAge, cookie.Expires = "", 0, time.Unix(1, 0) // the browser forgets it
	}
	c.Cookie(&cookie)
	return c.Redirect(backPath(c), http.StatusSeeOther)
}

// reader is what the browser that reads a page has chosen; show fills it in.
type reader struct {
	elder bool
	seat  *seat
}

// Elder says that the page is to be shown large.
func (f Frame) Elder() bool { return f.reader != nil && f.reader.elder }

// Kiosk is the sitting at a hall's machine that the page is shown in; nil anywhere else.
func (f Frame) Kiosk() *seat {
	if f.reader == nil {
		return nil
	}
	return f.reader.seat
}

func (f Frame) readBy() *reader { return f.reader }

// heed fills in what the browser chose.
func heed(c *fiber.Ctx, p page) {
	f, ok := p.(interface{ readBy() *reader })
	if !ok || f.readBy() == nil {
		return
	}
	c.Vary(fiber.HeaderCookie)
	f.readBy().elder, f.readBy().seat = c.Cookies(elderCookie) == "1", seatOf(c)
}

func pathOnly(address string) string {
	path, _, _ := strings.Cut(address, "?")
	return path
}

// backPath is the page of ours that a form was sent from; home where the browser does not tell. What was sent to /lookup
// cannot be shown again.
func backPath(c *fiber.Ctx) string {
	from, err := url.Parse(c.Get(fiber.HeaderReferer))
	if err != nil || from.Host != c.Hostname() || !strings.HasPrefix(from.Path, "/") || strings.HasPrefix(from.Path, "//") || from.Path == "/lookup" {
		return "/"
	}
	return from.RequestURI()
}
