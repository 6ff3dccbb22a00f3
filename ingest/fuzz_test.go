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
	report, err := Check(context.Background(), "x.xlsx", bytes.NewReader(content), int64(len(content)), Options{Kind: ledger.Subsidy},
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
		builtin[ledger.Subsidy].meaningOf(key, key)
		titleUnit(text)
		placeIn(text)
		readMonth(c)
		readCode(c)
		readText(text)
		ordinal(c)
		severalPeople(text)
		severalNumbers(text)
		oddName(text)
		yearsIn(text)
		if kind := private(text); kind == "" && private(strings.Repeat("，", 3)+text) != "" {
			t.Errorf("%q: private behind commas only", text)
		}
		if subject := fundIn(text); !alikeNames(subject, subject) {
			t.Errorf("%q: a fund is not itself", text)
		}
	})
}

// FuzzHeader feeds cells of any text as the first rows of a sheet, merged in any way, to every kind. Whatever stands
// there, recognition comes back, with columns inside the sheet and a header no higher than it may be.
func FuzzHeader(f *testing.F) {
	f.Add("清泉县补贴表\n序号\t姓名\t身份证号\t村\t金额（元）\n1\t甲某\tx\t张庄村\t12", uint8(2), uint8(1), uint8(3), uint8(2))
	f.Add("户主信息\t\t收款人信息\n姓名\t身份证号\t姓名\n（元）\t元\t万元", uint8(1), uint8(1), uint8(1), uint8(2))
	f.Add("科目编码\t科目名称\t合计\t基本支出\t项目支出\n201\t一般\t1\t1\t0", uint8(0), uint8(0), uint8(9), uint8(9))
	f.Fuzz(func(t *testing.T, text string, top, left, bottom, right uint8) {
		var rows [][]any
		for _, line := range strings.Split(text, "\n") {
			var row []any
			for _, cell := range strings.Split(line, "\t") {
				if cell == "" {
					row = append(row, nil)
				} else {
					row = append(row, cell)
				}
			}
			rows = append(rows, row)
		}
		if len(rows) > 40 || len(rows[0]) > 40 {
			return
		}
		s := sheettest.Sheet{Name: "张庄村", Rows: rows}
		if top > 0 && left > 0 && top <= bottom && left <= right && left < 26 && right < 26 {
			s.Merges = []string{sheet.A1(int(left), int(top)) + ":" + sheet.A1(int(right), int(bottom))}
		}
		for _, kind := range append(kindOrder, "") {
			report, _, _ := bookOf(s).check(t, Options{Kind: kind, Year: 2025, Town: "柳门镇", FundName: "耕地补贴"})
			for _, out := range report.Sheets {
				if len(out.HeaderRows) > 0 && (out.HeaderRows[0] < 1 || out.FirstRow > 0 && out.FirstRow <= out.HeaderRows[0]) {
					t.Errorf("%s: header %v, data from %d", kind, out.HeaderRows, out.FirstRow)
				}
			}
			for _, found := range report.Findings {
				if longDigits.MatchString(found.Message) && !strings.HasPrefix(found.Rule, "XR-") && found.Rule != "SHT-01" {
					t.Errorf("digits in %+v", found)
				}
			}
		}
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
