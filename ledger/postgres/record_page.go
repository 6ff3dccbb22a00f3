package postgres

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"mingbai/ledger"
)

// RecordPage is what is open of a fund of any kind but subsidy. ErrNotFound for an unknown fund, one of subsidies, a year in
// which nothing was published, or a group that has no row to show.
func (db *DB) RecordPage(ctx context.Context, q ledger.RecordQuery) (page ledger.RecordPage, err error) {
	fund, err := db.Fund(ctx, q.Fund)
	if err != nil {
		return page, err
	}
	kind := recordKinds[fund.Kind]
	if kind == nil {
		return page, ledger.ErrNotFound
	}
	page.Fund, page.Group, page.Page, page.Then = fund, q.Group, max(q.Page, 1), q.Then
	if page.Papers, err = db.Papers(ctx, fund.Code, true); err != nil {
		return page, err
	}
	err = pgx.BeginTxFunc(ctx, db.pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		args := pgx.NamedArgs{
			"county": db.county, "fund": q.Fund, "today": db.today(), "group": q.Group, "then": seqOf(q.Then), "find": wordsOf(q.Find),
			"limit": q.PerPage, "offset": (page.Page - 1) * q.PerPage,
		}
		if page.Years, err = db.publishedYears(ctx, tx, args); err != nil || len(page.Years) == 0 && q.Year == 0 {
			return err
		}
		if page.Year = q.Year; q.Year == 0 {
			page.Year = page.Years[0]
		}
		if !slices.Contains(page.Years, page.Year) {
			return ledger.Errorf(ledger.KindNotFound, "“%s”%d年没有公开的数据", fund.Name, page.Year)
		}
		args["year"] = page.Year
		for _, fill := range []func(context.Context, pgx.Tx, *recordKind, pgx.NamedArgs, *ledger.RecordPage) error{
			db.recordTotals, db.recordYears, db.recordBatches, db.recordGroups, db.recordRows,
		} {
			if err := fill(ctx, tx, kind, args, &page); err != nil {
				return err
			}
		}
		return nil
	})
	return page, ours(err)
}

// recordTotals counts all rows that count, whatever the policy and the page.
func (db *DB) recordTotals(ctx context.Context, tx pgx.Tx, k *recordKind, args pgx.NamedArgs, page *ledger.RecordPage) (err error) {
	// Parts of a row are in it already where the kind has money; a body under another has posts of its own.
	of := ""
	if k.money != "" {
		of = " filter (where p.depth = 0)"
	}
	page.Sums, page.Said = map[string]int64{}, map[string]int{}
	list := []string{`count(*)::int`, `coalesce(sum(p.amount_fen) filter (where p.depth = 0), 0)::bigint`}
	targets := []any{&page.All.Rows, &page.All.Total}
	sums, said := make([]int64, len(k.counted)), make([]int, len(k.counted))
	for i, name := range k.counted {
		sum := `0::bigint`
		if k.column(name).sort != dateColumn {
			sum = `coalesce(sum(d.` + name + `)` + of + `, 0)::bigint`
		}
		list = append(list, sum, `count(d.`+name+`)::int`)
		targets = append(targets, &sums[i], &said[i])
	}
	_, err = first(ctx, tx, func(row pgx.CollectableRow) (struct{}, error) { return struct{}{}, row.Scan(targets...) }, `
		select `+strings.Join(list, ", ")+`
		from record p join `+k.table+` d using (county, year, batch_no, line)
		where p.county = @county and p.fund = @fund and p.year = @year and `+counted(page.Then), args)
	for i, name := range k.counted {
		field := k.column(name).field
		page.Sums[field], page.Said[field] = sums[i], said[i]
	}
	return err
}

func (k *recordKind) column(name string) recordColumn {
	for _, c := range k.columns {
		if c.name == name {
			return c
		}
	}
	panic(fmt.Sprintf("postgres: table %s has no column %s", k.table, name))
}

// recordBatches fills in the batches, single withdrawals, what documents hand down, and whether rows may be shown today.
func (db *DB) recordBatches(ctx context.Context, tx pgx.Tx, _ *recordKind, args pgx.NamedArgs, page *ledger.RecordPage) (err error) {
	if page.Batches, err = db.publications(ctx, tx, args, page.Then); err != nil {
		return err
	}
	if page.Open, page.Until, err = db.listOpen(ctx, tx, args); err != nil {
		return err
	}
	if page.Handed, err = db.handed(ctx, tx, args, page.Batches); err != nil {
		return err
	}
	page.Taken, err = all(ctx, tx, pgx.RowToStructByPos[ledger.RowWithdrawal], `
		select w.batch_no, r.sheet, r.sheet_row, w.at, w.reason
		from row_withdrawal w
		join record r on r.county = w.county and r.batch_no = w.batch_no and r.line = w.line
		where w.county = @county and r.fund = @fund and r.year = @year and w.batch_no = any(@alive)
			and exists (select from publication_log l where l.county = w.county and l.batch_no = w.batch_no and l.line = w.line and l.seq <= @then)
		order by w.batch_no, w.line`, args)
	return err
}

// alive are the batches of a list that had not ended.
func alive(list []ledger.Publication) []int64 {
	numbers := []int64{}
	for _, p := range list {
		if p.EndedAt.IsZero() {
			numbers = append(numbers, p.Batch)
		}
	}
	return numbers
}

// grouped is the text by which rows of the kind are put together, in SQL.
func (k *recordKind) grouped() string {
	if k.group == "" {
		return `''`
	}
	return `coalesce(d.` + k.group + `, '')`
}

// openRows are the records that everyone may see today, of those that counted then.
func (k *recordKind) openRows(then *ledger.Edition) string {
	return `from record p join ` + k.table + ` d using (county, year, batch_no, line) ` + joinBatchFund + `
		where p.county = @county and p.fund = @fund and p.year = @year and ` + shown(k, then)
}

func (db *DB) recordGroups(ctx context.Context, tx pgx.Tx, k *recordKind, args pgx.NamedArgs, page *ledger.RecordPage) (err error) {
	page.Groups, err = all(ctx, tx, pgx.RowToStructByPos[ledger.RecordGroup], `
		select `+k.grouped()+`, count(*)::int, coalesce(sum(p.amount_fen) filter (where p.depth = 0), 0)::bigint `+k.openRows(page.Then)+` group by 1 order by min(p.batch_no), min(p.line)`, args)
	for _, g := range page.Groups {
		if page.Group == "" || page.Group == g.Name {
			page.Shown += g.Rows
		}
		page.Hidden -= g.Rows
	}
	if page.Hidden += page.All.Rows; page.Then == nil || !page.Open {
		page.Hidden = 0
	}
	if err == nil && page.Group != "" && page.Shown == 0 {
		return ledger.ErrNotFound
	}
	if err == nil && args["find"] != nil {
		page.Shown, err = one[int](ctx, tx, `select count(*)::int `+k.openRows(page.Then)+k.asked(), args)
	}
	return err
}

// wordsOf are a question's words in lower case; nil for none.
func wordsOf(text string) any {
	if words := strings.Fields(strings.ToLower(text)); len(words) > 0 {
		return words
	}
	return nil
}

// asked narrows open rows to a group and to those that hold every word of @find in one of their texts.
func (k *recordKind) asked() string {
	var texts []string
	for _, c := range k.columns {
		if c.sort == textColumn {
			texts = append(texts, "d."+c.name)
		}
	}
	return ` and (@group = '' or ` + k.grouped() + ` = @group)
		and not exists (select from unnest(@find::text[]) w where strpos(lower(concat_ws(' ', ` + strings.Join(texts, ", ") + `)), w) = 0)`
}

// recordRows reads one page of rows, those of a group together, in the order in which the sheets have them.
func (db *DB) recordRows(ctx context.Context, tx pgx.Tx, k *recordKind, args pgx.NamedArgs, page *ledger.RecordPage) (err error) {
	page.Rows, err = all(ctx, tx, k.scan(page.Kind), `
		select `+recordColumns+`, `+k.names("d.")+` `+k.openRows(page.Then)+k.asked()+`
		order by min(p.batch_no) over (partition by `+k.grouped()+`), min(p.line) over (partition by `+k.grouped()+`), p.batch_no, p.line
		limit @limit offset @offset`, args)
	return err
}

// publishedYears are the years in which anything of @fund had been published, newest first.
func (db *DB) publishedYears(ctx context.Context, q querier, args pgx.NamedArgs) ([]int, error) {
	return all(ctx, q, pgx.RowTo[int], `
		select distinct b.year from batch b join publication_log l on l.county = b.county and l.batch_no = b.batch_no and l.act = 'publish'
		where b.county = @county and b.fund = @fund and l.seq <= @then order by b.year desc`, args)
}

// publications are the batches of @fund in @year that had ever been published.
func (db *DB) publications(ctx context.Context, q querier, args pgx.NamedArgs, then *ledger.Edition) ([]ledger.Publication, error) {
	if then != nil {
		return db.publicationsThen(ctx, q, args)
	}
	return all(ctx, q, scanPublication, `
		select `+publicationColumns+`
		from batch b join fund f on f.county = b.county and f.code = b.fund
		where b.county = @county and b.fund = @fund and b.year = @year and b.published_at is not null
		order by b.batch_no`, args)
}

// listOpen says whether rows of @fund in @year may be shown on the day @today, and until when.
func (db *DB) listOpen(ctx context.Context, q querier, args pgx.NamedArgs) (open bool, until time.Time, err error) {
	var last *time.Time
	open, err = first(ctx, q, func(row pgx.CollectableRow) (open bool, err error) {
		err = row.Scan(&open, &last)
		return open, err
	}, `
		select count(*) > 0, case when bool_or(b.public_until is null) then null else max(b.public_until) end
		from batch b join fund f on f.county = b.county and f.code = b.fund
		where b.county = @county and b.fund = @fund and b.year = @year and b.state = 'published' and f.disclosure = 'public'
			and b.public_from <= @today and (b.public_until is null or b.public_until >= @today)`, args)
	return open, orZero(last), err
}
