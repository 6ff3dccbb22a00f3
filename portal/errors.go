package portal

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/gofiber/fiber/v2"

	"mingbai/ledger"
)

type errorPage struct {
	Frame
	Said      string // one sentence: what happened
	Do        string // one: what to do
	Reference string // only where the log knows more than the page
	Again     bool   // the same may be asked once more
}

func (errorPage) view() string { return "pages/error" }

var statusOf = map[ledger.Kind]int{
	ledger.KindInternal:    http.StatusInternalServerError,
	ledger.KindInvalid:     http.StatusBadRequest,
	ledger.KindNotFound:    http.StatusNotFound,
	ledger.KindConflict:    http.StatusConflict,
	ledger.KindDenied:      http.StatusForbidden,
	ledger.KindTooMany:     http.StatusTooManyRequests,
	ledger.KindUnavailable: http.StatusServiceUnavailable,
}

// What a page says of a status: what happened, and what to do.
var errorWords = map[int][2]string{
	http.StatusBadRequest:            {"这样还查不了", "请返回首页，从头再查一次。"},
	http.StatusForbidden:             {"这一步没有做成", "请返回首页再试一次。"},
	http.StatusNotFound:              {"没有这一页", "可能是地址不对，或者公示期已满，名单已经收起。请从首页再找。"},
	http.StatusMethodNotAllowed:      {"没有这一页", "请从首页再找。"},
	http.StatusConflict:              {"账目刚刚有变动", "请返回首页再看一次。"},
	http.StatusRequestEntityTooLarge: {"填写的内容太长了", "请返回首页，只填姓名和身份证号。"},
	http.StatusTooManyRequests:       {"请稍等一会儿", "查的次数多了些，请过几分钟再查。"},
	http.StatusInternalServerError:   {"系统出了点问题", "不是您的操作有误。请稍后再试。"},
	http.StatusServiceUnavailable:    {"现在暂时查不了", "账都在，一笔也不会少。请过几分钟再试。"},
}

// fail is the one place where an error becomes a page. A message of ours is for the person; anything else stays in the
// log under the reference that the page shows.
func (s *Server) fail(c *fiber.Ctx, err error) error {
	if strings.HasPrefix(c.Path(), apiBase) {
		return s.apiFail(c, err)
	}
	status, message := judge(err)
	words, ok := errorWords[status]
	if !ok { // 408, 431 and their like: from the server under fiber, about the request
		words = errorWords[http.StatusBadRequest]
	}
	page := errorPage{Frame: s.frame(words[0]), Said: words[0], Do: words[1]}
	page.NoIndex = true
	if message != "" {
		page.Do = message
	}
	if status >= http.StatusInternalServerError {
		page.Reference = reference(c)
		s.log.Error("页面出错", "ref", page.Reference, "status", status, "err", err)
	}
	if status == http.StatusServiceUnavailable {
		c.Set(fiber.HeaderRetryAfter, "120")
		page.Again = c.Method() == http.MethodGet
	}
	keepPrivate(c)
	if e, ok := asSpent(err); ok {
		return s.showSpent(c, e)
	}
	if s.office != nil && strings.HasPrefix(c.Path(), "/office") {
		return s.officeFail(c, err, page, status)
	}
	return s.show(c, status, page)
}

// judge tells an error's status and what the person may read of it beyond the status's own words. fiber's messages
// repeat the address, so none is shown; nor are those of errors nobody classified.
func judge(err error) (status int, message string) {
	var ours *ledger.Error
	var fibers *fiber.Error
	switch {
	case errors.As(err, &ours):
		status = statusOf[ours.Kind]
		switch ours.Kind {
		case ledger.KindDenied, ledger.KindTooMany, ledger.KindInvalid:
			if ours != ledger.ErrDenied && ours != ledger.ErrTooMany && ours != ledger.ErrInvalid { // these say nothing yet
				message = ours.Message
			}
		}
		return status, message
	case errors.As(err, &fibers) && fibers.Code < http.StatusInternalServerError:
		return fibers.Code, ""
	case errors.Is(err, context.DeadlineExceeded):
		return http.StatusServiceUnavailable, ""
	}
	return http.StatusInternalServerError, ""
}
