package postgres

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"mingbai/ledger"
)

// YearFigures are a year's figures over all active payments, whatever the policy; year 0 is the newest with data. A year
// without data gives zeros.
func (db *DB) YearFigures(ctx context.Context, year int) (ledger.YearFigures, error) {
	y, err := first(ctx, db.pool, func(row pgx.CollectableRow) (y ledger.YearFigures, err error) {
		err = row.Scan(&y.Year, &y.Tally.Rows, &y.Tally.Total, &y.People, &y.Funds, &y.Villages, &y.Updated)
		return y, err
	}, `
		select y.year, coalesce(sum(t.row_count), 0)::int, coalesce(sum(t.total_fen), 0)::bigint, y.people,
			count(distinct t.fund)::int, count(distinct t.village_code || t.village)::int, y.changed_at
		from year_tally y
		left join village_tally t on t.county = y.county and t.year = y.year
		where y.county = @county and y.year = case when @year = 0
			then (select max(year) from village_tally where county = @county) else @year end
		group by y.year, y.people, y.changed_at`,
		pgx.NamedArgs{"county": db.county, "year": year})
	if errors.Is(err, ledger.ErrNotFound) {
		return ledger.YearFigures{Year: year}, nil
	}
	return y, err
}

// A batch of a fund that names nobody may be one household: its own figures are not told (small cells are never published).
const publicationColumns = `b.batch_no, b.fund, f.name, b.period,
	case when f.disclosure = 'public' then b.row_count else 0 end, case when f.disclosure = 'public' then b.total_fen else 0 end,
	f.disclosure <> 'public', b.published_at, b.ended_at, coalesce(b.end_reason, ''), f.kind, b.state = 'superseded',
	case when f.disclosure = 'public' then b.file_name else '' end, coalesce(b.corrects, 0), coalesce(b.correct_reason, ''),
	b.uploaded_at`

func scanPublication(row pgx.CollectableRow) (p ledger.Publication, err error) {
	var ended *time.Time
	err = row.Scan(&p.Batch, &p.Fund, &p.FundName, &p.Period, &p.Rows, &p.Total, &p.Closed, &p.PublishedAt, &ended, &p.EndReason,
		&p.Kind, &p.Corrected, &p.FileName, &p.Corrects, &p.Reason, &p.ReceivedAt)
	p.EndedAt = orZero(ended)
	return p, err
}

// Newest are the n last published batches that were not withdrawn.
func (db *DB) Newest(ctx context.Context, n int) ([]ledger.Publication, error) {
	return all(ctx, db.pool, scanPublication, `
		select `+publicationColumns+`
		from batch b join fund f on f.county = b.county and f.code = b.fund
		where b.county = @county and b.state = 'published'
		order by b.published_at desc, b.batch_no desc limit @n`,
		pgx.NamedArgs{"county": db.county, "n": n})
}

// Publications are n of the batches that were ever published, the newest first, after leaving out so many; and how many there are.
func (db *DB) Publications(ctx context.Context, skip, n int) ([]ledger.Publication, int, error) {
	args := pgx.NamedArgs{"county": db.county, "skip": skip, "n": n}
	const everPublished = `
		from batch b join fund f on f.county = b.county and f.code = b.fund
		where b.county = @county and b.state in ('published', 'superseded', 'withdrawn')`
	total, err := one[int](ctx, db.pool, `select count(*)::int `+everPublished, args)
	if err != nil {
		return nil, 0, err
	}
	list, err := all(ctx, db.pool, scanPublication, `select `+publicationColumns+everPublished+`
		order by b.published_at desc, b.batch_no desc offset @skip limit @n`, args)
	return list, total, err
}

// Funds lists every fund with its years.
func (db *DB) Funds(ctx context.Context) ([]ledger.FundYear, error) {
	return all(ctx, db.pool, func(row pgx.CollectableRow) (f ledger.FundYear, err error) {
		var years, counts []int
		var sums []ledger.Fen
		err = row.Scan(append(fundFields(&f.Fund), &years, &counts, &sums)...)
		for i, y := range years {
			f.ByYear = append(f.ByYear, ledger.YearTally{Year: y, Tally: ledger.Tally{Rows: counts[i], Total: sums[i]}})
		}
		if len(f.ByYear) > 0 {
			f.Year, f.Tally = f.ByYear[0].Year, f.ByYear[0].Tally
		}
		return f, err
	}, `
		select `+fundColumns+`, t.years, t.counts, t.sums
		from fund f
		cross join lateral (
			select array_agg(year order by year desc) as years, array_agg(n order by year desc) as counts, array_agg(fen order by year desc) as sums
			from (
				select year, sum(row_count)::int as n, sum(total_fen)::bigint as fen from (
					select year, row_count, total_fen from village_tally where county = f.county and fund = f.code
					union all
					select year, row_count, total_fen from record_tally where county = f.county and fund = f.code) both_tallies
				group by year) y) t
		where f.county = @county
		order by f.kind, f.code`,
		pgx.NamedArgs{"county": db.county})
}

func fundFields(f *ledger.Fund) []any {
	return []any{&f.Code, &f.Name, &f.Kind, &f.Section, &f.Purpose, &f.Document, &f.Standard, &f.BasisUnit, &f.Disclosure, &f.PublicDays}
}

// FundPage is what is open of a fund in a year; year 0 is the newest. ErrNotFound for an unknown fund, or a year in which
// nothing was published.
func (db *DB) FundPage(ctx context.Context, code string, year int) (ledger.FundPage, error) {
	return db.fundPage(ctx, code, year, nil)
}

func (db *DB) fundPage(ctx context.Context, code string, year int, then *ledger.Edition) (ledger.FundPage, error) {
	var page ledger.FundPage
	fund, err := db.Fund(ctx, code)
	if err != nil {
		return page, err
	}
	page.Fund = fund
	if page.Papers, err = db.Papers(ctx, code, true); err != nil {
		return page, err
	}
	page.Then = then
	args := pgx.NamedArgs{"county": db.county, "fund": code, "today": db.today(), "then": seqOf(then)}
	if page.Years, err = db.publishedYears(ctx, db.pool, args); err != nil {
		return page, err
	}
	if len(page.Years) == 0 && year == 0 {
		return page, nil
	}
	if year == 0 {
		year = page.Years[0]
	}
	page.Year, args["year"] = year, year
	if !slices.Contains(page.Years, year) {
		return page, ledger.Errorf(ledger.KindNotFound, "“%s”%d年没有公开的数据", fund.Name, year)
	}
	if err := db.fundRegions(ctx, args, &page); err != nil {
		return page, err
	}
	if page.Batches, err = db.publications(ctx, db.pool, args, then); err != nil {
		return page, err
	}
	if err := db.fundFlow(ctx, args, &page); err != nil {
		return page, err
	}
	page.ListOpen, page.Until, err = db.listOpen(ctx, db.pool, args)
	return page, err
}

// fundRegions fills in county, towns and villages, each sum made by the database.
func (db *DB) fundRegions(ctx context.Context, args pgx.NamedArgs, page *ledger.FundPage) error {
	type line struct {
		level                int
		town, townName       *string
		village, villageName *string
		ledger.Tally
		people int
	}
	lines, err := all(ctx, db.pool, func(row pgx.CollectableRow) (l line, err error) {
		err = row.Scan(&l.level, &l.town, &l.townName, &l.village, &l.villageName, &l.Rows, &l.Total, &l.people)
		return l, err
	}, `
		with t as (
			select left(t.village_code, 9) as town, coalesce(town.name, '') as town_name, t.village_code as village,
				coalesce(v.name, t.village) as village_name, t.row_count, t.total_fen, t.people
			from village_span t
			left join region v on v.county = t.county and v.code = t.village_code
			left join region town on town.county = t.county and town.code = left(t.village_code, 9)
			where t.county = @county and t.fund = @fund and t.year = @year and `+heldThen+`)
		select grouping(town, village), town, town_name, village, village_name,
			coalesce(sum(row_count), 0)::int, coalesce(sum(total_fen), 0)::bigint, coalesce(max(people), 0)::int
		from t
		group by grouping sets ((), (town, town_name), (town, town_name, village, village_name))
		order by town nulls first, village nulls first, village_name`, args)
	if err != nil {
		return err
	}
	for _, l := range lines {
		switch l.level {
		case 3:
			page.County = l.Tally
		case 1:
			page.Towns = append(page.Towns, ledger.TownTally{RegionTally: ledger.RegionTally{Code: *l.town, Name: *l.townName, Tally: l.Tally}})
		default:
			t := &page.Towns[len(page.Towns)-1]
			t.Villages = append(t.Villages, ledger.RegionTally{Code: *l.village, Name: *l.villageName, People: l.people, Tally: l.Tally})
		}
	}
	return nil
}

// VillageList is the notice of a fund's payments in a village. ErrNotFound when there is none or it may not be shown today;
// the two are not told apart.
func (db *DB) VillageList(ctx context.Context, code string, year int, village string) (ledger.VillageList, error) {
	var l ledger.VillageList
	if ledger.LevelOf(village) != ledger.LevelVillage {
		return l, ledger.ErrNotFound
	}
	fund, err := db.Fund(ctx, code)
	if err != nil {
		return l, err
	}
	args := pgx.NamedArgs{"county": db.county, "fund": code, "year": year, "village": village, "today": db.today()}
	err = pgx.BeginTxFunc(ctx, db.pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		var from, until *time.Time
		l, err = first(ctx, tx, func(row pgx.CollectableRow) (l ledger.VillageList, err error) {
			err = row.Scan(&l.Rows, &l.Total, &from, &until, &l.VillageName, &l.TownName)
			return l, err
		}, `
			select count(*)::int, coalesce(sum(p.amount_fen), 0)::bigint, min(b.public_from),
				case when bool_or(b.public_until is null) then null else max(b.public_until) end,
				coalesce((select name from region where county = @county and code = @village), max(p.village), ''),
				coalesce((select name from region where county = @county and code = left(@village, 9)), '')
			from payment p `+joinBatchFund+`
			where p.county = @county and p.fund = @fund and p.year = @year and p.village_code = @village and `+isPublic, args)
		if err != nil {
			return err
		}
		if l.Rows == 0 {
			return ledger.ErrNotFound
		}
		l.Fund, l.Year, l.VillageCode, l.From, l.Until = fund, year, village, orZero(from), orZero(until)
		l.Payments, err = all(ctx, tx, scanPayment, `
			select `+paymentColumns+`, 'head'
			from payment p `+joinBatchFund+`
			join person n on n.county = p.county and n.person_id = p.person_id
			where p.county = @county and p.fund = @fund and p.year = @year and p.village_code = @village and `+isPublic+`
			order by p.batch_no, p.line`, args)
		if err != nil {
			return err
		}
		return db.addFormer(ctx, tx, l.Payments)
	})
	return l, ours(err)
}
