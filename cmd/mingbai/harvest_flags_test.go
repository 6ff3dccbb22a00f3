package main

import (
	"strings"
	"testing"

	"mingbai/ledger"
	"mingbai/portal/budget"
)

func TestBudgetsAreReadFromFlags(t *testing.T) {
	t.Parallel()
	f := harvestFlags{NameSearch: "full-name", NamePages: 3, Budget: map[string]string{"address": "1/2/3/4", "total": "10/20/30/40"}}
	h, err := f.harvest(nil)
	if err != nil || h.NameSearch != "full-name" || h.Pages != 3 ||
		h.Budgets.Address != (budget.Rule{Hour: budget.Level{Free: 1, Most: 2}, Day: budget.Level{Free: 3, Most: 4}}) || h.Budgets.Device != (budget.Rule{}) {
		t.Errorf("%+v, %v", h, err)
	}
	for _, wrong := range []string{"", "1/2/3", "1/2/3/4/5", "1/2/3/4 ", "a/b/c/d", "0/2/3/4", "2/1/3/4", "2/3/1/4", "1/2/4/3", "-1/2/3/4"} {
		f.Budget = map[string]string{"device": wrong}
		if _, err := f.harvest(nil); ledger.KindOf(err) != ledger.KindInvalid || !strings.Contains(err.Error(), "device") {
			t.Errorf("%q: %v", wrong, err)
		}
	}
	f.Budget = map[string]string{"village": "1/2/3/4"}
	if _, err := f.harvest(nil); ledger.KindOf(err) != ledger.KindInvalid {
		t.Errorf("an unknown visitor: %v", err)
	}
}
