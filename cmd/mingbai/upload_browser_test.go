package main

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"mingbai/fixtures"
	"mingbai/ledger"
)

// twoHeaders writes a workbook with a title and a header of two rows, as clerks send them.
func (w *world) twoHeaders(name string, rows ...[5]string) string {
	w.t.Helper()
	path := filepath.Join(w.dir, name)
	f, err := os.Create(path)
	w.must(err)
	wb := fixtures.NewWorkbook(f, fixtures.WorkbookOptions{Sheets: []fixtures.SheetInfo{{Name: "城关镇"}}, Shared: true})
	page := wb.Sheet(nil, 0)
	line := func(texts ...string) {
		cells := make([]fixtures.Cell, len(texts))
		for i, text := range texts {
			cells[i] = fixtures.Text(text, fixtures.StyleText)
		}
		page.Row(cells...)
	}
	line("2025年耕地地力保护补贴发放表", "", "", "", "")
	page.Merge(1, 1, 5, 1)
	line("村", "户主", "", "补贴", "")
	page.Merge(1, 2, 1, 3)
	page.Merge(2, 2, 3, 2)
	page.Merge(4, 2, 5, 2)
	line("", "姓名", "身份证号", "面积（亩）", "金额（元）")
	for _, r := range rows {
		line(r[:]...)
	}
	w.must(wb.Close())
	w.must(f.Close())
	return path
}

// The clerk's road in a real browser: a faulty workbook with a header of two rows goes up, each fault is shown where it stands,
// the marked copy comes down, the mended file goes up into the same batch, a warning gets its reason, the batch is submitted.
// Once on a phone without JavaScript, once at a desk with it. MINGBAI_SHOTS names a folder to leave pictures in.
func TestAClerkMendsAWorkbook(t *testing.T) {
	w := newWorld(t)
	site := w.serve()
	for i, screen := range []struct {
		name          string
		width, height int64
		scripts       bool
	}{{"phone", 390, 844, false}, {"desktop", 1280, 900, true}} {
		t.Run(screen.name, func(t *testing.T) {
			clerk := w.newDesk(site, "clerk-"+screen.name, 0, ledger.RoleClerk)
			id := func(n int) string { return testID(i*100 + n) }
			rows := [][5]string{
				{"东门社区", "张建国", id(1), "3.5", "350"},
				{"东门社区", "李四B", id(2), "2", "200"},
				{"东门社区", "王秀英", id(3), "1.2", "一百二"},
				{"东门社区", "赵明", id(4)[:17], "4", "400"},
				{"东门社区", "钱丽华", id(5), "5", "500"},
				{"东门社区", "孙英", id(6), "1", "100"},
			}
			faulty := w.twoHeaders("2025年耕地地力保护补贴"+screen.name+".xlsx", rows...)
			rows[2][4], rows[3][2] = "120", id(4)
			mended := w.twoHeaders("2025年耕地地力保护补贴"+screen.name+"（改）.xlsx", rows...)

			f := openScripted(t, screen.name, screen.width, screen.height, screen.scripts)
			f.visit(site + "/office/login")
			f.fill("login", "clerk-"+screen.name).fill("password", officePassword).press("main form button")
			f.press(`.rail a[href="/office/upload"]`)
			f.see("上传", "资金项目")
			f.fits()
			f.shot("upload-1-form")
			f.do(chromedp.SetUploadFiles("#files", []string{faulty}))
			if screen.scripts { // fund and period come from the file's name
				f.see("项目和期间是照文件名填的，请核对")
			} else {
				f.do(chromedp.SetValue("#fund", "GD01"))
				f.fill("period", "2025")
			}
			f.shot("upload-2-chosen")
			f.press("main form button.main")
			f.arrive("/findings")
			f.see("要改好再传", "必须改", "城关镇 E6", "城关镇 C7", "请核对", "CEL-06")
			f.unsee(id(4)[:17], id(1), id(3), "张建国", "王秀英")
			f.see("［证号］", "张××", "17位")
			f.fits()
			f.shot("upload-3-findings")
			batch := strings.TrimSuffix(f.address(), "/findings")
			batch = strings.TrimPrefix(batch, site)

			res, err := clerk.http.Get(site + batch + "/annotated.xlsx")
			w.must(err)
			res.Body.Close()
			if d := res.Header.Get("Content-Disposition"); res.StatusCode != http.StatusOK || !strings.HasPrefix(d, "attachment") || res.Header.Get("Cache-Control") != "no-store" {
				t.Errorf("annotated: %d %v", res.StatusCode, res.Header)
			}
			if n := w.count(`select count(*) from audit where action = 'file.open' and actor = $1`, "clerk-"+screen.name); n != 1 {
				t.Errorf("%d lines of audit for the download", n)
			}
			f.visit(site + batch + "/mapping")
			f.see("列对应", "姓名", "身份证号", "户主姓名")
			f.unsee(id(1), "张建国")
			f.fits()
			f.shot("upload-4-mapping")
			f.visit(site + batch)
			f.see("历次文件", "第1稿", "上传改好的文件")
			f.fits()
			f.shot("upload-5-batch")
			f.do(chromedp.SetUploadFiles("#files", []string{mended}))
			f.press(`form[action$="/file"] button`)
			f.arrive(batch + "/findings")
			f.see("没有写明原因", "CEL-05")
			f.unsee("CEL-06")
			f.press(`.rules a[href*="CEL-05"]`)
			f.see("给这条规则全部 1 处写同一个原因")
			f.fits()
			f.shot("upload-6-reason")
			f.fill("reason", "与户口簿一致").press(`form.inline button`)
			f.see("原因已写下", "与户口簿一致", "可以提交")
			f.press(`form[action$="/submit"] button`)
			f.see("已提交，等待另一人复核", "第2稿", "被新文件替换")
			f.shot("upload-7-submitted")
			f.visit(site + "/office/batches")
			f.see("已提交", "共 ")
			f.fits()
			f.shot("upload-8-batches")
		})
	}
	w.ok("verify")
}

// arrive waits until the page that refreshes itself has come to an address.
func (f *farmer) arrive(ending string) {
	f.t.Helper()
	for began := time.Now(); !strings.HasSuffix(f.address(), ending); time.Sleep(100 * time.Millisecond) {
		if time.Since(began) > 30*time.Second {
			f.t.Fatalf("still at %s:\n%.1500s", f.address(), f.text())
		}
	}
	f.do(chromedp.WaitReady("footer"))
}

// A set of many files has one overview, with the faulty ones apart.
func TestTheOverviewOfASet(t *testing.T) {
	w := newWorld(t)
	site := w.serve()
	clerk := w.newDesk(site, "sun", 0, ledger.RoleClerk)
	paths := w.villageBooks(6, 5)
	paths = append(paths, w.twoHeaders("坏.xlsx", [5]string{"东门社区", "王秀英", testID(1), "1", "一百"}), filepath.Join(w.dir, "空.xlsx"))
	w.must(os.WriteFile(paths[7], nil, 0o600))
	paths = append(paths, w.sheet("重.xlsx", []string{"说明"}))
	set := clerk.sent([]string{"fund", "GD01", "period", "2025"}, paths...)
	w.eventually("every file to be checked", time.Minute, func() bool {
		return w.count(`select count(*) from upload where state = 'waiting'`) == 0
	})
	_, _, page := clerk.get("/office/sets/1")
	w.says(page, "共 9 个文件", "全部提交（6 个批次）", "只看有问题的（3）", "3,000.00")
	_, _, page = clerk.get("/office/sets/1?faults=1")
	w.says(page, "坏.xlsx", "空.xlsx")
	if strings.Contains(page, filepath.Base(paths[0])) {
		t.Error("a file without faults stands among the faulty ones")
	}
	// The same files once more: a set of their own, in which each is known.
	again := clerk.sent([]string{"fund", "GD01", "period", "2025"}, paths[:2]...)
	w.eventually("every file to be looked at", time.Minute, func() bool {
		return w.count(`select count(*) from upload where set_no = $1 and state = 'refused'`, again) == 2
	})
	_, _, page = clerk.get("/office/sets/2")
	w.says(page, "是同一个文件，无需重传")
	if set != 1 || w.count(`select count(*) from batch`) != 9 {
		t.Errorf("set %d, %d batches", set, w.count(`select count(*) from batch`))
	}
	for _, screen := range screens[:2] {
		f := openBrowser(t, screen.name, screen.width, screen.height)
		f.visit(site + "/office/login")
		f.fill("login", "sun").fill("password", officePassword).press("main form button")
		f.visit(site + "/office/sets/1")
		f.fits()
		f.shot("upload-9-set")
	}
}
