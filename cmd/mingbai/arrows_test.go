package main

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"
)

// arrows are the imports that each package may have of ours. A package that is not here may not exist.
var arrows = map[string][]string{
	"mingbai/ledger":                     {},
	"mingbai/ledger/account":             {"mingbai/ledger"},
	"mingbai/ledger/enclosure":           {"mingbai/ledger"},
	"mingbai/ledger/inquiry":             {"mingbai/ledger", "mingbai/ledger/workday"},
	"mingbai/ledger/inquiry/inquirytest": {"mingbai/ledger", "mingbai/ledger/inquiry", "mingbai/ledger/workday"},
	"mingbai/ledger/workday":             {"mingbai/ledger"},
	"mingbai/ledger/postgres":            {"mingbai/ledger", "mingbai/ledger/account", "mingbai/ledger/enclosure", "mingbai/ledger/inquiry", "mingbai/ledger/workday"},
	"mingbai/ledger/postgres/testdb":     {"mingbai/ledger/postgres", "mingbai/fixtures/services"},
	"mingbai/ingest":                     {"mingbai/ledger", "mingbai/ingest/sheet"},
	"mingbai/ingest/apart":               {"mingbai/ledger", "mingbai/ingest"},
	"mingbai/ingest/sheet":               {},
	"mingbai/ingest/sheet/sheettest":     {"mingbai/ingest/sheet"},
	"mingbai/search":                     {"mingbai/ledger"},
	"mingbai/search/query":               {"mingbai/ledger", "mingbai/search"},
	"mingbai/search/searchtest":          {"mingbai/ledger", "mingbai/search"},
	"mingbai/fixtures":                   {"mingbai/ledger"},
	"mingbai/fixtures/services":          {},
	"mingbai/templates":                  {},
	"mingbai/portal/apitest":             {},
	"mingbai/portal":                     {"mingbai/ledger", "mingbai/ledger/account", "mingbai/ledger/enclosure", "mingbai/ledger/inquiry", "mingbai/ledger/workday", "mingbai/portal/budget", "mingbai/ingest", "mingbai/search", "mingbai/search/query", "mingbai/templates"},
	"mingbai/portal/budget":              {"mingbai/ledger"},
}

// owners are the only packages that may import a module.
var owners = map[string][]string{
	"github.com/gofiber/":         {"mingbai/portal"},
	"github.com/jackc/pgx/":       {"mingbai/ledger/postgres", "mingbai/ledger/postgres/testdb"},
	"github.com/riverqueue/":      {"mingbai/ledger/postgres"},
	"github.com/meilisearch/":     {"mingbai/search"},
	"github.com/xuri/excelize/":   {"mingbai/ingest/sheet", "mingbai/ingest/sheet/sheettest"},
	"database/sql":                {"mingbai/ledger/postgres", "mingbai/ledger/postgres/testdb"},
	"github.com/mozillazg/":       {"mingbai/search"},
	"github.com/longbridgeapp/":   {"mingbai/search"},
	"github.com/alecthomas/kong":  {"mingbai/cmd/mingbai"},
	"github.com/alexedwards/":     {"mingbai/ledger/account"},
	"github.com/pquerna/otp":      {"mingbai/ledger/account"},
	"github.com/santhosh-tekuri/": {"mingbai/portal/apitest"},
	"github.com/skip2/":           {"mingbai/portal"},
	"github.com/altcha-org/":      {"mingbai/portal"},
	"github.com/mojocn/":          {"mingbai/portal"},
}

// The books' language and the law of the desk stand on nothing but the standard library.
var bottom = []string{"mingbai/ledger", "mingbai/ledger/enclosure", "mingbai/ledger/inquiry", "mingbai/ledger/workday"}

func TestArrows(t *testing.T) {
	all, err := packages.Load(&packages.Config{Mode: packages.NeedName | packages.NeedImports, Dir: "../.."}, "./...")
	if err != nil || len(all) < 8 {
		t.Fatalf("%d packages, %v", len(all), err)
	}
	for _, p := range all {
		allowed, known := arrows[p.PkgPath]
		if !known && p.PkgPath != "mingbai/cmd/mingbai" {
			t.Errorf("%s: a package without a place in the house", p.PkgPath)
			continue
		}
		for path := range p.Imports {
			if ours := strings.HasPrefix(path, "mingbai/"); ours && known && !slices.Contains(allowed, path) {
				t.Errorf("%s must not import %s", p.PkgPath, path)
			} else if !ours && slices.Contains(bottom, p.PkgPath) && strings.Contains(path, ".") {
				t.Errorf("%s must not import %s: standard library only", p.PkgPath, path)
			}
			for prefix, owner := range owners {
				if strings.HasPrefix(path, prefix) && !slices.Contains(owner, p.PkgPath) {
					t.Errorf("%s must not import %s: that belongs to %v", p.PkgPath, path, owner)
				}
			}
		}
	}
}
