package postgres

import (
	"context"
	"iter"

	"github.com/jackc/pgx/v5"

	"mingbai/ledger"
)

// catalogueRows is everything public that is no person: the funds, and of every table that is open today what its rows are
// about, once each, as of the newest year. Of posts only the units are in it; of the inquiry desk the published copies.
const catalogueRows = `
	select md5(concat_ws('|', kind, fund, unit, title)) as id, kind, fund, max(year) as year, unit, title, '' as words, '' as path
	from (
		select 'fund' as kind, code as fund, 0 as year, '' as unit, name as title from fund where county = @county
		union all
		select x.kind, p.fund, p.year, x.unit, x.title
		from record p ` + joinBatchFund + `
		cross join lateral (
			select 'agency' as kind, '' as unit, d.agency_name as title from agency d
			where (d.county, d.year, d.batch_no, d.line) = (p.county, p.year, p.batch_no, p.line)
			union all
			select 'project', '', d.project_name from project d
			where (d.county, d.year, d.batch_no, d.line) = (p.county, p.year, p.batch_no, p.line)
			union all
			select 'project', '', concat_ws(' ', d.project_name, d.unit_name) from allocation d
			where (d.county, d.year, d.batch_no, d.line) = (p.county, p.year, p.batch_no, p.line)
			union all
			select 'unit', d.unit_name, d.unit_name from budget_line d
			where (d.county, d.year, d.batch_no, d.line) = (p.county, p.year, p.batch_no, p.line)
			union all
			select 'unit', d.unit_name, d.unit_name from post d
			where (d.county, d.year, d.batch_no, d.line) = (p.county, p.year, p.batch_no, p.line)) x
		where p.county = @county and x.title <> '' and ` + isPublic + `) c
	group by kind, fund, unit, title
	union all
	select md5('answer|' || no), 'answer', coalesce(fund, ''), 0, '', title, question || ' ' || answer, '/answers/' || no
	from inquiry_answer where county = @county and hidden_at is null
	union all
	select md5('guide|' || g.path), 'guide', '', 0, '', g.title, g.words, g.path
	from unnest(@titles::text[], @words::text[], @paths::text[]) as g (title, words, path)`

func (db *DB) catalogueArgs() pgx.NamedArgs {
	var titles, words, paths []string
	for _, g := range ledger.Guides {
		titles, words, paths = append(titles, g.Title), append(words, g.Words), append(paths, g.Path)
	}
	return pgx.NamedArgs{"county": db.county, "today": db.today(), "titles": titles, "words": words, "paths": paths}
}

const catalogueColumns = `c.id, c.kind, c.fund, c.year, c.unit, c.title, c.words, c.path, coalesce(n.name, '')`

// AllCatalogue streams the catalogue in order of id, from after one of them on.
func (db *DB) AllCatalogue(ctx context.Context, after string) iter.Seq2[ledger.CatalogueEntry, error] {
	args := db.catalogueArgs()
	args["after"] = after
	return stream(ctx, db, pgx.RowToStructByPos[ledger.CatalogueEntry], `
		select `+catalogueColumns+` from (`+catalogueRows+`) c
		left join fund n on n.county = @county and n.code = c.fund where c.id collate "C" > @after order by c.id collate "C"`, args)
}

// CatalogueByIDs reads entries in the order asked. What is no longer public is left out.
func (db *DB) CatalogueByIDs(ctx context.Context, ids []string) ([]ledger.CatalogueEntry, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	args := db.catalogueArgs()
	args["ids"] = ids
	return all(ctx, db.pool, pgx.RowToStructByPos[ledger.CatalogueEntry], `
		select `+catalogueColumns+` from (`+catalogueRows+`) c
		join unnest(@ids::text[]) with ordinality as k (id, place) on k.id = c.id
		left join fund n on n.county = @county and n.code = c.fund order by k.place`, args)
}

// catalogueOf reads what the catalogue has of some funds now.
func (db *DB) catalogueOf(ctx context.Context, funds []string) ([]ledger.CatalogueEntry, error) {
	args := db.catalogueArgs()
	args["funds"] = funds
	return all(ctx, db.pool, pgx.RowToStructByPos[ledger.CatalogueEntry], `
		select `+catalogueColumns+` from (`+catalogueRows+`) c
		left join fund n on n.county = @county and n.code = c.fund where c.fund = any(@funds) order by c.id collate "C"`, args)
}

// tellCatalogue puts a fund, or "" for what is about none, on the search outbox and asks for a drain.
func (db *DB) tellCatalogue(ctx context.Context, tx pgx.Tx, fund string) error {
	if _, err := exec(ctx, tx, `insert into search_outbox (county, fund) values (@county, @fund)`,
		pgx.NamedArgs{"county": db.county, "fund": fund}); err != nil {
		return err
	}
	_, err := db.queue.InsertTx(ctx, tx, DrainIndex{}, nil)
	return err
}
