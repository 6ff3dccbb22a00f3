package main

import (
	"archive/zip"
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"mingbai/fixtures"
	"mingbai/ingest"
	"mingbai/ingest/sheet/sheettest"
)

// A trap is a file made to cost more than it looks like, or to lead somewhere.
const (
	trapTime   = 10 * time.Second
	trapMemory = 512 // MB
)

// TestTrapsAreRefusedCheaply runs mingbai check as a process of its own on each trap. Each must be a finding of a FILE rule,
// soon, and with little memory.
func TestTrapsAreRefusedCheaply(t *testing.T) {
	dir := t.TempDir()
	truth, err := fixtures.GenerateFaults(t.Context(), dir, 1, []string{"FILE-02"})
	if err != nil {
		t.Fatal(err)
	}
	var encrypted []trap
	for _, f := range truth.Files {
		if len(f.Faults) > 0 {
			encrypted = append(encrypted, trap{name: f.File, what: f.What, rules: "FILE-02"})
		}
	}
	t.Logf("%-28s %8s  %-8s %7s %7s", "trap", "size", "rule", "took", "memory")
	for _, c := range append(traps, encrypted...) {
		path := filepath.Join(dir, c.name)
		if c.write != nil {
			f, err := os.Create(path)
			if err != nil {
				t.Fatal(err)
			}
			w := bufio.NewWriter(f)
			c.write(t, w)
			if err := w.Flush(); err != nil {
				t.Fatal(err)
			}
			f.Close()
		}
		size := must1(os.Stat(path)).Size()
		got := checkAsProcess(t, path)
		t.Logf("%-28s %5d KB  %-8s %6.2fs %4d MB", c.what, size>>10, got.rules, got.took.Seconds(), got.megabytes)
		if got.rules != c.rules || got.exit != exitFindings {
			t.Errorf("%s: exit %d, %s, want %s", c.what, got.exit, got.rules, c.rules)
		}
		if got.took > trapTime || got.megabytes > trapMemory {
			t.Errorf("%s: %v, %d MB", c.what, got.took, got.megabytes)
		}
		os.Remove(path)
	}
}

type processed struct {
	rules     string // that block, and begin with FILE
	exit      int
	took      time.Duration
	megabytes int64
}

// asMeasured in the environment makes the test binary behave as mingbai and tell the most memory that it, or the process
// that it reads files in, ever held. The kernel's figure for a child (ru_maxrss) begins with its parent's own, which is
// small here.
const asMeasured = "MINGBAI_TEST_MEASURED"

func init() {
	if os.Getenv(asMeasured) == "" {
		return
	}
	code := run(context.Background(), os.Args[1:], os.Stdout, os.Stderr)
	var children syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_CHILDREN, &children); err != nil {
		panic(err)
	}
	fmt.Fprintln(os.Stderr, asMeasured, max(int64(peakNow()), children.Maxrss>>10))
	os.Exit(code)
}

// checkAsProcess runs the program.
func checkAsProcess(t *testing.T, path string) processed {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), must1(os.Executable()), "check", "--json", path)
	cmd.Env = append(os.Environ(), asMeasured+"=1")
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	began := time.Now()
	_ = cmd.Run() // the exit code tells
	p := processed{exit: cmd.ProcessState.ExitCode(), took: time.Since(began)}
	_, peak, _ := strings.Cut(errs.String(), asMeasured)
	if _, err := fmt.Sscan(peak, &p.megabytes); err != nil {
		t.Errorf("%s: no figure of its memory: %v\n%s", path, err, tail(errs.String(), 2000))
	}
	var r ingest.Report
	if err := json.Unmarshal(out.Bytes(), &r); err != nil {
		t.Errorf("%s: %v\n%s", path, err, tail(errs.String(), 2000))
	}
	var rules []string
	for _, f := range r.Findings {
		if strings.HasPrefix(f.Rule, "FILE") {
			rules = append(rules, f.Rule)
		}
	}
	p.rules = strings.Join(rules, " ")
	return p
}

type trap struct {
	what, rules string
	name        string
	write       func(t *testing.T, w io.Writer) // nil where the file is there
}

const (
	trapHead = `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>`
	trapTail = `</sheetData></worksheet>`
	trapRow  = `<row><c><v>1</v></c></row>`
	laughs   = `<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">` +
		`<!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;"><!ENTITY e "&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;"><!ENTITY f "&e;&e;&e;&e;&e;&e;&e;&e;&e;&e;">]>`
	outside  = `<!DOCTYPE l [<!ENTITY f SYSTEM "file:///etc/hostname">]>`
	entities = `<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet><Table><Row><Cell><Data>&f;</Data></Cell></Row></Table></Worksheet></Workbook>`
)

var traps = []trap{
	{"a sheet of 10 GB", "FILE-03", "a.xlsx", inWorkbook(func(t *testing.T, z *zip.Writer) {
		sheettest.PutRepeated(t, z, trapSheet, trapHead, trapRow, 10<<30, trapTail, 0)
	})},
	{"a sheet of 10 GB that says 1 KB", "FILE-04", "b.xlsx", inWorkbook(func(t *testing.T, z *zip.Writer) {
		sheettest.PutRepeated(t, z, trapSheet, trapHead, trapRow, 10<<30, trapTail, 1000)
	})},
	{"a sheet just within the size", "FILE-03", "c.xlsx", inWorkbook(func(t *testing.T, z *zip.Writer) {
		sheettest.PutRepeated(t, z, trapSheet, trapHead, `<row><c t="inlineStr"><is><t>0123456789abcdefghijklmnopqrstuvwxyz</t></is></c></row>`, 200<<20, trapTail, 0)
	})},
	{"shared strings of 200 MB", "FILE-03", "d.xlsx", inWorkbook(func(t *testing.T, z *zip.Writer) {
		sheettest.PutRepeated(t, z, "xl/sharedStrings.xml", "<sst>", "<si><t>0123456789abcdefghijklmnopqrstuvwxyz</t></si>", 200<<20, "</sst>", 0)
	})},
	{"a hundred thousand parts", "FILE-03", "e.xlsx", inWorkbook(func(t *testing.T, z *zip.Writer) {
		for i := range 100_000 {
			put(t, z, fmt.Sprint("xl/", i), "")
		}
	})},
	{"50,000 merges", "FILE-03", "f.xlsx", inWorkbook(func(t *testing.T, z *zip.Writer) {
		put(t, z, trapSheet, trapHead+trapRow+`</sheetData><mergeCells>`+strings.Repeat(`<mergeCell ref="A1:B2"/>`, 50_000)+`</mergeCells></worksheet>`)
	})},
	{"billion laughs", "FILE-04", "g.xlsx", inWorkbook(func(t *testing.T, z *zip.Writer) {
		put(t, z, trapSheet, laughs+trapHead+`<row><c t="str"><v>&f;</v></c></row>`+trapTail)
	})},
	{"an entity outside", "FILE-04", "h.xlsx", inWorkbook(func(t *testing.T, z *zip.Writer) {
		put(t, z, trapSheet, outside+trapHead+`<row><c t="str"><v>&f;</v></c></row>`+trapTail)
	})},
	{"a part outside the package", "FILE-03", "i.xlsx", inWorkbook(func(t *testing.T, z *zip.Writer) {
		put(t, z, trapSheet, trapHead+trapRow+trapTail)
		put(t, z, "../../../../tmp/mingbai", "x")
	})},
	{"a row beyond the sheet", "FILE-03", "j.xlsx", inWorkbook(func(t *testing.T, z *zip.Writer) {
		put(t, z, trapSheet, trapHead+`<row r="4294967297"><c><v>1</v></c></row>`+trapTail)
	})},
	{"nothing at all", "FILE-04", "k.xlsx", func(*testing.T, io.Writer) {}},
	{"a line of 100 MB", "FILE-03", "l.csv", csvLine(100 << 20)},
	{"a line of 60 MB", "FILE-03", "m.csv", csvLine(60 << 20)},
	{"a quote without end, 60 MB", "FILE-03", "n.csv", repeated("姓名,金额\n张三,\"", "1,2\n", 60<<20, "")},
	{"60 MB of columns", "FILE-03", "o.csv", repeated("姓名,金额\n", "1,", 60<<20, "\n")},
	{"laughs in XML 2003", "FILE-04", "p.xls", repeated(`<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>`+laughs+entities, "", 0, "")},
	{"an entity outside, XML 2003", "FILE-04", "q.xls", repeated(`<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>`+outside+entities, "", 0, "")},
	{"HTML a million deep", "FILE-03", "r.xls", repeated("<html><table>", "<tr><td><table>", 15_000_000, "")},
	{"HTML of vast spans", "FILE-03", "s.xls", repeated("<html><table>", `<tr><td colspan="999999999" rowspan="999999999">1</td></tr>`, 6_000_000, "</table>")},
}

const trapSheet = "xl/worksheets/sheet1.xml"

// inWorkbook is a workbook with a part of its own making.
func inWorkbook(add func(t *testing.T, z *zip.Writer)) func(t *testing.T, w io.Writer) {
	return func(t *testing.T, w io.Writer) {
		var base bytes.Buffer
		wb := fixtures.NewWorkbook(&base, fixtures.WorkbookOptions{Sheets: []fixtures.SheetInfo{{Name: "Sheet1"}}, Shared: true})
		wb.Sheet(nil, 0)
		if err := wb.Close(); err != nil {
			t.Fatal(err)
		}
		z := zip.NewWriter(w)
		for _, f := range must1(zip.NewReader(bytes.NewReader(base.Bytes()), int64(base.Len()))).File {
			if f.Name != trapSheet && f.Name != "xl/sharedStrings.xml" {
				if err := z.Copy(f); err != nil {
					t.Fatal(err)
				}
			}
		}
		add(t, z)
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func put(t *testing.T, z *zip.Writer, name, content string) {
	t.Helper()
	if _, err := io.WriteString(must1(z.Create(name)), content); err != nil {
		t.Fatal(err)
	}
}

func csvLine(size int) func(*testing.T, io.Writer) {
	return repeated("姓名,金额\n", "一二三四五六七八九十", size, "\n")
}

// repeated writes a head, a piece again and again until there are so many bytes, and a tail.
func repeated(head, piece string, size int, tail string) func(*testing.T, io.Writer) {
	return func(t *testing.T, w io.Writer) {
		_, _ = io.WriteString(w, head) // to a buffer that keeps its error
		for n := 0; n < size; n += len(piece) {
			_, _ = io.WriteString(w, piece)
		}
		_, _ = io.WriteString(w, tail)
	}
}
