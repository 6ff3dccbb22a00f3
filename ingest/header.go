package ingest

import (
	"strings"

	"mingbai/ingest/sheet"
)

const (
	headerDepth  = 20 // the header must begin in one of these rows
	headerHeight = 3  // and has at most so many
)

// header is the block of rows that names the columns.
type header struct {
	top, bottom int // row numbers
	columns     []column
	texts       map[string]bool // of all its cells, as stored
}

// column is one column under a header.
type column struct {
	meaning
	col   int
	row   int    // where its label stands
	label string // as shown in reports and messages
	group string // label of the merged group over it, if any
	unit  string // in the label's brackets
}

// grid is the first rows of a sheet, with merged cells answering for all they cover.
type grid struct {
	rows   map[int]map[int]sheet.Cell
	covers map[[2]int][2]int // row, column under a merge → its left top
	width  int
}

func newGrid(rows []sheet.Row, merges []sheet.Merge) *grid {
	g := &grid{rows: map[int]map[int]sheet.Cell{}, covers: map[[2]int][2]int{}}
	for _, r := range rows {
		g.rows[r.Number] = map[int]sheet.Cell{}
		for _, c := range r.Cells {
			g.rows[r.Number][c.Col] = c
			g.width = max(g.width, c.Col)
		}
	}
	for _, m := range merges {
		if m.Top > headerDepth+headerHeight {
			continue
		}
		for row := m.Top; row <= min(m.Bottom, headerDepth+headerHeight); row++ {
			for col := m.Left; col <= min(m.Right, g.width); col++ {
				g.covers[[2]int{row, col}] = [2]int{m.Top, m.Left}
			}
		}
	}
	return g
}

// label gives the text over a column in a row, and where it stands.
func (g *grid) label(row, col int) (c sheet.Cell, ok bool) {
	if origin, merged := g.covers[[2]int{row, col}]; merged {
		row, col = origin[0], origin[1]
	}
	c, ok = g.rows[row][col]
	return c, ok && c.Kind == sheet.Text && strings.TrimSpace(c.Text) != ""
}

// findHeader tries every block of one to three rows and takes the one whose labels the dictionary knows best; of equals
// the lower, and the higher up. ok is false when no block names two columns that matter.
func findHeader(g *grid) (best header, ok bool) {
	bestScore := 0
	for height := 1; height <= headerHeight; height++ {
		for top := 1; top+height-1 <= headerDepth+headerHeight; top++ {
			h := g.header(top, top+height-1)
			score, matter := 0, 0
			for _, c := range h.columns {
				switch c.use {
				case imported, never:
					score += 2
					matter++
				case known:
					score++
				}
				if c.group != "" && words.groupRole(c.group) != "" {
					score++
				}
			}
			if matter >= 2 && score > bestScore {
				best, bestScore, ok = h, score, true
			}
		}
	}
	if ok = ok && best.top <= headerDepth; ok {
		best.distinguish()
		best.texts = g.texts(best.top, best.bottom)
	}
	return best, ok
}

// header reads the labels of the rows from top to bottom. A column's label is the lowest text over it; a text above that
// is its group.
func (g *grid) header(top, bottom int) header {
	h := header{top: top, bottom: bottom}
	for col := 1; col <= g.width; col++ {
		var leaf sheet.Cell
		var group, key, unit string
		for row := bottom; row >= top; row-- {
			c, ok := g.label(row, col)
			if !ok || c.Row == leaf.Row && c.Col == leaf.Col {
				continue
			}
			k, u := readLabel(c.Text)
			if unit == "" {
				unit = u
			}
			if key == "" { // also when the lowest row holds nothing but a unit
				leaf, key = c, k
			} else if k != "" && group == "" {
				group = k
			}
		}
		if key == "" {
			continue
		}
		h.columns = append(h.columns, column{
			meaning: meaningOf(key, group), col: col, row: leaf.Row, unit: unit, group: group,
			label: shown(key),
		})
		// A label merged over several columns names the first; the others have no label of their own.
		if leaf.Col != col {
			h.columns = h.columns[:len(h.columns)-1]
		}
	}
	return h
}

// meaningOf reads a label with the group over it. A person's column without a role of its own takes the group's; without
// a group it is the householder's.
func meaningOf(key, group string) meaning {
	m := words.find(key)
	if m.use == unknown && group != "" {
		m = words.find(group + key) // 补贴 over 金额
	}
	if m.use == imported && (m.field == "name" || m.field == "id_number") {
		if m.role == "" {
			m.role = words.groupRole(group)
		}
		if m.role == "" {
			m.role = "head"
		}
		m.field = personField(m.role, m.field)
	}
	return m
}

// distinguish puts the group's label before labels that stand more than once.
func (h *header) distinguish() {
	count := map[string]int{}
	for _, c := range h.columns {
		count[c.label]++
	}
	for i, c := range h.columns {
		if count[c.label] > 1 && c.group != "" {
			h.columns[i].label = shown(c.group) + "/" + c.label
		}
	}
}

func (g *grid) texts(top, bottom int) map[string]bool {
	texts := map[string]bool{}
	for row := top; row <= bottom; row++ {
		for _, c := range g.rows[row] {
			if c.Kind == sheet.Text {
				texts[c.Text] = true
			}
		}
	}
	return texts
}

// repeats says whether a row is the header again, as clerks put it on every printed page.
func (h *header) repeats(r sheet.Row) bool {
	for _, c := range r.Cells {
		if c.Kind != sheet.Text || !h.texts[c.Text] {
			return false
		}
	}
	return len(r.Cells) >= 2
}
