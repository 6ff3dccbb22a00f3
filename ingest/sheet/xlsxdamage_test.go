package sheet_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mingbai/fixtures"
	"mingbai/ingest/sheet"
)

// xlsxSamples are small workbooks of every kind there is in these tests.
func xlsxSamples(t testing.TB) map[string][]byte {
	t.Helper()
	all := map[string][]byte{}
	for i, o := range odd {
		if i%8 == 0 {
			all[o.name] = o.parts.pack(t)
		}
	}
	dir := t.TempDir()
	if _, err := fixtures.Generate(context.Background(), fixtures.Plan{Households: 8, Seed: 3, Dir: dir}, nil); err != nil {
		t.Fatal(err)
	}
	paths, _ := filepath.Glob(filepath.Join(dir, "*.xlsx"))
	for _, path := range paths[:3] {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		all[filepath.Base(path)] = content
	}
	return all
}

// mustReadOrRefuse reads all there is. Whatever the bytes are, there are rows or one of the package's errors.
func mustReadOrRefuse(t testing.TB, name string, content []byte, limits sheet.Limits) {
	t.Helper()
	err := readAll(content, limits)
	var limit *sheet.LimitError
	var format *sheet.FormatError
	if err != nil && !errors.Is(err, sheet.ErrDamaged) && !errors.Is(err, sheet.ErrEncrypted) && !errors.As(err, &limit) && !errors.As(err, &format) {
		t.Errorf("%s: %v", name, err)
	}
}

// TestCutShort cuts every sample at 50 places. The directory of a zip stands at its end, so none can be read.
func TestCutShort(t *testing.T) {
	for name, content := range xlsxSamples(t) {
		if err := readAll(content, sheet.DefaultLimits); err != nil {
			t.Fatalf("%s, whole: %v", name, err)
		}
		for i := range 50 {
			n := len(content) * i / 50
			if err := readAll(content[:n], sheet.DefaultLimits); !errors.Is(err, sheet.ErrDamaged) {
				t.Errorf("%s, %d of %d bytes: %v", name, n, len(content), err)
			}
		}
	}
}

// TestBytesChanged changes single bytes of every sample, as it is and with its parts not deflated, where a change reaches
// the XML itself; once with a right checksum, so that it is not that which tells.
func TestBytesChanged(t *testing.T) {
	for name, content := range xlsxSamples(t) {
		stored := repack(t, content, nil)
		rng := rand.New(rand.NewPCG(1, uint64(len(name))))
		for range 500 {
			for _, from := range [][]byte{content, stored} {
				changed := bytes.Clone(from)
				changed[rng.IntN(len(changed))] ^= byte(1 << rng.IntN(8))
				mustReadOrRefuse(t, name, changed, sheet.DefaultLimits)
			}
		}
		for range 500 {
			changed := repack(t, content, func(part []byte) {
				if len(part) > 0 && rng.IntN(3) == 0 {
					part[rng.IntN(len(part))] = byte(rng.IntN(256))
				}
			})
			mustReadOrRefuse(t, name, changed, sheet.DefaultLimits)
		}
	}
}

// repack packs a workbook's parts anew without deflating them; change may change each.
func repack(t testing.TB, workbook []byte, change func(part []byte)) []byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(workbook), int64(len(workbook)))
	if err != nil {
		t.Fatal(err)
	}
	var buf bytes.Buffer
	w := zip.NewWriter(&buf)
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		part, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if change != nil {
			change(part)
		}
		p, err := w.CreateHeader(&zip.FileHeader{Name: f.Name, Method: zip.Store})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.Write(part); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// TestChecksum: digits changed in a part are noticed, though the XML is well and the change comes after the last row.
func TestChecksum(t *testing.T) {
	content := repack(t, sheetOf(`<row r="1"><c><v>12345</v></c></row><!--`+strings.Repeat(" ", 1000)+`-->`).pack(t), nil)
	at := bytes.Index(content, []byte("12345"))
	content[at] = '9'
	w := open(t, content)
	if _, err := w.Layout(0); !errors.Is(err, sheet.ErrDamaged) {
		t.Error("layout:", err)
	}
	var last error
	for _, err := range w.Rows(context.Background(), 0) {
		last = err
	}
	if !errors.Is(last, sheet.ErrDamaged) {
		t.Error("rows:", last)
	}
}

func TestChecksumOfTexts(t *testing.T) {
	p := blankBook().with(stringsPart, "<sst><si><t>12345</t></si></sst><!--"+strings.Repeat(" ", 1000)+"-->")
	content := p.pack(t)
	content[bytes.Index(content, []byte("12345"))] = '9'
	if err := readAll(content, sheet.DefaultLimits); !errors.Is(err, sheet.ErrDamaged) {
		t.Error(err)
	}
}

// TestLockedParts: a zip may lock its parts with a password, which is not how Excel does it.
func TestLockedParts(t *testing.T) {
	content := blankBook().pack(t)
	for at := 0; ; at += 4 {
		next := bytes.Index(content[at:], []byte("PK\x01\x02"))
		if next < 0 {
			break
		}
		at += next
		content[at+8] |= 1
	}
	if err := readAll(content, sheet.DefaultLimits); !errors.Is(err, sheet.ErrEncrypted) {
		t.Error(err)
	}
}

// TestCancelledBetweenRows: what is in the buffer already is not given either.
func TestCancelledBetweenRows(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	w := open(t, sheetOf(strings.Repeat(`<row><c><v>1</v></c></row>`, 9)).pack(t))
	n := 0
	for _, err := range w.Rows(ctx, 0) {
		if cancel(); n > 0 && !errors.Is(err, context.Canceled) || n == 0 && err != nil {
			t.Error(n, err)
		}
		n++
	}
	if n != 2 {
		t.Error(n)
	}
}
