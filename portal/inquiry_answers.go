package portal

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"mingbai/ledger"
	"mingbai/ledger/inquiry"
)

// answersPerPage is how many published answers a page lists.
const answersPerPage = 20

type answersPage struct {
	Frame
	Wall    bool
	Query   inquiry.AnswerQuery
	Kinds   []inquiry.Kind
	Funds   []ledger.FundYear
	Answers []inquiry.PublicAnswer
	Count   int
	Older   string // address of the next page; empty for none
	Newer   string
}

func (answersPage) view() string { return "pages/answers" }

// answers lists what was answered in public; wall lists what was opened on request.
func (s *Server) answers(c *fiber.Ctx) error {
	return s.listAnswers(c, answersPage{Frame: s.frame("公开答复"), Query: inquiry.AnswerQuery{
		Text: c.Query("text"), Fund: c.Query("fund"), Village: c.Query("village"), Kind: inquiry.Kind(c.Query("kind")),
	}})
}

func (s *Server) wall(c *fiber.Ctx) error {
	return s.listAnswers(c, answersPage{Frame: s.frame("点题公开"), Wall: true, Query: inquiry.AnswerQuery{Kind: inquiry.Request, Opened: true}})
}

func (s *Server) listAnswers(c *fiber.Ctx, p answersPage) (err error) {
	p.Nav, p.Kinds = "answers", inquiry.Kinds
	if digitsIn(p.Query.Text) >= 15 || len([]rune(p.Query.Text)) > 100 {
		p.Query.Text = "" // a number is not looked for, and not shown again
	}
	if !slices.Contains(inquiry.Kinds, p.Query.Kind) {
		p.Query.Kind = ""
	}
	page := max(c.QueryInt("page", 1), 1)
	p.Query.Limit, p.Query.Skip = answersPerPage, (min(page, 10000)-1)*answersPerPage
	if p.Answers, p.Count, err = s.config.Inquiries.PublicAnswers(c.UserContext(), p.Query); err != nil {
		return err
	}
	for i := range p.Answers {
		p.Answers[i].Copy.Disclosed = ownPath(p.Answers[i].Copy.Disclosed)
	}
	if !p.Wall {
		if p.Funds, err = s.books.Funds(c.UserContext()); err != nil {
			return err
		}
	}
	if p.Query.Skip+len(p.Answers) < p.Count {
		p.Older = answersPath(c.Path(), p.Query, page+1)
	}
	if page > 1 {
		p.Newer = answersPath(c.Path(), p.Query, page-1)
	}
	return s.show(c, http.StatusOK, p)
}

func answersPath(path string, q inquiry.AnswerQuery, page int) string {
	v := url.Values{}
	for name, value := range map[string]string{"text": q.Text, "fund": q.Fund, "village": q.Village, "kind": string(q.Kind)} {
		if value != "" && path != "/wall" {
			v.Set(name, value)
		}
	}
	v.Set("page", strconv.Itoa(page))
	return path + "?" + v.Encode()
}

type answerPage struct {
	Frame
	inquiry.PublicAnswer
}

func (answerPage) view() string { return "pages/answer" }

func (s *Server) answer(c *fiber.Ctx) error {
	no, err := strconv.ParseInt(param(c, "no"), 10, 64)
	if err != nil {
		return ledger.ErrNotFound
	}
	p := answerPage{Frame: s.frame("公开答复")}
	if p.PublicAnswer, err = s.config.Inquiries.PublicAnswer(c.UserContext(), no); err != nil {
		return err
	}
	p.Title, p.Nav = p.Copy.Title, "answers"
	p.Copy.Disclosed = ownPath(p.Copy.Disclosed)
	return s.show(c, http.StatusOK, p)
}

// ownPath is a path of this site, as the books have held it; said again here, since it becomes a link.
func ownPath(path string) string {
	if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") {
		return ""
	}
	return path
}

// answerFile hands over a file that was published with an answer. It was made anew, and came from a stranger all the same.
func (s *Server) answerFile(c *fiber.Ctx) error {
	no, err := strconv.ParseInt(param(c, "no"), 10, 64)
	seq, bad := strconv.Atoi(param(c, "seq"))
	if err != nil || bad != nil {
		return ledger.ErrNotFound
	}
	f, content, err := s.config.Inquiries.PublicFile(c.UserContext(), no, seq)
	if err != nil {
		return err
	}
	return handOver(c, f.Type, f.Name(), content)
}

// outcomes tells each line which published answer there is about it.
func (s *Server) outcomes(ctx context.Context, lists ...[]entry) error {
	if s.config.Inquiries == nil {
		return nil
	}
	var batches []int64
	for _, list := range lists {
		for _, e := range list {
			batches = append(batches, e.Batch)
		}
	}
	slices.Sort(batches)
	answers, err := s.config.Inquiries.AnswersAbout(ctx, slices.Compact(batches))
	if err != nil {
		return err
	}
	for _, list := range lists {
		for i := range list {
			list[i].Outcome = answers[inquiry.Row{Batch: list[i].Batch, Line: list[i].Line}]
		}
	}
	return nil
}
