package portal

import (
	"net/http"
	"net/url"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"mingbai/ledger"
)

const batchesPerPage = 30

type batchesPage struct {
	OfficeFrame
	ledger.BatchList
	States []choice
	Funds  []choice
	Query  ledger.BatchQuery
	Pages  int
}

func (batchesPage) view() string { return "pages/office_batches" }

// Link is the address of another page of the same list.
func (p batchesPage) Link(page int) string {
	q := url.Values{"page": {strconv.Itoa(page)}}
	for name, value := range map[string]string{"state": string(p.Query.State), "fund": p.Query.Fund} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if p.Query.Mine {
		q.Set("mine", "1")
	}
	return "/office/batches?" + q.Encode()
}

// listedStates are the states that a list may be narrowed to, in the order of a batch's life.
var listedStates = []ledger.State{
	ledger.Parsed, ledger.Checked, ledger.Certified, ledger.Published, ledger.Rejected, ledger.Withdrawn, ledger.Superseded,
}

func (s *Server) batches(c *fiber.Ctx) error {
	p := batchesPage{
		OfficeFrame: s.officeFrame(c, "批次", "/office/batches"),
		Query: ledger.BatchQuery{
			State: ledger.State(c.Query("state")), Fund: c.Query("fund"), Mine: c.Query("mine") != "", Page: officePage(c), PerPage: batchesPerPage,
		},
	}
	var err error
	if p.BatchList, err = s.config.Intake.Batches(c.UserContext(), officerOf(c), p.Query); err != nil {
		return err
	}
	p.Pages = (p.Total + batchesPerPage - 1) / batchesPerPage
	for _, state := range listedStates {
		p.States = append(p.States, choice{string(state), stateWord(state), "", state == p.Query.State})
	}
	funds, err := s.books.Funds(c.UserContext())
	if err != nil {
		return err
	}
	scope := stay(c).Officer.Scope.Funds
	for _, f := range funds {
		if scope.Hold(f.Code) {
			p.Funds = append(p.Funds, choice{f.Code, f.Name, "", f.Code == p.Query.Fund})
		}
	}
	return s.show(c, http.StatusOK, p)
}

// stateWord says of a state what it means to the clerk.
func stateWord(s ledger.State) string {
	if s == ledger.Parsed {
		return "要改好再传"
	}
	return s.Name()
}

// batchFrame is what every page about one batch shows.
type batchFrame struct {
	OfficeFrame
	ledger.BatchLine
	MayUpload   bool
	MayTakeBack bool
	MayCertify  bool
	MayPost     bool
}

// Standing is where the batch stands, in a word.
func (b batchFrame) Standing() string {
	if b.State == ledger.Checked && !b.SubmittedAt.IsZero() {
		return "已提交，待复核"
	}
	return stateWord(b.State)
}

// CanSubmit says that the clerk may hand it on now.
func (b batchFrame) CanSubmit() bool {
	return b.MayUpload && b.State == ledger.Checked && b.Open == 0 && b.SubmittedAt.IsZero()
}

// CanMend says that another file may take the place of the present one.
func (b batchFrame) CanMend() bool { return b.MayUpload && b.State.MayBeMended() }

// CanExplain says that reasons may be written.
func (b batchFrame) CanExplain() bool {
	return b.MayUpload && (b.State == ledger.Checked || b.State == ledger.Parsed)
}

// Next is what is to be done now, in a sentence.
func (b batchFrame) Next() string {
	switch {
	case b.State == ledger.Parsed:
		return "文件里有" + strconv.Itoa(b.Fatal) + "处必须改。下载标注的清册，改好后从下面重新上传到这个批次。"
	case b.State == ledger.Checked && b.Open > 0:
		return "还有" + strconv.Itoa(b.Open) + "条“请核对”没有写明原因。写好原因后提交。"
	case b.State == ledger.Checked && b.SubmittedAt.IsZero():
		return "校验通过，可以提交给复核人了。"
	case b.State == ledger.Checked:
		return "已提交，等待另一人复核。重新上传会收回这次提交。"
	case b.State == ledger.Certified:
		return "已复核，等待公开。"
	case b.State == ledger.Published:
		return "已公开。发现错误请走更正，原因会公开。"
	case b.State == ledger.Rejected:
		return "已退回：" + b.EndReason + "。改好后可以接着传到这个批次。"
	case b.State == ledger.Withdrawn || b.State == ledger.Superseded:
		return b.State.Name() + "：" + b.EndReason
	}
	return ""
}

// Reworkable says that the batch may be corrected by another.
func (b batchFrame) Reworkable() bool { return b.MayUpload && b.State == ledger.Published }

func (s *Server) batchFrame(c *fiber.Ctx, title string) (b batchFrame, err error) {
	no, err := number(c, "no")
	if err != nil {
		return b, err
	}
	if b.BatchLine, err = s.config.Intake.BatchLineFor(c.UserContext(), officerOf(c), no); err != nil {
		return b, err
	}
	b.OfficeFrame = s.officeFrame(c, "批次"+strconv.FormatInt(no, 10)+title, "/office/batches")
	may := func(act ledger.Action) bool {
		return s.config.Intake.MayOnBatch(c.UserContext(), stay(c).Officer, act, b.Batch)
	}
	b.MayUpload, b.MayCertify, b.MayPost = may(ledger.ActUpload), may(ledger.ActCertify), may(ledger.ActPostNotice)
	b.MayTakeBack = b.UploadedBy == officerOf(c) && may(ledger.ActTakeBack) && b.State.MayBecome(ledger.Rejected)
	return b, nil
}

type batchPage struct {
	batchFrame
	Revisions []ledger.Revision
	ReasonFor field // why it is taken back
}

func (batchPage) view() string { return "pages/office_batch" }

func (s *Server) newBatchPage(c *fiber.Ctx) (p batchPage, err error) {
	if p.batchFrame, err = s.batchFrame(c, ""); err != nil {
		return p, err
	}
	p.ReasonFor = field{Name: "reason", Label: "收回的原因", Auto: "off"}
	p.Revisions, err = s.config.Intake.Revisions(c.UserContext(), p.No)
	return p, err
}

func (s *Server) batch(c *fiber.Ctx) error {
	p, err := s.newBatchPage(c)
	if err != nil {
		return err
	}
	return s.show(c, http.StatusOK, p)
}

// batchPath is the address of a page about a batch.
func batchPath(no int64, rest string) string {
	return "/office/batches/" + strconv.FormatInt(no, 10) + rest
}

// batchFault shows the batch's page with what stands in the way, or hands the error on.
func (s *Server) batchFault(c *fiber.Ctx, failed error, put func(*batchPage, string)) error {
	status, message, ours := refusal(failed)
	if !ours {
		return failed
	}
	p, err := s.newBatchPage(c)
	if err != nil {
		return err
	}
	put(&p, message)
	return s.show(c, status, p)
}

func aboveForm(p *batchPage, message string) { p.Fault = message }

func (s *Server) submitBatch(c *fiber.Ctx) error {
	no, err := number(c, "no")
	if err != nil {
		return err
	}
	if err := s.config.Intake.Submit(c.UserContext(), officerOf(c), no); err != nil {
		return s.batchFault(c, err, aboveForm)
	}
	return c.Redirect(batchPath(no, "?said=submitted"), http.StatusSeeOther)
}

func (s *Server) takeBack(c *fiber.Ctx) error {
	no, err := number(c, "no")
	if err != nil {
		return err
	}
	if err := s.config.Intake.TakeBack(c.UserContext(), no, officerOf(c), c.FormValue("reason")); err != nil {
		return s.batchFault(c, err, func(p *batchPage, message string) { p.ReasonFor.Fault = message })
	}
	return c.Redirect(batchPath(no, "?said=taken"), http.StatusSeeOther)
}
