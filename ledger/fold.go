package ledger

// FoldSmall says which lines to hide so that neither a line nor what is left of the total beside the shown lines stands for
// fewer than least rows: the smallest lines join the hidden ones until they are many enough.
func FoldSmall(rows []int, least int) []bool {
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

// FoldRegions hides towns, and villages within towns, by FoldSmall: what a page and a file leave out of the same figures must be
// the same, or each would tell what the other hides. A village of a hidden town is hidden with it.
func FoldRegions(villages [][]int, least int) (towns []bool, inside [][]bool) {
	totals := make([]int, len(villages))
	for i, counts := range villages {
		inside = append(inside, FoldSmall(counts, least))
		for _, n := range counts {
			totals[i] += n
		}
	}
	return FoldSmall(totals, least), inside
}
