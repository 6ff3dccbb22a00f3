package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The desk's checklist names a test for each promise, and each of them is there.
func TestTheChecklistNamesRealTests(t *testing.T) {
	t.Parallel()
	list, err := os.ReadFile(filepath.Join("..", "..", "docs", "来件安全清单.md"))
	if err != nil {
		t.Fatal(err)
	}
	sources := ""
	for _, dir := range []string{"portal", "ledger/postgres", "ledger/inquiry", "ledger/enclosure", "cmd/mingbai"} {
		files, err := filepath.Glob(filepath.Join("..", "..", dir, "*_test.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			text, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			sources += string(text)
		}
	}
	promises := 0
	for line := range strings.Lines(string(list)) {
		if !strings.HasPrefix(line, "| ") || strings.HasPrefix(line, "| promise") {
			continue
		}
		promises++
		tests := regexp.MustCompile("`(Test[A-Za-z]+)`").FindAllStringSubmatch(line, -1)
		if len(tests) == 0 {
			t.Errorf("no test: %s", line)
		}
		for _, name := range tests {
			if !strings.Contains(sources, "\nfunc "+name[1]+"(t *testing.T)") {
				t.Errorf("there is no %s: %s", name[1], line)
			}
		}
	}
	if promises < 20 {
		t.Errorf("%d promises", promises)
	}
}
