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
