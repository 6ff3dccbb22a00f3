package apart

import (
	"bytes"
	"log/slog"
	"os"
	"slices"
	"strings"
	"testing"

	"mingbai/ingest"
	"mingbai/ledger"
)

func TestATableComesBackAsItWasWritten(t *testing.T) {
	t.Parallel()
	want := [][]string{{"代码", "名称"}, {"990121101203", "=cmd()"}, {"", "只有第二列"}}
	var book bytes.Buffer
	if err := ingest.WriteTable(t.Context(), &book, "行政区划", []int{14}, slices.Values(want)); err != nil {
		t.Fatal(err)
	}
	r := New(slog.New(slog.DiscardHandler))
	hold := func(content []byte) *os.File {
		f, err := Hold(content)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { f.Close() })
		return f
	}
	rows, err := r.Table(t.Context(), hold(book.Bytes()))
	if err != nil || len(rows) != len(want) {
		t.Fatalf("%v, %v", rows, err)
	}
	for i, row := range rows {
		if row.Number != i+1 || !slices.Equal(row.Texts, want[i]) {
			t.Errorf("row %d is %+v", i, row)
		}
	}
	if _, err := r.Table(t.Context(), hold(book.Bytes()[:book.Len()/2])); ledger.KindOf(err) != ledger.KindInvalid || !strings.Contains(err.Error(), "读不出来") {
		t.Errorf("half a file: %v", err)
	}
	r.command[1] = "panics"
	if _, err := r.Table(t.Context(), hold(book.Bytes())); ledger.KindOf(err) != ledger.KindInvalid {
		t.Errorf("a child that dies: %v", err)
	}
}
