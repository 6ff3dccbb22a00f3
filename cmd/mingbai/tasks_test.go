package main

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"mingbai/fixtures"
)

// taskWorld is a county in which all ten tasks can be done, and she who does them.
type taskWorld struct {
	*world
	she  fixtures.Household
	site string
}

// task is something that somebody comes for, done from the home page on. most is how many taps it may take; 0 is any.
type task struct {
	name string
	most int
	do   func(h *hands, w *taskWorld)
}

var tasks = []task{
	{"按姓名查到自己的补贴", 3, func(h *hands, w *taskWorld) {
		h.type_("#name", w.she.Name)
		h.tap("form.ask button.main")
		h.tap(fmt.Sprintf(`main a.line[href$="%s"]`, w.she.VillageCode))
		h.see(w.she.Name, w.she.Village, "公开部分合计", "为什么是这个数")
	}},
	{"按姓名和证号查到自己的补贴", 3, func(h *hands, w *taskWorld) {
		h.ownBook(w)
		h.unsee(w.she.ID, w.she.ID[6:14])
	}},
	{"看懂为什么是这个数", 3, func(h *hands, w *taskWorld) {
		h.ownBook(w)
		h.tap("details.line:not(.ended) summary")
		h.see("元/亩", "= ", "依据", "出处", "工作表")
	}},
	{"看自己村的公示名单", 3, func(h *hands, w *taskWorld) {
		h.ownBook(w)
		h.tap("details.line:not(.ended) summary")
		h.tap("details[open] dd a")
		h.see(w.she.Village, "公示期", "监督电话", w.she.Name)
	}},
	{"打印", 0, func(h *hands, w *taskWorld) {
		h.ownBook(w)
		if h.scripts {
			h.run("window.print = () => { window.printed = document.documentElement.className }")
			h.tap("button[data-print=large]")
			if !strings.Contains(h.eval("window.printed"), "largeprint") {
				h.t.Error("the button prints nothing")
			}
		}
		h.prints("这张纸是真的吗", "出处")
	}},
	{"反映一笔不对", 0, func(h *hands, w *taskWorld) {
		h.ownBook(w)
		h.tap("details.line:not(.ended) summary")
		h.tap("details[open] a.button")
		h.see("您要问的是", w.she.Village)
		h.tap(`main a.line[href*="kind=complain"], main ul.choices li:first-child a.line`)
		h.see("问的是", "笔")
		h.type_("#subject", "面积不对")
		h.type_("#text", "我家的面积少算了，请核对。")
		h.tap("form.ask button.main")
		h.see("查询码")
	}},
	{"看一个项目办到哪一步", 0, func(h *hands, w *taskWorld) {
		h.tap(`.entrances a[href*="kind=project"]`)
		h.tap(`main a.line[href^="/funds/XM01"]`)
		h.see("申报前村级公示", "到村公示", "还没有", "村务公开栏照片3张")
	}},
	{"查一个单位的编制", 0, func(h *hands, w *taskWorld) {
		h.tap(`.entrances a[href*="kind=agency"]`)
		h.tap(`main a.line[href^="/funds/BZ01"]`)
		h.type_("#find", "农业技术推广站")
		h.tap("form.again button")
		h.see("农业技术推广站", "超编 3", "1 行")
	}},
	{"下载一个项目的表", 0, func(h *hands, w *taskWorld) {
		h.tap(`.entrances a[href*="kind=subsidy"]`)
		h.tap(`main a.line[href^="/funds/GD01"]`)
		h.takeAway(`main a[href^="/data/"][href$=".csv"]`, w.she.Village)
	}},
	{"看一次更正的来龙去脉", 0, func(h *hands, w *taskWorld) {
		h.ownBook(w)
		h.see("已更正")
		h.tap("details.line:has(summary s) summary")
		h.see("更正：原来是", "面积登记有误", "批次")
		h.tap(`details[open] a[href^="/funds/GD01?"]`)
		h.see("更正批次", "面积登记有误")
	}},
}

// The ten tasks, on a phone, large, without scripts and by keys alone. MINGBAI_TASKS=all does them on every screen in both
// editions (some minutes).
func TestTheTenTasks(t *testing.T) {
	w := newTaskWorld(t)
	runs := []hands{
		{screen: "phone", width: 390, height: 844, scripts: true},
		{screen: "phone", width: 390, height: 844, elder: true},
		{screen: "desktop", width: 1280, height: 900, scripts: true, keys: true},
	}
	if os.Getenv("MINGBAI_TASKS") == "all" {
		runs = nil
		for _, s := range append(screens, struct {
			name          string
			width, height int64
		}{"tablet", 768, 1024}) {
			for i := range 8 {
				runs = append(runs, hands{screen: s.name, width: s.width, height: s.height, scripts: i&1 == 0, elder: i&2 != 0, keys: i&4 != 0})
			}
		}
	}
	for _, h := range runs {
		t.Run(h.name(), func(t *testing.T) {
			h.farmer = openScripted(t, h.name(), h.width, h.height, h.scripts)
			h.doAll(w)
		})
	}
}

func (h *hands) doAll(w *taskWorld) {
	if h.elder {
		h.visit(w.site + "/about")
		h.tap("form[data-elder] button")
	}
	for i, task := range tasks {
		h.visit(w.site + "/")
		h.taps, h.pressed = 0, 0
		task.do(h, w)
		h.fits()
		h.shot(fmt.Sprintf("%02d", i+1))
		h.t.Logf("%2d %s：点 %d 次%s", i+1, task.name, h.taps, h.keysWord())
		if task.most > 0 && h.taps > task.most {
			h.t.Errorf("%s: %d taps, want at most %d", task.name, h.taps, task.most)
		}
		if elder := h.eval(`document.documentElement.className`) == "elder"; elder != h.elder && i != 8 {
			h.t.Errorf("%s: the large edition is %v", task.name, elder)
		}
	}
}

func (h *hands) ownBook(w *taskWorld) {
	h.t.Helper()
	h.type_("#name", w.she.Name)
	h.type_("#id_number", w.she.ID)
	h.tap("form.ask button.main")
	h.see(w.she.Name+"的账", "历年合计")
}

// newTaskWorld publishes two years of farmland and all tables, and corrects one of her lines.
func newTaskWorld(t *testing.T) *taskWorld {
	t.Helper()
	w := &taskWorld{world: newWorld(t)}
	truth, dir, _ := w.publishTables()
	w.she = neighbour(truth)
	for _, b := range truth.Books {
		if b.Fund != "GD01" {
			continue
		}
		no := w.publish(filepath.Join(dir, b.File), b)
		if b.Period == "2025" {
			fix := w.ok("import", w.correction(w.she), "--fund", "GD01", "--period", "2025", "--as", "li", "--corrects", no, "--reason", "面积登记有误", "--note", "已核对")
			w.ok("certify", fix, "--as", "wang")
			w.ok("publish", fix, "--as", "wang")
		}
	}
	w.site = w.serve("127.0.0.1") // who does every task on every screen asks oftener than a browser may
	return w
}

// correction is a workbook with one household's line as it ought to be.
func (w *taskWorld) correction(h fixtures.Household) string {
	path := filepath.Join(w.dir, "更正.xlsx")
	f, err := os.Create(path)
	w.must(err)
	text := func(s string) fixtures.Cell { return fixtures.Text(s, fixtures.StyleText) }
	wb := fixtures.NewWorkbook(f, fixtures.WorkbookOptions{Sheets: []fixtures.SheetInfo{{Name: "Sheet1"}}, Shared: true})
	sheet := wb.Sheet(nil, 0)
	sheet.Row(text("姓名"), text("身份证号"), text("乡镇"), text("村"), text("组"), text("面积(亩)"), text("补贴标准(元/亩)"), text("补贴金额(元)"))
	sheet.Row(text(h.Name), text(h.ID), text(h.Town), text(h.Village), text(h.Group), fixtures.Number("10", fixtures.StyleMoney),
		fixtures.Number("83.94", fixtures.StyleMoney), fixtures.Number("839.40", fixtures.StyleMoney))
	w.must(wb.Close())
	w.must(f.Close())
	return path
}

// takeAway follows a link to a file and reads what it holds.
func (h *hands) takeAway(what, holds string) {
	h.t.Helper()
	href := h.eval(fmt.Sprintf("document.querySelector(%q)?.href", what))
	h.reach(what)
	h.taps++
	res, err := http.Get(href)
	if err != nil {
		h.t.Fatalf("%s: %v", what, err)
	}
	res.Body.Close()
	if _, text := get(h.t, href); res.StatusCode != http.StatusOK || !strings.Contains(text, holds) {
		h.t.Errorf("%s: %d, does not hold %s", href, res.StatusCode, holds)
	}
}

// prints holds the page as paper would have it: what is for the screen is gone, what was closed is open.
func (h *hands) prints(words ...string) {
	h.t.Helper()
	media := func(m string) {
		if _, err := chromedp.Call(h.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: m}); err != nil {
			h.t.Fatal(err)
		}
	}
	media("print")
	h.see(words...)
	if strings.Contains(h.text(), "返回首页") {
		h.t.Error("what is for the screen is printed")
	}
	media("")
	paper, err := chromedp.Run(h.ctx, chromedp.PrintToPDF())
	if err != nil || len(paper) < 10_000 {
		h.t.Errorf("a paper of %d bytes, %v", len(paper), err)
	}
}
