package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"mingbai/ledger/inquiry"
)

// Paper is a case for one of its papers, to an officer who sees the case from inside. That it was made is written down. A paper
// that leaves the office says nothing of the sender: see ReleaseSender for who needs an address on it.
func (q *Inquiries) Paper(ctx context.Context, login, id string, p inquiry.Paper) (s inquiry.Dossier, err error) {
	err = q.write(ctx, func(tx pgx.Tx) error {
		h, _, sight, err := q.sight(ctx, tx, login, id)
		if err == nil && !sight.Internal {
			err = inquiry.Unseen
		}
		if err != nil {
			return err
		}
		if !p.Of(h.c) {
			return p.Early()
		}
		if s, err = q.dossier(ctx, tx, login, id); err != nil {
			return err
		}
		if p.Leaves() {
			sender, err := q.sender(ctx, tx, id)
			if err != nil {
				return err
			}
			s.Subject = sender.Without(s.Subject)
			for i := range s.Said {
				s.Said[i].Words.Text = sender.Without(s.Said[i].Words.Text)
			}
			s.Right = sender.Without(s.Right)
		}
		return q.tellOf(ctx, tx, h, login, "inquiry.paper", map[string]string{"title": p.Name()})
	})
	return s, err
}
