package sheet

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// ErrOdd says that a workbook is legal enough to be read but not built in a way that can be edited without risk.
var ErrOdd = errors.New("workbook too odd to edit")

func odd(what string) error { return fmt.Errorf("%w: %s", ErrOdd, what) }

// Level is how grave a finding is.
type Level uint8

// Levels.
const (
	MustFix     Level = iota // blocks
	PleaseCheck              // needs a word from the clerk
	Handled                  // done and noted: listed, but its cell is not marked
)

// String is the word that goes with the colour.
func (l Level) String() string {
	return [...]string{"必须改", "请核对", "已处理"}[min(l, Handled)]
}

// Finding is one line of a list. Value is the original value as it may be shown: masked by the caller.
type Finding struct {
	Rule                string
	Level               Level
	Sheet, Cell         string // A1 style; Cell is empty for a whole sheet, both for the file
	Value, Message, Fix string
}

// List is what a check found.
type List struct {
	Summary  [][2]string // label and value: the first sheet of a report
	Notes    []string    // sentences above the findings
	Findings []Finding
}

// Annotate writes the workbook with the faulty cells coloured and commented and a last sheet that lists all findings.
// A copy of ours that comes back loses the marks of what was mended. Everything else stays as it is: parts that need no change are copied byte for byte, and in a sheet nothing changes but
// the marked cells' formats. It goes through no spreadsheet library on purpose: those drop what they do not know.
//
// A mark on a merged cell goes to the merge's left top cell, which is the one that shows. A finding in a sheet that does
// not exist is listed only. ErrOdd, ErrDamaged and a LimitError come before the first byte is written.
func Annotate(w io.Writer, content io.ReaderAt, size int64, list List) error {
	return annotate(w, content, size, spotsOf(list.Findings), list)
}

func annotate(w io.Writer, content io.ReaderAt, size int64, spots map[string][]spot, list List) error {
	p, err := openPack(content, size, DefaultLimits)
	if err != nil {
		return err
	}
	b, err := p.workbook()
	if err != nil {
		return err
	}
	style, err := b.styles()
	if err != nil {
		return err
	}
	again := slices.ContainsFunc(b.sheets, func(s editSheet) bool { return s.name == ListSheet })
	marked := map[string]bool{}
	for _, s := range b.sheets {
		if these := spots[s.name]; (len(these) > 0 || again) && s.name != ListSheet && !marked[s.part] {
			marked[s.part] = true
			if err := b.mark(s.part, these, style, again); err != nil {
				return err
			}
		}
	}
	if err := b.addList(list, style.list()); err != nil {
		return err
	}
	p.put(b.styleFile, style.bytes())
	return p.flush(w)
}

// mark paints and comments one sheet. again says that the workbook is a copy of ours that the clerk mended and sent: then
// what the earlier check left and is no longer wrong loses its colour, and its comment says so.
func (p *editBook) mark(part string, spots []spot, style *stylist, again bool) error {
	from, err := p.open(part)
	if err != nil {
		return err
	}
	s, err := look(from, spots, DefaultLimits)
	from.Close()
	if err != nil {
		return err
	}
	spots = gathered(spots, s.merges)
	id, err := p.comment(part, spots, s.legacy, p.space)
	if err != nil {
		return err
	}
	return p.rewrite(part, func(w io.Writer) error {
		from, err := p.open(part)
		if err != nil {
			return err
		}
		defer from.Close()
		paint := painter{out: bufio.NewWriterSize(w, 64<<10), spots: spots, paint: style.mark}
		if again {
			paint.clean = style.cleaned
		}
		if id != "" {
			paint.drawing = func(prefix string) string {
				return fmt.Sprintf(`<%slegacyDrawing xmlns:r="%s" r:id="%s"/>`, prefix, p.space.rels, id)
			}
		}
		return paint.run(from)
	})
}

// spotsOf turns findings into places to mark, by sheet and in order.
func spotsOf(findings []Finding) map[string][]spot {
	spots := map[string][]spot{}
	for _, f := range findings {
		col, row, ok := parseA1(f.Cell)
		if !ok || f.Level >= Handled {
			continue
		}
		text := f.Rule + " " + f.Level.String() + "：" + f.Message
		if f.Fix != "" {
			text += "\n改法：" + f.Fix
		}
		spots[f.Sheet] = append(spots[f.Sheet], spot{row, col, f.Level == MustFix, text})
	}
	for name, s := range spots {
		spots[name] = gathered(s, nil)
	}
	return spots
}

// maxTold bounds one comment; the sheet at the end has them all.
const maxTold = 4000

// gathered moves spots to the corner of their merge, joins those of one cell and sorts them.
func gathered(spots []spot, merges []Merge) []spot {
	moved := slices.Clone(spots)
	for _, m := range merges {
		i, _ := slices.BinarySearchFunc(spots, m.Top, func(s spot, row int) int { return cmp.Compare(s.row, row) })
		for ; i < len(spots) && spots[i].row <= m.Bottom; i++ {
			if spots[i].col >= m.Left && spots[i].col <= m.Right {
				moved[i].row, moved[i].col = m.Top, m.Left
			}
		}
	}
	slices.SortStableFunc(moved, func(a, b spot) int { return cmp.Or(cmp.Compare(a.row, b.row), cmp.Compare(a.col, b.col)) })
	var out []spot
	for _, s := range moved {
		last := len(out) - 1
		if last < 0 || out[last].row != s.row || out[last].col != s.col {
			out = append(out, s)
			continue
		}
		out[last].severe = out[last].severe || s.severe
		if len(out[last].text) < maxTold && !strings.Contains(out[last].text, s.text) {
			out[last].text += "\n" + s.text
		}
	}
	return out
}
