package postgres

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"mingbai/ledger"
	"mingbai/ledger/inquiry"
)

// figuresOf counts the cases of a year that a condition on i lets through, once for the year and for each month, department and
// kind. It reads the cases' rows and rounds, which verify holds to the events, and of the events how each was routed and how late
// its replies were. The workdays of the calendar come as an array: the days between are a difference of places in it.
const figuresOf = `
	with c as (
		select i.county, i.id, i.kind, i.state, i.lead, i.main_no, (i.received_at at time zone 'Asia/Shanghai')::date came
		from desk_inquiry i where i.county = @county and i.received_at >= @from and i.received_at < @to and `

const countedByFigures = `
	), e as (
		select c.id, (array_agg(e.act order by e.seq desc) filter (where e.act in ('direct', 'forward')))[1] route,
			sum((select sum((t->>'Late')::int) from jsonb_array_elements(e.body::jsonb->'Turns') t where t->>'Clock' = 'case' and t->>'Do' = 'stop'))
				filter (where e.act in ('approve', 'carry', 'clarify')) late
		from c join inquiry_event e on e.county = c.county and e.id = c.id and e.act in ('direct', 'forward', 'approve', 'carry', 'clarify')
		group by c.id
	), r as (
		select c.id, (min(r.ended) filter (where r.approved <> '') at time zone 'Asia/Shanghai')::date answered,
			count(*) filter (where r.rating <> '') rated, count(*) filter (where r.rating in ('satisfied', 'basically')) content
		from c join inquiry_round r on r.county = c.county and r.id = c.id group by c.id
	), f as (
		select extract(month from c.came)::int as month, c.lead, c.kind, r.answered is not null as answered, coalesce(e.late, 0) = 0 as on_time,
			width_bucket(r.answered, @workdays::date[]) - width_bucket(c.came, @workdays::date[]) as days, r.rated, r.content,
			case when c.state = 'refused' then 'refused' when c.state in ('withdrawn', 'abandoned') then 'withdrawn'
				when c.main_no is not null then 'merged' else coalesce(e.route, '') end as way
		from c join r on r.id = c.id left join e on e.id = c.id
	)
	select grouping(month, lead, kind), coalesce(month, 0), coalesce(lead, 0), coalesce(kind, ''), count(*)::int,
		(count(*) filter (where way = 'direct'))::int, (count(*) filter (where way = 'forward'))::int,
		(count(*) filter (where way = 'refused'))::int, (count(*) filter (where way = 'merged'))::int, (count(*) filter (where way = 'withdrawn'))::int,
		(count(*) filter (where way = ''))::int, (count(*) filter (where answered))::int, (count(*) filter (where answered and on_time))::int,
		coalesce(percentile_disc(0.5) within group (order by days) filter (where answered), 0)::int,
		coalesce(percentile_disc(0.9) within group (order by days) filter (where answered), 0)::int,
		coalesce(sum(rated), 0)::int, coalesce(sum(content), 0)::int
	from f group by grouping sets ((), (month), (lead), (kind))`

// Figures are a year's, of all cases of the desk: what is published of them is their Public.
func (q *Inquiries) Figures(ctx context.Context, year int) (inquiry.Figures, error) {
	return q.figures(ctx, year, `true`, true, pgx.NamedArgs{})
}

// FiguresFor are a year's, of the cases that an officer sees. How many went to discipline only discipline is told here.
func (q *Inquiries) FiguresFor(ctx context.Context, login string, year int) (inquiry.Figures, error) {
	o, err := q.officerFor(ctx, q.pool, login, ledger.ActSeeInquiries)
	if err != nil {
		return inquiry.Figures{}, err
	}
	return q.figures(ctx, year, seenBy, o.May(ledger.ActSeeSealed), sightArgs(o, pgx.NamedArgs{}))
}

func (q *Inquiries) figures(ctx context.Context, year int, which string, sealed bool, args pgx.NamedArgs) (f inquiry.Figures, err error) {
	f = inquiry.Figures{Year: year, Made: q.nowUTC()}
	args["county"], args["from"] = q.county, time.Date(year, 1, 1, 0, 0, 0, 0, ledger.Shanghai)
	args["to"] = time.Date(year+1, 1, 1, 0, 0, 0, 0, ledger.Shanghai)
	err = q.read(ctx, func(tx pgx.Tx) error {
		d, err := q.desk(ctx, tx)
		if err != nil {
			return err
		}
		var workdays []time.Time
		for day := time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC); !day.After(q.today()); day = day.AddDate(0, 0, 1) {
			if d.Calendar.IsWorkday(day) {
				workdays = append(workdays, day)
			}
		}
		if len(workdays) == 0 { // nothing came in a year that has not begun
			return nil
		}
		args["workdays"] = workdays
		names, err := q.departmentNames(ctx, tx)
		if err != nil {
			return err
		}
		if err := countFigures(ctx, tx, &f, names, which, args); err != nil {
			return err
		}
		if sealed {
			f.Sealed, err = one[int](ctx, tx, `select count(*)::int from inquiry i where i.county = @county and i.sealed and i.received_at >= @from and i.received_at < @to`, args)
		}
		return err
	})
	return f, err
}

// countFigures fills in the year's lines: all months and kinds, and the departments that had something.
func countFigures(ctx context.Context, tx pgx.Tx, f *inquiry.Figures, names map[int64]string, which string, args pgx.NamedArgs) error {
	type line struct {
		Set   int
		Month int
		Lead  int64
		Kind  inquiry.Kind
		inquiry.Count
	}
	lines, err := all(ctx, tx, func(row pgx.CollectableRow) (l line, err error) {
		err = row.Scan(&l.Set, &l.Month, &l.Lead, &l.Kind, &l.Received, &l.Direct, &l.Forwarded, &l.Refused, &l.Merged, &l.Withdrawn, &l.Waiting,
			&l.Answered, &l.OnTime, &l.Median, &l.P90, &l.Rated, &l.Content)
		return l, err
	}, figuresOf+which+countedByFigures, args)
	if err != nil {
		return err
	}
	for month := range 12 {
		f.Months = append(f.Months, inquiry.FigureLine{Name: strconv.Itoa(month+1) + "月"})
	}
	for _, kind := range inquiry.Kinds {
		f.Kinds = append(f.Kinds, inquiry.FigureLine{Name: kind.Name()})
	}
	slices.SortFunc(lines, func(a, b line) int { return int(a.Lead - b.Lead) })
	for _, l := range lines {
		switch l.Set { // a bit for each that the line is not about: month, lead, kind
		case 0b011:
			f.Months[l.Month-1].Count = l.Count
		case 0b101:
			f.Departments = append(f.Departments, inquiry.FigureLine{Name: names[l.Lead], Count: l.Count})
		case 0b110:
			f.Kinds[slices.Index(inquiry.Kinds, l.Kind)].Count = l.Count
		default:
			f.Total = l.Count
		}
	}
	return nil
}

// FigureYears are the years in which something came, the newest first.
func (q *Inquiries) FigureYears(ctx context.Context) (years []int, err error) {
	first, err := one[*time.Time](ctx, q.pool, `select min(received_at) from desk_inquiry where county = @county`, pgx.NamedArgs{"county": q.county})
	if err != nil || first == nil {
		return nil, err
	}
	for year := q.today().Year(); year >= ledger.DateOf(*first).Year(); year-- {
		years = append(years, year)
	}
	return years, nil
}

func (q *Inquiries) departmentNames(ctx context.Context, from querier) (map[int64]string, error) {
	type department struct {
		ID   int64
		Name string
	}
	list, err := all(ctx, from, pgx.RowToStructByPos[department], `select department_id, name from department where county = @county`, pgx.NamedArgs{"county": q.county})
	names := map[int64]string{0: "值班室"}
	for _, d := range list {
		names[d.ID] = d.Name
	}
	return names, err
}
