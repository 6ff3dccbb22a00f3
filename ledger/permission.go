package ledger

import "slices"

// Action is something that officers do.
type Action string

// Actions in the office.
const (
	ActSeeBatches     Action = "batch.see"
	ActUpload         Action = "batch.upload" // corrections too: they are uploads that name an older batch
	ActTakeBack       Action = "batch.takeback"
	ActCertify        Action = "batch.certify"
	ActReject         Action = "batch.reject"
	ActPublish        Action = "batch.publish"
	ActWithdraw       Action = "batch.withdraw"
	ActRevert         Action = "batch.revert"
	ActSeeRows        Action = "row.see" // by name, one by one; each page is audited
	ActAsk            Action = "act.ask" // for a withdrawal or a revival, which another officer then decides
	ActPostNotice     Action = "board.post"
	ActManageAccounts Action = "accounts.manage"
	ActManageCodes    Action = "codes.manage"
	ActGuard          Action = "harvest.guard"
	ActReadAudit      Action = "audit.read"
	ActSeeSealed      Action = "inquiry.sealed"
	ActSeeInquiries   Action = "inquiry.see" // which ones, and what may be done to each, is the law of package inquiry
	ActKeepTemplates  Action = "template.keep"
	ActWatchInquiries Action = "inquiry.watch"
	ActCareForSearch  Action = "search.care"
)

// Actions are all actions in the order of pages.
var Actions = []Action{
	ActSeeBatches, ActUpload, ActTakeBack, ActCertify, ActReject, ActPublish, ActWithdraw, ActRevert,
	ActSeeRows, ActAsk, ActPostNotice, ActManageAccounts, ActManageCodes, ActGuard, ActReadAudit,
	ActSeeInquiries, ActWatchInquiries, ActSeeSealed, ActKeepTemplates, ActCareForSearch,
}

var actionNames = map[Action]string{
	ActSeeBatches: "看批次", ActUpload: "上传清册和更正", ActTakeBack: "收回自己上传的批次", ActCertify: "复核批次", ActReject: "退回批次",
	ActPublish: "公开批次", ActWithdraw: "撤回公开的批次", ActRevert: "恢复撤回的批次",
	ActSeeRows: "逐行看已公开的名单", ActAsk: "申请撤回或恢复",
	ActPostNotice:     "登记公示榜的张贴和撤下",
	ActManageAccounts: "管理账号和部门", ActManageCodes: "管理名录", ActGuard: "管理查询机和防抓取", ActReadAudit: "看审计记录",
	ActSeeInquiries: "办理来件", ActWatchInquiries: "看督办台", ActSeeSealed: "办理移送纪检的来件", ActKeepTemplates: "管理答复模板", ActCareForSearch: "照看检索",
}

// Name is the action's word on pages.
func (a Action) Name() string { return actionNames[a] }

// Reach is how far a role carries an action.
type Reach uint8

// Reaches, each holding the one before.
const (
	ReachNone   Reach = iota
	ReachOwn          // what the officer's department answers for: its towns, its funds
	ReachCounty       // everything
)

// permissions is the whole law of the office: role × action × reach. What is not here is refused. Every door asks it: the
// portal for each route, the books for each act.
var permissions = map[OfficeRole]map[Action]Reach{
	RoleClerk: {
		ActSeeBatches: ReachOwn, ActUpload: ReachOwn, ActTakeBack: ReachOwn, ActSeeRows: ReachOwn, ActAsk: ReachOwn, ActPostNotice: ReachOwn,
	},
	RoleCertifier: {
		ActSeeBatches: ReachOwn, ActCertify: ReachOwn, ActReject: ReachOwn, ActPublish: ReachOwn, ActWithdraw: ReachOwn, ActRevert: ReachOwn,
		ActSeeRows: ReachOwn, ActAsk: ReachOwn,
	},
	RoleDuty:       {ActSeeInquiries: ReachCounty, ActKeepTemplates: ReachCounty},
	RoleHandler:    {ActSeeInquiries: ReachOwn},
	RoleHead:       {ActSeeBatches: ReachCounty, ActSeeInquiries: ReachCounty, ActKeepTemplates: ReachCounty, ActWatchInquiries: ReachCounty},
	RoleSupervisor: {ActSeeBatches: ReachCounty, ActSeeInquiries: ReachCounty, ActWatchInquiries: ReachCounty},
	RoleAuditor:    {ActSeeBatches: ReachCounty, ActSeeRows: ReachCounty, ActReadAudit: ReachCounty, ActSeeInquiries: ReachCounty},
	RoleDiscipline: {ActSeeBatches: ReachCounty, ActSeeRows: ReachCounty, ActReadAudit: ReachCounty, ActSeeInquiries: ReachCounty, ActSeeSealed: ReachCounty},
	RoleAdmin:      {ActManageAccounts: ReachCounty, ActManageCodes: ReachCounty, ActGuard: ReachCounty, ActCareForSearch: ReachCounty},
}

// ReachOf is how far the officer's roles carry an action; none for a disabled officer.
func (o Officer) ReachOf(a Action) Reach {
	reach := ReachNone
	for _, r := range o.Roles {
		if !o.Disabled {
			reach = max(reach, permissions[r][a])
		}
	}
	return reach
}

// May says whether the officer may do it anywhere at all.
func (o Officer) May(a Action) bool { return o.ReachOf(a) > ReachNone }

// Bounds are the towns, or the funds, that somebody is bound to. The zero value lets nothing through.
type Bounds struct {
	All   bool
	Codes []string
}

// Hold says whether a code lies within. An empty code lies only within All: what has no place is in nobody's town.
func (b Bounds) Hold(code string) bool { return b.All || code != "" && slices.Contains(b.Codes, code) }

// Scope is what a department answers for. The zero value is nothing.
type Scope struct {
	Towns Bounds // 9-digit codes
	Funds Bounds
}

// WholeCounty is the scope of an officer of the bureau itself.
var WholeCounty = Scope{Towns: Bounds{All: true}, Funds: Bounds{All: true}}

// Subject is what an act is about.
type Subject struct {
	Fund  string
	Towns []string // of its rows; "" for a row whose village is not in the code list
}

// MayOn says whether the officer may do it to this very thing, or who may, for a message.
func (o Officer) MayOn(a Action, on Subject) error {
	reach := o.ReachOf(a)
	switch {
	case o.Disabled:
		return Errorf(KindDenied, "账号“%s”已停用", o.Login)
	case reach == ReachNone:
		return Errorf(KindDenied, "账号“%s”没有“%s”权限", o.Login, namesOf(RolesFor(a), "”或“"))
	case reach == ReachCounty:
		return nil
	case !o.Scope.Funds.Hold(on.Fund):
		return &Error{Kind: KindDenied, Rule: RuleScope, Message: "账号“" + o.Login + "”只管“" + o.Place + "”的项目，项目“" + on.Fund + "”不在其中"}
	}
	for _, town := range on.Towns {
		if o.Scope.Towns.Hold(town) {
			continue
		}
		what := "其中有" + town + "的行"
		if town == "" {
			what = "其中有认不出是哪个乡镇的行：村名不在名录上，或者这类表不分乡镇"
		}
		return &Error{Kind: KindDenied, Rule: RuleScope, Message: "账号“" + o.Login + "”只管“" + o.Place + "”，" + what}
	}
	return nil
}

// RuleScope marks refusals of what lies outside an officer's scope; each is written into the audit log.
const RuleScope = "ACC-01"

// RolesFor are the roles that an action takes.
func RolesFor(a Action) []OfficeRole {
	var roles []OfficeRole
	for _, r := range OfficeRoles {
		if permissions[r][a] > ReachNone {
			roles = append(roles, r)
		}
	}
	return roles
}
