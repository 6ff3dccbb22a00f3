package sheet_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"mingbai/ingest/sheet"
)

// small limits let the fuzzer come to them.
var small = sheet.Limits{Unzipped: 1 << 20, Parts: 20, Rows: 50, Columns: 20, Merges: 20}

// mustAnswer reads any bytes; what comes back must be a reading in order, or an error about the file.
func mustAnswer(t testing.TB, content []byte) string {
	begun := time.Now()
	got, err := dump(content, small)
	if err != nil && !aboutFile(err) {
		t.Fatalf("%v\n%s", err, got)
	}
	if took := time.Since(begun); took > 5*time.Second {
		t.Fatalf("took %v", took)
	}
	if strings.Contains(got, "\ufffd") && err == nil {
		t.Fatalf("a lost character got through:\n%s", got)
	}
	return got
}

func aboutFile(err error) bool {
	var limit *sheet.LimitError
	var text *sheet.TextError
	var format *sheet.FormatError
	return errors.Is(err, sheet.ErrDamaged) || errors.Is(err, sheet.ErrEncrypted) || errors.As(err, &limit) || errors.As(err, &text) || errors.As(err, &format)
}

// FuzzCSV reads any text, and reads the same text as one quoted cell, which must come back whole.
func FuzzCSV(f *testing.F) {
	for name, content := range textSamples(f) {
		if strings.HasSuffix(name, ".csv") {
			f.Add(content)
			f.Add([]byte(gb(f, string(content))))
			f.Add([]byte(utf16le(f, string(content))))
		}
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		// A first line keeps the rest from being taken for something else.
		mustAnswer(t, append([]byte("a,b\n"), content...))
		mustAnswer(t, content)
		s := strings.NewReplacer("\r\n", "\n", "\r", "\n", "\t", "").Replace(string(content))
		if len(s) > 1000 || s == "" || strings.HasPrefix(s, "=") || strings.HasPrefix(s, "'") {
			return
		}
		got, err := dump([]byte("a,b\n1,\""+strings.ReplaceAll(s, `"`, `""`)+"\"\n"), small)
		if err == nil && utf8.ValidString(s) && strings.HasPrefix(got, "csv") && !strings.HasSuffix(got, fmt.Sprintf("\n2 A:\"1\" B:%q\n", s)) {
			t.Errorf("%q came back as\n%s", s, got)
		}
	})
}

func FuzzHTML(f *testing.F) {
	for name, content := range textSamples(f) {
		if strings.HasSuffix(name, ".html") {
			f.Add(content)
		}
	}
	f.Add([]byte("<td x:num=1 rowspan=3>1<tr><table><td><caption>c</table><tbody hidden>"))
	f.Fuzz(func(t *testing.T, content []byte) {
		mustAnswer(t, append([]byte("<table><tr><td>a<tr><td>b"), content...))
		mustAnswer(t, content)
	})
}

func FuzzXML2003(f *testing.F) {
	for name, content := range textSamples(f) {
		if strings.HasSuffix(name, ".xml") {
			f.Add(content)
		}
	}
	f.Add([]byte(`<Column ss:Span="3"/><Row ss:Span="2"/><Row><Cell ss:MergeDown="1"/><Cell ss:Index="5"><Data>1</Data></Cell></Row>`))
	f.Fuzz(func(t *testing.T, content []byte) {
		mustAnswer(t, xmlWorkbook(string(content)))
		mustAnswer(t, content)
	})
}

func FuzzSniff(f *testing.F) {
	for _, content := range textSamples(f) {
		f.Add(content[:min(len(content), 300)])
	}
	for _, s := range []string{zipped(f, "xl/workbook.bin", ""), zipped(f, "mimetype", "application/vnd.oasis.opendocument.spreadsheet"), oleFile("EncryptedPackage"), "Rar!\x1a\x07", `<?xml?><!DOCTYPE a [<!ENTITY b "c">]><Workbook/>`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		format := sheet.Sniff(bytes.NewReader(content), int64(len(content)))
		if format.Name() == "" {
			t.Errorf("%q has no name", format)
		}
		// What Sniff says holds when the file goes on.
		if longer := append(bytes.Clone(content), '\n'); len(content) > 0 && format == sheet.PDF && sheet.Sniff(bytes.NewReader(longer), int64(len(longer))) != format {
			t.Error("changes its mind")
		}
	})
}

// BenchmarkTexts measures rows of twelve cells: go test -bench Texts -benchmem.
func BenchmarkTexts(b *testing.B) {
	const n = 50_000
	line := []string{"1", "990121001", "清泉县柳门镇张庄村", "一组", "张三", "990121197001010010", "6217000000000000000", "3.50", "83.94", "293.79", "2025-03-01", "备注"}
	html, xml := &strings.Builder{}, &strings.Builder{}
	for range n {
		html.WriteString("<tr><td>" + strings.Join(line, "</td><td class=xl65>") + "</td></tr>\n")
		xml.WriteString(`<Row ss:AutoFitHeight="0"><Cell ss:StyleID="s1"><Data ss:Type="String">` + strings.Join(line, `</Data></Cell><Cell ss:StyleID="s1"><Data ss:Type="String">`) + "</Data></Cell></Row>\n")
	}
	csv := strings.Repeat(strings.Join(line, ",")+"\r\n", n)
	for _, c := range []struct{ name, content string }{
		{"csv", csv},
		{"csv GB18030", gb(b, csv)},
		{"html", "<table>" + html.String() + "</table>"},
		{"html GB18030", gb(b, "<table>"+html.String()+"</table>")},
		{"xml2003", string(xmlWorkbook(xml.String()))},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := drain(strings.NewReader(c.content), int64(len(c.content))); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}
