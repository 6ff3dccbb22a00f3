package ledger

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// OfficeRole is what an officer may do: see permission.go.
type OfficeRole string

// Roles in the office.
const (
	RoleClerk      OfficeRole = "clerk"      // 经办: uploads and mends
	RoleCertifier  OfficeRole = "certifier"  // 复核: certifies, publishes, withdraws
	RoleDuty       OfficeRole = "duty"       // 值班
	RoleHandler    OfficeRole = "handler"    // 承办
	RoleHead       OfficeRole = "head"       // 审核
	RoleSupervisor OfficeRole = "supervisor" // 督查
	RoleAuditor    OfficeRole = "auditor"    // 审计
	RoleDiscipline OfficeRole = "discipline" // 纪检
	RoleAdmin      OfficeRole = "admin"
)

// OfficeRoles are all roles in the order of pages.
var OfficeRoles = []OfficeRole{
	RoleClerk, RoleCertifier, RoleDuty, RoleHandler, RoleHead, RoleSupervisor, RoleAuditor, RoleDiscipline, RoleAdmin,
}

var officeRoleNames = map[OfficeRole]string{
	RoleClerk: "经办", RoleCertifier: "复核", RoleDuty: "值班", RoleHandler: "承办", RoleHead: "审核",
	RoleSupervisor: "督查", RoleAuditor: "审计", RoleDiscipline: "纪检", RoleAdmin: "管理",
}

// Name is the role's word in messages.
func (r OfficeRole) Name() string { return officeRoleNames[r] }

// Valid says whether there is such a role.
func (r OfficeRole) Valid() bool { return officeRoleNames[r] != "" }

// NeedsSecondFactor says whether a password alone does not let the role in.
func (r OfficeRole) NeedsSecondFactor() bool {
	return r == RoleCertifier || r == RoleHead || r == RoleDiscipline || r == RoleAdmin
}

// Officer is a person with an account in the office.
type Officer struct {
	Login      string
	Name       string
	Roles      []OfficeRole
	Disabled   bool
	Department int64  // 0: of the bureau itself, bound to no town and no fund
	Scope      Scope  // what the department answers for; read with the officer, never written with it
	Place      string // the department's name
}

// Has says whether an enabled officer holds a role.
func (o Officer) Has(role OfficeRole) bool { return !o.Disabled && slices.Contains(o.Roles, role) }

// NeedsSecondFactor says whether any of the officer's roles does.
func (o Officer) NeedsSecondFactor() bool {
	return slices.ContainsFunc(o.Roles, OfficeRole.NeedsSecondFactor)
}

// RoleNames are the officer's roles in words: 经办、复核.
func (o Officer) RoleNames() string { return namesOf(o.Roles, "、") }

func namesOf(roles []OfficeRole, between string) string {
	names := make([]string, len(roles))
	for i, r := range roles {
		names[i] = r.Name()
	}
	return strings.Join(names, between)
}

var loginShape = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{1,31}$`)

// Fault says what keeps an officer from being written into the books, and in which field; both empty when nothing does.
func (o Officer) Fault() (field, message string) {
	switch {
	case !loginShape.MatchString(o.Login):
		return "login", fmt.Sprintf("账号“%s”不合要求：用2到32个小写字母或数字，中间可以有点和横线", o.Login)
	case strings.TrimSpace(o.Name) == "" || len([]rune(o.Name)) > 40:
		return "name", fmt.Sprintf("账号“%s”要写姓名，最多40个字", o.Login)
	case len(o.Roles) == 0:
		return "roles", fmt.Sprintf("账号“%s”至少要有一种权限", o.Login)
	}
	for _, r := range o.Roles {
		if !r.Valid() {
			return "roles", fmt.Sprintf("没有“%s”这种权限", r)
		}
	}
	return "", ""
}
