package ingest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"sync"

	"mingbai/ledger"
)

// Rule is one line of the rule book. Message holds places to fill in braces: {r} a row number, {c} a column's label.
type Rule struct {
	ID       string
	Severity ledger.Severity
	Checks   string
	Message  string
	Fix      string
}

// Rules is the rule book: every check there is, in the order of a file's way through them.
var Rules = []Rule{
	{"FILE-01", ledger.Fatal, "content (first bytes) is no format that is read; or the extension disagrees", "扩展名是{ext}，内容却是{type}，不能导入", "用WPS或Excel打开，另存为xlsx后再传"},
	{"FILE-02", ledger.Fatal, "encrypted workbook", "文件设有打开密码", "取消密码后再传"},
	{"FILE-03", ledger.Fatal, "size, rows, columns or merges beyond the limits", "文件过大或结构异常（{what}）", "按村拆分，或清除多余格式"},
	{"FILE-04", ledger.Fatal, "unreadable: empty, cut off, or not a whole workbook", "文件已损坏，读不出来", "打开后另存再传"},
	{"FILE-05", ledger.Fatal, "text file neither UTF-8 nor clean GB18030", "第{r}行有无法识别的字", "改存xlsx，核对生僻字"},

	{"SHT-01", ledger.Warn, "hidden sheet holds data", "隐藏的工作表“{s}”有{n}行，未导入", "取消隐藏，或确认不要"},
	{"SHT-02", ledger.Warn, "hidden or filtered data rows, or hidden columns that are imported", "第{a}行到第{b}行被隐藏或筛选", "取消隐藏，核对这些行是否发放"},
	{"SHT-03", ledger.Fatal, "no data rows in any sheet", "没有找到数据行", "检查表头下面是否有数据"},
	{"SHT-04", ledger.Fatal, "sheets to be imported have different headers: what is imported comes from columns of other names", "工作表“{s}”的表头与“{s0}”不同", "统一表头，或分开上传"},
	{"SHT-05", ledger.Warn, "sheet name names a village other than the rows'", "工作表名“{s}”与行内村名“{v}”不一致", "核对村名"},
	{"SHT-06", ledger.Inform, "summary sheet recognised and left out: it names nobody, another sheet does", "工作表“{s}”是汇总表，未计入", "判断有误时改为数据表"},

	{"HDR-01", ledger.Fatal, "no header found in the first 20 rows", "没有识别出表头", "指定表头所在行"},
	{"HDR-02", ledger.Fatal, "a required field has no column", "缺少必填列“{f}”", "补上该列，或指定对应的列"},
	{"HDR-03", ledger.Fatal, "two columns claim one field, and neither is known to be the disclosed one", "“{a}”和“{b}”都可能是“{f}”", "选择其中一列"},
	{"HDR-04", ledger.Warn, "unknown column", "不认识列“{c}”，未导入", "忽略，或加入词典"},
	{"HDR-05", ledger.Fatal, "amount unit missing, or title and header disagree", "金额单位不明确（标题：{u1}，表头：{u2}）", "选择元或万元"},
	{"HDR-06", ledger.Warn, "year, fund or town in the title differs from the batch", "标题写的是{t}，批次填的是{b}", "核对年度、项目和乡镇"},
	{"HDR-07", ledger.Inform, "a column that is never published: account, phone, age, illness, detail of disability", "列“{c}”不予公开，已丢弃", "无需处理"},
	{"HDR-08", ledger.Inform, "columns read as was said by hand for the same header before", "采用了上次的列对应：{m}", "有误时重新指定列"},

	{"ROW-01", ledger.Inform, "subtotal or total row", "第{r}行是合计行，只用于核对", "判断有误时改为数据行"},
	{"ROW-02", ledger.Inform, "footer: who made it, who checked it, stamp, date, remarks", "第{r}行是表尾", "判断有误时改为数据行"},
	{"ROW-03", ledger.Warn, "the rows' own numbering breaks or repeats", "序号在第{r}行不连续", "检查是否漏行"},
	{"ROW-04", ledger.Fatal, "a required value is empty", "第{r}行“{f}”没有填", "补填，或删除该行"},
	{"ROW-05", ledger.Fatal, "several persons in one cell", "第{r}行一格里有多人", "一人一行"},
	{"ROW-06", ledger.Inform, "value taken from a merged cell above", "第{a}到{b}行“{c}”取自合并单元格：{v}", "核对"},

	{"CEL-01", ledger.Fatal, "ID number or account stored as a number of more than 15 digits (precision lost)", "第{r}行{c}存成了数字，末几位已丢失", "先设为文本格式，再按原件重录；不要补零"},
	{"CEL-02", ledger.Fatal, "ID number is not 18 long (15, the first generation: a warning)", "第{r}行{c}应为18位，现为{n}位", "核对原件"},
	{"CEL-03", ledger.Fatal, "check digit or birth date of an ID number impossible; the certifier may accept it with a reason", "第{r}行{c}校验不通过", "核对原件；确属特殊号码由复核人注明理由"},
	{"CEL-04", ledger.Inform, "normalised: full width, blanks, leading apostrophe, x to X, dots to ·", "第{r}行{c}已规范化", "无需处理"},
	{"CEL-05", ledger.Warn, "name of one character, or with digit, Latin, ?, private-use or U+FFFD", "第{r}行姓名含异常字符", "核对生僻字"},
	{"CEL-06", ledger.Fatal, "amount, standard or quantity is not a number", "第{r}行{c}不是{kind}", "改为数字"},
	{"CEL-07", ledger.Fatal, "more than two decimals of a yuan (calculation noise of up to 1e-6 yuan is rounded: informs)", "第{r}行{c}超过两位小数", "按实发金额填写"},
	{"CEL-08", ledger.Fatal, "negative amount: a payment taken back is a correction (zero: a warning)", "第{r}行{c}为负数", "追回的款走更正；零请核对该不该列"},
	{"CEL-09", ledger.Fatal, "formula with an error or without a cached value", "第{r}行{c}的公式没有结果", "复制后选择性粘贴为数值"},
	{"CEL-10", ledger.Fatal, "date unreadable or outside the period (1900 and 1904 serials read)", "第{r}行{c}不是有效日期", "写成2026-01-01"},
	{"CEL-11", ledger.Fatal, "phone, account or ID pattern in a text that would be published", "第{r}行“{c}”疑似含{kind}", "删去后重传"},
	{"CEL-12", ledger.Warn, "ID number already masked", "第{r}行身份证号已打码，不能查重", "请传完整号码，系统不会公开"},
	{"CEL-13", ledger.Fatal, "not in the code list: village, unit, project, establishment kind", "第{r}行{c}“{v}”不在名录，最接近的是“{near}”", "采用建议，或先维护名录"},

	{"XR-01", ledger.Fatal, "rows do not add up to the stated total", "合计写{t}，明细加起来是{s}，差{d}", "查漏行、重复行或手填的合计"},
	{"XR-02", ledger.Warn, "rows do not add up to a stated subtotal", "{v}小计写{t}，明细是{s}", "查漏行、重复行或手填的合计"},
	{"XR-03", ledger.Warn, "basis x standard differs from the amount by over 0.01 (over 0.50 when whole yuan)", "第{r}行 {a}×{p}={x}，填的是{y}", "核对面积（人数）与标准"},
	{"XR-04", ledger.Fatal, "one ID number twice in a batch", "第{r}行与第{r2}行是同一个身份证号", "合并或删除"},
	{"XR-05", ledger.Fatal, "one ID number with two names", "第{r}行与第{r2}行证号相同、姓名不同", "核对原件"},
	{"XR-06", ledger.Warn, "one account for two or more households", "{n}户用同一个账号（第{r}行等）", "核对是否代领"},
	{"XR-07", ledger.Warn, "no ID number, and same name, village and amount", "第{r}行与第{r2}行疑似重复", "人工确认"},
	{"XR-08", ledger.Fatal, "allocations do not add up to the document's total", "分配合计{s}，文件下达{t}", "核对单位与漏项"},
	{"XR-09", ledger.Warn, "more in post than authorised (fatal: one person in two units)", "{u}实有{a}，核定{b}", "核对编制台账"},
}

// RuleByID finds a rule of the book.
func RuleByID(id string) (Rule, bool) {
	for _, r := range Rules {
		if r.ID == id {
			return r, true
		}
	}
	return Rule{}, false
}

// RuleVersion names the rule table and the dictionary: another version may judge the same file differently.
func RuleVersion() string { return ruleVersion() }

var ruleVersion = sync.OnceValue(func() string { return RuleVersionWith("") })

// RuleVersionWith is the version where the county adds lines of its own to the dictionary (Options.Dictionary).
func RuleVersionWith(lines string) string {
	h := sha256.New()
	for _, r := range Rules {
		fmt.Fprintf(h, "%q\n", []string{r.ID, string(r.Severity), r.Checks, r.Message, r.Fix})
	}
	h.Write([]byte(dictionaryText + lines))
	return hex.EncodeToString(h.Sum(nil))[:12]
}

// fill puts values into a message: fill("第{r}行", "r", "5").
func fill(message string, pairs ...string) string {
	old := make([]string, 0, len(pairs))
	for i := 0; i+1 < len(pairs); i += 2 {
		old = append(old, "{"+pairs[i]+"}", pairs[i+1])
	}
	return strings.NewReplacer(old...).Replace(message)
}
