package main

import (
	"fmt"

	"mingbai/ledger"
	"mingbai/portal"
	"mingbai/portal/budget"
)

// harvestFlags are how much of the lists is shown to one visitor. docs/防抓取.md tells how to choose.
type harvestFlags struct {
	NameSearch string            `help:"按姓名查要写多少：two-characters 至少两个字，full-name 要写全名" default:"two-characters" enum:"two-characters,full-name"`
	NamePages  int               `help:"没有写明村的名单最多翻几页" default:"5"`
	Budget     map[string]string `help:"看名单的限额（人数）：device、address、kiosk、total 各是 一小时不用核对/一小时最多/一天不用核对/一天最多，如 address=1200/3000/3000/6000" placeholder:"WHO=H/H/D/D"`
}

func (f *harvestFlags) harvest(guard portal.Guard) (h portal.Harvest, err error) {
	h = portal.Harvest{NameSearch: f.NameSearch, Pages: f.NamePages, Guard: guard}
	for who, text := range f.Budget {
		rule := map[string]*budget.Rule{
			"device": &h.Budgets.Device, "address": &h.Budgets.Address, "kiosk": &h.Budgets.Kiosk, "total": &h.Budgets.Total,
		}[who]
		if rule == nil {
			return h, ledger.Errorf(ledger.KindInvalid, "--budget：没有“%s”，只有 device、address、kiosk、total", who)
		}
		n, err := fmt.Sscanf(text, "%d/%d/%d/%d", &rule.Hour.Free, &rule.Hour.Most, &rule.Day.Free, &rule.Day.Most)
		if err != nil || n != 4 || fmt.Sprintf("%d/%d/%d/%d", rule.Hour.Free, rule.Hour.Most, rule.Day.Free, rule.Day.Most) != text ||
			rule.Hour.Free < 1 || rule.Hour.Free > rule.Hour.Most || rule.Day.Free < rule.Hour.Free || rule.Day.Free > rule.Day.Most {
			return h, ledger.Errorf(ledger.KindInvalid, "--budget %s：“%s”不对，应是四个数，如 1200/3000/3000/6000，不用核对的不大于最多的", who, text)
		}
	}
	return h, nil
}
