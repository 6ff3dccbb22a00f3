package postgres

import (
	"bytes"
	"context"
	"encoding/json"

	"github.com/jackc/pgx/v5"

	"mingbai/ledger"
	"mingbai/ledger/inquiry"
)

// VerifyInquiries folds every case anew and compares: the chain of events, their words, the columns and the rounds.
func (q *Inquiries) VerifyInquiries(ctx context.Context) (found []ledger.Difference, err error) {
	ids, err := all(ctx, q.pool, pgx.RowTo[string], `select id from inquiry where county = @county order by id`, pgx.NamedArgs{"county": q.county})
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		err := q.read(ctx, func(tx pgx.Tx) error {
			what, err := q.verifyCase(ctx, tx, id)
			if what != "" {
				found = append(found, ledger.Difference{Where: "来件", What: what})
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return found, nil
}

func (q *Inquiries) verifyCase(ctx context.Context, tx pgx.Tx, id string) (what string, err error) {
	args := pgx.NamedArgs{"county": q.county, "id": id}
	rows, err := all(ctx, tx, pgx.RowToStructByPos[eventRow], `
		select `+eventColumns+` from `+fromEvents+` where e.county = @county and e.id = @id order by e.seq`, args)
	if err != nil {
		return "", err
	}
	prev := []byte{}
	for _, r := range rows {
		said, err := q.said(r)
		switch {
		case err != nil || !bytes.Equal(r.Prev, prev) || !bytes.Equal(r.Hash, r.link(q.county)):
			return "记录被改动过", nil //nolint:nilerr // what cannot be opened was tampered with
		case (r.WordsMAC != nil) != (r.Key != nil) || r.WordsMAC != nil && !bytes.Equal(r.WordsMAC, q.wordsMAC(said.Words)):
			return "记录里的文字被改动过", nil
		}
		prev = r.Hash
	}
	h, err := q.load(ctx, tx, id)
	if err != nil {
		return "记录接不上", nil //nolint:nilerr // the same
	}
	d, err := q.desk(ctx, tx)
	if err != nil {
		return "", err
	}
	same, err := one[bool](ctx, tx, `select `+foldedIs+` from inquiry where county = @county and id = @id`, q.folded(d, h))
	if err != nil {
		return "", err
	}
	if !same {
		return "列表里的状态和记录不一致", nil
	}
	for i, r := range h.c.Rounds {
		same, err := one[bool](ctx, tx, `
			select exists (select from inquiry_round where county = @county and id = @id and round = @round and
				(began, ended, drafters, answer, approved, reviewer, rating) is not distinct from (@began::timestamptz, @ended::timestamptz,
				@drafters::text[], @answer::text, @approved::text, @reviewer::text, @rating::text))`, q.roundArgs(id, i, r))
		if err != nil || !same {
			return "办理的轮次和记录不一致", err
		}
	}
	return "", nil
}

// wordsMAC is the keyed hash that an event holds of its words.
func (q *Inquiries) wordsMAC(w inquiry.Words) []byte {
	text, err := json.Marshal(w)
	if err != nil {
		panic(err) // plain strings always marshal
	}
	return q.codes.TokenOf("words", string(text))
}
