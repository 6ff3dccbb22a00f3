package postgres

import (
	"context"
	"strings"

	"mingbai/ledger"
)

// PeopleByRefs reads what is public today of people in villages, in the order asked. Whoever is no longer public is left
// out, whatever the index still says.
func (db *DB) PeopleByRefs(ctx context.Context, refs []ledger.PersonRef) ([]ledger.FoundPerson, error) {
	if len(refs) == 0 {
		return nil, nil
	}
	found, _, err := db.PeopleNow(ctx, refs)
	return found, err
}

// PeopleNow is PeopleByRefs with where the index stands, both as of one moment.
func (db *DB) PeopleNow(ctx context.Context, refs []ledger.PersonRef) (found []ledger.FoundPerson, state ledger.IndexState, err error) {
	if len(refs) == 0 {
		state, err = db.IndexState(ctx)
		return nil, state, err
	}
	people, villages := make([]string, len(refs)), make([]string, len(refs))
	for i, r := range refs {
		people[i], villages[i] = r.Person, r.Village
	}
	names, err := db.nameRegions(ctx)
	if err != nil {
		return nil, state, err
	}
	rows, err := db.quick.Query(ctx, peopleNow, db.county, db.today(), people, villages)
	if err != nil {
		return nil, state, ours(err)
	}
	defer rows.Close()
	found = make([]ledger.FoundPerson, 0, len(refs))
	for rows.Next() {
		var p ledger.FoundPerson
		var written string
		err := rows.Scan(&state.Generation, &state.Behind, &state.Drained, &p.Ref.Person, &p.Ref.Village, &p.Name, &written, &p.Group,
			&p.Rows, &p.Total, &p.Years, &p.FundNames)
		if err != nil {
			return nil, state, err
		}
		if p.Rows > 0 {
			place(&p, names, written)
			found = append(found, p)
		}
	}
	return found, state, ours(rows.Err())
}

// indexState is where the index stands.
const indexState = `coalesce((select generation from search_index where county = @county), ''),
	exists (select from search_outbox where county = @county),
	coalesce((select drained from search_index where county = @county), 0)`

// peopleNow keeps a line without rows for whoever is not public: the state stands in every line.
var peopleNow = positional(`
	select `+indexState+`, k.ref, k.village_code, coalesce(n.name, ''), coalesce(e.village, ''),
		coalesce(e.grp, ''), coalesce(e.n, 0), coalesce(e.fen, 0), e.years, e.funds
	from unnest(@people::text[], @villages::text[]) with ordinality as k (ref, village_code, place)
	left join person n on n.county = @county and n.ref = k.ref
	left join lateral (
		select count(*)::int as n, sum(p.amount_fen)::bigint as fen, array_agg(distinct p.year) as years,
			array_agg(distinct f.name) as funds, (array_agg(p.grp order by p.year desc, p.batch_no desc))[1] as grp,
			max(p.village) as village
		from payment p `+joinBatchFund+`
		where p.county = @county and p.person_id = n.person_id and p.village_code = k.village_code and `+isPublic+`) e on true
	order by k.place`, "county", "today", "people", "villages")

// positional numbers a statement's arguments once; pgx reads the names of a statement anew each time it is asked.
func positional(sql string, names ...string) string {
	var pairs []string
	for i, name := range names {
		pairs = append(pairs, "@"+name, "$"+string(rune('1'+i)))
	}
	return strings.NewReplacer(pairs...).Replace(sql)
}

var indexStateNow = positional(`select `+indexState, "county")

// IndexState is which generation of the index answers and whether it still has to be told something, as of one moment.
func (db *DB) IndexState(ctx context.Context) (s ledger.IndexState, err error) {
	err = db.quick.QueryRow(ctx, indexStateNow, db.county).Scan(&s.Generation, &s.Behind, &s.Drained)
	return s, ours(err)
}
