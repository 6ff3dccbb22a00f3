package postgres_test

import (
	"testing"
	"time"

	"mingbai/ledger"
)

func TestANoticeIsHungAndTakenDown(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ctx := t.Context()
	no := b.publish("GD", "2025", row(1, "张三", "id", willow, "1组", 100), row(2, "李四", "id2", bridge, "1组", 250))
	notices, err := b.BatchNotices(ctx, no, "")
	b.must(err)
	if len(notices) != 2 || notices[0].VillageName != "柳门口村" || notices[0].Total != 100 || notices[1].Payments[0].Name != "李四" {
		t.Errorf("notices %+v", notices)
	}
	day := func(d int) time.Time { return time.Date(2025, 6, d, 0, 0, 0, 0, time.UTC) }
	b.must(b.HangNotice(ctx, no, willow, day(2), "li", []byte("jpeg")))
	b.must(b.HangNotice(ctx, no, willow, day(3), "li", nil)) // mended: the photo stays
	b.must(b.TakeDownNotice(ctx, no, willow, day(3), "sun"))
	hung, err := b.Postings(ctx, no)
	b.must(err)
	want := ledger.Posting{Village: willow, HungOn: day(3), HungBy: "li", TakenOn: day(3), TakenBy: "sun", Photo: true}
	if len(hung) != 1 || hung[0] != want {
		t.Errorf("postings %+v, want %+v", hung, want)
	}
	if photo, err := b.PostingPhoto(ctx, no, willow); err != nil || string(photo) != "jpeg" {
		t.Errorf("photo %q, %v", photo, err)
	}
	for name, c := range map[string]struct {
		do   func() error
		kind ledger.Kind
	}{
		"tomorrow":          {func() error { return b.HangNotice(ctx, no, willow, day(4), "li", nil) }, ledger.KindInvalid},
		"a strange village": {func() error { return b.HangNotice(ctx, no, "990121101999", day(3), "li", nil) }, ledger.KindNotFound},
		"by a certifier":    {func() error { return b.HangNotice(ctx, no, willow, day(3), "zhao", nil) }, ledger.KindDenied},
		"down, never hung":  {func() error { return b.TakeDownNotice(ctx, no, bridge, day(3), "li") }, ledger.KindNotFound},
		"down before up":    {func() error { return b.TakeDownNotice(ctx, no, willow, day(1), "li") }, ledger.KindNotFound},
		"no photo":          {func() error { _, err := b.PostingPhoto(ctx, no, bridge); return err }, ledger.KindNotFound},
		"an unpublished list": {func() error {
			_, err := b.BatchNotices(ctx, b.upload("GD", "2024", row(1, "王五", "id5", willow, "", 1)), "")
			return err
		}, ledger.KindConflict},
		"a fund of own view": {func() error {
			_, err := b.BatchNotices(ctx, b.publish("DB", "2024", row(1, "王五", "id5", willow, "", 1)), "")
			return err
		}, ledger.KindDenied},
	} {
		if err := c.do(); ledger.KindOf(err) != c.kind {
			t.Errorf("%s: %v, want kind %d", name, err, c.kind)
		}
	}
	b.whole()
}
