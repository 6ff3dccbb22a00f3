package postgres

import (
	"context"

	"github.com/jackc/pgx/v5/pgxpool"
)

// Quick is the pool of what every search and lookup reads.
func (db *DB) Quick() *pgxpool.Pool { return db.quick }

// MigrateTo brings an empty database to an older version of the schema.
func MigrateTo(ctx context.Context, url string, version int64) error {
	provider, done, err := gooseFor(url)
	if err != nil {
		return err
	}
	defer done()
	_, err = provider.UpTo(ctx, version)
	return err
}

// SendMessage is the job's work on one message.
func (q *Inquiries) SendMessage(ctx context.Context, id string, seq int, last bool) (said string, err error) {
	return q.sendMessage(ctx, TellCitizen{id, seq}, last)
}
