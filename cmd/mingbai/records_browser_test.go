package main

import (
	"testing"
)

// A reader looks at every kind of table, on a phone, a screen and a kiosk. MINGBAI_SHOTS names a folder to leave pictures in.
func TestAReaderSeesEveryTable(t *testing.T) {
	w := newWorld(t)
	truth, _, numbers := w.publishTables()
	w.ok("withdraw", numbers["2025年衔接项目公示台账.xlsx"], "--as", "wang", "--reason", "项目名称写错", "--row", "6")
	site := w.serve()
	for _, screen := range screens {
		t.Run(screen.name, func(t *testing.T) {
			f := openBrowser(t, screen.name, screen.width, screen.height)
			for _, page := range []struct {
				name, path string
				see        []string
			}{
				{"20-funds", "/funds", []string{"项目公示", "机构编制", "72 人"}},
				{"21-allocation", "/funds/ZX01", []string{"账目相符", "优质稻标准化基地", "126.5 万元"}},
				{"22-transfer", "/funds/ZY01", []string{"石桥镇", "清财预"}},
				{"23-projects", "/funds/XM01", []string{"到村公示", "还没有", "项目名称写错"}},
				{"24-budget", "/funds/BM01", []string{"财政事务", "清泉县农业农村局"}},
				{"25-agencies", "/funds/BZ01", []string{"超编 3", "空编 2"}},
				{"26-posts", "/funds/RY01", []string{"清泉县财政局", "科员", "共 72 行"}},
			} {
				f.visit(site + page.path)
				f.see(page.see...)
				f.unsee(truth.Staff[0].ID, truth.Staff[0].ID[6:14], truth.Staff[0].Birth().Format("2006-01-02"))
				f.fits()
				f.shot(page.name)
			}
		})
	}
}
