package ledger

// CatalogueKind is what an entry of the catalogue is.
type CatalogueKind string

// Kinds of entries, in the order in which they are shown.
const (
	CatalogueFund    CatalogueKind = "fund"
	CatalogueAgency  CatalogueKind = "agency"
	CatalogueProject CatalogueKind = "project" // a row of projects, allocations or transfers
	CatalogueUnit    CatalogueKind = "unit"    // a unit with a budget or a roster
	CatalogueAnswer  CatalogueKind = "answer"  // an answer of the inquiry desk that everybody may read
	CatalogueGuide   CatalogueKind = "guide"   // a page that explains
)

// CatalogueKinds are all kinds in their order.
var CatalogueKinds = []CatalogueKind{CatalogueFund, CatalogueAgency, CatalogueProject, CatalogueUnit, CatalogueAnswer, CatalogueGuide}

// CatalogueEntry is something public that is no person and can be found by its name.
type CatalogueEntry struct {
	ID    string // 32 hex digits, of what it is and where: the same whenever it is computed
	Kind  CatalogueKind
	Fund  string // the code; empty for a guide, and an answer that is about none
	Year  int    // the newest in which it stands; 0 where years mean nothing
	Unit  string // by which a page of the fund is narrowed; empty for none
	Title string
	Words string // found by these, too: words, or whole sentences
	Path  string // of a guide or an answer
	From  string // the fund's name
}

// CatalogueQuery asks for entries whose title or words hold every part of any of Any, and for the entries of funds.
type CatalogueQuery struct {
	Any   [][]string // normalised
	Funds []string
	Most  int
}

// Empty tells whether nothing is asked.
func (q CatalogueQuery) Empty() bool { return len(q.Any) == 0 && len(q.Funds) == 0 }

// CatalogueHits are the first of what was found, in the order of kinds, and how many there are.
type CatalogueHits struct {
	IDs   []string
	Total int
}

// Guides are the pages that explain.
var Guides = []CatalogueEntry{
	{Kind: CatalogueGuide, Title: "怎样查、怎样保护您的信息", Words: "说明 帮助 身份证 隐私 安全 查询方法 怎么查 公示期", Path: "/about"},
	{Kind: CatalogueGuide, Title: "审计摘要", Words: "审计 核对 防篡改 校验", Path: "/audit"},
	{Kind: CatalogueGuide, Title: "项目与数据", Words: "项目 资金 目录 数据 清单", Path: "/funds"},
}

// Question is a whole question: people by a name as it was typed, and the catalogue beside them.
type Question struct {
	Name      string
	People    PeopleQuery // its name and mode count for nothing
	Only      []NameMode  // the tiers asked for; none is all
	Few       int         // of a tier under another one that found somebody, this many are read; 0 is all
	Catalogue CatalogueQuery
}

// Answer is what a Question finds.
type Answer struct {
	Tiers     []PeopleTier
	People    []FoundPerson // of all tiers, as far as they are public now
	Catalogue CatalogueHits
}
