package postgres

import (
	"context"

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
	args := pgx.NamedArgs{"county": db.county, "ref": ref}
	person, err := first(ctx, db.quick, func(row pgx.CollectableRow) (id int64, err error) {
		err = row.Scan(&id, &book.Name)
		return id, err
	}, `select n.person_id, n.name from person n where n.county = @county and n.ref = @ref and n.id_token is not null`, args)
	if err != nil {
		return book, err
	}
	args["person"] = person
	err = db.fillOwnBook(ctx, args, &book)
	return book, err
}

// fillOwnBook asks everything in one round trip and of one snapshot: a publication between the statements must not make the sums
// disagree with the rows.
func (db *DB) fillOwnBook(ctx context.Context, args pgx.NamedArgs, book *ledger.OwnBook) error {
	type sum struct {
		Year int
		Role string
		ledger.Tally
	}
	var sums []sum
	ask := &pgx.Batch{}
	ask.Queue(`begin isolation level repeatable read read only`)
	ask.Queue(`
		with o as (`+ownRows+`)
		select coalesce(p.year, 0), case o.role when 'head' then 'head' else 'other' end, count(*)::int, sum(p.amount_fen)::bigint
		from o
		join payment p on p.county = o.county and p.year = o.year and p.batch_no = o.batch_no and p.line = o.line
		join fund f on f.county = p.county and f.code = p.fund
		where f.disclosure <> 'aggregate' and p.active
		group by grouping sets ((p.year, 2), (2))
		order by 1 desc`, args).Query(func(rows pgx.Rows) (err error) {
		sums, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (s sum, err error) {
			err = row.Scan(&s.Year, &s.Role, &s.Rows, &s.Total)
			return s, err
		})
		return err
	})
	ask.Queue(`
		with o as (`+ownRows+`)
		select `+paymentColumns+`, o.role
		from o
		join payment p on p.county = o.county and p.year = o.year and p.batch_no = o.batch_no and p.line = o.line `+joinBatchFund+`
		join person n on n.county = p.county and n.person_id = p.person_id
		where f.disclosure <> 'aggregate'
		order by p.year desc, p.period desc, f.code, p.batch_no, p.line`, args).Query(func(rows pgx.Rows) (err error) {
		book.Payments, err = pgx.CollectRows(rows, scanPayment)
		return err
	})
	ask.Queue(`
		select count(*)::int
		from person me
		join person n on n.county = me.county and n.who = me.who and n.person_id <> me.person_id
		join payment p on p.county = n.county and p.person_id = n.person_id
		join fund f on f.county = p.county and f.code = p.fund
		where me.county = @county and me.person_id = @person and p.active and f.disclosure <> 'aggregate'`, args).QueryRow(func(row pgx.Row) error {
		return row.Scan(&book.OtherNames)
	})
	ask.Queue(`commit`)
	if err := db.quick.SendBatch(ctx, ask).Close(); err != nil {
		return ours(err)
	}
	if len(book.Payments) == 0 {
		return ledger.ErrNotFound
	}
	book.Village = book.Payments[0].Village
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
	return nil
}
