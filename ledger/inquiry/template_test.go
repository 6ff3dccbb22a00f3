package inquiry

import (
	"slices"
	"strings"
	"testing"

	"mingbai/ledger"
)

func TestBlanksAreFilledAndCounted(t *testing.T) {
	t.Parallel()
	tpl := Template{Text: "您反映的【项目】问题，经【核实人】核实：【核实情况】。【村】【项目】"}
	text := tpl.Fill(map[string]string{"项目": "耕地地力保护补贴", "村": ""})
	if text != "您反映的耕地地力保护补贴问题，经【核实人】核实：【核实情况】。【村】耕地地力保护补贴" {
		t.Error(text)
	}
	if blanks := Unfilled(text); !slices.Equal(blanks, []string{"核实人", "核实情况", "村"}) {
		t.Errorf("unfilled %q", blanks)
	}
	for _, whole := range []string{"", "【", "】", "【" + strings.Repeat("长", 21) + "】", "【断\n行】"} {
		if blanks := Unfilled(whole); len(blanks) > 0 {
			t.Errorf("%q: %q", whole, blanks)
		}
	}
	if blanks := Unfilled("【【甲】"); !slices.Equal(blanks, []string{"甲"}) {
		t.Errorf("nested: %q", blanks)
	}
}

func TestTemplatesThatAreRefused(t *testing.T) {
	t.Parallel()
	whole := Template{Name: "面积核对", Kind: Complaint, Text: "您好：【核实情况】"}
	if err := whole.Fault(); err != nil {
		t.Error(err)
	}
	for says, change := range map[string]func(*Template){
		"名称": func(t *Template) { t.Name = " " }, "类别": func(t *Template) { t.Kind = "x" }, "请写模板": func(t *Template) { t.Text = "\n" },
		"2000": func(t *Template) { t.Text = strings.Repeat("长", 2001) }, "成对": func(t *Template) { t.Text = "【项目" },
	} {
		bad := whole
		change(&bad)
		if err := bad.Fault(); ledger.KindOf(err) != ledger.KindInvalid || !strings.Contains(ledger.MessageOf(err), says) {
			t.Errorf("%s: %v", says, err)
		}
	}
}
