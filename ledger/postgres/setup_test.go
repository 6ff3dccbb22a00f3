package postgres_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"iter"
	"testing"
	"time"

	"mingbai/fixtures/services"
	"mingbai/ledger"
	"mingbai/ledger/postgres"
	"mingbai/ledger/postgres/testdb"
)

func TestMain(m *testing.M) { testdb.Main(m, services.PostgreSQL) }

const (
	willow = "990121101201" // 柳门镇柳门口村
	bridge = "990121101202" // 柳门镇石桥村
)

// books is a database with two towns' regions, three funds of each policy and three officers.
type books struct {
	*postgres.DB
	t   *testing.T
	url string
	now time.Time
}

func setup(t *testing.T) *books {
	t.Helper()
	b := &books{t: t, now: time.Date(2025, 6, 3, 10, 0, 0, 0, ledger.Shanghai)}
	b.DB, b.url = testdb.New(t, postgres.Options{Now: func() time.Time { return b.now }})
	ctx := t.Context()
	b.must(b.SaveRegions(ctx, "test", []ledger.Region{
		{Code: "990121", Name: "清泉县"},
		{Code: "990121101", Parent: "990121", Name: "柳门镇"},
		{Code: willow, Parent: "990121101", Name: "柳门口村"},
		{Code: bridge, Parent: "990121101", Name: "石桥村"},
	}))
	for code, policy := range map[string]ledger.Disclosure{"GD": "public", "DB": "self", "GE": "aggregate"} {
		b.must(b.SaveFund(ctx, "test", ledger.Fund{
			Code: code, Name: "资金" + code, Kind: ledger.Subsidy, Disclosure: policy, PublicDays: 30, Document: "清农〔2025〕1号",
		}))
	}
	for login, roles := range map[string][]ledger.OfficeRole{
		"li":   {ledger.RoleClerk, ledger.RoleCertifier}, // both: so that only the different-person rule stands in the way
		"zhao": {ledger.RoleCertifier},
		"sun":  {ledger.RoleClerk},
	} {
		b.must(b.SaveOfficer(ctx, "test", ledger.Officer{Login: login, Name: login, Roles: roles}))
	}
	return b
}

func (b *books) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

// row is one householder's payment; the token stands in for a number.
func row(line int, name, who, village, group string, fen ledger.Fen) ledger.StagedRow {
	r := ledger.StagedRow{
		Row: ledger.Row{
			Line: line, Sheet: "Sheet1", SheetRow: line + 3, Village: "某村", Group: group, Amount: fen,
			Basis: 124000, BasisUnit: "亩", Standard: 839400,
		},
		VillageCode: village,
	}
	r.People = map[ledger.Role]ledger.StagedParty{ledger.Householder: party(name, who)}
	return r
}

func party(name, who string) ledger.StagedParty {
	p := ledger.StagedParty{Name: name, Forms: ledger.NameForms{Key: name, Pinyin: []string{"py" + name}}}
	if who != "" {
		p.Token = token(who)
		p.Sealed = []byte("sealed")
	}
	return p
}

func token(who string) []byte {
	h := sha256.Sum256([]byte(who))
	return h[:]
}

func seq(rows []ledger.StagedRow) iter.Seq2[ledger.StagedRow, error] {
	return func(yield func(ledger.StagedRow, error) bool) {
		for _, r := range rows {
			if !yield(r, nil) {
				return
			}
		}
	}
}

var files int

// upload imports rows as li and answers the batch number.
func (b *books) upload(fund, period string, rows ...ledger.StagedRow) int64 {
	b.t.Helper()
	no, err := b.Import(context.Background(), upload(fund, period), seq(rows))
	b.must(err)
	return no
}

func upload(fund, period string) postgres.Upload {
	files++
	return postgres.Upload{
		Fund: fund, Period: ledger.Period(period), FileName: fmt.Sprintf("清册%d.xlsx", files),
		SHA256: sha256.Sum256([]byte(fmt.Sprint(files))), Size: 4, Sealed: []byte("file"), RuleVersion: "r1", By: "li",
	}
}

// correct publishes rows that replace those of the same people in an older batch.
func (b *books) correct(old int64, fund, period string, rows ...ledger.StagedRow) int64 {
	b.t.Helper()
	u := upload(fund, period)
	u.Corrects, u.Reason = old, "面积更正"
	no, err := b.Import(b.t.Context(), u, seq(rows))
	b.must(err)
	b.explain(no)
	b.must(b.Certify(b.t.Context(), no, "zhao", "r1"))
	b.must(b.Publish(b.t.Context(), no, "zhao"))
	return no
}

// book is what a person sees of their own.
func (b *books) book(who, name string) ledger.OwnBook {
	b.t.Helper()
	own, err := b.FindOwn(b.t.Context(), token(who), name)
	b.must(err)
	book, err := b.OwnBook(b.t.Context(), own)
	b.must(err)
	return book
}

// publish takes rows the whole way, with zhao as the second person.
func (b *books) publish(fund, period string, rows ...ledger.StagedRow) int64 {
	b.t.Helper()
	no := b.upload(fund, period, rows...)
	b.explain(no)
	b.must(b.Certify(b.t.Context(), no, "zhao", "r1"))
	b.must(b.Publish(b.t.Context(), no, "zhao"))
	return no
}

// explain gives every warning of a batch a reason, if it has any.
func (b *books) explain(no int64) {
	b.t.Helper()
	_, err := b.Explain(b.t.Context(), no, "li", "已核对", ledger.FindingChoice{})
	if err != nil && ledger.KindOf(err) != ledger.KindNotFound {
		b.t.Fatal(err)
	}
}

// whole fails the test when the books do not verify.
func (b *books) whole() {
	b.t.Helper()
	found, err := b.Verify(b.t.Context(), mac)
	b.must(err)
	for _, d := range found {
		b.t.Errorf("verify: %s: %s", d.Where, d.What)
	}
}
