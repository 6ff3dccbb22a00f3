package main

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mingbai/fixtures"
	"mingbai/ingest"
)

// bookCase is a fault that only the books can see, or what looks like one. It plays in a period of its own; make answers
// what the program said at last.
type bookCase struct {
	rule, what string
	at         string // where it must be said: cells, "whole" for the batch as a whole, or what changed; empty for a near miss
	make       func(s *bookStage) (said string)
}

// bookStage is where one case plays.
type bookStage struct {
	*world
	period string
	amount string // the label over the amounts; empty for the usual one
	files  int
}

// list writes a subsidy list; each row is a person's number, an amount and, if not the usual one, a village.
func (s *bookStage) list(rows ...string) string {
	s.t.Helper()
	s.files++
	remark := fmt.Sprintf("%s年第%d份", s.period, s.files) // no two files of all cases are the same
	path := filepath.Join(s.dir, remark+".xlsx")
	f, err := os.Create(path)
	s.must(err)
	text := func(v string) fixtures.Cell { return fixtures.Text(v, fixtures.StyleText) }
	wb := fixtures.NewWorkbook(f, fixtures.WorkbookOptions{Sheets: []fixtures.SheetInfo{{Name: "Sheet1"}}, Shared: true})
	sheet := wb.Sheet(nil, 0)
	sheet.Row(text("姓名"), text("身份证号"), text("乡镇"), text("村"), text(cmp.Or(s.amount, "补贴金额(元)")), text("备注"))
	for _, r := range rows {
		v := append(strings.Fields(r), "东门社区")
		n := fmt.Sprintf("9901211966%02d12003", atoi(v[0])+1) // born in a month of their own
		name := "张" + string([]rune("一二三四五六七八九十百")[atoi(v[0])])
		town := map[string]string{"东门社区": "城关镇", "新民村": "石桥镇", "大塘村": "石桥镇"}[v[2]]
		sheet.Row(text(name), text(n+string(checkDigit(n))), text(town), text(v[2]), fixtures.Number(v[1], fixtures.StyleMoney), text(remark))
	}
	s.must(wb.Close())
	s.must(f.Close())
	return path
}

func atoi(s string) (n int) {
	fmt.Sscan(s, &n)
	return n
}

// say runs a command and answers all that it said.
func (s *bookStage) say(args ...string) string {
	_, out, errs := s.run(args...)
	return out + errs
}

func (s *bookStage) order(path string, more ...string) []string {
	return append([]string{"import", path, "--fund", "GD01", "--period", s.period, "--as", "li", "--note", "已核对"}, more...)
}

func (s *bookStage) imported(path string) string { return s.ok(s.order(path)...) }

func (s *bookStage) certified(path string) string {
	no := s.imported(path)
	s.ok("certify", no, "--as", "wang")
	return no
}

func (s *bookStage) published(path string) string {
	no := s.certified(path)
	s.ok("publish", no, "--as", "wang")
	return no
}

// compared publishes a list for the year before, and answers what is said of another for this one.
func (s *bookStage) compared(before, now []string) string {
	own := s.period
	s.period = fmt.Sprint(atoi(own) - 1)
	s.published(s.list(before...))
	s.period = own
	return s.say("compare", s.imported(s.list(now...)))
}

// tampered changes the books behind the program's back.
func (s *bookStage) tampered(no, sql string) {
	s.t.Helper()
	_, err := s.sql().Exec(s.t.Context(), sql, atoi(no))
	s.must(err)
}

// taught imports a list whose amounts stand under a word of the clerk's own, which is mapped by hand.
func (s *bookStage) taught() (no string) {
	s.amount = "到手" + s.period + "(元)"
	return s.ok(s.order(s.list("1 100"), "--map", "E=amount")...)
}

// recalled imports another such list and answers what the rules said of it.
func (s *bookStage) recalled(more ...string) string {
	_, out, errs := s.run(s.order(s.list("2 100"), more...)...)
	if no := strings.TrimSpace(out); atoi(no) > 0 {
		return s.say("findings", no)
	}
	return out + errs
}

func (s *bookStage) corrects(no string, rows ...string) string {
	return s.say(s.order(s.list(rows...), "--corrects", no, "--reason", "金额登记有误")...)
}

func measureBooks(t *testing.T, m matrix) {
	w := newWorld(t)
	w.ok("user", "add", "zhao", "--name", "赵经办", "--role", "clerk")
	for i, c := range bookCases {
		s := &bookStage{world: w, period: fmt.Sprint(2001 + 2*i)} // the year before is free, too
		said := c.make(s)
		count := m.of(c.rule)
		if c.at == "" {
			if count.near++; strings.Contains(said, c.rule) {
				count.alarms++
				t.Errorf("%s speaks of %s:\n%s", c.rule, c.what, said)
			}
			continue
		}
		count.seeded++
		if saidIn(said, c.rule, c.at) {
			count.found++
		} else {
			t.Errorf("%s is not found, or not at %s: %s\n%s", c.rule, c.at, c.what, said)
		}
	}
}

// saidIn says whether a rule speaks of the batch as a whole, of one change only, or at each of the cells and no other.
func saidIn(said, rule, at string) bool {
	switch {
	case at == "whole":
		return strings.Contains(said, rule+" ")
	case rule == "XB-03":
		return strings.Count(said, rule) == 1 && strings.Contains(said, at)
	}
	var cells []string
	for line := range strings.Lines(said) {
		if f := strings.Fields(line); len(f) > 2 && f[1] == rule {
			cells = append(cells, strings.TrimPrefix(f[2], "Sheet1!"))
		}
	}
	return strings.Join(cells, " ") == at
}

// tenPeople are ten rows of 100 yuan in two villages.
func tenPeople(but ...string) []string {
	var rows []string
	for i := range 10 {
		rows = append(rows, fmt.Sprint(i, " 100 ", []string{"新民村", "大塘村"}[i/9]))
	}
	copy(rows, but)
	return rows
}

var bookCases = []bookCase{
	{"FILE-06", "waiting to be certified", "whole", func(s *bookStage) string {
		path := s.list("1 100")
		s.imported(path)
		return s.say(s.order(path)...)
	}},
	{"FILE-06", "published", "whole", func(s *bookStage) string {
		path := s.list("1 101")
		s.published(path)
		return s.say(s.order(path)...)
	}},
	{"FILE-06", "under another name, for another period", "whole", func(s *bookStage) string {
		path := s.list("1 102")
		s.imported(path)
		other := filepath.Join(s.dir, "另一个名字.xlsx")
		s.must(os.Rename(path, other))
		return s.say("import", other, "--fund", "DG01", "--period", "2000", "--as", "zhao")
	}},
	{"FILE-06", "rejected before", "", func(s *bookStage) string {
		path := s.list("1 103")
		s.ok("reject", s.imported(path), "--as", "wang", "--reason", "重核")
		return s.say(s.order(path)...)
	}},
	{"FILE-06", "withdrawn before", "", func(s *bookStage) string {
		path := s.list("1 104")
		s.ok("withdraw", s.published(path), "--as", "wang", "--reason", "重核")
		return s.say(s.order(path)...)
	}},
	{"FILE-06", "one fen changed", "", func(s *bookStage) string {
		s.imported(s.list("1 105"))
		return s.say(s.order(s.list("1 105.01"))...)
	}},

	{"HDR-08", "the same header again", "E1", func(s *bookStage) string {
		s.ok("certify", s.taught(), "--as", "wang")
		return s.recalled()
	}},
	{"HDR-08", "in a file of another officer", "E1", func(s *bookStage) string {
		s.ok("certify", s.taught(), "--as", "wang")
		return s.recalled("--as", "zhao")
	}},
	{"HDR-08", "taught by a batch that was withdrawn since", "E1", func(s *bookStage) string {
		no := s.taught()
		s.ok("certify", no, "--as", "wang")
		s.ok("publish", no, "--as", "wang")
		s.ok("withdraw", no, "--as", "wang", "--reason", "重核")
		return s.recalled()
	}},
	{"HDR-08", "taught, not yet certified", "", func(s *bookStage) string {
		s.taught()
		return s.recalled()
	}},
	{"HDR-08", "mapped by hand again", "", func(s *bookStage) string {
		s.ok("certify", s.taught(), "--as", "wang")
		return s.recalled("--map", "E=amount")
	}},
	{"HDR-08", "another header", "", func(s *bookStage) string {
		s.ok("certify", s.taught(), "--as", "wang")
		s.amount = "实发" + s.period + "(元)"
		return s.recalled()
	}},

	{"XB-01", "one of three is published", "B3", func(s *bookStage) string {
		s.published(s.list("1 100", "2 100"))
		return s.say(s.order(s.list("3 100", "2 200", "4 100"))...)
	}},
	{"XB-01", "two are, in two batches", "B2 B4", func(s *bookStage) string {
		s.published(s.list("1 110"))
		s.published(s.list("2 110"))
		return s.say(s.order(s.list("1 111", "5 111", "2 111"))...)
	}},
	{"XB-01", "published while this waited", "whole", func(s *bookStage) string {
		first, second := s.certified(s.list("1 120")), s.certified(s.list("1 121"))
		s.ok("publish", first, "--as", "wang")
		return s.say("publish", second, "--as", "wang")
	}},
	{"XB-01", "another period", "", func(s *bookStage) string {
		s.published(s.list("1 130"))
		s.period = fmt.Sprint(atoi(s.period) - 1)
		return s.say(s.order(s.list("1 131"))...)
	}},
	{"XB-01", "another fund", "", func(s *bookStage) string {
		s.published(s.list("1 140"))
		return s.say("import", s.list("1 141"), "--fund", "DG01", "--period", s.period, "--as", "li")
	}},
	{"XB-01", "withdrawn before", "", func(s *bookStage) string {
		s.ok("withdraw", s.published(s.list("1 150")), "--as", "wang", "--reason", "重核")
		return s.say(s.order(s.list("1 151"))...)
	}},
	{"XB-01", "a correction", "", func(s *bookStage) string {
		return s.corrects(s.published(s.list("1 160")), "1 161")
	}},

	{"XB-02", "a person whom the batch does not pay", "B3", func(s *bookStage) string {
		return s.corrects(s.published(s.list("1 100", "2 100")), "1 99", "3 99")
	}},
	{"XB-02", "no such batch", "whole", func(s *bookStage) string { return s.corrects("99999", "1 98") }},
	{"XB-02", "the batch of another period", "whole", func(s *bookStage) string {
		no := s.published(s.list("1 97"))
		s.period = fmt.Sprint(atoi(s.period) - 1)
		return s.corrects(no, "1 96")
	}},
	{"XB-02", "a batch that is not published", "whole", func(s *bookStage) string {
		return s.corrects(s.imported(s.list("1 95")), "1 94")
	}},
	{"XB-02", "a row that is not there", "whole", func(s *bookStage) string {
		return s.say("withdraw", s.published(s.list("1 93")), "--as", "wang", "--reason", "重核", "--row", "9")
	}},
	{"XB-02", "one row of the batch", "", func(s *bookStage) string {
		return s.corrects(s.published(s.list("1 92", "2 92")), "2 91")
	}},
	{"XB-02", "all its rows, in another order", "", func(s *bookStage) string {
		return s.corrects(s.published(s.list("1 90", "2 90")), "2 89", "1 89")
	}},
	{"XB-02", "in another village", "", func(s *bookStage) string {
		return s.corrects(s.published(s.list("1 88")), "1 88 新民村")
	}},

	{"XB-03", "total up by 30 %", "总额变化+30%", func(s *bookStage) string { return s.compared(tenPeople(), tenPeople("0 400 新民村")) }},
	{"XB-03", "total down by 30 %", "总额变化-30%", func(s *bookStage) string {
		return s.compared(tenPeople(), tenPeople("0 1 新民村", "1 1 新民村", "2 1 新民村", "3 96 新民村"))
	}},
	{"XB-03", "people down by 20 %", "人数变化-20%", func(s *bookStage) string {
		return s.compared(tenPeople(), append(tenPeople("0 200 新民村")[:7:7], tenPeople()[9]))
	}},
	{"XB-03", "people up by 20 %", "人数变化+20%", func(s *bookStage) string {
		return s.compared(tenPeople()[1:6], tenPeople()[1:7])
	}},
	{"XB-03", "a village missing", "缺少石桥镇大塘村", func(s *bookStage) string {
		return s.compared(tenPeople(), append(tenPeople()[:9:9], "9 100 新民村"))
	}},
	{"XB-03", "total up by just under 30 %", "", func(s *bookStage) string {
		return s.compared(tenPeople(), tenPeople("0 399.99 新民村"))
	}},
	{"XB-03", "total down by just under 30 %", "", func(s *bookStage) string {
		return s.compared(tenPeople(), tenPeople("0 1 新民村", "1 1 新民村", "2 1 新民村", "3 97.01 新民村"))
	}},
	{"XB-03", "people up from six to seven", "", func(s *bookStage) string {
		return s.compared(tenPeople()[:6], tenPeople()[:7])
	}},
	{"XB-03", "other people in the same villages", "", func(s *bookStage) string {
		return s.compared(tenPeople()[1:], append(tenPeople()[2:], "10 100 新民村"))
	}},
	{"XB-03", "the first period of a fund", "", func(s *bookStage) string {
		return s.say("compare", s.ok("import", s.list("1 100"), "--fund", "CJ01", "--period", "2000", "--as", "li"))
	}},

	{"XB-04", "rules changed since the check", "whole", func(s *bookStage) string {
		no := s.imported(s.list("1 100"))
		s.tampered(no, `update batch set rule_version = 'of last month' where batch_no = $1`)
		return s.say("certify", no, "--as", "wang")
	}},
	{"XB-04", "dictionary grew since the check", "whole", func(s *bookStage) string {
		no := s.imported(s.list("1 101"))
		return fmt.Sprint(s.ruleOf(s.db.Certify(s.t.Context(), int64(atoi(no)), "wang", ingest.RuleVersionWith("[subsidy]\nfield area_mu: 实测面积"))))
	}},
	{"XB-04", "checked under a county's own words", "whole", func(s *bookStage) string {
		no := s.imported(s.list("1 102"))
		s.tampered(no, `update batch set rule_version = '`+ingest.RuleVersionWith("x")+`' where batch_no = $1`)
		return s.say("certify", no, "--as", "wang")
	}},
	{"XB-04", "nothing changed", "", func(s *bookStage) string { return s.say("certify", s.imported(s.list("1 103")), "--as", "wang") }},
	{"XB-04", "changed, then imported again", "", func(s *bookStage) string {
		path := s.list("1 104")
		no := s.imported(path)
		s.tampered(no, `update batch set rule_version = 'of last month' where batch_no = $1`)
		s.ok("reject", no, "--as", "wang", "--reason", "规则已更新")
		return s.say("certify", s.imported(path), "--as", "wang")
	}},
	{"XB-04", "an old batch beside it", "", func(s *bookStage) string {
		s.tampered(s.imported(s.list("1 105")), `update batch set rule_version = 'of last month' where batch_no = $1`)
		return s.say("certify", s.imported(s.list("2 105")), "--as", "wang")
	}},

	{"XB-05", "the uploader certifies", "whole", func(s *bookStage) string { return s.say("certify", s.imported(s.list("1 100")), "--as", "li") }},
	{"XB-05", "an amount changed after certification", "whole", func(s *bookStage) string {
		no := s.certified(s.list("1 101"))
		s.tampered(no, `update staged_row set amount_fen = amount_fen + 1 where batch_no = $1`)
		return s.say("publish", no, "--as", "wang")
	}},
	{"XB-05", "a row gone after certification", "whole", func(s *bookStage) string {
		no := s.certified(s.list("1 102", "2 102"))
		s.tampered(no, `delete from staged_row where batch_no = $1 and line = 1`)
		return s.say("publish", no, "--as", "wang")
	}},
	{"XB-05", "another certifies", "", func(s *bookStage) string { return s.say("certify", s.imported(s.list("1 103")), "--as", "wang") }},
	{"XB-05", "a clerk certifies what another uploaded", "", func(s *bookStage) string {
		no := s.ok("import", s.list("1 104"), "--fund", "GD01", "--period", s.period, "--as", "zhao")
		return s.say("certify", no, "--as", "li")
	}},
	{"XB-05", "published as certified", "", func(s *bookStage) string {
		return s.say("publish", s.certified(s.list("1 105", "2 105")), "--as", "wang")
	}},
	{"XB-05", "the uploader publishes what another certified", "", func(s *bookStage) string {
		return s.say("publish", s.certified(s.list("1 106")), "--as", "li")
	}},
}

func (s *bookStage) ruleOf(err error) string {
	s.t.Helper()
	var said strings.Builder
	report(err, &said)
	return said.String()
}
