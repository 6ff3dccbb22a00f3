package sheet

import (
	"bytes"
	"fmt"
	"io"
	"slices"

	"golang.org/x/net/html"
)

// deepestTable bounds tables within tables.
const deepestTable = 64

// htmlWalk goes through a page from a place on and fills the grids of its tables. Closing tags that authors leave out are
// implied as the HTML standard implies them; no tree is built.
type htmlWalk struct {
	page   *htmlPage
	markup *markup
	open   []*htmlGrid // innermost last
	number int         // of the next table to begin
	only   int         // the table whose rows are wanted; -1 in the first reading, which wants them all
	mute   string      // element whose text is not shown

	rowed  func(*htmlGrid) error
	ended  func(*htmlGrid) error
	merged func(Merge) error

	sheetName string // that Excel gave
	frames    bool   // the tables are in other files
	begun     bool   // <html> seen
	closed    bool   // </body> or </html> seen
}

func newHTMLWalk(p *htmlPage, at int64, number int) *htmlWalk {
	return &htmlWalk{
		page: p, markup: newMarkup(p.text.reader(at), at, false), number: number, only: -1,
		rowed: func(*htmlGrid) error { return nil }, merged: func(Merge) error { return nil },
	}
}

// cut says whether the page broke off: what is lost might be rows.
func (w *htmlWalk) cut() bool {
	return !w.closed && (w.begun || len(w.open) > 0 || w.markup.torn) || w.mute != ""
}

func (w *htmlWalk) run() error {
	for {
		err := w.markup.step()
		if err == nil {
			err = w.token()
		}
		for err == io.EOF && len(w.open) > 0 && w.closed {
			if err = w.endTable(); err == nil {
				err = io.EOF
			}
		}
		if err == io.EOF || err == errStop {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func (w *htmlWalk) token() error {
	m := w.markup
	switch {
	case m.kind == html.TextToken && w.mute == "style" && w.only < 0:
		w.page.styles.read(string(m.text()))
	case m.kind == html.TextToken && w.mute == "":
		return w.say(m.text())
	case m.kind == html.CommentToken && w.only < 0:
		w.comment(m.text())
	case m.kind == html.EndTagToken && m.name == w.mute:
		w.mute = ""
	case w.mute != "":
	case m.kind == html.EndTagToken:
		return w.end(m.name)
	case m.opens():
		return w.start(m.name)
	}
	return nil
}

// comment looks at what Excel keeps in a conditional comment.
func (w *htmlWalk) comment(c []byte) {
	if bytes.Contains(c, []byte("<x:WorksheetSource")) {
		w.frames = true
	}
	if _, after, ok := bytes.Cut(c, []byte("<x:Name>")); ok && w.sheetName == "" {
		name, _, _ := bytes.Cut(after, []byte("</x:Name>"))
		w.sheetName = html.UnescapeString(string(name))
	}
}

// top is the innermost table; nil outside of tables.
func (w *htmlWalk) top() *htmlGrid {
	if len(w.open) == 0 {
		return nil
	}
	return w.open[len(w.open)-1]
}

// owner is the table that text belongs to: the innermost that is a sheet. The first reading does not know yet.
func (w *htmlWalk) owner() *htmlGrid {
	for i := len(w.open) - 1; i >= 0 && w.only >= 0; i-- {
		if i == 0 || w.page.isSheet(w.open[i].number) {
			return w.open[i]
		}
	}
	return w.top()
}

func (w *htmlWalk) say(text []byte) error {
	switch g := w.owner(); {
	case g == nil:
	case g.inCaption:
		return g.caption.write(text)
	case g.inCell:
		return g.text.write(text)
	}
	return nil
}

// gap parts what stands on both sides of a tag.
func (w *htmlWalk) gap(with htmlGap) {
	switch g := w.owner(); {
	case g == nil:
	case g.inCaption:
		g.caption.part(with)
	case g.inCell:
		g.text.part(with)
	}
}

func (w *htmlWalk) start(name string) error {
	g := w.top()
	switch name {
	case "script", "style", "textarea", "select", "title", "noscript", "template":
		if w.markup.kind == html.StartTagToken {
			w.mute = name
		}
	case "html":
		w.begun = true
	case "frameset":
		w.frames = true
	case "table":
		return w.startTable()
	case "br":
		w.gap(gapLine)
	case "p", "div", "li", "h1", "h2", "h3", "h4", "h5", "h6":
		w.gap(gapBlock)
	}
	if g == nil {
		return nil
	}
	switch name {
	case "caption":
		g.inCaption = true
	case "col":
		g.column(w.markup, w.page.styles)
	case "thead", "tbody", "tfoot":
		err := w.endRow(g)
		g.sectionHidden = w.hidden()
		return err
	case "tr":
		if err := w.endRow(g); err != nil {
			return err
		}
		g.startRow(w.hidden())
	case "td", "th":
		return w.startCell(g)
	}
	return nil
}

func (w *htmlWalk) hidden() bool {
	_, attribute := w.markup.lookup("hidden")
	return attribute || w.page.styles.of(w.markup).hidden
}

func (w *htmlWalk) end(name string) error {
	g := w.top()
	switch name {
	case "body", "html":
		w.closed = true
	case "p", "div", "li", "h1", "h2", "h3", "h4", "h5", "h6":
		w.gap(gapBlock)
	}
	if g == nil {
		return nil
	}
	switch name {
	case "caption":
		g.inCaption = false
	case "td", "th":
		return w.endCell(g)
	case "tr":
		return w.endRow(g)
	case "thead", "tbody", "tfoot":
		g.sectionHidden = false
		return w.endRow(g)
	case "table":
		return w.endTable()
	}
	return nil
}

func (w *htmlWalk) startTable() error {
	if len(w.open) >= deepestTable {
		return &LimitError{fmt.Sprintf("表格嵌套超过%d层", deepestTable)}
	}
	if w.number >= w.page.limits.Parts {
		return &LimitError{fmt.Sprintf("网页内有%d个以上的表格", w.page.limits.Parts)}
	}
	w.gap(gapSpace)
	_, allText := w.markup.lookup("x:str")
	w.open = append(w.open, &htmlGrid{number: w.number, at: w.markup.at, hidden: w.hidden(), allText: allText})
	w.number++
	return nil
}

func (w *htmlWalk) endTable() error {
	g := w.top()
	err := w.endRow(g)
	w.open = slices.Delete(w.open, len(w.open)-1, len(w.open))
	if outer := w.top(); outer != nil && g.filled == 1 {
		outer.enclosed = outer.inCell || outer.enclosed // a table of one row is part of its cell
	}
	w.gap(gapSpace)
	if err == nil {
		err = w.ended(g)
	}
	return err
}

func (w *htmlWalk) startCell(g *htmlGrid) error {
	if err := w.endCell(g); err != nil {
		return err
	}
	if !g.inRow {
		g.startRow(false)
	}
	w.gap(gapSpace) // between the cells of a table that is no sheet
	merge, err := g.place(spanOf(w.markup.attr("colspan"), 1000), spanOf(w.markup.attr("rowspan"), 65534))
	if err != nil {
		return err
	}
	g.value = newHTMLValue(w.markup, w.page.styles, g.allText)
	if w.wanted(g) && (merge.Right > merge.Left || merge.Bottom > merge.Top) {
		return w.merged(merge)
	}
	return nil
}

func (w *htmlWalk) endCell(g *htmlGrid) error {
	if !g.inCell {
		return nil
	}
	g.inCell = false
	c := g.value.cell(g.text.String())
	c.Row, c.Col = g.row.Number, g.left
	switch {
	case c.Kind == Empty && !c.Formula && !g.enclosed:
	case g.left > w.page.limits.Columns:
		return &LimitError{fmt.Sprintf("内容超过%d列", w.page.limits.Columns)}
	default:
		g.row.Cells = append(g.row.Cells, c)
	}
	g.enclosed = false
	return nil
}

func (w *htmlWalk) endRow(g *htmlGrid) error {
	if !g.inRow {
		return nil
	}
	if err := w.endCell(g); err != nil {
		return err
	}
	g.inRow = false
	if len(g.row.Cells) > 0 {
		g.filled++
	}
	if w.wanted(g) {
		return w.rowed(g)
	}
	return nil
}

// wanted says whether the rows of this table are asked for.
func (w *htmlWalk) wanted(g *htmlGrid) bool { return w.only < 0 || w.only == g.number }
