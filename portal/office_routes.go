package portal

import (
	"net/http"

	"github.com/gofiber/fiber/v2"

	"mingbai/ledger"
)

// need is what a route of the office asks of whoever knocks.
type need struct {
	steps []ledger.Step // a session at one of these steps; none: anybody, without a session
	act   ledger.Action // and this permission, by the permission table

	stream bool // its form brings workbooks: see streaming
	file   int  // the most bytes of a file that its form may bring; 0: none
	long   bool // its form brings long texts, and files: see broughtTo
}

var (
	anybody   = need{}
	anyStep   = at(ledger.StepDone, ledger.StepSecondFactor, ledger.StepPassword, ledger.StepEnrol)
	anInsider = at(ledger.StepDone)
)

func at(steps ...ledger.Step) need { return need{steps: steps} }

// able is an officer inside whose roles allow the act somewhere; how far it reaches is asked of the books, with the thing
// itself in hand.
func able(act ledger.Action) need { return need{steps: anInsider.steps, act: act} }

// officeRoutes is the office's table of contents.
func (s *Server) officeRoutes() {
	form := s.formToken() // before there is a session to hold a token

	s.door(http.MethodGet, "/office/login", anybody, form, s.loginPage)
	s.door(http.MethodPost, "/office/login", anybody, form, s.login)
	s.door(http.MethodGet, "/office/link/:token", anybody, form, s.linkPage)
	s.door(http.MethodPost, "/office/link/:token", anybody, form, s.useLink)
	s.door(http.MethodPost, "/office/logout", anyStep, s.logout)

	s.door(http.MethodGet, "/office/second", at(ledger.StepSecondFactor), s.secondPage)
	s.door(http.MethodPost, "/office/second", at(ledger.StepSecondFactor), s.second)
	s.door(http.MethodGet, "/office/password", at(ledger.StepPassword, ledger.StepDone), s.passwordPage)
	s.door(http.MethodPost, "/office/password", at(ledger.StepPassword, ledger.StepDone), s.changePassword)
	s.door(http.MethodGet, "/office/enrol", at(ledger.StepEnrol, ledger.StepDone), s.enrolPage)
	s.door(http.MethodPost, "/office/enrol", at(ledger.StepEnrol, ledger.StepDone), s.enrol)

	s.door(http.MethodGet, "/office", anInsider, s.officeHome)
	s.door(http.MethodGet, "/office/account", anInsider, s.accountPage)
	s.door(http.MethodPost, "/office/account/recovery", anInsider, s.newRecovery)
	s.door(http.MethodPost, "/office/account/sessions/end", anInsider, s.endSession)
	s.door(http.MethodPost, "/office/account/sessions/others", anInsider, s.endOtherSessions)

	accounts := able(ledger.ActManageAccounts)
	s.door(http.MethodGet, "/office/officers", accounts, s.officers)
	s.door(http.MethodGet, "/office/officers/new", accounts, s.newOfficer)
	s.door(http.MethodPost, "/office/officers", accounts, s.addOfficer)
	s.door(http.MethodGet, "/office/officers/:login", accounts, s.officer)
	s.door(http.MethodPost, "/office/officers/:login", accounts, s.changeOfficer)
	s.door(http.MethodPost, "/office/officers/:login/link", accounts, s.newLink)
	s.door(http.MethodPost, "/office/officers/:login/disable", accounts, s.disableOfficer)
	s.door(http.MethodPost, "/office/officers/:login/enable", accounts, s.enableOfficer)
	s.door(http.MethodPost, "/office/officers/:login/drop-factor", accounts, s.dropFactor)
	s.door(http.MethodGet, "/office/departments", accounts, s.departments)
	s.door(http.MethodGet, "/office/departments/new", accounts, s.newDepartment)
	s.door(http.MethodPost, "/office/departments", accounts, s.saveDepartment)
	s.door(http.MethodGet, "/office/departments/:id", accounts, s.department)
	s.door(http.MethodPost, "/office/departments/:id", accounts, s.saveDepartment)

	if s.config.Intake != nil {
		s.intakeRoutes()
	}
	if s.config.Review != nil {
		s.reviewRoutes()
	}
	if s.config.Boards != nil {
		s.boardRoutes()
	}
	if s.config.Papers != nil {
		s.paperRoutes()
	}
	if s.config.Lists != nil {
		s.listRoutes()
	}
	if s.config.Desk != nil {
		s.deskRoutes()
	}
	if s.config.Trail != nil {
		s.auditRoutes()
	}
	if s.config.Search != nil {
		s.searchCareRoutes()
	}
	if s.config.Harvest.Guard != nil {
		s.guardRoutes()
	}
}

// door is the only way to make a route of the office: it cannot be made without saying who may come through.
func (s *Server) door(method, path string, n need, handlers ...fiber.Handler) {
	s.needs[method+" "+path] = n
	if n.stream || n.file > 0 || n.long {
		s.streamed = append(s.streamed, path)
	}
	s.app.Add(method, path, append([]fiber.Handler{private, s.keep(path, n)}, handlers...)...)
}

// menuEntry is a line of the office's rail. It stands there for those who may follow it.
type menuEntry struct {
	Path string
	Name string
	act  ledger.Action // empty: everybody inside
	Here bool
}

// officeMenu is the rail from top to bottom.
var officeMenu = []menuEntry{
	{Path: "/office", Name: "工作台"},
	{Path: "/office/upload", Name: "上传", act: ledger.ActUpload},
	{Path: "/office/batches", Name: "批次", act: ledger.ActSeeBatches},
	{Path: "/office/review", Name: "复核与公开", act: ledger.ActCertify},
	{Path: "/office/requests", Name: "撤回申请", act: ledger.ActAsk},
	{Path: "/office/desk", Name: "来件", act: ledger.ActSeeInquiries},
	{Path: "/office/desk/watch", Name: "督办台", act: ledger.ActWatchInquiries},
	{Path: "/office/desk/sealed", Name: "密封件", act: ledger.ActSeeSealed},
	{Path: "/office/audit", Name: "审计记录", act: ledger.ActReadAudit},
	{Path: "/office/lists", Name: "名录", act: ledger.ActManageCodes},
	{Path: "/office/calendar", Name: "放假安排", act: ledger.ActManageCodes},
	{Path: "/office/search", Name: "检索运行", act: ledger.ActCareForSearch},
	{Path: "/office/officers", Name: "账号", act: ledger.ActManageAccounts},
	{Path: "/office/departments", Name: "部门", act: ledger.ActManageAccounts},
	{Path: "/office/kiosks", Name: "查询机", act: ledger.ActGuard},
	{Path: "/office/harvest", Name: "防抓取", act: ledger.ActGuard},
	{Path: "/office/account", Name: "我的账号"},
}
