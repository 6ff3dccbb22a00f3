package postgres_test

import (
	"testing"

	"mingbai/ledger"
	"mingbai/ledger/postgres"
)

// Books that were kept before there were revisions have one of each batch, with its reasons signed and its end told.
func TestOldBooksGetTheirMemory(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ctx := t.Context()
	c := conn(b)
	for _, sql := range []string{
		`drop schema public cascade`, `create schema public`,
	} {
		_, err := c.Exec(ctx, sql)
		b.must(err)
	}
	b.must(postgres.MigrateTo(ctx, b.url, 2))
	for _, sql := range []string{
		`insert into officer (county, login, name, roles) values ('990121', 'li', 'li', '{clerk}'), ('990121', 'zhao', 'zhao', '{certifier}')`,
		`insert into fund (county, code, name, kind, disclosure) values ('990121', 'GD', '资金', 'subsidy', 'public')`,
		`insert into file (county, sha256, size, content, stored_at) select '990121', decode(n, 'hex'), 1, '', now() from unnest(array['01', '02', '03']) n`,
		`insert into batch (county, fund, period, state, file_sha256, file_name, rule_version, row_count, total_fen, uploaded_by, uploaded_at,
			certified_by, certified_at, certified_sha256, certified_rules, certified_rows, certified_fen, published_by, published_at, public_from)
		 values ('990121', 'GD', '2024', 'published', '\x01', 'a.xlsx', 'r1', 2, 300, 'li', now(), 'zhao', now(), '\x01', 'r1', 2, 300, 'zhao', now(), now())`,
		`insert into batch (county, fund, period, state, file_sha256, file_name, rule_version, uploaded_by, uploaded_at, ended_by, ended_at, end_reason)
		 values ('990121', 'GD', '2025', 'rejected', '\x02', 'b.xlsx', 'r1', 'li', now(), 'zhao', now(), '村名有误')`,
		`insert into batch (county, fund, period, state, file_sha256, file_name, rule_version, uploaded_by, uploaded_at)
		 values ('990121', 'GD', '2025', 'checked', '\x03', 'c.xlsx', 'r1', 'li', now())`,
		`insert into batch_finding (county, batch_no, seq, rule, severity, sheet, cell, message, fix, reason)
		 values ('990121', 1, 1, 'CEL-05', 'W', 's', 'A1', 'm', 'f', '核对过'), ('990121', 3, 1, 'CEL-05', 'W', 's', 'A1', 'm', 'f', '')`,
	} {
		if _, err := c.Exec(ctx, sql); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
	b.must(postgres.Migrate(ctx, b.url))
	fresh, err := postgres.Open(ctx, b.url, "990121", postgres.Options{}) // b's connections remember statements of the schema that was dropped
	b.must(err)
	t.Cleanup(fresh.Close)
	b.DB = fresh
	for no, want := range map[int64]ledger.Revision{
		1: {Rows: 2, Total: 300, Warnings: 1, SHA256: "01"}, 2: {Ended: ledger.SentBack, Opinion: "村名有误", EndedBy: "zhao", SHA256: "02"},
		3: {Warnings: 1, SHA256: "03"},
	} {
		history, err := b.Revisions(ctx, no)
		b.must(err)
		got := history[0]
		if len(history) != 1 || got.Revision != 1 || got.Rows != want.Rows || got.Total != want.Total || got.Warnings != want.Warnings ||
			got.SHA256 != want.SHA256 || got.Ended != want.Ended || got.Opinion != want.Opinion || got.EndedBy != want.EndedBy {
			t.Errorf("batch %d: %+v", no, history)
		}
	}
	if kept, err := b.Findings(ctx, 1); err != nil || kept[0].By != "li" {
		t.Errorf("an old reason: %+v, %v", kept, err)
	}
	b.refused("an old warning without a reason", b.Certify(ctx, 3, "zhao", "r1"), ledger.KindConflict, "没有写明原因")
	_, err = b.Explain(ctx, 3, "li", "核对过", ledger.FindingChoice{})
	b.must(err)
	b.must(b.Withdraw(ctx, 1, "zhao", "重核"))
}
