package postgres

import (
	"context"
	"strings"

	"mingbai/ledger"
)

// PeopleByRefs reads what is public today of people in villages, in the order asked. Whoever is no longer public is left
// out, whatever the index still says.
func (db *DB) PeopleByRefs(ctx context.Context, refs []ledger.PersonRef) (found []ledger.FoundPerson, err error) {
	if len(refs) == 0 {
		return nil, nil
	}
	names, err := db.nameRegions(ctx)
	if err != nil {
		return nil, err
	}
	people, villages := make([]string, len(refs)), make([]string, len(refs))
	for i, r := range refs {
		people[i], villages[i] = r.Person, r.Village
	}
	rows, err := db.quick.Query(ctx, foundPeople, db.county, db.today(), people, villages)
	if err != nil {
		return nil, ours(err)
	}
	defer rows.Close()
	for rows.Next() {
		var p ledger.FoundPerson
		var written string
		if err := rows.Scan(&p.Ref.Person, &p.Ref.Village, &p.Name, &written, &p.Group, &p.Rows, &p.Total, &p.Years, &p.FundNames); err != nil {
			return nil, err
		}
		place(&p, names, written)
		found = append(found, p)
	}
	return found, ours(rows.Err())
}

var foundPeople = positional(`
	select n.ref, k.village_code, n.name, e.village, e.grp, e.n, e.fen, e.years, e.funds
	from unnest(@people::text[], @villages::text[]) with ordinality as k (ref, village_code, place)
	join person n on n.county = @county and n.ref = k.ref
	cross join lateral (
		select count(*)::int as n, sum(p.amount_fen)::bigint as fen, array_agg(distinct p.year) as years,
			array_agg(distinct f.name) as funds, (array_agg(p.grp order by p.year desc, p.batch_no desc))[1] as grp,
			max(p.village) as village
		from payment p `+withBatchFund+`
		where p.county = @county and p.person_id = n.person_id and p.village_code = k.village_code and `+isPublic+`) e
	where e.n > 0
	order by k.place`, "county", "today", "people", "villages")

// positional numbers a statement's arguments once; pgx reads the names of a statement anew each time it is asked.
func positional(sql string, names ...string) string {
	var pairs []string
	for i, name := range names {
		pairs = append(pairs, "@"+name, "$"+string(rune('1'+i)))
	}
	return strings.NewReplacer(pairs...).Replace(sql)
}
