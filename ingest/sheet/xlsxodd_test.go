package sheet_test

import (
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"mingbai/ingest/sheet"
)

// odd are workbooks that differ from what Excel writes, in ways that the format allows or that careless writers have.
// other is what excelize does instead where it does not read the same; it must be true, or it has to go from here.
var odd = []struct {
	name  string
	parts parts
	want  reading
	other string
}{
	{
		"no addresses", sheetOf(`<row><c><v>1</v></c><c r="C1"><v>2</v></c><c><v>3</v></c></row><row/><row><c><v>4</v></c></row>`),
		reading{"S!A1": "1", "S!C1": "2", "S!D1": "3", "S!A3": "4"},
		"",
	},
	{
		"row without number, cells with", sheetOf(`<row><c r="A1"><v>1</v></c></row><row><c r="B5"><v>2</v></c></row><row><c><v>3</v></c></row>`),
		reading{"S!A1": "1", "S!B5": "2", "S!A6": "3"},
		"counts rows and does not look at the cells' addresses",
	},
	{
		"cells not in order", sheetOf(`<row r="1"><c r="C1"><v>3</v></c><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c></row>`),
		reading{"S!A1": "1", "S!B1": "2", "S!C1": "3"},
		"Rows shifts cells to the right of where they belong",
	},
	{"small letters", sheetOf(`<row r="1"><c r="b1"><v>1</v></c></row>`), reading{"S!B1": "1"}, ""},
	{"blanks around numbers", sheetOf("<row r='1'><c r='A1'><v> 1\n</v></c></row>"), reading{"S!A1": "1"}, "gives the blanks, too"},
	{"references", sheetOf(`<row r="1"><c t="str"><v>&lt;&amp;&gt;&quot;&apos;&#22995;&#x540D;</v></c></row>`), reading{"S!A1": `<&>"'姓名`}, ""},
	{"line breaks", sheetOf("<row r='1'><c t='str'><v>a\r\nb\rc\nd&#13;e</v></c></row>"), reading{"S!A1": "a\nb\nc\nd\re"}, ""},
	{"CDATA", sheetOf("<row r='1'><c t='str'><v>a<![CDATA[<&amp;]]]]><![CDATA[>\r\n]]>b</v></c></row>"), reading{"S!A1": "a<&amp;]]>\nb"}, ""},
	{
		"comments and instructions", sheetOf(`<!-- <row r="1"> --><row r="1"><?x <c>?><c><!----><v>1<!-- 2 -->3</v><!-- </row> --></c></row><!--</sheetData>-->`),
		reading{"S!A1": "13"},
		"",
	},
	{"single quotes and blanks in tags", sheetOf("<row\n r = '1' ><c\tr='A1' s= \"0\"\n><v >1</v\n></c ></row >"), reading{"S!A1": "1"}, ""},
	{"a > in an attribute", sheetOf(`<row r="1" foo="a>b/>"><c r="A1" bar='">'><v>1</v></c></row>`), reading{"S!A1": "1"}, ""},
	{"escapes", sheetOf(`<row r="1"><c t="inlineStr"><is><t>a_x000D_b_x005F_x0041_c_x00e9__x12_</t></is></c></row>`), reading{"S!A1": "a\rb_x0041_cé_x12_"}, ""},
	{"escapes of a formula's text", sheetOf(`<row r="1"><c t="str"><f>A2</f><v>_x0041_</v></c></row>`), reading{"S!A1": "A"}, "leaves them"},
	{"escapes beyond the first plane", sheetOf(`<row r="1"><c t="inlineStr"><is><t>_xD842__xDFB7_</t></is></c></row>`), reading{"S!A1": "𠮷"}, "drops them"},
	{
		"blanks kept", sheetOf(`<row r="1"><c t="inlineStr"><is><t xml:space="preserve"> a </t></is></c><c t="inlineStr"><is><t> b </t></is></c></row>`),
		reading{"S!A1": " a ", "S!B1": " b "},
		"",
	},
	{
		"rich text and how to read it", sheetOf(`<row r="1"><c t="inlineStr"><is><r><rPr><b/></rPr><t>甲</t></r><rPh sb="0" eb="1"><t>jia</t></rPh><r><t>乙</t></r><phoneticPr fontId="1"/></is></c></row>`),
		reading{"S!A1": "甲乙"},
		"",
	},
	{"an inline text in v", sheetOf(`<row r="1"><c t="inlineStr"><v>a</v></c></row>`), reading{"S!A1": "a"}, ""},
	{"is without its type", sheetOf(`<row r="1"><c><is><t>a</t></is></c></row>`), reading{}, ""},
	{
		"booleans in words", sheetOf(`<row r="1"><c t="b"><v>true</v></c><c t="b"><v>false</v></c><c t="b"><v>1</v></c></row>`),
		reading{"S!A1": "1", "S!B1": "0", "S!C1": "1"},
		"gives the words",
	},
	{"errors", sheetOf(`<row r="1"><c t="e"><v>#N/A</v></c><c t="e"><f>1/0</f><v>#DIV/0!</v></c></row>`), reading{"S!A1": "#N/A", "S!B1": "#DIV/0!"}, ""},
	{"an ISO date", sheetOf(`<row r="1"><c t="d"><v>2025-03-01</v></c></row>`), reading{"S!A1": "2025-03-01"}, ""},
	{
		"what cells hold beside values", sheetOf(`<row r="1"><c r="A1"><v>1</v><extLst><ext><v>9</v><c r="B1"><v>8</v></c></ext></extLst></c></row>`),
		reading{"S!A1": "1"},
		"takes every v below a cell for its value",
	},
	{"an element inside a value", sheetOf(`<row r="1"><c><v>1<a>2</a>3</v></c></row>`), reading{"S!A1": "13"}, ""},
	{"a prefix", blankBook().with(sheetPart, `<x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><x:sheetData><x:row r="1"><x:c r="A1" t="s"><x:v>0</x:v></x:c></x:row></x:sheetData></x:worksheet>`).
		with(stringsPart, `<x:sst xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><x:si><x:t>甲</x:t></x:si></x:sst>`), reading{"S!A1": "甲"}, ""},
	{"strict namespaces", strict(), reading{"S!A1": "1"}, ""},
	{"a byte order mark", sheetOf(`<row r="1"><c><v>1</v></c></row>`).replaced(sheetPart, "<worksheet", "\ufeff<worksheet"), reading{"S!A1": "1"}, ""},
	{"UTF-16, small end first", wide(false), reading{"S!A1": "姓名𠮷"}, "does not read it"},
	{"UTF-16, great end first", wide(true), reading{"S!A1": "姓名𠮷"}, "does not read it"},
	{"an absolute path", sheetOf(`<row r="1"><c><v>1</v></c></row>`).replaced(relsPart, `"worksheets/sheet1`, `"/xl/worksheets/sheet1`), reading{"S!A1": "1"}, ""},
	{"a path with ..", sheetOf(`<row r="1"><c><v>1</v></c></row>`).replaced(relsPart, `"worksheets/sheet1`, `".././xl/worksheets/sheet1`), reading{"S!A1": "1"}, ""},
	{"backslashes", sheetOf(`<row r="1"><c><v>1</v></c></row>`).replaced(relsPart, `"worksheets/sheet1`, `"worksheets\sheet1`), reading{"S!A1": "1"}, ""},
	{"other letters' case", sheetOf(`<row r="1"><c><v>1</v></c></row>`).replaced(relsPart, `"worksheets/sheet1`, `"Worksheets/Sheet1`), reading{"S!A1": "1"}, "finds no sheet"},
	{"blanks in a part's name", sheetOf("").with("xl/worksheets/表 1.xml", worksheet(`<row r="1"><c><v>1</v></c></row>`)).
		replaced(relsPart, `"worksheets/sheet1`, `"worksheets/%E8%A1%A8%201`), reading{"S!A1": "1"}, "finds no sheet"},
	{"a workbook elsewhere", elsewhere(), reading{"S!A1": "甲"}, "looks for shared strings in xl only"},
	{"no styles, no strings", sheetOf(`<row r="1"><c s="7"><v>1</v></c></row>`).without(stylesPart).without(stringsPart), reading{"S!A1": "1"}, ""},
	{"no package relations", sheetOf(`<row r="1"><c><v>1</v></c></row>`).without("_rels/.rels"), reading{"S!A1": "1"}, "does not open it"},
	{"no rows", blankBook().with(sheetPart, `<worksheet `+xlsxNS+`/>`), reading{}, ""},
	{"a chart and a dialog among the sheets", blankBook().
		replaced(workbookPart, "</sheets>", `<sheet name="图" sheetId="2" r:id="rId8"/><sheet name="D" sheetId="3" r:id="rId9"/></sheets>`).
		replaced(relsPart, "</Relationships>", `<Relationship Id="rId8" Type="`+relationsNS+`/chartsheet" Target="chartsheets/sheet1.xml"/><Relationship Id="rId9" Type="`+relationsNS+`/dialogsheet" Target="dialogsheets/sheet1.xml"/></Relationships>`).
		with("xl/chartsheets/sheet1.xml", `<chartsheet `+xlsxNS+`/>`).
		with("xl/dialogsheets/sheet1.xml", `<dialogsheet `+xlsxNS+`><sheetData><row r="1"><c><v>1</v></c></row></sheetData></dialogsheet>`), reading{}, "refuses the chart as no worksheet"},
}

func sheetOf(xml string) parts { return blankBook().with(sheetPart, worksheet(xml)) }

func strict() parts {
	p := sheetOf(`<row r="1"><c><v>1</v></c></row>`)
	for name := range p {
		p[name] = strings.NewReplacer(
			"http://schemas.openxmlformats.org/spreadsheetml/2006/main", "http://purl.oclc.org/ooxml/spreadsheetml/main",
			"http://schemas.openxmlformats.org/officeDocument/2006/relationships", "http://purl.oclc.org/ooxml/officeDocument/relationships",
		).Replace(p[name])
	}
	return p
}

// wide writes sheet and workbook in UTF-16, one with and one without a byte order mark.
func wide(great bool) parts {
	p := sheetOf(`<row r="1"><c t="inlineStr"><is><t>姓名𠮷</t></is></c></row>`)
	p[sheetPart] = utf16Of("\ufeff"+`<?xml version="1.0" encoding="UTF-16"?>`+p[sheetPart], great)
	p[workbookPart] = utf16Of(p[workbookPart], great)
	return p
}

func utf16Of(s string, great bool) string {
	var out []byte
	for _, u := range utf16.Encode([]rune(s)) {
		if high, low := byte(u>>8), byte(u); great {
			out = append(out, high, low)
		} else {
			out = append(out, low, high)
		}
	}
	return string(out)
}

// elsewhere has its parts in another folder and under other names; a file in xl keeps it a workbook for Sniff.
func elsewhere() parts {
	p := blankBook()
	return parts{
		"xl/dummy.xml":                   "<a/>",
		"[Content_Types].xml":            p["[Content_Types].xml"],
		"_rels/.rels":                    strings.ReplaceAll(p["_rels/.rels"], "xl/workbook.xml", "/book/main.xml"),
		"book/main.xml":                  p[workbookPart],
		"book/_rels/main.xml.rels":       strings.ReplaceAll(p[relsPart], "sharedStrings.xml", "../texts.xml"),
		"book/worksheets/sheet1.xml":     worksheet(`<row r="1"><c t="s"><v>0</v></c></row>`),
		"texts.xml":                      `<sst ` + xlsxNS + `><si><t>甲</t></si></sst>`,
		"book/styles.xml":                p[stylesPart],
		"book/worksheets/_rels/odd.rels": "",
	}
}

func TestOddWorkbooks(t *testing.T) {
	for _, o := range odd {
		content := o.parts.pack(t)
		got, err := ourReading(content, sheet.DefaultLimits)
		if err != nil || !maps.Equal(got, o.want) {
			t.Errorf("%s: %v, want %v (%v)", o.name, got, o.want, err)
		}
		theirs, err := excelizeReading(content)
		if agrees := err == nil && maps.Equal(theirs, o.want); agrees != (o.other == "") {
			t.Errorf("%s: excelize reads %v %v, said to differ by %q", o.name, theirs, err, o.other)
		}
	}
}

// TestCellsOfEveryKind reads what values do not show: kinds, formats, formulas, hidden rows.
func TestCellsOfEveryKind(t *testing.T) {
	w := open(t, blankBook().
		with(stylesPart, `<styleSheet `+xlsxNS+`><numFmts count="3"><numFmt numFmtId="166" formatCode="GENERAL"/><numFmt numFmtId="164" formatCode="yyyy&quot;年&quot;m&quot;月&quot;"/>`+
			`<numFmt numFmtId="165" formatCode="#,##0.00\ &quot;yd&quot;"/></numFmts><cellStyleXfs><xf numFmtId="9"/></cellStyleXfs>`+
			`<cellXfs><xf numFmtId="0"/><xf numFmtId="49"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="58"/><xf numFmtId="166"/></cellXfs>`+
			`<dxfs><dxf><numFmt numFmtId="165" formatCode="wrong"/></dxf></dxfs></styleSheet>`).
		with(stringsPart, `<sst `+xlsxNS+`><si><t>甲</t></si><si><t/></si><si/></sst>`).
		with(sheetPart, worksheet(`<row r="1"><c t="s" s="1"><v>0</v></c><c t="s"><v>1</v></c><c t="s"><v>2</v></c><c s="1"/><c t="s"/><c t="s" s="2"><v> 0 </v></c></row>`+
			`<row r="2" hidden="1"><c s="2"><v>45717</v></c><c s="3"><v>1.5</v></c><c s="4"><f>A1</f><v>45717</v></c><c s="5"><v>1</v></c><c s="99"><v>1</v></c></row>`+
			`<row r="3" ht="0" customHeight="1"><c t="b"><v>true</v></c><c t="e"><v>#REF!</v></c><c t="d"><v>2025-03-01T00:00:00</v></c></row>`+
			`<row r="4" collapsed="1" ht="0.5" hidden="0"><c><f>B1</f></c><c t="str"><f>B1</f><v></v></c><c t="str"><f t="shared" si="0"/><v>乙</v></c><c t="n"><v>1E-7</v></c></row>`+
			`<row r="5" hidden="true"><c t="inlineStr"><f>B1</f><is><t>丙</t></is></c></row><row r="6"><c t="inlineStr"><is/></c><c><v/></c></row>`)).
		pack(t))
	got := map[string]string{}
	for r, err := range w.Rows(context.Background(), 0) {
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range r.Cells {
			s := fmt.Sprint([]string{"empty", "text", "number", "bool", "error", "date"}[c.Kind], " ", c.Text, " ", c.Format)
			if c.Formula {
				s += " formula"
			}
			if r.Hidden {
				s += " hidden"
			}
			got[sheet.A1(c.Col, c.Row)] = s
		}
	}
	want := map[string]string{
		"A1": "text 甲 @", "F1": `text 甲 yyyy"年"m"月"`,
		"A2": `date 45717 yyyy"年"m"月" hidden`, "B2": `number 1.5 #,##0.00\ "yd" hidden`, "C2": `date 45717 m"月"d"日" formula hidden`,
		"D2": "number 1  hidden", "E2": "number 1  hidden",
		"A3": "bool 1  hidden", "B3": "error #REF!  hidden", "C3": "date 2025-03-01T00:00:00  hidden",
		"A4": "empty   formula", "B4": "empty   formula", "C4": "text 乙  formula", "D4": "number 1E-7 ",
		"A5": "text 丙  formula hidden",
	}
	if !maps.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// TestLayoutBehindTheRows: what looks like the end of the rows, or like a merge, need not be one.
func TestLayoutBehindTheRows(t *testing.T) {
	for name, xml := range map[string]string{
		"plain":       `<a:sheetData><a:row r="1"><a:c t="str"><a:v>?!&lt;/a:sheetData></a:v></a:c></a:row></a:sheetData>`,
		"CDATA":       `<a:sheetData><a:row><a:c t="str"><a:v><![CDATA[</a:sheetData><a:mergeCells>]]></a:v></a:c></a:row></a:sheetData>`,
		"comment":     `<a:sheetData><!--</a:sheetData><a:mergeCells><a:mergeCell ref="Z1:Z2"/></a:mergeCells>--></a:sheetData>`,
		"instruction": `<a:sheetData><?x </a:sheetData>?><!----></a:sheetData >`,
		"no rows":     `<a:sheetData/>`,
		"many rows": `<a:sheetData>` + strings.Repeat(`<a:row><a:c t="str"><a:v>?!! <![CDATA[ </a:sheetData> ]]></a:v></a:c></a:row>`, 5000) +
			strings.Repeat(`<a:row><a:c><a:v>1</a:v></a:c></a:row>`, 5000) + `</a:sheetData>`,
	} {
		w := open(t, blankBook().with(sheetPart, `<a:worksheet xmlns:a="http://schemas.openxmlformats.org/spreadsheetml/2006/main">`+
			`<a:cols><a:col min="2" max="3" hidden="1"/><a:col min="5" max="5" width="9"/><a:col min="7" max="99999" width="0" customWidth="1"/></a:cols>`+xml+
			`<a:extLst><a:ext><a:mergeCells><a:mergeCell ref="X1:X2"/></a:mergeCells></a:ext></a:extLst>`+
			`<a:mergeCells count="9"><a:mergeCell ref="A1:B2"/><a:mergeCell ref="$D$4:C3"/></a:mergeCells></a:worksheet>`).pack(t))
		got, err := w.Layout(0)
		want := sheet.Layout{Merges: []sheet.Merge{{1, 1, 2, 2}, {3, 3, 4, 4}}, HiddenColumns: []sheet.Span{{2, 3}, {7, 16384}}}
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v %v", name, got, err)
		}
	}
}

func TestStatesOfSheets(t *testing.T) {
	p := blankBook().replaced(workbookPart, "<sheets>", `<workbookPr date1904="true"/><sheets>`)
	for i, sheet := range []string{`name="a&amp;b_x0041_" state="hidden"`, `name="c" state="veryHidden"`, `name="d" state="visible"`} {
		p.with(fmt.Sprint("xl/", i), worksheet("")).
			replaced(workbookPart, "</sheets>", fmt.Sprintf(`<sheet %s sheetId="%d" r:id="n%d"/></sheets>`, sheet, i+2, i)).
			replaced(relsPart, "</Relationships>", fmt.Sprintf(`<Relationship Id="n%d" Type="%s/worksheet" Target="%d"/></Relationships>`, i, relationsNS, i))
	}
	w := open(t, p.pack(t))
	if want := []sheet.Info{{"S", false}, {"a&bA", true}, {"c", true}, {"d", false}}; !reflect.DeepEqual(w.Sheets(), want) || !w.Date1904() {
		t.Errorf("%v %v", w.Sheets(), w.Date1904())
	}
}

// TestTextsFillBlocks: shared strings that end exactly where a block of memory does, just before and just behind it.
func TestTextsFillBlocks(t *testing.T) {
	full := slices.Repeat([]string{strings.Repeat("字", 1<<13) + strings.Repeat("a", 1<<13)}, 32) // a mebibyte
	for name, want := range map[string][]string{
		"full":               full,
		"full, none":         append(slices.Clone(full), ""),
		"full, none, more":   append(slices.Clone(full), "", "", "b"),
		"full, more":         append(slices.Clone(full), "b", ""),
		"one less, two more": append(slices.Clone(full[:31]), full[0][1:], "bc", "d"),
		"twice full, none":   append(slices.Concat(full, full), ""),
	} {
		var sst, sheetRows strings.Builder
		for i, s := range want {
			fmt.Fprintf(&sst, "<si><t>%s</t></si>", strings.ToValidUTF8(s, "?"))
			fmt.Fprintf(&sheetRows, `<row><c t="str"><v>=</v></c><c t="s"><v>%d</v></c></row>`, i)
		}
		w := open(t, blankBook().with(stringsPart, `<sst>`+sst.String()+`</sst>`).with(sheetPart, worksheet(sheetRows.String())).pack(t))
		for r, err := range w.Rows(context.Background(), 0) {
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			if len(r.Cells) > 1 {
				got = r.Cells[1].Text
			}
			if s := strings.ToValidUTF8(want[r.Number-1], "?"); got != s {
				t.Errorf("%s: text %d: %.9q, want %.9q", name, r.Number, got, s)
			}
		}
	}
}
