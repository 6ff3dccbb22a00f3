package portal

import (
	"errors"
	"net/http"
	"time"

	"github.com/gofiber/fiber/v2"

	"mingbai/ledger"
)

// OfficeFrame is what every page of the office shows around its own matter.
type OfficeFrame struct {
	Frame
	Officer ledger.Officer // empty login: nobody is inside
	Menu    []menuEntry
	Token   string // of forms
	Notice  string // what was done a moment ago
	Fault   string // what stands in the way, where it belongs to no field
	Sheet   string // a style sheet of the page's own, among the assets
}

// notices are what a page may be told to say by its address; nothing else of the address is shown.
var notices = map[string]string{
	"ended": "您离开得久了，或在别处退出了，请重新登录。", "out": "已退出。", "password": "密码已改，别处的登录都已退出。", "saved": "已保存。",
	"disabled": "账号已停用，它的登录都已退出。", "enabled": "账号已启用。", "factor": "两步验证已取消，本人下次登录时重新绑定。",
	"reason": "原因已写下。", "submitted": "已提交，等待另一人复核。", "certified": "已复核，请安排公开。", "published": "已公开。", "taken": "批次已收回。改好的文件可以接着传到这个批次。",
	"session": "那一处已退出。", "sessions": "别处的登录都已退出。",
	"drawn": "已另抽一次，前后几次抽的都有记录。", "accepted": "已接受，理由记在校验结果里。", "returned": "已退回，经办人会看到意见。",
	"revoked": "已停用，用过它的机器不再算查询机。", "seen": "已记下您看过了。",
	"signed": "已签。", "calendar": "放假安排已添加，没办完的来件已按它重算期限，并写进了各件的经过。", "away": "已收起。", "done": "已办。", "kept": "草稿已保存，还没有送审。", "sealed": "已移送纪检，这里看不到它了。",
	"begun":     "已安排，进度在“做过的”里。",
	"cancelled": "公开的安排已取消。", "asked": "申请已提交，由另一人决定。", "decided": "已办理。",
}

func (s *Server) officeFrame(c *fiber.Ctx, title, path string) OfficeFrame {
	f := OfficeFrame{Frame: s.frame(title), Notice: notices[c.Query("said")]}
	f.NoIndex = true
	session := stay(c)
	if session.No == 0 {
		f.Token = formToken(c)
		return f
	}
	f.Officer, f.Token = session.Officer, s.officeToken(s.sessionToken(c))
	if session.Step != ledger.StepDone {
		return f
	}
	for _, m := range officeMenu {
		if _, open := s.needs["GET "+m.Path]; open && (m.act == "" || session.Officer.May(m.act)) {
			m.Here = m.Path == path
			f.Menu = append(f.Menu, m)
		}
	}
	return f
}

// field is one line of a form. What was typed into a password's field is never put back.
type field struct {
	Name  string // of the input, and its id
	Label string
	Hint  string
	Value string
	Fault string
	Type  string // text when empty
	Auto  string // autocomplete
	Keys  string // inputmode
	Fixed bool   // shown, not to be changed
}

// refusal is how a form answers: with what its fields say, or the error itself where it is none of theirs.
func refusal(err error) (status int, message string, ours bool) {
	var e *ledger.Error
	if !errors.As(err, &e) {
		return 0, "", false
	}
	switch e.Kind {
	case ledger.KindInvalid, ledger.KindConflict:
		return http.StatusUnprocessableEntity, e.Message, true
	case ledger.KindTooMany:
		return http.StatusTooManyRequests, e.Message, true
	}
	return 0, "", false
}

// moment writes 6月3日 10:05, with the year where it is another.
func moment(t time.Time) string {
	if t.IsZero() {
		return "从未"
	}
	t = t.In(ledger.Shanghai)
	if t.Year() == time.Now().In(ledger.Shanghai).Year() {
		return t.Format("1月2日 15:04")
	}
	return t.Format("2006年1月2日 15:04")
}

type officeErrorPage struct {
	OfficeFrame
	Said, Do, Reference string
}

func (officeErrorPage) view() string { return "pages/office_error" }

// officeWords are what the office says of a status, where it says it otherwise than the public pages.
var officeWords = map[int][2]string{
	http.StatusBadRequest:            {"没有做成", "请返回上一页，改好再试。"},
	http.StatusForbidden:             {"这一步您不能做", "需要的话，请找管理员给您开权限。"},
	http.StatusNotFound:              {"没有找到", "可能是地址不对，或者已经不在了。请从工作台再找。"},
	http.StatusConflict:              {"没有做成", "它刚刚被别人改过，请返回上一页，刷新后再看。"},
	http.StatusRequestEntityTooLarge: {"文件太大了", "没有保存。请返回上一页，看看文件最大可以多大，缩小后再传。"},
	http.StatusTooManyRequests:       {"请稍等一会儿", "试的次数多了些，请过几分钟再试。"},
	http.StatusServiceUnavailable:    {"现在暂时办不了", "没有保存。请过几分钟再试。"},
}

// officeFail is fail for the office: its own words, and the way back to it. An officer may read every message of ours.
func (s *Server) officeFail(c *fiber.Ctx, err error, p errorPage, status int) error {
	page := officeErrorPage{OfficeFrame: s.officeFrame(c, p.Said, ""), Said: p.Said, Do: p.Do, Reference: p.Reference}
	page.Notice = ""
	if w, ok := officeWords[status]; ok {
		page.Title, page.Said, page.Do = w[0], w[0], w[1]
	}
	var ours *ledger.Error
	if status < http.StatusInternalServerError && errors.As(err, &ours) && !ours.Plain() {
		page.Do = ours.Message
	}
	return s.show(c, status, page)
}
