package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"mingbai/ledger"
	"mingbai/ledger/inquiry"
)

// freshReach is how many of a role's notices that an officer did not put away are looked through for fresh ones: whoever never
// puts any away must not wait for a year of them.
const freshReach = 1000

// readsNotice is inquiry.Told as SQL: whom a notice is for, and that they still see its case. What went to discipline is nobody
// else's from that moment, what went out about it before as well.
const readsNotice = `(n.id is null or i.id is not null and ` + seenBy + ` and (not i.sealed or r.role = 'discipline'))`

// toRole are the notices of a role r, before anything is asked of their cases.
const toRole = `inquiry_notice_to t where t.county = @county and t.role = r.role and t.department = r.department`

// withCase joins a notice of toRole to what it is about.
const withCase = `
	join inquiry_notice n on n.county = t.county and n.no = t.no
	left join inquiry i on i.county = n.county and i.id = n.id`

// notPutAway are the newest notices of a role that an officer did not put away.
const notPutAway = `(select t.* from ` + toRole + ` and t.no > @seen order by t.no desc limit @far) t`

// noticeOpen says whether what a notice reminds of may still be to do.
const noticeOpen = `(case when n.id is null
	then not exists (select from inquiry_day s where s.county = n.county and s.day = (n.began at time zone 'Asia/Shanghai')::date and s.second_by is not null)
	else i.waits end)`

// Notices is a page of an officer's notices, the newest first; only the fresh ones where so asked: those not put away whose
// matter is not done.
func (q *Inquiries) Notices(ctx context.Context, login string, fresh bool, skip, limit int) (list inquiry.Notices, err error) {
	o, err := q.officerFor(ctx, q.pool, login, ledger.ActSeeInquiries)
	if err != nil {
		return list, err
	}
	var roles []string
	var departments []int64
	for _, role := range o.Roles {
		department := int64(0)
		if role == ledger.RoleHandler {
			if department = o.Department; department == 0 {
				continue
			}
		}
		roles, departments = append(roles, string(role)), append(departments, department)
	}
	limit = min(max(limit, 1), mostLines)
	args := sightArgs(o, pgx.NamedArgs{
		"county": q.county, "roles": roles, "departments": departments, "skip": max(skip, 0), "reach": max(skip, 0) + limit + 1, "limit": limit + 1,
		"far": freshReach,
	})
	args["seen"], err = q.putAway(ctx, login)
	if err != nil {
		return list, err
	}
	err = q.pool.QueryRow(ctx, `
		select count(distinct f.no) filter (where f.fresh)::int, coalesce(max(f.n), 0) >= @far
		from unnest(@roles::text[], @departments::bigint[]) r (role, department)
		cross join lateral (select t.no, `+readsNotice+` and `+noticeOpen+` as fresh, count(*) over () as n from `+notPutAway+withCase+`) f`, args).
		Scan(&list.Fresh, &list.Beyond)
	if err != nil {
		return list, err
	}
	mine := `(select t.* from ` + toRole + `) t` + withCase + ` where ` + readsNotice
	if fresh {
		mine = notPutAway + withCase + ` where ` + readsNotice + ` and ` + noticeOpen
	}
	list.Lines, err = all(ctx, q.pool, q.scanNotice(q.now()), `
		with mine as (
			select distinct f.no from unnest(@roles::text[], @departments::bigint[]) r (role, department)
			cross join lateral (select t.no from `+mine+` order by t.no desc limit @reach) f
			order by 1 desc limit @limit offset @skip)
		select n.no, n.at, n.level, n.clock, n.began, n.due_at, n.no > @seen, not `+noticeOpen+`, coalesce(i.sealed, false),
			coalesce(i.id, ''), i.slip_year, i.slip_no, coalesce(i.state, ''), coalesce(i.kind, ''), coalesce(d.name, ''), w.key, w.sealed
		from mine join inquiry_notice n on n.county = @county and n.no = mine.no
		left join inquiry i on i.county = n.county and i.id = n.id
		left join department d on d.county = i.county and d.department_id = i.lead
		left join inquiry_words w on w.county = i.county and w.id = i.id and w.seq = 1 and not i.sealed
		order by n.no desc`, args)
	if len(list.Lines) > limit {
		list.Lines, list.More = list.Lines[:limit], true
	}
	return list, err
}

func (q *Inquiries) scanNotice(now time.Time) pgx.RowToFunc[inquiry.Notice] {
	return func(row pgx.CollectableRow) (n inquiry.Notice, err error) {
		var level int
		var year, no *int
		var key *string
		var sealed []byte
		l := &n.Line
		if err := row.Scan(&n.No, &n.At, &level, &n.Clock, &n.Began, &n.Due, &n.Fresh, &n.Over, &n.Sealed, &l.ID, &year, &no, &l.State, &l.Kind,
			&l.LeadName, &key, &sealed); err != nil {
			return n, err
		}
		n.Level = inquiry.Level(level)
		if no != nil {
			l.Slip = inquiry.Slip{Year: *year, No: *no}
		}
		if n.Sealed {
			n.Line = inquiry.Line{}
		}
		if key != nil {
			words, err := q.openWords(*key, l.ID, 1, sealed)
			l.Subject = words.Subject
			return n, err
		}
		return n, nil
	}
}

// putAway is the last notice that an officer put away.
func (q *Inquiries) putAway(ctx context.Context, login string) (int64, error) {
	return one[int64](ctx, q.pool, `select coalesce(max(upto), 0) from inquiry_notice_seen where county = @county and login = @login`,
		pgx.NamedArgs{"county": q.county, "login": login})
}

// PutAwayNotices puts away an officer's notices up to one that was shown. What comes later stays fresh.
func (q *Inquiries) PutAwayNotices(ctx context.Context, login string, upto int64) error {
	return q.write(ctx, func(tx pgx.Tx) error {
		if _, err := q.officerFor(ctx, tx, login, ledger.ActSeeInquiries); err != nil {
			return err
		}
		// No further than there are any: a number made up must not hide what is still to come.
		_, err := exec(ctx, tx, `
			insert into inquiry_notice_seen (county, login, upto)
			select @county, @login, coalesce(max(no), 0) from inquiry_notice where county = @county and no <= @upto
			on conflict (county, login) do update set upto = greatest(inquiry_notice_seen.upto, excluded.upto)`,
			pgx.NamedArgs{"county": q.county, "login": login, "upto": upto})
		return err
	})
}
