package portal

import (
	"context"
	"net/http"
	"slices"

	"github.com/gofiber/fiber/v2"

	"mingbai/ledger"
)

// How much of long lists the review's one page shows; the rest is a page away.
const (
	fewChanges     = 8
	fewFindings    = 100
	changesPerPage = 50
)

type reviewDeskPage struct {
	OfficeFrame
	ToCertify, Held, ToPublish []ledger.Waiting
	ToDecide                   []ledger.RequestSight
}

func (reviewDeskPage) view() string { return "pages/office_review_desk" }

// reviewDesk is a certifier's work: what can be judged now, what waits for its clerk, what is to be published or decided.
func (s *Server) reviewDesk(c *fiber.Ctx) error {
	p := reviewDeskPage{OfficeFrame: s.officeFrame(c, "复核与公开", "/office/review")}
	list, err := s.config.Review.Waiting(c.UserContext(), officerOf(c))
	if err != nil {
		return err
	}
	for _, w := range list {
		switch {
		case w.State == ledger.Certified:
			p.ToPublish = append(p.ToPublish, w)
		case w.Own || w.OpenWarn > 0:
			p.Held = append(p.Held, w)
		default:
			p.ToCertify = append(p.ToCertify, w)
		}
	}
	asked, err := s.config.Review.Requests(c.UserContext(), officerOf(c))
	if err != nil {
		return err
	}
	p.ToDecide = slices.DeleteFunc(asked, func(r ledger.RequestSight) bool { return r.Decision != "" || r.AskedBy == officerOf(c) })
	return s.show(c, http.StatusOK, p)
}

type reviewPage struct {
	OfficeFrame
	ledger.Review
	Ties                []tie
	Findings            []ledger.KeptFinding
	FindingsAll, Warned int
	Specials            []ledger.KeptFinding // numbers that a certifier may accept
	AcceptFault         string
	Changes             ledger.Comparison
	Villages            []ledger.VillageChange
	People              []ledger.PersonChange
	Records             []ledger.RecordChange
	Sample              ledger.Sample
	Openness            []string
	MayJudge, MayReturn bool
	Who                 string // who may certify it
	Opinion             string
	OpinionFault        string
	When                publishForm
	WhenFault           string
}

func (reviewPage) view() string { return "pages/office_review" }

// Sum is the batch's total as the page closes it.
func (p reviewPage) Sum() sum { return sum{"明细合计", p.Counted} }

// Certifiable says that nothing but the certifier's word is missing.
func (p reviewPage) Certifiable() bool {
	return p.State == ledger.Checked && p.MayJudge && p.OpenWarn == 0 && p.OpenFatal == 0
}

// Planned says that a publication is ordered.
func (p reviewPage) Planned() bool { return p.Plan != nil && p.Plan.Ended == "" }

func (s *Server) review(c *fiber.Ctx) error {
	no, err := numberIn(c, "no")
	if err != nil {
		return err
	}
	return s.showReview(c, no, http.StatusOK, nil)
}

// showReview shows a batch to its judge; change puts beside it what a form was refused for.
func (s *Server) showReview(c *fiber.Ctx, no int64, status int, change func(*reviewPage)) error {
	p := reviewPage{OfficeFrame: s.officeFrame(c, "复核批次", "/office/review")}
	login, books := officerOf(c), s.config.Review
	err := s.patiently(c, func(ctx context.Context) (err error) {
		if p.Review, err = books.Review(ctx, login, no); err != nil {
			return err
		}
		found, err := books.Findings(ctx, no)
		if err != nil {
			return err
		}
		p.sortFindings(found)
		if p.Changes, err = books.Compare(ctx, no); err != nil {
			return err
		}
		p.Sample, err = books.Sample(ctx, login, no, false)
		return err
	})
	if err != nil {
		return err
	}
	p.Villages, p.People, p.Records = few(p.Changes.Villages), few(p.Changes.People), few(p.Changes.Records)
	p.Ties, p.Openness = ties(p.Review), opennessOf(p.Review)
	p.MayJudge = !p.UploadedIn(login)
	p.MayReturn = p.State == ledger.Checked || p.State == ledger.Certified || p.State == ledger.Parsed
	p.Who = officerNames(p.Certifiers)
	p.When = publishForm{When: "now"}
	if change != nil {
		change(&p)
	}
	return s.show(c, status, p)
}

// sortFindings puts what is open first and keeps what a certifier decides apart from what a clerk has explained.
func (p *reviewPage) sortFindings(found []ledger.KeptFinding) {
	p.FindingsAll = len(found)
	for _, f := range found {
		switch {
		case f.Severity == ledger.Fatal:
			p.Specials = append(p.Specials, f)
		case f.Severity == ledger.Warn:
			p.Warned++
			p.Findings = append(p.Findings, f)
		}
	}
	slices.SortStableFunc(p.Findings, func(a, b ledger.KeptFinding) int { return rank(b.Open()) - rank(a.Open()) })
	p.Findings = p.Findings[:min(len(p.Findings), fewFindings)]
}

func rank(b bool) int {
	if b {
		return 1
	}
	return 0
}

func few[T any](list []T) []T { return list[:min(len(list), fewChanges)] }

// tie is one amount held against what the rows come to, to the fen.
type tie struct {
	Name   string
	Said   *ledger.Fen // nil: nobody says it
	Rows   ledger.Fen
	Silent string // why nobody does
	Note   string
}

// Ties says whether the two agree.
func (t tie) Ties() bool { return t.Said != nil && *t.Said == t.Rows }

// Gap is what lies between them.
func (t tie) Gap() ledger.Fen { return distance(*t.Said, t.Rows) }

// ties are the amounts that must be one: what the document hands down, what is allotted under it, what the sheet sums up, and
// what the rows come to.
func ties(r ledger.Review) []tie {
	if !r.Kind.HasMoney() {
		return nil
	}
	list := []tie{
		{Name: "文件下达", Said: r.Handed, Rows: r.Counted.Total, Silent: "表头没有写下达金额"},
		{Name: "表内合计", Said: r.StatedTotal, Rows: r.Counted.Total, Silent: "表里没有合计行"},
		{Name: "上传时登记", Said: &r.Batch.Total, Rows: r.Counted.Total},
	}
	if r.Kind == ledger.Subsidy {
		list = slices.Insert(list, 1, tie{
			Name: "分配合计", Said: r.Allocated, Rows: r.InPeriod.Total, Silent: "本期没有公开过同一文号的分配表",
			Note: "与本期全部批次（连本批）的明细比，其他批次没到齐时会有差额",
		})
	}
	return list
}

// opennessOf says who will see the rows, and from when to when.
func opennessOf(r ledger.Review) []string {
	said := map[ledger.Disclosure]string{
		ledger.DisclosePublic:    "公开名单：全县都能按姓名查到，村里能看到名单。",
		ledger.DiscloseSelf:      "只供本人查询：不公开名单，本人凭姓名和身份证号查；合计公开。",
		ledger.DiscloseAggregate: "只公开合计：谁也查不到名单。",
	}[r.Fund.Disclosure]
	until := "长期公示。"
	if r.Fund.PublicDays > 0 {
		until = "公示" + count(r.Fund.PublicDays) + "天（公开当天算第一天），期满自动收起，合计一直公开。"
	}
	if !r.PublicFrom.IsZero() {
		until = "公示期：" + periodText(r.PublicFrom, r.PublicUntil) + "。"
	}
	return []string{said, until}
}

func officerNames(list []ledger.Officer) string {
	names := ""
	for i, o := range list {
		if i > 0 {
			names += "、"
		}
		names += o.Name + "（" + o.Login + "）"
	}
	return names
}

type changesPage struct {
	OfficeFrame
	ledger.Comparison
	People   []ledger.PersonChange
	Records  []ledger.RecordChange
	Villages []ledger.VillageChange // on the first page only
	Page     int
	Pages    int
	Listed   int
}

func (changesPage) view() string { return "pages/office_changes" }

// Path leads to another page of the same.
func (p changesPage) Path(page int) string {
	return batchPath(p.Batch, "/review/changes") + pageQuery(page)
}

// Previous is the page before.
func (p changesPage) Previous() int { return p.Page - 1 }

// Next is the page after.
func (p changesPage) Next() int { return p.Page + 1 }

// reviewChanges lists what differs from the last period, greatest difference first.
func (s *Server) reviewChanges(c *fiber.Ctx) error {
	no, err := numberIn(c, "no")
	if err != nil {
		return err
	}
	p := changesPage{OfficeFrame: s.officeFrame(c, "与上期的差别", "/office/review")}
	if p.Page, err = pageOf(c.Query("page")); err != nil {
		return err
	}
	if err := s.patiently(c, func(ctx context.Context) error {
		if _, err := s.config.Review.Review(ctx, officerOf(c), no); err != nil { // within the scope
			return err
		}
		p.Comparison, err = s.config.Review.Compare(ctx, no)
		return err
	}); err != nil {
		return err
	}
	p.Listed = len(p.Comparison.People) + len(p.Comparison.Records)
	p.Pages = max(1, (p.Listed+changesPerPage-1)/changesPerPage)
	if p.Page > p.Pages {
		return ledger.ErrNotFound
	}
	p.People, p.Records = pageSlice(p.Comparison.People, p.Page), pageSlice(p.Comparison.Records, p.Page)
	if p.Page == 1 {
		p.Villages = p.Comparison.Villages
	}
	return s.show(c, http.StatusOK, p)
}

func pageSlice[T any](list []T, page int) []T {
	from := min(len(list), (page-1)*changesPerPage)
	return list[from:min(len(list), from+changesPerPage)]
}
