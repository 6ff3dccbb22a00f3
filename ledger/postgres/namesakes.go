package postgres

import (
	"context"
	"strconv"

	"mingbai/ledger"
)

// PeopleNamed finds who is called exactly so and reads what is public of them, in one statement: a name is a key of the
// books, and the index could only answer it with references to be read here. Hits are as FindPeople has them.
func (db *DB) PeopleNamed(ctx context.Context, q ledger.PeopleQuery) (hits ledger.PeopleHits, found []ledger.FoundPerson, err error) {
	args := []any{db.county, db.today(), q.Name, q.PerPage, (max(q.Page, 1) - 1) * q.PerPage}
	arg := func(value any) string {
		args = append(args, value)
		return "$" + strconv.Itoa(len(args))
	}
	where, having := "", ""
	if len(q.Places) > 0 {
		n := arg(q.Places)
		where = " and (p.village_code = any(" + n + ") or left(p.village_code, 9) = any(" + n + "))"
	}
	switch {
	case len(q.Funds) > 0 && len(q.Years) > 0:
		having = " having bool_or(p.fund = any(" + arg(q.Funds) + ") and p.year = any(" + arg(q.Years) + "))"
	case len(q.Funds) > 0:
		having = " having bool_or(p.fund = any(" + arg(q.Funds) + "))"
	case len(q.Years) > 0:
		having = " having bool_or(p.year = any(" + arg(q.Years) + "))"
	}
	rows, err := db.quick.Query(ctx, namedBegin+where+namedGroup+having+namedEnd, args...)
	if err != nil {
		return hits, nil, ours(err)
	}
	defer rows.Close()
	for rows.Next() {
		var p ledger.FoundPerson
		if err := rows.Scan(&hits.Total, &p.Ref.Person, &p.Ref.Village, &p.Name, &p.TownName, &p.VillageName,
			&p.Group, &p.Rows, &p.Total, &p.Years, &p.FundNames); err != nil {
			return hits, nil, err
		}
		hits.Refs, found = append(hits.Refs, p.Ref), append(found, p)
	}
	if err := rows.Err(); err != nil || len(found) > 0 || q.Page <= 1 {
		return hits, found, ours(err)
	}
	hits, err = db.FindPeople(ctx, q) // beyond the last page nobody tells how many there are
	return hits, nil, err
}

// placeNames are the town and the village of e: from the code list, or as the sheet has the village. Asked one by one, they
// come from the list's key; joined, PostgreSQL reads the whole list.
const placeNames = `coalesce((select name from region where county = @county and code = left(e.village_code, 9)), ''),
			coalesce((select name from region where county = @county and code = e.village_code), e.village, '')`

// The parts of PeopleNamed's statement; figures are what foundPerson reads of a person's public rows.
var (
	namedBegin = positional(`
		select e.total, e.ref, e.village_code, e.name, `+placeNames+`, e.grp, e.n, e.fen, e.years, e.funds
		from (
			select count(*) over ()::int as total, n.ref, n.name, p.village_code, `+publicFigures+`
			from person n
			join payment p on p.county = n.county and p.person_id = n.person_id `+joinBatchFund+`
			where n.county = @county and n.name_key = @name and `+isPublic, "county", "today", "name")
	namedGroup = `
			group by n.ref, n.name, p.village_code`
	namedEnd = positional(`
			order by n.ref, case when p.village_code = '' then '0' else p.village_code end collate "C"
			limit @limit offset @offset) e
		order by e.ref, case when e.village_code = '' then '0' else e.village_code end collate "C"`,
		"county", "today", "name", "limit", "offset")
)
