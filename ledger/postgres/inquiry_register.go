package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"mingbai/ledger"
	"mingbai/ledger/inquiry"
)

// fromRegister are the cases of the register with who entered them and what became of them. It reads what the desk may know of:
// what went to discipline is in no register.
const fromRegister = ` from desk_inquiry i ` + caseJoins + `
	left join lateral (
		select max(e.login) filter (where e.act = 'register') first_by, max(e.login) filter (where e.act = 'countersign') second_by
		from (select distinct on (act) act, login from inquiry_event where county = i.county and id = i.id and act in ('register', 'countersign')
			order by act, seq desc) e) s on true
	left join lateral (
		select min(r.ended) filter (where r.approved <> '') answered, (array_agg(r.rating order by r.round desc) filter (where r.rating <> ''))[1] rating
		from inquiry_round r where r.county = i.county and r.id = i.id) o on true`

const inRegister = ` where i.county = @county and (@from::date is null or i.received_at >= @from::timestamp at time zone 'Asia/Shanghai')
	and (@to::date is null or i.received_at < (@to::timestamp + interval '1 day') at time zone 'Asia/Shanghai')
	and (cardinality(@states::text[]) = 0 or i.state = any (@states)) and (not @waiting or i.waits) and ` + seenBy

// Register hands over the cases of the register that an officer sees, one by one in the order in which they came, and answers
// how many there are.
func (q *Inquiries) Register(ctx context.Context, login string, query inquiry.RegisterQuery, each func(inquiry.Entry) error) (count int, err error) {
	o, err := q.officerFor(ctx, q.pool, login, ledger.ActSeeInquiries)
	if err != nil {
		return 0, err
	}
	args := sightArgs(o, pgx.NamedArgs{
		"county": q.county, "from": dateOrNull(query.From), "to": dateOrNull(query.To), "states": stateTexts(query.States), "waiting": query.Waiting,
		"skip": max(query.Skip, 0), "limit": number(query.Limit),
	})
	err = q.read(ctx, func(tx pgx.Tx) error {
		if count, err = one[int](ctx, tx, `select count(*)::int from desk_inquiry i`+inRegister, args); err != nil {
			return err
		}
		rows, err := tx.Query(ctx, `
			select `+caseColumns+`, coalesce(s.first_by, ''), coalesce(s.second_by, ''), o.answered, coalesce(o.rating, '')`+fromRegister+inRegister+`
			order by i.received_at, i.id limit @limit offset @skip`, args)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var r lineRow
			var e inquiry.Entry
			var answered *time.Time
			if err := rows.Scan(append(r.targets(), &e.FirstBy, &e.SecondBy, &answered, &e.Rating)...); err != nil {
				return err
			}
			if e.Line, err = q.opened(r, q.now()); err != nil {
				return err
			}
			e.Answered = orZero(answered)
			if err := each(e); err != nil {
				return err
			}
		}
		return rows.Err()
	})
	return count, err
}

// TakeRegister writes down that an officer takes the register away as a file.
func (q *Inquiries) TakeRegister(ctx context.Context, login string, query inquiry.RegisterQuery) error {
	return q.write(ctx, func(tx pgx.Tx) error {
		if _, err := q.officerFor(ctx, tx, login, ledger.ActSeeInquiries); err != nil {
			return err
		}
		detail := map[string]string{}
		for name, day := range map[string]time.Time{"from": query.From, "until": query.To} {
			if !day.IsZero() {
				detail[name] = day.Format(time.DateOnly)
			}
		}
		return q.record(ctx, tx, login, "inquiry.export", "inquiry/register", detail)
	})
}

func dateOrNull(day time.Time) *time.Time {
	if day.IsZero() {
		return nil
	}
	day = ledger.DateOf(day)
	return &day
}
