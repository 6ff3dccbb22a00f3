package sheet_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"mingbai/fixtures"
	"mingbai/ingest/sheet"
)

const (
	mainNS   = `http://schemas.openxmlformats.org/spreadsheetml/2006/main`
	relsNS   = `http://schemas.openxmlformats.org/officeDocument/2006/relationships`
	strictNS = `http://purl.oclc.org/ooxml/spreadsheetml/main`
	strictRL = `http://purl.oclc.org/ooxml/officeDocument/relationships`
)

// pack makes a workbook of one sheet 表 out of the sheet's XML and a style sheet, which may be missing.
func pack(t testing.TB, body, styles string, more ...string) []byte {
	t.Helper()
	rels, main := relsNS, mainNS
	if strings.Contains(body, strictNS) {
		rels, main = strictRL, strictNS
	}
	const pkg = `http://schemas.openxmlformats.org/package/2006/`
	styleRel := ""
	if styles != "" {
		styleRel = `<Relationship Id="s" Type="` + rels + `/styles" Target="styles.xml"/>`
		more = append(more, "xl/styles.xml", styles)
	}
	parts := append([]string{
		"[Content_Types].xml", `<ct:Types xmlns:ct="` + pkg + `content-types"><ct:Default Extension="xml" ContentType="application/xml"/>` +
			`<ct:Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
			`<ct:Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>` +
			`<ct:Override PartName="/xl/worksheets/a.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></ct:Types>`,
		"_rels/.rels", `<Relationships xmlns="` + pkg + `relationships"><Relationship Id="a" Type="` + rels + `/officeDocument" Target="/xl/workbook.xml"/></Relationships>`,
		"xl/workbook.xml", `<x:workbook xmlns:x="` + main + `" xmlns:q="` + rels + `"><x:sheets><x:sheet name='表' sheetId='7' q:id='rId1'/></x:sheets></x:workbook>`,
		"xl/_rels/workbook.xml.rels", `<Relationships xmlns="` + pkg + `relationships"><Relationship Id="rId1" Type="` + rels + `/worksheet" Target="worksheets/a.xml"/>` + styleRel + `</Relationships>`,
		"xl/worksheets/a.xml", body,
	}, more...)
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for i := 0; i < len(parts); i += 2 {
		if _, err := check[interface{ Write([]byte) (int, error) }](t)(writer(z.Create(parts[i]))).Write([]byte(parts[i+1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func writer[W interface{ Write([]byte) (int, error) }](w W, err error) (interface{ Write([]byte) (int, error) }, error) {
	return w, err
}

// styles3 has three formats, of which the last two bear their number format.
const styles3 = `<styleSheet xmlns="` + mainNS + `"><fonts><font/></fonts><borders><border/></borders><cellXfs><xf/><xf numFmtId="2"/><xf numFmtId="49" fillId='0'><alignment wrapText="1"/></xf></cellXfs></styleSheet>`

// TestAnnotateShapes gives forms of XML that programs write, and what must become of the rows: exactly that.
func TestAnnotateShapes(t *testing.T) {
	sheetOf := func(rows string) string { return `<worksheet xmlns="` + mainNS + `">` + rows + `</worksheet>` }
	for name, c := range map[string]struct{ body, styles, cell, want string }{
		"no addresses":    {sheetOf(`<sheetData><row><c t="n"><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row></sheetData>`), styles3, "B1", `<c t="n"><v>1</v></c><c s="3"><v>2</v></c></row><row><c><v>3`},
		"no address, gap": {sheetOf(`<sheetData><row><c><v>1</v></c></row></sheetData>`), styles3, "C1", `<v>1</v></c><c r="C1" s="3"/></row>`},
		"empty body":      {sheetOf(`<sheetData/>`), styles3, "B2", `<sheetData><row r="2"><c r="B2" s="3"/></row></sheetData>`},
		"empty row":       {sheetOf(`<sheetData><row r="2" s="2" customFormat="1"/><row r="4"/></sheetData>`), styles3, "B2", `<row r="2" s="2" customFormat="1"><c r="B2" s="3"/></row><row r="4"/>`},
		"row between":     {sheetOf(`<sheetData><row r="2"/><row r="4"/></sheetData>`), styles3, "A3", `<row r="2"/><row r="3"><c r="A3" s="3"/></row><row r="4"/>`},
		"column's style":  {sheetOf(`<cols><col min="1" max="3" style="1"/></cols><sheetData><row r="1"><c r="D1"/></row></sheetData>`), styles3, "C1", `<row r="1"><c r="C1" s="3"/><c r="D1"/>`},
		"prefix":          {`<x:worksheet xmlns:x="` + mainNS + `"><x:sheetData><x:row r='1'><x:c r = 'A1' s='2' t="inlineStr"><x:is><x:t>a&gt;b</x:t></x:is></x:c></x:row></x:sheetData><x:extLst/></x:worksheet>`, styles3, "A1", `<x:c r = 'A1' s='3' t="inlineStr"><x:is><x:t>a&gt;b</x:t></x:is></x:c></x:row></x:sheetData><x:legacyDrawing `},
		"prefix, row":     {`<x:worksheet xmlns:x="` + mainNS + `"><x:sheetData/></x:worksheet>`, styles3, "A1", `<x:sheetData><x:row r="1"><x:c r="A1" s="3"/></x:row></x:sheetData><x:legacyDrawing `},
		"inside":          {sheetOf(`<sheetData><!-- <c r="A1"/> --><row r="1"><c r="A1" t="str"><f>B1&lt;">"</f><v><![CDATA[<c r="B1">]]></v></c></row></sheetData><drawing/><tableParts/>`), styles3, "B1", `]]></v></c><c r="B1" s="3"/></row></sheetData><drawing/><legacyDrawing `},
		"strict":          {`<worksheet xmlns="` + strictNS + `"><sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData></worksheet>`, strings.ReplaceAll(styles3, mainNS, strictNS), "A1", `<c s="3" r="A1"><v>1</v></c>`},
		"no styles":       {sheetOf(`<sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData>`), "", "A1", `<c s="1" r="A1">`},
		"bare styles":     {sheetOf(`<sheetData><row r="1"><c r="A1" s="9"><v>1</v></c></row></sheetData>`), `<styleSheet xmlns="` + mainNS + `"/>`, "A1", `<c r="A1" s="1">`},
		"prefixed styles": {sheetOf(`<sheetData><row r="1"><c r="A1" s="0"><v>1</v></c></row></sheetData>`), `<k:styleSheet xmlns:k="` + mainNS + `"><k:cellXfs count="1"><k:xf/></k:cellXfs></k:styleSheet>`, "A1", `<c r="A1" s="1">`},
	} {
		t.Run(name, func(t *testing.T) {
			in := pack(t, c.body, c.styles)
			out := annotated(t, in, sheet.List{Findings: []sheet.Finding{must("X", "表", c.cell)}})
			if got := partOf(t, out, "xl/worksheets/a.xml"); !strings.Contains(got, c.want) {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			f := excel(t, out)
			n := check[int](t)(f.GetCellStyle("表", c.cell))
			if xf := f.Styles.CellXfs.Xf[n]; f.Styles.Fills.Fill[*xf.FillID].PatternFill.FgColor.RGB != "FF"+red {
				t.Errorf("fill of %+v", xf)
			}
			if want := map[string]int{"column's style": 2, "empty row": 49, "prefix": 49}[name]; want != 0 && (f.Styles.CellXfs.Xf[n].NumFmtID == nil || *f.Styles.CellXfs.Xf[n].NumFmtID != want) {
				t.Errorf("not the number format %d", want)
			}
			if strings.Contains(c.body, strictNS) != strings.Contains(partOf(t, out, "xl/comments1.xml"), strictNS) {
				t.Error("another namespace")
			}
			if got := commentsOf(t, out, "表"); len(got) != 1 || got[c.cell] == "" {
				t.Errorf("comments %v", got)
			}
			readsAlike(t, in, out)
		})
	}
}

func TestAnnotateRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		body string
		want error
	}{
		"rows backwards": {`<worksheet><sheetData><row r="3"/><row r="2"/></sheetData></worksheet>`, sheet.ErrOdd},
		"cut":            {`<worksheet><sheetData><row r="1">`, sheet.ErrDamaged},
		"no rows":        {`<worksheet></worksheet>`, sheet.ErrDamaged},
		"entities":       {`<!DOCTYPE a [<!ENTITY b "c">]><worksheet><sheetData/></worksheet>`, sheet.ErrOdd},
		"GBK":            {`<?xml version="1.0" encoding="GBK"?><worksheet><sheetData/></worksheet>`, sheet.ErrOdd},
		"UTF-16":         {"\xff\xfe<\x00", sheet.ErrOdd},
	} {
		in := pack(t, c.body, styles3)
		var out bytes.Buffer
		err := sheet.Annotate(&out, bytes.NewReader(in), int64(len(in)), sheet.List{Findings: []sheet.Finding{must("X", "表", "A9")}})
		if !errors.Is(err, c.want) || out.Len() > 0 {
			t.Errorf("%s: %v, %d bytes", name, err, out.Len())
		}
	}
}

// TestAnnotateLibreOffice opens annotated copies with another program than excelize; MINGBAI_LIBREOFFICE=1 turns it on.
func TestAnnotateLibreOffice(t *testing.T) {
	if os.Getenv("MINGBAI_LIBREOFFICE") == "" {
		t.Skip("MINGBAI_LIBREOFFICE is not set")
	}
	var in bytes.Buffer
	if _, err := fixtures.WriteOne(&in, fixtures.One{Layout: fixtures.LayoutVillages, Rows: 60, Seed: 3}); err != nil {
		t.Fatal(err)
	}
	first := excel(t, in.Bytes()).GetSheetList()[0]
	f := excelize.NewFile()
	defer f.Close()
	if err := errors.Join(f.SetCellValue("Sheet1", "A1", "甲"), f.AddComment("Sheet1", excelize.Comment{Cell: "A1", Author: "会计", Text: "已核"})); err != nil {
		t.Fatal(err)
	}
	prefixed := `<x:worksheet xmlns:x="` + mainNS + `"><x:sheetData><x:row><x:c t="inlineStr"><x:is><x:t>a</x:t></x:is></x:c></x:row></x:sheetData></x:worksheet>`
	for name, c := range map[string]struct {
		content []byte
		sheet   string
	}{
		"fixture": {in.Bytes(), first}, "commented": {check[*bytes.Buffer](t)(f.WriteToBuffer()).Bytes(), "Sheet1"},
		"no styles": {pack(t, prefixed, ""), "表"},
		"strict":    {pack(t, strings.ReplaceAll(prefixed, mainNS, strictNS), strings.ReplaceAll(styles3, mainNS, strictNS)), "表"},
	} {
		out := annotated(t, c.content, sheet.List{Findings: []sheet.Finding{must("X", c.sheet, "A1"), please("Y", c.sheet, "F6"), must("Z", c.sheet, "C900")}})
		back := libreoffice(t, out)
		got := commentsOf(t, back, c.sheet)
		if keys := slices.Sorted(maps.Keys(got)); !slices.Equal(keys, []string{"A1", "C900", "F6"}) || !strings.Contains(got["F6"], "Y 请核对：F6不对\n改法：改") {
			t.Errorf("%s: comments %v", name, got)
		}
		if name == "commented" && !strings.HasPrefix(got["A1"], "已核\n———") {
			t.Errorf("%s: comment %q", name, got["A1"])
		}
		a, b := excel(t, out), excel(t, back)
		painted, covered := map[string]string{}, map[string]bool{} // LibreOffice gives all cells of a merge one style
		for _, m := range check[[]excelize.MergeCell](t)(b.GetMergeCells(c.sheet)) {
			_, row, _ := excelize.CellNameToCoordinates(m.GetStartAxis())
			for col := 2; col <= 19; col++ {
				covered[sheet.A1(col, row)] = true
			}
		}
		rows, width := extent(t, a, c.sheet)
		for r := 1; r <= max(rows, 900); r++ {
			for col := 1; col <= max(width, 7); col++ {
				cell := sheet.A1(col, r)
				if x, y := check[string](t)(a.GetCellValue(c.sheet, cell)), check[string](t)(b.GetCellValue(c.sheet, cell)); x != y && !sameNumber(x, y) {
					t.Errorf("%s: %s %q became %q", name, cell, x, y)
				}
				n := check[int](t)(b.GetCellStyle(c.sheet, cell))
				if p := b.Styles.Fills.Fill[*b.Styles.CellXfs.Xf[n].FillID].PatternFill; p != nil && p.PatternType == "solid" && p.FgColor != nil && !covered[cell] {
					painted[cell] = p.FgColor.RGB
				}
			}
		}
		if want := map[string]string{"A1": "FF" + red, "F6": "FF" + amber, "C900": "FF" + red}; !maps.Equal(painted, want) {
			t.Errorf("%s: painted %v", name, painted)
		}
		if rows := check[[][]string](t)(b.GetRows(sheet.ListSheet)); len(rows) != 4 {
			t.Errorf("%s: list %v", name, rows)
		}
	}
}

func sameNumber(a, b string) bool {
	x, err1 := strconv.ParseFloat(a, 64)
	y, err2 := strconv.ParseFloat(b, 64)
	return err1 == nil && err2 == nil && x == y
}

// libreoffice loads a workbook and saves it again.
func libreoffice(t *testing.T, content []byte) []byte {
	t.Helper()
	dir := t.TempDir()
	in := filepath.Join(dir, "in.xlsx")
	if err := os.WriteFile(in, content, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("soffice", "-env:UserInstallation=file://"+filepath.Join(dir, "profile"), "--headless",
		"--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", filepath.Join(dir, "out"), in).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return check[[]byte](t)(os.ReadFile(filepath.Join(dir, "out", "in.xlsx")))
}
