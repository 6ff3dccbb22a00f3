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

// touching says in SQL which acts l on fund f make a new version of a table.
func touching(t ledger.DataTable) string {
	switch {
	case t.ID == "funds":
		return `l.act = 'fund'`
	case t.ID == "publications":
		return `true`
	case t.Kind == ledger.Subsidy:
		return `f.kind = 'subsidy' and f.disclosure = 'public'`
	}
	return `f.kind = '` + string(t.Kind) + `'`
}

// DataVersions are the newest n versions of a table up to an edition (0: up to the newest), newest first.
func (db *DB) DataVersions(ctx context.Context, t ledger.DataTable, upTo int64, n int) ([]ledger.DataVersion, error) {
	return all(ctx, db.pool, func(row pgx.CollectableRow) (v ledger.DataVersion, err error) {
		err = row.Scan(&v.No, &v.At, &v.Fund, &v.Batch, &v.Act)
		return v, err
	}, `
		select l.seq, l.at, l.fund, coalesce(l.batch_no, 0), l.act
		from publication_log l join fund f on f.county = l.county and f.code = l.fund
		where l.county = @county and (@up = 0 or l.seq <= @up) and `+touching(t)+` order by l.seq desc limit @n`,
		pgx.NamedArgs{"county": db.county, "up": upTo, "n": n})
}

// DataRows is what a table says in the version of a number, of one fund or of all: rebuilt from the books as they stood, the
// same to the last byte whenever it is asked for, but for what was taken back since. ErrNotFound when the number is no
// version of the table.
func (db *DB) DataRows(ctx context.Context, t ledger.DataTable, version int64, fund string) (d ledger.DataRows, err error) {
	versions, err := db.DataVersions(ctx, t, version, 2)
	if err != nil {
		return d, err
	}
	if len(versions) == 0 || versions[0].No != version {
		return d, ledger.ErrNotFound
	}
	d.Table, d.Version, d.Fund = t, versions[0].Edition, fund
	if len(versions) > 1 {
		d.Before = versions[1].No
	}
	args := pgx.NamedArgs{
		"county": db.county, "fund": fund, "kind": string(t.Kind), "then": version, "at": d.Version.At, "today": db.today(),
	}
	if fund != "" {
		if err := db.inTable(ctx, t, args); err != nil {
			return d, err
		}
	}
	switch {
	case t.ID == "funds":
		d.Rows, err = db.fundRows(ctx, args)
	case t.ID == "publications":
		d.Rows, err = db.actRows(ctx, args)
	case t.Kind == ledger.Subsidy:
		err = db.villageRows(ctx, args, &d)
	default:
		err = db.recordRowsOf(ctx, recordKinds[t.Kind], args, &d)
	}
	return d, err
}

// inTable refuses a fund that the table does not hold.
func (db *DB) inTable(ctx context.Context, t ledger.DataTable, args pgx.NamedArgs) error {
	there, err := one[bool](ctx, db.pool, `
		select exists (select from fund where county = @county and code = @fund and kind = @kind and disclosure = 'public')`, args)
	if err == nil && !there {
		err = ledger.ErrNotFound
	}
	return err
}

// namesThen are the names of funds or regions as they were at @at; a line older than its history has the first that it tells.
func namesThen(list string) string {
	return `(select distinct on (code) code, after as line from code_history where county = @county and list = '` + list + `'
		order by code, at <= @at desc, case when at <= @at then seq end desc, seq)`
}

// fundRows are the funds as they were described then.
func (db *DB) fundRows(ctx context.Context, args pgx.NamedArgs) ([][]string, error) {
	return all(ctx, db.pool, func(row pgx.CollectableRow) ([]string, error) {
		texts := make([]string, 11)
		var kind, disclosure string
		err := row.Scan(&texts[0], &texts[1], &kind, &texts[3], &texts[4], &texts[5], &texts[6], &texts[7], &disclosure, &texts[9], &texts[10])
		texts[2] = ledger.FundKind(kind).Name()
		texts[8] = map[string]string{"public": "公开名单", "self": "只供本人查询"}[disclosure]
		if texts[8] == "" {
			texts[8] = "只公开合计"
		}
		return texts, err
	}, `
		select f.code, n.line->>'name', n.line->>'kind', n.line->>'section', n.line->>'purpose', n.line->>'document', n.line->>'standard',
			n.line->>'basis_unit', n.line->>'disclosure', n.line->>'public_days', case when n.line->>'retired_at' is null then '' else '停用' end
		from fund f join `+namesThen("fund")+` n on n.code = f.code
		where f.county = @county and exists (
			select from publication_log l where l.county = @county and l.act = 'fund' and l.fund = f.code and l.seq <= @then)
		order by f.code`, args)
}

// actRows are the acts on the published books so far. Of a fund that names nobody a batch may be one household: see Publication.
func (db *DB) actRows(ctx context.Context, args pgx.NamedArgs) ([][]string, error) {
	return all(ctx, db.pool, func(row pgx.CollectableRow) ([]string, error) {
		var no int64
		var at time.Time
		var a ledger.PublicAct
		var name, rows, fen, corrects, batch string
		if err := row.Scan(&no, &at, &a.Act, &a.Fund, &name, &a.Period, &batch, &rows, &fen, &a.Corrects, &a.Reason); err != nil {
			return nil, err
		}
		if a.Corrects != 0 {
			corrects = fmt.Sprint(a.Corrects)
		}
		return []string{
			fmt.Sprint(no), at.In(ledger.Shanghai).Format("2006-01-02 15:04:05"), a.Name(), a.Fund, name, string(a.Period), batch, rows, fen,
			corrects, a.Reason,
		}, nil
	}, `
		select l.seq, l.at, l.act, l.fund, coalesce(n.line->>'name', f.name), coalesce(b.period, ''), coalesce(b.batch_no::text, ''),
			case when f.disclosure = 'public' and b.batch_no is not null then b.row_count::text else '' end,
			case when f.disclosure = 'public' and f.kind not in ('agency', 'post') and b.batch_no is not null
				then (b.total_fen / 100.0)::numeric(20, 2)::text else '' end,
			coalesce(b.corrects, 0), l.reason
		from publication_log l
		join fund f on f.county = l.county and f.code = l.fund
		left join `+namesThen("fund")+` n on n.code = f.code
		left join batch b on b.county = l.county and b.batch_no = l.batch_no
		where l.county = @county and l.seq <= @then order by l.seq`, args)
}

// fewestHouseholds is how many households a figure of the open data must stand for.
const fewestHouseholds = 3

// villageRows are the villages' sums of the funds that name everybody. A cell for fewer than three households is left out, and with
// it the next smallest of its town, or a whole town, where what is left out would otherwise be fewer than three: the fund's page
// tells the totals, from which the rest could be taken away. The file itself has none, and hides what the page hides.
func (db *DB) villageRows(ctx context.Context, args pgx.NamedArgs, d *ledger.DataRows) error {
	type cell struct {
		texts  []string
		people int
		group  string
	}
	cells, err := all(ctx, db.pool, func(row pgx.CollectableRow) (c cell, err error) {
		t := make([]string, 12)
		var numbers []int64
		err = row.Scan(&t[0], &t[1], &t[2], &t[3], &t[4], &t[5], &t[6], &c.people, &t[8], &t[9], &numbers)
		t[7] = fmt.Sprint(c.people)
		c.texts, c.group = t, t[0]+" "+t[1]
		list := make([]string, len(numbers))
		for i, n := range numbers {
			list[i] = fmt.Sprint(n)
			if at, there := slices.BinarySearch(d.Batches, n); !there {
				d.Batches = slices.Insert(d.Batches, at, n)
			}
		}
		t[11] = strings.Join(list, " ")
		return c, err
	}, `
		select t.year::text, t.fund, coalesce(n.line->>'name', f.name), left(t.village_code, 9), coalesce(w.line->>'name', ''),
			t.village_code, coalesce(v.line->>'name', ''), max(t.people)::int, sum(t.row_count)::text, (sum(t.total_fen) / 100.0)::numeric(20, 2)::text,
			array_agg(distinct t.batch_no order by t.batch_no)
		from village_span t
		join fund f on f.county = t.county and f.code = t.fund
		left join `+namesThen("fund")+` n on n.code = t.fund
		left join `+namesThen("region")+` v on v.code = t.village_code
		left join `+namesThen("region")+` w on w.code = left(t.village_code, 9)
		where t.county = @county and f.disclosure = 'public' and (@fund = '' or t.fund = @fund) and `+heldThen+`
		group by t.year, t.fund, n.line->>'name', f.name, w.line->>'name', v.line->>'name', t.village_code
		order by t.year desc, t.fund, t.village_code`, args)
	if err != nil {
		return err
	}
	for start := 0; start < len(cells); {
		end, town := start, ""
		var people [][]int // by town
		for ; end < len(cells) && cells[end].group == cells[start].group; end++ {
			if c := cells[end]; end == start || c.texts[3] != town {
				town, people = c.texts[3], append(people, nil)
			}
			last := len(people) - 1
			people[last] = append(people[last], cells[end].people)
		}
		towns, inside := ledger.FoldRegions(people, fewestHouseholds)
		for i, hidden := range inside {
			for _, hide := range hidden {
				texts := cells[start].texts
				if hide || towns[i] {
					texts[7], texts[8], texts[9], texts[10], texts[11] = "", "", "", "不列", ""
					d.Hidden++
				}
				d.Rows = append(d.Rows, texts)
				start++
			}
		}
		start = end
	}
	return nil
}

// recordRowsOf are the rows of a kind that are open without end; what ends is read on pages only, so that no file outlives it.
func (db *DB) recordRowsOf(ctx context.Context, k *recordKind, args pgx.NamedArgs, d *ledger.DataRows) error {
	list := []string{
		`p.year::text`, `p.fund`, `coalesce(n.line->>'name', f.name)`, `p.period`, `p.section`, `p.depth::text`,
	}
	for _, c := range d.Table.Columns[len(list) : len(d.Table.Columns)-3] {
		list = append(list, `coalesce(`+k.written(c)+`, '')`)
	}
	list = append(list, `p.batch_no::text`, `p.sheet`, `p.sheet_row::text`)
	rows, err := all(ctx, db.pool, func(row pgx.CollectableRow) ([]string, error) {
		texts := make([]string, len(list))
		targets := make([]any, len(list))
		for i := range texts {
			targets[i] = &texts[i]
		}
		var taken bool
		err := row.Scan(append(targets, &taken)...)
		if taken {
			d.Taken++
			return nil, err
		}
		return texts, err
	}, `
		select `+strings.Join(list, ", ")+`, not (b.state in ('published', 'superseded')
			and not exists (select from row_withdrawal w where w.county = p.county and w.batch_no = p.batch_no and w.line = p.line))
		from record p join `+k.table+` d using (county, year, batch_no, line) `+joinBatchFund+`
		left join `+namesThen("fund")+` n on n.code = p.fund
		where p.county = @county and f.kind = @kind and f.disclosure = 'public' and b.public_until is null and b.public_from <= @today
			and (@fund = '' or p.fund = @fund) and `+counted(&ledger.Edition{})+`
		order by p.year desc, p.fund, p.batch_no, p.line`, args)
	for _, row := range rows {
		if row == nil {
			continue
		}
		d.Rows = append(d.Rows, row)
		var no int64
		fmt.Sscan(row[len(row)-3], &no)
		if at, there := slices.BinarySearch(d.Batches, no); !there {
			d.Batches = slices.Insert(d.Batches, at, no)
		}
	}
	return err
}

// written is a column's value as the open data write it.
func (k *recordKind) written(c ledger.DataColumn) string {
	if c.Field == "amount" {
		return `(p.amount_fen / 100.0)::numeric(20, 2)::text`
	}
	i := slices.IndexFunc(k.columns, func(own recordColumn) bool { return own.field == c.Field })
	if i < 0 {
		panic(fmt.Sprintf("postgres: table %s has no column %s", k.table, c.Field))
	}
	switch own := k.columns[i]; own.sort {
	case moneyColumn:
		return `(d.` + own.name + ` / 100.0)::numeric(20, 2)::text`
	case quantityColumn:
		return `trim_scale(d.` + own.name + ` / 10000.0)::text`
	case textColumn:
		return `d.` + own.name
	default:
		return `d.` + own.name + `::text`
	}
}

// NewestVersion is the newest version of a table; ErrNotFound while there is none.
func (db *DB) NewestVersion(ctx context.Context, t ledger.DataTable) (ledger.DataVersion, error) {
	list, err := db.DataVersions(ctx, t, 0, 1)
	if err == nil && len(list) == 0 {
		err = ledger.ErrNotFound
	}
	if err != nil {
		return ledger.DataVersion{}, err
	}
	return list[0], nil
}
