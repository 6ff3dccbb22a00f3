package postgres

import (
	"context"
	"errors"
	"strings"

	"github.com/jackc/pgx/v5"

	"mingbai/ledger"
)

// Departments lists all departments, town offices after sections, by name.
func (db *DB) Departments(ctx context.Context) ([]ledger.Department, error) {
	return all(ctx, db.pool, pgx.RowToStructByPos[ledger.Department], `
		select d.department_id, d.name, d.kind, d.towns, d.funds,
			(select count(*)::int from officer o where o.county = d.county and o.department = d.department_id and o.disabled_at is null)
		from department d where d.county = @county order by d.kind, d.name`, pgx.NamedArgs{"county": db.county})
}

// Department is a department by its number.
func (db *DB) Department(ctx context.Context, id int64) (ledger.Department, error) {
	d, err := first(ctx, db.pool, pgx.RowToStructByPos[ledger.Department], `
		select d.department_id, d.name, d.kind, d.towns, d.funds,
			(select count(*)::int from officer o where o.county = d.county and o.department = d.department_id and o.disabled_at is null)
		from department d where d.county = @county and d.department_id = @id`, pgx.NamedArgs{"county": db.county, "id": id})
	if errors.Is(err, ledger.ErrNotFound) {
		err = ledger.Errorf(ledger.KindNotFound, "没有这个部门")
	}
	return d, err
}

// SaveDepartment adds a department (ID 0) or changes one; what its officers may reach changes with it at once.
func (db *DB) SaveDepartment(ctx context.Context, by string, d ledger.Department) (id int64, err error) {
	if _, fault := d.Fault(); fault != "" {
		return 0, ledger.Errorf(ledger.KindInvalid, "%s", fault)
	}
	d.Name = strings.TrimSpace(d.Name)
	if d.Kind == ledger.Town {
		d.Funds = nil
	} else {
		d.Towns = nil
	}
	args := pgx.NamedArgs{
		"county": db.county, "id": d.ID, "name": d.Name, "kind": string(d.Kind), "towns": orEmpty(d.Towns), "funds": orEmpty(d.Funds),
	}
	err = db.write(ctx, func(tx pgx.Tx) error {
		if err := db.codesKnown(ctx, tx, args); err != nil {
			return err
		}
		if err := db.sign(ctx, tx, by); err != nil {
			return err
		}
		sql := `insert into department (county, name, kind, towns, funds) values (@county, @name, @kind, @towns, @funds) returning department_id`
		if d.ID != 0 {
			sql = `update department set name = @name, kind = @kind, towns = @towns, funds = @funds
				where county = @county and department_id = @id returning department_id`
		}
		if id, err = one[int64](ctx, tx, sql, args); err != nil {
			return err
		}
		return db.record(ctx, tx, by, "department.save", "department/"+d.Name,
			map[string]any{"kind": d.Kind, "towns": args["towns"], "funds": args["funds"]})
	})
	return id, err
}

func (db *DB) codesKnown(ctx context.Context, tx pgx.Tx, args pgx.NamedArgs) error {
	unknown, err := all(ctx, tx, pgx.RowTo[string], `
		select code from unnest(@towns::text[]) t (code)
		where length(code) <> 9 or not exists (select from region r where r.county = @county and r.code = t.code)
		union all
		select code from unnest(@funds::text[]) t (code)
		where not exists (select from fund f where f.county = @county and f.code = t.code)`, args)
	if err == nil && len(unknown) > 0 {
		err = ledger.Errorf(ledger.KindInvalid, "名录里没有代码“%s”", strings.Join(unknown, "、"))
	}
	return err
}

func orEmpty(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}
