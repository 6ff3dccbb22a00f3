// Package postgres keeps the books in PostgreSQL: all SQL of the house is here, one file per topic, each statement beside
// its method. Driver errors become ledger errors at this edge. No ID number, account or phone ever enters it in the clear:
// callers hand over tokens and sealed values.
//
// A *DB serves one county; every statement names it.
package postgres

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"mingbai/ledger"
)

// DB is the books of one county.
type DB struct {
	pool    *pgxpool.Pool
	quick   *pgxpool.Pool // reads for every search and lookup
	county  string
	regions regionNames
	now     func() time.Time
	queue   *river.Client[pgx.Tx] // inserts jobs; Work runs them
}

// Options of opening the books. The zero value serves.
type Options struct {
	Now     func() time.Time // the clock; nil is time.Now
	Timeout time.Duration    // longest a page's statement may take; 0 is 10 s. Imports and publications are not bound by it
	Conns   int              // most connections; 0 is 16
}

// Open connects to the books of a county. It does not look at the schema: see CheckSchema.
func Open(ctx context.Context, url, county string, o Options) (*DB, error) {
	if ledger.LevelOf(county) != ledger.LevelCounty {
		return nil, ledger.Errorf(ledger.KindInvalid, "县代码“%s”不对，应为6位数字", county)
	}
	cfg, err := pgxpool.ParseConfig(url)
	if err != nil {
		// pgx's own message may quote the address with its password.
		return nil, ledger.Errorf(ledger.KindInvalid, "数据库地址（MINGBAI_DATABASE_URL）格式不对")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Timeout == 0 {
		o.Timeout = 10 * time.Second
	}
	if o.Conns == 0 {
		o.Conns = 16
	}
	cfg.MaxConns = int32(o.Conns)
	// A client that goes away cancels nothing; the server must give up by itself.
	cfg.ConnConfig.RuntimeParams["statement_timeout"] = fmt.Sprint(o.Timeout.Milliseconds())
	cfg.ConnConfig.RuntimeParams["application_name"] = "mingbai"
	pool, err := pgxpool.NewWithConfig(ctx, cfg.Copy())
	if err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	// PostgreSQL would plan these statements anew for every list of people: a millisecond, five times what they take.
	cfg.ConnConfig.RuntimeParams["plan_cache_mode"] = "force_generic_plan"
	// A batch of them is one transaction without a word about it: with this it sees the books as of one moment.
	cfg.ConnConfig.RuntimeParams["default_transaction_isolation"] = "repeatable read"
	cfg.ConnConfig.RuntimeParams["default_transaction_read_only"] = "on"
	quick, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		pool.Close()
		return nil, fmt.Errorf("connect: %w", err)
	}
	db := &DB{pool: pool, quick: quick, county: county, now: o.Now}
	if db.queue, err = river.NewClient(riverpgxv5.New(pool), &river.Config{}); err != nil {
		db.Close()
		return nil, fmt.Errorf("job queue: %w", err)
	}
	return db, nil
}

// Close gives the connections back.
func (db *DB) Close() {
	db.quick.Close()
	db.pool.Close()
}

// County is the code of the county whose books these are.
func (db *DB) County() string { return db.county }

// Ready says whether the books answer.
func (db *DB) Ready(ctx context.Context) error {
	if err := db.pool.Ping(ctx); err != nil {
		return &ledger.Error{Kind: ledger.KindUnavailable, Message: "账库连不上", Cause: err}
	}
	return nil
}

// ServerVersion is PostgreSQL's own word for its version.
func (db *DB) ServerVersion(ctx context.Context) (string, error) {
	return one[string](ctx, db.pool, `show server_version`, nil)
}

// querier is a pool or a transaction.
type querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
}

// one reads a single value; ledger.ErrNotFound when there is no row.
func one[T any](ctx context.Context, q querier, sql string, args pgx.NamedArgs) (T, error) {
	return first(ctx, q, pgx.RowTo[T], sql, args)
}

// first reads a single row; ledger.ErrNotFound when there is none.
func first[T any](ctx context.Context, q querier, scan pgx.RowToFunc[T], sql string, args pgx.NamedArgs) (T, error) {
	rows, err := q.Query(ctx, sql, named(args)...)
	if err != nil {
		var zero T
		return zero, ours(err)
	}
	v, err := pgx.CollectOneRow(rows, scan)
	return v, ours(err)
}

// all reads every row.
func all[T any](ctx context.Context, q querier, scan pgx.RowToFunc[T], sql string, args pgx.NamedArgs) ([]T, error) {
	rows, err := q.Query(ctx, sql, named(args)...)
	if err != nil {
		return nil, ours(err)
	}
	v, err := pgx.CollectRows(rows, scan)
	return v, ours(err)
}

func exec(ctx context.Context, q querier, sql string, args pgx.NamedArgs) (int64, error) {
	tag, err := q.Exec(ctx, sql, named(args)...)
	return tag.RowsAffected(), ours(err)
}

func named(args pgx.NamedArgs) []any {
	if args == nil {
		return nil
	}
	return []any{args}
}

// ours turns a driver's error into the books' language, where a caller can do something about it.
func ours(err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, pgx.ErrNoRows) {
		return ledger.ErrNotFound
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		switch pg.ConstraintName {
		case "certifier_is_not_uploader":
			return &ledger.Error{Kind: ledger.KindDenied, Rule: "XB-05", Message: "复核人不能是上传人，请换人复核", Cause: err}
		case "certified_is_explained":
			return &ledger.Error{Kind: ledger.KindConflict, Message: "还有校验结果没有写明原因，请先补写", Cause: err}
		case "fund_kind_is_kept":
			return &ledger.Error{Kind: ledger.KindConflict, Message: "项目已有批次，类别不能再改；请另立一个项目代码", Cause: err}
		case "batch_file_once":
			return &ledger.Error{Kind: ledger.KindConflict, Rule: "FILE-06", Message: "同一个文件已在另一批次中，无需重传；要改正请走更正", Cause: err}
		case "two_people_decide":
			return &ledger.Error{Kind: ledger.KindDenied, Rule: "XB-05", Message: "申请和决定不能是同一个人，请换人决定", Cause: err}
		case "act_request_once":
			return &ledger.Error{Kind: ledger.KindConflict, Message: "已有一份同样的申请在等决定", Cause: err}
		case "planned_publication_once":
			return &ledger.Error{Kind: ledger.KindConflict, Message: "已经安排公开，无需再做", Cause: err}
		case "department_name_once":
			return &ledger.Error{Kind: ledger.KindConflict, Message: "已有同名的部门，请换一个名称", Cause: err}
		case "inquiry_four_eyes", "inquiry_reviewer_is_not_drafter":
			return &ledger.Error{Kind: ledger.KindDenied, Rule: "XB-05", Message: "这一步要由另一个人来办", Cause: err}
		case "inquiry_event_follows":
			return &ledger.Error{Kind: ledger.KindConflict, Message: "这件来件刚刚有了变化，请刷新再办", Cause: err}
		case "inquiry_day_two_sign":
			return &ledger.Error{Kind: ledger.KindDenied, Rule: "XB-05", Message: "登记册要两个人签，请另一位值班人员签", Cause: err}
		case "kiosk_name_once":
			return &ledger.Error{Kind: ledger.KindConflict, Message: "已有一台同名的查询机在用，请换一个名称", Cause: err}
		case "trap_name_once":
			return &ledger.Error{Kind: ledger.KindConflict, Message: "别的村已经用了这个名字，请换一个", Cause: err}
		case "officer_department":
			return &ledger.Error{Kind: ledger.KindInvalid, Message: "没有这个部门，请重新选择", Cause: err}
		}
	}
	if away(err) {
		return &ledger.Error{Kind: ledger.KindUnavailable, Message: "账库连不上", Cause: err}
	}
	return err
}

// away says whether an error means that the database is not there: it cannot be reached, hung up, or is going down or coming up
// (PostgreSQL's classes 08 and 57P).
func away(err error) bool {
	var connect *pgconn.ConnectError
	var network *net.OpError
	var pg *pgconn.PgError
	switch {
	case errors.As(err, &pg):
		return strings.HasPrefix(pg.Code, "08") || strings.HasPrefix(pg.Code, "57P")
	case errors.As(err, &connect), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed):
		return true
	}
	return errors.As(err, &network)
}

// write runs fn in one transaction, unbound by the page's statement timeout.
func (db *DB) write(ctx context.Context, fn func(tx pgx.Tx) error) error {
	err := pgx.BeginFunc(ctx, db.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `set local statement_timeout = 0`); err != nil {
			return err
		}
		return fn(tx)
	})
	return db.tellRefusal(ctx, ours(err))
}

// Names of the advisory locks, each taken per county.
const (
	lockBooks = 1 // publications and withdrawals, one after the other
	lockIndex = 2 // one writer of the living search index
	lockBuild = 4 // one builder of the next
	lockRuns  = 5 // asking for an act on it, once
	lockAudit = 3 // the audit chain: taken last, so that nobody at the office's door waits for a publication
)

// lockFor serialises what changes the published books of the county until the transaction ends.
func (db *DB) lockFor(ctx context.Context, tx pgx.Tx, lock int) error {
	_, err := exec(ctx, tx, `select pg_advisory_xact_lock(@lock, @county::int)`,
		pgx.NamedArgs{"lock": lock, "county": db.county})
	return err
}

// today is the date in Shanghai, by which disclosure periods open and end.
func (db *DB) today() time.Time { return ledger.DateOf(db.now()) }
