package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// validHTML fails the test for every fault that html-validate finds in the pages, given by their addresses. All go through
// one run of the program: it takes longer to start than to read.
func validHTML(t *testing.T, pages map[string]string) {
	t.Helper()
	for _, fault := range htmlFaults(t, pages) {
		t.Error(fault)
	}
}

// htmlRules are the standard's and those of accessibility. Integrity hashes are for what others host; a list may be named.
const htmlRules = `{
	"extends": ["html-validate:standard", "html-validate:document", "html-validate:a11y"],
	"rules": {"require-sri": "off", "aria-label-misuse": ["error", {"allowAnyNamable": true}]}
}`

func htmlFaults(t *testing.T, pages map[string]string) (faults []string) {
	t.Helper()
	tool, err := filepath.Abs("../../.tools/html-validate/node_modules/html-validate/bin/html-validate.mjs")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(tool); err != nil {
		t.Fatal("no html-validate: run .ci/setup test")
	}
	dir, addresses := t.TempDir(), map[string]string{}
	for address, page := range pages {
		file := filepath.Join(dir, fmt.Sprintf("%d.html", len(addresses)))
		if err := os.WriteFile(file, []byte(page), 0o600); err != nil {
			t.Fatal(err)
		}
		addresses[file] = address
	}
	// Into a file: what it writes to a pipe is cut short when it ends.
	beside := t.TempDir()
	report, rules := filepath.Join(beside, "report.json"), filepath.Join(beside, "rules.json")
	if err := os.WriteFile(rules, []byte(htmlRules), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("node", tool, "--config", rules, "--formatter", "json="+report, "--ext", "html", dir)
	said, err := cmd.CombinedOutput() // exit code 1 says that there are faults: the report tells which
	out, _ := os.ReadFile(report)
	var read []struct {
		FilePath string
		Messages []struct {
			RuleID, Message string
			Line, Column    int
		}
	}
	if wrong := json.Unmarshal(out, &read); wrong != nil {
		t.Fatalf("html-validate: %v, %v\n%.2000s", err, wrong, said)
	}
	for _, file := range read {
		for _, m := range file.Messages {
			faults = append(faults, fmt.Sprintf("%s:%d:%d %s (%s)", addresses[file.FilePath], m.Line, m.Column, m.Message, m.RuleID))
		}
	}
	return faults
}

// The tool sees what is wrong, and passes what is right.
func TestHTMLFaultsAreSeen(t *testing.T) {
	const page = `<!doctype html><html lang="zh-CN"><head><title>页</title></head><body><main><h1>页</h1>%s</main></body></html>`
	faults := htmlFaults(t, map[string]string{
		"/good": fmt.Sprintf(page, `<p>字</p>`), "/bad": fmt.Sprintf(page, `<p id="a">字<div id="a"></div></p>`),
	})
	if len(faults) == 0 {
		t.Error("no fault seen")
	}
	for _, f := range faults {
		if f[:5] != "/bad:" {
			t.Error(f)
		}
	}
}
