package main

import (
	"bytes"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"mingbai/ledger"
	"mingbai/ledger/inquiry"
)

// textOfPDF is what stands in a PDF, without blanks: a printer breaks lines where it likes.
func (w *world) textOfPDF(pdf []byte) string {
	w.t.Helper()
	read := exec.Command("pdftotext", "-layout", "-", "-")
	read.Stdin = bytes.NewReader(pdf)
	text, err := read.Output()
	w.must(err)
	return strings.Join(strings.Fields(string(text)), "")
}

// Each of the desk's papers is printed by chromium: its words are on the paper, on sheets of A4, and those that leave the office
// name nobody. The page that a browser prints says the same.
func TestThePapersInPrint(t *testing.T) {
	w := newWorld(t)
	desk := deskOf(w)
	site := w.serve()
	ctx := t.Context()
	send := func(subject string) (id string) {
		id, _, err := desk.Send(ctx, inquiry.Filing{
			Kind: inquiry.Complaint, Channel: inquiry.Web, Subject: subject, Text: "我叫张三丰，家里三亩二，表上是三亩一。", Name: "张三丰", Phone: "13800001111",
		})
		w.must(err)
		return id
	}
	do := func(login, id string, d inquiry.Deed) {
		tr, err := desk.Track(ctx, id)
		w.must(err)
		if d.Seen = tr.Seen; d.Text == "" {
			d.Text = "同意"
		}
		w.must(desk.Act(ctx, login, id, d))
	}
	answered, refused := send("面积少登记"), send("已经起诉的事")
	for _, id := range []string{answered, refused} {
		do("duty1", id, inquiry.Deed{Act: inquiry.Register, Facts: inquiry.Facts{Kind: inquiry.Complaint, Track: inquiry.Ordinary}})
		do("duty2", id, inquiry.Deed{Act: inquiry.Countersign})
	}
	do("duty1", answered, inquiry.Deed{Act: inquiry.TakeDirect})
	do("duty1", answered, inquiry.Deed{Act: inquiry.Draft, Proposed: "少登记0.1亩，差额8.39元下月补发。"})
	do("head1", answered, inquiry.Deed{Act: inquiry.Approve, Facts: inquiry.Facts{Answer: inquiry.HashOf("少登记0.1亩，差额8.39元下月补发。")}})
	do("duty1", refused, inquiry.Deed{Act: inquiry.ProposeRefusal, Facts: inquiry.Facts{Ground: "court", Right: "县人民法院", Text: "案号已经告知"}})
	do("head1", refused, inquiry.Deed{Act: inquiry.Refuse})

	duty := w.newDesk(site, "duty3", 0, ledger.RoleDuty)
	year := time.Now().In(ledger.Shanghai).Format("2006")
	for _, paper := range []struct {
		name, path string
		leaves     bool
		says       []string
	}{
		{"处理笺", "case/" + answered + "/papers/slip", false, []string{"清泉县财政局处理笺", year + "-000001", "会签登记", "值班乙（值班）", "差额8.39元下月补发", "审核同意", "审核甲（审核）", "第1页"}},
		{"受理通知单", "case/" + answered + "/papers/accept", true, []string{"清泉县财政局受理通知单", year + "-000001", "面积少登记", "已经受理"}},
		{"不予受理告知书", "case/" + refused + "/papers/refusal", true, []string{"不予受理告知书", year + "-000002", "县人民法院反映", "案号已经告知", "0990-1210000"}},
		{"满意情况反馈单", "case/" + answered + "/papers/feedback", true, []string{"满意情况反馈单", year + "-000001", "□满意", "□不满意", "签名"}},
		{"受理登记册", "register", false, []string{"来件受理登记册", "共2件", year + "-000001", "面积少登记", "值班签字", "值班甲、值班乙"}},
	} {
		res, err := duty.http.Get(site + "/office/desk/" + paper.path + "?as=pdf")
		w.must(err)
		status, _, pdf := duty.read(res, nil)
		if status != http.StatusOK || !strings.HasPrefix(pdf, "%PDF-") || !strings.Contains(pdf, "/MediaBox [0 0 594.95996 841.91998]") {
			t.Fatalf("%s: %d, %.200q", paper.name, status, pdf)
		}
		text := w.textOfPDF([]byte(pdf))
		for _, want := range paper.says {
			if !strings.Contains(text, want) {
				t.Errorf("%s: no %q in %s", paper.name, want, text)
			}
		}
		for _, who := range []string{"张三丰", "13800001111", "值班甲", "审核甲"} {
			if paper.leaves && strings.Contains(text, who) {
				t.Errorf("%s leaves the office with %s", paper.name, who)
			}
		}
		w.keepShot(paper.name, []byte(pdf))
	}

	for range 4 {
		id := send("面积少登记")
		do("duty1", id, inquiry.Deed{Act: inquiry.Register, Facts: inquiry.Facts{Kind: inquiry.Question, Track: inquiry.Ordinary}})
		do("duty2", id, inquiry.Deed{Act: inquiry.Countersign})
		do("duty1", id, inquiry.Deed{Act: inquiry.TakeDirect})
		do("duty1", id, inquiry.Deed{Act: inquiry.Draft, Proposed: "已核对。"})
		do("head1", id, inquiry.Deed{Act: inquiry.Approve, Facts: inquiry.Facts{Answer: inquiry.HashOf("已核对。")}})
	}
	p := &people{farmer: openScripted(t, "desktop", 1280, 900, true), w: w, site: site, sessions: map[string]string{"duty3": duty.cookie()}}
	p.be("duty3")
	p.visit(site + "/office/desk/case/" + answered + "/papers/accept")
	p.see("下载 PDF", "受理通知单")
	p.shots("desk-paper")
	printed, err := chromedp.Run(p.ctx, chromedp.PrintToPDF(chromedp.PDFPreferCSSPageSize()))
	w.must(err)
	if text := w.textOfPDF(printed); !strings.Contains(text, "已经受理") || strings.Contains(text, "下载PDF") || strings.Contains(text, "工作台") || strings.Contains(text, "退出") {
		t.Errorf("the browser prints %s", text)
	}
	w.keepShot("浏览器打印", printed)
	for _, page := range []struct{ path, says string }{
		{"/office/desk/register", "受理登记册"}, {"/office/desk/statistics", "怎么算的"}, {"/statistics", "怎么算的"}, {"/wall", "点题"},
	} {
		p.visit(site + page.path)
		p.see(page.says)
		p.accessible()
		p.shots("desk" + strings.ReplaceAll(page.path, "/", "-"))
	}
}

func (d *desk) cookie() string { return d.http.Jar.(*jar).cookies["mingbai-office"].Value }

// keepShot leaves a PDF beside the pictures, for whoever wants to look at it.
func (w *world) keepShot(name string, pdf []byte) {
	w.t.Helper()
	if dir := os.Getenv("MINGBAI_SHOTS"); dir != "" {
		w.must(os.WriteFile(filepath.Join(dir, name+".pdf"), pdf, 0o600))
	}
}
