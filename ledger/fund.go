package ledger

// FundKind is the form in which a fund is given out.
type FundKind string

// Kinds of funds.
const (
	Subsidy    FundKind = "subsidy"    // 到户补贴: to households and persons
	Allocation FundKind = "allocation" // 专项到项目: to projects and units
	Transfer   FundKind = "transfer"   // 转移支付: to lower governments
	Budget     FundKind = "budget"     // 部门预算: of a department
)

// Kinds of tables that a county discloses beside those of its funds. What is disclosed of them goes by a fund's rules all
// the same: a section answers for it, a document orders it, a policy says how long.
const (
	Project FundKind = "project" // 项目公示: the four disclosure stages of projects
	Agency  FundKind = "agency"  // 机构编制: authorised and actual staff
	Post    FundKind = "post"    // 人员编制: public fields of staff
)

var kindNames = map[FundKind]string{
	Subsidy: "到户补贴", Allocation: "专项到项目", Transfer: "转移支付", Project: "项目公示", Budget: "部门预算", Agency: "机构编制",
	Post: "人员编制",
}

// Name is the kind's word on pages; empty for a kind that there is not.
func (k FundKind) Name() string { return kindNames[k] }

// HasMoney says whether rows of the kind have amounts at all.
func (k FundKind) HasMoney() bool { return k != Agency && k != Post }

// Counted is what the rows of the kind are, in a comparison of their numbers.
func (k FundKind) Counted() string {
	if k == Subsidy || k == Post {
		return "人数"
	}
	return "行数"
}

// Disclosure is who may see a fund's rows.
type Disclosure string

// Disclosure policies. Hardship, disability and children's funds are DiscloseSelf unless a county decides otherwise.
const (
	DisclosePublic    Disclosure = "public"    // village lists and name search, from–until
	DiscloseSelf      Disclosure = "self"      // only the person, by name and full ID number
	DiscloseAggregate Disclosure = "aggregate" // totals only
)

// Fund is money given for a purpose under a policy document.
type Fund struct {
	Code       string
	Name       string
	Kind       FundKind
	Section    string // the bureau's section that answers for it (归口股室)
	Purpose    string // two sentences for citizens
	Document   string // the policy document: title and number
	Standard   string // the standard in words, e.g. 83.94元/亩
	BasisUnit  string // what the basis counts: 亩, 人, 头…
	Disclosure Disclosure
	// PublicDays is how long a published list stays open, in days from publication; 0 means without end.
	PublicDays int
}
