package postgres_test

import (
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"mingbai/ledger"
	"mingbai/ledger/postgres"
)

func count(b *books, table string) (n int) {
	b.t.Helper()
	b.must(conn(b).QueryRow(b.t.Context(), "select count(*) from "+table).Scan(&n))
	return n
}

func conn(b *books) *pgx.Conn {
	b.t.Helper()
	c, err := pgx.Connect(b.t.Context(), b.url)
	b.must(err)
	b.t.Cleanup(func() { c.Close(b.t.Context()) })
	return c
}

// The database itself refuses, whatever a program asks.
func TestTheDatabaseGuardsItself(t *testing.T) {
	t.Parallel()
	b := setup(t)
	no := b.upload("GD", "2025", row(1, "张三", "id", willow, "1组", 100))
	b.publish("GD", "2024", row(1, "张三", "id", willow, "1组", 100))
	c := conn(b)
	for name, sql := range map[string]string{
		"certifier_is_not_uploader": `update batch set certified_by = uploaded_by where batch_no = $1`,
		"certificate_binds":         `update batch set state = 'certified' where batch_no = $1`,
		"published_is_dated": `update batch set state = 'published', certified_by = 'zhao', certified_at = now(), certified_rules = 'r1',
			certified_sha256 = file_sha256, certified_rows = row_count, certified_fen = total_fen, certified_mapping = mapping where batch_no = $1`,
		"ending_has_reason": `update batch set state = 'rejected' where batch_no = $1`,
	} {
		if _, err := c.Exec(t.Context(), sql, no); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, sql := range []string{
		`update payment set amount_fen = 1`, `delete from payment`, `update audit set actor = 'x'`, `delete from audit`, `truncate audit`,
	} {
		if _, err := c.Exec(t.Context(), sql); err == nil || !strings.Contains(err.Error(), "append-only") {
			t.Errorf("%s: %v", sql, err)
		}
	}
	b.whole()
}

// What is published is what was certified (XB-05): a row changed in between stops it, and verify sees it.
func TestRowsChangedAfterCertificationAreNotPublished(t *testing.T) {
	t.Parallel()
	b := setup(t)
	no := b.upload("GD", "2025", row(1, "张三", "id", willow, "1组", 100), row(2, "李四", "id2", willow, "1组", 100))
	b.must(b.Certify(t.Context(), no, "zhao", "r1"))
	for name, sql := range map[string]string{
		"an amount": `update staged_row set amount_fen = 101 where line = 1`, "a row": `delete from staged_row where line = 1`,
	} {
		_, err := conn(b).Exec(t.Context(), sql)
		b.must(err)
		err = b.Publish(t.Context(), no, "zhao")
		if ledger.KindOf(err) != ledger.KindConflict || !strings.Contains(err.Error(), "复核时是2行、2.00元") {
			t.Errorf("%s: %v", name, err)
		}
		if found, _ := b.Verify(t.Context(), mac); len(found) != 1 || !strings.Contains(found[0].What, "暂存") {
			t.Errorf("%s: verify %v", name, found)
		}
	}
}

func TestVerifyNamesWhatWasTamperedWith(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ sql, says string }{
		"a changed amount":     {`alter table payment disable trigger all; update payment set amount_fen = 101`, "复核1行、100分，账上1行、101分"},
		"a lost payment":       {`alter table payment disable trigger all; delete from payment`, "账上0行"},
		"a changed tally":      {`update village_tally set total_fen = 5`, "合计表记1行、5分"},
		"a changed audit line": {`alter table audit disable trigger all; update audit set actor = 'nobody' where seq = 2`, "第2条被改动过"},
		"a lost audit line":    {`alter table audit disable trigger all; delete from audit where seq = 3`, "第2条之后缺少记录"},
		"a wrong head count":   {`update year_tally set people = 9`, "人数表记9人"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			b.publish("GD", "2025", row(1, "张三", "id", willow, "1组", 100))
			b.whole()
			_, err := conn(b).Exec(t.Context(), c.sql)
			b.must(err)
			found, err := b.Verify(t.Context(), mac)
			b.must(err)
			var all []string
			for _, d := range found {
				all = append(all, d.What)
			}
			if !strings.Contains(strings.Join(all, "\n"), c.says) {
				t.Errorf("verify says %q, want %q", all, c.says)
			}
		})
	}
}

func TestAnOldSchemaIsRefused(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.must(postgres.CheckSchema(t.Context(), b.url))
	_, err := conn(b).Exec(t.Context(), `delete from goose_db_version where version_id = (select max(version_id) from goose_db_version)`)
	b.must(err)
	if err := postgres.CheckSchema(t.Context(), b.url); err == nil || !strings.Contains(err.Error(), "mingbai migrate") {
		t.Errorf("CheckSchema = %v", err)
	}
}
