package postgres

import (
	"context"
	"errors"
	"regexp"
	"strings"

	"github.com/jackc/pgx/v5"

	"mingbai/ledger"
	"mingbai/ledger/inquiry"
)

// publish keeps the public copies, and the search for them, in step with a case: a new one when it is published, none in sight
// when it begins anew or goes to discipline.
func (m *doing) publish(was inquiry.Case, h held, c inquiry.Copy) error {
	q := m.q
	if h.c.State != inquiry.Published && h.c.State != inquiry.Closed && was.PublicCopy != "" {
		hidden, err := all(m.ctx, m.tx, pgx.RowTo[string], `
			update inquiry_answer set hidden_at = @now where county = @county and id = @id and hidden_at is null returning coalesce(fund, '')`,
			pgx.NamedArgs{"county": q.county, "id": h.id, "now": q.nowUTC()})
		return m.tellAnswers(hidden, err)
	}
	if was.PublicCopy == h.c.PublicCopy || h.c.PublicCopy == "" {
		return nil
	}
	by, err := q.holder(m.ctx, m.tx, inquiry.Case{State: inquiry.InHand, Lead: h.c.Lead})
	if err != nil {
		return err
	}
	if c.Disclosed != "" && !sitePath.MatchString(c.Disclosed) {
		return ledger.Errorf(ledger.KindInvalid, "公开的位置：写本网站的地址，以 / 开头")
	}
	type shown struct {
		No   int64
		Fund string
	}
	a, err := first(m.ctx, m.tx, pgx.RowToStructByPos[shown], `
		insert into inquiry_answer (county, id, round, kind, fund, village_code, title, question, answer, disclosed, by_name, received_on, published_at)
		select county, id, @round, kind, fund, village_code, @title, @question, @answer, @disclosed, @by, (received_at at time zone 'Asia/Shanghai')::date, @now
		from inquiry where county = @county and id = @id returning no, coalesce(fund, '')`, pgx.NamedArgs{
		"county": q.county, "id": h.id, "round": len(h.c.Rounds), "title": strings.TrimSpace(c.Title), "question": c.Question, "answer": c.Answer,
		"disclosed": c.Disclosed, "by": by, "now": q.nowUTC(),
	})
	for i, f := range m.copies {
		if err == nil {
			_, err = exec(m.ctx, m.tx, `insert into inquiry_answer_file (county, no, seq, type, content) values (@county, @no, @seq, @type, @content)`,
				pgx.NamedArgs{"county": q.county, "no": a.No, "seq": i + 1, "type": f.Type, "content": f.Content})
		}
	}
	if err != nil {
		return err
	}
	return m.tellAnswers([]string{a.Fund}, nil)
}

// tellAnswers lets the search look again at the answers about funds.
func (m *doing) tellAnswers(funds []string, err error) error {
	for _, fund := range funds {
		err = errors.Join(err, m.q.tellCatalogue(m.ctx, m.tx, fund))
	}
	return err
}

var sitePath = regexp.MustCompile(`^/[A-Za-z0-9/_.?=&%-]*$`)

const answerColumns = `a.no, a.kind, a.title, a.question, a.answer, a.disclosed, coalesce(f.name, ''), coalesce(a.fund, ''), coalesce(a.village_code, ''),
	coalesce(v.name, ''), a.by_name, a.received_on, a.published_at`

const fromAnswers = ` from inquiry_answer a
	left join fund f on f.county = a.county and f.code = a.fund
	left join region v on v.county = a.county and v.code = a.village_code
	where a.county = @county and a.hidden_at is null`

func scanAnswer(row pgx.CollectableRow) (p inquiry.PublicAnswer, err error) {
	err = row.Scan(&p.No, &p.Kind, &p.Copy.Title, &p.Copy.Question, &p.Copy.Answer, &p.Copy.Disclosed, &p.FundName, &p.Fund, &p.Village,
		&p.VillageName, &p.By, &p.Received, &p.At)
	return p, err
}

// PublicAnswers are the published answers that were asked for, the newest first, and how many there are of them.
func (q *Inquiries) PublicAnswers(ctx context.Context, a inquiry.AnswerQuery) (list []inquiry.PublicAnswer, count int, err error) {
	if a.Limit <= 0 || a.Limit > mostLines {
		a.Limit = 20
	}
	args := pgx.NamedArgs{
		"county": q.county, "text": strings.ToLower(strings.TrimSpace(a.Text)), "fund": a.Fund, "village": a.Village, "kind": string(a.Kind),
		"skip": max(a.Skip, 0), "limit": a.Limit,
	}
	where := ``
	if args["text"] != "" {
		// The index narrows by pairs of characters; position holds the words in their order.
		where += ` and a.grams @> name_grams(@text) and position(@text in lower(a.title || ' ' || a.question || ' ' || a.answer)) > 0`
	}
	if a.Fund != "" {
		where += ` and a.fund = @fund`
	}
	if a.Village != "" {
		where += ` and starts_with(a.village_code, @village)`
	}
	if a.Opened {
		where += ` and a.disclosed <> ''`
	}
	if a.Kind != "" {
		where += ` and a.kind = @kind`
	}
	if count, err = one[int](ctx, q.pool, `select count(*)::int`+fromAnswers+where, args); err != nil || count == 0 {
		return nil, count, err
	}
	list, err = all(ctx, q.pool, scanAnswer, `select `+answerColumns+fromAnswers+where+` order by a.published_at desc, a.no desc limit @limit offset @skip`, args)
	return list, count, err
}

// PublicAnswer is one published answer with the files that go with it.
func (q *Inquiries) PublicAnswer(ctx context.Context, no int64) (p inquiry.PublicAnswer, err error) {
	args := pgx.NamedArgs{"county": q.county, "no": no}
	if p, err = first(ctx, q.pool, scanAnswer, `select `+answerColumns+fromAnswers+` and a.no = @no`, args); err != nil {
		return p, err
	}
	p.Files, err = all(ctx, q.pool, pgx.RowToStructByPos[inquiry.PublicFile], `
		select seq, type, length(content) from inquiry_answer_file where county = @county and no = @no order by seq`, args)
	return p, err
}

// PublicFile is a file of a published answer. It goes when the answer goes.
func (q *Inquiries) PublicFile(ctx context.Context, no int64, seq int) (f inquiry.PublicFile, content []byte, err error) {
	type row struct {
		inquiry.PublicFile
		Content []byte
	}
	r, err := first(ctx, q.pool, func(r pgx.CollectableRow) (x row, err error) {
		err = r.Scan(&x.Seq, &x.Type, &x.Content)
		return x, err
	}, `
		select f.seq, f.type, f.content from inquiry_answer_file f
		join inquiry_answer a on a.county = f.county and a.no = f.no and a.hidden_at is null
		where f.county = @county and f.no = @no and f.seq = @seq`, pgx.NamedArgs{"county": q.county, "no": no, "seq": seq})
	r.Size = len(r.Content)
	return r.PublicFile, r.Content, err
}

// AnswersAbout are the published answers about rows of batches: what a row's line says of it.
func (q *Inquiries) AnswersAbout(ctx context.Context, batches []int64) (map[inquiry.Row]int64, error) {
	type about struct {
		Batch int64
		Line  int
		No    int64
	}
	list, err := all(ctx, q.pool, pgx.RowToStructByPos[about], `
		select i.about_batch, i.about_line, max(a.no) from desk_inquiry i
		join inquiry_answer a on a.county = i.county and a.id = i.id and a.hidden_at is null
		where i.county = @county and i.about_batch = any (@batches) group by 1, 2`, pgx.NamedArgs{"county": q.county, "batches": batches})
	found := map[inquiry.Row]int64{}
	for _, l := range list {
		found[inquiry.Row{Batch: l.Batch, Line: l.Line}] = l.No
	}
	return found, err
}
