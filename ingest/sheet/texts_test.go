package sheet_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"mingbai/ingest/sheet"
)

var update = flag.Bool("update-texts", false, "write the goldens of csv, html and xml2003 anew")

// dump writes all that a reader tells, for people: one line per row.
func dump(content []byte, limits sheet.Limits) (string, error) {
	w, err := sheet.Open(bytes.NewReader(content), int64(len(content)), limits)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s 1904=%v\n", w.Format(), w.Date1904())
	for i, info := range w.Sheets() {
		fmt.Fprintf(&b, "== %s hidden=%v\n", info.Name, info.Hidden)
		layout, err := w.Layout(i)
		if err != nil {
			return b.String(), err
		}
		for _, m := range layout.Merges {
			fmt.Fprintf(&b, "merge %s:%s\n", sheet.A1(m.Left, m.Top), sheet.A1(m.Right, m.Bottom))
		}
		for _, s := range layout.HiddenColumns {
			fmt.Fprintf(&b, "hidden %s:%s\n", sheet.ColumnName(s.First), sheet.ColumnName(s.Last))
		}
		last := 0
		for r, err := range w.Rows(context.Background(), i) {
			if err != nil {
				return b.String(), err
			}
			if r.Number <= last {
				return b.String(), fmt.Errorf("row %d after %d", r.Number, last)
			}
			last = r.Number
			fmt.Fprintf(&b, "%d", r.Number)
			if r.Hidden {
				b.WriteString(" hidden")
			}
			col := 0
			for _, c := range r.Cells {
				if c.Row != r.Number || c.Col <= col || c.Kind == sheet.Empty && !c.Formula {
					return b.String(), fmt.Errorf("cell %+v in row %d after column %d", c, r.Number, col)
				}
				col = c.Col
				fmt.Fprintf(&b, " %s:%s%q", sheet.ColumnName(c.Col), [...]string{"-", "", "n", "b", "e", "d"}[c.Kind], c.Text)
				if c.Format != "" {
					fmt.Fprintf(&b, "{%s}", c.Format)
				}
				if c.Formula {
					b.WriteString("=")
				}
			}
			b.WriteString("\n")
		}
	}
	return b.String(), nil
}

// dumpRows is dump without the first two lines.
func dumpRows(t *testing.T, content []byte) string {
	t.Helper()
	s, err := dump(content, sheet.DefaultLimits)
	if err != nil {
		return s + err.Error()
	}
	lines := strings.SplitN(s, "\n", 3)
	return strings.TrimSuffix(lines[2], "\n")
}

// sameFault says whether two errors are the same in what the clerk is told.
func sameFault(got, want error) bool {
	switch want := want.(type) {
	case *sheet.TextError:
		var e *sheet.TextError
		return errors.As(got, &e) && e.Line == want.Line
	case *sheet.LimitError:
		var e *sheet.LimitError
		return errors.As(got, &e) && strings.Contains(e.What, want.What)
	case *sheet.FormatError:
		var e *sheet.FormatError
		return errors.As(got, &e) && e.Format == want.Format
	}
	return errors.Is(got, want)
}

// textSamples are whole files, in testdata as a person would open them.
func textSamples(t testing.TB) map[string][]byte {
	all := map[string][]byte{}
	for _, pattern := range []string{"*.csv", "*.html", "*.xml"} {
		names, err := filepath.Glob(filepath.Join("testdata", "texts", pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			content, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			all[name] = content
		}
	}
	if len(all) < 5 {
		t.Fatal("samples are missing")
	}
	return all
}

func TestSamplesReadAsTheirGoldensSay(t *testing.T) {
	for name, content := range textSamples(t) {
		got, err := dump(content, sheet.DefaultLimits)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if *update {
			if err := os.WriteFile(name+".golden", []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if want, err := os.ReadFile(name + ".golden"); err != nil || got != string(want) {
			t.Errorf("%s: %v\n%s\nwant\n%s", name, err, got, want)
		}
	}
}

func gb(t testing.TB, s string) string {
	t.Helper()
	out, err := simplifiedchinese.GB18030.NewEncoder().String(s)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func utf16le(t testing.TB, s string) string {
	t.Helper()
	out, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(s)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestSamplesReadTheSameInEveryEncoding: what a file is stored in changes nothing of what it says.
func TestSamplesReadTheSameInEveryEncoding(t *testing.T) {
	for name, content := range textSamples(t) {
		want, err := dump(content, sheet.DefaultLimits)
		if err != nil {
			t.Fatal(err)
		}
		s := string(content)
		big, err := unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewEncoder().String(s)
		if err != nil {
			t.Fatal(err)
		}
		for encoding, stored := range map[string]string{
			"UTF-8 with BOM": "\xef\xbb\xbf" + s, "GB18030": gb(t, s), "UTF-16LE": utf16le(t, s), "UTF-16BE": big,
		} {
			if got, err := dump([]byte(stored), sheet.DefaultLimits); err != nil || got != want {
				t.Errorf("%s in %s: %v\n%s", name, encoding, err, got)
			}
		}
	}
}

// TestDamagedSamplesNeverCrash cuts each at 50 places and flips 500 bytes, one at a time. Whatever comes of it must be a
// reading or an error about the file.
func TestDamagedSamplesNeverCrash(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	try := func(name string, content []byte) error {
		begun := time.Now()
		_, err := dump(content, sheet.DefaultLimits)
		if err != nil && !aboutFile(err) {
			t.Errorf("%s: %v", name, err)
		}
		if took := time.Since(begun); took > time.Second {
			t.Errorf("%s: took %v", name, took)
		}
		return err
	}
	for name, content := range textSamples(t) {
		for i := range 50 {
			at := len(content) * i / 50
			err := try(fmt.Sprintf("%s cut at %d", name, at), content[:at])
			// A text, and a page without <html>, may end anywhere between two tables without telling.
			if err == nil && bytes.HasPrefix(content, []byte("<html")) || err == nil && strings.HasSuffix(name, ".xml") {
				t.Errorf("%s cut at %d is read as if whole", name, at)
			}
		}
		for range 500 {
			flipped := bytes.Clone(content)
			at := random.IntN(len(flipped))
			flipped[at] ^= byte(1 + random.IntN(255))
			_ = try(fmt.Sprintf("%s flipped at %d", name, at), flipped)
		}
	}
}
