package ingest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"testing"

	"mingbai/ingest/sheet/sheettest"
	"mingbai/ledger"
)

// TestReportShape holds the JSON to the contract of `mingbai check --json`: others script against these names.
func TestReportShape(t *testing.T) {
	shape := func(r Report) map[string]any {
		text, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		var m map[string]any
		if err := json.Unmarshal(text, &m); err != nil {
			t.Fatal(err)
		}
		return m
	}
	keys := func(v any) map[string]bool {
		out := map[string]bool{}
		for k := range v.(map[string]any) {
			out[k] = true
		}
		return out
	}
	same := func(what string, v any, want ...string) {
		t.Helper()
		set := map[string]bool{}
		for _, k := range want {
			set[k] = true
		}
		if got := keys(v); !reflect.DeepEqual(got, set) {
			t.Errorf("%s has %v, want %v", what, got, set)
		}
	}
	report, _ := read(t, Options{Kind: ledger.Subsidy}, layout2())
	m := shape(report)
	same("report", m, "file", "sha256", "format", "kind", "rules", "sheets", "rows", "total_fen", "findings")
	s := m["sheets"].([]any)[0]
	same("sheet", s, "name", "state", "title", "unit", "header_rows", "first_row", "last_row", "columns", "rows", "total_fen", "stated_total_fen", "signature")
	same("column", s.(map[string]any)["columns"].([]any)[0], "cell", "label", "field")
	same("finding", m["findings"].([]any)[0], "rule", "severity", "sheet", "cell", "message", "fix")
	if m["total_fen"] != 15000.0 || m["rows"] != 3.0 || m["format"] != "xlsx" || m["kind"] != "subsidy" || m["rules"] != RuleVersion() {
		t.Errorf("got %v", m)
	}

	empty, _ := readBytes(t, "x.xlsx", nil, Options{})
	m = shape(empty)
	if m["findings"] == nil || m["sheets"] == nil {
		t.Errorf("null where a list belongs: %v", m)
	}
	noTotal := layout2()
	noTotal.Rows = noTotal.Rows[:2]
	noTotal.Merges = nil
	report, _ = read(t, Options{}, noTotal)
	s = shape(report)["sheets"].([]any)[0]
	if _, has := s.(map[string]any)["stated_total_fen"]; has {
		t.Error("a total is stated where there is none")
	}
	clean := layout2()
	clean.Rows = append(clean.Rows[:2], clean.Rows[3])
	clean.Merges = nil
	report, _ = read(t, Options{}, clean)
	if m = shape(report); m["findings"] == nil || len(m["findings"].([]any)) != 0 {
		t.Errorf("a sheet without any finding: %v", m["findings"])
	}
}

func TestErrorsAreAboutTheMachineOnly(t *testing.T) {
	content := sheettest.Write(t, layout2())
	run := func(ctx context.Context, o Options, emit func(ledger.Row) error) error {
		_, err := Check(ctx, "a.xlsx", bytes.NewReader(content), int64(len(content)), o, emit)
		return err
	}
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	if err := run(ended, Options{}, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	full := errors.New("disk full")
	if err := run(t.Context(), Options{}, func(ledger.Row) error { return full }); !errors.Is(err, full) {
		t.Errorf("emit failed: %v", err)
	}
	if err := run(t.Context(), Options{Kind: "lottery"}, nil); !errors.Is(err, ledger.ErrInvalid) {
		t.Errorf("kind: %v", err)
	}
	if err := run(t.Context(), Options{Kind: ledger.Budget}, func(ledger.Row) error { return nil }); !errors.Is(err, ledger.ErrInvalid) {
		t.Errorf("a taker of payments is given none of a budget: %v", err)
	}
	if err := run(t.Context(), Options{Unit: "usd"}, nil); !errors.Is(err, ledger.ErrInvalid) {
		t.Errorf("unit: %v", err)
	}
	if err := run(t.Context(), Options{}, nil); err != nil {
		t.Errorf("emit may be nil: %v", err)
	}
}

func TestRuleBook(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range Rules {
		if seen[r.ID] || r.Message == "" || r.Fix == "" || r.Checks == "" {
			t.Errorf("%+v", r)
		}
		seen[r.ID] = true
		if got, ok := RuleByID(r.ID); !ok || got != r {
			t.Errorf("RuleByID(%s)", r.ID)
		}
	}
	if len(RuleVersion()) != 12 {
		t.Error(RuleVersion())
	}
}
