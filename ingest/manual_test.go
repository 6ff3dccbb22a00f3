package ingest

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"mingbai/ledger"
)

// The clerks' manual lists the very rules that check; `go test ./ingest -run Manual -update` writes it anew.
func TestTheManualListsTheRules(t *testing.T) {
	words := map[ledger.Severity]string{ledger.Fatal: "必须改", ledger.Warn: "请核对", ledger.Inform: "已处理"}
	var b strings.Builder
	b.WriteString("# 校验规则\n\n由程序里的规则表生成，改规则时随之更新，不要手改。`{}` 里的字在提示中换成具体内容。\n\n")
	b.WriteString("- **必须改**（F）：改好才能导入。\n- **请核对**（W）：核对后写明原因。\n- **已处理**（I）：程序已处理，供核对。\n\n")
	b.WriteString("| 规则号 | 级别 | 提示 | 怎样改 |\n|---|---|---|---|\n")
	for _, r := range Rules {
		cell := strings.NewReplacer("|", "／", "\n", " ").Replace
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", r.ID, words[r.Severity], cell(r.Message), cell(r.Fix))
	}
	const path = "../docs/校验规则.md"
	if *update {
		if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil || string(got) != b.String() {
		t.Errorf("%s is not the rule book (%v); run the test with -update", path, err)
	}
}
