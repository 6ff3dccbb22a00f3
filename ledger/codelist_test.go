package ledger

import "testing"

// A long text is one line in the books, whatever lines it was typed in.
func TestTidyPutsALongTextOnOneLine(t *testing.T) {
	list := CodeList{Columns: []CodeColumn{{Label: "代码"}, {Label: "用途", Long: true}}}
	got := list.Tidy(CodeLine{Values: []string{" GD01 ", "补给农户。\r\n按亩计算。\n"}}).Values
	if got[0] != "GD01" || got[1] != "补给农户。 按亩计算。" {
		t.Errorf("%q", got)
	}
}
