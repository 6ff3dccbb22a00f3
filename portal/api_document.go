package portal

import (
	"net/http"
	"reflect"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"
)

// openAPI writes the routes as an OpenAPI 3.1 document.
func (s *Server) openAPI() map[string]any {
	defs, paths := map[string]any{}, map[string]any{}
	for _, r := range s.apiRoutes() {
		paths[apiBase+r.Path] = map[string]any{strings.ToLower(r.Method): operation(r, defs)}
	}
	paths[apiBase+"/openapi.json"] = map[string]any{"get": map[string]any{
		"operationId": "openapi", "summary": "本文件", "responses": map[string]any{
			"200": answered("OpenAPI 3.1", map[string]any{"type": "object"}, fiber.MIMEApplicationJSON), "304": map[string]any{"description": "没有变化"},
		},
	}}
	schemaOf(reflect.TypeFor[problem](), defs)
	return map[string]any{
		"openapi": "3.1.0",
		"info": map[string]any{
			"title": s.config.County + "明白账公开接口", "version": "1.0.0",
			"description": "金额单位是分，都是整数。按姓名查到的内容不得用于建立个人信息库；人的查询有次数和深度的限制。",
		},
		"servers":    []any{map[string]any{"url": "/"}},
		"paths":      paths,
		"components": map[string]any{"schemas": defs},
	}
}

func operation(r apiRoute, defs map[string]any) map[string]any {
	answers := map[string]any{
		"200": answered(r.Title, schemaOf(reflect.TypeOf(r.Answer), defs), fiber.MIMEApplicationJSON),
		"default": answered("没有做成：说明原因，附可以在电话里念的编号",
			map[string]any{"$ref": "#/components/schemas/Problem"}, "application/problem+json"),
	}
	op := map[string]any{"operationId": r.Name, "summary": r.Title, "responses": answers}
	if r.Note != "" {
		op["description"] = r.Note
	}
	headers := map[string]any{}
	if r.Persons {
		for name, what := range map[string]string{"RateLimit-Limit": "一段时间里可以查几次", "RateLimit-Remaining": "还剩几次", "RateLimit-Reset": "过几秒重新计"} {
			headers[name] = map[string]any{"description": what, "schema": map[string]any{"type": "integer"}}
		}
	} else {
		headers["ETag"] = map[string]any{"description": "下次用 If-None-Match 带回，没有变化就答 304", "schema": map[string]any{"type": "string"}}
		answers["304"] = map[string]any{"description": "没有变化"}
	}
	answers["200"].(map[string]any)["headers"] = headers
	if len(r.Params) > 0 {
		op["parameters"] = parameters(r.Params)
	}
	if r.Body != nil {
		op["requestBody"] = map[string]any{"required": true, "content": map[string]any{
			fiber.MIMEApplicationJSON: map[string]any{"schema": schemaOf(reflect.TypeOf(r.Body), defs)},
		}}
	}
	return op
}

func parameters(list []apiParam) (out []any) {
	for _, p := range list {
		schema := map[string]any{"type": "string"}
		if p.Number {
			schema = map[string]any{"type": "integer", "minimum": 2000}
		}
		if p.Enum != nil {
			schema["enum"] = p.Enum
		}
		in := "query"
		if p.In != "" {
			in = p.In
		}
		out = append(out, map[string]any{"name": p.Name, "in": in, "description": p.What, "required": p.Required, "schema": schema})
	}
	return out
}

func answered(what string, schema map[string]any, media string) map[string]any {
	return map[string]any{"description": what, "content": map[string]any{media: map[string]any{"schema": schema}}}
}

func (s *Server) apiDocument(c *fiber.Ctx) error { return apiOpen(c, s.openAPI()) }

// apiHelp explains the API to people who write programs, from the same table.
type apiHelp struct {
	Frame
	Site     string // https://…/api/v1
	Routes   []apiRoute
	Problems []apiTrouble
	Browse   Limit
	Lookup   Limit
}

func (apiHelp) view() string { return "pages/api" }

// apiTrouble is a kind of problem, where its type leads to.
type apiTrouble struct {
	ID   string
	What string
	Do   string
}

var apiTroubles = []apiTrouble{
	{"invalid", "400、413、415、422", "问题本身不对：看 errors，哪一项、怎么改。"},
	{"denied", "403", "不允许。"},
	{"not-found", "404、405", "没有这一项，或者公示期已满。"},
	{"conflict", "409", "账目刚刚有变动，再查一次。"},
	{"too-many", "429", "次数多了：等 Retry-After 说的秒数，再查。"},
	{"internal", "500", "系统出了问题：请打电话，念 reference。"},
	{"unavailable", "503", "暂时查不了：过几分钟再试。"},
}

func (s *Server) apiPage(c *fiber.Ctx) error {
	p := apiHelp{
		Frame: s.frame("公开接口"), Site: c.BaseURL() + apiBase, Routes: s.apiRoutes(), Problems: apiTroubles,
		Browse: s.config.Limits.Browse, Lookup: s.config.Limits.LookupAddress,
	}
	p.Nav = "about"
	return s.show(c, http.StatusOK, p)
}

// Example is how to ask a route by hand.
func (p apiHelp) Example(r apiRoute) string {
	if r.Method == http.MethodPost {
		return "curl -H 'Content-Type: application/json' \\\n  -d '{\"name\": \"姓名\", \"id_number\": \"18位身份证号\"}' \\\n  " + p.Site + r.Path
	}
	path, _, _ := strings.Cut(r.Path, "/{")
	return "curl '" + p.Site + path + r.Try + "'"
}

// Minutes is a window as people say it.
func (l Limit) Minutes() string { return strconv.Itoa(max(1, int(l.Window.Minutes()))) + " 分钟" }
