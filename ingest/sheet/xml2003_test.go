package sheet_test

import (
	"strings"
	"testing"

	"mingbai/ingest/sheet"
)

const (
	workbookHead = `<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">`
	datum        = `<Data ss:Type="String">a</Data>`
)

// xmlWorkbook wraps rows in a workbook of one sheet.
func xmlWorkbook(rows string) []byte {
	return []byte(workbookHead + `<Worksheet ss:Name="表"><Table>` + rows + `</Table></Worksheet></Workbook>`)
}

func TestXML2003Cells(t *testing.T) {
	for name, c := range map[string]struct{ rows, want string }{
		"one after the other":     {`<Row><Cell>` + datum + `</Cell><Cell>` + datum + `</Cell></Row><Row><Cell>` + datum + `</Cell></Row>`, `1 A:"a" B:"a"|2 A:"a"`},
		"index":                   {`<Row ss:Index="3"><Cell ss:Index="2">` + datum + `</Cell><Cell>` + datum + `</Cell></Row><Row><Cell>` + datum + `</Cell></Row>`, `3 B:"a" C:"a"|4 A:"a"`},
		"merges push on":          {`<Row><Cell ss:MergeAcross="1" ss:MergeDown="2">` + datum + `</Cell><Cell>` + datum + `</Cell></Row>`, `merge A1:B3|1 A:"a" C:"a"`},
		"empty elements":          {`<Row/><Row><Cell/><Cell>` + datum + `</Cell></Row>`, `2 B:"a"`},
		"rows that span":          {`<Row ss:Span="4"/><Row><Cell>` + datum + `</Cell></Row>`, `6 A:"a"`},
		"types":                   {`<Row><Cell><Data ss:Type="Number"> 1.50 </Data></Cell><Cell><Data ss:Type="String"> 1 </Data></Cell><Cell><Data ss:Type="Boolean">0</Data></Cell><Cell><Data>x</Data></Cell></Row>`, `1 A:n"1.50" B:" 1 " C:b"0" D:"x"`},
		"prefix on everything":    {`<ss:Row><ss:Cell><ss:Data ss:Type="Number">7</ss:Data></ss:Cell></ss:Row>`, `1 A:n"7"`},
		"comment is not the cell": {`<Row><Cell><Comment><ss:Data ss:Type="String">批注</ss:Data></Comment>` + datum + `</Cell><Cell><Comment><Data>x</Data></Comment></Cell></Row>`, `1 A:"a"`},
		"line breaks":             {"<Row><Cell><Data ss:Type=\"String\">a&#10;b\r\nc</Data></Cell></Row>", `1 A:"a\nb\nc"`},
		"CDATA":                   {`<Row><Cell><Data ss:Type="String"><![CDATA[<b>&amp;]]>x</Data></Cell></Row>`, `1 A:"<b>&amp;x"`},
		"hidden by height":        {`<Row ss:Height="0"><Cell>` + datum + `</Cell></Row><Row ss:Height="0.5"><Cell>` + datum + `</Cell></Row>`, `1 hidden A:"a"|2 A:"a"`},
		"text between is nothing": {`x<Row>x<Cell>x` + datum + `x</Cell>x</Row>x`, `1 A:"a"`},
	} {
		if got := dumpRows(t, xmlWorkbook(c.rows)); got != strings.ReplaceAll(c.want, "|", "\n") {
			t.Errorf("%s: got\n%s", name, got)
		}
	}
}

func TestXML2003Refusals(t *testing.T) {
	cell := `<Cell>` + datum + `</Cell>`
	laughs := `<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;">]>` +
		workbookHead[len(`<?xml version="1.0"?>`):] + `<Worksheet ss:Name="表"><Table><Row><Cell><Data ss:Type="String">&lol2;</Data></Cell></Row></Table></Worksheet></Workbook>`
	for name, c := range map[string]struct {
		book []byte
		want error
	}{
		"billion laughs":            {[]byte(laughs), sheet.ErrDamaged},
		"document type":             {[]byte(strings.Replace(workbookHead, "<Workbook", "<!DOCTYPE Workbook SYSTEM 'file:///etc/passwd'><Workbook", 1) + "<Worksheet/></Workbook>"), sheet.ErrDamaged},
		"rows run backwards":        {xmlWorkbook(`<Row ss:Index="5">` + cell + `</Row><Row ss:Index="5">` + cell + `</Row>`), sheet.ErrDamaged},
		"cells run backwards":       {xmlWorkbook(`<Row><Cell ss:MergeAcross="3">` + datum + `</Cell><Cell ss:Index="4">` + datum + `</Cell></Row>`), sheet.ErrDamaged},
		"index is no number":        {xmlWorkbook(`<Row ss:Index="x">` + cell + `</Row>`), sheet.ErrDamaged},
		"merge of less than none":   {xmlWorkbook(`<Row><Cell ss:MergeAcross="-1">` + datum + `</Cell></Row>`), sheet.ErrDamaged},
		"row of a billion":          {xmlWorkbook(`<Row ss:Index="1000000000">` + cell + `</Row>`), &sheet.LimitError{What: "上限"}},
		"end tags crossed":          {xmlWorkbook(`<Row><Cell></Row></Cell>`), sheet.ErrDamaged},
		"end tag missing":           {xmlWorkbook(`<Row>`), sheet.ErrDamaged},
		"two roots":                 {append(xmlWorkbook(""), "<x/>"...), sheet.ErrDamaged},
		"cut off":                   {xmlWorkbook("")[:200], sheet.ErrDamaged},
		"no sheets":                 {[]byte(workbookHead + "</Workbook>"), sheet.ErrDamaged},
		"nested too deep":           {xmlWorkbook(strings.Repeat("<a>", 101) + strings.Repeat("</a>", 101)), sheet.ErrDamaged},
		"replacement character":     {xmlWorkbook(`<Row/><Row><Cell><Data>` + "\ufffd" + `</Data></Cell></Row>`), &sheet.TextError{Line: 2}},
		"a million columns":         {xmlWorkbook("<Row>" + strings.Repeat(cell, 1_000_000) + "</Row>"), &sheet.LimitError{What: "256列"}},
		"too many rows":             {xmlWorkbook(strings.Repeat("<Row>"+cell+"</Row>", 300_001)), &sheet.LimitError{What: "行"}},
		"too many merges":           {xmlWorkbook(strings.Repeat(`<Row><Cell ss:MergeDown="1"/></Row>`, 300_001)), &sheet.LimitError{What: "合并"}},
		"too many sheets":           {[]byte(workbookHead + strings.Repeat("<Worksheet/>", 2001) + "</Workbook>"), &sheet.LimitError{What: "2000个"}},
		"too many styles":           {[]byte(workbookHead + "<Styles>" + manyStyles() + "</Styles></Workbook>"), &sheet.LimitError{What: "样式"}},
		"too long a text":           {xmlWorkbook(`<Row><Cell><Data>` + strings.Repeat("x<B/>", 128<<10+1) + `</Data></Cell></Row>`), &sheet.LimitError{What: "128KB"}},
		"another XML":               {[]byte(`<?xml version="1.0"?><root><Workbook/></root>`), &sheet.FormatError{Format: sheet.XML}},
		"Workbook of somebody else": {[]byte(`<?xml version="1.0"?><Workbook xmlns="urn:x"/>`), &sheet.FormatError{Format: sheet.XML}},
	} {
		if got, err := dump(c.book, sheet.DefaultLimits); !sameFault(err, c.want) {
			t.Errorf("%s: %v\n%.300s", name, err, got)
		}
	}
}

func manyStyles() string {
	var b strings.Builder
	for i := range 1<<16 + 1 {
		b.WriteString(`<Style ss:ID="s` + sheet.ColumnName(i+1) + `"><NumberFormat ss:Format="0.0"/></Style>`)
	}
	return b.String()
}
