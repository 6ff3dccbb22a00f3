package sheet

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

const (
	maxRows    = 1 << 20
	maxColumns = 1 << 14
)

// Layout passes once over the sheet: columns stand before the rows and merges behind them, and a deflated part cannot be
// read from its end. The rows themselves are leapt over.
func (b *book) Layout(i int) (Layout, error) {
	p, err := b.open(context.Background(), b.paths[i])
	if err != nil {
		return Layout{}, err
	}
	defer p.Close()
	var l Layout
	if err := p.root(); err != nil {
		return l, damaged(p.path, err)
	}
	err = p.each(func() error {
		switch string(p.name) {
		case "cols":
			return p.each(func() error { return l.addColumns(p) })
		case "sheetData":
			return p.leap()
		case "mergeCells":
			return p.each(func() error { return l.addMerge(p, b.limits.Merges) })
		}
		return nil
	})
	if err != nil {
		return Layout{}, damaged(p.path, err)
	}
	return l, p.finish()
}

// addColumns takes one col element (ECMA-376 part 1, 18.3.1.13). A column of no width is as hidden as a hidden one.
func (l *Layout) addColumns(p *part) error {
	first, err1 := p.number("min")
	last, err2 := p.number("max")
	hidden, err3 := p.flag("hidden")
	width, err4 := p.attr("width")
	if err := errors.Join(err1, err2, err3, err4); err != nil {
		return err
	}
	if !hidden && !zero(width) {
		return nil
	}
	if first < 1 || last < first || len(l.HiddenColumns) == maxColumns {
		return errors.New("columns")
	}
	l.HiddenColumns = append(l.HiddenColumns, Span{first, min(last, maxColumns)})
	return nil
}

func (l *Layout) addMerge(p *part, limit int) error {
	ref, err := p.attr("ref")
	if err != nil || string(p.name) != "mergeCell" {
		return err
	}
	m, ok := parseMerge(ref)
	if !ok {
		return errors.New("merged cells")
	}
	if l.Merges = append(l.Merges, m); len(l.Merges) > limit {
		return &LimitError{fmt.Sprintf("合并单元格超过%d处", limit)}
	}
	return nil
}

// parseMerge reads A1:C1, or A1 for an area of one cell.
func parseMerge(ref string) (Merge, bool) {
	from, to, ok := strings.Cut(strings.ReplaceAll(ref, "$", ""), ":")
	if !ok {
		to = from
	}
	left, top, ok1 := parseA1(from)
	right, bottom, ok2 := parseA1(to)
	return Merge{min(top, bottom), min(left, right), max(top, bottom), max(left, right)}, ok1 && ok2
}

// zero says whether a measure is given and nothing: 0, 0.0.
func zero(measure string) bool { return measure != "" && strings.Trim(measure, "0.") == "" }
