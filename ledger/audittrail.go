package ledger

import (
	"strings"
	"time"
)

// AuditQuery chooses lines of the audit log. Zero fields choose everything.
type AuditQuery struct {
	From, Until time.Time // dates in Shanghai, both in it
	Actor       string    // a login
	Action      string
	Object      string // or the beginning of one: batch/12
	Before      int64  // only lines before this one; 0: from the newest on
	Limit       int
}

// AuditEntry is a line as an auditor sees it.
type AuditEntry struct {
	AuditLine
	ActorName string // empty where the actor is no officer: the console, the program itself
	Intact    bool   // its hash is still that of what it says
}

// AuditState is how far the chain reaches and how far it was published.
type AuditState struct {
	Lines int64     // = the last line's number, for there are no gaps
	Last  time.Time // zero: nothing was ever written
	Head  AuditHead // the last sealed day; Seq 0: none yet
}

// actWords say each act in words: as a choice in a list, and as a sentence in which {} is what it was done to.
var actWords = map[string][2]string{
	"alarm.see":              {"看过防抓取警报", "看过了{}"},
	"account.wrong_password": {"输错自己的密码", "修改账号设置时输错了密码"},
	"audit.export":           {"导出审计记录", "导出了审计记录"},
	"batch.certify":          {"复核批次", "复核了{}"},
	"batch.import":           {"上传清册", "上传清册，成为{}"},
	"batch.publish":          {"公开批次", "公开了{}"},
	"batch.reject":           {"退回批次", "退回了{}"},
	"batch.revert":           {"恢复批次", "恢复了{}"},
	"batch.submit":           {"提交复核", "提交{}等复核"},
	"batch.withdraw":         {"撤回批次", "撤回了{}"},
	"board.hang":             {"登记张贴", "登记{}的公示榜已张贴"},
	"board.take":             {"登记撤下", "登记{}的公示榜已撤下"},
	"codes.held":             {"启用或停用核对名录", "改了{}是否用来核对清册"},
	"codes.import":           {"导入名录", "导入了{}"},
	"codes.save":             {"修改名录", "修改了{}"},
	"department.save":        {"保存部门", "保存了{}"},
	"dictionary.add":         {"添加词典", "在{}里添加了一条"},
	"dictionary.remove":      {"去掉词典", "从{}里去掉了一条"},
	"document.add":           {"添加项目附件", "给{}添加了附件"},
	"document.open":          {"公开或收起附件", "改了{}的附件是否公开"},
	"document.remove":        {"去掉项目附件", "去掉了{}的附件"},
	"factor.drop":            {"取消两步验证", "取消了{}的两步验证"},
	"factor.enrol":           {"绑定两步验证", "绑定了两步验证"},
	"factor.give":            {"代设两步验证", "给{}设了两步验证"},
	"factor.recovery":        {"使用恢复码", "用恢复码进入"},
	"factor.recovery_new":    {"重新生成恢复码", "重新生成了恢复码"},
	"file.open":              {"打开原文件", "打开了{}的原文件"},
	"finding.accept":         {"接受校验结果", "接受了{}的校验结果，写明理由"},
	"finding.explain":        {"写明原因", "给{}的校验结果写明原因"},
	"fund.save":              {"保存项目", "保存了{}"},
	"inquiry.act":            {"办理来件", "办理了{}"},
	"inquiry.day":            {"签来件登记册", "签了{}"},
	"inquiry.file":           {"打开来件附件", "打开了{}的附件"},
	"inquiry.export":         {"导出来件登记册", "导出了{}"},
	"inquiry.paper":          {"印来件文书", "印了{}的文书"},
	"inquiry.release":        {"申请看来件人", "写明理由，要看{}的来件人"},
	"inquiry.sealed":         {"移送纪检的来件", "有一件移送纪检的来件有了新进展"},
	"inquiry.sender":         {"看来件人", "看了{}的来件人"},
	"calendar.add":           {"添加放假安排", "添加了{}"},
	"harvest.alarm":          {"防抓取警报", "发现有人在成批抄名单，记为{}"},
	"index.rebuild":          {"重建索引", "要求重建索引"},
	"index.repair":           {"修复索引", "要求修复索引"},
	"index.verify":           {"核对索引", "要求核对索引"},
	"kiosk.add":              {"登记查询机", "登记了{}"},
	"kiosk.register":         {"查询机认领", "{}用密钥认领成功"},
	"kiosk.revoke":           {"停用查询机", "停用了{}"},
	"login":                  {"登录", "输对密码"},
	"login.second":           {"两步验证", "通过两步验证，进入办公"},
	"login.wrong":            {"输错密码", "登录时输错了密码"},
	"login.wrong_code":       {"输错验证码", "登录时输错了验证码"},
	"logout":                 {"退出", "退出"},
	"logout.others":          {"退出别处", "退出了别处的登录"},
	"mapping.forget":         {"忘掉列对应", "忘掉了记住的列对应"},
	"officer.disable":        {"停用账号", "停用了{}"},
	"officer.save":           {"保存账号", "保存了{}"},
	"password.by_link":       {"用链接设密码", "用一次性链接设了密码"},
	"password.change":        {"修改密码", "修改了密码"},
	"password.link":          {"生成设密码的链接", "给{}生成了设密码的链接"},
	"password.set":           {"代设密码", "给{}设了密码"},
	"publication.cancel":     {"取消定时公开", "取消了{}的定时公开"},
	"publication.fail":       {"定时公开没有成", "{}到了时间没有公开成"},
	"publication.plan":       {"安排公开时间", "安排了{}公开的时间"},
	"refused":                {"越权被拒", "想打开或办理{}，没有权限，被拒绝"},
	"region.save":            {"保存区划", "保存了{}"},
	"request.ask":            {"申请撤回", "提出{}"},
	"request.grant":          {"同意申请", "同意了{}"},
	"request.refuse":         {"不同意申请", "没有同意{}"},
	"request.take_back":      {"收回申请", "收回了{}"},
	"row.withdraw":           {"撤回一行", "撤回了{}"},
	"rows.see":               {"查看明细", "查看了{}的明细"},
	"sample.draw":            {"抽样", "从{}里抽了样"},
	"template.remove":        {"去掉答复模板", "去掉了{}"},
	"template.save":          {"保存答复模板", "保存了{}"},
	"trap.remove":            {"撤掉哨兵名", "撤掉了{}的哨兵名"},
	"trap.set":               {"设哨兵名", "给{}设了哨兵名"},
}

// AuditActions are all acts that have words, in no order.
func AuditActions() []string {
	list := make([]string, 0, len(actWords))
	for a := range actWords {
		list = append(list, a)
	}
	return list
}

// ActLabel is an act's word in a list of choices; the act itself where it has none.
func ActLabel(action string) string {
	if w, ok := actWords[action]; ok {
		return w[0]
	}
	return action
}

// Words is a line as a sentence without its subject: 公开了批次12.
func (l AuditLine) Words() string {
	if w, ok := actWords[l.Action]; ok {
		return strings.ReplaceAll(w[1], "{}", objectWords(l.Object))
	}
	return l.Action + " " + l.Object
}

var objectNames = map[string]string{
	"region": "行政区划", "dictionary": "词典", "codes/region": "区划名录", "codes/fund": "项目名录", "codes/unit_name": "单位名录",
	"codes/project_name": "工程名录", "codes/agency_name": "机构名录", "codes/dictionary": "词典",
}

// objectWords says what an act was done to: 批次12第3行, 账号li.
func objectWords(object string) string {
	if name := objectNames[object]; name != "" {
		return name
	}
	kind, rest, _ := strings.Cut(object, "/")
	switch kind {
	case "batch":
		no, line, ofLine := strings.Cut(rest, "/line/")
		if ofLine {
			return "批次" + no + "第" + line + "行"
		}
		return "批次" + no
	case "officer":
		return "账号" + rest
	case "fund":
		return "项目" + rest
	case "inquiry":
		if rest == "register" {
			return "来件登记册"
		}
		if day, ok := strings.CutPrefix(rest, "day/"); ok {
			return day + "的来件登记册"
		}
		return "来件" + rest
	case "template":
		return "第" + rest + "号答复模板"
	case "calendar":
		return rest + "年的放假安排"
	case "request":
		return "第" + rest + "号申请"
	case "department":
		return "部门“" + rest + "”"
	case "kiosk":
		return "第" + rest + "号查询机"
	case "alarm":
		return "第" + rest + "号警报"
	case "region":
		return "区划" + rest
	}
	return object
}
