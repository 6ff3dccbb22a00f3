package ingest

import (
	"slices"
	"strings"

	"mingbai/ledger"
)

// kind is what a table of one sort holds.
type kind struct {
	name   string
	fields []string // that a column may give
	need   []string // fields that a row must have; a|b is either
	whom   []string // fields of which one at least says whom a row is about
	sums   []string // figures that the table may state totals of; the first is the sheet's total when it is money
	hints  []string // words of a title
	nested bool     // rows may be parts of rows above, and are then not added up
}

var kinds = map[ledger.FundKind]*kind{
	ledger.Subsidy: {
		name: "到户补贴",
		fields: []string{
			"town", "village", "group", "head_name", "payee_name", "beneficiary_name", "id_number", "payee_id_number",
			"beneficiary_id_number", "quantity", "area_mu", "persons", "standard", "amount", "paid_on", "pay_status",
			"seq", "note", "account", "phone",
		},
		need:  []string{"head_name", "id_number", "amount", "village"},
		whom:  []string{"head_name", "payee_name", "beneficiary_name", "id_number", "payee_id_number", "beneficiary_id_number"},
		sums:  []string{"amount"},
		hints: []string{"清册", "一卡通", "到户", "发放表", "补贴"},
	},
	ledger.Allocation: {
		name: "专项分配",
		fields: []string{
			"unit_name", "project_code", "project_name", "place", "content", "amount", "document", "area_mu", "persons",
			"standard", "quantity", "seq", "note",
		},
		need: []string{"unit_name|project_name", "amount"}, whom: []string{"unit_name", "project_name"},
		sums: []string{"amount"}, hints: []string{"专项", "分配", "项目计划", "投资计划"},
	},
	ledger.Transfer: {
		name: "转移支付",
		fields: []string{
			"unit_name", "project_name", "content", "amount", "document", "area_mu", "persons", "standard", "quantity", "seq", "note",
		},
		need: []string{"unit_name", "amount"}, whom: []string{"unit_name"},
		sums: []string{"amount"}, hints: []string{"转移支付"},
	},
	ledger.Project: {
		name: "项目公示",
		fields: []string{
			"project_code", "project_name", "place", "content", "unit_name", "amount", "document",
			"stage1_on", "stage1_evidence", "stage2_on", "stage2_evidence", "stage3_on", "stage3_evidence", "stage4_on",
			"stage4_evidence", "seq", "note",
		},
		need: []string{"project_name", "stage1_on|stage2_on|stage3_on|stage4_on"}, whom: []string{"project_name"},
		sums: []string{"amount"}, hints: []string{"公示", "公开台账"},
	},
	ledger.Budget: {
		name:   "部门预算",
		fields: []string{"unit_name", "subject_code", "subject_name", "total", "basic", "project", "seq", "note"},
		need:   []string{"subject_name", "total"}, whom: []string{"subject_name", "subject_code"},
		sums: []string{"total", "basic", "project"}, hints: []string{"预算", "支出表"}, nested: true,
	},
	ledger.Agency: {
		name:   "机构编制",
		fields: []string{"agency_code", "agency_name", "level", "authorised", "actual", "seq", "note"},
		need:   []string{"agency_name", "authorised", "actual"}, whom: []string{"agency_name"},
		sums: []string{"authorised", "actual"}, hints: []string{"编制", "机构"}, nested: true,
	},
	ledger.Post: {
		name: "人员编制",
		fields: []string{
			"unit_name", "person_name", "sex", "post_title", "rank", "establishment_kind", "entered_on", "entry_channel",
			"status", "seq", "note",
		},
		need: []string{"person_name", "post_title|establishment_kind"}, whom: []string{"person_name"},
		hints: []string{"实名制", "人员", "名册", "花名册", "在编"},
	},
}

// kindOrder settles which of two kinds that fit alike is meant.
var kindOrder = []ledger.FundKind{
	ledger.Subsidy, ledger.Project, ledger.Allocation, ledger.Transfer, ledger.Budget, ledger.Agency, ledger.Post,
}

func kindNames() []string {
	out := make([]string, 0, len(kindOrder))
	for _, k := range kindOrder {
		out = append(out, string(k))
	}
	return out
}

// sort is how a field's cells are read.
type sort uint8

const (
	asText sort = iota
	asCode      // digits that are no number
	asMoney
	asCount
	asQuantity
	asDate
	asNothing // read for the rules only
)

var sorts = map[string]sort{
	"amount": asMoney, "total": asMoney, "basic": asMoney, "project": asMoney,
	"authorised": asCount, "actual": asCount,
	"area_mu": asQuantity, "persons": asQuantity, "standard": asQuantity, "quantity": asQuantity,
	"entered_on": asDate, "stage1_on": asDate, "stage2_on": asDate, "stage3_on": asDate, "stage4_on": asDate,
	"project_code": asCode, "subject_code": asCode, "agency_code": asCode,
	"seq": asNothing, "note": asNothing,
}

// either lists the fields of which a need asks for one.
func either(need string) []string { return strings.Split(need, "|") }

// named words a need for messages.
func named(need string) string {
	var out []string
	for _, field := range either(need) {
		out = append(out, nameOf(field))
	}
	return strings.Join(out, "或")
}

func nameOf(field string) string {
	if name := fieldNames[field]; name != "" {
		return name
	}
	return field
}

// fit tells how well a header fits a kind: what the kind needs counts most, then what it knows, then the title's words.
func (k *kind) fit(h header, title, sheetName string) int {
	fields := map[string]bool{}
	unknowns := 0
	for _, c := range h.columns {
		switch c.use {
		case imported:
			fields[c.field] = true
		case unknown:
			unknowns++
		}
	}
	for _, text := range []string{title, sheetName} {
		if _, village := placeIn(text); village != "" {
			fields["village"] = true
		}
	}
	met := 0
	for _, need := range k.need {
		if slices.ContainsFunc(either(need), func(f string) bool { return fields[f] }) {
			met++
		}
	}
	score := 100*met/len(k.need) + 6*len(fields) - 20*unknowns
	if slices.ContainsFunc(k.hints, func(w string) bool { return strings.Contains(title, w) }) {
		score += 5
	}
	return score
}

// recognise tells which kind of table the first rows of a file's sheets are. Subsidy where nothing fits.
func (w dictionary) recognise(sheets []opening) ledger.FundKind {
	best, bestScore := ledger.Subsidy, 0
	for _, name := range kindOrder {
		score := 0
		for _, s := range sheets {
			if h, ok := w[name].findHeader(s.grid); ok {
				_, title := aboveHeader(s.rows, h.top)
				score = max(score, kinds[name].fit(h, title.Text, s.name))
			}
		}
		if score > bestScore {
			best, bestScore = name, score
		}
	}
	return best
}

// fieldNames are the fields' words in messages.
var fieldNames = map[string]string{
	"town": "乡镇", "village": "村", "group": "组", "head_name": "户主姓名", "payee_name": "收款人姓名",
	"beneficiary_name": "享受人姓名", "id_number": "身份证号", "payee_id_number": "收款人身份证号",
	"beneficiary_id_number": "享受人身份证号", "quantity": "数量", "area_mu": "面积", "persons": "人数",
	"standard": "补贴标准", "amount": "金额", "paid_on": "发放日期", "pay_status": "发放状态",
	"unit_name": "单位名称", "project_code": "项目编码", "project_name": "项目名称", "place": "建设地点",
	"content": "建设内容", "document": "文号", "agency_code": "单位编码", "agency_name": "单位名称",
	"authorised": "核定编制", "actual": "实有人数", "level": "级别", "person_name": "姓名", "sex": "性别",
	"post_title": "职务", "rank": "职称", "establishment_kind": "编制类别", "entered_on": "进入时间",
	"entry_channel": "进入渠道", "status": "在编状况", "subject_code": "科目编码", "subject_name": "科目名称",
	"total": "合计", "basic": "基本支出", "project": "项目支出", "seq": "序号", "note": "备注",
	"stage1_on": "申报前村级公示", "stage2_on": "资金到县公开", "stage3_on": "县级公示", "stage4_on": "到村公示",
	"stage1_evidence": "申报前村级公示材料", "stage2_evidence": "资金到县公开材料", "stage3_evidence": "县级公示材料",
	"stage4_evidence": "到村公示材料",
}
