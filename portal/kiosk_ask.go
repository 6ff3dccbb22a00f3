package portal

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"mingbai/ledger"
	"mingbai/ledger/inquiry"
)

// kioskAsk is an inquiry in the making: what it is about, what was tapped, and a phone as far as it was typed.
type kioskAsk struct {
	Row    string `json:"r,omitempty"` // 2025-17-3; empty: about no line of the books
	Reason int    `json:"n,omitempty"` // in kioskReasons, from 1
	Phone  string `json:"p,omitempty"`
}

// kioskReason is what a finger can say. The text tells the desk that it was tapped and not written.
type kioskReason struct {
	AboutRow bool
	Kind     inquiry.Kind
	Name     string
	Text     string
}

var kioskReasons = []kioskReason{
	{true, inquiry.Complaint, "面积或人数不对", "表上的面积或人数和我家的不一样，请核对。"},
	{true, inquiry.Complaint, "金额不对", "这一笔的金额不对，请核对。"},
	{true, inquiry.Complaint, "钱没有收到", "账上有这一笔，钱没有收到，请查一查。"},
	{true, inquiry.Complaint, "姓名或村组写错了", "这一笔的姓名或村组写错了，请核对。"},
	{true, inquiry.Complaint, "这一笔不是我家的", "这一笔不是我家的，请核对。"},
	{true, inquiry.Question, "看不懂，请讲给我听", "这一笔看不懂，想请人讲清楚。"},
	{false, inquiry.Question, "账上为什么没有我家的", "在网站上没有查到我家的补贴，想知道为什么。"},
	{false, inquiry.Question, "补贴怎么申请", "想知道有哪些补贴可以申请、怎么申请。"},
	{false, inquiry.Question, "补贴什么时候发", "想知道今年的补贴什么时候发。"},
	{false, inquiry.Question, "换了银行卡怎么办", "收补贴的银行卡换了，想知道怎么办。"},
	{false, inquiry.Complaint, "补贴没有发到手", "应该有的补贴没有发到手，请查一查。"},
	{false, inquiry.Complaint, "去问了没有人理", "为补贴的事去问过，没有人答复。"},
}

// tapped ends every text: the desk ought not to take the words for the sender's own.
const tapped = "（在大厅查询机上点选的，没有另写内容。）"

// phoneLength is that of a mobile phone's number; one with an area code may be as long.
const phoneLength = 12

type kioskAskPage struct {
	Frame
	About   inquiry.About
	Row     string
	Reasons []kioskChoice
	Chosen  *kioskReason
	Typed   int
	Keys    []string
	Fault   string
}

type kioskChoice struct {
	No int
	kioskReason
}

func (kioskAskPage) view() string { return "pages/kiosk_ask" }

// Dots are what shows of the phone.
func (p kioskAskPage) Dots() string { return strings.Repeat("●", p.Typed) }

// kioskAsk shows what comes next: the reasons, or with one chosen the phone and the button that sends.
func (s *Server) kioskAsk(c *fiber.Ctx) error {
	if t := seatOf(c); c.Context().QueryArgs().Has("row") {
		t.Ask = kioskAsk{}
		if row := rowOf(c.Query("row")); row != (inquiry.Row{}) {
			t.Ask.Row = rowText(row)
		}
	}
	return s.showKioskAsk(c, http.StatusOK, "")
}

func (s *Server) showKioskAsk(c *fiber.Ctx, status int, fault string) error {
	t := &seatOf(c).Ask
	p := kioskAskPage{Frame: s.frame("问一问"), Typed: len(t.Phone), Keys: slices.Concat(digitKeys[:9], []string{"clear", "0", "del"}), Fault: fault}
	p.NoIndex = true
	if t.Row != "" {
		about, err := s.config.Inquiries.RowAbout(c.UserContext(), rowOf(t.Row))
		switch {
		case ledger.KindOf(err) == ledger.KindNotFound:
			t.Row = ""
		case err != nil:
			return err
		}
		p.About, p.Row = about, t.Row
	}
	if r, ok := chosenReason(t.Reason); ok {
		p.Chosen = &r
	}
	for i, r := range kioskReasons {
		if r.AboutRow == (p.Row != "") {
			p.Reasons = append(p.Reasons, kioskChoice{i + 1, r})
		}
	}
	return s.show(c, status, p)
}

func chosenReason(no int) (r kioskReason, ok bool) {
	if no < 1 || no > len(kioskReasons) {
		return r, false
	}
	return kioskReasons[no-1], true
}

// pressAsk takes a reason, a key of the phone's pad, or sends.
func (s *Server) pressAsk(c *fiber.Ctx) error {
	t := seatOf(c)
	if phone := c.FormValue("phone"); phone != "" { // with scripts all of it comes at once
		t.Ask.Phone = ""
		for _, key := range strings.Split(phone, "") {
			t.Ask.Phone = pressDigit(t.Ask.Phone, key, phoneLength, false)
		}
	}
	switch key := c.FormValue("key"); {
	case c.FormValue("reason") != "":
		t.Ask.Reason, _ = strconv.Atoi(c.FormValue("reason"))
	case key == "other":
		t.Ask.Reason = 0
	case key == "send":
		return s.sendKioskAsk(c, t)
	default:
		t.Ask.Phone = pressDigit(t.Ask.Phone, key, phoneLength, false)
	}
	return c.Redirect("/kiosk/ask", http.StatusSeeOther)
}

func (s *Server) sendKioskAsk(c *fiber.Ctx, t *seat) error {
	reason, ok := chosenReason(t.Ask.Reason)
	if !ok {
		return c.Redirect("/kiosk/ask", http.StatusSeeOther)
	}
	if n := len(t.Ask.Phone); n > 0 && n < 7 {
		return s.showKioskAsk(c, http.StatusUnprocessableEntity, "电话少了几位，请再看一遍；不想留就点“清”。")
	}
	_, code, err := s.config.Inquiries.Send(c.UserContext(), inquiry.Filing{
		Kind: reason.Kind, Channel: inquiry.Kiosk, Subject: reason.Name, Text: reason.Text + tapped, Phone: t.Ask.Phone, Row: rowOf(t.Ask.Row),
	})
	if err != nil {
		return s.refused(c, err, func(status int, fault string) error { return s.showKioskAsk(c, status, fault) })
	}
	s.countAtKiosk(c, ledger.KioskUse{Inquiries: 1})
	t.Ask = kioskAsk{}
	return s.showReceipt(c, receiptPage{Kind: reason.Kind, Code: code})
}
