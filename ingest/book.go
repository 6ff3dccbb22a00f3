package ingest

import (
	"slices"
	"strconv"
	"strings"

	"mingbai/ingest/sheet"
)

// read goes through a workbook's sheets.
func (k *check) read(book sheet.Workbook) error {
	k.date1904 = book.Date1904()
	if err := k.settleKind(book); err != nil {
		return err
	}
	for _, info := range book.Sheets() {
		if !info.Hidden && info.Name != sheet.ListSheet {
			k.visible++
		}
	}
	var headless []at // visible sheets that hold something but no header
	tables := 0
	for i, info := range book.Sheets() {
		here := at{index: i + 1, sheet: info.Name}
		if info.Name == sheet.ListSheet { // ours, in an annotated copy that comes back mended
			continue
		}
		if info.Hidden {
			if err := k.hiddenSheet(book, i, here); err != nil {
				return err
			}
			continue
		}
		found, what, err := k.sheet(book, i, here)
		switch {
		case err != nil:
			return err
		case found:
			tables++
		case what == tabular:
			k.found.add(here, "HDR-01")
		case what == prose:
			headless = append(headless, here)
		}
	}
	left, err := k.summaries(book, tables > 0)
	if err != nil {
		return err
	}
	tables += left
	if tables == 0 && !k.found.has("HDR-01") {
		for _, here := range headless {
			k.found.add(here, "HDR-01")
		}
	}
	if k.line == 0 && !k.found.has("HDR-01") {
		k.found.add(at{}, "SHT-03")
	}
	for _, look := range looks.file {
		look(k)
	}
	return nil
}

// summaries leaves out the sheets that name nobody or are called a summary (SHT-06), or, where no other sheet does, says
// what they lack. It answers how many tables they were.
func (k *check) summaries(book sheet.Workbook, left bool) (int, error) {
	for _, t := range k.nameless {
		switch {
		case left:
			k.found.add(at{index: t.index, sheet: t.out.Name}, "SHT-06", "s", t.out.Name)
		case t.namesNobody():
			t.settle()
			k.report.Sheets[t.slot] = *t.out
		default: // the only table of the file, whatever it is called
			out, err := k.reread(book, t)
			if err != nil {
				return 0, err
			}
			k.report.Sheets[t.slot] = *out
		}
	}
	if left {
		return 0, nil
	}
	return len(k.nameless), nil
}

func (k *check) reread(book sheet.Workbook, was *table) (*Sheet, error) {
	i := was.index - 1
	layout, err := book.Layout(i)
	if err != nil {
		return nil, err
	}
	p := &pass{check: k, here: at{index: was.index, sheet: was.out.Name}, layout: layout, out: newSheet(was.out.Name, "visible"), whole: true}
	if err := p.run(book, i); err != nil {
		return nil, err
	}
	p.t.finish()
	return &p.out, nil
}

// hiddenSheet counts the rows of a sheet that is not imported (SHT-01).
func (k *check) hiddenSheet(book sheet.Workbook, i int, here at) error {
	n := 0
	for r, err := range book.Rows(k.ctx, i) {
		if err != nil {
			return err
		}
		if slices.ContainsFunc(r.Cells, func(c sheet.Cell) bool {
			return c.Kind != sheet.Text && !c.Blank() || c.Kind == sheet.Text && !invisible(c.Text)
		}) {
			n++
		}
	}
	if n > 0 {
		k.found.add(here, "SHT-01", "s", shown(here.sheet), "n", strconv.Itoa(n))
		k.report.Sheets = append(k.report.Sheets, newSheet(here.sheet, "hidden"))
	}
	return nil
}

// look is what a sheet without a header looks like.
type look uint8

const (
	nothing look = iota
	prose        // a cover or a page of instructions: no row of three cells
	tabular
)

// pass is one way through a sheet's rows.
type pass struct {
	*check
	here   at
	layout sheet.Layout
	out    Sheet
	whole  bool        // read the rows even of what is called a summary
	first  []sheet.Row // kept until there are enough to find the header in
	t      *table
}

// sheet reads a visible sheet. found says whether it has a header.
func (k *check) sheet(book sheet.Workbook, i int, here at) (found bool, what look, err error) {
	layout, err := book.Layout(i)
	if err != nil {
		return false, nothing, err
	}
	p := &pass{check: k, here: here, layout: layout, out: newSheet(here.sheet, "visible")}
	if err := p.run(book, i); err != nil {
		return false, nothing, err
	}
	what = looksLike(p.first)
	summary := p.t != nil && p.t.summary()
	switch {
	case summary:
		what = nothing
		p.t.slot = len(k.report.Sheets)
		k.nameless = append(k.nameless, p.t)
	case p.t != nil:
		p.t.finish()
	}
	if p.t != nil || what != nothing {
		k.report.Sheets = append(k.report.Sheets, p.out)
	}
	return p.t != nil && !summary, what, nil
}

func (p *pass) run(book sheet.Workbook, i int) error {
	for r, err := range book.Rows(p.ctx, i) {
		if err != nil {
			return err
		}
		if p.t == nil && r.Number <= headerDepth+headerHeight {
			p.first = append(p.first, keep(r))
			continue
		}
		if p.t == nil {
			if err := p.start(); err != nil {
				return err
			}
			if p.t == nil || p.t.summary() && !p.whole {
				return nil
			}
			p.first = nil
		}
		if err := p.t.row(r); err != nil {
			return err
		}
	}
	if p.t == nil {
		return p.start()
	}
	return nil
}

// start finds the header and reads the kept rows under it. There is no table when there is no header.
func (p *pass) start() error {
	t, ok := p.begin(p.here.index, &p.out, p.first, p.layout)
	if !ok {
		return nil
	}
	p.t = t
	if t.summary() && !p.whole {
		return nil // whether that is a fault, the other sheets tell
	}
	t.settle()
	for _, r := range p.first {
		if r.Number > t.header.bottom {
			if err := t.row(r); err != nil {
				return err
			}
		}
	}
	return nil
}

func newSheet(name, state string) Sheet {
	return Sheet{Name: name, State: state, HeaderRows: []int{}, Columns: []Column{}}
}

func looksLike(rows []sheet.Row) look {
	what := nothing
	for _, r := range rows {
		what = max(what, prose)
		if len(r.Cells) >= 3 {
			what = tabular
		}
	}
	return what
}

// summary says whether a sheet is about no person or body of its own: it names nobody, or is called a summary.
func (t *table) summary() bool {
	if t.namesNobody() {
		return true
	}
	return t.report.Kind != "subsidy" && isSummaryName(t.out.Name)
}

func isSummaryName(name string) bool {
	return strings.Contains(name, "汇总") || compact(name) == "总表" || compact(name) == "合计"
}

// finish says what is said once per column, and looks at the sheet as a whole.
func (t *table) finish() {
	for key, a := range t.alike {
		id := key[:len("CEL-04")]
		message := a.place() + a.label + "已规范化"
		if id == "CEL-07" {
			message = a.place() + a.label + "末尾的计算误差已取整到分"
		}
		t.found.say(a.first, id, "I", message)
	}
	for _, look := range looks.end {
		look(t)
	}
	t.next = t.from + uint32(t.lastRow) + 1
}
