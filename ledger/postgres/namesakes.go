package postgres

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"mingbai/ledger"
)

// PeopleNamed finds who is called exactly so and reads what is public of them: a name is a key of the books, and the index
// could only answer it with references to be read here. Hits are as FindPeople has them.
func (db *DB) PeopleNamed(ctx context.Context, q ledger.PeopleQuery) (ledger.PeopleHits, []ledger.FoundPerson, error) {
	if q.Page <= 1 && len(q.Places)+len(q.Funds)+len(q.Years) == 0 {
		if hits, found, err := db.fewNamed(ctx, q.Name, q.PerPage); found != nil || err != nil {
			return hits, found, err
		}
	}
	hits, err := db.FindPeople(ctx, q)
	if err != nil || len(hits.Refs) == 0 {
		return hits, nil, err
	}
	found, err := db.PeopleByRefs(ctx, hits.Refs)
	return hits, found, err
}

// mostFew is how many rows are read at once. Nearly all names have fewer.
const mostFew = 200

// fewNamed reads all rows of all people of a name in one statement. found is nil when they are too many for it, or more than
// a page.
func (db *DB) fewNamed(ctx context.Context, name string, perPage int) (hits ledger.PeopleHits, found []ledger.FoundPerson, err error) {
	names, err := db.nameRegions(ctx)
	if err != nil {
		return hits, nil, err
	}
	rows, err := db.quick.Query(ctx, fewNamed, db.county, db.today(), name)
	if err != nil {
		return hits, nil, ours(err)
	}
	defer rows.Close()
	found = []ledger.FoundPerson{}
	read := 0
	for ; rows.Next(); read++ {
		var p ledger.FoundPerson
		var year int
		var fund, written string
		if err := rows.Scan(&p.Ref.Person, &p.Ref.Village, &p.Name, &p.Group, &year, &fund, &p.Rows, &p.Total, &written); err != nil {
			return hits, nil, err
		}
		if n := len(found); n == 0 || found[n-1].Ref != p.Ref {
			place(&p, names, written)
			found = append(found, p) // the newest row comes first and tells the group
		}
		same := &found[len(found)-1]
		same.Years, same.FundNames = append(same.Years, year), append(same.FundNames, fund)
	}
	if err := rows.Err(); err != nil || read >= mostFew || len(found) > perPage {
		return hits, nil, ours(err)
	}
	for i := range found {
		found[i].Years, found[i].FundNames = set(found[i].Years), set(found[i].FundNames)
	}
	slices.SortFunc(found, func(a, b ledger.FoundPerson) int { return strings.Compare(a.Ref.String(), b.Ref.String()) })
	for _, p := range found {
		hits.Refs = append(hits.Refs, p.Ref)
	}
	hits.Total = len(found)
	return hits, found, nil
}

func set[T int | string](list []T) []T {
	slices.Sort(list)
	return slices.Compact(list)
}

var fewNamed = positional(`
	select n.ref, p.village_code, n.name, p.grp, p.year, f.name, count(*) over person::int, sum(p.amount_fen) over person::bigint,
		max(p.village) over person
	from person n
	join payment p on p.county = n.county and p.person_id = n.person_id `+joinBatchFund+`
	where n.county = @county and n.name_key = @name and `+isPublic+`
	window person as (partition by n.ref, p.village_code order by p.year desc, p.batch_no desc
		range between unbounded preceding and unbounded following)
	order by n.ref, p.village_code, p.year desc, p.batch_no desc
	limit `+strconv.Itoa(mostFew), "county", "today", "name")
