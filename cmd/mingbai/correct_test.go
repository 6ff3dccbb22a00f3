package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mingbai/fixtures"
	"mingbai/ledger"
)

// smallBook writes a one-sheet list of people and amounts.
func (w *world) smallBook(name string, people []fixtures.Person, amounts ...string) string {
	w.t.Helper()
	path := filepath.Join(w.dir, name)
	f, err := os.Create(path)
	w.must(err)
	text := func(s string) fixtures.Cell { return fixtures.Text(s, fixtures.StyleText) }
	wb := fixtures.NewWorkbook(f, fixtures.WorkbookOptions{Sheets: []fixtures.SheetInfo{{Name: "Sheet1"}}, Shared: true})
	sheet := wb.Sheet(nil, 0)
	sheet.Row(text("姓名"), text("身份证号"), text("村"), text("补贴金额(元)"))
	for i, a := range amounts {
		sheet.Row(text(people[i].Name), text(people[i].ID), text("东门社区"), fixtures.Number(a, fixtures.StyleMoney))
	}
	w.must(wb.Close())
	w.must(f.Close())
	return path
}

// A wrong line is corrected, a row withdrawn, a batch withdrawn and brought back: each by two people, each told.
func TestTheBooksAreMendedInTheOpen(t *testing.T) {
	w := newWorld(t)
	var people []fixtures.Person
	for i := range 3 {
		n := fmt.Sprintf("990121196%d0412003", i)
		people = append(people, fixtures.Person{Name: "张" + string([]rune("一二三")[i]), ID: n + string(checkDigit(n))})
	}
	take := func(no string) { w.ok("certify", no, "--as", "wang"); w.ok("publish", no, "--as", "wang") }
	book := func(i int) (b ownJSON) {
		w.must(json.Unmarshal([]byte(w.ok("lookup", "--name", people[i].Name, "--id", people[i].ID, "--json")), &b))
		return b
	}
	last := w.ok("import", w.smallBook("去年.xlsx", people, "90", "200", "300"), "--fund", "GD01", "--period", "2024", "--as", "li")
	take(last)
	old := w.ok("import", w.smallBook("今年.xlsx", people, "100", "200", "300"), "--fund", "GD01", "--period", "2025", "--as", "li")
	take(old)

	fix := []string{"import", w.smallBook("更正.xlsx", people, "150"), "--fund", "GD01", "--period", "2025", "--as", "li", "--corrects", old}
	w.refused("写明原因", fix...)
	no := w.ok(append(fix, "--reason", "面积登记有误")...)
	if out := w.ok("compare", no); !strings.Contains(out, "金额变化1人") || !strings.Contains(out, "90.00元 → 150.00元") {
		t.Errorf("compare:\n%s", out)
	}
	take(no)
	if b := book(0); b.Total != 9000+15000 || len(b.Payments) != 3 {
		t.Errorf("the corrected book: %+v", b)
	}
	stranger := w.smallBook("不在册.xlsx", []fixtures.Person{{Name: "外人", ID: otherID()}}, "10")
	w.refused("XB-02", "import", stranger, "--fund", "GD01", "--period", "2025", "--as", "li", "--corrects", old, "--reason", "x")

	w.ok("withdraw", old, "--as", "wang", "--reason", "不符合条件", "--row", "3")
	if b := book(1); b.Rows != 1 || b.Total != 20000 || len(b.Payments) != 2 {
		t.Errorf("the withdrawn row: %+v", b)
	}
	w.refused("XB-02", "withdraw", old, "--as", "wang", "--reason", "不符合条件", "--row", "3")
	w.ok("withdraw", old, "--as", "wang", "--reason", "整批重核")
	w.ok("revert", old, "--as", "wang", "--reason", "核对无误")
	if b := book(2); b.Total != 60000 {
		t.Errorf("after the batch came back: %+v", b)
	}
	w.refused("已经做过", "revert", no, "--as", "wang", "--reason", "x")

	b := newBrowser(t, w.serve())
	code, page := b.lookup(people[0].Name, people[0].ID)
	for _, words := range []string{"已更正", "面积登记有误", "<s>100.00 元</s>", "240.00"} {
		if code != 200 || !strings.Contains(page, words) {
			t.Errorf("the page does not say %q", words)
		}
	}
	w.eventually("books and index to agree", 20*time.Second, func() bool {
		code, _, _ := w.run("verify")
		return code == exitFine
	})
}

func otherID() string {
	n := "99012119510412009"
	return n + string(ledger.IDCheckDigit(n))
}
