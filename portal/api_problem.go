package portal

import (
	"encoding/json"
	"errors"
	"net/http"

	"github.com/gofiber/fiber/v2"

	"mingbai/portal/budget"
)

// problem is an error as RFC 9457 writes it, in the words of our pages.
type problem struct {
	Type      string       `json:"type"`
	Title     string       `json:"title"`
	Status    int          `json:"status"`
	Detail    string       `json:"detail"`
	Reference string       `json:"reference"` // to be read out over the telephone
	Errors    []fieldFault `json:"errors,omitempty"`
}

// fieldFault says what is wrong with one thing that was sent.
type fieldFault struct {
	Field string `json:"field"`
	Said  string `json:"said"`
}

// faulty is a question that cannot be asked as it stands.
type faulty struct{ faults []fieldFault }

func (faulty) Error() string { return "portal: faulty question" }

func fault(field, said string) error { return faulty{[]fieldFault{{field, said}}} }

const problemType = "application/problem+json; charset=utf-8"

// problemNames end the address of a problem's type, which leads to where the page explains it.
var problemNames = map[int]string{
	http.StatusBadRequest: "invalid", http.StatusUnprocessableEntity: "invalid", http.StatusForbidden: "denied",
	http.StatusNotFound: "not-found", http.StatusMethodNotAllowed: "not-found", http.StatusConflict: "conflict",
	http.StatusRequestEntityTooLarge: "invalid", http.StatusUnsupportedMediaType: "invalid", http.StatusTooManyRequests: "too-many",
	http.StatusInternalServerError: "internal", http.StatusServiceUnavailable: "unavailable",
}

// What the API says of a status where pages speak of buttons.
var problemWords = map[int][2]string{
	http.StatusNotFound:              {"没有这一项", "可能是地址不对，或者公示期已满。"},
	http.StatusMethodNotAllowed:      {"没有这一项", "地址对，方法不对。请看 /api。"},
	http.StatusUnsupportedMediaType:  {"格式不对", "请用 Content-Type: application/json 发送。"},
	http.StatusUnprocessableEntity:   {"这样还查不了", "请按 errors 里说的改一改。"},
	http.StatusBadRequest:            {"这样还查不了", "请对照 /api 改一改。"},
	http.StatusForbidden:             {"不允许", "这一项没有公开。"},
	http.StatusRequestEntityTooLarge: {"内容太长了", "请只发姓名和身份证号。"},
	http.StatusConflict:              {"账目刚刚有变动", "请再查一次。"},
}

func (s *Server) apiFail(c *fiber.Ctx, err error) error {
	status, message := judge(err)
	var p problem
	var f faulty
	if errors.As(err, &f) {
		status, p.Errors = http.StatusUnprocessableEntity, f.faults
	}
	words, ok := problemWords[status]
	if !ok {
		if words, ok = errorWords[status]; !ok {
			words = problemWords[http.StatusBadRequest]
		}
	}
	p.Title, p.Detail, p.Status, p.Reference = words[0], words[1], status, reference(c)
	if message != "" {
		p.Detail = message
	}
	if e, ok := asSpent(err); ok && e.Answer == budget.Challenge {
		p.Detail = "看的人数多了。请先用浏览器在网页上核对一次，或者过一会儿再来。"
	}
	name := problemNames[status]
	if name == "" {
		name = "invalid"
	}
	p.Type = "/api#" + name
	if status >= http.StatusInternalServerError {
		s.log.Error("接口出错", "ref", p.Reference, "status", status, "err", err)
	}
	keepPrivate(c)
	body, err := json.Marshal(p)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, problemType)
	return c.Status(status).Send(body)
}

// errMediaType refuses what a form of another site could send.
var errMediaType = fiber.NewError(http.StatusUnsupportedMediaType)
