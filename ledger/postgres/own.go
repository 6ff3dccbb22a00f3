package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"mingbai/ledger"
)

// OwnBook is everything paid to a person, counted by the database over all of it; ErrNotFound when there is nothing.
func (db *DB) OwnBook(ctx context.Context, ref string) (ledger.OwnBook, error) {
	return db.ownBook(ctx, bookByRef, ref)
}

// LookUp is the book of the person who has both the number, by its token, and the name; ErrNotFound for every other case,
// after the same statements.
func (db *DB) LookUp(ctx context.Context, token []byte, nameKey string) (ledger.OwnBook, error) {
	return db.ownBook(ctx, bookByNumber, token, nameKey)
}

// bookSQL are the statements of a self-lookup. They go to the server together, and its answers come together: how far away
// the server is counts once, and they see one snapshot of the books (see readTogether).
type bookSQL struct{ rows, former, family string }

var (
	bookByRef    = newBookSQL(`n.ref = @ref`, "ref")
	bookByNumber = newBookSQL(`n.who = @who and n.name_key = @name`, "who", "name")
)

// newBookSQL writes them for one way to say whose book it is.
//
// The rows are those that a person may see, with what the person is to each: withdrawn ones too, or a line seen yesterday
// would be gone today without a word. A fund that is open in totals only (aggregate) shows no row to anybody. Who is both
// payee and beneficiary sees the row once. Sums stand beside every row that they are over.
func newBookSQL(whose string, keys ...string) bookSQL {
	me := `with recursive me as materialized (
		select n.county, n.person_id, n.who, n.ref, n.name from person n where n.county = @county and n.id_token is not null and ` + whose + `)`
	in := func(sql string, more ...string) string {
		return positional(me+sql, append(append([]string{"county"}, keys...), more...)...)
	}
	return bookSQL{
		rows: in(`,
			p as (
				select p.*, 'head' as role from me join payment p on p.county = me.county and p.person_id = me.person_id
				union all
				select p.*, y.role
				from me
				cross join lateral (
					select y.county, y.year, y.batch_no, y.line, min(y.role) as role from payment_party y
					where y.county = me.county and y.person_id = me.person_id group by y.county, y.year, y.batch_no, y.line) y
				join payment p on p.county = y.county and p.year = y.year and p.batch_no = y.batch_no and p.line = y.line
				where p.person_id <> me.person_id)
			select `+paymentColumns+`, p.role, me.ref, me.name,
				count(*) filter (where p.active) over kind::int, coalesce(sum(p.amount_fen) filter (where p.active) over kind, 0)::bigint,
				count(*) filter (where p.active) over kindyear::int, coalesce(sum(p.amount_fen) filter (where p.active) over kindyear, 0)::bigint,
				(select count(*)::int
					from me
					join person n on n.county = me.county and n.who = me.who and n.person_id <> me.person_id
					join payment p on p.county = n.county and p.person_id = n.person_id
					join fund f on f.county = p.county and f.code = p.fund
					where p.active and f.disclosure <> 'aggregate')
			from me cross join p `+withBatchFund+`
			join person n on n.county = p.county and n.person_id = p.person_id
			where f.disclosure <> 'aggregate'
			window kind as (partition by p.role = 'head'), kindyear as (partition by p.role = 'head', p.year)
			order by p.year desc, p.period desc, f.code, p.batch_no, p.line`, "today"),
		former: in(`,` + formerOf(`
			select p.year, p.batch_no, p.line from me join payment p on p.county = me.county and p.person_id = me.person_id
			union
			select y.year, y.batch_no, y.line from me join payment_party y on y.county = me.county and y.person_id = me.person_id`)),
		// Whom else the householder's own rows name: who collects, and for whom it is.
		family: in(`
			select p.batch_no, p.line, y.role, n.name, n.person_id,
				count(*) filter (where p.active) over member::int, coalesce(sum(p.amount_fen) filter (where p.active) over member, 0)::bigint
			from me
			join payment p on p.county = me.county and p.person_id = me.person_id
			join payment_party y on y.county = p.county and y.year = p.year and y.batch_no = p.batch_no and y.line = p.line
			join person n on n.county = y.county and n.person_id = y.person_id
			join fund f on f.county = p.county and f.code = p.fund
			where y.person_id <> p.person_id and f.disclosure <> 'aggregate'
			window member as (partition by y.role, n.name, n.person_id)
			order by y.role desc, n.name, n.person_id`),
	}
}

func (db *DB) ownBook(ctx context.Context, sql bookSQL, keys ...any) (book ledger.OwnBook, err error) {
	args := append([]any{db.county}, keys...)
	var together pgx.Batch
	together.Queue(sql.rows, append(args, db.today())...)
	together.Queue(sql.former, args...)
	together.Queue(sql.family, args...)
	answers := db.quick.SendBatch(ctx, &together)
	// Nobody's book is read to its end like anybody's, so that the time it takes does not tell.
	for _, read := range []func(pgx.Rows, *ledger.OwnBook) error{readOwnRows, readOwnFormer, readFamily} {
		rows, err := answers.Query()
		if err == nil {
			err = read(rows, &book)
		}
		if err != nil {
			_ = answers.Close()
			return book, ours(err)
		}
	}
	if err := answers.Close(); err != nil {
		return book, ours(err)
	}
	if len(book.Payments) == 0 {
		return book, ledger.ErrNotFound
	}
	book.Village = book.Payments[0].Village
	return book, nil
}

func readOwnRows(rows pgx.Rows, book *ledger.OwnBook) error {
	defer rows.Close()
	for rows.Next() {
		var all, year ledger.Tally
		p, err := scanPaymentAnd(rows, &book.Person, &book.Name, &all.Rows, &all.Total, &year.Rows, &year.Total, &book.OtherNames)
		if err != nil {
			return err
		}
		book.Payments = append(book.Payments, p)
		if p.Role != ledger.Householder {
			book.Related = all
			continue
		}
		book.Own = all
		last := len(book.Years) - 1
		if year.Rows > 0 && (last < 0 || book.Years[last].Year != p.Period.Year()) {
			book.Years = append(book.Years, ledger.YearTally{Year: p.Period.Year(), Tally: year})
		}
	}
	return rows.Err()
}

func readOwnFormer(rows pgx.Rows, book *ledger.OwnBook) error { return readFormer(rows, book.Payments) }

func readFamily(rows pgx.Rows, book *ledger.OwnBook) error {
	own := map[rowKey]*ledger.Payment{}
	for i := range book.Payments {
		if p := &book.Payments[i]; p.Role == ledger.Householder {
			own[rowKey{p.Batch, p.Line}] = p
		}
	}
	var before int64 // whom the row above named
	var row rowKey
	var person int64
	var member ledger.FamilyTally
	_, err := pgx.ForEachRow(rows, []any{&row.batch, &row.line, &member.Role, &member.Name, &person, &member.Rows, &member.Total}, func() error {
		if p := own[row]; p != nil {
			p.With = append(p.With, member.Partner)
		}
		last := len(book.Family) - 1
		if member.Rows > 0 && (last < 0 || person != before || book.Family[last].Role != member.Role) {
			book.Family = append(book.Family, member)
		}
		before = person
		return nil
	})
	return err
}
