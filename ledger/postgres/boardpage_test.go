package postgres_test

import (
	"strings"
	"testing"
	"time"

	"mingbai/ledger"
)

func TestABoardIsSeenAsFarAsTheOfficerReaches(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ctx := t.Context()
	const hill = "990121102201"
	b.must(b.SaveRegions(ctx, "test", []ledger.Region{{Code: "990121102", Parent: "990121", Name: "山口镇"}, {Code: hill, Parent: "990121102", Name: "山口村"}}))
	no := b.publish("GD", "2025", row(1, "张三", "id", willow, "1组", 100), row(2, "李四", "id2", hill, "1组", 250))
	b.must(b.HangNotice(ctx, no, willow, time.Date(2025, 6, 2, 0, 0, 0, 0, time.UTC), "li", []byte("jpeg")))
	office := func(name string, d ledger.Department) {
		d.Name = name
		id, err := b.SaveDepartment(ctx, "test", d)
		b.must(err)
		b.must(b.SaveOfficer(ctx, "test", ledger.Officer{Login: name, Name: name, Roles: []ledger.OfficeRole{ledger.RoleClerk}, Department: id}))
	}
	office("willow", ledger.Department{Kind: ledger.Town, Towns: []string{"990121101"}})
	office("hill", ledger.Department{Kind: ledger.Town, Towns: []string{"990121102"}})
	office("other", ledger.Department{Kind: ledger.Unit, Funds: []string{"DB"}})
	for login, want := range map[string]string{"sun": willow + hill, "zhao": willow + hill, "willow": willow, "hill": hill} {
		board, err := b.Board(ctx, login, no)
		b.must(err)
		got, may := "", 0
		for _, v := range board.Villages {
			got += v.Code
			if v.MayPost {
				may++
			}
		}
		if got != want || board.FundName != "资金GD" || (may > 0) != (login != "zhao") {
			t.Errorf("%s sees %s and may post %d", login, got, may)
		}
		notices, err := b.BoardNotices(ctx, login, no, "")
		b.must(err)
		if len(notices) != len(want)/12 {
			t.Errorf("%s prints %d notices", login, len(notices))
		}
		if _, err := b.BoardPhoto(ctx, login, no, willow); (err == nil) != strings.Contains(want, willow) {
			t.Errorf("%s and the photo: %v", login, err)
		}
	}
	if _, err := b.Board(ctx, "other", no); ledger.KindOf(err) != ledger.KindDenied {
		t.Errorf("another fund's clerk: %v", err)
	}
	if n := count(b, `audit where action = 'refused' and actor = 'other'`); n != 1 {
		t.Errorf("%d refusals written down", n)
	}
	b.whole()
}
