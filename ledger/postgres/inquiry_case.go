package postgres

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"

	"github.com/jackc/pgx/v5"

	"mingbai/ledger"
	"mingbai/ledger/inquiry"
)

// held is a case as its events make it.
type held struct {
	id   string
	c    inquiry.Case
	head []byte // the last event's hash; nil for a case that is not sent yet
	said []inquiry.Said
	key  string // under which words are sealed
}

// seen names the state of a case that a form showed.
func (h held) seen() string { return hex.EncodeToString(h.head) }

// eventBody is what the books keep of an event beside its columns: facts and clocks, no words.
type eventBody struct {
	inquiry.Facts
	Slip  inquiry.Slip    `json:",omitzero"`
	Turns []inquiry.Turn  `json:",omitzero"`
	Moved []inquiry.Moved `json:",omitzero"`
}

// eventRow is an event as it lies in the books.
type eventRow struct {
	ID         string
	Seq        int
	At         time.Time
	Role       inquiry.Role
	Login      string
	Department int64
	Act        inquiry.Act
	From, To   inquiry.State
	Round      int
	Body       string
	WordsMAC   []byte
	Prev, Hash []byte
	Key        *string
	Sealed     []byte
}

const eventColumns = `e.id, e.seq, e.at, e.role, e.login, e.department, e.act, e.from_state, e.to_state, e.round, e.body, e.words_mac, e.prev,
	e.hash, w.key, w.sealed`

const fromEvents = `inquiry_event e left join inquiry_words w on w.county = e.county and w.id = e.id and w.seq = e.seq`

// link is the hash of an event: it stands for everything before it, and for the words by their keyed hash.
func (r eventRow) link(county string) []byte {
	r.At, r.Key, r.Sealed, r.Hash = r.At.UTC(), nil, nil, nil
	text, err := json.Marshal(struct {
		County string
		eventRow
	}{county, r})
	if err != nil {
		panic(err) // plain values always marshal
	}
	sum := sha256.Sum256(text)
	return sum[:]
}

// said reads an event with its words.
func (q *Inquiries) said(r eventRow) (s inquiry.Said, err error) {
	var body eventBody
	if err := json.Unmarshal([]byte(r.Body), &body); err != nil {
		return s, err
	}
	if r.Key != nil {
		if s.Words, err = q.openWords(*r.Key, r.ID, r.Seq, r.Sealed); err != nil {
			return s, err
		}
	}
	s.Event = inquiry.Event{
		Seq: r.Seq, At: r.At.UTC(), By: inquiry.Actor{Role: r.Role, Login: r.Login, Department: r.Department}, Act: r.Act, From: r.From, To: r.To,
		Facts: body.Facts.Told(s.Words), Slip: body.Slip, Turns: body.Turns, Moved: body.Moved,
	}
	return s, nil
}

// hold locks a case until the transaction ends and folds it. Who asks is not looked at: see sight.
func (q *Inquiries) hold(ctx context.Context, tx pgx.Tx, id string) (held, error) {
	_, err := one[int](ctx, tx, `select seq from inquiry where county = @county and id = @id for update`, pgx.NamedArgs{"county": q.county, "id": id})
	if err != nil {
		return held{}, unseen(err)
	}
	return q.load(ctx, tx, id)
}

// unseen says that there is no such case as it is said of one that may not be seen.
func unseen(err error) error {
	if ledger.KindOf(err) == ledger.KindNotFound {
		return inquiry.Unseen
	}
	return err
}

// load folds a case from its events.
func (q *Inquiries) load(ctx context.Context, from querier, id string) (held, error) {
	h := held{id: id, key: deskKey}
	rows, err := all(ctx, from, pgx.RowToStructByPos[eventRow], `
		select `+eventColumns+` from `+fromEvents+` where e.county = @county and e.id = @id order by e.seq`,
		pgx.NamedArgs{"county": q.county, "id": id})
	if err != nil {
		return h, err
	}
	if len(rows) == 0 {
		return h, inquiry.Unseen
	}
	for _, r := range rows {
		s, err := q.said(r)
		if err != nil {
			return h, err
		}
		if h.c, err = h.c.Then(s.Event); err != nil {
			return h, err
		}
		h.said, h.head = append(h.said, s), r.Hash
	}
	if h.c.State == inquiry.Sealed {
		h.key = disciplineKey
	}
	return h, nil
}

// keep writes the events that an act made, with the words of the first of them, and the case that they make.
func (q *Inquiries) keep(ctx context.Context, tx pgx.Tx, d inquiry.Desk, h held, events []inquiry.Event, words inquiry.Words) (held, error) {
	was := h.c
	for _, e := range events {
		next, err := h.c.Then(e)
		if err != nil {
			return h, err
		}
		h.c = next
		if h, err = q.keepEvent(ctx, tx, h, e, words); err != nil {
			return h, err
		}
		words = inquiry.Words{} // of the first alone
	}
	if err := q.keepRounds(ctx, tx, h); err != nil {
		return h, err
	}
	args := q.folded(d, h)
	if _, err := exec(ctx, tx, `update inquiry set `+foldedSet+` where county = @county and id = @id`, args); err != nil {
		return h, err
	}
	if h.c.State == inquiry.Sealed && was.State != inquiry.Sealed {
		if err := q.handOver(ctx, tx, h.id); err != nil {
			return h, err
		}
		h.key = disciplineKey
	}
	return h, nil
}

func (q *Inquiries) keepEvent(ctx context.Context, tx pgx.Tx, h held, e inquiry.Event, words inquiry.Words) (held, error) {
	var spoken inquiry.Words
	e.Facts, spoken = e.Facts.Speaks()
	words.Text, words.Right, words.NeedsIdentity = spoken.Text, spoken.Right, spoken.NeedsIdentity
	body, err := json.Marshal(eventBody{e.Facts, e.Slip, e.Turns, e.Moved})
	if err != nil {
		return h, err
	}
	r := eventRow{
		ID: h.id, Seq: e.Seq, At: e.At, Role: e.By.Role, Login: e.By.Login, Department: e.By.Department, Act: e.Act, From: e.From, To: e.To,
		Round: len(h.c.Rounds), Body: string(body), Prev: h.head,
	}
	if r.Prev == nil {
		r.Prev = []byte{}
	}
	var text []byte
	if words != noWords {
		if text, err = json.Marshal(words); err != nil {
			return h, err
		}
		r.WordsMAC = q.wordsMAC(words)
	}
	r.Hash = r.link(q.county)
	if _, err := exec(ctx, tx, `
		insert into inquiry_event (county, id, seq, at, role, login, department, act, from_state, to_state, round, body, words_mac, prev, hash)
		values (@county, @id, @seq, @at, @role, @login, @department, @act, @from, @to, @round, @body, @mac, @prev, @hash)`, pgx.NamedArgs{
		"county": q.county, "id": r.ID, "seq": r.Seq, "at": r.At, "role": string(r.Role), "login": r.Login, "department": r.Department,
		"act": string(r.Act), "from": string(r.From), "to": string(r.To), "round": r.Round, "body": r.Body, "mac": r.WordsMAC, "prev": r.Prev, "hash": r.Hash,
	}); err != nil {
		return h, err
	}
	if text != nil {
		if err := q.keepWords(ctx, tx, h.id, e.Seq, h.key, text); err != nil {
			return h, err
		}
	}
	h.head = r.Hash
	e.Facts = e.Facts.Told(words)
	h.said = append(h.said, inquiry.Said{Event: e, Words: words})
	return h, nil
}

func (q *Inquiries) keepRounds(ctx context.Context, tx pgx.Tx, h held) error {
	for i, r := range h.c.Rounds {
		if _, err := exec(ctx, tx, `
			insert into inquiry_round (county, id, round, began, ended, drafters, answer, approved, reviewer, rating)
			values (@county, @id, @round, @began, @ended, @drafters, @answer, @approved, @reviewer, @rating)
			on conflict (county, id, round) do update set ended = excluded.ended, drafters = excluded.drafters, answer = excluded.answer,
				approved = excluded.approved, reviewer = excluded.reviewer, rating = excluded.rating`, q.roundArgs(h.id, i, r)); err != nil {
			return err
		}
	}
	return nil
}

func (q *Inquiries) roundArgs(id string, i int, r inquiry.Round) pgx.NamedArgs {
	return pgx.NamedArgs{
		"county": q.county, "id": id, "round": i + 1, "began": r.Began, "ended": orNull(r.Ended), "drafters": orEmpty(r.Drafters),
		"answer": string(r.Answer), "approved": string(r.Approved), "reviewer": r.Reviewer, "rating": string(r.Rating),
	}
}

func orNull(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
