package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"mingbai/ledger"
)

// FindPeople answers a name search from the books by the same definitions as the index.
func (db *DB) FindPeople(ctx context.Context, q ledger.PeopleQuery) (ledger.PeopleHits, error) {
	args := pgx.NamedArgs{
		"county": db.county, "today": db.today(), "limit": q.PerPage, "offset": (max(q.Page, 1) - 1) * q.PerPage,
	}
	named, paid := peopleConditions(q, args)
	type hit struct {
		Ref   ledger.PersonRef
		Total int
	}
	var hits ledger.PeopleHits
	// The total stands beside the page, so that an empty page past the end still tells it.
	found, err := all(ctx, db.pool, func(row pgx.CollectableRow) (h hit, err error) {
		var person, village *string
		err = row.Scan(&h.Total, &person, &village)
		if person != nil {
			h.Ref = ledger.PersonRef{Person: *person, Village: *village}
		}
		return h, err
	}, `
		with named as materialized (
			select n.person_id, n.ref from person n where n.county = @county and `+named+`),
		found as materialized (
			select n.ref, p.village_code
			from named n
			-- Person by person: the planner takes the public rows for few, and would read them all to find a name among them.
			cross join lateral (
				select distinct p.village_code
				from payment p `+joinBatchFund+`
				where p.county = @county and p.person_id = n.person_id and `+paid+` and `+isPublic+`) p),
		page as (
			select ref, village_code from found
			order by ref, case when village_code = '' then '0' else village_code end collate "C"
			limit @limit offset @offset)
		select t.total, page.ref, page.village_code
		from (select count(*)::int as total from found) t left join page on true
		order by page.ref, case when page.village_code = '' then '0' else page.village_code end collate "C"`, args)
	if err != nil {
		return hits, err
	}
	for _, h := range found {
		hits.Total = h.Total
		if h.Ref.Person != "" {
			hits.Refs = append(hits.Refs, h.Ref)
		}
	}
	return hits, nil
}

// FindOwn finds the person who has both the number (by its token) and the name; ErrNotFound for every other case.
func (db *DB) FindOwn(ctx context.Context, token []byte, nameKey string) (string, error) {
	return one[string](ctx, db.pool, `
		select n.ref from person n
		where n.county = @county and n.who = @token and n.id_token is not null and n.name_key = @name and `+hasOwnBook,
		pgx.NamedArgs{"county": db.county, "token": token, "name": nameKey})
}

// PublicPerson is a person in a village with the payments that are public today, newest first.
func (db *DB) PublicPerson(ctx context.Context, ref ledger.PersonRef) (ledger.FoundPerson, []ledger.Payment, error) {
	found, err := db.PeopleByRefs(ctx, []ledger.PersonRef{ref})
	if err != nil {
		return ledger.FoundPerson{}, nil, err
	}
	if len(found) == 0 {
		return ledger.FoundPerson{}, nil, ledger.ErrNotFound
	}
	payments, err := all(ctx, db.pool, scanPayment, `
		select `+paymentColumns+`, 'head'
		from payment p `+joinBatchFund+`
		join person n on n.county = p.county and n.person_id = p.person_id
		where p.county = @county and n.ref = @ref and p.village_code = @village and `+isPublic+`
		order by p.year desc, p.period desc, f.code, p.batch_no, p.line`,
		pgx.NamedArgs{"county": db.county, "today": db.today(), "ref": ref.Person, "village": ref.Village})
	if err == nil {
		err = db.addFormer(ctx, db.pool, payments)
	}
	return found[0], payments, err
}

// endColumns tell when, how and why a payment p of batch b ceased to count: with its whole batch, alone, or by a correction
// that still holds.
const endColumns = `
	case when p.active then null else coalesce(
		(select at from row_withdrawal w where w.county = p.county and w.batch_no = p.batch_no and w.line = p.line),
		(select n.published_at ` + theCorrection + `), b.ended_at) end,
	not p.active and exists (select ` + theCorrection + `),
	case when p.active then '' else coalesce(
		(select reason from row_withdrawal w where w.county = p.county and w.batch_no = p.batch_no and w.line = p.line),
		(select n.correct_reason ` + theCorrection + `), b.end_reason, '') end`

const theCorrection = `from correction c join batch n on n.county = c.county and n.batch_no = c.batch_no and n.state in ('published', 'superseded')
	where c.county = p.county and c.old_batch = p.batch_no and c.old_line = p.line`

// paymentColumns are what pages show of a payment p of person n.
const paymentColumns = `p.batch_no, p.line, p.fund, f.name, p.period, p.village, p.grp, n.name, p.basis, p.basis_unit,
	p.standard, p.amount_fen, p.paid_on, p.status, f.document, b.file_name, p.sheet, p.sheet_row, b.published_at,
	p.village_code, f.disclosure, ` + isPublic + `, b.public_until, ` + endColumns

func scanPayment(row pgx.CollectableRow) (ledger.Payment, error) { return scanPaymentAnd(row) }

// scanPaymentAnd reads the columns, the role, and what stands behind them.
func scanPaymentAnd(row pgx.CollectableRow, more ...any) (p ledger.Payment, err error) {
	var paid, until, ended *time.Time
	err = row.Scan(append([]any{
		&p.Batch, &p.Line, &p.Fund, &p.FundName, &p.Period, &p.Village, &p.Group, &p.Name, &p.Basis, &p.BasisUnit,
		&p.Standard, &p.Amount, &paid, &p.Status, &p.Document, &p.FileName, &p.Sheet, &p.SheetRow, &p.Published,
		&p.VillageCode, &p.Disclosure, &p.ListOpen, &until, &ended, &p.Corrected, &p.EndReason, &p.Role,
	}, more...)...)
	p.PaidOn, p.ListUntil, p.Ended = orZero(paid), orZero(until), orZero(ended)
	return p, err
}
