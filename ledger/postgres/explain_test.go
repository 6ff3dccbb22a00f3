package postgres_test

import (
	"slices"
	"strings"
	"testing"

	"mingbai/ledger"
	"mingbai/ledger/postgres"
)

func warning(cell string) ledger.Finding {
	return ledger.Finding{Rule: "CEL-05", Severity: ledger.Warn, Sheet: "Sheet1", Cell: cell, Message: "姓名含异常字符", Fix: "核对生僻字"}
}

func special(cell string) ledger.Finding {
	return ledger.Finding{Rule: "CEL-03", Severity: ledger.Fatal, Sheet: "Sheet1", Cell: cell, Message: "校验不通过", Fix: "核对原件"}
}

// found makes an upload that the rules had something to say about.
func found(findings ...ledger.Finding) postgres.Upload {
	u := upload("GD", "2025")
	u.Findings = func() []ledger.Finding { return findings }
	return u
}

// take imports one row.
func (b *books) take(u postgres.Upload, who string) int64 {
	b.t.Helper()
	no, err := b.Import(b.t.Context(), u, seq([]ledger.StagedRow{row(1, "张三", who, willow, "1组", 100)}))
	b.must(err)
	return no
}

func (b *books) refused(what string, err error, kind ledger.Kind, words ...string) {
	b.t.Helper()
	for _, w := range append(words, "") {
		if ledger.KindOf(err) != kind || !strings.Contains(ledger.MessageOf(err), w) {
			b.t.Errorf("%s: %v, want kind %d with %q", what, err, kind, w)
			return
		}
	}
}

func TestNothingIsCertifiedUnexplained(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ctx := t.Context()
	inform := ledger.Finding{Rule: "CEL-04", Severity: ledger.Inform, Sheet: "Sheet1", Cell: "D4", Message: "已规范化", Fix: "无需处理"}
	no := b.take(found(warning("D4"), inform, warning("D5"), warning("D6"), warning("D7")), "zhang")

	b.refused("without reasons", b.Certify(ctx, no, "zhao", "r1"), ledger.KindConflict,
		"4条“请核对”没有写明原因（Sheet1!D4 CEL-05、Sheet1!D5 CEL-05、Sheet1!D6 CEL-05、……）", "mingbai explain")
	explain := func(by, reason string, c ledger.FindingChoice) (int, error) { return b.Explain(ctx, no, by, reason, c) }
	one := ledger.FindingChoice{Rule: "CEL-05", Place: "Sheet1!D5"}
	if n, err := explain("li", "是异体字", one); n != 1 || err != nil {
		t.Errorf("one cell: %d, %v", n, err)
	}
	if n, err := explain("li", "已与户口簿核对", ledger.FindingChoice{}); n != 3 || err != nil {
		t.Errorf("the rest: %d, %v", n, err)
	}
	kept, err := b.Findings(ctx, no)
	b.must(err)
	if len(kept) != 5 || kept[0].Reason != "已与户口簿核对" || kept[1].Reason != "" || kept[2].Reason != "是异体字" || kept[2].By != "li" || !kept[2].At.Equal(b.now) {
		t.Errorf("findings %+v", kept)
	}
	_, err = explain("li", "again", ledger.FindingChoice{Rule: "CEL-05"})
	b.refused("what has a reason is not written over by rule", err, ledger.KindNotFound, "mingbai findings")
	if n, err := explain("sun", "名册确认", one); n != 1 || err != nil {
		t.Errorf("a cell's reason is written anew: %d, %v", n, err)
	}
	if n, err := explain("li", "again", ledger.FindingChoice{}); n != 0 || err != nil {
		t.Errorf("nothing left to explain: %d, %v", n, err)
	}
	_, err = explain("zhao", "x", one)
	b.refused("by a certifier", err, ledger.KindDenied, "没有“经办”权限")
	_, err = explain("li", " ", one)
	b.refused("without words", err, ledger.KindInvalid, "写明原因")

	b.must(b.Certify(ctx, no, "zhao", "r1"))
	_, err = explain("li", "too late", one)
	b.refused("after certification", err, ledger.KindConflict, "复核之前")
	b.whole()
}

func TestACertifierAcceptsSpecialNumbersOneByOne(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ctx := t.Context()
	no := b.take(found(special("E4"), special("E5"), warning("D4")), "zhang")
	_, err := b.Explain(ctx, no, "li", "核对过", ledger.FindingChoice{})
	b.must(err)
	b.refused("unaccepted", b.Certify(ctx, no, "zhao", "r1"), ledger.KindConflict, "2条证号校验不通过（Sheet1!E4 CEL-03、Sheet1!E5 CEL-03）", "mingbai accept")

	first := ledger.FindingChoice{Rule: "CEL-03", Place: "Sheet1!E4"}
	_, err = b.Accept(ctx, no, "sun", "x", first)
	b.refused("by a clerk", err, ledger.KindDenied, "没有“复核”权限")
	_, err = b.Accept(ctx, no, "li", "x", first)
	b.refused("by the uploader", err, ledger.KindDenied, "复核人不能是上传人")
	_, err = b.Accept(ctx, no, "zhao", "x", ledger.FindingChoice{Rule: "CEL-05"})
	b.refused("another rule", err, ledger.KindInvalid, "只能改好后重新上传")
	_, err = b.Explain(ctx, no, "li", "x", first)
	b.refused("explained by a clerk", err, ledger.KindNotFound)
	if n, err := b.Accept(ctx, no, "zhao", "与身份证原件一致", first); n != 1 || err != nil {
		t.Fatalf("the first: %d, %v", n, err)
	}
	b.refused("one is left", b.Certify(ctx, no, "zhao", "r1"), ledger.KindConflict, "1条证号校验不通过（Sheet1!E5 CEL-03）")
	if n, err := b.Accept(ctx, no, "zhao", "同上", ledger.FindingChoice{Rule: "CEL-03"}); n != 1 || err != nil {
		t.Fatalf("the second: %d, %v", n, err)
	}
	b.must(b.Certify(ctx, no, "zhao", "r1"))
	b.must(b.Publish(ctx, no, "zhao"))
	if book := b.book("zhang", "张三"); book.Own.Total != 100 {
		t.Errorf("the holder's book: %+v", book)
	}
	audit := b.audited()
	if !slices.Contains(audit, "finding.accept") || !slices.Contains(audit, "finding.explain") {
		t.Errorf("audited: %v", audit)
	}
	b.whole()
}

// audited are the acts in the audit chain, in order.
func (b *books) audited() (acts []string) {
	b.t.Helper()
	rows, err := conn(b).Query(b.t.Context(), `select action from audit order by seq`)
	b.must(err)
	for rows.Next() {
		var a string
		b.must(rows.Scan(&a))
		acts = append(acts, a)
	}
	b.must(rows.Err())
	return acts
}

// The database refuses too, whatever a program asks.
func TestTheDatabaseGuardsReasons(t *testing.T) {
	t.Parallel()
	b := setup(t)
	no := b.take(found(warning("D4")), "zhang")
	b.must(b.Reject(t.Context(), no, "zhao", "x"))
	u := found(warning("D4"), warning("D5"))
	u.Batch, u.By = no, "sun"
	b.take(u, "zhang")
	c := conn(b)
	certify := `update batch set state = 'certified', certified_by = $2, certified_at = now(), certified_rules = rule_version,
		certified_sha256 = file_sha256, certified_rows = row_count, certified_fen = total_fen, certified_mapping = mapping where batch_no = $1`
	for name, try := range map[string]struct {
		sql  string
		args []any
	}{
		"certified_is_explained":             {certify, []any{no, "zhao"}},
		"certifier_is_not_uploader":          {certify, []any{no, "li"}}, // of the first revision
		"reason_is_signed":                   {`update batch_finding set reason = 'x' where batch_no = $1`, []any{no}},
		"batch_revision is append-only":      {`update batch_revision set uploaded_by = 'zhao' where batch_no = $1`, []any{no}},
		"table batch_revision is append-onl": {`delete from batch_revision where batch_no = $1`, []any{no}},
		"end_is_signed":                      {`update batch_revision set ended = 'returned' where batch_no = $1 and revision = 2`, []any{no}},
	} {
		if _, err := c.Exec(t.Context(), try.sql, try.args...); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err := c.Exec(t.Context(), `update batch_finding set reason = 'x', reason_by = 'li', reason_at = now()`)
	b.must(err)
	if _, err := c.Exec(t.Context(), strings.Replace(certify, "certified_mapping = mapping", "certified_mapping = 'other'", 1), no, "zhao"); err == nil ||
		!strings.Contains(err.Error(), "certificate_binds_mapping") {
		t.Errorf("another mapping: %v", err)
	}
}
