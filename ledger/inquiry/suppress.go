package inquiry

import "slices"

// sums are numbers that add up: in each line the last is the sum of the others. Some of the numbers are to be left out, and
// nobody shall compute one of them from what is shown.
//
// What this does not stop: a reader who knows one of the cases subtracts it, and one who noted yesterday's figures sees what was
// added since.
type sums struct {
	values []int
	hidden []bool
	lines  [][]int // of indexes
	cells  map[int][]*Cell
}

// line adds the numbers of a line and answers where they are.
func (s *sums) line(values []int) []int {
	at := make([]int, len(values))
	for i, v := range values {
		at[i] = len(s.values)
		s.values, s.hidden = append(s.values, v), append(s.hidden, false)
	}
	s.lines = append(s.lines, at)
	return at
}

// fill names the cell that a number is published in.
func (s *sums) fill(at int, cell *Cell) {
	if s.cells == nil {
		s.cells = map[int][]*Cell{}
	}
	s.cells[at] = append(s.cells[at], cell)
}

// protect hides the small numbers, then others in their lines: until what is hidden of a line is two numbers that stand for
// three cases or more, and no hidden number follows from the equations of all lines.
func (s *sums) protect() {
	for i, v := range s.values {
		s.hidden[i] = v > 0 && v < fewest
	}
	for changed := true; changed; {
		changed = false
		for _, line := range s.lines {
			if s.thin(line) && s.hideOne(line) {
				changed = true
			}
		}
		if changed {
			continue
		}
		for _, at := range s.determined() {
			for _, line := range s.lines {
				if !changed && slices.Contains(line, at) && s.hideOne(line) {
					changed = true
				}
			}
		}
	}
	for at, cells := range s.cells {
		for _, cell := range cells {
			*cell = Cell{s.values[at], s.hidden[at]}
			if s.hidden[at] {
				cell.N = 0 // it is not in what is handed on
			}
		}
	}
}

// thin says whether what is hidden of a line is too little to hide it.
func (s *sums) thin(line []int) bool {
	n, together := 0, 0
	for i, at := range line {
		if s.hidden[at] {
			n++
			if i < len(line)-1 {
				together += s.values[at]
			}
		}
	}
	total := line[len(line)-1]
	return n == 1 || n > 1 && !s.hidden[total] && together < fewest
}

// hideOne hides the smallest number of a line that says something, a nought where there is none, the sum at last.
func (s *sums) hideOne(line []int) bool {
	best, rank := -1, 0
	for i, at := range line {
		r := s.values[at]
		switch {
		case s.hidden[at]:
			continue
		case i == len(line)-1:
			r += 2 << 40
		case r == 0:
			r = 1 << 40
		}
		if best < 0 || r < rank {
			best, rank = at, r
		}
	}
	if best >= 0 {
		s.hidden[best] = true
	}
	return best >= 0
}

// prime for counting with remainders: whether equations have one solution is seen as well as with fractions.
const prime = 1<<31 - 1

// determined are the hidden numbers that follow from the shown ones, by the equations of all lines.
func (s *sums) determined() (found []int) {
	column := map[int]int{} // of a hidden number
	var unknown []int
	for at, hidden := range s.hidden {
		if hidden {
			column[at] = len(unknown)
			unknown = append(unknown, at)
		}
	}
	var rows [][]int64
	for _, line := range s.lines {
		row, some := make([]int64, len(unknown)), false
		for i, at := range line {
			if !s.hidden[at] {
				continue
			}
			some = true
			if row[column[at]] = 1; i == len(line)-1 {
				row[column[at]] = prime - 1
			}
		}
		if some {
			rows = append(rows, row)
		}
	}
	for _, row := range reduced(rows) {
		first := slices.IndexFunc(row, func(v int64) bool { return v != 0 })
		if first >= 0 && !slices.ContainsFunc(row[first+1:], func(v int64) bool { return v != 0 }) {
			found = append(found, unknown[first])
		}
	}
	return found
}

// reduced brings equations to reduced row echelon form.
func reduced(rows [][]int64) [][]int64 {
	done := 0
	for c := 0; len(rows) > 0 && c < len(rows[0]) && done < len(rows); c++ {
		at := slices.IndexFunc(rows[done:], func(row []int64) bool { return row[c] != 0 })
		if at < 0 {
			continue
		}
		rows[done], rows[done+at] = rows[done+at], rows[done]
		pivot := rows[done]
		inverse := power(pivot[c], prime-2)
		for i := range pivot {
			pivot[i] = pivot[i] * inverse % prime
		}
		for r, row := range rows {
			if factor := row[c]; r != done && factor != 0 {
				for i := range row {
					row[i] = (row[i] + (prime-factor)*pivot[i]) % prime
				}
			}
		}
		done++
	}
	return rows
}

func power(base, exponent int64) int64 {
	result := int64(1)
	for ; exponent > 0; exponent >>= 1 {
		if exponent&1 == 1 {
			result = result * base % prime
		}
		base = base * base % prime
	}
	return result
}
