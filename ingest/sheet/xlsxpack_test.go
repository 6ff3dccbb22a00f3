package sheet_test

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"mingbai/ingest/sheet"
)

// parts are a workbook's parts by name. blankBook gives those of one that holds nothing; tests put theirs in their place.
type parts map[string]string

const (
	workbookPart = "xl/workbook.xml"
	relsPart     = "xl/_rels/workbook.xml.rels"
	sheetPart    = "xl/worksheets/sheet1.xml"
	stringsPart  = "xl/sharedStrings.xml"
	stylesPart   = "xl/styles.xml"
	xlsxNS       = `xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"`
	relationsNS  = `http://schemas.openxmlformats.org/officeDocument/2006/relationships`
)

func blankBook() parts {
	return parts{
		"[Content_Types].xml": `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>`,
		"_rels/.rels":         `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="` + relationsNS + `/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
		workbookPart:          `<workbook ` + xlsxNS + ` xmlns:r="` + relationsNS + `"><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>`,
		relsPart: `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
			`<Relationship Id="rId1" Type="` + relationsNS + `/worksheet" Target="worksheets/sheet1.xml"/>` +
			`<Relationship Id="rId2" Type="` + relationsNS + `/styles" Target="styles.xml"/>` +
			`<Relationship Id="rId3" Type="` + relationsNS + `/sharedStrings" Target="sharedStrings.xml"/></Relationships>`,
		sheetPart:   worksheet(""),
		stringsPart: `<sst ` + xlsxNS + `></sst>`,
		stylesPart:  `<styleSheet ` + xlsxNS + `><cellXfs count="1"><xf numFmtId="0"/></cellXfs></styleSheet>`,
	}
}

// worksheet wraps rows.
func worksheet(rows string) string {
	return `<worksheet ` + xlsxNS + `><sheetData>` + rows + `</sheetData></worksheet>`
}

// with puts a part in place of another or beside the others.
func (p parts) with(name, content string) parts {
	p[name] = content
	return p
}

func (p parts) without(name string) parts {
	delete(p, name)
	return p
}

// replaced changes a piece of one part, which must be there.
func (p parts) replaced(name, old, by string) parts {
	if !strings.Contains(p[name], old) {
		panic(name + " holds no " + old)
	}
	return p.with(name, strings.ReplaceAll(p[name], old, by))
}

func (p parts) pack(t testing.TB) []byte {
	t.Helper()
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	for _, name := range slices.Sorted(maps.Keys(p)) { // the same bytes each time, or fuzzing runs in circles
		w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(p[name])); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// reading is what somebody read in a workbook: values by sheet and address.
type reading map[string]string

func ourReading(content []byte, limits sheet.Limits) (reading, error) {
	w, err := sheet.Open(bytes.NewReader(content), int64(len(content)), limits)
	if err != nil {
		return nil, err
	}
	defer w.Close()
	all := reading{}
	for i, info := range w.Sheets() {
		if _, err := w.Layout(i); err != nil {
			return nil, err
		}
		for r, err := range w.Rows(context.Background(), i) {
			if err != nil {
				return nil, err
			}
			for _, c := range r.Cells {
				if c.Text != "" {
					all[info.Name+"!"+sheet.A1(c.Col, c.Row)] = c.Text
				}
			}
		}
	}
	return all, nil
}

// excelizeReading is what excelize reads in the same bytes.
func excelizeReading(content []byte) (all reading, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("excelize panics: %v", p)
		}
	}()
	f, err := excelize.OpenReader(bytes.NewReader(content), excelize.Options{RawCellValue: true})
	if err != nil {
		return nil, err
	}
	defer f.Close()
	all = reading{}
	for _, name := range f.GetSheetList() {
		rows, err := f.GetRows(name)
		if err != nil {
			return nil, err
		}
		for r, row := range rows {
			for c, v := range row {
				if v != "" {
					all[name+"!"+sheet.A1(c+1, r+1)] = v
				}
			}
		}
	}
	return all, nil
}
