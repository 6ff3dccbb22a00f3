package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"mingbai/ledger"
)

// record appends an act to the audit chain inside the transaction that does it. detail must hold no personal data.
func (db *DB) record(ctx context.Context, tx pgx.Tx, actor, action, object string, detail any) error {
	if err := db.lockFor(ctx, tx, lockAudit); err != nil {
		return err
	}
	last, err := first(ctx, tx, scanAudit, `
		select seq, at, actor, action, object, detail, prev, hash
		from audit where county = @county order by seq desc limit 1`, pgx.NamedArgs{"county": db.county})
	if err != nil && !errors.Is(err, ledger.ErrNotFound) {
		return err
	}
	text, err := json.Marshal(detail)
	if err != nil {
		return fmt.Errorf("audit detail: %w", err)
	}
	line := ledger.AuditLine{
		Seq: last.Seq + 1, At: db.now().UTC().Truncate(time.Microsecond),
		Actor: actor, Action: action, Object: object, Detail: string(text), Prev: last.Hash,
	}
	line.Hash = line.Link(db.county)
	_, err = exec(ctx, tx, `
		insert into audit (county, seq, at, actor, action, object, detail, prev, hash)
		values (@county, @seq, @at, @actor, @action, @object, @detail, @prev, @hash)`,
		pgx.NamedArgs{
			"county": db.county, "seq": line.Seq, "at": line.At, "actor": actor, "action": action,
			"object": object, "detail": line.Detail, "prev": line.Prev[:], "hash": line.Hash[:],
		})
	return err
}

func scanAudit(row pgx.CollectableRow) (l ledger.AuditLine, err error) {
	var prev, hash []byte
	err = row.Scan(&l.Seq, &l.At, &l.Actor, &l.Action, &l.Object, &l.Detail, &prev, &hash)
	copy(l.Prev[:], prev)
	copy(l.Hash[:], hash)
	return l, err
}

// AuditLine is one line of the chain.
func (db *DB) AuditLine(ctx context.Context, seq int64) (ledger.AuditLine, error) {
	return first(ctx, db.pool, scanAudit, `
		select seq, at, actor, action, object, detail, prev, hash
		from audit where county = @county and seq = @seq`, pgx.NamedArgs{"county": db.county, "seq": seq})
}
