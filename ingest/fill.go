package ingest

import (
	"slices"
	"strconv"

	"mingbai/ingest/sheet"
)

// filler carries the value of a cell that is merged over several rows down to the rows it covers. Amounts are left out:
// one payment merged over three rows is not three payments, and the empty rows then ask for a decision (ROW-04).
type filler struct {
	merges map[int][]sheet.Merge // by column, ascending; only those of more than one row
	value  map[int]sheet.Cell    // by column: of the merge that the last row lies in
}

func newFiller(merges []sheet.Merge, below int) *filler {
	f := &filler{merges: map[int][]sheet.Merge{}, value: map[int]sheet.Cell{}}
	for _, m := range merges {
		if m.Bottom > m.Top && m.Top > below {
			f.merges[m.Left] = append(f.merges[m.Left], m)
		}
	}
	for _, list := range f.merges {
		slices.SortFunc(list, func(a, b sheet.Merge) int { return a.Top - b.Top })
	}
	return f
}

// at gives the merge that a column's row lies in. Rows must be asked for in ascending order.
func (f *filler) at(col, row int) (m sheet.Merge, ok bool) {
	list := f.merges[col]
	for len(list) > 0 && list[0].Bottom < row {
		list = list[1:]
		delete(f.value, col)
	}
	f.merges[col] = list
	if len(list) == 0 || list[0].Top > row {
		return sheet.Merge{}, false
	}
	return list[0], true
}

// fillDown completes a row's cells from merges above it, and says each merge once (ROW-06).
func (t *table) fillDown(row int) {
	if len(t.fill.merges) == 0 {
		return
	}
	for _, c := range t.order {
		field := c.field
		if len(t.fill.merges[c.col]) == 0 || sorts[field] == asMoney || sorts[field] == asCount {
			continue
		}
		m, ok := t.fill.at(c.col, row)
		if !ok {
			continue
		}
		if own := t.cells[c.col]; !own.Blank() {
			if row != m.Top {
				continue // a value under a merge is not the file's way; it stands for itself
			}
			t.fill.value[c.col] = own
			t.found.add(t.at(c.col, row), "ROW-06", "a", strconv.Itoa(m.Top), "b", strconv.Itoa(m.Bottom),
				"c", c.label, "v", openValue(field, own))
			continue
		}
		if value, ok := t.fill.value[c.col]; ok && row > m.Top {
			t.cells[c.col] = value
		}
	}
}

// openValue is a value for a message: what is about a person is not told.
func openValue(field string, c sheet.Cell) string {
	switch field {
	case "town", "village", "group", "standard", "area_mu", "persons", "quantity", "unit_name", "document", "project_name", "place", "level":
		return shown(c.Text)
	}
	return "（略）"
}
