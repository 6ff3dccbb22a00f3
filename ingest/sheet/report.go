package sheet

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"iter"
	"strings"
)

// ListSheet is the name of the sheet that lists the findings, in a report and in an annotated copy. A reader of a copy
// that comes back mended should pass it by.
const ListSheet = "明白账校验结果"

// WriteReport writes the findings as a workbook of their own: the summary, then the list.
func WriteReport(w io.Writer, list List) error {
	var first bytes.Buffer
	if err := WriteTable(context.Background(), &first, "概要", []int{18, 72}, pairs(list.Summary)); err != nil {
		return err
	}
	return annotate(w, bytes.NewReader(first.Bytes()), int64(first.Len()), nil, list)
}

func pairs(lines [][2]string) iter.Seq[[]string] {
	return func(yield func([]string) bool) {
		for _, l := range lines {
			if !yield(l[:]) {
				return
			}
		}
	}
}

// listColumns are the columns of the list.
var listColumns = []struct {
	label string
	width int
	value func(f Finding) string
}{
	{"规则号", 10, func(f Finding) string { return f.Rule }},
	{"级别", 9, func(f Finding) string { return f.Level.String() }},
	{"工作表", 18, func(f Finding) string { return f.Sheet }},
	{"单元格", 9, func(f Finding) string { return f.Cell }},
	{"原值", 24, func(f Finding) string { return f.Value }},
	{"说明", 60, func(f Finding) string { return f.Message }},
	{"建议", 40, func(f Finding) string { return f.Fix }},
}

// listXML writes the sheet with the findings: every value as an inline string, which no program takes for a formula,
// whatever sign it begins with.
func listXML(list List, style listStyles, space string) string {
	var b strings.Builder
	head := len(list.Notes) + 1
	fmt.Fprintf(&b, xmlHead+`<worksheet xmlns="%s"><sheetViews><sheetView workbookViewId="0"><pane ySplit="%d" topLeftCell="A%d" `+
		`activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetFormatPr defaultRowHeight="15"/><cols>`, space, head, head+1)
	for i, c := range listColumns {
		fmt.Fprintf(&b, `<col min="%d" max="%d" width="%d" customWidth="1"/>`, i+1, i+1, c.width)
	}
	b.WriteString(`</cols><sheetData>`)
	row := 0
	line := func(put func(cell func(col, style int, text string))) {
		row++
		fmt.Fprintf(&b, `<row r="%d">`, row)
		put(func(col, style int, text string) { writeText(&b, A1(col, row), style, text) })
		b.WriteString(`</row>`)
	}
	for _, note := range list.Notes {
		line(func(cell func(col, style int, text string)) { cell(1, 0, note) })
	}
	line(func(cell func(col, style int, text string)) {
		for i, c := range listColumns {
			cell(i+1, style.head, c.label)
		}
	})
	for _, f := range list.Findings {
		line(func(cell func(col, style int, text string)) {
			for i, c := range listColumns {
				its := style.text
				if c.label == "级别" {
					its = [...]int{style.must, style.check, style.text}[min(f.Level, Handled)]
				}
				cell(i+1, its, c.value(f))
			}
		})
	}
	fmt.Fprintf(&b, `</sheetData><autoFilter ref="A%d:%s"/><pageMargins left="0.5" right="0.5" top="0.6" bottom="0.6" header="0.3" footer="0.3"/>`+
		`<pageSetup paperSize="9" orientation="landscape"/></worksheet>`, head, A1(len(listColumns), row))
	return b.String()
}

// maxText is the longest text that a cell may hold (ECMA-376 leaves it open; Excel does not).
const maxText = 32_767

func writeText(w io.Writer, cell string, style int, text string) {
	if text == "" {
		return
	}
	if len(text) > maxText {
		if r := []rune(text); len(r) > maxText {
			text = string(r[:maxText])
		}
	}
	fmt.Fprintf(w, `<c r="%s" s="%d" t="inlineStr"><is><t xml:space="preserve">%s</t></is></c>`, cell, style, escaped(text))
}
