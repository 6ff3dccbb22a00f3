package ingest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"mingbai/ingest/sheet"
)

const (
	headerDepth  = 20 // the header must begin in one of these rows
	headerHeight = 4  // and has at most so many
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
	key   string // the label, comparable
	label string // as shown in reports and messages
	group string // label of the merged group over it, if any
	outer string // labels of the groups over that
	unit  string // in the label's brackets
}

// grid is the first rows of a sheet, with merged cells answering for all they cover.
type grid struct {
	rows   map[int]map[int]sheet.Cell
	covers map[[2]int][2]int    // row, column under a merge → its left top
	keys   map[string][2]string // text → what readLabel makes of it: every block of rows in every kind's words asks
	width  int
}

func newGrid(rows []sheet.Row, merges []sheet.Merge) *grid {
	g := &grid{rows: map[int]map[int]sheet.Cell{}, covers: map[[2]int][2]int{}, keys: map[string][2]string{}}
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

// read is readLabel of a text of the grid.
func (g *grid) read(text string) (key, unit string) {
	known, ok := g.keys[text]
	if !ok {
		known[0], known[1] = readLabel(text)
		g.keys[text] = known
	}
	return known[0], known[1]
}

// findHeader tries every block of one to four rows and takes the one whose labels the dictionary knows best; of equals
// the lower, and the higher up. ok is false when no block names two columns that matter.
func (v *vocabulary) findHeader(g *grid) (best header, ok bool) {
	bestScore := 0
	for height := 1; height <= headerHeight; height++ {
		for top := 1; top+height-1 <= headerDepth+headerHeight; top++ {
			h := g.header(v, top, top+height-1)
			score, matter := 0, 0
			for _, c := range h.columns {
				switch c.use {
				case imported, never:
					score += 2
					matter++
				case known:
					score++
				}
				if c.group != "" && v.groupRole(c.group) != "" {
					score++
				}
			}
			if matter >= 2 && score > bestScore {
				best, bestScore, ok = h, score, true
			}
		}
	}
	if ok = ok && best.top <= headerDepth; ok {
		best = g.settled(v, best)
	}
	return best, ok
}

// settled makes a block that was found whole.
func (g *grid) settled(v *vocabulary, h header) header {
	if top, bottom := g.whole(h); bottom-top < headerHeight && (top != h.top || bottom != h.bottom) {
		h = g.header(v, top, bottom)
	}
	for h.bottom-h.top+1 < headerHeight && g.groupsAbove(h) {
		h = g.header(v, h.top-1, h.bottom)
	}
	h.distinguish()
	h.texts = g.texts(h.top, h.bottom)
	return h
}

// header reads the labels of the rows from top to bottom. A column's label is the lowest text over it; the texts above
// that are its groups.
func (g *grid) header(v *vocabulary, top, bottom int) header {
	h := header{top: top, bottom: bottom}
	var groups []string
	for col := 1; col <= g.width; col++ {
		var leaf, last sheet.Cell
		var key, unit string
		groups = groups[:0]
		for row := bottom; row >= top; row-- {
			c, ok := g.label(row, col)
			if !ok || c.Row == last.Row && c.Col == last.Col {
				continue
			}
			last = c
			k, u := g.read(c.Text)
			if u == "" && row > top && slices.Contains(labelUnits, k) { // a row of units without brackets
				k, u = "", k
			}
			if unit == "" {
				unit = u
			}
			if key == "" { // also when the lowest row holds nothing but a unit
				leaf, key = c, k
			} else if k != "" {
				groups = append(groups, k)
			}
		}
		// A label merged over several columns names the first; the others have no label of their own.
		if key == "" || leaf.Col != col {
			continue
		}
		c := column{meaning: v.meaningOf(key, groups...), col: col, row: leaf.Row, key: key, unit: unit}
		if len(groups) > 0 {
			c.group, c.outer = groups[0], strings.Join(groups[1:], "/")
		}
		h.columns = append(h.columns, c)
	}
	return h
}

// whole widens a header's block to all rows that its merged labels reach into, and by a row of nothing but units.
func (g *grid) whole(h header) (top, bottom int) {
	top, bottom = h.top, h.bottom
	for _, c := range h.columns {
		for row := h.top; row <= h.bottom; row++ {
			if origin, merged := g.covers[[2]int{row, c.col}]; merged {
				top = min(top, origin[0])
			}
		}
		for g.covers[[2]int{bottom + 1, c.col}] != [2]int{} && g.covers[[2]int{bottom + 1, c.col}][0] <= h.bottom {
			bottom++
		}
	}
	units := 0
	for col := range g.width {
		c, ok := g.label(bottom+1, col+1)
		if !ok || c.Row != bottom+1 {
			if _, filled := g.rows[bottom+1][col+1]; filled {
				return top, bottom
			}
			continue
		}
		key, unit := g.read(c.Text)
		if unit == "" && slices.Contains(labelUnits, key) {
			key, unit = "", key
		}
		if key != "" || unit == "" {
			return top, bottom
		}
		units++
	}
	if units > 0 {
		bottom++
	}
	return top, bottom
}

// signature names a header by its labels, whatever blanks, stars and line breaks are in them: a mapping that was given by
// hand for it holds for the next file that has it.
func (h *header) signature() string {
	s := sha256.New()
	for _, c := range h.columns {
		fmt.Fprintf(s, "%q%q%q\n", c.outer, c.group, c.key)
	}
	return hex.EncodeToString(s.Sum(nil))[:12]
}

// distinguish gives the columns the labels that are shown: the group's before those that stand more than once.
func (h *header) distinguish() {
	count := map[string]int{}
	for i, c := range h.columns {
		h.columns[i].label = shown(c.key)
		count[h.columns[i].label]++
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
