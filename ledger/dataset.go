package ledger

import "time"

// DataTable is a table of the open data: everybody may take it away, and nobody is named in it.
type DataTable struct {
	ID      string
	Name    string
	Says    string   // one sentence on what it holds
	Kind    FundKind // of the funds whose rows it holds; empty where it is about funds or acts themselves
	Columns []DataColumn
}

// DataSort is how a value of the open data is written.
type DataSort string

// Sorts of values: an amount is in yuan with two decimals, a date is 2025-06-30, a number is an integer or a decimal.
const (
	DataText   DataSort = "text"
	DataNumber DataSort = "number"
	DataMoney  DataSort = "money"
	DataDate   DataSort = "date"
)

// Name is the sort's word in the data dictionary.
func (s DataSort) Name() string {
	switch s {
	case DataNumber:
		return "数"
	case DataMoney:
		return "金额（元）"
	case DataDate:
		return "日期"
	}
	return "文字"
}

// DataColumn is a column of a table with its line in the data dictionary.
type DataColumn struct {
	Field string
	Name  string
	Sort  DataSort
	Says  string
}

// DataVersion is an edition after which a table said something else than before. A table is the same in all editions up to
// its next version.
type DataVersion struct {
	Edition
	Fund  string // of the act
	Batch int64
	Act   ActSort
}

// DataRows is what a table says in one version, every value as it is written.
type DataRows struct {
	Table   DataTable
	Version Edition
	Before  int64  // the version before; 0 for the first
	Fund    string // of one fund only; empty for all
	Rows    [][]string
	Batches []int64 // that the rows come from, ascending
	Hidden  int     // cells left out because they would stand for fewer than three households
	Taken   int     // rows left out because they were taken back since
	Made    time.Time
}

var fundColumns = []DataColumn{
	{"year", "年度", DataNumber, "期间所在的年"},
	{"fund", "项目代码", DataText, "资金项目的代码"},
	{"fund_name", "项目名称", DataText, "资金项目的名称"},
	{"period", "期间", DataText, "2025 是全年，2025-03 是三月"},
}

var sourceColumns = []DataColumn{
	{"batch", "批次", DataNumber, "公开的批次号"},
	{"sheet", "工作表", DataText, "出自原表的哪一张工作表"},
	{"sheet_row", "行号", DataNumber, "出自那张工作表的第几行"},
}

// recordTable is a table whose rows are those of a kind's funds.
func recordTable(id string, kind FundKind, says string, own ...DataColumn) DataTable {
	head := append([]DataColumn{}, fundColumns...)
	head = append(head,
		DataColumn{"section", "分类", DataText, "在原表里列在哪个标题下"},
		DataColumn{"depth", "层级", DataNumber, "0 是独立的一行；1 起是上一行的其中项，不另计入合计"})
	return DataTable{ID: id, Name: kind.Name(), Says: says, Kind: kind, Columns: append(append(head, own...), sourceColumns...)}
}

var allocationColumns = []DataColumn{
	{"unit_name", "单位", DataText, "收到资金的单位"},
	{"project_code", "项目编号", DataText, ""},
	{"project_name", "用款项目", DataText, "资金用于哪个项目"},
	{"place", "地点", DataText, ""},
	{"content", "内容", DataText, "建设或支出的内容"},
	{"document", "文号", DataText, "下达的文件"},
	{"area_mu", "面积", DataNumber, "亩"},
	{"persons", "人数", DataNumber, ""},
	{"standard", "标准", DataNumber, "元"},
	{"quantity", "数量", DataNumber, ""},
	{"amount", "金额", DataMoney, "分配的金额"},
}

// DataTables are all tables of the open data.
var DataTables = []DataTable{
	{
		ID: "villages", Name: "各村汇总", Kind: Subsidy,
		Says: "公开名单的补贴，每个项目每年在每个村的户数、笔数和金额。没有个人的行。",
		Columns: []DataColumn{
			{"year", "年度", DataNumber, "期间所在的年"},
			{"fund", "项目代码", DataText, "资金项目的代码"},
			{"fund_name", "项目名称", DataText, "资金项目的名称"},
			{"town", "乡镇代码", DataText, "9位区划代码；空的是村名不在名册上的"},
			{"town_name", "乡镇", DataText, ""},
			{"village", "村代码", DataText, "12位区划代码；空的是村名不在名册上的"},
			{"village_name", "村", DataText, ""},
			{"households", "户数", DataNumber, "至少这么多户；一年有几批的，取户数最多的一批"},
			{"payments", "笔数", DataNumber, ""},
			{"amount", "金额", DataMoney, "有效各笔相加"},
			{"hidden", "不列", DataText, "写“不列”的，户数太少，为保护个人不列数；合计里也不含"},
			{"batches", "批次", DataText, "出自哪些批次，用空格分开"},
		},
	},
	recordTable("allocations", Allocation, "专项资金分配到哪些单位和项目。", allocationColumns...),
	recordTable("transfers", Transfer, "县里拨给各乡镇的转移支付。", allocationColumns...),
	recordTable("projects", Project, "项目和它们的四次公开：各在哪一天，凭据是什么。",
		DataColumn{"project_code", "项目编号", DataText, ""}, DataColumn{"project_name", "项目名称（全称）", DataText, ""},
		DataColumn{"place", "地点", DataText, ""}, DataColumn{"content", "内容", DataText, ""},
		DataColumn{"unit_name", "实施单位", DataText, ""}, DataColumn{"document", "文号", DataText, ""},
		DataColumn{"stage1_on", "申报前村级公示", DataDate, "公开的日期"}, DataColumn{"stage1_evidence", "申报前村级公示凭据", DataText, ""},
		DataColumn{"stage2_on", "资金到县公开", DataDate, "公开的日期"}, DataColumn{"stage2_evidence", "资金到县公开凭据", DataText, ""},
		DataColumn{"stage3_on", "县级公示", DataDate, "公开的日期"}, DataColumn{"stage3_evidence", "县级公示凭据", DataText, ""},
		DataColumn{"stage4_on", "到村公示", DataDate, "公开的日期"}, DataColumn{"stage4_evidence", "到村公示凭据", DataText, ""},
		DataColumn{"amount", "金额", DataMoney, "项目资金"}),
	recordTable("budgets", Budget, "各部门一年打算花多少钱、花在哪里。",
		DataColumn{"unit_name", "部门", DataText, ""}, DataColumn{"subject_code", "科目编码", DataText, ""},
		DataColumn{"subject_name", "科目", DataText, ""}, DataColumn{"basic", "基本支出", DataMoney, ""},
		DataColumn{"project", "项目支出", DataMoney, ""}, DataColumn{"amount", "合计", DataMoney, "基本支出和项目支出"}),
	recordTable("agencies", Agency, "各单位核定的编制和实有的人数。没有人名。",
		DataColumn{"agency_code", "单位编号", DataText, ""}, DataColumn{"agency_name", "单位", DataText, ""},
		DataColumn{"level", "级别", DataText, ""}, DataColumn{"authorised", "核定编制", DataNumber, ""},
		DataColumn{"actual", "实有人数", DataNumber, ""}),
	{
		ID: "funds", Name: "资金项目", Says: "全县公开的资金项目：叫什么、凭什么、谁负责、怎样公开。",
		Columns: []DataColumn{
			{"fund", "项目代码", DataText, "其他各表用它指明项目"},
			{"fund_name", "项目名称", DataText, ""},
			{"kind", "类别", DataText, ""},
			{"section", "负责", DataText, "归口股室"},
			{"purpose", "用途", DataText, ""},
			{"document", "依据", DataText, "政策文件"},
			{"standard", "标准", DataText, ""},
			{"basis_unit", "计量单位", DataText, "补贴按什么算"},
			{"disclosure", "公开方式", DataText, "公开名单、只供本人查询、只公开合计"},
			{"public_days", "公示天数", DataNumber, "0 是长期"},
			{"retired", "停用", DataText, "写“停用”的不再发"},
		},
	},
	{
		ID: "publications", Name: "公开记录", Says: "每一次公开、更正、撤回和恢复：哪一天、哪一批、为什么。",
		Columns: []DataColumn{
			{"edition", "序号", DataNumber, "账的版本号，一次加一"},
			{"at", "时间", DataText, "北京时间"},
			{"act", "做了什么", DataText, "公开、更正、撤回、撤回一行、恢复、项目说明有改动"},
			{"fund", "项目代码", DataText, ""},
			{"fund_name", "项目名称", DataText, ""},
			{"period", "期间", DataText, ""},
			{"batch", "批次", DataNumber, ""},
			{"rows", "行数", DataNumber, "只公开合计的项目不列"},
			{"amount", "金额", DataMoney, "批次公开时的金额；只公开合计的项目不列"},
			{"corrects", "更正的批次", DataNumber, "它更正了哪一批"},
			{"reason", "原因", DataText, ""},
		},
	},
}

// DataTableOf is a table by its address; false when there is none.
func DataTableOf(id string) (DataTable, bool) {
	for _, t := range DataTables {
		if t.ID == id {
			return t, true
		}
	}
	return DataTable{}, false
}

// DataTableFor is the table that holds a kind's rows; false for staff, who are people.
func DataTableFor(kind FundKind) (DataTable, bool) {
	for _, t := range DataTables {
		if t.Kind == kind && kind != "" {
			return t, true
		}
	}
	return DataTable{}, false
}
