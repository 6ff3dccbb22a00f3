package postgres

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"mingbai/ledger"
	"mingbai/ledger/inquiry"
)

func draftRow(round int, login string) string { return fmt.Sprintf("%d:%s", round, login) }

// draftPlace names where a draft lives, by its row as handOver names it.
func draftPlace(id, row string) string { return "inquiry_draft:" + id + ":" + row + ":sealed" }

// mayDraft says whether an officer may write the answer of a case now.
func mayDraft(c inquiry.Case, o ledger.Officer) bool {
	acts := actsOf(c, o)
	return slices.Contains(acts, inquiry.Draft) || slices.Contains(acts, inquiry.Redraft)
}

// SaveDraft keeps what a drafter has written so far, for the drafter alone. An empty text is kept too: it was emptied.
func (q *Inquiries) SaveDraft(ctx context.Context, login, id, text string) error {
	if utf8.RuneCountInString(text) > mostText {
		return errTooLong
	}
	return q.write(ctx, func(tx pgx.Tx) error {
		o, err := q.officerFor(ctx, tx, login, ledger.ActSeeInquiries)
		if err != nil {
			return err
		}
		h, err := q.hold(ctx, tx, id)
		if err != nil {
			return err
		}
		if _, sight := seesAs(h.c, o); !sight.Exists {
			return inquiry.Unseen
		}
		if !mayDraft(h.c, o) {
			return ledger.Errorf(ledger.KindConflict, "这件来件现在不由您起草，草稿没有保存")
		}
		round := len(h.c.Rounds)
		_, err = exec(ctx, tx, `
			insert into inquiry_draft (county, id, round, login, key, sealed, at) values (@county, @id, @round, @login, @key, @sealed, @now)
			on conflict (county, id, round, login) do update set sealed = excluded.sealed, at = excluded.at`, pgx.NamedArgs{
			"county": q.county, "id": id, "round": round, "login": login, "key": h.key, "now": q.nowUTC(),
			"sealed": q.keys[h.key].Seal(draftPlace(id, draftRow(round, login)), []byte(text)),
		})
		return err
	})
}

// savedDraft is what a drafter saved in the case's present round; zero for nothing.
func (q *Inquiries) savedDraft(ctx context.Context, from querier, h held, login string) (d inquiry.SavedDraft, err error) {
	type row struct {
		Key    string
		Sealed []byte
		At     time.Time
	}
	round := len(h.c.Rounds)
	r, err := first(ctx, from, pgx.RowToStructByPos[row], `
		select key, sealed, at from inquiry_draft where county = @county and id = @id and round = @round and login = @login`,
		pgx.NamedArgs{"county": q.county, "id": h.id, "round": round, "login": login})
	if errors.Is(err, ledger.ErrNotFound) {
		return d, nil
	}
	if err != nil {
		return d, err
	}
	text, err := q.openWith(r.Key, draftPlace(h.id, draftRow(round, login)), r.Sealed)
	return inquiry.SavedDraft{Text: string(text), At: r.At}, err
}

// dropDraft forgets what a drafter saved: it was sent for review.
func (m *doing) dropDraft(h held, by inquiry.Actor) error {
	_, err := exec(m.ctx, m.tx, `delete from inquiry_draft where county = @county and id = @id and round = @round and login = @login`,
		pgx.NamedArgs{"county": m.q.county, "id": h.id, "round": len(h.c.Rounds), "login": by.Login})
	return err
}

// mostEarlier is how many earlier answers stand beside a draft.
const mostEarlier = 5

// Earlier are published answers that help whoever drafts one: about the same fund, village or kind, and of like words. Words
// that were typed choose, and those of the case only rank.
func (q *Inquiries) Earlier(ctx context.Context, about inquiry.About, kind inquiry.Kind, subject, words string) ([]inquiry.PublicAnswer, error) {
	words = strings.ToLower(strings.TrimSpace(words))
	return all(ctx, q.pool, scanAnswer, `
		with asked as (
			select array(select g from unnest(name_grams(left(lower(@subject || ' ' || @words), 200))) g where length(g) = 2 and g !~ '\s') as pairs,
				array(select g from unnest(name_grams(left(@words, 100))) g where length(g) = 2 and g !~ '\s') as chosen)
		select `+answerColumns+fromAnswers+`
			and (case when @words = '' then a.fund = @fund or a.village_code = @village or a.kind = @kind or a.grams && (select pairs from asked)
				else a.grams && (select chosen from asked) end)
		order by (a.fund = @fund)::int * 4 + (a.village_code = @village)::int * 2 + (a.kind = @kind)::int
			+ 8.0 * (select count(*) from asked, unnest(asked.pairs) g where g = any (a.grams)) / (select greatest(cardinality(pairs), 1) from asked)
			desc nulls last, a.published_at desc, a.no desc
		limit @limit`, pgx.NamedArgs{
		"county": q.county, "fund": about.Fund, "village": about.Village, "kind": string(kind), "subject": subject, "words": words, "limit": mostEarlier,
	})
}
