package postgres

import (
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"mingbai/ledger"
)

// Board is a batch's board as an officer may see it. Who answers for some towns only sees those and no others; who answers
// for none of the batch's is refused, and it is written down.
func (db *DB) Board(ctx context.Context, by string, no int64) (board ledger.Board, err error) {
	err = db.write(ctx, func(tx pgx.Tx) error {
		o, err := db.officerFor(ctx, tx, by, ledger.ActSeeBatches)
		if err != nil {
			return err
		}
		if board, err = db.boardOf(ctx, tx, no); err != nil {
			return err
		}
		return narrow(o, &board)
	})
	return board, err
}

func (db *DB) boardOf(ctx context.Context, q querier, no int64) (board ledger.Board, err error) {
	if board.Batch, err = db.batch(ctx, q, no, ""); err != nil {
		return board, err
	}
	args := pgx.NamedArgs{"county": db.county, "no": no, "year": board.Period.Year(), "fund": board.Fund}
	if board.FundName, err = one[string](ctx, q, `select name from fund where county = @county and code = @fund`, args); err != nil {
		return board, err
	}
	board.Villages, err = all(ctx, q, func(row pgx.CollectableRow) (v ledger.BoardVillage, err error) {
		var hung, taken *time.Time
		p := &v.Posting
		err = row.Scan(&v.Code, &v.Name, &v.TownName, &v.Rows, &v.Total, &hung, &p.HungBy, &taken, &p.TakenBy, &p.Photo)
		v.Town, p.Village, p.HungOn, p.TakenOn = v.Code[:min(9, len(v.Code))], v.Code, orZero(hung), orZero(taken)
		return v, err
	}, `
		select t.village_code, coalesce(v.name, t.village), coalesce(w.name, ''), t.row_count, t.total_fen,
			p.hung_on, coalesce(p.hung_by, ''), p.taken_on, coalesce(p.taken_by, ''), p.photo is not null
		from village_tally t
		left join region v on v.county = t.county and v.code = t.village_code
		left join region w on w.county = t.county and w.code = left(t.village_code, 9)
		left join board_posting p on p.county = t.county and p.batch_no = t.batch_no and p.village_code = t.village_code
		where t.county = @county and t.batch_no = @no and t.year = @year
		order by t.village_code, t.village`, args)
	return board, err
}

// narrow leaves of a board what the officer answers for.
func narrow(o ledger.Officer, board *ledger.Board) error {
	var refused error
	board.Villages = slices.DeleteFunc(board.Villages, func(v ledger.BoardVillage) bool {
		err := mayOn(o, ledger.ActSeeBatches, on(board, v), object(board.No))
		if refused == nil {
			refused = err
		}
		return err != nil
	})
	for i, v := range board.Villages {
		board.Villages[i].MayPost = v.Code != "" && o.MayOn(ledger.ActPostNotice, on(board, v)) == nil
	}
	if len(board.Villages) > 0 {
		return nil
	}
	if refused == nil { // the batch names no village at all
		refused = mayOn(o, ledger.ActSeeBatches, ledger.Subject{Fund: board.Fund}, object(board.No))
	}
	return refused
}

func on(board *ledger.Board, v ledger.BoardVillage) ledger.Subject {
	return ledger.Subject{Fund: board.Fund, Towns: []string{v.Town}}
}

// BoardNotices are the notices that Board tells of, to be printed; town narrows them to one town.
func (db *DB) BoardNotices(ctx context.Context, by string, no int64, town string) ([]ledger.BoardNotice, error) {
	board, err := db.Board(ctx, by, no)
	if err != nil {
		return nil, err
	}
	notices, err := db.BatchNotices(ctx, no, town)
	if err != nil {
		return nil, err
	}
	notices = slices.DeleteFunc(notices, func(n ledger.BoardNotice) bool {
		return !slices.ContainsFunc(board.Villages, func(v ledger.BoardVillage) bool { return v.Code == n.VillageCode && v.Name == n.VillageName })
	})
	if len(notices) == 0 {
		return nil, ledger.Errorf(ledger.KindNotFound, "批次%d在这个范围里没有可公示的行", no)
	}
	return notices, nil
}

// BoardPhoto is the photo of a notice that Board tells of.
func (db *DB) BoardPhoto(ctx context.Context, by string, no int64, village string) ([]byte, error) {
	board, err := db.Board(ctx, by, no)
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(board.Villages, func(v ledger.BoardVillage) bool { return v.Code == village && v.Posting.Photo }) {
		return nil, ledger.ErrNotFound
	}
	return db.PostingPhoto(ctx, no, village)
}
