package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"mingbai/ledger"
)

// Regions lists the county, its towns and villages in order of code, without those that are retired.
func (db *DB) Regions(ctx context.Context) ([]ledger.Region, error) {
	return all(ctx, db.pool, pgx.RowToStructByPos[ledger.Region],
		`select code, parent, name from region where county = @county and retired_at is null order by code`,
		pgx.NamedArgs{"county": db.county})
}

// SaveRegions adds regions and renames known ones.
func (db *DB) SaveRegions(ctx context.Context, by string, regions []ledger.Region) error {
	var code, parent, name []string
	for _, r := range regions {
		code, parent, name = append(code, r.Code), append(parent, r.Parent), append(name, r.Name)
	}
	defer db.forgetRegions()
	return db.write(ctx, func(tx pgx.Tx) error {
		if err := db.sign(ctx, tx, by); err != nil {
			return err
		}
		_, err := exec(ctx, tx, `
			insert into region (county, code, parent, name)
			select @county, * from unnest(@code::text[], @parent::text[], @name::text[])
			on conflict (county, code) do update set name = excluded.name where region.name <> excluded.name`,
			pgx.NamedArgs{"county": db.county, "code": code, "parent": parent, "name": name})
		if err != nil {
			return err
		}
		return db.record(ctx, tx, by, "region.save", "region", map[string]int{"count": len(regions)})
	})
}

// fundColumns in the order of ledger.Fund's fields.
const fundColumns = `f.code, f.name, f.kind, f.section, f.purpose, f.document, f.standard, f.basis_unit, f.disclosure, f.public_days`

// Fund is a fund by its code; ErrNotFound with a message for the clerk.
func (db *DB) Fund(ctx context.Context, code string) (ledger.Fund, error) {
	f, err := first(ctx, db.pool, pgx.RowToStructByPos[ledger.Fund],
		`select `+fundColumns+` from fund f where f.county = @county and f.code = @code`,
		pgx.NamedArgs{"county": db.county, "code": code})
	if errors.Is(err, ledger.ErrNotFound) {
		return f, ledger.Errorf(ledger.KindNotFound, "没有代码为“%s”的资金项目", code)
	}
	return f, err
}

// fundInForce refuses a file for a fund that is retired.
func (db *DB) fundInForce(ctx context.Context, tx pgx.Tx, code string) error {
	retired, err := one[bool](ctx, tx, `
		select exists (select from fund where county = @county and code = @code and retired_at is not null)`,
		pgx.NamedArgs{"county": db.county, "code": code})
	if err == nil && retired {
		err = ledger.Errorf(ledger.KindConflict, "项目“%s”已停用，不能再传清册。要用的话，请管理员在名录里恢复", code)
	}
	return err
}

// SaveFund adds a fund or changes its description and policy. The index learns of a changed policy by the next sweep.
func (db *DB) SaveFund(ctx context.Context, by string, f ledger.Fund) error {
	return db.write(ctx, func(tx pgx.Tx) error {
		return db.noteFunds(ctx, tx, func(tx pgx.Tx) error { return db.saveFund(ctx, tx, by, f) })
	})
}

func (db *DB) saveFund(ctx context.Context, tx pgx.Tx, by string, f ledger.Fund) error {
	if err := db.sign(ctx, tx, by); err != nil {
		return err
	}
	_, err := exec(ctx, tx, `
			insert into fund (county, code, name, kind, section, purpose, document, standard, basis_unit, disclosure, public_days)
			values (@county, @code, @name, @kind, @section, @purpose, @document, @standard, @unit, @disclosure, @days)
			on conflict (county, code) do update set name = excluded.name, kind = excluded.kind, section = excluded.section,
				purpose = excluded.purpose, document = excluded.document, standard = excluded.standard,
				basis_unit = excluded.basis_unit, disclosure = excluded.disclosure, public_days = excluded.public_days`,
		pgx.NamedArgs{
			"county": db.county, "code": f.Code, "name": f.Name, "kind": f.Kind, "section": f.Section,
			"purpose": f.Purpose, "document": f.Document, "standard": f.Standard, "unit": f.BasisUnit,
			"disclosure": f.Disclosure, "days": f.PublicDays,
		})
	if err != nil {
		return err
	}
	if err := db.tellCatalogue(ctx, tx, f.Code); err != nil {
		return err
	}
	return db.record(ctx, tx, by, "fund.save", "fund/"+f.Code, map[string]any{"name": f.Name, "disclosure": f.Disclosure})
}
