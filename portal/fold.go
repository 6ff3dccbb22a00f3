package portal

import "mingbai/ledger"

// fewest is how many people a line of a fund that names nobody must stand for. A village with one household in need
// would otherwise name it, with its amount.
const fewest = 3

// townLines are a fund's towns and villages as the page may show them.
func townLines(f ledger.FundPage) (lines []townLine, folded int) {
	least := 0
	if f.Disclosure != ledger.DisclosePublic {
		least = fewest * max(1, len(f.Batches)) // rows: a person has one in each batch
	}
	var top ledger.Fen
	totals := make([]int, len(f.Towns))
	for i, t := range f.Towns {
		top = max(top, t.Total)
		totals[i] = t.Rows
	}
	hidden := fold(totals, least)
	for i, t := range f.Towns {
		if hidden[i] {
			folded++
			continue
		}
		line := townLine{RegionTally: t.RegionTally, Share: share(t.Total, top)}
		line.Villages, line.Folded = villageLines(f, t, least)
		lines = append(lines, line)
	}
	return lines, folded
}

func villageLines(f ledger.FundPage, t ledger.TownTally, least int) (lines []villageLine, folded int) {
	rows := make([]int, len(t.Villages))
	for i, v := range t.Villages {
		rows[i] = v.Rows
	}
	hidden := fold(rows, least)
	for i, v := range t.Villages {
		if hidden[i] {
			folded++
			continue
		}
		line := villageLine{RegionTally: v}
		if f.ListOpen {
			line.NoCode = v.Code == ""
			if !line.NoCode {
				line.Path = villagePath(f.Code, f.Year, v.Code)
			}
		}
		lines = append(lines, line)
	}
	return lines, folded
}

// fold says which lines to hide so that neither a line nor what is left of the total beside the shown lines stands for
// fewer than least rows: the smallest lines join the hidden ones until they are many enough.
func fold(rows []int, least int) []bool {
	hidden := make([]bool, len(rows))
	together := 0
	for i, n := range rows {
		if n < least {
			hidden[i] = true
			together += n
		}
	}
	for together > 0 && together < least {
		next := -1
		for i, n := range rows {
			if !hidden[i] && (next < 0 || n < rows[next]) {
				next = i
			}
		}
		if next < 0 {
			break
		}
		hidden[next] = true
		together += rows[next]
	}
	return hidden
}
