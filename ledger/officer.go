package ledger

// OfficeRole is what an officer may do.
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

// Officer is a person with an account in the office.
type Officer struct {
	Login    string
	Name     string
	Roles    []OfficeRole
	Disabled bool
}

// Has says whether an enabled officer holds a role.
func (o Officer) Has(role OfficeRole) bool {
	for _, r := range o.Roles {
		if r == role {
			return !o.Disabled
		}
	}
	return false
}

var officeRoleNames = map[OfficeRole]string{
	RoleClerk: "经办", RoleCertifier: "复核", RoleDuty: "值班", RoleHandler: "承办", RoleHead: "审核",
	RoleSupervisor: "督查", RoleAuditor: "审计", RoleDiscipline: "纪检", RoleAdmin: "管理",
}

// Name is the role's word in messages.
func (r OfficeRole) Name() string { return officeRoleNames[r] }

// Valid says whether there is such a role.
func (r OfficeRole) Valid() bool { return officeRoleNames[r] != "" }
