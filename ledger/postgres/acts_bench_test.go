package postgres_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"mingbai/ledger"
	"mingbai/ledger/postgres"
	"mingbai/ledger/postgres/testdb"
)

// What a certificate over every row costs for 100,000 rows, and what a set of 400 files of 250 rows takes in one
// transaction beside 400 of their own.
func BenchmarkActs(b *testing.B) {
	db, url := testdb.New(b, postgres.Options{})
	ctx := b.Context()
	must := func(err error) {
		b.Helper()
		if err != nil {
			b.Fatal(err)
		}
	}
	must(db.SaveRegions(ctx, "test", []ledger.Region{
		{Code: "990121", Name: "清泉县"}, {Code: "990121101", Parent: "990121", Name: "柳门镇"}, {Code: willow, Parent: "990121101", Name: "柳门口村"},
	}))
	for _, fund := range []string{"A", "B", "C"} { // each fund's first period: nothing to compare with
		must(db.SaveFund(ctx, "test", ledger.Fund{Code: fund, Name: fund, Kind: ledger.Subsidy, Disclosure: ledger.DisclosePublic}))
	}
	must(db.SaveOfficer(ctx, "test", ledger.Officer{Login: "li", Name: "li", Roles: []ledger.OfficeRole{ledger.RoleClerk}}))
	must(db.SaveOfficer(ctx, "test", ledger.Officer{Login: "zhao", Name: "zhao", Roles: []ledger.OfficeRole{ledger.RoleCertifier}}))
	upload := func(fund string, from, n int) int64 {
		files++
		no, err := db.Import(ctx, postgres.Upload{
			Fund: fund, Period: "2025", FileName: "清册.xlsx", SHA256: sha256.Sum256([]byte(fmt.Sprint(files))), Size: 4, Sealed: []byte("file"),
			RuleVersion: "r1", By: "li",
		}, func(yield func(ledger.StagedRow, error) bool) {
			for i := range n {
				if !yield(row(i+1, fmt.Sprint("人", from+i), fmt.Sprint("id", from+i), willow, "1组", ledger.Fen(100+i)), nil) {
					return
				}
			}
		})
		must(err)
		return no
	}
	took := func(what string, act func() error) {
		start := time.Now()
		must(act())
		b.Logf("%-48s %6.2f s", what, time.Since(start).Seconds())
	}
	const rows, batches = 100_000, 400
	for range b.N {
		var set, single []int64
		for i := range batches {
			set = append(set, upload("B", i*250, 250))
			single = append(single, upload("C", i*250, 250))
		}
		took("certify 400 × 250 in one transaction", func() error { return db.CertifyAll(ctx, set, "zhao", "r1") })
		took("publish 400 × 250 in one transaction", func() error { return db.PublishAll(ctx, set, "zhao") })
		took("certify 400 × 250 one by one", func() error {
			for _, no := range single {
				if err := db.Certify(ctx, no, "zhao", "r1"); err != nil {
					return err
				}
			}
			return nil
		})
		took("publish 400 × 250 one by one", func() error {
			for _, no := range single {
				if err := db.Publish(ctx, no, "zhao"); err != nil {
					return err
				}
			}
			return nil
		})
		great := upload("A", 0, rows)
		c, err := pgx.Connect(ctx, url)
		must(err)
		for range 2 {
			took("the digest of 100,000 rows", func() error {
				_, err := c.Exec(ctx, `select staged_digest('990121', $1)`, great)
				return err
			})
		}
		must(c.Close(context.Background()))
		took("certify 100,000 rows", func() error { return db.Certify(ctx, great, "zhao", "r1") })
		took("publish 100,000 rows", func() error { return db.Publish(ctx, great, "zhao") })
		took("review's comparison of 100,000 rows", func() error { _, err := db.Compare(ctx, great); return err })
		took("withdraw 100,000 rows", func() error { return db.Withdraw(ctx, great, "zhao", "重核") })
	}
}
