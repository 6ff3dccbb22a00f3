package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"mingbai/ledger"
)

// setFiles are a set's files with what became of them, as a query to count or to page through.
const setFiles = `
	select u.n, u.file_name, u.state as upload, u.message, coalesce(u.batch_no, 0) as batch_no, coalesce(b.state, '') as state,
		coalesce(b.row_count, 0) as row_count, coalesce(b.total_fen, 0) as total_fen, coalesce(f.fatal, 0) as fatal,
		coalesce(f.open, 0) as open, b.submitted_at is not null as submitted,
		coalesce(b.state = 'checked' and f.open = 0 and b.submitted_at is null, false) as ready,
		coalesce(b.state = 'checked' and f.open + f.fatal = 0 and b.submitted_at is not null, false) as to_certify,
		coalesce(b.state = 'certified', false) as to_publish,
		u.state = 'refused' or coalesce(f.fatal, 0) > 0 as faulty
	from upload u
	left join batch b on b.county = u.county and b.batch_no = u.batch_no
	left join lateral (` + openFindings + `) f on true
	where u.county = @county and u.set_no = @set`

// openFindings count what is wrong with batch b, and what has no reason yet.
const openFindings = `
	select (count(*) filter (where severity = 'F' and reason = ''))::int as fatal,
		(count(*) filter (where severity = 'W' and reason = ''))::int as open
	from batch_finding where county = b.county and batch_no = b.batch_no`

// Overview is a set as a whole with a page of its files, for an officer who may see it.
func (db *DB) Overview(ctx context.Context, by string, set int64, faulty bool, page, perPage int) (v ledger.UploadOverview, err error) {
	err = db.write(ctx, func(tx pgx.Tx) error {
		if v, err = db.setFor(ctx, tx, by, set); err != nil {
			return err
		}
		args := pgx.NamedArgs{"county": db.county, "set": set, "faulty": faulty, "offset": (page - 1) * perPage, "most": perPage}
		if err := tx.QueryRow(ctx, `
			select count(*), count(*) filter (where upload = 'waiting'), count(*) filter (where upload = 'refused'),
				count(*) filter (where faulty), count(*) filter (where not faulty and open > 0), count(*) filter (where ready),
				count(*) filter (where submitted), count(*) filter (where to_certify), count(*) filter (where to_publish), coalesce(sum(row_count), 0)::int, coalesce(sum(total_fen), 0)::bigint,
				count(*) filter (where faulty or not @faulty)
			from (`+setFiles+`) x`, args).Scan(&v.Files, &v.Waiting, &v.Refused, &v.Faulty, &v.Unexplained, &v.Ready, &v.Submitted, &v.ToCertify, &v.ToPublish,
			&v.Rows, &v.Total, &v.Chosen); err != nil {
			return ours(err)
		}
		v.Page, v.PerPage = page, perPage
		v.Lines, err = all(ctx, tx, func(row pgx.CollectableRow) (l ledger.UploadLine, err error) {
			err = row.Scan(&l.N, &l.FileName, &l.State, &l.Message, &l.Batch, &l.Stands, &l.Rows, &l.Total, &l.Fatal, &l.Open, &l.Submitted)
			return l, err
		}, `
			select n, file_name, upload, message, batch_no, state, row_count, total_fen, fatal, open, submitted
			from (`+setFiles+`) x where faulty or not @faulty order by n limit @most offset @offset`, args)
		return err
	})
	return v, err
}

// setFor reads a set for an officer who may see it: who sent it, their department, and who answers for all towns of its fund.
func (db *DB) setFor(ctx context.Context, tx pgx.Tx, by string, set int64) (v ledger.UploadOverview, err error) {
	o, err := db.officerFor(ctx, tx, by, ledger.ActSeeBatches)
	if err != nil {
		return v, err
	}
	department := int64(0)
	v, err = first(ctx, tx, func(row pgx.CollectableRow) (v ledger.UploadOverview, err error) {
		err = row.Scan(&v.No, &v.Fund, &v.FundName, &v.Period, &v.Unit, &v.Note, &v.Corrects, &v.Reason, &v.Mends, &v.By, &v.ByName, &v.At, &department)
		return v, err
	}, `
		select s.set_no, s.fund, f.name, s.period, s.unit, s.note, coalesce(s.corrects, 0), s.reason, coalesce(s.mends, 0), s.by, o.name, s.at,
			coalesce(o.department, 0)
		from upload_set s
		join fund f on f.county = s.county and f.code = s.fund
		join officer o on o.county = s.county and o.login = s.by
		where s.county = @county and s.set_no = @set`, pgx.NamedArgs{"county": db.county, "set": set})
	if err != nil {
		return v, err
	}
	colleague := o.Department == department && o.Department != 0
	if v.By != by && !colleague && o.ReachOf(ledger.ActSeeBatches) < ledger.ReachCounty && !(o.Scope.Towns.All && o.Scope.Funds.Hold(v.Fund)) {
		return v, foreignSet(o, ledger.ActSeeBatches, set)
	}
	return v, nil
}

// UploadSets are the newest sets that an officer sent.
func (db *DB) UploadSets(ctx context.Context, by string, most int) ([]ledger.UploadOverview, error) {
	return all(ctx, db.pool, func(row pgx.CollectableRow) (v ledger.UploadOverview, err error) {
		err = row.Scan(&v.No, &v.Fund, &v.FundName, &v.Period, &v.At, &v.Mends, &v.Files, &v.Waiting, &v.Refused)
		return v, err
	}, `
		select s.set_no, s.fund, f.name, s.period, s.at, coalesce(s.mends, 0), u.n, u.waiting, u.refused
		from upload_set s
		join fund f on f.county = s.county and f.code = s.fund
		cross join lateral (
			select count(*) as n, count(*) filter (where state = 'waiting') as waiting, count(*) filter (where state = 'refused') as refused
			from upload where county = s.county and set_no = s.set_no) u
		where s.county = @county and s.by = @by order by s.set_no desc limit @most`,
		pgx.NamedArgs{"county": db.county, "by": by, "most": most})
}

// Submit hands a batch to the certifiers: nothing in it is left to mend, and each warning has its reason. A number that fails
// its check may be left, for only a certifier can accept it.
func (db *DB) Submit(ctx context.Context, by string, no int64) error {
	return db.write(ctx, func(tx pgx.Tx) error { return db.submit(ctx, tx, by, no) })
}

func (db *DB) submit(ctx context.Context, tx pgx.Tx, by string, no int64) error {
	b, err := db.hold(ctx, tx, no, by, ledger.ActUpload)
	if err != nil {
		return err
	}
	switch b.State {
	case ledger.Checked:
	case ledger.Parsed:
		return ledger.Errorf(ledger.KindConflict, "批次%d里还有必须改的问题，请改好后重新上传到这个批次", no)
	default:
		return ledger.Errorf(ledger.KindConflict, "批次%d现在是“%s”，只有已校验的批次可以提交", no, b.State.Name())
	}
	args := pgx.NamedArgs{"county": db.county, "no": no, "by": by, "now": db.now()}
	open, err := one[int](ctx, tx, `
		select count(*)::int from batch_finding where county = @county and batch_no = @no and severity = 'W' and reason = ''`, args)
	if err != nil {
		return err
	}
	if open > 0 {
		return ledger.Errorf(ledger.KindConflict, "批次%d还有%d条“请核对”没有写明原因，写好后再提交", no, open)
	}
	n, err := exec(ctx, tx, `
		update batch set submitted_at = @now, submitted_by = @by where county = @county and batch_no = @no and submitted_at is null`, args)
	if err != nil || n == 0 {
		return err
	}
	return db.record(ctx, tx, by, "batch.submit", object(no), map[string]int{"revision": b.Revision})
}

// SubmitSet submits every batch of a set that is ready. It answers how many.
func (db *DB) SubmitSet(ctx context.Context, by string, set int64) (int, error) {
	return db.ofSet(ctx, by, set, "ready", func(tx pgx.Tx, nos []int64) error {
		for _, no := range nos {
			if err := db.submit(ctx, tx, by, no); err != nil {
				return err
			}
		}
		return nil
	})
}

// CertifySet certifies every batch of a set that was submitted, by the rules in force: all of them or none.
func (db *DB) CertifySet(ctx context.Context, by string, set int64, rules string) (int, error) {
	return db.ofSet(ctx, by, set, "to_certify", func(tx pgx.Tx, nos []int64) error { return db.certifyEach(ctx, tx, nos, by, rules) })
}

// PublishSet publishes every batch of a set that is certified, in one transaction: a county's villages become public together.
func (db *DB) PublishSet(ctx context.Context, by string, set int64) (int, error) {
	return db.ofSet(ctx, by, set, "to_publish", func(tx pgx.Tx, nos []int64) error { return db.publish(ctx, tx, nos, by) })
}

// ofSet acts on the batches of a set that stand so, in one transaction. It answers how many they were.
func (db *DB) ofSet(ctx context.Context, by string, set int64, standing string, act func(tx pgx.Tx, nos []int64) error) (n int, err error) {
	err = db.write(ctx, func(tx pgx.Tx) error {
		if _, err := db.setFor(ctx, tx, by, set); err != nil {
			return err
		}
		// The books' lock first: what is counted here stays so until it is acted on.
		if err := db.lockFor(ctx, tx, lockBooks); err != nil {
			return err
		}
		nos, err := all(ctx, tx, pgx.RowTo[int64], `select batch_no from (`+setFiles+`) x where `+standing+` order by n`,
			pgx.NamedArgs{"county": db.county, "set": set})
		if err != nil {
			return err
		}
		n = len(nos)
		return act(tx, nos)
	})
	return n, err
}
