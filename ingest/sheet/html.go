package sheet

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strconv"
	"strings"
)

// htmlPage is a web page saved as .xls. Each of its tables with two rows or more is a sheet; tables with less only arrange
// the page, or a cell, and count as part of what they stand in. The page is read anew for each sheet, from where the
// sheet begins, so that nothing of it need be kept.
type htmlPage struct {
	text   *textFile
	limits Limits
	styles cssClasses
	sheets []htmlTable
}

// htmlTable is what the first reading keeps of a table.
type htmlTable struct {
	Info
	number int   // among all tables of the page, by their beginning
	at     int64 // where it begins in the decoded text
	rows   int   // with content
}

var errStop = errors.New("enough") // ends a walk; never gets out

func openHTML(content io.ReaderAt, size int64, limits Limits) (Workbook, error) {
	t, err := openText(content, size, limits)
	if err != nil {
		return nil, err
	}
	if err := refuseForeign(t); err != nil {
		return nil, err
	}
	p := &htmlPage{text: t, limits: limits, styles: cssClasses{}}
	w := newHTMLWalk(p, 0, 0)
	var all []htmlTable
	w.ended = func(g *htmlGrid) error {
		all = append(all, htmlTable{Info{g.caption.String(), g.hidden}, g.number, g.at, g.filled})
		return nil
	}
	if err := w.run(); err != nil {
		return nil, err
	}
	if w.cut() {
		return nil, fmt.Errorf("%w: the page ends within a table", ErrDamaged)
	}
	p.choose(all, w.sheetName)
	switch {
	case len(p.sheets) > 0:
		return p, nil
	case w.frames:
		return nil, &FormatError{Frames}
	}
	return nil, &FormatError{HTML}
}

// refuseForeign looks for a charset that GB18030 would turn into wrong characters without complaint. Other declarations
// are not trusted: pages saved from the web say gb2312 over UTF-8, and ISO-8859-1 over anything.
func refuseForeign(t *textFile) error {
	head := make([]byte, 4<<10)
	n, err := io.ReadFull(t.reader(0), head)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return err
	}
	_, charset, _ := strings.Cut(strings.ToLower(string(head[:n])), "charset=")
	charset = strings.TrimLeft(charset, `"' `)
	for _, foreign := range []string{"big5", "shift_jis", "euc-"} {
		if t.encoding != nil && strings.HasPrefix(charset, foreign) {
			return &TextError{1}
		}
	}
	return nil
}

// choose makes sheets of tables, by their beginning. A page that Excel wrote tells its only sheet's name in a comment.
func (p *htmlPage) choose(all []htmlTable, name string) {
	byNumber := make([]*htmlTable, len(all))
	for i := range all {
		byNumber[all[i].number] = &all[i]
	}
	taken := map[string]bool{}
	for _, t := range byNumber {
		if t != nil && t.rows >= 2 {
			t.Name = sheetName(t.Name, len(p.sheets))
			if taken[t.Name] {
				t.Name = sheetName("", len(p.sheets))
			}
			taken[t.Name] = true
			p.sheets = append(p.sheets, *t)
		}
	}
	if len(p.sheets) == 1 && name != "" {
		p.sheets[0].Name = sheetName(name, 0)
	}
}

// sheetName makes a name on one line that can be shown and stored; 表1 and so on where there is none.
func sheetName(name string, i int) string {
	name = strings.Join(strings.Fields(name), " ")
	if name == "" || !recognised(name) {
		return "表" + strconv.Itoa(i+1)
	}
	if runes := []rune(name); len(runes) > 100 {
		name = string(runes[:100])
	}
	return name
}

func (p *htmlPage) Format() Format { return HTML }

func (p *htmlPage) Date1904() bool { return false }

func (*htmlPage) Close() error { return nil }

func (p *htmlPage) Sheets() []Info {
	infos := make([]Info, len(p.sheets))
	for i, s := range p.sheets {
		infos[i] = s.Info
	}
	return infos
}

// isSheet says whether the numbered table is a sheet of its own.
func (p *htmlPage) isSheet(number int) bool {
	_, found := slices.BinarySearchFunc(p.sheets, number, func(t htmlTable, n int) int { return cmp.Compare(t.number, n) })
	return found
}

func (p *htmlPage) Layout(i int) (Layout, error) {
	var layout Layout
	w := p.walk(i)
	w.merged = func(m Merge) error {
		if len(layout.Merges) >= p.limits.Merges {
			return &LimitError{fmt.Sprintf("合并单元格超过%d处", p.limits.Merges)}
		}
		layout.Merges = append(layout.Merges, m)
		return nil
	}
	rows := 0
	w.ended = func(g *htmlGrid) error {
		if g.number != p.sheets[i].number {
			return nil
		}
		rows, layout.HiddenColumns = g.row.Number, g.hiddenColumns
		return errStop
	}
	err := w.run()
	for i := range layout.Merges {
		layout.Merges[i].Bottom = min(layout.Merges[i].Bottom, rows)
	}
	return layout, err
}

func (p *htmlPage) Rows(ctx context.Context, i int) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		w, counted := p.walk(i), rowCount{limits: p.limits}
		w.rowed = func(g *htmlGrid) error {
			err := ctx.Err()
			if err == nil {
				err = counted.add(g.row)
			}
			for _, c := range g.row.Cells {
				if err == nil && !recognised(c.Text) {
					err = &TextError{g.row.Number}
				}
			}
			if err == nil && len(g.row.Cells) > 0 && !yield(g.row, nil) {
				err = errStop
			}
			return err
		}
		w.ended = func(g *htmlGrid) error {
			if g.number == p.sheets[i].number {
				return errStop
			}
			return nil
		}
		if err := w.run(); err != nil {
			yield(Row{}, err)
		}
	}
}

// walk begins at a sheet's table.
func (p *htmlPage) walk(i int) *htmlWalk {
	s := p.sheets[i]
	w := newHTMLWalk(p, s.at, s.number)
	w.only = s.number
	return w
}
