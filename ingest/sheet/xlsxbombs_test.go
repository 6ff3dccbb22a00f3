package sheet_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"

	"mingbai/ingest/sheet"
	"mingbai/ingest/sheet/sheettest"
)

// TestBombs are files made to cost more than they look like. Each must be refused, and soon, and cheaply.
func TestBombs(t *testing.T) {
	const head, row, tail = `<worksheet><sheetData>`, `<row><c><v>1</v></c></row>`, `</sheetData></worksheet>`
	for name, bomb := range map[string]func(z *zip.Writer){
		"a sheet of 10 GB":                func(z *zip.Writer) { sheettest.PutRepeated(t, z, sheetPart, head, row, 10<<30, tail, 0) },
		"a sheet of 10 GB that says 1 KB": func(z *zip.Writer) { sheettest.PutRepeated(t, z, sheetPart, head, row, 10<<30, tail, 1000) },
		"shared strings of 10 GB": func(z *zip.Writer) {
			sheettest.PutRepeated(t, z, stringsPart, "<sst>", "<si><t>a</t></si>", 10<<30, "</sst>", 0)
		},
		"a picture of 10 GB": func(z *zip.Writer) { sheettest.PutRepeated(t, z, "xl/media/a.png", "", row, 10<<30, "", 0) },
		"three pictures of 100 MB": func(z *zip.Writer) {
			putPart(t, z, sheetPart, head+tail)
			for _, name := range []string{"xl/media/a", "xl/media/b", "xl/media/c"} {
				sheettest.PutRepeated(t, z, name, "", row, 100<<20, "", 0)
			}
		},
		"packed too tightly": func(z *zip.Writer) {
			sheettest.PutRepeated(t, z, sheetPart, head, strings.Repeat(" ", 100), 200<<20, tail, 0)
		},
		"one text of 200 MB": func(z *zip.Writer) {
			sheettest.PutRepeated(t, z, sheetPart, head+`<row><c t="str"><v>`, chaff, 200<<20, "</v></c></row>"+tail, 0)
		},
		"one tag of 200 MB": func(z *zip.Writer) {
			sheettest.PutRepeated(t, z, sheetPart, head+`<row a="`, strings.Repeat("a", 99), 200<<20, `"/>`+tail, 0)
		},
		"one row of 200 MB": func(z *zip.Writer) {
			sheettest.PutRepeated(t, z, sheetPart, head+`<row>`, "<c/>", 200<<20, "</row>"+tail, 0)
		},
		"2,000,000 rows": func(z *zip.Writer) {
			sheettest.PutRepeated(t, z, sheetPart, head, row, 2_000_000*int64(len(row)), tail, 0)
		},
		"2,000,000 merges": func(z *zip.Writer) {
			sheettest.PutRepeated(t, z, sheetPart, head+"</sheetData><mergeCells>", `<mergeCell ref="A1:B2"/>`, 48_000_000, "</mergeCells></worksheet>", 0)
		},
		"entities": func(z *zip.Writer) {
			putPart(t, z, sheetPart, laughs+head+"<row><c t='str'><v>&lol9;</v></c></row>"+tail)
		},
		"an entity outside": func(z *zip.Writer) {
			putPart(t, z, sheetPart, `<!DOCTYPE a [<!ENTITY x SYSTEM "http://127.0.0.1:1/">]>`+head+"<row><c t='str'><v>&x;</v></c></row>"+tail)
		},
	} {
		var buf bytes.Buffer
		z := zip.NewWriter(&buf)
		for part, content := range blankBook().without(sheetPart).without(stringsPart) {
			putPart(t, z, part, content)
		}
		bomb(z)
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		limits := sheet.DefaultLimits
		if !strings.Contains(name, "tightly") {
			limits.Ratio = 2000 // so that it is not only the ratio that helps
		}
		mustCostLittle(t, name, func() {
			err := readAll(buf.Bytes(), limits)
			var limit *sheet.LimitError
			if !errors.As(err, &limit) && !errors.Is(err, sheet.ErrDamaged) {
				t.Errorf("%s: %v", name, err)
			}
		})
	}
}

// TestEndlessDirectory: of a hundred thousand parts no more are listed than it takes to see that they are too many.
func TestEndlessDirectory(t *testing.T) {
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	for i := range 100_000 {
		if _, err := z.Create(fmt.Sprint("xl/", i)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := sheet.ListZip(bytes.NewReader(buf.Bytes()), int64(buf.Len()), 2000)
	runtime.ReadMemStats(&after)
	var limit *sheet.LimitError
	if mb := (after.TotalAlloc - before.TotalAlloc) >> 20; !errors.As(err, &limit) || mb > 20 {
		t.Error(err, mb, "MB")
	}
}

// chaff does not deflate to much less than a hundredth.
const chaff = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

// TestTrapsThatAreNone are looked at in time and with little memory, too, but hold nothing wrong.
func TestTrapsThatAreNone(t *testing.T) {
	hiding := strings.Repeat("<!---->", 3_000_000) + strings.Repeat("<?a?>", 3_000_000)
	for name, p := range map[string]parts{
		"30,000 merges":      withMerges(30_000),
		"comments":           sheetOf(hiding),
		"comments in a text": sheetOf(`<row><c t="str"><v>` + hiding + `</v></c></row>`),
		"parts with paths":   sheetOf("").with("/etc/passwd", "b").with("xl/..rels", "c"),
	} {
		content := p.pack(t)
		mustCostLittle(t, name, func() {
			if err := readAll(content, sheet.Limits{Ratio: 2000}); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		})
	}
	var limit *sheet.LimitError
	if err := readAll(withMerges(50_000).pack(t), sheet.DefaultLimits); !errors.As(err, &limit) {
		t.Error("50,000 merges:", err)
	}
	for _, name := range []string{"../../../../tmp/mingbai", `..\..\c`, "xl/worksheets/../../../x", "/../x"} {
		if err := readAll(sheetOf("").with(name, "a").pack(t), sheet.DefaultLimits); !errors.As(err, &limit) {
			t.Errorf("part %s: %v", name, err)
		}
	}
	if err := readAll(nil, sheet.DefaultLimits); !errors.Is(err, sheet.ErrDamaged) {
		t.Error("nothing:", err)
	}
}

func withMerges(n int) parts {
	return blankBook().replaced(sheetPart, "</worksheet>", "<mergeCells>"+strings.Repeat(`<mergeCell ref="A1:B2"/>`, n)+"</mergeCells></worksheet>")
}

// mustCostLittle allows 5 seconds and 64 MB in all that was ever allocated, of which no more can have been used at once.
func mustCostLittle(t *testing.T, name string, do func()) {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	began := time.Now()
	do()
	took := time.Since(began)
	runtime.ReadMemStats(&after)
	if mb := (after.TotalAlloc - before.TotalAlloc) >> 20; took > 5*time.Second || mb > 64 {
		t.Errorf("%s: %v, %d MB", name, took, mb)
	}
}

func putPart(t testing.TB, z *zip.Writer, name, content string) {
	t.Helper()
	w, err := z.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(w, content); err != nil {
		t.Fatal(err)
	}
}
