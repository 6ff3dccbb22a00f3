package main

import (
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"mingbai/fixtures"
)

// Bad input gets a clear message and exit code 1, and leaves the books as they were.
func TestBadInputLeavesTheBooksAsTheyWere(t *testing.T) {
	w := newWorld(t)
	good, truth := w.book(fixtures.One{Layout: fixtures.LayoutList, Rows: 30, Seed: 3})
	book := truth.Books[0]
	imp := func(path string) []string {
		return []string{"import", path, "--fund", book.Fund, "--period", string(book.Period), "--as", "li"}
	}
	file := func(name, content string) string {
		path := filepath.Join(w.dir, name)
		w.must(os.WriteFile(path, []byte(content), 0o600))
		return path
	}
	before := w.census()
	w.refused("FILE-0", imp(file("假的.xlsx", "这不是工作簿"))...)
	w.refused("FILE-0", imp(file("空的.xlsx", ""))...)
	w.refused("FILE-0", imp(w.truncated(good))...)
	w.refused("没有文件", imp(filepath.Join(w.dir, "没有.xlsx"))...)
	w.refused("文件夹", imp(w.dir)...)
	for rule, fault := range faultyBooks(t, w.dir) {
		w.refused(rule, imp(fault)...)
	}
	w.refused("没有代码为", "import", good, "--fund", "XX99", "--period", "2025", "--as", "li")
	w.refused("期间", "import", good, "--fund", book.Fund, "--period", "25", "--as", "li")
	w.refused("没有账号", "import", good, "--fund", book.Fund, "--period", "2025", "--as", "ghost")
	w.refused("没有“经办”权限", "import", good, "--fund", book.Fund, "--period", "2025", "--as", "wang")
	if after := w.census(); after != before {
		t.Errorf("the books changed:\n%s\n%s", before, after)
	}

	no := w.ok(imp(good)...)
	w.refused("FILE-06", imp(good)...)
	before = w.census()
	w.refused("复核人不能是上传人", "certify", no, "--as", "li")
	w.refused("请先由另一人复核", "publish", no, "--as", "wang")
	w.refused("没有批次", "publish", "999", "--as", "wang")
	if after := w.census(); after != before {
		t.Errorf("the books changed:\n%s\n%s", before, after)
	}
	w.ok("certify", no, "--as", "wang")
	w.ok("publish", no, "--as", "wang")
	before = w.census()
	w.refused("已经做过", "publish", no, "--as", "wang")
	other, _ := w.book(fixtures.One{Layout: fixtures.LayoutList, Rows: 29, Seed: 3}) // the same people in another file
	w.refused("XB-01", imp(other)...)
	w.refused("18位，您填了17位", "lookup", "--name", truth.People[0].Name, "--id", truth.People[0].ID[:17])
	w.refused("没有查到", "lookup", "--name", "没有这人", "--id", truth.People[0].ID)
	if after := w.census(); after != before {
		t.Errorf("the books changed:\n%s\n%s", before, after)
	}
	w.ok("withdraw", no, "--as", "wang", "--reason", "名单有误")
	w.refused("不能变为", "withdraw", no, "--as", "wang", "--reason", "再撤一次")
	w.ok("reindex")
	w.ok("verify")
}

func TestUsageErrorsAreNotFindings(t *testing.T) {
	w := newWorld(t)
	for _, args := range [][]string{{}, {"nonsense"}, {"import"}, {"publish", "x", "--as", "li"}, {"check", "f", "--unit", "dollars"}} {
		if code, _, errs := w.run(args...); code != exitUsage || !strings.Contains(errs, "用法不对") {
			t.Errorf("mingbai %v: exit %d, %s", args, code, errs)
		}
	}
	if code, out, _ := w.run("--help"); code != exitFine || !strings.Contains(out, "撤回") {
		t.Errorf("--help: exit %d\n%s", code, out)
	}
}

func (w *world) truncated(path string) string {
	w.t.Helper()
	b, err := os.ReadFile(path)
	w.must(err)
	cut := filepath.Join(w.dir, "截断.xlsx")
	w.must(os.WriteFile(cut, b[:len(b)/2], 0o600))
	return cut
}

// faultyBooks writes a workbook for each rule, wrong in one thing only.
func faultyBooks(t *testing.T, dir string) map[string]string {
	t.Helper()
	id := func(n string) string { return n + string(checkDigit(n)) }
	a, b := id("99012119560412003"), id("99012119610203104")
	type cells = []fixtures.Cell
	text := func(s string) fixtures.Cell { return fixtures.Text(s, fixtures.StyleText) }
	number := func(s string) fixtures.Cell { return fixtures.Number(s, fixtures.StyleMoney) }
	header := cells{text("序号"), text("乡镇"), text("村"), text("组"), text("姓名"), text("身份证号"), text("补贴金额(元)")}
	rows := func() []cells {
		return []cells{
			header,
			{number("1"), text("柳门镇"), text("柳门口村"), text("1组"), text("张三"), text(a), number("100.5")},
			{number("2"), text("柳门镇"), text("柳门口村"), text("2组"), text("李四"), text(b), number("200")},
			{text("合计"), text(""), text(""), text(""), text(""), text(""), number("300.5")},
		}
	}
	out := map[string]string{}
	for rule, breakIt := range map[string]func([]cells) []cells{
		"XR-01":  func(r []cells) []cells { r[3][6] = number("300.4"); return r },
		"CEL-01": func(r []cells) []cells { r[1][5] = number(a[:17] + "0"); return r },
		"CEL-02": func(r []cells) []cells { r[1][5] = text(a[:17]); return r },
		"CEL-06": func(r []cells) []cells { r[1][6] = text("一百"); return r },
		"CEL-07": func(r []cells) []cells { r[1][6] = number("100.505"); return r },
		"ROW-04": func(r []cells) []cells { r[2][4] = text(""); return r },
		"XR-04":  func(r []cells) []cells { r[2][5] = text(a); r[2][4] = text("张三"); return r },
		"SHT-03": func(r []cells) []cells { return r[:1] },
		"HDR-02": func(r []cells) []cells {
			for i := range r {
				r[i] = append(r[i][:5:5], r[i][6:]...)
			}
			return r
		},
		"HDR-05": func(r []cells) []cells { r[0] = append(r[0][:6:6], text("补贴金额")); return r },
		"HDR-01": func(r []cells) []cells { return r[1:3] },
	} {
		path := filepath.Join(dir, "错误"+rule+".xlsx")
		f, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		wb := fixtures.NewWorkbook(f, fixtures.WorkbookOptions{Sheets: []fixtures.SheetInfo{{Name: "Sheet1"}}, Shared: true})
		sheet := wb.Sheet(nil, 0)
		for _, r := range breakIt(rows()) {
			sheet.Row(r...)
		}
		if err := wb.Close(); err != nil {
			t.Fatal(err)
		}
		f.Close()
		out[rule] = path
	}
	return out
}

// The site refuses with 4xx and a sentence that says what to do.
func TestBadRequestsAreRefusedKindly(t *testing.T) {
	w := newWorld(t)
	path, truth := w.book(fixtures.One{Layout: fixtures.LayoutList, Rows: 5, Seed: 3})
	w.publish(path, truth.Books[0])
	site := w.serve()
	p := truth.People[0]
	person := func(name, id string) url.Values { return url.Values{"name": {name}, "id_number": {id}} }

	if code, body := post(t, nil, site+"/lookup", person(p.Name, p.ID)); code != http.StatusForbidden || !strings.Contains(body, "再查一次") {
		t.Errorf("a POST without token: %d\n%.300s", code, body)
	}
	b := newBrowser(t, site)
	if code, body := b.lookup(p.Name, p.ID[:17]); code/100 != 4 || !strings.Contains(body, "您填了17位") || strings.Contains(body, p.ID[:17]) {
		t.Errorf("17 digits: %d", code)
	}
	if code, _ := b.lookup("", p.ID); code/100 != 4 {
		t.Errorf("no name: %d", code)
	}
	codes := map[string]string{}
	for name, who := range map[string][2]string{
		"wrong name": {"没有这人", p.ID}, "wrong number": {p.Name, truth.People[1].ID}, "unknown": {"没有这人", "99012119560412003" + string(checkDigit("99012119560412003"))},
	} {
		code, body := b.lookup(who[0], who[1])
		codes[name] = strings.ReplaceAll(http.StatusText(code)+token.ReplaceAllString(body, ""), who[0], "")
	}
	if codes["wrong name"] != codes["unknown"] || codes["wrong number"] != codes["unknown"] || !strings.Contains(codes["unknown"], "没有查到") {
		t.Errorf("not alike: %.2000s\n----\n%.2000s\n----\n%.2000s", codes["wrong name"], codes["wrong number"], codes["unknown"])
	}
	if code, body := b.lookup(p.Name, p.ID); code != http.StatusOK || !strings.Contains(body, truth.Books[0].File[:4]) && !strings.Contains(body, p.Name) {
		t.Errorf("the right one: %d", code)
	}
	for _, path := range []string{"/people/nobody", "/funds/XX", "/funds/GD01/1999/villages/990121101201", "/nothing", "/static/../go.mod"} {
		if code, body := get(t, site+path); code != http.StatusNotFound || !strings.Contains(body, "0990-1210000") && !strings.HasPrefix(path, "/static") {
			t.Errorf("GET %s: %d\n%.300s", path, code, body)
		}
	}
}

var token = regexp.MustCompile(`name="csrf_token" value="[^"]*"`)

// browser keeps cookies and sends the form's token, as a browser does.
type browser struct {
	t      testing.TB
	site   string
	client *http.Client
}

func newBrowser(t testing.TB, site string) *browser {
	return &browser{t, site, &http.Client{Jar: &jar{cookies: map[string]*http.Cookie{}}}}
}

func (b *browser) lookup(name, id string) (int, string) {
	b.t.Helper()
	res, err := b.client.Get(b.site + "/")
	if err != nil {
		b.t.Fatal(err)
	}
	home, _ := io.ReadAll(res.Body)
	res.Body.Close()
	m := regexp.MustCompile(`name="csrf_token" value="([^"]+)"`).FindSubmatch(home)
	if m == nil {
		b.t.Fatalf("no form token on the home page:\n%s", home)
	}
	return post(b.t, b.client, b.site+"/lookup", url.Values{"name": {name}, "id_number": {id}, "csrf_token": {string(m[1])}})
}

func post(t testing.TB, c *http.Client, address string, form url.Values) (int, string) {
	t.Helper()
	if c == nil {
		c = http.DefaultClient
	}
	res, err := c.PostForm(address, form)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(body)
}
