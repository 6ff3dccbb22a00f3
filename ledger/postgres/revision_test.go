package postgres_test

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"sync"
	"testing"

	"mingbai/ledger"
	"mingbai/ledger/postgres"
)

// mend makes the next file of a batch.
func mend(no int64, by string, findings ...ledger.Finding) postgres.Upload {
	u := found(findings...)
	u.Batch, u.By = no, by
	return u
}

func (b *books) state(no int64) ledger.State {
	b.t.Helper()
	batch, err := b.Batch(b.t.Context(), no)
	b.must(err)
	return batch.State
}

func TestAMendedFileGoesOnWithItsBatch(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ctx := t.Context()
	first := found(warning("D4"))
	first.Note = "核对过"
	no := b.take(first, "zhang")
	b.must(b.Certify(ctx, no, "zhao", "r1"))
	second := mend(no, "sun")
	_, err := b.Import(ctx, second, seq(nil))
	b.refused("while certified", err, ledger.KindConflict, "请复核人先退回")
	b.must(b.Reject(ctx, no, "zhao", "第4行姓名有误"))
	if got := b.take(second, "zhang"); got != no || b.state(no) != ledger.Checked {
		t.Fatalf("the mended file is batch %d, %s", got, b.state(no))
	}
	b.whole()
	b.refused("certified by an earlier uploader", b.Certify(ctx, no, "li", "r1"), ledger.KindDenied, "复核人不能是上传人")
	third := mend(no, "sun", warning("D9"))
	third.Note = "核对过"
	n, err := b.Import(ctx, third, seq([]ledger.StagedRow{row(1, "张三", "zhang", willow, "1组", 150), row(2, "李四", "si", willow, "1组", 50)}))
	b.must(err)
	b.whole()

	history, err := b.Revisions(ctx, no)
	b.must(err)
	if n != no || len(history) != 3 {
		t.Fatalf("history of %d: %+v", n, history)
	}
	one, two, three := history[0], history[1], history[2]
	if one.Ended != ledger.SentBack || one.Opinion != "第4行姓名有误" || one.EndedBy != "zhao" || one.Warnings != 1 || one.UploadedBy != "li" ||
		one.SHA256 != fmt.Sprintf("%x", first.SHA256) || one.FileName != first.FileName || !one.EndedAt.Equal(b.now) {
		t.Errorf("the first: %+v", one)
	}
	if two.Ended != ledger.Replaced || two.EndedBy != "sun" || two.Opinion != "" || two.Rows != 1 || two.Warnings != 0 {
		t.Errorf("the second: %+v", two)
	}
	if three.Ended != "" || three.Rows != 2 || three.Total != 200 || three.Revision != 3 {
		t.Errorf("the third: %+v", three)
	}
	kept, err := b.Findings(ctx, no)
	b.must(err)
	if batch, _ := b.Batch(ctx, no); len(kept) != 1 || kept[0].Cell != "D9" || batch.Revision != 3 || batch.UploadedBy != "sun" || batch.EndReason != "" || batch.CertifiedBy != "" {
		t.Errorf("batch %+v, findings %+v", batch, kept)
	}
	if count(b, "file") != 3 || count(b, "batch") != 1 {
		t.Errorf("%d files, %d batches", count(b, "file"), count(b, "batch"))
	}
	b.must(b.Certify(ctx, no, "zhao", "r1"))
	b.must(b.Publish(ctx, no, "zhao"))
	if book := b.book("si", "李四"); book.Own.Total != 50 {
		t.Errorf("the added one's book: %+v", book)
	}
	_, err = b.Import(ctx, mend(no, "sun"), seq(nil))
	b.refused("once public", err, ledger.KindConflict, "请走更正")
	b.whole()
}

// A payee's own row moves with the householder's, and so does the pairing of a correction.
func TestAMendedCorrectionFindsItsTargets(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ctx := t.Context()
	old := b.publish("GD", "2025", row(1, "张三", "zhang", willow, "1组", 100))
	u := upload("GD", "2025")
	u.Corrects, u.Reason = old, "面积更正"
	no := b.take(u, "zhang")
	b.must(b.Reject(ctx, no, "zhao", "再改"))
	next := mend(no, "li")
	next.Corrects, next.Reason = old, "面积更正"
	r := row(1, "张三", "zhang", willow, "1组", 170)
	r.People[ledger.Payee] = party("张小三", "son")
	_, err := b.Import(ctx, next, seq([]ledger.StagedRow{r}))
	b.must(err)
	b.must(b.Certify(ctx, no, "zhao", "r1"))
	b.must(b.Publish(ctx, no, "zhao"))
	if b.book("zhang", "张三").Own.Total != 170 || b.book("son", "张小三").Related.Total != 170 || b.state(old) != ledger.Superseded {
		t.Error("the mended correction does not count")
	}
	b.whole()
	other := mend(no, "li")
	other.Period = "2024"
	_, err = b.Import(ctx, other, seq(nil))
	b.refused("of another period", err, ledger.KindConflict)
}

func TestTheVeryFileAgainIsARecheckOnly(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ctx := t.Context()
	u := found(warning("D4"))
	no := b.take(u, "zhang")
	again := func(change func(*postgres.Upload)) error {
		next := u
		next.Batch = no
		change(&next)
		_, err := b.Import(ctx, next, seq([]ledger.StagedRow{row(1, "张三", "zhang", willow, "1组", 100)}))
		return err
	}
	nothing := func(*postgres.Upload) {}
	before := b.audited()
	b.refused("nothing changed", again(nothing), ledger.KindConflict, "同一个")
	b.refused("as a batch of its own", again(func(u *postgres.Upload) { u.Batch = 0 }), ledger.KindConflict, "无需重传")
	if history, _ := b.Revisions(ctx, no); len(history) != 1 || len(b.audited()) != len(before) {
		t.Errorf("a refused file left a trace: %+v", history)
	}
	b.must(again(func(u *postgres.Upload) { u.RuleVersion = "r2" }))
	u.RuleVersion = "r2"
	u.Mapping = func() ([]string, []ledger.ColumnMapping) {
		return []string{"s"}, []ledger.ColumnMapping{{Signature: "s", Kind: ledger.Subsidy, Position: 1, Field: "village"}}
	}
	b.must(again(nothing))
	b.must(again(func(u *postgres.Upload) { u.Findings = nil })) // the code lists know a village more
	b.must(b.Reject(ctx, no, "zhao", "x"))
	b.refused("sent back, and nothing changed", again(func(u *postgres.Upload) { u.Findings = nil }), ledger.KindConflict, "同一个")

	// The same file may not live in two batches, whichever way it comes.
	other := b.take(u, "si")
	b.refused("the file of another batch", again(func(u *postgres.Upload) { u.RuleVersion = "r3" }), ledger.KindConflict, fmt.Sprintf("与批次%d是同一个文件", other))
	b.whole()
}

func TestABlockedFileIsKeptOnlyWhenAsked(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ctx := t.Context()
	broken := errors.New("fatal findings")
	fatal := ledger.Finding{Rule: "XR-01", Severity: ledger.Fatal, Sheet: "Sheet1", Cell: "F9", Message: "合计不符", Fix: "查漏行"}
	late := func(yield func(ledger.StagedRow, error) bool) { // the fault shows after rows have been staged
		if yield(row(1, "张三", "zhang", willow, "1组", 100), nil) {
			yield(ledger.StagedRow{}, broken)
		}
	}
	u := found(fatal)
	if _, err := b.Import(ctx, u, late); !errors.Is(err, broken) || count(b, "batch") != 0 || count(b, "file") != 0 {
		t.Fatalf("not asked to keep: %v, %d batches", err, count(b, "batch"))
	}
	u.KeepBlocked = func(err error) bool { return errors.Is(err, broken) }
	no, err := b.Import(ctx, u, late)
	b.must(err)
	kept, err := b.Findings(ctx, no)
	b.must(err)
	if b.state(no) != ledger.Parsed || len(kept) != 1 || count(b, "staged_row") != 0 || count(b, "file") != 1 {
		t.Errorf("kept as %s with %d findings and %d rows", b.state(no), len(kept), count(b, "staged_row"))
	}
	b.refused("certified", b.Certify(ctx, no, "zhao", "r1"), ledger.KindConflict, "改好后重新上传到这个批次")
	b.whole()
	b.take(mend(no, "li"), "zhang")
	if history, _ := b.Revisions(ctx, no); len(history) != 2 || history[0].Fatal != 1 || history[0].Rows != 0 || b.state(no) != ledger.Checked {
		t.Errorf("mended: %+v, %s", history, b.state(no))
	}
	again := mend(no, "li", fatal)
	again.KeepBlocked = u.KeepBlocked
	if _, err := b.Import(ctx, again, late); err != nil || b.state(no) != ledger.Parsed || count(b, "staged_row") != 0 {
		t.Errorf("blocked again: %v, %s", err, b.state(no))
	}
	b.whole()

	// What the books have against a file blocks it, too; what is wrong with the machine does not.
	b.must(b.Reject(ctx, no, "li", "重来"))
	b.publish("GD", "2025", row(1, "张三", "zhang", willow, "1组", 100))
	paid := mend(no, "li")
	var clash *postgres.ClashError
	paid.KeepBlocked = func(err error) bool { return errors.As(err, &clash) }
	if _, err := b.Import(ctx, paid, seq([]ledger.StagedRow{row(1, "张三", "zhang", willow, "1组", 100)})); err != nil || b.state(no) != ledger.Parsed || clash == nil {
		t.Errorf("paid elsewhere: %v, %s", err, b.state(no))
	}
	machine := errors.New("disk full")
	if _, err := b.Import(ctx, paid, func(yield func(ledger.StagedRow, error) bool) { yield(ledger.StagedRow{}, machine) }); !errors.Is(err, machine) {
		t.Errorf("a fault of the machine: %v", err)
	}
	b.whole()
}

// Many mend, send back and certify one batch at once: they wait for each other, and every revision is in the history.
func TestActsOnOneBatchWaitForEachOther(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ctx := t.Context()
	no := b.take(upload("GD", "2025"), "zhang")
	old := b.publish("GD", "2025", row(1, "李四", "si", willow, "1组", 100))
	var all sync.WaitGroup
	unclear := make(chan error, 100)
	do := func(act func() error) {
		all.Go(func() {
			var lost *postgres.TargetError
			if err := act(); err != nil && ledger.KindOf(err) == ledger.KindInternal && !errors.As(err, &lost) {
				unclear <- err
			}
		})
	}
	for i := range 6 {
		u := mend(no, "li")
		u.SHA256 = sha256.Sum256([]byte(fmt.Sprint("mended", i)))
		do(func() error {
			_, err := b.Import(ctx, u, seq([]ledger.StagedRow{row(1, "张三", "zhang", willow, "1组", 100)}))
			return err
		})
		do(func() error { return b.Reject(ctx, no, "zhao", "再改") })
		do(func() error { return b.Certify(ctx, no, "zhao", "r1") })
		do(func() error { _, err := b.Explain(ctx, no, "li", "x", ledger.FindingChoice{}); return err })
		fix := upload("GD", "2025")
		fix.Corrects, fix.Reason, fix.SHA256 = old, "更正", sha256.Sum256([]byte(fmt.Sprint("fix", i)))
		do(func() error { // refers to the old batch's row while others hold it
			_, err := b.Import(ctx, fix, seq([]ledger.StagedRow{row(1, "李四", "si", willow, "1组", 110)}))
			return err
		})
		do(func() error { return b.WithdrawRow(ctx, old, "", 4, "zhao", "x") })
	}
	all.Wait()
	close(unclear)
	for err := range unclear {
		t.Error(err)
	}
	history, err := b.Revisions(ctx, no)
	b.must(err)
	for i, r := range history {
		if r.Revision != i+1 || i < len(history)-1 && r.Ended == "" {
			t.Errorf("revision %d of %d: %+v", i+1, len(history), r)
		}
	}
	t.Logf("%d revisions, ends %s", len(history), b.state(no))
	b.whole()
}
