package ingest

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"mingbai/ingest/sheet/sheettest"
	"mingbai/ledger"
)

// What was said by hand of a header holds for the next file that has it, and is told; what is said now is stronger.
func TestAMappingIsRemembered(t *testing.T) {
	foreign := func() *workbook {
		b := goodList()
		b.set("E2", "乡亲", "I2", "本次下拨", "C2", "庄子", "A1", "单位：元")
		return b
	}
	byHand := Options{Kind: ledger.Subsidy, Map: map[string]string{"乡亲": "head_name", "i": "amount", "庄子": "village", "备注": ""}}
	first, rows, _ := foreign().check(t, byHand)
	mapped := first.Sheets[0].Mapped
	if ledger.Blocks(first.Findings) || len(rows) != 3 || len(mapped) != 4 || len(found(first, "HDR-08")) > 0 {
		t.Fatalf("by hand: %+v\n%s", mapped, describe(first, rows))
	}
	for i, want := range []ledger.ColumnMapping{
		{Position: 3, Label: "庄子", Field: "village"},
		{Position: 5, Label: "乡亲", Field: "head_name"},
		{Position: 9, Label: "本次下拨", Field: "amount"},
		{Position: 10, Label: "备注", Field: ""},
	} {
		want.Signature, want.Kind, want.ByHand = first.Sheets[0].Signature, ledger.Subsidy, true
		if mapped[i] != want {
			t.Errorf("mapped %+v, want %+v", mapped[i], want)
		}
	}

	// Options reach the parser as text: what is remembered must survive that.
	var remembered []ledger.ColumnMapping
	text, err := json.Marshal(mapped)
	if err != nil || json.Unmarshal(text, &remembered) != nil {
		t.Fatal(err)
	}
	o := Options{Kind: ledger.Subsidy, Remembered: remembered}
	again, rows2, _ := foreign().check(t, o)
	if ledger.Blocks(again.Findings) || len(rows2) != 3 || !slices.Equal(rows, rows2) {
		t.Errorf("from memory:\n%s", describe(again, rows2))
	}
	at := slices.IndexFunc(again.Findings, func(f ledger.Finding) bool { return f.Rule == "HDR-08" })
	if at < 0 || again.Findings[at].Severity != ledger.Inform || again.Findings[at].Cell != "C2" ||
		again.Findings[at].Message != "采用了上次的列对应：“庄子”作为村、“乡亲”作为户主姓名、“本次下拨”作为金额、“备注”不导入" {
		t.Errorf("told as %s", describe(again, nil))
	}
	for _, m := range again.Sheets[0].Mapped {
		if m.ByHand {
			t.Errorf("%s counts as said by hand", m.Label)
		}
	}

	// Another header, another kind: nothing is recalled.
	shorter := foreign()
	shorter.set("C2", "村子")
	if r, _, _ := shorter.check(t, o); !ledger.Blocks(r.Findings) || len(r.Sheets[0].Mapped) > 0 {
		t.Errorf("another header: %s", describe(r, nil))
	}
	foreignKind := slices.Clone(remembered)
	for i := range foreignKind {
		foreignKind[i].Kind = ledger.Allocation
	}
	if r, _, _ := foreign().check(t, Options{Kind: ledger.Subsidy, Remembered: foreignKind}); len(found(r, "HDR-08")) > 0 {
		t.Errorf("another kind: %s", describe(r, nil))
	}

	// By hand overrides, column by column.
	o.Map = map[string]string{"H": "amount", "本次下拨": "standard"}
	over, _, _ := foreign().check(t, o)
	columns := columnsOf(over)
	if columns["H2"] != "amount" || columns["I2"] != "standard" || columns["E2"] != "head_name" {
		t.Errorf("overridden: %v", columns)
	}
	hand := 0
	for _, m := range over.Sheets[0].Mapped {
		if m.ByHand {
			hand++
		}
	}
	if hand != 2 || len(over.Sheets[0].Mapped) != 5 {
		t.Errorf("overridden: %+v", over.Sheets[0].Mapped)
	}
}

// A header of which the dictionary knows no word is found by its signature, and by nothing less.
func TestARememberedHeaderIsFound(t *testing.T) {
	strange := sheettest.Sheet{Name: "Sheet1", Rows: [][]any{
		{"柳门镇发钱表"},
		{"乡亲", "证照", "庄子", "下拨(元)"},
		{"张某某", idOf(1), "张庄村", sheettest.Num("45")},
		{"李某某", idOf(2), "张庄村", sheettest.Num("25")},
	}}
	byHand, rows := read(t, Options{Kind: ledger.Subsidy, Map: map[string]string{
		"乡亲": "head_name", "证照": "id_number", "庄子": "village", "下拨": "amount",
	}}, strange)
	if ledger.Blocks(byHand.Findings) || len(rows) != 2 {
		t.Fatalf("by hand:\n%s", describe(byHand, rows))
	}
	o := Options{Kind: ledger.Subsidy, Remembered: byHand.Sheets[0].Mapped}
	again, rows2 := read(t, o, strange)
	if ledger.Blocks(again.Findings) || !slices.Equal(rows, rows2) || !slices.Equal(again.Sheets[0].HeaderRows, []int{2}) {
		t.Errorf("from memory:\n%s", describe(again, rows2))
	}
	strange.Set(1, 2, "老乡")
	if other, _ := read(t, o, strange); len(found(other, "HDR-01")) == 0 {
		t.Errorf("another header:\n%s", describe(other, nil))
	}
}

func TestACountysLineIsRead(t *testing.T) {
	good := ledger.DictionaryLine{Kind: "subsidy", Use: "field", Field: "amount", Label: " 本次\n下拨* （元）"}
	if l, err := ReadLine(good); err != nil || l.Label != "本次下拨" {
		t.Errorf("%+v, %v", l, err)
	}
	for says, l := range map[string]ledger.DictionaryLine{
		"没有这一类表格":        {Kind: "lottery", Use: "field", Field: "amount", Label: "本次下拨"},
		"没有字段“actual”":   {Kind: "subsidy", Use: "field", Field: "actual", Label: "本次下拨"},
		"没有字段“money”":    {Kind: "*", Use: "field", Field: "money", Label: "本次下拨"},
		"应写成":            {Kind: "subsidy", Use: "word", Field: "amount", Label: "本次下拨"},
		"不能是空的":          {Kind: "subsidy", Use: "field", Field: "amount", Label: " * "},
		"也不能是号码":         {Kind: "subsidy", Use: "field", Field: "amount", Label: idOf(7)},
		"不予公开":           {Kind: "subsidy", Use: "field", Field: "village", Label: "银行账号"},
		"名称“金额”不对":       {Kind: "subsidy", Use: "known", Field: "金额", Label: "本次"},
		"head、payee":     {Kind: "subsidy", Use: "role", Field: "boss", Label: "当家人"},
		"name、id_number": {Kind: "subsidy", Use: "part", Field: "phone", Label: "电话"},
	} {
		if _, err := ReadLine(l); ledger.KindOf(err) != ledger.KindInvalid || !strings.Contains(ledger.MessageOf(err), says) {
			t.Errorf("%s: %v", says, err)
		}
	}
}

// The rule version depends on which lines there are, not on the order they were added in.
func TestTheCountysTextIsOneWhateverTheOrder(t *testing.T) {
	lines := []ledger.DictionaryLine{
		{Kind: "subsidy", Use: "field", Field: "amount", Label: "本次下拨"},
		{Kind: "*", Use: "known", Field: "note", Label: "附记"},
		{Kind: "subsidy", Use: "field", Field: "amount", Label: "拨款"},
		{Kind: "subsidy", Use: "role", Field: "head", Label: "当家人"},
	}
	text := DictionaryText(lines)
	if want := "[*]\nknown note: 附记\n[subsidy]\nfield amount: 拨款 本次下拨\nrole head: 当家人\n"; text != want {
		t.Errorf("%q", text)
	}
	slices.Reverse(lines)
	if DictionaryText(lines) != text || DictionaryText(nil) != "" {
		t.Error("another order makes another text")
	}
	b := goodList()
	b.set("I2", "拨款(元)", "E2", "当家人姓名")
	if r, rows, _ := b.check(t, Options{Kind: ledger.Subsidy, Dictionary: text}); ledger.Blocks(r.Findings) || len(rows) != 3 {
		t.Errorf("its own text is not understood:\n%s", describe(r, rows))
	}
}
