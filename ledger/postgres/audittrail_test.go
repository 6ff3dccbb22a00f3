package postgres_test

import (
	"strings"
	"testing"
	"time"

	"mingbai/ledger"
)

func TestAnAuditorChoosesLines(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ctx := t.Context()
	b.must(b.SaveOfficer(ctx, "test", ledger.Officer{Login: "audrey", Name: "审计员", Roles: []ledger.OfficeRole{ledger.RoleAuditor}}))
	first := b.publish("GD", "2025", row(1, "张三", "id", willow, "1组", 100))
	b.now = b.now.AddDate(0, 0, 1)
	b.publish("GD", "2024", row(1, "张三", "id", willow, "1组", 100))
	day := func(d int) time.Time { return time.Date(2025, 6, d, 0, 0, 0, 0, time.UTC) }
	for name, c := range map[string]struct {
		q    ledger.AuditQuery
		want string
	}{
		"a day":            {ledger.AuditQuery{From: day(4), Until: day(4)}, "batch.publish batch.certify batch.import"},
		"a batch":          {ledger.AuditQuery{Object: "batch/1"}, "batch.publish batch.certify batch.import"},
		"an officer":       {ledger.AuditQuery{Actor: "zhao", Until: day(3)}, "batch.publish batch.certify"},
		"an act":           {ledger.AuditQuery{Action: "batch.import"}, "batch.import batch.import"},
		"a page":           {ledger.AuditQuery{Actor: "zhao", Limit: 3}, "batch.publish batch.certify batch.publish"},
		"nothing":          {ledger.AuditQuery{Object: "batch"[:4]}, ""},
		"before that time": {ledger.AuditQuery{Until: day(2)}, ""},
	} {
		if c.q.Limit == 0 {
			c.q.Limit = 100
		}
		lines, err := b.AuditLines(ctx, "audrey", c.q)
		b.must(err)
		var got []string
		for _, l := range lines {
			got = append(got, l.Action)
			if !l.Intact {
				t.Errorf("line %d is not intact", l.Seq)
			}
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %v, want %s", name, got, c.want)
		}
	}
	if first != 1 {
		t.Fatalf("the first batch is %d", first)
	}
	if _, err := b.AuditLines(ctx, "zhao", ledger.AuditQuery{Limit: 1}); ledger.KindOf(err) != ledger.KindDenied {
		t.Errorf("a certifier reads the log: %v", err)
	}
	if _, err := b.ExportAudit(ctx, "zhao", ledger.AuditQuery{}); ledger.KindOf(err) != ledger.KindDenied {
		t.Errorf("a certifier takes the log away: %v", err)
	}
	lines, err := b.ExportAudit(ctx, "audrey", ledger.AuditQuery{Actor: "zhao", Before: 2})
	b.must(err)
	again, err := b.AuditLines(ctx, "audrey", ledger.AuditQuery{Action: "audit.export", Limit: 10})
	b.must(err)
	if len(lines) != 4 || len(again) != 1 || !strings.Contains(again[0].Detail, `"count":4`) || again[0].ActorName != "审计员" {
		t.Errorf("%d lines taken, written down as %+v", len(lines), again)
	}
	if _, err := b.SealDays(ctx, mac); err != nil {
		t.Fatal(err)
	}
	state, err := b.AuditState(ctx)
	b.must(err)
	if state.Lines != again[0].Seq || !state.Head.Day.Equal(day(3)) {
		t.Errorf("state %+v", state)
	}
	_, err = conn(b).Exec(ctx, `alter table audit disable trigger all; update audit set detail = '{}' where seq = 9`)
	b.must(err)
	lines, err = b.AuditLines(ctx, "audrey", ledger.AuditQuery{Limit: 100})
	b.must(err)
	for _, l := range lines {
		if l.Intact == (l.Seq == 9) {
			t.Errorf("line %d is intact: %v", l.Seq, l.Intact)
		}
	}
}
