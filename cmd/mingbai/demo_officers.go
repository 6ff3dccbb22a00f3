package main

import (
	"errors"
	"net"

	"mingbai/fixtures"
	"mingbai/ledger"
	"mingbai/ledger/account"
	"mingbai/ledger/postgres"
)

// Demo officers: two to upload and certify, because nobody certifies their own upload; one to manage accounts; a clerk who
// answers for one town only; and those of the inquiry desk.
const (
	demoClerk     = "demo-clerk"
	demoCertifier = "demo-certifier"
	demoAdmin     = "demo-admin"
	demoTown      = "demo-town"

	// The inquiry desk: two to register, a town's office to answer, two heads (who reopens gets the other), discipline.
	demoDuty1      = "demo-duty1"
	demoDuty2      = "demo-duty2"
	demoHandler    = "demo-handler"
	demoHead1      = "demo-head1"
	demoHead2      = "demo-head2"
	demoDiscipline = "demo-discipline"
)

// demoOfficers makes the demo's officers where they lack, and for each that has none a random password, told at once: a demo
// killed a moment later has not swallowed it.
func demoOfficers(s *streams, db *postgres.DB, keys *ledger.Keyring) (fresh bool, err error) {
	a, err := postgres.NewAccounts(db, keys, postgres.AccountOptions{})
	if err != nil {
		return false, err
	}
	for _, o := range []ledger.Officer{
		{Login: demoClerk, Name: "示例经办", Roles: []ledger.OfficeRole{ledger.RoleClerk}},
		{Login: demoCertifier, Name: "示例复核", Roles: []ledger.OfficeRole{ledger.RoleCertifier}},
		{Login: demoAdmin, Name: "示例管理", Roles: []ledger.OfficeRole{ledger.RoleAdmin}},
		{Login: demoTown, Name: "示例乡镇经办", Roles: []ledger.OfficeRole{ledger.RoleClerk}},
		{Login: demoDuty1, Name: "示例值班甲", Roles: []ledger.OfficeRole{ledger.RoleDuty}},
		{Login: demoDuty2, Name: "示例值班乙", Roles: []ledger.OfficeRole{ledger.RoleDuty}},
		{Login: demoHandler, Name: "示例承办", Roles: []ledger.OfficeRole{ledger.RoleHandler}},
		{Login: demoHead1, Name: "示例审核甲", Roles: []ledger.OfficeRole{ledger.RoleHead}},
		{Login: demoHead2, Name: "示例审核乙", Roles: []ledger.OfficeRole{ledger.RoleHead}},
		{Login: demoDiscipline, Name: "示例纪检", Roles: []ledger.OfficeRole{ledger.RoleDiscipline}},
	} {
		acc, err := a.Account(s.ctx, o.Login)
		if err != nil && ledger.KindOf(err) != ledger.KindNotFound {
			return fresh, err
		}
		if acc.HasPassword {
			continue
		}
		if !fresh {
			s.say("  办公账号（密码随机生成，只显示这一次）：")
		}
		fresh = true
		if o.Login == demoTown || o.Login == demoHandler {
			if o.Department, err = demoDepartment(s, a); err != nil {
				return fresh, err
			}
		}
		if err := demoWayIn(s, a, o); err != nil {
			return fresh, err
		}
	}
	return fresh, nil
}

// demoDepartment is the finance office of the county's first town.
func demoDepartment(s *streams, a *postgres.Accounts) (int64, error) {
	for _, r := range fixtures.Regions() {
		if ledger.LevelOf(r.Code) == ledger.LevelTown {
			name := r.Name + "财政所"
			if id, err := departmentByName(s, a, name); err == nil {
				return id, nil
			}
			return a.SaveDepartment(s.ctx, console, ledger.Department{Name: name, Kind: ledger.Town, Towns: []string{r.Code}})
		}
	}
	return 0, errors.New("the sample county has no town")
}

// demoWayIn makes an officer with a password and, where a role needs one, a second factor, and tells both.
func demoWayIn(s *streams, a *postgres.Accounts, o ledger.Officer) error {
	if err := a.SaveOfficer(s.ctx, console, o); err != nil {
		return err
	}
	uri := ""
	if o.NeedsSecondFactor() {
		secret, err := a.GiveSecondFactor(s.ctx, console, o.Login)
		if err != nil {
			return err
		}
		if uri, err = account.KeyURI("明白账示例", o.Login, secret); err != nil {
			return err
		}
	}
	password := randomPassword()
	if err := a.SetPassword(s.ctx, console, o.Login, password, false); err != nil {
		return err
	}
	s.say("    %-15s %s  %s", o.Login, password, o.RoleNames())
	if uri != "" {
		s.say("    %-15s 两步验证，加到任何 TOTP 验证器：%s", "", uri)
	}
	return nil
}

// randomPassword is 80 bits in groups that can be typed from a screen.
func randomPassword() string {
	for {
		p := account.Readable(4) + "-" + account.Readable(4) + "-" + account.Readable(4) + "-" + account.Readable(4)
		if account.Fault(p, "") == "" {
			return p
		}
	}
}

func tellOffice(s *streams, addr net.Addr, fresh bool) {
	if fresh {
		s.say("办公页面：http://%s/office，账号和密码在上面", addr)
		return
	}
	s.say("办公页面：http://%s/office，密码在第一次启动时显示过；忘了就另开一个终端运行 mingbai user passwd %s", addr, demoClerk)
}
