package sheet_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"mingbai/ingest/sheet"
	"mingbai/ingest/sheet/sheettest"
)

// TestAnnotateLarge bounds time and memory: marking must not grow with the rows.
func TestAnnotateLarge(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: 200,000 rows take a second")
	}
	const rows = 200_000
	in := sheettest.WriteLarge(t, "表", rows, func(i int) []any {
		return []any{i, "柳门镇", "张庄村", "一组", "张三", "身份证", 1.5, 83.94, 125.91, "备注", "a", "b"}
	})
	list := sheet.List{}
	for i := range 2000 {
		list.Findings = append(list.Findings, must("X", "表", sheet.A1(1+i%14, 100*i+2)))
	}
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	peak, done := atomic.Uint64{}, make(chan struct{})
	go func() {
		for {
			select {
			case <-done:
				return
			case <-time.After(5 * time.Millisecond):
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				peak.Store(max(peak.Load(), m.HeapAlloc))
			}
		}
	}()
	start := time.Now()
	out := annotated(t, in, list)
	took := time.Since(start)
	close(done)
	runtime.ReadMemStats(&after)
	more := int64(peak.Load()) - int64(before.HeapAlloc)
	t.Logf("%d rows, %d bytes in, %d out: %v, peak heap +%d MB, %d allocations", rows, len(in), len(out), took, more>>20, after.Mallocs-before.Mallocs)
	if took > 20*time.Second || more > 96<<20 {
		t.Errorf("took %v and %d MB", took, more>>20)
	}
}

// FuzzAnnotate feeds any bytes as a workbook, and any XML as a part of a good one.
func FuzzAnnotate(f *testing.F) {
	good := sheettest.Write(f, sheettest.Sheet{Name: "表", Rows: [][]any{{"a", 1}, {"b", 2}}, Merges: []string{"A1:B1"}})
	names := []string{"", "xl/worksheets/sheet1.xml", "xl/styles.xml", "xl/workbook.xml", "[Content_Types].xml", "xl/_rels/workbook.xml.rels"}
	for i, name := range names[1:] {
		f.Add(i+1, []byte(partOf(f, good, name)))
	}
	f.Add(0, good)
	f.Add(1, []byte(`<x:worksheet><x:cols><x:col min="1" max="2" style="1"/></x:cols><x:sheetData><x:row><x:c><x:v>1</x:v></x:c></x:row></x:sheetData><x:legacyDrawing r:id="rId1"/></x:worksheet>`))
	list := sheet.List{Findings: []sheet.Finding{must("A", "表", "B1"), please("B", "表", "C2"), must("C", "表", "A99")}}
	f.Fuzz(func(t *testing.T, part int, content []byte) {
		if part = part & 0xff % len(names); part > 0 {
			var b bytes.Buffer
			z := zip.NewWriter(&b)
			for _, file := range check[*zip.Reader](t)(zip.NewReader(bytes.NewReader(good), int64(len(good)))).File {
				if file.Name != names[part] {
					if err := z.Copy(file); err != nil {
						t.Fatal(err)
					}
				}
			}
			w := check[interface{ Write([]byte) (int, error) }](t)(writer(z.Create(names[part])))
			if _, err := w.Write(content); err != nil {
				t.Fatal(err)
			}
			if err := z.Close(); err != nil {
				t.Fatal(err)
			}
			content = b.Bytes()
		}
		var out bytes.Buffer
		if err := sheet.Annotate(&out, bytes.NewReader(content), int64(len(content)), list); err != nil {
			if out.Len() > 0 && !errors.Is(err, zip.ErrFormat) && !errors.Is(err, zip.ErrChecksum) && !strings.Contains(err.Error(), "copy a part") {
				t.Errorf("%d bytes before %v", out.Len(), err)
			}
			return
		}
		if _, err := zip.NewReader(bytes.NewReader(out.Bytes()), int64(out.Len())); err != nil {
			t.Error(err)
		}
	})
}
