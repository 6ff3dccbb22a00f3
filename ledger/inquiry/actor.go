package inquiry

import (
	"slices"

	"mingbai/ledger"
)

// Actor is somebody in one capacity.
type Actor struct {
	Role       Role
	Login      string // of an officer; empty for the citizen and the system
	Department int64  // of an officer; 0: the bureau itself
}

// Sender acts as the citizen who holds a case's tracking code. Whoever calls it has checked the code.
var Sender = Actor{Role: Citizen}

// Clockwork acts when time has passed or something else came about.
var Clockwork = Actor{Role: System}

// As is an officer in one of the officer's own roles.
func As(o ledger.Officer, role Role) (Actor, error) {
	if !o.Has(role) {
		return Actor{}, ledger.Errorf(ledger.KindDenied, "账号“%s”没有“%s”权限", o.Login, roleName(role))
	}
	return Actor{Role: role, Login: o.Login, Department: o.Department}, nil
}

// Against are those whom a case complains of. They neither handle it nor see it.
type Against struct {
	Departments []int64
	Persons     []string // logins
}

// Hits says whether somebody is complained of, or belongs to a department that is.
func (a Against) Hits(who Actor) bool {
	return who.Login != "" && slices.Contains(a.Persons, who.Login) || a.HitsDepartment(who.Department)
}

// HitsDepartment says whether a department is complained of. The bureau itself (0) cannot be: such a case goes to discipline.
func (a Against) HitsDepartment(department int64) bool {
	return department != 0 && slices.Contains(a.Departments, department)
}

func in[T comparable](all []T, one T) bool { return slices.Contains(all, one) }
