package ledger

import (
	"fmt"
	"strings"
	"time"
)

// DepartmentKind is what sort of office a department is.
type DepartmentKind string

// Kinds of departments.
const (
	Section DepartmentKind = "section" // 股室: answers for the funds that name it, and those listed
	Town    DepartmentKind = "town"    // 乡镇财政所: answers for its towns
	Unit    DepartmentKind = "unit"    // 单位: answers for the funds listed
)

// DepartmentKinds are all kinds in the order of pages.
var DepartmentKinds = []DepartmentKind{Section, Town, Unit}

var departmentKindNames = map[DepartmentKind]string{Section: "股室", Town: "乡镇财政所", Unit: "单位"}

// Name is the kind's word on pages.
func (k DepartmentKind) Name() string { return departmentKindNames[k] }

// Department is where officers belong.
type Department struct {
	ID       int64
	Name     string
	Kind     DepartmentKind
	Towns    []string // 9-digit codes; of a town's office
	Funds    []string // codes; of a section or unit
	Officers int      // how many enabled officers belong to it
}

// Fault says what keeps a department from being written into the books, and in which field; both empty when nothing does.
func (d Department) Fault() (field, message string) {
	switch {
	case strings.TrimSpace(d.Name) == "":
		return "name", "请写部门名称"
	case d.Kind.Name() == "":
		return "kind", "请选择部门类别"
	case d.Kind == Town && len(d.Towns) == 0:
		return "towns", "乡镇财政所要选它管的乡镇"
	}
	return "", ""
}

// Account is an officer as the one who manages accounts sees them.
type Account struct {
	Officer
	HasPassword     bool
	HasSecondFactor bool
	MustChange      bool      // the password was set by somebody else
	Seen            time.Time // last time in the office; zero for never
}

// Step is what stands between a session and the office.
type Step uint8

// Steps in the order in which they are asked for.
const (
	StepDone         Step = iota // nothing: the office is open
	StepSecondFactor             // the password was right, the second factor is missing
	StepPassword                 // the password was set by somebody else and must be changed
	StepEnrol                    // a role needs a second factor and there is none yet
)

// Session is one browser's stay in the office.
type Session struct {
	No      int64 // names it on pages; it opens nothing
	Officer Officer
	Device  string // Windows · Chrome: no address, no more of the browser's own words
	Began   time.Time
	Seen    time.Time
	Step    Step

	HasSecondFactor bool
	RecoveryLeft    int // unused recovery codes
}

// Visitor is who knocks at the office's door.
type Visitor struct {
	Address string // for slowing down only; kept no longer than a day, and only as a keyed hash
	Device  string // the secret of a browser that has been let in before; may be empty
	Label   string // coarse words for the list of sessions
}

// Entry is what a browser that is let in gets to keep.
type Entry struct {
	Token  string // of the session
	Device string // of the browser
}

// ErrWrongPassword answers somebody inside who does not know the password of the open session.
var ErrWrongPassword = Errorf(KindInvalid, "现在的密码不对，请再填一次。")

// SealedTOTPPlace is where an officer's second factor lives.
func SealedTOTPPlace(login string) string { return fmt.Sprintf("officer:%s:totp_sealed", login) }
