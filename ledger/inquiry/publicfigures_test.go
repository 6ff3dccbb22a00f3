package inquiry

import (
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"
)

// randomFigures are a year's, the lines of each list adding up to the same total.
func randomFigures(r *rand.Rand, cases int) Figures {
	f := Figures{Year: 2026, Sealed: r.IntN(5), Months: make([]FigureLine, 12), Departments: make([]FigureLine, 1+r.IntN(6)), Kinds: make([]FigureLine, 5)}
	for range cases {
		lines := []*Count{&f.Total, &f.Months[r.IntN(12)].Count, &f.Departments[r.IntN(len(f.Departments))].Count, &f.Kinds[r.IntN(5)].Count}
		way, answered, late, rated, not := r.IntN(20), r.IntN(10) > 0, r.IntN(8) == 0, r.IntN(3) > 0, r.IntN(6) == 0
		for _, c := range lines {
			c.Received++
			switch {
			case way < 10:
				c.Direct++
			case way < 17:
				c.Forwarded++
			case way < 18:
				c.Refused++
			default:
				c.Withdrawn++
			}
			if !answered {
				continue
			}
			c.Answered++
			if !late {
				c.OnTime++
			}
			if rated {
				c.Rated++
				if !not {
					c.Content++
				}
			}
		}
	}
	return f
}

// What is published shows no cell of one or two cases, and none of those left out follows from the others: solved with fractions,
// by another road than the program's.
func TestNoSmallFigureCanBeComputed(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(7, 34))
	shown, hidden := 0, 0
	for round := range 150 {
		f := randomFigures(r, r.IntN(120)+round%2*300)
		p := f.Public()
		if p.Figures.Total != (Count{}) || p.Figures.Months != nil || p.Figures.Sealed != 0 {
			t.Fatal("the public figures carry the others")
		}
		if !p.Sealed.Hidden && f.Sealed > 0 && f.Sealed < fewest {
			t.Error("a small count of sealed cases is told")
		}
		lists := [][]PublicLine{p.Months, p.Departments, p.Kinds}
		counts := [][]FigureLine{f.Months, f.Departments, f.Kinds}
		for k, part := range parts {
			names := map[*Cell]int{}
			var values []int
			var cells []*Cell
			add := func(c Count, l *PublicLine) []int {
				var at []int
				for i, cell := range part.into(l) {
					names[cell] = len(cells)
					at = append(at, len(cells))
					cells, values = append(cells, cell), append(values, part.of(c)[i])
				}
				return at
			}
			total := add(f.Total, &p.Total)
			lines := [][]int{total}
			for i, list := range lists {
				columns := make([][]int, len(total))
				for j := range list {
					at := add(counts[i][j].Count, &list[j])
					lines = append(lines, at)
					for c, one := range at {
						columns[c] = append(columns[c], one)
					}
				}
				for c, column := range columns {
					lines = append(lines, append(column, total[c]))
				}
			}
			for i, cell := range cells {
				switch {
				case !cell.Hidden && cell.N != values[i]:
					t.Errorf("round %d part %d: a cell says %d and is %d", round, k, cell.N, values[i])
				case !cell.Hidden && cell.N > 0 && cell.N < fewest:
					t.Errorf("round %d part %d: a cell of %d is shown", round, k, cell.N)
				case cell.Hidden && cell.N != 0:
					t.Error("a hidden number is handed on")
				case cell.Hidden:
					hidden++
				default:
					shown++
				}
			}
			for _, at := range followFrom(lines, func(at int) bool { return cells[at].Hidden }, len(cells)) {
				t.Errorf("round %d part %d: cell %d (%d) can be computed", round, k, at, values[at])
			}
		}
	}
	t.Logf("%d cells shown, %d left out", shown, hidden)
	if hidden == 0 || shown < hidden {
		t.Errorf("%d shown, %d hidden", shown, hidden)
	}
}

// followFrom solves the equations with fractions: the unknown numbers that have one solution.
func followFrom(lines [][]int, unknown func(int) bool, n int) (found []int) {
	var rows [][]*big.Rat
	for _, line := range lines {
		row := make([]*big.Rat, n)
		for i := range row {
			row[i] = new(big.Rat)
		}
		for i, at := range line {
			if unknown(at) {
				row[at].SetInt64(1)
				if i == len(line)-1 {
					row[at].SetInt64(-1)
				}
			}
		}
		rows = append(rows, row)
	}
	isZero := func(v *big.Rat) bool { return v.Sign() == 0 }
	for c, done := 0, 0; c < n && done < len(rows); c++ {
		at := slices.IndexFunc(rows[done:], func(row []*big.Rat) bool { return !isZero(row[c]) })
		if at < 0 {
			continue
		}
		rows[done], rows[done+at] = rows[done+at], rows[done]
		for r, row := range rows {
			if r == done || isZero(row[c]) {
				continue
			}
			factor := new(big.Rat).Quo(row[c], rows[done][c])
			for i := range row {
				if !isZero(rows[done][i]) {
					row[i] = new(big.Rat).Sub(row[i], new(big.Rat).Mul(factor, rows[done][i]))
				}
			}
		}
		done++
	}
	for _, row := range rows {
		var some []int
		for at, v := range row {
			if !isZero(v) {
				some = append(some, at)
			}
		}
		if len(some) == 1 {
			found = append(found, some[0])
		}
	}
	return found
}

// What is left out of a line with its sum shown is two cells at least, and stands for three cases or more.
func TestWhatIsLeftOutStandsForThree(t *testing.T) {
	t.Parallel()
	f := Figures{
		Total:  Count{Received: 12, Direct: 9, Forwarded: 3, Answered: 10, OnTime: 9, Rated: 4, Content: 4, Median: 2, P90: 5},
		Months: []FigureLine{{"1月", Count{Received: 10, Direct: 8, Forwarded: 2, Answered: 9, OnTime: 8}}, {"2月", Count{Received: 2, Direct: 1, Forwarded: 1, Answered: 1, OnTime: 1, Rated: 4, Content: 4, Median: 2}}},
	}
	p := f.Public()
	for name, cell := range map[string]Cell{
		"late": p.Total.Late, "on time, beside late": p.Total.OnTime, "february": p.Months[1].Received, "january, beside february": p.Months[0].Received,
		"february's median": p.Months[1].Median,
	} {
		if !cell.Hidden {
			t.Errorf("%s is shown: %d", name, cell.N)
		}
	}
	if p.Total.Received != (Cell{12, false}) || p.Total.Median != (Cell{2, false}) || p.Total.Content != (Cell{4, false}) {
		t.Errorf("the year: %+v", p.Total)
	}
}
