package postgres_test

import (
	"fmt"
	"strings"
	"testing"

	"mingbai/ledger"
)

// waits is what waits for an officer, as kind:batches(count of things).
func (b *books) waits(login string) string {
	b.t.Helper()
	list, err := b.WorkList(b.t.Context(), login, 10)
	b.must(err)
	var out []string
	for _, w := range list {
		if w.Count != len(w.Items) {
			b.t.Errorf("%s: %d of %s, %d shown", login, w.Count, w.Kind, len(w.Items))
		}
		for _, i := range w.Items {
			out = append(out, fmt.Sprintf("%s:%d/%d/%d", w.Kind, i.Batch, i.Days, i.N))
		}
	}
	return strings.Join(out, " ")
}

func TestWhatWaitsForWhom(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ctx := t.Context()
	is := func(when, login, want string) {
		t.Helper()
		if got := b.waits(login); got != want {
			t.Errorf("%s, for %s waits %q, want %q", when, login, got, want)
		}
	}
	b.must(b.SaveOfficer(ctx, "test", ledger.Officer{Login: "head", Name: "head", Roles: []ledger.OfficeRole{ledger.RoleHead}}))
	b.must(b.SaveRegions(ctx, "test", []ledger.Region{{Code: "990121102", Parent: "990121", Name: "山口镇"}}))
	for name, d := range map[string]ledger.Department{
		"hill": {Kind: ledger.Town, Towns: []string{"990121102"}}, "willow": {Kind: ledger.Town, Towns: []string{"990121101"}}, "other": {Kind: ledger.Unit, Funds: []string{"DB"}},
	} {
		d.Name = name
		id, err := b.SaveDepartment(ctx, "test", d)
		b.must(err)
		b.must(b.SaveOfficer(ctx, "test", ledger.Officer{Login: name, Name: name, Roles: []ledger.OfficeRole{ledger.RoleClerk, ledger.RoleCertifier}, Department: id}))
	}
	u := upload("GD", "2025")
	u.By = "sun"
	u.Findings = func() []ledger.Finding {
		return []ledger.Finding{{Rule: "CEL-13", Severity: ledger.Warn, Sheet: "Sheet1", Cell: "A4", Message: "?", Fix: "!"}}
	}
	no, err := b.Import(ctx, u, seq([]ledger.StagedRow{row(1, "张三", "id", willow, "1组", 100), row(2, "李四", "id2", bridge, "1组", 250)}))
	b.must(err)
	b.now = b.now.AddDate(0, 0, 2)
	is("with a warning", "sun", "mend:1/2/1")
	is("with a warning", "zhao", "")
	_, err = b.Explain(ctx, no, "sun", "已核对", ledger.FindingChoice{})
	b.must(err)
	is("explained", "sun", "")
	for login, want := range map[string]string{"zhao": "certify:1/2/0", "li": "certify:1/2/0", "willow": "certify:1/2/0", "hill": "", "other": "", "head": ""} {
		is("explained", login, want)
	}
	b.must(b.Reject(ctx, no, "zhao", "面积不对"))
	is("returned", "sun", "back:1/0/0")
	is("returned", "zhao", "")
	list, err := b.WorkList(ctx, "sun", 10)
	b.must(err)
	if list[0].Items[0].Note != "面积不对" || list[0].Items[0].FundName != "资金GD" {
		t.Errorf("%+v", list[0].Items[0])
	}

	no = b.upload("GD", "2024", row(1, "张三", "id", willow, "1组", 100), row(2, "李四", "id2", bridge, "1组", 250))
	is("uploaded by li", "li", "")
	b.must(b.Certify(ctx, no, "zhao", "r1"))
	is("certified", "zhao", fmt.Sprintf("publish:%d/0/0", no))
	is("certified", "hill", "")
	b.must(b.Publish(ctx, no, "zhao"))
	is("published", "li", "")
	b.now = b.now.AddDate(0, 0, 4)
	is("four days on", "li", fmt.Sprintf("hang:%d/4/2", no))
	is("four days on", "zhao", "")
	is("four days on", "hill", "")
	is("four days on", "willow", fmt.Sprintf("hang:%d/4/2", no))
	b.must(b.HangNotice(ctx, no, willow, ledger.DateOf(b.now), "li", nil))
	is("one hangs", "li", fmt.Sprintf("hang:%d/4/1", no))
	b.must(b.HangNotice(ctx, no, bridge, ledger.DateOf(b.now), "li", nil))
	is("both hang", "li", "")
	b.now = b.now.AddDate(0, 0, 16)
	for login, want := range map[string]string{"head": "ending", "li": "ending", "willow": "ending", "hill": "", "other": ""} {
		if got := b.waits(login); !strings.HasPrefix(got, want) || want == "" && got != "" {
			t.Errorf("near the end, for %s waits %q", login, got)
		}
	}
	b.now = b.now.AddDate(0, 0, 30)
	if got := b.waits("willow"); !strings.HasPrefix(got, fmt.Sprintf("take:%d/", no)) || !strings.HasSuffix(got, "/2") {
		t.Errorf("after the end waits %q", got)
	}
	b.must(b.TakeDownNotice(ctx, no, willow, ledger.DateOf(b.now), "willow"))
	b.must(b.TakeDownNotice(ctx, no, bridge, ledger.DateOf(b.now), "willow"))
	is("taken down", "willow", "")
}

func TestTheOldestWaitFirstAndAllAreCounted(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for i := range 12 {
		b.now = b.now.AddDate(0, 0, 1)
		b.upload("GD", fmt.Sprint(2010+i), row(1, "张三", "id", willow, "1组", 100))
	}
	list, err := b.WorkList(t.Context(), "zhao", 10)
	b.must(err)
	if len(list) != 1 || list[0].Count != 12 || len(list[0].Items) != 10 || list[0].Items[0].Period != "2010" || list[0].Items[0].Days != 11 {
		t.Errorf("%+v", list)
	}
}
