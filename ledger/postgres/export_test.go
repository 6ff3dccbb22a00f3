package postgres

import "context"

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
