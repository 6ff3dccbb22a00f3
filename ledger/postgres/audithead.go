package postgres

import (
	"context"
	"crypto/hmac"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"mingbai/ledger"
)

// SealDays keeps the audit chain's head of every day that is over and had acts. mac signs a head under a key that is not
// in the database. It answers how many days it sealed; to call it again, or from two places at once, does no harm.
func (db *DB) SealDays(ctx context.Context, mac func(text string) []byte) (n int, err error) {
	err = db.write(ctx, func(tx pgx.Tx) error {
		heads, err := all(ctx, tx, scanHead, `
			with ended as (
				select (at at time zone 'Asia/Shanghai')::date as day, max(seq) as seq, count(*) as lines
				from audit
				where county = @county and seq > coalesce((select max(seq) from audit_head where county = @county), 0)
				group by 1)
			select e.day, e.seq, e.lines, a.hash, ''::bytea
			from ended e join audit a on a.county = @county and a.seq = e.seq
			where e.day < @today order by e.day`, pgx.NamedArgs{"county": db.county, "today": db.today()})
		if err != nil {
			return err
		}
		for _, h := range heads {
			if _, err := exec(ctx, tx, `
				insert into audit_head (county, day, seq, lines, hash, mac)
				values (@county, @day, @seq, @lines, @hash, @mac) on conflict do nothing`,
				pgx.NamedArgs{
					"county": db.county, "day": h.Day, "seq": h.Seq, "lines": h.Lines, "hash": h.Hash[:],
					"mac": mac(h.Text(db.county)),
				}); err != nil {
				return err
			}
		}
		n = len(heads)
		return nil
	})
	return n, err
}

func scanHead(row pgx.CollectableRow) (h ledger.AuditHead, err error) {
	var hash []byte
	err = row.Scan(&h.Day, &h.Seq, &h.Lines, &hash, &h.MAC)
	copy(h.Hash[:], hash)
	return h, err
}

// AuditHeads are the newest n sealed days before a day; the zero day is from the newest on.
func (db *DB) AuditHeads(ctx context.Context, before time.Time, n int) ([]ledger.AuditHead, error) {
	if before.IsZero() {
		before = db.today().AddDate(1, 0, 0)
	}
	return all(ctx, db.pool, scanHead, `
		select day, seq, lines, hash, mac from audit_head
		where county = @county and day < @before order by day desc limit @n`,
		pgx.NamedArgs{"county": db.county, "before": before, "n": n})
}

// VerifyAudit walks the chain from its first line and names every place where it is broken or is not what was sealed. last
// is the chain's last line, zero for an empty one.
func (db *DB) VerifyAudit(ctx context.Context, mac func(text string) []byte) (found []ledger.Difference, last ledger.AuditLine, err error) {
	say := func(format string, args ...any) {
		found = append(found, ledger.Difference{Where: "audit", What: fmt.Sprintf(format, args...)})
	}
	heads, err := all(ctx, db.pool, scanHead, `
		select day, seq, lines, hash, mac from audit_head where county = @county order by seq`, pgx.NamedArgs{"county": db.county})
	if err != nil {
		return nil, last, err
	}
	sealed := map[int64]ledger.AuditHead{}
	for _, h := range heads {
		sealed[h.Seq] = h
		if !hmac.Equal(mac(h.Text(db.county)), h.MAC) {
			say("%s的每日摘要被改动过（签名不符）", h.Day.Format(time.DateOnly))
		}
	}
	tx, err := db.pool.Begin(ctx)
	if err != nil {
		return nil, last, ours(err)
	}
	defer tx.Rollback(context.WithoutCancel(ctx)) //nolint:errcheck // it only read
	if _, err := tx.Exec(ctx, `set local statement_timeout = 0`); err != nil {
		return nil, last, ours(err)
	}
	rows, err := tx.Query(ctx, `
		select seq, at, actor, action, object, detail, prev, hash
		from audit where county = @county order by seq`, pgx.NamedArgs{"county": db.county})
	if err != nil {
		return nil, last, ours(err)
	}
	defer rows.Close()
	for rows.Next() {
		line, err := scanAudit(rows)
		if err != nil {
			return nil, last, err
		}
		switch {
		case line.Seq != last.Seq+1:
			say("第%d条之后缺少记录，下一条是第%d条", last.Seq, line.Seq)
		case line.Prev != last.Hash:
			say("第%d条接不上前一条", line.Seq)
		case line.Link(db.county) != line.Hash:
			say("第%d条被改动过", line.Seq)
		}
		if h, ok := sealed[line.Seq]; ok && h.Hash != line.Hash {
			say("第%d条与%s封存的每日摘要不符", line.Seq, h.Day.Format(time.DateOnly))
		}
		last = line
	}
	if err := rows.Err(); err != nil {
		return nil, last, ours(err)
	}
	if n := len(heads); n > 0 && heads[n-1].Seq > last.Seq {
		h := heads[n-1]
		say("日志只到第%d条，%s封存的每日摘要却是第%d条：末尾有记录被删", last.Seq, h.Day.Format(time.DateOnly), h.Seq)
	}
	return found, last, nil
}
