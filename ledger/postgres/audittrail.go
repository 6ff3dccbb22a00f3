package postgres

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"mingbai/ledger"
)

// maxExport is how many lines one export may hold.
const maxExport = 50_000

// AuditLines are the lines that an auditor asks for, the newest first.
func (db *DB) AuditLines(ctx context.Context, by string, q ledger.AuditQuery) ([]ledger.AuditEntry, error) {
	if _, err := db.officerFor(ctx, db.pool, by, ledger.ActReadAudit); err != nil {
		return nil, err
	}
	return db.auditEntries(ctx, db.pool, q)
}

// ExportAudit are all lines that an auditor asks for, and writes down that they were taken away.
func (db *DB) ExportAudit(ctx context.Context, by string, q ledger.AuditQuery) (lines []ledger.AuditEntry, err error) {
	err = db.write(ctx, func(tx pgx.Tx) error {
		if _, err := db.officerFor(ctx, tx, by, ledger.ActReadAudit); err != nil {
			return err
		}
		q.Before, q.Limit = 0, maxExport+1
		if lines, err = db.auditEntries(ctx, tx, q); err != nil {
			return err
		}
		if len(lines) > maxExport {
			return ledger.Errorf(ledger.KindInvalid, "超过%d条，一次导不完。请缩短日期范围，分几次导出", maxExport)
		}
		return db.record(ctx, tx, by, "audit.export", "audit", map[string]any{
			"from": dayOrEmpty(q.From), "until": dayOrEmpty(q.Until), "actor": q.Actor, "action": q.Action, "object": q.Object, "count": len(lines),
		})
	})
	return lines, err
}

func dayOrEmpty(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.DateOnly)
}

func (db *DB) auditEntries(ctx context.Context, q querier, a ledger.AuditQuery) ([]ledger.AuditEntry, error) {
	where := []string{"a.county = @county"}
	args := pgx.NamedArgs{"county": db.county, "limit": a.Limit}
	filter := func(given bool, sql, name string, value any) {
		if given {
			where = append(where, sql)
			args[name] = value
		}
	}
	day := func(t time.Time) time.Time {
		return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, ledger.Shanghai)
	}
	filter(!a.From.IsZero(), "a.at >= @from", "from", day(a.From))
	filter(!a.Until.IsZero(), "a.at < @until", "until", day(a.Until).AddDate(0, 0, 1))
	filter(a.Actor != "", "a.actor = @actor", "actor", a.Actor)
	filter(a.Action != "", "a.action = @action", "action", a.Action)
	filter(a.Object != "", "(a.object = @object or starts_with(a.object, @object || '/'))", "object", a.Object)
	filter(a.Before > 0, "a.seq < @before", "before", a.Before)
	return all(ctx, q, func(row pgx.CollectableRow) (e ledger.AuditEntry, err error) {
		var prev, hash []byte
		err = row.Scan(&e.Seq, &e.At, &e.Actor, &e.Action, &e.Object, &e.Detail, &prev, &hash, &e.ActorName)
		copy(e.Prev[:], prev)
		copy(e.Hash[:], hash)
		e.Intact = e.Link(db.county) == e.Hash
		return e, err
	}, `
		select a.seq, a.at, a.actor, a.action, a.object, a.detail, a.prev, a.hash, coalesce(o.name, '')
		from audit a left join officer o on o.county = a.county and o.login = a.actor
		where `+strings.Join(where, " and ")+` order by a.seq desc limit @limit`, args)
}

// AuditState tells how far the chain reaches, and how far its heads were published.
func (db *DB) AuditState(ctx context.Context) (s ledger.AuditState, err error) {
	s, err = first(ctx, db.pool, func(row pgx.CollectableRow) (s ledger.AuditState, err error) {
		err = row.Scan(&s.Lines, &s.Last)
		return s, err
	}, `select seq, at from audit where county = @county order by seq desc limit 1`, pgx.NamedArgs{"county": db.county})
	if errors.Is(err, ledger.ErrNotFound) {
		return s, nil
	}
	if err != nil {
		return s, err
	}
	heads, err := db.AuditHeads(ctx, time.Time{}, 1)
	if len(heads) == 1 {
		s.Head = heads[0]
	}
	return s, err
}
