package portal

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"mingbai/ingest"
	"mingbai/ledger"
)

const findingsPerPage = 20

// findingsPage is the checking page: what the rules saw, each where it stands in the clerk's own sheet.
type findingsPage struct {
	batchFrame
	ledger.FindingPage
	Query      ledger.FindingQuery
	Severities []choice
	Rules      []ruleGroup
	SheetNames []choice
	Parts      []findingPart
	Pages      int
	Fatals     int // all of the batch, by severity
	Warnings   int
	Informs    int
	Bulk       *field // a reason for all open warnings of the chosen rule
}

func (findingsPage) view() string { return "pages/office_findings" }

// ruleGroup is a rule with what it says and how often.
type ruleGroup struct {
	ledger.FindingGroup
	Says   string // the fix, which tells rules apart for a clerk
	Chosen bool
	Link   string
}

// findingPart is the findings of one rule on the page.
type findingPart struct {
	Rule     string
	Severity ledger.Severity
	Count    int
	Spots    []spot
}

// spot is a finding where it stands.
type spot struct {
	ledger.KeptFinding
	ingest.Excerpt
	Reasons bool // a reason may be written
}

// Place names the finding for the form that explains it.
func (s spot) Place() string { return s.Sheet + "!" + s.Cell }

var severityNames = map[ledger.Severity]string{ledger.Fatal: "必须改", ledger.Warn: "请核对", ledger.Inform: "已处理"}

// severityWord is a severity's word for the clerk.
func severityWord(s ledger.Severity) string { return severityNames[s] }

// Link is the address of the page with another choice.
func (p findingsPage) Link(page int) string { return p.address(p.Query, page) }

func (p findingsPage) address(q ledger.FindingQuery, page int) string {
	v := url.Values{}
	for name, value := range map[string]string{"rule": q.Rule, "severity": string(q.Severity), "sheet": q.Sheet} {
		if value != "" {
			v.Set(name, value)
		}
	}
	if page > 1 {
		v.Set("page", strconv.Itoa(page))
	}
	return strings.TrimSuffix(batchPath(p.No, "/findings?"+v.Encode()), "?")
}

func (s *Server) newFindingsPage(c *fiber.Ctx) (p findingsPage, err error) {
	if p.batchFrame, err = s.batchFrame(c, " 校验结果"); err != nil {
		return p, err
	}
	p.Query = ledger.FindingQuery{
		Rule: c.Query("rule"), Severity: ledger.Severity(c.Query("severity")), Sheet: c.Query("sheet"), Page: officePage(c), PerPage: findingsPerPage,
	}
	if p.FindingPage, err = s.config.Intake.FindingsFor(c.UserContext(), officerOf(c), p.No, p.Query); err != nil {
		return p, err
	}
	p.Pages = (p.FindingPage.Total + findingsPerPage - 1) / findingsPerPage
	p.filters()
	return p, s.fillParts(c, &p)
}

func (p *findingsPage) filters() {
	counts := map[ledger.Severity]int{}
	for _, g := range p.Groups {
		counts[g.Severity] += g.Count
		rule, _ := ingest.RuleByID(g.Rule)
		chosen := p.Query.Rule == g.Rule
		q := ledger.FindingQuery{Rule: g.Rule, Severity: g.Severity}
		p.Rules = append(p.Rules, ruleGroup{g, rule.Fix, chosen, p.address(q, 1)})
		if chosen && g.Severity == ledger.Warn && g.Open > 0 && p.CanExplain() {
			p.Bulk = &field{
				Name: "reason-all", Label: "给这条规则全部 " + strconv.Itoa(g.Open) + " 处写同一个原因", Auto: "off",
				Hint: "只写给还没有原因的；会随批次保存，请不要写个人号码。",
			}
		}
	}
	p.Fatals, p.Warnings, p.Informs = counts[ledger.Fatal], counts[ledger.Warn], counts[ledger.Inform]
	for _, severity := range []ledger.Severity{ledger.Fatal, ledger.Warn, ledger.Inform} {
		p.Severities = append(p.Severities, choice{string(severity), severityWord(severity), "", p.Query.Severity == severity})
	}
	for _, name := range p.Sheets {
		p.SheetNames = append(p.SheetNames, choice{name, name, "", p.Query.Sheet == name})
	}
}

// fillParts groups the page's findings by rule and looks each up in the file.
func (s *Server) fillParts(c *fiber.Ctx, p *findingsPage) error {
	spots := make([]ingest.Spot, len(p.Lines))
	for i, l := range p.Lines {
		spots[i] = ingest.Spot{Sheet: l.Sheet, Cell: l.Cell}
	}
	var shown []ingest.Excerpt
	if slices.ContainsFunc(spots, func(s ingest.Spot) bool { return s.Cell != "" }) {
		var err error
		if shown, err = s.config.Intake.Excerpts(c.UserContext(), officerOf(c), p.No, spots); err != nil {
			return err
		}
	}
	for i, l := range p.Lines {
		at := spot{KeptFinding: l, Reasons: l.Severity == ledger.Warn && p.CanExplain()}
		if i < len(shown) {
			at.Excerpt = shown[i]
		}
		last := len(p.Parts) - 1
		if last < 0 || p.Parts[last].Rule != l.Rule || p.Parts[last].Severity != l.Severity {
			part := findingPart{Rule: l.Rule, Severity: l.Severity}
			for _, g := range p.Groups {
				if g.Rule == l.Rule && g.Severity == l.Severity {
					part.Count = g.Count
				}
			}
			p.Parts = append(p.Parts, part)
			last++
		}
		p.Parts[last].Spots = append(p.Parts[last].Spots, at)
	}
	return nil
}

func (s *Server) findings(c *fiber.Ctx) error {
	p, err := s.newFindingsPage(c)
	if err != nil {
		return err
	}
	return s.show(c, http.StatusOK, p)
}

// giveReason writes a reason for one finding, by its place, or for all of a rule.
func (s *Server) giveReason(c *fiber.Ctx) error {
	no, err := number(c, "no")
	if err != nil {
		return err
	}
	reason := c.FormValue("reason")
	choice := ledger.FindingChoice{Rule: c.FormValue("rule"), Place: c.FormValue("place")}
	if choice.Place == "" {
		reason = c.FormValue("reason-all")
	}
	if choice.Rule == "" {
		return errForm
	}
	if _, err := s.config.Intake.GiveReason(c.UserContext(), no, officerOf(c), reason, choice); err != nil {
		return s.findingsFault(c, err)
	}
	return c.Redirect(withNotice(backTo(c, no), "reason"), http.StatusSeeOther)
}

// findingsFault shows the checking page again with what stands in the way of a reason.
func (s *Server) findingsFault(c *fiber.Ctx, failed error) error {
	status, message, ours := refusal(failed)
	if !ours {
		return failed
	}
	p, err := s.newFindingsPage(c)
	if err != nil {
		return err
	}
	p.Fault = message
	return s.show(c, status, p)
}

// backTo is the checking page as it was: what was chosen there comes along in the form's own address.
func backTo(c *fiber.Ctx, no int64) string {
	p := findingsPage{}
	p.No = no
	return p.address(ledger.FindingQuery{Rule: c.Query("rule"), Severity: ledger.Severity(c.Query("severity")), Sheet: c.Query("sheet")}, officePage(c))
}

func withNotice(path, said string) string {
	if strings.Contains(path, "?") {
		return path + "&said=" + said
	}
	return path + "?said=" + said
}

// FormAction is where this page's reasons are sent, with what is chosen on it.
func (p findingsPage) FormAction() string {
	return strings.Replace(p.address(p.Query, p.Query.Page), "/findings", "/reason", 1)
}

func (s *Server) annotated(c *fiber.Ctx) error {
	return s.download(c, "标注", s.config.Intake.Annotated)
}

func (s *Server) findingList(c *fiber.Ctx) error {
	return s.download(c, "校验结果", s.config.Intake.FindingList)
}

// downloadTime is how long a workbook may take to be written: a large one, by a process of its own.
const downloadTime = 2 * fileTime

// download sends a workbook as a file that no cache keeps. It is made whole before the first byte goes out, so that a failure
// is a page and not half a file.
func (s *Server) download(c *fiber.Ctx, what string, write func(context.Context, string, int64, io.Writer) error) error {
	no, err := number(c, "no")
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.UserContext()), downloadTime)
	defer cancel()
	var b bytes.Buffer
	if err := write(ctx, officerOf(c), no, &b); err != nil {
		return err
	}
	name := "批次" + strconv.FormatInt(no, 10) + what + ".xlsx"
	c.Set(fiber.HeaderContentType, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="batch-`+strconv.FormatInt(no, 10)+`.xlsx"; filename*=UTF-8''`+url.PathEscape(name))
	return c.Send(b.Bytes())
}

// uploadMended takes the mended file of a batch.
func (s *Server) uploadMended(c *fiber.Ctx) error {
	no, err := number(c, "no")
	if err != nil {
		return err
	}
	var in incoming
	set, err := s.takeFiles(c, &in, func(ctx context.Context) (int64, error) {
		return s.config.Intake.NewSet(ctx, officerOf(c), ledger.UploadSet{Mends: no, Note: strings.TrimSpace(in.fields["note"])})
	})
	var faulty faultyForm
	if errors.As(err, &faulty) {
		err = ledger.Errorf(ledger.KindInvalid, "%s", faulty.message)
	}
	if err != nil {
		return s.batchFault(c, err, aboveForm)
	}
	return c.Redirect("/office/sets/"+strconv.FormatInt(set, 10), http.StatusSeeOther)
}
