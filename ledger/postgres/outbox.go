package postgres

import (
	"context"
	"errors"
	"iter"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"mingbai/ledger"
)

// isOpen says in SQL whether what batch b of fund f holds may be seen by everyone on the day @today, isPublic whether payment p may.
const (
	isOpen   = `(f.disclosure = 'public' and b.public_from <= @today and (b.public_until is null or b.public_until >= @today))`
	isPublic = `(p.active and ` + isOpen + `)`
)

// joinBatchFund joins a payment p to what decides its disclosure.
const joinBatchFund = `
	join batch b on b.county = p.county and b.batch_no = p.batch_no
	join fund f on f.county = p.county and f.code = p.fund`

// withBatchFund joins the same to few payments, one by one: the planner knows little of batches, of which there are few, and
// would read the payments anew for every batch that is public. The offset keeps it from seeing through.
const withBatchFund = `
	cross join lateral (select b.* from batch b where b.county = p.county and b.batch_no = p.batch_no offset 0) b
	cross join lateral (select f.* from fund f where f.county = p.county and f.code = p.fund offset 0) f`

// tellIndex puts everybody in a batch on the search outbox and asks for a drain, inside the transaction that changes them.
func (db *DB) tellIndex(ctx context.Context, tx pgx.Tx, b ledger.Batch) error {
	if b.Kind != ledger.Subsidy {
		return db.tellCatalogue(ctx, tx, b.Fund)
	}
	if _, err := exec(ctx, tx, `
		insert into search_outbox (county, person_id, village_code)
		select @county, person_id, village_code from payment
			where county = @county and year = @year and batch_no = @no
		union
		select @county, person_id, '' from payment_party where county = @county and year = @year and batch_no = @no`,
		pgx.NamedArgs{"county": db.county, "year": b.Period.Year(), "no": b.No}); err != nil {
		return err
	}
	_, err := db.queue.InsertTx(ctx, tx, DrainIndex{}, nil)
	return err
}

// PendingIndex reads the next stretch of the outbox, from after a change on, with the entries as the books have them now.
func (db *DB) PendingIndex(ctx context.Context, after int64, limit int) (ledger.IndexChanges, error) {
	return db.pending(ctx, "search_outbox", after, limit)
}

func (db *DB) pending(ctx context.Context, table string, after int64, limit int) (ledger.IndexChanges, error) {
	var c ledger.IndexChanges
	type change struct {
		Seq     int64
		Person  *int64
		Village *string
		Fund    *string
	}
	changes, err := all(ctx, db.pool, pgx.RowToStructByPos[change], `
		select seq, person_id, village_code, fund from `+table+` where county = @county and seq > @after order by seq limit @limit`,
		pgx.NamedArgs{"county": db.county, "after": after, "limit": limit})
	if err != nil || len(changes) == 0 {
		return c, err
	}
	var people []int64
	var villages []string
	for _, ch := range changes {
		c.Seqs = append(c.Seqs, ch.Seq)
		if ch.Fund != nil {
			c.Funds = append(c.Funds, *ch.Fund)
			continue
		}
		people, villages = append(people, *ch.Person), append(villages, *ch.Village)
	}
	if len(c.Funds) > 0 {
		if c.Catalogue, err = db.catalogueOf(ctx, c.Funds); err != nil || len(people) == 0 {
			return c, err
		}
	}
	args := pgx.NamedArgs{"county": db.county, "today": db.today(), "people": people, "villages": villages}
	live := map[string]bool{}
	var unpaid []int64 // nothing is public of them in the villages that are named
	// What is public is a list of batches, made once: the planner does not see how many people are asked for, and joins that
	// are good for ten take hours for ten thousand.
	if c.People, err = all(ctx, db.pool, func(row pgx.CollectableRow) (e ledger.PeopleEntry, err error) {
		var person int64
		var token []byte
		if e, err = scanPeopleEntry(also{row, []any{&person, &token}}); err != nil {
			return e, err
		}
		if len(e.FundCodes) == 0 {
			unpaid = append(unpaid, person)
		} else if !live[e.Ref.Person] && token != nil {
			live[e.Ref.Person] = true
			c.Lookups = append(c.Lookups, ledger.LookupEntry{Person: e.Ref.Person, Token: token, NameKey: e.Forms.Key, Live: true})
		}
		return e, nil
	}, `
		with k as (select distinct * from unnest(@people::bigint[], @villages::text[]) as k (person_id, village_code)),
		open as (
			select array_agg(b.batch_no) as batches from batch b join fund f on f.county = b.county and f.code = b.fund
			where b.county = @county and `+isOpen+`)
		select n.ref, k.village_code, n.name_key, n.name_py, coalesce(r.name, ''), e.paid, n.person_id, n.id_token
		from k
		join person n on n.county = @county and n.person_id = k.person_id
		left join region r on r.county = @county and r.code = k.village_code
		cross join lateral (
			select `+fundsInYears+` as paid
			from payment p
			where p.county = @county and p.person_id = k.person_id and p.village_code = k.village_code and p.active
				and p.batch_no = any((select batches from open)::bigint[])) e`,
		args); err != nil || len(unpaid) == 0 {
		return c, err
	}
	// They may hold a book of their own all the same.
	args["people"] = unpaid
	rest, err := all(ctx, db.pool, scanLookupEntry, `
		select n.ref, n.id_token, n.name_key, `+holdsOwnBook+`
		from person n
		where n.county = @county and n.person_id = any(@people) and n.id_token is not null`, args)
	for _, l := range rest {
		if !live[l.Person] {
			c.Lookups = append(c.Lookups, l)
		}
	}
	return c, err
}

// also scans a row's last columns beside what somebody else scans.
type also struct {
	pgx.CollectableRow
	into []any
}

func (a also) Scan(into ...any) error { return a.CollectableRow.Scan(append(into, a.into...)...) }

// hasOwnBook says whether person n has anything to see in a self-lookup: a row, withdrawn or not, of a fund that is not
// closed to everybody (aggregate), as householder, payee or beneficiary.
const hasOwnBook = `(exists (
		select from payment p join fund f on f.county = p.county and f.code = p.fund
		where p.county = n.county and p.person_id = n.person_id and f.disclosure <> 'aggregate')
	or exists (
		select from payment_party y
		join payment p on p.county = y.county and p.year = y.year and p.batch_no = y.batch_no and p.line = y.line
		join fund f on f.county = p.county and f.code = p.fund
		where y.county = n.county and y.person_id = n.person_id and f.disclosure <> 'aggregate'))`

// holdsOwnBook says the same of few people. A limit keeps the planner from reading all payments for them first, as it does
// for exists.
const holdsOwnBook = `coalesce(
		(select true from payment p join fund f on f.county = p.county and f.code = p.fund
		where p.county = n.county and p.person_id = n.person_id and f.disclosure <> 'aggregate' limit 1),
		(select true from payment_party y
		join payment p on p.county = y.county and p.year = y.year and p.batch_no = y.batch_no and p.line = y.line
		join fund f on f.county = p.county and f.code = p.fund
		where y.county = n.county and y.person_id = n.person_id and f.disclosure <> 'aggregate' limit 1), false)`

// fundsInYears are the funds of payments p, each with a year and @ before it.
const fundsInYears = `coalesce(array_agg(distinct p.year || '@' || p.fund), '{}')`

func scanPeopleEntry(row pgx.CollectableRow) (e ledger.PeopleEntry, err error) {
	var paid []string
	if err = row.Scan(&e.Ref.Person, &e.Ref.Village, &e.Forms.Key, &e.Forms.Pinyin, &e.Village, &paid); err != nil {
		return e, err
	}
	for _, p := range paid {
		year, fund, _ := strings.Cut(p, "@")
		n, err := strconv.Atoi(year)
		if err != nil {
			return e, err
		}
		e.FundYears = append(e.FundYears, ledger.FundInYear{Fund: fund, Year: n})
		if !slices.Contains(e.FundCodes, fund) {
			e.FundCodes = append(e.FundCodes, fund)
		}
		if !slices.Contains(e.Years, n) {
			e.Years = append(e.Years, n)
		}
	}
	return e, nil
}

func scanLookupEntry(row pgx.CollectableRow) (e ledger.LookupEntry, err error) {
	err = row.Scan(&e.Person, &e.Token, &e.NameKey, &e.Live)
	return e, err
}

// DoneIndex takes off the outbox what the index has confirmed, and keeps it for the generation that is being filled.
func (db *DB) DoneIndex(ctx context.Context, done ledger.IndexDone) error {
	err := db.write(ctx, func(tx pgx.Tx) error {
		generation, err := one[string](ctx, tx, `
			update search_index set marks = coalesce(@marks::text[], '{}') where county = @county returning generation`,
			pgx.NamedArgs{"county": db.county, "marks": done.Marks})
		if err != nil && !errors.Is(err, ledger.ErrNotFound) { // without an index there is nothing to mark
			return err
		}
		if _, err := exec(ctx, tx, `
			with gone as (
				delete from search_outbox where county = @county and seq = any(@seqs)
				returning county, seq, person_id, village_code, fund)
			insert into index_build_outbox
			select * from gone where exists (select from index_build where county = @county)`,
			pgx.NamedArgs{"county": db.county, "seqs": done.Seqs}); err != nil {
			return err
		}
		return db.keepFaults(ctx, tx, generation, done.Faults, done.Mended)
	})
	if err == nil && len(done.Seqs) >= manyDead {
		// Every search looks whether the outbox is empty, and would walk over the dead rows until the next automatic vacuum.
		_, _ = exec(ctx, db.pool, `vacuum search_outbox`, nil)
	}
	return err
}

const manyDead = 1000

// AllPeople streams every person in a village with at least one row that is public today, in order of the ref's text, from
// after one of them on.
func (db *DB) AllPeople(ctx context.Context, after string) iter.Seq2[ledger.PeopleEntry, error] {
	person, village, _ := strings.Cut(after, "-")
	// Rows are gathered before names are put to them: the planner takes what is public for little, and would look up the
	// person of each of a million rows by itself.
	return stream(ctx, db, scanPeopleEntry, `
		with open as materialized (
			select b.batch_no from batch b join fund f on f.county = b.county and f.code = b.fund
			where b.county = @county and `+isOpen+`),
		e as (
			select p.person_id, p.village_code, `+fundsInYears+` as paid
			from payment p
			where p.county = @county and p.active and p.batch_no in (select batch_no from open)
			group by p.person_id, p.village_code offset 0)
		select n.ref, e.village_code, n.name_key, n.name_py, coalesce(r.name, ''), e.paid
		from e
		join person n on n.county = @county and n.person_id = e.person_id
		left join region r on r.county = @county and r.code = e.village_code
		where @person = '' or (n.ref, case when e.village_code = '' then '0' else e.village_code end collate "C") > (@person, @village)
		order by n.ref, case when e.village_code = '' then '0' else e.village_code end collate "C"`,
		pgx.NamedArgs{"county": db.county, "today": db.today(), "person": person, "village": village})
}

// AllLookups streams everybody who can look up their own book, in order of the person's ref, from after one of them on.
func (db *DB) AllLookups(ctx context.Context, after string) iter.Seq2[ledger.LookupEntry, error] {
	return stream(ctx, db, scanLookupEntry, `
		select n.ref, n.id_token, n.name_key, true from person n
		where n.county = @county and n.id_token is not null and n.ref > @after and `+hasOwnBook+` order by n.ref`,
		pgx.NamedArgs{"county": db.county, "after": after})
}

// stream reads rows one by one; memory does not grow with their number. The statement may take as long as it needs.
func stream[T any](ctx context.Context, db *DB, scan pgx.RowToFunc[T], sql string, args pgx.NamedArgs) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var zero T
		errStop := errors.New("reader stopped")
		err := db.write(ctx, func(tx pgx.Tx) error {
			rows, err := tx.Query(ctx, sql, args)
			if err != nil {
				return err
			}
			defer rows.Close()
			for rows.Next() {
				v, err := scan(rows)
				if err != nil {
					return err
				}
				if !yield(v, nil) {
					return errStop
				}
			}
			return rows.Err()
		})
		if err != nil && !errors.Is(err, errStop) {
			yield(zero, err)
		}
	}
}

// IndexState is which generation of the index answers, whether it still has to be told something, would not take a
// document or was not yet told whose period ended, and how it was marked: as of one moment.
func (db *DB) IndexState(ctx context.Context) (ledger.IndexState, error) {
	return first(ctx, db.quick, pgx.RowToStructByPos[ledger.IndexState], `
		select coalesce(i.generation, ''),
			exists (select from search_outbox where county = @county)
				or exists (select from index_fault f where f.county = @county and f.generation = i.generation)
				or coalesce(i.swept_on < @today, false),
			coalesce(i.marks, '{}')
		from (select @county as county) c left join search_index i using (county)`,
		pgx.NamedArgs{"county": db.county, "today": db.today()})
}

// SwitchIndex makes a generation the one that answers. The rebuild that filled it is over, and the old one's faults with it.
func (db *DB) SwitchIndex(ctx context.Context, generation string, marks []string) error {
	return db.write(ctx, func(tx pgx.Tx) error {
		args := pgx.NamedArgs{"county": db.county, "generation": generation, "marks": marks, "now": db.now(), "today": db.today()}
		for _, sql := range []string{
			// It was filled as of the day on which its building began.
			`insert into search_index (county, generation, switched_at, marks, swept_on)
			 values (@county, @generation, @now, coalesce(@marks::text[], '{}'), coalesce(
				(select (started_at at time zone 'Asia/Shanghai')::date from index_build where county = @county and generation = @generation), @today))
			 on conflict (county) do update set generation = excluded.generation, switched_at = excluded.switched_at,
				marks = excluded.marks, swept_on = excluded.swept_on`,
			`delete from index_fault where county = @county and generation <> @generation`,
		} {
			if _, err := exec(ctx, tx, sql, args); err != nil {
				return err
			}
		}
		return db.dropIndexBuild(ctx, tx)
	})
}

// MarkIndex notes how a generation that was found to be right is marked now.
func (db *DB) MarkIndex(ctx context.Context, generation string, marks []string) error {
	_, err := exec(ctx, db.pool, `update search_index set marks = @marks where county = @county and generation = @generation`,
		pgx.NamedArgs{"county": db.county, "generation": generation, "marks": marks})
	return err
}

// WithIndexLock runs fn while no other process writes the living index; ledger.ErrConflict when one does.
func (db *DB) WithIndexLock(ctx context.Context, fn func(context.Context) error) error {
	return db.withLock(ctx, lockIndex, "另一个进程正在更新索引，请稍后再试", fn)
}

// WithBuildLock runs fn while no other process fills a new generation; ledger.ErrConflict when one does.
func (db *DB) WithBuildLock(ctx context.Context, fn func(context.Context) error) error {
	return db.withLock(ctx, lockBuild, "另一个进程正在重建索引，请稍后再试", fn)
}

// withLock runs fn while it alone holds a lock, which lives and dies with its connection, so that a killed process leaves
// none behind.
func (db *DB) withLock(ctx context.Context, lock int, taken string, fn func(context.Context) error) error {
	conn, err := db.pool.Acquire(ctx)
	if err != nil {
		return ours(err)
	}
	defer conn.Release()
	args := pgx.NamedArgs{"lock": lock, "county": db.county}
	held, err := one[bool](ctx, conn, `select pg_try_advisory_lock(@lock, @county::int)`, args)
	if err != nil {
		return err
	}
	if !held {
		return &ledger.Error{Kind: ledger.KindConflict, Message: taken}
	}
	defer func() {
		// The caller's context may have ended; the lock must be given back before the connection goes to another.
		if _, err := exec(context.WithoutCancel(ctx), conn, `select pg_advisory_unlock(@lock, @county::int)`, args); err != nil {
			conn.Conn().Close(context.WithoutCancel(ctx))
		}
	}()
	return fn(ctx)
}

// TurnDay does a sweep as soon as a day has begun that the index was not told about, instead of within the minute.
func (db *DB) TurnDay(ctx context.Context) error {
	turned, err := one[bool](ctx, db.pool, `select exists (select from search_index where county = @county and swept_on < @today)`,
		pgx.NamedArgs{"county": db.county, "today": db.today()})
	if err != nil || !turned {
		return err
	}
	_, err = db.SweepDisclosure(ctx)
	return err
}

// SweepDisclosure tells the index about batches that became public or ceased to be since it was last told: by the date, or
// by a changed policy. It answers how many. Run twice, or by two processes, it does no harm.
func (db *DB) SweepDisclosure(ctx context.Context) (n int, err error) {
	err = db.write(ctx, func(tx pgx.Tx) error {
		if err := db.lockFor(ctx, tx, lockBooks); err != nil {
			return err
		}
		changed, err := all(ctx, tx, scanBatch, `
			select `+batchColumns+` from batch b join fund f on f.county = b.county and f.code = b.fund
			where b.county = @county and b.state = 'published'
				and b.indexed <> `+isOpen+`
			order by b.batch_no for update of b`,
			pgx.NamedArgs{"county": db.county, "today": db.today()})
		if err != nil {
			return err
		}
		for _, b := range changed {
			if err := db.tellIndex(ctx, tx, b); err != nil {
				return err
			}
			if _, err := exec(ctx, tx, `update batch set indexed = not indexed where county = @county and batch_no = @no`,
				pgx.NamedArgs{"county": db.county, "no": b.No}); err != nil {
				return err
			}
		}
		n = len(changed)
		_, err = exec(ctx, tx, `update search_index set swept_on = @today where county = @county and swept_on is distinct from @today`,
			pgx.NamedArgs{"county": db.county, "today": db.today()})
		return err
	})
	return n, err
}
