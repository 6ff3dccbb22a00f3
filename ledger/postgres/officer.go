package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"mingbai/ledger"
)

// officerColumns read an officer with what the department answers for. A section answers for every fund that names it.
const officerColumns = `o.login, o.name, o.roles, o.disabled_at is not null, coalesce(o.department, 0), coalesce(d.name, ''),
	coalesce(d.kind, ''), coalesce(d.towns, '{}'),
	coalesce(d.funds, '{}') || array(select f.code from fund f where d.kind = 'section' and f.county = d.county and f.section = d.name)`

const fromOfficer = `officer o left join department d on d.county = o.county and d.department_id = o.department`

// officerInto are the places that officerColumns are scanned into, and what makes an officer of them.
func officerInto(o *ledger.Officer) (into []any, finish func()) {
	var kind ledger.DepartmentKind
	var towns, funds []string
	into = []any{&o.Login, &o.Name, &o.Roles, &o.Disabled, &o.Department, &o.Place, &kind, &towns, &funds}
	return into, func() {
		o.Scope = ledger.WholeCounty
		switch {
		case o.Department == 0:
		case kind == ledger.Town:
			o.Scope.Towns = ledger.Bounds{Codes: towns}
		default:
			o.Scope.Funds = ledger.Bounds{Codes: funds}
		}
	}
}

// Officer is an officer by login; refused with a message when there is none.
func (db *DB) Officer(ctx context.Context, login string) (ledger.Officer, error) {
	return db.officer(ctx, db.pool, login)
}

func (db *DB) officer(ctx context.Context, q querier, login string) (ledger.Officer, error) {
	o, err := first(ctx, q, func(row pgx.CollectableRow) (o ledger.Officer, err error) {
		into, finish := officerInto(&o)
		err = row.Scan(into...)
		finish()
		return o, err
	}, `select `+officerColumns+` from `+fromOfficer+` where o.county = @county and o.login = @login`,
		pgx.NamedArgs{"county": db.county, "login": login})
	if errors.Is(err, ledger.ErrNotFound) {
		return o, ledger.Errorf(ledger.KindDenied, "没有账号“%s”，请管理员用 mingbai user add 建立", login)
	}
	return o, err
}

// SaveOfficer adds an officer, or changes name, roles and department and enables again.
func (db *DB) SaveOfficer(ctx context.Context, by string, o ledger.Officer) error {
	return db.putOfficer(ctx, by, o, `
		insert into officer (county, login, name, roles, department) values (@county, @login, @name, @roles, nullif(@department, 0))
		on conflict (county, login) do update set name = excluded.name, roles = excluded.roles, department = excluded.department,
			disabled_at = null`, nil)
}

// AddOfficer adds an officer whose login nobody has.
func (db *DB) AddOfficer(ctx context.Context, by string, o ledger.Officer) error {
	return db.putOfficer(ctx, by, o, `
		insert into officer (county, login, name, roles, department) values (@county, @login, @name, @roles, nullif(@department, 0))
		on conflict do nothing`, ledger.Errorf(ledger.KindConflict, "账号“%s”已经有人用了，请换一个", o.Login))
}

// ChangeOfficer changes an officer's name, roles and department. A disabled one stays so.
func (db *DB) ChangeOfficer(ctx context.Context, by string, o ledger.Officer) error {
	return db.putOfficer(ctx, by, o, `
		update officer set name = @name, roles = @roles, department = nullif(@department, 0)
		where county = @county and login = @login`, ledger.Errorf(ledger.KindNotFound, "没有账号“%s”", o.Login))
}

// putOfficer writes an officer by a statement; missed is the error when it touched no row.
func (db *DB) putOfficer(ctx context.Context, by string, o ledger.Officer, sql string, missed error) error {
	if _, fault := o.Fault(); fault != "" {
		return ledger.Errorf(ledger.KindInvalid, "%s", fault)
	}
	roles := make([]string, len(o.Roles))
	for i, r := range o.Roles {
		roles[i] = string(r)
	}
	return db.keepAdmin(ctx, func(tx pgx.Tx) error {
		n, err := exec(ctx, tx, sql, pgx.NamedArgs{
			"county": db.county, "login": o.Login, "name": o.Name, "roles": roles, "department": o.Department,
		})
		if err == nil && n == 0 {
			err = missed
		}
		if err != nil {
			return err
		}
		return db.record(ctx, tx, by, "officer.save", "officer/"+o.Login, map[string]any{"roles": roles, "department": o.Department})
	})
}

// DisableOfficer takes an officer's powers away and ends every session and link; the name stays in the books.
func (db *DB) DisableOfficer(ctx context.Context, by, login string) error {
	return db.keepAdmin(ctx, func(tx pgx.Tx) error {
		if _, err := db.officer(ctx, tx, login); err != nil {
			return err
		}
		args := pgx.NamedArgs{"now": db.now(), "county": db.county, "login": login}
		if _, err := exec(ctx, tx, `update officer set disabled_at = @now where county = @county and login = @login`, args); err != nil {
			return err
		}
		if err := db.endSessions(ctx, tx, login, 0); err != nil {
			return err
		}
		if err := db.endLinks(ctx, tx, login); err != nil {
			return err
		}
		if _, err := exec(ctx, tx, `delete from known_device where county = @county and login = @login`, args); err != nil {
			return err
		}
		return db.record(ctx, tx, by, "officer.disable", "officer/"+login, struct{}{})
	})
}

// keepAdmin runs a change of accounts and undoes it when it would leave the office without anybody to manage accounts. Such
// changes come one after the other, or two admins could disable each other at once.
func (db *DB) keepAdmin(ctx context.Context, change func(tx pgx.Tx) error) error {
	const admins = `select count(*)::int from officer where county = @county and disabled_at is null and 'admin' = any (roles)`
	args := pgx.NamedArgs{"county": db.county}
	return db.write(ctx, func(tx pgx.Tx) error {
		if err := db.lockFor(ctx, tx, lockAudit); err != nil {
			return err
		}
		before, err := one[int](ctx, tx, admins, args)
		if err != nil {
			return err
		}
		if err := change(tx); err != nil {
			return err
		}
		after, err := one[int](ctx, tx, admins, args)
		if err == nil && before > 0 && after == 0 {
			err = ledger.Errorf(ledger.KindConflict, "这是最后一个能管理账号的人，不能停用，也不能去掉“管理”权限。请先给另一个人“管理”权限")
		}
		return err
	})
}
