package main

import (
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"mingbai/fixtures"
	"mingbai/fixtures/services"
	"mingbai/ledger"
	"mingbai/ledger/postgres"
	"mingbai/search"
)

// benchCounty is a county of many people on services of its own.
type benchCounty struct {
	*world
	names []string // distinct, in the order of chance
	asked []asked
}

type asked struct {
	name   string
	number ledger.IDNumber
	digits string
}

// benchPeriods are the batches of which everybody has a row.
var benchPeriods = []ledger.Period{"2024", "2025"}

func newBenchCounty(t *testing.T, people int) *benchCounty {
	t.Helper()
	c := &benchCounty{world: newOwnWorld(t)}
	c.load(people)
	return c
}

// newOwnWorld has services of its own, set up as README wishes a county's: with fsync, and for PostgreSQL's buffers a quarter of a
// machine of 8 GB. MINGBAI_BENCH_DATA keeps it for the next run.
func newOwnWorld(t testing.TB) *world {
	t.Helper()
	return ownWorldIn(t, os.Getenv("MINGBAI_BENCH_DATA"))
}

// ownWorldIn keeps it in a folder; in none, it is gone with the test.
func ownWorldIn(t testing.TB, kept string) *world {
	t.Helper()
	dir, where := cmp.Or(kept, t.TempDir()), ""
	if kept != "" {
		where = filepath.Join(kept, "services")
	}
	own, err := services.Start(t.Context(), services.Options{Dir: where, Buffers: "2GB"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = own.Stop() })
	w := &world{t: t, dir: dir, url: own.DatabaseURL(), meil: own.MeiliURL(), key: own.MeiliKey()}
	w.must(postgres.Migrate(t.Context(), w.url))
	w.db, err = postgres.Open(t.Context(), w.url, fixtures.County, postgres.Options{})
	w.must(err)
	t.Cleanup(w.db.Close)
	if path := filepath.Join(dir, "keys.json"); !exists(path) {
		w.must(os.WriteFile(path, ledger.NewKeyFile(), 0o600))
	}
	return w
}

// founded gives empty books the code lists and officers li and wang; false when they have them, from an earlier run.
func (w *world) founded() bool {
	w.t.Helper()
	held, err := w.db.Regions(w.t.Context())
	w.must(err)
	if len(held) > 0 {
		return false
	}
	s := &streams{ctx: context.Background(), out: io.Discard, err: io.Discard}
	w.must(saveCodes(s, w.db, codeLists{fixtures.Regions(), fixtures.Funds()}))
	for login, role := range map[string]ledger.OfficeRole{"li": ledger.RoleClerk, "wang": ledger.RoleCertifier} {
		w.must(w.db.SaveOfficer(s.ctx, console, ledger.Officer{Login: login, Name: login, Roles: []ledger.OfficeRole{role}}))
	}
	return true
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// load makes the people; what the books hold already is not loaded again.
func (c *benchCounty) load(people int) {
	c.t.Helper()
	keys := c.keys()
	rng := rand.New(rand.NewPCG(5, uint64(people)))
	everybody, seen, taken := make([]fixtures.Person, people), map[string]bool{}, map[string]bool{}
	for i := range everybody {
		for everybody[i] = fixtures.NewPerson(rng); taken[everybody[i].ID]; {
			everybody[i] = fixtures.NewPerson(rng)
		}
		p := everybody[i]
		taken[p.ID] = true
		if !seen[p.Name] {
			seen[p.Name] = true
			c.names = append(c.names, p.Name)
		}
	}
	rng.Shuffle(len(c.names), func(i, j int) { c.names[i], c.names[j] = c.names[j], c.names[i] })
	for _, i := range rng.Perm(people)[:min(people, 20_000)] {
		number, _ := ledger.ParseID(everybody[i].ID)
		c.asked = append(c.asked, asked{everybody[i].Name, number, everybody[i].ID})
	}
	if !c.founded() {
		return
	}
	var villages []ledger.Region
	for _, r := range fixtures.Regions() {
		if ledger.LevelOf(r.Code) == ledger.LevelVillage {
			villages = append(villages, r)
		}
	}
	for _, period := range benchPeriods {
		upload := postgres.Upload{
			Fund: "GD01", Period: period, FileName: "f.xlsx", SHA256: sha256.Sum256([]byte(period)), Sealed: []byte("f"), RuleVersion: "r", By: "li",
		}
		no, err := c.db.Import(c.t.Context(), upload, func(yield func(ledger.StagedRow, error) bool) {
			for i, p := range everybody {
				number, _ := ledger.ParseID(p.ID)
				v := villages[i%len(villages)]
				row := ledger.StagedRow{
					Row: ledger.Row{
						Line: i + 1, Sheet: "s", SheetRow: i + 4, Village: v.Name, Group: fmt.Sprint(i%12 + 1),
						Basis: 124000, BasisUnit: "亩", Standard: 839400, Amount: 104086, Status: ledger.Paid,
					},
					VillageCode: v.Code,
					People: map[ledger.Role]ledger.StagedParty{
						ledger.Householder: {Name: p.Name, Forms: search.Forms(p.Name), Token: keys.Token(number), Sealed: []byte("sealed")},
					},
				}
				if !yield(row, nil) {
					return
				}
			}
		})
		c.must(err)
		c.must(c.db.Certify(c.t.Context(), no, "wang", "r"))
		c.must(c.db.Publish(c.t.Context(), no, "wang"))
		c.t.Logf("published %d rows of %s", people, period)
	}
	engine := c.engine()
	c.must(engine.Reindex(c.t.Context(), nil))
	_, err := engine.Drain(c.t.Context())
	c.must(err)
}
