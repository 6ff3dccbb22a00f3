package postgres

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"

	_ "github.com/jackc/pgx/v5/stdlib" // goose speaks database/sql
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"mingbai/ledger"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrate brings the schema up to date: ours by goose, then the job queue's by River's own migrator. It may be run at any
// time, by several processes at once; a session lock lets one do the work.
func Migrate(ctx context.Context, url string) error {
	provider, done, err := gooseFor(url)
	if err != nil {
		return err
	}
	defer done()
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrate the books: %w", err)
	}
	return withRiver(ctx, url, func(m *rivermigrate.Migrator[pgx.Tx]) error {
		_, err := m.Migrate(ctx, rivermigrate.DirectionUp, nil)
		return err
	})
}

// CheckSchema refuses a database whose schema is behind this program.
func CheckSchema(ctx context.Context, url string) error {
	behind := ledger.Errorf(ledger.KindUnavailable, "账库的结构比程序旧，请先运行 mingbai migrate 再启动")
	provider, done, err := gooseFor(url)
	if err != nil {
		return err
	}
	defer done()
	if err := provider.Ping(ctx); err != nil {
		return &ledger.Error{Kind: ledger.KindUnavailable, Message: "账库连不上，请检查 MINGBAI_DATABASE_URL", Cause: err}
	}
	pending, err := provider.HasPending(ctx)
	if err != nil {
		return fmt.Errorf("look at the schema: %w", err)
	}
	if pending {
		return behind
	}
	return withRiver(ctx, url, func(m *rivermigrate.Migrator[pgx.Tx]) error {
		res, err := m.Validate(ctx, nil)
		if err != nil {
			return err
		}
		if !res.OK {
			return behind
		}
		return nil
	})
}

func gooseFor(url string) (*goose.Provider, func(), error) {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, nil, err
	}
	db, err := sql.Open("pgx", url)
	if err != nil {
		return nil, nil, ledger.Errorf(ledger.KindInvalid, "数据库地址（MINGBAI_DATABASE_URL）格式不对")
	}
	locker, err := lock.NewPostgresSessionLocker()
	if err != nil {
		db.Close()
		return nil, nil, err
	}
	provider, err := goose.NewProvider(goose.DialectPostgres, db, files, goose.WithSessionLocker(locker))
	if err != nil {
		db.Close()
		return nil, nil, fmt.Errorf("read migrations: %w", err)
	}
	return provider, func() { db.Close() }, nil
}

func withRiver(ctx context.Context, url string, fn func(*rivermigrate.Migrator[pgx.Tx]) error) error {
	pool, err := pgxpool.New(ctx, url)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer pool.Close()
	m, err := rivermigrate.New(riverpgxv5.New(pool), nil)
	if err != nil {
		return err
	}
	return fn(m)
}
