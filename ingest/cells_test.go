package ingest

import (
	"errors"
	"strings"
	"testing"

	"mingbai/ingest/sheet"
	"mingbai/ledger"
)

func TestAmountIn(t *testing.T) {
	for _, c := range []struct {
		text  string
		kind  sheet.Kind
		unit  string
		want  ledger.Fen
		noise bool
		err   error
	}{
		{"1040.86", sheet.Number, yuan, 104086, false, nil},
		{"1040.8600000000001", sheet.Number, yuan, 104086, true, nil},
		{"1040.8599999999999", sheet.Number, yuan, 104086, true, nil},
		{"999.99999999999989", sheet.Number, yuan, 100000, true, nil},
		{"-0.99999999999", sheet.Number, yuan, -100, true, nil},
		{"0.010001", sheet.Number, yuan, 1, true, nil},           // a millionth of a yuan is noise
		{"0.010002", sheet.Number, yuan, 0, false, errTooFine()}, // two millionths are not
		{"1040.861", sheet.Number, yuan, 0, false, errTooFine()},
		{"1.04086E3", sheet.Number, yuan, 104086, false, nil},
		{"1.04086E+3", sheet.Number, yuan, 104086, false, nil},
		{"5E-2", sheet.Number, yuan, 5, false, nil},
		{"1E9999", sheet.Number, yuan, 0, false, ledger.ErrTooLarge},
		{"NaN", sheet.Number, yuan, 0, false, ledger.ErrNotNumber},
		{"1,040.86", sheet.Text, yuan, 104086, false, nil},
		{" １０４０．８６ ", sheet.Text, yuan, 104086, false, nil},
		{"一千", sheet.Text, yuan, 0, false, ledger.ErrNotNumber},
		{"1E3", sheet.Text, yuan, 0, false, ledger.ErrNotNumber}, // nobody types this; it may be a code
		{"45682", sheet.Date, yuan, 0, false, ledger.ErrNotNumber},
		{"1", sheet.Bool, yuan, 0, false, ledger.ErrNotNumber},
		{"#N/A", sheet.Error, yuan, 0, false, ledger.ErrNotNumber},
		{"0.104086", sheet.Number, wan, 104086, false, nil},
		{"0.10408600000000001", sheet.Number, wan, 104086, true, nil},
		{"0.1040865", sheet.Number, wan, 0, false, errTooFine()},
		{"5万元", sheet.Text, wan, 5_000_000, false, nil},
		{"50元", sheet.Text, wan, 0, false, ledger.ErrNotNumber},
		{"5万元", sheet.Text, yuan, 0, false, ledger.ErrNotNumber},
	} {
		got, noise, err := amountIn(sheet.Cell{Kind: c.kind, Text: c.text}, c.unit)
		if !errors.Is(err, c.err) || err == nil && (got != c.want || noise != c.noise) {
			t.Errorf("%q in %s: %v %v %v", c.text, c.unit, got, noise, err)
		}
	}
}

func errTooFine() error { return ledger.ErrTooFine }

func TestQuantityIn(t *testing.T) {
	for text, want := range map[string]ledger.Quantity{
		"12.4": 124000, "83.94元/亩": 839400, "3人": 30000, "0.33333333": 3333, "12.399999999999999": 124000, "2.99999": 30000,
	} {
		for _, kind := range []sheet.Kind{sheet.Text, sheet.Number} {
			if kind == sheet.Number && strings.Trim(text, "0123456789.") != "" {
				continue
			}
			if got, _, err := quantityIn(sheet.Cell{Kind: kind, Text: text}); got != want || err != nil {
				t.Errorf("%q: %v %v", text, got, err)
			}
		}
	}
	if _, _, err := quantityIn(sheet.Cell{Kind: sheet.Text, Text: "三亩"}); err == nil {
		t.Error("words are a number")
	}
}

func TestReadDate(t *testing.T) {
	for _, c := range []struct {
		text string
		kind sheet.Kind
		d04  bool
		want string
	}{
		{"45717", sheet.Date, false, "2025-03-01"},
		{"45717.5", sheet.Date, false, "2025-03-01"},
		{"44255", sheet.Date, true, "2025-03-01"},
		{"2025-03-01T00:00:00", sheet.Date, false, "2025-03-01"},
		{"2025-03-01", sheet.Text, false, "2025-03-01"},
		{"2025/3/1", sheet.Text, false, "2025-03-01"},
		{"２０２５年３月１日", sheet.Text, false, "2025-03-01"},
		{"20250301", sheet.Number, false, "2025-03-01"},
		{"2025-02-30", sheet.Text, false, "0001-01-01"},
		{"三月", sheet.Text, false, "0001-01-01"},
		{"45717", sheet.Number, false, "0001-01-01"}, // a bare number is not taken for a date
	} {
		if got := readDate(sheet.Cell{Kind: c.kind, Text: c.text}, c.d04).Format("2006-01-02"); got != c.want {
			t.Errorf("%q: %s, want %s", c.text, got, c.want)
		}
	}
}

func TestReadName(t *testing.T) {
	for text, want := range map[string]string{
		"张　三": "张三", " 张 三\n": "张三", "阿依•古丽": "阿依·古丽", "阿依．古丽": "阿依·古丽", "阿依・古丽": "阿依·古丽",
		"'李四": "李四", "𠮷某": "𠮷某", "﨑某": "﨑某", // compatibility characters stay: they are the person's own
	} {
		if got := readName(sheet.Cell{Kind: sheet.Text, Text: text}); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestLabels(t *testing.T) {
	for _, c := range []struct{ label, group, field, unit string }{
		{"户主身份证号码*", "", "id_number", ""},
		{"姓 名", "", "head_name", ""},
		{"姓名", "收款人信息", "payee_name", ""},
		{"身份证号", "补贴对象信息", "beneficiary_id_number", ""},
		{"享受人", "补贴对象信息", "beneficiary_name", ""},
		{"领款人身份证号", "", "payee_id_number", ""},
		{"镇（街道）", "", "town", ""},
		{"村(居)委会", "补贴对象信息", "village", ""},
		{"金额\n（元）", "", "amount", "元"},
		{"金额(单位:万元)", "", "amount", "万元"},
		{"金额", "补贴", "amount", ""},
		{"每亩补助资金（元）", "", "standard", "元"},
		{"收款人银行账号", "", "account", ""},
		{"户主联系电话", "", "phone", ""},
		{"残疾等级", "", "health", ""},
		{"“备 注”：", "", "note", ""},
		{"地块编码", "", "", ""},
		{"金额说明", "", "", ""},
	} {
		key, unit := readLabel(c.label)
		if m := builtin[ledger.Subsidy].meaningOf(key, c.group); m.field != c.field || unit != c.unit {
			t.Errorf("%q under %q: %s in %q", c.label, c.group, m.field, unit)
		}
	}
}

func TestTitleUnit(t *testing.T) {
	for text, want := range map[string]string{
		"单位：元": yuan, "金额单位：万元": wan, "单位:亩、元/亩、元": yuan, "分配表（万元）": wan, "（单位：人民币元）": yuan, "单位： 元": yuan,
		"单位：元氏县财政局": "", "单位：亩": "", "单位：元/亩": "", "补贴发放表": "", "单位：元、万元": "both",
	} {
		if got := titleUnit(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestPlaceIn(t *testing.T) {
	for text, want := range map[string][2]string{
		"清泉县柳门镇2025年补贴发放清册": {"柳门镇", ""},
		"清泉县柳门镇张庄村2025年补贴":  {"柳门镇", "张庄村"},
		"柳门镇 张庄村":           {"柳门镇", "张庄村"},
		"张庄村":               {"", "张庄村"},
		"张庄村(1)":            {"", "张庄村"},
		"城关街道东街社区":          {"城关街道", "东街社区"},
		"清泉县2025年乡村振兴补贴":    {"", ""},
		"清泉县城乡低保":           {"", ""},
		"清泉县农业农村局乡村建设":      {"", ""},
		"柳门镇农村低保发放表":        {"柳门镇", ""},
		"清泉县柳门镇耕地补贴各村汇总":    {"柳门镇", ""},
		"Sheet1":          {"", ""},
		"清泉县2025年各乡镇发放情况": {"", ""},
	} {
		if town, village := placeIn(text); [2]string{town, village} != want {
			t.Errorf("%q: %q %q", text, town, village)
		}
	}
}

func TestTextsKeepChinesePunctuation(t *testing.T) {
	for in, want := range map[string]string{
		"连片种植３２００亩，统一供种（含植保）": "连片种植3200亩，统一供种（含植保）", "乡 镇": "乡镇", "Ａ区\n 二期": "A区 二期",
	} {
		if got := readText(in); got != want {
			t.Errorf("readText(%q) = %q, want %q", in, got, want)
		}
	}
}
