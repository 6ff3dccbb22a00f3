package portal

import "mingbai/ledger"

// fewest is how many people a line of a fund that names nobody must stand for. A village with one household in need
// would otherwise name it, with its amount.
const fewest = 3

// townLines are a fund's towns and villages as the page may show them.
func townLines(f ledger.FundPage) (lines []townLine, folded int) {
	counts := make([][]int, len(f.Towns))
	for i, t := range f.Towns {
		for _, v := range t.Villages {
			counts[i] = append(counts[i], standsFor(f, v))
		}
	}
	hidden, inside := ledger.FoldRegions(counts, fewest)
	var top ledger.Fen
	for _, t := range f.Towns {
		top = max(top, t.Total)
	}
	for i, t := range f.Towns {
		if hidden[i] {
			folded++
			continue
		}
		line := townLine{RegionTally: t.RegionTally, Share: share(t.Total, top)}
		line.Tone = min(1+line.Share/20, 5)
		line.Villages, line.Folded = villageLines(f, t, inside[i])
		lines = append(lines, line)
	}
	return lines, folded
}

// standsFor is how many people a village's line surely stands for, as far as that matters.
func standsFor(f ledger.FundPage, v ledger.RegionTally) int {
	switch {
	case f.Disclosure != ledger.DisclosePublic:
		return v.Rows / max(1, len(f.Batches)) // a person has a row in each batch
	case f.ListOpen:
		return fewest // everybody is named
	}
	return v.People // nobody is named any longer
}

func villageLines(f ledger.FundPage, t ledger.TownTally, hidden []bool) (lines []villageLine, folded int) {
	for i, v := range t.Villages {
		if hidden[i] {
			folded++
			continue
		}
		line := villageLine{RegionTally: v}
		if f.ListOpen && f.Then == nil {
			line.NoCode = v.Code == ""
			if !line.NoCode {
				line.Path = villagePath(f.Code, f.Year, v.Code)
			}
		}
		lines = append(lines, line)
	}
	return lines, folded
}
