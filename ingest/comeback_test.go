package ingest

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"

	"mingbai/ingest/sheet"
	"mingbai/ingest/sheet/sheettest"
	"mingbai/ledger"
)

// faulty is a sheet with a fault of most kinds that have an original value, some of it in the wrong column.
func faulty() sheettest.Sheet {
	s := layout2()
	s.Set(6, 4, idOf(1)[:17])                        // F4: too short
	s.Set(6, 5, idOf(2)[:17]+"a")                    // F5: no digit at the end
	s.Set(6, 6, sheettest.Num("990121197001010010")) // F6: a number
	s.Set(9, 5, "6228000000000000123")               // I5: an account
	s.Set(9, 4, "四十五")                               // I4
	s.Set(5, 6, nil)                                 // E6: nobody
	return s
}

func listOf(t *testing.T, content []byte, name string) [][]string {
	t.Helper()
	book, err := sheet.Open(bytes.NewReader(content), int64(len(content)), sheet.DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(book.Sheets(), func(s sheet.Info) bool { return s.Name == name })
	if i < 0 {
		t.Fatalf("no sheet %s in %v", name, book.Sheets())
	}
	var out [][]string
	for row, err := range book.Rows(context.Background(), i) {
		if err != nil {
			t.Fatal(err)
		}
		line := make([]string, 7)
		for _, c := range row.Cells {
			if c.Kind != sheet.Text {
				t.Errorf("%s is no text", sheet.A1(c.Col, c.Row))
			}
			line[c.Col-1] = c.Text
		}
		out = append(out, line)
	}
	return out
}

func TestWriteFindings(t *testing.T) {
	content := sheettest.Write(t, faulty())
	report, _ := readBytes(t, "种粮990121197001010010.xlsx", content, Options{})
	var out bytes.Buffer
	if err := report.WriteFindings(context.Background(), bytes.NewReader(content), int64(len(content)), &out); err != nil {
		t.Fatal(err)
	}
	rows := listOf(t, out.Bytes(), sheet.ListSheet)
	if len(rows) != len(report.Findings)+1 || !slices.Equal(rows[0], []string{"规则号", "级别", "工作表", "单元格", "原值", "说明", "建议"}) {
		t.Fatalf("%d rows for %d findings, head %v", len(rows), len(report.Findings), rows[0])
	}
	values := map[string]string{}
	for _, row := range rows[1:] {
		values[row[3]] = row[4]
	}
	for cell, want := range map[string]string{
		"F4": "17位", "F5": "18位，有不该有的字符", "F6": "存成了数字", "I5": "［含19位数字，不显示］", "I4": "四十五", "E6": "",
	} {
		if values[cell] != want {
			t.Errorf("%s: %q, want %q", cell, values[cell], want)
		}
	}
	summary := listOf(t, out.Bytes(), "概要")
	if got := summary[1][1]; got != report.SHA256[:12] {
		t.Errorf("summary %v", summary)
	}
	long := regexp.MustCompile(`\d[\d ]{6,}`)
	for _, row := range append(rows, append(summary[:1:1], summary[2:]...)...) {
		for _, text := range row {
			if long.MatchString(text) && text != report.Rules {
				t.Errorf("digits in %q", text)
			}
		}
	}
}

func TestMaskedValues(t *testing.T) {
	for _, c := range []struct{ field, text, want string }{
		{"head_name", "张三丰", "张××"},
		{"head_name", "欧阳 修", "欧阳×"},
		{"payee_name", "阿依古丽·买买提", "阿××××"},
		{"head_name", "李", "李"},
		{"head_name", "张三 13900000001", notShown},
		{"head_name", "合  计", "合计"},
		{"id_number", idOf(5), "［证号］"},
		{"payee_id_number", idOf(5)[:6] + "700101001", "15位"},
		{"id_number", idOf(5)[:17] + "*", "已打码"},
		{"id_number", idOf(5)[:10] + "1332" + idOf(5)[14:], "出生日期不存在"},
		{"amount", "1040.8600000000001", "1040.8600…"},
		{"amount", "１２０元", "120元"},
		{"amount", idOf(1), "［含18位数字，不显示］"},
		{"amount", "1234567.00", "［含9位数字，不显示］"},
		{"standard", "1390000 0001", "［含11位数字，不显示］"},
		{"village", "张庄村", "张庄村"},
		{"village", "13900000001", notShown},
		{"", "6228000000000000123", notShown},
		{"illness", "某病", notShown},
	} {
		r := Report{Sheets: []Sheet{{Name: "表", FirstRow: 2, HeaderRows: []int{1}, Columns: []Column{{"B1", "列", c.field}}}}}
		if got := r.masker("表")(sheet.Cell{Row: 2, Col: 2, Kind: sheet.Text, Text: c.text}); got != c.want {
			t.Errorf("%s %q: %q, want %q", c.field, c.text, got, c.want)
		}
	}
	if got := (Report{}).masker("表")(sheet.Cell{Row: 1, Col: 1, Text: "张三"}); got != notShown {
		t.Errorf("unknown sheet: %q", got)
	}
}

func TestAnnotatedCopy(t *testing.T) {
	content := sheettest.Write(t, faulty())
	report, _ := readBytes(t, "种粮.xlsx", content, Options{})
	var out bytes.Buffer
	fresh, err := report.AnnotatedCopy(context.Background(), bytes.NewReader(content), int64(len(content)), &out)
	if err != nil || fresh {
		t.Fatal(fresh, err)
	}
	if rows := listOf(t, out.Bytes(), sheet.ListSheet); len(rows) != len(report.Findings)+2 || !strings.Contains(rows[0][0], "上传人") {
		t.Errorf("list %v", rows)
	}
	// What was read of the clerk's sheet is read again.
	again, _ := readBytes(t, "种粮.xlsx", out.Bytes(), Options{})
	if a, b := report.Sheets[0], again.Sheets[0]; a.Rows != b.Rows || a.Total != b.Total || a.Title != b.Title {
		t.Errorf("%+v became %+v", a, b)
	}
	for _, bad := range [][]byte{nil, content[:len(content)/2], []byte("%PDF-1.7")} {
		if _, err := report.AnnotatedCopy(context.Background(), bytes.NewReader(bad), int64(len(bad)), &out); !errors.Is(err, ledger.ErrInvalid) && ledger.KindOf(err) != ledger.KindInvalid {
			t.Errorf("%d bytes: %v", len(bad), err)
		}
	}
}

// TestAnnotatedCopyOfAnOddWorkbook: what cannot be edited comes back as a new file that says so.
func TestAnnotatedCopyOfAnOddWorkbook(t *testing.T) {
	content := sheettest.Write(t, faulty())
	report, _ := readBytes(t, "种粮.xlsx", content, Options{})
	content = withParts(t, content, map[string]string{
		"xl/worksheets/_rels/sheet1.xml.rels": `<Relationships><Relationship Id="a" Type="x/comments" Target="/xl/c.xml"/></Relationships>`,
		"xl/c.xml":                            `<comments/>`,
	})
	var out bytes.Buffer
	fresh, err := report.AnnotatedCopy(context.Background(), bytes.NewReader(content), int64(len(content)), &out)
	if err != nil || !fresh {
		t.Fatal(fresh, err)
	}
	if rows := listOf(t, out.Bytes(), sheet.ListSheet); len(rows) != len(report.Findings)+3 || !strings.Contains(rows[1][0], "新文件") {
		t.Errorf("list %v", rows)
	}
	again, _ := readBytes(t, "种粮.xlsx", out.Bytes(), Options{})
	if a, b := report.Sheets[0], again.Sheets[0]; a.Rows != b.Rows || a.Total != b.Total {
		t.Errorf("%+v became %+v", a, b)
	}
}

func withParts(t *testing.T, content []byte, parts map[string]string) []byte {
	t.Helper()
	old, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, f := range old.File {
		err = errors.Join(err, z.Copy(f))
	}
	for name, text := range parts {
		w, failed := z.Create(name)
		if failed == nil {
			_, failed = w.Write([]byte(text))
		}
		err = errors.Join(err, failed)
	}
	if err := errors.Join(err, z.Close()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
