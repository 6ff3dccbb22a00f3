package postgres_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"mingbai/ledger"
)

func (b *books) list(id string) ledger.CodeList {
	b.t.Helper()
	l, err := ledger.CodeListOf(id)
	b.must(err)
	return l
}

func lines(of ...[]string) (list []ledger.CodeLine) {
	for _, v := range of {
		list = append(list, ledger.CodeLine{Values: v})
	}
	return list
}

// keeper makes an officer who manages the lists.
func (b *books) keeper() {
	b.t.Helper()
	b.must(b.SaveOfficer(b.t.Context(), "test", ledger.Officer{Login: "keeper", Name: "管理员", Roles: []ledger.OfficeRole{ledger.RoleAdmin}}))
}

var fundLine = []string{"NB-01", "耕地补贴", "subsidy", "农业股", "给种地的", "清农〔2025〕1号", "83.94元/亩", "亩", "public", "90"}

func TestEveryListIsAddedToChangedRetiredAndRemembered(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.keeper()
	ctx := t.Context()
	for id, c := range map[string]struct{ first, second []string }{
		"region":       {[]string{"990121101203", "山口村"}, []string{"990121101203", "山口社区"}},
		"fund":         {fundLine, append(append([]string{}, fundLine[:9]...), "30")},
		"unit_name":    {[]string{"县农业农村局", ""}, []string{"县农业农村局", "原农业局"}},
		"project_name": {[]string{"灌溉渠", "a"}, []string{"灌溉渠", "b"}},
		"agency_name":  {[]string{"县农技站", "a"}, []string{"县农技站", "b"}},
		"dictionary":   {[]string{"本次下拨", "subsidy", "field", "amount"}, []string{"本次下拨", "subsidy", "known", "amount"}},
	} {
		list := b.list(id)
		key := c.first[:list.Key]
		for i, values := range [][]string{c.first, c.first, c.second} {
			b.must(b.SaveCodes(ctx, "keeper", list, lines(values)))
			got, err := b.Code(ctx, list, key)
			b.must(err)
			if !slices.Equal(got.Values, values) || got.Retired {
				t.Errorf("%s, %d: %+v", id, i, got)
			}
		}
		b.must(b.RetireCode(ctx, "keeper", list, key, true))
		all, _, err := b.Codes(ctx, list, ledger.CodeQuery{})
		b.must(err)
		if slices.ContainsFunc(all, func(l ledger.CodeLine) bool { return l.Values[0] == key[0] }) {
			t.Errorf("%s: the retired is offered", id)
		}
		history, err := b.CodeHistory(ctx, list, key[0], 0, 10)
		b.must(err)
		last := history[0]
		if !last.Ended || !slices.Equal(last.After, c.second) || last.By != "keeper" || !last.At.Equal(b.now) || history[len(history)-1].Before != nil {
			t.Errorf("%s: history %+v", id, history)
		}
		if len(history) != 3 && id != "dictionary" { // whose lines end and begin anew
			t.Errorf("%s: %d changes in the history, want 3: saving the same again is none", id, len(history))
		}
		if n := count(b, "audit where action = 'codes.save' and actor = 'keeper' and object = 'codes/"+id+"'"); n != 4 {
			t.Errorf("%s: %d lines of audit", id, n)
		}
		if id == "dictionary" {
			continue
		}
		b.must(b.RetireCode(ctx, "keeper", list, key, false))
		if got, err := b.Code(ctx, list, key); err != nil || got.Retired {
			t.Errorf("%s: put back %+v %v", id, got, err)
		}
	}
	if _, err := conn(b).Exec(ctx, `update code_history set by = 'nobody'`); err == nil {
		t.Error("the history can be changed")
	}
	b.whole()
}

func TestListsAreKeptByThoseWhoMay(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.keeper()
	ctx := t.Context()
	units := b.list("unit_name")
	for _, err := range []error{
		b.SaveCodes(ctx, "li", units, lines([]string{"某局", ""})), b.RetireCode(ctx, "li", units, []string{"某局"}, true), b.HoldCodes(ctx, "li", units, true),
	} {
		if ledger.KindOf(err) != ledger.KindDenied {
			t.Errorf("a clerk keeps a list: %v", err)
		}
	}
	// All or none: the second line's town is not there.
	err := b.SaveCodes(ctx, "keeper", b.list("region"), lines([]string{"990121101299", "新村"}, []string{"990121777201", "孤村"}))
	if ledger.KindOf(err) != ledger.KindInvalid || !strings.Contains(err.Error(), "990121777 不在名录里") || count(b, "region where code = '990121101299'") != 0 {
		t.Errorf("an orphan: %v", err)
	}
	b.publish("GD", "2025", row(1, "张三", "id", willow, "1组", 100))
	kind := append([]string{"GD"}, fundLine[1:]...)
	kind[2] = "budget"
	if err := b.SaveCodes(ctx, "keeper", b.list("fund"), lines(kind)); ledger.KindOf(err) != ledger.KindConflict {
		t.Errorf("the kind of a fund with batches: %v", err)
	}
	b.must(b.RetireCode(ctx, "keeper", b.list("fund"), []string{"GD"}, true))
	if _, err := b.Import(ctx, upload("GD", "2026"), seq([]ledger.StagedRow{row(1, "张三", "id", willow, "1组", 100)})); err == nil || !strings.Contains(err.Error(), "已停用") {
		t.Errorf("a file for a retired fund: %v", err)
	}
	if page, err := b.FundPage(ctx, "GD", 2025); err != nil || page.County.Rows != 1 {
		t.Errorf("what is published of a retired fund: %+v, %v", page.County, err)
	}
}

func TestSheetsAreHeldAgainstAListOnlyWhereTheCountySaysSo(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.keeper()
	ctx := t.Context()
	units := b.list("unit_name")
	b.must(b.SaveCodes(ctx, "keeper", units, lines([]string{"甲局", ""}, []string{"乙局", ""})))
	b.must(b.RetireCode(ctx, "keeper", units, []string{"乙局"}, true))
	for _, held := range []bool{false, true, false} {
		if held {
			b.must(b.HoldCodes(ctx, "keeper", units, true))
		} else {
			b.must(b.HoldCodes(ctx, "keeper", units, false))
		}
		names, err := b.HeldNames(ctx)
		b.must(err)
		if want := map[bool]string{true: "map[unit_name:[甲局]]", false: "map[]"}[held]; fmt.Sprint(names) != want {
			t.Errorf("held %v: %v", held, names)
		}
	}
}

func TestAnImportIsSavedOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.keeper()
	b.must(b.SaveOfficer(t.Context(), "test", ledger.Officer{Login: "other", Name: "别人", Roles: []ledger.OfficeRole{ledger.RoleAdmin}}))
	ctx := t.Context()
	units := b.list("unit_name")
	id, err := b.KeepImport(ctx, "keeper", units, lines([]string{"甲局", ""}, []string{"乙局", "x"}))
	b.must(err)
	if _, err := b.TakeImport(ctx, "other", units, id); ledger.KindOf(err) != ledger.KindNotFound {
		t.Errorf("another's import: %v", err)
	}
	if n, err := b.TakeImport(ctx, "keeper", units, id); err != nil || n != 2 || count(b, "code_name") != 2 {
		t.Errorf("%d lines, %v", n, err)
	}
	if _, err := b.TakeImport(ctx, "keeper", units, id); ledger.KindOf(err) != ledger.KindNotFound {
		t.Errorf("saved twice: %v", err)
	}
	found, total, err := b.Codes(ctx, units, ledger.CodeQuery{Words: "甲", Limit: 1})
	if err != nil || total != 1 || found[0].Values[0] != "甲局" {
		t.Errorf("%v of %d, %v", found, total, err)
	}
	if _, total, _ := b.Codes(ctx, units, ledger.CodeQuery{Words: "%"}); total != 0 {
		t.Errorf("%d lines hold a percent sign", total)
	}
}
