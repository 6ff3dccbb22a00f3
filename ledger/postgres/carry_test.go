package postgres_test

import (
	"errors"
	"testing"

	"mingbai/ledger"
)

// Reasons that were given while a file was blocked go along too, and only those for the same rule, column and row.
func TestReasonsOfABlockedFileGoAlong(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ctx := t.Context()
	broken := errors.New("fatal findings")
	fatal := ledger.Finding{Rule: "XR-01", Severity: ledger.Fatal, Sheet: "Sheet1", Cell: "F9", Message: "合计不符", Fix: "查漏行"}
	warn := func(rule, cell, row string) ledger.Finding {
		return ledger.Finding{Rule: rule, Severity: ledger.Warn, Sheet: "Sheet1", Cell: cell, Message: "请核对", Fix: "核对", Row: row}
	}
	u := found(fatal, warn("CEL-05", "B3", "aa01"), warn("XR-03", "B4", "aa02"), warn("XR-03", "B5", ""))
	u.KeepBlocked = func(err error) bool { return errors.Is(err, broken) }
	no, err := b.Import(ctx, u, func(yield func(ledger.StagedRow, error) bool) { yield(ledger.StagedRow{}, broken) })
	b.must(err)
	if n, err := b.Explain(ctx, no, "li", "核对过", ledger.FindingChoice{}); err != nil || n != 3 {
		t.Fatalf("%d explained, %v", n, err)
	}
	mended := mend(no, "li", warn("CEL-05", "B7", "aa01"), warn("CEL-05", "C7", "aa01"), warn("XR-03", "B7", "aa01"), warn("XR-03", "B8", "aa03"), warn("XR-03", "B5", ""))
	b.take(mended, "zhang")
	kept, err := b.Findings(ctx, no)
	b.must(err)
	for _, f := range kept {
		if same := f.Rule == "CEL-05" && f.Cell == "B7"; f.Carried != same || (f.Reason == "核对过") != same || same && (f.By != "li" || f.At.IsZero()) {
			t.Errorf("%s %s: %+v", f.Cell, f.Rule, f)
		}
	}
	b.whole()
}
