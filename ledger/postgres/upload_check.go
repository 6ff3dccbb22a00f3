package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"mingbai/ledger"
)

// errUploadTaken says that a file has its batch, or that another process is at it.
var errUploadTaken = errors.New("upload is taken")

// claimUpload holds a waiting file for the transaction that checks it. A server that is killed lets go of it.
func (db *DB) claimUpload(ctx context.Context, tx pgx.Tx, of ledger.UploadRef) error {
	if of == (ledger.UploadRef{}) {
		return nil
	}
	_, err := one[int](ctx, tx, `
		select n from upload where county = @county and set_no = @set and n = @n and state = 'waiting'
		for no key update skip locked`, db.uploadArgs(of))
	if errors.Is(err, ledger.ErrNotFound) {
		return errUploadTaken
	}
	return err
}

func (db *DB) uploadDone(ctx context.Context, tx pgx.Tx, of ledger.UploadRef, batch int64) error {
	if of == (ledger.UploadRef{}) {
		return nil
	}
	args := db.uploadArgs(of)
	args["batch"] = batch
	_, err := exec(ctx, tx, `
		update upload set state = 'done', batch_no = @batch where county = @county and set_no = @set and n = @n`, args)
	return err
}

func (db *DB) uploadArgs(of ledger.UploadRef) pgx.NamedArgs {
	return pgx.NamedArgs{"county": db.county, "set": of.Set, "n": of.N}
}

// WaitingUpload is a received file with what it is checked by.
type WaitingUpload struct {
	ledger.UploadSet
	Received
}

// WaitingUpload reads a file that waits to be checked. One that does not wait any more is an error that ends its job quietly.
func (db *DB) WaitingUpload(ctx context.Context, of ledger.UploadRef) (WaitingUpload, error) {
	w, err := first(ctx, db.pool, func(row pgx.CollectableRow) (w WaitingUpload, err error) {
		var sha []byte
		err = row.Scan(&w.Fund, &w.Period, &w.Unit, &w.Map, &w.Note, &w.Corrects, &w.UploadSet.Reason, &w.Mends, &w.By, &w.FileName, &sha,
			&w.Size, &w.Sealed)
		copy(w.SHA256[:], sha)
		return w, err
	}, `
		select s.fund, s.period, s.unit, s.map, s.note, coalesce(s.corrects, 0), s.reason, coalesce(s.mends, 0), s.by, u.file_name,
			u.file_sha256, u.size, f.content
		from upload u
		join upload_set s on s.county = u.county and s.set_no = u.set_no
		join file f on f.county = u.county and f.sha256 = u.file_sha256
		where u.county = @county and u.set_no = @set and u.n = @n and u.state = 'waiting'`, db.uploadArgs(of))
	if errors.Is(err, ledger.ErrNotFound) {
		err = errUploadTaken
	}
	return w, err
}

// tryUpload lets a file be checked. A refusal that is about the file ends it; anything else is tried again, and after the
// last time the clerk is told that it was not the file's fault.
func (db *DB) tryUpload(ctx context.Context, of ledger.UploadRef, last bool, check func(context.Context, ledger.UploadRef) error) error {
	err := check(ctx, of)
	message := ""
	switch kind := ledger.KindOf(err); {
	case err == nil, errors.Is(err, errUploadTaken):
		return nil
	case ctx.Err() != nil:
		return err
	case kind == ledger.KindInvalid, kind == ledger.KindConflict, kind == ledger.KindDenied, kind == ledger.KindNotFound:
		message = ledger.MessageOf(err)
	case last:
		message = "系统出了问题，这个文件没有校验成。不是文件的错，请稍后再传"
	default:
		return err
	}
	return errors.Join(db.refuseUpload(ctx, of, message), failed(err, message))
}

// failed keeps an error of the machine for River's table; what was refused for the file's sake is no failure.
func failed(err error, message string) error {
	if ledger.MessageOf(err) == message {
		return nil
	}
	return err
}

// refuseUpload ends a file without a batch. What nobody refers to any more is not kept: it holds people's numbers.
func (db *DB) refuseUpload(ctx context.Context, of ledger.UploadRef, message string) error {
	args := db.uploadArgs(of)
	args["message"] = message
	return db.write(ctx, func(tx pgx.Tx) error {
		sha, err := one[[]byte](ctx, tx, `
			update upload set state = 'refused', message = @message
			where county = @county and set_no = @set and n = @n and state = 'waiting'
			returning file_sha256`, args)
		if errors.Is(err, ledger.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		_, err = exec(ctx, tx, `
			delete from file f where f.county = @county and f.sha256 = @sha
				and not exists (select from batch b where b.county = f.county and b.file_sha256 = f.sha256)
				and not exists (select from batch_revision r where r.county = f.county and r.file_sha256 = f.sha256)
				and not exists (select from upload u where u.county = f.county and u.file_sha256 = f.sha256 and u.state = 'waiting')`,
			pgx.NamedArgs{"county": db.county, "sha": sha})
		return err
	})
}

// ResumeUploads orders the check of every file that waits without anybody about to check it: its server was killed. One that
// is being checked is locked, and is left alone.
func (db *DB) ResumeUploads(ctx context.Context) error {
	return db.write(ctx, func(tx pgx.Tx) error {
		left, err := all(ctx, tx, pgx.RowToStructByPos[ledger.UploadRef], `
			select u.set_no, u.n from upload u
			where u.county = @county and u.state = 'waiting' and not exists (
				select from river_job j where j.kind = 'check_upload' and j.state in ('available', 'retryable', 'scheduled')
					and j.args @> jsonb_build_object('set', u.set_no, 'n', u.n))
			order by u.set_no, u.n for no key update of u skip locked`, pgx.NamedArgs{"county": db.county})
		if err != nil {
			return err
		}
		for _, of := range left {
			if _, err := db.queue.InsertTx(ctx, tx, CheckUpload(of), nil); err != nil {
				return err
			}
		}
		return nil
	})
}
