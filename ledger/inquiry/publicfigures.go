package inquiry

// fewest is how many cases a published figure stands for at least, unless it stands for none.
const fewest = 3

// Cell is a published number, or one that is left out because it, or another by it, would tell of one or two cases.
type Cell struct {
	N      int
	Hidden bool
}

// PublicLine is a line of figures as everybody may read them.
type PublicLine struct {
	Name                                         string
	Received, Direct, Forwarded, Refused, Others Cell
	Answered, OnTime, Late                       Cell
	Rated, Content, Discontent                   Cell
	Median, P90                                  Cell
}

// PublicFigures are figures without the small ones.
type PublicFigures struct {
	Figures     Figures // Year and Made alone
	Total       PublicLine
	Sealed      Cell
	Months      []PublicLine
	Departments []PublicLine
	Kinds       []PublicLine
}

// parts are three ways in which a line's cells add up: the last is the sum of the others.
var parts = [3]struct {
	of   func(Count) []int
	into func(*PublicLine) []*Cell
}{
	{
		func(c Count) []int { return []int{c.Direct, c.Forwarded, c.Refused, c.Other(), c.Received} },
		func(l *PublicLine) []*Cell {
			return []*Cell{&l.Direct, &l.Forwarded, &l.Refused, &l.Others, &l.Received}
		},
	},
	{
		func(c Count) []int { return []int{c.OnTime, c.Late(), c.Answered} },
		func(l *PublicLine) []*Cell { return []*Cell{&l.OnTime, &l.Late, &l.Answered} },
	},
	{
		func(c Count) []int { return []int{c.Content, c.Discontent(), c.Rated} },
		func(l *PublicLine) []*Cell { return []*Cell{&l.Content, &l.Discontent, &l.Rated} },
	},
}

// Public leaves out what tells of fewer than three cases, and as much else as keeps that from being computed: a cell is in its
// line's sum and in its column's, of every list, and the year's own figures stand in all three lists' sums.
func (f Figures) Public() PublicFigures {
	p := PublicFigures{Figures: Figures{Year: f.Year, Made: f.Made}, Total: PublicLine{Name: "全年"}, Sealed: Cell{f.Sealed, f.Sealed > 0 && f.Sealed < fewest}}
	lists := [][]FigureLine{f.Months, f.Departments, f.Kinds}
	shown := make([][]PublicLine, len(lists))
	for i, list := range lists {
		for _, l := range list {
			shown[i] = append(shown[i], PublicLine{Name: l.Name})
		}
	}
	for _, part := range parts {
		var s sums
		total := s.line(part.of(f.Total))
		for i, list := range lists {
			columns := make([][]int, len(total))
			for j, l := range list {
				cells := s.line(part.of(l.Count))
				for k, cell := range part.into(&shown[i][j]) {
					columns[k] = append(columns[k], cells[k])
					s.fill(cells[k], cell)
				}
			}
			for k, column := range columns {
				if len(column) > 0 {
					s.lines = append(s.lines, append(column, total[k]))
				}
			}
		}
		for k, cell := range part.into(&p.Total) {
			s.fill(total[k], cell)
		}
		s.protect()
	}
	p.Months, p.Departments, p.Kinds = shown[0], shown[1], shown[2]
	p.Total.days(f.Total)
	for i, list := range lists {
		for j, l := range list {
			shown[i][j].days(l.Count)
		}
	}
	return p
}

// days are told of three answered cases or more.
func (l *PublicLine) days(c Count) {
	hide := l.Answered.Hidden || c.Answered < fewest
	l.Median, l.P90 = Cell{c.Median, hide}, Cell{c.P90, hide}
}

// Less says whether something of a line is left out.
func (l PublicLine) Less() bool {
	for _, part := range parts {
		for _, cell := range part.into(&l) {
			if cell.Hidden {
				return true
			}
		}
	}
	return false
}

// Whole are the figures with nothing left out, in the same shape: for those who see the cases.
func (f Figures) Whole() PublicFigures {
	p := PublicFigures{Figures: Figures{Year: f.Year, Made: f.Made}, Total: f.Total.whole("全年"), Sealed: Cell{N: f.Sealed}}
	for _, l := range f.Months {
		p.Months = append(p.Months, l.whole(l.Name))
	}
	for _, l := range f.Departments {
		p.Departments = append(p.Departments, l.whole(l.Name))
	}
	for _, l := range f.Kinds {
		p.Kinds = append(p.Kinds, l.whole(l.Name))
	}
	return p
}

func (c Count) whole(name string) PublicLine {
	l := PublicLine{Name: name, Median: Cell{N: c.Median}, P90: Cell{N: c.P90}}
	for _, part := range parts {
		for i, cell := range part.into(&l) {
			cell.N = part.of(c)[i]
		}
	}
	return l
}
