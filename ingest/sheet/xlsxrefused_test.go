package sheet_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"mingbai/ingest/sheet"
)

// TestRefused are files that must not be read, because they are broken or because two programs could read them differently.
func TestRefused(t *testing.T) {
	big := strings.Repeat("字", 32_767)
	for name, p := range map[string]parts{
		"two cells of one address":    sheetOf(`<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>1</v></c><c r="A1"><v>2</v></c></row>`),
		"two rows of one number":      sheetOf(`<row r="1"><c><v>1</v></c></row><row r="1"><c><v>1</v></c></row>`),
		"row nought":                  sheetOf(`<row r="0"><c><v>1</v></c></row>`),
		"address with a reference":    sheetOf(`<row r="1"><c r="A&#49;&bad;"><v>1</v></c></row>`),
		"unknown type":                sheetOf(`<row r="1"><c t="x"><v>1</v></c></row>`),
		"attribute without quotes":    sheetOf(`<row r=1><c><v>1</v></c></row>`),
		"attribute without value":     sheetOf(`<row r><c><v>1</v></c></row>`),
		"tag in an attribute":         sheetOf(`<row r="1" a="<c>"><c><v>1</v></c></row>`),
		"tags crossing":               sheetOf(`<row r="1"><c><v>1</c></v></row>`),
		"tag without a name":          sheetOf(`<row r="1">< c><v>1</v></c></row>`),
		"control character":           sheetOf("<row r='1'><c t='str'><v>a\x01</v></c></row>"),
		"reference to nought":         sheetOf("<row r='1'><c t='str'><v>&#0;</v></c></row>"),
		"reference to a surrogate":    sheetOf("<row r='1'><c t='str'><v>&#xD800;</v></c></row>"),
		"reference beyond Unicode":    sheetOf("<row r='1'><c t='str'><v>&#x110000;</v></c></row>"),
		"reference without end":       sheetOf("<row r='1'><c t='str'><v>a&amp b</v></c></row>"),
		"unknown reference":           sheetOf("<row r='1'><c t='str'><v>&nbsp;</v></c></row>"),
		"not UTF-8":                   sheetOf("<row r='1'><c t='str'><v>\xd0\xd5</v></c></row>"),
		"not UTF-8, shared":           blankBook().with(stringsPart, "<sst><si><t>\xff</t></si></sst>"),
		"half a pair in UTF-16":       blankBook().with(sheetPart, utf16Of("<worksheet><sheetData><row><c t='str'><v>", false)+"\x00\xd8a\x00"+utf16Of("</v></c></row></sheetData></worksheet>", false)),
		"GBK declared":                blankBook().with(sheetPart, `<?xml version="1.0" encoding="GB2312"?>`+worksheet("")),
		"CDATA without end":           sheetOf("<row r='1'><c t='str'><v><![CDATA[a</v></c></row>"),
		"comment without end":         sheetOf("<!-- <row r='1'><c t='str'><v>a</v></c></row>"),
		"a tag of a megabyte":         sheetOf(`<row r="1" a="` + strings.Repeat("a", 1<<20) + `"><c><v>1</v></c></row>`),
		"a thousand elements deep":    sheetOf(`<row r="1"><c>` + strings.Repeat("<a>", 1000) + strings.Repeat("</a>", 1000) + `</c></row>`),
		"document type":               blankBook().with(sheetPart, `<!DOCTYPE worksheet>`+worksheet("")),
		"entities in entities":        blankBook().with(sheetPart, laughs+worksheet(`<row><c t="str"><v>&lol9;</v></c></row>`)),
		"entities in shared strings":  blankBook().with(stringsPart, laughs+`<sst><si><t>&lol9;</t></si></sst>`),
		"entities in the workbook":    blankBook().with(workbookPart, laughs+blankBook()[workbookPart]),
		"an entity outside":           blankBook().with(sheetPart, `<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>`+worksheet(`<row><c t="str"><v>&x;</v></c></row>`)),
		"document type in the rows":   sheetOf(`<!DOCTYPE a><row><c><v>1</v></c></row>`),
		"a merge that is none":        blankBook().replaced(sheetPart, "</worksheet>", `<mergeCells><mergeCell ref="A1:B"/></mergeCells></worksheet>`),
		"a sheet outside the package": blankBook().replaced(relsPart, `"worksheets/sheet1.xml"`, `"worksheets/sheet1.xml" TargetMode="External"`),
		"a sheet above the package":   blankBook().replaced(relsPart, `"worksheets/sheet1.xml"`, `"../../../../etc/passwd"`),
		"a sheet that is not there":   blankBook().without(sheetPart),
		"no workbook":                 blankBook().without(workbookPart),
		"no relations":                blankBook().without(relsPart),
		"two sheets of one part":      blankBook().replaced(workbookPart, "</sheets>", `<sheet name="b" r:id="rId1"/></sheets>`),
		"two parts of one name":       blankBook().with("XL/worksheets/sheet1.xml", blankBook()[sheetPart]),
	} {
		content := p.pack(t)
		if err := readAll(content, sheet.DefaultLimits); !errors.Is(err, sheet.ErrDamaged) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, p := range map[string]parts{
		"column beyond the last": sheetOf(`<row r="1"><c r="XFE1"><v>1</v></c></row>`),
		"row beyond the last":    sheetOf(`<row r="1048577"><c><v>1</v></c></row>`),
		"row of twenty digits":   sheetOf(`<row r="99999999999999999999"><c><v>1</v></c></row>`),
		"cell beyond the last":   sheetOf(`<row><c r="A1048577"><v>1</v></c></row>`),
		"row counted beyond":     sheetOf(`<row r="1048576"><c><v>1</v></c></row><row><c><v>1</v></c></row>`),
		"column counted beyond":  sheetOf(`<row><c r="XFD1"/><c><v>1</v></c></row>`),

		"cell":         sheetOf(`<row><c t="inlineStr"><is><t>` + big + `a</t></is></c></row>`),
		"cell in v":    sheetOf(`<row><c t="str"><v>` + big + `a</v></c></row>`),
		"shared":       blankBook().with(stringsPart, `<sst><si><r><t>`+big+`</t></r><r><t>a</t></r></si></sst>`),
		"row":          sheetOf(`<row>` + strings.Repeat(`<c t="str"><v>`+big+`</v></c>`, 17) + `</row>`),
		"styles":       blankBook().with(stylesPart, `<styleSheet><cellXfs>`+strings.Repeat("<xf/>", 1<<16+1)+`</cellXfs></styleSheet>`),
		"relations":    blankBook().replaced(relsPart, "</Relationships>", strings.Repeat(`<Relationship Id="a" Type="b" Target="c"/>`, 2000)+"</Relationships>"),
		"a fixed part": blankBook().with(stylesPart, `<styleSheet>`+strings.Repeat(fmt.Sprint("<!--", laughs, laughs, laughs, strings.Repeat(" ", 4096), "-->"), 10_000)+`</styleSheet>`),
	} {
		var limit *sheet.LimitError
		if err := readAll(p.pack(t), sheet.Limits{Ratio: 2000}); !errors.As(err, &limit) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := ourReading(sheetOf(`<row><c t="inlineStr"><is><t>`+big+`</t></is></c></row>`).pack(t), sheet.DefaultLimits); err != nil {
		t.Error("the longest text:", err)
	}
}

// laughs is a document type of which one reference would become a thousand million.
const laughs = `<!DOCTYPE l [<!ENTITY lol "lol"><!ENTITY lol1 "&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;"><!ENTITY lol9 "&lol1;&lol1;">]>`

// TestShareLimits bounds the table of shared strings.
func TestShareLimits(t *testing.T) {
	content := blankBook().with(stringsPart, `<sst>`+strings.Repeat("<si><t>abc</t></si>", 100)+`</sst>`).pack(t)
	for want, limits := range map[bool][]sheet.Limits{
		true:  {{SharedTexts: 99}, {SharedBytes: 299}, {CellBytes: 2}},
		false: {{SharedTexts: 100}, {SharedBytes: 300}, {CellBytes: 3}},
	} {
		for _, l := range limits {
			var limit *sheet.LimitError
			if _, err := sheet.Open(bytes.NewReader(content), int64(len(content)), l); errors.As(err, &limit) != want {
				t.Errorf("%+v: %v", l, err)
			}
		}
	}
}
