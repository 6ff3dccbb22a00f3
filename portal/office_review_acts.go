package portal

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"mingbai/ledger"
)

// judge does something to a batch and goes on to a page, or shows the review again with what stood in the way.
func (s *Server) judge(c *fiber.Ctx, to string, act func(ctx context.Context, no int64) error, beside func(*reviewPage, string)) error {
	no, err := numberIn(c, "no")
	if err != nil {
		return err
	}
	failed := s.patiently(c, func(ctx context.Context) error { return act(ctx, no) })
	if status, message, ok := refusal(failed); ok {
		return s.showReview(c, no, status, func(p *reviewPage) { beside(p, message) })
	}
	if failed != nil {
		return failed
	}
	return c.Redirect(batchPath(no, to), http.StatusSeeOther)
}

// above puts a refusal over the whole page.
func above(p *reviewPage, message string) { p.Fault = message }

func (s *Server) drawSample(c *fiber.Ctx) error {
	return s.judge(c, "/review?said=drawn#sample", func(ctx context.Context, no int64) error {
		_, err := s.config.Review.Sample(ctx, officerOf(c), no, true)
		return err
	}, above)
}

type acceptForm struct {
	Places []string `form:"place"`
	Reason string   `form:"reason"`
}

// acceptNumbers takes the ticked numbers as they are: they fail their check, and stand so on the identity card.
func (s *Server) acceptNumbers(c *fiber.Ctx) error {
	var form acceptForm
	if c.BodyParser(&form) != nil {
		return errForm
	}
	beside := func(p *reviewPage, message string) { p.AcceptFault = message }
	return s.judge(c, "/review?said=accepted", func(ctx context.Context, no int64) error {
		if len(form.Places) == 0 {
			return ledger.Errorf(ledger.KindInvalid, "请勾选核对过原件的证号。")
		}
		if strings.TrimSpace(form.Reason) == "" {
			return ledger.Errorf(ledger.KindInvalid, "请写明接受的理由，如核对过哪份原件。")
		}
		for _, place := range form.Places {
			choice := ledger.FindingChoice{Rule: ledger.AcceptableRule, Place: place}
			if _, err := s.config.Review.Accept(ctx, no, officerOf(c), form.Reason, choice); err != nil {
				return err
			}
		}
		return nil
	}, beside)
}

// judgementForm says which revision was looked at, so that none is judged unseen.
type judgementForm struct {
	Revision int    `form:"revision"`
	Opinion  string `form:"opinion"`
}

var errUnseen = ledger.Errorf(ledger.KindInvalid, "没有说明看的是第几稿，请刷新后再试。")

func (s *Server) certify(c *fiber.Ctx) error {
	var form judgementForm
	if c.BodyParser(&form) != nil || form.Revision < 1 {
		return errUnseen
	}
	return s.judge(c, "/review?said=certified#publish", func(ctx context.Context, no int64) error {
		return s.config.Review.CertifySeen(ctx, no, form.Revision, officerOf(c))
	}, above)
}

func (s *Server) returnBatch(c *fiber.Ctx) error {
	var form judgementForm
	if c.BodyParser(&form) != nil || form.Revision < 1 {
		return errUnseen
	}
	return s.judge(c, "/review?said=returned", func(ctx context.Context, no int64) error {
		if strings.TrimSpace(form.Opinion) == "" {
			return ledger.Errorf(ledger.KindInvalid, "退回要写明意见，经办人照着改。")
		}
		return s.config.Review.RejectSeen(ctx, no, form.Revision, officerOf(c), form.Opinion)
	}, func(p *reviewPage, message string) { p.Opinion, p.OpinionFault = form.Opinion, message })
}

// publishForm orders a publication for now or for a time.
type publishForm struct {
	When string `form:"when"` // now, at
	Date string `form:"date"` // 2025-06-03, in Shanghai
	Time string `form:"time"` // 09:00
}

// at is the time that was ordered; zero for now.
func (f publishForm) at() (time.Time, error) {
	if f.When == "now" {
		return time.Time{}, nil
	}
	at, err := time.ParseInLocation("2006-01-02 15:04", f.Date+" "+f.Time, ledger.Shanghai)
	if f.When != "at" || err != nil {
		return at, ledger.Errorf(ledger.KindInvalid, "请选“现在”，或者写明哪一天、几点公开。")
	}
	return at, nil
}

func (s *Server) planPublication(c *fiber.Ctx) error {
	var form publishForm
	if c.BodyParser(&form) != nil {
		return errForm
	}
	return s.judge(c, "/progress", func(ctx context.Context, no int64) error {
		at, err := form.at()
		if err != nil {
			return err
		}
		return s.config.Review.PlanPublication(ctx, no, officerOf(c), at)
	}, func(p *reviewPage, message string) { p.When, p.WhenFault = form, message })
}

func (s *Server) cancelPublication(c *fiber.Ctx) error {
	return s.judge(c, "/review?said=cancelled#publish", func(ctx context.Context, no int64) error {
		return s.config.Review.CancelPublication(ctx, no, officerOf(c))
	}, above)
}

type progressPage struct {
	OfficeFrame
	ledger.Progress
	Steps      []progressStep
	UnderWay   bool
	MayCertify bool
}

func (progressPage) view() string { return "pages/office_progress" }

// progressStep is a stage of the way to the public.
type progressStep struct {
	Name string
	Done bool
	Said string
}

// progressEvery is how often the page looks again while something is under way.
const progressEvery = "3"

func (s *Server) progress(c *fiber.Ctx) error {
	no, err := numberIn(c, "no")
	if err != nil {
		return err
	}
	p := progressPage{OfficeFrame: s.officeFrame(c, "公开进度", "/office/review")}
	if p.Progress, err = s.config.Review.Progress(c.UserContext(), officerOf(c), no); err != nil {
		return err
	}
	p.MayCertify = stay(c).Officer.May(ledger.ActCertify)
	p.Steps = progressSteps(p.Progress)
	p.UnderWay = p.Unindexed > 0 || p.Due
	if p.UnderWay {
		c.Set("Refresh", progressEvery)
	}
	return s.show(c, http.StatusOK, p)
}

func progressSteps(p ledger.Progress) []progressStep {
	certified := p.State != ledger.Uploaded && p.State != ledger.Parsed && p.State != ledger.Checked && p.State != ledger.Rejected
	steps := []progressStep{{Name: "复核", Done: certified, Said: "等待复核"}, {Name: "入账公开"}}
	if certified {
		steps[0].Said = "复核人 " + p.CertifiedBy
	}
	switch {
	case !p.PublishedAt.IsZero():
		steps[1].Done, steps[1].Said = true, moment(p.PublishedAt)+"，"+count(p.RowsEntered)+" 行一次入账，公示期"+periodText(p.PublicFrom, p.PublicUntil)
	case p.Plan == nil:
		steps[1].Said = "还没有安排"
	case p.Plan.Ended == "":
		steps[1].Said = "安排在 " + moment(p.Plan.At) + "，由 " + p.Plan.By + " 公开"
	default:
		steps[1].Said = map[ledger.PlanEnd]string{
			ledger.PlanCancelled: "原来的安排已取消", ledger.PlanVoid: "批次有变，原来的安排作废", ledger.PlanFailed: "没有公开成：" + p.Plan.Said,
		}[p.Plan.Ended]
	}
	if p.Kind != ledger.Subsidy {
		return steps
	}
	index := progressStep{Name: "查得到", Said: "公开以后开始"}
	if !p.PublishedAt.IsZero() {
		index.Done, index.Said = p.Unindexed == 0, count(p.People)+" 人都已通知检索"
		if p.Unindexed > 0 {
			index.Said = count(p.People) + " 人里还有 " + count(p.Unindexed) + " 人等着通知检索；这期间账库直接回答，一样查得到"
		}
	}
	return append(steps, index)
}
