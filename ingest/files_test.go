package ingest

import (
	"bytes"
	"context"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"mingbai/ingest/sheet/sheettest"
	"mingbai/ledger"
)

func TestFilesThatAreNoWorkbook(t *testing.T) {
	good := sheettest.Write(t, layout2())
	for _, v := range []struct {
		name, file string
		content    []byte
		rule, says string
	}{
		{"empty file", "空.xlsx", nil, "FILE-04", "已损坏"},
		{"cut off in the middle", "断.xlsx", good[:len(good)/2], "FILE-04", ""},
		{"noise", "噪.xlsx", []byte("\x00\x01\x02\x03\xff\xfe\xfd"), "FILE-04", ""},
		{"picture called a list", "表.csv", []byte("\x89PNG\r\n\x1a\n"), "FILE-01", "扩展名是csv，内容却是图片"},
		{"PDF", "表.xlsx", []byte("%PDF-1.7\n"), "FILE-01", "PDF"},
		{"workbook with a password", "密.xlsx", []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00"), "FILE-02", "密码"},
		{"picture", "照片.xlsx", []byte("\x89PNG\r\n\x1a\n"), "FILE-01", "图片"},
	} {
		t.Run(v.name, func(t *testing.T) {
			report, rows := readBytes(t, v.file, v.content, Options{})
			if len(report.Findings) != 1 || len(rows) != 0 {
				t.Fatalf("got %s", describe(report, rows))
			}
			if f := report.Findings[0]; f.Rule != v.rule || f.Cell != "" || !strings.Contains(f.Message, v.says) {
				t.Errorf("got %+v", f)
			}
		})
	}
}

// TestTextsAreRead: a text is read whatever it is called, but a false name is told; a character that is none is told with
// its line (FILE-05).
func TestTextsAreRead(t *testing.T) {
	header := "村,姓名,身份证号,金额(元)\n"
	good := header + "张庄村,甲某某," + idOf(1) + ",12\n"
	for _, c := range []struct {
		name, file, content, rules string
	}{
		{"plain", "表.csv", good, ""},
		{"as txt", "表.txt", good, ""},
		{"false name", "表.xlsx", good, "FILE-01"},
		{"byte that is no character", "表.csv", header + "张庄村,甲\xff某," + idOf(1) + ",12\n", "FILE-05"},
		{"half a character", "表.csv", good + "张庄村,乙\xe4\xb9," + idOf(2) + ",12\n", "FILE-05"},
		{"replacement character", "表.csv", good + "张庄村,乙\ufffd某," + idOf(2) + ",12\n", "FILE-05"},
		{"rare character", "表.csv", good + "张庄村,𠮷某," + idOf(2) + ",12\n", ""},
		{"byte order mark", "表.csv", "\ufeff" + good, ""},
	} {
		report, _ := readBytes(t, c.file, []byte(c.content), Options{})
		var rules []string
		for _, f := range report.Findings {
			if f.Severity == ledger.Fatal {
				rules = append(rules, f.Rule)
			}
		}
		if got := strings.Join(rules, " "); got != c.rules {
			t.Errorf("%s: %q, want %q\n%s", c.name, got, c.rules, describe(report, nil))
		}
	}
}

func checkBytes(t *testing.T, name string, content []byte) Report {
	t.Helper()
	report, err := Check(context.Background(), name, bytes.NewReader(content), int64(len(content)), Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// FILE-01 and FILE-04 are about bytes, not cells.
func TestFileRules(t *testing.T) {
	good := sheettest.Write(t, layout2())
	for _, c := range []struct {
		file    string
		content []byte
		rule    string // empty: none of the two
	}{
		{"清册.txt", good, "FILE-01"},
		{"清册.csv", good, "FILE-01"},
		{"清册.pdf", good, "FILE-01"},
		{"清册.xlsx", []byte("%PDF-1.7 …"), "FILE-01"},
		{"清册.XLSX", good, ""},
		{"清册.et", good, ""},
		{"清册", good, ""},
		{"清册.xlsx", nil, "FILE-04"},
		{"清册.xlsx", good[:len(good)/3], "FILE-04"},
		{"清册.xlsx", append([]byte("PK\x03\x04"), good[40:]...)[:900], "FILE-04"},
		{"清册.xlsx", append(good, "\x00\x00\x00"...), ""},
		{"清册.xlsx", append([]byte{}, good...), ""},
	} {
		report := checkBytes(t, c.file, c.content)
		for _, rule := range []string{"FILE-01", "FILE-04"} {
			if got := len(found(report, rule)) > 0; got != (rule == c.rule) {
				t.Errorf("%s of %d bytes: %s is %v", c.file, len(c.content), rule, got)
			}
		}
	}
}

// TestLargeWorkbookWithoutRoomOnDisk: where the texts of a large workbook cannot be put aside, the file is not blamed.
func TestLargeWorkbookWithoutRoomOnDisk(t *testing.T) {
	s := sheettest.Sheet{Name: "张庄村", Rows: [][]any{{"姓名", "身份证号", "金额(元)", "备注"}}}
	for i := range 200 {
		note := make([]rune, 10_000)
		for k := range note {
			note[k] = '一' + rand.Int32N(3000)
		}
		s.Rows = append(s.Rows, []any{"甲某某", idOf(i), 12, string(note)})
	}
	content := sheettest.Write(t, s)
	t.Setenv("TMPDIR", filepath.Join(t.TempDir(), "none"))
	r, err := Check(t.Context(), "a.xlsx", bytes.NewReader(content), int64(len(content)), Options{}, nil)
	if ledger.KindOf(err) != ledger.KindUnavailable || len(r.Findings) > 0 {
		t.Errorf("%v, %v", err, r.Findings)
	}
}
