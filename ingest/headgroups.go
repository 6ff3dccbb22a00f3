package ingest

import (
	"regexp"

	"mingbai/ingest/sheet"
)

const longestGroup = 12 // characters in a group's label; titles are longer

// overTables are texts that stand over a table and group nothing: title, unit, who filled it in and when, bodies.
var overTables = regexp.MustCompile(`^(?:附件|附表|单位)|[:：]|盖章|年\d{1,2}月|^\d{4}年度?$` +
	`|(?:表|册|名单|台账|公示|情况|明细|方案|计划|局|委|办|所|站|院|校|中心|政府|公司|[县市区镇乡村])$`)

// groupsAbove says whether the row above a header groups its columns: nothing but two or more short labels, of which at
// least one stands over several columns, and all of them over half of the columns or more. A dictionary cannot tell
// that: 科目 and 支出预算 are no columns, and a title in merged cells looks much the same. Where nothing is merged, as in
// CSV, a label reaches to the next one.
func (g *grid) groupsAbove(h header) bool {
	row := h.top - 1
	under := map[int]int{} // columns of the header under each label, by the label's column
	last := 0
	for _, c := range h.columns {
		if label, ok := g.label(row, c.col); ok {
			last = label.Col
		} else if len(g.covers) > 0 || last == 0 {
			continue
		}
		under[last]++
	}
	grouped, wide := 0, 0
	for col, cell := range g.rows[row] {
		text := compact(cell.Text)
		switch {
		case cell.Blank() || text == "" || g.covered(row, col):
			continue
		case cell.Kind != sheet.Text || under[col] == 0 || len([]rune(text)) > longestGroup || overTables.MatchString(text) || footerWords.MatchString(text):
			return false
		}
		if grouped += under[col]; under[col] > 1 {
			wide++
		}
	}
	return len(under) >= 2 && wide > 0 && grouped*2 >= len(h.columns)
}

// covered says whether a cell lies under a merge that begins elsewhere: what is stored there nobody sees.
func (g *grid) covered(row, col int) bool {
	origin, merged := g.covers[[2]int{row, col}]
	return merged && origin != [2]int{row, col}
}
