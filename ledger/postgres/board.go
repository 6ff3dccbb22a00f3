package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"mingbai/ledger"
)

// BatchNotices are the notices of a published batch for the boards of its villages, in the order of their codes; town
// narrows them to a town's, by its 9-digit code. A fund whose lists are not public has none.
func (db *DB) BatchNotices(ctx context.Context, no int64, town string) (notices []ledger.BoardNotice, err error) {
	args := pgx.NamedArgs{"county": db.county, "no": no, "town": town}
	err = pgx.BeginTxFunc(ctx, db.pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		b, err := db.batch(ctx, tx, no, "")
		if err != nil {
			return err
		}
		if b.State != ledger.Published {
			return ledger.Errorf(ledger.KindConflict, "批次%d现在是“%s”，公开以后才能出公示榜", no, b.State.Name())
		}
		fund, err := db.Fund(ctx, b.Fund)
		if err != nil {
			return err
		}
		if fund.Disclosure != ledger.DisclosePublic {
			return ledger.Errorf(ledger.KindDenied, "“%s”不公开名单，没有公示榜", fund.Name)
		}
		args["year"] = b.Period.Year()
		if notices, err = all(ctx, tx, func(row pgx.CollectableRow) (n ledger.BoardNotice, err error) {
			n.Fund, n.Batch, n.Period, n.From, n.Until = fund, no, b.Period, b.PublicFrom, b.PublicUntil
			err = row.Scan(&n.VillageCode, &n.VillageName, &n.TownName, &n.Rows, &n.Total)
			return n, err
		}, `
			select t.village_code, coalesce(v.name, t.village), coalesce(w.name, ''), t.row_count, t.total_fen
			from village_tally t
			left join region v on v.county = t.county and v.code = t.village_code
			left join region w on w.county = t.county and w.code = left(t.village_code, 9)
			where t.county = @county and t.batch_no = @no and t.year = @year and starts_with(t.village_code, @town)
			order by t.village_code, t.village`, args); err != nil {
			return err
		}
		payments, err := all(ctx, tx, func(row pgx.CollectableRow) (p boardRow, err error) {
			err = row.Scan(&p.code, &p.village, &p.Line, &p.Group, &p.Name, &p.Basis, &p.BasisUnit, &p.Standard, &p.Amount, &p.Status)
			return p, err
		}, `
			select p.village_code, case when p.village_code = '' then p.village else '' end, p.line, p.grp, n.name, p.basis,
				p.basis_unit, p.standard, p.amount_fen, p.status
			from payment p
			join person n on n.county = p.county and n.person_id = p.person_id
			where p.county = @county and p.year = @year and p.batch_no = @no and p.active and starts_with(p.village_code, @town)
			order by 1, 2, p.line`, args)
		if err != nil {
			return err
		}
		return hand(notices, payments)
	})
	if err == nil && len(notices) == 0 {
		err = ledger.Errorf(ledger.KindNotFound, "批次%d在这个范围里没有可公示的行", no)
	}
	return notices, ours(err)
}

type boardRow struct {
	code, village string
	ledger.Payment
}

// hand gives each notice its rows; both come in the same order.
func hand(notices []ledger.BoardNotice, rows []boardRow) error {
	for i := range notices {
		n := &notices[i]
		for len(n.Payments) < n.Rows && len(rows) > 0 && rows[0].code == n.VillageCode {
			n.Payments = append(n.Payments, rows[0].Payment)
			rows = rows[1:]
		}
		if len(n.Payments) != n.Rows {
			return ledger.Errorf(ledger.KindInternal, "notice %d: %d rows of %d", i, len(n.Payments), n.Rows)
		}
	}
	return nil
}

// HangNotice records that a batch's notice hangs on a village's board. Recorded again, it mends the record; the audit log
// keeps both. photo may be nil; it must be re-encoded, without what a camera writes into it.
func (db *DB) HangNotice(ctx context.Context, no int64, village string, on time.Time, by string, photo []byte) error {
	return db.posting(ctx, no, village, by, "board.hang", on, `
		insert into board_posting (county, batch_no, village_code, hung_on, hung_by, photo)
		select @county, @no, @village, @on, @by, @photo
		where exists (select from village_tally where county = @county and batch_no = @no and village_code = @village)
		on conflict (county, batch_no, village_code) do update set hung_on = excluded.hung_on, hung_by = excluded.hung_by,
			photo = coalesce(excluded.photo, board_posting.photo)`, photo)
}

// TakeDownNotice records that it was taken down.
func (db *DB) TakeDownNotice(ctx context.Context, no int64, village string, on time.Time, by string) error {
	return db.posting(ctx, no, village, by, "board.take", on, `
		update board_posting set taken_on = @on, taken_by = @by
		where county = @county and batch_no = @no and village_code = @village and hung_on <= @on`, nil)
}

func (db *DB) posting(ctx context.Context, no int64, village, by, action string, on time.Time, sql string, photo []byte) error {
	if on.After(db.today()) {
		return ledger.Errorf(ledger.KindInvalid, "日期不能晚于今天")
	}
	return db.write(ctx, func(tx pgx.Tx) error {
		o, err := db.officerFor(ctx, tx, by, ledger.ActPostNotice)
		if err != nil {
			return err
		}
		b, err := db.batch(ctx, tx, no, "")
		if err != nil {
			return err
		}
		town := ledger.Subject{Fund: b.Fund, Towns: []string{village[:min(9, len(village))]}}
		if err := mayOn(o, ledger.ActPostNotice, town, object(no)); err != nil {
			return err
		}
		n, err := exec(ctx, tx, sql, pgx.NamedArgs{
			"county": db.county, "no": no, "village": village, "on": on, "by": by, "photo": photo,
		})
		if err != nil {
			return err
		}
		if n == 0 {
			return ledger.Errorf(ledger.KindNotFound, "批次%d在这个村没有公示榜，或还没有登记张贴，或撤榜早于张贴", no)
		}
		return db.record(ctx, tx, by, action, object(no), map[string]string{"village": village, "on": on.Format(time.DateOnly)})
	})
}

// Postings are where and when a batch's notices hung.
func (db *DB) Postings(ctx context.Context, no int64) ([]ledger.Posting, error) {
	return all(ctx, db.pool, func(row pgx.CollectableRow) (p ledger.Posting, err error) {
		var taken *time.Time
		err = row.Scan(&p.Village, &p.HungOn, &p.HungBy, &taken, &p.TakenBy, &p.Photo)
		p.TakenOn = orZero(taken)
		return p, err
	}, `
		select village_code, hung_on, hung_by, taken_on, coalesce(taken_by, ''), photo is not null
		from board_posting where county = @county and batch_no = @no order by village_code`,
		pgx.NamedArgs{"county": db.county, "no": no})
}

// PostingPhoto is the photo of a notice on its board.
func (db *DB) PostingPhoto(ctx context.Context, no int64, village string) ([]byte, error) {
	return one[[]byte](ctx, db.pool, `
		select photo from board_posting
		where county = @county and batch_no = @no and village_code = @village and photo is not null`,
		pgx.NamedArgs{"county": db.county, "no": no, "village": village})
}
