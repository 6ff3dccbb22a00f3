package sheet_test

import (
	"archive/zip"
	"bytes"
	"slices"
	"strings"
	"testing"

	"mingbai/ingest/sheet"
)

func openBytes(t *testing.T, content []byte) sheet.Workbook {
	t.Helper()
	w, err := sheet.Open(bytes.NewReader(content), int64(len(content)), sheet.DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// zipped makes a container of parts: name, content, name, content.
func zipped(t testing.TB, parts ...string) string {
	t.Helper()
	var buf bytes.Buffer
	w := zip.NewWriter(&buf)
	for i := 0; i < len(parts); i += 2 {
		p, err := w.Create(parts[i])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.Write([]byte(parts[i+1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.String()
}

// oleFile is the beginning of a compound file and the names of its streams.
func oleFile(streams ...string) string {
	s := "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + strings.Repeat("\x00", 504)
	for _, name := range streams {
		for _, c := range []byte(name) {
			s += string([]byte{c, 0})
		}
		s += strings.Repeat("\x00", 128-2*len(name))
	}
	return s
}

func contentTypes(kind string) string {
	return `<Types><Override PartName="/w.xml" ContentType="application/vnd.` + kind + `"/></Types>`
}

func TestSniff(t *testing.T) {
	for name, c := range map[string]struct {
		content string
		want    sheet.Format
	}{
		"xlsx":                         {zipped(t, "[Content_Types].xml", "", "xl/workbook.xml", ""), sheet.XLSX},
		"xlsx of odd paths":            {zipped(t, "[Content_Types].xml", contentTypes("openxmlformats-officedocument.spreadsheetml.sheet.main+xml"), "w.xml", ""), sheet.XLSX},
		"xlsx with backslashes":        {zipped(t, `xl\workbook.xml`, ""), sheet.XLSX},
		"xlsx with a document in it":   {zipped(t, "xl/workbook.xml", "", "word/document.xml", ""), sheet.XLSX},
		"xlsb":                         {zipped(t, "[Content_Types].xml", "", "xl/styles.bin", "", "xl/workbook.bin", ""), sheet.XLSB},
		"xlsb of odd paths":            {zipped(t, "[Content_Types].xml", contentTypes("ms-excel.sheet.binary.macroEnabled.main"), "w.bin", ""), sheet.XLSB},
		"ods":                          {zipped(t, "mimetype", "application/vnd.oasis.opendocument.spreadsheet", "content.xml", ""), sheet.ODS},
		"flat ods":                     {`<?xml version="1.0"?><office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0">`, sheet.ODS},
		"odt is no ods":                {zipped(t, "mimetype", "application/vnd.oasis.opendocument.text"), sheet.Zip},
		"docx":                         {zipped(t, "[Content_Types].xml", contentTypes("openxmlformats-officedocument.wordprocessingml.document.main+xml"), "word/document.xml", ""), sheet.Word},
		"docx with a workbook in it":   {zipped(t, "word/document.xml", "", "word/embeddings/xl/a.xlsx", ""), sheet.Word},
		"OFD":                          {zipped(t, "OFD.xml", "", "Doc_0/Document.xml", ""), sheet.OFD},
		"zip of clerks' files":         {zipped(t, "张庄.xlsx", "PK"), sheet.Zip},
		"zip cut off":                  {zipped(t, "xl/workbook.xml", "")[:60], sheet.Unknown},
		"rar":                          {"Rar!\x1a\x07\x01\x00", sheet.Zip},
		"7z":                           {"7z\xbc\xaf\x27\x1c", sheet.Zip},
		"xls":                          {oleFile("Root Entry", "Workbook"), sheet.XLS},
		"xls of Excel 5":               {oleFile("Root Entry", "Book"), sheet.XLS},
		"xls with an attachment":       {oleFile("Root Entry", "EncryptedPackage", "Workbook"), sheet.XLS},
		"ole of unknown":               {oleFile("Root Entry"), sheet.XLS},
		"password":                     {oleFile("Root Entry", "EncryptionInfo", "EncryptedPackage"), sheet.Encrypted},
		"password, far in":             {oleFile("Root Entry") + strings.Repeat("x", 1<<16-658) + oleFile("EncryptedPackage")[500:], sheet.Encrypted},
		"BIFF without OLE2":            {"\x09\x08\x08\x00\x00\x05\x10\x00", sheet.OldXLS},
		"PDF":                          {"%PDF-1.7", sheet.PDF},
		"RTF":                          {`{\rtf1\ansi`, sheet.RTF},
		"picture":                      {"\x89PNG\r\n\x1a\n", sheet.Image},
		"SpreadsheetML":                {workbookHead, sheet.SpreadsheetML},
		"SpreadsheetML without prolog": {`<ss:Workbook xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">`, sheet.SpreadsheetML},
		"SpreadsheetML in UTF-16":      {utf16le(t, workbookHead), sheet.SpreadsheetML},
		"the same without BOM":         {utf16le(t, workbookHead)[2:], sheet.SpreadsheetML},
		"html with Excel's namespaces": {`<html xmlns:x="urn:schemas-microsoft-com:office:excel" xmlns="http://www.w3.org/TR/REC-html40"><table>`, sheet.HTML},
		"XHTML":                        {`<?xml version="1.0"?><!DOCTYPE html PUBLIC "x"><!-- a > b --><html>`, sheet.HTML},
		"bare table":                   {"\r\n <TABLE border=1>", sheet.HTML},
		"html in UTF-16":               {utf16le(t, "<html>"), sheet.HTML},
		"mht":                          {"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n\r\n<html>", sheet.MHTML},
		"XML":                          {`<?xml version="1.0"?><rss/>`, sheet.XML},
		"csv":                          {"a,b\n", sheet.CSV},
		"csv in GB18030":               {gb(t, "姓名,金额\n"), sheet.CSV},
		"csv in UTF-16":                {utf16le(t, "姓名\t金额\n"), sheet.CSV},
		"csv in no charset":            {"a,\xff\n", sheet.CSV},
		"text with a less-than":        {"a<b,c\n", sheet.CSV},
		"program":                      {"\x7fELF\x02\x01\x01\x00", sheet.Unknown},
		"nothing":                      {"", sheet.Unknown},
		"white space":                  {" \r\n", sheet.Unknown},
	} {
		if got := sheet.Sniff(strings.NewReader(c.content), int64(len(c.content))); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
		if c.want.Name() == "" || c.want != sheet.Unknown && c.want.Name() == sheet.Unknown.Name() {
			t.Errorf("%q has no name", c.want)
		}
	}
}

func TestWhatIsNotReadIsNamed(t *testing.T) {
	for want, content := range map[sheet.Format]string{
		sheet.XLSB: zipped(t, "xl/workbook.bin", ""),
		sheet.ODS:  zipped(t, "mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
		sheet.Word: zipped(t, "word/document.xml", ""), sheet.PDF: "%PDF-1", sheet.Zip: "Rar!\x1a\x07", sheet.Image: "GIF89a", sheet.MHTML: "MIME-Version: 1.0\nContent-Type: multipart/related",
	} {
		if err := drain(strings.NewReader(content), int64(len(content))); !sameFault(err, &sheet.FormatError{Format: want}) {
			t.Errorf("%s: %v", want, err)
		}
	}
}

func TestExtensionsThatMislead(t *testing.T) {
	all := []sheet.Format{sheet.XLSX, sheet.XLS, sheet.CSV, sheet.HTML, sheet.SpreadsheetML}
	for ext, want := range map[string][]sheet.Format{
		"xlsx": {sheet.XLSX}, ".XLSX": {sheet.XLSX}, "xlsm": {sheet.XLSX}, "xls": all[1:], "et": {sheet.XLSX, sheet.XLS}, "csv": {sheet.CSV}, "txt": {sheet.CSV},
		"html": {sheet.HTML}, "xml": {sheet.SpreadsheetML}, "pdf": nil, "docx": nil, "zip": nil, "ods": nil, "": all, ".3": all, "bak": all,
	} {
		for _, f := range all {
			if got := f.Agrees(ext); got != slices.Contains(want, f) {
				t.Errorf("%s behind .%s: %v", f, ext, got)
			}
		}
	}
}
