package main

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"mingbai/fixtures"
	"mingbai/ledger"
)

// A town's clerk reaches nothing of another town: not by the address, not by a form's field, not by a number in a form with
// files. Each try is refused and written down, and nothing has changed.
func TestATownsClerkStaysInTheTown(t *testing.T) {
	w := newWorld(t)
	site := w.serve()
	var towns []ledger.Region
	for _, r := range fixtures.Regions() {
		if ledger.LevelOf(r.Code) == ledger.LevelTown {
			towns = append(towns, r)
		}
	}
	desks := make([]*desk, 2)
	for i := range desks {
		id, err := w.accounts().SaveDepartment(t.Context(), "test", ledger.Department{
			Name: towns[i].Name + "财政所", Kind: ledger.Town, Towns: []string{towns[i].Code},
		})
		w.must(err)
		desks[i] = w.newDesk(site, fmt.Sprintf("town%d", i), id, ledger.RoleClerk)
	}
	own, other := desks[0], desks[1]
	header := []string{"乡镇", "村", "姓名", "身份证号", "补贴金额(元)"}
	village := func(i int) string {
		for _, r := range fixtures.Regions() {
			if r.Parent == towns[i].Code {
				return r.Name
			}
		}
		return ""
	}
	clean := w.sheet("清册.xlsx", header, []string{towns[0].Name, village(0), "张三B", testID(1), "100"})
	blocked := w.sheet("错的.xlsx", header, []string{towns[0].Name, village(0), "李四", testID(2)[:17], "100"})
	foreign := w.sheet("别乡.xlsx", header, []string{towns[1].Name, village(1), "王五", testID(3), "100"})
	published := w.sheet("公开的.xlsx", header, []string{towns[0].Name, village(0), "赵六", testID(4), "100"})
	settled := func(n int) {
		t.Helper()
		w.eventually("every file to be checked", time.Minute, func() bool {
			return w.count(`select count(*) from upload where state <> 'waiting'`) == n
		})
	}
	fields := []string{"fund", "GD01", "period", "2025"}
	own.sent(fields, clean, blocked)
	settled(2)
	own.sent([]string{"fund", "GD01", "period", "2024"}, published)
	settled(3)
	number := func(file string) string {
		return fmt.Sprint(w.count(`select batch_no from upload where file_name = $1`, file))
	}
	no, no2, no3 := number("清册.xlsx"), number("错的.xlsx"), number("公开的.xlsx")
	w.take(no3)

	// Rows of another town in a file of one's own.
	own.sent([]string{"fund", "GD01", "period", "2023"}, foreign)
	settled(4)
	if n := w.count(`select count(*) from upload where state = 'refused' and message like '%只管%'`); n != 1 {
		t.Errorf("another town's rows in one's own file: %d refused", n)
	}

	// The index takes up what was published in its own time: only after it does nothing move by itself.
	w.eventually("the index to catch up", time.Minute, func() bool { return w.count(`select count(*) from search_outbox`) == 0 })
	before := w.count(`select count(*) from audit where action = 'refused'`)
	state := w.census()
	tries := 0
	refused := func(what string, status int) {
		t.Helper()
		tries++
		if now := w.count(`select count(*) from audit where action = 'refused'`); status != http.StatusForbidden || now != before+tries {
			t.Errorf("%s: %d, %d lines of audit after %d tries", what, status, now-before, tries)
			tries = now - before
		}
	}
	for _, batch := range []string{no, no2, no3} {
		for _, page := range []string{"", "/findings", "/findings.xlsx", "/annotated.xlsx", "/mapping"} {
			status, _, body := other.get("/office/batches/" + batch + page)
			refused("GET "+batch+page, status)
			if strings.Contains(body, "清册.xlsx") || strings.Contains(body, "错的.xlsx") {
				t.Errorf("the refusal of %s%s names the file", batch, page)
			}
		}
		for _, form := range [][]string{
			{"/submit"}, {"/takeback", "reason", "不要了"}, {"/reason", "rule", "CEL-05", "place", "Sheet1!C2", "reason", "核对过"}, {"/mapping", "map-C", "head_name"},
		} {
			status, _, _ := other.post("/office/batches/"+batch+form[0], form[1:]...)
			refused("POST "+batch+form[0], status)
		}
		res, err := other.send("/office/batches/"+batch+"/file", nil, foreign)
		status, _, _ := other.read(res, err)
		refused("a file for "+batch, status)
	}
	status, _, _ := other.get("/office/sets/1")
	refused("GET the set", status)
	status, _, _ = other.post("/office/sets/1/submit")
	refused("POST the set", status)
	res, err := other.send("/office/upload", []string{"set", "1"}, foreign)
	status, _, _ = other.read(res, err)
	refused("a file into the set", status)
	res, err = other.send("/office/upload", []string{"fund", "GD01", "period", "2024", "corrects", no3, "reason", "改数"}, foreign)
	status, _, _ = other.read(res, err)
	refused("a correction", status)
	t.Logf("%d tries refused and written down", tries)
	if tries < 30 {
		t.Errorf("only %d tries", tries)
	}
	want, got := strings.Split(state, "\n"), strings.Split(w.census(), "\n")
	for i := range want {
		if got[i] != want[i] && !strings.HasPrefix(want[i], "audit ") && !strings.HasPrefix(want[i], "session ") {
			t.Errorf("%s became %s", want[i], got[i])
		}
	}
	for _, d := range desks {
		_, _, list := d.get("/office/batches")
		if own := d == own; strings.Contains(list, "清册.xlsx") != own || strings.Contains(list, "错的.xlsx") != own {
			t.Errorf("the list of the town's own clerk (%t):\n%s", own, tail(list, 1500))
		}
	}
	w.ok("verify")
}

// What a clerk says of a column has the same file checked anew, in the same batch.
func TestAColumnIsMappedByHand(t *testing.T) {
	w := newWorld(t)
	site := w.serve()
	clerk := w.newDesk(site, "sun", 0, ledger.RoleClerk)
	path := w.sheet("清册.xlsx", []string{"姓名", "身份证号", "村", "实打款"}, []string{"张建国", testID(1), "东门社区", "100"}, []string{"王秀英", testID(2), "东门社区", "50"})
	set := clerk.sent([]string{"fund", "GD01", "period", "2025"}, path)
	w.eventually("the file to be checked", time.Minute, func() bool {
		return w.count(`select count(*) from upload where set_no = $1 and state = 'done'`, set) == 1
	})
	no := fmt.Sprint(w.count(`select batch_no from batch`))
	_, _, page := clerk.get("/office/batches/" + no + "/mapping")
	w.says(page, "实打款", "［3位数字］", "没有用")
	if strings.Contains(page, "张建国") || strings.Contains(page, testID(1)) {
		t.Error("a sample is not masked")
	}
	clerk.post("/office/batches/"+no+"/mapping", "unit", "yuan", "map-D", "amount", "map-A", "")
	w.eventually("the file to be checked again", time.Minute, func() bool {
		return w.count(`select count(*) from batch where state = 'checked' and revision = 2 and total_fen = 15000`) == 1
	})
	_, _, page = clerk.get("/office/batches/" + no + "/mapping")
	w.says(page, "人工指定")
	if w.count(`select count(*) from file`) != 1 || w.count(`select count(*) from batch`) != 1 {
		t.Error("the file or the batch is there twice")
	}
	_, _, page = clerk.post("/office/batches/" + no + "/submit")
	w.says(page, "已提交")
	w.take(no)
	if n := w.count(`select count(*) from column_mapping where field = 'amount' and label = '实打款'`); n != 1 {
		t.Errorf("%d mappings are remembered", n)
	}
}
