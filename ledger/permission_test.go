package ledger

import (
	"strings"
	"testing"
)

func TestEveryRoleAndActionHasAWord(t *testing.T) {
	for _, r := range OfficeRoles {
		if _, known := permissions[r]; !known || r.Name() == "" {
			t.Errorf("role %s: in the table %v, word %q", r, known, r.Name())
		}
	}
	if len(permissions) != len(OfficeRoles) {
		t.Errorf("the table knows %d roles, there are %d", len(permissions), len(OfficeRoles))
	}
	for _, a := range Actions {
		if a.Name() == "" || len(RolesFor(a)) == 0 {
			t.Errorf("action %s: word %q, roles %v", a, a.Name(), RolesFor(a))
		}
	}
	for r, acts := range permissions {
		for a := range acts {
			if a.Name() == "" {
				t.Errorf("role %s has an action %q that is no action", r, a)
			}
		}
	}
}

// The table as a picture: who may do what, and how far. A change of the law changes this picture.
func TestThePermissionTable(t *testing.T) {
	const want = `
batch.see        clerk own, certifier own, head all, supervisor all, auditor all, discipline all
batch.upload     clerk own
batch.takeback   clerk own
batch.certify    certifier own
batch.reject     certifier own
batch.publish    certifier own
batch.withdraw   certifier own
batch.revert     certifier own
row.see          clerk own, certifier own, auditor all, discipline all
act.ask          clerk own, certifier own
board.post       clerk own
accounts.manage  admin all
codes.manage     admin all
harvest.guard    admin all
audit.read       auditor all, discipline all
inquiry.see      duty all, handler own, head all, supervisor all, auditor all, discipline all
inquiry.watch    head all, supervisor all
inquiry.sealed   discipline all
template.keep    duty all, head all
search.care      admin all
`
	var got strings.Builder
	got.WriteByte('\n')
	for _, a := range Actions {
		var who []string
		for _, r := range RolesFor(a) {
			who = append(who, string(r)+map[Reach]string{ReachOwn: " own", ReachCounty: " all"}[permissions[r][a]])
		}
		got.WriteString((string(a) + strings.Repeat(" ", 17))[:17] + strings.Join(who, ", ") + "\n")
	}
	if got.String() != want {
		t.Errorf("the table is\n%s", got.String())
	}
}

func TestScope(t *testing.T) {
	town := Scope{Towns: Bounds{Codes: []string{"990121101"}}, Funds: Bounds{All: true}}
	section := Scope{Towns: Bounds{All: true}, Funds: Bounds{Codes: []string{"GD01"}}}
	clerk := []OfficeRole{RoleClerk}
	for name, c := range map[string]struct {
		officer Officer
		on      Subject
		says    string // empty: allowed
	}{
		"own town":                {Officer{Roles: clerk, Scope: town}, Subject{"GD01", []string{"990121101"}}, ""},
		"another town":            {Officer{Roles: clerk, Scope: town}, Subject{"GD01", []string{"990121102"}}, "990121102"},
		"own and another":         {Officer{Roles: clerk, Scope: town}, Subject{"GD01", []string{"990121101", "990121102"}}, "990121102"},
		"a village nobody knows":  {Officer{Roles: clerk, Scope: town}, Subject{"GD01", []string{""}}, "认不出是哪个乡镇"},
		"before rows are read":    {Officer{Roles: clerk, Scope: town}, Subject{Fund: "GD01"}, ""},
		"own fund":                {Officer{Roles: clerk, Scope: section}, Subject{"GD01", []string{"990121102", ""}}, ""},
		"another fund":            {Officer{Roles: clerk, Scope: section}, Subject{"DB01", nil}, "DB01"},
		"no fund named":           {Officer{Roles: clerk, Scope: section}, Subject{}, "不在其中"},
		"nothing":                 {Officer{Roles: clerk}, Subject{"GD01", nil}, "不在其中"},
		"the bureau":              {Officer{Roles: clerk, Scope: WholeCounty}, Subject{"GD01", []string{"990121102", ""}}, ""},
		"another role":            {Officer{Roles: []OfficeRole{RoleAdmin}, Scope: WholeCounty}, Subject{"GD01", nil}, "没有“经办”权限"},
		"disabled":                {Officer{Roles: clerk, Scope: WholeCounty, Disabled: true}, Subject{"GD01", nil}, "已停用"},
		"no role":                 {Officer{Scope: WholeCounty}, Subject{"GD01", nil}, "没有“经办”权限"},
		"two roles, the one does": {Officer{Roles: []OfficeRole{RoleHead, RoleClerk}, Scope: town}, Subject{"GD01", []string{"990121101"}}, ""},
	} {
		err := c.officer.MayOn(ActUpload, c.on)
		if c.says == "" && err != nil || c.says != "" && (KindOf(err) != KindDenied || !strings.Contains(err.Error(), c.says)) {
			t.Errorf("%s: %v, want %q", name, err, c.says)
		}
	}
	// An auditor sees every town whatever department pays the salary.
	if err := (Officer{Roles: []OfficeRole{RoleAuditor}, Scope: town}).MayOn(ActSeeBatches, Subject{"DB01", []string{"990121999"}}); err != nil {
		t.Error(err)
	}
}

func TestWhoNeedsASecondFactor(t *testing.T) {
	needs := ""
	for _, r := range OfficeRoles {
		if (Officer{Roles: []OfficeRole{RoleClerk, r}}).NeedsSecondFactor() {
			needs += string(r) + " "
		}
	}
	if needs != "certifier head discipline admin " {
		t.Errorf("needed by %s", needs)
	}
}

func TestAnOfficerIsCheckedBeforeBeingWritten(t *testing.T) {
	good := Officer{Login: "li.ming-2", Name: "李明", Roles: []OfficeRole{RoleClerk}}
	if field, fault := good.Fault(); field+fault != "" {
		t.Error(field, fault)
	}
	for name, spoil := range map[string]func(*Officer){
		"capitals": func(o *Officer) { o.Login = "Li" }, "one letter": func(o *Officer) { o.Login = "l" }, "a path": func(o *Officer) { o.Login = "a/b" },
		"chinese": func(o *Officer) { o.Login = "李明" }, "no name": func(o *Officer) { o.Name = " " }, "no role": func(o *Officer) { o.Roles = nil },
		"unknown role": func(o *Officer) { o.Roles = []OfficeRole{"king"} }, "long": func(o *Officer) { o.Login = strings.Repeat("a", 33) },
	} {
		o := good
		spoil(&o)
		if field, fault := o.Fault(); field == "" || fault == "" {
			t.Errorf("%s: %q %q", name, field, fault)
		}
	}
}
