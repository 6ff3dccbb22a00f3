package postgres_test

import (
	"testing"

	"mingbai/ledger"
	"mingbai/ledger/postgres"
)

// mapped makes an upload whose columns were mapped.
func mapped(u postgres.Upload, mappings ...ledger.ColumnMapping) postgres.Upload {
	u.Mapping = func() ([]string, []ledger.ColumnMapping) { return []string{"sig"}, mappings }
	return u
}

func column(position int, field string, byHand bool) ledger.ColumnMapping {
	return ledger.ColumnMapping{Signature: "sig", Kind: ledger.Subsidy, Position: position, Label: "列", Field: field, ByHand: byHand}
}

func TestAMappingIsLearntWhenItIsCertified(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ctx := t.Context()
	remembered := func() (all []ledger.RememberedMapping) {
		t.Helper()
		all, err := b.Mappings(ctx)
		b.must(err)
		return all
	}
	plain := b.take(mapped(upload("GD", "2021")), "zhang") // the same header, read without a mapping
	no := b.take(mapped(upload("GD", "2022"), column(3, "amount", true), column(4, "", true)), "zhang")
	if len(remembered()) > 0 {
		t.Error("learnt before it is certified")
	}
	b.must(b.Reject(ctx, no, "zhao", "列不对"))
	next := mapped(mend(no, "sun"), column(3, "amount", true), column(4, "area_mu", true))
	next.Period = "2022"
	b.take(next, "zhang")
	b.must(b.Certify(ctx, no, "zhao", "r1"))
	all := remembered()
	if len(all) != 2 || all[0].Field != "amount" || all[1].Field != "area_mu" || all[0].By != "sun" || all[0].Batch != no || !all[0].At.Equal(b.now) {
		t.Fatalf("remembered %+v", all)
	}
	b.refused("read before it was learnt", b.Certify(ctx, plain, "zhao", "r1"), ledger.KindConflict, "记住的列对应已更新")

	used := b.take(mapped(upload("GD", "2023"), column(3, "amount", false), column(4, "area_mu", false)), "zhang")
	other := b.take(mapped(upload("GD", "2024"), column(3, "amount", false), column(4, "persons", true)), "zhang")
	b.must(b.Certify(ctx, other, "zhao", "r1")) // by hand overrides, and is what is remembered now
	if all := remembered(); len(all) != 2 || all[0].Batch != no || all[1].Field != "persons" || all[1].Batch != other {
		t.Errorf("remembered %+v", all)
	}
	b.refused("another mapping meanwhile", b.Certify(ctx, used, "zhao", "r1"), ledger.KindConflict, "记住的列对应已更新")

	// Sent back after it was certified: what it taught is forgotten, what others taught stays.
	b.must(b.Reject(ctx, other, "zhao", "列不对"))
	if all := remembered(); len(all) != 1 || all[0].Batch != no {
		t.Errorf("after the batch was sent back: %+v", all)
	}
	b.refused("a batch that was sent back", b.Certify(ctx, other, "zhao", "r1"), ledger.KindConflict, "请上传改好的文件")

	_, err := b.ForgetMapping(ctx, "sig", "zhao")
	b.refused("forgotten by a certifier", err, ledger.KindDenied, "没有“经办”权限")
	if n, err := b.ForgetMapping(ctx, "sig", "sun"); n != 1 || err != nil || len(remembered()) != 0 {
		t.Errorf("forgot %d, %v", n, err)
	}
	_, err = b.ForgetMapping(ctx, "sig", "sun")
	b.refused("forgotten twice", err, ledger.KindNotFound, "mingbai mapping list")
	b.must(b.Certify(ctx, plain, "zhao", "r1"))
	b.whole()
}

func TestTheCountysWordsAreKept(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ctx := t.Context()
	b.must(b.SaveOfficer(ctx, "test", ledger.Officer{Login: "guan", Name: "管", Roles: []ledger.OfficeRole{ledger.RoleAdmin}}))
	line := ledger.DictionaryLine{Kind: "subsidy", Use: "field", Field: "amount", Label: "本次下拨"}
	b.refused("by a clerk", b.AddWord(ctx, "li", line), ledger.KindDenied, "没有“管理”权限")
	b.must(b.AddWord(ctx, "guan", line))
	other := line
	other.Field = "standard"
	b.refused("another meaning", b.AddWord(ctx, "guan", other), ledger.KindConflict, "已有一条（field amount）")
	b.must(b.RemoveWord(ctx, "guan", "subsidy", "本次下拨"))
	b.refused("removed twice", b.RemoveWord(ctx, "guan", "subsidy", "本次下拨"), ledger.KindNotFound, "没有“本次下拨”")
	b.must(b.AddWord(ctx, "guan", other))
	now, err := b.Dictionary(ctx, false)
	b.must(err)
	all, err := b.Dictionary(ctx, true)
	b.must(err)
	if len(now) != 1 || now[0].Field != "standard" || !now[0].RemovedAt.IsZero() || len(all) != 2 || all[0].RemovedBy != "guan" || !all[0].RemovedAt.Equal(b.now) {
		t.Errorf("now %+v, all %+v", now, all)
	}
	for _, sql := range []string{`delete from dictionary_line`, `update dictionary_line set field = 'x'`} {
		if _, err := conn(b).Exec(ctx, sql); err == nil {
			t.Errorf("%s is allowed", sql)
		}
	}
	b.whole()
}
