package sheet

import (
	"bytes"
	"fmt"
	"io"
	"sort"
)

// survey is what must be known of a sheet's XML before its rows are gone through again.
type survey struct {
	legacy string  // relationship of the drawing that holds the boxes of comments; empty when there is none
	merges []Merge // those that hold a spot
}

// look goes once through a sheet's XML, past its rows without looking at them: merges stand behind them
// (CT_Worksheet, ECMA-376 18.3.1.99).
func look(from io.Reader, spots []spot, limits Limits) (s survey, err error) {
	l, merges := newLexer(from), 0
	for {
		token, err := l.next()
		if err == io.EOF {
			return s, nil
		}
		if err != nil {
			return s, err
		}
		t := turnOf(token)
		if t != opens && t != empty {
			continue
		}
		switch _, local := nameOf(token); string(local) {
		case "sheetData":
			if t == opens {
				if err := l.skip("sheetData>"); err != nil {
					return s, err
				}
			}
		case "legacyDrawing":
			if a, b, ok := findAttr(token, "id", true); ok {
				s.legacy = string(token[a:b])
			}
		case "mergeCell":
			if merges++; merges > limits.Merges {
				return s, &LimitError{fmt.Sprintf("合并单元格超过%d处", limits.Merges)}
			}
			if m, ok := mergeOf(attrOf(token, "ref")); ok && m.holds(spots) {
				s.merges = append(s.merges, m)
			}
		}
	}
}

func mergeOf(ref string) (Merge, bool) {
	from, to, ok := bytes.Cut(bytes.ReplaceAll([]byte(ref), []byte("$"), nil), []byte(":"))
	left, top, ok1 := parseA1(string(from))
	right, bottom, ok2 := parseA1(string(to))
	return Merge{min(top, bottom), min(left, right), max(top, bottom), max(left, right)}, ok && ok1 && ok2
}

// holds says whether any of the spots, which are sorted, lies in the merge.
func (m Merge) holds(spots []spot) bool {
	i := sort.Search(len(spots), func(i int) bool { return spots[i].row >= m.Top })
	for ; i < len(spots) && spots[i].row <= m.Bottom; i++ {
		if spots[i].col >= m.Left && spots[i].col <= m.Right {
			return true
		}
	}
	return false
}
