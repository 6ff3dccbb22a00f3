package sheet

import (
	"context"
	"fmt"
	"io"
	"iter"

	"golang.org/x/net/html"
)

// xmlBook is a workbook in Excel 2003's XML ("Office 2003 XML Reference Schemas", SpreadsheetML). The first reading
// keeps the styles and where each sheet begins; a sheet is read anew from there.
type xmlBook struct {
	text     *textFile
	limits   Limits
	infos    []Info
	at       []int64
	formats  map[string]string // number format code by style; none for General
	date1904 bool
}

func openXML2003(content io.ReaderAt, size int64, limits Limits) (Workbook, error) {
	t, err := openText(content, size, limits)
	if err != nil {
		return nil, err
	}
	b := &xmlBook{text: t, limits: limits, formats: map[string]string{}}
	x := newElements(t, 0)
	for err = x.step(); err == nil; err = x.step() {
		if err = b.note(x); err != nil {
			return nil, err
		}
	}
	switch {
	case err != io.EOF:
		return nil, err
	case x.depth() > 0:
		return nil, fmt.Errorf("%w: the XML ends too early", ErrDamaged)
	case len(b.infos) == 0:
		return nil, fmt.Errorf("%w: no sheets", ErrDamaged)
	}
	return b, nil
}

// note takes what concerns the workbook from a token.
func (b *xmlBook) note(x *elements) error {
	m := x.markup
	if m.kind == html.TextToken && x.within("worksheetoptions", "visible") && len(b.infos) > 0 {
		if state := string(m.text()); state == "SheetHidden" || state == "SheetVeryHidden" {
			b.infos[len(b.infos)-1].Hidden = true
		}
	}
	if !m.opens() {
		return nil
	}
	switch {
	case x.within("workbook", "worksheet") && len(x.open) == 2:
		if len(b.infos) >= b.limits.Parts {
			return &LimitError{fmt.Sprintf("工作表超过%d个", b.limits.Parts)}
		}
		b.infos = append(b.infos, Info{Name: sheetName(m.attr("name"), len(b.infos))})
		b.at = append(b.at, m.at)
	case x.within("styles", "style"):
		x.style = m.attr("id")
		b.setFormat(x.style, b.formats[m.attr("parent")])
	case x.within("style", "numberformat"):
		b.setFormat(x.style, formatCode(m.attr("format")))
	case x.within("excelworkbook", "date1904"):
		b.date1904 = true
	}
	if len(b.formats) > mostStyles {
		return &LimitError{fmt.Sprintf("样式超过%d种", mostStyles)}
	}
	return nil
}

func (b *xmlBook) setFormat(style, code string) {
	if code != "" {
		b.formats[style] = code
	} else {
		delete(b.formats, style)
	}
}

func (b *xmlBook) Format() Format { return SpreadsheetML }

func (b *xmlBook) Date1904() bool { return b.date1904 }

func (*xmlBook) Close() error { return nil }

func (b *xmlBook) Sheets() []Info { return b.infos }

func (b *xmlBook) Layout(i int) (Layout, error) {
	var layout Layout
	s := newXMLSheet(b, i, &layout)
	err := s.next()
	for err == nil {
		err = s.next()
	}
	if err == io.EOF {
		err = nil
	}
	return layout, err
}

func (b *xmlBook) Rows(ctx context.Context, i int) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		s, counted := newXMLSheet(b, i, nil), rowCount{limits: b.limits}
		for {
			err := ctx.Err()
			if err == nil {
				err = s.next()
			}
			if err == io.EOF {
				return
			}
			if err == nil {
				err = counted.add(s.row)
			}
			if err != nil {
				yield(Row{}, err)
				return
			}
			if len(s.row.Cells) > 0 && !yield(s.row, nil) {
				return
			}
		}
	}
}

// deepestElement bounds elements within elements; Excel goes to some ten.
const deepestElement = 100

// elements walks through XML and checks what the tokenizer does not: that each element is closed by its own end tag and
// that there is one root and no document type, which is where entities would be defined.
type elements struct {
	markup *markup
	open   []string
	style  string // the last that began
	root   bool   // seen
	alone  bool   // the element that just began is empty: closed by the next step
}

func newElements(t *textFile, at int64) *elements {
	return &elements{markup: newMarkup(t.reader(at), at, true)}
}

// step goes to the next token. While it is an end tag, its element is not open any more.
func (x *elements) step() error {
	if x.alone {
		x.open, x.alone = x.open[:len(x.open)-1], false
	}
	if err := x.markup.step(); err != nil {
		return err
	}
	m := x.markup
	switch m.kind {
	case html.DoctypeToken:
		return fmt.Errorf("%w: document type in a workbook", ErrDamaged)
	case html.StartTagToken, html.SelfClosingTagToken:
		if len(x.open) == 0 && x.root || len(x.open) >= deepestElement {
			return fmt.Errorf("%w: elements nested too deep, or more than one root", ErrDamaged)
		}
		x.open, x.root = append(x.open, m.name), true
		x.alone = m.kind == html.SelfClosingTagToken
	case html.EndTagToken:
		if len(x.open) == 0 || x.open[len(x.open)-1] != m.name {
			return fmt.Errorf("%w: end tag without its beginning", ErrDamaged)
		}
		x.open = x.open[:len(x.open)-1]
	}
	return nil
}

// depth is how many elements stay open behind the token.
func (x *elements) depth() int {
	if x.alone {
		return len(x.open) - 1
	}
	return len(x.open)
}

// within says whether the innermost open elements are these, in small letters.
func (x *elements) within(outer, inner string) bool {
	n := len(x.open)
	return n > 1 && x.open[n-2] == outer && x.open[n-1] == inner
}
