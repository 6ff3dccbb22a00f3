package sheet

import (
	"archive/zip"
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// Copy writes an .xlsx of a workbook's content, with the same marks as Annotate: for sources that are no .xlsx, and for
// an .xlsx that Annotate calls odd. Values, their types and number formats, merges and what is hidden come along; fonts,
// borders and widths, which a Workbook does not tell, do not.
func Copy(ctx context.Context, w io.Writer, wb Workbook, list List) error {
	var plain bytes.Buffer
	if err := writePlain(ctx, &plain, wb); err != nil {
		return err
	}
	spots := spotsOf(list.Findings)
	for i, name := range sheetNames(wb) { // a name that xlsx does not allow was changed
		if old := wb.Sheets()[i].Name; old != name {
			spots[name] = spots[old]
		}
	}
	return annotate(w, bytes.NewReader(plain.Bytes()), int64(plain.Len()), spots, list)
}

// sheetNames gives names as Excel allows them: 1 to 31 characters, none of []:*?/\, and each once.
func sheetNames(wb Workbook) []string {
	used, out := map[string]bool{strings.ToLower(ListSheet): true}, []string(nil)
	for i, info := range wb.Sheets() {
		name := strings.Map(func(r rune) rune {
			if strings.ContainsRune(`[]:*?/\`, r) || r < ' ' {
				return '_'
			}
			return r
		}, strings.Trim(info.Name, "'"))
		if r := []rune(name); len(r) > 31 {
			name = string(r[:31])
		}
		for n := i + 1; name == "" || used[strings.ToLower(name)]; n++ {
			name = "工作表" + strconv.Itoa(n)
		}
		used[strings.ToLower(name)] = true
		out = append(out, name)
	}
	return out
}

// plainBook writes a workbook of nothing but content.
type plainBook struct {
	ctx     context.Context
	zip     *zip.Writer
	wb      Workbook
	formats []string // number format by style; style 0 is General
}

func writePlain(ctx context.Context, w io.Writer, wb Workbook) error {
	p := &plainBook{ctx: ctx, zip: zip.NewWriter(w), wb: wb, formats: []string{""}}
	types, rels, sheets := "", "", ""
	var bodies []string
	for i, name := range sheetNames(wb) {
		part := fmt.Sprintf("worksheets/sheet%d.xml", i+1)
		bodies = append(bodies, "xl/"+part)
		state := ""
		if wb.Sheets()[i].Hidden {
			state = ` state="hidden"`
		}
		types += fmt.Sprintf(`<Override PartName="/xl/%s" ContentType="%s"/>`, part, sheetType)
		rels += fmt.Sprintf(`<Relationship Id="rId%d" Type="%s/worksheet" Target="%s"/>`, i+1, transitional.rels, part)
		sheets += fmt.Sprintf(`<sheet name="%s" sheetId="%d"%s r:id="rId%d"/>`, escaped(name), i+1, state, i+1)
	}
	properties := ""
	if wb.Date1904() {
		properties = `<workbookPr date1904="1"/>`
	}
	const pkg = "http://schemas.openxmlformats.org/package/2006/"
	parts := [][2]string{
		{"[Content_Types].xml", `<Types xmlns="` + pkg + `content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
			`<Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>` +
			`<Override PartName="/xl/styles.xml" ContentType="` + styleType + `"/>` + types + `</Types>`},
		{"_rels/.rels", `<Relationships xmlns="` + pkg + `relationships"><Relationship Id="rId1" Type="` + transitional.rels + `/officeDocument" Target="xl/workbook.xml"/></Relationships>`},
		{"xl/workbook.xml", `<workbook xmlns="` + transitional.main + `" xmlns:r="` + transitional.rels + `">` + properties + `<sheets>` + sheets + `</sheets></workbook>`},
		{"xl/_rels/workbook.xml.rels", `<Relationships xmlns="` + pkg + `relationships">` + rels +
			fmt.Sprintf(`<Relationship Id="rId%d" Type="%s/styles" Target="styles.xml"/></Relationships>`, len(bodies)+1, transitional.rels)},
	}
	for _, part := range parts {
		if err := p.part(part[0], func(w *bufio.Writer) error { _, err := w.WriteString(part[1]); return err }); err != nil {
			return err
		}
	}
	for i, name := range bodies {
		if err := p.part(name, func(w *bufio.Writer) error { return p.sheet(w, i) }); err != nil {
			return err
		}
	}
	// The styles come last: which number formats there are is known after the cells.
	if err := p.part("xl/styles.xml", p.styles); err != nil {
		return err
	}
	return p.zip.Close()
}

func (p *plainBook) part(name string, write func(*bufio.Writer) error) error {
	w, err := p.zip.Create(name)
	if err != nil {
		return err
	}
	b := bufio.NewWriterSize(w, 64<<10)
	b.WriteString(xmlHead)
	if err := write(b); err != nil {
		return err
	}
	return b.Flush()
}

func (p *plainBook) sheet(w *bufio.Writer, i int) error {
	layout, err := p.wb.Layout(i)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, `<worksheet xmlns="%s">`, transitional.main)
	var cols strings.Builder
	if own, ok := p.wb.(interface{ widths() []int }); ok {
		for c, width := range own.widths() {
			fmt.Fprintf(&cols, `<col min="%d" max="%d" width="%d" customWidth="1"/>`, c+1, c+1, width)
		}
	}
	next := 1 // spans must neither overlap nor leave the sheet, whatever the source says
	for _, s := range slices.SortedFunc(slices.Values(layout.HiddenColumns), func(a, b Span) int { return a.First - b.First }) {
		if first, last := max(s.First, next), min(s.Last, maxCol-1); first <= last {
			fmt.Fprintf(&cols, `<col min="%d" max="%d" width="9" hidden="1"/>`, first, last)
			next = last + 1
		}
	}
	if cols.Len() > 0 {
		fmt.Fprintf(w, `<cols>%s</cols>`, cols.String())
	}
	w.WriteString(`<sheetData>`)
	for row, err := range p.wb.Rows(p.ctx, i) {
		if err != nil {
			return err
		}
		hidden := ""
		if row.Hidden {
			hidden = ` hidden="1"`
		}
		fmt.Fprintf(w, `<row r="%d"%s>`, row.Number, hidden)
		for _, c := range row.Cells {
			p.cell(w, c)
		}
		w.WriteString(`</row>`)
	}
	w.WriteString(`</sheetData>`)
	if len(layout.Merges) > 0 {
		fmt.Fprintf(w, `<mergeCells count="%d">`, len(layout.Merges))
		for _, m := range layout.Merges {
			fmt.Fprintf(w, `<mergeCell ref="%s:%s"/>`, A1(m.Left, m.Top), A1(m.Right, m.Bottom))
		}
		w.WriteString(`</mergeCells>`)
	}
	_, err = w.WriteString(`</worksheet>`)
	return err
}

// cell writes a number in the very digits it has; what is no number for a spreadsheet is written as a text.
func (p *plainBook) cell(w io.Writer, c Cell) {
	at := A1(c.Col, c.Row)
	number := false
	if c.Kind == Number || c.Kind == Date {
		_, err := strconv.ParseFloat(c.Text, 64)
		number = err == nil && strings.Trim(c.Text, "0123456789.eE+-") == ""
	}
	format := c.Format
	if c.Kind == Date && format == "" && number {
		format = "yyyy-mm-dd"
	}
	style := p.style(format)
	switch {
	case c.Kind == Empty:
	case number:
		fmt.Fprintf(w, `<c r="%s" s="%d"><v>%s</v></c>`, at, style, c.Text)
	case c.Kind == Bool && (c.Text == "0" || c.Text == "1"):
		fmt.Fprintf(w, `<c r="%s" s="%d" t="b"><v>%s</v></c>`, at, style, c.Text)
	case c.Kind == Error && strings.HasPrefix(c.Text, "#"):
		fmt.Fprintf(w, `<c r="%s" s="%d" t="e"><v>%s</v></c>`, at, style, escaped(c.Text))
	default:
		writeText(w, at, style, c.Text)
	}
}

func (p *plainBook) style(format string) int {
	i := slices.Index(p.formats, format)
	if i < 0 && len(p.formats) < 4000 {
		i = len(p.formats)
		p.formats = append(p.formats, format)
	}
	return max(i, 0)
}

// styles writes one cell format per number format; own ones are numbered from 164 (ECMA-376 18.8.30).
func (p *plainBook) styles(w *bufio.Writer) error {
	fmt.Fprintf(w, `<styleSheet xmlns="%s">`, transitional.main)
	if n := len(p.formats) - 1; n > 0 {
		fmt.Fprintf(w, `<numFmts count="%d">`, n)
		for i, code := range p.formats[1:] {
			fmt.Fprintf(w, `<numFmt numFmtId="%d" formatCode="%s"/>`, 164+i, escaped(code))
		}
		w.WriteString(`</numFmts>`)
	}
	w.WriteString(`<fonts count="1"><font><sz val="11"/><name val="宋体"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill>` +
		`<fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>` +
		`<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>`)
	fmt.Fprintf(w, `<cellXfs count="%d"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>`, len(p.formats))
	for i := range p.formats[1:] {
		fmt.Fprintf(w, `<xf numFmtId="%d" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>`, 164+i)
	}
	_, err := w.WriteString(`</cellXfs></styleSheet>`)
	return err
}
