// Package testdb gives every test its own migrated database on a real PostgreSQL: cloned from a template, in some 30 ms.
// It is for tests only and is imported by no program.
package testdb

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // pgtestdb opens "pgx"
	"github.com/peterldowns/pgtestdb"

	"mingbai/fixtures/services"
	"mingbai/ledger/postgres"
)

// County is the fictional county of every test.
const County = "990121"

var running *services.Services

// Main runs a package's tests with private services; `func TestMain(m *testing.M) { testdb.Main(m, …) }`.
func Main(m *testing.M, only services.Part) {
	os.Exit(run(m, only))
}

func run(m *testing.M, only services.Part) int {
	s, err := services.Start(context.Background(), services.Options{Fast: true, Only: only})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer s.Stop()
	fmt.Println("services:", s.Versions())
	running = s
	return m.Run()
}

// Services are the running private services, for tests that stop or wipe one.
func Services() *services.Services { return running }

// New gives a test its own database and its address; both end with the test.
func New(t testing.TB, o postgres.Options) (*postgres.DB, string) {
	t.Helper()
	if running == nil {
		t.Fatal("testdb.Main does not run: give the package a TestMain")
	}
	u, err := url.Parse(running.DatabaseURL())
	if err != nil {
		t.Fatal(err)
	}
	password, _ := u.User.Password()
	clone := pgtestdb.Custom(t, pgtestdb.Config{
		DriverName: "pgx", Host: u.Hostname(), Port: u.Port(), User: u.User.Username(), Password: password,
		Database: u.Path[1:], Options: "sslmode=disable", ForceTerminateConnections: true,
	}, migrator{})
	db, err := postgres.Open(t.Context(), clone.URL(), County, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	return db, clone.URL()
}

type migrator struct{}

// Hash names the template by the migrations' own text, so that an edited migration makes a new one.
func (migrator) Hash() (string, error) {
	_, self, _, _ := runtime.Caller(0)
	files, err := filepath.Glob(filepath.Join(filepath.Dir(self), "..", "migrations", "*.sql"))
	if err != nil || len(files) == 0 {
		return "", fmt.Errorf("no migrations found: %w", err)
	}
	h := sha256.New()
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			return "", err
		}
		h.Write(text)
	}
	return fmt.Sprintf("%x", h.Sum(nil)), nil
}

func (migrator) Migrate(ctx context.Context, _ *sql.DB, c pgtestdb.Config) error {
	return postgres.Migrate(ctx, c.URL())
}
