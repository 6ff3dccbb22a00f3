package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"mingbai/ledger"
)

// AskAct asks that something public be taken back, or let count again; another officer decides. It answers the request's
// number. r names the act, the batch, the line if it is about one row, the reason and who asks.
func (db *DB) AskAct(ctx context.Context, r ledger.ActRequest) (no int64, err error) {
	if strings.TrimSpace(r.Reason) == "" {
		return 0, ledger.Errorf(ledger.KindInvalid, "请写明原因")
	}
	next, known := map[ledger.Action]ledger.State{ledger.ActWithdraw: ledger.Withdrawn, ledger.ActRevert: ledger.Published}[r.Act]
	if !known || r.Line != 0 && r.Act != ledger.ActWithdraw {
		return 0, ledger.Errorf(ledger.KindInvalid, "没有这种申请")
	}
	err = db.write(ctx, func(tx pgx.Tx) error {
		b, err := db.step(ctx, tx, r.Batch, next, r.AskedBy, ledger.ActAsk)
		if err != nil {
			return err
		}
		if r.Act == ledger.ActRevert && b.State != ledger.Withdrawn {
			return ledger.Errorf(ledger.KindConflict, "批次%d现在是“%s”，只有已撤回的批次可以恢复", b.No, b.State.Name())
		}
		args := pgx.NamedArgs{
			"county": db.county, "act": string(r.Act), "no": b.No, "line": r.Line, "reason": r.Reason, "by": r.AskedBy, "now": db.now(), "year": b.Period.Year(),
		}
		if r.Line != 0 {
			stands, err := one[bool](ctx, tx, `
				select exists (select from `+rowTable(b.Kind)+`
					where county = @county and year = @year and batch_no = @no and line = @line and active)`, args)
			if err != nil {
				return err
			}
			if !stands {
				return ledger.Refuse(ledger.KindConflict, "XB-02", "批次%d的这一行已经撤回或更正", b.No)
			}
		}
		other, err := one[int64](ctx, tx, `
			select request_no from act_request
			where county = @county and batch_no = @no and decision is null and (line is null or @line in (0, line)) order by 1 limit 1`, args)
		if err == nil {
			return ledger.Errorf(ledger.KindConflict, "申请%d还在等决定，它管的是同一批或同一行，请先处理它", other)
		}
		if !errors.Is(err, ledger.ErrNotFound) {
			return err
		}
		if no, err = one[int64](ctx, tx, `
			insert into act_request (county, act, batch_no, line, reason, asked_by, asked_at)
			values (@county, @act, @no, nullif(@line, 0), @reason, @by, @now) returning request_no`, args); err != nil {
			return err
		}
		return db.record(ctx, tx, r.AskedBy, "request.ask", objectOfRequest(no),
			map[string]any{"act": r.Act, "batch": b.No, "line": r.Line, "reason": r.Reason})
	})
	return no, err
}

func objectOfRequest(no int64) string { return fmt.Sprintf("request/%d", no) }

// DecideAct grants a request, and does what it asks in the same transaction, or refuses it with an opinion.
func (db *DB) DecideAct(ctx context.Context, no int64, by string, grant bool, opinion string) error {
	if !grant && strings.TrimSpace(opinion) == "" {
		return ledger.Errorf(ledger.KindInvalid, "不同意要写明意见")
	}
	return db.write(ctx, func(tx pgx.Tx) error {
		r, err := db.openRequest(ctx, tx, no)
		if err != nil {
			return err
		}
		if _, err := db.hold(ctx, tx, r.Batch, by, r.Act); err != nil {
			return err
		}
		// Only now: whoever held the books' lock before may have decided.
		if r, err = db.openRequest(ctx, tx, no); err != nil {
			return err
		}
		if r.AskedBy == by {
			return ledger.Refuse(ledger.KindDenied, "XB-05", "申请%d是您自己提的，申请和决定不能是同一个人，请换人决定", no)
		}
		decision, action := ledger.Refused, "request.refuse"
		if grant {
			decision, action = ledger.Granted, "request.grant"
		}
		if err := db.decide(ctx, tx, r, by, decision, opinion); err != nil {
			return err
		}
		if grant {
			if err := db.carryOut(ctx, tx, r, by); err != nil {
				return err
			}
		}
		return db.record(ctx, tx, by, action, objectOfRequest(no), map[string]any{"batch": r.Batch, "opinion": opinion})
	})
}

func (db *DB) carryOut(ctx context.Context, tx pgx.Tx, r ledger.ActRequest, by string) error {
	switch {
	case r.Act == ledger.ActRevert:
		return db.revert(ctx, tx, r.Batch, by, r.Reason, &r)
	case r.Line != 0:
		return db.withdrawLine(ctx, tx, r.Batch, r.Line, by, r.Reason, &r)
	}
	return db.withdraw(ctx, tx, r.Batch, by, r.Reason, &r)
}

// TakeBackAct ends a request by the one who asked.
func (db *DB) TakeBackAct(ctx context.Context, no int64, by string) error {
	return db.write(ctx, func(tx pgx.Tx) error {
		if err := db.lockFor(ctx, tx, lockBooks); err != nil {
			return err
		}
		r, err := db.openRequest(ctx, tx, no)
		if err != nil {
			return err
		}
		if r.AskedBy != by {
			return ledger.Errorf(ledger.KindDenied, "申请%d是“%s”提的，只有本人能收回", no, r.AskedBy)
		}
		if err := db.decide(ctx, tx, r, by, ledger.TakenBack, ""); err != nil {
			return err
		}
		return db.record(ctx, tx, by, "request.take_back", objectOfRequest(no), map[string]any{"batch": r.Batch})
	})
}

func (db *DB) decide(ctx context.Context, tx pgx.Tx, r ledger.ActRequest, by string, d ledger.Decision, opinion string) error {
	_, err := exec(ctx, tx, `
		update act_request set decision = @decision, opinion = @opinion, decided_by = @by, decided_at = @now
		where county = @county and request_no = @no`,
		pgx.NamedArgs{"county": db.county, "no": r.No, "decision": string(d), "opinion": opinion, "by": by, "now": db.now()})
	return err
}

const requestColumns = `a.request_no, a.act, a.batch_no, coalesce(a.line, 0), a.reason, a.asked_by, a.asked_at, coalesce(a.decision, ''),
	a.opinion, coalesce(a.decided_by, ''), a.decided_at`

func scanRequest(row pgx.CollectableRow) (r ledger.ActRequest, err error) {
	var decided *time.Time
	err = row.Scan(&r.No, &r.Act, &r.Batch, &r.Line, &r.Reason, &r.AskedBy, &r.AskedAt, &r.Decision, &r.Opinion, &r.DecidedBy, &decided)
	r.DecidedAt = orZero(decided)
	return r, err
}

func (db *DB) request(ctx context.Context, q querier, no int64) (ledger.ActRequest, error) {
	r, err := first(ctx, q, scanRequest, `select `+requestColumns+` from act_request a where a.county = @county and a.request_no = @no`,
		pgx.NamedArgs{"county": db.county, "no": no})
	if errors.Is(err, ledger.ErrNotFound) {
		err = ledger.Errorf(ledger.KindNotFound, "没有申请%d", no)
	}
	return r, err
}

func (db *DB) openRequest(ctx context.Context, q querier, no int64) (ledger.ActRequest, error) {
	r, err := db.request(ctx, q, no)
	if err == nil && r.Decision != "" {
		err = ledger.Errorf(ledger.KindConflict, "申请%d已由“%s”办过：%s", no, r.DecidedBy, r.Decision.Name())
	}
	return r, err
}

// Request is a request with what it is about. Where it is about one row, that row is shown, and the sight is written down.
func (db *DB) Request(ctx context.Context, login string, no int64) (s ledger.RequestSight, err error) {
	err = db.write(ctx, func(tx pgx.Tx) error {
		r, err := db.request(ctx, tx, no)
		if err != nil {
			return err
		}
		b, _, err := db.batchFor(ctx, tx, login, r.Batch, ledger.ActAsk)
		if err != nil {
			return err
		}
		s.ActRequest, s.Period, s.State, s.Rows = r, b.Period, b.State, ledger.Tally{Rows: b.Rows, Total: b.Total}
		args := pgx.NamedArgs{"county": db.county, "no": b.No, "year": b.Period.Year(), "fund": b.Fund, "line": r.Line, "limit": 1, "skip": 0}
		if s.FundName, err = one[string](ctx, tx, `select name from fund where county = @county and code = @fund`, args); err != nil {
			return err
		}
		if s.Deciders, err = db.whoMay(ctx, tx, r.Act, b, []string{r.AskedBy}); err != nil || r.Line == 0 {
			return err
		}
		rows, err := db.tracedRows(ctx, tx, b, `line = @line`, args)
		if err != nil || len(rows) == 0 {
			return err
		}
		s.Row = &rows[0]
		return db.record(ctx, tx, login, "rows.see", object(b.No), map[string]any{"line": r.Line})
	})
	return s, err
}

// manyRequests is how many requests are listed, open ones first.
const manyRequests = 200

// Requests are the open requests within an officer's scope, and the last decided ones.
func (db *DB) Requests(ctx context.Context, login string) ([]ledger.RequestSight, error) {
	o, err := db.officerFor(ctx, db.pool, login, ledger.ActAsk)
	if err != nil {
		return nil, err
	}
	return all(ctx, db.pool, func(row pgx.CollectableRow) (s ledger.RequestSight, err error) {
		s.ActRequest, err = scanRequest(tail{row, []any{&s.FundName, &s.Period, &s.State}})
		return s, err
	}, `
		select `+requestColumns+`, f.name, b.period, b.state
		from act_request a
		join batch b on b.county = a.county and b.batch_no = a.batch_no
		join fund f on f.county = b.county and f.code = b.fund
		where a.county = @county and `+withinScope+`
		order by a.decision is null desc, case when a.decision is null then a.asked_at end, a.decided_at desc
		limit @most`, scopeArgs(o, ledger.ActAsk, pgx.NamedArgs{"county": db.county, "most": manyRequests}))
}
