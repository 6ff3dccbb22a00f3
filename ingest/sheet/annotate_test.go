package sheet_test

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"fmt"
	"io"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"mingbai/fixtures"
	"mingbai/ingest/sheet"
	"mingbai/ingest/sheet/sheettest"
)

func TestAnnotateFixtures(t *testing.T) {
	for _, layout := range []fixtures.Layout{fixtures.LayoutCard, fixtures.LayoutList, fixtures.LayoutVillages} {
		t.Run(fmt.Sprint(layout), func(t *testing.T) {
			var in bytes.Buffer
			if _, err := fixtures.WriteOne(&in, fixtures.One{Layout: layout, Rows: 120, Seed: 7}); err != nil {
				t.Fatal(err)
			}
			in = repacked(t, in)
			names := excel(t, in.Bytes()).GetSheetList()
			last := names[len(names)-1]
			list := sheet.List{Findings: []sheet.Finding{
				must("CEL-02", last, "F8"), please("CEL-12", last, "F9"), must("XR-04", last, "F9"),
				must("ROW-04", last, "J10"), please("X-1", last, "Z900"), must("XR-01", names[0], "I4"),
				{Rule: "HDR-07", Level: sheet.Handled, Sheet: last, Cell: "C3", Message: "已丢弃"},
				{Rule: "FILE-05", Level: sheet.MustFix, Message: "整个文件"},
				must("NOWHERE", "没有这张表", "A1"),
			}}
			out := annotated(t, in.Bytes(), list)
			marks := map[string]string{last + "!F8": red, last + "!F9": red, last + "!J10": red, names[0] + "!I4": red}
			sameButMarks(t, in.Bytes(), out, marks)
			sameParts(t, in.Bytes(), out, "[Content_Types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml",
				"xl/worksheets/sheet1.xml", fmt.Sprintf("xl/worksheets/sheet%d.xml", len(names)))
			want := map[string]string{
				"F8": "CEL-02 必须改：F8不对\n改法：改", "F9": "CEL-12 请核对：F9不对\n改法：改\nXR-04 必须改：F9不对\n改法：改",
				"J10": "ROW-04 必须改：J10不对\n改法：改", "Z900": "X-1 请核对：Z900不对\n改法：改",
			}
			if last == names[0] {
				want["I4"] = "XR-01 必须改：I4不对\n改法：改"
			}
			if got := commentsOf(t, out, last); !maps.Equal(got, want) {
				t.Errorf("comments %v", got)
			}
			if rows := check[[][]string](t)(excel(t, out).GetRows(sheet.ListSheet)); len(rows) != 10 || rows[1][1] != "必须改" || rows[7][1] != "已处理" {
				t.Errorf("list %v", rows)
			}
			readsAlike(t, in.Bytes(), out)
		})
	}
}

// repacked compresses otherwise than we do, so that a part that is unpacked and packed again shows.
func repacked(t *testing.T, in bytes.Buffer) (out bytes.Buffer) {
	z := zip.NewWriter(&out)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.HuffmanOnly) })
	for _, f := range check[*zip.Reader](t)(zip.NewReader(bytes.NewReader(in.Bytes()), int64(in.Len()))).File {
		w := check[io.Writer](t)(z.Create(f.Name))
		if _, err := io.Copy(w, check[io.ReadCloser](t)(f.Open())); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out
}

// readsAlike compares by our own reader: kinds and the very digits.
func readsAlike(t *testing.T, before, after []byte) {
	t.Helper()
	a, b := open(t, before), open(t, after)
	for i := range a.Sheets() {
		x, y := cells(t, a, i), cells(t, b, i)
		if !reflect.DeepEqual(x, y) {
			t.Errorf("sheet %d reads otherwise", i)
		}
	}
}

func TestAnnotateMergesAndMissingCells(t *testing.T) {
	in := sheettest.Write(t, sheettest.Sheet{Name: "表&1", Rows: [][]any{
		{"标题"}, {"姓名", "金额"}, {"张三", sheettest.Num("1040.8600000000001")}, nil, {"李四", nil, sheettest.Date("45717")}, {nil, sheettest.Formula("A1")},
	}, Merges: []string{"A1:C1", "B3:B5"}}, sheettest.Sheet{Name: "旧", Hidden: true, Rows: [][]any{{"x"}}})
	out := annotated(t, in, sheet.List{Findings: []sheet.Finding{
		please("A", "表&1", "C1"), must("B", "表&1", "B5"), must("C", "表&1", "A4"), please("D", "表&1", "C5"),
		please("E", "表&1", "B6"), must("F", "表&1", "A7"), please("G", "表&1", "B3"), must("H", "旧", "B2"),
	}})
	sameButMarks(t, in, out, map[string]string{
		"表&1!A1": amber, "表&1!B3": red, "表&1!A4": red, "表&1!C5": amber, "表&1!B6": amber, "表&1!A7": red, "旧!B2": red,
	})
	if got := slices.Sorted(maps.Keys(commentsOf(t, out, "表&1"))); !slices.Equal(got, []string{"A1", "A4", "A7", "B3", "B6", "C5"}) {
		t.Errorf("comments %v", got)
	}
	if got := commentsOf(t, out, "表&1")["B3"]; !strings.Contains(got, "B 必须改") || !strings.Contains(got, "G 请核对") {
		t.Errorf("merged cell says %q", got)
	}
	readsAlike(t, in, out)
}

func TestAnnotateKeepsComments(t *testing.T) {
	f := excelize.NewFile()
	defer f.Close()
	for cell, text := range map[string]string{"A1": "会计：已核", "B2": "=留着"} {
		if err := f.AddComment("Sheet1", excelize.Comment{Cell: cell, Author: "会计", Text: text}); err != nil {
			t.Fatal(err)
		}
	}
	buf := check[*bytes.Buffer](t)(f.WriteToBuffer())
	list := sheet.List{Findings: []sheet.Finding{must("A", "Sheet1", "A1"), must("B", "Sheet1", "C3")}}
	out := annotated(t, buf.Bytes(), list)
	want := map[string]string{"A1": "会计：已核\n————————\nA 必须改：A1不对\n改法：改", "B2": "=留着", "C3": "B 必须改：C3不对\n改法：改"}
	if got := commentsOf(t, out, "Sheet1"); !maps.Equal(got, want) {
		t.Errorf("comments %q", got)
	}
	vml := partOf(t, out, "xl/drawings/vmlDrawing1.vml")
	if n := strings.Count(vml, `ObjectType="Note"`); n != 3 {
		t.Errorf("%d boxes for 3 comments", n)
	}
	// A mended copy that comes back is not commented twice, and has one list.
	again := annotated(t, out, sheet.List{Findings: []sheet.Finding{please("Z", "Sheet1", "C3")}})
	want = map[string]string{"A1": "会计：已核", "B2": "=留着", "C3": "Z 请核对：C3不对\n改法：改"}
	if got := commentsOf(t, again, "Sheet1"); !maps.Equal(got, want) {
		t.Errorf("second time: %q", got)
	}
	third := annotated(t, again, sheet.List{Findings: []sheet.Finding{must("Y", "Sheet1", "A1")}})
	want["A1"], want["C3"] = "会计：已核\n————————\nY 必须改：A1不对\n改法：改", "已改好：上次校验指出的问题没有了。"
	if got := commentsOf(t, third, "Sheet1"); !maps.Equal(got, want) {
		t.Errorf("third time: %q", got)
	}
	for cell, colour := range map[string]string{"A1": "FF" + red, "C3": ""} {
		f := excel(t, third)
		fill := f.Styles.Fills.Fill[*f.Styles.CellXfs.Xf[check[int](t)(f.GetCellStyle("Sheet1", cell))].FillID].PatternFill
		if got := fill.FgColor; (got == nil) != (colour == "") || got != nil && got.RGB != colour {
			t.Errorf("third time: %s is %+v", cell, got)
		}
	}
	if got := excel(t, again).GetSheetList(); len(got) != 2 {
		t.Errorf("second time: sheets %v", got)
	}
	if rows := check[[][]string](t)(excel(t, again).GetRows(sheet.ListSheet)); len(rows) != 2 {
		t.Errorf("second list %v", rows)
	}
}

func partOf(t testing.TB, content []byte, name string) string {
	t.Helper()
	z := check[*zip.Reader](t)(zip.NewReader(bytes.NewReader(content), int64(len(content))))
	return string(check[[]byte](t)(io.ReadAll(check[io.ReadCloser](t)(openPart(z, name)))))
}

func openPart(z *zip.Reader, name string) (io.ReadCloser, error) {
	f, err := z.Open(name)
	return f, err
}
