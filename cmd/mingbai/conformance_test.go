package main

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"testing"

	"mingbai/ledger"
	"mingbai/ledger/postgres"
	"mingbai/search"
	"mingbai/search/searchtest"
)

// The books answer searches by the same definitions as the index: the suite that package search runs against Meilisearch
// runs here against PostgreSQL.
func TestTheBooksAnswerAsTheIndexDoes(t *testing.T) {
	w := newWorld(t)
	searchtest.Conformance(t, func(t *testing.T, people []searchtest.Person) (searchtest.Finder, []ledger.PersonRef) {
		lists := codeLists{Regions: []ledger.Region{{Code: "990121001", Parent: "990121", Name: "甲镇"}, {Code: "990121002", Parent: "990121", Name: "乙镇"}}}
		funds := map[string]ledger.Disclosure{"SELF": ledger.DiscloseSelf}
		for _, p := range people {
			if p.VillageCode != "" {
				lists.Regions = append(lists.Regions, ledger.Region{Code: p.VillageCode, Parent: p.VillageCode[:9], Name: p.VillageName})
			}
			for _, f := range p.Funds {
				funds[f] = ledger.DisclosePublic
			}
		}
		slices.SortFunc(lists.Regions, func(a, b ledger.Region) int { return strings.Compare(a.Code, b.Code) })
		lists.Regions = slices.CompactFunc(lists.Regions, func(a, b ledger.Region) bool { return a.Code == b.Code })
		for code, policy := range funds {
			lists.Funds = append(lists.Funds, ledger.Fund{Code: code, Name: code, Kind: ledger.Subsidy, Disclosure: policy})
		}
		w.must(saveCodes(&streams{ctx: t.Context(), out: &w.log, err: &w.log}, w.db, lists))
		w.publishPeople(people)
		refs := make([]ledger.PersonRef, len(people))
		for i, p := range people {
			var ref string
			w.must(w.sql().QueryRow(t.Context(), `select ref from person where who = $1 and name_key = $2`,
				p.Token, search.Normalise(p.Name)).Scan(&ref))
			refs[i] = ledger.PersonRef{Person: ref, Village: p.VillageCode}
		}
		return w.db, refs
	})
}

// publishPeople makes a batch per fund and year of the people in it. One person may stand in two villages, which one batch
// may not hold twice: the second village goes into another period.
func (w *world) publishPeople(people []searchtest.Person) {
	w.t.Helper()
	type key struct {
		fund   string
		period ledger.Period
	}
	batches := map[key][]ledger.StagedRow{}
	seen := map[string]bool{}
	for _, p := range people {
		paid := p.Paid()
		if len(paid) == 0 {
			paid = []ledger.FundInYear{{Fund: "SELF", Year: 2025}}
		}
		for _, f := range paid {
			k := key{f.Fund, ledger.Period(fmt.Sprint(f.Year))}
			for month := 1; seen[fmt.Sprint(k, p.Token)]; month++ {
				k.period = ledger.Period(fmt.Sprintf("%d-%02d", f.Year, month))
			}
			seen[fmt.Sprint(k, p.Token)] = true
			n := len(batches[k]) + 1
			batches[k] = append(batches[k], ledger.StagedRow{
				Row:         ledger.Row{Line: n, Sheet: "s", SheetRow: n, Village: p.VillageName, Amount: 100},
				VillageCode: p.VillageCode,
				People: map[ledger.Role]ledger.StagedParty{
					ledger.Householder: {Name: p.Name, Forms: search.Forms(p.Name), Token: p.Token, Sealed: []byte("sealed")},
				},
			})
		}
	}
	for k, rows := range batches {
		upload := postgres.Upload{
			Fund: k.fund, Period: k.period, FileName: "f", SHA256: sha256.Sum256([]byte(fmt.Sprint(k))), Sealed: []byte("f"), RuleVersion: "r", By: "li",
		}
		no, err := w.db.Import(w.t.Context(), upload, func(yield func(ledger.StagedRow, error) bool) {
			for _, r := range rows {
				if !yield(r, nil) {
					return
				}
			}
		})
		w.must(err)
		w.must(w.db.Certify(w.t.Context(), no, "wang", "r"))
		w.must(w.db.Publish(w.t.Context(), no, "wang"))
	}
}
