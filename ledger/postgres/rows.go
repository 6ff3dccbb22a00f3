package postgres

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/jackc/pgx/v5"

	"mingbai/ledger"
)

// inBooks says whether a batch's rows are in the books; else they wait.
func inBooks(b ledger.Batch) bool {
	return b.State == ledger.Published || b.State == ledger.Superseded || b.State == ledger.Withdrawn
}

const batchRowColumns = `line, sheet, sheet_row, name, village, grp, basis, basis_unit, standard, amount_fen, status, active, fields`

// rowsOf is a query for a batch's rows, waiting or in the books, in one shape for all kinds. No number is among them.
func rowsOf(b ledger.Batch) string {
	const record = `'' as village, '' as grp, 0::bigint as basis, '' as basis_unit, 0::bigint as standard`
	k := recordKinds[b.Kind]
	switch {
	case k == nil && inBooks(b):
		return `
			select p.line, p.sheet, p.sheet_row, n.name, n.name_key, p.village, p.grp, p.basis, p.basis_unit, p.standard, p.amount_fen,
				p.status, p.active, null::jsonb as fields, 0 as depth
			from payment p join person n on n.county = p.county and n.person_id = p.person_id
			where p.county = @county and p.year = @year and p.batch_no = @no`
	case k == nil:
		return `
			select line, sheet, sheet_row, name, name_key, village, grp, basis, basis_unit, standard, amount_fen, status, true as active,
				null::jsonb as fields, 0 as depth
			from staged_row where county = @county and batch_no = @no`
	case inBooks(b):
		return `
			select p.line, p.sheet, p.sheet_row, p.section as name, p.key as name_key, ` + record + `, p.amount_fen, '' as status, p.active,
				` + k.packed() + ` as fields, p.depth
			from record p join ` + k.table + ` d using (county, year, batch_no, line)
			where p.county = @county and p.year = @year and p.batch_no = @no`
	}
	return `
		select line, sheet, sheet_row, section as name, key as name_key, ` + record + `, amount_fen, '' as status, true as active, fields, depth
		from staged_record where county = @county and batch_no = @no`
}

// scanBatchRow reads batchRowColumns, and more where the query has more. A row of another kind than subsidy is named by its
// words in the order of its columns.
func scanBatchRow(kind ledger.FundKind) pgx.RowToFunc[ledger.BatchRow] {
	return func(row pgx.CollectableRow) (r ledger.BatchRow, err error) {
		into, finish := batchRowInto(kind, &r)
		if err := row.Scan(into...); err != nil {
			return r, err
		}
		return r, finish()
	}
}

// saidOfRecord is how many words of a record stand for it.
const saidOfRecord = 3

func batchRowInto(kind ledger.FundKind, r *ledger.BatchRow) (into []any, finish func() error) {
	var fields []byte
	into = []any{
		&r.Line, &r.Sheet, &r.SheetRow, &r.Name, &r.Village, &r.Group, &r.Basis, &r.BasisUnit, &r.Standard, &r.Amount, &r.Status,
		&r.Active, &fields,
	}
	return into, func() error {
		k := recordKinds[kind]
		if k == nil {
			return nil
		}
		said := map[string]any{}
		if err := json.Unmarshal(fields, &said); err != nil {
			return err
		}
		var words []string
		if r.Name != "" {
			words = append(words, r.Name)
		}
		for _, c := range k.columns {
			if text, ok := said[c.name].(string); ok && c.sort == textColumn && len(words) < saidOfRecord {
				words = append(words, text)
			}
		}
		r.Name = strings.Join(words, " · ")
		return nil
	}
}

// BatchRows is a page of a published batch's rows with what became of each. Names are shown, so each page that somebody sees
// is written down; what they searched for is not.
func (db *DB) BatchRows(ctx context.Context, login string, q ledger.BatchRowsQuery) (list ledger.BatchRows, err error) {
	err = db.write(ctx, func(tx pgx.Tx) error {
		b, _, err := db.batchFor(ctx, tx, login, q.Batch, ledger.ActSeeRows)
		if err != nil {
			return err
		}
		if !inBooks(b) {
			return ledger.Errorf(ledger.KindConflict, "批次%d现在是“%s”，还没有公开的行", b.No, b.State.Name())
		}
		list.Batch = b
		args := pgx.NamedArgs{
			"county": db.county, "no": b.No, "year": b.Period.Year(), "name": q.Name, "limit": q.PerPage, "skip": (q.Page - 1) * q.PerPage, "fund": b.Fund,
		}
		if list.Fund, err = first(ctx, tx, pgx.RowToStructByPos[ledger.Fund],
			`select `+fundColumns+` from fund f where f.county = @county and f.code = @fund`, args); err != nil {
			return err
		}
		if _, err = first(ctx, tx, func(row pgx.CollectableRow) (struct{}, error) {
			return struct{}{}, row.Scan(&list.Found, &list.Live.Rows, &list.Live.Total)
		}, `
			select count(*)::int, count(*) filter (where active)::int,
				coalesce(sum(amount_fen) filter (where active and depth = 0), 0)::bigint
			from (`+rowsOf(b)+`) r
			where (@name = '' or strpos(name_key, @name) > 0)`, args); err != nil {
			return err
		}
		list.Rows, err = db.tracedRows(ctx, tx, b, `(@name = '' or strpos(name_key, @name) > 0)`, args)
		if err != nil {
			return err
		}
		return db.record(ctx, tx, login, "rows.see", object(b.No), map[string]any{"page": q.Page, "shown": len(list.Rows), "searched": q.Name != ""})
	})
	return list, err
}

// tracedRows are a batch's rows in the books, with what became of each.
func (db *DB) tracedRows(ctx context.Context, q querier, b ledger.Batch, where string, args pgx.NamedArgs) ([]ledger.BatchRow, error) {
	return all(ctx, q, func(row pgx.CollectableRow) (r ledger.BatchRow, err error) {
		into, finish := batchRowInto(b.Kind, &r)
		if err := row.Scan(append(into, &r.Reason, &r.Corrected, &r.Asked)...); err != nil {
			return r, err
		}
		return r, finish()
	}, `
		with page as (select * from (`+rowsOf(b)+`) r where `+where+` order by line limit @limit offset @skip)
		select `+batchRowColumns+`,
			coalesce((select w.reason from row_withdrawal w where w.county = @county and w.batch_no = @no and w.line = page.line), ''),
			coalesce((select max(c.batch_no) from correction c join batch n on n.county = c.county and n.batch_no = c.batch_no
				and n.state in ('published', 'superseded')
				where c.county = @county and c.old_batch = @no and c.old_line = page.line), 0),
			coalesce((select a.request_no from act_request a where a.county = @county and a.batch_no = @no and a.decision is null
				and coalesce(a.line, 0) in (0, page.line) order by a.line nulls first limit 1), 0)
		from page order by line`, args)
}
