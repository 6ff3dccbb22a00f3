// Package query understands what somebody typed into the one box: a name, a place, a fund, years and agencies, in any order.
//
// Words are known from a Vocabulary, which is data: the county's regions, its funds with what people call them, its
// agencies. Everything that is no known word is the name. The rules, in their order:
//
//  1. Blanks and commas part words; what stands in quotes is the name, whatever it says.
//  2. A year: 2024, 24年, 二〇二四年, 去年, 2022-2024. A year alone counts only from 2000 to 2099.
//  3. A whole word that is a full name (柳树沟村, 石桥镇新民村, 农业农村局), a fund's short name (粮补) or code. Of several
//     meanings a place comes before a fund and a fund before an agency; a town before a village.
//  4. Words run together are parted by known words at either end, the longest first, as long as nothing or at least two
//     characters are left: 柳树沟村张三 is two words, 王低保 is one.
//  5. A place without its 村 or 镇 (柳林) may as well be a person. It is the name when nothing else is, and a place when
//     something is.
//  6. Things of one sort widen the question (2023 2024: either), things of two sorts narrow it. Only a town with a village
//     of its own narrows that village: 石桥镇 新民村 is the 新民村 in 石桥镇, and not the one in 白沙镇.
package query

import (
	"slices"
	"strconv"
	"strings"
)

// A Query is a question as it was understood: all of its sorts hold together, any term of a sort suffices.
type Query struct {
	Name     string // blanks between its words stay as one
	Places   []Term
	Funds    []Term
	Agencies []Term
	Years    []int // ascending
	// Literal says that the name's words mean something else, too, so that String puts it in quotes.
	Literal bool
}

// A Term is a known word and what it stands for. A village's name that stands in two towns has two codes, and 粮补 may be
// several funds.
type Term struct {
	Word  string   // in its full form
	Codes []string // of regions or funds, ascending; an agency's is its name
}

// String writes a question so that Parse, with the same vocabulary, understands it the same.
func (q Query) String() string {
	var words []string
	for _, t := range q.Places {
		words = append(words, t.Word)
	}
	switch {
	case q.Literal:
		words = append(words, "“"+q.Name+"”")
	case q.Name != "":
		words = append(words, q.Name)
	}
	for _, y := range q.Years {
		words = append(words, strconv.Itoa(y)+"年")
	}
	for _, t := range slices.Concat(q.Funds, q.Agencies) {
		words = append(words, t.Word)
	}
	return strings.Join(words, " ")
}

// Empty tells whether nothing is asked.
func (q Query) Empty() bool { return q.Name == "" && len(q.Parts()) == 0 }

// Codes are all codes of some terms.
func Codes(terms []Term) (codes []string) {
	for _, t := range terms {
		codes = append(codes, t.Codes...)
	}
	slices.Sort(codes)
	return slices.Compact(codes)
}

// A Part is something that can be taken out of a question.
type Part struct {
	Sort string // 姓名, 地方, 年份, 项目, 单位
	Word string
	Rest Query // the question without it
}

// Parts lists what was understood, in String's order.
func (q Query) Parts() (parts []Part) {
	for i, t := range q.Places {
		rest := q
		rest.Places = without(q.Places, i)
		parts = append(parts, Part{"地方", t.Word, rest})
	}
	if q.Name != "" {
		rest := q
		rest.Name, rest.Literal = "", false
		parts = append(parts, Part{"姓名或字词", q.Name, rest})
	}
	for i, y := range q.Years {
		rest := q
		rest.Years = without(q.Years, i)
		parts = append(parts, Part{"年份", strconv.Itoa(y) + "年", rest})
	}
	for i, t := range q.Funds {
		rest := q
		rest.Funds = without(q.Funds, i)
		parts = append(parts, Part{"项目", t.Word, rest})
	}
	for i, t := range q.Agencies {
		rest := q
		rest.Agencies = without(q.Agencies, i)
		parts = append(parts, Part{"单位", t.Word, rest})
	}
	return parts
}

// without copies a list but for one; nothing left is nil, as Parse has it.
func without[T any](list []T, i int) []T {
	if len(list) == 1 {
		return nil
	}
	return slices.Concat(list[:i], list[i+1:])
}
