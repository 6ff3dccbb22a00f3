package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"mingbai/ledger"
)

// officerFor is an officer who may do the act somewhere, or a refusal that says which role it takes.
func (db *DB) officerFor(ctx context.Context, q querier, login string, act ledger.Action) (ledger.Officer, error) {
	o, err := db.officer(ctx, q, login)
	if err == nil && o.Disabled {
		err = ledger.Errorf(ledger.KindDenied, "账号“%s”已停用", login)
	}
	if err == nil && !o.May(act) {
		err = o.MayOn(act, ledger.Subject{})
	}
	return o, err
}

// mayOn asks the permission table about one thing and marks a try beyond the officer's scope, for the audit log.
func mayOn(o ledger.Officer, act ledger.Action, on ledger.Subject, object string) error {
	err := o.MayOn(act, on)
	var refused *ledger.Error
	if errors.As(err, &refused) && refused.Rule == ledger.RuleScope {
		return &outOfScope{refused, o.Login, act, object}
	}
	return err
}

// mayOnBatch asks about a batch: its fund, and the towns of all its rows. Only officers who are bound to towns need them
// counted.
func (db *DB) mayOnBatch(ctx context.Context, q querier, o ledger.Officer, act ledger.Action, b ledger.Batch) error {
	on := ledger.Subject{Fund: b.Fund}
	if o.ReachOf(act) == ledger.ReachOwn && !o.Scope.Towns.All {
		var err error
		on.Towns, err = all(ctx, q, pgx.RowTo[string], `
			select distinct left(village_code, 9) from staged_row where county = @county and batch_no = @no
			union
			select distinct left(village_code, 9) from payment where county = @county and year = @year and batch_no = @no
			union
			select '' from staged_record where county = @county and batch_no = @no
			union
			select '' from record where county = @county and year = @year and batch_no = @no
			union -- without any row it is whose it was brought by: a file that was blocked, or sent back
			select '' from officer u
			where u.county = @county and u.login = @by and u.department is distinct from nullif(@department, 0)
				and not exists (select from staged_row where county = @county and batch_no = @no)
				and not exists (select from payment where county = @county and year = @year and batch_no = @no)`,
			pgx.NamedArgs{
				"county": db.county, "no": b.No, "year": b.Period.Year(), "by": b.UploadedBy, "department": o.Department,
			})
		if err != nil {
			return err
		}
	}
	return mayOn(o, act, on, object(b.No))
}

// mayTouch asks about the batches that an upload names: the one whose file it takes the place of, and the one whose rows it
// corrects. Rows of one's own in a file of one's own would else reach into another town's batch.
func (db *DB) mayTouch(ctx context.Context, q querier, o ledger.Officer, u Upload) error {
	for _, no := range []int64{u.Batch, u.Corrects} {
		if no == 0 {
			continue
		}
		b, err := db.batch(ctx, q, no, "")
		if err != nil {
			return err
		}
		if err := db.mayOnBatch(ctx, q, o, ledger.ActUpload, b); err != nil {
			return err
		}
	}
	return nil
}

// BatchFor is a batch that an officer may see; a try to see another's is refused and written down.
func (db *DB) BatchFor(ctx context.Context, login string, no int64) (b ledger.Batch, err error) {
	err = db.write(ctx, func(tx pgx.Tx) error {
		b, _, err = db.batchFor(ctx, tx, login, no, ledger.ActSeeBatches)
		return err
	})
	return b, err
}

// batchFor is a batch to which an officer may do an act, without a lock.
func (db *DB) batchFor(ctx context.Context, q querier, login string, no int64, act ledger.Action) (b ledger.Batch, o ledger.Officer, err error) {
	if o, err = db.officerFor(ctx, q, login, act); err != nil {
		return b, o, err
	}
	found, err := db.batch(ctx, q, no, "")
	if err != nil {
		return b, o, err
	}
	if err := db.mayOnBatch(ctx, q, o, act, found); err != nil {
		return b, o, err
	}
	return found, o, nil
}

// outOfScope is a refusal that the audit log must tell, whose own transaction will be undone.
type outOfScope struct {
	refused *ledger.Error
	by      string
	act     ledger.Action
	object  string
}

func (e *outOfScope) Error() string { return e.refused.Error() }
func (e *outOfScope) Unwrap() error { return e.refused }

// tellRefusal writes a try beyond an officer's scope into the audit log, after its transaction was undone.
func (db *DB) tellRefusal(ctx context.Context, err error) error {
	var e *outOfScope
	if !errors.As(err, &e) {
		return err
	}
	return errors.Join(e, db.Refused(ctx, e.by, e.act, e.object))
}

// Refused writes down that an officer tried what they may not do.
func (db *DB) Refused(ctx context.Context, by string, act ledger.Action, object string) error {
	return pgx.BeginFunc(ctx, db.pool, func(tx pgx.Tx) error {
		return db.record(ctx, tx, by, "refused", object, map[string]ledger.Action{"act": act})
	})
}
