package portal

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"

	"github.com/gofiber/fiber/v2"
)

// The public API, version 1. apiRoutes is its one source: the routes are made from it, the OpenAPI document that is served, and
// the page that explains it. What the answers may say is what pages may say, and no more: docs/公开接口.md has the decisions.

const apiBase = "/api/v1"

// apiRoute is a route with everything that a stranger must know of it.
type apiRoute struct {
	Method  string
	Path    string // as OpenAPI writes it, under apiBase
	Name    string // operationId
	Title   string // what it answers, in a line
	Note    string // what to know besides
	Params  []apiParam
	Body    any // an example of what is sent; nil for nothing
	Answer  any // the answer's type
	Persons bool
	Try     string // what an example asks, after the path
	handle  fiber.Handler
}

// apiParam is a parameter of the path or the query.
type apiParam struct {
	Name, What string
	In         string // query when empty
	Enum       []string
	Number     bool
	Required   bool
}

var cursorParam = apiParam{Name: "cursor", What: "上一页答复中的 next，原样带回；条件须与上一页相同"}

func (s *Server) apiRoutes() []apiRoute {
	return []apiRoute{
		{
			Method: http.MethodGet, Path: "/search", Name: "search", Title: "按姓名查公示中的补贴，或查目录", Persons: true,
			Note: "只有今天按规定公示的部分。match 一次只用一种比法；更近的比法已查到的人，不再重复。翻页有深度限制，请用 village 缩小范围。",
			Params: []apiParam{
				{Name: "q", What: "姓名（match=pinyin 时为拼音或首字母），或目录里的字词", Required: true},
				{Name: "in", What: "查什么：people 人（默认），catalogue 目录，all 两样都查", Enum: []string{"people", "catalogue", "all"}},
				{Name: "match", What: "比法：exact 全名相同（默认），contains 含有，pinyin 读音，near 差一个字", Enum: modeNames[:]},
				{Name: "village", What: "12 位村代码或 9 位乡镇代码"},
				{Name: "fund", What: "项目代码"},
				{Name: "year", What: "年份", Number: true},
				cursorParam,
			},
			Answer: apiFound{}, Try: "?q=%E5%BC%A0%E4%B8%89", handle: s.apiSearch,
		},
		{
			Method: http.MethodPost, Path: "/lookup", Name: "lookup", Title: "凭姓名和身份证号查本人的全部款项", Persons: true,
			Note: "号码只放在正文里，不要放进网址。没有这个人、号码不对、姓名不对，答复一样，用时一样。次数有限制，见 RateLimit- 开头的响应头。",
			Body: apiAsked{}, Answer: apiOwn{}, handle: s.apiLookup,
		},
		{
			Method: http.MethodGet, Path: "/funds", Name: "funds", Title: "全部资金项目，各附最近一年的合计",
			Answer: apiFunds{}, handle: s.apiFunds,
		},
		{
			Method: http.MethodGet, Path: "/funds/{code}", Name: "fund", Title: "一个项目一年的合计：县、乡镇、村",
			Note:   "合计由账本对全部行计算。不公开名单的项目，少于 3 人的村并入未列出的部分。",
			Params: []apiParam{{Name: "code", In: "path", What: "项目代码", Required: true}, {Name: "year", What: "年份；不给就是最近一年", Number: true}},
			Answer: apiFund{}, Try: "/GD01", handle: s.apiFund,
		},
		{
			Method: http.MethodGet, Path: "/projects", Name: "projects", Title: "项目和它们的四次公示",
			Params: recordParams, Answer: apiRecords{}, handle: s.apiRecordsOf(projectKinds),
		},
		{
			Method: http.MethodGet, Path: "/agencies", Name: "agencies", Title: "机构编制：核定和实有",
			Params: recordParams, Answer: apiRecords{}, handle: s.apiRecordsOf(agencyKinds),
		},
		{
			Method: http.MethodGet, Path: "/answers", Name: "answers", Title: "公开的答复",
			Params: []apiParam{cursorParam}, Answer: apiAnswers{}, handle: s.apiAnswers,
		},
		{
			Method: http.MethodGet, Path: "/publications", Name: "publications", Title: "公开过的批次，新的在前，撤回和更正的也在",
			Params: []apiParam{cursorParam}, Answer: apiPublications{}, handle: s.apiPublications,
		},
	}
}

// routeAPI makes the routes. Persons are asked for under the same limits as on pages, counted together with them.
func (s *Server) routeAPI(browse, byAddress, total fiber.Handler) {
	api := s.app.Group(apiBase, s.rateHeaders)
	for _, r := range s.apiRoutes() {
		path := asFiberPath(r.Path)
		switch {
		case r.Method == http.MethodPost:
			api.Post(path, private, s.readAPILookup, byAddress, total, s.evenly, r.handle)
		case r.Persons:
			api.Get(path, private, browse, s.withinBudget, r.handle)
		default:
			api.Get(path, anySite, r.handle)
		}
	}
	api.Get("/openapi.json", anySite, s.apiDocument)
	s.app.Get("/api", s.apiPage)
}

// anySite lets pages of other sites read what names nobody. Persons are not among it: a page elsewhere must not ask for
// them in its visitor's name and at the visitor's cost.
func anySite(c *fiber.Ctx) error {
	c.Set(fiber.HeaderAccessControlAllowOrigin, "*")
	c.Set(fiber.HeaderAccessControlExposeHeaders, "ETag")
	c.Set("Cross-Origin-Resource-Policy", "cross-origin")
	return c.Next()
}

// apiOpen sends an answer about the catalogue with its mark, so that who has it already need not have it again. It must be
// asked for every time: what was withdrawn or has expired may be shown no longer.
func apiOpen(c *fiber.Ctx, answer any) error {
	body, err := json.Marshal(answer)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(body)
	tag := `"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`
	c.Set(fiber.HeaderETag, tag)
	if matches(c.Get(fiber.HeaderIfNoneMatch), tag) {
		return c.SendStatus(http.StatusNotModified)
	}
	c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSON)
	return c.Send(body)
}
