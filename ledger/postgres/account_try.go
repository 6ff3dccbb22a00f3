package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"mingbai/ledger"
)

// A stranger's wrong passwords must slow the stranger down and never lock the owner out. So tries are counted apart:
//
//   - on a browser that the officer was let in on: by that browser's own budget, which nobody else can use up;
//   - elsewhere: by name and address, and by address over all names (guessing one password for many names);
//   - by name over all strange browsers together: this count refuses nobody, it only holds the answer back for up to holdMost,
//     so the owner on a new browser is slowed by that much and no more. What bounds guessing from many addresses is that
//     strangers' passwords are compared few at a time (account.Hasher).
//
// Where somebody at the owner's own address tries without end, a new browser there may find no gap; the way in is then the
// one-time link, which no try can spoil and which makes the browser a known one.
//
// A code of the second factor is short, and only who has the password may try one: there the count over all strange browsers
// does refuse.
type bucket struct {
	key  []byte
	free int           // tries before any delay
	base time.Duration // the first delay; it doubles with each further try
	most time.Duration // 0: never refuses, only counts
	kept bool          // a right try does not empty it, only takes itself back
}

const holdMost = 3 * time.Second

func (a *Accounts) passwordTries(login string, v ledger.Visitor, known bool) []bucket {
	if known {
		return []bucket{{a.hash("try device", login+"\x00"+v.Device), 10, 5 * time.Second, 15 * time.Minute, false}}
	}
	return []bucket{
		{a.hash("try name at address", login+"\x00"+v.Address), 5, 10 * time.Second, 15 * time.Minute, false},
		{a.hash("try address", v.Address), 100, time.Second, time.Minute, true},
		{a.hash("try name", login), 0, 0, 0, false},
	}
}

func (a *Accounts) codeTries(login string, v ledger.Visitor, known bool) []bucket {
	if known {
		return []bucket{{a.hash("code device", login+"\x00"+v.Device), 10, 5 * time.Second, 15 * time.Minute, false}}
	}
	return []bucket{
		{a.hash("code name at address", login+"\x00"+v.Address), 5, 10 * time.Second, 15 * time.Minute, false},
		{a.hash("code name", login), 20, time.Second, time.Minute, false},
	}
}

// confirmTries count wrong passwords of somebody who is inside already.
func (a *Accounts) confirmTries(login string) []bucket {
	return []bucket{{a.hash("confirm", login), 5, 5 * time.Second, time.Minute, false}}
}

// reserve takes a try out of every bucket before it is made, so that many at once get no more than one after the other. It
// answers the tries counted in the last bucket; a closed bucket is an error that says how long.
func (a *Accounts) reserve(ctx context.Context, buckets []bucket) (tries int, err error) {
	err = pgx.BeginFunc(ctx, a.pool, func(tx pgx.Tx) error {
		for _, b := range buckets {
			if tries, err = a.take(ctx, tx, b); err != nil {
				return err
			}
		}
		return nil
	})
	return tries, ours(err)
}

func (a *Accounts) take(ctx context.Context, tx pgx.Tx, b bucket) (int, error) {
	args := pgx.NamedArgs{
		"county": a.county, "bucket": b.key, "now": a.now(), "free": b.free, "base": b.base.Seconds(), "most": b.most.Seconds(),
	}
	// The delay follows the tries that this one makes: free, then base, 2 base, 4 base… up to most. A day without a try wipes
	// the count.
	tries, err := one[int](ctx, tx, `
		insert into login_try as t (county, bucket, tries, last_at, open_at) values (@county, @bucket, 1, @now, @now)
		on conflict (county, bucket) do update set last_at = @now,
			tries = case when t.last_at < @now - interval '1 day' then 1 else t.tries + 1 end,
			open_at = @now + case when t.tries + 1 < @free or t.last_at < @now - interval '1 day' then interval '0'
				else least(@most, @base * power(2, least(t.tries + 1 - @free, 30))) * interval '1 second' end
		where t.open_at <= @now
		returning t.tries`, args)
	if !errors.Is(err, ledger.ErrNotFound) {
		return tries, err
	}
	open, err := one[time.Time](ctx, tx, `select open_at from login_try where county = @county and bucket = @bucket`, args)
	if err != nil {
		return 0, err
	}
	minutes := int((open.Sub(a.now()) + time.Minute - 1) / time.Minute)
	return 0, ledger.Errorf(ledger.KindTooMany, "试错的次数多了，请过 %d 分钟再试。平时用的电脑不受影响；急用请找管理员要一次性链接。", max(1, minutes))
}

// giveBack empties the buckets of somebody who turned out to be right. An address over all names gets back this one try only,
// or one good account would let its owner guess all others.
func (a *Accounts) giveBack(ctx context.Context, tx pgx.Tx, buckets []bucket) error {
	for _, b := range buckets {
		sql := `delete from login_try where county = @county and bucket = @bucket`
		if b.kept {
			sql = `update login_try set tries = tries - 1 where county = @county and bucket = @bucket`
		}
		if _, err := exec(ctx, tx, sql,
			pgx.NamedArgs{"county": a.county, "bucket": b.key}); err != nil {
			return err
		}
	}
	return nil
}

// holdFor is how long an answer is held back after so many tries of strangers.
func holdFor(tries int) time.Duration {
	return min(holdMost, max(0, time.Duration(tries-10)*100*time.Millisecond))
}

// worthTelling thins the log of wrong tries, or strangers could fill the audit chain: the first ten of a day, then every
// hundredth with its count.
func worthTelling(tries int) bool { return tries <= 10 || tries%100 == 0 }
