package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"mingbai/ledger"
)

// ownRows are the payments that a person may see in a self-lookup, with what the person is to each: withdrawn ones too,
// or a line seen yesterday would be gone today without a word. A fund that is open in totals only (aggregate) shows no row
// to anybody. Who is both payee and beneficiary sees the row once.
const ownRows = `
	select p.county, p.year, p.batch_no, p.line, 'head' as role
	from payment p
	where p.county = @county and p.person_id = @person
	union all
	select p.county, p.year, p.batch_no, p.line, min(y.role)
	from payment_party y
	join payment p on p.county = y.county and p.year = y.year and p.batch_no = y.batch_no and p.line = y.line
	where y.county = @county and y.person_id = @person and p.person_id <> @person
	group by p.county, p.year, p.batch_no, p.line`

// OwnBook is everything paid to a person, counted by the database over all of it; ErrNotFound when there is nothing.
func (db *DB) OwnBook(ctx context.Context, ref string) (ledger.OwnBook, error) {
	var book ledger.OwnBook
	args := pgx.NamedArgs{"county": db.county, "ref": ref, "today": db.today()}
	// One snapshot for all the statements: a publication between them must not make the sums disagree with the rows.
	err := pgx.BeginTxFunc(ctx, db.quick, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		person, err := first(ctx, tx, func(row pgx.CollectableRow) (id int64, err error) {
			err = row.Scan(&id, &book.Name)
			return id, err
		}, `select n.person_id, n.name from person n where n.county = @county and n.ref = @ref and n.id_token is not null`, args)
		// Nobody's book is read like anybody's, so that the time it takes does not tell.
		if err != nil && !errors.Is(err, ledger.ErrNotFound) {
			return err
		}
		args["person"] = person
		return db.fillOwnBook(ctx, tx, args, &book)
	})
	return book, ours(err)
}

func (db *DB) fillOwnBook(ctx context.Context, tx pgx.Tx, args pgx.NamedArgs, book *ledger.OwnBook) (err error) {
	type sum struct {
		Year int
		Role string
		ledger.Tally
	}
	sums, err := all(ctx, tx, func(row pgx.CollectableRow) (s sum, err error) {
		err = row.Scan(&s.Year, &s.Role, &s.Rows, &s.Total)
		return s, err
	}, `
		with o as (`+ownRows+`)
		select coalesce(p.year, 0), case o.role when 'head' then 'head' else 'other' end, count(*)::int, sum(p.amount_fen)::bigint
		from o
		join payment p on p.county = o.county and p.year = o.year and p.batch_no = o.batch_no and p.line = o.line
		join fund f on f.county = p.county and f.code = p.fund
		where f.disclosure <> 'aggregate' and p.active
		group by grouping sets ((p.year, 2), (2))
		order by 1 desc`, args)
	if err != nil {
		return err
	}
	for _, s := range sums {
		switch {
		case s.Year == 0 && s.Role == "head":
			book.Own = s.Tally
		case s.Year == 0:
			book.Related = s.Tally
		case s.Role == "head":
			book.Years = append(book.Years, ledger.YearTally{Year: s.Year, Tally: s.Tally})
		}
	}
	book.Payments, err = all(ctx, tx, scanPayment, `
		with o as (`+ownRows+`)
		select `+paymentColumns+`, o.role
		from o
		join payment p on p.county = o.county and p.year = o.year and p.batch_no = o.batch_no and p.line = o.line `+joinBatchFund+`
		join person n on n.county = p.county and n.person_id = p.person_id
		where f.disclosure <> 'aggregate'
		order by p.year desc, p.period desc, f.code, p.batch_no, p.line`, args)
	if err != nil {
		return err
	}
	if len(book.Payments) == 0 {
		return ledger.ErrNotFound
	}
	book.Village = book.Payments[0].Village
	if err := db.addFormer(ctx, tx, book.Payments); err != nil {
		return err
	}
	if err := db.addFamily(ctx, tx, args, book); err != nil {
		return err
	}
	book.OtherNames, err = one[int](ctx, tx, `
		select count(*)::int
		from person me
		join person n on n.county = me.county and n.who = me.who and n.person_id <> me.person_id
		join payment p on p.county = n.county and p.person_id = n.person_id
		join fund f on f.county = p.county and f.code = p.fund
		where me.county = @county and me.person_id = @person and p.active and f.disclosure <> 'aggregate'`, args)
	return err
}

// addFamily fills in whom else the householder's own rows name: who collects, and for whom it is.
func (db *DB) addFamily(ctx context.Context, tx pgx.Tx, args pgx.NamedArgs, book *ledger.OwnBook) (err error) {
	const theirs = `
		from payment p
		join payment_party y on y.county = p.county and y.year = p.year and y.batch_no = p.batch_no and y.line = p.line
		join person n on n.county = y.county and n.person_id = y.person_id
		join fund f on f.county = p.county and f.code = p.fund
		where p.county = @county and p.person_id = @person and y.person_id <> p.person_id and f.disclosure <> 'aggregate'`
	type named struct {
		batch int64
		line  int
		ledger.Partner
	}
	list, err := all(ctx, tx, func(row pgx.CollectableRow) (p named, err error) {
		err = row.Scan(&p.batch, &p.line, &p.Role, &p.Name)
		return p, err
	}, `select p.batch_no, p.line, y.role, n.name `+theirs+` order by y.role desc, n.name`, args)
	if err != nil || len(list) == 0 {
		return err
	}
	for i := range book.Payments {
		p := &book.Payments[i]
		for _, with := range list {
			if p.Role == ledger.Householder && with.batch == p.Batch && with.line == p.Line {
				p.With = append(p.With, with.Partner)
			}
		}
	}
	book.Family, err = all(ctx, tx, func(row pgx.CollectableRow) (t ledger.FamilyTally, err error) {
		err = row.Scan(&t.Role, &t.Name, &t.Rows, &t.Total)
		return t, err
	}, `select y.role, n.name, count(*)::int, sum(p.amount_fen)::bigint `+theirs+` and p.active
		group by y.role, n.name, n.person_id order by y.role desc, n.name, n.person_id`, args)
	return err
}
