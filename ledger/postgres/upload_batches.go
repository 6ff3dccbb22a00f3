package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"mingbai/ledger"
)

// Batches are the batches that an officer may see, newest first. Where the officer is bound to towns, every row of a batch
// lies in them; a batch without rows (blocked, or sent back) is seen by the department that brought it.
func (db *DB) Batches(ctx context.Context, by string, q ledger.BatchQuery) (list ledger.BatchList, err error) {
	o, err := db.officerFor(ctx, db.pool, by, ledger.ActSeeBatches)
	if err != nil {
		return list, err
	}
	county := o.ReachOf(ledger.ActSeeBatches) == ledger.ReachCounty
	const from = `
		from batch b
		join fund f on f.county = b.county and f.code = b.fund
		join officer u on u.county = b.county and u.login = b.uploaded_by
		where b.county = @county and (@all_funds or b.fund = any (@funds))
			and (@all_towns or b.towns <> '{}' and b.towns <@ @towns or b.towns = '{}' and u.department = nullif(@department, 0))
			and (@state = '' or b.state = @state) and (@fund = '' or b.fund = @fund) and (not @mine or b.uploaded_by = @by)`
	args := pgx.NamedArgs{
		"county": db.county, "all_funds": county || o.Scope.Funds.All, "funds": texts(o.Scope.Funds.Codes),
		"all_towns": county || o.Scope.Towns.All, "towns": texts(o.Scope.Towns.Codes), "department": o.Department,
		"state": string(q.State), "fund": q.Fund, "mine": q.Mine, "by": by,
		"most": q.PerPage, "offset": (q.Page - 1) * q.PerPage,
	}
	list.Page = q.Page
	if list.Total, err = one[int](ctx, db.pool, `select count(*)::int`+from, args); err != nil {
		return list, err
	}
	list.Lines, err = all(ctx, db.pool, scanBatchLine, `
		select b.batch_no, b.fund, f.name, b.period, b.state, b.file_name, b.row_count, b.total_fen, b.uploaded_by, b.uploaded_at, b.revision,
			b.submitted_at, x.fatal, x.open
		from (select b.* `+from+` order by b.batch_no desc limit @most offset @offset) b
		join fund f on f.county = b.county and f.code = b.fund
		cross join lateral (`+openFindings+`) x
		order by b.batch_no desc`, args)
	return list, err
}

func scanBatchLine(row pgx.CollectableRow) (l ledger.BatchLine, err error) {
	var submitted *time.Time
	err = row.Scan(&l.No, &l.Fund, &l.FundName, &l.Period, &l.State, &l.FileName, &l.Rows, &l.Total, &l.UploadedBy, &l.UploadedAt, &l.Revision,
		&submitted, &l.Fatal, &l.Open)
	l.SubmittedAt = orZero(submitted)
	return l, err
}

// BatchLineFor is one batch as lists show it, for an officer who may see it.
func (db *DB) BatchLineFor(ctx context.Context, by string, no int64) (l ledger.BatchLine, err error) {
	b, err := db.BatchFor(ctx, by, no)
	if err != nil {
		return l, err
	}
	l, err = first(ctx, db.pool, scanBatchLine, `
		select b.batch_no, b.fund, f.name, b.period, b.state, b.file_name, b.row_count, b.total_fen, b.uploaded_by, b.uploaded_at, b.revision,
			b.submitted_at, x.fatal, x.open
		from batch b
		join fund f on f.county = b.county and f.code = b.fund
		cross join lateral (`+openFindings+`) x
		where b.county = @county and b.batch_no = @no`, pgx.NamedArgs{"county": db.county, "no": no})
	l.Batch = b
	return l, err
}

// FindingsFor is a page of a batch's findings under the counts of all, for an officer who may see the batch.
func (db *DB) FindingsFor(ctx context.Context, by string, no int64, q ledger.FindingQuery) (p ledger.FindingPage, err error) {
	if _, err := db.BatchFor(ctx, by, no); err != nil {
		return p, err
	}
	args := pgx.NamedArgs{
		"county": db.county, "no": no, "rule": q.Rule, "severity": string(q.Severity), "sheet": q.Sheet,
		"most": q.PerPage, "offset": (q.Page - 1) * q.PerPage,
	}
	p.Page = q.Page
	if p.Groups, err = all(ctx, db.pool, pgx.RowToStructByPos[ledger.FindingGroup], `
		select rule, severity, count(*)::int, (count(*) filter (where severity <> 'I' and reason = ''))::int
		from batch_finding where county = @county and batch_no = @no
		group by rule, severity order by position(severity in 'FWI'), min(seq)`, args); err != nil {
		return p, err
	}
	if p.Sheets, err = all(ctx, db.pool, pgx.RowTo[string], `
		select sheet from batch_finding where county = @county and batch_no = @no and sheet <> '' group by sheet order by min(seq)`, args); err != nil {
		return p, err
	}
	const chosen = `
		from batch_finding f where f.county = @county and f.batch_no = @no and (@rule = '' or f.rule = @rule)
			and (@severity = '' or f.severity = @severity) and (@sheet = '' or f.sheet = @sheet)`
	if p.Total, err = one[int](ctx, db.pool, `select count(*)::int`+chosen, args); err != nil {
		return p, err
	}
	p.Lines, err = all(ctx, db.pool, scanFinding, `
		select `+findingColumns+chosen+` order by position(f.severity in 'FWI'), f.rule, f.seq limit @most offset @offset`, args)
	return p, err
}

// KeptFile is the file of a batch's present revision, sealed, with how its sheets were recognised.
type KeptFile struct {
	ledger.Batch
	Size   int64
	Sealed []byte
	Sheets []byte // JSON
}

// OpenFile gives a batch's sealed file to an officer who may do the act to it. Where people's numbers will be seen, why says
// for what, and the audit log has it.
func (db *DB) OpenFile(ctx context.Context, by string, act ledger.Action, no int64, why string) (f KeptFile, err error) {
	err = db.write(ctx, func(tx pgx.Tx) error {
		o, err := db.officerFor(ctx, tx, by, act)
		if err != nil {
			return err
		}
		if f.Batch, err = db.batch(ctx, tx, no, ""); err != nil {
			return err
		}
		if err := db.mayOnBatch(ctx, tx, o, act, f.Batch); err != nil {
			return err
		}
		if err := tx.QueryRow(ctx, `
			select f.size, f.content, b.sheets from batch b
			join file f on f.county = b.county and f.sha256 = b.file_sha256
			where b.county = $1 and b.batch_no = $2`, db.county, no).Scan(&f.Size, &f.Sealed, &f.Sheets); err != nil {
			return ours(err)
		}
		if why == "" {
			return nil
		}
		return db.record(ctx, tx, by, "file.open", object(no), map[string]any{"for": why, "revision": f.Revision})
	})
	return f, err
}

// UploadFunds are the funds that an officer may upload to.
func (db *DB) UploadFunds(ctx context.Context, by string) ([]ledger.Fund, error) {
	o, err := db.officerFor(ctx, db.pool, by, ledger.ActUpload)
	if err != nil {
		return nil, err
	}
	return all(ctx, db.pool, func(row pgx.CollectableRow) (f ledger.Fund, err error) {
		err = row.Scan(&f.Code, &f.Name, &f.Kind, &f.Section)
		return f, err
	}, `
		select code, name, kind, section from fund where county = @county and (@all or code = any (@funds)) order by kind <> 'subsidy', code`,
		pgx.NamedArgs{"county": db.county, "all": o.Scope.Funds.All, "funds": texts(o.Scope.Funds.Codes)})
}

// MayOnBatch says whether an officer may do an act to a batch, without a word in the audit log: for what a page offers.
func (db *DB) MayOnBatch(ctx context.Context, o ledger.Officer, act ledger.Action, b ledger.Batch) bool {
	return o.May(act) && db.mayOnBatch(ctx, db.pool, o, act, b) == nil
}
