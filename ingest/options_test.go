package ingest

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"mingbai/ingest/sheet/sheettest"
	"mingbai/ledger"
)

func columnsOf(r Report) map[string]string {
	out := map[string]string{}
	for _, c := range r.Sheets[0].Columns {
		out[c.Cell] = c.Field
	}
	return out
}

func TestMappingByHandOverrides(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*workbook)
		byHand map[string]string
		cell   string
		field  string
		fatal  bool
	}{
		"label that nobody knows":        {set("I2", "本次下拨(元)"), map[string]string{"本次下拨": "amount"}, "I2", "amount", false},
		"label as it stands in the cell": {set("I2", "本次 下拨*\n（元）"), map[string]string{"本次 下拨*\n（元）": "amount"}, "I2", "amount", false},
		"letter":                         {set("I2", "本次下拨(元)"), map[string]string{"I": "amount"}, "I2", "amount", false},
		"small letter":                   {set("I2", "本次下拨(元)"), map[string]string{"i": "amount"}, "I2", "amount", false},
		"against the dictionary":         {set("J2", "实发金额(元)"), map[string]string{"I": "amount"}, "J2", "", false},
		"one of two":                     {set("J2", "补贴金额(元)"), map[string]string{"补贴金额": "amount"}, "I2", "", true}, // and J is empty
		"left out":                       {set("J2", "补贴金额(元)"), map[string]string{"J": ""}, "J2", "", false},
		"name that looks like a remark":  {set("E2", "备注1"), map[string]string{"E": "head_name"}, "E2", "head_name", false},
		"number of the person":           {set("F2", "证件"), map[string]string{"证件": "id_number"}, "F2", "id_number", false},
	} {
		b := goodList()
		c.change(b)
		report, _, _ := b.check(t, Options{Kind: ledger.Subsidy, Map: c.byHand})
		if got := columnsOf(report)[c.cell]; got != c.field || ledger.Blocks(report.Findings) != c.fatal {
			t.Errorf("%s: %s is %q\n%s", name, c.cell, got, describe(report, nil))
		}
	}
}

func TestWrongOptionsAreRefused(t *testing.T) {
	for name, c := range map[string]struct {
		o    Options
		says string
	}{
		"kind":                    {Options{Kind: "lottery"}, "lottery"},
		"unit":                    {Options{Unit: "usd"}, "usd"},
		"field":                   {Options{Map: map[string]string{"金额": "money"}}, "money"},
		"field of another kind":   {Options{Kind: ledger.Subsidy, Map: map[string]string{"金额": "actual"}}, "actual"},
		"line of the dictionary":  {Options{Dictionary: "known seq: 序\n打款额"}, "词典第2行"},
		"sort of the dictionary":  {Options{Dictionary: "word amount: 打款额"}, "词典第1行"},
		"kind of the dictionary":  {Options{Dictionary: "[lottery]"}, "词典第1行"},
		"field of the dictionary": {Options{Dictionary: "[agency]\nfield amount: 打款额"}, "词典第2行"},
	} {
		_, err := c.o.validate()
		if !errors.Is(err, ledger.ErrInvalid) || !strings.Contains(ledger.MessageOf(err), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTheCountysWords(t *testing.T) {
	b := goodList()
	b.set("I2", "本次下拨(元)", "J2", "备注")
	o := Options{Kind: ledger.Subsidy, Dictionary: "# 本县的说法\n[subsidy]\nfield amount： 本次下拨 拨款\n"}
	report, rows, _ := b.check(t, o)
	if ledger.Blocks(report.Findings) || len(rows) != 3 || report.Rules == RuleVersion() || report.Rules != RuleVersionWith(o.Dictionary) {
		t.Errorf("got %s", describe(report, nil))
	}
	again, _, _ := b.check(t, Options{Kind: ledger.Subsidy})
	if !ledger.Blocks(again.Findings) || again.Rules != RuleVersion() {
		t.Error("one county's words are known to another")
	}
	// They may say otherwise than ours.
	report, _, _ = goodList().check(t, Options{Kind: ledger.Subsidy, Dictionary: "[subsidy]\nknown note: 组\n"})
	if columnsOf(report)["D2"] != "note" {
		t.Errorf("got %s", describe(report, nil))
	}
}

func TestSignature(t *testing.T) {
	of := func(change func(*workbook)) string {
		b := goodList()
		change(b)
		report, _, _ := b.check(t, Options{})
		return report.Sheets[0].Signature
	}
	good := of(blank)
	for name, same := range map[string]func(*workbook){
		"blanks and stars": set("E2", "姓名*", "B2", "乡　镇", "I2", "应打卡\n发放资金（元）"),
		"another title":    set("A1", "别的表"),
		"other rows":       set("E4", "子某某"),
	} {
		if of(same) != good {
			t.Errorf("%s makes another signature", name)
		}
	}
	for name, other := range map[string]func(*workbook){
		"another label": set("I2", "发放金额(元)"),
		"one more":      set("K2", "发放日期"),
		"one less":      func(b *workbook) { dropColumn(&b.pages[0].Sheet, 10) },
	} {
		if s := of(other); s == good || len(s) != 12 {
			t.Errorf("%s has signature %q", name, s)
		}
	}
}

// TestNothingPersonalOfStaff: what is read to compare people is not among what comes out.
func TestNothingPersonalOfStaff(t *testing.T) {
	b := roster()
	b.set("E5", idOf(1))
	report, _, records := b.check(t, Options{})
	text := describe(report, nil) + describeRecords(records)
	for _, secret := range []string{idOf(1), idOf(2), "1970-01-0", "990121"} {
		if strings.Contains(text, secret) {
			t.Errorf("%s stands in\n%s", secret, text)
		}
	}
	if len(records) != 3 || !slices.Equal(found(report, "HDR-07"), []string{"E2", "F2"}) {
		t.Errorf("got %s", text)
	}
}

func TestCodesKeepTheirZeros(t *testing.T) {
	b := agencyList()
	b.set("A3", coded{"1", "000"}, "A4", coded{"2", "General"}, "A6", num("101"))
	_, _, records := b.check(t, Options{})
	for i, want := range []string{"001", "2", "101", "102"} {
		if got := records[i].Text["agency_code"]; got != want {
			t.Errorf("code %d is %q, want %q", i, got, want)
		}
	}
}

// TestTheOnlyTableMayBeCalledASummary: it is left out only beside others.
func TestTheOnlyTableMayBeCalledASummary(t *testing.T) {
	b := allocationList()
	b.pages[0].Name = "汇总"
	b.pages = append(b.pages, &page{Sheet: sheettest.Sheet{Name: "说明", Rows: [][]any{{"填表说明"}}}})
	report, _, records := b.check(t, Options{})
	if len(records) != 2 || report.Total != 500_000_000 || ledger.Blocks(report.Findings) {
		t.Errorf("alone: %s", describe(report, nil))
	}
	b.pages[1] = &page{Sheet: allocationList().pages[0].Sheet}
	report, _, records = b.check(t, Options{})
	if len(records) != 2 || report.Total != 500_000_000 || len(found(report, "SHT-06")) != 1 {
		t.Errorf("beside another: %s", describe(report, nil))
	}
}

// TestTokensKeepApart holds what the compact set answers against a map.
func TestTokensKeepApart(t *testing.T) {
	var set tokens
	want := map[uint64]uint32{}
	for i := range uint32(50_000) {
		key := token(string(rune('一' + i*7%20_000)))
		first, was, seen := set.put(key, i+1, i)
		if before, twice := want[key]; twice != seen || seen && (first != before || was != before-1) {
			t.Fatalf("%d: %d %d %v, want %d %v", i, first, was, seen, before, twice)
		}
		if !seen {
			want[key] = i + 1
		}
	}
}
