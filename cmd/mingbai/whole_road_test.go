package main

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"mingbai/ledger"
)

// The whole road, in browsers of two officers and a farmer: a faulty workbook with a header of two rows goes up and its marked
// copy comes down; the mended one goes up and is submitted; the certifier, with a second factor, returns it once, then
// certifies and publishes it; the farmer finds her money; a row is corrected, and her page says so. MINGBAI_SHOTS names a
// folder to leave pictures in.
func TestTheWholeRoad(t *testing.T) {
	w := newWorld(t)
	site := w.serve()
	clerk := w.newDesk(site, "sun", 0, ledger.RoleClerk)
	w.must(w.accounts().SetPassword(t.Context(), "test", "wang", officePassword, false))
	secret, err := w.accounts().GiveSecondFactor(t.Context(), "test", "wang")
	w.must(err)

	rows := [][5]string{
		{"东门社区", "张建国", testID(1), "3.5", "350"},
		{"东门社区", "王秀英", testID(2), "1.2", "一百二"},
		{"东门社区", "赵明", testID(3)[:17], "4", "400"},
	}
	faulty := w.twoHeaders("耕地地力保护补贴.xlsx", rows...)
	rows[1][4], rows[2][2] = "125", testID(3)
	mended := w.twoHeaders("耕地地力保护补贴（改）.xlsx", rows...)
	rows[1][4] = "120"
	again := w.twoHeaders("耕地地力保护补贴（再改）.xlsx", rows...)
	right := w.twoHeaders("王秀英更正.xlsx", [5]string{"东门社区", "王秀英", testID(2), "1.5", "150"})

	office := openBrowser(t, "road-clerk", 1280, 900)
	office.visit(site + "/office/login")
	office.fill("login", "sun").fill("password", officePassword).press("main form button")
	upload := func(path, corrects, reason string) (batch string) {
		office.visit(site + "/office/upload" + corrects)
		office.do(chromedp.SetUploadFiles("#files", []string{path}), chromedp.SetValue("#fund", "GD01"))
		office.do(chromedp.SetValue("#period", "2025"))
		if reason != "" {
			office.do(chromedp.SetValue("#reason", reason))
		}
		office.press("main form button.main")
		office.do(chromedp.WaitReady("footer"))
		for began := time.Now(); !strings.Contains(office.address(), "/office/batches/"); time.Sleep(200 * time.Millisecond) {
			if time.Since(began) > 30*time.Second {
				t.Fatalf("still at %s:\n%.1500s", office.address(), office.text())
			}
		}
		return strings.TrimSuffix(strings.TrimPrefix(office.address(), site), "/findings")
	}
	batch := upload(faulty, "", "")
	office.see("城关镇 E5", "城关镇 C6", "必须改")
	office.shot("1-faults")
	marked, err := clerk.http.Get(site + batch + "/annotated.xlsx")
	w.must(err)
	content, err := io.ReadAll(marked.Body)
	w.must(err)
	marked.Body.Close()
	if marked.StatusCode != http.StatusOK || !strings.HasPrefix(string(content), "PK") {
		t.Errorf("the marked copy: %d, %d bytes", marked.StatusCode, len(content))
	}
	mend := func(path string) {
		office.visit(site + batch)
		office.do(chromedp.SetUploadFiles("#files", []string{path}))
		office.press(`form[action$="/file"] button`)
		office.arrive(batch + "/findings")
		office.visit(site + batch)
		office.press(`form[action$="/submit"] button`)
		office.see("已提交，等待另一人复核")
	}
	mend(mended)
	office.shot("2-submitted")

	desk := openBrowser(t, "road-certifier", 1280, 900)
	desk.visit(site + "/office/login")
	desk.fill("login", "wang").fill("password", officePassword).press("main form button")
	desk.fill("code", code(t, secret)).press("main form button.main")
	desk.visit(site + batch + "/review")
	desk.see("875.00", "随机抽出")
	desk.do(chromedp.SendKeys("#opinion", "第5行与纸质清册不符，应为120元"))
	desk.press(`main form[action$="/return"] button`)
	desk.see("已退回")
	desk.shot("3-returned")

	office.visit(site + batch)
	office.see("已退回", "第5行与纸质清册不符")
	office.shot("4-opinion")
	mend(again)

	publish := func(batch string) {
		desk.visit(site + batch + "/review")
		desk.press(`main form[action$="/certify"] button`)
		desk.see("已复核")
		desk.press(`main form[action$="/publish"] button`)
		w.eventually("publication", 20*time.Second, func() bool {
			desk.visit(site + batch + "/progress")
			return strings.Contains(desk.text(), "都已通知检索")
		})
	}
	publish(batch)
	desk.shot("5-published")

	farmer := openBrowser(t, "road-farmer", 390, 844)
	ask := func(want ...string) {
		farmer.visit(site + "/")
		farmer.fill("name", "王秀英").fill("id_number", testID(2)).press("main form button")
		farmer.see(want...)
	}
	ask("120.00")
	farmer.unsee("已更正")
	farmer.shot("6-farmer")

	no := batch[strings.LastIndex(batch, "/")+1:]
	fix := upload(right, "?corrects="+no, "面积量错，已重新丈量")
	office.visit(site + fix)
	office.press(`form[action$="/submit"] button`)
	office.shot("7-correction")
	publish(fix)
	ask("150.00", "已更正")
	farmer.shot("8-corrected")
	farmer.open()
	farmer.see("面积量错，已重新丈量")
	w.ok("verify")
}
