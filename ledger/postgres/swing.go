package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"mingbai/ledger"
)

// warnOfSwings writes down what a batch that has just been staged makes of its period against the last one (XB-03), for the
// clerk to give a reason like for any warning.
//
// Many batches hold one village of a period only. Such a part is held against the same villages of the last period, and
// none is called missing: only a batch that leaves the period with half of the villages that it had before stands for the
// whole.
func (db *DB) warnOfSwings(ctx context.Context, tx pgx.Tx, no int64, u Upload) error {
	b, err := db.batch(ctx, tx, no, "")
	if err != nil {
		return err
	}
	c := ledger.Comparison{Batch: no, Kind: b.Kind, Period: b.Period}
	args := pgx.NamedArgs{"county": db.county, "no": no, "most": 0}
	if b.Kind == ledger.Subsidy {
		err = db.compareParts(ctx, tx, args, &c)
	} else {
		err = db.compareRecords(ctx, tx, args, &c)
		if c.Now.Rows*2 < c.Before.Rows {
			return err // a part: which one, no village tells
		}
	}
	if err != nil {
		return err
	}
	n, err := one[int](ctx, tx, `select coalesce(max(seq), 0) from batch_finding where county = @county and batch_no = @no`, args)
	if err != nil {
		return err
	}
	return db.insertFindings(ctx, tx, no, n, u, c.Findings())
}

// compareParts fills in a comparison's tallies and villages, over what the batch stands for.
func (db *DB) compareParts(ctx context.Context, tx pgx.Tx, args pgx.NamedArgs, c *ledger.Comparison) error {
	last, err := one[*ledger.Period](ctx, tx, twoPeriods+` select period from last`, args)
	if err != nil || last == nil {
		return err
	}
	villages, err := db.villages(ctx, tx, args)
	if err != nil {
		return err
	}
	c.Last = *last
	were, stay := 0, 0
	for _, v := range villages {
		if v.Before.Rows > 0 {
			were++
			if v.Now.Rows > 0 {
				stay++
			}
		}
	}
	for _, v := range villages {
		if whole := stay*2 >= were; whole || v.mine {
			c.Villages = append(c.Villages, v.VillageChange)
			c.Now.Rows += v.Now.Rows
			c.Now.Total += v.Now.Total
			c.Before.Rows += v.Before.Rows
			c.Before.Total += v.Before.Total
		}
	}
	return nil
}
