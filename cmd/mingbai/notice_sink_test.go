package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mingbai/ledger/inquiry"
)

// The demo's gateway leaves a message once, with two digits of the number and nothing of the matter.
func TestTheNoticeSink(t *testing.T) {
	dir := t.TempDir()
	m := inquiry.Message{Key: "5d41402abc4b2a76b9719d911017c592", To: inquiry.NewTelephone("13800001111"), Text: inquiry.MessageText("")}
	for range 2 {
		if err := (noticeSink{dir}).Send(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(files) != 1 {
		t.Fatalf("%v, %v", files, err)
	}
	text, err := os.ReadFile(files[0])
	if want := "发往：*********11\n您的来信有新进展，请凭查询码到明白账网站查看。\n"; err != nil || string(text) != want {
		t.Errorf("%q, %v", text, err)
	}
	if err := (noticeSink{filepath.Join(dir, "none")}).Send(t.Context(), m); err == nil || strings.Contains(err.Error(), "1111") {
		t.Errorf("a sink that is not there: %v", err)
	}
}
