package postgres_test

import (
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"mingbai/ledger"
	"mingbai/ledger/postgres"
)

// Every act on a batch, tried by officers of another town, another section and a unit without funds: refused, written down,
// and nothing changed. The same act by those whose it is, and by the bureau, goes through.
func TestEveryTryBeyondTheScopeIsRefusedAndWrittenDown(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ctx := t.Context()
	b.must(b.SaveRegions(ctx, "test", []ledger.Region{
		{Code: "990121102", Parent: "990121", Name: "河东乡"}, {Code: "990121102201", Parent: "990121102", Name: "东村"},
	}))
	b.must(b.SaveFund(ctx, "test", ledger.Fund{Code: "GD", Name: "资金GD", Kind: ledger.Subsidy, Disclosure: ledger.DisclosePublic, Section: "农业股"}))
	both := []ledger.OfficeRole{ledger.RoleClerk, ledger.RoleCertifier}
	for login, d := range map[string]ledger.Department{
		"own-town":   {Name: "柳门镇财政所", Kind: ledger.Town, Towns: []string{"990121101"}},
		"other-town": {Name: "河东乡财政所", Kind: ledger.Town, Towns: []string{"990121102"}},
		"own-fund":   {Name: "农业股", Kind: ledger.Section}, // the fund names it
		"other-fund": {Name: "社保股", Kind: ledger.Section, Funds: []string{"DB"}},
		"no-fund":    {Name: "县残联", Kind: ledger.Unit},
	} {
		id, err := b.SaveDepartment(ctx, "test", d)
		b.must(err)
		b.must(b.AddOfficer(ctx, "test", ledger.Officer{Login: login, Name: login, Roles: both, Department: id}))
	}
	rowOf := func(village string) ledger.StagedRow { return row(1, "张三", "id", village, "1组", 100) }
	acts := map[string]func(by string) (act func() error){
		"see": func(by string) func() error {
			no := b.upload("GD", "2025", rowOf(willow))
			return func() error { _, err := b.BatchFor(ctx, by, no); return err }
		},
		"upload": func(by string) func() error {
			return func() error {
				u := upload("GD", "2025")
				u.By = by
				_, err := b.Import(ctx, u, seq([]ledger.StagedRow{rowOf(willow)}))
				return err
			}
		},
		"certify": func(by string) func() error {
			no := b.upload("GD", "2025", rowOf(willow))
			return func() error { return b.Certify(ctx, no, by, "r1") }
		},
		"reject": func(by string) func() error {
			no := b.upload("GD", "2025", rowOf(willow))
			return func() error { return b.Reject(ctx, no, by, "名单有误") }
		},
		"publish": func(by string) func() error {
			no := b.upload("GD", "2025", rowOf(willow))
			b.must(b.Certify(ctx, no, "zhao", "r1"))
			return func() error { return b.Publish(ctx, no, by) }
		},
		"withdraw": func(by string) func() error {
			no := b.publish("GD", "2025", rowOf(willow))
			return func() error { return b.Withdraw(ctx, no, by, "名单有误") }
		},
		"withdraw a row": func(by string) func() error {
			no := b.publish("GD", "2025", rowOf(willow))
			return func() error { return b.WithdrawRow(ctx, no, "", 4, by, "名单有误") }
		},
		"revert": func(by string) func() error {
			no := b.publish("GD", "2025", rowOf(willow))
			b.must(b.Withdraw(ctx, no, "zhao", "名单有误"))
			return func() error { return b.Revert(ctx, no, by, "恢复") }
		},
	}
	c := conn(b)
	value := func(sql string) (s string) {
		b.must(c.QueryRow(ctx, sql).Scan(&s))
		return s
	}
	states := func() string {
		return value(`select coalesce(string_agg(batch_no || state, ',' order by batch_no), '') from batch`)
	}
	refusals := func() string {
		return value(`select count(*) || coalesce(string_agg(actor || ' ' || object, ',' order by seq), '') from audit where action = 'refused'`)
	}
	tried, refused := 0, 0
	for name, prepare := range acts {
		for _, by := range []string{"own-town", "own-fund", "zhao", "other-town", "other-fund", "no-fund"} {
			if by == "zhao" && name == "upload" {
				continue // a certifier only
			}
			act := prepare(by)
			before, told := states(), refusals()
			err := act()
			tried++
			if !strings.HasPrefix(by, "other") && by != "no-fund" {
				if err != nil {
					t.Errorf("%s by %s: %v", name, by, err)
				}
			} else {
				refused++
				if ledger.KindOf(err) != ledger.KindDenied || !strings.Contains(ledger.MessageOf(err), "只管") {
					t.Errorf("%s by %s: %v", name, by, err)
				}
				if now := refusals(); now == told || !strings.Contains(now[strings.LastIndex(now, ",")+1:], by) {
					t.Errorf("%s by %s: not written down: %s", name, by, now)
				}
				if states() != before {
					t.Errorf("%s by %s: the books changed", name, by)
				}
			}
			b.clear(c)
		}
	}
	t.Logf("%d acts × 6 officers: %d tries, %d beyond the scope, all refused and written down", len(acts), tried, refused)

	// A sheet of two towns, and one whose village nobody knows, is no town clerk's.
	for name, rows := range map[string][]ledger.StagedRow{
		"two towns": {rowOf(willow), row(2, "李四", "id2", "990121102201", "1组", 100)}, "nobody knows": {rowOf("")},
	} {
		u := upload("GD", "2025")
		u.By = "own-town"
		if _, err := b.Import(ctx, u, seq(rows)); ledger.KindOf(err) != ledger.KindDenied {
			t.Errorf("%s: %v", name, err)
		}
	}

	// Nor may rows of one's own reach into another town's batch, by taking the place of its file or by correcting it.
	foreign := b.publish("GD", "2025", row(9, "王五", "id9", "990121102201", "1组", 100))
	open := b.upload("GD", "2024", row(9, "王五", "id9", "990121102201", "1组", 100))
	for name, aim := range map[string]func(*postgres.Upload){
		"correcting": func(u *postgres.Upload) { u.Corrects, u.Reason = foreign, "更正" },
		"mending":    func(u *postgres.Upload) { u.Batch, u.Period = open, "2024" },
	} {
		u := upload("GD", "2025")
		u.By = "own-town"
		aim(&u)
		if _, err := b.Import(ctx, u, seq([]ledger.StagedRow{row(1, "王五", "id9", willow, "1组", 100)})); ledger.KindOf(err) != ledger.KindDenied {
			t.Errorf("%s: %v", name, err)
		}
	}
	// A batch that was sent back has no rows left: it is its uploader's department's.
	b.must(b.Reject(ctx, open, "zhao", "名单有误"))
	if _, err := b.BatchFor(ctx, "own-town", open); ledger.KindOf(err) != ledger.KindDenied {
		t.Errorf("seeing what was sent back to others: %v", err)
	}
	u := upload("GD", "2023")
	u.By = "own-town"
	mine, err := b.Import(ctx, u, seq([]ledger.StagedRow{rowOf(willow)}))
	b.must(err)
	b.must(b.Reject(ctx, mine, "zhao", "名单有误"))
	if _, err := b.BatchFor(ctx, "own-town", mine); err != nil {
		t.Errorf("seeing what was sent back to oneself: %v", err)
	}
	b.whole()
}

// A sheet of projects or posts knows no towns: it is no town clerk's to upload, and a section's only by its fund.
func TestRecordsAreNoTownClerks(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ctx := t.Context()
	b.must(b.SaveFund(ctx, "test", ledger.Fund{Code: "XM", Name: "项目", Kind: ledger.Allocation, Disclosure: ledger.DisclosePublic, Section: "农业股"}))
	for login, d := range map[string]ledger.Department{
		"town": {Name: "柳门镇财政所", Kind: ledger.Town, Towns: []string{"990121101"}}, "section": {Name: "农业股", Kind: ledger.Section},
	} {
		id, err := b.SaveDepartment(ctx, "test", d)
		b.must(err)
		b.must(b.AddOfficer(ctx, "test", ledger.Officer{Login: login, Name: login, Roles: []ledger.OfficeRole{ledger.RoleClerk}, Department: id}))
	}
	for by, refused := range map[string]bool{"town": true, "section": false} {
		u := upload("XM", "2025")
		u.By = by
		_, err := b.ImportRecords(ctx, u, records(ledger.Allocation, "unit_name=甲局 project_name=路 amount=9"))
		if refused && ledger.KindOf(err) != ledger.KindDenied || !refused && err != nil {
			t.Errorf("%s: %v", by, err)
		}
	}
}

// clear ends every batch, so that the next may pay the same person.
func (b *books) clear(c *pgx.Conn) {
	b.t.Helper()
	rows, err := c.Query(b.t.Context(), `select batch_no, state from batch where state in ('checked', 'certified', 'published')`)
	b.must(err)
	type open struct {
		No    int64
		State string
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[open])
	b.must(err)
	for _, o := range list {
		if o.State == "published" {
			b.must(b.Withdraw(b.t.Context(), o.No, "zhao", "换一批"))
		} else {
			b.must(b.Reject(b.t.Context(), o.No, "zhao", "换一批"))
		}
	}
}

func TestADepartmentIsCheckedBeforeBeingWritten(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for name, d := range map[string]ledger.Department{
		"no name": {Kind: ledger.Unit}, "no kind": {Name: "某所"}, "a town's office without towns": {Name: "某所", Kind: ledger.Town},
		"an unknown town": {Name: "某所", Kind: ledger.Town, Towns: []string{"990121199"}},
		"a village":       {Name: "某所", Kind: ledger.Town, Towns: []string{willow}},
		"an unknown fund": {Name: "某股", Kind: ledger.Section, Funds: []string{"XX"}},
	} {
		if _, err := b.SaveDepartment(t.Context(), "test", d); ledger.KindOf(err) != ledger.KindInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	id, err := b.SaveDepartment(t.Context(), "test", ledger.Department{Name: "柳门镇财政所", Kind: ledger.Town, Towns: []string{"990121101"}})
	b.must(err)
	if _, err := b.SaveDepartment(t.Context(), "test", ledger.Department{Name: "柳门镇财政所", Kind: ledger.Unit}); ledger.KindOf(err) != ledger.KindConflict {
		t.Errorf("a name twice: %v", err)
	}
	if err := b.AddOfficer(t.Context(), "test", ledger.Officer{Login: "qian", Name: "钱", Roles: []ledger.OfficeRole{ledger.RoleClerk}, Department: id + 7}); ledger.KindOf(err) != ledger.KindInvalid {
		t.Errorf("a department that is none: %v", err)
	}
	b.must(b.AddOfficer(t.Context(), "test", ledger.Officer{Login: "qian", Name: "钱", Roles: []ledger.OfficeRole{ledger.RoleClerk}, Department: id}))
	got, err := b.Department(t.Context(), id)
	b.must(err)
	if got.Officers != 1 || got.Towns[0] != "990121101" {
		t.Errorf("%+v", got)
	}
}
