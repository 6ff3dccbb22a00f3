package postgres_test

import (
	"errors"
	"strings"
	"testing"

	"mingbai/ledger"
	"mingbai/ledger/postgres"
)

func TestACorrectionReplacesARowAndSaysSo(t *testing.T) {
	t.Parallel()
	b := setup(t)
	old := b.publish("GD", "2025", row(1, "张三", "zhang", willow, "1组", 100), row(2, "李四", "li", willow, "1组", 200))
	no := b.correct(old, "GD", "2025", row(1, "张三", "zhang", bridge, "2组", 150))
	b.whole()

	book := b.book("zhang", "张三")
	if book.Own != (ledger.Tally{Rows: 1, Total: 150}) || len(book.Payments) != 2 {
		t.Fatalf("her book: %+v", book)
	}
	for _, p := range book.Payments {
		if replaced := p.Batch == old; p.Ended.IsZero() == replaced || p.Corrected != replaced || replaced && p.EndReason != "面积更正" {
			t.Errorf("line of batch %d: %+v", p.Batch, p)
		}
	}
	if other := b.book("li", "李四"); other.Own.Total != 200 || len(other.Payments) != 1 {
		t.Errorf("a neighbour's book changed: %+v", other)
	}
	page, err := b.FundPage(t.Context(), "GD", 2025)
	b.must(err)
	if page.County != (ledger.Tally{Rows: 2, Total: 350}) {
		t.Errorf("the fund comes to %+v", page.County)
	}

	// Withdrawing the correction lets the old row count again; reverting that withdrawal takes it away again.
	b.must(b.Withdraw(t.Context(), no, "zhao", "更正有误"))
	b.whole()
	if book := b.book("zhang", "张三"); book.Own.Total != 100 {
		t.Errorf("after the correction's withdrawal: %+v", book.Own)
	}
	b.must(b.Revert(t.Context(), no, "zhao", "更正无误"))
	b.whole()
	if book := b.book("zhang", "张三"); book.Own.Total != 150 {
		t.Errorf("after its return: %+v", book.Own)
	}
}

func TestABatchCorrectedWhollyIsSuperseded(t *testing.T) {
	t.Parallel()
	b := setup(t)
	old := b.publish("GD", "2025", row(1, "张三", "zhang", willow, "1组", 100))
	first := b.correct(old, "GD", "2025", row(1, "张三", "zhang", willow, "1组", 150))
	state := func(no int64) ledger.State {
		batch, err := b.Batch(t.Context(), no)
		b.must(err)
		return batch.State
	}
	if state(old) != ledger.Superseded {
		t.Errorf("the corrected batch is %s", state(old))
	}
	second := b.correct(first, "GD", "2025", row(1, "张三", "zhang", willow, "1组", 170))
	b.whole()
	if book := b.book("zhang", "张三"); book.Own.Total != 170 || len(book.Payments) != 3 || state(first) != ledger.Superseded {
		t.Errorf("a correction of a correction: %+v, %s", book, state(first))
	}
	b.must(b.Withdraw(t.Context(), second, "zhao", "有误"))
	if state(first) != ledger.Published || state(old) != ledger.Superseded {
		t.Errorf("after the second's withdrawal: %s, %s", state(first), state(old))
	}
	b.whole()
}

func TestACorrectionNeedsItsTarget(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ctx := t.Context()
	old := b.publish("GD", "2025", row(1, "张三", "zhang", willow, "1组", 100))
	try := func(target int64, fund, period string, rows ...ledger.StagedRow) error {
		u := upload(fund, period)
		u.Corrects, u.Reason = target, "更正"
		_, err := b.Import(ctx, u, seq(rows))
		return err
	}
	var missing *postgres.TargetError
	if err := try(old, "GD", "2025", row(1, "张三", "zhang", willow, "1组", 1), row(2, "王五", "wang", willow, "1组", 1)); !errors.As(err, &missing) ||
		missing.Total != 1 || missing.Rows[0].Row != 5 {
		t.Errorf("somebody whom the batch does not pay: %v", err)
	}
	for name, err := range map[string]error{
		"no such batch":  try(old+50, "GD", "2025", row(1, "张三", "zhang", willow, "1组", 1)),
		"another fund":   try(old, "DB", "2025", row(1, "张三", "zhang", willow, "1组", 1)),
		"another period": try(old, "GD", "2024", row(1, "张三", "zhang", willow, "1组", 1)),
	} {
		var e *ledger.Error
		if !errors.As(err, &e) || e.Rule != "XB-02" {
			t.Errorf("%s: %v", name, err)
		}
	}
	// Two corrections of one row wait side by side; the second to be published finds its row gone.
	waiting := func() int64 {
		u := upload("GD", "2025")
		u.Corrects, u.Reason = old, "更正"
		no, err := b.Import(ctx, u, seq([]ledger.StagedRow{row(1, "张三", "zhang", willow, "1组", 150)}))
		b.must(err)
		b.must(b.Certify(ctx, no, "zhao", "r1"))
		return no
	}
	one, two := waiting(), waiting()
	b.must(b.Publish(ctx, one, "zhao"))
	if err := b.Publish(ctx, two, "zhao"); ledger.KindOf(err) != ledger.KindConflict {
		t.Errorf("the second correction: %v", err)
	}
	b.whole()
}

func TestOneRowIsWithdrawn(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ctx := t.Context()
	no := b.publish("GD", "2025", row(1, "张三", "zhang", willow, "1组", 100), row(2, "李四", "li", willow, "1组", 200))
	b.must(b.WithdrawRow(ctx, no, "", 5, "zhao", "不符合条件"))
	b.whole()
	book := b.book("li", "李四")
	if book.Own.Rows != 0 || len(book.Payments) != 1 || book.Payments[0].EndReason != "不符合条件" || book.Payments[0].Corrected {
		t.Errorf("the withdrawn line: %+v", book)
	}
	if b.book("zhang", "张三").Own.Total != 100 {
		t.Error("a neighbour's line went too")
	}
	for name, err := range map[string]error{
		"again":       b.WithdrawRow(ctx, no, "", 5, "zhao", "x"),
		"no such row": b.WithdrawRow(ctx, no, "", 99, "zhao", "x"),
		"other sheet": b.WithdrawRow(ctx, no, "别的表", 4, "zhao", "x"),
	} {
		if ledger.KindOf(err) != ledger.KindNotFound {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := b.WithdrawRow(ctx, no, "", 4, "zhao", ""); ledger.KindOf(err) != ledger.KindInvalid {
		t.Errorf("without a reason: %v", err)
	}
	// The whole batch withdrawn and brought back: the single row stays away.
	b.must(b.Withdraw(ctx, no, "zhao", "重新核对"))
	b.must(b.Revert(ctx, no, "zhao", "核对无误"))
	if b.book("li", "李四").Own.Rows != 0 || b.book("zhang", "张三").Own.Rows != 1 {
		t.Error("reverting the batch brought a single withdrawn row back")
	}
	b.whole()
}

func TestRevertIsRefusedWhenPeopleWerePaidElsewhere(t *testing.T) {
	t.Parallel()
	b := setup(t)
	no := b.publish("GD", "2025", row(1, "张三", "zhang", willow, "1组", 100))
	if err := b.Revert(t.Context(), no, "zhao", "x"); ledger.KindOf(err) != ledger.KindConflict {
		t.Errorf("reverting what counts: %v", err)
	}
	b.must(b.Withdraw(t.Context(), no, "zhao", "有误"))
	b.publish("GD", "2025", row(1, "张三", "zhang", willow, "1组", 90))
	if err := b.Revert(t.Context(), no, "zhao", "x"); err == nil || !strings.Contains(err.Error(), "已在别的批次公开") {
		t.Errorf("reverting what was paid elsewhere: %v", err)
	}
	b.whole()
}
