package ledger

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// CodeColumn is a column of a code list: of its page, its form and its workbook alike.
type CodeColumn struct {
	Label    string
	Hint     string
	Choices  []CodeChoice // nothing else may stand in it
	Required bool
	Number   bool // a whole number, not below zero
	Long     bool // too long for a line of the list's page
}

// CodeChoice is a value and its word; a workbook may say either.
type CodeChoice struct{ Value, Name string }

// CodeList is a list that the county keeps. The first Key columns tell its lines apart and never change.
type CodeList struct {
	ID      string
	Name    string
	Lead    string // what it is for, in two sentences
	Columns []CodeColumn
	Key     int
	// Field is the field of sheets whose values are held against the list, where the county says so.
	Field string
}

// CodeLine is a line of a code list: its values in the order of the columns.
type CodeLine struct {
	Values  []string
	Retired bool
}

func kindChoices(common bool) (choices []CodeChoice) {
	for _, k := range []FundKind{Subsidy, Allocation, Transfer, Project, Budget, Agency, Post} {
		choices = append(choices, CodeChoice{string(k), k.Name()})
	}
	if common {
		choices = append(choices, CodeChoice{"*", "各类表"})
	}
	return choices
}

func nameList(id, name, lead string) CodeList {
	return CodeList{ID: id, Field: id, Name: name, Lead: lead, Key: 1, Columns: []CodeColumn{
		{Label: "名称", Required: true, Hint: "写全称，和清册上的写法一致。"}, {Label: "备注"},
	}}
}

// CodeLists are all lists that the office keeps, in the order of pages. Departments have pages of their own.
var CodeLists = []CodeList{
	{ID: "region", Name: "行政区划", Key: 1, Lead: "县6位、乡镇9位、村12位的统计用区划代码。清册上的村名靠它认出是哪个村；停用的不再认，已公开的不受影响。", Columns: []CodeColumn{
		{Label: "代码", Required: true, Hint: "乡镇9位，村12位，前面要和上一级相同。"}, {Label: "名称", Required: true},
	}},
	{ID: "fund", Name: "资金项目", Key: 1, Lead: "每一项资金的名称、标准、依据文件和公开方式，农户在网上看到的就是这些。停用的不能再传清册，已公开的不受影响。", Columns: []CodeColumn{
		{Label: "代码", Required: true, Hint: "字母、数字和横线，定了就不改。"},
		{Label: "名称", Required: true},
		{Label: "类别", Required: true, Choices: kindChoices(false), Hint: "决定清册怎么读，有了批次就不能再改。"},
		{Label: "归口股室", Hint: "和部门名称一字不差，这个股室的人才管得到。"},
		{Label: "用途", Hint: "写给农户看，一两句话。", Long: true},
		{Label: "依据文件", Hint: "文号和标题。", Long: true},
		{Label: "标准", Hint: "如 83.94元/亩。"},
		{Label: "计量单位", Hint: "亩、人、头……"},
		{Label: "公开方式", Required: true, Choices: []CodeChoice{
			{string(DisclosePublic), "公开名单"}, {string(DiscloseSelf), "只供本人查询"}, {string(DiscloseAggregate), "只公开合计"},
		}, Hint: "困难、残疾、儿童类的，不公开名单。"},
		{Label: "公开天数", Number: true, Hint: "名单从公开之日起挂多少天；0为不限。"},
	}},
	nameList("unit_name", "单位", "分配表、预算、人员表上的单位名称。启用核对后，清册上名录外的单位会提示核对（CEL-13）。"),
	nameList("project_name", "工程项目", "分配表和项目台账上的项目名称。启用核对后，清册上名录外的项目会提示核对（CEL-13）。"),
	nameList("agency_name", "机构", "机构编制表上的机构名称。启用核对后，清册上名录外的机构会提示核对（CEL-13）。"),
	{ID: "dictionary", Name: "列名词典", Key: 2, Lead: "本县清册上的列名各是什么意思。改了以后，已校验、还没复核的批次要把原文件再传一次（XB-04）。", Columns: []CodeColumn{
		{Label: "列名", Required: true, Hint: "清册表头上的写法。"},
		{Label: "表的类别", Required: true, Choices: kindChoices(true)},
		{Label: "用法", Required: true, Choices: []CodeChoice{{"field", "导入"}, {"known", "认得但不用"}, {"never", "不予公开"}, {"role", "称呼（是谁）"}, {"part", "个人的哪一项"}}},
		{Label: "字段", Required: true, Hint: "如 amount；用法是“称呼”时写 head、payee 或 beneficiary。"},
	}},
}

// CodeListOf is a list by its name in addresses; ErrNotFound when there is none.
func CodeListOf(id string) (CodeList, error) {
	if i := slices.IndexFunc(CodeLists, func(l CodeList) bool { return l.ID == id }); i >= 0 {
		return CodeLists[i], nil
	}
	return CodeList{}, ErrNotFound
}

// KeyOf is what tells a line apart.
func (l CodeList) KeyOf(line CodeLine) string { return strings.Join(line.Values[:l.Key], "\x1f") }

// maxCode is the longest value, in characters.
const maxCode = 400

// Tidy trims the values and puts a choice's value for its word; it makes the line as long as the list is wide.
func (l CodeList) Tidy(line CodeLine) CodeLine {
	values := make([]string, len(l.Columns))
	for i, c := range l.Columns {
		if i < len(line.Values) {
			values[i] = strings.TrimSpace(line.Values[i])
		}
		if c.Long { // its input has lines; a workbook's cell may, too
			values[i] = strings.Join(strings.Fields(values[i]), " ")
		}
		for _, choice := range c.Choices {
			if values[i] == choice.Name {
				values[i] = choice.Value
			}
		}
		if c.Number && values[i] == "" {
			values[i] = "0"
		}
	}
	line.Values = values
	return line
}

// Fault says what keeps a tidy line, looked at for personal data, from being written into the books, and in which column; the message is empty when nothing does.
func (l CodeList) Fault(county string, line CodeLine) (column int, message string) {
	for i, c := range l.Columns {
		v := line.Values[i]
		switch {
		case v == "" && c.Required:
			return i, c.Label + "：要填写"
		case len([]rune(v)) > maxCode:
			return i, c.Label + "：太长了，最多" + strconv.Itoa(maxCode) + "个字"
		case v != "" && len(c.Choices) > 0 && !slices.ContainsFunc(c.Choices, func(ch CodeChoice) bool { return ch.Value == v }):
			return i, c.Label + "：没有“" + v + "”这一种，只能写" + choicesOf(c)
		case c.Number:
			if n, err := strconv.Atoi(v); err != nil || n < 0 || n > 36500 {
				return i, c.Label + "：要写整数，不小于0"
			}
		}
	}
	switch code := line.Values[0]; {
	case l.ID == "region" && LevelOf(code) == LevelNone:
		return 0, "代码：应为6、9或12位数字"
	case l.ID == "region" && !strings.HasPrefix(code, county):
		return 0, "代码：不是本县的，应以" + county + "开头"
	case l.ID == "fund" && strings.ContainsAny(code, " /?#%\\"):
		return 0, "代码：只能用字母、数字和横线"
	}
	return 0, ""
}

func choicesOf(c CodeColumn) string {
	names := make([]string, len(c.Choices))
	for i, choice := range c.Choices {
		names[i] = choice.Name
	}
	return strings.Join(names, "、")
}

// CodeChange is what an import would do to one line.
type CodeChange struct {
	CodeLine
	Row    int    // in the workbook
	What   string // CodeAdded, CodeChanged, CodeSame or CodeRefused
	Before []string
	Column int    // of the fault
	Fault  string // why it is refused
}

// What an import does to a line.
const (
	CodeAdded   = "added"
	CodeChanged = "changed"
	CodeSame    = "same"
	CodeRefused = "refused"
)

// Compare says what new lines would do to a list. fault looks at what a list alone cannot know, and may mend; it may be nil.
func (l CodeList) Compare(county string, old, lines []CodeLine, rows []int, fault func(*CodeLine) (int, string)) []CodeChange {
	known := map[string]CodeLine{}
	for _, o := range old {
		known[l.KeyOf(o)] = o
	}
	seen := map[string]int{}
	changes := make([]CodeChange, len(lines))
	for i, line := range lines {
		line = l.Tidy(line)
		c := CodeChange{Row: rows[i], What: CodeAdded}
		if c.Column, c.Fault = l.Fault(county, line); c.Fault == "" && fault != nil {
			c.Column, c.Fault = fault(&line)
		}
		c.CodeLine = line
		key := l.KeyOf(line)
		if first := seen[key]; c.Fault == "" && first != 0 {
			c.Column, c.Fault = 0, l.Columns[0].Label+"：和第"+strconv.Itoa(first)+"行重复"
		}
		if seen[key] == 0 {
			seen[key] = c.Row
		}
		was, there := known[key]
		switch {
		case c.Fault != "":
			c.What = CodeRefused
		case there && !was.Retired && slices.Equal(was.Values, line.Values):
			c.What = CodeSame
		case there:
			c.What, c.Before = CodeChanged, was.Values
		}
		changes[i] = c
	}
	return changes
}

// CodeEdit is one change of a list, with what stood there before.
type CodeEdit struct {
	Seq    int64
	At     time.Time
	By     string
	Code   string
	Before []string // nil: it was new
	After  []string
	Ended  bool // it was retired
}

// CodeQuery chooses lines of a list.
type CodeQuery struct {
	Words       string   // that a line holds
	Key         []string // the one line of this key, whatever else is said
	Retired     bool     // the retired too
	Skip, Limit int      // Limit 0: all
}
