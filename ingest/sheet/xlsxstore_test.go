package sheet_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"mingbai/ingest/sheet"
)

// onDisk leaves no shared string in memory but those of the group last used.
var onDisk = sheet.Limits{SharedMemory: 1}

// scattered is a workbook of shared strings, short and long ones and a stretch of very long ones, which its cells use in
// any order, some often.
func scattered(t testing.TB) (content []byte, want reading) {
	rng := rand.New(rand.NewPCG(1, 9))
	texts := make([]string, 20_000)
	for i := range texts {
		texts[i] = fmt.Sprint("文字", i)
		switch {
		case i%997 == 0:
			texts[i] = ""
		case i%501 == 0:
			texts[i] += strings.Repeat("长", 500)
		case i > 9000 && i < 9200: // more than three groups
			texts[i] += strings.Repeat("长", 2000)
		}
	}
	want = reading{}
	var rows, table strings.Builder
	for row := 1; row <= 8_000; row++ {
		fmt.Fprintf(&rows, `<row r="%d">`, row)
		for col := 1; col <= 4; col++ {
			i := rng.IntN(len(texts))
			if col == 4 {
				i %= 300
			}
			at := sheet.A1(col, row)
			fmt.Fprintf(&rows, `<c r="%s" t="s"><v>%d</v></c>`, at, i)
			if texts[i] != "" {
				want["S!"+at] = texts[i]
			}
		}
		rows.WriteString("</row>")
	}
	for _, s := range texts {
		table.WriteString("<si><t>" + s + "</t></si>")
	}
	return sheetOf(rows.String()).with(stringsPart, "<sst>"+table.String()+"</sst>").pack(t), want
}

// TestTextsAreTheSameWhereverTheyAre: in memory, on disk, and going to and fro.
func TestTextsAreTheSameWhereverTheyAre(t *testing.T) {
	content, want := scattered(t)
	for _, room := range []int64{1, 5_000, 100_000, 1 << 20, 64 << 20} {
		if got, err := ourReading(content, sheet.Limits{SharedMemory: room}); err != nil || !maps.Equal(got, want) {
			t.Errorf("room for %d bytes: %v, %d cells of %d", room, err, len(got), len(want))
		}
	}
}

// TestSmallWorkbooksStayOffTheDisk and large ones say that it is the machine that fails, where it does.
func TestSmallWorkbooksStayOffTheDisk(t *testing.T) {
	content, _ := scattered(t)
	t.Setenv("TMPDIR", filepath.Join(t.TempDir(), "none"))
	if _, err := ourReading(content, sheet.DefaultLimits); err != nil {
		t.Error(err)
	}
	_, err := ourReading(content, onDisk)
	var disk *sheet.ScratchError
	if !errors.As(err, &disk) || errors.Is(err, sheet.ErrDamaged) {
		t.Errorf("no folder for the file: %v", err)
	}
}

// TestDiskThatFails fails after the beginning.
func TestDiskThatFails(t *testing.T) {
	content, _ := scattered(t)
	w, err := sheet.Open(bytes.NewReader(content), int64(len(content)), onDisk)
	noErr(t, err)
	noErr(t, w.Close())
	for _, err = range w.Rows(context.Background(), 0) {
	}
	var disk *sheet.ScratchError
	if !errors.As(err, &disk) || errors.Is(err, sheet.ErrDamaged) {
		t.Errorf("a file that is closed: %v", err)
	}
}

// TestNothingInTheClearOnDisk looks into the file from outside while it is in use, and for what is left afterwards.
func TestNothingInTheClearOnDisk(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("reads /proc")
	}
	content, want := scattered(t)
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	w, err := sheet.Open(bytes.NewReader(content), int64(len(content)), onDisk)
	noErr(t, err)
	names, err := os.ReadDir(dir)
	if noErr(t, err); len(names) > 0 {
		t.Error("a file with a name: ", names)
	}
	files := openIn(t, dir)
	if len(files) != 1 || len(files[0]) < 1<<20 {
		t.Fatalf("%d files in use", len(files))
	}
	for _, text := range want {
		if bytes.Contains(files[0], []byte(text)) {
			t.Fatalf("%.40q stands in the file", text)
		}
	}
	again, err := sheet.Open(bytes.NewReader(content), int64(len(content)), onDisk)
	noErr(t, err)
	if both := openIn(t, dir); len(both) != 2 || bytes.Equal(both[0][:64], both[1][:64]) {
		t.Error("two files under one key")
	}
	noErr(t, w.Close())
	noErr(t, again.Close())
	if left := openIn(t, dir); len(left) > 0 {
		t.Error("still in use after Close")
	}
	// Neither does one that cannot be read keep its file.
	part := blankBook().with(stringsPart, "<sst>"+strings.Repeat("<si><t>a</t></si>", 100)+"<si>")
	if _, err := ourReading(part.pack(t), onDisk); !errors.Is(err, sheet.ErrDamaged) || len(openIn(t, dir)) > 0 {
		t.Error("damaged: ", err)
	}
}

// openIn is what the files of a folder hold that this process has open, names or no names.
func openIn(t *testing.T, dir string) (all [][]byte) {
	t.Helper()
	links, err := filepath.Glob("/proc/self/fd/*")
	noErr(t, err)
	for _, link := range links {
		if to, err := os.Readlink(link); err != nil || !strings.HasPrefix(to, dir) {
			continue
		}
		f, err := os.Open(link)
		noErr(t, err)
		content, err := io.ReadAll(f)
		noErr(t, err)
		noErr(t, f.Close())
		all = append(all, content)
	}
	return all
}

// TestTextsKeepWithinTheirRoom, and use it.
func TestTextsKeepWithinTheirRoom(t *testing.T) {
	content, _ := scattered(t)
	const room = 100_000
	w, err := sheet.Open(bytes.NewReader(content), int64(len(content)), sheet.Limits{SharedMemory: room})
	noErr(t, err)
	defer w.Close()
	for range 2 {
		for _, err := range w.Rows(context.Background(), 0) {
			noErr(t, err)
			if n := sheet.HeldTexts(w); n > room || n < room/2 {
				t.Fatalf("%d bytes in memory", n)
			}
		}
	}
}
