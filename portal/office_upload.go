package portal

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"mingbai/ledger"
)

type uploadPage struct {
	OfficeFrame
	Funds     []choice
	FundFault string
	Units     []choice
	Period    field
	Note      field
	Corrects  field
	Reason    field
	Most      int // files at a time
	Sets      []ledger.UploadOverview
}

func (uploadPage) view() string { return "pages/office_upload" }

// uploadForm is what stands before the files.
type uploadForm struct{ Fund, Period, Unit, Note, Corrects, Reason string }

func readUploadForm(fields map[string]string) uploadForm {
	get := func(name string) string { return strings.TrimSpace(fields[name]) }
	return uploadForm{get("fund"), get("period"), get("unit"), get("note"), get("corrects"), get("reason")}
}

// set is what a form comes to, or which field is wrong and how.
func (f uploadForm) set() (s ledger.UploadSet, name, fault string) {
	s = ledger.UploadSet{Fund: f.Fund, Unit: f.Unit, Note: f.Note, Reason: f.Reason}
	if f.Fund == "" {
		return s, "fund", "请选择资金项目"
	}
	period, err := ledger.ParsePeriod(f.Period)
	if err != nil {
		return s, "period", ledger.MessageOf(err)
	}
	s.Period = period
	if f.Corrects != "" {
		if s.Corrects, err = strconv.ParseInt(f.Corrects, 10, 64); err != nil || s.Corrects < 1 {
			return s, "corrects", "批次号是数字，照原批次填写"
		}
		if f.Reason == "" {
			return s, "reason", "更正要写明原因，会公开"
		}
	}
	return s, "", ""
}

func (s *Server) newUploadPage(c *fiber.Ctx, f uploadForm) (uploadPage, error) {
	p := uploadPage{
		OfficeFrame: s.officeFrame(c, "上传", "/office/upload"), Most: maxFiles,
		Period:   field{Name: "period", Label: "期间", Value: f.Period, Hint: "写成 2025 或 2025-03，和表上的年度、月份一致。", Auto: "off"},
		Note:     field{Name: "note", Label: "对“请核对”各条的说明（可不填）", Value: f.Note, Hint: "填了就写在每一条“请核对”旁边；也可以校验后一条一条写。", Auto: "off"},
		Corrects: field{Name: "corrects", Label: "更正哪个批次（可不填）", Value: f.Corrects, Hint: "只在更正已公开的批次时填它的批次号。", Auto: "off", Keys: "numeric"},
		Reason:   field{Name: "reason", Label: "更正的原因", Value: f.Reason, Hint: "会公开，请不要写个人信息。", Auto: "off"},
		Units: []choice{
			{"", "从表中认", "", f.Unit == ""}, {"yuan", "元", "", f.Unit == "yuan"}, {"wan", "万元", "", f.Unit == "wan"},
		},
	}
	funds, err := s.config.Intake.UploadFunds(c.UserContext(), officerOf(c))
	if err != nil {
		return p, err
	}
	for _, fund := range funds {
		p.Funds = append(p.Funds, choice{fund.Code, fund.Name, fund.Kind.Name(), fund.Code == f.Fund})
	}
	p.Sets, err = s.config.Intake.UploadSets(c.UserContext(), officerOf(c), 10)
	return p, err
}

func (s *Server) uploadPage(c *fiber.Ctx) error {
	p, err := s.newUploadPage(c, uploadForm{Corrects: digitsOf(c.Query("corrects"))})
	if err != nil {
		return err
	}
	return s.show(c, http.StatusOK, p)
}

// digitsOf is a number of the address, or nothing.
func digitsOf(text string) string {
	if strings.Trim(text, "0123456789") != "" || len(text) > 18 {
		return ""
	}
	return text
}

// faultyForm ends the reading of a form whose fields are wrong.
type faultyForm struct{ name, message string }

func (f faultyForm) Error() string { return f.message }

// upload takes the files of a form one by one. The set is opened with the first; a set that is named goes on.
func (s *Server) upload(c *fiber.Ctx) error {
	var in incoming
	set, err := s.takeFiles(c, &in, func(ctx context.Context) (int64, error) {
		if no := digitsOf(in.fields["set"]); no != "" {
			return strconv.ParseInt(no, 10, 64)
		}
		want, name, fault := readUploadForm(in.fields).set()
		if fault != "" {
			return 0, faultyForm{name, fault}
		}
		return s.config.Intake.NewSet(ctx, officerOf(c), want)
	})
	var faulty faultyForm
	status, message, ours := refusal(err)
	switch {
	case errors.As(err, &faulty):
		status = http.StatusUnprocessableEntity
	case ours && set == 0:
		faulty.message = message
	case err != nil:
		return err
	default:
		return c.Redirect("/office/sets/"+strconv.FormatInt(set, 10), http.StatusSeeOther)
	}
	p, err := s.newUploadPage(c, readUploadForm(in.fields))
	if err != nil {
		return err
	}
	p.faulty(faulty)
	return s.show(c, status, p)
}

func (p *uploadPage) faulty(f faultyForm) {
	message := strings.TrimSuffix(f.message, "。") + "。文件没有收下，请重新选择文件。"
	switch f.name {
	case "fund":
		p.FundFault = message
	case "period":
		p.Period.Fault = message
	case "corrects":
		p.Corrects.Fault = message
	case "reason":
		p.Reason.Fault = message
	default:
		p.Fault = message
	}
}

// takeFiles takes every file of a form into the set that open gives.
func (s *Server) takeFiles(c *fiber.Ctx, in *incoming, open func(context.Context) (int64, error)) (set int64, err error) {
	done, err := s.turnToSend(c)
	if err != nil {
		return 0, err
	}
	defer done()
	by := officerOf(c)
	err = in.take(c, func(ctx context.Context, name string, content []byte, size int64) (err error) {
		if set == 0 {
			if set, err = open(ctx); err != nil {
				set = 0
				return err
			}
		}
		if content == nil {
			return s.config.Intake.RefuseFile(ctx, by, set, name, size)
		}
		_, err = s.config.Intake.TakeFile(ctx, by, set, name, content)
		return err
	})
	if err == nil && set == 0 {
		err = faultyForm{"", "请选择要传的文件"}
	}
	return set, err
}

const (
	filesPerPage   = 100
	refreshSeconds = "2"
)

type setPage struct {
	OfficeFrame
	ledger.UploadOverview
	Faults bool // only files with faults are shown
	Done   int  // checked or refused
	Own    bool
	Pages  int

	MayCertify, MayPublish bool
}

func (setPage) view() string { return "pages/office_set" }

// Link is the address of a page of the set's files.
func (p setPage) Link(page int) string {
	q := url.Values{"page": {strconv.Itoa(page)}}
	if p.Faults {
		q.Set("faults", "1")
	}
	return "/office/sets/" + strconv.FormatInt(p.No, 10) + "?" + q.Encode()
}

func (s *Server) setPage(c *fiber.Ctx) error {
	no, err := numberIn(c, "set")
	if err != nil {
		return err
	}
	return s.showSet(c, no, http.StatusOK, "")
}

func (s *Server) showSet(c *fiber.Ctx, no int64, status int, fault string) error {
	faults := c.Query("faults") != ""
	v, err := s.config.Intake.Overview(c.UserContext(), officerOf(c), no, faults, officePage(c), filesPerPage)
	if err != nil {
		return err
	}
	// One file that is done is looked at itself.
	if fault == "" && v.Files == 1 && len(v.Lines) == 1 && v.Lines[0].Batch != 0 {
		return c.Redirect("/office/batches/"+strconv.FormatInt(v.Lines[0].Batch, 10)+"/findings", http.StatusSeeOther)
	}
	p := setPage{
		OfficeFrame: s.officeFrame(c, "这一批文件", "/office/upload"), UploadOverview: v, Faults: faults, Done: v.Files - v.Waiting,
		Own: v.By == officerOf(c), Pages: (v.Chosen + filesPerPage - 1) / filesPerPage,
	}
	p.Fault = fault
	may := func(act ledger.Action) bool { return stay(c).Officer.May(act) && !p.Own }
	p.MayCertify, p.MayPublish = may(ledger.ActCertify), may(ledger.ActPublish)
	if v.Running() && fault == "" {
		c.Set("Refresh", refreshSeconds) // browsers ask anew by themselves, without a script
	}
	return s.show(c, status, p)
}

// wholeSet does an act to every batch of a set that stands ready for it.
func (s *Server) wholeSet(said string, act func(context.Context, string, int64) (int, error)) fiber.Handler {
	return func(c *fiber.Ctx) error {
		no, err := numberIn(c, "set")
		if err != nil {
			return err
		}
		err = s.patiently(c, func(ctx context.Context) error {
			_, err := act(ctx, officerOf(c), no)
			return err
		})
		if status, message, ours := refusal(err); ours {
			return s.showSet(c, no, status, message)
		}
		if err != nil {
			return err
		}
		return c.Redirect("/office/sets/"+strconv.FormatInt(no, 10)+"?said="+said, http.StatusSeeOther)
	}
}

// officePage is the page of a list that is asked for; the first where it is none.
func officePage(c *fiber.Ctx) int {
	n, _ := pageOf(c.Query("page"))
	return max(1, n)
}
