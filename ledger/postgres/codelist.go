package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"mingbai/ledger"
)

// codeTable is how a list lies in the books. columns are SQL, each a text, in the order of the list's own; fields are their names in the
// history. put writes a line whose values are @v1, @v2…; retire ends or revives one whose key is @v1….
type codeTable struct {
	from, retired string
	columns       []string
	fields        []string
	put, retire   string
}

// nameTable keeps the lists that are names only.
var nameTable = codeTable{
	from: `code_name where county = @county and list = @list`, retired: `retired_at is not null`,
	columns: []string{`name`, `note`}, fields: []string{"name", "note"},
	put: `insert into code_name (county, list, name, note) values (@county, @list, @v1, @v2)
		on conflict (county, list, name) do update set note = excluded.note, retired_at = null`,
	retire: `update code_name set retired_at = case when @retired then @now::timestamptz end where county = @county and list = @list and name = @v1`,
}

var codeTables = map[string]codeTable{
	"region": {
		from: `region where county = @county`, retired: `retired_at is not null`, columns: []string{`code`, `name`}, fields: []string{"code", "name"},
		put: `insert into region (county, code, parent, name) values (@county, @v1, case when length(@v1) > 6 then left(@v1, -3) else '' end, @v2)
			on conflict (county, code) do update set name = excluded.name, retired_at = null`,
		retire: `update region set retired_at = case when @retired then @now::timestamptz end where county = @county and code = @v1`,
	},
	"fund": {
		from: `fund where county = @county`, retired: `retired_at is not null`,
		columns: []string{`code`, `name`, `kind`, `section`, `purpose`, `document`, `standard`, `basis_unit`, `disclosure`, `public_days::text`},
		fields:  []string{"code", "name", "kind", "section", "purpose", "document", "standard", "basis_unit", "disclosure", "public_days"},
		put: `insert into fund (county, code, name, kind, section, purpose, document, standard, basis_unit, disclosure, public_days)
			values (@county, @v1, @v2, @v3, @v4, @v5, @v6, @v7, @v8, @v9, @v10::int)
			on conflict (county, code) do update set name = excluded.name, kind = excluded.kind, section = excluded.section, purpose = excluded.purpose,
				document = excluded.document, standard = excluded.standard, basis_unit = excluded.basis_unit,
				disclosure = excluded.disclosure, public_days = excluded.public_days, retired_at = null`,
		retire: `update fund set retired_at = case when @retired then @now::timestamptz end where county = @county and code = @v1`,
	},
	"unit_name": nameTable, "project_name": nameTable, "agency_name": nameTable,
	"dictionary": {
		from: `dictionary_line where county = @county and removed_at is null`, retired: `false`,
		columns: []string{`label`, `kind`, `use`, `field`}, fields: []string{"label", "kind", "use", "field"},
		put: `with ended as (
				update dictionary_line set removed_by = @by, removed_at = @now
				where county = @county and label = @v1 and kind = @v2 and removed_at is null returning 1)
			insert into dictionary_line (county, kind, use, field, label, by, at)
			select @county, @v2, @v3, @v4, @v1, @by, @now from (select count(*) from ended) first`,
		retire: `update dictionary_line set removed_by = @by, removed_at = @now
			where county = @county and label = @v1 and kind = @v2 and removed_at is null and @retired`,
	},
}

// Codes are the lines of a list, in the order of their keys, and how many there are in all.
func (db *DB) Codes(ctx context.Context, list ledger.CodeList, q ledger.CodeQuery) (lines []ledger.CodeLine, total int, err error) {
	t := codeTables[list.ID]
	args := pgx.NamedArgs{"county": db.county, "list": list.ID, "skip": q.Skip, "limit": q.Limit, "words": likely(q.Words), "retired": q.Retired}
	where := `(@words = '' or concat_ws(' ', ` + strings.Join(t.columns, ", ") + `) ilike @words) and (@retired or not (` + t.retired + `))`
	if q.Key != nil {
		where = `(` + strings.Join(t.columns[:list.Key], ", ") + `) = (` + keyParams(list, q.Key, args) + `)`
	}
	limit := ``
	if q.Limit > 0 {
		limit = ` offset @skip limit @limit`
	}
	lines, err = all(ctx, db.pool, func(row pgx.CollectableRow) (l ledger.CodeLine, err error) {
		err = row.Scan(&total, &l.Values, &l.Retired)
		return l, err
	}, `select count(*) over ()::int, array[`+strings.Join(t.columns, ", ")+`]::text[], `+t.retired+`
		from `+t.from+` and `+where+` order by `+strings.Join(t.columns[:list.Key], ", ")+limit, args)
	return lines, total, err
}

func keyParams(list ledger.CodeList, key []string, args pgx.NamedArgs) string {
	params := make([]string, list.Key)
	for i := range params {
		name := fmt.Sprintf("v%d", i+1)
		params[i] = "@" + name
		args[name] = ""
		if i < len(key) {
			args[name] = key[i]
		}
	}
	return strings.Join(params, ", ")
}

// likely makes a pattern of words to look for.
func likely(words string) string {
	if words == "" {
		return ""
	}
	return "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(words) + "%"
}

// Code is one line; ErrNotFound when there is none.
func (db *DB) Code(ctx context.Context, list ledger.CodeList, key []string) (ledger.CodeLine, error) {
	lines, _, err := db.Codes(ctx, list, ledger.CodeQuery{Key: key})
	if err == nil && len(lines) == 0 {
		err = ledger.Errorf(ledger.KindNotFound, "“%s”名录里没有“%s”", list.Name, strings.Join(key, " "))
	}
	if err != nil {
		return ledger.CodeLine{}, err
	}
	return lines[0], nil
}

// SaveCodes adds lines and changes known ones, all or none; a retired one that is saved is in force again.
func (db *DB) SaveCodes(ctx context.Context, by string, list ledger.CodeList, lines []ledger.CodeLine) error {
	return db.changeCodes(ctx, by, list, func(tx pgx.Tx) error {
		for _, line := range lines {
			if _, fault := list.Fault(db.county, line); fault != "" {
				return ledger.Errorf(ledger.KindInvalid, "%s", fault)
			}
			args := db.codeArgs(by, list, line.Values)
			if _, err := exec(ctx, tx, codeTables[list.ID].put, args); err != nil {
				return err
			}
		}
		if list.ID == "region" {
			if err := db.regionsJoin(ctx, tx); err != nil {
				return err
			}
		}
		detail := map[string]any{"count": len(lines)}
		if len(lines) == 1 {
			detail = map[string]any{"code": lines[0].Values[0]}
		}
		return db.record(ctx, tx, by, "codes.save", "codes/"+list.ID, detail)
	})
}

// regionsJoin refuses a village without its town.
func (db *DB) regionsJoin(ctx context.Context, tx pgx.Tx) error {
	orphan, err := one[string](ctx, tx, `
		select r.code from region r where r.county = @county and r.parent <> ''
			and not exists (select from region p where p.county = r.county and p.code = r.parent) limit 1`, pgx.NamedArgs{"county": db.county})
	if errors.Is(err, ledger.ErrNotFound) {
		return nil
	}
	if err == nil {
		err = ledger.Errorf(ledger.KindInvalid, "代码：%s 的上一级 %s 不在名录里，请先加上一级", orphan, orphan[:len(orphan)-3])
	}
	return err
}

// RetireCode takes a line out of force, or puts it back. Nothing that batches use is ever deleted.
func (db *DB) RetireCode(ctx context.Context, by string, list ledger.CodeList, key []string, retired bool) error {
	return db.changeCodes(ctx, by, list, func(tx pgx.Tx) error {
		args := db.codeArgs(by, list, nil)
		keyParams(list, key, args)
		args["retired"] = retired
		n, err := exec(ctx, tx, codeTables[list.ID].retire, args)
		if err == nil && n == 0 {
			err = ledger.Errorf(ledger.KindNotFound, "“%s”名录里没有“%s”", list.Name, strings.Join(key, " "))
		}
		if err != nil {
			return err
		}
		return db.record(ctx, tx, by, "codes.save", "codes/"+list.ID, map[string]any{"code": key[0], "retired": retired})
	})
}

func (db *DB) codeArgs(by string, list ledger.CodeList, values []string) pgx.NamedArgs {
	args := pgx.NamedArgs{"county": db.county, "list": list.ID, "by": by, "now": db.now()}
	for i, v := range values {
		args[fmt.Sprintf("v%d", i+1)] = v
	}
	return args
}

// changeCodes runs a change of a list by an officer who may, signed for its history.
func (db *DB) changeCodes(ctx context.Context, by string, list ledger.CodeList, change func(tx pgx.Tx) error) error {
	defer db.forgetRegions()
	return db.write(ctx, func(tx pgx.Tx) error {
		if _, err := db.officerFor(ctx, tx, by, ledger.ActManageCodes); err != nil {
			return err
		}
		if list.ID == "dictionary" { // as AddWord: no batch is checked meanwhile
			if err := db.lockFor(ctx, tx, lockBooks); err != nil {
				return err
			}
		}
		if err := db.sign(ctx, tx, by); err != nil {
			return err
		}
		if list.ID == "fund" {
			return db.noteFunds(ctx, tx, change)
		}
		return change(tx)
	})
}

// sign tells the database's own history who changes the lists in this transaction.
func (db *DB) sign(ctx context.Context, tx pgx.Tx, by string) error {
	_, err := exec(ctx, tx, `select set_config('mingbai.by', @by, true), set_config('mingbai.at', @at, true)`,
		pgx.NamedArgs{"by": by, "at": db.now().Format(time.RFC3339Nano)})
	return err
}

// CodeHistory are the newest changes of a list, of one code where it is named, before a change (0: from the newest on).
func (db *DB) CodeHistory(ctx context.Context, list ledger.CodeList, code string, before int64, n int) ([]ledger.CodeEdit, error) {
	fields := codeTables[list.ID].fields
	return all(ctx, db.pool, func(row pgx.CollectableRow) (e ledger.CodeEdit, err error) {
		var was, is []byte
		if err = row.Scan(&e.Seq, &e.At, &e.By, &e.Code, &was, &is); err != nil {
			return e, err
		}
		if e.Before, _, err = valuesOf(fields, was); err != nil {
			return e, err
		}
		e.After, e.Ended, err = valuesOf(fields, is)
		return e, err
	}, `
		select seq, at, by, code, before, after from code_history
		where county = @county and list = @list and (@code = '' or code = @code) and (@before = 0 or seq < @before)
		order by seq desc limit @n`, pgx.NamedArgs{"county": db.county, "list": list.ID, "code": code, "before": before, "n": n})
}

// valuesOf reads a list's columns out of a row that the history kept whole.
func valuesOf(fields []string, row []byte) (values []string, ended bool, err error) {
	if row == nil {
		return nil, false, nil
	}
	var kept map[string]any
	if err := json.Unmarshal(row, &kept); err != nil {
		return nil, false, err
	}
	for _, f := range fields {
		values = append(values, fmt.Sprint(kept[f]))
	}
	return values, kept["retired_at"] != nil || kept["removed_at"] != nil, nil
}

// HeldNames are the lists that the county holds sheets' values against, by the sheets' field.
func (db *DB) HeldNames(ctx context.Context) (map[string][]string, error) {
	type line struct{ List, Name string }
	lines, err := all(ctx, db.pool, pgx.RowToStructByPos[line], `
		select n.list, n.name from code_name n join code_held h on h.county = n.county and h.list = n.list and h.held
		where n.county = @county and n.retired_at is null order by 1, 2`, pgx.NamedArgs{"county": db.county})
	names := map[string][]string{}
	for _, l := range lines {
		names[l.List] = append(names[l.List], l.Name)
	}
	return names, err
}

// CodesHeld says whether sheets are held against a list.
func (db *DB) CodesHeld(ctx context.Context, list ledger.CodeList) (bool, error) {
	return one[bool](ctx, db.pool, `select coalesce(bool_or(held), false) from code_held where county = @county and list = @list`,
		pgx.NamedArgs{"county": db.county, "list": list.ID})
}

// HoldCodes decides it.
func (db *DB) HoldCodes(ctx context.Context, by string, list ledger.CodeList, held bool) error {
	if list.Field == "" {
		return ledger.ErrNotFound
	}
	return db.changeCodes(ctx, by, list, func(tx pgx.Tx) error {
		if _, err := exec(ctx, tx, `
			insert into code_held (county, list, held) values (@county, @list, @held) on conflict (county, list) do update set held = excluded.held`,
			pgx.NamedArgs{"county": db.county, "list": list.ID, "held": held}); err != nil {
			return err
		}
		return db.record(ctx, tx, by, "codes.held", "codes/"+list.ID, map[string]bool{"held": held})
	})
}
