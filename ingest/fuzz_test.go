package ingest

import (
	"archive/zip"
	"bytes"
	"context"
	"io"
	"strings"
	"testing"

	"mingbai/ingest/sheet"
	"mingbai/ingest/sheet/sheettest"
	"mingbai/ledger"
)

// FuzzCheck feeds any bytes. Whatever they are, Check must come back with a report, and rows with somebody and a sum that
// fits the report.
func FuzzCheck(f *testing.F) {
	good := sheettest.Write(f, layout2())
	for _, seed := range [][]byte{nil, good, good[:len(good)/2], good[:len(good)-9], sheettest.Write(f, layout1()), []byte("PK\x03\x04")} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, content []byte) { mustReport(t, content) })
}

// FuzzSheet feeds any XML as the first sheet of a good workbook: random bytes rarely get through the zip's checksums.
func FuzzSheet(f *testing.F) {
	good := sheettest.Write(f, layout2())
	for _, part := range []string{"xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/workbook.xml", "xl/styles.xml"} {
		f.Add(part, partOf(f, good, part))
	}
	f.Fuzz(func(t *testing.T, part string, content []byte) {
		mustReport(t, replacePart(t, good, part, content))
	})
}

func mustReport(t *testing.T, content []byte) {
	var sum ledger.Fen
	line := 0
	report, err := Check(context.Background(), "x.xlsx", bytes.NewReader(content), int64(len(content)), Options{},
		func(r ledger.Row) error {
			if r.Head.Name == "" || r.Line <= line || r.SheetRow < 1 {
				t.Errorf("row %d of line %d", r.SheetRow, r.Line)
			}
			line = r.Line
			sum += r.Amount
			return nil
		})
	if err != nil {
		t.Fatal(err)
	}
	if report.Findings == nil || report.Rules == "" {
		t.Error("no report")
	}
	if len(report.Findings) == 0 && (sum != report.Total || line != report.Rows) {
		t.Errorf("emitted %v in %d rows, reported %v in %d", sum, line, report.Total, report.Rows)
	}
	for _, found := range report.Findings {
		if longDigits.MatchString(found.Message) && found.Rule != "XR-01" && found.Rule != "SHT-01" && found.Rule != "XR-04" {
			t.Errorf("digits in %+v", found)
		}
	}
}

func FuzzCells(f *testing.F) {
	for _, s := range []string{"1040.8600000000001", "9.9E+17", "-.5", "１，０４０", "83.94元/亩", "2025年3月1日", "阿依·古丽", "金额（元）", "单位：元", "清泉县柳门镇张庄村"} {
		f.Add(s, uint8(sheet.Text))
		f.Add(s, uint8(sheet.Number))
	}
	f.Fuzz(func(t *testing.T, text string, kind uint8) {
		c := sheet.Cell{Kind: sheet.Kind(kind % 6), Text: text}
		if v, noise, err := amountIn(c, yuan); err == nil && !noise && c.Kind == sheet.Number {
			if again, _, err := amountIn(sheet.Cell{Kind: sheet.Number, Text: v.Plain()}, yuan); err != nil || again != v {
				t.Errorf("%q: %v, then %v %v", text, v, again, err)
			}
		}
		_, _, _ = amountIn(c, wan)
		_, _, _ = quantityIn(c)
		readDate(c, true)
		if name := readName(c); name != readName(sheet.Cell{Kind: sheet.Text, Text: name}) {
			t.Errorf("%q: a name changes when read again", text)
		}
		key, _ := readLabel(text)
		meaningOf(key, key)
		titleUnit(text)
		placeIn(text)
	})
}

func partOf(t testing.TB, workbook []byte, name string) []byte {
	z, err := zip.NewReader(bytes.NewReader(workbook), int64(len(workbook)))
	if err != nil {
		t.Fatal(err)
	}
	r, err := z.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func replacePart(t testing.TB, workbook []byte, name string, content []byte) []byte {
	z, err := zip.NewReader(bytes.NewReader(workbook), int64(len(workbook)))
	if err != nil {
		t.Fatal(err)
	}
	var buf bytes.Buffer
	w := zip.NewWriter(&buf)
	for _, part := range z.File {
		body := content
		if !strings.EqualFold(part.Name, name) {
			body = partOf(t, workbook, part.Name)
		}
		p, err := w.CreateHeader(&zip.FileHeader{Name: part.Name, Method: zip.Store})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.Write(body); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}
