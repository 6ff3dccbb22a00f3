package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"mingbai/ledger"
)

// OpenSet opens a set of files for an officer who may upload to its fund. What it mends or corrects must be theirs to touch.
func (db *DB) OpenSet(ctx context.Context, by string, s ledger.UploadSet) (no int64, err error) {
	err = db.write(ctx, func(tx pgx.Tx) error {
		o, err := db.officerFor(ctx, tx, by, ledger.ActUpload)
		if err != nil {
			return err
		}
		if err := db.settleSet(ctx, tx, o, &s); err != nil {
			return err
		}
		if err := mayOn(o, ledger.ActUpload, ledger.Subject{Fund: s.Fund}, "fund/"+s.Fund); err != nil {
			return err
		}
		columns, err := json.Marshal(s.Map)
		if err != nil {
			return err
		}
		if s.Map == nil {
			columns = []byte("{}")
		}
		no, err = one[int64](ctx, tx, `
			insert into upload_set (county, fund, period, unit, map, note, corrects, reason, mends, by, at)
			select county, code, @period, @unit, @map, @note, nullif(@corrects::bigint, 0), @reason, nullif(@mends::bigint, 0), @by, @now
			from fund where county = @county and code = @fund
			returning set_no`, pgx.NamedArgs{
			"county": db.county, "fund": s.Fund, "period": string(s.Period), "unit": s.Unit, "map": columns, "note": s.Note,
			"corrects": s.Corrects, "reason": s.Reason, "mends": s.Mends, "by": by, "now": db.now(),
		})
		if errors.Is(err, ledger.ErrNotFound) {
			err = ledger.Errorf(ledger.KindInvalid, "没有项目“%s”，请重新选择", s.Fund)
		}
		return err
	})
	return no, err
}

// settleSet takes over what a mended batch says, and asks whether the officer may touch the batches that the set names.
func (db *DB) settleSet(ctx context.Context, tx pgx.Tx, o ledger.Officer, s *ledger.UploadSet) error {
	for _, no := range []int64{s.Mends, s.Corrects} {
		if no == 0 {
			continue
		}
		b, err := db.batch(ctx, tx, no, "")
		if err != nil {
			return err
		}
		if err := db.mayOnBatch(ctx, tx, o, ledger.ActUpload, b); err != nil {
			return err
		}
		if no == s.Mends {
			s.Fund, s.Period, s.Corrects, s.Reason = b.Fund, b.Period, b.Corrects, b.Reason
		}
	}
	u := Upload{Fund: s.Fund, Period: s.Period, Batch: s.Mends, Corrects: s.Corrects, Reason: s.Reason}
	if err := db.mayMend(ctx, tx, u); err != nil {
		return err
	}
	return db.mayCorrect(ctx, tx, u)
}

// Received is a file of a set as it came.
type Received struct {
	FileName string
	SHA256   [32]byte
	Size     int64
	Sealed   []byte // nil: the file is in the books already, as that of the batch that the set mends
}

// Receive keeps a file of a set and orders its check, in one transaction. A file that the set has already is not taken
// twice: fresh is false then, as after a broken line.
func (db *DB) Receive(ctx context.Context, by string, set int64, f Received) (fresh bool, err error) {
	err = db.write(ctx, func(tx pgx.Tx) error {
		if err := db.ownSet(ctx, tx, by, set); err != nil {
			return err
		}
		if f.Sealed != nil {
			if err := db.keepFile(ctx, tx, f.SHA256, f.Size, f.Sealed); err != nil {
				return err
			}
		}
		n, err := db.addUpload(ctx, tx, set, f, f.SHA256[:], ledger.UploadWaiting, "")
		if errors.Is(err, ledger.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		fresh = true
		_, err = db.queue.InsertTx(ctx, tx, CheckUpload{set, n}, nil)
		return err
	})
	return fresh, err
}

// ReceiveNothing notes a file of a set that cannot be taken at all, and why.
func (db *DB) ReceiveNothing(ctx context.Context, by string, set int64, f Received, message string) error {
	return db.write(ctx, func(tx pgx.Tx) error {
		if err := db.ownSet(ctx, tx, by, set); err != nil {
			return err
		}
		_, err := db.addUpload(ctx, tx, set, f, nil, ledger.UploadRefused, message)
		return err
	})
}

// ownSet locks a set of the officer's own: into another's nobody puts files.
func (db *DB) ownSet(ctx context.Context, tx pgx.Tx, by string, set int64) error {
	o, err := db.officerFor(ctx, tx, by, ledger.ActUpload)
	if err != nil {
		return err
	}
	owner, err := one[string](ctx, tx, `select by from upload_set where county = @county and set_no = @set for update`,
		pgx.NamedArgs{"county": db.county, "set": set})
	if err == nil && owner != by {
		return foreignSet(o, ledger.ActUpload, set)
	}
	return err
}

func foreignSet(o ledger.Officer, act ledger.Action, set int64) error {
	return &outOfScope{
		&ledger.Error{Kind: ledger.KindDenied, Rule: ledger.RuleScope, Message: "这一批文件不是您上传的，也不归您管"},
		o.Login, act, fmt.Sprintf("set/%d", set),
	}
}

func (db *DB) addUpload(ctx context.Context, tx pgx.Tx, set int64, f Received, sha []byte, state ledger.UploadState, message string) (int, error) {
	return one[int](ctx, tx, `
		insert into upload (county, set_no, n, file_name, file_sha256, size, state, message)
		select @county, @set, coalesce(max(n), 0) + 1, @name, @sha, @size, @state, @message
		from upload where county = @county and set_no = @set
		on conflict (county, set_no, file_sha256) do nothing
		returning n`, pgx.NamedArgs{
		"county": db.county, "set": set, "name": f.FileName, "sha": sha, "size": f.Size, "state": string(state), "message": message,
	})
}

// keepFile keeps a sealed file, once.
func (db *DB) keepFile(ctx context.Context, tx pgx.Tx, sha [32]byte, size int64, sealed []byte) error {
	_, err := exec(ctx, tx, `
		insert into file (county, sha256, size, content, stored_at) values (@county, @sha, @size, @content, @now)
		on conflict do nothing`,
		pgx.NamedArgs{"county": db.county, "sha": sha[:], "size": size, "content": sealed, "now": db.now()})
	return err
}
