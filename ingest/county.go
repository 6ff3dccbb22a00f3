package ingest

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"mingbai/ledger"
)

var (
	fieldShape = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
	// namesOf are the names that may stand after a use that the parser takes any name for.
	namesOf = map[string][]string{"role": {"head", "payee", "beneficiary"}, "part": {"name", "id_number"}}
)

// ReadLine makes a line for the county's dictionary ready to be kept, or says what is wrong with it, by the dictionary's
// own parser. A label whose columns are never published cannot be given another use.
func ReadLine(l ledger.DictionaryLine) (ledger.DictionaryLine, error) {
	wrong := func(format string, args ...any) (ledger.DictionaryLine, error) {
		return l, ledger.Errorf(ledger.KindInvalid, "词典里“%s”这一条：%s", shown(l.Label), fmt.Sprintf(format, args...))
	}
	l.Label, _ = readLabel(l.Label)
	if l.Label == "" || private(l.Label) != "" {
		return wrong("列名不能是空的，也不能是号码")
	}
	if names := namesOf[l.Use]; !fieldShape.MatchString(l.Field) || names != nil && !slices.Contains(names, l.Field) {
		return wrong("名称“%s”不对，%s", shown(l.Field), cmp.Or(strings.Join(names, "、"), "用小写英文字母"))
	}
	if err := builtin.clone().parse(DictionaryText([]ledger.DictionaryLine{l}), true); err != nil {
		_, what, _ := strings.Cut(ledger.MessageOf(err), "：") // which line of the text tells nothing here
		return wrong("%s", what)
	}
	known := false
	for name, v := range builtin {
		if l.Kind != "*" && l.Kind != string(name) {
			continue
		}
		known = known || l.Use != "field" || slices.Contains(kinds[name].fields, l.Field)
		if l.Use != "never" && v.find(l.Label).use == never {
			return wrong("这一列不予公开，不能改作别用")
		}
	}
	if !known {
		return wrong("没有字段“%s”", shown(l.Field))
	}
	return l, nil
}

// DictionaryText writes a county's lines in the form of dictionary.txt, for Options.Dictionary. The same lines make the same
// text in whatever order they were added: the rule version depends on it. Labels of one field are equals.
func DictionaryText(lines []ledger.DictionaryLine) string {
	lines = slices.Clone(lines)
	slices.SortFunc(lines, func(a, b ledger.DictionaryLine) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Use, b.Use), cmp.Compare(a.Field, b.Field), cmp.Compare(a.Label, b.Label))
	})
	var out strings.Builder
	var last ledger.DictionaryLine
	for i, l := range lines {
		newKind := i == 0 || l.Kind != last.Kind
		if newKind || l.Use != last.Use || l.Field != last.Field {
			if i > 0 {
				out.WriteString("\n")
			}
			if newKind {
				fmt.Fprintf(&out, "[%s]\n", l.Kind)
			}
			fmt.Fprintf(&out, "%s %s:", l.Use, l.Field)
		}
		out.WriteString(" " + l.Label)
		last = l
	}
	if len(lines) > 0 {
		out.WriteString("\n")
	}
	return out.String()
}
